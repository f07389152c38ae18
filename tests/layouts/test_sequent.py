"""Sequent 7 and 8 on PostgreSQL: tables from their documented columns, rows in their documented encodings.

Facts: zilverline/sequent v7.2.0 and 3da58d3 (8.2). The framework itself was not run.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, opened, short, time_of
from helpers_postgres import Database

from esviewer.errors import NotFoundError
from esviewer.stores.store import Store

INVOICE, CUSTOMER = "5b0a3c1e-0000-4000-8000-000000000001", "0c0a3c1e-0000-4000-8000-000000000002"
USER = "77777777-0000-4000-8000-000000000000"
MARSHAL = b"\x04\bo:\fInvoice\x06:\n@totali\x0f"
"""A Ruby object: Invoice with @total 10."""

EVENTS: list[tuple[str, int, str, dict[str, Any], str, int]] = [
    (INVOICE, 1, "InvoiceCreated", {"total": 0, "name": "zoë"}, "09:00:00.000001", 1),
    (CUSTOMER, 1, "CustomerCreated", {"nr": 9007199254740993}, "09:00:00.000002", 1),
    (INVOICE, 2, "InvoiceRaised", {"total": 10}, "09:00:01.5", 2),
    (INVOICE, 3, "InvoiceRaised", {"total": 1.10}, "09:00:02", 3),
]
"""Aggregate, number, type, data, time of day in UTC and command of each event, as they were stored."""
TYPES = {INVOICE: "Billing::Invoice", CUSTOMER: "Crm::Customer"}
CAUSED = {1: (None, None), 2: (CUSTOMER, 1), 3: (None, None)}
"""What event made a workflow send the command."""


def encoded(value: bytes) -> str:
    """As Ruby's Base64.encode64 writes: with a line feed after every 60 characters and at the end."""
    text = base64.b64encode(value).decode()
    return "".join(text[start : start + 60] + "\n" for start in range(0, len(text), 60))


EIGHT = [
    "CREATE SCHEMA sequent_schema",
    *(
        f"CREATE TABLE sequent_schema.{name} (id smallint PRIMARY KEY, type text NOT NULL UNIQUE)"
        for name in ("command_types", "aggregate_types", "event_types")
    ),
    "CREATE TABLE sequent_schema.commands (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, user_id uuid,"
    " aggregate_id uuid, command_type_id smallint NOT NULL, command_json jsonb NOT NULL, event_aggregate_id uuid,"
    " event_sequence_number integer) PARTITION BY RANGE (id)",
    "CREATE TABLE sequent_schema.commands_default PARTITION OF sequent_schema.commands DEFAULT",
    "CREATE TABLE sequent_schema.aggregates (aggregate_id uuid PRIMARY KEY, events_partition_key text NOT NULL"
    " DEFAULT '', aggregate_type_id smallint NOT NULL, created_at timestamptz NOT NULL DEFAULT now())"
    " PARTITION BY RANGE (aggregate_id)",
    "CREATE TABLE sequent_schema.aggregates_default PARTITION OF sequent_schema.aggregates DEFAULT",
    "CREATE TABLE sequent_schema.events (aggregate_id uuid NOT NULL, partition_key text NOT NULL DEFAULT '',"
    " sequence_number integer NOT NULL, created_at timestamptz NOT NULL, command_id bigint NOT NULL,"
    " event_type_id smallint NOT NULL, event_json jsonb NOT NULL, xact_id bigint,"
    " PRIMARY KEY (partition_key, aggregate_id, sequence_number)) PARTITION BY RANGE (partition_key)",
    "CREATE TABLE sequent_schema.events_old PARTITION OF sequent_schema.events FOR VALUES FROM ('Y24') TO ('Y25')",
    "CREATE TABLE sequent_schema.events_default PARTITION OF sequent_schema.events DEFAULT",
    "CREATE TABLE sequent_schema.snapshot_records (aggregate_id uuid NOT NULL, sequence_number integer NOT NULL,"
    " created_at timestamptz NOT NULL, snapshot_type text NOT NULL, snapshot_json jsonb NOT NULL,"
    " snapshot_version integer NOT NULL DEFAULT 1, PRIMARY KEY (aggregate_id, snapshot_version, sequence_number))",
    "CREATE TABLE sequent_schema.saved_event_records (operation varchar(1) NOT NULL, timestamp timestamptz NOT NULL,"
    ' "user" text NOT NULL, aggregate_id uuid NOT NULL, partition_key text, sequence_number integer NOT NULL,'
    " created_at timestamptz NOT NULL, command_id bigint NOT NULL, event_type text NOT NULL,"
    " event_json jsonb NOT NULL, xact_id bigint)",
    "CREATE VIEW sequent_schema.stream_records AS SELECT a.aggregate_id, a.events_partition_key,"
    " t.type AS aggregate_type, a.created_at FROM sequent_schema.aggregates a"
    " JOIN sequent_schema.aggregate_types t ON t.id = a.aggregate_type_id",
    "CREATE VIEW sequent_schema.event_records AS SELECT e.aggregate_id, e.partition_key, e.sequence_number,"
    " e.created_at, t.type AS event_type, e.event_json, e.command_id AS command_record_id, e.xact_id"
    " FROM sequent_schema.events e JOIN sequent_schema.event_types t ON t.id = e.event_type_id",
]


