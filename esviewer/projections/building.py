"""From parts to a result: events folded, rows masked, column types decided, tables written, in one DuckDB file.

A result holds a table for each projection and one for its problems, and `esviewer`, which says how they came to be.
Where a later run may go on from it, the schema `esviewer_internal` has the rows as cells and the states of folds.
"""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from esviewer.model.exactjson import dumps
from esviewer.model.masking import Masker
from esviewer.model.values import Value
from esviewer.projections.columns import Column, decided, quoted
from esviewer.projections.definition import Projection, ProjectionFile
from esviewer.projections.keyed import KNOWN, ORDER, Counted, KeyedFold, Known, keyed_schema, known_of
from esviewer.projections.masked import mask_problems, mask_rows
from esviewer.projections.parts import (
    PROBLEM_SCHEMA,
    PROBLEMS,
    ROWS,
    TableWriter,
    cell_names,
    key_names,
    part_files,
    part_schema,
)
from esviewer.projections.sink import Counts
from esviewer.work import Work

FACTS: Final = "esviewer"
"""The table that says how the others came to be."""
INTERNAL: Final = "esviewer_internal"
FORMAT: Final = 1
"""Grows when an older result can't be gone on from."""
_MEMORY: Final = "400MB"
"""What DuckDB may use before it goes on on disk."""
_APART: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_WHAT: Final = (
    "CASE WHEN key IS NULL THEN what ELSE 'key ' || array_to_string([coalesce(substr(part, 2), 'null')"
    " FOR part IN from_json(key, '[\"VARCHAR\"]')], ', ') || ': ' || what END"
)
"""A problem as people read it: one that no single event has names the key."""
_SQL_TYPES: Final = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.bool_(): "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier result to go on from, and the aggregates whose rows are made anew."""

    file: Path
    changed: Path
    """A Parquet file with their ids in a column `aggregate_id`."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table of a result."""

    name: str
    kind: str
    rows: int
    problems: int
    """How many are listed."""
    untold: int
    """How often could not be told whether there should be a row."""
    columns: tuple[Column, ...]

    def as_json(self) -> dict[str, Value]:
        """`{name, kind, rows, problems, untold, columns:[{name, type, kinds, form}]}`."""
        return {
            "name": self.name,
            "kind": self.kind,
            "rows": self.rows,
            "problems": self.problems,
            "untold": self.untold,
            "columns": [each.as_json() for each in self.columns],
        }


