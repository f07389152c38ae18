"""A clean store with one planted defect for each check: found by its name, exactly once, and nothing else accused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from helpers_planted import (
    DEFECTS,
    SNAPSHOT,
    UNENFORCED,
    VERSIONS,
    Defect,
    Planted,
    Where,
    audited,
    clean,
    name_of,
    ordered,
    places,
    spoilt,
    write,
)
from helpers_postgres import Database

from esviewer.app import auditing
from esviewer.audit.checks.invariant import Rule
from esviewer.audit.registry import ALL
from esviewer.audit.settings import AuditSettings
from esviewer.stores import reading

OTHER_TABLES = {"head-mismatch", "chain-broken"}
"""Checks that other layouts' tables give reason for: their defects are planted in test_heads.py and test_chain.py."""


@pytest.fixture
def settings(tmp_path: Path) -> AuditSettings:
    """An invariant, and a schema."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    schema = {"type": "object", "properties": {"amount": {"type": ["integer", "string"]}}}
    (folder / "Deposited.json").write_text(json.dumps(schema))
    return AuditSettings(invariants=(Rule("state.balance >= 0"),), schemas=str(folder))


def defects() -> list[object]:
    return [pytest.param(each, id=each.check) for each in DEFECTS]


def spoilt_by(defect: Defect) -> tuple[Planted, list[Where]]:
    store = clean()
    expected = [defect.plant(store, 11)]
    if defect.unenforced:
        store.unique_versions = store.unique_ids = False
        expected.append(UNENFORCED)
    return store, sorted(expected, key=str)


def test_every_check_has_a_planted_defect() -> None:
    assert {each.check for each in DEFECTS} | OTHER_TABLES == {check.name for check in ALL}


def test_a_clean_store_is_silent(tmp_path: Path, settings: AuditSettings) -> None:
    findings, audit = audited(*write(clean(), tmp_path), settings)
    assert findings == []
    assert (audit.summary.events, audit.summary.aggregates) == (300, 30)
    assert audit.summary.as_json()["not_checked"] == {
        "chain-broken": "the store keeps no hashes of its events",
        "head-mismatch": "the store names no newest version beside the events",
    }


@pytest.mark.parametrize("defect", defects())
def test_each_defect_is_found_once_and_nothing_else(defect: Defect, tmp_path: Path, settings: AuditSettings) -> None:
    store, expected = spoilt_by(defect)
    findings, _ = audited(*write(store, tmp_path), settings)
    assert places(findings) == expected
    assert len({each.key for each in findings}) == len(findings)


@pytest.mark.parametrize("defect", defects())
def test_each_check_alone_finds_its_own_and_says_where(defect: Defect, tmp_path: Path, settings: AuditSettings) -> None:
    store, _ = spoilt_by(defect)
    found, _ = audited(*write(store, tmp_path), replace(settings, only=frozenset({defect.check})))
    (finding,) = found
    where = next((each for each in store.events if (each.aggregate_id, each.version) == places(found)[0][1:]), None)
    if defect.check == "version-duplicate":
        where = store.appended[-1]
    if where is not None:
        assert finding.position == where.position
    else:
        # Of the store, of positions without an event, and of snapshots without one.
        assert finding.check in {"unique-constraint-missing", "position-gap", "snapshot-orphan", "snapshot-beyond-head"}
    assert finding.evidence or finding.check == "version-start"


def doubled(store: Planted, version: int, seconds: int) -> Where:
    store.append(11, version).time = (store.at(11, version).moment + timedelta(seconds=seconds)).isoformat()
    return "version-duplicate", name_of(11), version


def another_id(store: Planted) -> Where:
    """The next event's cause is the id that this one had."""
    store.at(11, 5).event_id = store.at(12, 5).event_id
    return "event-id-duplicate", name_of(12), 5


def lost_before_a_snapshot(store: Planted) -> Where:
    store.delete(11, SNAPSHOT)
    return "version-gap", name_of(11), SNAPSHOT + 1


def closed_early(store: Planted, version: int) -> Where:
    store.at(11, version).type = "Closed"
    store.at(11, version).data = "{}"
    return "after-deletion", name_of(11), version + 1


def renumbered(store: Planted, version: int, wrong: int, check: str) -> Where:
    store.at(11, version).version = wrong
    return check, name_of(11), wrong


