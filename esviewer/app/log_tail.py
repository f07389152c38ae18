"""The events of the log that arrive while somebody looks at what a filter found: each once, none left out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from esviewer.app.log_filter import Fitting, LogFilter
from esviewer.app.tail import StoreTail
from esviewer.model.event import Event
from esviewer.stores.store import Store
from esviewer.work import Work

KEPT: Final = 2_000
"""Events that are kept for who asks what has arrived; of more only how many."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has arrived since the last look."""

    count: int
    events: list[Event]
    """The last of them, in the store's order."""


class LogTail:
    """Tells what arrives after it was made, or after it was asked by another filter.

    A search that begins after that finds everything else, and perhaps some of what is told here as well.
    """

    def __init__(self, store: Store, asked: LogFilter, work: Work | None = None) -> None:
        """Raises UsageError for a store without positions, RulesError for an expression that is none, and
        StoreError; NotFoundError where there is no such aggregate."""
        self._store = store
        self._tail = StoreTail(store, work=work)
        self.ask(asked, work)

    def ask(self, asked: LogFilter, work: Work | None = None) -> None:
        """Tell only what fits another filter; what was not told yet is left to the search."""
        self._asked = asked
        self._fitting = Fitting(asked, self._store.linked.links)
        self._aggregate = self._store.summary(asked.aggregate_id, work=work).aggregate_id if asked.aggregate_id else ""
        self._count = 0
        self._events: deque[Event] = deque(maxlen=KEPT)

    def look(self, work: Work | None = None) -> Arrived:
        """What has arrived and fits; what a look found that failed on the way comes with the next one."""
        for event in self._tail.look(work):
            if self._fits(event):
                self._count += 1
                self._events.append(event)
        arrived = Arrived(self._count, list(self._events))
        self._count = 0
        self._events.clear()
        return arrived

    def _fits(self, event: Event) -> bool:
        asked, at = self._asked, event.timestamp
        if self._aggregate and event.aggregate_id != self._aggregate:
            return False
        if asked.types and not any(fnmatchcase(event.type, glob) for glob in asked.types):
            return False
        if asked.since is not None and (at is None or at.ns < asked.since.ns):
            return False
        if asked.until is not None and (at is None or at.ns > asked.until.ns):
            return False
        return self._fitting.fits(event)
