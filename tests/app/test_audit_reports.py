"""Reports of audits with evidence."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from helpers_planted import clean, write

from esviewer.app import activity, audit_reports
from esviewer.app.activity_rows import row_of
from esviewer.app.auditing import Audit
from esviewer.app.evidence import EvidenceWanted
from esviewer.app.masking import in_force
from esviewer.app.session import open_session
from esviewer.audit.settings import AuditSettings, parse_settings
from esviewer.errors import UsageError
from esviewer.report.audit import audit_document
from esviewer.report.write import write_report


def test_what_is_too_much_to_prove_is_reported_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = clean()
    store.at(1, 5).time = store.at(2, 5).time = "soon"
    target, reducers = write(store, tmp_path)
    report = tmp_path / "audit.html"
    session = open_session(target, reducers=reducers)
    try:
        audit = Audit(session, AuditSettings())
        found = list(audit.run())
        assert len(found) == 2
        made = audit_reports.audit_report(session, audit, found, in_force(session.store.label))

        def written() -> None:
            audit_reports.write_audit_reports(session, made, [report], evidence=EvidenceWanted(), findings=found)

        monkeypatch.setattr(audit_reports, "MOST", 1)
        with pytest.raises(
            UsageError, match="written without evidence: it quotes 2 events, and evidence is for at most 1"
        ):
            written()
        assert "account-01" in report.read_text()
        assert not Path(f"{report}.evidence.json").exists()
        monkeypatch.setattr(audit_reports, "MOST", 2)
        written()
        assert Path(f"{report}.evidence.json").exists()
    finally:
        session.close()


SETTINGS = """
[check.version-gap]
severity = "off"
[check.time-future]
severity = "info"
tolerance_seconds = 86400
[[invariant]]
name = "no overdraft"
expression = "state.balance >= 0 and state.contact != 'ada@example.com'"
aggregate_type = "acc*"
"""


def test_a_report_says_what_was_not_asked_as_usual(tmp_path: Path) -> None:
    store = clean(aggregates=3, turns=3)
    store.delete(1, 5)
    target, reducers = write(store, tmp_path)
    session = open_session(target, reducers=reducers)
    try:
        named = frozenset({"invariant", "time-future", "version-gap"})
        audit = Audit(session, replace(parse_settings(SETTINGS, "it"), only=named))
        assert list(audit.run()) == []
        assert audit.summary.not_checked["version-gap"] == "the settings turn it off"
        made = audit_reports.audit_report(session, audit, [], in_force(session.store.label))
        asked = {each.label: str(each.value) for each in made.asked}
        condition = asked.pop("Condition no overdraft")
        assert asked == {
            "Only these checks": "invariant, time-future, version-gap",
            "Turned off": "version-gap",
            "Severity of time-future": "info",
            "Option tolerance_seconds of time-future": "86400",
        }
        assert condition.startswith("state.balance >= 0 and")
        assert condition.endswith("(error, aggregate_type acc*)")
        assert "ada@example.com" not in condition
        report = tmp_path / "audit.md"
        for masked in (True, False):
            audit_reports.write_audit_reports(session, made, [report], masked=masked)
        assert "Turned off: version-gap" in report.read_text()
        logged = [row_of(entry)[-1] for entry in activity.entries() if entry["what"] == "report"]
        assert ["masked=true" in each for each in logged[-2:]] == [True, False]
        assert "masked=no" in logged[-1]
    finally:
        session.close()


def test_a_report_says_by_which_reducers_schemas_and_baseline(tmp_path: Path) -> None:
    target, (rules,) = write(clean(aggregates=3, turns=3), tmp_path)
    folder, baseline = tmp_path / "schemas", tmp_path / "known.jsonl"
    folder.mkdir()
    (folder / "Deposited.json").write_text("{}")
    (folder / "Withdrawn.json").write_text('{"type": "object"}')
    baseline.write_text("")
    limited = tmp_path / "limited.toml"
    limited.write_text(f'aggregate_type = "acc*"\n{Path(rules).read_text()}')
    settings = AuditSettings(schemas=str(folder), baseline=str(baseline))
    for file, expected in ((rules, ["all aggregates"]), (limited, ["aggregates of type acc*", "all others"])):
        session = open_session(target, reducers=[str(file)])
        try:
            audit = Audit(session, settings)
            found = list(audit.run())
            report = audit_reports.audit_report(session, audit, found, in_force(session.store.label))
            digest = session.state("account-01").rebuilt.reducer_digest
        finally:
            session.close()
        facts = {fact.label: fact.value for fact in report.reducers}
        assert [*facts] == [f"States of {each}" for each in expected]
        assert facts[f"States of {expected[0]}"] == f"account, {digest}"
        if len(expected) > 1:
            assert str(facts["States of all others"]).startswith("merge (inferred")
        asked = {fact.label: str(fact.value) for fact in report.asked}
        sums = subprocess.run("sha256sum *.json | sha256sum", shell=True, cwd=folder, capture_output=True, text=True)
        assert asked["JSON Schemas"] == f"{folder}, 2 files, sha256:{sums.stdout.split()[0]}"
        assert asked["Baseline"] == f"{baseline}, sha256:{hashlib.sha256(b'').hexdigest()}"
        out = tmp_path / "report.md"
        write_report(audit_document(report), out)
        assert digest in out.read_text()
