"""Conditions over events: each event that breaks one is told, and nothing else."""

from __future__ import annotations

import pickle
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from esviewer.app.auditing import Audit
from esviewer.app.session import open_session
from esviewer.audit.checks.invariant import Rule
from esviewer.audit.checks.invariant_of_events import InvariantOfEvents
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.settings import AuditSettings
from esviewer.stores.embedded import EmbeddedStore

AMOUNTS = [5, 0, 7, -3, 9, -1]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file = tmp_path / "shop.db"
    with EmbeddedStore(file) as written:
        for name in ("a", "b"):
            for number, amount in enumerate(AMOUNTS):
                written.append_event(name, "Paid" if number % 2 == 0 else "Refunded", {"amount": amount})
    return file


def found(store: Path, *rules: Rule, since: int | None = None) -> list[Finding]:
    with closing(open_session(str(store))) as session:
        return [
            each for each in Audit(session, AuditSettings(invariants=rules), since).run() if each.check == "invariant"
        ]


def test_each_event_is_told_of_once(store: Path) -> None:
    told = found(store, Rule("data.amount > 0", Severity.WARNING, name="positive"))
    assert [(each.aggregate_id, each.version) for each in told] == [(name, v) for name in "ab" for v in (2, 4, 6)]
    assert {each.severity for each in told} == {Severity.WARNING}
    assert told[0].message == "positive does not hold."
    assert told[1].evidence == {
        "invariant": "positive",
        "expression": "data.amount > 0",
        "event": "*",
        "type": "Refunded",
        "data": {"amount": -3},
    }


def test_only_events_of_the_types_that_are_meant(store: Path) -> None:
    assert found(store, Rule("data.amount > 0", event="Pai*")) == []
    assert len(found(store, Rule("event.type == 'Paid' or data.amount < 1", event="Re*"))) == 0
    assert len(found(store, Rule("event.version < 6"))) == 2
    assert found(store, Rule("data.amount > 0", aggregate_type="x*")) == []


def test_states_after_such_an_event_are_judged_as_ever(store: Path) -> None:
    told = found(store, Rule("data.amount > -2", name="events"), Rule("state.amount >= 0", name="states"))
    of_a = [each for each in told if each.aggregate_id == "a"]
    assert sorted((each.evidence["invariant"], each.version) for each in of_a) == [
        ("events", 4),
        ("states", 4),
        ("states", 6),
    ]


def test_one_condition_over_events_and_states_is_broken_once(store: Path) -> None:
    """By a reducer that takes states from events it is the same break; another condition is another promise."""

    def at_a(*rules: Rule) -> list[tuple[str, int | None]]:
        told = found(store, *rules)
        return sorted((str(each.evidence["invariant"]), each.version) for each in told if each.aggregate_id == "a")

    of_events = Rule("data.amount >= 0", name="events")
    assert at_a(of_events, Rule("state.amount>=0", name="states")) == [("events", 4), ("events", 6)]
    assert at_a(of_events, Rule("state.amount >= -1", name="states")) == [
        ("events", 4), ("events", 6), ("states", 4),
    ]  # fmt: skip
    mild = Rule("data.amount >= 0", Severity.INFO, name="events")
    assert ("states", 4) in at_a(mild, Rule("state.amount >= 0", name="states"))


def test_what_cannot_be_told_or_is_told_by_others_is_passed_over(store: Path) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE events SET event_data = '[1]' WHERE aggregate_id = 'a' AND version = 2")
        connection.execute("UPDATE events SET event_data = '{' WHERE aggregate_id = 'a' AND version = 4")
        connection.execute("UPDATE events SET event_data = '{}' WHERE aggregate_id = 'a' AND version = 6")
    connection.close()
    told = found(store, Rule("data.amount > 0"), Rule("data.amount != null", name="there"))
    assert [(each.evidence["invariant"], each.version) for each in told if each.aggregate_id == "a"] == [("there", 6)]


def test_only_what_is_new(store: Path) -> None:
    assert [each.position for each in found(store, Rule("data.amount > 0"), since=8)] == [10, 12]


def test_it_goes_to_other_processes() -> None:
    check = pickle.loads(pickle.dumps(InvariantOfEvents(Rule("data.n > 0", name="n", event="A"))))
    assert check._rule == Rule("data.n > 0", name="n", event="A")
