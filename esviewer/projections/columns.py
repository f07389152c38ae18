"""Which type a column of a result has: decided at the end, over all of its cells, so that nothing loses a digit.

The same cells always make the same type. Integers are BIGINT, beyond that DECIMAL(38, 0); floats, and integers that
floats hold exactly among them, are DOUBLE; numbers with a fixed count of digits, such as 1.10, are DECIMAL; where
digits are too many for that, numbers are their text. Texts, times, UUIDs and bytes (base64) are VARCHAR, lists and
objects JSON text, and where kinds are mixed every cell is JSON text.
"""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from esviewer.model.values import Value
from esviewer.projections.cells import KINDS

_DIGITS: Final = 38
_EXACT: Final = 1 << 53
_PLAIN: Final = r"'-?[0-9]+([.][0-9]+)?'"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result."""

    name: str
    type: str
    """As DuckDB calls it."""
    kinds: tuple[str, ...]
    """What its cells are, such as integer and text; none where all are null."""
    form: str = "plain"
    """`plain`; `text` where numbers are written out since no type holds them all; `json` where cells are JSON text."""
    sql: str = ""
    """What makes it out of cells."""

    def as_json(self) -> dict[str, Value]:
        """`{name, type, kinds, form}`."""
        return {"name": self.name, "type": self.type, "kinds": list(self.kinds), "form": self.form}


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def decided(
    connection: duckdb.DuckDBPyConnection, source: str, cells: Sequence[tuple[str, str]]
) -> list[Column]:
    """The columns of a SQL source's cells, given as (name in the source, name in the result)."""
    found: list[Column] = []
    for start in range(0, len(cells), 50):
        some = cells[start : start + 50]
        asked = ", ".join(_asked(quoted(inner)) for inner, _ in some)
        row: Any = connection.execute(f"SELECT {asked} FROM {source}").fetchone()
        for number, (inner, name) in enumerate(some):
            found.append(_decided(quoted(inner), name, row[number * 6 : number * 6 + 6]))
    return found


def _asked(cell: str) -> str:
    kind, text = f"left({cell}, 1)", f"substr({cell}, 2)"
    number = f"{kind} IN ('i', 'f', 'n', 'd')"
    whole = f"ltrim(split_part(ltrim({text}, '-'), '.', 1), '0')"
    return (
        f"coalesce(string_agg(DISTINCT {kind}, ''), ''),"
        f" coalesce(bool_and(TRY_CAST({text} AS BIGINT) IS NOT NULL) FILTER ({kind} = 'i'), true),"
        f" coalesce(max(abs(TRY_CAST({text} AS HUGEINT))) FILTER ({kind} = 'i'), 0),"
        f" coalesce(bool_and(regexp_full_match({text}, {_PLAIN})) FILTER ({number}), true),"
        f" coalesce(max(length({whole})) FILTER ({number}), 0),"
        f" coalesce(max(length(split_part({text}, '.', 2))) FILTER ({number}), 0)"
    )


def _decided(cell: str, name: str, facts: Sequence[Any]) -> Column:
    letters, fits, largest, plain, whole, scale = facts
    kinds = tuple(word for letter, word in KINDS.items() if letter in letters)
    found = set(letters)
    text = f"substr({cell}, 2)"

    def column(kind: str, form: str = "plain", sql: str = "") -> Column:
        return Column(name, kind, kinds, form, sql or f"CAST({text} AS {kind})")

    if not found:
        return column("VARCHAR", sql="CAST(NULL AS VARCHAR)")
    if found == {"b"}:
        return column("BOOLEAN")
    if found == {"j"}:
        return column("VARCHAR", "json", text)
    if (len(found) == 1 and found <= {"t", "u", "x"}) or found <= {"s", "q"}:
        return column("VARCHAR", sql=text)
    if found <= {"i", "f", "n", "d"}:
        if found == {"i"} and fits:
            return column("BIGINT")
        if found == {"f"} or (found == {"i", "f"} and fits and largest <= _EXACT):
            return column("DOUBLE")
        if plain and whole + scale <= _DIGITS:
            return column(f"DECIMAL({_DIGITS if found == {'i'} else max(1, whole + scale)},{scale})")
        return column("VARCHAR", "text", text)
    return column("VARCHAR", "json", _as_json(cell, text))


def _as_json(cell: str, text: str) -> str:
    written = f"({text} IN ('NaN', 'Infinity', '-Infinity'))"
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL WHEN left({cell}, 1) IN ('b', 'i', 'n', 'j')"
        f" OR (left({cell}, 1) = 'f' AND NOT {written}) THEN {text} ELSE CAST(to_json({text}) AS VARCHAR) END"
    )
