"""Times that go back in the order of all events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import NO_TIME, Page
from esviewer.audit.timeline import Timeline
from esviewer.model.instant import Instant
from esviewer.model.scanned import Place, Scanned

_MOST = 1_000
_AROUND = 7
"""How many events before and after two that contradict each other say which of them is wrong."""


class PositionTimeOrder(PageCheck):
    """Finds events whose time does not fit to that of their neighbours in the order of all events."""

    name = "position-time-order"
    topic = "order"
    severity = Severity.WARNING
    looks_for = "An event that is much earlier than the one before it in the order of all events."
    why = "It was dated back or forth, a clock was wrong, or it was put in between later."
    todo = "Compare it with the events around it; imports of old events and transactions that take long do this too."
    options = {"tolerance_seconds": 60}

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._tolerance = int(self.option["tolerance_seconds"] * 1_000_000)
        self._times = np.empty(0, dtype=np.int64)
        """The times of the last events so far, and where these are."""
        self._places: list[Place] = []
        self._looked_at = 0
        """How many of them were compared with the one before."""
        self._explained: Set[tuple[str, int]] = frozenset()
        self._done: set[tuple[str, int]] = set()
        """Those of the last events that were told."""
        self._number = 0
        self._more = 0
        self.kept: Timeline | None = None
        """What was seen of events in another order, if anything was to be kept of them."""

    def keep_in(self, folder: Path) -> None:
        """Say where to keep what is seen of events that come in another order than that of the store."""
        self.kept = Timeline(folder)

    def look(self, page: Page) -> Iterator[Finding]:
        if self.kept is not None:
            self.kept.add(page.column("position"), page.times)
        yield from ()

    def merge(self, other: Described) -> None:
        assert isinstance(other, PositionTimeOrder)
        if self.kept is not None and other.kept is not None:
            self.kept.take(other.kept)

    def contradictions(self, latest: int) -> int:
        """How many of the events that were kept are much earlier than the one before; `latest` as in `compare`."""
        found, last = 0, np.empty(0, dtype=np.int64)
        for _, times in self.kept.slices() if self.kept is not None else ():
            known = np.concatenate([last, times[(times != NO_TIME) & (times <= latest)]])
            found += int((known[:-1] - known[1:] > self._tolerance).sum())
            last = known[-1:]
        return found

    def compare(self, page: Scanned, latest: int, owned: Set[tuple[str, int]]) -> Iterator[Finding]:
        """Look at the next events in store order.

        Passed over are those later than `latest` (microseconds since 1970), which lie in the future, and the places
        in `owned`: their times are known to be wrong.
        """
        self._explained = owned
        read = page.column("microseconds")
        times = (
            read
            if isinstance(read, np.ndarray)
            else np.array([NO_TIME if each is None else each for each in read], dtype=np.int64)
        )
        at = np.flatnonzero((times != NO_TIME) & (times <= latest))
        if not len(at):
            return
        kept = self._places
        found = np.concatenate([self._times, times[at]])

        def place(index: int) -> Place:
            return kept[index] if index < len(kept) else page.place(int(at[index - len(kept)]))

        end = max(self._looked_at, len(found) - _AROUND)
        yield from self._compared(found, place, end)
        start = max(0, end - _AROUND - 1)
        self._times = found[start:]
        self._places = [place(index) for index in range(start, len(found))]
        self._looked_at = end - start
        if self._done:
            self._done &= {each.key for each in self._places}

    def finish(self) -> Iterator[Finding]:
        yield from self._compared(self._times, self._places.__getitem__, len(self._times))
        if self._more:
            message = f"{self._more:,} further events are much earlier than the ones before them in store order."
            yield self.finding(message, evidence={"events": self._more}, subject="others")

    def _compared(self, times: NDArray[np.int64], place: Callable[[int], Place], end: int) -> Iterator[Finding]:
        """Compare the events up to the one before `end` with those before them."""
        first = max(1, self._looked_at)
        back = times[first - 1 : end - 1] - times[first:end] if end > first else times[:0]
        for index in (np.flatnonzero(back > self._tolerance) + first).tolist():
            usual = np.median(times[max(0, index - 1 - _AROUND) : index + 1 + _AROUND])
            late = bool(abs(times[index - 1] - usual) > abs(times[index] - usual))
            wrong, right = self._stretch(times, index, late=late)
            if not self._explained.isdisjoint({place(index).key, place(index - 1).key}):
                continue
            for each in wrong:
                yield from self._told(place(each), place(right), int(times[each]), int(times[right]), late=late)

    def _stretch(self, times: NDArray[np.int64], index: int, *, late: bool) -> tuple[range, int]:
        """Which events are wrong where one is much earlier than the one before, and one that isn't.

        A few are told one by one; of more than that, as of an import, only the one where they begin.
        """
        if late:
            low = index - 1
            while low > max(0, index - _AROUND) and times[low - 1] > times[index] + self._tolerance:
                low -= 1
            few = low > max(0, index - _AROUND)
            return range(low if few else index - 1, index), index
        high = index + 1
        while high < min(len(times), index + _AROUND) and times[high] < times[index - 1] - self._tolerance:
            high += 1
        few = high < min(len(times), index + _AROUND)
        return range(index, high if few else index + 1), index - 1

    def _told(self, event: Place, other: Place, time: int, other_time: int, *, late: bool) -> Iterator[Finding]:
        if event.key in self._done or event.key in self._explained:
            return
        self._done.add(event.key)
        if self._number == _MOST:
            self._more += 1
            return
        self._number += 1
        seconds = f"{abs(other_time - time) / 1_000_000:,.0f} seconds"
        message = f"The event is {seconds} earlier than one before it in store order."
        if late:
            message = f"The event is {seconds} later than one after it in store order."
        neighbour = {**other._asdict(), "timestamp": _shown(other_time)}
        evidence = {"timestamp": _shown(time), "neighbour": neighbour}
        yield self.finding(message, **event._asdict(), evidence=evidence)


def _shown(microseconds: int) -> str:
    return Instant(microseconds * 1000, 0).isoformat()
