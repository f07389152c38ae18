"""Stores of the reference layout in all its shapes, written with plain sqlite3 and psycopg.

Nothing of esviewer takes part in the writing: what is expected was known before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from helpers_contract import Written, WrittenEvent, WrittenSnapshot, exact
from helpers_postgres import Database

from esviewer.model.instant import Instant

START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9))

IDS = [
    "order-0001", "order-0002", "ORDER-0003", "order_0004", "order%0005", "口座-壱", "口座-弐", "O'Brien", 'say "hi"',
    "a b", "Zoë", "zoe", "-", "00", "[x]*?", "back\\slash", "tail ",
]  # fmt: skip
"""Aggregate ids that quote, match or sort badly."""

PAYLOADS = [
    '{"total": 1.10, "lines": [{"sku": "A-1", "qty": 2}], "note": null}',
    '{"big": 9007199254740993, "huge": 1180591620717411303424, "tiny": 0.1, "neg": -0.50}',
    '{"名": "山田 太郎", "quote": "<script>alert(1)</script>", "formula": "=1+1", "emoji": "🍣"}',
    '{"nested": {"a": {"b": {"c": [[], {}, [true, false]]}}}, "empty": {}, "text": ""}',
    '{"float": 2.5, "int": 2, "zero": 0, "esc": "tab\\tnewline\\n"}',
]
"""JSON as it lies in the store, white space and all."""


@dataclass(frozen=True)
class Shape:
    """One way to lay the reference tables out; every part that is not named takes the simplest form."""

    base: int = 0
    """The first version of an aggregate."""
    types: bool = False
    """A column with the aggregate's type."""
    extras: bool = False
    """Columns id (autoincrement), event_id, metadata and schema_version."""
    rowid: bool = True
    key: bool = True
    """A primary key or unique index on aggregate and version."""
    blob: bool = False
    """Payloads are bytes in a BLOB."""
    mixed_zones: bool = False
    """Times are written in several zones, and one goes back."""
    zone: bool = True
    """Times are written with their zone."""
    gaps: bool = False
    """Some versions are missing."""
    broken: bool = False
    """One payload is no JSON."""
    empty_id: bool = False
    """One aggregate's id is the empty string."""
    snapshots: bool = False
    step: timedelta = timedelta(seconds=37)


def sample(shape: Shape) -> list[WrittenEvent]:
    """The events of a store, in the order of writing: aggregates take turns, some live longer."""
    ids = [*IDS, ""] if shape.empty_id else IDS
    rows: list[WrittenEvent] = []
    moment = START
    raw = 0
    for turn in range(9):
        for number, aggregate_id in enumerate(ids):
            if turn and (number + turn) % 4 == 0 and number:
                continue  # silent this turn; the first one never is
            if turn > 2 + number and number:
                continue
            version = shape.base + sum(1 for row in rows if row.aggregate_id == aggregate_id)
            moment += shape.step
            when = moment
            if shape.mixed_zones:
                when = moment.astimezone(TOKYO if raw % 3 else UTC)
                if raw == 20:
                    when -= timedelta(hours=1)
            kind = ("order", "bank account", "利用者")[number % 3]
            name = "Created" if version == shape.base else ("Updated", "RateChanged", "変更")[turn % 3]
            rows.append(
                WrittenEvent(
                    aggregate_id=aggregate_id,
                    aggregate_type=kind if shape.types else None,
                    version=version,
                    type=f"{kind.title().replace(' ', '')}{name}",
                    data=PAYLOADS[raw % len(PAYLOADS)],  # still as text
                    timestamp=moment_of(when, zone=shape.zone),
                    event_id=str(uuid5(NAMESPACE_URL, f"/{aggregate_id}/{version}")) if shape.extras else None,
                    schema_version=1 + (turn > 4) if shape.extras else None,
                    metadata={
                        "correlation_id": f"c{raw}", "causation_id": None, "actor": "zoë", "n": 9007199254740993,
                    }
                    if shape.extras and raw % 5
                    else None,
                )
            )  # fmt: skip
            raw += 1
    if shape.gaps:
        rows = [row for row in rows if row.version != shape.base + 2 or row.aggregate_id != ids[0]]
    if shape.broken:
        at = next(i for i, row in enumerate(rows) if row.aggregate_id == ids[0] and row.version == shape.base + 1)
        rows[at] = replace(rows[at], data='{"total": 1.', error=True)
    return rows


