"""Long work on the open store that keeps nothing else waiting: a thread and a session of its own, made when needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.gui.tasks import Tasks
from esviewer.work import Work


class Aside(QObject):
    """Runs one thing after another, each with the reducers that are in use when it begins."""

    def __init__(self, session: Session, open_another: Callable[[Work], Session], parent: QObject) -> None:
        """`session` is the one on show; `open_another` opens the same store once more."""
        super().__init__(parent)
        self.tasks = Tasks(self)
        self._shown = session
        self._open_another = open_another
        self._session: Session | None = None

    def twin(self, parent: QObject) -> Aside:
        """One more, which neither waits for this one nor keeps it waiting; whoever asked for it closes it."""
        return Aside(self._shown, self._open_another, parent)

    def run(
        self,
        function: Callable[[Session, Work], Any],
        success: Callable[[Any], None] | None = None,
        failure: Callable[[EsviewerError], None] | None = None,
        *,
        slot: str = "",
    ) -> None:
        """Run `function(session, work)` as `Tasks.run` does."""
        self.tasks.run(lambda work: function(self._ready(work), work), success, failure, slot=slot)

    def _ready(self, work: Work) -> Session:
        """The session, on the worker."""
        if self._session is None:
            self._session = self._open_another(work)
        former, self._session.reducers = self._session.reducers, self._shown.reducers.twin()
        former.close()
        return self._session

    def cancel(self, slot: str) -> None:
        """Cancel the work of a slot."""
        self.tasks.cancel(slot)

    def close(self) -> None:
        """Cancel all work and close the session."""
        self.tasks.close(self._end)

    def _end(self) -> None:
        if self._session is not None:
            self._session.close()
