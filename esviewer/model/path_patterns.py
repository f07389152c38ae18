"""Patterns of JSON Pointers: in `/items/*/price` a `*` stands for any one part or a piece of it, `**` for any number of
parts. What is left of the patterns below a path is followed part by part, so that no path is looked at twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from typing import TypeAlias

from esviewer.model.change import LONE_TILDE

Part: TypeAlias = str | re.Pattern[str]
"""A part of a pattern: `**`, a text that a path's part is to be, or what it is to be like."""
Rest: TypeAlias = tuple[Part, ...]
"""What is left of a pattern below a path; nothing is left where the pattern has that path in mind."""
Rests: TypeAlias = frozenset[Rest]

NONE: Rests = frozenset()


def rests_of(patterns: Iterable[str]) -> Rests:
    """Patterns as they are at the root; raises ValueError for one that does not start with /, or has a lone ~."""
    found = []
    for pattern in patterns:
        if not pattern.startswith("/"):
            raise ValueError(f"{pattern!r} is no pattern of paths; it starts with /, as in /items/*/updated_at")
        if LONE_TILDE.search(pattern):
            raise ValueError(f"{pattern!r} is no pattern of paths; in a name ~ is written as ~0, and / as ~1")
        found.append(tuple(_part(part.replace("~1", "/").replace("~0", "~")) for part in pattern[1:].split("/")))
    return _opened(frozenset(found))


def below(rests: Rests, part: str) -> Rests:
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
    return _opened(frozenset(found)) if found else NONE


def _part(text: str) -> Part:
    if text == "**" or not any(char in text for char in "*?["):
        return text
    return re.compile(translate(text))


@lru_cache(maxsize=1024)
def _opened(rests: Rests) -> Rests:
    """These, and what is left of them where a `**` stands for no part at all."""
    found = set()
    for rest in rests:
        found.add(rest)
        while rest and rest[0] == "**":
            rest = rest[1:]
            found.add(rest)
    return frozenset(found)
