"""What is in a store comes out of it: gaps, duplicates, odd ids, odd numbers, unreadable payloads."""

import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest
from helpers_sqlite import Make, Open, row

from esviewer.errors import NotFoundError
from esviewer.model.exactjson import dumps, loads
from esviewer.model.instant import Instant, parse
from esviewer.model.values import same
from esviewer.stores import reading
from esviewer.stores.store import Store

LOOSE = (
    "CREATE TABLE events (aggregate_id, aggregate_type, event_type, event_data, version, timestamp);"
    "CREATE INDEX by_version ON events (aggregate_id, version);"
)
BARE = (
    "CREATE TABLE events (aggregate_id TEXT, aggregate_type TEXT, event_type TEXT, event_data TEXT, version INTEGER, "
    "timestamp TEXT)"
)
NO_ROWID = (
    "CREATE TABLE events (aggregate_id TEXT, aggregate_type TEXT, event_type TEXT, event_data TEXT, version INTEGER, "
    "timestamp TEXT, PRIMARY KEY (aggregate_id, version)) WITHOUT ROWID"
)


@pytest.fixture(params=[2, 5, 4000])
def small_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pages so small that every test needs several."""
    size: int = request.param
    monkeypatch.setattr(reading, "FIRST_PAGE", size)
    monkeypatch.setattr(reading, "LARGEST_PAGE", size)
    monkeypatch.setattr(reading, "LARGEST_BATCH", size // 2)
    monkeypatch.setattr("esviewer.stores.aggregates._SCAN_PAGE", size)
    return size


def versions(store: Store, aggregate_id: str, **bounds: Any) -> list[int]:
    return [version for batch in store.batches(aggregate_id, **bounds) for version in batch.versions]


def test_gaps_and_base_zero(make: Make, opened: Open, small_pages: int) -> None:
    numbers = [0, 1, 2, 5, 6, 7, 40, 41, 2**40, 2**63 - 1]
    store = opened(make([row("a", number) for number in reversed(numbers)]))
    assert versions(store, "a") == numbers
    assert versions(store, "a", from_version=2, to_version=41) == [2, 5, 6, 7, 40, 41]
    assert versions(store, "a", from_version=-(2**70), to_version=2**70) == numbers
    assert versions(store, "a", to_version=-1) == []
    summary = store.summary("a")
    assert (summary.version, summary.events, summary.exact) == (2**63 - 1, 10, True)
    (guess,) = store.summaries(["a"], exact=False)
    assert (guess.events, guess.exact) == (2**63, False)


def test_pages_come_in_batches(make: Make, opened: Open) -> None:
    store = opened(make([row("a", number) for number in range(1, 6001)]))
    batches = list(store.batches("a"))
    assert [version for batch in batches for version in batch.versions] == list(range(1, 6001))
    assert max(map(len, batches)) == reading.LARGEST_BATCH
    assert all(batch.event(index).version == batch.versions[index] for batch in batches for index in (0, -1))


@pytest.mark.parametrize("ddl", [LOOSE, BARE])
def test_two_events_with_one_version_are_both_there(make: Make, opened: Open, small_pages: int, ddl: str) -> None:
    rows = [row("a", version, json.dumps({"n": copy})) for version in range(1, 8) for copy in range(version)]
    store = opened(make(rows, ddl=ddl))
    found = [(event.version, event.data["n"]) for event in store.events("a")]
    assert found == [(version, copy) for version in range(1, 8) for copy in range(version)]
    assert len(list(store.events())) == 28
    assert store.summary("a").events == 28


@pytest.mark.parametrize("ddl", [LOOSE, BARE, NO_ROWID])
def test_ids_of_any_text(make: Make, opened: Open, small_pages: int, ddl: str) -> None:
    ids = [
        "",
        " ",
        "%",
        "_",
        "'",
        '"',
        "A",
        "a",
        "ä",
        "Ä",
        "é",
        "e\u0301",
        "注文-1",
        "🦄",
        "🦄🦄",
        "a\nb",
        "a" * 5000,
        "1",
        "01",
    ]
    store = opened(make([row(each, version) for version in (1, 2, 3) for each in ids], ddl=ddl))
    expected = sorted(ids, key=lambda each: each.encode())
    listed: list[str] = []
    while page := store.aggregate_ids(after=listed[-1] if listed else None, limit=4):
        listed += [ref.aggregate_id for ref in page]
    assert listed == expected
    assert [summary.aggregate_id for summary in store.summaries(ids)] == ids
    assert all(summary.events == 3 for summary in store.summaries(ids))
    for each in ids:
        assert versions(store, each) == [1, 2, 3]
        assert store.event(each, 2).aggregate_id == each
    assert [ref.aggregate_id for ref in store.aggregate_ids(search="Ä")] == ["Ä", "ä"]
    assert [ref.aggregate_id for ref in store.aggregate_ids(search="%")] == ["%"]


def test_ids_that_are_numbers_or_bytes(make: Make, opened: Open) -> None:
    store = opened(make([row(each, 1) for each in (7, 12, b"\x00\xff", "7x", b"\x12" * 16)], ddl=LOOSE))
    ids = [ref.aggregate_id for ref in store.aggregate_ids()]
    assert ids == ["7", "12", "7x", "00ff", "12" * 16]
    assert [summary.aggregate_id for summary in store.summaries(ids)] == ids
    for each in ids:
        assert [event.aggregate_id for event in store.events(each)] == [each]
    assert store.event("12121212-1212-1212-1212-121212121212", 1).aggregate_id == "12" * 16


def test_uuids_are_found_with_and_without_dashes(make: Make, opened: Open) -> None:
    plain, dashed = "0" * 31 + "1", "00000000-0000-0000-0000-000000000002"
    store = opened(make([row(plain, 1), row(dashed, 1)]))
    assert store.summary("00000000-0000-0000-0000-000000000001").aggregate_id == plain
    assert store.summary("0" * 31 + "2").aggregate_id == dashed
    assert [s.aggregate_id for s in store.summaries(["0" * 31 + "2", plain])] == [dashed, plain]


def test_ids_that_a_column_would_call_equal(make: Make, opened: Open, small_pages: int) -> None:
    ddl = LOOSE.replace("(aggregate_id,", "(aggregate_id TEXT COLLATE NOCASE,", 1)
    store = opened(make([row(each, version) for each in ("a", "A", "b") for version in (1, 2)], ddl=ddl))
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ["A", "a", "b"]
    assert [summary.events for summary in store.summaries(["A", "a", "b"])] == [2, 2, 2]
    assert versions(store, "A") == [1, 2]


def test_rows_without_id_or_number_are_told(make: Make, opened: Open, small_pages: int) -> None:
    rows = [
        row("a", 1),
        row("a", None),
        row("a", 2),
        row("a", "x"),
        row("a", 2.5),
        row(None, 1),
        row("a", 3.0),
        row("b", "y"),
        row("c", None),
    ]
    store = opened(make(rows, ddl=LOOSE))
    assert versions(store, "a") == [1, 2, 3]
    assert [event.version for event in store.events()] == [1, 2, 3]
    assert any("left out" in warning for warning in store.warnings)
    assert store.summary("a").version == 2
    assert store.summaries(["b", "c"]) == []
    store.info()
    assert any("6 rows" in warning or "7 rows" in warning for warning in store.warnings)


def test_versions_kept_as_text_are_ordered_as_numbers(make: Make, opened: Open, small_pages: int) -> None:
    ddl = LOOSE.replace("version, ", "version TEXT, ", 1)
    store = opened(make([row("a", str(number)) for number in range(1, 13)], ddl=ddl))
    assert versions(store, "a") == list(range(1, 13))
    assert store.summary("a").version == 12
    assert any("No index is on" in warning for warning in store.warnings)


@pytest.mark.parametrize("raw", ["TEXT", "BLOB"])
def test_payloads_come_out_exactly(make: Make, opened: Open, raw: str) -> None:
    texts = [
        '{"n": 9007199254740993, "big": 1180591620717411303424, "p": 1.10, "e": 1e400}',
        '{"s": "日本語 🦄 \\ud83d\\ude00 \\u0000"}',
        "[1, [2, [3]]]",
        '"text"',
        "null",
        "5",
        '{"a": 1, "a": 2}',
    ]
    rows = [row("a", i, text if raw == "TEXT" else text.encode()) for i, text in enumerate(texts)]
    store = opened(make(rows, ddl=LOOSE))
    for event, text in zip(store.events("a"), texts, strict=True):
        assert event.error is None
        assert same(event.data, loads(text))
        assert event.raw is None
        assert store.event("a", event.version).raw == text.encode()


def test_unreadable_payloads_stay_visible(make: Make, opened: Open, small_pages: int) -> None:
    bad: list[Any] = ["{", "", b"\xff\xfe", "<a/>", "[" * 5000 + "]" * 5000, b"\x1f\x8b\x08", "{'a': 1}"]
    rows = [row("a", 2 * i + 1, payload) for i, payload in enumerate(bad)]
    rows += [row("a", 2 * i, '{"ok": true}') for i in range(len(bad) + 1)] + [row("a", 99, None)]
    store = opened(make(rows, ddl=LOOSE))
    events = list(store.events("a"))
    assert [event.version for event in events] == [*range(15), 99]
    for event in events[1:14:2]:
        assert event.error
        assert event.data is None
        assert event.raw is not None
    assert "the payload is empty" in str(events[3].error)
    assert "looks like XML" in str(events[7].error)
    assert all(event.data == {"ok": True} for event in events[:15:2])
    assert (events[15].data, events[15].error) == (None, None)


def test_text_that_is_not_utf8(make: Make, opened: Open) -> None:
    path = make([row("a", 1), row("b", 1)])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET event_type = CAST(x'ff41' AS TEXT) WHERE aggregate_id = 'a'")
    connection.commit()
    connection.close()
    store = opened(path)
    assert [event.type for event in store.events()] == ["\\xffA", "Changed"]


def test_utf16_databases(make: Make, opened: Open) -> None:
    store = opened(make([row("口座", 1, '{"名": "値"}')], setup=["PRAGMA encoding='UTF-16le'"]))
    assert [(event.aggregate_id, event.data) for event in store.events()] == [("口座", {"名": "値"})]


@pytest.mark.parametrize("ddl", [LOOSE, BARE, NO_ROWID])
def test_store_order(make: Make, opened: Open, small_pages: int, ddl: str) -> None:
    rows = [row(f"a-{i % 7}", i // 7 + 1, time=f"2026-01-01T00:00:{i:02d}Z") for i in range(50)]
    store = opened(make(rows, ddl=ddl))
    assert [(event.aggregate_id, event.version) for event in store.events()] == [each[:1] + each[4:5] for each in rows]
    positions = [event.position for event in store.events()]
    if ddl is NO_ROWID:
        assert set(positions) == {None}
        assert any("reconstructed from time" in warning for warning in store.warnings)
    else:
        assert positions == list(range(1, 51))


def test_positions_that_are_missing_or_shared(make: Make, opened: Open, small_pages: int) -> None:
    ddl = (
        LOOSE.replace("(aggregate_id,", "(position INTEGER, aggregate_id,", 1) + "CREATE INDEX p ON events (position);"
    )
    path = make([row("a", version) for version in range(1, 21)], ddl=ddl)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET position = CASE WHEN version > 15 THEN NULL ELSE version / 6 END")
    connection.commit()
    connection.close()
    store = opened(path)
    assert [event.version for event in store.events()] == list(range(1, 21))
    assert [event.position for event in store.events(limit=6)] == [0, 0, 0, 0, 0, 1]


def test_filters(make: Make, opened: Open, small_pages: int) -> None:
    times = [
        "2026-01-01T00:00:00Z",
        "2026-01-01T09:30:00+09:00",
        "2026-01-01T00:20:00",
        "2025-12-31T23:50:00-01:00",
        1767228000,
        "?",
    ]
    rows = [row("a", i, kind=f"Kind{i % 2}", time=time) for i, time in enumerate(times)]
    store = opened(make(rows, ddl=LOOSE))

    def found(**filters: Any) -> list[int]:
        return [event.version for event in store.events(**filters)]

    # 00:00, 00:30, 00:20 (no zone), 00:50, 00:40 (epoch seconds), unreadable
    assert found(since=parse("2026-01-01T00:30:00Z")) == [1, 3, 4]
    assert found(until=parse("2026-01-01T09:20:00+09:00")) == [0, 2]
    assert found(since=parse("2026-01-01T00:20:00Z"), until=parse("2026-01-01T00:40:00Z"), type_glob="*0") == [2, 4]
    assert found(type_glob="kind*") == []
    assert found(type_glob="Kind1", limit=2) == [1, 3]
    assert found(limit=0) == []
    assert found(aggregate_id="a", from_version=4, type_glob="Kind[01]") == [4, 5]
    assert any("can't be read, such as '?'" in warning for warning in store.warnings)
    assert any("no zone" in warning for warning in store.warnings)
    assert [event.timestamp for event in store.events(from_version=2, to_version=2)] == [
        Instant(1767226800 * 10**9, None)
    ]


def test_info(make: Make, opened: Open) -> None:
    rows = [row(f"a-{i % 7}", i // 7, kind=f"K{i % 3}", time=f"2026-01-01T00:00:{i:02d}Z") for i in range(50)]
    path = make(rows)
    store = opened(path)
    assert store.info().as_json() == {
        "store": str(path),
        "database": store.database,
        "layout": "reference",
        "events": 50,
        "aggregates": 7,
        "snapshots": 0,
        "event_types": {"K0": 17, "K1": 17, "K2": 16},
        "aggregate_types": {"thing": 7},
        "first_event": "2026-01-01T00:00:00Z",
        "last_event": "2026-01-01T00:00:49Z",
        "exact": True,
    }
    guess = store.info(exact=False)
    assert (guess.events, guess.aggregates, guess.exact) == (50, None, False)


def test_an_empty_store(make: Make, opened: Open) -> None:
    store = opened(make())
    info = store.info()
    assert (info.events, info.aggregates, info.first_event, info.event_types) == (0, 0, None, {})
    assert store.info(exact=False).events == 0
    assert list(store.events()) == []
    assert store.aggregate_ids() == []
    with pytest.raises(NotFoundError):
        store.summary("a")


def test_types_by_glob_and_search(make: Make, opened: Open, small_pages: int) -> None:
    rows = [(f"x-{i:03d}", "even" if i % 2 == 0 else "odd", "E", "{}", 1, "2026-01-01T00:00:00Z") for i in range(60)]
    store = opened(make(rows))
    evens = [ref.aggregate_id for ref in store.aggregate_ids(type_glob="ev*", limit=100)]
    assert evens == [f"x-{i:03d}" for i in range(0, 60, 2)]
    assert [ref.aggregate_id for ref in store.aggregate_ids(search="X-05", limit=4)] == [f"x-05{i}" for i in range(4)]
    assert len(store.aggregate_ids(search="ODD", limit=100)) == 30
    assert [ref.aggregate_id for ref in store.aggregate_ids(after="x-057", limit=5)] == ["x-058", "x-059"]
    assert [ref.aggregate_id for ref in store.aggregate_ids(after="x-0575", limit=5)] == ["x-058", "x-059"]


def test_snapshots(make: Make, opened: Open) -> None:
    path = make([row("a", version) for version in range(1, 20)])
    connection = sqlite3.connect(path)
    connection.executemany(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?)",
        [
            ("a", '{"n": 10}', 10, "2026-01-01"),
            ("a", '{"n": 5}', 5, "?"),
            ("a", "{", 15, None),
            ("a", '{"n": "again"}', 5, None),
        ],
    )
    connection.commit()
    connection.close()
    store = opened(path)
    assert store.has_snapshots
    assert store.snapshot_versions("a") == [5, 10, 15]
    newest = store.snapshot("a")
    assert newest is not None
    assert newest.version == 15
    assert newest.error
    assert newest.state is None
    ten, five = store.snapshot("a", 14), store.snapshot("a", 9)
    assert ten is not None
    assert five is not None
    assert (ten.version, ten.state, ten.timestamp) == (10, {"n": 10}, parse("2026-01-01"))
    assert (five.version, five.state) == (5, {"n": "again"})
    assert store.snapshot("a", 4) is None
    assert store.snapshot("b") is None


def test_extra_columns_are_used(make: Make, opened: Open) -> None:
    ddl = (
        "CREATE TABLE events (id TEXT, aggregate_id TEXT, aggregate_type TEXT, event_type TEXT, event_data TEXT, "
        "version INTEGER, timestamp TEXT, metadata TEXT, schema_version INTEGER, "
        "global_position INTEGER UNIQUE, user_id TEXT)"
    )
    path = make([row("a", 1)], ddl=ddl)
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE events SET id = 'e1', metadata = ?, schema_version = 2, global_position = 77, user_id = 'u'",
        ('{"ip": "::1"}',),
    )
    connection.commit()
    connection.close()
    (event,) = opened(path).events()
    assert (event.event_id, event.schema_version, event.position) == ("e1", 2, 77)
    assert event.metadata == {"user_id": "u", "ip": "::1"}


def test_compressed_python_payloads(make: Make, opened: Open, tmp_path: Any) -> None:
    path = tmp_path / "python.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
        "PRIMARY KEY (originator_id, originator_version))"
    )
    time = '{"timestamp": {"_type_": "datetime_iso", "_data_": "2026-01-02T03:04:05.678901+00:00"}, '
    bodies = [
        (time + '"amount": {"_type_": "decimal_str", "_data_": "1.10"}, "n": 1.50}').encode(),
        (time + '"what": {"_type_": "mine", "_data_": [1]}, "class_version": 3}').encode(),
        zlib.compress((time + '"ok": true}').encode()),
        zlib.compress(b'{"bomb": "' + bytes(80_000_000) + b'"}'),
        zlib.compress(b'{"ok": true}')[:-4],
        bytes(range(40)),
    ]
    connection.executemany(
        "INSERT INTO stored_events VALUES ('a', ?, 'bank:Account.Paid', ?)", list(enumerate(bodies, 1))
    )
    connection.commit()
    connection.close()
    store = opened(path)
    events = list(store.events())
    assert {event.aggregate_type for event in events} == {"Account"}
    assert {event.type for event in events} == {"Account.Paid"}
    assert repr(events[0].data["amount"]) == "Decimal('1.10')"
    assert str(events[0].data["n"]) == "1.50"
    assert str(events[0].timestamp) == "2026-01-02T03:04:05.678901Z"
    assert "timestamp" not in events[0].data
    assert events[0].metadata["topic"] == "bank:Account.Paid"
    assert events[1].data == {"what": {"_type_": "mine", "_data_": [1]}}
    assert [event.schema_version for event in events[:3]] == [1, 3, 1]
    assert events[2].data == {"ok": True}
    assert "more than 64 MB" in str(events[3].error)
    assert "cut off" in str(events[4].error)
    assert events[5].error
    (batch,) = store.batches("a")
    assert [str(time) for time in batch.times()[:2]] == ["2026-01-02T03:04:05.678901Z"] * 2


def test_large_payloads_make_small_pages(make: Make, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_BYTES", 100_000)
    monkeypatch.setattr("esviewer.stores.databases.database.CHUNK_ROWS", 1)
    store = opened(make([row("a", version, json.dumps("x" * 40_000)) for version in range(1, 31)]))
    sizes = [len(batch) for batch in store.batches("a")]
    assert sum(sizes) == 30
    assert max(sizes) <= 3


def test_first_and_last_time_where_nothing_orders_the_store(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "python.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
        "PRIMARY KEY (originator_id, originator_version)) WITHOUT ROWID"
    )
    body = '{"timestamp": {"_type_": "datetime_iso", "_data_": "2026-01-%02dT00:00:00+00:00"}}'
    rows = [(name, version, "m:A.E", body % day) for name, version, day in (("a", 1, 5), ("a", 2, 9), ("b", 1, 2))]
    connection.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    store = opened(path)
    info = store.info()
    assert (str(info.first_event), str(info.last_event)) == ("2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z")
    assert store.info(exact=False).first_event is None
    assert any("reconstructed from aggregate and version" in warning for warning in store.warnings)


def test_metadata_are_the_same_together_and_alone(make: Make, opened: Open) -> None:
    path = make(row("a", version) for version in range(1, 8))
    kept = ['{"actor":"ann"}', None, "[]", '{"actor":', '{"n":1.10,"large":9007199254740993}', b"\xff\x00", "7"]
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE events ADD COLUMN metadata TEXT")
    connection.executemany("UPDATE events SET metadata = ? WHERE version = ?", zip(kept, range(1, 8), strict=True))
    connection.commit()
    connection.close()
    store = opened(path)
    alone = [store.event("a", version).metadata for version in range(1, 8)]
    assert alone[:4] == [{"actor": "ann"}, None, {}, '{"actor":']
    assert [event.metadata for event in store.events()] == alone
    assert [event.metadata for event in store.unambiguous()] == alone
    assert [each for batch in store.by_aggregate() for each in batch.column("metadata")] == alone
    assert dumps(alone[4]) == kept[4]
