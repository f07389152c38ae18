"""ocoda event-sourcing on PostgreSQL and MariaDB: documented tables, rows in their documented encodings.

Facts: ocoda/event-sourcing ce84544. The framework itself was not run: it needs a NestJS application.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of

from esviewer.errors import AmbiguousLayoutError
from esviewer.stores.store import Store

IDENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
ACCOUNT, USER = f"account-{IDENT}", "user-profile-77"
ULIDS = [f"01JN8XWG00000000000000000{letter}" for letter in "ABCD"]
EVENTS: list[tuple[str, int, str, dict[str, Any], str, str]] = [
    (ACCOUNT, 1, "account-opened", {"owner": "zoë", "nr": 9007199254740993}, "2026-02", ULIDS[1]),
    (USER, 1, "profile-made", {}, "2026-02", ULIDS[3]),
    (ACCOUNT, 2, "account-credited", {"amount": 1.5}, "2026-03", ULIDS[0]),
    (ACCOUNT, 3, "account-closed", {}, "2026-03", ULIDS[2]),
]
"""Stream, version, name, payload, month and ULID, in store order: by month first."""


def tables(database: str, prefix: str) -> tuple[str, str]:
    quote = '"' if database == "postgres" else "`"
    return f"{quote}{prefix}events{quote}", f"{quote}{prefix}snapshots{quote}"


def ddl(database: str, prefix: str = "") -> list[str]:
    payload, moment, naive = (
        ("jsonb", "timestamptz", "timestamp") if database == "postgres" else ("json", "timestamp", "timestamp")
    )
    log, states = tables(database, prefix)
    return [
        f"CREATE TABLE {log} (stream_id varchar(120) NOT NULL, version int NOT NULL, event varchar(80) NOT NULL,"
        f" payload {payload} NOT NULL, event_date varchar(7) NOT NULL, event_id varchar(40) NOT NULL,"
        f" aggregate_id varchar(40) NOT NULL, occurred_on {moment} NOT NULL, correlation_id varchar(255),"
        " causation_id varchar(255), PRIMARY KEY (stream_id, version))",
        f"CREATE TABLE {states} (stream_id varchar(90) NOT NULL, version int NOT NULL, payload {payload} NOT NULL,"
        f" snapshot_id varchar(40) NOT NULL, aggregate_id varchar(40) NOT NULL, registered_on {naive} NOT NULL,"
        " aggregate_name varchar(50) NOT NULL, latest varchar(100), PRIMARY KEY (stream_id, version))",
    ]


def rows(database: str, prefix: str = "") -> dict[str, list[dict[str, Any]]]:
    log, states = tables(database, prefix)
    # MariaDB's test server is nine hours ahead of UTC, and so are the sessions that write.
    moment = "2026-03-0{} 09:00:00+00" if database == "postgres" else "2026-03-0{} 18:00:00"
    listed = [
        {
            "stream_id": stream,
            "version": version,
            "event": name,
            "payload": json.dumps(payload),
            "event_date": month,
            "event_id": ulid,
            "aggregate_id": IDENT if stream == ACCOUNT else "77",
            "occurred_on": moment.format(number),
            "correlation_id": "c-1" if number == 1 else None,
            "causation_id": None,
        }
        for number, (stream, version, name, payload, month, ulid) in enumerate(EVENTS, 1)
    ]
    snapshots = [
        {
            "stream_id": ACCOUNT,
            "version": version,
            "payload": json.dumps({"balance": version}),
            "snapshot_id": ULIDS[version],
            "aggregate_id": IDENT,
            "registered_on": "2026-03-05 09:00:00",
            "aggregate_name": "account",
            "latest": f"latest#{ACCOUNT}" if version == 3 else None,
        }
        for version in (2, 3)
    ]
    return {log: listed[::-1], states: snapshots}


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def database(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def target(database: tuple[str, Any]) -> str:
    return make_server(database[1], ddl(database[0]), rows(database[0]))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "ocoda"
    assert {name.rpartition(".")[2] for name in store.fit.tables.values()} == {"events", "snapshots"}
    assert "event_date" in store.fit.reasons[0]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [event.event_id for event in found] == [event[5] for event in EVENTS]
    assert time_of(found[0]) == "2026-03-01T09:00:00Z"
    assert found[0].metadata == {"aggregate_id": IDENT, "correlation_id": "c-1"}
    assert found[0].schema_version is None
    assert short(store.event(ACCOUNT, 2)) == EVENTS[2][:4]


def test_trap_a_stream_is_named_by_type_and_id(store: Store) -> None:
    """Both the type and the id may have dashes: the type is what stands before the id that the row names."""
    assert sorted(aggregates(store)) == [(ACCOUNT, "account"), (USER, "user-profile")]


def test_trap_the_order_is_in_months_and_ulids(store: Store) -> None:
    """No number orders all events: the month does, then the id, a ULID, whose beginning is the time."""
    found = events(store)
    assert [short(event) for event in found] == [event[:4] for event in EVENTS]
    assert [event.position for event in found] == [None] * 4


def test_trap_each_snapshot_stays_and_one_is_the_latest(store: Store) -> None:
    """Only the newest row has a text in `latest`; the others count as well."""
    assert store.snapshot_versions(ACCOUNT) == [2, 3]
    found = store.snapshot(ACCOUNT, 2)
    assert found is not None
    assert (found.version, found.state, found.error) == (2, {"balance": 2}, None)


def test_trap_each_pool_has_tables_of_its_own(database: tuple[str, Any]) -> None:
    """A pool (a tenant) has tables with a hyphen in their names: none is taken silently, each can be chosen."""
    kind, server = database
    made = {**rows(kind), **rows(kind, "acme-")}
    target = make_server(server, [*ddl(kind), *ddl(kind, "acme-")], made)
    with pytest.raises(AmbiguousLayoutError) as caught, opened(target):
        pytest.fail("a store was taken without asking")
    chosen = next(choice for choice in caught.value.choices if choice.endswith("acme-events"))
    with opened(target, chosen) as store:
        assert [short(event) for event in events(store)] == [event[:4] for event in EVENTS]
        assert store.fit.tables["snapshots"].endswith("acme-snapshots")
