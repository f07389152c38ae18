"""An event in a wrong aggregate is one finding, or, where that can't be known, several that name each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers_planted import (
    UNENFORCED,
    VERSIONS,
    Planted,
    Where,
    audited,
    clean,
    name_of,
    ordered,
    places,
    write,
)
from helpers_postgres import Database

from esviewer.app import audit_strays
from esviewer.app.auditing import Audit
from esviewer.app.cases.pinning import Verdict, new_case, pin_finding, recheck_all
from esviewer.app.session import open_session
from esviewer.audit.finding import Finding
from esviewer.audit.registry import ALL
from esviewer.audit.settings import AuditSettings
from esviewer.errors import CancelledError, EsviewerError, StoreError
from esviewer.stores import reading
from esviewer.work import Work

Plant = Callable[[Planted], None]


def moved(number: int, version: int, to: int, new: int | None = None, kind: str | None = None) -> Plant:
    """One account's event is put into another one, under another version perhaps."""

    def plant(store: Planted) -> None:
        row = store.at(number, version)
        row.aggregate_id = name_of(to)
        row.version = version if new is None else new
        row.type = row.type if kind is None else kind

    return plant


def store_with(*plants: Plant) -> Planted:
    store = clean()
    store.unique_versions = store.unique_ids = False
    for plant in plants:
        plant(store)
    return store


ONE: dict[str, tuple[Plant, Where]] = {
    "beside its like": (moved(11, 5, 12), ("version-duplicate", name_of(12), 5)),
    "of an aggregate with a lower id": (moved(20, 5, 3), ("version-duplicate", name_of(3), 5)),
    "its aggregate's first": (moved(11, 1, 12), ("version-duplicate", name_of(12), 1)),
    "its aggregate's newest": (moved(11, VERSIONS, 12), ("version-duplicate", name_of(12), VERSIONS)),
    "after the newest": (moved(11, 5, 12, VERSIONS + 1), ("time-backwards", name_of(12), VERSIONS + 1)),
    "far beyond the newest": (moved(11, 5, 12, 50), ("version-gap", name_of(12), 50)),
    "into an aggregate of its own": (moved(11, 5, 77), ("version-start", name_of(77), 5)),
    "as the first one of a new aggregate": (moved(11, 5, 77, 1), ("version-gap", name_of(11), 6)),
    "of a type without a rule there": (moved(11, 5, 12, kind="Strange"), ("version-duplicate", name_of(12), 5)),
    "of such a type, the second": (moved(20, 5, 12, kind="Strange"), ("version-duplicate", name_of(12), 5)),
    "of such a type, far beyond": (moved(11, 5, 12, 50, kind="Strange"), ("version-gap", name_of(12), 50)),
    "of such a type, after the newest": (
        moved(11, 5, 12, VERSIONS + 1, kind="Strange"),
        ("time-backwards", name_of(12), VERSIONS + 1),
    ),
}


