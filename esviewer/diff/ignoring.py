"""Paths that a comparison leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import is_

from esviewer.model.change import Path
from esviewer.model.path_patterns import Rests, below, rests_of
from esviewer.model.values import MISSING, Value

_ANY = "\0" * 40
"""Stands for an index of any list: no part of a pattern but one of stars has it in mind."""


class Ignored:
    """Patterns of JSON Pointers: in `/items/*/updated_at` a `*` stands for any one part or a piece of it, `**` for any
    number of parts; all that lies below a matching path is left out too."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Raises ValueError for what is no pattern, as `rests_of` does."""
        self.patterns = tuple(patterns)
        self._whole = rests_of(patterns)

    def matches(self, path: Path) -> bool:
        """Whether a path, or one above it, is left out."""
        rests = self._whole
        for part in path:
            if () in rests:
                return True
            rests = below(rests, str(part))
        return () in rests

    def pruned(self, value: Value) -> Value:
        """A value without the keys that are left out; elements of lists that are, are null, so that the others keep
        their places, and a list all of whose elements are, however many, is empty. What has none of them is shared."""
        return _pruned(value, self._whole - {()})


def _pruned(value: Value, rests: Rests) -> Value:
    if isinstance(value, dict) and rests:
        return _pruned_object(value, rests)
    if isinstance(value, list) and rests:
        return _pruned_list(value, rests)
    return value


def _pruned_object(value: dict[str, Value], rests: Rests) -> dict[str, Value]:
    result = value
    for key in _reached(value, rests):
        left_below = below(rests, key)
        inner = value[key]
        left = MISSING if () in left_below else _pruned(inner, left_below)
        if left is inner:
            continue
        if result is value:
            result = {**value}
        if left is MISSING:
            del result[key]
        else:
            result[key] = left
    return result


def _pruned_list(value: list[Value], rests: Rests) -> list[Value]:
    if () in below(rests, _ANY):
        return []
    result = []
    for index, inner in enumerate(value):
        left_below = below(rests, str(index))
        result.append(None if () in left_below else _pruned(inner, left_below))
    return value if all(map(is_, result, value)) else result


def _reached(value: dict[str, Value], rests: Rests) -> Iterable[str]:
    """The keys that patterns may lead to; where these name them, the others need not be looked at."""
    names: list[str] = []
    for first in {rest[0] for rest in rests if rest}:
        if not isinstance(first, str) or first == "**":
            return value
        names.append(first)
    return [name for name in names if name in value]
