"""What every store has to do, whoever wrote it: `StoreContract`, and the words for what was written.

A test class derives from `StoreContract` and gives it a `written` fixture; all the tests below then run on that store.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from helpers_whole import check_whole
from sqlalchemy import Engine, event, text

from esviewer.errors import CancelledError, NotFoundError
from esviewer.model import instant
from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps, loads
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Number, Value, same
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store
from esviewer.work import Work

INFO_KEYS = [
    "store", "database", "layout", "events", "aggregates", "snapshots", "event_types", "aggregate_types",
    "first_event", "last_event", "exact",
]  # fmt: skip


@dataclass(frozen=True)
class WrittenEvent:
    """One event as its writer knows it; ANY stands for what the writer can't know or the contract leaves open."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    type: str
    data: Value
    timestamp: Instant | None
    position: Any = None
    event_id: str | None = None
    schema_version: Any = None
    metadata: Value = None
    error: bool = False
    """The payload is meant to be unreadable."""


@dataclass(frozen=True)
class WrittenSnapshot:
    """One snapshot as its writer knows it."""

    aggregate_id: str
    version: int
    state: Value


@dataclass
class Written:
    """A whole store as its writer knows it."""

    target: str
    """What `open_store` takes."""
    layout: str
    """The layout's name that detection has to find."""
    events: list[WrittenEvent]
    """In store order."""
    ids: list[str]
    """All aggregate ids in the order in which the database itself sorts them."""
    snapshots: list[WrittenSnapshot] = field(default_factory=list)
    choice: str | None = None
    """What `--layout` needs where several stores are in the database."""
    file: Path | None = None
    """The SQLite file."""
    writes: tuple[str, ...] = ()
    """Statements that would change this store, each valid by itself for somebody who may write."""
    monotonic: bool = True
    """Times never go back in store order."""
    indexed: bool = True
    """Indexes give every order that is read in; without them one statement has to sort and stream the rows."""

    def of(self, aggregate_id: str) -> list[WrittenEvent]:
        """One aggregate's events, by version."""
        return sorted((e for e in self.events if e.aggregate_id == aggregate_id), key=lambda e: e.version)

    @property
    def types(self) -> dict[str, str | None]:
        """Aggregate id -> aggregate type."""
        return {event.aggregate_id: event.aggregate_type for event in self.events}

    @property
    def longest(self) -> str:
        """The id of the aggregate with the most events."""
        return Counter(event.aggregate_id for event in self.events).most_common(1)[0][0]


ANY: Any = type("Anything", (), {"__repr__": lambda self: "ANY"})()
"""Equal to whatever was read."""


def exact(raw: str) -> Value:
    """JSON read by the standard library, with numbers kept that a float would change: what a reader has to give."""

    def fraction(number: str) -> Value:
        return float(number) if repr(float(number)) == number else Number(number)

    return json.loads(raw, parse_float=fraction)


def agrees(read: Value, wrote: Value) -> bool:
    """Whether a value came out as it went in, type and all."""
    return wrote is ANY or same(read, wrote)


def check_event(read: Event, wrote: WrittenEvent) -> None:
    """Assert that an event was read as it was written."""
    where = f"{wrote.aggregate_id} version {wrote.version}"
    for name in ("aggregate_id", "aggregate_type", "version", "type", "position", "event_id", "schema_version"):
        assert agrees(getattr(read, name), getattr(wrote, name)), (
            where,
            name,
            getattr(read, name),
            getattr(wrote, name),
        )
    if wrote.timestamp is None:
        assert read.timestamp is None, where
    elif wrote.timestamp is not ANY:
        assert read.timestamp is not None, where
        assert (read.timestamp.ns, read.timestamp.offset) == (wrote.timestamp.ns, wrote.timestamp.offset), where
    assert agrees(read.metadata, wrote.metadata), (where, read.metadata, wrote.metadata)
    if wrote.error:
        assert read.error, where
        assert read.data is None, where
        assert read.raw is not None, where
        return
    assert read.error is None, (where, read.error)
    if isinstance(wrote.data, dict) and isinstance(read.data, dict):
        for key in read.data.keys() | wrote.data.keys():
            one, other = read.data.get(key, MISSING), wrote.data.get(key, MISSING)
            assert agrees(one, other), (where, key, one, other)
    assert agrees(read.data, wrote.data), (where, read.data, wrote.data)


