"""Causes that are no events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice
from pathlib import Path

import numpy as np

from esviewer.audit.absent import Absence
from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.audit.spool import Spool, hashes
from esviewer.model.batch import StoreBatch
from esviewer.model.causation import Causes
from esviewer.model.scanned import Place

_MOST = 10_000


class CorrelationBroken(PageCheck):
    """Finds events that name a cause which is no event of the store, where causes usually are events."""

    name = "correlation-broken"
    topic = "causation"
    severity = Severity.WARNING
    looks_for = "A causation id that names no event, in a store whose causation ids do name events."
    why = "The event that led to this one was deleted, or the link was made up: the chain of causes ends here."
    todo = (
        "Look for the cause in a backup. Where causation ids name commands or messages elsewhere, as in most stores in "
        "which few of them name events, the check is silent; events that share a correlation id are no concern of it."
    )
    options = {"share": 0.9}
    """How large a part of the causation ids must name events before one that doesn't counts."""

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._causes = Causes()
        self._spool: Spool | None = None
        self._strange = np.empty(0, dtype=np.uint64)
        self._in_all = 0
        self._found: list[tuple[str, Place]] = []

    def keep_in(self, folder: Path) -> None:
        """Say where to keep what is seen; without that the check does nothing."""
        self._spool = Spool(folder, "causes")

    @property
    def seen(self) -> int:
        """How many events name a cause."""
        return 0 if self._spool is None else self._spool.count

    def look(self, page: Page) -> Iterator[Finding]:
        metadata = page.column("metadata")
        if self._spool is not None and any(metadata):
            named = [cause for each in metadata if (cause := self._causes.of(each)) is not None]
            self._spool.add(hashes(named))
        yield from ()

    def merge(self, other: Described) -> None:
        assert isinstance(other, CorrelationBroken)
        if self._spool is not None and other._spool is not None:
            self._spool.take(other._spool)

    def compare(self, ids: Spool) -> float:
        """Compare the causes with the ids of all events; the share of them that name one."""
        assert self._spool is not None
        self._strange, self._in_all = self._spool.not_in(ids, _MOST)
        return 1 - self._in_all / max(1, self.seen)

    @property
    def suspicious(self) -> bool:
        """Whether a second look is needed: some causes name no event."""
        return self._in_all > 0

    def look_again(self, batch: StoreBatch) -> None:
        """Find the events that name those causes."""
        causes = [self._causes.of(each) or "" for each in batch.column("metadata")]
        for index in np.flatnonzero(np.isin(hashes(causes), self._strange)).tolist():
            if causes[index] and len(self._found) < _MOST:
                event = batch.event(index)
                place = Place(event.aggregate_id, event.aggregate_type, event.version, event.position)
                self._found.append((causes[index], place))

    def found(self, absences: Sequence[Absence], renamed: Sequence[Mapping[str, int]]) -> Iterator[Finding]:
        """What both looks came to, without what follows from events known to be missing or to have another's id.

        Each of `renamed` stands for one event that may have lost its id: by aggregate, the position at which it is.
        """
        gone = _explained(self._found, absences, renamed)
        for cause, place in self._found:
            if cause not in gone:
                message = "The event names a cause that is no event of the store."
                yield self.finding(message, **place._asdict(), evidence={"causation_id": cause})
        if self._in_all > len(self._found):
            message = f"About {self._in_all - len(self._found):,} further events name a cause that is no event."
            yield self.finding(message, subject="others")


def _explained(
    found: Sequence[tuple[str, Place]], absences: Sequence[Absence], renamed: Sequence[Mapping[str, int]]
) -> set[str]:
    """The causes that may be events which are known to be missing: each is one, at best of the same aggregate."""
    gone: set[str] = set()
    own: dict[str, list[list[int]]] = {}
    rest: list[list[int]] = []
    for absence in absences:
        # From which position on it may be a cause, and for how many.
        each = [-1 if absence.after is None else absence.after, absence.count]
        own.setdefault(absence.aggregate_id, []).append(each)
        rest.append(each)
    for cause, place in found:
        if cause not in gone:
            for each in own.get(place.aggregate_id, ()):
                if each[1] and each[0] < _position(place):
                    each[1] -= 1
                    gone.add(cause)
                    break
    rest.sort(reverse=True)
    available = 0
    for cause, place in sorted(found, key=lambda each: _position(each[1])):
        while rest and rest[-1][0] < _position(place):
            available += rest.pop()[1]
        if available and cause not in gone:
            available -= 1
            gone.add(cause)
    return gone.union(_former_ids(found, gone, renamed))


def _former_ids(
    found: Sequence[tuple[str, Place]], gone: Set[str], renamed: Sequence[Mapping[str, int]]
) -> Iterator[str]:
    """The other causes that may be ids which events of the same aggregate had before they were given another one's."""
    causes: dict[str, list[tuple[str, Place]]] = {}
    for cause, place in found:
        if cause not in gone:
            causes.setdefault(place.aggregate_id, []).append((cause, place))
    for places in renamed:
        fitting = (
            cause
            for aggregate_id, position in places.items()
            for cause, place in causes.get(aggregate_id, ())
            if position < _position(place)
        )
        yield from islice(fitting, 1)


def _position(place: Place) -> float:
    return place.position if isinstance(place.position, int) else float("inf")
