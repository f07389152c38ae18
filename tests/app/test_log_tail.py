"""What arrives while a filter's events are looked at: all that fits, once, with the search that began before."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from helpers_log import Row, many, write_postgres, write_sqlite
from helpers_postgres import Database

from esviewer.app import log_tail
from esviewer.app.event_log import LogSearch
from esviewer.app.log_filter import LogFilter
from esviewer.app.log_tail import LogTail
from esviewer.app.session import open_session
from esviewer.errors import NotFoundError, StoreError
from esviewer.model.event import Event
from esviewer.model.instant import parse

FILTERS = (
    LogFilter(),
    LogFilter(types=("P*", "Shipped")),
    LogFilter(since=parse("2026-01-01T00:02:00Z"), until=parse("2026-01-01T00:20:00Z")),
    LogFilter(aggregate_id="user-00001"),
    LogFilter(aggregate_type="user", actor="ada"),
    LogFilter(correlation="c-3"),
    LogFilter(text="LINE 1"),
    LogFilter(where="data.amount > 20"),
)


def add(file: Path, rows: list[Row]) -> None:
    columns = "id, aggregate_id, aggregate_type, event_type, event_data, metadata, version, timestamp"
    made = write_sqlite(file.with_name("more.db"), rows)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ATTACH ? AS more", (str(made),))
        connection.execute(f"INSERT INTO events ({columns}) SELECT {columns} FROM more.events")
        connection.commit()
    made.unlink()


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_what_fits_is_what_the_search_would_find(tmp_path: Path, asked: LogFilter) -> None:
    rows = many(40)
    first = {row.position for row in rows[:20] if row.position % 3} | {11}
    file = write_sqlite(tmp_path / "store.db", [row for row in rows if row.position in first])
    with closing(open_session(str(file))) as session:
        tail = LogTail(session.store, asked)
        assert tail.look().count == 0
        add(file, [row for row in rows if row.position not in first])
        arrived = tail.look()
        found = LogSearch(session.store, asked, newest_first=False).advance(wanted=99, seconds=9)
        wanted = [event.position for event in found if event.position not in first]
        assert [event.position for event in arrived.events] == wanted
        assert arrived.count == len(wanted) > 0
        assert tail.look().count == 0


def test_of_many_the_last_are_kept_and_all_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tail, "KEPT", 5)
    rows = many(60)
    file = write_sqlite(tmp_path / "store.db", rows[:10])
    with closing(open_session(str(file))) as session:
        tail = LogTail(session.store, LogFilter())
        add(file, rows[10:])
        arrived = tail.look()
    assert arrived.count == 50
    assert [event.position for event in arrived.events] == [56, 57, 58, 59, 60]


def test_what_a_look_found_that_failed_comes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = many(8)
    file = write_sqlite(tmp_path / "store.db", rows[:2])
    with closing(open_session(str(file))) as session:
        tail = LogTail(session.store, LogFilter())
        add(file, rows[2:])
        real = session.store.events

        def fails(**asked: Any) -> Iterator[Event]:
            yield from islice(real(**asked), 3)
            raise StoreError("The server is gone.")

        monkeypatch.setattr(session.store, "events", fails)
        with pytest.raises(StoreError):
            tail.look()
        monkeypatch.undo()
        arrived = tail.look()
        assert [event.position for event in arrived.events] == [3, 4, 5, 6, 7, 8]
        assert arrived.count == 6


def test_another_filter_leaves_to_the_search_what_was_not_told(tmp_path: Path) -> None:
    rows = many(12)
    file = write_sqlite(tmp_path / "store.db", rows[:4])
    with closing(open_session(str(file))) as session:
        tail = LogTail(session.store, LogFilter(types=("Nothing",)))
        add(file, rows[4:8])
        assert tail.look().count == 0
        tail.ask(LogFilter(types=("P*",)))
        assert tail.look().count == 0
        add(file, rows[8:])
        assert tail.look().count == sum(row.kind.startswith("P") for row in rows[8:])
        with pytest.raises(NotFoundError):
            tail.ask(LogFilter(aggregate_id="nobody"))


def test_search_and_tail_together_beside_writers_on_postgresql(postgres: Database) -> None:
    """Writers commit out of order while a search and then a tail read: each event is known, and told as new once."""
    url = write_postgres(postgres, many(50))
    postgres.execute("SELECT setval('events_id_seq', 1000)")
    writers, each = 5, 24
    begun = threading.Barrier(writers + 1)

    def write(number: int) -> None:
        with postgres.connect() as connection:
            begun.wait()
            for version in range(each):
                connection.execute("BEGIN")
                connection.execute(
                    "INSERT INTO events (aggregate_id, event_type, event_data, version) VALUES (%s, 'Came', '{}', %s)",
                    (f"writer-{number}", version),
                )
                connection.execute("SELECT pg_sleep(%s)", (0.002 * ((number * 7 + version * 3) % 11),))
                connection.execute("COMMIT")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    with closing(open_session(url)) as session:
        begun.wait()
        tail = LogTail(session.store, LogFilter(types=("Came",)))
        search = LogSearch(session.store, LogFilter(types=("Came",)))
        known = {(event.aggregate_id, event.version) for event in search.advance(wanted=999, seconds=9)}
        told: list[tuple[str, int]] = []
        late, highest = 0, 0
        while True:
            alive = any(thread.is_alive() for thread in threads)
            for event in tail.look().events:
                assert isinstance(event.position, int)
                late += event.position < highest
                highest = max(highest, event.position)
                told.append((event.aggregate_id, event.version))
            if not alive:
                break
    assert len(set(told)) == len(told)
    assert known | set(told) == {(f"writer-{n}", v) for n in range(writers) for v in range(each)}
    assert late, "no writer committed late, so nothing was tried"