@pytest.mark.parametrize(("plant", "expected"), ONE.values(), ids=ONE)
def test_it_is_told_once(plant: Plant, expected: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = write(store_with(plant), tmp_path)
    findings, _ = audited(*target)
    assert places(findings) == ordered([expected, UNENFORCED])
    for check in ALL:
        alone, _ = audited(*target, AuditSettings(only=frozenset({check.name})))
        assert [each.key for each in alone] == [each.key for each in findings if each.check == check.name]
        assert [each.message for each in alone] == [each.message for each in findings if each.check == check.name]
    for name in ("LARGEST_BATCH", "LARGEST_PAGE", "FIRST_PAGE"):
        monkeypatch.setattr(reading, name, 7)
    assert [each.as_json() for each in audited(*target)[0]] == [each.as_json() for each in findings]


@pytest.mark.parametrize("name", ["beside its like", "far beyond the newest", "after the newest"])
def test_it_is_told_once_on_postgresql(name: str, tmp_path: Path, postgres: Database) -> None:
    plant, expected = ONE[name]
    findings, _ = audited(*write(store_with(plant), tmp_path, postgres))
    assert places(findings) == ordered([expected, UNENFORCED])


def test_it_says_where_it_belongs(tmp_path: Path) -> None:
    store = store_with(moved(11, 5, 12, 50))
    found = next(each for each in audited(*write(store, tmp_path))[0] if each.aggregate_id is not None)
    row = store.at(11, 5)
    assert found.position == row.position
    assert found.evidence == {
        "type": row.type,
        "event_id": row.event_id,
        "belongs_in": {"aggregate_id": name_of(11), "version": 5, "position": row.position},
    }
    assert found.message == (
        f"The event was written where version 5 of {name_of(11)} is missing, and nothing else is missing there: "
        "it was put into another aggregate."
    )


def test_of_two_that_were_written_there_nobody_knows_which(tmp_path: Path) -> None:
    store = store_with(moved(11, 5, 12))
    found = next(each for each in audited(*write(store, tmp_path))[0] if each.aggregate_id is not None)
    assert found.evidence["positions"] == [store.at(11, 5).position, store.at(12, 5).position]
    assert found.evidence["belongs_in"] == {"aggregate_id": name_of(11), "version": 5}
    assert found.message.startswith(
        f"2 events have this version, and one of them was written where version 5 of {name_of(11)} is missing"
    )


def test_several_are_told_once_each(tmp_path: Path) -> None:
    store = store_with(moved(11, 5, 12), moved(13, 7, 14), moved(15, 9, 16, 60))
    expected: list[Where] = [
        ("version-duplicate", name_of(12), 5),
        ("version-duplicate", name_of(14), 7),
        ("version-gap", name_of(16), 60),
    ]
    assert places(audited(*write(store, tmp_path))[0]) == ordered([*expected, UNENFORCED])


def test_where_an_event_may_have_been_removed_all_are_told_and_name_each_other(tmp_path: Path) -> None:
    store = store_with(moved(11, 5, 12), lambda store: store.delete(15, 5), moved(13, 7, 14))
    findings, _ = audited(*write(store, tmp_path))
    gaps: list[Where] = [("version-gap", name_of(11), 6), ("version-gap", name_of(15), 6)]
    double: Where = ("version-duplicate", name_of(12), 5)
    assert places(findings) == ordered([*gaps, double, ("version-duplicate", name_of(14), 7), UNENFORCED])
    by_place = {(each.check, each.aggregate_id, each.version): each for each in findings}
    for gap in gaps:
        assert _named(by_place[gap].evidence) == [double]
        assert by_place[gap].message == (
            f"Version 5 is missing. It may be version 5 of {name_of(12)}, which was written there."
        )
    assert _named(by_place[double].evidence) == gaps
    assert by_place[double].message == (
        "Another event has the same version. "
        "One may belong to one of 2 other aggregates, which lack one where it was written."
    )


def _named(evidence: object) -> list[Where]:
    assert isinstance(evidence, dict)
    return [(each["check"], each["aggregate_id"], each["version"]) for each in evidence["perhaps"]]


def test_a_lost_event_and_a_copy_elsewhere_are_two_defects(tmp_path: Path) -> None:
    store = store_with(lambda store: store.delete(11, 5))
    store.append(12, 7)
    expected: list[Where] = [("version-gap", name_of(11), 6), ("version-duplicate", name_of(12), 7)]
    findings, _ = audited(*write(store, tmp_path))
    assert places(findings) == ordered([*expected, UNENFORCED])
    assert not any("perhaps" in each.evidence or "belongs_in" in each.evidence for each in findings)


def test_one_that_is_pinned_is_still_there_until_it_is_mended(tmp_path: Path) -> None:
    target, reducers = write(store_with(moved(11, 5, 12), moved(20, 7, 21), lambda each: each.delete(22, 7)), tmp_path)
    session = open_session(target, reducers=reducers)
    try:
        case = new_case(session, "findings")
        for finding in list(Audit(session, AuditSettings()).run()):
            case = case.with_pin(pin_finding(session, finding))
        assert {each.verdict for each in recheck_all(session, case)} == {Verdict.SAME}
    finally:
        session.close()
    (tmp_path / "store.db").unlink()
    write(clean(), tmp_path)
    session = open_session(target, reducers=reducers)
    try:
        assert {each.finding for each in recheck_all(session, case)} == {"gone"}
    finally:
        session.close()


def test_of_very_many_none_is_held_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_strays, "_MOST", 3)
    store = store_with(*(moved(number, 5, number + 1, 50 + number) for number in range(0, 12, 2)))
    findings = places(audited(*write(store, tmp_path))[0])
    assert sum(check == "version-gap" for check, *_ in findings) == 12
    # Doubles are few enough; what they belong to is among what is not compared any more.
    moved(15, 5, 16)(store)
    (tmp_path / "store.db").unlink()
    findings = places(audited(*write(store, tmp_path))[0])
    assert ("version-duplicate", name_of(16), 5) in findings
    assert ("version-gap", name_of(15), 6) in findings


@pytest.mark.parametrize("error", [CancelledError(), StoreError("The store went away.")])
def test_what_is_held_back_is_told_when_an_audit_ends_early(error: EsviewerError, tmp_path: Path) -> None:
    target, reducers = write(store_with(moved(11, 5, 12, 50)), tmp_path)
    session = open_session(target, reducers=reducers)
    found: list[Finding] = []
    try:
        audit = Audit(session, AuditSettings())
        walk = audit._walked

        def ended(folder: Path, work: Work | None) -> Iterator[Finding]:
            yield from walk(folder, work)
            raise error

        audit._walked = ended  # type: ignore[method-assign]
        with pytest.raises(type(error)):
            found.extend(audit.run())
    finally:
        session.close()
    assert {(each.check, each.version) for each in found if each.aggregate_id} == {
        ("version-gap", 6), ("version-gap", 50)
    }  # fmt: skip
