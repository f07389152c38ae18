"""A SQLite file with a damaged page: what is readable is shown, what is not is named."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from helpers_sqlite import COLUMNS, PLAIN, row

from esviewer.model.batch import Undecodable
from esviewer.stores.opening import open_store

EVENTS = 400


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A store of two interleaved aggregates; the page with event 200 of the table is overwritten."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.executescript(PLAIN)
    marks = ", ".join("?" * 6)
    connection.executemany(
        f"INSERT INTO events ({COLUMNS}) VALUES ({marks})",
        [
            row(f"a-{number % 2}", number // 2 + 1, json.dumps({"n": f"event <{number}>", "fill": "x" * 600}))
            for number in range(EVENTS)
        ],
    )
    connection.commit()
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    content = bytearray(path.read_bytes())
    start = content.index(b"event <200>") // size * size
    content[start : start + size] = b"\xa5" * size
    path.write_bytes(content)
    return path


def test_events_around_the_damage_are_read(damaged: Path) -> None:
    store = open_store(str(damaged))
    read = [event.data["n"] for event in store.events() if event.error is None]
    assert read[0] == "event <0>"
    assert read[-1] == f"event <{EVENTS - 1}>"
    lost = EVENTS - len(read)
    assert 0 < lost < 12
    assert "event <200>" not in read
    assert any("damaged" in each and "can't be read" in each for each in store.warnings)
    store.close()


def test_lost_events_of_an_aggregate_stay_visible(damaged: Path) -> None:
    store = open_store(str(damaged))
    events = list(store.events("a-0"))
    assert [event.version for event in events] == list(range(1, EVENTS // 2 + 1))
    lost = [event for event in events if event.error is not None]
    assert 0 < len(lost) < 12
    assert 101 in {event.version for event in lost}
    assert all("damaged" in str(event.error) for event in lost)
    values = [value for batch in store.batches("a-0") for value in batch.data]
    assert sum(type(value) is Undecodable for value in values) == len(lost)
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ["a-0", "a-1"]
    assert store.summary("a-0").events == EVENTS // 2
    store.close()


def test_counts_of_a_damaged_store_are_estimates(damaged: Path) -> None:
    store = open_store(str(damaged))
    info = store.info()
    assert not info.exact
    assert info.events == EVENTS
    assert any("estimates" in each for each in store.warnings)
    store.close()
