"""disintegrate (Rust): a store made from the columns that disintegrate-postgres creates (545a9b8), rows in its default
JSON encoding. Rust's crates come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

TABLES = (
    "CREATE SEQUENCE seq_event_event_id",
    "CREATE TABLE event (event_id bigint PRIMARY KEY DEFAULT nextval('seq_event_event_id'), event_type varchar(255),"
    " payload bytea, inserted_at timestamp DEFAULT now())",
    "ALTER TABLE event ADD COLUMN course_id text",
    "ALTER TABLE event ADD COLUMN student_id bigint",
    "CREATE INDEX idx_events_course_id ON event (course_id) WHERE course_id IS NOT NULL",
    "CREATE INDEX idx_events_student_id ON event (student_id) WHERE student_id IS NOT NULL",
    "CREATE TABLE snapshot (id uuid PRIMARY KEY, name text, query text, version bigint, payload text,"
    " inserted_at timestamp DEFAULT now())",
)


def event(number: int, kind: str, fields: Any, **ids: Any) -> dict[str, Any]:
    return {
        "event_id": number,
        "event_type": kind,
        "payload": json.dumps({kind: fields}).encode(),
        "inserted_at": f"2026-03-01 09:00:00.00000{number}",
        **ids,
    }


ROWS = {
    "event": [
        event(1, "CourseCreated", {"course_id": "1", "seats": 9007199254740993}, course_id="1"),
        event(2, "StudentRegistered", {"name": "山田"}, student_id=1),
        # A transaction that was rolled back took number 3.
        event(4, "StudentSubscribed", {"course_id": "1", "student_id": 1}, course_id="1", student_id=1),
        event(5, "TermBegan", {"term": "spring"}),
    ],
    "snapshot": [
        {"id": "00000000-0000-3000-8000-000000000001", "name": "course", "query": "(0|CourseCreated|course_id=1)",
         "version": 4, "payload": '{"seats": 1}'},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("disintegrate")
    return helpers_php.make(request, "postgresql", folder, TABLES, ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "disintegrate"
        assert "inserted_at" in store.fit.reasons[0]


def test_events(target: str) -> None:
    with opened(target) as store:
        first = events(store, "course_id/1")[0]
        assert (first.type, first.data) == ("CourseCreated", {"course_id": "1", "seats": 9007199254740993})
        assert (first.aggregate_type, first.event_id, first.metadata) == ("course_id", None, None)


def test_trap_no_streams(target: str) -> None:
    """There are no streams: every domain id that an event names counts as an aggregate, its column as the type."""
    with opened(target) as store:
        assert aggregates(store) == [
            ("(no identifier)", None), ("course_id/1", "course_id"), ("student_id/1", "student_id"),
        ]  # fmt: skip


def test_trap_an_event_has_several_ids(target: str) -> None:
    """A subscription belongs to the course and to the student; equal values of different ids stay apart."""
    with opened(target) as store:
        assert [short(each)[:3] for each in events(store, "course_id/1")] == [
            ("course_id/1", 1, "CourseCreated"), ("course_id/1", 2, "StudentSubscribed"),
        ]  # fmt: skip
        assert [short(each)[:3] for each in events(store, "student_id/1")] == [
            ("student_id/1", 1, "StudentRegistered"), ("student_id/1", 2, "StudentSubscribed"),
        ]  # fmt: skip


def test_trap_no_versions_and_gaps_in_the_order(target: str) -> None:
    """Only event_id numbers the events, with gaps; it is the position, and versions are counted."""
    with opened(target) as store:
        assert [(each.position, each.aggregate_id, each.version) for each in events(store)] == [
            (1, "course_id/1", 1), (2, "student_id/1", 1), (4, "course_id/1", 2), (4, "student_id/1", 2),
            (5, "(no identifier)", 1),
        ]  # fmt: skip


def test_trap_snapshots_are_of_queries(target: str) -> None:
    """A snapshot holds the state of a query over all events, up to a global event_id: no aggregate's state."""
    with opened(target) as store:
        assert not store.has_snapshots
        assert store.snapshot("course_id/1") is None


def test_trap_time_without_a_zone(target: str) -> None:
    """inserted_at is the session's wall clock: the server's zone is not known, and none is made up."""
    with opened(target) as store:
        assert time_of(events(store, "course_id/1")[0]) == "2026-03-01T09:00:00.000001"
        assert any("zone" in warning for warning in store.warnings)
