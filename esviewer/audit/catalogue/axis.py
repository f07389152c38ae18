"""A time axis of few stretches, all of one length, which merge when what is counted on it outgrows it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 120
NO_MOMENT: Final = np.iinfo(np.int64).min
"""Stands for an event whose time is missing."""

_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND


def _widths() -> list[int]:
    """Every width is a multiple of the one before, so that two stretches merge into one."""
    small = [factor * 10**power for power in range(6) for factor in (1, 2)]
    clock = [seconds * _SECOND for seconds in (1, 2, 10, 20, 60, 120, 600, 1800, 3600, 7200, 21_600, 43_200)]
    return small + clock + [_DAY * 2**power for power in range(27)]


WIDTHS: Final = _widths()
"""In microseconds; from a microsecond up to what 64 bits can count."""

EARLIEST: Final = 315_532_800 * _SECOND
LATEST: Final = 4_102_444_800 * _SECOND
"""1980 and 2100: times outside of these are counted, but don't stretch the axis, since they are no real ones."""


class Axis:
    """Rows of counts over the same stretches of time; row numbers are given out by `row`."""

    def __init__(self, earliest: int = EARLIEST, latest: int = LATEST) -> None:
        """Only moments from `earliest` up to, but not with, `latest` are counted in stretches."""
        self._earliest = earliest
        self._latest = latest
        self._step = 0
        self._first = 0
        self._last = -1
        self._counts: NDArray[np.uint32] = np.zeros((64, BUCKETS), dtype=np.uint32)
        self._rows = 0
        self._free: list[int] = []

    @property
    def width(self) -> int:
        """How long each stretch is, in microseconds."""
        return WIDTHS[self._step]

    @property
    def start(self) -> int:
        """Where the first stretch begins, in microseconds since 1970."""
        return self._first * self.width

    def row(self) -> int:
        """A new row, of zeros."""
        if self._free:
            return self._free.pop()
        if self._rows == len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
        self._rows += 1
        return self._rows - 1

    def release(self, row: int) -> None:
        """Forget a row; its number is given out again."""
        self._counts[row] = 0
        self._free.append(row)

    def counts(self, row: int) -> NDArray[np.uint32]:
        """A row's counts, not to be kept beyond the next call."""
        found: NDArray[np.uint32] = self._counts[row]
        return found

    def add(self, row: int, histogram: NDArray[Any]) -> None:
        """Count in a row what `histogram` made of some moments."""
        self._counts[row] += histogram

    def merge(self, row: int, other: int) -> None:
        """Count in a row what another one counted."""
        self._counts[row] += self._counts[other]

    def reach(self, moments: NDArray[np.int64]) -> None:
        """Make the axis long enough for some moments; what was counted stays."""
        inside = moments[(moments >= self._earliest) & (moments < self._latest)]
        if not len(inside):
            return
        self._stretch(int(inside.min()), int(inside.max()), self._step)

    def _stretch(self, low: int, high: int, step: int) -> None:
        if self.used:
            low = min(low, self.start)
            high = max(high, self._last * self.width)
        while high // WIDTHS[step] - low // WIDTHS[step] >= BUCKETS:
            step += 1
        self._widen(step)
        self._move(low // WIDTHS[step])
        self._last = max(self._last, high // WIDTHS[step])

    def _widen(self, step: int) -> None:
        if step == self._step:
            return
        if self.used:
            factor = WIDTHS[step] // WIDTHS[self._step]
            first = self._first // factor
            target = (np.arange(BUCKETS) + self._first) // factor - first
            merged = np.zeros_like(self._counts)
            for old in range(self._last - self._first + 1):
                merged[:, target[old]] += self._counts[:, old]
            self._counts = merged
            self._first, self._last = first, self._last // factor
        self._step = step

    def _move(self, first: int) -> None:
        if self._last < self._first:
            self._first, self._last = first, first
        elif first != self._first:
            self._counts = np.roll(self._counts, self._first - first, axis=1)
            self._first = first

    def import_rows(self, other: Axis) -> int:
        """Take over all rows of another axis, which is used no more; returns the number that its row 0 has here."""
        if other.used:
            low, high = other.start, other._last * other.width
            self._stretch(low, high, max(self._step, other._step))
            other._stretch(self.start, self._last * self.width, self._step)
        offset = self._rows
        self._counts = np.concatenate([self._counts[: self._rows], other._counts])
        self._rows += other._rows
        self._free += [row + offset for row in other._free]
        return offset

    def histogram(self, moments: NDArray[np.int64]) -> NDArray[Any]:
        """How many moments lie in each stretch; the axis must reach them."""
        found = moments[(moments >= self._earliest) & (moments < self._latest)] // self.width - self._first
        return np.bincount(found, minlength=BUCKETS).astype(np.uint32)

    def place(self, moment: int) -> int | None:
        """The index of the stretch that a moment lies in; None outside of the axis."""
        if not self._earliest <= moment < self._latest or self._last < self._first:
            return None
        found = moment // self.width - self._first
        return found if 0 <= found < BUCKETS else None

    @property
    def used(self) -> int:
        """How many stretches there are from the first to the last with anything in it."""
        return self._last - self._first + 1