def from_batches(batches: Iterator[EventBatch]) -> list[Event]:
    """The events of batches, checking that a batch's columns say the same as its events."""
    result = []
    for batch in batches:
        assert len(batch) == len(batch.versions) == len(batch.types) == len(batch.data)
        for index in range(len(batch)):
            whole = batch.event(index)
            assert (batch.versions[index], batch.types[index]) == (whole.version, whole.type)
            if whole.error is None:
                assert same(batch.data[index], whole.data)
            else:
                assert isinstance(batch.data[index], Undecodable)
                assert batch.data[index].reason == whole.error
            result.append(whole)
    return result


def listed(store: Store, limit: int, **choose: Any) -> list[Any]:
    """All aggregates, `limit` at a time, each page after the last id of the one before."""
    result: list[Any] = []
    after = None
    while True:
        page = store.aggregate_ids(after=after, limit=limit, **choose)
        assert len(page) <= limit
        result += page
        if len(page) < limit:
            return result
        after = page[-1].aggregate_id


@contextmanager
def watched() -> Iterator[list[tuple[str, Engine]]]:
    """Every statement that SQLAlchemy sends to a database within the block, with the engine it went through."""
    seen: list[tuple[str, Engine]] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append((statement, connection.engine))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def check_statements(statements: list[tuple[str, Engine]], *tables: str, indexed: bool = True) -> None:
    """Assert that nothing among the statements walks a table by OFFSET or DISTINCT, or fetches it without a bound."""
    assert statements, "nothing went through SQLAlchemy"
    asked = 0
    for statement, _ in statements:
        flat = " ".join(statement.split())
        assert not re.search(r"\bOFFSET\b", flat, re.I), flat
        assert not re.search(r"\bSELECT\s+DISTINCT\b|COUNT\s*\(\s*DISTINCT", flat, re.I), flat
        assert re.match(r"(WITH|SELECT|PRAGMA|SHOW|SET|BEGIN|ROLLBACK|EXPLAIN)\b", flat, re.I), flat
        if any(re.search(rf"\bFROM\b[^()]*\b{re.escape(table)}\b", flat, re.I) for table in tables):
            asked += 1
            counting = re.search(r"\b(count|min|max|sum)\s*\(", flat, re.I)
            streamed = not indexed and re.search(r"\bORDER BY\b", flat, re.I)
            assert re.search(r"\bLIMIT\b", flat, re.I) or counting or streamed, flat
    assert asked, f"no statement asked any of {tables}"


def fingerprint(file: Path) -> tuple[str, list[str]]:
    """The file's SHA-256 and the names beside it."""
    return hashlib.sha256(file.read_bytes()).hexdigest(), sorted(path.name for path in file.parent.iterdir())


