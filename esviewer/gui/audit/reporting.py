"""The report of an audit: how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from esviewer.app.audit_reports import audit_report, check_report_endings, write_audit_reports
from esviewer.app.auditing import Audit
from esviewer.app.files import not_of_the_store
from esviewer.app.session import Session
from esviewer.audit.finding import Finding
from esviewer.gui.report_dialog import ReportWanted
from esviewer.work import Work


def write_audit(
    session: Session, audit: Audit, findings: Sequence[Finding], beyond: int, wanted: ReportWanted, work: Work
) -> Path:
    """Write a report of an audit that is over; `beyond` is how many findings are in none of its lists.

    Raises UsageError and EsviewerError.
    """
    path = not_of_the_store(str(wanted.file), session.store.label)
    check_report_endings([path])
    rules = wanted.rules_for(session.store.label)
    report = audit_report(session, audit, findings, rules)
    if beyond:
        remark = f"{beyond:,} further findings are not listed: `esviewer audit --report` lists all."
        report = replace(report, remarks=[*report.remarks, remark])
    write_audit_reports(
        session, report, [path], evidence=wanted.evidence, findings=findings, masked=rules.masks, work=work
    )
    return path


def check(file: Path) -> None:
    """Raise UsageError, naming the endings there are, when an audit's report can't be written to such a file."""
    check_report_endings([file])
