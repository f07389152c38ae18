"""SqlStreamStore on SQLite, PostgreSQL and MariaDB, and with SQL Server's names: stores made from documented columns.

Facts: SQLStreamStore/SQLStreamStore c55d9db. The library itself did not run; SQL Server's tables are tried in SQLite.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from helpers_layouts import Rows, aggregates, events, opened, time_of
from helpers_php import make

from esviewer.stores.store import Store

ORDER, LOOSE, GUID = "order-7", "inbox", "0191a3c4-7d1e-4c3a-9b0d-3f6f5a1d2e01"
STREAMS = [ORDER, LOOSE, GUID, f"$${ORDER}", "$deleted"]
MESSAGES: list[tuple[int, int, str, Any, Any]] = [
    (1, 0, "OrderPlaced", {"total": 12345678901234567890}, {"by": "ann"}),
    (2, 0, "Ping", {}, None),
    (4, 0, "$stream-metadata", {"MaxCount": 2}, None),
    (1, 2, "OrderPaid", {"by": "card"}, None),
    (5, 0, "$stream-deleted", {"StreamId": "order-6"}, None),
    (3, 0, "Ping", {"n": 1}, None),
]
"""Stream, number, type, data and metadata; the second message of the first stream was deleted."""


def ident(number: int) -> UUID:
    return UUID(f"0191a3c4-7d1e-4c3a-9b0d-{number:012}")


COLUMNS = {
    "id_original": "IdOriginal",
    "id_internal": "IdInternal",
    "stream_id_internal": "StreamIdInternal",
    "stream_version": "StreamVersion",
    "json_data": "JsonData",
    "json_metadata": "JsonMetadata",
    "message_id": "Id",
    "created_utc": "Created",
}
"""Columns as SQL Server calls them."""


def named(column: str, database: str) -> str:
    """A column as it is called on one database."""
    if database == "sqlserver":
        return COLUMNS.get(column, column)
    return "event_id" if database == "sqlite" and column == "message_id" else column


def tables(database: str) -> list[str]:
    guid = {"postgresql": "uuid", "mariadb": "binary(16)"}.get(database, "char(36)")
    body = {"postgresql": "jsonb", "mariadb": "longtext"}.get(database, "text")
    time = {"postgresql": "timestamp", "mariadb": "timestamp"}.get(database, "datetime")
    made = [
        "CREATE TABLE streams (id char(42) NOT NULL UNIQUE, {id_original} varchar(500) NOT NULL, {id_internal} int NOT"
        " NULL PRIMARY KEY, version int NOT NULL, position bigint NOT NULL)",
        "CREATE TABLE messages ({stream_id_internal} int NOT NULL, {stream_version} int NOT NULL, position bigint NOT"
        " NULL PRIMARY KEY, {message_id} [guid] NOT NULL, {created_utc} [time] NOT NULL, type varchar(128) NOT NULL,"
        " {json_data} [body] NOT NULL, {json_metadata} [body], UNIQUE ({stream_id_internal}, {stream_version}))",
    ]
    made = [each.replace("[guid]", guid).replace("[time]", time).replace("[body]", body) for each in made]
    return [each.format(**{column: named(column, database) for column in COLUMNS}) for each in made]


def rows(database: str) -> Rows:
    first = 1 if database == "mariadb" else 0
    streams = [
        {
            "id": name if name == GUID or name.startswith("$d") else hashlib.sha1(name.encode()).hexdigest().upper(),
            "id_original": name,
            "id_internal": number,
            "version": 0,
            "position": 0,
        }
        for number, name in enumerate(STREAMS, 1)
    ]
    # MariaDB's session is nine hours ahead of UTC, as its server is.
    hour = 18 if database == "mariadb" else 9
    messages = [
        {
            "stream_id_internal": stream,
            "stream_version": version,
            "position": number + first,
            "message_id": ident(number).bytes if database == "mariadb" else str(ident(number)),
            "created_utc": f"2026-03-01 {hour:02}:00:0{number}",
            "type": kind,
            "json_data": json.dumps(data),
            "json_metadata": None if metadata is None else json.dumps(metadata),
        }
        for number, (stream, version, kind, data, metadata) in enumerate(MESSAGES)
    ]
    listed = {"streams": streams, "messages": messages}
    return {
        table: [{named(column, database): value for column, value in each.items()} for each in lines]
        for table, lines in listed.items()
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb", "sqlserver"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("sqlstreamstore")
    kind = "sqlite" if request.param == "sqlserver" else request.param
    with opened(make(request, kind, folder, tables(request.param), rows(request.param))) as store:
        yield store


def test_every_part_of_an_event(store: Store) -> None:
    assert store.layout.name == "sqlstreamstore"
    assert any("messages" in reason for reason in store.fit.reasons)
    first = store.event(ORDER, 0)
    assert (first.type, first.event_id) == ("OrderPlaced", str(ident(0)))
    assert (first.data, first.metadata) == ({"total": 12345678901234567890}, {"by": "ann"})
    assert time_of(first) == "2026-03-01T09:00:00Z"
    base = first.position
    assert isinstance(base, int)
    assert [each.position for each in events(store)] == [base, base + 1, base + 3, base + 5]


def test_trap_ids_are_hashed(store: Store) -> None:
    """A stream's id is the SHA-1 of its name: the name itself is shown, and found."""
    assert dict(aggregates(store)) == {ORDER: "order", LOOSE: None, GUID: None}
    assert len(events(store, ORDER)) == 2


def test_trap_streams_of_the_store_itself(store: Store) -> None:
    """$$ID holds a stream's metadata and $deleted says what was deleted: neither is an event; that is said."""
    assert {each.type for each in events(store)} == {"OrderPlaced", "OrderPaid", "Ping"}
    assert any("$deleted" in warning for warning in store.warnings)


def test_trap_deleted_messages_leave_holes(store: Store) -> None:
    """Deleting is physical: the numbers of a stream have holes, and stay as they are."""
    assert [each.version for each in events(store, ORDER)] == [0, 2]


def test_trap_message_ids_in_bytes(store: Store) -> None:
    """On MySQL a message's id is sixteen bytes in their usual order; on SQLite the column is called event_id."""
    assert [each.event_id for each in events(store)] == [str(ident(n)) for n in (0, 1, 3, 5)]
