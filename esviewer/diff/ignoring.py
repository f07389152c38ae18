"""Paths that a comparison leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache
from operator import is_
from typing import TypeAlias

from esviewer.model.change import Path
from esviewer.model.values import MISSING, Value

_Part: TypeAlias = str | re.Pattern[str]
"""A part of a pattern: `**`, a text that a path's part is to be, or what it is to be like."""
_Rest: TypeAlias = tuple[_Part, ...]
"""What is left of a pattern below a path; nothing is left where the pattern has that path in mind."""

_NONE: frozenset[_Rest] = frozenset()
_ANY = "\0" * 40
"""Stands for an index of any list: no part of a pattern but one of stars has it in mind."""


class Ignored:
    """Patterns of JSON Pointers: in `/items/*/updated_at` a `*` stands for any one part or a piece of it, `**` for any
    number of parts; all that lies below a matching path is left out too."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Raises ValueError for a pattern that does not start with /."""
        for pattern in patterns:
            if not pattern.startswith("/"):
                raise ValueError(f"{pattern!r} is no pattern of paths; it starts with /, as in /items/*/updated_at")
        self.patterns = tuple(patterns)
        self._whole = _opened(frozenset(_parts(pattern) for pattern in patterns))

    def matches(self, path: Path) -> bool:
        """Whether a path, or one above it, is left out."""
        rests = self._whole
        for part in path:
            if () in rests:
                return True
            rests = _below(rests, str(part))
        return () in rests

    def pruned(self, value: Value) -> Value:
        """A value without the keys that are left out; elements of lists that are, are null, so that the others keep
        their places, and a list all of whose elements are, however many, is empty. What has none of them is shared."""
        return _pruned(value, self._whole - {()})


def _pruned(value: Value, rests: frozenset[_Rest]) -> Value:
    if isinstance(value, dict) and rests:
        return _pruned_object(value, rests)
    if isinstance(value, list) and rests:
        return _pruned_list(value, rests)
    return value


def _pruned_object(value: dict[str, Value], rests: frozenset[_Rest]) -> dict[str, Value]:
    result = value
    for key in _reached(value, rests):
        below = _below(rests, key)
        inner = value[key]
        left = MISSING if () in below else _pruned(inner, below)
        if left is inner:
            continue
        if result is value:
            result = {**value}
        if left is MISSING:
            del result[key]
        else:
            result[key] = left
    return result


def _pruned_list(value: list[Value], rests: frozenset[_Rest]) -> list[Value]:
    if () in _below(rests, _ANY):
        return []
    result = []
    for index, inner in enumerate(value):
        below = _below(rests, str(index))
        result.append(None if () in below else _pruned(inner, below))
    return value if all(map(is_, result, value)) else result


def _reached(value: dict[str, Value], rests: frozenset[_Rest]) -> Iterable[str]:
    """The keys that patterns may lead to; where these name them, the others need not be looked at."""
    names: list[str] = []
    for first in {rest[0] for rest in rests if rest}:
        if not isinstance(first, str) or first == "**":
            return value
        names.append(first)
    return [name for name in names if name in value]


def _parts(pattern: str) -> _Rest:
    return tuple(_part(part.replace("~1", "/").replace("~0", "~")) for part in pattern[1:].split("/"))


def _part(text: str) -> _Part:
    if text == "**" or not any(char in text for char in "*?["):
        return text
    return re.compile(translate(text))


@lru_cache(maxsize=1024)
def _opened(rests: frozenset[_Rest]) -> frozenset[_Rest]:
    """These, and what is left of them where a `**` stands for no part at all."""
    found = set()
    for rest in rests:
        found.add(rest)
        while rest and rest[0] == "**":
            rest = rest[1:]
            found.add(rest)
    return frozenset(found)


def _below(rests: frozenset[_Rest], part: str) -> frozenset[_Rest]:
    """What is left of the patterns one part further down."""
    found = set()
    for rest in rests:
        if not rest:
            continue
        first = rest[0]
        if first == "**":
            found.add(rest)
        elif first == part if isinstance(first, str) else first.match(part):
            found.add(rest[1:])
    return _opened(frozenset(found)) if found else _NONE
