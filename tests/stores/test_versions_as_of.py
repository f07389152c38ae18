"""Versions as of a moment, on real databases, are those that counting every event by hand gives."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import make_server, make_sqlite, opened
from helpers_reference import Shape, write_sqlite
from hypothesis import given, settings
from hypothesis import strategies as some

from esviewer.model.instant import Instant, from_number, parse
from esviewer.stores import as_of
from esviewer.stores.store import Store

DAY = 86_400_000_000_000
START = parse("2026-03-01T00:00:00Z").ns

Moments = dict[str, list[Instant | None]]
"""The times of each aggregate's events, from version 1 on."""


def moments(seed: int, *, fraction: int = 1_000_000_000) -> Moments:
    """Aggregates in and out of order, with and without times."""
    chance = random.Random(seed)
    made: Moments = {}
    for number in range(12):
        at = START + chance.randrange(10) * DAY
        times: list[Instant | None] = []
        for _ in range(chance.randrange(1, 30)):
            at += chance.randrange(-2 if number % 3 == 0 else 1, 20) * 3_600 * 1_000_000_000 // 7
            at -= at % fraction
            times.append(None if number % 4 == 1 and chance.random() < 0.2 else Instant(at, 0))
        made[f"order-{number:02d}"] = times
    made["undated"] = [None, None]
    return made


def counted(times: Sequence[Instant | None], instant: Instant) -> tuple[Any, ...]:
    """The answer by looking at every event: version, events, time, in order, undated."""
    before = [number for number, time in enumerate(times, 1) if time is not None and time.ns <= instant.ns]
    after = [number for number, time in enumerate(times, 1) if time is not None and time.ns > instant.ns]
    newest = before[-1] if before else None
    time = None if newest is None else times[newest - 1]
    in_order = not before or not after or before[-1] < after[0]
    return newest, len(before), None if time is None else time.ns, in_order, times.count(None)


def found(store: Store, ids: Sequence[str], instant: Instant) -> dict[str, tuple[Any, ...]]:
    answers = store.versions_as_of(ids, instant)
    assert all(each.exact for each in answers)
    return {
        each.aggregate_id: (
            each.version, each.events, None if each.time is None else each.time.ns, each.in_order, each.undated
        )
        for each in answers
    }  # fmt: skip


