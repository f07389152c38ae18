"""A warning when the program that made what is on show does not make the same again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from esviewer.app.repeatability import Unrepeatable, unrepeatable
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.message_bar import MessageBar
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.work import Work


class Repeatability(QObject):
    """Has each complete view of a program folded once more, aside, and says where that came to something else."""

    def __init__(self, machine: Machine, messages: MessageBar, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._messages = messages
        # Of its own: what else is done aside may take long.
        self._aside = machine.aside.twin(self)
        self._looked_at: AggregateView | None = None
        machine.view_changed.connect(self._view_changed)
        machine.grown.connect(self._grown)

    def close(self) -> None:
        """Fold no longer."""
        self._aside.close()

    def _view_changed(self, view: AggregateView | None) -> None:
        self._aside.cancel("repeat")
        self._looked_at = None
        if view is not None:
            self._grown(view)

    def _grown(self, view: AggregateView) -> None:
        if not view.complete or view is self._looked_at or view.not_rebuilt is not None:
            return
        self._looked_at = view
        aggregate_id, aggregate_type = view.summary.aggregate_id, view.summary.aggregate_type

        def fold_again(session: Session, work: Work) -> Unrepeatable | None:
            return unrepeatable(session, aggregate_id, session.reducer_for(aggregate_type), work)

        if isinstance(view.history.reducer, ForeignReducer):
            self._aside.run(fold_again, partial(self._found, view), partial(self._failed, view), slot="repeat")

    def _found(self, view: AggregateView, found: Unrepeatable | None) -> None:
        if found is None or view is not self._machine.view:
            return
        actions: dict[str, Callable[[], None]] = {}
        version = found.version
        if version is not None:
            actions[self.tr("Go there")] = partial(self._machine.go_to, version)
        self._messages.say(self.tr("{0} What is shown can't be relied on.").format(found.sentence()), actions)

    def _failed(self, view: AggregateView, error: EsviewerError) -> None:
        if view is self._machine.view:
            self._messages.say(
                self.tr("Folded once more, to see whether it comes to the same: {0}").format(localised(error.message))
            )
