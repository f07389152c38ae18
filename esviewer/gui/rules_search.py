"""Looks for rules in the open store, to start from or to explain its snapshots, while the window is used."""

from __future__ import annotations

import glob
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from esviewer.app.inferring import infer_rules
from esviewer.app.masked_rules import shown_rules
from esviewer.app.session import Session
from esviewer.app.starting_rules import starting_rules
from esviewer.errors import EsviewerError, NotFoundError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.work import Progress, Work

SLOT = "rules-search"


@dataclass(frozen=True, slots=True)
class FoundRules:
    """Rules for one aggregate type: their text, where they are from, and how well they do."""

    aggregate_type: str | None
    text: str
    note: str
    score: str = ""


class RulesSearch(QWidget):
    """One search at a time; a row with its progress, hidden when there is none."""

    found = Signal(object)
    """The rules that were asked for: FoundRules."""
    failed = Signal(object)
    """The search came to nothing: an EsviewerError."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine: Machine | None = None
        self._doing = ""
        self.label = ElidedLabel(self)
        self.label.setAccessibleName(self.tr("What is being looked for"))
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(110)
        self.bar.setMaximumHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.setObjectName("small")
        self.stop_button.clicked.connect(self.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.bar)
        row.addWidget(self.stop_button)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether something is being looked for."""
        return bool(self._doing)

    def attach(self, machine: Machine | None) -> None:
        """Look in another store, None for none."""
        former, self._machine = self._machine, machine
        if former is not None:
            former.aside.tasks.progressed.disconnect(self._progressed)
            former.aside.cancel(SLOT)
        if machine is not None:
            machine.aside.tasks.progressed.connect(self._progressed)
        self._end()

    def propose(self, aggregate_type: str | None) -> None:
        """Write rules to start from, out of the event types seen."""
        note = self.tr("proposed, not saved")

        def act(session: Session, work: Work) -> FoundRules:
            return FoundRules(aggregate_type, starting_rules(session.store, _pattern(aggregate_type), work), note)

        self._run(self.tr("Looking at the events …"), act)

    def infer(self, aggregate_type: str | None) -> None:
        """Search rules that reproduce the stored snapshots."""
        note = self.tr("inferred, not saved")
        nothing = self.tr("No snapshot of this type can be used to search rules with.")
        hint = self.tr("“Propose” needs none.")

        def act(session: Session, work: Work) -> FoundRules:
            for inferred in infer_rules(session, _pattern(aggregate_type), work=work):
                if (inferred.aggregate_type or "") == (aggregate_type or ""):
                    score = " ".join(inferred.remarks()[:2])
                    return FoundRules(aggregate_type, inferred.text(), note, score)
            raise NotFoundError(nothing, hint)

        self._run(self.tr("Searching rules that explain the snapshots …"), act)

    def _run(self, doing: str, act: Callable[[Session, Work], FoundRules]) -> None:
        if self._machine is None:
            return
        screen = self._machine.screen.beside()

        def masked(session: Session, work: Work) -> FoundRules:
            found = act(session, work)
            return replace(found, text=shown_rules(found.text, screen), score=screen.text(found.score))

        self._doing = doing
        self.label.show_text(doing)
        self.bar.setRange(0, 0)
        self.show()
        self._machine.aside.run(masked, self._done, self._failed, slot=SLOT)

    def stop(self) -> None:
        """Give the search up."""
        if self._machine is not None:
            self._machine.aside.cancel(SLOT)
        self._end()

    def _end(self) -> None:
        self._doing = ""
        self.hide()

    def _progressed(self, progress: Progress | None) -> None:
        if not self._doing or progress is None:
            return
        done = f" · {progress.text} {progress.done:,}" if progress.done else f" · {progress.text}"
        text = self._doing + done
        self.label.show_text(visible(text if self._machine is None else self._machine.screen.text(text)))
        self.bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def _done(self, found: FoundRules) -> None:
        self._end()
        self.found.emit(found)

    def _failed(self, error: EsviewerError) -> None:
        self._end()
        self.failed.emit(error)


def _pattern(aggregate_type: str | None) -> str | None:
    """A glob that fits this type alone."""
    return None if aggregate_type is None else glob.escape(aggregate_type)
