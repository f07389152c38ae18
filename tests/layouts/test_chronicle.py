"""Cratis Chronicle's SQL storage on SQLite and PostgreSQL: documented tables, rows in their documented encodings.

Facts: Cratis/Chronicle 369b1a2. The framework itself was not run; its SQL Server storage was not tested.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, make_sqlite, opened, short, time_of

from esviewer.errors import AmbiguousLayoutError
from esviewer.stores.store import Store

CORRELATION = "11111111-2222-4333-8444-555555555555"
EVENTS: list[tuple[str, str, dict[str, Any]]] = [
    ("author-1", "AuthorRegistered", {"1": {"name": "Zoë Ann"}, "2": {"first": "Zoë", "last": "Ann"}}),
    ("book-1", "BookAdded", {"1": {"nr": 9007199254740993, "price": 1.10}}),
    ("author-1", "EventRedacted", {"1": {"reason": "asked to", "originalEventType": "AuthorMoved"}}),
    ("author-1", "AuthorMoved", {"9": {"to": "Rome"}, "10": {"city": "Rome"}}),
]
"""Event source, type and content by generation, in the order of the sequence from 0."""


def ddl(database: str, *names: str) -> list[str]:
    number, time = ("INTEGER", "TEXT") if database == "sqlite" else ("numeric(20,0)", "timestamptz")
    texts = (
        "CorrelationId", "Causation", "CausedBy", "Type", "EventSourceType", "EventSourceId", "EventStreamType",
        "EventStreamId", "Content", "ContentHashes", "Compensations", "Tags",
    )  # fmt: skip
    columns = ", ".join(f'"{name}" TEXT NOT NULL' for name in texts)
    made = []
    for name in names:
        made += [
            f'CREATE TABLE "{name}" ("SequenceNumber" {number} NOT NULL PRIMARY KEY, "Occurred" {time} NOT NULL,'
            f' {columns}, "Subject" TEXT)',
            f'CREATE INDEX "IX_{name}_EventSourceId" ON "{name}" ("EventSourceId")',
        ]
    made.append(
        f'CREATE TABLE "EventSequences" ("EventSequenceId" TEXT PRIMARY KEY, "SequenceNumber" {number} NOT NULL,'
        ' "TailSequenceNumberPerEventType" TEXT NOT NULL)'
    )
    return made


def rows(name: str) -> dict[str, list[dict[str, Any]]]:
    listed = []
    for number, (source, kind, content) in enumerate(EVENTS):
        row = {
            "SequenceNumber": number,
            "CorrelationId": CORRELATION,
            "Causation": "[]",
            "CausedBy": '["u-1"]',
            "Type": kind,
            "Occurred": f"2026-03-01 09:00:0{number}.1234567+02:00",
            "EventSourceType": "Default",
            "EventSourceId": source,
            "EventStreamType": "All",
            "EventStreamId": "Default",
            "Content": json.dumps(content, ensure_ascii=False),
            "ContentHashes": "",
            "Compensations": "{}",
            "Subject": "person-1" if number == 0 else None,
            "Tags": "",
        }
        listed.append({f'"{key}"': value for key, value in row.items()})
    return {f'"{name}"': listed}


def made(request: pytest.FixtureRequest, folder: Path, *names: str) -> str:
    written = {table: listed for name in names for table, listed in rows(name).items()}
    if request.param == "sqlite":
        return make_sqlite(folder / "chronicle.db", ddl("sqlite", *names), written)
    return make_server(request.getfixturevalue("postgres"), ddl("postgres", *names), written)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(request, tmp_path_factory.mktemp("chronicle"), "event-log")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def several(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(request, tmp_path_factory.mktemp("several"), "event-log", "inbox-shop")


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "chronicle"
    assert store.fit.events.name.endswith("event-log")
    assert "EventSourceId" in store.fit.reasons[0]


def test_every_part_of_an_event(store: Store) -> None:
    found = events(store)
    assert [(event.aggregate_id, event.type, event.position) for event in found] == [
        (source, kind, number) for number, (source, kind, _) in enumerate(EVENTS)
    ]
    assert aggregates(store) == [("author-1", "Default"), ("book-1", "Default")]
    assert found[1].data == {"nr": 9007199254740993, "price": 1.10}
    assert isinstance(found[0].metadata, dict)
    assert found[0].metadata["CorrelationId"] == CORRELATION
    assert found[0].metadata["Subject"] == "person-1"
    assert [event.event_id for event in found] == [None] * 4


def test_trap_the_table_is_named_after_the_sequence(several: str) -> None:
    """Every event sequence is a table with numbers of its own: each is a store, and none is taken silently."""
    with pytest.raises(AmbiguousLayoutError) as caught, opened(several):
        pytest.fail("a sequence was taken without asking")
    chosen = next(choice for choice in caught.value.choices if choice.endswith("inbox-shop"))
    assert len(caught.value.choices) == 2
    with opened(several, chosen) as store:
        assert len(events(store)) == len(EVENTS)


def test_trap_content_is_keyed_by_generation(store: Store) -> None:
    """The content holds the event once for every generation of its type: the newest one counts, 10 after 9."""
    registered, _, _, moved = events(store)
    assert (registered.schema_version, registered.data) == (2, {"first": "Zoë", "last": "Ann"})
    assert (moved.schema_version, moved.data) == (10, {"city": "Rome"})


def test_trap_no_number_for_each_source(store: Store) -> None:
    """Only the sequence is numbered, from 0: versions count one source's events in its order."""
    assert [(event.version, event.position) for event in events(store, "author-1")] == [(1, 0), (2, 2), (3, 3)]
    assert short(store.event("author-1", 3))[2] == "AuthorMoved"
    assert store.summary("author-1").version == 3


def test_trap_redacted_events_stay_in_their_place(store: Store) -> None:
    """Redacting overwrites an event's type, content and time; the rest of the sequence is not touched."""
    redacted = store.event("author-1", 2)
    assert redacted.type == "EventRedacted"
    assert redacted.data == {"reason": "asked to", "originalEventType": "AuthorMoved"}


def test_trap_times_have_offsets(store: Store) -> None:
    """Times carry the offset they were made with; SQLite keeps it and all seven digits, PostgreSQL the instant."""
    time = time_of(events(store)[0])
    assert time in ("2026-03-01T09:00:00.123456700+02:00", "2026-03-01T07:00:00.123457Z")
