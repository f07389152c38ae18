"""Stores for the log of events, in which clock and position disagree now and then, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from helpers_postgres import Database

_COLUMNS = "id, aggregate_id, aggregate_type, event_type, event_data, metadata, version, timestamp"


@dataclass(frozen=True)
class Row:
    """One event; `seconds` since 2026 began, None for no time."""

    position: int
    aggregate: str
    version: int
    kind: str
    seconds: int | None
    data: object
    metadata: object

    @property
    def when(self) -> datetime | None:
        return None if self.seconds is None else datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    @property
    def key(self) -> tuple[str, int]:
        return self.aggregate, self.version


def write_sqlite(path: Path, rows: Sequence[Row]) -> Path:
    """A store of the reference layout."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type "
            "TEXT NOT NULL, event_data TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL, timestamp TEXT)"
        )
        connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
        texts = [None if row.when is None else row.when.isoformat().replace("+00:00", "Z") for row in rows]
        connection.executemany(
            f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*_values(row), text) for row, text in zip(rows, texts, strict=True)],
        )
        connection.commit()
    return path


def write_postgres(database: Database, rows: Sequence[Row]) -> str:
    """The same tables on PostgreSQL, in place of those that were there."""
    with closing(database.connect()) as connection:
        connection.execute("DROP TABLE IF EXISTS events")
        connection.execute(
            "CREATE TABLE events (id bigserial PRIMARY KEY, aggregate_id text NOT NULL, aggregate_type text, "
            "event_type text NOT NULL, event_data jsonb NOT NULL, metadata jsonb, version integer NOT NULL, "
            "timestamp timestamptz, UNIQUE (aggregate_id, version))"
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO events ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [(*_values(row), row.when) for row in rows],
            )
    return database.url


def _values(row: Row) -> tuple[object, ...]:
    kind = row.aggregate.partition("-")[0]
    data, metadata = json.dumps(row.data), json.dumps(row.metadata)
    return row.position, row.aggregate, kind, row.kind, data, metadata, row.version


def many(number: int, *, gap: int = 1, each: int = 10) -> list[Row]:
    """Events a minute apart, in order, of aggregates that take turns."""
    rows = []
    for index in range(number):
        kind = ("Placed", "Paid", "Shipped", "Cancelled")[index * 7 % 4]
        data = {"amount": index, "note": f"line {index}"}
        metadata = {"user": ("ada", "bob")[index % 2], "correlationId": f"c-{index // 5}"}
        aggregate = f"{('order', 'user')[index // each % 2]}-{index // each:05d}"
        rows.append(Row(1 + index * gap, aggregate, index % each + 1, kind, index * 60, data, metadata))
    return rows
