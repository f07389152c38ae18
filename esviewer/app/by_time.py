"""Where in a store a moment lies, found by bisecting its positions: a few lookups instead of a scan.

That supposes that times ascend with positions. Where they don't, what is found is one of the places where they pass the
moment, so whoever has to be right looks elsewhere too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from esviewer.model.instant import Instant

Ask: TypeAlias = Callable[[Sequence[int]], Sequence[tuple[int, Instant] | None]]
"""For each position the next event with a time, from it on: its position and time; None where there is none."""
POINTS: Final = 64
"""Positions asked for at once, at least."""


class Bisected:
    """One store's times as far as they were asked for; `first` and `last` are its first and last position."""

    def __init__(self, ask: Ask, first: int, last: int) -> None:
        self._ask = ask
        self.first = first
        self.last = last
        self._asked: list[int] = []
        self._answers: dict[int, tuple[int, Instant] | None] = {}

    def sample(self, points: int = POINTS) -> list[tuple[int, Instant]]:
        """The events with a time at or after positions that are equally far from each other, first and last among
        them."""
        span = self.last - self.first
        self._learn({self.first + span * each // max(1, points - 1) for each in range(points)})
        return [found for at in self._asked if (found := self._answers[at]) is not None]

    @property
    def asked(self) -> list[int]:
        """The positions that were asked for, ascending."""
        return self._asked

    @property
    def there(self) -> set[int]:
        """The positions that were found, whichever led to them."""
        return {found[0] for found in self._answers.values() if found is not None}

    def _learn(self, positions: set[int]) -> None:
        wanted = sorted(positions - self._answers.keys())
        if wanted:
            self._answers.update(zip(wanted, self._ask(wanted), strict=True))
            self._asked = sorted(self._answers)

    def crossings(self, moments: Sequence[int], *, near: int = 0) -> list[int]:
        """For each moment (nanoseconds since 1970) the position from which on events are not before it.

        It may be too high by up to `near` positions. Behind the last position where all events are before the moment.
        """
        if not self._asked:
            self.sample()
        ends = [self._between(ns) for ns in moments]
        while True:
            open_ = [index for index, (low, high) in enumerate(ends) if high - low > near]
            if not open_:
                return [high for _, high in ends]
            each = max(1, POINTS // len(open_))
            self._learn({point for index in open_ for point in _inside(*ends[index], each)})
            for index in open_:
                ends[index] = self._between(moments[index])

    def _between(self, ns: int) -> tuple[int, int]:
        """Where the crossing is at least and at most, by what is known."""
        low, high = self.first, self.last + 1
        # From behind, so that of several places the last one counts: nothing after it is before the moment.
        asked = self._asked
        start, end = 0, len(asked)
        while start < end:
            middle = (start + end) // 2
            found = self._answers[asked[middle]]
            if found is None or found[1].ns >= ns:
                end = middle
            else:
                start = middle + 1
        if start < len(asked):
            high = asked[start]
        if start:
            before = self._answers[asked[start - 1]]
            assert before is not None
            low = before[0] + 1
        return min(low, high), high


def _inside(low: int, high: int, points: int) -> set[int]:
    """Some positions from `low` on and below `high`, about equally far from each other."""
    return {low + (high - low) * each // (points + 1) for each in range(1, points + 1)}
