"""Event files read by our own parsers into a DuckDB table: our exports, and what DuckDB's parser refuses.

DuckDB reads no lone surrogates, takes the number 1 and the text "1" for the same, and holds hundreds of megabytes where
lines of CSV may be long.
"""

# ruff: noqa: S608 - names are quoted by whoever passes them

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb

from esviewer.errors import StoreError
from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.exported import COLUMNS, POSITION, schema_text, sound, uncelled
from esviewer.model.fastjson import compact
from esviewer.model.values import Value

ROWS: Final = "rows"
"""The temporary table that is made."""
OURS: Final = frozenset({*COLUMNS} - {"kinds", "error", "raw", "data"})
"""The keys that a line of our own export has."""
OUR_CLOUDEVENTS: Final = frozenset({"specversion", "subject", "esvversion"})

_BATCH: Final = 5_000
_BATCH_BYTES: Final = 16 << 20
_LONG: Final = 1 << 63


def first_keys(file: Path) -> frozenset[str]:
    """The keys of the object in a file's first line; none where that is no object."""
    with file.open("rb") as lines:
        first = lines.readline(1 << 20)
    try:
        found = loads(first)
    except NotJsonError:
        return frozenset()
    return frozenset(found) if isinstance(found, dict) else frozenset()


def objects(files: Sequence[Path], largest: int) -> Iterator[tuple[str, dict[str, Value]]]:
    """Each line that is an object, as text and as the object; raises StoreError."""
    for file in files:
        with file.open("rb") as lines:
            for number, line in enumerate(iter(partial(lines.readline, largest + 1), b""), 1):
                if len(line) > largest:
                    raise StoreError(f"{file.name}: line {number} is longer than {largest:,} bytes.")
                text = line.strip()
                if not text:
                    continue
                try:
                    found = loads(text)
                except NotJsonError as error:
                    raise StoreError(f"{file.name}: line {number} is {error}.", "Correct or remove it.") from None
                if isinstance(found, dict):
                    yield text.decode("utf-8", "backslashreplace"), found


def load_ours(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], largest: int) -> list[str]:
    """Make the rows of our own export, and return the names of the columns: those of `exported`."""
    kinds = {POSITION: "BIGINT", "version": "BIGINT"}
    declared = ", ".join(f"{name} {kinds.get(name, 'VARCHAR')}" for name in COLUMNS)
    connection.execute(f"CREATE TEMP TABLE {ROWS} ({declared})")
    put = _inserting(connection, COLUMNS, kinds)
    numbered = False
    for _, each in objects(files, largest):
        row = tuple(_OUR_PARTS[name](each.get(name)) for name in COLUMNS)
        if "error" not in each and row[8] is None:
            row = (*row[:8], "null", *row[9:])
        numbered = numbered or row[0] is not None
        put(row)
    put(None)
    return list(COLUMNS if numbered else COLUMNS[1:])


def load_our_csv(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], largest: int) -> None:
    """Make the rows of our own CSV, all of them texts; raises StoreError."""
    connection.execute(f"CREATE TEMP TABLE {ROWS} ({', '.join(f'{name} VARCHAR' for name in COLUMNS)})")
    put = _inserting(connection, COLUMNS, {})
    # The limit is that of the whole process: it is not lowered again beneath another file that is being read.
    csv.field_size_limit(max(largest, csv.field_size_limit()))
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines, strict=True)
            try:
                next(rows, None)
                for row in rows:
                    if len(row) != len(COLUMNS):
                        raise StoreError(
                            f"{file.name}: line {rows.line_num} has {len(row)} cells instead of {len(COLUMNS)}.",
                            "Correct or remove it.",
                        )
                    put(list(map(uncelled, row)))
            except (csv.Error, UnicodeDecodeError) as error:
                raise StoreError(f"{file.name}: line {rows.line_num} is no CSV: {error}.") from None
    put(None)


def load_any(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    largest: int,
    payloads: Sequence[str],
    most: int,
    line: str,
) -> tuple[list[str], list[str]]:
    """Make rows of objects with any keys: `line`, and a column for each key; return those of scalars, and the others.

    Those of `payloads`, and those that hold an object or a list somewhere, are JSON text.
    """
    held: dict[str, bool] = {}
    told: set[str] = set()
    for _, each in objects(files, largest):
        for key, value in each.items():
            if value is not None:
                told.add(key)
            held[key] = held.get(key, key.lower() in payloads) or isinstance(value, (dict, list))
    known: dict[str, str] = {}
    for key in held:
        if key in told or key.lower() in payloads:
            known.setdefault(sound(key).lower(), key)
    for name in (line, "file_row", "rowid"):
        known.pop(name, None)
    keys = list(known.values()) if len(held) <= most else []
    names = [line, *map(sound, keys)]
    quoted = [_quoted(name) for name in names]
    connection.execute(f"CREATE TEMP TABLE {ROWS} ({', '.join(f'{name} VARCHAR' for name in quoted)})")
    put = _inserting(connection, names, {})
    for text, each in objects(files, largest):
        put((text, *(_json(each.get(key), key in each) if held[key] else _scalar(each.get(key)) for key in keys)))
    put(None)
    return [sound(key) for key in keys if not held[key]], [sound(key) for key in keys if held[key]]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _json(value: Value, there: bool) -> str | None:
    return compact(value).decode() if there else None


def _scalar(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else sound(value)
    return compact(value).decode()


def _number(value: Value) -> int | None:
    return value if type(value) is int and -_LONG <= value < _LONG else None


def _payload(value: Value) -> str | None:
    return None if value is None else compact(value).decode()


def _schema(value: Value) -> str | None:
    return schema_text(sound(value)) if isinstance(value, str) else _scalar(value)


_OUR_PARTS: Final[dict[str, Callable[[Value], Any]]] = {
    name: {
        POSITION: _number,
        "version": _number,
        "schema_version": _schema,
        "data": _payload,
        "metadata": _payload,
        "kinds": _payload,
    }.get(name, _scalar)
    for name in COLUMNS
}


def _inserting(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], kinds: dict[str, str]
) -> Callable[[Sequence[Any] | None], None]:
    """What takes rows, and None at the end; they go into the table many at a time."""
    import pyarrow as pa

    fields = [(f"c{index}", pa.int64() if name in kinds else pa.large_string()) for index, name in enumerate(names)]
    schema = pa.schema(fields)
    rows: list[Sequence[Any]] = []
    size = 0

    def put(row: Sequence[Any] | None) -> None:
        nonlocal size
        if row is not None:
            rows.append(row)
            size += sum(len(each) for each in row if type(each) is str)
            if len(rows) < _BATCH and size < _BATCH_BYTES:
                return
        if rows:
            columns = zip(*rows, strict=True)
            made = pa.table([pa.array(each, field.type) for each, field in zip(columns, schema, strict=True)], schema)
            connection.register("batch", made)
            connection.execute(f"INSERT INTO {ROWS} SELECT * FROM batch")
            connection.unregister("batch")
        rows.clear()
        size = 0

    return put
