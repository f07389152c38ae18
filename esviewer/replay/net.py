"""What the changes of one event come to in all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esviewer.model.change import Change, Path, apply, undo
from esviewer.model.values import MISSING, Value, copied, same
from esviewer.replay.reducer import RawChange


@dataclass(slots=True)
class _Entry:
    path: Path
    old: Value
    new: Value
    at: int
    """Its place among the event's changes: groups are put together again in this order."""
    owned: bool = False
    """Whether `new` is a copy of its own."""

    @property
    def shifts(self) -> bool:
        """Whether it moves the elements behind it in a list."""
        return bool(self.path) and type(self.path[-1]) is int and (self.old is MISSING or self.new is MISSING)


def net(changes: Iterable[RawChange]) -> list[Change]:
    """The changes with those that concern one place made one; in order they lead to the same state, and back.

    A change inside a value that was put there just before becomes part of that value, one inside a value that is
    replaced or removed afterwards becomes part of the old value, and what ends as it began is left out.
    """
    entries = [_Entry(*change, at) for at, change in enumerate(changes)]
    if _related(entries):
        entries = [entry for group in _groups(entries) for entry in _joined(group)]
        entries.sort(key=_place)
    return [Change(entry.path, entry.old, entry.new) for entry in entries if not same(entry.old, entry.new)]


def _related(entries: list[_Entry]) -> bool:
    """Whether one entry's path is another's, or leads to it."""
    paths = {entry.path for entry in entries}
    return len(paths) < len(entries) or any(path[:end] in paths for path in paths for end in range(len(path)))


def _groups(entries: list[_Entry]) -> Iterable[list[_Entry]]:
    """The entries in groups that have nothing to do with each other: no path leads to one in another group, and no list
    that elements come to or go from is in two of them."""
    meeting = {entry.path[:-1] if entry.shifts else entry.path for entry in entries}
    groups: dict[Path, list[_Entry]] = {}
    for entry in entries:
        path = entry.path
        group = next(path[:end] for end in range(len(path) + 1) if path[:end] in meeting)
        groups.setdefault(group, []).append(entry)
    return groups.values()


def _joined(steps: list[_Entry]) -> list[_Entry]:
    if len(steps) == 1:
        return steps
    entries: list[_Entry] = []
    for step in steps:
        _add(entries, step)
    return entries


def _place(entry: _Entry) -> int:
    return entry.at


def _within(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer


def _add(entries: list[_Entry], step: _Entry) -> None:
    depth = len(step.path)
    inserts = step.shifts and step.old is MISSING
    inside: list[int] = []
    for index in range(len(entries) - 1, -1, -1):
        earlier = entries[index]
        if _within(earlier.path, step.path) and len(earlier.path) > depth and not inserts:
            inside.append(index)
        elif earlier.path == step.path and (earlier.new is MISSING) == (step.old is MISSING):
            earlier.new, earlier.owned = step.new, step.owned
            _drop(entries, inside if earlier.old is not MISSING or step.new is not MISSING else [*inside, index])
            return
        elif _within(step.path, earlier.path) and len(earlier.path) < depth and earlier.new is not MISSING:
            if not earlier.owned:
                earlier.new, earlier.owned = copied(earlier.new), True
            earlier.new = apply(earlier.new, [(step.path[len(earlier.path) :], step.old, step.new)])
            return
        elif (earlier.shifts and _within(step.path, earlier.path[:-1])) or (
            step.shifts and _within(earlier.path, step.path[:-1])
        ):
            # An index means another element before it than after it: nothing is joined across it.
            break
    if inside:
        steps = [(entries[i].path[depth:], entries[i].old, entries[i].new) for i in reversed(inside)]
        step = _Entry(step.path, undo(copied(step.old), steps), step.new, step.at)
        _drop(entries, inside)
    entries.append(step)


def _drop(entries: list[_Entry], descending: list[int]) -> None:
    for index in descending:
        del entries[index]