def moment_of(when: datetime, *, zone: bool = True) -> Instant:
    """The instant of a datetime, as the store records it."""
    distance = when.utcoffset() or timedelta()
    ns = round((when - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 1000
    return Instant(ns, int(distance.total_seconds()) if zone else None)


def time_text(when: Instant) -> str:
    """ISO 8601 with six digits and the zone the instant was written with."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=when.ns // 1000)
    if when.offset is None:
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    return moment.astimezone(timezone(timedelta(seconds=when.offset))).isoformat(timespec="microseconds")


def snapshots_of(rows: Sequence[WrittenEvent], shape: Shape) -> list[WrittenSnapshot]:
    """Every third version of each second aggregate."""
    if not shape.snapshots:
        return []
    ids = sorted({row.aggregate_id for row in rows})[::2]
    return [
        WrittenSnapshot(row.aggregate_id, row.version, {"at": row.version, "total": exact("1.10"), "口座": [1, 2]})
        for row in rows
        if row.aggregate_id in ids and (row.version - shape.base) % 3 == 1
    ]


def columns_of(shape: Shape) -> list[str]:
    """The names of the events table's columns, after the id."""
    names = ["aggregate_id", "event_type", "event_data", "version", "timestamp"]
    names += ["aggregate_type"] if shape.types else []
    return names + (["event_id", "metadata", "schema_version"] if shape.extras else [])


def values_of(row: WrittenEvent, shape: Shape, when: Any) -> dict[str, Any]:
    """One row's values by column."""
    return {
        "aggregate_id": row.aggregate_id,
        "event_type": row.type,
        "event_data": row.data.encode() if shape.blob else row.data,
        "version": row.version,
        "timestamp": when,
        "aggregate_type": row.aggregate_type,
        "event_id": row.event_id,
        "metadata": None if row.metadata is None else json.dumps(row.metadata, ensure_ascii=False),
        "schema_version": row.schema_version,
    }


WRITES = (
    "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) "
    "VALUES ('intruder', 'X', '{}', 1, '2026-01-01T00:00:00Z')",
    "UPDATE events SET event_type = 'Forged'",
    "DELETE FROM events",
    "DROP TABLE events",
    "ALTER TABLE events ADD COLUMN forged TEXT",
    "CREATE INDEX forged ON events (event_type)",
)


def write_sqlite(path: Path, shape: Shape) -> Written:
    """A SQLite file of that shape."""
    rows = sample(shape)
    json_type = "BLOB" if shape.blob else "TEXT"
    parts = ["id INTEGER PRIMARY KEY AUTOINCREMENT"] if shape.extras else []
    parts += [
        {
            "event_data": f"event_data {json_type} NOT NULL",
            "version": "version INTEGER NOT NULL",
            "schema_version": "schema_version INTEGER",
        }.get(name, f"{name} TEXT")
        for name in columns_of(shape)
    ]
    if shape.key:
        parts.append(f"{'UNIQUE' if shape.extras else 'PRIMARY KEY'} (aggregate_id, version)")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE events ({', '.join(parts)}){'' if shape.rowid else ' WITHOUT ROWID'}")
        names = columns_of(shape)
        connection.executemany(
            f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})",
            [values_of(row, shape, time_text(row.timestamp)) for row in rows if row.timestamp],
        )
        if shape.snapshots:
            connection.execute(
                "CREATE TABLE snapshots (aggregate_id TEXT, state TEXT, version INTEGER, timestamp TEXT, "
                "PRIMARY KEY (aggregate_id, version))"
            )
            connection.executemany(
                "INSERT INTO snapshots VALUES (?, ?, ?, ?)",
                [
                    (
                        s.aggregate_id,
                        f'{{"at": {s.version}, "total": 1.10, "口座": [1, 2]}}',
                        s.version,
                        time_text(moment_of(START)),
                    )
                    for s in snapshots_of(rows, shape)
                ],
            )
        ids = [row[0] for row in connection.execute("SELECT DISTINCT aggregate_id FROM events ORDER BY aggregate_id")]
    if shape.rowid:
        rows = [replace(row, position=number) for number, row in enumerate(rows, 1)]
    return finish(str(path), rows, ids, shape, file=path)


