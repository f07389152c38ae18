"""Reducers checked against stored snapshots: what agrees, what differs and where, what can't be compared."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_foreign import script_file

from esviewer.app import checking, consent
from esviewer.app.auditing import Audit
from esviewer.app.checking import AggregateCheck, Totals, check_aggregate, check_snapshots
from esviewer.app.folding import compared_folds
from esviewer.app.session import Session, open_session
from esviewer.audit.settings import AuditSettings
from esviewer.errors import CancelledError, ForeignError, NotFoundError
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


SUM = """
def on_event(state, event):
    if event["aggregate_id"] == "account-1" and event["version"] == 40:
        {fault}
    return {{"balance": (state or {{}}).get("balance", 0) + event["data"]["amount"]}}
serve(on_event, {{"balance": 0}})
"""


@pytest.fixture
def by_program(store_file: Path, tmp_path: Path) -> Iterator[Callable[[str], Session]]:
    """Opens the store with a program that does something when it comes to version 40 of account-1."""
    opened = []

    def session_with(fault: str) -> Session:
        file = script_file(tmp_path, SUM.format(fault=fault), keys='aggregate_type = "account"\ntimeout = 2')
        consent.trust(file)
        opened.append(open_session(str(store_file), reducers=[str(file)]))
        return opened[-1]

    yield session_with
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    "fault", ["os._exit(7)", "time.sleep(3600)", 'print("<<<", flush=True)'], ids=["crash", "hang", "garbage"]
)
def test_a_program_that_fails_at_one_aggregate_goes_on_with_the_others(by_program, fault: str) -> None:
    session = by_program(fault)
    found = by_id(session)
    totals = Totals()
    for each in found.values():
        totals.add(each)

    first, second = found["account-1"], found["account-2"]
    assert (first.agree, first.differ, first.not_rebuilt, first.failed_version) == (39, 0, 21, 40)
    assert first.snapshots == EVENTS
    assert "account-1 version 40 (Deposited)" in first.failure
    assert first.repeatable is None, "there is nothing to fold twice"
    assert (second.agree, second.failure, second.repeatable) == (1, "", True)
    assert (totals.failed, totals.not_rebuilt, totals.compared, totals.not_compared) == (1, 21, 40, 21)
    assert first.as_json()["failed_version"] == 40
    assert "failure" not in second.as_json()
    assert totals.as_json()["failed"] == 1


def test_a_program_that_fails_the_second_time_only_is_told_of(by_program, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    session = by_program(f"os._exit(7) if os.path.exists({str(ran)!r}) else open({str(ran)!r}, 'w').close()")
    first = by_id(session)["account-1"]

    assert (first.agree, first.not_rebuilt, first.failed_version, first.repeatable) == (EVENTS, 0, 40, None)


def test_a_program_that_does_not_even_begin_ends_the_check(store_file: Path, tmp_path: Path) -> None:
    file = script_file(tmp_path, "sys.exit(3)\n")
    consent.trust(file)
    with closing(open_session(str(store_file), reducers=[str(file)])) as session:
        with pytest.raises(ForeignError, match="exit code 3, at its start") as failed:
            list(check_snapshots(session))
        assert failed.value.version is None


def test_folds_go_on_after_a_program_fails_at_one_aggregate(by_program) -> None:
    found = {each.aggregate_id: each for each in compared_folds(by_program("os._exit(7)"), "merge")}

    failed = found["account-1"].result
    assert (failed.events, failed.failed_version) == (39, 40)
    assert "account-1 version 40 (Deposited)" in failed.failure
    assert failed.differing == 39, "merge keeps the amounts"
    assert found["account-1"].as_json()["failed_version"] == 40
    assert (found["account-2"].result.events, found["account-2"].result.failure) == (EVENTS, "")
    assert "failure" not in found["account-2"].as_json()


def test_an_audit_goes_on_after_a_program_fails(by_program, store_file: Path, tmp_path: Path) -> None:
    every = list(Audit(by_program("os._exit(7)"), AuditSettings()).run())
    found = [each for each in every if each.check == "reducer-failed"]
    assert [(each.aggregate_id, each.version) for each in found] == [("account-1", 40)]
    assert not [each for each in every if each.check.startswith("snapshot")], "not reached is not beyond the head"

    file = script_file(tmp_path, "sys.exit(3)\n", keys='aggregate_type = "account"')
    consent.trust(file)
    with closing(open_session(str(store_file), reducers=[str(file)])) as session:
        audit = Audit(session, AuditSettings())
        found = [each for each in audit.run() if each.check == "reducer-failed"]
    assert [(each.aggregate_id, each.version) for each in found] == [("account-1", None)], "told of once"
    assert audit.summary.events == 2 * EVENTS + 1
