"""The store in numbers, estimated first and exact later, and growing while events arrive."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from esviewer.app.arrivals import Arrivals, Arrived
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, StoreError
from esviewer.gui.hearing import Hearing
from esviewer.gui.live import Live, Pulse
from esviewer.gui.tasks import Tasks
from esviewer.stores.counting import StoreInfo
from esviewer.work import Work


class StoreCount(QObject):
    """Counts on a session of its own, so that long counts keep nobody waiting."""

    counted = Signal(object)
    """A StoreInfo."""
    arrived = Signal(object)
    """Events have come: an Arrived."""
    failed = Signal(object)

    def __init__(self, session: Session, live: Live, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.tasks = Tasks(self)
        self.tasks.failed.connect(self.failed)
        self._info: StoreInfo | None = None
        self._arrivals: Arrivals | None = None
        self._pulse = Pulse(live, self)
        self._pulse.beat.connect(self._look)
        self.hearing = Hearing(session, self.tasks, live, self)

    def begin(self) -> None:
        """Count, and look for what arrives afterwards."""
        self.hearing.begin()
        store = self._session.store
        self.tasks.run(lambda work: store.info(exact=False, work=work), self._counted, slot="estimate")
        self.tasks.run(lambda work: store.info(exact=True, work=work), self._counted, slot="count")

    def close(self) -> None:
        """End all work and close the session."""
        self._pulse.stop()
        self.hearing.close()
        self.tasks.close(self._session.close)

    def _counted(self, info: StoreInfo) -> None:
        self._info = info
        self.counted.emit(info)
        if info.exact and self._session.store.tells_new:
            self.tasks.run(self._begun, self._begin_looking, self._not_looked, slot="look")

    def _begun(self, work: Work) -> Arrivals:
        return Arrivals(self._session.store, work)

    def _begin_looking(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._pulse.start()

    def _look(self) -> None:
        if self._arrivals is not None:
            self.tasks.run(self._arrivals.look, self._looked, self._not_looked, slot="look")

    def _looked(self, arrived: Arrived) -> None:
        self._pulse.came(some=bool(arrived.events))
        if arrived.events and self._info is not None:
            # What came between the count and the first look, and what was committed late, is in neither.
            self._info = replace(self._info, events=self._info.events + arrived.events, exact=False)
            self.counted.emit(self._info)
            self.arrived.emit(arrived)

    def _not_looked(self, error: EsviewerError) -> None:
        if isinstance(error, StoreError):
            self._pulse.failed(error)
        else:
            self._pulse.stop()
            self.failed.emit(error)
