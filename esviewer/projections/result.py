"""A result as it is read: its tables' facts, and their rows, sorted and filtered, some at a time."""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray

from esviewer.errors import StoreError, UsageError
from esviewer.model.exactjson import loads
from esviewer.model.values import Value
from esviewer.projections.building import FACTS
from esviewer.projections.columns import Column, quoted
from esviewer.work import Work

Operation: TypeAlias = Literal["contains", "=", "<>", "<", "<=", ">", ">=", "is null", "is not null"]
OPERATIONS: Final[tuple[Operation, ...]] = ("contains", "=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
Measure: TypeAlias = Literal["count", "sum", "min", "max", "avg"]
_TIMES: Final = ("timestamp", "first_timestamp", "last_timestamp")


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column; `value` is compared as what the column is of, and as text for `contains`."""

    column: str
    operation: Operation
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sorting:
    """A column to sort by; rows without a value come last."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One projection's table, as the result itself tells it."""

    name: str
    kind: str
    rows: int
    problems: int
    columns: tuple[Column, ...]
    facts: dict[str, Value] = field(compare=False)
    """How it came to be; see README."""

    @property
    def problems_table(self) -> str:
        """The name of the table with its problems."""
        return f"{self.name}_problems"


class Result:
    """A result's file, open for reading; its methods may be called from one thread at a time.

    All of them raise StoreError when the file can't be read.
    """

    def __init__(self, file: Path) -> None:
        """Raises StoreError when it is no result."""
        try:
            self._connection = duckdb.connect(
                str(file),
                read_only=True,
                config={
                    "enable_external_access": "false",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                },
            )
        except duckdb.Error as error:
            raise StoreError(f"{file} can't be opened as a projection's result: {_first_line(error)}.") from None
        try:
            rows = self._connection.execute(
                f"SELECT projection, kind, rows, problems, facts FROM {FACTS} ORDER BY rowid"
            ).fetchall()
            self.tables = tuple(_table(*row) for row in rows)
        except (duckdb.Error, ValueError, KeyError, TypeError):
            self._connection.close()
            raise StoreError(f"{file} is no projection's result.") from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def table(self, name: str) -> ResultTable:
        """One of the tables; raises UsageError."""
        for each in self.tables:
            if each.name == name:
                return each
        raise UsageError(f"The result has no table {name}.")

    def view(
        self,
        name: str,
        *,
        filters: Sequence[Filter] = (),
        sorting: Sequence[Sorting] = (),
        work: Work | None = None,
    ) -> View:
        """The rows of a table that filters let through, in an order; the table's own without any."""
        table = self.table(name)
        where, values = self._where(table, filters)
        order = ", ".join([*(self._sorted(table, each) for each in sorting), "rowid"])
        found = self._run(f"SELECT rowid FROM {quoted(name)} WHERE {where} ORDER BY {order}", values, work)
        ids: NDArray[np.int64] = found.fetchnumpy()["rowid"]
        return View(self, table, ids)

    def problems(self, name: str, first: int = 0, number: int = 1000) -> list[tuple[str | None, int | None, str]]:
        """Some of a table's problems: aggregate id, version, what."""
        table = self.table(name)
        text = f"FROM {quoted(table.problems_table)} LIMIT ? OFFSET ?"
        return self._run(text, [number, first], None).fetchall()

    def grouped(
        self,
        name: str,
        by: Sequence[str],
        measures: Sequence[tuple[Measure, str]] = (("count", ""),),
        *,
        filters: Sequence[Filter] = (),
        limit: int = 1000,
        work: Work | None = None,
    ) -> list[tuple[Any, ...]]:
        """Rows counted, added up and so on by the values of columns, the first measure's largest first."""
        table = self.table(name)
        where, values = self._where(table, filters)
        keys = [quoted(self._column(table, each).name) for each in by]
        made = [
            "count(*)" if measure == "count" else f"{measure}({quoted(self._column(table, column).name)})"
            for measure, column in measures
        ]
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        order = ", ".join([f"{len(keys) + 1} DESC NULLS LAST", *(f"{each} NULLS LAST" for each in keys)])
        text = f"SELECT {', '.join([*keys, *made])} FROM {quoted(name)} WHERE {where}{group} ORDER BY {order} LIMIT ?"
        return self._run(text, [*values, limit], work).fetchall()

    def histogram(
        self, name: str, column: str, *, bins: int = 40, filters: Sequence[Filter] = (), work: Work | None = None
    ) -> tuple[list[float], list[int]]:
        """How many rows have a number in each of some equal spans: their edges, and a count for each; finite ones."""
        found, where, values = self._numbers(name, column, filters)
        within = f"FROM (SELECT {found} AS x FROM {quoted(name)} WHERE {where}) WHERE isfinite(x)"
        row: Any = self._run(f"SELECT min(x), max(x), count(x) {within}", values, work).fetchone()
        low, high, number = row
        if not number:
            return [], []
        if low == high:
            return [low - 0.5, high + 0.5], [number]
        # Not of the difference, which may be no float.
        wide = high / bins - low / bins
        text = f"SELECT least({bins - 1}, CAST(floor((x - ?) / ?) AS BIGINT)) AS bin, count(*) {within} GROUP BY bin"
        counts = [0] * bins
        for place, count in self._run(text, [low, wide, *values], work).fetchall():
            counts[max(0, place)] += count
        return [low + wide * place for place in range(bins)] + [high], counts

    def line(
        self,
        name: str,
        column: str,
        *,
        points: int = 1000,
        filters: Sequence[Filter] = (),
        sorting: Sequence[Sorting] = (),
        work: Work | None = None,
    ) -> list[tuple[int, float, float]]:
        """A column's numbers along the rows: the first row of each of some spans, its least and its greatest number."""
        table = self.table(name)
        found, where, values = self._numbers(name, column, filters)
        order = ", ".join([*(self._sorted(table, each) for each in sorting), "rowid"])
        text = (
            f"WITH numbered AS (SELECT row_number() OVER (ORDER BY {order}) - 1 AS n, count(*) OVER () AS total,"
            f" {found} AS x FROM {quoted(name)} WHERE {where})"
            f" SELECT min(n), min(x), max(x) FROM numbered WHERE isfinite(x)"
            f" GROUP BY CAST(floor(n * {points} / greatest(total, {points})) AS BIGINT) ORDER BY 1"
        )
        return self._run(text, values, work).fetchall()

    def _numbers(self, name: str, column: str, filters: Sequence[Filter]) -> tuple[str, str, list[Any]]:
        table = self.table(name)
        where, values = self._where(table, filters)
        return f"CAST({quoted(self._column(table, column).name)} AS DOUBLE)", where, list(values)

    def _column(self, table: ResultTable, name: str) -> Column:
        for each in table.columns:
            if each.name == name:
                return each
        raise UsageError(f"{table.name} has no column {name}.")

    def _where(self, table: ResultTable, filters: Sequence[Filter]) -> tuple[str, list[str]]:
        conditions, values = ["true"], []
        for each in filters:
            column = self._column(table, each.column)
            name = quoted(column.name)
            if each.operation not in OPERATIONS:
                raise UsageError(f"There is no condition {each.operation!r}.")
            if each.operation in ("is null", "is not null"):
                conditions.append(f"{name} {each.operation.upper()}")
                continue
            if each.operation == "contains":
                conditions.append(f"contains(lower(CAST({name} AS VARCHAR)), lower(?))")
            else:
                # What can't be read as the column's type equals nothing.
                conditions.append(f"{name} {each.operation} TRY_CAST(? AS {column.type})")
            values.append(each.value)
        return " AND ".join(conditions), values

    def _sorted(self, table: ResultTable, sorting: Sorting) -> str:
        column = self._column(table, sorting.column)
        name = quoted(column.name)
        # Times are texts with the zone they were written with, which don't sort by themselves.
        key = f"TRY_CAST({name} AS TIMESTAMPTZ)" if column.name in _TIMES else name
        how = f"{'DESC' if sorting.descending else 'ASC'} NULLS LAST"
        return f"{key} {how}, {name} {how}" if key != name else f"{key} {how}"

    def _run(self, text: str, values: Sequence[Any], work: Work | None) -> duckdb.DuckDBPyConnection:
        try:
            if work is None:
                return self._connection.execute(text, values)
            with work.interrupted_by(self._connection.interrupt):
                return self._connection.execute(text, values)
        except duckdb.InterruptException:
            if work is not None:
                work.check()
            raise StoreError("Reading the result was interrupted.") from None
        except duckdb.Error as error:
            raise StoreError(f"The result can't be read: {_first_line(error)}.") from None


class View:
    """Rows of a table in an order, of which any can be asked for."""

    def __init__(self, result: Result, table: ResultTable, ids: NDArray[np.int64]) -> None:
        self.table = table
        self._result = result
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def rows(self, first: int, last: int, work: Work | None = None) -> list[tuple[Any, ...]]:
        """The rows from index `first` to the one before `last`, with a value for each of the table's columns."""
        ids = [int(each) for each in self._ids[first:last]]
        if not ids:
            return []
        listed = ", ".join(map(str, ids))
        text = f"SELECT rowid, * FROM {quoted(self.table.name)} WHERE rowid IN ({listed})"
        found = {row[0]: row[1:] for row in self._result._run(text, [], work).fetchall()}
        return [found[each] for each in ids]


def _table(name: str, kind: str, rows: int, problems: int, facts: str) -> ResultTable:
    found = loads(facts)
    columns = tuple(
        Column(each["name"], each["type"], tuple(each["kinds"]), each["form"]) for each in found["table"]["columns"]
    )
    return ResultTable(name, kind, rows, problems, columns, found)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".")
