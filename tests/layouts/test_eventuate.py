"""Eventuate Local on PostgreSQL and MariaDB: stores made from its documented columns.

Facts: eventuate-foundation/eventuate-common 6de8d54. Its own code did not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import Rows, aggregates, events, opened, time_of
from helpers_php import make

from esviewer.stores.store import Store

ACCOUNT, TRANSFER = "net.bank.Account", "net.bank.Transfer"
ONE, TWO = "a-1", "b-2"
MILLISECONDS = 1_772_355_600_120
EVENTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (ACCOUNT, ONE, "net.bank.Opened", {"balance": 1}),
    (TRANSFER, TWO, "net.bank.Started", {"amount": 5}),
    (ACCOUNT, ONE, "net.bank.Credited", {"balance": 6}),
    (ACCOUNT, TWO, "net.bank.Opened", {"balance": 0}),
]


def ident(number: int) -> str:
    """An event's id as the application makes it: milliseconds, then the machine's address and a counter."""
    return f"{MILLISECONDS + number:016x}-{0x0242AC120002 << 16:016x}"


def tables(database: str, *, numbered: bool) -> tuple[list[str], str]:
    schema = "eventuate." if database == "postgresql" else ""
    text = "varchar(1000)" if database == "postgresql" else "longtext"
    key = "varchar(255)"
    ids = f"id bigint NOT NULL PRIMARY KEY, event_id {key}" if numbered else f"event_id {key} NOT NULL PRIMARY KEY"
    order = "id" if numbered else "event_id"
    made = ["CREATE SCHEMA eventuate"] if schema else []
    made += [
        f"CREATE TABLE {schema}events ({ids}, event_type {text}, event_data {text} NOT NULL, entity_type {key} NOT"
        f" NULL, entity_id {key} NOT NULL, triggering_event {text}, metadata {text}, published smallint DEFAULT 0)",
        f"CREATE INDEX by_entity ON {schema}events (entity_type, entity_id, {order})",
        f"CREATE TABLE {schema}entities (entity_type {key}, entity_id {key}, entity_version {key} NOT NULL,"
        " PRIMARY KEY (entity_type, entity_id))",
        f"CREATE TABLE {schema}snapshots (entity_type {key}, entity_id {key}, entity_version {key}, snapshot_type {key}"
        f" NOT NULL, snapshot_json {text} NOT NULL, triggering_events {text},"
        " PRIMARY KEY (entity_type, entity_id, entity_version))",
    ]
    return made, schema


def rows(schema: str, *, numbered: bool) -> Rows:
    listed: list[dict[str, Any]] = []
    if numbered:
        mark = dict.fromkeys(("event_type", "entity_type", "entity_id"), "CDC-IGNORED")
        listed.append({"id": MILLISECONDS, "event_id": "", "event_data": "ID-GENERATION-STARTING-VALUE", **mark})
    for number, (entity, key, kind, data) in enumerate(EVENTS, 1):
        own = {"id": MILLISECONDS + number, "event_id": ident(number) if number == 1 else None}
        listed.append(
            {
                **(own if numbered else {"event_id": ident(number)}),
                "event_type": kind,
                "event_data": json.dumps(data),
                "entity_type": entity,
                "entity_id": key,
                "triggering_event": "t-1" if number == 3 else None,
                "metadata": json.dumps({"by": "ann"}) if number == 1 else None,
                "published": 1,
            }
        )
    snapshot = {
        "entity_type": ACCOUNT,
        "entity_id": ONE,
        "entity_version": ident(3),
        "snapshot_type": "net.bank.AccountSnapshot",
        "snapshot_json": '{"balance": 6}',
    }
    return {f"{schema}events": listed, f"{schema}snapshots": [] if numbered else [snapshot]}


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    ddl, schema = tables(database, numbered=False)
    folder = tmp_path_factory.mktemp("eventuate")
    with opened(make(request, database, folder, ddl, rows(schema, numbered=False))) as store:
        yield store


@pytest.fixture(scope="module")
def numbered(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    ddl, schema = tables(database, numbered=True)
    folder = tmp_path_factory.mktemp("eventuate")
    with opened(make(request, database, folder, ddl, rows(schema, numbered=True))) as store:
        yield store


def test_every_part_of_an_event(store: Store) -> None:
    assert store.layout.name == "eventuate"
    assert any("events" in reason for reason in store.fit.reasons)
    first = store.event(ONE, 1)
    assert (first.event_id, first.type, first.aggregate_type) == (ident(1), "net.bank.Opened", ACCOUNT)
    assert (first.data, first.metadata) == ({"balance": 1}, {"by": "ann"})
    assert store.event(ONE, 2).metadata == {"triggering_event": "t-1"}


def test_trap_times_are_in_the_ids(store: Store) -> None:
    """No column has the time: an event's id begins with its milliseconds, in hexadecimal digits."""
    assert time_of(store.event(ONE, 1)) == "2026-03-01T09:00:00.121Z"


def test_trap_entities_have_no_numbers(store: Store) -> None:
    """An entity's version is the id of its last event: versions count its events in that order."""
    assert [(each.aggregate_id, each.version) for each in events(store, ONE)] == [(ONE, 1), (ONE, 2)]
    assert [each.position for each in events(store)] == [ident(n) for n in (1, 2, 3, 4)]


def test_trap_ids_are_unique_within_their_type(store: Store) -> None:
    """Entities of two types may have one id: they are told apart by their type."""
    assert sorted(aggregates(store)) == [
        (ONE, ACCOUNT),
        (f"{ACCOUNT}/{TWO}", ACCOUNT),
        (f"{TRANSFER}/{TWO}", TRANSFER),
    ]
    assert [each.data for each in events(store, f"{TRANSFER}/{TWO}")] == [{"amount": 5}]


def test_trap_snapshots_name_their_last_event(store: Store) -> None:
    """A snapshot's version is the id of the last event that it includes."""
    found = store.snapshot(ONE)
    assert found is not None
    assert (found.version, found.state) == (2, {"balance": 6})


def test_trap_numbers_of_the_database(numbered: Store) -> None:
    """With ids of the database the first row is none of the application's: it is left out, and that is said."""
    assert numbered.layout.name == "eventuate-db-id"
    assert [each.type for each in events(numbered)] == [kind for _, _, kind, _ in EVENTS]
    assert [each.position for each in events(numbered)] == [MILLISECONDS + n for n in (1, 2, 3, 4)]
    assert any("numbers begin" in warning for warning in numbered.warnings)


def test_trap_numbers_that_look_like_times(numbered: Store) -> None:
    """The database's numbers begin at a time but count events: only ids from before them tell the time."""
    assert [time_of(each) for each in events(numbered, ONE)] == ["2026-03-01T09:00:00.121Z", None]


def test_trap_published_is_no_mark(store: Store) -> None:
    """`published` is whether an event was sent on, and says nothing of the event."""
    assert {each.status for each in store.aggregate_ids()} == {None}