class StoreContract:
    """Derive, and give a class-scoped fixture `written`."""

    written: Any

    @pytest.fixture(scope="class")
    @classmethod
    def store(cls, written: Written) -> Iterator[Store]:
        """The store, opened once for all tests of the class; its file must not have changed after them."""
        before = fingerprint(written.file) if written.file else None
        store = open_store(written.target, written.choice)
        yield store
        during = fingerprint(written.file) if written.file else None
        store.close()
        after = fingerprint(written.file) if written.file else None
        assert before == during == after

    def test_layout_is_recognised_and_says_why(self, store: Store, written: Written) -> None:
        assert store.layout.name == written.layout
        assert store.layout.title
        assert store.fit.reasons
        assert store.fit.tables["events"]
        assert store.has_snapshots is bool(written.snapshots)
        assert re.match(r"(SQLite|PostgreSQL) \d", store.database)
        assert store.name

    def test_info_counts_what_was_written(self, store: Store, written: Written) -> None:
        info = store.info(exact=True).as_json()
        assert sorted(info) == sorted(INFO_KEYS)
        assert info["exact"] is True
        assert info["layout"] == written.layout
        assert info["database"] == store.database
        assert info["events"] == len(written.events)
        assert info["aggregates"] == len(written.ids)
        assert info["snapshots"] == len(written.snapshots)
        assert info["event_types"] == dict(Counter(e.type for e in written.events))
        kinds = Counter(kind for kind in written.types.values() if kind is not None)
        assert {key: count for key, count in info["aggregate_types"].items() if key in kinds} == kinds
        if not kinds:
            assert sum(info["aggregate_types"].values()) in (0, len(written.ids))
        times = [e.timestamp.ns for e in written.events if isinstance(e.timestamp, Instant)]
        if times and written.monotonic:
            assert instant.parse(str(info["first_event"])).ns == times[0]
            assert instant.parse(str(info["last_event"])).ns == times[-1]

    def test_info_without_exact_counts_is_honest(self, store: Store, written: Written) -> None:
        info = store.info(exact=False).as_json()
        assert sorted(info) == sorted(INFO_KEYS)
        if info["exact"]:
            assert info["events"] == len(written.events)

    @pytest.mark.parametrize("limit", [1, 3, 1000])
    def test_aggregates_are_listed_once_and_in_order(self, store: Store, written: Written, limit: int) -> None:
        refs = listed(store, limit)
        assert [ref.aggregate_id for ref in refs] == written.ids
        assert {ref.aggregate_id: ref.aggregate_type for ref in refs} == written.types

    def test_listing_after_an_id_that_is_not_there(self, store: Store, written: Written) -> None:
        middle = written.ids[len(written.ids) // 2]
        refs = store.aggregate_ids(after=middle + "\x01", limit=5)
        assert [ref.aggregate_id for ref in refs][:1] == written.ids[len(written.ids) // 2 + 1 :][:1]

    def test_aggregates_by_type(self, store: Store, written: Written) -> None:
        kinds = sorted({kind for kind in written.types.values() if kind})
        for kind in kinds:
            for glob in (kind, kind[:2] + "*", "*" + kind[-3:], "?" + kind[1:]):
                found = [ref.aggregate_id for ref in listed(store, 4, type_glob=glob)]
                assert found == [i for i in written.ids if fnmatch.fnmatchcase(written.types[i] or "", glob)], glob
        assert listed(store, 4, type_glob="no such type*") == []

    def test_search_finds_substrings_of_ids(self, store: Store, written: Written) -> None:
        def holds(aggregate_id: str, part: str) -> bool:
            return part.lower() in aggregate_id.lower() or part.lower() in (written.types[aggregate_id] or "").lower()

        some = [i for i in written.ids if len(i) > 3][:: max(1, len(written.ids) // 5)]
        parts = {part for i in some for part in (i[1:4], i[-3:], i[1:-1])}
        for part in parts | {part.upper() for part in parts if part.isascii()} | {"%", "_", "'", "no such id"}:
            found = [ref.aggregate_id for ref in listed(store, 3, search=part)]
            assert found == [i for i in written.ids if holds(i, part)], part

    def test_summaries_say_what_was_written(self, store: Store, written: Written) -> None:
        asked = [*reversed(written.ids), "no such aggregate"]
        summaries = store.summaries(asked)
        assert [summary.aggregate_id for summary in summaries] == asked[:-1]
        for summary in summaries:
            events = written.of(summary.aggregate_id)
            assert summary.aggregate_type == events[0].aggregate_type
            assert summary.version == events[-1].version
            assert summary.exact
            assert summary.events == len(events)
            assert store.summary(summary.aggregate_id) == summary
            if isinstance(events[0].timestamp, Instant) and isinstance(events[-1].timestamp, Instant):
                assert summary.first_event is not None
                assert summary.last_event is not None
                assert (summary.first_event.ns, summary.last_event.ns) == (
                    events[0].timestamp.ns,
                    events[-1].timestamp.ns,
                )

    def test_approximate_summaries_are_honest(self, store: Store, written: Written) -> None:
        for summary in store.summaries(written.ids, exact=False):
            events = written.of(summary.aggregate_id)
            assert summary.version == events[-1].version
            if summary.exact:
                assert summary.events == len(events)

    def test_each_aggregate_reads_as_it_was_written(self, store: Store, written: Written) -> None:
        for aggregate_id in written.ids:
            events = from_batches(store.batches(aggregate_id))
            wrote = written.of(aggregate_id)
            assert [e.version for e in events] == [e.version for e in wrote]
            for one, other in zip(events, wrote, strict=True):
                check_event(one, other)

    def test_types_and_times_alone_are_those_of_the_events(self, store: Store, written: Written) -> None:
        for aggregate_id in written.ids:
            events = list(store.events(aggregate_id))
            for start in (None, events[len(events) // 2].version):
                marks = [
                    mark
                    for batch in store.marks(aggregate_id, from_version=start)
                    for mark in zip(batch.versions, batch.types, batch.times(), strict=True)
                ]
                wanted = [(e.version, e.type, e.timestamp) for e in events if start is None or e.version >= start]
                assert marks == wanted
        assert list(store.marks("no such aggregate")) == []

    def test_versions_bound_what_is_read(self, store: Store, written: Written) -> None:
        aggregate_id = written.longest
        versions = [e.version for e in written.of(aggregate_id)]
        low, high = versions[1], versions[-2]
        for start, end in ((low, None), (None, high), (low, high), (high, high), (high, low), (versions[-1] + 1, None)):
            expected = [v for v in versions if (start is None or v >= start) and (end is None or v <= end)]
            batches = store.batches(aggregate_id, from_version=start, to_version=end)
            assert [e.version for e in from_batches(batches)] == expected
            events = store.events(aggregate_id, from_version=start, to_version=end)
            assert [e.version for e in events] == expected

    def test_store_order_is_the_order_of_writing(self, store: Store, written: Written) -> None:
        events = list(store.events())
        assert [(e.aggregate_id, e.version) for e in events] == [(e.aggregate_id, e.version) for e in written.events]
        for one, other in zip(events, written.events, strict=True):
            check_event(one, other)

    def test_events_of_one_aggregate(self, store: Store, written: Written) -> None:
        for aggregate_id in written.ids[:3]:
            for one, other in zip(store.events(aggregate_id), written.of(aggregate_id), strict=True):
                check_event(one, other)

    def test_events_by_type(self, store: Store, written: Written) -> None:
        kinds = sorted({e.type for e in written.events})
        for glob in [*kinds, kinds[0][:3] + "*", "*" + kinds[-1][-2:], "no such type"]:
            expected = [(e.aggregate_id, e.version) for e in written.events if fnmatch.fnmatchcase(e.type, glob)]
            assert [(e.aggregate_id, e.version) for e in store.events(type_glob=glob)] == expected, glob

    def test_events_by_the_type_of_their_aggregates(self, store: Store, written: Written) -> None:
        everything = [(e.aggregate_id, e.version, e.aggregate_type or "") for e in store.events()]
        kinds = sorted({kind for _, _, kind in everything})
        for glob in [*kinds, "*", "?*", kinds[0][:2] + "*", "*" + kinds[-1][-2:], "no such type"]:
            expected = [key for *key, kind in everything if fnmatch.fnmatchcase(kind, glob)]
            assert [[e.aggregate_id, e.version] for e in store.events(aggregate_type=glob)] == expected, glob

    def test_events_within_a_time(self, store: Store, written: Written) -> None:
        times = sorted({e.timestamp.ns for e in written.events if isinstance(e.timestamp, Instant)})
        assert len(times) > 4
        # Between two times, so that it doesn't matter whether a bound is in or out.
        gaps = [(a + b) // 2 for a, b in pairwise(times) if b - a >= 2000]
        low, high = gaps[len(gaps) // 4], gaps[3 * len(gaps) // 4]
        whole = {(e.aggregate_id, e.version): dumps(e.as_json()) for e in store.events()}
        for since, until in ((low, None), (None, high), (low, high), (high, low)):
            expected = [
                (e.aggregate_id, e.version)
                for e in written.events
                if e.timestamp is not None
                and (since is None or e.timestamp.ns >= since)
                and (until is None or e.timestamp.ns <= until)
            ]
            found = list(
                store.events(
                    since=None if since is None else Instant(since, 0),
                    # Another zone, the same moment.
                    until=None if until is None else Instant(until, 9 * 3600),
                )
            )
            assert [(e.aggregate_id, e.version) for e in found] == expected, (since, until)
            # Their times may lie in their payloads: what is left out takes nothing else along.
            assert [dumps(e.as_json()) for e in found] == [whole[place] for place in expected]

    def test_limit(self, store: Store, written: Written) -> None:
        for limit in (1, 5, len(written.events) + 5):
            found = [(e.aggregate_id, e.version) for e in store.events(limit=limit)]
            assert found == [(e.aggregate_id, e.version) for e in written.events[:limit]]

    def test_one_event_has_its_raw_bytes(self, store: Store, written: Written) -> None:
        for wrote in written.events[:: max(1, len(written.events) // 7)]:
            read = store.event(wrote.aggregate_id, wrote.version)
            check_event(replace_raw(read, wrote), wrote)
            assert read.raw or wrote.data is None

    def test_sql_of_a_read_finds_its_rows(self, store: Store, written: Written) -> None:
        for wrote in written.events[:: max(1, len(written.events) // 7)]:
            for version, wanted in ((wrote.version, 1), (None, len(list(store.events(wrote.aggregate_id))))):
                sql = store.sql(wrote.aggregate_id, version).rstrip(";").replace(":", "\\:")
                found = store._database.read(lambda reader, sql=sql: reader.rows(text(sql)))
                assert len(found) == wanted

    def test_what_is_not_there(self, store: Store, written: Written) -> None:
        known = written.longest
        for ask in (
            lambda: store.summary("no such aggregate"),
            lambda: store.event("no such aggregate", 1),
            lambda: store.event(known, 987_654),
        ):
            with pytest.raises(NotFoundError) as raised:
                ask()
            assert raised.value.exit_code == 4
        assert list(store.events("no such aggregate")) == []
        assert from_batches(store.batches("no such aggregate")) == []
        assert store.summaries(["no such aggregate"]) == []

    def test_the_whole_store_by_aggregate(self, store: Store, written: Written) -> None:
        check_whole(store)

    def test_snapshots(self, store: Store, written: Written) -> None:
        for aggregate_id in written.ids:
            wrote = {s.version: s for s in written.snapshots if s.aggregate_id == aggregate_id}
            assert sorted(store.snapshot_versions(aggregate_id)) == sorted(wrote)
            newest = store.snapshot(aggregate_id)
            if not wrote:
                assert newest is None
                continue
            assert newest is not None
            assert newest.version == max(wrote)
            for at in range(min(wrote) - 2, max(wrote) + 2):
                below = [version for version in wrote if version <= at]
                found = store.snapshot(aggregate_id, at)
                if not below:
                    assert found is None
                    continue
                assert found is not None
                assert (found.aggregate_id, found.version) == (aggregate_id, max(below))
                assert found.error is None
                state = wrote[max(below)].state
                assert agrees(found.state, state), (aggregate_id, at, found.state, state)
        assert store.snapshot("no such aggregate") is None
        assert store.snapshot_versions("no such aggregate") == []

    def test_nothing_can_be_written(self, store: Store, written: Written) -> None:
        """Neither through the very engine that the store reads with, nor by its driver's bare connection."""
        with watched() as statements:
            store.summary(written.ids[0])
        (engine,) = {engine for _, engine in statements}
        attempts = (*written.writes, "CREATE TABLE intruder (x INTEGER)")
        assert len(attempts) >= 4
        for statement in attempts:
            # A SELECT may pass the guard, and then the database refuses what its functions do.
            with pytest.raises(Exception, match="read-only" if statement.startswith("SELECT") else "only reads"):
                self.by_engine(engine, statement)
            with pytest.raises(Exception, match=r"(?i)read.?only"):
                self.by_driver(engine, statement, left="connection")
            with pytest.raises(Exception, match=r"(?i)read.?only"):
                self.by_driver(engine, statement, left="transaction")
        assert store.info().as_json()["events"] == len(written.events)

    @staticmethod
    def by_engine(engine: Engine, statement: str) -> None:
        """Run a statement as the store runs its own."""
        with engine.connect() as connection:
            connection.execute(text(statement))
            connection.commit()

    @staticmethod
    def by_driver(engine: Engine, statement: str, *, left: str) -> None:
        """Run a statement past all that stands between the engine and its driver, with one means `left` at work."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                if isinstance(driver, sqlite3.Connection):
                    assert driver.execute("PRAGMA query_only").fetchone() == (1,)
                    if left == "connection":
                        driver.execute("PRAGMA query_only=OFF")
                elif left == "connection":
                    driver.rollback()
                    driver.read_only = None
                    driver.autocommit = True
                else:
                    driver.execute("SET default_transaction_read_only = off")
                    driver.commit()
                driver.execute(statement)
                driver.commit()
            finally:
                connection.invalidate()  # nobody shall read through what was tampered with

    def test_cancelled_work_stops(self, store: Store, written: Written) -> None:
        work = Work()
        work.cancel()
        for ask in (
            lambda: list(store.events(work=work)),
            lambda: store.aggregate_ids(work=work),
            lambda: store.info(work=work),
            lambda: list(store.batches(written.longest, work=work)),
            lambda: store.summaries(written.ids, work=work),
        ):
            with pytest.raises(CancelledError):
                ask()
        assert store.aggregate_ids(limit=1)

    def test_statements_are_bounded(self, store: Store, written: Written) -> None:
        tables = [name.rpartition(".")[2].strip('"') for name in store.fit.tables.values()]
        with watched() as statements:
            listed(store, 3)
            listed(store, 3, search="a")
            list(store.events())
            from_batches(store.batches(written.longest))
            store.summaries(written.ids)
            store.snapshot(written.longest)
            store.event(written.longest, written.of(written.longest)[0].version)
        check_statements(statements, *tables, indexed=written.indexed)

    def test_json_of_every_event_survives_a_round_trip(self, store: Store) -> None:
        for read in store.events():
            line = loads(dumps(read.as_json()))
            assert line["aggregate_id"] == read.aggregate_id
            assert line["version"] == read.version
            assert ("error" in line) is (read.error is not None)
            assert ("data" in line) is (read.error is None)


def replace_raw(read: Event, wrote: WrittenEvent) -> Event:
    """The event as `events()` gives it: raw bytes only where there is an error."""
    return read if wrote.error else replace(read, raw=None)
