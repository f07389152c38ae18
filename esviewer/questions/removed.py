"""What was removed from a state and is no longer there, and which event did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from esviewer.model.change import Change, Path, value_at
from esviewer.model.values import MISSING, Value
from esviewer.questions.blame import Blamed
from esviewer.questions.steps import fine, outside_lists
from esviewer.replay.history import History
from esviewer.work import Work

_BETWEEN_CHECKS = 2000


def removed(history: History, count: int, within: Path = (), *, work: Work | None = None) -> list[Blamed]:
    """What was removed and is not there after `count` events: the path, its last value and the event, newest first.

    Only what is at or below `within`. A key that is there again is left out. Where elements of lists have come or gone
    since, a path names the element as it is now; one that was itself taken out is named by its index at that time, and
    every one that was is listed. What a whole object's or list's replacement by something else took away counts key by
    key.
    """
    state = history.state_after(count)
    places = _Places(state)
    found: list[Blamed] = []
    for seen, (index, changes) in enumerate(history.steps_back(count, touching=[outside_lists(within)])):
        if work is not None and seen % _BETWEEN_CHECKS == 0:
            work.report("Looking for what was removed", count - index, count)
        if not changes:
            continue
        for change in reversed(fine(changes)):
            found.extend(
                Blamed(place, value, index)
                for place, value in places.missing(change)
                if place[: len(within)] == within
            )
            places.back(change)
    return found


@dataclass(slots=True)
class _Gone:
    """A container that is no longer there."""

    value: Value
    """What it held last."""
    in_list: bool
    """Whether it was an element: no name leads to it, or to another in its place, any more."""
    listed: set[Path] = field(default_factory=set)
    """What of an element is listed as removed."""


@dataclass(slots=True)
class _Elements:
    """A list whose elements have moved, or in which something has."""

    now: list[int | _Gone] | None = None
    """The index that each element has now; None while that is the same."""
    inside: dict[int, _Node] = field(default_factory=dict)
    """By the index now."""


_Node: TypeAlias = "dict[str, _Node] | _Elements | _Gone | None"
"""None: all is where it is now."""


class _Places:
    """Where the values of an earlier state, which `back` leads to, are in the state now."""

    def __init__(self, state: Value) -> None:
        self._state = state
        self._root: _Node = None
        self._listed: set[Path] = set()

    def missing(self, change: Change) -> Iterator[tuple[Path, Value]]:
        """What of a value that a change took away is not there: all, or the keys that what is there now lacks.

        Each with the path it would have now; what was listed once is not again.
        """
        path, old, new = change
        if new is MISSING and path and type(path[-1]) is int:
            yield (*self._found(path[:-1])[0], path[-1]), old
            return
        place, gone, below = self._found(path)
        if new is not MISSING and type(old) is list:
            yield from (((*place, index), value) for index, value in enumerate(old))
            return
        todo = [(place, gone, below, old)]
        while todo:
            place, gone, below, value = todo.pop()
            if (value is old and new is not MISSING) or self._there(place, gone, below):
                if type(value) is dict:
                    todo.extend(((*place, key), gone, (*below, key), inner) for key, inner in reversed(value.items()))
                continue
            listed, name = (gone.listed, below) if gone is not None and gone.in_list else (self._listed, place)
            if name not in listed:
                listed.add(name)
                yield place, value

    def _there(self, place: Path, gone: _Gone | None, below: Path) -> bool:
        """Whether it is there now, or went with the container that it was in."""
        if (gone is None or not gone.in_list) and value_at(self._state, place) is not MISSING:
            return True
        return gone is not None and value_at(gone.value, below) is not MISSING

    def _found(self, path: Path) -> tuple[Path, _Gone | None, Path]:
        """The path now, and below a container that is gone that and the path in it."""
        node = self._root
        place: list[str | int] = []
        for depth, part in enumerate(path):
            if node is None or isinstance(node, _Gone):
                return (*place, *path[depth:]), node, path[depth:]
            if isinstance(node, _Elements):
                assert isinstance(part, int)
                now = part if node.now is None else node.now[part]
                if isinstance(now, _Gone):
                    place.append(part)
                    node = now
                else:
                    place.append(now)
                    node = node.inside.get(now)
            else:
                assert isinstance(part, str)
                place.append(part)
                node = node.get(part)
        return tuple(place), node if isinstance(node, _Gone) else None, ()

    def back(self, change: Change) -> None:
        """Go back over a change."""
        path, old, new = change
        moves = bool(path) and type(path[-1]) is int and (old is MISSING or new is MISSING)
        if not moves and type(old) not in (dict, list):
            return
        self._root = self._undone(self._root, path, 0, old, new, self._state)

    def _undone(self, node: _Node, path: Path, depth: int, old: Value, new: Value, state: Value) -> _Node:
        """The node before a change; `state` is what is there now."""
        if isinstance(node, _Gone):
            return node
        if depth == len(path):
            return _Gone(old, in_list=False)
        part = path[depth]
        if isinstance(part, str):
            keys = {} if node is None else node
            assert isinstance(keys, dict)
            keys[part] = self._undone(keys.get(part), path, depth + 1, old, new, value_at(state, (part,)))
            return keys
        elements = _Elements() if node is None else node
        assert isinstance(elements, _Elements)
        if depth == len(path) - 1 and (old is MISSING or new is MISSING):
            if elements.now is None:
                elements.now = list(range(len(state)))
            if old is MISSING:
                del elements.now[part]
            else:
                elements.now.insert(part, _Gone(old, in_list=True))
            return elements
        now = part if elements.now is None else elements.now[part]
        if not isinstance(now, _Gone):
            inner = value_at(state, (now,))
            elements.inside[now] = self._undone(elements.inside.get(now), path, depth + 1, old, new, inner)
        return elements
