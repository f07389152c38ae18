"""Events with tags, written by eventsourcing 9.5's own DCB recorder and MessagePack mapper."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.dcb.domain import Tagged
from eventsourcing.dcb.msgpack import Decision, MessagePackMapper
from eventsourcing.dcb.postgres_tt import PostgresTTDCBFactory
from eventsourcing.utils import Environment
from helpers_eventsourcing import postgres_environment
from helpers_layouts import aggregates, events, opened


class StudentJoined(Decision):
    student: str
    course: str
    seats: int


@pytest.fixture
def target(postgres_server: Any) -> str:
    database = postgres_server.create_database()
    environment = postgres_environment(database, PERSISTENCE_MODULE="eventsourcing.dcb.postgres_tt")
    factory: Any = PostgresTTDCBFactory(Environment("", environment))
    recorder = factory.dcb_recorder()
    mapper = MessagePackMapper()
    for number, (student, course) in enumerate((("ann", "maths"), ("bob", "maths"), ("ann", "art"))):
        decision = StudentJoined(student=student, course=course, seats=2**60 + number)
        tags = [f"student:{student}", f"course:{course}"]
        recorder.append([mapper.to_dcb_event(Tagged(tags=tags, decision=decision))])
    recorder.append([mapper.to_dcb_event(Tagged(tags=[], decision=StudentJoined(student="x", course="y", seats=0)))])
    factory.close()
    return str(database.url)


def test_trap_no_streams(target: str) -> None:
    """There are tags instead of streams: each is shown as an aggregate, and an event under each of its tags."""
    with opened(target) as store:
        assert store.layout.name == "eventsourcing-dcb"
        assert [ident for ident, _ in aggregates(store)] == [
            "course:art",
            "course:maths",
            "student:ann",
            "student:bob",
        ]
        assert [(each.version, each.data["course"]) for each in events(store, "student:ann")] == [
            (1, "maths"),
            (2, "art"),
        ]
        first = events(store, "course:maths")[0]
        assert first.type == "StudentJoined"
        assert first.data == {"student": "ann", "course": "maths", "seats": 2**60}
        assert first.timestamp is None
        assert first.position == 1
        assert len(events(store)) == 6
        assert any("without any tag" in each for each in store.warnings)
