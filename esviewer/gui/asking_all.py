"""A question to all aggregates, asked in the list's search box: which of them satisfied this, at that time?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from esviewer.app.satisfying import Satisfying, condition, satisfying
from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.gui.machine import Machine
from esviewer.model.instant import Instant
from esviewer.stores.aggregates import AggregateRef
from esviewer.work import Work

MARK: Final = "?"
"""What a text in the search box begins with to be a question."""
_EVERY_MS: Final = 60
_AT_ONCE: Final = 2_000
_SLOT: Final = "satisfying"


@dataclass(slots=True)
class _Box:
    """What the worker puts in and the window takes out."""

    arrived: deque[AggregateRef] = field(default_factory=deque)
    ended: Satisfying | None = None
    error: EsviewerError | None = None


class AskingAll(QObject):
    """One question at a time; the latest wins."""

    found = Signal(object)
    """Some more aggregates: a list of AggregateRef."""
    ended = Signal(object)
    """All that were found have arrived: a Satisfying."""
    failed = Signal(object)
    """It could not be answered: an EsviewerError."""
    progressed = Signal(object)

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self.aside = machine.aside.twin(self)
        self.aside.tasks.progressed.connect(self.progressed)
        self._box = _Box()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._take)

    @property
    def going(self) -> bool:
        """Whether a question is being answered."""
        return self._timer.isActive()

    def ask(self, text: str, as_of: Instant | None, type_glob: str | None) -> None:
        """Ask another question; raises RulesError for what is none."""
        wanted = condition(text)
        self._box = box = _Box()
        self._timer.start()

        def act(session: Session, work: Work) -> Satisfying:
            return satisfying(session, wanted, box.arrived.append, as_of=as_of, type_glob=type_glob, work=work)

        self.aside.run(act, partial(_done, box), partial(_failed, box), slot=_SLOT)

    def cancel(self) -> None:
        """Give the question up; what was found so far stays."""
        self.aside.cancel(_SLOT)
        self._timer.stop()
        self._box = _Box()

    def close(self) -> None:
        """End all work."""
        self._timer.stop()
        self.aside.close()

    def _take(self) -> None:
        box = self._box
        refs = [box.arrived.popleft() for _ in range(min(_AT_ONCE, len(box.arrived)))]
        if refs:
            self.found.emit(refs)
        if box.error is not None:
            self._timer.stop()
            self.failed.emit(box.error)
        elif box.ended is not None and not box.arrived:
            self._timer.stop()
            self.ended.emit(box.ended)


def _done(box: _Box, said: Satisfying) -> None:
    box.ended = said


def _failed(box: _Box, error: EsviewerError) -> None:
    box.error = error
