"""Where tables and keys of a TOML text stand, for messages: TOML parsers tell values, not lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_QUIET = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
"""Strings and comments, in which brackets and equals signs mean nothing."""
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_DOTTED = rf"({_PART}(?:[ \t]*\.[ \t]*{_PART})*)"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*{_DOTTED}[ \t]*\]")
_KEY = re.compile(rf"[ \t]*{_DOTTED}[ \t]*=")
_END_OF_ERROR = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its header's line, and the keys in it, dotted ones and those of its tables in full, with theirs."""

    line: int
    keys: tuple[tuple[int, tuple[str, ...]], ...]
    """Lines count from 1."""

    def line_of(self, *keys: str) -> int:
        """The line of a key, or of a key within that key; the nearest line above that can be found otherwise."""
        for length in range(len(keys), 0, -1):
            for line, found in self.keys:
                if found[:length] == keys[:length]:
                    return line
        return self.line


def tables(text: str, name: str) -> list[Table]:
    """The tables [[name]] of a valid TOML text, with what belongs to them, in order."""
    lines = text.split("\n")
    found: list[tuple[int, list[tuple[int, tuple[str, ...]]]]] = []
    above: tuple[str, ...] | None = None
    for number, (shown, plain) in enumerate(zip(lines, _plain(text, len(lines)), strict=True), 1):
        if not plain:
            continue
        header = _HEADER.match(shown)
        if header is not None:
            path = _path(header.group(2))
            if path == (name,) and header.group(1) == "[[":
                found.append((number, []))
            above = path[1:] if path[:1] == (name,) and found else None
            if above:
                found[-1][1].append((number, above))
            continue
        key = _KEY.match(shown) if above is not None else None
        if key is not None and above is not None:
            found[-1][1].append((number, above + _path(key.group(1))))
    return [Table(line, tuple(keys)) for line, keys in found]


class Lines:
    """Where every key of a valid TOML text stands, by its path, in which the tables of an array count from 0."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self._found: dict[tuple[str | int, ...], int] = {}
        counts: dict[tuple[str | int, ...], int] = {}
        above: tuple[str | int, ...] = ()
        for number, (shown, plain) in enumerate(zip(lines, _plain(text, len(lines)), strict=True), 1):
            if not plain:
                continue
            header = _HEADER.match(shown)
            if header is not None:
                above = ()
                parts = _path(header.group(2))
                for index, part in enumerate(parts):
                    above += (part,)
                    if index == len(parts) - 1 and header.group(1) == "[[":
                        counts[above] = counts.get(above, -1) + 1
                    if above in counts:
                        above += (counts[above],)
                self._found.setdefault(above, number)
            elif (key := _KEY.match(shown)) is not None:
                self._found.setdefault(above + _path(key.group(1)), number)

    def of(self, *path: str | int) -> int | None:
        """The line of what is at a path, else of what it is in; None where that is not to be seen."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._found:
                return self._found[path[:length]]
        # What dotted keys made has no line of its own.
        inside = [line for found, line in self._found.items() if path and found[: len(path)] == path]
        return min(inside, default=None)


def _plain(text: str, lines: int) -> list[bool]:
    """Of each line whether it begins outside of strings."""
    plain = [True] * lines
    at, number = 0, 0
    for quiet in _QUIET.finditer(text):
        number += text.count("\n", at, quiet.start())
        inner = quiet.group().count("\n")
        plain[number + 1 : number + 1 + inner] = [False] * inner
        number += inner
        at = quiet.end()
    return plain


def _path(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key as TOML reads them; none for what is no key after all."""
    try:
        table: Any = tomllib.loads(f"{dotted} = 0")
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    path: list[str] = []
    while isinstance(table, dict):
        [(key, table)] = table.items()
        path.append(key)
    return tuple(path)


def line_of_error(message: str, text: str) -> int | None:
    """The line that an error of tomllib names; None where it names none."""
    place = _END_OF_ERROR.search(message)
    if place is None:
        return None
    return int(place.group(1)) if place.group(1) else text.rstrip("\n").count("\n") + 1
