"""pg_eventstore (Ruby) on PostgreSQL: its documented, partitioned table with rows in their documented encodings.

Facts: yousty/pg_eventstore 64fb609. The framework itself was not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of
from helpers_postgres import Database

from esviewer.stores.store import Store

ORDER, OTHER, LIST = "Shop/Order/1", "Shop/Order/1/2", "Lists/Orders/all"
LINKED = "00000000-0000-4000-8000-000000000001"


def ident(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def ddl(link: str) -> list[str]:
    """The table with three levels of partitions; `link` is the column that names what a link points to."""
    made = [
        "CREATE TABLE events (id uuid NOT NULL DEFAULT gen_random_uuid(), context varchar NOT NULL,"
        " stream_name varchar NOT NULL, stream_id varchar NOT NULL, global_position bigserial NOT NULL,"
        " stream_revision integer NOT NULL, data jsonb NOT NULL DEFAULT '{}', metadata jsonb NOT NULL DEFAULT '{}',"
        f" {link}, link_partition_id bigint, created_at timestamp NOT NULL DEFAULT now(), type varchar NOT NULL,"
        " PRIMARY KEY (context, stream_name, type, global_position)) PARTITION BY LIST (context)",
        "CREATE INDEX by_stream ON events (stream_id, stream_revision)",
        "CREATE INDEX by_position ON events (global_position)",
        'CREATE VIEW "$streams" AS SELECT * FROM events WHERE stream_revision = 0',
        "CREATE TABLE partitions (id bigserial PRIMARY KEY, context varchar NOT NULL, stream_name varchar,"
        " event_type varchar, table_name varchar NOT NULL)",
    ]
    for context, name, kinds in (("Shop", "Order", ("Placed", "Paid")), ("Lists", "Orders", ("$>",))):
        top, middle = f"contexts_{context.lower()}", f"stream_names_{name.lower()}"
        made += [
            f"CREATE TABLE {top} PARTITION OF events FOR VALUES IN ('{context}') PARTITION BY LIST (stream_name)",
            f"CREATE TABLE {middle} PARTITION OF {top} FOR VALUES IN ('{name}') PARTITION BY LIST (type)",
        ]
        made += [
            f"CREATE TABLE event_types_{context.lower()}_{number} PARTITION OF {middle} FOR VALUES IN ('{kind}')"
            for number, kind in enumerate(kinds)
        ]
    return made


def rows(**link: Any) -> dict[str, list[dict[str, Any]]]:
    listed = []
    for number, (stream, revision, kind, data) in enumerate(EVENTS, 1):
        context, name, own = stream.split("/", 2)
        row = {
            "id": ident(number),
            "context": context,
            "stream_name": name,
            "stream_id": own,
            "global_position": number * 10,
            "stream_revision": revision,
            "data": json.dumps(data),
            "metadata": json.dumps({"by": "zoë"}) if number == 1 else "{}",
            "created_at": f"2026-03-01 09:00:0{number}.123456",
            "type": kind,
        }
        if kind == "$>":
            row |= {"link_partition_id": 3, **link}
        listed.append(row)
    return {"events": listed}


EVENTS: list[tuple[str, int, str, dict[str, Any]]] = [
    (ORDER, 0, "Placed", {"total": 1.10, "nr": 9007199254740993}),
    (OTHER, 0, "Placed", {}),
    (LIST, 0, "$>", {}),
    (ORDER, 1, "Paid", {"total": 5}),
]


@pytest.fixture(scope="module")
def target(postgres: Database) -> str:
    return make_server(postgres, ddl("link_global_position bigint"), rows(link_global_position=10))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "pg-eventstore"
    assert store.fit.tables == {"events": "public.events"}
    assert "stream_revision" in store.fit.reasons[0]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == EVENTS
    first = found[0]
    assert (first.position, first.event_id, first.metadata) == (10, ident(1), {"by": "zoë"})
    assert first.schema_version is None
    assert time_of(first) == "2026-03-01T09:00:01.123456Z"
    assert [event.version for event in events(store, ORDER)] == [0, 1]
    assert store.summary(ORDER).events == 2


def test_trap_a_stream_is_three_columns(store: Store) -> None:
    """Context, stream name and stream id make a stream: ids with a slash of their own stay apart."""
    assert aggregates(store) == [(LIST, "Lists/Orders"), (ORDER, "Shop/Order"), (OTHER, "Shop/Order")]
    assert [event.aggregate_id for event in events(store, OTHER)] == [OTHER]
    assert short(store.event(ORDER, 1)) == EVENTS[3]


def test_trap_dozens_of_partitions(store: Store) -> None:
    """Every context, stream name and type has a partition: they are parts of one store, and so is the view $streams."""
    assert store.fit.choice == "pg-eventstore:public.events"
    assert store.info().as_json()["events"] == len(EVENTS)


def test_trap_links_are_events_of_their_own(store: Store) -> None:
    """A link is an event of type $> with a place in its stream; what it points to is in its metadata."""
    (link,) = events(store, LIST)
    assert (link.type, link.data) == ("$>", {})
    assert link.metadata == {"link_global_position": 10, "link_partition_id": 3}


def test_trap_times_are_utc_without_saying_so(store: Store) -> None:
    """The client reads and writes timestamps without a zone as UTC, whatever the server's zone is."""
    assert time_of(events(store)[3]) == "2026-03-01T09:00:04.123456Z"


def test_trap_revisions_are_not_unique_by_an_index(store: Store) -> None:
    """No unique index holds (stream, revision), so the history is sorted by it, and the store says what it lacks."""
    assert any("index" in warning for warning in store.warnings)
    assert [event.version for event in events(store, ORDER)] == [0, 1]


def test_links_of_older_stores_name_the_event(postgres: Database) -> None:
    """Before link_global_position links had the linked event's id."""
    target = make_server(postgres, ddl("link_id uuid"), rows(link_id=LINKED))
    with opened(target) as store:
        assert store.layout.name == "pg-eventstore"
        (link,) = events(store, LIST)
        assert link.metadata == {"link_id": LINKED, "link_partition_id": 3}
