"""Reports of audits, in the form that each file's ending names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from esviewer import __version__
from esviewer.app import activity
from esviewer.app.auditing import Audit
from esviewer.app.evidence import EvidenceWanted, write_proven
from esviewer.app.files import for_report
from esviewer.app.masking import InForce
from esviewer.app.operator import asker
from esviewer.app.session import Session
from esviewer.audit.finding import Finding
from esviewer.audit.plugged import PluggedCheck
from esviewer.audit.settings import AuditSettings
from esviewer.errors import UsageError
from esviewer.model import instant
from esviewer.model.exactjson import dumps
from esviewer.report.audit import AuditReport, audit_document
from esviewer.report.document import Fact
from esviewer.report.evidence import MOST
from esviewer.report.masking import masked_audit
from esviewer.report.model import StoreFacts
from esviewer.report.write import Form, check_ending, forms_now, write_report, write_text
from esviewer.work import Work


def audit_report(session: Session, audit: Audit, findings: Sequence[Finding], rules: InForce) -> AuditReport:
    """What an audit that was run came to, masked by these rules."""
    store = session.store
    summary = audit.summary
    report = AuditReport(
        StoreFacts(store.name, store.label, store.database, store.layout.name, store.layout.title),
        __version__,
        instant.now(),
        summary.events,
        summary.aggregates,
        audit.checks,
        findings,
        summary.accepted,
        not_checked=summary.not_checked,
        since=summary.since,
        first_position=summary.first_position,
        last_position=summary.last_position,
        remarks=store.warnings,
        asker=[Fact(*each) for each in asker().facts()],
        asked=[*_plugged(audit), *_asked(audit.settings)],
        reducers=[Fact(f"States of {what}", by) for what, by in session.reducers.described()],
    )
    return masked_audit(report, rules.masker(), rules.origin) if rules.masks else report


def _plugged(audit: Audit) -> Iterator[Fact]:
    """Which checks are of plug-ins."""
    for check in audit.checks:
        if isinstance(check, PluggedCheck):
            yield Fact(f"Check {check.name}", f"of the plug-in {check.foreign.plugin}")


def _asked(settings: AuditSettings) -> Iterator[Fact]:
    """What the settings say that is not as usual, so that nobody takes silence for soundness."""
    if settings.only is not None:
        yield Fact("Only these checks", ", ".join(sorted(settings.only)))
    off = sorted(name for name in settings.checks if settings.turns_off(name))
    if off:
        yield Fact("Turned off", ", ".join(off))
    for name, own in sorted(settings.checks.items()):
        if own.severity is not None:
            yield Fact(f"Severity of {name}", own.severity.text)
        for option, value in own.options.items():
            yield Fact(f"Option {option} of {name}", dumps(value))
    for rule in settings.invariants:
        about = {"aggregate_type": rule.aggregate_type, "event": rule.event}
        limits = "".join(f", {key} {glob}" for key, glob in about.items() if glob != "*")
        label = f"Condition {rule.name}" if rule.name else "Condition"
        yield Fact(label, f"{rule.expression} ({rule.severity.text}{limits})")
    if settings.schemas is not None:
        files = sorted(Path(settings.schemas).glob("*.json"))
        # As `sha256sum *.json | sha256sum` has it.
        lines = "".join(f"{_digest(file)}  {file.name}\n" for file in files)
        digest = hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
        yield Fact("JSON Schemas", f"{settings.schemas}, {len(files):,} files, sha256:{digest}")
    if settings.baseline is not None:
        yield Fact("Baseline", f"{settings.baseline}, sha256:{_digest(Path(settings.baseline))}")


def _digest(file: Path) -> str:
    """Of what a file holds now; of none that is yet to be made."""
    return hashlib.sha256(file.read_bytes() if file.is_file() else b"").hexdigest()


def check_report_endings(paths: Sequence[Path]) -> None:
    """Raise UsageError, naming the endings there are, when a report can't be written to one of these files."""
    for path in paths:
        check_ending(path, _forms(None))


def check_report_files(session: Session, paths: Sequence[Path], evidence: EvidenceWanted | None = None) -> None:
    """Make sure, before an audit, that its reports can be written to these files and proven.

    Raises as `for_report` and `EvidenceWanted.check` do.
    """
    check_report_endings(paths)
    for path in paths:
        for_report(path, session.store.label)
    if evidence is not None:
        evidence.check()


def write_audit_reports(
    session: Session,
    report: AuditReport,
    paths: Sequence[Path],
    *,
    evidence: EvidenceWanted | None = None,
    findings: Sequence[Finding] = (),
    masked: bool = True,
    work: Work | None = None,
) -> None:
    """Write a report in several forms, and log that; raises UsageError and EsviewerError as `write_report` does.

    With `evidence`, the events of the true `findings` are proven; `masked`: without telling their contents. Where those
    are too many, the reports are written without, so that they are not lost, and UsageError says so.
    """
    names = [
        (each.aggregate_id, each.version)
        for each in findings
        if each.aggregate_id is not None and each.version is not None
    ]
    check_report_files(session, paths, evidence)
    too_many = evidence is not None and len(set(names)) > MOST
    for path in paths:
        forms = _forms(report)
        if evidence is None or too_many:
            write_report(audit_document(report), path, work=work, forms=forms)
        else:
            write_proven(
                session,
                audit_document(report),
                names,
                path,
                evidence,
                partial(write_report, path=path, work=work, forms=forms),
                masked=masked,
                perhaps=True,
                work=work,
            )
        activity.note("report", store=session.store.label, file=path, findings=len(report.findings), masked=masked)
    if too_many:
        quoted = f"it quotes {len(set(names)):,} events, and evidence is for at most {MOST:,}"
        raise UsageError(
            f"The report was written without evidence: {quoted}.",
            "Seal the store instead, and prove the events that matter.",
        )


def _forms(report: AuditReport | None) -> Mapping[str, Form]:
    def sarif(_: object, out: BinaryIO, work: Work | None) -> None:
        from esviewer.report.forms.sarif import sarif_pieces

        assert report is not None
        write_text(sarif_pieces(report), out, work)

    def junit(_: object, out: BinaryIO, work: Work | None) -> None:
        from esviewer.report.forms.junit import junit_pieces

        assert report is not None
        write_text(junit_pieces(report), out, work)

    return {**forms_now(), ".sarif": sarif, ".xml": junit}
