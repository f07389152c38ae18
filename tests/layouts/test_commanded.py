"""EventStore for Elixir (Commanded) on PostgreSQL: documented tables, rows in their documented encodings.

Facts: commanded/eventstore ccf2726, schema 1.3.2. The framework itself was not run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of
from helpers_postgres import Database

from esviewer.errors import AmbiguousLayoutError
from esviewer.stores.store import Store

ORDER, CART, GONE = "order-6f0c", "cart:7d1e", "order-deleted"
TIME = "2026-03-0{} 09:00:00.123456+02"
STREAMS = {0: "$all", 1: ORDER, 2: CART, 3: GONE, 4: "category-orders"}


def ident(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


EVENTS: list[tuple[int, int, str, Any]] = [
    (1, 1, "Elixir.Shop.OrderPlaced", {"total": 1.10, "lines": [{"sku": "a", "n": 9007199254740993}]}),
    (2, 1, "Elixir.Shop.CartOpened", {"by": "zoë"}),
    (1, 2, "Elixir.Shop.OrderPaid", {"total": 5}),
    (3, 1, "Elixir.Shop.OrderPlaced", {}),
    (2, 2, "Elixir.Shop.CartClosed", None),
]
"""Stream, version, type and data of each event, in the order of $all, whose third position was deleted for good."""
POSITIONS = [1, 2, 4, 5, 6]
LINKED = [1, 3]
"""Events (by their place in the list, from 1) that are linked to a category stream."""


def ddl(schema: str, payload: str, *, old: bool = False) -> list[str]:
    """The tables with payload columns of type bytea or jsonb; `old` ones know no soft deletes."""
    return [
        f'CREATE SCHEMA IF NOT EXISTS "{schema}"',
        f'CREATE TABLE "{schema}".streams (stream_id bigserial PRIMARY KEY, stream_uuid text NOT NULL UNIQUE,'
        " stream_version bigint NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now()"
        + (")" if old else ", deleted_at timestamptz)"),
        f'CREATE TABLE "{schema}".events (event_id uuid PRIMARY KEY, event_type text NOT NULL, causation_id uuid,'
        f" correlation_id uuid, data {payload} NOT NULL, metadata {payload},"
        " created_at timestamptz NOT NULL DEFAULT now())",
        f'CREATE TABLE "{schema}".stream_events (event_id uuid NOT NULL, stream_id bigint NOT NULL,'
        " stream_version bigint NOT NULL, original_stream_id bigint, original_stream_version bigint,"
        " PRIMARY KEY (event_id, stream_id), UNIQUE (stream_id, stream_version))",
        f'CREATE TABLE "{schema}".snapshots (source_uuid text PRIMARY KEY, source_version bigint NOT NULL,'
        f" source_type text NOT NULL, data {payload} NOT NULL, metadata {payload},"
        " created_at timestamptz NOT NULL DEFAULT now())",
        f'CREATE TABLE "{schema}".subscriptions (subscription_id bigserial PRIMARY KEY, stream_uuid text,'
        " subscription_name text, last_seen bigint, created_at timestamptz)",
        f'CREATE TABLE "{schema}".schema_migrations (major_version int, minor_version int, patch_version int)',
    ]


def rows(schema: str, *, binary: bool, old: bool = False) -> Mapping[str, list[dict[str, Any]]]:
    def payload(value: Any) -> Any:
        text = json.dumps(value, ensure_ascii=False)
        return text.encode() if binary else text

    newest = {stream: version for stream, version, _, _ in EVENTS}
    streams = [
        {"stream_id": number, "stream_uuid": name, "stream_version": newest.get(number, 0)}
        for number, name in STREAMS.items()
    ]
    if not old:
        streams[3]["deleted_at"] = "2026-04-01 00:00:00+00"
    listed = []
    links = []
    for number, ((stream, version, kind, data), position) in enumerate(zip(EVENTS, POSITIONS, strict=True), 1):
        listed.append(
            {
                "event_id": ident(number),
                "event_type": kind,
                "causation_id": ident(99) if number > 1 else None,
                "correlation_id": ident(77),
                "data": payload(data),
                "metadata": payload({"user_id": "u-1"}) if number == 1 else None,
                "created_at": TIME.format(number),
            }
        )
        for into, at in ((stream, version), (0, position)):
            links.append([ident(number), into, at, stream, version])
        if number in LINKED:
            links.append([ident(number), 4, LINKED.index(number) + 1, stream, version])
    names = ("event_id", "stream_id", "stream_version", "original_stream_id", "original_stream_version")
    snapshot = {"source_uuid": ORDER, "source_version": 2, "source_type": "Elixir.Shop.Order"}
    return {
        f'"{schema}".streams': streams,
        f'"{schema}".events': listed,
        f'"{schema}".stream_events': [dict(zip(names, link, strict=True)) for link in links],
        f'"{schema}".snapshots': [{**snapshot, "data": payload({"total": 5, "paid": True}), "metadata": payload({})}],
    }


@pytest.fixture(scope="module", params=["jsonb", "bytea"])
def target(request: pytest.FixtureRequest, postgres: Database) -> str:
    return make_server(postgres, ddl("public", request.param), rows("public", binary=request.param == "bytea"))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "commanded"
    assert store.fit.tables == {"events": "public.stream_events", "snapshots": "public.snapshots"}
    assert any("public.streams" in reason for reason in store.fit.reasons)


def test_aggregates_are_streams(store: Store) -> None:
    assert aggregates(store) == [(CART, None), (ORDER, None), (GONE, None)]


def test_every_part_of_an_event(store: Store) -> None:
    first, second = events(store, ORDER)
    assert short(first) == (ORDER, 1, EVENTS[0][2], EVENTS[0][3])
    assert (first.position, first.event_id) == (1, ident(1))
    assert time_of(first) == "2026-03-01T07:00:00.123456Z"
    assert first.metadata == {"user_id": "u-1", "correlation_id": ident(77)}
    assert (second.version, second.position, second.type) == (2, 4, "Elixir.Shop.OrderPaid")
    assert second.metadata == {"causation_id": ident(99), "correlation_id": ident(77)}
    assert events(store, CART)[1].data is None


def test_one_event_and_the_counts(store: Store) -> None:
    assert short(store.event(ORDER, 2)) == (ORDER, 2, "Elixir.Shop.OrderPaid", {"total": 5})
    info = store.info().as_json()
    assert (info["events"], info["aggregates"], info["snapshots"]) == (5, 3, 1)


def test_trap_the_payload_is_in_another_table_than_the_stream(store: Store) -> None:
    """Three tables make an event: stream_events has the numbers, streams the name, events the payload."""
    assert [short(event) for event in events(store)] == [
        (STREAMS[stream], version, kind, data) for stream, version, kind, data in EVENTS
    ]


def test_trap_the_order_of_the_store_is_the_stream_all(store: Store) -> None:
    """The global position is the version in the stream $all (stream_id 0), which is no aggregate itself."""
    assert [event.position for event in events(store)] == POSITIONS
    assert "$all" not in dict(aggregates(store))


def test_trap_links_repeat_events_in_other_streams(store: Store) -> None:
    """An event linked to a stream has one more row in stream_events; it counts once, where it was appended."""
    assert len(events(store)) == len(EVENTS)
    assert "category-orders" not in dict(aggregates(store))
    assert any("links" in warning for warning in store.warnings)


def test_trap_hard_deletes_leave_holes(store: Store) -> None:
    """Deleting a stream for good removes its rows everywhere: $all has holes, which is no damage."""
    assert [event.position for event in events(store)][2] == 4
    assert store.info().as_json()["events"] == len(EVENTS)


def test_trap_soft_deleted_streams_keep_their_events(store: Store) -> None:
    """A soft delete only sets streams.deleted_at: the events are still there, and the aggregate is marked."""
    assert store.summary(GONE).status == "deleted"
    assert store.summary(ORDER).status is None
    assert len(events(store, GONE)) == 1


def test_trap_one_snapshot_that_is_written_over(store: Store) -> None:
    """One row for each source; created_at stays that of the first one, so it is not shown as the state's time."""
    found = store.snapshot(ORDER)
    assert found is not None
    assert (found.version, found.state, found.timestamp) == (2, {"total": 5, "paid": True}, None)
    assert store.snapshot(ORDER, 1) is None
    assert store.snapshot(CART) is None


