"""Versions, types and times of one aggregate's events as columns that grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from esviewer.model.batch import EventBatch
from esviewer.model.instant import Instant

Column: TypeAlias = "np.ndarray[tuple[int], np.dtype[Any]]"

_NO_OFFSET = -(1 << 31)
_UNDATED = _NO_OFFSET + 1
_FIRST = 1024


class EventColumns:
    """Filled by one thread; others may read the rows below `len()` meanwhile."""

    def __init__(self) -> None:
        self.types: list[str] = []
        """The event types in order of appearance, which codes are indexes of."""
        self._codes_of: dict[str, int] = {}
        self._count = 0
        self._versions: Column = np.zeros(_FIRST, np.int64)
        self._codes: Column = np.zeros(_FIRST, np.int32)
        self._times: Column = np.zeros(_FIRST, np.int64)
        self._offsets: Column = np.full(_FIRST, _UNDATED, np.int32)

    def __len__(self) -> int:
        return self._count

    def add(self, batch: EventBatch, count: int) -> None:
        """Take over the first `count` events of a batch."""
        start, end = self._count, self._count + count
        while end > len(self._versions):
            self._versions = _doubled(self._versions)
            self._codes = _doubled(self._codes)
            self._times = _doubled(self._times)
            self._offsets = _doubled(self._offsets)
        self._versions[start:end] = batch.versions[:count]
        self._codes[start:end] = self._coded(batch.types[:count])
        clock = batch.clock()
        if clock is not None:
            self._times[start:end] = clock.ns[:count]
            self._offsets[start:end] = _NO_OFFSET if clock.offset is None else clock.offset
        else:
            times = batch.times()[:count]
            offsets = [_offset(time) for time in times]
            self._offsets[start:end] = offsets
            self._times[start:end] = [
                0 if offset == _UNDATED or time is None else time.ns
                for time, offset in zip(times, offsets, strict=True)
            ]
        # Last, for those who read meanwhile.
        self._count = end

    def _coded(self, kinds: Sequence[str]) -> list[int]:
        codes = self._codes_of
        for kind in dict.fromkeys(kinds):
            if kind not in codes:
                self.types.append(kind)
                codes[kind] = len(codes)
        return list(map(codes.__getitem__, kinds))

    @property
    def versions(self) -> Column:
        """The store's own numbers, ascending."""
        return self._versions[: self._count]

    @property
    def type_codes(self) -> Column:
        """Indexes into `types`."""
        return self._codes[: self._count]

    @property
    def times_ns(self) -> Column:
        """Nanoseconds since 1970-01-01 UTC; 0 where there is no time."""
        return self._times[: self._count]

    @property
    def has_time(self) -> Column:
        """Whether the event has a time that this column can hold (the years 1678 to 2261)."""
        dated: Column = self._offsets[: self._count] != _UNDATED
        return dated

    @property
    def zone_missing(self) -> bool:
        """Whether any event's time was recorded without a zone."""
        return bool((self._offsets[: self._count] == _NO_OFFSET).any())

    def instant(self, index: int) -> Instant | None:
        """The time of the event at a row, as the store recorded it."""
        offset = int(self._offsets[index])
        if offset == _UNDATED:
            return None
        return Instant(int(self._times[index]), None if offset == _NO_OFFSET else offset)


def _offset(time: Instant | None) -> int:
    if time is None or not -(1 << 63) <= time.ns < 1 << 63:
        return _UNDATED
    return _NO_OFFSET if time.offset is None else time.offset


def _doubled(column: Column) -> Column:
    return np.concatenate([column, np.zeros_like(column)])
