"""Pinned findings looked for again: of every check, in the store as it is, mended, and changed meanwhile."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from helpers_foreign import script_file
from helpers_planted import DEFECTS, Defect, Planted, clean, name_of, spoilt, write

from esviewer.app.auditing import Audit
from esviewer.app.cases.case import Case, Pin, read_case, write_case
from esviewer.app.cases.pinning import Rechecked, Verdict, new_case, pin_finding, recheck_all
from esviewer.app.session import open_session
from esviewer.audit.checks.invariant import Rule
from esviewer.audit.settings import AuditSettings, CheckSettings
from esviewer.errors import CancelledError
from esviewer.work import Work

DEFECT = {each.check: each for each in DEFECTS}
NUMBER = 11


@pytest.fixture
def settings(tmp_path: Path) -> AuditSettings:
    """An invariant, and a schema; both in no file that lies beside the store."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    schema = {"type": "object", "properties": {"amount": {"type": ["integer", "string"]}}}
    (folder / "Deposited.json").write_text(json.dumps(schema))
    return AuditSettings(invariants=(Rule("state.balance >= 0", name="no overdraft"),), schemas=str(folder))


def pinned(store: Planted, folder: Path, settings: AuditSettings) -> Case:
    """A case with all that an audit finds, as its file gives it back."""
    target, reducers = write(store, folder)
    session = open_session(target, reducers=reducers)
    try:
        case = new_case(session, "findings")
        for finding in list(Audit(session, settings).run()):
            case = case.with_pin(pin_finding(session, finding, settings))
    finally:
        session.close()
    # Beside the folder: what a trusted program may not have beside it is a new file.
    file = folder.with_name(f"{folder.name}.case.json")
    write_case(case, file)
    return read_case(file)


def again(case: Case, folder: Path, work: Work | None = None, reducer: str | None = None) -> dict[str, Rechecked]:
    """What became of its findings, by check."""
    session = open_session(str(folder / "store.db"), reducers=[str(reducer or folder / "account.toml")])
    try:
        return {_check(each.pin): each for each in recheck_all(session, case, work)}
    finally:
        session.close()


def _check(pin: Pin) -> str:
    assert isinstance(pin.content, dict)
    return str(pin.content["check"])


def rewritten(store: Planted, folder: Path) -> None:
    (folder / "store.db").unlink()
    write(store, folder)


@pytest.mark.parametrize("defect", [pytest.param(each, id=each.check) for each in DEFECTS])
def test_a_finding_of_each_check_is_still_there_until_it_is_mended(
    defect: Defect, tmp_path: Path, settings: AuditSettings
) -> None:
    store = clean()
    defect.plant(store, NUMBER)
    if defect.unenforced:
        store.unique_versions = store.unique_ids = False
    case = pinned(store, tmp_path, settings)
    program = None if store.program is None else str(tmp_path / "reducer.toml")
    found = again(case, tmp_path, reducer=program)[defect.check]
    assert (found.verdict, found.finding, list(found.changes)) == (Verdict.SAME, "still-there", [])
    rewritten(clean(), tmp_path)
    found = again(case, tmp_path)[defect.check]
    assert (found.verdict, found.finding) == (Verdict.GONE, "gone")
    assert "its check finds it no longer" in found.reason


