"""All events of a file read at once: sorted by the database where that is faster, and the same events in any case."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from helpers_sqlite import Make, Open, row

from esviewer.model.batch import StoreBatch
from esviewer.stores import reading

AGGREGATES, VERSIONS = 100, 60


def rows(payload: str = "{}") -> list[tuple[object, ...]]:
    """Events in an order in which each aggregate's lie far from each other."""
    return [row(f"a-{number:03}", version, payload) for version in range(VERSIONS) for number in range(AGGREGATES)]


def seen(batches: Iterable[StoreBatch]) -> list[tuple[str, int]]:
    found = []
    for batch in batches:
        ends = [*(run[0] for run in batch.runs[1:]), len(batch)]
        for (first, ident, _), last in zip(batch.runs, ends, strict=True):
            found += [(ident, version) for version in batch.versions[first:last]]
    return found


EVERYTHING = [(f"a-{number:03}", version) for number in range(AGGREGATES) for version in range(VERSIONS)]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WORTH_SORTING", 1_000)


def insert(path: Path, ident: str) -> None:
    """Write an event as a writer does that doesn't wait."""
    with closing(sqlite3.connect(path, timeout=0)) as connection, connection:
        connection.execute(
            "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) "
            "VALUES (?, 'A', '{}', 1, '2026-01-01')",
            (ident,),
        )


def test_a_writer_waits_for_a_moment_only(make: Make, opened: Open):
    path = make(rows())
    batches = opened(path).by_aggregate(at_once=True)
    found = seen(islice(batches, 1))
    # One read is under way, which sorts: a lock that reading by pages does not hold between them.
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        insert(path, "a-000-too-early")
    with closing(sqlite3.connect(path, timeout=0)) as writer:
        writer.execute("INSERT INTO events VALUES (NULL, 'b', NULL, 'A', '{}', 1, '2026-01-01')")
        found += seen(islice(batches, 1))
        writer.commit()
    found += seen(batches)
    assert found == [*EVERYTHING, ("b", 1)]


@pytest.mark.parametrize("number", [1, 3])
def test_parts_are_the_same(make: Make, opened: Open, monkeypatch: pytest.MonkeyPatch, number: int):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    store = opened(make(rows()))
    parts = store.parts(number)
    assert len(parts) == number
    assert [event for part in parts for event in seen(store.by_aggregate(part=part, at_once=True))] == EVERYTHING


@pytest.mark.parametrize(
    ("few", "order"), [(100_000, lambda row: row[1]), (1_000, lambda row: row[0])], ids=["few", "neighbours"]
)
def test_what_gains_nothing_keeps_no_writer_out(
    make: Make, opened: Open, monkeypatch: pytest.MonkeyPatch, few: int, order: object
):
    monkeypatch.setattr(reading, "_WORTH_SORTING", few)
    path = make(sorted(rows(), key=order))  # type: ignore[arg-type]
    batches = opened(path).by_aggregate(at_once=True)
    found = seen(islice(batches, 1))
    insert(path, "b")
    assert found + seen(batches) == [*EVERYTHING, ("b", 1)]


def test_large_payloads_are_not_sorted(make: Make, opened: Open):
    path = make(rows('{"a":"' + "x" * 3_000 + '"}'))
    batches = opened(path).by_aggregate(at_once=True)
    found = seen(islice(batches, 1))
    insert(path, "b")
    assert found + seen(batches) == [*EVERYTHING, ("b", 1)]


def test_what_can_not_be_read_is_left_to_pages(make: Make, opened: Open):
    path = make(rows())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET event_type = CAST(x'ff41' AS TEXT) WHERE rowid = 3000")
    store = opened(path)
    assert seen(store.by_aggregate(at_once=True)) == EVERYTHING


def test_events_without_an_id_or_a_version_are_left_out(make: Make, opened: Open):
    ddl = (
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, aggregate_type TEXT, event_type TEXT, "
        "event_data TEXT, version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
    )
    odd = [row(None, 3), row("a-001", None), row(None, None)]
    store = opened(make([*rows()[:3_000], *odd, *rows()[3_000:]], ddl=ddl))
    assert seen(store.by_aggregate(at_once=True)) == seen(store.by_aggregate()) == EVERYTHING
