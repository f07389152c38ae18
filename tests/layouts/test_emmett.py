"""Emmett on PostgreSQL and SQLite: stores made and written to by its own npm packages.

@event-driven-io/emmett-postgresql 0.42.0 and @event-driven-io/emmett-sqlite 0.42.4; streams are archived by an UPDATE,
as neither has a function for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from helpers_emmett import Append, write_postgresql, write_sqlite
from helpers_layouts import aggregates, events, opened, short
from helpers_postgres import Database

from esviewer.stores.store import Store

APPENDS: list[Append] = [
    (
        "cart-1",
        [
            {
                "type": "ItemAdded",
                "data": {"n": {"$bigint": "9007199254740993"}, "at": {"$date": "2026-03-01T09:00:00.123Z"}},
                "metadata": {"by": "zoë"},
            },
            {"type": "ItemAdded", "data": {"price": 1.5}},
        ],
    ),
    ("order-2", [{"type": "OrderPlaced", "data": {}}]),
    ("cart-1", [{"type": "Pay", "kind": "Command", "data": {"sum": 3}}]),
    ("gone-3", [{"type": "Closed", "data": {}}]),
    ("plain", [{"type": "Noted", "data": {"text": "no dash"}}]),
]
EVENTS: list[tuple[str, int, str, Any]] = [
    ("cart-1", 1, "ItemAdded", {"n": "9007199254740993", "at": "2026-03-01T09:00:00.123Z"}),
    ("cart-1", 2, "ItemAdded", {"price": 1.5}),
    ("order-2", 1, "OrderPlaced", {}),
    ("cart-1", 3, "Pay", {"sum": 3}),
    ("gone-3", 1, "Closed", {}),
    ("plain", 1, "Noted", {"text": "no dash"}),
]
ARCHIVE = [f"UPDATE emt_{name} SET is_archived = true WHERE stream_id = 'gone-3'" for name in ("messages", "streams")]


@pytest.fixture(scope="module", params=["postgres", "sqlite"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgres":
        database = request.getfixturevalue("postgres")
        write_postgresql(database, APPENDS)
        database.execute(*ARCHIVE)
        return str(database.url)
    path = tmp_path_factory.mktemp("emmett") / "shop.db"
    write_sqlite(path, APPENDS)
    connection = sqlite3.connect(path)
    with connection:
        for statement in ARCHIVE:
            connection.execute(statement)
    connection.close()
    return str(path)


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def on_sqlite(store: Store) -> bool:
    return store.layout.name == "emmett-sqlite"


def test_it_is_recognised(target: str, store: Store) -> None:
    assert store.layout.name == ("emmett" if "://" in target else "emmett-sqlite")
    assert store.fit.tables["events"].rpartition(".")[2] == "emt_messages"
    assert any("emt_streams" in reason for reason in store.fit.reasons)


def test_aggregates_have_their_streams_type(store: Store) -> None:
    assert sorted(aggregates(store)) == [
        ("cart-1", "cart"),
        ("gone-3", "gone"),
        ("order-2", "order"),
        ("plain", "emt:unknown"),
    ]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == EVENTS
    assert [event.position for event in found] == [1, 2, 3, 4, 5, 6]
    assert isinstance(found[0].metadata, dict)
    assert found[0].metadata["by"] == "zoë"
    assert len(found[0].event_id or "") == 36
    assert short(store.event("cart-1", 2)) == EVENTS[1]
    assert store.snapshot("cart-1") is None


def test_times_are_of_utc(store: Store) -> None:
    moment = events(store)[0].timestamp
    assert moment is not None
    text = moment.isoformat()
    assert text.endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(text)) < timedelta(minutes=10)


def test_trap_large_numbers_and_dates_are_texts(store: Store) -> None:
    """Emmett writes bigint and Date as texts into its JSON: they stay texts, with every digit."""
    assert store.event("cart-1", 1).data == {"n": "9007199254740993", "at": "2026-03-01T09:00:00.123Z"}


def test_trap_partitions_are_not_stores_of_their_own(store: Store) -> None:
    """On PostgreSQL nine and more partitions have the tables' columns: only the parents are taken."""
    info = store.info().as_json()
    assert (info["events"], info["aggregates"]) == (6, 4)


def test_trap_the_tables_name_the_partition_differently(target: str, store: Store) -> None:
    """emmett-sqlite writes `[object Object]` as a stream's partition: types are found all the same."""
    if on_sqlite(store):
        connection = sqlite3.connect(target)
        assert connection.execute("SELECT DISTINCT partition FROM emt_streams").fetchall() == [("[object Object]",)]
        assert connection.execute("SELECT DISTINCT partition FROM emt_messages").fetchall() == [("emt:default",)]
        connection.close()
    assert dict(aggregates(store))["order-2"] == "order"


def test_trap_the_schema_version_of_sqlite_is_none(store: Store) -> None:
    """emmett-sqlite writes the stream's expected version as message_schema_version: it is shown as metadata only."""
    paid = store.event("cart-1", 3)
    assert isinstance(paid.metadata, dict)
    if on_sqlite(store):
        assert paid.schema_version is None
        assert paid.metadata["message_schema_version"] == "2"
    else:
        assert paid.schema_version == "1"


def test_trap_commands_lie_among_the_events(store: Store) -> None:
    """A command takes up a version of its stream: it stays, and its metadata tell it by message_kind."""
    kinds = [event.metadata["message_kind"] for event in events(store, "cart-1") if isinstance(event.metadata, dict)]
    assert kinds == ["E", "E", "C"]


def test_trap_archived_streams_keep_their_events(store: Store) -> None:
    """Archiving moves rows into another partition: they are still read, and the aggregate is marked."""
    assert store.summary("gone-3").status == "archived"
    assert store.summary("cart-1").status is None
    assert len(events(store, "gone-3")) == 1


def test_trap_transaction_ids_have_a_type_of_their_own(store: Store) -> None:
    """PostgreSQL's xid8, which its drivers don't know, is shown with the metadata."""
    if on_sqlite(store):
        assert "transaction_id" not in str(events(store)[0].metadata)
    else:
        metadata = events(store)[0].metadata
        assert isinstance(metadata, dict)
        assert int(metadata["transaction_id"]) > 0


def test_trap_partitions_hold_streams_of_the_same_name(postgres: Database) -> None:
    """Rows of another partition may have the same stream and version: the partition is shown as their tenant."""
    database = postgres.server.create_database()
    write_postgresql(database, APPENDS)
    database.execute(
        "SELECT emt_add_partition('acme')",
        "INSERT INTO emt_streams SELECT stream_id, stream_position, 'acme', 'basket', stream_metadata FROM emt_streams"
        " WHERE stream_id = 'cart-1'",
        "INSERT INTO emt_messages (stream_id, stream_position, partition, message_data, message_metadata,"
        " message_schema_version, message_type, message_id, transaction_id) SELECT stream_id, stream_position, 'acme',"
        " message_data, message_metadata, message_schema_version, message_type, gen_random_uuid(), transaction_id"
        " FROM emt_messages WHERE stream_id = 'cart-1' ORDER BY stream_position",
    )
    with opened(str(database.url)) as store:
        assert store.info().as_json()["events"] == len(EVENTS) + 3
        assert ("acme/cart-1", "basket") in aggregates(store)
        assert ("emt:default/cart-1", "cart") in aggregates(store)
        assert [(event.version, event.position) for event in events(store, "acme/cart-1")] == [(1, 7), (2, 8), (3, 9)]
    with opened(str(database.url), tenant="acme") as store:
        assert [event.version for event in events(store)] == [1, 2, 3]
