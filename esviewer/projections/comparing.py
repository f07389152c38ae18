"""What differs between two results of the same projection: rows added, removed, and cells changed, by DuckDB alone.

Rows are the same one where their aggregates are (state projections), their keys (event projections), or their
aggregates and versions (log projections). Neither file is written to.
"""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted quotes what is put into statements

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import duckdb

from esviewer.errors import StoreError, UsageError
from esviewer.projections.columns import Column, quoted
from esviewer.projections.definition import PROBLEMS
from esviewer.projections.result import Result, ResultTable
from esviewer.work import Work

Change: TypeAlias = Literal["added", "removed", "changed"]
MOST_ROWS: Final = 10_000
_KEYS: Final = {"state": ("aggregate_id",), "log": ("aggregate_id", "version")}
_FOLDED: Final = "events"
"""The first column of an event projection that is none of its key."""
_UNCOMPARED: Final = frozenset(
    ["version", "timestamp", "events", "first_position", "first_timestamp", "last_position", "last_timestamp"]
)
"""Columns that tell where a row is from: that alone is no difference of rows."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs."""

    change: Change
    before: tuple[Any, ...] | None
    """With a value for each column of `Comparison.names`; None where the row was added."""
    after: tuple[Any, ...] | None
    differing: tuple[int, ...]
    """Which of the columns have changed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two tables differ."""

    names: tuple[str, ...]
    """Columns that both have: those of the key first."""
    keys: int
    """How many of them are the key's."""
    only_before: tuple[str, ...]
    """Columns that only the one has."""
    only_after: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    cells: int
    """How many cells of changed rows differ."""
    rows: tuple[RowChange, ...]
    """The first of them, by their keys."""


def compare_results(
    before: Path, after: Path, name: str, *, limit: int = MOST_ROWS, work: Work | None = None
) -> Comparison:
    """Compare a table that both results have; raises StoreError, UsageError and CancelledError."""
    with closing(Result(before)) as first:
        one = first.table(name)
    with closing(Result(after)) as second:
        other = second.table(name)
    if one.kind != other.kind or _key(one) != _key(other):
        raise UsageError(f"The rows of {name} are keyed otherwise in the two results.", "Compare results of one key.")
    try:
        connection = duckdb.connect(":memory:", config={"autoload_known_extensions": "false"})
    except duckdb.Error as error:
        raise StoreError(f"The results can't be compared: {error}.") from None
    try:
        for place, file in (("b", before), ("a", after)):
            connection.execute(f"ATTACH '{str(file).replace(chr(39), chr(39) * 2)}' AS {place} (READ_ONLY)")
        if work is None:
            return _compared(connection, one, other, limit)
        with work.interrupted_by(connection.interrupt):
            return _compared(connection, one, other, limit)
    except duckdb.InterruptException:
        if work is not None:
            work.check()
        raise StoreError("The comparison was interrupted.") from None
    except duckdb.Error as error:
        raise StoreError(f"The results can't be compared: {str(error).splitlines()[0]}.") from None
    finally:
        connection.close()


def _key(table: ResultTable) -> tuple[str, ...]:
    names = [each.name for each in table.columns]
    return _KEYS.get(table.kind) or tuple(names[: names.index(_FOLDED)])


def _compared(connection: duckdb.DuckDBPyConnection, one: ResultTable, other: ResultTable, limit: int) -> Comparison:
    key = _key(one)
    befores = {each.name: each for each in one.columns}
    afters = {each.name: each for each in other.columns}
    names = [*key, *(each for each in befores if each in afters and each not in key)]
    judged = [each for each in names if each not in key and each not in _UNCOMPARED and each != PROBLEMS]
    judged.append(PROBLEMS)
    if one.kind == "state":
        # An aggregate at another version whose cells are the same is the same row; of one without cells, that is all.
        judged = judged if len(judged) > 1 else ["version", *judged]
    table = quoted(one.name)
    # Each key once more by its number, since a log may have an event twice.
    numbered = f"row_number() OVER (PARTITION BY {', '.join(map(quoted, key))} ORDER BY rowid) AS _n"
    same = " AND ".join(
        [f"{_side('b', befores[each], afters[each])} IS NOT DISTINCT FROM {_side('a', afters[each], befores[each])}"
         for each in key]
    )  # fmt: skip
    flags = [
        f"{_side('b', befores[each], afters[each])} IS DISTINCT FROM {_side('a', afters[each], befores[each])}"
        for each in judged
    ]
    connection.execute(
        f"CREATE TEMP TABLE differing AS SELECT b._id AS b_id, a._id AS a_id, [{', '.join(flags)}] AS flags"
        f" FROM (SELECT *, rowid AS _id, {numbered} FROM b.{table}) AS b"
        f" FULL JOIN (SELECT *, rowid AS _id, {numbered} FROM a.{table}) AS a ON {same} AND b._n = a._n"
        f" WHERE b._id IS NULL OR a._id IS NULL OR {' OR '.join(flags)}"
    )
    counts: Any = connection.execute(
        "SELECT count(*) FILTER (b_id IS NULL), count(*) FILTER (a_id IS NULL),"
        " count(*) FILTER (b_id IS NOT NULL AND a_id IS NOT NULL),"
        " coalesce(sum(len(list_filter(flags, lambda x: x))) FILTER (b_id IS NOT NULL AND a_id IS NOT NULL), 0)"
        " FROM differing"
    ).fetchone()
    listed = ", ".join(quoted(each) for each in names)
    shown = (
        f"FROM differing LEFT JOIN (SELECT rowid AS _id, {listed} FROM b.{table}) AS b ON b_id = b._id"
        f" LEFT JOIN (SELECT rowid AS _id, {listed} FROM a.{table}) AS a ON a_id = a._id"
    )
    columns = ", ".join([*(f"b.{quoted(each)}" for each in names), *(f"a.{quoted(each)}" for each in names)])
    order = ", ".join(f"coalesce(b.{quoted(each)}, a.{quoted(each)})" if befores[each].type == afters[each].type
                      else f"coalesce(CAST(b.{quoted(each)} AS VARCHAR), CAST(a.{quoted(each)} AS VARCHAR))"
                      for each in key)  # fmt: skip
    found = connection.execute(
        f"SELECT b_id IS NULL, a_id IS NULL, flags, {columns} {shown} ORDER BY {order} LIMIT {limit}"
    ).fetchall()
    places = [names.index(each) for each in judged]
    rows = tuple(_row(each, len(names), places) for each in found)
    added, removed, changed, cells = map(int, counts)
    return Comparison(
        tuple(names),
        len(key),
        tuple(each for each in befores if each not in afters),
        tuple(each for each in afters if each not in befores),
        one.rows,
        other.rows,
        added,
        removed,
        changed,
        cells,
        rows,
    )


def _side(side: str, own: Column, theirs: Column) -> str:
    """One side of a comparison: values of types that differ are compared as their texts, numbers as numbers."""
    name = f"{side}.{quoted(own.name)}"
    if own.type == theirs.type or (_number(own) and _number(theirs)):
        return name
    return f"CAST({name} AS VARCHAR)"


def _number(column: Column) -> bool:
    return column.type.startswith(("BIGINT", "DOUBLE", "DECIMAL"))


def _row(found: tuple[Any, ...], width: int, places: list[int]) -> RowChange:
    added, removed, flags = found[:3]
    before, after = found[3 : 3 + width], found[3 + width :]
    if added:
        return RowChange("added", None, after, ())
    if removed:
        return RowChange("removed", before, None, ())
    return RowChange("changed", before, after, tuple(at for at, flag in zip(places, flags, strict=True) if flag))