def test_trap_erlang_terms_are_named_and_leave_the_rest_readable(postgres: Database) -> None:
    """With its own term serializer payloads are Erlang terms (first byte 131), which are shown as bytes."""
    term = bytes([131, 116, 0, 0, 0, 1, 100, 0, 1, 97, 97, 1])
    made = rows("terms", binary=True)
    made['"terms".events'][1]["data"] = term
    target = make_server(postgres, ddl("terms", "bytea"), made)
    with opened(target) as store:
        opened_cart, closed_cart = events(store, CART)
        assert opened_cart.data is None
        assert opened_cart.raw == term
        assert "Erlang" in (opened_cart.error or "")
        assert closed_cart.error is None


def test_trap_a_schema_for_each_tenant(postgres: Database) -> None:
    """Stores of several tenants lie in schemas of their own: none is taken silently, each can be chosen."""
    few = {**rows("tenant_b", binary=False), '"tenant_b".snapshots': []}
    target = make_server(
        postgres,
        [*ddl("tenant_a", "jsonb"), *ddl("tenant_b", "jsonb")],
        {**rows("tenant_a", binary=False), **few},
    )
    with pytest.raises(AmbiguousLayoutError) as caught, opened(target):
        pytest.fail("a store was taken without asking")
    assert set(caught.value.choices) == {"commanded:tenant_a.stream_events", "commanded:tenant_b.stream_events"}
    with opened(target, "commanded:tenant_b.stream_events") as store:
        assert store.info().as_json()["snapshots"] == 0
        assert len(events(store)) == len(EVENTS)


def test_stores_from_before_soft_deletes(postgres: Database) -> None:
    """Older schemas have no deleted_at."""
    target = make_server(postgres, ddl("public", "jsonb", old=True), rows("public", binary=False, old=True))
    with opened(target) as store:
        assert store.layout.name == "commanded"
        assert store.summary(GONE).status is None


def test_its_trigger_tells_of_new_events(store: Store, target: str) -> None:
    """The trigger says on `SCHEMA.events` which stream has grown, and to which version."""
    notices = store.notices()
    assert notices is not None
    with psycopg.connect(re.sub(r"\+\w+:", ":", target), autocommit=True) as writer:
        assert not notices.wait(0.1)
        writer.execute("SELECT pg_notify('other.events', 'x,1,1,1')")
        assert not notices.wait(0.1)
        told = "SELECT pg_notify('public.events', 'order-1,1,1,5'), pg_notify('public.events', 'order-2,2,1,1')"
        writer.execute(told)
        assert notices.wait(20)
        assert not notices.wait(0.1), "several count as one"
    notices.close()
