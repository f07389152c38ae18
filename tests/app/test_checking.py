"""Reducers checked against stored snapshots: what agrees, what differs and where, what can't be compared."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers_demo import demo_store

from esviewer.app import checking
from esviewer.app.checking import AggregateCheck, Totals, check_aggregate, check_snapshots
from esviewer.app.session import Session, open_session
from esviewer.errors import CancelledError, NotFoundError
from esviewer.model.values import MISSING
from esviewer.replay.merge import MergeReducer
from esviewer.stores.embedded import EmbeddedStore
from esviewer.work import Work

RULES = """
name = "accounts"
aggregate_type = "account"
initial = { balance = 0 }
[[on]]
event = "Deposited"
increment = { balance = "data.amount" }
"""
EVENTS = 60


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    file = tmp_path / "bank.db"
    with EmbeddedStore(file) as store:
        for number in range(1, EVENTS + 1):
            for name in ("account-1", "account-2"):
                store.append_event(name, "Deposited", {"amount": number}, aggregate_type="account")
        store.append_event("user-1", "UserCreated", {"name": "Ada"}, aggregate_type="user")
        store.save_snapshot("user-1", {"name": "Ada"}, 1)
        for version in range(1, EVENTS + 1):
            store.save_snapshot("account-1", {"balance": sum(range(version + 1))}, version)
        store.save_snapshot("account-2", {"balance": 3}, 2)
    return file


def altered(file: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.fixture
def rules_file(tmp_path: Path) -> Path:
    file = tmp_path / "accounts.toml"
    file.write_text(RULES)
    return file


@pytest.fixture
def session(store_file: Path, rules_file: Path) -> Iterator[Session]:
    opened = open_session(str(store_file), reducers=[str(rules_file)])
    yield opened
    opened.close()


def by_id(session: Session) -> dict[str, AggregateCheck]:
    return {each.aggregate_id: each for each in check_snapshots(session)}


def test_all_agree(session: Session) -> None:
    found = by_id(session)

    assert list(found) == ["account-1", "account-2"]  # no rules are for users
    assert (found["account-1"].agree, found["account-1"].snapshots) == (EVENTS, EVENTS)
    assert found["account-1"].first_diverging_version is None
    assert found["account-1"].last_agreeing_version == EVENTS
    assert found["account-2"].agree == 1


def test_the_first_divergence_and_what_differs(session: Session, store_file: Path) -> None:
    with EmbeddedStore(store_file, create=False) as store:
        store.save_snapshot("account-1", {"balance": 1, "owner": "Ada"}, 40)
        store.save_snapshot("account-1", {"balance": 7}, 50)
    found = by_id(session)["account-1"]

    assert (found.agree, found.differ) == (EVENTS - 2, 2)
    assert (found.last_agreeing_version, found.first_diverging_version) == (39, 40)
    assert {(each.path, each.replayed, each.stored) for each in found.paths} == {
        (("balance",), 820, 1),
        (("owner",), MISSING, "Ada"),
    }
    assert found.as_json()["paths"] == [
        {"path": "/balance", "replayed": 820, "stored": 1},
        {"path": "/owner", "stored": "Ada"},
    ]


def test_numbers_count_by_their_value(session: Session, store_file: Path) -> None:
    altered(store_file, "UPDATE snapshots SET state = '{\"balance\": 3.0}' WHERE aggregate_id = 'account-2'")
    found = by_id(session)["account-2"]

    assert (found.agree, found.differ) == (1, 0)


def test_paths_are_bounded_and_counted(session: Session, store_file: Path) -> None:
    with EmbeddedStore(store_file, create=False) as store:
        store.save_snapshot("account-2", {"balance": 3} | {f"k{n}": n for n in range(1000)}, 2)
    found = by_id(session)["account-2"]

    assert len(found.paths) == checking.MAX_PATHS
    assert found.paths_in_all == 1000
    assert found.last_agreeing_version is None


def test_unreadable_and_beyond_the_head(session: Session, store_file: Path) -> None:
    altered(store_file, "UPDATE snapshots SET state = '{' WHERE aggregate_id = 'account-1' AND version = 33")
    for version in (EVENTS + 1, 2**62):
        altered(
            store_file, "INSERT INTO snapshots VALUES ('account-1', '{\"balance\": 0}', ?, '2026-01-01')", version
        )
    found = by_id(session)["account-1"]

    assert (found.agree, found.differ, found.unreadable, found.beyond_head) == (EVENTS - 1, 0, 1, 2)
    assert found.snapshots == EVENTS + 2


def test_versions_with_gaps(session: Session, store_file: Path) -> None:
    # Snapshots of versions that no event has hold the state after the event before.
    altered(store_file, "DELETE FROM events WHERE aggregate_id = 'account-2' AND version BETWEEN 3 AND 20")
    for version, balance in ((3, 3), (16, 3), (20, 3), (21, 24), (25, 118)):
        altered(
            store_file,
            "INSERT INTO snapshots VALUES ('account-2', json_object('balance', ?), ?, '2026-01-01')",
            balance,
            version,
        )
    found = by_id(session)["account-2"]

    assert (found.agree, found.differ) == (6, 0)


def test_a_snapshot_before_the_first_event_is_compared_with_the_initial_state(
    session: Session, store_file: Path
) -> None:
    altered(store_file, "INSERT INTO snapshots VALUES ('account-2', '{\"balance\": 0}', 0, '2026-01-01')")
    altered(store_file, "INSERT INTO snapshots VALUES ('account-2', '{\"balance\": 5}', -1, '2026-01-01')")
    found = by_id(session)["account-2"]

    assert (found.agree, found.differ, found.first_diverging_version) == (2, 1, -1)


def test_one_aggregate(session: Session, store_file: Path) -> None:
    assert check_aggregate(session, "account-1").agree == EVENTS
    assert check_aggregate(session, "user-1").agree == 1  # merge is what a window shows
    assert check_aggregate(session, "account-2", MergeReducer()).differ == 1
    with pytest.raises(NotFoundError):
        check_aggregate(session, "nobody")


def test_filters(session: Session) -> None:
    assert [each.aggregate_id for each in check_snapshots(session, limit=1)] == ["account-1"]
    assert list(check_snapshots(session, limit=0)) == []
    assert list(check_snapshots(session, type_glob="u*")) == []
    assert len(list(check_snapshots(session, type_glob="acc*"))) == 2


def test_it_can_be_cancelled(session: Session) -> None:
    work = Work()
    checks = check_snapshots(session, work=work)
    next(checks)
    work.cancel()

    with pytest.raises(CancelledError):
        next(checks)


def test_a_store_without_snapshots(tmp_path: Path, rules_file: Path) -> None:
    file = tmp_path / "plain.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
        connection.execute("INSERT INTO events VALUES ('a', 'Deposited', '{}', 1, '2026-01-01')")
    connection.close()
    session = open_session(str(file), reducers=[str(rules_file)])

    assert list(check_snapshots(session)) == []
    session.close()


def test_the_demo_agrees_throughout() -> None:
    session = open_session(str(demo_store()))
    totals = Totals()
    for each in check_snapshots(session):
        totals.add(each)

    assert totals.snapshots == totals.agree == session.store.info().snapshots
    assert totals.diverging == 0
    session.close()
