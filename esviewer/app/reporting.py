"""Putting together what one aggregate's audit report says."""

from __future__ import annotations

from pathlib import Path

from esviewer import __version__
from esviewer.app import activity
from esviewer.app.evidence import EvidenceWanted, write_proven
from esviewer.app.files import for_report
from esviewer.app.imagined import Imagined
from esviewer.app.masking import InForce, in_force
from esviewer.app.operator import asker
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.model import instant
from esviewer.questions.what_if import WhatIf
from esviewer.report.aggregate import aggregate_document
from esviewer.report.masking import masked_report
from esviewer.report.model import AggregateReport, Agreement, Asked, SnapshotFacts, Step, StoreFacts, refusal
from esviewer.report.write import write_report
from esviewer.work import Work

_AGREEMENT: dict[bool | None, Agreement] = {True: "agrees", False: "differs", None: "unreadable"}


def aggregate_report(
    session: Session,
    subject: str | Imagined | WhatIf,
    *,
    rules: InForce | None = None,
    work: Work | None = None,
) -> AggregateReport:
    """The report on all of an aggregate's life, replayed from nothing; `subject` is its id. Raises NotFoundError.

    It is masked by `rules`, by default those in force for the store; bad ones raise RulesError. A what if is refused
    with a UsageError: a report is evidence of what happened.
    """
    if not isinstance(subject, str):
        raise refusal()
    rules = in_force(session.store.label) if rules is None else rules
    view = session.view(subject, work=work)
    store = session.store
    skipped = view.history.skipped()
    steps = []
    for event in store.events(view.summary.aggregate_id, work=work):
        if event.version > view.summary.version:
            break  # it came while the report was made
        steps.append(Step(event, view.changes(event.version), skipped.get(event.version)))
        if work is not None and len(steps) % 1000 == 0:
            work.report("Gathering the report", len(steps), len(view))
    last = int(view.versions[-1])
    report = AggregateReport(
        Asked(subject),
        StoreFacts(store.name, store.label, store.database, store.layout.name, store.layout.title),
        __version__,
        instant.now(),
        view.history.reducer.initial(),
        steps,
        view.state_at(last),
        _snapshots(view),
        (*store.warnings, *_status(view)),
        asker=asker(),
    )
    return masked_report(report, rules.masker(), rules.origin, work) if rules.masks else report


def report_to_file(
    session: Session,
    aggregate_id: str,
    path: Path,
    *,
    rules: InForce | None = None,
    evidence: EvidenceWanted | None = None,
    work: Work | None = None,
) -> AggregateReport:
    """Write an aggregate's report in the form that the file's ending names, with its `evidence`, and log that.

    Raises as `aggregate_report`, `write_report` and `write_proven` do.
    """
    for_report(path, session.store.label)
    if evidence is not None:
        evidence.check()
    report = aggregate_report(session, aggregate_id, rules=rules, work=work)
    if evidence is None:
        write_report(report, path, work=work)
    else:
        true_id = session.store.summary(aggregate_id, work=work).aggregate_id
        write_proven(
            session,
            aggregate_document(report),
            [(true_id, step.event.version) for step in report.steps],
            path,
            evidence,
            lambda document: write_report(document, path, work=work),
            masked=report.masked is not None,
            work=work,
        )
    masked = None if report.masked is None else report.masked.values
    activity.note("report", store=session.store.label, file=path, aggregate_id=aggregate_id, masked=masked)
    return report


def _status(view: AggregateView) -> list[str]:
    status = view.summary.status
    return [] if status is None else [f"The store says that this aggregate is {status}."]


def _snapshots(view: AggregateView) -> list[SnapshotFacts]:
    return [
        SnapshotFacts(
            version,
            _AGREEMENT[view.snapshot_agrees[version]] if version in view.snapshot_agrees else "not compared",
        )
        for version in view.snapshots
    ]
