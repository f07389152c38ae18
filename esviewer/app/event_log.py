"""A store's events in store order, searched by a filter in slices: what was found, and how far the search has come.

The database looks at types, times and correlation ids where it can; the rest is looked at here. A search by time begins
where bisecting finds the span, and then goes through the rest of the store for events whose clock disagrees with their
position, but for stretches of which it is known that no such event is in them. So it is quick first, and right in the
end.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from esviewer.app.by_time import Bisected
from esviewer.app.log_filter import Fitting, LogFilter
from esviewer.app.stretches import Interval, Stretches
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.stores.store import Store
from esviewer.work import Work

FIRST: Final = 250
"""Events of the first slice: few, so that something shows at once."""
MOST: Final = 20_000
_SOON: Final = 0.05
_LATE: Final = 0.15
"""Seconds that a slice should take at least and at most."""


@dataclass(frozen=True, slots=True)
class Searched:
    """How far a search has come."""

    found: int
    complete: bool
    reached: int | None = None
    """The position (of one aggregate's events: the version) up to which all was looked at; None: not known."""
    time: Instant | None = None
    """About when that was."""
    share: float | None = None
    """How much of what is to be searched that is, of 1; None: not known."""
    elsewhere: bool = False
    """Whether what is left is outside of where the span of time should be, by the clock."""
    apart: int = 0
    """Events that were found there: their clock and their position disagree."""
    untold: int = 0
    """Events for which the expression could not be told."""


class _Axis(Protocol):
    """What events are numbered by."""

    first: int
    last: int

    def edge(self, start: int, count: int, back: bool, work: Work | None) -> int:
        """The other end of a slice of about `count` events that begins at a number."""

    def read(self, low: int, high: int, work: Work | None) -> Iterable[Event]:
        """The events from one number to another, ascending."""

    def time_at(self, number: int, work: Work | None) -> Instant | None:
        """About when a number was."""


class LogSearch:
    """One search, which goes on where it stopped; used by one thread at a time."""

    def __init__(
        self, store: Store, asked: LogFilter, *, newest_first: bool = True, known: Stretches | None = None
    ) -> None:
        """`known` says of which stretches it is known when their events were. Raises RulesError for an expression
        that is none."""
        self.asked = asked
        self.newest_first = newest_first
        self.searched = Searched(0, False)
        self._store = store
        self._known = known
        self._fitting = Fitting(asked, store.linked.links)
        self._axis: _Axis | None = None
        self._begun = False
        self._todo: list[tuple[Interval, bool]] = []
        """What is left, and whether that is elsewhere than where the span of time should be."""
        self._size = FIRST
        self._total = 0
        self._stream: Iterator[Event] | None = None
        self._last: tuple[str, int] | None = None
        self._read = False
        """Whether all of the stream was read."""
        self._pending: list[Event] = []
        """What was found before the search was cancelled, and told to nobody yet."""
        self._found = self._apart = 0

    def advance(self, *, wanted: int, seconds: float, work: Work | None = None) -> list[Event]:
        """The next events, in the order of the search; it ends with a slice after `wanted` were found, or `seconds`.

        What is found elsewhere than where the span of time should be comes after what is there. Raises NotFoundError
        where there is no such aggregate, and StoreError.
        """
        if not self._begun:
            self._begin(work)
            self._begun = True
        ends = time.monotonic() + seconds
        if self._axis is None:
            self._from_stream(wanted, ends, work)
        while self._axis is not None and self._todo:
            self._pending += self._slice(self._axis, wanted, work)
            if len(self._pending) >= wanted or time.monotonic() >= ends:
                break
        self.searched = self._state(work)
        found, self._pending = self._pending, []
        return found

    def pause(self) -> None:
        """Let go of what the search keeps open at the store; it can go on afterwards."""
        stream, self._stream = self._stream, None
        if stream is not None and hasattr(stream, "close"):
            stream.close()

    def _begin(self, work: Work | None) -> None:
        asked, store = self.asked, self._store
        if asked.aggregate_id:
            self._axis = _Versions(store, asked, work)
        elif store.goes_by_position:
            ends = store.position_ends(work=work)
            if ends is None:
                self._total = 1
                self._axis = _Positions(store, asked, 1, 0)
                return
            self._axis = _Positions(store, asked, *ends)
            if store.timed and (asked.since is not None or asked.until is not None):
                self._todo = self._spans(self._axis, work)
                self._total = sum(high - low + 1 for (low, high), _ in self._todo)
                return
        if self._axis is not None:
            self._todo = [((self._axis.first, self._axis.last), False)]
            self._total = self._axis.last - self._axis.first + 1

    def _spans(self, axis: _Positions, work: Work | None) -> list[tuple[Interval, bool]]:
        """Where to look for a span of time: first where it should be, then wherever else it might be."""
        asked, store = self.asked, self._store
        first, last = axis.first, axis.last
        low, high = asked.since, asked.until
        times = Bisected(lambda positions: store.times_at(positions, work=work), first, last)
        # The first event after the span is the first that is not before its last nanosecond's next.
        moments = [*([low.ns] if low is not None else []), *([high.ns + 1] if high is not None else [])]
        places = times.crossings(moments)
        begin = places[0] if low is not None else first
        end = places[-1] - 1 if high is not None else last
        rest = [(first, begin - 1), (end + 1, last)] if begin <= end else [(first, last)]
        if self._known is not None:
            rest = self._known.possible(rest, low, high)
        rest = sorted((each for each in rest if each[0] <= each[1]), reverse=self.newest_first)
        there = [((begin, end), False)] if begin <= end else []
        return [*there, *((each, True) for each in rest)]

    def _slice(self, axis: _Axis, wanted: int, work: Work | None) -> list[Event]:
        (low, high), apart = self._todo[0]
        begun = time.monotonic()
        if self.newest_first:
            first, last = max(low, axis.edge(high, self._size, True, work)), high
            rest = (low, first - 1)
        else:
            first, last = low, min(high, axis.edge(low, self._size, False, work))
            rest = (last + 1, high)
        found = list(self._fitting.kept(axis.read(first, last, work)))
        if self.newest_first:
            found.reverse()
        if rest[0] <= rest[1]:
            self._todo[0] = rest, apart
        else:
            del self._todo[0]
        self._found += len(found)
        self._apart += len(found) if apart else 0
        self._pace(time.monotonic() - begun, len(found), wanted)
        return found

    def _pace(self, taken: float, found: int, wanted: int) -> None:
        """How many events to look at next time."""
        if taken < _SOON:
            self._size = min(MOST, self._size * 4)
        elif taken > _LATE:
            self._size = max(FIRST, self._size // 2)
        if found:
            self._size = max(FIRST, min(self._size, wanted * self._size // found))

    def _from_stream(self, wanted: int, ends: float, work: Work | None) -> None:
        """The next events where no index leads to stretches of positions: all of them in one long statement.

        After a pause it begins anew and passes over what was looked at.
        """
        if self._read:
            return
        asked, last = self.asked, None
        if self._stream is None:
            last = self._last
            self._stream = iter(
                self._store.events(
                    since=asked.since,
                    until=asked.until,
                    type_glob=asked.types or None,
                    aggregate_type=asked.aggregate_type or None,
                    naming=asked.correlation or None,
                    newest_first=self.newest_first,
                    work=work,
                )
            )
        try:
            for event in self._stream:
                if work is not None:
                    work.check()
                key = event.aggregate_id, event.version
                if last is not None:
                    last = None if key == last else last
                    continue
                self._last = key
                if self._fitting.fits(event):
                    self._found += 1
                    self._pending.append(event)
                if len(self._pending) >= wanted or time.monotonic() > ends:
                    return
        except BaseException:
            self.pause()
            raise
        self.pause()
        self._read = True

    def _state(self, work: Work | None) -> Searched:
        axis = self._axis
        if axis is None:
            return Searched(self._found, self._read, untold=self._fitting.untold)
        if not self._todo:
            return Searched(self._found, True, apart=self._apart, untold=self._fitting.untold, share=1.0)
        (low, high), elsewhere = self._todo[0]
        reached = high + 1 if self.newest_first else low - 1
        left = sum(high - low + 1 for (low, high), _ in self._todo)
        return Searched(
            self._found,
            False,
            reached,
            axis.time_at(min(max(reached, axis.first), axis.last), work),
            1 - left / max(1, self._total),
            elsewhere,
            self._apart,
            self._fitting.untold,
        )


class _Positions:
    """All of a store, by position."""

    def __init__(self, store: Store, asked: LogFilter, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self._store = store
        self._asked = asked

    def edge(self, start: int, count: int, back: bool, work: Work | None) -> int:
        if back:
            found = self._store.position_before(start, count, work=work)
            return self.first if found is None else found
        found = self._store.position_after(start - 1, count, work=work)
        return self.last if found is None else found

    def read(self, low: int, high: int, work: Work | None) -> Iterable[Event]:
        asked = self._asked
        return self._store.events(
            since=asked.since,
            until=asked.until,
            type_glob=asked.types or None,
            aggregate_type=asked.aggregate_type or None,
            naming=asked.correlation or None,
            from_position=low,
            to_position=high,
            work=work,
        )

    def time_at(self, number: int, work: Work | None) -> Instant | None:
        found = self._store.times_at([number], work=work)[0]
        return None if found is None else found[1]


class _Versions:
    """One aggregate, by version."""

    def __init__(self, store: Store, asked: LogFilter, work: Work | None) -> None:
        self._store = store
        self._asked = asked
        summary = store.summary(asked.aggregate_id, work=work)
        self._id = summary.aggregate_id
        self.last = summary.version
        begin = list(store.events(self._id, limit=1, work=work))
        self.first = begin[0].version if begin else self.last

    def edge(self, start: int, count: int, back: bool, work: Work | None) -> int:
        del work
        return start - count + 1 if back else start + count - 1

    def read(self, low: int, high: int, work: Work | None) -> Iterable[Event]:
        asked = self._asked
        return self._store.events(
            self._id,
            from_version=low,
            to_version=high,
            since=asked.since,
            until=asked.until,
            type_glob=asked.types or None,
            aggregate_type=asked.aggregate_type or None,
            work=work,
        )

    def time_at(self, number: int, work: Work | None) -> Instant | None:
        found: Sequence[Event] = list(self._store.events(self._id, from_version=number, limit=1, work=work))
        return found[0].timestamp if found else None
