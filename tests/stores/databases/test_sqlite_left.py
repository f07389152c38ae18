"""Long reads of a SQLite file that end before their end."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from esviewer.stores.databases.connection import connect
from esviewer.work import Work


@pytest.mark.parametrize("how", ["stream", "sorted"])
def test_a_read_that_is_left_after_it_was_cancelled_ends_without_a_word(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "s.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)")
        connection.executemany("INSERT INTO events (note) VALUES (?)", [(f"note {each}",) for each in range(1000)])
        connection.commit()
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    work = Work()
    database = connect(str(path))
    reading = getattr(database, how)(text("SELECT * FROM events ORDER BY note"), 10, work)
    next(reading)
    work.cancel()
    del reading
    database.close()
    assert unraisable == []
    assert caplog.records == []