CONSEQUENCES = {
    "a version far beyond the newest": lambda store: renumbered(store, 7, 70, "version-gap"),
    "a version just beyond the newest": lambda store: renumbered(store, 7, VERSIONS + 1, "version-gap"),
    "a version before the first": lambda store: renumbered(store, 7, -3, "version-start"),
    "the version before the first": lambda store: renumbered(store, 7, 0, "version-start"),
    "a later event's version": lambda store: renumbered(store, 4, 9, "version-duplicate"),
    "an earlier event's version": lambda store: renumbered(store, 9, 4, "version-duplicate"),
    "the next event's version": lambda store: renumbered(store, 7, 8, "version-duplicate"),
    "the version of the event before": lambda store: renumbered(store, 7, 6, "version-duplicate"),
    "the newest event's version": lambda store: renumbered(store, 3, VERSIONS, "version-duplicate"),
    "the first event's version": lambda store: renumbered(store, 3, 1, "version-duplicate"),
    "the newest event has another's version": lambda store: renumbered(store, VERSIONS, 9, "version-duplicate"),
    "the newest event has a version far off": lambda store: renumbered(store, VERSIONS, 90, "version-gap"),
    "a copy later than the version after": lambda store: doubled(store, 5, 50_000),
    "a copy earlier than the event": lambda store: doubled(store, 5, -5),
    "a copy dated like the event": lambda store: doubled(store, 10, 0),
    "a copy of the first event": lambda store: doubled(store, 1, 50_000),
    "an id that others name as cause": another_id,
    "an event that a snapshot was taken after": lost_before_a_snapshot,
    "a snapshot after the deletion": lambda store: closed_early(store, 3),
    "states after the deletion": lambda store: closed_early(store, 7),
}


@pytest.mark.parametrize("plant", CONSEQUENCES.values(), ids=CONSEQUENCES)
def test_what_follows_from_a_defect_is_not_told(
    plant: Callable[[Planted], Where], tmp_path: Path, settings: AuditSettings
) -> None:
    store = clean()
    store.unique_versions = store.unique_ids = False
    expected = plant(store)
    target = write(store, tmp_path)
    assert places(audited(*target, settings)[0]) == ordered([expected, UNENFORCED])
    others = {check.name for check in ALL} - {expected[0], UNENFORCED[0]}
    assert audited(*target, replace(settings, only=frozenset(others)))[0] == []


def test_an_event_under_a_wrong_number_says_where_it_belongs(tmp_path: Path) -> None:
    store = clean()
    row = store.at(11, 7)
    row.version = 70
    (finding,) = audited(*write(store, tmp_path))[0]
    assert finding.position == row.position
    assert finding.evidence == {"belongs_from": 7, "belongs_to": 7}
    assert finding.message == "The event has version 70, but was written where version 7 is missing."


def test_two_events_under_wrong_numbers_are_two_findings_and_a_lost_one_is_a_third(tmp_path: Path) -> None:
    store = clean()
    store.at(11, 6).version, store.at(11, 7).version = 70, 90
    store.delete(12, 6)
    store.at(12, 7).version = 70
    findings, _ = audited(*write(store, tmp_path))
    expected = [(11, 70), (11, 90), (12, 8), (12, 70)]
    assert places(findings) == [("version-gap", name_of(number), version) for number, version in expected]


def test_a_lost_event_beside_a_copy_is_told_of(tmp_path: Path) -> None:
    """The copy was written long after: it is not the one that is missing."""
    for version in (6, 8):
        store = clean()
        store.unique_versions = False
        store.delete(11, 7)
        store.append(11, version)
        expected = [UNENFORCED, ("version-duplicate", name_of(11), version), ("version-gap", name_of(11), 8)]
        folder = tmp_path / str(version)
        folder.mkdir()
        assert places(audited(*write(store, folder))[0]) == ordered(expected)


