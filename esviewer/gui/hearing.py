"""New events are looked for as soon as the server tells of them, where the layout names a way for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer

from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.gui.live import Live
from esviewer.gui.tasks import Tasks
from esviewer.stores.databases.notices import Notices
from esviewer.work import Work

_SLICE: Final = 0.2
"""Seconds of waiting after which it is looked whether to go on."""
_AFTER: Final = 250
"""Milliseconds between two notices that are answered: writers in a hurry tell of each event."""
_AGAIN: Final = 10_000
"""Milliseconds after which it is tried again when listening failed; until then looking now and then goes on."""


class Hearing(QObject):
    """One open store's; it opens its connection on the worker that it is given, and waits on one of its own."""

    def __init__(self, session: Session, opening: Tasks, live: Live, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._opening = opening
        self._live = live
        self._waiting = Tasks(self)
        self._notices: Notices | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.begin)

    @property
    def listens(self) -> bool:
        """Whether the server's notices are heard now."""
        return self._notices is not None

    def begin(self) -> None:
        """Listen, or go on listening."""
        if self._notices is not None:
            self._waiting.run(self._wait, self._heard, self._lost)
        else:
            self._opening.run(self._listen, self._opened, self._lost, slot="listen")

    def _listen(self, work: Work) -> Notices | None:
        work.check()
        return self._session.store.notices()

    def _opened(self, notices: Notices | None) -> None:
        self._notices = notices
        if notices is not None:
            self.begin()

    def _wait(self, work: Work) -> None:
        notices = self._notices
        while notices is not None and not notices.wait(_SLICE):
            work.check()

    def _heard(self, _: None) -> None:
        self._live.try_now()
        self._timer.start(_AFTER)

    def _lost(self, error: EsviewerError) -> None:
        # Whether the store can be read is told by those who look.
        del error
        self._end()
        self._timer.start(_AGAIN)

    def _end(self) -> None:
        notices, self._notices = self._notices, None
        if notices is not None:
            notices.close()

    def close(self) -> None:
        """Listen no longer."""
        self._timer.stop()
        self._waiting.close(self._end)
