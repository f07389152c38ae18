"""Two values side by side, line by line, as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

from esviewer.diff.lines import json_lines, line_pairs, same_line
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

    What belongs together is side by side, elements of lists by their identity (see `line_pairs`). The sign is `|` where
    lines differ by more than a comma at their end, `<` where only the left has one, `>` where only the right has one,
    else a blank.
    """
    left, right = ([visible(line) for line in json_lines(value)] for value in (old, new))
    found: list[Row] = []
    at = other = 0
    for index, partner in [*line_pairs(old, new), (len(left), len(right))]:
        found.extend((line, "<", "") for line in left[at:index])
        found.extend(("", ">", line) for line in right[other:partner])
        if index < len(left):
            one, two = left[index], right[partner]
            found.append((one, " " if same_line(one, two) else "|", two))
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
