"""hallgren/eventsourcing (Go): stores made from the columns that its sqlite.go and postgres.go create (3238250), rows
in its default JSON encoding. Go's modules come from neither PyPI, npm nor Debian, so its own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

EVENTS = (
    "CREATE TABLE events (seq {seq}, id varchar NOT NULL, version integer, reason varchar, type varchar,"
    " timestamp varchar, data {blob}, metadata {blob}, UNIQUE (id, type, version))"
)
SNAPSHOTS = (
    "CREATE TABLE snapshots (id varchar NOT NULL, type varchar, version integer, global_version integer, state {blob})"
)
TABLES = (
    EVENTS, "CREATE INDEX id_type ON events (id, type)",
    SNAPSHOTS, "CREATE UNIQUE INDEX snapshot_id_type ON snapshots (id, type)",
)  # fmt: skip
WORDS = {
    "sqlite": {"seq": "integer PRIMARY KEY AUTOINCREMENT", "blob": "blob"},
    "postgresql": {"seq": "serial PRIMARY KEY", "blob": "bytea"},
}


def event(ident: str, kind: str, version: int, reason: str, at: str, data: Any, metadata: Any = None) -> dict[str, Any]:
    return {
        "id": ident,
        "version": version,
        "reason": reason,
        "type": kind,
        "timestamp": at,
        "data": json.dumps(data).encode(),
        "metadata": json.dumps(metadata).encode(),
    }


ROWS = {
    "events": [
        event("p-1", "Person", 1, "Born", "2026-03-01T09:00:00+09:00", {"Name": "山田"}, {"user": "zoë"}),
        event("p-1", "Person", 2, "AgedOneYear", "2026-03-01T00:00:01Z", {}),
        event("x", "Person", 1, "Born", "2026-03-01T00:00:02Z", {"Name": "Ada"}),
        event("x", "Order", 1, "Opened", "2026-03-01T00:00:03Z", {"Total": 9007199254740993}),
        event("x", "Order", 2, "Closed", "2026-03-01T00:00:04Z", {}),
    ],
    "snapshots": [
        # The program writes SQLite's states as text into the BLOB column.
        {"id": "x", "type": "Order", "version": 2, "global_version": 5, "state": '{"Open": false}'},
        {"id": "p-1", "type": "Person", "version": 1, "global_version": 1, "state": '{"Age": 0}'},
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=list(WORDS))
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    kind: str = request.param
    folder: Path = tmp_path_factory.mktemp("hallgren")
    return helpers_php.make(request, kind, folder, helpers_php.ddl(kind, TABLES, **WORDS[kind]), ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "hallgren"
        assert "reason" in store.fit.reasons[0]
        info = store.info().as_json()
        assert (info["events"], info["snapshots"]) == (5, 2)


def test_events(target: str) -> None:
    with opened(target) as store:
        assert [(each.position, *short(each)) for each in events(store)] == [
            (1, "p-1", 1, "Born", {"Name": "山田"}),
            (2, "p-1", 2, "AgedOneYear", {}),
            (3, "Person/x", 1, "Born", {"Name": "Ada"}),
            (4, "Order/x", 1, "Opened", {"Total": 9007199254740993}),
            (5, "Order/x", 2, "Closed", {}),
        ]
        first = store.event("p-1", 1)
        assert (first.metadata, first.event_id, first.schema_version) == ({"user": "zoë"}, None, None)
        assert store.event("p-1", 2).metadata is None


def test_trap_reason_is_the_type_and_type_the_aggregates(target: str) -> None:
    """The column `type` is the aggregate's type; what happened is in `reason`."""
    with opened(target) as store:
        first = store.event("p-1", 1)
        assert (first.type, first.aggregate_type) == ("Born", "Person")


def test_trap_ids_are_unique_only_within_their_type(target: str) -> None:
    """UNIQUE (id, type, version): a person and an order may both be called x."""
    with opened(target) as store:
        assert sorted(aggregates(store)) == [("Order/x", "Order"), ("Person/x", "Person"), ("p-1", "Person")]
        snapshot = store.snapshot("Order/x")
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (2, {"Open": False})
        assert store.snapshot("Person/x") is None


def test_trap_time_in_whole_seconds_with_a_local_offset(target: str) -> None:
    """Times are RFC 3339 texts of whole seconds in the writer's zone, which stays."""
    with opened(target) as store:
        assert [time_of(each) for each in events(store, "p-1")] == ["2026-03-01T09:00:00+09:00", "2026-03-01T00:00:01Z"]


def test_trap_sqlite_state_is_text(target: str) -> None:
    """SQLite's states are written as text into a BLOB column; they read like PostgreSQL's bytes."""
    with opened(target) as store:
        snapshot = store.snapshot("p-1")
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (1, {"Age": 0})