def rows_of_eight() -> dict[str, list[dict[str, Any]]]:
    kinds = sorted({kind for _, _, kind, *_ in EVENTS})
    listed = [
        {
            "aggregate_id": aggregate,
            "partition_key": "Y24" if aggregate == INVOICE else "",
            "sequence_number": number,
            "created_at": f"2026-03-01 {time}+00",
            "command_id": command,
            "event_type_id": kinds.index(kind),
            "event_json": json.dumps(data),
            "xact_id": None if command == 1 else 700 + command,
        }
        for aggregate, number, kind, data, time, command in EVENTS
    ]
    # Rows lie in the tables in any order.
    listed.reverse()
    commands = [
        {
            "id": command,
            "created_at": "2026-03-01 09:00:00+00",
            "user_id": USER if command == 1 else None,
            "command_type_id": 0,
            "command_json": "{}",
            "event_aggregate_id": aggregate,
            "event_sequence_number": number,
        }
        for command, (aggregate, number) in CAUSED.items()
    ]
    snapshot = {"snapshot_version": 1, "data": encoded(MARSHAL)}
    saved = {"operation": "D", "timestamp": "2026-03-02 00:00:00+00", '"user"': "admin", "aggregate_id": INVOICE}
    return {
        "sequent_schema.command_types": [{"id": 0, "type": "CreateInvoice"}],
        "sequent_schema.event_types": [{"id": index, "type": kind} for index, kind in enumerate(kinds)],
        "sequent_schema.aggregate_types": [{"id": 1, "type": TYPES[INVOICE]}, {"id": 2, "type": TYPES[CUSTOMER]}],
        "sequent_schema.commands": commands,
        "sequent_schema.aggregates": [
            {"aggregate_id": INVOICE, "events_partition_key": "Y24", "aggregate_type_id": 1},
            {"aggregate_id": CUSTOMER, "events_partition_key": "", "aggregate_type_id": 2},
        ],
        "sequent_schema.events": listed,
        "sequent_schema.snapshot_records": [
            {
                "aggregate_id": INVOICE,
                "sequence_number": 3,
                "created_at": "2026-03-01 10:00:00+00",
                "snapshot_type": "Sequent::Core::SnapshotEvent",
                "snapshot_json": json.dumps(snapshot),
            },
            {
                "aggregate_id": CUSTOMER,
                "sequence_number": 2,
                "created_at": "2026-03-01 10:00:00+00",
                "snapshot_type": "Crm::CustomerSnapshot",
                "snapshot_json": json.dumps({"snapshot_version": 1, "nr": 9007199254740993}),
            },
        ],
        "sequent_schema.saved_event_records": [
            {
                **saved,
                "sequence_number": 4,
                "created_at": "2026-03-01 12:00:00+00",
                "command_id": 4,
                "event_type": "InvoiceDropped",
                "event_json": "{}",
            }
        ],
    }


