"""Event files read through DuckDB: Parquet, JSON Lines, JSON (one object or an array of them), CSV.

Each file, or all files that a pattern such as `events-*.parquet` finds, or all Parquet files in a folder, is one table
named after the file. It has the file's own columns and `file_row`, which counts rows from 0 over all of the files in
the order of their names.

Parquet stays where it is. The others have no index and no order but their own, so they are read once into a private
DuckDB in memory (little of it, and temporary files where they are large), and again when a file changed. The scalars of
JSON objects become columns, what is nested becomes columns of JSON text, and `line` has each object as it is written;
no number passes through a double on the way.
Texts that are whole numbers in every row become numbers, so that versions are in order. What `esviewer export` wrote
is told by its keys or its head, and read as it was written.
"""

# ruff: noqa: S608 - statements that make tables take no parameters; _name and _text quote what is put into them

from __future__ import annotations

import re
from collections.abc import Sequence
from glob import glob
from pathlib import Path
from typing import Any, Final

import duckdb

from esviewer.errors import StoreError
from esviewer.model.exactjson import dumps, loads
from esviewer.model.exported import COLUMNS, POSITION
from esviewer.stores.databases.catalog import FILE_ROW
from esviewer.stores.databases.duckdb import MEMORY, DuckDbDatabase, settings
from esviewer.stores.databases.event_lines import (
    OUR_CLOUDEVENTS,
    OURS,
    ROWS,
    first_keys,
    load_any,
    load_our_csv,
    load_ours,
)

LINE: Final = "line"
LARGEST_OBJECT: Final = 64 << 20
"""Bytes one JSON object may have; DuckDB holds two such buffers for each thread."""
MOST_COLUMNS: Final = 500
"""More keys than this make no columns: they are data."""

FEW: Final = "160MB"
"""What DuckDB may hold in memory of event files, unless it can't do with so little."""
_PARQUET = (".parquet", ".pq")
_JSON = (".jsonl", ".ndjson", ".json")
_TEXT = (".csv", ".tsv")
_PAYLOADS = ("data", "metadata", "eventdata", "event_data", "payload")
"""Keys whose values stay JSON even where none is an object."""
_PATTERN = re.compile(r"[*?\[]")
_WHOLE = r"0|-?[1-9][0-9]{0,17}"


def event_files(path: Path) -> tuple[Path, ...]:
    """The event files that a path or pattern names, by name; none where it names something else."""
    if path.is_dir():
        # As Spark and Dask do: what begins with a dot or an underscore is none of the data.
        found = (each for each in path.rglob("*") if each.suffix.lower() in _PARQUET and each.is_file())
        return tuple(sorted(each.absolute() for each in found if not _hidden(each.relative_to(path))))
    endings = (*_PARQUET, *_JSON, *_TEXT)
    if path.suffix.lower() not in endings:
        return ()
    if path.is_file():
        return (path.absolute(),)
    return tuple(sorted(each.absolute() for each in map(Path, glob(str(path))) if each.is_file()))  # noqa: PTH207


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


class FilesDatabase(DuckDbDatabase):
    """Event files as one table; raises StoreError, which says why, when they can't be read."""

    answers_others = False

    def __init__(self, path: Path, files: Sequence[Path]) -> None:
        """`files` are what `event_files` found for `path`."""
        self.files = tuple(files)
        self._memory: duckdb.DuckDBPyConnection | None = None
        self._limit = FEW
        self._marks: list[tuple[int, int, int]] = []
        super().__init__(path)

    def connected(self) -> duckdb.DuckDBPyConnection:
        """See DuckDbDatabase."""
        marks = [self._mark(file) for file in self.files]
        if self._memory is None or marks != self._marks:
            self._forget()
            self._memory = self._loaded()
            self._marks = marks
        return self._memory.cursor()

    def _mark(self, file: Path) -> tuple[int, int, int]:
        try:
            found = file.stat()
            with file.open("rb") as content:
                if not content.read(1):
                    raise StoreError(f"{file.name} is an empty file.", "Check the path.")
        except OSError as error:
            raise StoreError(f"{file.name} can't be opened: {error.strerror}.", "Check the path.") from None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _loaded(self) -> duckdb.DuckDBPyConnection:
        made = duckdb.connect(":memory:", config={**settings(), "memory_limit": self._limit})
        try:
            made.execute("SET GLOBAL TimeZone = 'UTC'")
            made.execute("SET threads = 2")
            # From here on nothing but these files can be read.
            # (and their folder, where a name looks like a pattern, which DuckDB goes looking for).
            odd = {str(file.parent) for file in self.files if _PATTERN.search(str(file))}
            made.execute(f"SET allowed_paths = [{', '.join(_text(str(file)) for file in self.files)}]")
            made.execute(f"SET allowed_directories = [{', '.join(map(_text, sorted(odd)))}]")
            made.execute("SET enable_external_access = false")
            suffix = self.files[0].suffix.lower()
            load = _load_parquet if suffix in _PARQUET else _load_json if suffix in _JSON else _load_text
            load(made, _table_name(self.path), self.files)
            made.execute("SET lock_configuration = true")
        except BaseException:
            made.close()
            raise
        return made

    def _may_try_again(self, error: BaseException) -> bool:
        if not isinstance(error, duckdb.OutOfMemoryException) or self._limit == MEMORY:
            return False
        # Such as a line of tens of megabytes.
        self._forget()
        self._limit = MEMORY
        return True

    def _forget(self) -> None:
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.close()

    def close(self) -> None:
        """See Database."""
        super().close()
        self._forget()


