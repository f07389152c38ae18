"""How much of a table's width each column gets, in the forms that lay tables out."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from esviewer.report.document import Kind, Table, shown

SAMPLE: Final = 100
"""Rows that are looked at, so that every part of a long table has the same widths."""
_WHOLE: Final = {Kind.INTEGER: 1.1, Kind.NUMBER: 1.1, Kind.TIME: 1.0, Kind.SEVERITY: 1.5}
"""Kinds whose figures should stay in one line, and how wide their characters are."""
_WORD: Final = re.compile(r"[^\s-]+-?")
_LONGEST: Final = 14
"""Characters of a word that is kept whole; longer ones are ids and digests."""
_LOOKED_AT: Final = 400
_TITLE: Final = 1.35
"""Titles are bold."""
_PADDING: Final = 2.6
_CHARACTERS: Final = 110
"""About how many fit beside each other on a page and on a screen."""
_TURNED: Final = 160
"""About how many do on a page that is turned on its side."""
_LEAST_REST: Final = 20


def rooms(table: Table) -> list[int]:
    """How many characters each column would like to have, from 4 to 60, going by the first rows."""
    longest = [len(column.title) for column in table.columns]
    for row in islice(table.rows, SAMPLE):
        for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            longest[index] = max(longest[index], *map(len, shown(column.kind, value).split("\n")))
    return [min(max(length, 4), 60) for length in longest]


def shares(table: Table, *, turned: bool = False) -> list[float]:
    """Each column's share: whole words and figures first, and what is left to longer texts.

    `turned`: on a page that is turned on its side.
    """
    words = _words(table)
    rest = max(_LEAST_REST, (_TURNED if turned else _CHARACTERS) - sum(words))
    longer = [max(0.0, room - word) ** 0.5 for room, word in zip(rooms(table), words, strict=True)]
    whole = sum(longer) or 1.0
    return [word + rest * more / whole for word, more in zip(words, longer, strict=True)]


def _words(table: Table) -> list[float]:
    """How many characters of usual width each column needs so that no word is broken; what is no word may be."""
    made = [_TITLE * max(map(len, column.title.split() or [""])) for column in table.columns]
    for row in islice(table.rows, SAMPLE):
        for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            text = shown(column.kind, value)
            if column.kind in _WHOLE:
                made[index] = max(made[index], min(len(text), 36) * _WHOLE[column.kind])
            else:
                found = (len(word) for word in _WORD.findall(text[:_LOOKED_AT]))
                made[index] = max(made[index], 4, *(length if length <= _LONGEST else _LONGEST / 2 for length in found))
    return [_PADDING + each for each in made]
