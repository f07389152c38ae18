"""Events as they arrive: each once and none left out, in whatever order writers commit."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from uuid import uuid4

import helpers_eventsourcing as library
import pytest
from helpers_postgres import Database, PostgresServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.app import tail
from esviewer.app.session import Session, open_session
from esviewer.app.tail import SETTLED, SPAN, AggregateTail, StoreTail, follow
from esviewer.errors import CancelledError, NotFoundError, StoreError, UsageError
from esviewer.model.event import Event
from esviewer.work import Work

TABLE = (
    "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, "
    "event_data TEXT NOT NULL, version INTEGER NOT NULL, timestamp TEXT NOT NULL, UNIQUE (aggregate_id, version))"
)
ROW = "INSERT INTO events VALUES (?, ?, 'Happened', '{}', ?, '2026-01-02T03:04:05Z')"


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(file: Path, rows: int = 0) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(TABLE)
        connection.executemany(ROW, [(number, f"a-{number % 3}", number // 3) for number in range(1, rows + 1)])
        connection.commit()
    return file


def insert(file: Path, *positions: int, aggregate: str = "new") -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executemany(ROW, [(each, aggregate, each) for each in positions])
        connection.commit()


def looked(tail: StoreTail | AggregateTail) -> list[int | str | None]:
    return [event.position for event in tail.look()]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return made(tmp_path / "store.db", 10)


@pytest.fixture
def session(store: Path) -> Iterator[Session]:
    opened = open_session(str(store))
    yield opened
    opened.close()


def test_only_what_arrives(store: Path, session: Session) -> None:
    tail = StoreTail(session.store)
    assert looked(tail) == []
    insert(store, 11, 12)
    assert looked(tail) == [11, 12]
    assert looked(tail) == []


def test_the_last_ones_first(store: Path, session: Session) -> None:
    assert looked(StoreTail(session.store, last=3)) == [8, 9, 10]
    assert looked(StoreTail(session.store, last=99)) == [*range(1, 11)]
    of_one = AggregateTail(session.store, "a-1", last=2)
    assert [event.version for event in of_one.look()] == [2, 3]
    insert(store, 50, aggregate="a-1")
    assert [event.version for event in of_one.look()] == [50]


def test_an_empty_store_that_begins(tmp_path: Path) -> None:
    file = made(tmp_path / "empty.db")
    with closing(open_session(str(file))) as session:
        tail = StoreTail(session.store)
        assert looked(tail) == []
        insert(file, 5, 7)
        assert looked(tail) == [5, 7]
        insert(file, 1)
        assert looked(tail) == [1]


def test_what_was_not_taken_comes_next_time(store: Path, session: Session) -> None:
    tail = StoreTail(session.store)
    insert(store, 11, 12, 13)
    assert next(tail.look()).position == 11
    assert looked(tail) == [12, 13]


def test_one_aggregate(store: Path, session: Session) -> None:
    tail = AggregateTail(session.store, "a-1")
    insert(store, 40, aggregate="a-2")
    insert(store, 41, 42, aggregate="a-1")
    assert looked(tail) == [41, 42]
    assert looked(tail) == []
    with pytest.raises(NotFoundError):
        AggregateTail(session.store, "nobody")


def test_memory_ends_where_nothing_is_expected(store: Path, session: Session) -> None:
    clock = Clock()
    tail = StoreTail(session.store, clock=clock)
    insert(store, 20)
    assert looked(tail) == [20]
    clock.now += SETTLED - 1
    insert(store, 15)
    assert looked(tail) == [15]
    clock.now += 2
    assert looked(tail) == []
    # 20 was seen too long ago for one below it to be awaited still; 15 was not.
    clock.now += SETTLED
    assert looked(tail) == []
    insert(store, 18)
    assert looked(tail) == []
    insert(store, 21)
    assert looked(tail) == [21]
    assert len(tail._seen) <= 2


def test_a_burst_is_told_whole_and_forgotten_but_for_a_span(store: Path, session: Session) -> None:
    tail = StoreTail(session.store)
    insert(store, *range(11, SPAN + 3000))
    assert looked(tail) == [*range(11, SPAN + 3000)]
    assert len(tail._seen) == SPAN


def test_a_store_without_positions_says_so(tmp_path: Path) -> None:
    file = tmp_path / "unordered.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, "
            "timestamp TEXT, PRIMARY KEY (aggregate_id, version)) WITHOUT ROWID"
        )
        connection.execute("INSERT INTO events VALUES ('a', 'Happened', '{}', 0, '2026-01-02T03:04:05Z')")
        connection.commit()
    with closing(open_session(str(file))) as session:
        with pytest.raises(UsageError, match="Name an aggregate"):
            StoreTail(session.store)
        assert [event.version for event in AggregateTail(session.store, "a", last=1).look()] == [0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_of_commits(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(1, 16)))
    undone = data.draw(st.sets(st.sampled_from(order), max_size=4))
    cuts = data.draw(st.lists(st.integers(1, 5), min_size=15, max_size=15))
    file = made(tmp_path_factory.mktemp("tail") / "store.db")
    committed = [each for each in order if each not in undone]
    with closing(open_session(str(file))) as session:
        tail = StoreTail(session.store)
        told: list[int | str | None] = []
        at = 0
        for cut in cuts:
            insert(file, *committed[at : at + cut])
            new = looked(tail)
            assert new == sorted(committed[at : at + cut])
            told += new
            at += cut
    assert sorted(told, key=str) == sorted(committed, key=str)


def test_writers_side_by_side_on_postgresql(postgres: Database) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "CREATE TABLE events (id BIGSERIAL PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, "
            "event_data JSONB NOT NULL, version INTEGER NOT NULL, timestamp TIMESTAMPTZ NOT NULL DEFAULT now(), "
            "UNIQUE (aggregate_id, version))"
        )
        connection.execute("INSERT INTO events VALUES (DEFAULT, 'old', 'Happened', '{}', 0)")
    writers, each = 6, 40
    begun = threading.Barrier(writers + 1)

    def write(number: int) -> None:
        with postgres.connect() as connection:
            begun.wait()
            for version in range(each):
                # The position is taken at once, and shown some time later; every seventh is undone.
                connection.execute("BEGIN")
                connection.execute(
                    "INSERT INTO events VALUES (DEFAULT, %s, 'Happened', '{}', %s)", (f"writer-{number}", version)
                )
                connection.execute("SELECT pg_sleep(%s)", (0.002 * ((number * 7 + version * 3) % 11),))
                connection.execute("ROLLBACK" if version % 7 == 6 else "COMMIT")

    told: list[tuple[str, int]] = []
    late = 0
    with closing(open_session(postgres.url)) as session:
        tail = StoreTail(session.store)
        threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
        for thread in threads:
            thread.start()
        begun.wait()
        highest = 0
        while True:
            alive = any(thread.is_alive() for thread in threads)
            for event in tail.look():
                assert isinstance(event.position, int)
                late += event.position < highest
                highest = max(highest, event.position)
                told.append((event.aggregate_id, event.version))
            if not alive:
                break
    wanted = [(f"writer-{n}", v) for n in range(writers) for v in range(each) if v % 7 != 6]
    assert sorted(told) == sorted(wanted)
    assert late, "no writer committed late, so nothing was tried"


class Failing:
    """A tail of a store that can't be read at first."""

    def __init__(self, times: int) -> None:
        self.left = times

    def look(self, work: Work | None = None) -> Iterator[Event]:
        if self.left:
            self.left -= 1
            raise StoreError("The server is gone.")
        return iter([Event(1, "a", None, 0, None, "Happened", None, None, {}, None)])