def _table_name(path: Path) -> str:
    return re.sub(r"[*?\[\]]+", "", path.stem).strip("-_. ") or "events"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(files: Sequence[Path]) -> str:
    # Names are patterns to DuckDB; a letter in brackets stands for itself.
    return "[" + ", ".join(_text(_PATTERN.sub(r"[\g<0>]", str(file))) for file in files) + "]"


def _described(connection: duckdb.DuckDBPyConnection, source: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]


def _load_parquet(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    """A view over the files: what is nested becomes JSON, in which DuckDB keeps all digits."""
    counts = dict(
        connection.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata({_list(files)})").fetchall()
    )
    before = 0
    starts = []
    for file in files:
        starts.append(f"WHEN {_text(str(file))} THEN {before}")
        before += counts.get(str(file), 0)
    source = f"read_parquet({_list(files)}, union_by_name = true"
    columns = [
        f"to_json(CAST({_name(name)} AS {_wide(kind)})) AS {_name(name)}"
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT"))
        else _name(name)
        for name, kind in _described(connection, f"{source})")
        if name.lower() not in (FILE_ROW, "rowid")
    ]
    row = "file_row_number" if len(files) == 1 else f"file_row_number + CASE filename {' '.join(starts)} END"
    connection.execute(
        f"CREATE VIEW {_name(table)} AS SELECT {', '.join(columns)}, {row} AS {FILE_ROW}, {row} AS rowid"
        f" FROM {source}, file_row_number = true{', filename = true' if len(files) > 1 else ''})"
    )


def _wide(kind: str) -> str:
    # Narrower decimals would go through doubles on their way to JSON.
    return re.sub(r"DECIMAL\(\d+,\s*(\d+)\)", r"DECIMAL(38,\1)", kind)


def _load_json(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    """A table of the objects as they are written, and their scalars as columns."""
    form = "auto" if all(file.suffix.lower() == ".json" for file in files) else "newline_delimited"
    if form == "newline_delimited":
        keys = first_keys(files[0])
        if keys >= OURS:
            _settle(connection, table, [], [_name(name) for name in load_ours(connection, files, LARGEST_OBJECT)])
            return
        if keys >= OUR_CLOUDEVENTS:
            _load_lines(connection, table, files)
            return
    try:
        _load_objects(connection, table, files, form)
    except duckdb.InvalidInputException as error:
        if form != "newline_delimited" or "surrogate" not in str(error):
            raise
        for made in ("objects", ROWS):
            connection.execute(f"DROP TABLE IF EXISTS {made}")
        _load_lines(connection, table, files)


def _load_lines(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    scalars, nested = load_any(connection, files, LARGEST_OBJECT, _PAYLOADS, MOST_COLUMNS, LINE)
    _settle(connection, table, scalars, [*map(_name, nested), LINE])


def _load_objects(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path], form: str) -> None:
    connection.execute(
        f"CREATE TEMP TABLE objects AS SELECT json AS {LINE} FROM read_json_objects({_list(files)},"
        f" format = '{form}', maximum_object_size = {LARGEST_OBJECT}) WHERE json_type(json) = 'OBJECT'"
    )
    found = connection.execute(
        f"""
        WITH keys AS (SELECT {LINE}, unnest(json_keys({LINE})) AS key FROM objects),
        types AS (SELECT {LINE}, key, json_type({LINE}, {_POINTER}) AS type FROM keys)
        SELECT key, {_POINTER}, coalesce(bool_or(type IN ('OBJECT', 'ARRAY')), false)
        FROM types GROUP BY key HAVING bool_or(type <> 'NULL') ORDER BY min(strpos({LINE}::VARCHAR, key))
        """
    ).fetchall()
    connection.create_function("exact_part", _exact_part, ["VARCHAR", "VARCHAR"], "VARCHAR")
    scalars: dict[str, str] = {}
    nested: dict[str, str] = {}
    for key, pointer, holds in found if len(found) <= MOST_COLUMNS else []:
        if key.lower() in (FILE_ROW, LINE, "rowid", *map(str.lower, [*scalars, *nested])):
            continue
        if holds or key.lower() in _PAYLOADS:
            nested[key] = _exact(key, pointer)
        else:
            scalars[key] = f"json_extract_string({LINE}, {_text(pointer)})"
    picked = "".join(f", {source} AS {_name(name)}" for name, source in (scalars | nested).items())
    connection.execute(f"CREATE TEMP TABLE rows AS SELECT {LINE}::VARCHAR AS {LINE}{picked} FROM objects")
    connection.execute("DROP TABLE objects")
    _settle(connection, table, list(scalars), [*map(_name, nested), LINE])


_POINTER = "'/' || replace(replace(key, '~', '~0'), '/', '~1')"


def _exact(key: str, pointer: str) -> str:
    """SQL for a value inside an object as JSON.

    DuckDB writes numbers anew, as doubles. Where the line has its text as it is, nothing was changed; elsewhere the
    value is taken out by our own reader.
    """
    value = f"json_extract({LINE}, {_text(pointer)})::VARCHAR"
    before = _text(dumps(key) + ":")
    same = " OR ".join(f"contains({LINE}::VARCHAR, {before} || {value} || '{end}')" for end in ",}")
    return f"CASE WHEN {value} IS NULL OR {same} THEN {value} ELSE exact_part({LINE}::VARCHAR, {_text(key)}) END"


def _exact_part(line: str, key: str) -> str | None:
    found = loads(line)
    return dumps(found[key]) if isinstance(found, dict) and key in found else None


def _load_text(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    """A table of the rows as texts."""
    if all(map(_is_our_csv, files)):
        load_our_csv(connection, files, LARGEST_OBJECT)
        numbers = (POSITION, "version")
        _settle(connection, table, numbers, [_name(name) for name in COLUMNS if name not in numbers])
        return
    delimiter = ", delim = '\t'" if files[0].suffix.lower() == ".tsv" else ""
    source = f"read_csv({_list(files)}, all_varchar = true, header = true, union_by_name = true{delimiter})"
    columns = [name for name, _ in _described(connection, source) if name.lower() != FILE_ROW]
    connection.execute(f"CREATE TEMP TABLE rows AS SELECT {', '.join(map(_name, columns))} FROM {source}")
    _settle(connection, table, columns, [])


def _is_our_csv(file: Path) -> bool:
    with file.open("rb") as content:
        head = content.readline(1000).rstrip(b"\r\n").decode("utf-8", "replace").split(",")
    return head == list(COLUMNS)


def _settle(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], kept: Sequence[str]) -> None:
    """The table made of temporary rows, columns of whole numbers as such."""
    asked = [
        f"count({_name(name)}) > 0 AND coalesce(bool_and(regexp_full_match({_name(name)}, {_text(_WHOLE)})), false)"
        for name in columns
    ]
    whole: Any = connection.execute(f"SELECT {', '.join(asked)} FROM rows").fetchone() if asked else ()
    picked = [
        f"CAST({_name(name)} AS BIGINT) AS {_name(name)}" if number else _name(name)
        for name, number in zip(columns, whole, strict=True)
    ]
    connection.execute(
        f"CREATE TABLE {_name(table)} AS SELECT {', '.join([*picked, *kept])}, rowid AS {FILE_ROW} FROM rows"
    )
    connection.execute("DROP TABLE rows")