def test_many_findings_in_a_large_store_take_one_audit_of_everything(
    tmp_path: Path, settings: AuditSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, expected, rows = spoilt(200, 10, 3, 60)
    target, reducers = write(store, tmp_path, rows=rows)
    session = open_session(target, reducers=reducers)
    made: list[frozenset[str] | None] = []
    run = Audit.run

    def counted(audit: Audit, *args: object, **named: object) -> object:
        made.append(None)
        return run(audit, *args, **named)  # type: ignore[arg-type]

    try:
        case = new_case(session, "findings")
        for finding in list(Audit(session, settings).run()):
            case = case.with_pin(pin_finding(session, finding, settings))
        assert len(case.pins) == len(expected)
        monkeypatch.setattr(Audit, "run", counted)
        found = recheck_all(session, case)
    finally:
        session.close()
    assert {each.finding for each in found} == {"still-there"}
    tables = {"unique-constraint-missing", "snapshot-orphan"} & {place[0] for place in expected}
    assert len(made) == 1 + len(tables)


def test_one_that_changed_says_how(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["event-type-unknown"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    last = store.appended[-1] if store.appended else None
    kind = "Unheard" if last is None else last.type
    with sqlite3.connect(tmp_path / "store.db") as connection:
        (kind,) = connection.execute(
            "SELECT event_type FROM events WHERE event_type NOT IN ('Deposited', 'Withdrawn', 'Closed')"
        ).fetchone()
        connection.execute(
            "INSERT INTO events SELECT 9999, 'fresh', aggregate_id, aggregate_type, ?, event_data, metadata, 1, "
            "version + 1, timestamp FROM events WHERE aggregate_id = ? ORDER BY version DESC LIMIT 1",
            (kind, name_of(NUMBER)),
        )
    found = again(case, tmp_path)["event-type-unknown"]
    assert (found.verdict, found.finding) == (Verdict.ANSWER_DIFFERS, "changed")
    assert [change.path for change in found.changes] == [("evidence", "events")]
    assert "not as it was" in found.reason


def test_a_changed_event_before_it_is_told_beside_it(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["payload-undecodable"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute(
            "UPDATE events SET metadata = '{}' WHERE aggregate_id = ? AND version = 1", (name_of(NUMBER),)
        )
    found = again(case, tmp_path)["payload-undecodable"]
    assert (found.verdict, found.finding) == (Verdict.EVENTS_DIFFER, "still-there")
    assert "are not those of that time" in found.reason
    assert found.reason.endswith("The finding is still there.")


def test_what_a_check_finds_instead_is_said(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["payload-undecodable"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    other = clean()
    other.at(NUMBER, 3).data = "{broken"
    rewritten(other, tmp_path)
    found = again(case, tmp_path)["payload-undecodable"]
    assert found.finding == "gone"
    assert "Instead payload-undecodable finds at version 3" in found.reason


def test_options_hold_that_the_pin_names(tmp_path: Path, settings: AuditSettings) -> None:
    """A check that was asked for more than usual is asked for the same again, whatever lies beside the store."""
    strict = AuditSettings(checks={"snapshot-advice": CheckSettings(options={"events": 3})})
    case = pinned(clean(), tmp_path, strict)
    assert {_check(pin) for pin in case.pins} == {"snapshot-advice"}
    (tmp_path / "store.db.audit.toml").write_text('[check.snapshot-advice]\nseverity = "off"\n')
    assert again(case, tmp_path)["snapshot-advice"].finding == "still-there"


def test_what_can_not_be_looked_for_is_neither_there_nor_gone(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["schema-violation"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    shutil.rmtree(tmp_path / "schemas")
    found = again(case, tmp_path)["schema-violation"]
    assert (found.verdict, found.finding) == (Verdict.NOT_CHECKED, "not-checked")
    assert "can't be told" in found.reason
    (tmp_path / "store.db.audit.toml").write_text("[check\n")
    assert "is not TOML" in again(case, tmp_path)["schema-violation"].reason


def test_what_a_program_that_may_not_run_would_say_is_not_checked(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["snapshot-drift"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    (tmp_path / "code").mkdir()
    program = script_file(tmp_path / "code", "sys.exit(3)\n", keys='aggregate_type = "account"')
    found = again(case, tmp_path, reducer=str(program))["snapshot-drift"]
    assert found.verdict is Verdict.NOT_CHECKED
    assert "not trusted yet" in found.reason


def test_it_can_be_cancelled(tmp_path: Path, settings: AuditSettings) -> None:
    store = clean()
    DEFECT["position-gap"].plant(store, NUMBER)
    case = pinned(store, tmp_path, settings)
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        again(case, tmp_path, work)
