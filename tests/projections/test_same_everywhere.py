"""The same of the same events: against the library that wrote them, from event files, in any number of parts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from helpers_eventsourcing import (
    BANK_RULES,
    DOG_RULES,
    Bank,
    BankAccount,
    Dog,
    fill,
    postgres_environment,
    sqlite_environment,
)
from helpers_postgres import Database
from helpers_projections import Row, run, shop_files, tables, write_store
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.app import projecting
from esviewer.app.exporting.run import Asked, export
from esviewer.app.masking import OFF
from esviewer.app.session import open_session
from esviewer.model.exactjson import dumps, loads
from esviewer.model.instant import from_datetime
from esviewer.projections.local import run_alone
from esviewer.projections.passing import Job, Told
from esviewer.projections.sink import Counts
from esviewer.stores import reading
from esviewer.stores.reading import Part

PROJECTIONS = """
[[projection]]
name = "accounts"
reducer = "bank.toml"
aggregate_type = "*BankAccount"
[projection.columns]
holder = "state.holder"
balance = "state.balance"
limit = "state.limit"
holders = "state.holders"
address = "state.address"
branch = "state.branch"
opened_at = "state.opened_at"
closed = "state.closed"
[[projection]]
name = "dogs"
reducer = "dog.toml"
aggregate_type = "*Dog"
[projection.columns]
name = "state.name"
tricks = "state.tricks"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Bank, Path | str]:
    """An application of the library, and where it stores its events."""
    if request.param == "sqlite":
        return Bank(sqlite_environment(tmp_path / "bank.db")), tmp_path / "bank.db"
    database: Database = request.getfixturevalue("postgres")
    return Bank(postgres_environment(database)), database.url


def test_states_are_those_of_the_library_as_of_any_time(library: tuple[Bank, Path | str], tmp_path: Path):
    bank, store = library
    fill(bank, accounts=7, dogs=2)
    (tmp_path / "bank.toml").write_text(BANK_RULES)
    (tmp_path / "dog.toml").write_text(DOG_RULES)
    file = tmp_path / "p.toml"
    file.write_text(PROJECTIONS)
    times = sorted(each.timestamp for each in _events(bank))
    moments = [None, times[0] - timedelta(seconds=1), *times[5 :: len(times) // 4]]
    for moment in moments:
        wanted = {} if moment is None else {"as_of": from_datetime(moment)}
        run(file, store, tmp_path / "o.duckdb", **wanted)
        found = tables(tmp_path / "o.duckdb")
        # SQLite has the library's UUIDs as hex digits, PostgreSQL as UUIDs.
        named = str if isinstance(store, str) else lambda found: found.hex
        expected = {"accounts": [], "dogs": []}
        for each in sorted({event.originator_id for event in _events(bank)}, key=str):
            versions = [
                event.originator_version
                for event in _events(bank)
                if event.originator_id == each and (moment is None or event.timestamp <= moment)
            ]
            if not versions:
                continue
            aggregate: Any = bank.repository.get(each, version=max(versions))
            assert aggregate.version == max(versions)
            if isinstance(aggregate, BankAccount):
                expected["accounts"].append(
                    (named(each), aggregate.version, aggregate.holder, aggregate.balance, aggregate.limit,
                     aggregate.holders, aggregate.address, str(aggregate.branch), aggregate.opened_at.isoformat(),
                     aggregate.closed)
                )  # fmt: skip
            else:
                assert isinstance(aggregate, Dog)
                expected["dogs"].append((named(each), aggregate.version, aggregate.name, aggregate.tricks))
        assert found["dogs_problems"][1:] == found["accounts_problems"][1:] == []
        assert [(*row[:2], row[3], loads(row[4])) for row in found["dogs"][1:]] == expected["dogs"]
        assert len(found["accounts"][1:]) == len(expected["accounts"])
        for row, own in zip(found["accounts"][1:], expected["accounts"], strict=True):
            assert row[:2] == own[:2]
            assert row[3] == own[2]
            for shown, value in ((row[4], own[3]), (row[5], own[4])):
                assert (value is None and shown is None) or Decimal(str(shown)) == value
            assert loads(row[6]) == own[5]
            assert dumps(loads(row[7])) == dumps(own[6])
            assert row[8:11] == own[7:]
    bank.close()


def _events(bank: Bank) -> list[Any]:
    found: list[Any] = []
    while page := bank.recorder.select_notifications(start=len(found) + 1, limit=500):
        found += map(bank.mapper.to_domain_event, page)
    return found


IDS = ["cart-1", "cart-2", "cart-10", "Cart-2", "カート-1", "other-1"]
PRODUCTS = ['"P-1"', '"p-1"', "7", "7.0", '"7"', "null", "1.10", '{"a": 1, "b": [2]}', '{"b": [2], "a": 1}', "true"]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(["ShoppingCartOpened", "ProductItemAdded", "ProductItemAdded", "ProductItemRemoved", "Odd"]),
        st.integers(0, 50),
        st.sampled_from(PRODUCTS),
        st.sampled_from(["1", "2", "9007199254740993", "1.10", "1e3", '"x"', "null", "0.5", str(2**70)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=12, deadline=None)
@given(made=EVENTS, moment=st.one_of(st.none(), st.integers(0, 50)))
def test_parts_and_event_files_make_the_same_of_any_store(made: list[Any], moment: int | None):
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        start = datetime(2026, 3, 1, tzinfo=UTC)
        rows: list[Row] = [
            (
                aggregate_id,
                kind,
                (start + timedelta(seconds=second)).isoformat(),
                "{broken" if kind == "Odd" and second % 2 else f'{{"productId": {product}, "quantity": {quantity}}}',
                "ada" if actor else None,
            )
            for aggregate_id, kind, second, product, quantity, actor in made
        ]
        write_store(folder / "s.db", rows)
        file = shop_files(folder)
        wanted = {} if moment is None else {"as_of": from_datetime(start + timedelta(seconds=moment))}
        run(file, folder / "s.db", folder / "o.duckdb", **wanted)
        expected = tables(folder / "o.duckdb")

        for asked in (
            Asked(folder / "s.parquet", "parquet"),
            Asked(folder / "parts", "parquet", partition_by="aggregate"),
            Asked(folder / "s.jsonl", "jsonl"),
        ):
            session = open_session(str(folder / "s.db"))
            export(session, asked, OFF)
            session.close()
            source = asked.path / "*.parquet" if asked.path.is_dir() else asked.path
            run(file, source, folder / "f.duckdb", full=True, **wanted)
            assert tables(folder / "f.duckdb") == expected, asked

        patch.setattr(reading, "_WORTH_PARTING", 1)
        divided = []

        def alone(job: Job, parts: list[Part], processes: int, context: object, told: Told, work: None) -> Counts:
            divided.append(len(parts))
            session = open_session(str(folder / "s.db"))
            try:
                return run_alone(job, session, parts, told, work)
            finally:
                session.close()

        patch.setattr(projecting, "run_processes", alone)
        run(file, folder / "s.db", folder / "p.duckdb", processes=3, **wanted)
        assert tables(folder / "p.duckdb") == expected
        assert all(number > 1 for number in divided)
