"""The checks of an audit that look at all events in store order, and at their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.absent import Absence
from esviewer.audit.checks.chain_broken import ChainBroken, follows
from esviewer.audit.checks.correlation_broken import CorrelationBroken
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate, ids_of, spool_in
from esviewer.audit.checks.position_gap import PositionGap
from esviewer.audit.checks.position_time_order import PositionTimeOrder
from esviewer.audit.finding import Finding
from esviewer.audit.spool import Spool, hashes
from esviewer.model.scanned import Scanned
from esviewer.stores.store import Store
from esviewer.work import Work

_LOOKED_UP: Final = 2_000
"""Events of which it may be asked one by one where they are, rather than reading all in store order."""


def read_positions(check: PositionGap, store: Store, after: int | None, work: Work | None) -> None:
    """Show all positions to the check, or those after one."""
    done = 0
    if after is not None:
        check.start_after(after)
    for numbers in store.positions(after=after, work=work):
        check.look(numbers)
        done += len(numbers)
        _report(work, "Checking positions", done)


class OrderScan:
    """All events in store order: their times, and the ids that are needed afterwards, unless checks kept them.

    What checks kept while they saw the events in another order saves reading those again. Where only times after a
    position are wanted, ids take a scan of their own: all are needed, whatever is new.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        times: PositionTimeOrder | None,
        ids: Spool | None,
        *,
        with_ids: bool,
        after: int | None = None,
    ) -> None:
        """Without `times` only ids are read, and only `with_ids` if they are no known `ids`.

        `after` is the position that times are after.
        """
        self.events = 0
        self.ids = spool_in(folder) if ids is None else ids
        self._store = store
        self._times = times
        self._with_ids = with_ids and ids is None
        self._after = after

    def run(self, latest: int, mistimed: Set[tuple[str, int]], work: Work | None) -> Iterator[Finding]:
        """What is wrong with times; `latest` and `mistimed` as PositionTimeOrder takes them."""
        kept = None if self._times is None else kept_times(self._times, self._store, latest, work)
        parts = {"microseconds"} if self._times is not None and kept is None else set()
        apart = self._with_ids and (self._after is not None or kept is not None)
        if self._with_ids and not apart:
            parts.add("event_id")
        pages = self._store.scan(parts, after=self._after, work=work) if parts else ()
        for page in pages if kept is None else kept:
            if self._times is not None:
                yield from self._times.compare(page, latest, mistimed)
            if "event_id" in parts:
                self._keep(page)
            self.events += len(page)
            _report(work, "Checking the order of events", self.events)
        for page in self._store.scan({"event_id"}, work=work) if apart else ():
            self._keep(page)
            _report(work, "Reading event ids", self.ids.count)
        if self._times is not None:
            yield from self._times.finish()

    def _keep(self, page: Scanned) -> None:
        self.ids.add(hashes(ids_of(page.column("event_id"))))


def kept_times(check: PositionTimeOrder, store: Store, latest: int, work: Work | None) -> Iterator[Scanned] | None:
    """The events that the check kept the times of, in store order; None where it is better to read them again."""
    timeline = check.kept
    if timeline is None or not timeline.whole or check.contradictions(latest) > _LOOKED_UP:
        return None

    def page(positions: NDArray[np.int64], times: Any) -> Scanned:
        return Scanned(len(times), lambda _: times, lambda index: store.place(int(positions[index]), work=work))

    return (page(positions, times) for positions, times in timeline.slices())


def of_duplicates(
    check: EventIdDuplicate, store: Store, ids: Spool, doubled: Set[tuple[str, int]], work: Work | None
) -> Iterator[Finding]:
    """Ids that several events have; where there may be some, they are all read once more."""
    if not check.suspect(ids):
        return
    done = 0
    for page in store.scan({"event_id"}, work=work):
        check.look_again(page)
        done += len(page)
        _report(work, "Comparing event ids", done)
    yield from check.found(doubled)


def of_causes(
    check: CorrelationBroken,
    store: Store,
    absences: Sequence[Absence],
    renamed: Sequence[Mapping[str, int]],
    after: int | None,
    work: Work | None,
) -> Iterator[Finding]:
    """Causes that are no events, once they were compared; who names them is found by a second reading of the events.

    With `after`, those of aggregates that have an event after this position are read.
    """
    if not check.suspicious:
        return
    done = 0
    for batch in store.by_aggregate(since=after, work=work):
        check.look_again(batch)
        done += len(batch)
        _report(work, "Comparing causes", done)
    yield from check.found(absences, renamed)


def of_chain(
    check: ChainBroken, store: Store, told: Set[tuple[str, int]], absences: Sequence[Absence], work: Work | None
) -> Iterator[Finding]:
    """Breaks in the store's own chain of hashes that nothing in `told` explains."""
    for found in breaks(check, store, work):
        if not follows(found, told, absences):
            yield found


def breaks(check: ChainBroken, store: Store, work: Work | None) -> Iterator[Finding]:
    """All breaks in the store's own chain of hashes."""
    for link in store.links(work=work):
        found = check.look(
            link.place, begins=link.begins, kept=link.kept, made=link.made, previous=link.previous, before=link.before
        )
        if found is not None:
            yield found
        if check.events % 10_000 == 0:
            _report(work, "Checking the store's own hashes", check.events)


def _report(work: Work | None, text: str, done: int) -> None:
    if work is not None:
        work.report(text, done)