@pytest.mark.parametrize("size", [3, 7, 8, 9, 10])
def test_pages_may_end_anywhere(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = []
    store = clean()
    store.unique_versions = False
    for number, (version, wrong) in enumerate([(7, 70), (7, 8), (7, 6), (4, 9), (9, 4), (7, -3)]):
        row = store.at(number, version)
        row.version = wrong
        kind = {70: "version-gap", -3: "version-start"}.get(wrong, "version-duplicate")
        expected.append((kind, name_of(number), wrong))
    target = write(store, tmp_path)
    for name in ("LARGEST_BATCH", "LARGEST_PAGE", "FIRST_PAGE"):
        monkeypatch.setattr(reading, name, size)
    assert places(audited(*target)[0]) == ordered([*expected, UNENFORCED])


@pytest.mark.parametrize("missing", [None, ""])
def test_an_event_without_an_id_is_told_of_once(missing: str | None, tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    store.unique_ids = missing is None
    store.at(11, VERSIONS).event_id = missing  # type: ignore[assignment]
    target = write(store, tmp_path)
    findings, _ = audited(*target, settings)
    assert places(findings) == [("event-id-duplicate", name_of(11), VERSIONS)]
    assert findings[0].message == "The event has no id."
    assert findings[0].position == store.at(11, VERSIONS).position
    for only in ("event-id-duplicate", "correlation-broken"):
        alone, _ = audited(*target, replace(settings, only=frozenset({only})))
        assert [each.key for each in alone] == [each.key for each in findings if each.check == only]
    assert [each.key for each in audited(*target, settings, store.end - 100)[0]] == [findings[0].key]


def test_a_store_whose_events_often_have_no_ids_is_silent_about_that(tmp_path: Path) -> None:
    store = clean()
    for row in store.events[::5]:
        row.event_id = None  # type: ignore[assignment]
    findings, _ = audited(*write(store, tmp_path), AuditSettings(only=frozenset({"event-id-duplicate"})))
    assert findings == []


def test_one_check_alone_tells_what_it_tells_among_all(tmp_path: Path, settings: AuditSettings) -> None:
    """And not what others own, which look silently."""
    store, expected, rows = spoilt(60, 30, 5, 45)
    target = write(store, tmp_path, rows=rows)
    for name in {check for check, *_ in expected}:
        findings, audit = audited(*target, replace(settings, only=frozenset({name})))
        assert places(findings) == [each for each in expected if each[0] == name]
        assert {check.name for check in audit.checks} == {name}
        assert set(audit.summary.not_checked) <= {name}


@pytest.mark.parametrize("defect", defects())
def test_each_defect_is_found_on_postgresql(
    defect: Defect, tmp_path: Path, settings: AuditSettings, postgres: Database
) -> None:
    store, expected = spoilt_by(defect)
    findings, _ = audited(*write(store, tmp_path, postgres), settings)
    assert places(findings) == expected


@pytest.mark.parametrize("seed", range(6))
def test_many_defects_at_once_are_found_each_at_its_place(seed: int, tmp_path: Path, settings: AuditSettings) -> None:
    store, expected, rows = spoilt(30, 30, seed, 29)
    findings, _ = audited(*write(store, tmp_path, rows=rows), settings)
    assert places(findings) == expected


def test_a_hundred_defects_in_a_large_store(tmp_path: Path, settings: AuditSettings) -> None:
    """Large enough for several processes; bench_planted.py does the same with a million events."""
    store, expected, rows = spoilt(10_100, 100, 7, 100)
    findings, audit = audited(*write(store, tmp_path, rows=rows), settings)
    assert audit.summary.events > 100_000
    assert places(findings) == expected


@pytest.mark.parametrize("seed", range(4))
def test_what_is_new_is_judged_as_in_an_audit_of_everything(
    seed: int, tmp_path: Path, settings: AuditSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "_CONTEXT", 200)
    store, _, rows = spoilt(200, 10, seed, 60)
    target = write(store, tmp_path, rows=rows)
    everything, whole = audited(*target, settings)
    for since in random.Random(seed).sample(range(2_100), 3):
        findings, audit = audited(*target, settings, since)
        expected = [each for each in everything if not isinstance(each.position, int) or each.position > since]
        assert {each.key for each in findings} == {each.key for each in expected}
        assert places(findings) == places(expected)
        summary = audit.summary
        assert summary.events == sum(each.position > since for each in rows)
        assert summary.last_position == whole.summary.last_position == store.end


def test_what_is_new_on_postgresql(
    tmp_path: Path, settings: AuditSettings, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "_CONTEXT", 200)
    store, _, rows = spoilt(100, 10, 1, 40)
    target = write(store, tmp_path, postgres, rows)
    everything, _ = audited(*target, settings)
    findings, _ = audited(*target, settings, 700)
    expected = [each for each in everything if not isinstance(each.position, int) or each.position > 700]
    assert {each.key for each in findings} == {each.key for each in expected}
    assert 0 < len(findings) < len(everything)
