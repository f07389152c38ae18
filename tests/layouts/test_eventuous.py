"""Eventuous on PostgreSQL, and with SQL Server's names in SQLite: stores made from its documented columns.

Facts: Eventuous/eventuous b2c610f. Eventuous itself did not run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, opened, time_of
from helpers_php import make

from esviewer.stores.store import Store

ONE, TWO = "Booking-b-1", "Payment-p-1"


def ident(number: int) -> str:
    return f"0191a3c4-7d1e-4c3a-9b0d-{number:012}"


def camel(text: str) -> str:
    return "".join(part.capitalize() for part in text.split("_"))


TABLES = (
    "CREATE TABLE booking.streams (stream_name varchar(850) NOT NULL UNIQUE, stream_id int PRIMARY KEY, version int)",
    "CREATE TABLE booking.messages (message_id uuid, message_type varchar(128) NOT NULL, stream_id int NOT NULL,"
    " stream_position int NOT NULL, global_position bigint PRIMARY KEY, json_data jsonb NOT NULL, json_metadata jsonb,"
    " created timestamp NOT NULL, UNIQUE (stream_id, stream_position))",
    "CREATE TABLE booking.checkpoints (id varchar(128) PRIMARY KEY, position bigint)",
)


def message(number: int, stream: int, place: int, kind: str, data: Any) -> dict[str, Any]:
    return {
        "message_id": ident(number),
        "message_type": kind,
        "stream_id": stream,
        "stream_position": place,
        "global_position": number,
        "json_data": json.dumps(data),
        "json_metadata": json.dumps({"eventuous.correlation-id": "c-1"}),
        "created": f"2026-03-01 09:00:0{number}.123456",
    }


@pytest.fixture(scope="module", params=["postgresql", "sqlserver"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rows: dict[str, list[dict[str, Any]]] = {
        "booking.streams": [
            {"stream_name": ONE, "stream_id": 1, "version": 1},
            {"stream_name": TWO, "stream_id": 2, "version": 0},
        ],
        "booking.messages": [
            message(0, 1, 0, "V1.RoomBooked", {"price": 1.5}),
            message(1, 2, 0, "V1.Paid", {}),
            message(3, 1, 1, "V1.Cancelled", {"why": "é"}),
        ],
    }
    if request.param == "postgresql":
        target = make(request, "postgresql", tmp_path_factory.mktemp("e"), ["CREATE SCHEMA booking", *TABLES], rows)
    else:
        tables = [re.sub(r"\b[a-z]+_[a-z]+\b", lambda m: camel(m[0]), each.replace("booking.", "")) for each in TABLES]
        renamed = {
            table.removeprefix("booking."): [{camel(key): value for key, value in each.items()} for each in listed]
            for table, listed in rows.items()
        }
        target = make(request, "sqlite", tmp_path_factory.mktemp("e"), tables, renamed)
    with opened(target) as store:
        yield store


def test_every_part_of_an_event(store: Store) -> None:
    assert store.layout.name == "eventuous"
    assert any("messages" in reason.lower() for reason in store.fit.reasons)
    last = store.event(ONE, 1)
    assert (last.position, last.event_id, last.type) == (3, ident(3), "V1.Cancelled")
    assert (last.data, last.metadata) == ({"why": "é"}, {"eventuous.correlation-id": "c-1"})
    assert [(each.position, each.version) for each in events(store)] == [(0, 0), (1, 0), (3, 1)]


def test_trap_types_are_before_the_dash(store: Store) -> None:
    """A stream is called Type-id, where the id may hold dashes as well."""
    assert aggregates(store) == [(ONE, "Booking"), (TWO, "Payment")]


def test_trap_times_are_utc_without_saying_so(store: Store) -> None:
    """`created` has no zone; it is UTC."""
    assert time_of(store.event(ONE, 0)) == "2026-03-01T09:00:00.123456Z"


def test_trap_streams_are_joined_by_number(store: Store) -> None:
    """Messages have the number of their stream only; in a schema whose name is the application's choice."""
    assert store.fit.tables["events"].lower().endswith("messages")
    assert [each.aggregate_id for each in events(store)] == [ONE, TWO, ONE]
