"""Where something was seen: how often, first, last, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.catalogue.axis import NO_MOMENT, Axis
from esviewer.model.instant import Instant
from esviewer.model.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """One event: which it is and when it was."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    position: int | str | None
    time: Instant | None

    def as_json(self) -> dict[str, Value]:
        """`{aggregate_id, version, position, timestamp}`."""
        return {
            "aggregate_id": self.aggregate_id,
            "version": self.version,
            "position": self.position,
            "timestamp": None if self.time is None else self.time.isoformat(),
        }


PlaceOf = Callable[[int], Place]
"""Makes the place of the event with an index in its batch."""


Indexes = Sequence[int] | NDArray[np.intp]


class Seen:
    """Some events of one batch that have something in common; what is asked of them is found out once."""

    def __init__(self, indexes: Indexes, moments: NDArray[np.int64], place_of: PlaceOf, axis: Axis) -> None:
        """`moments` are those of the whole batch, `indexes` ascend."""
        self._indexes = indexes
        self._place_of = place_of
        self._axis = axis
        own = moments[np.asarray(indexes, dtype=np.intp)]
        self.moments: NDArray[np.int64] = own
        self.count = len(indexes)
        self._timed = own != NO_MOMENT if (own == NO_MOMENT).any() else None
        self.timed = self.count if self._timed is None else int(self._timed.sum())
        if self.timed:
            self._low = int(own.argmin() if self._timed is None else np.where(self._timed, own, 2**63 - 1).argmin())
            # The last of several at the same moment.
            self._high = len(own) - 1 - int(own[::-1].argmax())
            self.low, self.high = int(own[self._low]), int(own[self._high])

    @cached_property
    def first(self) -> Place:
        """The earliest of them, or without any time the one that comes first."""
        return self._place_of(int(self._indexes[self._low if self.timed else 0]))

    @cached_property
    def last(self) -> Place:
        """The latest of them."""
        return self._place_of(int(self._indexes[self._high if self.timed else -1]))

    @cached_property
    def histogram(self) -> NDArray[Any]:
        """How many lie in each stretch of the axis."""
        return self._axis.histogram(self.moments)


class Span:
    """How often something was seen, where first and last, and how often in each stretch of the axis."""

    __slots__ = ("axis", "count", "first", "high", "last", "low", "row", "timed")

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.row = axis.row()
        self.count = 0
        self.timed = 0
        """How many of them had a time."""
        self.first: Place | None = None
        self.last: Place | None = None
        self.low = 0
        self.high = 0
        """The moments of the first and last one; of no meaning when `timed` is 0."""

    def add(self, seen: Seen) -> None:
        """Count some more."""
        if seen.timed:
            self.axis.add(self.row, seen.histogram)
        self._reach(seen)
        self.count += seen.count
        self.timed += seen.timed

    def merge(self, other: Span) -> None:
        """Count what another span has counted."""
        if other.count:
            self.axis.merge(self.row, other.row)
            self._reach(other)
            self.count += other.count
            self.timed += other.timed

    def take(self, other: Span) -> None:
        """Count what another span has counted, which is used no more."""
        self.merge(other)
        self.axis.release(other.row)

    def copy(self) -> Span:
        """Another one like it."""
        found = Span(self.axis)
        found.merge(self)
        return found

    def _reach(self, more: Seen | Span) -> None:
        if more.timed:
            if not self.timed or more.low < self.low or (more.low == self.low and _before(more.first, self.first)):
                self.low, self.first = more.low, more.first
            if not self.timed or more.high > self.high or (more.high == self.high and _before(self.last, more.last)):
                self.high, self.last = more.high, more.last
        elif not self.timed:
            self.first = more.first if self.first is None else self.first
            self.last = more.last

    @property
    def buckets(self) -> NDArray[np.int64]:
        """How many lie in each stretch of the axis."""
        return self.axis.counts(self.row).astype(np.int64)


def _before(one: Place | None, other: Place | None) -> bool:
    """Whether the first of two events at the same moment comes before the second, as far as positions tell."""
    left = None if one is None else one.position
    right = None if other is None else other.position
    return type(left) is int and type(right) is int and left < right
