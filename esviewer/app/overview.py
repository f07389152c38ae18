"""How many events there were when, in all of a store: at once from bisected positions, then exactly, by type.

The first picture takes some dozens of lookups however large the store is: where positions pass the edges of stretches
of time is bisected, and differences of positions stand for counts. It is approximate: positions may be missing, and
clocks may disagree with them. Then all events are read once, types and times alone, and counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from esviewer.app.by_time import Bisected
from esviewer.app.stretches import Stretch, Stretches
from esviewer.model.scanned import Scanned
from esviewer.model.values import Value
from esviewer.stores.store import Store
from esviewer.work import Work

BUCKETS: Final = 240
"""Stretches of time at most; when there would be more, each becomes twice as long."""
_SAMPLES: Final = 256
_PRECISE: Final = 50
"""An edge is looked for until it is within so small a part of what a bucket has on average."""
_PROBES: Final = 9
_PROBED: Final = 100
"""Where positions are missing, so many places are looked at for how many, so many events each."""
_TYPES: Final = 500
"""Types that are told apart; the others are one."""
OTHERS: Final = ""
"""What all types beyond those are called together."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Events in equal stretches of time."""

    first: int
    """When the first stretch begins, in microseconds since 1970."""
    width: int
    """How long each is, in microseconds."""
    counts: NDArray[np.int64]
    """All events of each stretch."""
    by_type: dict[str, NDArray[np.int64]]
    """The events of each type, those with most events first; none while that is not known."""
    exact: bool
    """Whether all events were counted; otherwise `counts` are approximate and `by_type` what was counted so far."""
    counted: int
    """Events counted so far."""
    undated: int = 0
    """Those among them without a time, which are in no stretch."""
    disordered: bool = False
    """Whether the clock ran back somewhere in the order of the store."""

    @property
    def edges(self) -> NDArray[np.int64]:
        """Where the stretches begin, and where the last ends, in microseconds since 1970."""
        return self.first + self.width * np.arange(len(self.counts) + 1, dtype=np.int64)


@dataclass(slots=True)
class _Bins:
    """Counts in stretches of 2**shift microseconds, which grow when there would be too many of them."""

    shift: int = 0
    base: int = 0
    """The number of the first stretch, counted from 1970."""
    size: int = 0
    by_type: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def add(self, types: Sequence[str], moments: NDArray[np.int64]) -> None:
        """Count events of these types at these microseconds."""
        if not len(moments):
            return
        self.cover(int(moments.min()), int(moments.max()))
        places = (moments >> self.shift) - self.base
        codes: dict[str, int] = {}
        numbers = np.fromiter((codes.setdefault(kind, len(codes)) for kind in types), np.int64, len(types))
        tally = np.bincount(numbers * self.size + places, minlength=len(codes) * self.size).astype(np.int64)
        for kind, counted in zip(codes, tally.reshape(len(codes), self.size), strict=True):
            name = kind if kind in self.by_type or len(self.by_type) < _TYPES else OTHERS
            known = self.by_type.get(name)
            self.by_type[name] = counted if known is None else known + counted

    def cover(self, earliest: int, latest: int) -> None:
        """Have stretches from one microsecond to another."""
        if self.size:
            earliest = min(earliest, self.base << self.shift)
            latest = max(latest, ((self.base + self.size) << self.shift) - 1)
        while (latest >> self.shift) - (earliest >> self.shift) >= BUCKETS:
            self._double()
        base, end = earliest >> self.shift, (latest >> self.shift) + 1
        if self.size and (base, end) != (self.base, self.base + self.size):
            around = self.base - base, end - self.base - self.size
            self.by_type = {kind: np.pad(each, around) for kind, each in self.by_type.items()}
        self.base, self.size = base, end - base

    def _double(self) -> None:
        """Make two stretches one."""
        self.shift += 1
        if not self.size:
            return
        odd = self.base & 1
        size = (odd + self.size + 1) // 2
        around = odd, 2 * size - odd - self.size
        self.by_type = {
            kind: np.pad(each, around).reshape(size, 2).sum(axis=1) for kind, each in self.by_type.items()
        }
        self.base, self.size = self.base >> 1, size


