"""The same events, kept in SQLite, PostgreSQL, MariaDB and DuckDB, are read back as equal ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import make_server, make_sqlite, opened
from sqlalchemy.engine import make_url

from esviewer.app.lanes import Lanes
from esviewer.app.session import open_session
from esviewer.errors import NotFoundError
from esviewer.model.exactjson import dumps
from esviewer.stores.databases.guard import only_reads

LONG = {
    "sqlite": "TEXT",
    "postgresql": "json",
    "mariadb": "JSON",
}

DATA = [
    '{"big": 9007199254740993, "huge": 1180591620717411303424, "price": 1.10, "float": 0.1, "none": null}',
    '{"text": "Grüße, 日本語, 😀 \\u0000 \\ud83d\\ude00 \\"quoted\\" back\\\\slash %s :name {x}",'
    ' "empty": {}, "list": [[], [1, [2]]]}',
    '[1, "two", {"three": 3.50}]',
    '"just a text"',
    "true",
    '{"same": 1, "deep": {"a": {"b": {"c": [1, 2, 3]}}}}',
]


IDS = ("cart-1", "cart-2", "user-日本", "O'Brien; -- %s :x", "Zoë \\😀\\", "CART-1x")


def rows() -> dict[str, list[dict[str, Any]]]:
    events = []
    for number in range(1, 61):
        aggregate = IDS[number % 6]
        events.append(
            {
                "id": number,
                "event_id": f"00000000-0000-4000-8000-{number:012x}",
                "aggregate_id": aggregate,
                "aggregate_type": aggregate.partition("-")[0],
                "event_type": ("Opened", "Changed", "Größe geändert")[number % 3],
                "event_data": DATA[number % len(DATA)],
                "metadata": json.dumps({"user_id": f"u{number}"}) if number % 2 else None,
                "version": (number - 1) // 6 + 1,
                "timestamp": f"2026-03-{number % 28 + 1:02d}T12:34:56.{number:06d}+09:00",
            }
        )
    snapshots = [
        {"aggregate_id": "cart-1", "state": '{"big": 9007199254740993, "price": 1.10}', "version": 4,
         "timestamp": "2026-03-01T00:00:00Z"},
    ]  # fmt: skip
    return {"events": events, "snapshots": snapshots}


def tables(kind: str) -> list[str]:
    text = "VARCHAR(200)"
    binary = " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if kind == "mariadb" else ""
    long = LONG[kind]
    return [
        f"CREATE TABLE events (id INTEGER PRIMARY KEY, event_id {text}, aggregate_id {text}{binary} NOT NULL,"
        f" aggregate_type {text}, event_type {text}, event_data {long}, metadata {long}, version INTEGER NOT NULL,"
        f" timestamp {text}, UNIQUE (aggregate_id, version))",
        f"CREATE TABLE snapshots (aggregate_id {text}{binary}, state {long}, version INTEGER, timestamp {text})",
    ]


@pytest.fixture
def targets(tmp_path: Path, postgres: Any, mariadb: Any) -> dict[str, str]:
    """The same rows in each database."""
    return {
        "sqlite": make_sqlite(tmp_path / "store.db", tables("sqlite"), rows()),
        "postgresql": make_server(postgres, tables("postgresql"), rows()),
        "mariadb": make_server(mariadb, tables("mariadb"), rows()),
        "duckdb": make_duckdb(tmp_path / "store.duckdb"),
    }


def make_duckdb(path: Path) -> str:
    import duckdb

    connection = duckdb.connect(str(path))
    for statement in tables("sqlite"):
        connection.execute(statement)
    for table, listed in rows().items():
        for row in listed:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    connection.close()
    return str(path)


def everything(target: str) -> dict[str, Any]:
    with opened(target) as store:
        ids = [ref.aggregate_id for ref in store.aggregate_ids()]
        info = store.info().as_json()
        snapshot = store.snapshot("cart-1")
        assert snapshot is not None
        return {
            "ids": set(ids),
            "info": {key: value for key, value in info.items() if key not in ("store", "database")},
            "all": [dumps(event.as_json()) for event in store.events()],
            "each": {ident: [dumps(event.as_json()) for event in store.events(ident)] for ident in ids},
            "part": [event.version for event in store.events("cart-1", from_version=3, to_version=5)],
            "summaries": {ident: dumps(store.summary(ident).as_json()) for ident in ids},
            "snapshot": (snapshot.version, dumps(snapshot.state), snapshot.timestamp),
            "searched": {ref.aggregate_id for ref in store.aggregate_ids(search="ZOË")},
            "typed": {ref.aggregate_id for ref in store.aggregate_ids(type_glob="cart*")},
            "grouped": [event.position for event in store.events(type_glob="Größe*")],
        }


def states(target: str) -> dict[str, str]:
    session = open_session(target)
    try:
        ids = [ref.aggregate_id for ref in session.store.aggregate_ids()]
        return {ident: dumps(session.state(ident, use_snapshots=False).state) for ident in ids}
    finally:
        session.close()


def test_the_same_events_are_equal_everywhere(targets: dict[str, str]) -> None:
    expected = everything(targets["sqlite"])
    assert len(expected["all"]) == 60
    for kind in ("postgresql", "mariadb", "duckdb"):
        assert everything(targets[kind]) == expected, kind


def test_states_are_equal_everywhere(targets: dict[str, str]) -> None:
    expected = states(targets["sqlite"])
    for kind in ("postgresql", "mariadb", "duckdb"):
        assert states(targets[kind]) == expected, kind


def lanes(target: str) -> list[tuple[Any, ...]]:
    session = open_session(target)
    try:
        found = Lanes(session.store, session.reducers.words_for)
        found.show(IDS)
        while not found.advance(0.01):
            pass
        sight = found.sight(None, 64)
        names = [each.name for each in sight.kinds]
        return [
            (lane.aggregate_id, lane.last, [(each.key, names[each.kind], each.place) for each in lane.spots])
            for lane in sight.lanes
        ]
    finally:
        session.close()


def test_swim_lanes_are_the_same_everywhere(targets: dict[str, str]) -> None:
    expected = lanes(targets["sqlite"])
    assert [len(lane[-1]) for lane in expected] == [10] * 6
    for kind in ("postgresql", "mariadb", "duckdb"):
        assert lanes(targets[kind]) == expected, kind


def test_ids_page_the_same_way_through_all(targets: dict[str, str]) -> None:
    for target in targets.values():
        with opened(target) as store:
            paged: list[str] = []
            while page := store.aggregate_ids(after=paged[-1] if paged else None, limit=2):
                paged += [ref.aggregate_id for ref in page]
            assert len(paged) == len(set(paged)) == 6


def test_sql_of_a_read_is_what_a_client_can_run(targets: dict[str, str], postgres: Any, mariadb: Any) -> None:
    import duckdb

    clients: dict[str, Callable[[str], Any]] = {
        "sqlite": sqlite3.connect,
        "postgresql": lambda target: postgres.server.database(make_url(target).database).connect(),
        "mariadb": lambda target: mariadb.server.database(make_url(target).database).connect(),
        "duckdb": lambda target: duckdb.connect(target, read_only=True),
    }
    for kind, connect in clients.items():
        wanted = {}
        with opened(targets[kind]) as store:
            for ident in IDS:
                events = [(event.position, event.version, event.type, ident) for event in store.events(ident)]
                wanted[store.sql(ident)] = events
                wanted[store.sql(ident, 7)] = [event for event in events if event[1] == 7]
            with pytest.raises(NotFoundError):
                store.sql("nobody")
        with closing(connect(targets[kind])) as client:
            for sql, events in wanted.items():
                assert only_reads(sql)
                cursor = client.cursor()
                cursor.execute(sql)
                names = [each[0] for each in cursor.description]
                found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                keys = ("position", "version", "type", "aggregate_id")
                assert [tuple(each[key] for key in keys) for each in found] == events, (kind, sql)