@dataclass(slots=True)
class Building:
    """Makes one result out of parts; `folder` is where it writes, and where what is too large for memory goes."""

    folder: Path
    parts: Path
    """Where the parts are."""
    file: ProjectionFile
    counts: Counts
    masker: Masker | None = None
    keep: bool = False
    """Whether a later run may go on from it; not for what is masked."""
    before: Before | None = None
    counted: Mapping[int, Sequence[Counted]] = field(default_factory=dict)
    """By projection: the rows of those that the database made."""
    tables: list[TableFacts] = field(default_factory=list)

    def run(self, facts: Callable[[], dict[str, Value]], work: Work | None = None) -> Path:
        """The result's file; `facts` is asked at the end. Raises CancelledError."""
        made = self.folder / "result.duckdb"
        connection = connected(made, self.folder)
        try:
            if self.before is not None:
                connection.execute(f"ATTACH {_text(str(self.before.file))} AS before (READ_ONLY)")
            if self.keep:
                connection.execute(f"CREATE SCHEMA {INTERNAL}")
            for index, projection in enumerate(self.file.projections):
                with _interruptible(connection, work):
                    self.tables.append(self._table(connection, index, projection, work))
            self._facts(connection, facts())
            if self.before is not None:
                connection.execute("DETACH before")
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        return made

    def _table(
        self, connection: duckdb.DuckDBPyConnection, index: int, projection: Projection, work: Work | None
    ) -> TableFacts:
        if work is not None:
            work.report(f"Writing {projection.name}", index, len(self.file.projections))
        problems = _source(part_files(self.parts, index, PROBLEMS), PROBLEM_SCHEMA)
        rows = _source(part_files(self.parts, index, ROWS), part_schema(projection))
        schema = part_schema(projection)
        if projection.kind == "event":
            schema = keyed_schema(projection)
            rows, more = self._folded(connection, index, projection, rows, work)
            problems = f"(FROM {problems} UNION ALL FROM {more})"
        if self.before is not None:
            rows, problems = self._with_before(index, projection, rows, problems, schema)
        if self.keep:
            for name, source in ((f"rows_{index:03}", rows), (f"problems_{index:03}", problems)):
                connection.execute(f"CREATE TABLE {INTERNAL}.{name} AS FROM {source}")
            rows, problems = f"{INTERNAL}.rows_{index:03}", f"{INTERNAL}.problems_{index:03}"
        if self.masker is not None:
            rows, problems = self._masked(connection, index, projection, rows, problems, schema)
        return self._typed(connection, projection, rows, problems)

    def _folded(
        self, connection: duckdb.DuckDBPyConnection, index: int, projection: Projection, source: str, work: Work | None
    ) -> tuple[str, str]:
        rows = TableWriter(self.folder / f"{index:03}.folded.parquet", keyed_schema(projection))
        problems = TableWriter(self.folder / f"{index:03}.folding.parquet", PROBLEM_SCHEMA)
        ours = index in self.counted  # the database's rows have the earlier ones in them
        known = None if self.before is None or ours else _KnownInOrder(connection, index, source)
        fold = KeyedFold(index, projection, rows, problems, self.counts, None if known is None else known.of)
        if ours:
            fold.take(self.counted[index])
        else:
            fold.run(connection, source, self.counts.rows[index], work)
        if known is not None:
            known.close()
        made = [writer.file if writer.close() else None for writer in (rows, problems)]
        return tuple(  # type: ignore[return-value]
            _source([] if file is None else [file], schema)
            for file, schema in zip(made, (keyed_schema(projection), PROBLEM_SCHEMA), strict=True)
        )

    def _with_before(
        self, index: int, projection: Projection, rows: str, problems: str, schema: pa.Schema
    ) -> tuple[str, str]:
        assert self.before is not None
        old_rows, old_problems = (f"before.{INTERNAL}.{name}_{index:03}" for name in ("rows", "problems"))
        if projection.kind == "state":
            changed = f"(SELECT aggregate_id FROM read_parquet({_text(str(self.before.changed))}))"
            kept, told = (f"aggregate_id NOT IN {changed}",) * 2
        elif projection.kind == "log":
            kept = told = "true"
        else:
            kept = f"key NOT IN (SELECT key FROM {rows})"
            told = f"(key IS NULL OR {kept})"
        names = ", ".join(quoted(name) for name in schema.names)
        return (
            f"(SELECT {names} FROM {rows} UNION ALL SELECT {names} FROM {old_rows} WHERE {kept})",
            f"(FROM {problems} UNION ALL FROM {old_problems} WHERE {told})",
        )

    def _masked(
        self,
        connection: duckdb.DuckDBPyConnection,
        index: int,
        projection: Projection,
        rows: str,
        problems: str,
        schema: pa.Schema,
    ) -> tuple[str, str]:
        assert self.masker is not None
        found = []
        for what, source, kind in (("rows", rows, schema), ("problems", problems, PROBLEM_SCHEMA)):
            out = TableWriter(self.folder / f"{index:03}.masked-{what}.parquet", kind)
            if what == "rows":
                mask_rows(connection, source, projection, self.masker, out)
            else:
                mask_problems(connection, source, self.masker, out)
            found.append(_source([out.file] if out.close() else [], kind))
        return found[0], found[1]

    def _typed(
        self, connection: duckdb.DuckDBPyConnection, projection: Projection, rows: str, problems: str
    ) -> TableFacts:
        cells = list(zip(cell_names(projection), (name for name, _ in projection.columns), strict=True))
        keys = list(zip(key_names(projection), (name for name, _ in projection.keys), strict=True))
        text = ("VARCHAR", ("text",))
        columns: list[Column] = []
        if projection.kind == "event":
            places = [(name, name) for name in ("first_position", "last_position")]
            own = decided(connection, rows, [*keys, *places])
            first, last = own[len(keys) :]
            columns += own[: len(keys)]
            columns += [
                Column("events", "BIGINT", ("integer",), sql="events"),
                first,
                Column("first_timestamp", *text, sql="first_timestamp"),
                last,
                Column("last_timestamp", *text, sql="last_timestamp"),
            ]
            order = ", ".join([*(f"{each.sql} NULLS FIRST" for each in columns[: len(keys)]), "made.key"])
        else:
            columns += [
                Column("aggregate_id", *text, sql="aggregate_id"),
                Column("version", "BIGINT", ("integer",), sql="version"),
                Column("timestamp", *text, sql='"timestamp"'),
            ]
            order = "made.aggregate_id, made.version" if projection.kind == "state" else ORDER
        columns += decided(connection, rows, cells)
        columns.append(Column("problems", *text, sql="problems"))
        picked = ", ".join(f"{each.sql} AS {quoted(each.name)}" for each in columns)
        name = quoted(projection.name)
        # Sorted by what the rows have and by what the table has not; an alias would win over a column of that name.
        connection.execute(f"CREATE TABLE {name} AS SELECT {picked} FROM {rows} AS made ORDER BY {order}")
        connection.execute(
            f"CREATE TABLE {quoted(projection.problems_table)} AS"
            f" SELECT aggregate_id, version, {_WHAT} AS what FROM {problems} ORDER BY ALL"
        )
        [(number, listed, untold)] = connection.execute(
            f"SELECT (SELECT count(*) FROM {name}), count(*), count(*) FILTER (untold) FROM {problems}"
        ).fetchall()
        return TableFacts(projection.name, projection.kind, number, listed, untold, tuple(columns))

    def _facts(self, connection: duckdb.DuckDBPyConnection, facts: dict[str, Value]) -> None:
        connection.execute(
            f"CREATE TABLE {FACTS} (projection VARCHAR, kind VARCHAR, rows BIGINT, problems BIGINT, as_of VARCHAR,"
            " at_position BIGINT, last_position BIGINT, store VARCHAR, file_sha256 VARCHAR, made VARCHAR,"
            " program VARCHAR, facts VARCHAR)"
        )
        for each in self.tables:
            own = {**facts, "table": each.as_json()}
            said = [facts.get(name) for name in ("as_of", "at_position", "last_position", "store", "file_sha256")]
            ours = each.name, each.kind, each.rows, each.problems
            values = [*ours, *said, facts["made"], facts["program"], dumps(own)]
            connection.execute(f"INSERT INTO {FACTS} VALUES ({', '.join('?' * len(values))})", values)


