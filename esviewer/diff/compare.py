"""Comparing two values: the changes that lead from the one to the other."""

from __future__ import annotations

from collections.abc import Sequence

from esviewer.diff.align import aligned
from esviewer.diff.sameness import all_same
from esviewer.model.change import Change, Path
from esviewer.model.values import MISSING, Value, same


def compare(old: Value, new: Value) -> list[Change]:
    """The changes that, applied in order (`model.change.apply`), turn `old` into exactly `new`.

    Objects are compared key by key; lists by an identity key where their elements have an evident one, else by longest
    common subsequence. Both values must nest no deeper than `model.values.MAX_DEPTH`.
    """
    changes: list[Change] = []
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
            # To Python 1 equals True; who is also the same in type is found out for all of them at once.
            equal.append(key)
        else:
            _compare(value, other, (*path, key), changes)
    if equal and not all_same([old[key] for key in equal], [new[key] for key in equal]):
        for key in equal:
            _compare(old[key], new[key], (*path, key), changes)
    if len(new) != len(old) or new.keys() != old.keys():
        changes.extend(Change((*path, key), MISSING, value) for key, value in new.items() if key not in old)


def _lists(old: Sequence[Value], new: Sequence[Value], path: Path, changes: list[Change]) -> None:
    # Removals go first and from the end, so that no index moves before its turn; then what is left lies in the order
    # of the new list, and replacements and additions go from the start.
    pairs = aligned(old, new)
    kept = {first for first, _ in pairs}
    changes.extend(
        Change((*path, index), old[index], MISSING) for index in range(len(old) - 1, -1, -1) if index not in kept
    )
    partner = {second: first for first, second in pairs}
    for index, value in enumerate(new):
        first = partner.get(index)
        if first is None:
            changes.append(Change((*path, index), MISSING, value))
        else:
            _compare(old[first], value, (*path, index), changes)
