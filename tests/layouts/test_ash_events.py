"""AshEvents (Elixir) on PostgreSQL: a log of documented columns, rows in their documented encodings.

Facts: ash-project/ash_events 374ccd4. The framework itself was not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of
from helpers_postgres import Database

from esviewer.stores.store import Store

USER, POST = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
ACTOR = "cccccccc-0000-4000-8000-000000000003"
SEVENTH = "0195{:04x}-0000-7000-8000-000000000000"
"""UUIDs of version 7: they sort by the time they were made."""

LOG: list[tuple[str, str, str, str, int, dict[str, Any], dict[str, Any]]] = [
    (USER, "Blog.User", "create", "register", 1, {"email": "z@example.org"}, {"role": "reader"}),
    (POST, "Blog.Post", "create", "publish", 2, {"nr": 9007199254740993, "price": 1.10}, {}),
    (USER, "Blog.User", "update", "promote", 1, {}, {"role": "editor"}),
    (USER, "Blog.User", "destroy", "destroy", 1, {}, {}),
]
"""Record, resource, type of action, action, version of the action, data and changed attributes of each entry."""


def ddl(name: str, ident: str, *, encrypted: bool = False) -> list[str]:
    payloads = "data jsonb NOT NULL, metadata jsonb NOT NULL, changed_attributes jsonb NOT NULL"
    if encrypted:
        payloads = ", ".join(f"encrypted_{each} bytea NOT NULL" for each in ("data", "metadata", "changed_attributes"))
    return [
        f"CREATE TABLE {name} (id {ident} PRIMARY KEY, record_id uuid NOT NULL, version bigint NOT NULL DEFAULT 1,"
        f" occurred_at timestamp NOT NULL, resource text NOT NULL, action text NOT NULL, action_type text NOT NULL,"
        f" {payloads}, user_id uuid)"
    ]


def rows(name: str, *, seventh: bool = False, encrypted: bool = False) -> dict[str, list[dict[str, Any]]]:
    listed = []
    for number, (record, resource, kind, action, version, data, changed) in enumerate(LOG, 1):
        row: dict[str, Any] = {
            "id": SEVENTH.format(number) if seventh else number * 3,
            "record_id": record,
            "version": version,
            "occurred_at": f"2026-03-01 09:00:0{number}.000123",
            "resource": f"Elixir.{resource}",
            "action": action,
            "action_type": kind,
            "user_id": ACTOR if number == 3 else None,
        }
        if encrypted:
            row |= {"encrypted_data": b"\x01\x0aAES.GCM.V1" + bytes([200] * 40), "encrypted_metadata": b"\x01"}
            row["encrypted_changed_attributes"] = b"\x01"
        else:
            row |= {"data": json.dumps(data), "changed_attributes": json.dumps(changed)}
            row["metadata"] = json.dumps({"source": "web"} if number == 1 else {})
        listed.append(row)
    # Rows lie in the table in any order.
    return {name: listed[::-1]}


@pytest.fixture(scope="module", params=["bigint", "uuid"])
def target(request: pytest.FixtureRequest, postgres: Database) -> str:
    name = {"bigint": "centralized_events", "uuid": "events"}[request.param]
    return make_server(postgres, ddl(name, request.param), rows(name, seventh=request.param == "uuid"))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_aggregates_are_records_with_their_resource(store: Store) -> None:
    assert aggregates(store) == [(USER, "Elixir.Blog.User"), (POST, "Elixir.Blog.Post")]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == [
        (USER, 1, "register", {"email": "z@example.org", "role": "reader"}),
        (POST, 1, "publish", {"nr": 9007199254740993, "price": 1.10}),
        (USER, 2, "promote", {"role": "editor"}),
        (USER, 3, "destroy", {}),
    ]
    assert time_of(found[0]) == "2026-03-01T09:00:01.000123Z"
    assert found[0].metadata == {
        "source": "web",
        "action_type": "create",
        "changed_attributes": {"role": "reader"},
    }
    assert isinstance(found[2].metadata, dict)
    assert found[2].metadata["user_id"] == ACTOR


def test_trap_the_table_has_any_name(store: Store) -> None:
    """Applications name the log's table: its columns tell it."""
    assert store.layout.name == "ash-events"
    assert "action_type" in store.fit.reasons[0]


def test_trap_version_is_the_schema_version(store: Store) -> None:
    """The column version is the action's version for replays, not a number of the event."""
    assert [event.schema_version for event in events(store)] == [1, 2, 1, 1]


def test_trap_no_number_for_each_record(store: Store) -> None:
    """The log numbers nothing within a record: versions count a record's entries in the order of the log."""
    assert [event.version for event in events(store, USER)] == [1, 2, 3]
    assert short(store.event(USER, 2))[2] == "promote"


def test_trap_ids_may_be_uuids(store: Store) -> None:
    """Ids are numbers, or UUIDs of version 7, which sort by time but are no positions."""
    found = events(store)
    if store.fit.events.name == "public.events":
        assert [event.event_id for event in found] == [SEVENTH.format(number) for number in range(1, 5)]
        assert [event.position for event in found] == [None] * 4
    else:
        assert [event.event_id for event in found] == [None] * 4
        assert [event.position for event in found] == [3, 6, 9, 12]


def test_trap_what_the_action_changed_by_itself(store: Store) -> None:
    """Values that an action sets by itself are in changed_attributes only: without them the record is incomplete."""
    assert events(store, USER)[1].data == {"role": "editor"}


def test_trap_destroyed_records(store: Store) -> None:
    """An entry of action type destroy ends the record."""
    assert store.summary(USER).status == "deleted"
    assert store.summary(POST).status is None


def test_trap_encrypted_payloads(postgres: Database) -> None:
    """With Cloak the payloads are ciphertext that only the application opens: everything else stays readable."""
    target = make_server(postgres, ddl("events", "bigint", encrypted=True), rows("events", encrypted=True))
    with opened(target) as store:
        assert store.layout.name == "ash-events-encrypted"
        found = events(store)
        assert [(event.aggregate_id, event.version, event.type) for event in found] == [
            (USER, 1, "register"),
            (POST, 1, "publish"),
            (USER, 2, "promote"),
            (USER, 3, "destroy"),
        ]
        assert all(event.error and event.raw for event in found)
        assert store.summary(USER).status == "deleted"


def test_logs_from_before_changed_attributes(postgres: Database) -> None:
    """Before 0.5 the log had only what the actions were given."""
    statements = [each.replace(", changed_attributes jsonb NOT NULL", "") for each in ddl("events", "bigint")]
    written = rows("events")
    for row in written["events"]:
        del row["changed_attributes"]
    with opened(make_server(postgres, statements, written)) as store:
        assert store.layout.name == "ash-events-0.4"
        assert [event.data for event in events(store)] == [data for *_, data, _ in LOG]
        assert events(store)[0].metadata == {"source": "web", "action_type": "create"}
        assert store.summary(USER).status == "deleted"
