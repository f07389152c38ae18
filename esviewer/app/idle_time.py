"""Idle time: a map from true time to an axis on which the long gaps between events are short.

A gap counts as idle where it is longer than `USUAL` times the median gap, and than `SHARE` of the life's span without
the gaps that are longer still. The longest are taken first, `MOST` of them at most, so that every break can be seen.
Gaps of no length, between events of one moment, say nothing of what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

USUAL: Final = 20
"""A gap that is idle is longer than so many median gaps."""
SHARE: Final = 50
"""A gap that is idle takes more than one part in so many of what the longer ones leave of the span."""
MOST: Final = 40
"""No more gaps than these are idle."""

_BESIDE: Final = 2
"""All breaks together are no wider than the rest of the axis divided by this."""
_NS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Break:
    """A gap in which nothing happened, and where it is drawn; all in nanoseconds since 1970."""

    begin: int
    """When the last event before it was."""
    end: int
    """When the first event after it was."""
    place: int
    """Where it begins on the axis."""
    width: int
    """How long it looks on the axis: always shorter than it was."""

    @property
    def length(self) -> int:
        """How long nothing happened."""
        return self.end - self.begin


class IdleTime:
    """Maps times to places and back; both ascend, and no event lies within a break."""

    def __init__(self, breaks: tuple[Break, ...] = ()) -> None:
        """`breaks` ascend, and each begins where those before it have moved it to. Without any, time stays as it is."""
        self.breaks = breaks
        edges = [
            (each.begin / _NS, each.end / _NS, each.place / _NS, (each.place + each.width) / _NS) for each in breaks
        ]
        self._times = np.array([edge for begin, end, _, _ in edges for edge in (begin, end)])
        self._places = np.array([edge for _, _, begin, end in edges for edge in (begin, end)])

    def places(self, times: np.ndarray) -> np.ndarray:
        """Where events lie, in nanoseconds; `times` are 64-bit integers in any order, none of them within a break."""
        if not self.breaks:
            return times
        ends = np.array([each.end for each in self.breaks], dtype=np.int64)
        # Differences of any two times fit where the sign does not count; their sums come out right as they wrap.
        moved = [0, *((each.end - each.place - each.width) % (1 << 64) for each in self.breaks)]
        by = np.array(moved, dtype=np.uint64).view(np.int64)
        if (times[1:] >= times[:-1]).all():
            counts = np.diff(np.searchsorted(times, ends, "left"), prepend=0, append=len(times))
            return times - np.repeat(by, counts)
        return times - by[np.searchsorted(ends, times, "right")]

    def place(self, seconds: float) -> float:
        """Where a moment lies, which may be within a break; seconds since 1970."""
        return _along(seconds, self._times, self._places)

    def time(self, place: float) -> float:
        """When that was which lies at a place; seconds since 1970."""
        return _along(place, self._places, self._times)

    def break_at(self, place: float) -> Break | None:
        """The break that a place lies in, in seconds."""
        after = int(np.searchsorted(self._places, place, "right"))
        return self.breaks[after // 2] if after % 2 else None


def find_idle(times: np.ndarray) -> IdleTime:
    """The idle time between events, whose times are 64-bit integers of nanoseconds, in any order."""
    if len(times) < 3:
        return IdleTime()
    ordered = times if (times[1:] >= times[:-1]).all() else np.sort(times)
    # The distance of any two times fits into 64 bits without a sign.
    gaps = ordered[1:].view(np.uint64) - ordered[:-1].view(np.uint64)
    rest = int(ordered[-1]) - int(ordered[0])
    if int(gaps.max()) * SHARE <= rest:
        return IdleTime()
    some = gaps[gaps > 0]
    middle = (len(some) - 1) // 2
    least = USUAL * int(np.partition(some, middle)[middle])
    if least >= 1 << 64:
        return IdleTime()
    long = np.flatnonzero(gaps > np.uint64(least))
    long = long[np.argsort(-gaps[long].astype(float), kind="stable")]
    rows: list[int] = []
    for row in long[:MOST].tolist():
        if int(gaps[row]) * SHARE <= rest:
            break
        rest -= int(gaps[row])
        rows.append(row)
    return IdleTime(_breaks(ordered, sorted(rows), rest))


def _breaks(ordered: np.ndarray, rows: list[int], rest: int) -> tuple[Break, ...]:
    """The breaks after these rows, where `rest` is what is left beside them."""
    if not rows:
        return ()
    # Shorter than the shortest of them, which took more than its share of what is left.
    width = max(1, min(rest // SHARE, rest // (_BESIDE * len(rows))))
    found, moved = [], 0
    for row in rows:
        begin, end = int(ordered[row]), int(ordered[row + 1])
        found.append(Break(begin, end, begin - moved, width))
        moved += end - begin - width
    return tuple(found)


def _along(value: float, knots: np.ndarray, there: np.ndarray) -> float:
    """Where a value between or beyond some knots lies between or beyond others; beyond them nothing is stretched."""
    if not len(knots):
        return value
    after = int(np.searchsorted(knots, value, "right"))
    if after % 2 == 0:
        return value if not after else float(there[after - 1] + (value - knots[after - 1]))
    share = (value - knots[after - 1]) / (knots[after] - knots[after - 1])
    return float(there[after - 1] + share * (there[after] - there[after - 1]))
