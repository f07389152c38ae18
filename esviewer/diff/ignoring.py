"""Paths that a comparison leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from esviewer.model.change import Path
from esviewer.model.values import Value


class Ignored:
    """Patterns of JSON Pointers: in `/items/*/updated_at` a `*` stands for any one part or a piece of it, `**` for any
    number of parts; all that lies below a matching path is left out too."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Raises ValueError for a pattern that does not start with /."""
        for pattern in patterns:
            if not pattern.startswith("/"):
                raise ValueError(f"{pattern!r} is no pattern of paths; it starts with /, as in /items/*/updated_at")
        self.patterns = tuple(patterns)
        self._parts = [_parts(pattern) for pattern in patterns]

    def matches(self, path: Path) -> bool:
        """Whether a path, or one above it, is left out."""
        parts = [str(part) for part in path]
        return any(_matches(pattern, parts) for pattern in self._parts)

    def pruned(self, value: Value, path: Path = ()) -> Value:
        """A value without the keys that are left out; elements of lists that are, are null, so that the others keep
        their places."""
        if not self.patterns:
            return value
        if isinstance(value, dict):
            return {
                key: self.pruned(inner, (*path, key))
                for key, inner in value.items()
                if not self.matches((*path, key))
            }
        if isinstance(value, list):
            return [
                None if self.matches((*path, index)) else self.pruned(inner, (*path, index))
                for index, inner in enumerate(value)
            ]
        return value


def _parts(pattern: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pattern[1:].split("/")]


def _matches(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Whether the pattern takes up a beginning of the path; every place that a beginning may end at is kept in mind."""
    ends = {0}
    for part in pattern:
        if part == "**":
            ends = set(range(min(ends), len(path) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(path) and fnmatchcase(path[end], part)}
        if not ends:
            return False
    return True
