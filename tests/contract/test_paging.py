"""Stores larger than any page: read a piece at a time by key, in bounded statements, without a gap or a double."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers_contract import check_statements, listed, watched
from helpers_postgres import PostgresServer

from esviewer.stores.opening import open_store
from esviewer.stores.store import Store

LONG = 25_500
"""Events of one aggregate."""
MANY = 3_000
"""Other aggregates, each with one or two events."""


@dataclass
class Large:
    """An open store, and how its ids and store order run."""

    store: Store
    ids: list[str]
    long: str = "account-m"


def rows() -> Iterator[tuple[str, str, str, int, str]]:
    """(aggregate, type, data, version, time): the long one's events spread among the others."""
    second = 0
    for number in range(LONG):
        second += 1
        yield "account-m", "Deposited", f'{{"amount": {number}, "note": "{"x" * 40}"}}', number + 1, time(second)
        if number % 8 == 0 and number // 8 < MANY:
            other = number // 8
            for version in range(1, 2 + other % 2):
                second += 1
                yield f"order-{other * 7919 % MANY:05d}", "Created", f'{{"n": {other}}}', version, time(second)


def time(second: int) -> str:
    """A time of day in 2026, in order."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"2026-05-01T{hours:02d}:{minutes:02d}:{seconds:02d}.000000+00:00"


IDS = sorted(["account-m", *(f"order-{number:05d}" for number in range(MANY))])


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    path: Path = tmp_path_factory.mktemp("large") / "large.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, "
            "timestamp TEXT, PRIMARY KEY (aggregate_id, version))"
        )
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows())
    with closing(open_store(str(path))) as store:
        yield Large(store, IDS)


@pytest.fixture(scope="module")
def on_postgres(postgres_server: PostgresServer) -> Iterator[Large]:
    database = postgres_server.create_database("large")
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE events (id bigserial PRIMARY KEY, aggregate_id text, event_type text, event_data jsonb, "
            "version bigint, timestamp timestamptz, UNIQUE (aggregate_id, version))"
        )
        with cursor.copy("COPY events (aggregate_id, event_type, event_data, version, timestamp) FROM STDIN") as copy:
            for row in rows():
                copy.write_row(row)
        cursor.execute("ANALYZE events")
    with closing(open_store(database.url)) as store:
        yield Large(store, IDS)


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def large(request: pytest.FixtureRequest) -> Large:
    """The same content in each database."""
    found: Large = request.getfixturevalue(request.param)
    return found


def test_a_long_aggregate_is_read_whole_in_pages(large: Large) -> None:
    with watched() as statements:
        batches = [
            (list(batch.versions), [data["amount"] for data in batch.data]) for batch in large.store.batches(large.long)
        ]
    assert len(batches) > 3
    assert max(len(versions) for versions, _ in batches) < LONG / 2
    assert [version for versions, _ in batches for version in versions] == list(range(1, LONG + 1))
    assert [amount for _, amounts in batches for amount in amounts] == list(range(LONG))
    check_statements(statements, "events")


def test_the_first_batch_costs_one_page(large: Large) -> None:
    """Reading is lazy: who looks at the first events doesn't pay for the rest."""
    with watched() as statements:
        batches = large.store.batches(large.long)
        first = next(iter(batches))
        asked = [statement for statement, _ in statements if "events" in statement]
        assert len(asked) <= 2
    assert len(first) < LONG / 2
    assert first.versions[0] == 1


def test_a_stretch_in_the_middle(large: Large) -> None:
    low, high = LONG // 2, LONG // 2 + 9_000
    versions = [
        v for batch in large.store.batches(large.long, from_version=low, to_version=high) for v in batch.versions
    ]
    assert versions == list(range(low, high + 1))


def test_all_events_in_store_order(large: Large) -> None:
    with watched() as statements:
        found = [(event.aggregate_id, event.version) for event in large.store.events()]
    assert found == [(aggregate, version) for aggregate, _, _, version, _ in rows()]
    check_statements(statements, "events")


def test_a_limit_reads_no_further(large: Large) -> None:
    with watched() as statements:
        assert len(list(large.store.events(limit=10))) == 10
    assert len([statement for statement, _ in statements if "events" in statement]) <= 2


@pytest.mark.parametrize("limit", [250, 1000])
def test_listing_skips_over_the_long_aggregate(large: Large, limit: int) -> None:
    with watched() as statements:
        refs = listed(large.store, limit)
    assert [ref.aggregate_id for ref in refs] == large.ids
    check_statements(statements, "events")


def test_search_that_finds_little_goes_on_to_the_end(large: Large) -> None:
    with watched() as statements:
        found = [ref.aggregate_id for ref in listed(large.store, 50, search="-0299")]
    assert found == [aggregate for aggregate in large.ids if "-0299" in aggregate]
    check_statements(statements, "events")


def test_counts(large: Large) -> None:
    info = large.store.info().as_json()
    total = sum(1 for _ in rows())
    assert (info["events"], info["aggregates"]) == (total, MANY + 1)
    assert info["event_types"] == {"Deposited": LONG, "Created": total - LONG}
    summary = large.store.summary(large.long)
    assert (summary.version, summary.events) == (LONG, LONG)
    assert summary.first_event is not None
    assert summary.first_event.isoformat() == "2026-05-01T00:00:01Z"


def test_two_readers_at_once(large: Large) -> None:
    """A list may be fetched between two batches of a replay."""
    seen: list[int] = []
    for batch in large.store.batches(large.long):
        seen += batch.versions
        assert large.store.aggregate_ids(limit=2)[0].aggregate_id == large.ids[0]
        assert large.store.event(large.long, seen[-1]).version == seen[-1]
    assert seen == list(range(1, LONG + 1))
