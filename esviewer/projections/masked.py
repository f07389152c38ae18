"""Rows masked: by the names that a column's expression reads, by its own name, and by what its values look like."""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import duckdb

from esviewer.model.masking import Masker
from esviewer.model.values import Value
from esviewer.projections.cells import cell, plain_text, shown
from esviewer.projections.columns import quoted
from esviewer.projections.definition import Projection
from esviewer.projections.origins import Origin, origins, texts_through
from esviewer.projections.parts import TableWriter, cell_names, key_names

_AT_ONCE: Final = 10_000
_QUOTED: Final = re.compile(r"(?<!\w)'[^']*('|$)|\"[^\"]*(\"|$)")
"""A quoted value, perhaps cut off; not the apostrophe of a word such as can't."""


class _Column:
    """One column, and what it is made of."""

    def __init__(self, name: str, origin: Origin, masker: Masker, hides_ids: bool) -> None:
        """`hides_ids`: ids in it are of aggregates whose types are not known, so that all are masked if any are."""
        self._name = name
        self._masker = masker
        # What is computed out of something sensitive is masked as that would be.
        self._origin = origin
        self._hides_ids = origin.ids and hides_ids

    def masked(self, found: str | None) -> str | None:
        """A cell, masked."""
        if found is None:
            return None
        value: Value = shown(found)
        before = self._masker.counts.total()
        if self._hides_ids:
            value = texts_through(value, self._masker.unknown_id)
        value = self._origin.through(value, self._masker.value)
        value = self._masker.value(value, (self._name,))
        return found if self._masker.counts.total() == before else cell(value)


def mask_rows(
    connection: duckdb.DuckDBPyConnection, source: str, projection: Projection, masker: Masker, out: TableWriter
) -> None:
    """Write the rows of a SQL source masked; keys and states that only a later run needs are left out."""
    named = dict(zip(cell_names(projection), projection.columns, strict=True))
    named |= dict(zip(key_names(projection), projection.keys, strict=True))
    made_of = origins(projection)
    hides_ids = projection.kind == "event"
    columns = {inner: _Column(name, made_of[name], masker, hides_ids) for inner, (name, _) in named.items()}

    def row(found: dict[str, Any]) -> Sequence[Any]:
        aggregate_id = found.get("aggregate_id")
        if aggregate_id is not None:
            found["aggregate_id"] = masker.aggregate_id(aggregate_id, found.get("aggregate_type"))
        for name in ("state", "reasons"):
            if name in found:
                found[name] = None
        if found.get("problems") is not None:
            found["problems"] = _reason(found["problems"], masker)
        return [columns[name].masked(each) if name in columns else each for name, each in found.items()]

    _rewrite(connection, source, out, row)


def mask_problems(connection: duckdb.DuckDBPyConnection, source: str, masker: Masker, out: TableWriter) -> None:
    """Write the problems of a SQL source masked."""

    def row(found: dict[str, Any]) -> Sequence[Any]:
        if found["aggregate_id"] is not None:
            found["aggregate_id"] = masker.aggregate_id(found["aggregate_id"], found["aggregate_type"])
        found["what"] = _reason(found["what"], masker)
        found["key"] = None
        return list(found.values())

    _rewrite(connection, source, out, row)


def _reason(text: str, masker: Masker) -> str:
    """Why something went wrong, without the values that such sentences quote: what they were called is not known."""
    return plain_text(masker.text(_QUOTED.sub(lambda found: masker.mark(found.group()), text)))


def _rewrite(connection: duckdb.DuckDBPyConnection, source: str, out: TableWriter, row: Any) -> None:
    names = [quoted(name) for name in out.names]
    found = connection.execute(f"SELECT {', '.join(names)} FROM {source}")
    while rows := found.fetchmany(_AT_ONCE):
        for each in rows:
            out.add(tuple(row(dict(zip(out.names, each, strict=True)))))
