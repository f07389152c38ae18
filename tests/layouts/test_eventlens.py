"""EventLens's demo table on PostgreSQL and MariaDB: documented columns, rows in their documented encodings.

Facts: AlphaSudo/EventDebug 090e249. Its own seed script was not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of

from esviewer.stores.store import Store

EVENTS = [
    ("ACC-1", 1, "AccountCreated", {"holder": "Zoë", "nr": 9007199254740993}),
    ("ORD-1", 1, "OrderCreated", {"items": [{"qty": 2}], "total": 49.99}),
    ("ACC-1", 2, "MoneyDeposited", {"amount": 1000}),
]
TYPES = {"ACC-1": "BankAccount", "ORD-1": "Order"}


def ddl(database: str) -> list[str]:
    ident, payload, time = ("uuid", "jsonb", "timestamptz")
    if database == "mariadb":
        ident, payload, time = ("char(36)", "json", "timestamp(6)")
    return [
        f"CREATE TABLE event_store (event_id {ident} PRIMARY KEY, aggregate_id varchar(255) NOT NULL,"
        " aggregate_type varchar(255) NOT NULL, sequence_number bigint NOT NULL, event_type varchar(255) NOT NULL,"
        f" payload {payload} NOT NULL, metadata {payload} NOT NULL, timestamp {time} NOT NULL,"
        " global_position bigint NOT NULL UNIQUE, UNIQUE (aggregate_id, sequence_number))"
    ]


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def target(request: pytest.FixtureRequest) -> str:
    # MariaDB takes a TIMESTAMP in the session's zone, which is that of the test server: +09:00.
    hour, zone = ("09", "+00") if request.param == "postgres" else ("18", "")
    rows = [
        {
            "event_id": f"00000000-0000-4000-8000-{number:012}",
            "aggregate_id": aggregate,
            "aggregate_type": TYPES[aggregate],
            "sequence_number": version,
            "event_type": kind,
            "payload": json.dumps(payload),
            "metadata": json.dumps({"correlationId": f"tx-{number}", "userId": "alice"}),
            "timestamp": f"2026-03-01 {hour}:00:0{number}{zone}",
            "global_position": number,
        }
        for number, (aggregate, version, kind, payload) in enumerate(EVENTS, 1)
    ]
    return make_server(request.getfixturevalue(request.param), ddl(request.param), {"event_store": rows})


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "eventlens"
    assert "global_position" in store.fit.reasons[0]
    assert not store.has_snapshots


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == EVENTS
    assert [event.position for event in found] == [1, 2, 3]
    assert found[0].event_id == "00000000-0000-4000-8000-000000000001"
    assert found[0].metadata == {"correlationId": "tx-1", "userId": "alice"}
    assert time_of(found[0]) == "2026-03-01T09:00:01Z"
    assert [event.version for event in events(store, "ACC-1")] == [1, 2]


def test_aggregates_have_types(store: Store) -> None:
    assert aggregates(store) == [("ACC-1", "BankAccount"), ("ORD-1", "Order")]
