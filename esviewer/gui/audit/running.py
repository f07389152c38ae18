"""One audit at a time, on a thread and a session of its own; findings come in batches, in the order they are made.

The audit of a large store is made by a process, which the thread waits for.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from esviewer.app.audit_apart import audit_apart
from esviewer.app.audit_since import position_of
from esviewer.app.auditing import Audit
from esviewer.app.session import Session
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.settings import AuditSettings
from esviewer.errors import EsviewerError
from esviewer.gui.machine import Machine
from esviewer.work import Work

KEPT: Final = 200_000
"""Findings kept to be looked at; further ones are only counted."""
_BATCH: Final = 1_500
"""Findings taken at once, so that no batch keeps the window from drawing."""
_BETWEEN_BATCHES_MS: Final = 50
_SLOT: Final = "audit"


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as it arrives; `accepted` where the baseline knows it."""

    finding: Finding
    accepted: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How an audit ended: done, with its `audit`; failed, with an `error`; cancelled, with neither."""

    audit: Audit | None = None
    error: EsviewerError | None = None


@dataclass(slots=True)
class _Box:
    """What the worker puts in and the window takes out; that of an audit that was given up is looked at by nobody."""

    arrived: deque[Found] = field(default_factory=deque)
    kept: int = 0
    beyond: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    ended: Ended | None = None
    closed: bool = False
    """Whether nothing more is wanted: the worker goes on for a moment after it was told to stop."""

    def put(self, finding: Finding, *, accepted: bool = False) -> None:
        if self.closed:
            return
        if self.kept < KEPT:
            self.kept += 1
            self.arrived.append(Found(finding, accepted))
        elif not accepted:
            self.beyond[finding.check, finding.severity] += 1


class Running(QObject):
    """Runs audits; findings stay those of the last one that was begun."""

    arrived = Signal(object)
    """Some more findings: a list of Found."""
    progressed = Signal(object)
    """How far it is: a Progress, or None."""
    ended = Signal(object)
    """It is over, and all findings that are kept have arrived: an Ended."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self.aside = machine.aside.twin(self)
        """Where audits run, and their reports are written after them."""
        self.aside.tasks.progressed.connect(self.progressed)
        self.aside.tasks.failed.connect(self._fault)
        self._box = _Box()
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_BATCHES_MS)
        self._timer.timeout.connect(self._take)

    @property
    def going(self) -> bool:
        """Whether an audit is under way."""
        return self._timer.isActive()

    @property
    def beyond(self) -> int:
        """How many findings of the last audit are not kept."""
        return sum([*self._box.beyond.values()])

    def start(self, settings: AuditSettings, since: str | None = None) -> None:
        """Begin another audit in place of the one that is under way; `since` as `audit --since` takes it."""
        self._box = box = _Box()
        self._timer.start()

        def act(session: Session, work: Work) -> Audit:
            position = None if since is None else position_of(since, session.store.label)
            audit = audit_apart(session, settings, position, work)
            for finding in audit.run(work, accepted=partial(box.put, accepted=True)):
                box.put(finding)
            return audit

        self.aside.run(act, partial(_done, box), partial(_failed, box), slot=_SLOT)

    def cancel(self) -> None:
        """End the audit that is under way; what it found so far stays."""
        if self.going:
            self.aside.cancel(_SLOT)
            self._box.closed = True
            self._box.ended = self._box.ended or Ended()

    def close(self) -> None:
        """End all work."""
        self._timer.stop()
        self.aside.close()

    def _fault(self, error: EsviewerError) -> None:
        if self.going:
            _failed(self._box, error)

    def _take(self) -> None:
        box = self._box
        batch = [box.arrived.popleft() for _ in range(min(_BATCH, len(box.arrived)))]
        if batch:
            self.arrived.emit(batch)
        if box.ended is not None and not box.arrived:
            self._timer.stop()
            self.ended.emit(box.ended)


def _done(box: _Box, audit: Audit) -> None:
    box.ended = Ended(audit)


def _failed(box: _Box, error: EsviewerError) -> None:
    box.ended = Ended(error=error)
