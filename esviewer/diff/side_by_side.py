"""Two values side by side, line by line, as text."""

from __future__ import annotations

import unicodedata

from esviewer.diff.align import common
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.model.visible import visible


def side_by_side(old: Value, new: Value, width: int = 120) -> list[str]:
    """The values as indented JSON with sorted keys in two columns that together take `width` characters.

    Between them stands `|` where lines differ, `<` where only the left has one, `>` where only the right has one. What
    does not fit is cut off with `…`.
    """
    left = visible(dumps(old, indent=2, sort_keys=True)).split("\n")
    right = visible(dumps(new, indent=2, sort_keys=True)).split("\n")
    column = max(10, (width - 3) // 2)
    lines: list[str] = []
    at = other = 0
    for index, partner in [*common(left, right), (len(left), len(right))]:
        while at < index or other < partner:
            if at < index and other < partner:
                lines.append(_row(left[at], "|", right[other], column))
                at, other = at + 1, other + 1
            elif at < index:
                lines.append(_row(left[at], "<", "", column))
                at += 1
            else:
                lines.append(_row("", ">", right[other], column))
                other += 1
        if index < len(left):
            lines.append(_row(left[index], " ", right[partner], column))
            at, other = index + 1, partner + 1
    return lines


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