def write_postgres(database: Database, shape: Shape, *, position: bool = True) -> Written:
    """The reference tables in a PostgreSQL database, with jsonb payloads and timestamptz."""
    shape = replace(shape, broken=False)
    rows = sample(shape)
    parts = ["id bigserial PRIMARY KEY"] if position else []
    parts += [
        {
            "aggregate_id": "aggregate_id text NOT NULL",
            "event_data": "event_data jsonb NOT NULL",
            "metadata": "metadata json",
            "version": "version bigint NOT NULL",
            "timestamp": f"timestamp timestamp {'with' if shape.zone else 'without'} time zone NOT NULL",
            "event_id": "event_id uuid",
            "schema_version": "schema_version smallint",
        }.get(name, f"{name} text")
        for name in columns_of(shape)
    ]
    parts.append("UNIQUE (aggregate_id, version)")
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'")
        cursor.execute(f"CREATE TABLE events ({', '.join(parts)})")
        names = columns_of(shape)
        cursor.executemany(
            f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join(f'%({name})s' for name in names)})",
            [values_of(row, shape, time_text(row.timestamp)) for row in rows if row.timestamp],
        )
        if shape.snapshots:
            cursor.execute(
                "CREATE TABLE snapshots (aggregate_id text, state jsonb, version bigint, timestamp timestamptz, "
                "PRIMARY KEY (aggregate_id, version))"
            )
            cursor.executemany(
                "INSERT INTO snapshots VALUES (%s, %s, %s, now())",
                [
                    (s.aggregate_id, f'{{"at": {s.version}, "total": 1.10, "口座": [1, 2]}}', s.version)
                    for s in snapshots_of(rows, shape)
                ],
            )
        cursor.execute("SELECT aggregate_id FROM events GROUP BY aggregate_id ORDER BY aggregate_id")
        ids = [row[0] for row in cursor.fetchall()]
    if position:
        rows = [replace(row, position=number) for number, row in enumerate(rows, 1)]
    # timestamptz keeps the moment and forgets the zone it was written with: it is read as UTC.
    rows = [
        replace(row, timestamp=Instant(row.timestamp.ns, 0 if shape.zone else None)) for row in rows if row.timestamp
    ]
    return finish(database.url, rows, ids, shape)


def finish(target: str, rows: list[WrittenEvent], ids: list[str], shape: Shape, file: Path | None = None) -> Written:
    """What was written, with payloads as the values they have to be read as."""
    snapshots = snapshots_of(rows, shape)
    rows = [row if row.error else replace(row, data=exact(row.data)) for row in rows]
    if any(row.position is None for row in rows):
        # Without a position the store's order is reconstructed: by time, aggregate, version.
        order = {aggregate_id: number for number, aggregate_id in enumerate(ids)}
        rows.sort(key=lambda row: (row.timestamp, order[row.aggregate_id], row.version))
    return Written(
        target=target,
        layout="reference",
        events=rows,
        ids=ids,
        snapshots=snapshots,
        file=file,
        writes=WRITES,
        monotonic=not shape.mixed_zones,
        indexed=shape.key and all(row.position is not None for row in rows),
    )
