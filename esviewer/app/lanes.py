"""Several aggregates as lanes on one axis of time: their events as columns, and what of them is in sight.

All this is made and asked on a worker. What goes to whoever draws is bounded by what can be seen: each event where few
of a lane are in sight, counts in narrow stretches where there are many. Counts are differences of bisected places, so
that they take no longer for a million events than for a thousand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from esviewer.app.event_columns import Column, EventColumns
from esviewer.app.idle_time import IdleTime, find_idle
from esviewer.app.links import LANES
from esviewer.errors import NotFoundError
from esviewer.model.batch import EventBatch
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.replay.event_words import EventWords
from esviewer.stores.store import Store
from esviewer.work import Work

MOST: Final = LANES
"""Lanes at most."""
MARKS: Final = 1500
"""Events in sight that are shown one by one, in all lanes together."""
_FEW: Final = 40
"""A lane with no more events in sight shows each, however many lanes there are."""
_NS: Final = 1e9
_BEYOND: Final = (1 << 62) - 1

WordsFor: TypeAlias = Callable[[str | None], EventWords]
"""What the events of an aggregate type are called."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An event type, as it looks."""

    name: str
    sign: str
    colour: int | None
    """The one that the reducer's file says; None: that in turn."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One event in its lane."""

    aggregate_id: str
    aggregate_type: str | None
    row: int
    version: int
    kind: int
    place: float
    """Where it lies on the axis, in seconds."""
    time: Instant | None

    @property
    def key(self) -> tuple[str, int]:
        """What the event is found by."""
        return self.aggregate_id, self.version


@dataclass(frozen=True, slots=True)
class InLane:
    """One lane: what is known of it, and what of it is in sight: single events, or counts, or nothing."""

    aggregate_id: str
    aggregate_type: str | None
    read: int
    """Events read so far."""
    expected: int
    complete: bool
    missing: bool
    """Whether there is no such aggregate."""
    undated: int
    """Events without a time: they lie between their neighbours, or nowhere where none has one."""
    first: Instant | None
    last: Instant | None
    in_sight: int
    spots: tuple[Spot, ...]
    """Each event in sight and beside that, where there are few of them."""
    kinds: tuple[int, ...]
    """The types that are counted, where there are many."""
    counts: np.ndarray
    """Events of each of these types in each stretch."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen between two places."""

    low: float
    high: float
    lanes: tuple[InLane, ...]
    kinds: tuple[Kind, ...]
    idle: IdleTime
    ends: tuple[float, float] | None
    """Where the first and the last event of all lanes lie; None without any."""
    complete: bool
    """Whether all events have been read."""

    @property
    def edges(self) -> np.ndarray:
        """Where the stretches begin in which events are counted, and where the last ends."""
        columns = max((each.counts.shape[1] for each in self.lanes), default=0)
        return np.linspace(self.low, self.high, columns + 1)


