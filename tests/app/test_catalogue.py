"""A whole store described in one pass, and what is left out on request."""

import sqlite3
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from helpers_demo import demo_store

from esviewer.app.catalogue import Scope, build_catalogue, fold_masked_keys, masks_of
from esviewer.app.session import Session, open_session
from esviewer.audit.catalogue.as_json import as_json
from esviewer.audit.catalogue.drift import find_drift
from esviewer.audit.catalogue.fields import fields_of
from esviewer.errors import CancelledError
from esviewer.model import instant
from esviewer.model.exactjson import dumps
from esviewer.model.masking import Masker, Masking
from esviewer.work import Progress, Work


@pytest.fixture
def demo() -> Session:
    session = open_session(str(demo_store()))
    yield session
    session.close()


def made(path: Path, rows: list[tuple[object, ...]], times: bool = True) -> Session:
    """A store with rows of aggregate id, type, data, version and perhaps time."""
    time = ", timestamp TEXT" if times else ""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER"
            f"{time}, UNIQUE (aggregate_id, version))"
        )
        marks = ", ".join("?" * (5 if times else 4))
        connection.executemany(f"INSERT INTO events VALUES ({marks})", rows)
    connection.close()
    return open_session(str(path), layout=None if times else str(timeless(path)))


def timeless(path: Path) -> Path:
    """A layout for a store without times."""
    file = path.with_suffix(".toml")
    file.write_text(
        'name = "timeless"\ntitle = "Timeless"\ndescription = "No times."\nframeworks = "none"\nsource = "a test"\n'
        'tested_with = "a test"\nversion_base = [0, 1]\n[events]\ntables = ["events"]\nrequired = ["aggregate_id"]\n'
        '[events.parts]\naggregate_id = { column = "aggregate_id" }\ntype = { column = "event_type" }\n'
        'version = { column = "version" }\n[events.data]\ncolumn = "event_data"\ncodec = ["json"]\n'
    )
    return file


def test_it_counts_as_the_store_does(demo: Session) -> None:
    told: list[Progress] = []
    catalogue = build_catalogue(demo, work=Work(told.append))
    expected: Counter[tuple[str, object]] = Counter()
    firsts: dict[str, object] = {}
    for event in demo.store.events():
        expected[event.type, event.schema_version] += 1
        known = firsts.get(event.type)
        firsts[event.type] = event.timestamp if known is None else min(known, event.timestamp, key=lambda each: each.ns)

    assert {key: entry.span.count for key, entry in catalogue.entries.items()} == expected
    for kind, first in firsts.items():
        entries = [entry for entry in catalogue.sorted() if entry.type == kind]
        assert min(entry.span.first.time.ns for entry in entries) == first.ns
    assert told[-1].done == catalogue.events == sum(expected.values())
    assert not list(catalogue.remarks())
    assert find_drift(catalogue) == []


def test_it_can_be_cancelled(demo: Session) -> None:
    work = Work(lambda progress: work.cancel())
    with pytest.raises(CancelledError):
        build_catalogue(demo, work=work)


def test_both_orders_of_reading_give_the_same(demo: Session) -> None:
    one: Counter[tuple[object, ...]] = Counter()
    other: Counter[tuple[object, ...]] = Counter()
    for counted, batches in ((one, demo.store.in_any_order()), (other, demo.store.by_aggregate())):
        for batch in batches:
            columns = [batch.column(name) for name in ("position", "aggregate_type", "schema_version", "microseconds")]
            for row in zip(*columns, batch.types, batch.versions, map(dumps, batch.data), strict=True):
                counted[tuple(int(each) if isinstance(each, np.integer) else each for each in row)] += 1
    assert one == other
    assert one.total() == demo.store.info().events


def test_scope(demo: Session) -> None:
    moment = instant.parse("2025-03-01T00:00:00Z")
    scope = Scope(type_glob="Money*", aggregate_type_glob="acc*", as_of=moment)
    catalogue = build_catalogue(demo, scope)
    expected = Counter(event.type for event in demo.store.events(until=moment, type_glob="Money*"))

    assert Counter({entry.type: entry.span.count for entry in catalogue.sorted()}) == expected
    assert build_catalogue(demo, Scope(aggregate_type_glob="nothing")).events == 0
    assert build_catalogue(demo, Scope(limit=1234)).events == 1234
    assert list(scope.as_json()) == ["type", "aggregate_type", "as_of", "limit"]


def test_drift_is_found_at_its_event_although_aggregates_come_one_after_the_other(tmp_path: Path) -> None:
    rows = []
    for number in range(3_000):
        amount = f"{number}" if number < 2_000 else f'"{number}"'
        day, second = divmod(number * 60, 86_400)
        time = f"2026-01-{day + 1:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
        rows.append((f"a{number % 7}", "Paid", f'{{"amount": {amount}}}', number // 7, time))
    session = made(tmp_path / "store.db", rows)
    (found,) = find_drift(build_catalogue(session))
    session.close()

    assert (found.first.aggregate_id, found.first.version) == (f"a{2_000 % 7}", 2_000 // 7)
    assert found.first.position == 2_001
    assert (found.before, found.since, found.exact) == ({"integer": 2_000}, {"string": 1_000}, True)


def test_a_store_without_times_is_followed_by_position(tmp_path: Path) -> None:
    rows = [("a", "Paid", '{"n": 1}' if number < 60 else '{"n": "1"}', number) for number in range(100)]
    session = made(tmp_path / "store.db", rows, times=False)
    catalogue = build_catalogue(session)
    (found,) = find_drift(catalogue)
    told = as_json(catalogue)
    session.close()

    assert catalogue.positions
    assert (found.first.version, found.first.position, found.first.time) == (60, 61, None)
    assert told["axis"] == {"by": "position", "start": 1, "width": 1, "stretches": 100}


def test_an_empty_store(tmp_path: Path) -> None:
    session = made(tmp_path / "store.db", [])
    told = as_json(build_catalogue(session))
    session.close()
    assert (told["events"], told["types"], told["axis"]["stretches"]) == (0, [], 0)


def test_keys_that_are_masked_are_never_told(tmp_path: Path) -> None:
    rows = [
        ("a", "Set", '{"by": {"Alice": 1, "Bob": 2}, "email": "a@example.com"}', number, "2026-01-01T00:00:00Z")
        for number in range(3)
    ]
    session = made(tmp_path / "store.db", rows)
    catalogue = build_catalogue(session)
    session.close()
    (entry,) = catalogue.sorted()
    assert "/by/Alice" in [field.pattern for field in fields_of(entry)]

    masker = Masker(Masking(key_paths=("/by",)))
    fold_masked_keys(catalogue, masker)
    told = dumps(as_json(catalogue, masks_of(masker)))
    assert [field.pattern for field in fields_of(entry)] == ["", "/by", "/by/{}", "/email"]
    assert "Alice" not in told
    assert "example.com" not in told
