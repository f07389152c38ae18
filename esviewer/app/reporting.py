"""Putting together what one aggregate's audit report says."""

from __future__ import annotations

from esviewer import __version__
from esviewer.app.imagined import Imagined
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.model import instant
from esviewer.questions.what_if import WhatIf
from esviewer.report.model import AggregateReport, Agreement, Asked, SnapshotFacts, Step, StoreFacts, refusal
from esviewer.work import Work

_AGREEMENT: dict[bool | None, Agreement] = {True: "agrees", False: "differs", None: "unreadable"}


def aggregate_report(
    session: Session, subject: str | Imagined | WhatIf, *, work: Work | None = None
) -> AggregateReport:
    """The report on all of an aggregate's life, replayed from nothing; `subject` is its id. Raises NotFoundError.

    A what if is refused with a UsageError: a report is evidence of what happened.
    """
    if not isinstance(subject, str):
        raise refusal()
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
    return AggregateReport(
        Asked(subject),
        StoreFacts(store.name, store.label, store.database, store.layout.name, store.layout.title),
        __version__,
        instant.now(),
        view.history.reducer.initial(),
        steps,
        view.state_at(last),
        _snapshots(view),
        (*store.warnings, *_status(view)),
    )


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