def known_rows(file: Path, index: int, keys: Sequence[str]) -> dict[str, Known]:
    """What an earlier result holds for some keys of a projection."""
    # Attached: a file that is open in this process can't be connected to in another way.
    connection = duckdb.connect(":memory:", config=_APART)
    try:
        connection.execute(f"ATTACH {_text(str(file))} AS before (READ_ONLY)")
        found = connection.execute(
            f"SELECT key, {', '.join(KNOWN)} FROM before.{INTERNAL}.rows_{index:03} WHERE key IN (SELECT unnest(?))",
            [list(keys)],
        )
        rows: dict[str, Known] = {}
        while some := found.fetchmany(1000):
            rows.update((key, known_of(row)) for key, *row in some)
        return rows
    finally:
        connection.close()


class _KnownInOrder:
    """The earlier rows of the keys that new events have, asked for in the order of the keys."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, index: int, source: str) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute(
            f"SELECT key, {', '.join(KNOWN)} FROM before.{INTERNAL}.rows_{index:03}"
            f" WHERE key IN (SELECT key FROM {source}) ORDER BY key"
        )
        self._rows = self._read()
        self._next = next(self._rows, None)

    def _read(self) -> Iterator[tuple[Any, ...]]:
        while rows := self._cursor.fetchmany(1000):
            yield from rows

    def of(self, key: str) -> Known | None:
        if self._next is None or self._next[0] != key:
            return None
        found, self._next = self._next, next(self._rows, None)
        return known_of(found[1:])

    def close(self) -> None:
        self._cursor.close()


def connected(file: Path | str, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB file for writing, which spills into a folder and loads nothing from elsewhere."""
    connection = duckdb.connect(
        str(file),
        config={
            "memory_limit": _MEMORY,
            "temp_directory": str(scratch / "spilled"),
            **_APART,
        },
    )
    connection.execute("SET enable_progress_bar = false")
    return connection


class _interruptible:  # noqa: N801 - read as a word
    """Have a cancelled work interrupt what DuckDB does."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Work | None) -> None:
        self._work = work
        self._inner = None if work is None else work.interrupted_by(connection.interrupt)

    def __enter__(self) -> None:
        if self._inner is not None:
            self._inner.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._inner is not None:
            self._inner.__exit__(*error)
        if isinstance(error[1], duckdb.InterruptException) and self._work is not None:
            self._work.check()


def _source(files: Sequence[Path], schema: pa.Schema) -> str:
    """Parquet files as SQL; no rows where there are none."""
    if files:
        return f"read_parquet([{', '.join(_text(str(each)) for each in files)}])"
    none = ", ".join(f"CAST(NULL AS {_SQL_TYPES[each.type]}) AS {quoted(each.name)}" for each in schema)
    return f"(SELECT {none} WHERE false)"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
