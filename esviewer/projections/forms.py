"""The forms of a result besides its own DuckDB file: Parquet, CSV and SQLite, by the file's ending.

Parquet and CSV hold one table: of several projections each has a file `x.NAME.parquet`, and where there were problems
they are in `x.problems.parquet` or `x.NAME.problems.parquet`. Parquet files carry what is known of how they came to be
under the key `esviewer`; beside CSV it is in `x.csv.esviewer.json`. SQLite has no exact decimals: they are texts there.
"""

# ruff: noqa: S608 - DuckDB takes no names as parameters; quoted and _text quote what is put into statements

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb

from esviewer.errors import StoreError, UsageError
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.projections.building import FACTS, connected
from esviewer.projections.columns import quoted
from esviewer.projections.disk import of_the_disk
from esviewer.projections.file import file_part
from esviewer.projections.result import Result
from esviewer.work import Work

ENDINGS: Final = (".duckdb", ".parquet", ".csv", ".sqlite")
_AT_ONCE: Final = 5_000

Written: TypeAlias = dict[Path, Path]
"""The files made, each with the name it is to get."""


def form_of(output: Path) -> str:
    """The ending that says which form an output has; raises UsageError."""
    ending = output.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"{output.name or output} does not say what to write.",
            f"Let it end with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.",
        )
    return ending


def is_result(file: Path) -> bool:
    """Whether a database, .duckdb or .sqlite, is a result and no other."""
    if form_of(file) == ".duckdb":
        try:
            Result(file).close()
        except StoreError:
            return False
        return True
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(f"SELECT count(*) FROM sqlite_master WHERE name = '{FACTS}'").fetchone()
    except sqlite3.Error:
        return False
    return bool(found[0])


def write_forms(result: Path, output: Path, folder: Path, work: Work | None = None) -> Written:
    """Write a result's DuckDB file in the form that an output's name says, into a folder; raises UsageError."""
    ending = form_of(output)
    if ending == ".duckdb":
        return {result: output}
    connection = connected(":memory:", folder)
    try:
        connection.execute(f"ATTACH {_text(str(result))} AS made (READ_ONLY)")
        connection.execute("USE made")
        tables = connection.execute(f"SELECT projection, problems, facts FROM {FACTS} ORDER BY rowid").fetchall()
        write: Callable[..., Written] = {".parquet": _parquet, ".csv": _csv, ".sqlite": _sqlite}[ending]
        return write(connection, tables, output, folder, work)
    finally:
        connection.close()


def stale_files(output: Path, written: Written) -> list[Path]:
    """Files of problems that an earlier run wrote for the same output, and this one has none for."""
    if output.suffix.lower() not in (".parquet", ".csv"):
        return []
    named = [output, *(each for each in written.values() if ".problems" not in each.suffixes)]
    places = {each.with_suffix(f".problems{output.suffix}") for each in named}
    return [each for each in sorted(places) if each not in written.values() and each.is_file()]


def _places(tables: Sequence[tuple[str, int, str]], output: Path) -> Iterator[tuple[str, Path, str]]:
    """Each table with its place and what is known of it."""
    for name, problems, facts in tables:
        place = output if len(tables) == 1 else output.with_suffix(f".{file_part(name)}{output.suffix}")
        yield name, place, facts
        if problems:
            yield f"{name}_problems", place.with_suffix(f".problems{place.suffix}"), facts


def _parquet(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Any], output: Path, folder: Path, work: Work | None
) -> Written:
    written: Written = {}
    for number, (name, place, facts) in enumerate(_places(tables, output)):
        made = folder / f"form.{number}.parquet"
        connection.execute(
            f"COPY (FROM {quoted(name)}) TO {_text(str(made))}"
            f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{esviewer: {_text(facts)}}})"
        )
        written[made] = place
        if work is not None:
            work.check()
    return written


def _csv(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Any], output: Path, folder: Path, work: Work | None
) -> Written:
    written: Written = {}
    for number, (name, place, facts) in enumerate(_places(tables, output)):
        made = folder / f"form.{number}.csv"
        with made.open("x", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            for rows in _rows(connection, name, work, heads=True):
                writer.writerows([[_csv_cell(each) for each in row] for row in rows])
            out.flush()
            os.fsync(out.fileno())
        written[made] = place
        said = folder / f"form.{number}.json"
        said.write_text(facts + "\n", encoding="utf-8")
        if not name.endswith("_problems") or place.suffixes[-2:-1] != [".problems"]:
            written[said] = place.with_name(f"{place.name}.esviewer.json")
    return written


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return format(value, "f") if isinstance(value, Decimal) else repr(value)
    return spreadsheet_text(str(value))


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, work: Work | None, *, heads: bool = False
) -> Iterator[list[tuple[Any, ...]]]:
    found = connection.execute(f"FROM {quoted(name)}")
    if heads:
        yield [tuple(each[0] for each in found.description or [])]
    while rows := found.fetchmany(_AT_ONCE):
        yield rows
        if work is not None:
            work.check()


_SQLITE_TYPES: Final = {"BIGINT": "INTEGER", "DOUBLE": "REAL", "BOOLEAN": "BOOLEAN"}


def _sqlite(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Any], output: Path, folder: Path, work: Work | None
) -> Written:
    made = folder / "form.sqlite"
    target = sqlite3.connect(made)
    try:
        target.execute("PRAGMA journal_mode = OFF")
        names = [each for table, _, _ in tables for each in (table, f"{table}_problems")]
        for name in [*names, FACTS]:
            columns = connection.execute(f"DESCRIBE {quoted(name)}").fetchall()
            typed = ", ".join(f"{quoted(each[0])} {_SQLITE_TYPES.get(each[1], 'TEXT')}" for each in columns)
            target.execute(f"CREATE TABLE {quoted(name)} ({typed})")
            marks = ", ".join("?" * len(columns))
            for rows in _rows(connection, name, work):
                cells = [[_sqlite_cell(each) for each in row] for row in rows]
                target.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", cells)
        target.commit()
    except sqlite3.Error as error:
        found = of_the_disk(error)
        if found is None:
            raise
        raise found from error
    finally:
        target.close()
    return {made: output}


def _sqlite_cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    # SQLite would keep it as NULL.
    return "NaN" if isinstance(value, float) and value != value else value


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