def test_trouble_is_told_once_and_passes() -> None:
    work, told = Work(), []
    found = follow(
        Failing(2),  # type: ignore[arg-type]
        work,
        patience=60,
        trouble=lambda error: told.append(str(error)),
        over=lambda: told.append("over"),
    )
    for number, event in zip(count(), found, strict=False):
        if event is not None:
            break
        assert number < 3
    assert told == ["The server is gone.", "over"]
    work.cancel()
    with pytest.raises(CancelledError):
        list(found)


def test_patience_ends() -> None:
    with pytest.raises(StoreError, match="gone"):
        list(follow(Failing(99), Work(), patience=0, trouble=lambda _: None, over=lambda: None))  # type: ignore[arg-type]


def test_a_server_that_tells_of_events_is_heard_at_once(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOON", "LATE"):
        monkeypatch.setattr(tail, name, 60.0)  # longer than this test may take
    database = postgres_server.create_database("told")
    database.execute("CREATE SCHEMA sales")
    with closing(library.Bank(env=library.postgres_environment(database, POSTGRES_SCHEMA="sales"))) as bank:
        account = library.BankAccount(holder="Ada", currency="EUR", branch=uuid4(), opened_at=datetime.now(UTC))
        bank.save(account)
        session = open_session(database.url)
        work = Work()
        heard: list[tuple[int, float]] = []

        def follow_on() -> None:
            with suppress(CancelledError):
                for event in follow(
                    StoreTail(session.store), work, patience=0, trouble=lambda _: None, over=lambda: None,
                    listen=session.store.notices,
                ):
                    if event is not None:
                        heard.append((event.version, time.monotonic()))
                    ready.set()

        ready = threading.Event()
        follower = threading.Thread(target=follow_on)
        follower.start()
        assert ready.wait(20)
        for version in (2, 3):
            account.deposit(amount=Decimal(1), reference={})
            begun = time.monotonic()
            bank.save(account)
            while not heard and time.monotonic() - begun < 20:
                time.sleep(0.01)
            [(found, at)] = heard
            assert (found, at - begun < 10) == (version, True)
            heard.clear()
        work.cancel()
        follower.join()
        session.close()