def tried(made: Moments) -> list[Instant]:
    """Moments before, after, at, just beside and between events."""
    at = sorted({time.ns for times in made.values() for time in times if time is not None})
    some_of = at[:: max(1, len(at) // 12)]
    return [
        *(Instant(ns + beside, 0) for ns in some_of for beside in (-1, 0, 1)),
        parse("0001-01-01T00:00:00Z"),
        parse("9999-12-31T23:59:59.999999999Z"),
        Instant(-(1 << 70), 0),
        Instant(1 << 70, 0),
    ]


def agree(target: str, made: Moments) -> None:
    with opened(target) as store:
        ids = [ref.aggregate_id for ref in store.aggregate_ids()]
        assert set(ids) == set(made)
        for instant in tried(made):
            expected = {ident: counted(made[ident], instant) for ident in ids}
            assert found(store, ids, instant) == expected, instant


def events(made: Moments, shown: Callable[[Instant], Any]) -> dict[str, list[dict[str, Any]]]:
    rows = []
    for ident, times in made.items():
        for version, time in enumerate(times, 1):
            rows.append(
                {
                    "aggregate_id": ident,
                    "event_type": "Changed",
                    "event_data": "{}",
                    "version": version,
                    "timestamp": None if time is None else shown(time),
                }
            )
    return {"events": rows}


def tables(time: str, *, key: bool = True, ident: str = "VARCHAR(80)") -> list[str]:
    keyed = ", PRIMARY KEY (aggregate_id, version)" if key else ""
    timed = f", timestamp {time}" if time else ""
    return [
        f"CREATE TABLE events (aggregate_id {ident}, event_type VARCHAR(80), event_data VARCHAR(80),"
        f" version INTEGER{timed}{keyed})"
    ]


def layout_of(folder: Path, time: str) -> str:
    """A layout of these tables that says by itself where the time is."""
    file = folder / "own.toml"
    file.write_text(
        'name = "own"\ntitle = "Own"\n[events]\ntables = ["events"]\nrequired = ["aggregate_id", "version"]\n'
        '[events.parts]\naggregate_id = { column = "aggregate_id" }\nversion = { column = "version" }\n'
        'type = { column = "event_type" }\n' + time + '\n[events.data]\ncolumn = "event_data"\ncodec = ["json"]\n'
    )
    return str(file)


def iso(time: Instant) -> str:
    return time.isoformat()


def naive(time: Instant) -> str:
    return time.isoformat().removesuffix("Z").replace("T", " ")


def in_unit(name: str) -> Callable[[Instant], int]:
    factor = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}[name]
    return lambda time: time.ns // factor


@pytest.mark.parametrize("key", [True, False])
def test_iso_texts_in_sqlite(tmp_path: Path, key: bool) -> None:
    made = moments(1, fraction=1)

    agree(make_sqlite(tmp_path / "store.db", tables("TEXT", key=key), events(made, iso)), made)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_numbers_in_sqlite(tmp_path: Path, unit: str) -> None:
    made = moments(2)

    agree(make_sqlite(tmp_path / "store.db", tables("INTEGER"), events(made, in_unit(unit))), made)


def test_numbers_and_texts_in_one_sqlite_column(tmp_path: Path) -> None:
    made = moments(3)
    rows = events(made, in_unit("ms"))
    for row in rows["events"][::7]:
        if row["timestamp"] is not None:
            row["timestamp"] = Instant(row["timestamp"] * 1_000_000, 0).isoformat()

    agree(make_sqlite(tmp_path / "store.db", tables("INTEGER"), rows), made)


def test_times_with_a_zone_in_postgresql(postgres: Any) -> None:
    made = moments(4, fraction=1000)

    agree(make_server(postgres, tables("timestamptz"), events(made, iso)), made)


def test_times_without_a_zone_in_postgresql(postgres: Any) -> None:
    made = moments(5, fraction=1000)

    agree(make_server(postgres, tables("timestamp"), events(made, naive)), made)


def test_texts_and_numbers_in_postgresql(postgres: Any) -> None:
    made = moments(6)

    agree(make_server(postgres, tables("text"), events(made, iso)), made)
    agree(make_server(postgres, tables("bigint"), events(made, in_unit("ms"))), made)


def test_endless_times_in_postgresql_count_as_none(postgres: Any) -> None:
    made: Moments = {"a": [Instant(START, 0), None, None], "b": [None, Instant(START, 0)]}
    rows = events(made, iso)
    rows["events"][1]["timestamp"] = "infinity"
    rows["events"][2]["timestamp"] = "-infinity"

    agree(make_server(postgres, tables("timestamptz"), rows), made)


def test_uuids_in_postgresql(postgres: Any) -> None:
    made = {f"00000000-0000-4000-8000-{number:012x}": times for number, times in enumerate(moments(7).values())}

    agree(make_server(postgres, tables("timestamptz", ident="uuid"), events(made, iso)), made)


@pytest.mark.parametrize(
    ("column", "shown", "fraction"),
    [("DATETIME(6)", naive, 1000), ("TIMESTAMP(6) NULL", naive, 1000), ("VARCHAR(40)", iso, 1)],
)
def test_times_in_mariadb(mariadb: Any, column: str, shown: Callable[[Instant], Any], fraction: int) -> None:
    made = moments(8, fraction=fraction)
    database = mariadb.server.create_database()
    database.execute(*tables(column))
    connection = database.connect()
    cursor = connection.cursor()
    cursor.execute("SET time_zone = '+00:00'")
    for row in events(made, shown)["events"]:
        cursor.execute(f"INSERT INTO events VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    connection.close()

    agree(database.url, made)


def test_numbers_in_mariadb(mariadb: Any) -> None:
    made = moments(9)

    agree(make_server(mariadb, tables("BIGINT"), events(made, in_unit("us"))), made)


def test_a_layout_s_zone_moves_times_without_one(tmp_path: Path, postgres: Any) -> None:
    made: Moments = {"a": [Instant(START, 9 * 3600), Instant(START + DAY, 9 * 3600)]}
    rows = events(made, lambda time: naive(Instant(time.ns + DAY * 9 // 24, 0)))
    target = make_server(postgres, tables("timestamp"), rows)
    layout = layout_of(tmp_path, 'timestamp = { column = "timestamp", zone = "+09:00" }')
    with opened(target, layout) as store:
        for instant in tried(made):
            assert found(store, ["a"], instant) == {"a": counted(made["a"], instant)}, instant


def test_times_inside_the_payload(tmp_path: Path) -> None:
    made = moments(10)
    rows = events(made, iso)
    for row in rows["events"]:
        time = row.pop("timestamp")
        row["event_data"] = '{"at": "' + time + '"}' if time is not None else "{}"
    layout = layout_of(tmp_path, 'timestamp = { data = "at" }')
    target = make_sqlite(tmp_path / "store.db", tables(""), rows)
    with opened(target, layout) as store:
        for instant in tried(made):
            assert found(store, list(made), instant) == {key: counted(each, instant) for key, each in made.items()}


def test_odd_ids_are_found_in_the_order_asked_for(tmp_path: Path) -> None:
    written = write_sqlite(tmp_path / "store.db", Shape(mixed_zones=True, gaps=True))
    with opened(written.target) as store:
        ids = [ref.aggregate_id for ref in store.aggregate_ids()][::-1]
        times = {ident: [event.timestamp for event in store.events(ident)] for ident in ids}
        instant = sorted(each.ns for listed in times.values() for each in listed if each)[40]
        answers = store.versions_as_of([*ids[:3], "no such", *ids[3:]], Instant(instant, 0))

        assert [each.aggregate_id for each in answers] == ids
        for each in answers:
            versions = [e.version for e in store.events(each.aggregate_id) if e.timestamp and e.timestamp.ns <= instant]
            assert each.version == (max(versions) if versions else None)
            assert each.events == len(versions)


def test_a_store_without_times_places_nothing(tmp_path: Path) -> None:
    rows = events({"a": [None, None]}, iso)
    for row in rows["events"]:
        del row["timestamp"]
    with opened(make_sqlite(tmp_path / "store.db", tables(""), rows), layout_of(tmp_path, "")) as store:
        assert found(store, ["a"], Instant(START, 0)) == {"a": (None, 0, None, True, 2)}


class Counter:
    """How many rows a store reads."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0
        make = store._batches.make

        def counting(rows: Sequence[Any], *others: Any, **named: Any) -> Any:
            self.rows += len(rows)
            return make(rows, *others, **named)

        monkeypatch.setattr(store._batches, "make", counting)


def test_long_histories_are_bisected_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_of, "READ", 1000)
    long = [Instant(START + number * 60_000_000_000, 0) for number in range(20_000)]
    made: Moments = {"long": list(long), "short": list(long[:50])}
    target = make_sqlite(tmp_path / "store.db", tables("TEXT"), events(made, iso))
    with opened(target) as store:
        beside = (Instant(long[0].ns - 1, 0), Instant(long[12_345].ns + 5, 0), Instant(1 << 65))
        for instant in (*beside, long[0], long[-1]):
            counter = Counter(store, monkeypatch)
            answers = {each.aggregate_id: each for each in store.versions_as_of(["long", "short"], instant)}
            version, count, ns, _, _ = counted(long, instant)

            assert answers["short"].exact
            assert not answers["long"].exact
            assert (answers["long"].version, answers["long"].events) == (version, count)
            assert (None if answers["long"].time is None else answers["long"].time.ns) == ns
            assert counter.rows < 400, "a long history is not read"
            monkeypatch.undo()
            monkeypatch.setattr(as_of, "READ", 1000)


@settings(max_examples=40, deadline=None)
@given(data=some.data())
def test_bisecting_finds_the_version_over_gaps_and_missing_times(
    tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    versions = sorted(data.draw(some.sets(some.integers(-50, 200), min_size=1, max_size=40)))
    steps = data.draw(some.lists(some.integers(0, 3), min_size=len(versions), max_size=len(versions)))
    none = data.draw(some.sets(some.sampled_from(versions), max_size=5))
    at, times = START, {}
    for version, step in zip(versions, steps, strict=True):
        at += step * 1_000_000_000
        times[version] = None if version in none else at
    instant = START + data.draw(some.integers(-1, 130)) * 1_000_000_000
    path = tmp_path_factory.mktemp("bisected") / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(tables("TEXT")[0])
    rows = [
        ("a", "E", "{}", version, None if ns is None else Instant(ns, 0).isoformat()) for version, ns in times.items()
    ]
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    before = as_of.READ
    as_of.READ = 0  # type: ignore[misc]
    try:
        with opened(str(path)) as store:
            (answer,) = store.versions_as_of(["a"], Instant(instant, 0))
    finally:
        as_of.READ = before  # type: ignore[misc]

    fitting = [version for version, ns in times.items() if ns is not None and ns <= instant]
    assert answer.version == (max(fitting) if fitting else None)
    assert not answer.exact


def test_unit_boundaries_in_postgresql(postgres: Any) -> None:
    numbers = [0, -1, 10**11 - 1, 10**11, -(10**11), 10**14 - 1, 10**14, 10**17, (1 << 63) - 1, -(1 << 63) + 1]
    rows = [
        {"aggregate_id": "a", "event_type": "E", "event_data": "{}", "version": version, "timestamp": number}
        for version, number in enumerate(numbers, 1)
    ]
    target = make_server(postgres, tables("bigint"), {"events": rows})
    units = [
        "s" if abs(each) < 10**11 else "ms" if abs(each) < 10**14 else "us" if abs(each) < 10**17 else "ns"
        for each in numbers
    ]
    times: list[Instant | None] = [from_number(each, unit) for each, unit in zip(numbers, units, strict=True)]
    with opened(target) as store:
        for instant in [each for each in times if each is not None]:
            assert found(store, ["a"], instant) == {"a": counted(times, instant)}, instant
