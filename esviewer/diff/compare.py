"""Comparing two values: the changes that lead from the one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import InvalidOperation, localcontext

from esviewer.diff.align import Pair, common
from esviewer.diff.identity import identities
from esviewer.diff.sameness import all_same, same_ends, token
from esviewer.model.change import Change, Path
from esviewer.model.values import MISSING, Value, same


def compare(old: Value, new: Value) -> list[Change]:
    """The changes that, applied in order (`model.change.apply`), turn `old` into exactly `new`.

    Objects are compared key by key; lists by an identity key where their elements have an evident one, else by longest
    common subsequence, with elements between the same two neighbours compared in their order. An element that moved is
    removed and added. Index parts of the path of a list's removals count as in `old`, those of everything else as in
    `new`. The changes share their values with `old` and `new`, which nest no deeper than `model.values.MAX_DEPTH`.
    """
    changes: list[Change] = []
    with localcontext() as decimals:
        decimals.traps[InvalidOperation] = False  # or a signalling NaN would raise when it is compared
        _compare(old, new, (), changes)
    return changes


def _compare(old: Value, new: Value, path: Path, changes: list[Change]) -> None:
    kind = type(old)
    if kind is dict and type(new) is dict:
        _objects(old, new, path, changes)
    elif kind is list and type(new) is list:
        _lists(old, new, path, changes)
    elif not same(old, new):
        changes.append(Change(path, old, new))


def _objects(old: dict[str, Value], new: dict[str, Value], path: Path, changes: list[Change]) -> None:
    equal: list[str] = []
    for key, value in old.items():
        other = new.get(key, MISSING)
        if other is value:
            continue
        if other is MISSING:
            changes.append(Change((*path, key), value, MISSING))
        elif value == other:
            # To Python 1 equals True; whether all these are the same in type too is found out at once.
            equal.append(key)
        else:
            _compare(value, other, (*path, key), changes)
    if equal and not all_same(list(map(old.__getitem__, equal)), list(map(new.__getitem__, equal))):
        for key in equal:
            _compare(old[key], new[key], (*path, key), changes)
    if len(new) != len(old) or new.keys() != old.keys():
        changes.extend(Change((*path, key), MISSING, value) for key, value in new.items() if key not in old)


def _lists(old: list[Value], new: list[Value], path: Path, changes: list[Change]) -> None:
    start, end = same_ends(old, new)
    stop, other_stop = len(old) - end, len(new) - end
    pairs = aligned(old, new, start, stop, other_stop)
    # Removals go first and from the end, so that no index moves before its turn; what is left then lies in the order
    # of the new list, and all else goes from the start.
    kept = {index for index, _ in pairs}
    changes.extend(Change((*path, at), old[at], MISSING) for at in range(stop - 1, start - 1, -1) if at not in kept)
    partners = {index: partner for partner, index in pairs}
    equal: list[int] = []
    for index in range(start, other_stop):
        partner = partners.get(index)
        if partner is None:
            changes.append(Change((*path, index), MISSING, new[index]))
        elif old[partner] == new[index]:
            equal.append(index)
        else:
            _compare(old[partner], new[index], (*path, index), changes)
    if equal and not all_same([old[partners[index]] for index in equal], [new[index] for index in equal]):
        for index in equal:
            _compare(old[partners[index]], new[index], (*path, index), changes)


def aligned(old: list[Value], new: list[Value], start: int, stop: int, other_stop: int) -> list[Pair]:
    """Which elements between the equal ends to compare with each other: pairs of indexes, ascending on both sides."""
    if start in (stop, other_stop):
        return []
    names = identities(old, new)
    if names is not None:
        pairs = common(names[0][start:stop], names[1][start:other_stop])
    elif stop - start == other_stop - start == 1:
        pairs = [(0, 0)]
    else:
        first, second = old[start:stop], new[start:other_stop]
        pairs = _with_neighbours(
            common([token(value) for value in first], [token(value) for value in second]), len(first), len(second)
        )
    return [(start + index, start + partner) for index, partner in pairs]


def _with_neighbours(pairs: Sequence[Pair], length: int, other_length: int) -> list[Pair]:
    """The pairs, and what lies between two of them paired too, in order: an element that was edited."""
    result: list[Pair] = []
    at = other_at = 0
    for index, partner in [*pairs, (length, other_length)]:
        result.extend((at + i, other_at + i) for i in range(min(index - at, partner - other_at)))
        result.append((index, partner))
        at, other_at = index + 1, partner + 1
    result.pop()
    return result