SEVEN = [
    "CREATE TABLE stream_records (id bigserial PRIMARY KEY, created_at timestamp NOT NULL,"
    " aggregate_type varchar NOT NULL, aggregate_id uuid NOT NULL UNIQUE, snapshot_threshold integer)",
    "CREATE TABLE command_records (id bigserial PRIMARY KEY, user_id varchar, aggregate_id uuid,"
    " command_type varchar NOT NULL, event_aggregate_id varchar, event_sequence_number integer,"
    " command_json text NOT NULL, created_at timestamp NOT NULL)",
    "CREATE TABLE event_records (id bigserial PRIMARY KEY, aggregate_id uuid NOT NULL, sequence_number integer NOT"
    " NULL, created_at timestamp NOT NULL, event_type varchar NOT NULL, event_json text NOT NULL,"
    " command_record_id integer NOT NULL, stream_record_id integer NOT NULL, xact_id bigint)",
    "CREATE UNIQUE INDEX one_event ON event_records (aggregate_id, sequence_number,"
    " (CASE event_type WHEN 'Sequent::Core::SnapshotEvent' THEN 0 ELSE 1 END))",
]


def rows_of_seven() -> dict[str, list[dict[str, Any]]]:
    listed: list[dict[str, Any]] = []

    def record(aggregate: str, number: int, kind: str, data: dict[str, Any], time: str, command: int) -> None:
        own = {"aggregate_id": aggregate, "sequence_number": number, "created_at": f"2026-03-01T{time}Z"}
        listed.append(
            {
                "aggregate_id": aggregate,
                "sequence_number": number,
                "created_at": f"2026-03-01 {time}",
                "event_type": kind,
                "event_json": json.dumps({**own, **data}),
                "command_record_id": command,
                "stream_record_id": 1 if aggregate == INVOICE else 2,
            }
        )

    for aggregate, number, kind, data, time, command in EVENTS:
        if (aggregate, number) == (INVOICE, 3):
            # Taken after the second event: it has the third one's number.
            record(INVOICE, 3, "Sequent::Core::SnapshotEvent", {"data": encoded(MARSHAL)}, "09:00:01.6", 2)
        record(aggregate, number, kind, data, time, command)
    commands = [
        {
            "user_id": USER if command == 1 else None,
            "command_type": "CreateInvoice",
            "event_aggregate_id": aggregate,
            "event_sequence_number": number,
            "command_json": "{}",
            "created_at": "2026-03-01 09:00:00",
        }
        for command, (aggregate, number) in CAUSED.items()
    ]
    streams = [
        {"created_at": "2026-03-01 09:00:00", "aggregate_type": TYPES[ident], "aggregate_id": ident} for ident in TYPES
    ]
    return {"stream_records": streams, "command_records": commands, "event_records": listed}


@pytest.fixture(scope="module")
def eight(postgres: Database) -> str:
    return make_server(postgres, EIGHT, rows_of_eight())


@pytest.fixture(scope="module")
def seven(postgres: Database) -> str:
    return make_server(postgres, SEVEN, rows_of_seven())


@pytest.fixture(params=["eight", "seven"])
def store(request: pytest.FixtureRequest) -> Any:
    with opened(request.getfixturevalue(request.param)) as store:
        yield store


def test_they_are_recognised(eight: str, seven: str) -> None:
    with opened(eight) as store:
        assert store.layout.name == "sequent"
        assert store.fit.tables == {"events": "sequent_schema.events", "snapshots": "sequent_schema.snapshot_records"}
        assert any("event_types" in reason for reason in store.fit.reasons)
    with opened(seven) as store:
        assert store.layout.name == "sequent-7"
        assert store.fit.tables == {"events": "public.event_records", "snapshots": "public.event_records"}
        assert any("stream_records" in reason for reason in store.fit.reasons)


def test_aggregates_have_the_types_of_their_streams(store: Store) -> None:
    assert aggregates(store) == [(CUSTOMER, TYPES[CUSTOMER]), (INVOICE, TYPES[INVOICE])]