class Overview:
    """One store's picture, which becomes exact step by step; used by one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shift = 0
        self._begin()

    def _begin(self) -> None:
        self._bins = _Bins(self._shift)
        self._reading: Iterator[Scanned] | None = None
        self._own = Work()
        self._latest: int | None = None
        self._counted = self._undated = 0
        self._disordered = False
        self.complete = False
        """Whether all events were counted."""
        self.known = Stretches()
        """When the events were that have been counted, by position; for stores that go by position."""

    def approximate(self, work: Work | None = None) -> Picture | None:
        """The first picture; None where nothing leads to it, or there is nothing to draw."""
        store = self._store
        if not store.goes_by_position or not store.timed:
            return None
        ends = store.position_ends(work=work)
        if ends is None:
            return None
        times = Bisected(lambda positions: store.times_at(positions, work=work), *ends)
        found = times.sample(_SAMPLES)
        moments = [time.ns // 1000 for _, time in found]
        if not moments:
            return None
        bins = _Bins()
        bins.cover(min(moments), max(moments))
        span = ends[1] - ends[0] + 1
        inner = [(bins.base + each) << bins.shift for each in range(1, bins.size)]
        near = span // (bins.size * _PRECISE)
        places = [ends[0], *times.crossings([each * 1000 for each in inner], near=near), ends[1] + 1]
        counts = np.diff(np.maximum.accumulate(np.array(places, dtype=np.int64)))
        dense = self._dense(times, work)
        counts = np.rint(counts * dense).astype(np.int64)
        # What will be counted is counted in stretches of this length.
        self._shift = self._bins.shift = bins.shift if not self._bins.size else self._bins.shift
        return Picture(bins.base << bins.shift, 1 << bins.shift, counts, {}, False, 0)

    def _dense(self, times: Bisected, work: Work | None) -> float:
        """About how many events there are for each position."""
        asked = times.asked
        missing = len(set(asked) - times.there)
        if missing * 10 < len(asked):
            return 1.0
        dense = []
        for at in asked[:: max(1, len(asked) // _PROBES)]:
            end = self._store.position_after(at - 1, _PROBED, work=work)
            if end is not None and end > at:
                dense.append(min(1.0, _PROBED / (end - at + 1)))
        return float(np.median(dense)) if dense else 1.0

    def refine(self, seconds: float, work: Work | None = None) -> Picture:
        """Count some more events, for so long; where that fails it has to begin anew."""
        ends = time.monotonic() + seconds
        try:
            with nullcontext() if work is None else work.interrupted_by(self._own.cancel):
                if self._reading is None:
                    self._reading = self._store.scan(("microseconds", "type"), work=self._own)
                while not self.complete:
                    part = next(self._reading, None)
                    if part is None:
                        self.complete = True
                    else:
                        self._take(part)
                    if time.monotonic() >= ends:
                        break
        except BaseException:
            self._begin()
            raise
        return self.picture()

    def _take(self, part: Scanned) -> None:
        types: Sequence[Value] = part.column("type")
        held, positions = part.column("microseconds"), part.column("position")
        self._counted += len(part)
        if isinstance(held, np.ndarray):
            moments = held
        else:
            dated = [index for index, each in enumerate(held) if each is not None]
            self._undated += len(part) - len(dated)
            moments = np.array([held[index] for index in dated], dtype=np.int64)
            types = [types[index] for index in dated]
        early: int | None = None
        late: int | None = None
        if len(moments):
            early, late = int(moments.min()) * 1000, int(moments.max()) * 1000 + 999
            back = self._latest is not None and int(moments[0]) < self._latest
            self._disordered = self._disordered or back or bool((np.diff(moments) < 0).any())
            self._latest = int(moments[-1])
            self._bins.add(["" if each is None else str(each) for each in types], moments)
        if self._store.goes_by_position:
            self.known.add(Stretch(int(str(positions[0])), int(str(positions[-1])), early, late))

    def picture(self) -> Picture:
        """What has been counted so far."""
        bins = self._bins
        by_size = sorted(bins.by_type.items(), key=lambda item: (-int(item[1].sum()), item[0]))
        total = np.zeros(bins.size, np.int64)
        for _, each in by_size:
            total += each
        return Picture(
            bins.base << bins.shift,
            1 << bins.shift,
            total,
            dict(by_size),
            self.complete,
            self._counted,
            self._undated,
            self._disordered,
        )
