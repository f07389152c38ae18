"""wolkenkit 4 on PostgreSQL and MariaDB: documented tables, rows in their documented encodings.

Facts: thenativeweb/wolkenkit 381ff1f. The framework itself was not run: what npm has is only its old command line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of

from esviewer.stores.store import Store

NOTE, LIST = "01234567-89ab-4cde-8f01-23456789abcd", "fedcba98-7654-4210-8fed-cba987654321"
CAUSE = "11111111-2222-4333-8444-555555555555"

EVENTS: list[tuple[str, int, str, dict[str, Any], int]] = [
    (NOTE, 1, "written", {"text": "zoë", "nr": 9007199254740993}, 1772355600001),
    (LIST, 1, "opened", {}, 1772355600002),
    (NOTE, 2, "struck", {"price": 1.10}, 1772355601500),
]
TYPES = {NOTE: ("notes", "note"), LIST: ("notes", "list")}


def swapped(ident: str) -> bytes:
    """As wolkenkit's function UuidToBin stores an id in MySQL: the time's high part first."""
    raw = UUID(ident).bytes
    return raw[6:8] + raw[4:6] + raw[0:4] + raw[8:]


def ddl(database: str) -> list[str]:
    ident, payload, quote = ("uuid", "jsonb", '"') if database == "postgres" else ("BINARY(16)", "JSON", "`")

    def q(name: str) -> str:
        return f"{quote}{name}{quote}"

    return [
        f"CREATE TABLE {q('my-app-events')} ({q('aggregateId')} {ident} NOT NULL, revision integer NOT NULL,"
        f" {q('causationId')} {ident} NOT NULL, {q('correlationId')} {ident} NOT NULL, {q('timestamp')} bigint"
        f" NOT NULL, {q('domainEvent')} {payload} NOT NULL, PRIMARY KEY ({q('aggregateId')}, revision))",
        f"CREATE TABLE {q('my-app-states')} ({q('aggregateId')} {ident} NOT NULL, revision integer NOT NULL,"
        f" state {payload} NOT NULL, PRIMARY KEY ({q('aggregateId')}, revision))",
    ]


def rows(database: str) -> dict[str, list[dict[str, Any]]]:
    quote = '"' if database == "postgres" else "`"

    def ident(value: str) -> Any:
        return value if database == "postgres" else swapped(value)

    def q(name: str) -> str:
        return f"{quote}{name}{quote}"

    listed = []
    for number, (aggregate, revision, name, data, time) in enumerate(EVENTS, 1):
        context, kind = TYPES[aggregate]
        whole = {
            "aggregateIdentifier": {"context": {"name": context}, "aggregate": {"name": kind, "id": aggregate}},
            "name": name,
            "data": data,
            "id": f"00000000-0000-4000-8000-{number:012}",
            "metadata": {
                "causationId": CAUSE,
                "correlationId": CAUSE,
                "timestamp": time,
                "revision": revision,
                "initiator": {"user": {"id": "jane"}},
                "tags": [],
            },
        }
        listed.append(
            {
                q("aggregateId"): ident(aggregate),
                "revision": revision,
                q("causationId"): ident(CAUSE),
                q("correlationId"): ident(CAUSE),
                q("timestamp"): time,
                q("domainEvent"): json.dumps(whole),
            }
        )
    state = {q("aggregateId"): ident(NOTE), "revision": 1, "state": json.dumps({"text": "zoë"})}
    return {q("my-app-events"): listed[::-1], q("my-app-states"): [state]}


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def target(request: pytest.FixtureRequest) -> str:
    return make_server(request.getfixturevalue(request.param), ddl(request.param), rows(request.param))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_trap_tables_have_any_name(store: Store) -> None:
    """The application's configuration names both tables: their columns tell them."""
    assert store.layout.name == "wolkenkit"
    assert {name.rpartition(".")[2] for name in store.fit.tables.values()} == {"my-app-events", "my-app-states"}
    assert "domainEvent" in store.fit.reasons[0]


def test_trap_everything_is_inside_the_json(store: Store) -> None:
    """Type, id, data, metadata and the aggregate's context and name are in one JSON column only."""
    found = events(store)
    assert [short(event) for event in found] == [event[:4] for event in EVENTS]
    assert [event.event_id for event in found] == [f"00000000-0000-4000-8000-{number:012}" for number in (1, 2, 3)]
    assert isinstance(found[0].metadata, dict)
    assert found[0].metadata["initiator"] == {"user": {"id": "jane"}}
    assert "aggregateIdentifier" not in found[0].metadata
    assert [event.schema_version for event in found] == [None] * 3
    assert sorted(aggregates(store)) == [(NOTE, "notes.note"), (LIST, "notes.list")]


def test_trap_no_order_of_all_events(store: Store) -> None:
    """No column numbers all events: they are put into order by their time, in milliseconds since 1970, and told so."""
    found = events(store)
    assert [event.position for event in found] == [None] * 3
    assert [time_of(event) for event in found] == [
        "2026-03-01T09:00:00.001Z",
        "2026-03-01T09:00:00.002Z",
        "2026-03-01T09:00:01.500Z",
    ]
    assert any("no order" in warning for warning in store.warnings)


def test_trap_reordered_uuids(store: Store) -> None:
    """MySQL keeps ids in 16 bytes with the parts of their time swapped: they are shown and found as UUIDs."""
    assert [event.version for event in events(store, NOTE)] == [1, 2]
    assert short(store.event(NOTE, 2)) == EVENTS[2][:4]
    assert store.summary(LIST).events == 1


def test_snapshots(store: Store) -> None:
    assert store.snapshot_versions(NOTE) == [1]
    found = store.snapshot(NOTE)
    assert found is not None
    assert (found.state, found.timestamp, found.error) == ({"text": "zoë"}, None, None)
    assert store.snapshot(LIST) is None
