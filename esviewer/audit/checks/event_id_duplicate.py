"""Event ids that several events have, and events without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import islice
from pathlib import Path

import numpy as np

from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.audit.spool import Spool, hashes
from esviewer.model.scanned import Place, Scanned
from esviewer.model.values import Value

_MOST = 10_000
_MISSING = 1_000
"""Events without an id that are told one by one."""


class EventIdDuplicate(PageCheck):
    """Finds event ids that several events have, each at the second of them, and events that have none."""

    name = "event-id-duplicate"
    topic = "id"
    severity = Severity.ERROR
    looks_for = "Two events with the same event id, or an event without one although nearly all others have theirs."
    why = "Who remembers by their ids which events were handled skips the second; or an event was copied."
    todo = "Compare both events; give the table a unique index on the event id, and don't let it be empty."
    options = {"share": 0.9}
    """How large a part of the events must have an id before one that has none counts."""

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._suspects = np.empty(0, dtype=np.uint64)
        self._in_all = 0
        self._places: dict[str, list[Place]] = {}
        self.ids: Spool | None = None
        """Those of the events that were looked at, if they were to be kept."""
        self._events = 0
        self._without = 0
        self._nameless: list[tuple[Place, str]] = []
        """Events without an id, and their types."""

    def keep_in(self, folder: Path) -> None:
        """Say where to keep the ids of the events that are looked at."""
        self.ids = spool_in(folder)

    def look(self, page: Page) -> Iterator[Finding]:
        column = page.column("event_id")
        ids = ids_of(column)
        if self.ids is not None:
            self.ids.add(hashes(ids))
        self._events += len(page)
        if len(ids) < len(page):
            self._without += len(page) - len(ids)
            without = (index for index, each in enumerate(column) if each in (None, ""))
            for index in islice(without, _MISSING - len(self._nameless)):
                self._nameless.append((Place(**page.place(index)), page.batch.types[index]))
        yield from ()

    def merge(self, other: Described) -> None:
        assert isinstance(other, EventIdDuplicate)
        if self.ids is not None and other.ids is not None:
            self.ids.take(other.ids)
        self._events += other._events
        self._without += other._without
        self._nameless += other._nameless[: _MISSING - len(self._nameless)]

    def finish(self) -> Iterator[Finding]:
        if not self._without or self._events - self._without < self.option["share"] * self._events:
            return
        for place, kind in self._nameless:
            evidence: dict[str, Value] = {"event_id": None, "type": kind}
            yield self.finding("The event has no id.", **place._asdict(), evidence=evidence, subject="none")
        more = self._without - len(self._nameless)
        if more:
            yield self.finding(f"{more:,} further events have no id.", evidence={"events": more}, subject="none")

    def suspect(self, ids: Spool) -> bool:
        """Take the hashes that come twice out of all ids'; whether there are any, so that a second look is needed."""
        self._suspects, self._in_all = ids.repeated(_MOST)
        return len(self._suspects) > 0

    def look_again(self, page: Scanned) -> None:
        """Compare the ids themselves, all of them once more."""
        ids = [("" if each is None else str(each)) for each in page.column("event_id")]
        for index in np.flatnonzero(np.isin(hashes(ids), self._suspects)).tolist():
            if ids[index]:
                self._places.setdefault(ids[index], []).append(page.place(index))

    def found(self, owned: Set[tuple[str, int]]) -> Iterator[Finding]:
        """What both looks came to; copies at one of the places in `owned` are known already."""
        for event_id, places in self._places.items():
            first, *others = places
            others = [each for each in others if each.key != first.key or each.key not in owned]
            if not others:
                continue
            evidence = {
                "event_id": event_id,
                "events": len(places),
                "first": {
                    "aggregate_id": first.aggregate_id,
                    "version": first.version,
                    "position": first.position,
                },
            }
            message = f"The event has the same id as version {first.version} of {first.aggregate_id}."
            yield self.finding(message, **others[0]._asdict(), evidence=evidence, subject=event_id)
        if self._in_all > len(self._suspects):
            message = f"About {self._in_all - len(self._suspects):,} further event ids come more than once."
            yield self.finding(message, subject="others")


def ids_of(column: Sequence[Value]) -> list[str]:
    """The event ids in a column, without those that are missing."""
    return [str(each) for each in column if each not in (None, "")]


def spool_in(folder: Path) -> Spool:
    """Where the ids of all events are kept."""
    return Spool(folder, "ids")
