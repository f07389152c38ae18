"""What an event did, found by comparing the state before with the state after: key by key, lists by their ends.

Simpler than `diff`, which lies above: a list that only lost or only gained elements shows just these, any other is
compared index by index between the parts that stayed equal.
"""

from __future__ import annotations

from esviewer.model.change import Path
from esviewer.model.values import MISSING, Value, same
from esviewer.replay.reducer import RawChange


def changes_between(old: Value, new: Value) -> list[RawChange]:
    """The changes that, applied in order (`model.change.apply`), turn `old` into `new`; they share its values."""
    changes: list[RawChange] = []
    _compare(old, new, (), changes)
    return changes


def _compare(old: Value, new: Value, path: Path, changes: list[RawChange]) -> None:
    kind = type(old)
    if kind is dict and type(new) is dict:
        _objects(old, new, path, changes)
    elif kind is list and type(new) is list:
        _lists(old, new, path, changes)
    elif not same(old, new):
        changes.append((path, old, new))


def _objects(old: dict[str, Value], new: dict[str, Value], path: Path, changes: list[RawChange]) -> None:
    for key, value in old.items():
        other = new.get(key, MISSING)
        if other is MISSING:
            changes.append(((*path, key), value, MISSING))
        else:
            _compare(value, other, (*path, key), changes)
    changes.extend(((*path, key), MISSING, value) for key, value in new.items() if key not in old)


def _lists(old: list[Value], new: list[Value], path: Path, changes: list[RawChange]) -> None:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and same(old[start], new[start]):
        start += 1
    end = 0
    while end < shortest - start and same(old[-1 - end], new[-1 - end]):
        end += 1
    stop, other_stop = len(old) - end, len(new) - end
    if stop - start > other_stop - start and (kept := _found_in(new[start:other_stop], old[start:stop])) is not None:
        # From the end, so that no index moves before its turn.
        gone = (index for index in range(stop - 1, start - 1, -1) if index - start not in kept)
        changes.extend(((*path, index), old[index], MISSING) for index in gone)
        return
    if stop - start < other_stop - start and (kept := _found_in(old[start:stop], new[start:other_stop])) is not None:
        come = (index for index in range(start, other_stop) if index - start not in kept)
        changes.extend(((*path, index), MISSING, new[index]) for index in come)
        return
    both = min(stop, other_stop)
    changes.extend(((*path, index), old[index], MISSING) for index in range(stop - 1, both - 1, -1))
    for index in range(start, both):
        _compare(old[index], new[index], (*path, index), changes)
    changes.extend(((*path, index), MISSING, new[index]) for index in range(both, other_stop))


def _found_in(few: list[Value], many: list[Value]) -> set[int] | None:
    """The places in `many` of all elements of `few`, in order; None when it lacks one."""
    places: set[int] = set()
    index = 0
    for element in few:
        while index < len(many) and not same(element, many[index]):
            index += 1
        if index == len(many):
            return None
        places.add(index)
        index += 1
    return places
