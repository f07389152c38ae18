"""Two values as lines of JSON, and which of the lines belong together: those of what the values have at one place."""

from __future__ import annotations

from decimal import InvalidOperation, localcontext

from esviewer.diff.align import Pair
from esviewer.diff.compare import aligned
from esviewer.diff.sameness import same_ends
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value


def json_lines(value: Value) -> list[str]:
    """The lines of a value as indented JSON with sorted keys."""
    return dumps(value, indent=2, sort_keys=True).split("\n")


def line_pairs(old: Value, new: Value) -> list[Pair]:
    """Indexes of the lines in `json_lines` of both values that belong together, ascending on both sides.

    Keys belong to the same keys and elements of lists to those that `compare` finds they are, so that the lines of an
    element that was removed have no partner, and those after it keep theirs. Partners need not be equal.
    """
    walk = _Walk()
    with localcontext() as decimals:
        decimals.traps[InvalidOperation] = False  # or a signalling NaN would raise when it is compared
        walk.both(old, new)
    return walk.pairs


def same_line(one: str, other: str) -> bool:
    """Whether two lines tell the same: a comma at their end says that a value follows, and nothing of this one."""
    return one.removesuffix(",") == other.removesuffix(",")


class _Walk:
    """Goes through both values in the order of their lines."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._left = self._right = 0

    def both(self, old: Value, new: Value) -> None:
        """Take a value that both sides have at one place."""
        kind = type(old)
        if old is new or old == new:
            self._together(_height(old))
        elif kind is dict and type(new) is dict and old and new:
            self._together(1)
            self._objects(old, new)
            self._together(1)
        elif kind is list and type(new) is list and old and new:
            self._together(1)
            self._lists(old, new)
            self._together(1)
        else:
            self._together(1)
            self._left += _height(old) - 1
            self._right += _height(new) - 1

    def _together(self, lines: int) -> None:
        self.pairs.extend((self._left + line, self._right + line) for line in range(lines))
        self._left += lines
        self._right += lines

    def _objects(self, old: dict[str, Value], new: dict[str, Value]) -> None:
        for key in sorted({**old, **new}):
            if key not in new:
                self._left += _height(old[key])
            elif key not in old:
                self._right += _height(new[key])
            else:
                self.both(old[key], new[key])

    def _lists(self, old: list[Value], new: list[Value]) -> None:
        start, end = same_ends(old, new)
        stop, other_stop = len(old) - end, len(new) - end
        for value in old[:start]:
            self._together(_height(value))
        at, other = start, start
        for index, partner in [*aligned(old, new, start, stop, other_stop), (stop, other_stop)]:
            self._left += sum(map(_height, old[at:index]))
            self._right += sum(map(_height, new[other:partner]))
            if index < stop:
                self.both(old[index], new[partner])
            at, other = index + 1, partner + 1
        for value in old[stop:]:
            self._together(_height(value))


def _height(value: Value) -> int:
    """How many lines a value takes."""
    kind = type(value)
    if kind is dict and value:
        return 2 + sum(map(_height, value.values()))
    if kind is list and value:
        return 2 + sum(map(_height, value))
    return 1
