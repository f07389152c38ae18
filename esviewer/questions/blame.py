"""Blame: which event wrote each value of a state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from esviewer.model.change import Change, Path, value_at
from esviewer.model.values import MISSING, Value
from esviewer.questions.steps import fine, outside_lists
from esviewer.replay.history import History
from esviewer.work import Work

_FEW = 256
"""Up to so many paths, stretches of the history that touched none of them are passed over."""
_BETWEEN_CHECKS = 2000


@dataclass(frozen=True, slots=True)
class Blamed:
    """One leaf of a state, or one path that was removed, with the event that did it."""

    path: Path
    value: Value
    """What is there, or what was there when it was removed."""
    index: int | None
    """The event's place in the history, from 0; None for what the initial state holds."""


@dataclass(slots=True, eq=False)
class _Leaf:
    """A leaf whose writer is yet to be found; it lies where the value lay at the event that is looked at."""

    path: Path
    value: Value


_Node: TypeAlias = "_Leaf | dict[str, _Node] | list[_Node | None] | None"


def leaves(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """All scalars and empty containers of a value, with their paths, in order."""
    todo: list[tuple[Path, Value]] = [(path, value)]
    while todo:
        path, value = todo.pop()
        if type(value) is dict and value:
            todo.extend(((*path, key), inner) for key, inner in reversed(value.items()))
        elif type(value) is list and value:
            todo.extend(((*path, index), value[index]) for index in range(len(value) - 1, -1, -1))
        else:
            yield path, value


def blame(
    history: History, count: int, paths: Iterable[Path] | None = None, *, work: Work | None = None
) -> list[Blamed]:
    """The last event that truly changed each leaf of the state after `count` events, in the state's order.

    With `paths`, only of the leaves at or below these. Going back from the newest event, an addition or replacement
    settles the leaves that it wrote; elements of lists are followed as others come and go before them.
    """
    state = history.state_after(count)
    wanted = [()] if paths is None else [path for path in paths if value_at(state, path) is not MISSING]
    # Once each, where paths meet.
    asked = dict(leaf for path in wanted for leaf in leaves(value_at(state, path), path))
    open_leaves = [_Leaf(*leaf) for leaf in asked.items()]
    tracker = _Tracker(state, open_leaves)
    touching = tracker.places if len(open_leaves) <= _FEW else None
    writers: dict[_Leaf, int] = {}
    if open_leaves:
        for seen, (index, changes) in enumerate(history.steps_back(count, touching=touching)):
            if work is not None and seen % _BETWEEN_CHECKS == 0:
                work.report("Looking for who wrote it", count - index, count)
            if changes:
                for leaf in tracker.back(fine(changes)):
                    writers[leaf] = index
                if len(writers) == len(open_leaves):
                    break
    return [Blamed(leaf.path, leaf.value, writers.get(leaf)) for leaf in open_leaves]


class _Tracker:
    """The leaves that are looked for, each where it lay at the event that is looked at."""

    def __init__(self, state: Value, open_leaves: Iterable[_Leaf]) -> None:
        self.places: dict[Path, int] = {}
        """Paths that all changes of the open leaves lie at, above or below, with how many leaves need them."""
        self._root: _Node = None
        for leaf in open_leaves:
            place = outside_lists(leaf.path)
            self.places[place] = self.places.get(place, 0) + 1
            self._root = _put(self._root, state, leaf)

    def back(self, changes: list[Change]) -> list[_Leaf]:
        """Go back over one event; the leaves that it wrote are given, and looked for no longer."""
        written: list[_Leaf] = []
        for path, old, new in reversed(changes):
            self._root = _undone(self._root, path, 0, old, new, written)
        for leaf in written:
            place = outside_lists(leaf.path)
            self.places[place] -= 1
            if not self.places[place]:
                del self.places[place]
        return written


def _put(node: _Node, state: Value, leaf: _Leaf) -> _Node:
    """Note a leaf in the tree `node`, which mirrors as much of `state` as leads to leaves."""
    if not leaf.path:
        return leaf
    root = node = _mirror(state) if node is None else node
    value = state
    for at, part in enumerate(leaf.path):
        value = value[part]
        last = at == len(leaf.path) - 1
        if isinstance(node, list) and isinstance(part, int):
            inner = node[part] = leaf if last else (_mirror(value) if node[part] is None else node[part])
        else:
            assert isinstance(node, dict)
            assert isinstance(part, str)
            inner = node.get(part)
            if last or inner is None:
                inner = node[part] = leaf if last else _mirror(value)
        node = inner
    return root


def _mirror(value: Value) -> _Node:
    return [None] * len(value) if type(value) is list else {}


def _undone(node: _Node, path: Path, depth: int, old: Value, new: Value, written: list[_Leaf]) -> _Node:
    """The tree before a change; leaves that the change wrote are moved to `written`."""
    if node is None:
        return None
    if isinstance(node, _Leaf) or depth == len(path):
        # A change below a leaf has emptied the container that the leaf is.
        _settle(node, written)
        return None
    part = path[depth]
    if isinstance(node, list):
        assert isinstance(part, int)
        if depth == len(path) - 1 and new is MISSING:
            node.insert(part, None)
        elif depth == len(path) - 1 and old is MISSING:
            _settle(node.pop(part), written)
        else:
            node[part] = _undone(node[part], path, depth + 1, old, new, written)
    else:
        assert isinstance(part, str)
        inner = node.get(part)
        if inner is not None:
            left = _undone(inner, path, depth + 1, old, new, written)
            if left is None:
                del node[part]
            else:
                node[part] = left
    return node


def _settle(node: _Node, written: list[_Leaf]) -> None:
    todo = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, _Leaf):
            written.append(item)
        elif isinstance(item, dict):
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
