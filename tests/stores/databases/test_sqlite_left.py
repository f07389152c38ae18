"""Long reads of a SQLite file that end before their end."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.database import Reader
from esviewer.work import Work


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of some rows."""
    path = tmp_path / "s.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)")
        connection.executemany("INSERT INTO events (note) VALUES (?)", [(f"note {each}",) for each in range(1000)])
        connection.commit()
    return path


def test_a_read_that_breaks_off_in_a_statement_ends_without_a_word(path: Path, caplog: pytest.LogCaptureFixture):
    """As Ctrl-C does it: the statement is interrupted, and an exception comes from somewhere between two rows."""
    work = Work()
    database = connect(str(path))
    left: list[object] = []

    def broken(reader: Reader) -> None:
        cursor = reader.connection.execute(text("SELECT * FROM events")).cursor
        assert cursor is not None
        left.append(cursor)  # as a traceback keeps it
        cursor.fetchone()
        work.cancel()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.read(broken, work)
    assert caplog.records == []
    [[number]] = database.read(lambda reader: reader.rows(text("SELECT count(*) FROM events")))
    assert number == 1000
    database.close()
    assert caplog.records == []


@pytest.mark.parametrize("how", ["stream", "sorted"])
def test_a_read_that_is_left_after_it_was_cancelled_ends_without_a_word(
    how: str, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
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
