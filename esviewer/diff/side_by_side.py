"""Two values side by side, line by line, as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

from esviewer.diff.align import common
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.model.visible import visible

Row: TypeAlias = tuple[str, str, str]
"""A line of the left, a sign, and a line of the right."""


def side_by_side(old: Value, new: Value, width: int = 120) -> list[str]:
    """The rows in two columns that together take `width` characters; what does not fit is cut off with `…`."""
    column = max(10, (width - 3) // 2)
    return [_row(left, sign, right, column) for left, sign, right in rows(old, new)]


def uncut(found: Iterable[Row], width: int) -> list[str]:
    """Rows in two columns that together take `width` characters, or more where a line is longer: nothing is cut off."""
    column = max(10, (width - 3) // 2)
    return [
        f"{left}{' ' * (column - sum(map(_cells, left)))} {sign} {right}".rstrip() for left, sign, right in found
    ]


def rows(old: Value, new: Value) -> list[Row]:
    """The values as indented JSON with sorted keys, line beside line; deceiving characters are escaped.

    The sign is `|` where lines differ, `<` where only the left has one, `>` where only the right has one, else a blank.
    """
    left = visible(dumps(old, indent=2, sort_keys=True)).split("\n")
    right = visible(dumps(new, indent=2, sort_keys=True)).split("\n")
    found: list[Row] = []
    at = other = 0
    for index, partner in [*common(left, right), (len(left), len(right))]:
        while at < index or other < partner:
            if at < index and other < partner:
                found.append((left[at], "|", right[other]))
                at, other = at + 1, other + 1
            elif at < index:
                found.append((left[at], "<", ""))
                at += 1
            else:
                found.append(("", ">", right[other]))
                other += 1
        if index < len(left):
            found.append((left[index], " ", right[partner]))
            at, other = index + 1, partner + 1
    return found


def _row(left: str, sign: str, right: str, column: int) -> str:
    return f"{_fitted(left, column)} {sign} {_fitted(right, column)}".rstrip()


def _fitted(text: str, column: int) -> str:
    """Text cut or filled to a number of terminal cells."""
    if sum(map(_cells, text)) > column:
        taken, kept = 0, []
        for char in text:
            taken += _cells(char)
            if taken > column - 1:
                break
            kept.append(char)
        text = "".join(kept) + "…"
    return text + " " * (column - sum(map(_cells, text)))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
