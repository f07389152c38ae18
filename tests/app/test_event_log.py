"""The log of events: whatever is asked finds what looking at every event finds, in order, on either database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

import helpers_log
import pytest
from helpers_contract import watched
from helpers_log import Row, many
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.app.event_log import LogSearch
from esviewer.app.log_filter import LogFilter, filter_from_json
from esviewer.app.stretches import Stretch, Stretches
from esviewer.errors import CancelledError, NotFoundError, RulesError
from esviewer.model.instant import Instant, parse
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store
from esviewer.work import Work

START = parse("2026-01-01T00:00:00Z").ns


def at(seconds: int) -> Instant:
    return Instant(START + seconds * 1_000_000_000, 0)


def everything(search: LogSearch, wanted: int = 7) -> list[tuple[str, int]]:
    """All that a search finds, in the order in which it says so."""
    found: list[tuple[str, int]] = []
    before = search.searched.found
    while not search.searched.complete:
        found += [(each.aggregate_id, each.version) for each in search.advance(wanted=wanted, seconds=5)]
        search.pause()
    assert search.searched.found == before + len(found)
    return found


def brute(rows: list[Row], asked: LogFilter, newest_first: bool) -> list[tuple[str, int]]:
    """The same by looking at every row as it was written."""
    kept = []
    for row in sorted(rows, key=lambda row: row.position, reverse=newest_first):
        if asked.types and not any(fnmatchcase(row.kind, glob) for glob in asked.types):
            continue
        ns = None if row.seconds is None else START + row.seconds * 1_000_000_000
        if asked.since is not None and (ns is None or ns < asked.since.ns):
            continue
        if asked.until is not None and (ns is None or ns > asked.until.ns):
            continue
        if asked.aggregate_id and row.aggregate != asked.aggregate_id:
            continue
        if asked.aggregate_type and not fnmatchcase(row.aggregate.partition("-")[0], asked.aggregate_type):
            continue
        metadata = row.metadata if isinstance(row.metadata, dict) else {}
        if asked.actor and not fnmatchcase(str(metadata.get("user", "")).lower(), asked.actor.lower()):
            continue
        if asked.correlation and metadata.get("correlationId") != asked.correlation:
            continue
        inside = str([row.kind, row.aggregate, row.data, row.metadata]).lower()
        if asked.text and asked.text.lower() not in inside:
            continue
        if asked.where and not row.data["amount"] > 20:
            continue
        kept.append(row.key)
    return kept


@st.composite
def stores(draw: st.DrawFn) -> list[Row]:
    """Positions with gaps, clocks that mostly ascend with them, some events without a time."""
    number = draw(st.integers(0, 60))
    position = draw(st.integers(-50, 50))
    clock = 0
    rows: list[Row] = []
    versions: dict[str, int] = {}
    for index in range(number):
        position += draw(st.sampled_from([1, 1, 1, 2, 40]))
        clock += draw(st.sampled_from([0, 1, 10, 10, 3600]))
        odd = draw(st.sampled_from([0, 0, 0, 0, 0, -5000, 4000]))
        seconds = None if draw(st.integers(0, 9)) == 0 else max(0, clock + odd)
        aggregate = draw(st.sampled_from(["order-1", "order-2", "user-1"]))
        versions[aggregate] = versions.get(aggregate, 0) + 1
        kind = draw(st.sampled_from(["Placed", "Paid", "Paused", "P[x]", "placed"]))
        metadata = draw(st.sampled_from([None, {}, {"user": "Ada", "correlationId": "c-1"}, {"user": "bob"}]))
        rows.append(Row(position, aggregate, versions[aggregate], kind, seconds, {"amount": index}, metadata))
    return rows


filters = st.builds(
    LogFilter,
    types=st.sampled_from([(), (), ("P*",), ("Paid", "placed"), ("P?id",), ("P[a]*",), ("None",)]),
    since=st.sampled_from([None, None, at(10), at(3700), at(9000)]),
    until=st.sampled_from([None, None, at(20), at(7200), at(15000)]),
    aggregate_type=st.sampled_from(["", "", "ord*"]),
    aggregate_id=st.sampled_from(["", "", "", "order-1"]),
    actor=st.sampled_from(["", "", "ada", "b*"]),
    correlation=st.sampled_from(["", "", "c-1"]),
    text=st.sampled_from(["", "", "ADA", "amount"]),
    where=st.sampled_from(["", "", "data.amount > 20"]),
)


def check(store: Store, rows: list[Row], asked: LogFilter, newest_first: bool, known: Stretches | None) -> None:
    expected = brute(rows, asked, newest_first)
    if asked.aggregate_id and not any(row.aggregate == asked.aggregate_id for row in rows):
        with pytest.raises(NotFoundError):
            everything(LogSearch(store, asked, newest_first=newest_first))
        return
    search = LogSearch(store, asked, newest_first=newest_first, known=known)
    found = everything(search)
    apart = search.searched.apart
    # What lies where the clock says comes first and in order; what does not, after it and in order.
    assert sorted(found) == sorted(expected)
    place = {key: index for index, key in enumerate(expected)}
    there = [place[key] for key in found]
    for part in (there[: len(there) - apart], there[len(there) - apart :]):
        assert part == sorted(part)


asked_of_one = st.lists(st.tuples(filters, st.booleans(), st.booleans()), min_size=1, max_size=8)
"""Filters, each with whether the newest event comes first, and whether stretches are known."""


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=stores(), questions=asked_of_one)
def test_any_filter_finds_what_looking_at_every_event_finds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], questions: list[tuple[LogFilter, bool, bool]]
) -> None:
    path = helpers_log.write_sqlite(tmp_path_factory.mktemp("log") / "store.db", rows)
    store = open_store(str(path))
    try:
        for asked, newest_first, told in questions:
            check(store, rows, asked, newest_first, stretches_of(rows) if told else None)
    finally:
        store.close()


def stretches_of(rows: list[Row]) -> Stretches:
    """What a reader of all events knows of them."""
    known = Stretches()
    for start in range(0, len(rows), 5):
        part = rows[start : start + 5]
        times = [START + row.seconds * 1_000_000_000 for row in part if row.seconds is not None]
        known.add(
            Stretch(part[0].position, part[-1].position, min(times, default=None), max(times, default=None))
        )
    return known


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=stores(), questions=asked_of_one)
def test_the_same_on_postgresql(postgres, rows: list[Row], questions: list[tuple[LogFilter, bool, bool]]) -> None:
    store = open_store(helpers_log.write_postgres(postgres, rows))
    try:
        for asked, newest_first, told in questions:
            check(store, rows, asked, newest_first, stretches_of(rows) if told else None)
    finally:
        store.close()


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[list[Row]], Store]:
    stores: list[Store] = []

    def make(rows: list[Row]) -> Store:
        stores.append(open_store(str(helpers_log.write_sqlite(tmp_path / f"{len(stores)}.db", rows))))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def test_a_span_of_time_is_found_without_reading_what_is_before_it(opened) -> None:
    rows = many(20_000)
    store = opened(rows)
    asked = LogFilter(since=at(10_000 * 60), until=at(10_009 * 60))
    with watched() as statements:
        search = LogSearch(store, asked)
        found = search.advance(wanted=10, seconds=60)
    assert [each.position for each in found] == list(range(10_010, 10_000, -1))
    assert not search.searched.complete
    assert search.searched.elsewhere
    # Three or four rounds of bisecting, the slice, and what says how far the search is.
    assert len([text for text, _ in statements if "FROM events" in text]) < 16
    assert everything(search) == []
    assert (search.searched.found, search.searched.apart) == (10, 0)


def test_what_the_clock_puts_elsewhere_is_found_and_told(opened) -> None:
    rows = many(3_000)
    strange = [Row(each.position, each.aggregate, each.version, each.kind, 60, each.data, each.metadata)
               if each.position in (900, 2500) else each for each in rows]  # fmt: skip
    search = LogSearch(opened(strange), LogFilter(since=at(0), until=at(120)))
    found = []
    while not search.searched.complete:
        found += [each.position for each in search.advance(wanted=100, seconds=10)]
    assert found == [3, 2, 1, 2500, 900]
    assert search.searched.apart == 2


def test_nothing_is_read_elsewhere_where_it_is_known_that_nothing_is_there(opened) -> None:
    rows = many(5_000)
    store = opened(rows)
    search = LogSearch(store, LogFilter(since=at(0), until=at(120)), known=stretches_of(rows))
    search.advance(wanted=10, seconds=60)
    assert search.searched.complete


def test_it_tells_how_far_it_has_come_and_goes_on_there(opened) -> None:
    store = opened(many(30_000))
    search = LogSearch(store, LogFilter(text="line 100", types=("Placed",)))
    positions = []
    while not search.searched.complete:
        found = search.advance(wanted=1, seconds=0)
        positions.append(search.searched.reached)
        assert all(each.position >= (search.searched.reached or 0) for each in found)
    reached = [each for each in positions if each is not None]
    assert reached == sorted(reached, reverse=True)
    assert len(set(reached)) > 3
    assert search.searched.found == sum(
        "line 100" in row.data["note"] and row.kind == "Placed" for row in many(30_000)
    )


def test_the_database_passes_over_other_types(opened) -> None:
    store = opened(many(2_000))
    with watched() as statements:
        LogSearch(store, LogFilter(types=("Pl*",))).advance(wanted=5, seconds=10)
    assert any("GLOB" in text for text, _ in statements)


def test_it_is_cancelled(opened) -> None:
    store = opened(many(2_000))
    work = Work()
    search = LogSearch(store, LogFilter(text="nowhere"))
    search.advance(wanted=1, seconds=0, work=work)
    work.cancel()
    with pytest.raises(CancelledError):
        search.advance(wanted=1, seconds=5, work=work)
    assert everything(search) == []


def test_what_was_found_before_it_was_cancelled_is_told_later(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = many(2_000)
    store = opened(rows)
    search = LogSearch(store, LogFilter(types=("Paid",)))
    read, count = store.events, []

    def stopped(*args: object, **named: object):
        count.append(1)
        if len(count) == 3:
            raise CancelledError
        return read(*args, **named)

    monkeypatch.setattr(store, "events", stopped)
    with pytest.raises(CancelledError):
        search.advance(wanted=5_000, seconds=60)
    found = []
    while not search.searched.complete:
        found += [(each.aggregate_id, each.version) for each in search.advance(wanted=5_000, seconds=60)]
    assert found == brute(rows, LogFilter(types=("Paid",)), True)
    assert search.searched.found == len(found)


def test_a_store_without_an_order_of_all_events_is_searched_too(tmp_path: Path) -> None:
    rows = many(700)
    path = helpers_log.write_sqlite(tmp_path / "s.db", rows)
    import sqlite3

    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE other AS SELECT aggregate_id, aggregate_type, event_type, event_data, metadata, version, "
        "timestamp FROM events; DROP TABLE events;"
        "CREATE TABLE events (aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type TEXT NOT NULL, event_data "
        "TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL, timestamp TEXT, PRIMARY KEY (aggregate_id, version))"
        " WITHOUT ROWID; INSERT INTO events SELECT * FROM other; DROP TABLE other;"
    )
    connection.close()
    store = open_store(str(path))
    assert not store.goes_by_position
    for newest_first in (True, False):
        asked = LogFilter(types=("Paid",), actor="BOB")
        assert everything(LogSearch(store, asked, newest_first=newest_first)) == brute(rows, asked, newest_first)
    store.close()


def test_a_wrong_expression_is_told(opened) -> None:
    with pytest.raises(RulesError):
        LogSearch(opened(many(3)), LogFilter(where="data.amount >"))


def test_events_that_cannot_be_told_are_counted(opened) -> None:
    search = LogSearch(opened(many(30)), LogFilter(where="data.note > 3"))
    everything(search)
    assert search.searched.untold == 30


@given(filters)
def test_filters_are_written_and_read(asked: LogFilter) -> None:
    assert filter_from_json(asked.as_json()) == asked


@pytest.mark.parametrize("wrong", [[], {"other": 1}, {"types": "x"}, {"since": "soon"}, {"text": 4}, {"types": [3]}])
def test_what_is_no_filter_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        filter_from_json(wrong)


def test_the_database_passes_over_aggregates_of_other_types(opened) -> None:
    store = opened(many(2_000))
    for pattern in ("ord*", "order"):
        with watched() as statements:
            found = LogSearch(store, LogFilter(aggregate_type=pattern)).advance(wanted=5, seconds=10)
        assert {event.aggregate_type for event in found} == {"order"}
        assert any("aggregate_type" in text.partition("WHERE")[2] for text, _ in statements)


def test_aggregates_without_a_type_fit_what_an_empty_one_does(tmp_path: Path) -> None:
    path = helpers_log.write_sqlite(tmp_path / "store.db", many(12))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE events SET aggregate_type = NULL WHERE id = 3")
        connection.execute("UPDATE events SET aggregate_type = '' WHERE id = 5")
        connection.execute("UPDATE events SET aggregate_type = x'6162' WHERE id = 7")
        connection.commit()
    store = open_store(str(path))
    kinds = [event.aggregate_type or "" for event in store.events()]
    for pattern in ("*", "?*", "", "[!u]*", "a*", "USER", "user"):
        expected = [number for number, kind in enumerate(kinds, 1) if fnmatchcase(kind, pattern)]
        assert [event.position for event in store.events(aggregate_type=pattern)] == expected, pattern
    of_one = next(event for event in store.events() if event.aggregate_type)
    assert list(store.events(of_one.aggregate_id, aggregate_type="none")) == []
    store.close()
