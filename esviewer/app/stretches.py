"""What is known of stretches of a store's positions: when their events were, at the earliest and at the latest.

Events don't change, so what was found by reading all of a stretch stays true, but for what commits late under a lower
position. With it a span of time is found exactly without reading what can't be in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from esviewer.model.instant import Instant

Interval: TypeAlias = tuple[int, int]
"""The first and the last position of some."""
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Positions, the times of whose events are within a span (nanoseconds since 1970), if they have any."""

    first: int
    last: int
    earliest: int | None
    latest: int | None

    def may_hold(self, since: Instant | None, until: Instant | None) -> bool:
        """Whether an event in it may be within a span of time."""
        if self.earliest is None or self.latest is None:
            return False
        return (since is None or self.latest >= since.ns) and (until is None or self.earliest <= until.ns)


class Stretches:
    """Stretches that follow each other from the first position on."""

    def __init__(self) -> None:
        self._all: list[Stretch] = []

    def add(self, stretch: Stretch) -> None:
        """Take in the next one."""
        # A tuple of what is there already stays as it is: another thread may be reading it.
        found = [*self._all, stretch]
        if len(found) > _MOST:
            found = [_joined(found[at : at + 2]) for at in range(0, len(found), 2)]
        self._all = found

    def possible(self, intervals: Sequence[Interval], since: Instant | None, until: Instant | None) -> list[Interval]:
        """The parts of some intervals in which an event may be within a span of time."""
        none = [(each.first, each.last) for each in self._all if not each.may_hold(since, until)]
        return [part for each in intervals for part in _without(each, none)]


def _without(interval: Interval, holes: Sequence[Interval]) -> Iterator[Interval]:
    low, high = interval
    for first, last in holes:
        if last < low or first > high:
            continue
        if first > low:
            yield low, first - 1
        low = last + 1
    if low <= high:
        yield low, high


def _joined(parts: Sequence[Stretch]) -> Stretch:
    early = [each.earliest for each in parts if each.earliest is not None]
    late = [each.latest for each in parts if each.latest is not None]
    return Stretch(parts[0].first, parts[-1].last, min(early, default=None), max(late, default=None))
