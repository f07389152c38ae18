"""An audit in a process of its own finds what one here finds, and leaves nothing behind when it is given up."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from helpers_planted import spoilt, write

from esviewer.app import audit_apart as apart
from esviewer.app.audit_apart import audit_apart
from esviewer.app.auditing import Audit
from esviewer.app.session import Session, open_session
from esviewer.audit.finding import Finding
from esviewer.audit.settings import AuditSettings, CheckSettings
from esviewer.errors import CancelledError, StoreError
from esviewer.work import Progress, Work


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small stores are audited apart too."""
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 0)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    store, _, rows = spoilt(300, 30, 5, 40)
    target, reducers = write(store, tmp_path, rows=rows)
    return open_session(target, reducers=reducers)


def here(session: Session, settings: AuditSettings, since: int | None = None) -> tuple[list[Finding], Audit]:
    audit = Audit(session, settings, since)
    return list(audit.run()), audit


def lasting(finding: Finding) -> Finding:
    """Without when it was made."""
    return replace(finding, evidence={key: value for key, value in finding.evidence.items() if key != "audited"})


@pytest.mark.parametrize("since", [None, 2_000])
def test_it_finds_the_same_in_the_same_order(session: Session, tmp_path: Path, since: int | None) -> None:
    expected, summary = here(session, AuditSettings(), since)
    baseline = tmp_path / "known.jsonl"
    from esviewer.model.exactjson import dumps

    baseline.write_text(dumps(expected[0].as_json()) + "\n")
    settings = AuditSettings({"snapshot-advice": CheckSettings(options={"events": 8})}, baseline=str(baseline))
    expected, summary = here(session, settings, since)
    audit = audit_apart(session, settings, since)
    assert type(audit) is not Audit
    known: list[Finding] = []
    told: list[Progress] = []
    found = list(audit.run(Work(told.append), accepted=known.append))
    assert list(map(lasting, found)) == list(map(lasting, expected))
    assert len(known) == 1
    assert audit.summary.as_json() == summary.summary.as_json()
    assert {each.name for each in audit.checks} == {each.name for each in summary.checks}
    session.close()


def test_a_store_that_goes_away_is_told_as_here(session: Session, tmp_path: Path) -> None:
    audit = audit_apart(session, AuditSettings(), None)
    (tmp_path / "store.db").unlink()
    with pytest.raises(StoreError, match=r"store\.db"):
        list(audit.run())
    session.close()


def test_nothing_is_left_when_it_is_given_up(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "temporary"
    mine.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(mine))
    work = Work()
    audit = audit_apart(session, AuditSettings(), None, work)
    found = audit.run(work)
    next(found)
    begun = time.monotonic()
    work.cancel()
    with pytest.raises(CancelledError):
        list(found)
    assert time.monotonic() - begun < 1
    ends = time.monotonic() + 10
    while multiprocessing.active_children() or any(each.name == "esviewer-audit-end" for each in threading.enumerate()):
        assert time.monotonic() < ends, "a process of a cancelled audit goes on"
        time.sleep(0.01)
    assert not list(mine.iterdir())
    session.close()


def test_small_stores_are_audited_here(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 10_000)
    assert type(audit_apart(session, AuditSettings(), None)) is Audit
    session.close()