class _Lane:
    """One aggregate's events."""

    def __init__(self, aggregate_id: str) -> None:
        self.aggregate_id = aggregate_id
        self.summary: AggregateSummary | None = None
        self.columns = EventColumns()
        self.complete = False
        self.missing = False
        self._reading: Iterator[EventBatch] | None = None
        self._placed: tuple[int, IdleTime] | None = None
        self.places: Column = np.zeros(0, np.int64)
        """Where the events lie, ascending, in nanoseconds."""
        self.rows: Column = np.zeros(0, np.int64)
        """Which rows of the columns these are."""
        self._codes: Column = np.zeros(0, np.int32)
        self.by_kind: dict[int, Column] = {}
        """Where those of each type lie, ascending; by the number of the type."""

    def read(self, store: Store, work: Work) -> None:
        """Take in some more events."""
        if self.summary is None:
            found = store.summaries([self.aggregate_id], exact=False, work=work)
            if not found:
                self.missing = self.complete = True
                return
            self.summary = found[0]
        try:
            if self._reading is None:
                after = int(self.columns.versions[-1]) + 1 if len(self.columns) else None
                self._reading = store.marks(self.aggregate_id, from_version=after, work=work)
            batch = next(self._reading, None)
        except BaseException:
            self._reading = None
            raise
        if batch is None:
            self._reading, self.complete = None, True
        else:
            self.columns.add(batch, len(batch))

    def look_again(self) -> None:
        """There may be more events by now."""
        if not self.missing:
            self.complete = False

    def pause(self) -> None:
        """Let go of what is open at the store."""
        self._reading = None

    @property
    def dated(self) -> bool:
        """Whether any event has a time."""
        return bool(self.columns.has_time.any())

    def times(self) -> Column:
        """When each event was, in nanoseconds; one without a time lies between those beside it."""
        times, known = self.columns.times_ns, self.columns.has_time
        if known.all():
            return times
        rows = np.arange(len(times))
        between: Column = np.interp(rows, rows[known], times[known]).astype(np.int64)
        return np.where(known, times, between)

    def lay_out(self, idle: IdleTime, number: Callable[[str], int]) -> None:
        """Find where each event lies; `number` gives that of a type."""
        count = len(self.columns)
        if self._placed is not None and self._placed == (count, idle):
            return
        self._placed = (count, idle)
        if not self.dated:
            count = 0
        codes = np.array([number(each) for each in self.columns.types], np.int32)
        self._codes = codes[self.columns.type_codes] if count else np.zeros(0, np.int32)
        places = idle.places(self.times()) if count else np.zeros(0, np.int64)
        ascending = bool((places[1:] >= places[:-1]).all())
        self.rows = np.arange(count) if ascending else np.argsort(places, kind="stable")
        self.places = places if ascending else places[self.rows]
        sorted_codes = self._codes if ascending else self._codes[self.rows]
        order = np.argsort(sorted_codes, kind="stable")
        by_code = self.places[order]
        numbers, starts = np.unique(sorted_codes[order], return_index=True)
        self.by_kind = dict(zip(numbers.tolist(), np.split(by_code, starts[1:]), strict=False))

    def spot(self, at: int) -> Spot:
        """The event that is so far from the first in the order of places."""
        row = int(self.rows[at])
        kind = None if self.summary is None else self.summary.aggregate_type
        return Spot(
            self.aggregate_id,
            kind,
            row,
            int(self.columns.versions[row]),
            int(self._codes[row]),
            float(self.places[at]) / _NS,
            self.columns.instant(row),
        )

    def at(self, row: int) -> int:
        """How far in the order of places a row is."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else 0

    def between(self, low: int, high: int) -> tuple[int, int]:
        """From which on, and before which, events lie between two places, both included."""
        first = int(np.searchsorted(self.places, low, "left"))
        return first, max(first, int(np.searchsorted(self.places, high, "right")))

    def in_sight(self, edges: Column, few: int, seen: tuple[int, int]) -> InLane:
        """What of it lies between the first and the last of some places, within which those are that are `seen`."""
        first, end = self.between(int(edges[0]), int(edges[-1]))
        spots: tuple[Spot, ...] = ()
        kinds: list[int] = []
        counts = np.zeros((0, 0), np.int64)
        if end - first <= few:
            spots = tuple(map(self.spot, range(first, end)))
        else:
            edges = np.append(edges[:-1], edges[-1] + 1)
            found = {kind: np.diff(np.searchsorted(each, edges)) for kind, each in self.by_kind.items()}
            kinds = [kind for kind, each in found.items() if each.any()]
            counts = np.array([found[kind] for kind in kinds], np.int64).reshape(len(kinds), len(edges) - 1)
        known = self.columns.has_time
        inside = self.between(*seen)
        ends = (self.columns.instant(int(self.rows[each])) for each in (0, -1)) if len(self.rows) else (None, None)
        start, last = ends
        summary, read = self.summary, len(self.columns)
        return InLane(
            self.aggregate_id,
            None if summary is None else summary.aggregate_type,
            read,
            max(read, 0 if summary is None else summary.events),
            self.complete,
            self.missing,
            int((~known).sum()),
            start,
            last,
            inside[1] - inside[0],
            spots,
            tuple(kinds),
            counts,
        )


class Lanes:
    """Reads the events of some aggregates and says what of them is in sight; used by one thread at a time."""

    def __init__(self, store: Store, words_for: WordsFor) -> None:
        self._store = store
        self._words_for = words_for
        self._lanes: list[_Lane] = []
        self._numbers: dict[Kind, int] = {}
        self._own = Work()
        self._collapse = False
        self._idle: tuple[tuple[tuple[str, int], ...], IdleTime] = (), IdleTime()

    def show(self, ids: Sequence[str]) -> None:
        """Have lanes of these aggregates from above to below; what was read of them stays."""
        known = {each.aggregate_id: each for each in self._lanes}
        self._lanes = [known.get(each) or _Lane(each) for each in dict.fromkeys(ids)]

    def advance(self, seconds: float, work: Work | None = None) -> bool:
        """Read for about so long, of the lane with the fewest events first; returns whether all have been read."""
        ends = time.monotonic() + seconds
        try:
            with nullcontext() if work is None else work.interrupted_by(self._own.cancel):
                while True:
                    left = [each for each in self._lanes if not each.complete]
                    if not left:
                        return True
                    min(left, key=lambda each: len(each.columns)).read(self._store, self._own)
                    if time.monotonic() >= ends:
                        return all(each.complete for each in self._lanes)
        except BaseException:
            self._own = Work()
            for each in self._lanes:
                each.pause()
            raise

    def look_again(self) -> None:
        """Have `advance` read what has come since all was read."""
        for each in self._lanes:
            each.look_again()

    @property
    def count(self) -> int:
        """Events read so far."""
        return sum(len(each.columns) for each in self._lanes)

    def sight(
        self, span: tuple[float, float] | None, columns: int, *, beside: float = 0.0, collapse: bool = False
    ) -> Sight:
        """What lies between two places (None: everything), and on both sides of that, in so many stretches.

        `beside` says on how much more of the width, on each side; `collapse`: idle time is short.
        """
        self._collapse = collapse
        idle = self._lay_out()
        whole = self._ends
        ends = None if whole is None else (whole[0] / _NS, whole[1] / _NS)
        low, high = (whole or (0, 0)) if span is None else _in_ns(span)
        seen = low, high
        if span is not None:
            wide = (span[1] - span[0]) * beside
            low, high = _in_ns((span[0] - wide, span[1] + wide))
        high = max(high, low + 1)
        few = max(_FEW, MARKS // max(1, len(self._lanes)))
        # Floats don't hold nanoseconds since 1970.
        edges = np.array([low + (high - low) * each // columns for each in range(columns + 1)], np.int64)
        lanes = tuple(each.in_sight(edges, few, seen) for each in self._lanes)
        complete = all(each.complete for each in self._lanes)
        return Sight(low / _NS, high / _NS, lanes, tuple(self._numbers), idle, ends, complete)

    def _lay_out(self) -> IdleTime:
        """Find where everything that was read lies; idle time is as it was looked at last."""
        idle = self._find_idle() if self._collapse else _NONE
        for each in self._lanes:
            words = self._words_for(None if each.summary is None else each.summary.aggregate_type)
            # Without breaks all idle times are alike.
            each.lay_out(idle if idle.breaks else _NONE, lambda name, words=words: self._number(name, words))  # type: ignore[misc]
        return idle

    def _find_idle(self) -> IdleTime:
        key = tuple((each.aggregate_id, len(each.columns)) for each in self._lanes)
        if self._idle[0] != key:
            times = [each.times() for each in self._lanes if each.dated]
            self._idle = key, find_idle(np.concatenate(times)) if times else IdleTime()
        return self._idle[1]

    def _number(self, name: str, words: EventWords) -> int:
        about = words.of(name)
        return self._numbers.setdefault(Kind(name, about.sign, about.colour), len(self._numbers))

    @property
    def _ends(self) -> tuple[int, int] | None:
        found = [(int(each.places[0]), int(each.places[-1])) for each in self._lanes if len(each.places)]
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None

    # One event

    def _of(self, aggregate_id: str) -> _Lane:
        found = next((each for each in self._lanes if each.aggregate_id == aggregate_id), None)
        if found is None:
            raise NotFoundError(f"There is no lane of {aggregate_id}.")
        self._lay_out()
        return found

    def step(self, aggregate_id: str, row: int, by: int) -> Spot | None:
        """The event so many further on in its lane than a row, or the lane's last; None in an empty lane."""
        lane = self._of(aggregate_id)
        count = len(lane.places)
        return lane.spot(min(max(lane.at(row) + by, 0), count - 1)) if count else None

    def end(self, aggregate_id: str, *, last: bool) -> Spot | None:
        """The first or the last event of a lane; None in an empty one."""
        lane = self._of(aggregate_id)
        return lane.spot(len(lane.places) - 1 if last else 0) if len(lane.places) else None

    def nearest(self, aggregate_id: str, place: float) -> Spot | None:
        """The event of a lane that is nearest to a place; None in an empty lane."""
        lane = self._of(aggregate_id)
        places, (at, _) = lane.places, _in_ns((place, place))
        if not len(places):
            return None
        after = min(int(np.searchsorted(places, at)), len(places) - 1)
        before = max(0, after - 1)
        return lane.spot(before if at - int(places[before]) < int(places[after]) - at else after)

    def keys(self, span: tuple[float, float], most: int) -> tuple[int, list[tuple[str, int]]]:
        """How many events lie between two places, and by what these are found, by time, if there are no more than
        `most`."""
        self._lay_out()
        low, high = _in_ns(span)
        parts = [(lane, *lane.between(low, high)) for lane in self._lanes]
        count = sum(end - first for _, first, end in parts)
        if count > most:
            return count, []
        spots = [lane.spot(at) for lane, first, end in parts for at in range(first, end)]
        return count, [each.key for each in sorted(spots, key=lambda each: each.place)]


def _in_ns(span: tuple[float, float]) -> tuple[int, int]:
    low, high = (round(max(-_BEYOND, min(_BEYOND, each * _NS))) for each in span)
    return low, high


_NONE: Final = IdleTime()
