"""Envato's event_sourcery (Ruby) on PostgreSQL: documented tables, rows in their documented encodings.

Facts: envato/event_sourcery-postgres ca73151. The framework itself was not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of
from helpers_postgres import Database

from esviewer.stores.store import Store

TODO, OTHER = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
CORRELATION = "cccccccc-0000-4000-8000-000000000003"
EVENTS = [
    (TODO, 1, "todo_added", {"title": "zoë", "nr": 9007199254740993}),
    (OTHER, 1, "todo_added", {"title": 1.10}),
    (TODO, 2, "todo_completed", {}),
]


def ddl(name: str) -> list[str]:
    return [
        f"CREATE TABLE {name} (id bigserial PRIMARY KEY, uuid uuid NOT NULL UNIQUE, aggregate_id uuid NOT NULL,"
        " type varchar(255) NOT NULL, body json NOT NULL, version bigint NOT NULL, correlation_id uuid,"
        " causation_id uuid, created_at timestamp NOT NULL, UNIQUE (aggregate_id, version))",
        "CREATE TABLE aggregates (aggregate_id uuid PRIMARY KEY, version bigint DEFAULT 1)",
        "CREATE TABLE projector_tracker (id bigserial PRIMARY KEY, name varchar(255) NOT NULL,"
        " last_processed_event_id bigint NOT NULL DEFAULT 0)",
    ]


@pytest.fixture(scope="module", params=["events", "my_app_log"])
def target(request: pytest.FixtureRequest, postgres: Database) -> str:
    listed = [
        {
            "id": number * 2,
            "uuid": f"00000000-0000-4000-8000-{number:012}",
            "aggregate_id": aggregate,
            "type": kind,
            # The column's type json keeps the text as it was written.
            "body": json.dumps(body, indent=1),
            "version": version,
            "correlation_id": CORRELATION if number == 3 else None,
            "created_at": f"2026-03-01 09:00:0{number}.5",
        }
        for number, (aggregate, version, kind, body) in enumerate(EVENTS, 1)
    ]
    heads = [{"aggregate_id": TODO, "version": 2}, {"aggregate_id": OTHER, "version": 1}]
    return make_server(postgres, ddl(request.param), {request.param: listed, "aggregates": heads})


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "event-sourcery-ruby"
    assert "body" in store.fit.reasons[0]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == EVENTS
    assert [event.position for event in found] == [2, 4, 6]
    assert found[0].event_id == "00000000-0000-4000-8000-000000000001"
    assert found[0].schema_version is None
    assert time_of(found[0]) == "2026-03-01T09:00:01.500Z"
    assert [event.metadata for event in found] == [None, None, {"correlation_id": CORRELATION}]
    assert [event.version for event in events(store, TODO)] == [1, 2]


def test_aggregates_have_no_type(store: Store) -> None:
    assert aggregates(store) == [(TODO, None), (OTHER, None)]
    assert store.summary(TODO).version == 2


def test_trap_generic_names(store: Store) -> None:
    """Tables may have any name and `events` is everybody's: the columns uuid and body tell it."""
    assert store.fit.choice.startswith("event-sourcery-ruby:public.")
    assert "snapshots" not in store.fit.tables
