"""Where tables and keys of a TOML text stand, for messages: TOML parsers tell values, not lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUIET = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
"""Strings and comments, in which brackets and equals signs mean nothing."""
_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]")
_END_OF_ERROR = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its header's line and its body's lines, from 1, without those that begin inside a string."""

    line: int
    body: tuple[tuple[int, str], ...]

    def line_of(self, *keys: str) -> int:
        """The line of a key, or of a key within that key; the header's where it can't be found."""
        candidates: list[int] = []
        if len(keys) > 1:
            candidates += (at for at, text in self.body if _begins(text, keys[0]) and keys[1] in text)
            candidates += (at for at, text in self.body if _begins(text, keys[1]))
        if keys:
            candidates += (at for at, text in self.body if _begins(text, keys[0]))
        return candidates[0] if candidates else self.line


def _begins(line: str, key: str) -> bool:
    return re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""", line) is not None


def tables(text: str, name: str) -> list[Table]:
    """The tables [[name]] of a valid TOML text, with what belongs to them, in order."""
    lines = text.split("\n")
    outside = [True] * len(lines)
    at, number = 0, 0
    for quiet in _QUIET.finditer(text):
        number += text.count("\n", at, quiet.start())
        at = quiet.start()
        inner = quiet.group().count("\n")
        outside[number + 1 : number + 1 + inner] = [False] * inner
    found: list[tuple[int, list[tuple[int, str]]]] = []
    mine = False
    for line, plain, shown in zip(range(1, len(lines) + 1), outside, lines, strict=True):
        header = _HEADER.match(shown) if plain else None
        if header is not None:
            parts = [part.strip().strip("\"'") for part in header.group(1).split(".")]
            if parts == [name] and shown.lstrip().startswith("[["):
                found.append((line, []))
            mine = parts[0] == name and bool(found)
        elif mine and plain:
            found[-1][1].append((line, shown))
    return [Table(line, tuple(body)) for line, body in found]


def line_of_error(message: str, text: str) -> int | None:
    """The line that an error of tomllib names; None where it names none."""
    place = _END_OF_ERROR.search(message)
    if place is None:
        return None
    return int(place.group(1)) if place.group(1) else text.rstrip("\n").count("\n") + 1
