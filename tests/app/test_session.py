"""A session rebuilds states from snapshots and from nothing, at versions and moments, and compares them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from esviewer.app.session import Session, open_session
from esviewer.errors import NotFoundError, RulesError, UsageError
from esviewer.model.instant import parse
from esviewer.stores.embedded import EmbeddedStore

RULES = """
name = "accounts"
aggregate_type = "account"
initial = { balance = 0 }
[[on]]
event = "Deposited"
increment = { balance = "data.amount" }
"""


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    file = tmp_path / "bank.db"
    with EmbeddedStore(file) as store:
        for day in range(1, 11):
            store.append_event(
                "account-1",
                "Deposited",
                {"amount": day},
                aggregate_type="account",
                timestamp=parse(f"2026-01-{day:02d}T12:00:00Z"),
            )
        store.save_snapshot("account-1", {"balance": 15}, 5)
        store.append_event("user-1", "UserCreated", {"name": "Ada"}, aggregate_type="user")
        store.append_event("user-1", "UserUpdated", {"mail": "ada@example.org"}, aggregate_type="user")
    return file


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


def test_the_newest_state_starts_from_the_newest_snapshot(session: Session) -> None:
    found = session.state("account-1")

    assert found.state == {"balance": 55}
    assert found.version == 10
    assert found.timestamp == parse("2026-01-10T12:00:00Z")
    assert found.rebuilt.snapshot_version == 5
    assert found.rebuilt.events_applied == 5
    assert found.rebuilt.reducer == "accounts"
    assert not found.rebuilt.inferred


def test_from_nothing_the_state_is_the_same(session: Session) -> None:
    for version in range(1, 11):
        found = session.state("account-1", version=version, use_snapshots=False)

        assert found.rebuilt.snapshot_version is None
        assert found.rebuilt.events_applied == version
        assert found.state == session.state("account-1", version=version).state


def test_a_snapshot_at_the_version_itself_needs_no_event(session: Session) -> None:
    found = session.state("account-1", version=5)

    assert found.state == {"balance": 15}
    assert found.rebuilt.events_applied == 0
    assert found.timestamp == parse("2026-01-05T12:00:00Z")


def test_the_state_as_of_a_moment(session: Session) -> None:
    found = session.state("account-1", as_of=parse("2026-01-03T21:00:00+09:00"))

    assert found.version == 3
    assert found.state == {"balance": 6}


def test_before_the_first_event_there_is_no_state(session: Session) -> None:
    with pytest.raises(NotFoundError, match="2026-01-01T12:00:00Z"):
        session.state("account-1", as_of=parse("2025-01-01T00:00:00Z"))


def test_unknown_aggregates_and_versions_are_refused(session: Session) -> None:
    with pytest.raises(NotFoundError, match="no-such"):
        session.state("no-such")
    for version, sentence in ((0, "first version is 1"), (-1, "first version is 1"), (11, "newest version is 10")):
        with pytest.raises(NotFoundError, match=sentence):
            session.state("account-1", version=version)
    with pytest.raises(NotFoundError, match="newest version is 10"):
        session.state("account-1", version=2**70)


def test_a_type_without_rules_is_merged_and_says_so(session: Session) -> None:
    found = session.state("user-1")

    assert found.state == {"name": "Ada", "mail": "ada@example.org"}
    assert found.rebuilt.reducer == "merge"
    assert found.rebuilt.inferred


def test_two_versions_compared(session: Session) -> None:
    found = session.diff("account-1", 2, 4)

    assert found.as_json() == {
        "aggregate_id": "account-1",
        "from": 2,
        "to": 4,
        "changes": [{"op": "replace", "path": "/balance", "old": 3, "new": 10}],
    }
    assert found.patch() == [{"op": "replace", "path": "/balance", "value": 10}]
    assert '-  "balance": 3' in found.text()


def test_a_view_answers_like_the_session(session: Session) -> None:
    view = session.view("account-1")

    assert view.versions.tolist() == list(range(1, 11))
    assert view.type_at(0) == "Deposited"
    assert view.instant(2) == parse("2026-01-03T12:00:00Z")
    assert view.snapshots == [5]
    assert view.snapshot_agrees == {5: True}
    for version in range(1, 11):
        expected = session.state("account-1", version=version, use_snapshots=False)

        assert view.state_at(version) == expected
    assert view.as_of(parse("2026-01-03T12:00:00Z")).version == 3
    with pytest.raises(NotFoundError):
        view.state_at(11)


def test_a_snapshot_that_disagrees_is_seen(store_file: Path, rules_file: Path) -> None:
    with EmbeddedStore(store_file, create=False) as store:
        store.save_snapshot("account-1", {"balance": 999}, 8)
    session = open_session(str(store_file), reducers=[str(rules_file)])

    assert session.view("account-1").snapshot_agrees == {5: True, 8: False}
    session.close()


def test_rules_beside_the_store_are_found(store_file: Path) -> None:
    folder = store_file.with_name("bank.db.reducers")
    folder.mkdir()
    (folder / "accounts.toml").write_text(RULES)
    session = open_session(str(store_file))

    assert session.state("account-1").rebuilt.reducer == "accounts"
    session.close()


def test_rules_that_are_missing_or_wrong_are_refused(store_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        open_session(str(store_file), reducers=["nowhere.toml"])
    (tmp_path / "bad.toml").write_text("[[on]]\nevent = 'X'\nset = { a = '__import__(1)' }")
    with pytest.raises(RulesError):
        open_session(str(store_file), reducers=[str(tmp_path / "bad.toml")])


def test_a_version_and_a_moment_together_are_refused(session: Session) -> None:
    with pytest.raises(UsageError):
        session.state("account-1", version=1, as_of=parse("2026-01-01"))
