"""Each page of a read goes on where the one before ended, without passing over what was read before."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from esviewer.app.session import open_session
from esviewer.stores import reading
from esviewer.stores.databases.sqlite import SqliteDatabase
from esviewer.stores.store import Store

AGGREGATES, VERSIONS = 60, 50
HALF = f"a-{AGGREGATES // 2 - 1:04}"


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Store], Any]], int]]:
    """How many steps SQLite takes for a read, in hundreds."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT, event_data TEXT, "
        "version INTEGER NOT NULL, timestamp TEXT, UNIQUE (aggregate_id, version))"
    )
    rows = [
        (f"a-{number:04}", "Made", "{}", version, "2026-01-01T00:00:00Z")
        for number in range(AGGREGATES)
        for version in range(VERSIONS)
    ]
    rows += [("b", "Made", "{}", version, "2026-01-01T00:00:00Z") for version in range(2000)]
    columns = "aggregate_id, event_type, event_data, version, timestamp"
    connection.executemany(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    monkeypatch.setattr(reading, "FIRST_PAGE", 10)
    monkeypatch.setattr(reading, "LARGEST_PAGE", 20)
    taken = [0]

    def step() -> int:
        taken[0] += 1
        return 0

    connected = SqliteDatabase._driver_connection

    def counting(self: SqliteDatabase, mode: Any) -> sqlite3.Connection:
        made = connected(self, mode)
        made.set_progress_handler(step, 100)
        return made

    monkeypatch.setattr(SqliteDatabase, "_driver_connection", counting)
    session = open_session(str(path))

    def counted(read: Callable[[Store], Any]) -> int:
        taken[0] = 0
        assert sum(map(len, read(session.store)))
        return taken[0]

    yield counted
    session.close()


def test_a_later_part_takes_no_longer(steps: Callable[[Callable[[Store], Any]], int]) -> None:
    first = steps(lambda store: store.by_aggregate(part=(None, HALF)))
    assert steps(lambda store: store.by_aggregate(part=(HALF, f"a-{AGGREGATES:04}"))) < 1.5 * first


def test_events_from_somewhere_on_take_no_longer_than_all(steps: Callable[[Callable[[Store], Any]], int]) -> None:
    every = steps(lambda store: store.scan({"microseconds"}))
    assert steps(lambda store: store.scan({"microseconds"}, after=100)) < 1.1 * every


def test_versions_from_one_on_take_no_longer_than_all(steps: Callable[[Callable[[Store], Any]], int]) -> None:
    every = steps(lambda store: store.batches("b"))
    assert steps(lambda store: store.batches("b", from_version=10)) < 1.1 * every