def test_both_generations_read_alike(store: Store) -> None:
    found = events(store)
    assert [short(event) for event in found] == [event[:4] for event in EVENTS]
    assert [event.type for event in events(store, INVOICE)] == ["InvoiceCreated", "InvoiceRaised", "InvoiceRaised"]
    assert time_of(found[0]) == "2026-03-01T09:00:00.000001Z"
    assert [event.schema_version for event in found] == [None] * 4
    assert [event.event_id for event in found] == [None] * 4


def test_trap_who_and_why_are_in_the_commands_table(store: Store) -> None:
    """An event names only its command: the command has the user, and the event that made a workflow send it."""
    first, _, second, _ = (event.metadata for event in events(store))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["user_id"] == USER
    assert "event_aggregate_id" not in first
    assert (second["event_aggregate_id"], second["event_sequence_number"]) == (CUSTOMER, 1)


def test_trap_a_snapshot_has_the_next_events_number(store: Store) -> None:
    """The snapshot with number 3 is the state after event 2."""
    assert store.snapshot_versions(INVOICE) == [2]
    assert store.snapshot(INVOICE, 1) is None
    assert store.summary(INVOICE).version == 3


def test_trap_snapshots_are_ruby_objects(store: Store) -> None:
    """Sequent's own snapshots are Ruby's Marshal in base64: named, never loaded, and the events stay readable."""
    found = store.snapshot(INVOICE)
    assert found is not None
    assert (found.version, found.state) == (2, None)
    assert "Ruby" in (found.error or "")
    assert len(events(store, INVOICE)) == 3


def test_trap_snapshots_lie_among_the_events(seven: str) -> None:
    """In Sequent 7 a snapshot is a row of event_records that shares its number with the event after it."""
    with opened(seven) as store:
        assert [event.version for event in events(store, INVOICE)] == [1, 2, 3]
        assert [event.position for event in events(store)] == [1, 2, 3, 5]
        info = store.info().as_json()
        assert (info["events"], info["snapshots"]) == (4, 1)
        assert any("snapshots" in warning for warning in store.warnings)


def test_trap_the_payload_repeats_the_columns(seven: str) -> None:
    """In Sequent 7 aggregate_id, sequence_number and created_at are in the payload too: they belong to the metadata."""
    with opened(seven) as store:
        event = store.event(INVOICE, 2)
        assert event.data == {"total": 10}
        assert isinstance(event.metadata, dict)
        assert event.metadata["created_at"] == "2026-03-01T09:00:01.5Z"


def test_trap_views_repeat_the_tables(eight: str) -> None:
    """Sequent 8 has views that look like Sequent 7's tables: the store is found once, in its tables."""
    with opened(eight) as store:
        assert store.fit.choice == "sequent:sequent_schema.events"


def test_trap_partitions(eight: str) -> None:
    """Aggregates, commands and events are partitioned: partitions are no stores of their own."""
    with opened(eight) as store:
        assert store.info().as_json()["events"] == 4


def test_trap_no_order_of_all_events(eight: str) -> None:
    """Sequent 8 numbers no events: they are put into order by command and time, and the store says so."""
    with opened(eight) as store:
        assert [event.position for event in events(store)] == [None] * 4
        assert [short(event)[:2] for event in events(store)] == [event[:2] for event in EVENTS]
        assert any("no order" in warning for warning in store.warnings)


def test_trap_deleted_events_are_kept_elsewhere(eight: str) -> None:
    """A trigger copies changed and deleted events to saved_event_records: those are not events any more."""
    with opened(eight) as store:
        with pytest.raises(NotFoundError):
            store.event(INVOICE, 4)
        assert "InvoiceDropped" not in {event.type for event in events(store)}


def test_an_applications_own_snapshots_are_read(eight: str) -> None:
    with opened(eight) as store:
        found = store.snapshot(CUSTOMER)
        assert found is not None
        assert (found.version, found.state) == (1, {"snapshot_version": 1, "nr": 9007199254740993})
        assert found.timestamp is not None
        assert found.timestamp.isoformat() == "2026-03-01T10:00:00Z"
