"""Events that are known to be missing, and the positions that they leave empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush


@dataclass(frozen=True, slots=True)
class Absence:
    """Events of an aggregate that another finding has told to be missing."""

    aggregate_id: str
    after: int | None
    """The position of the event before them; None: nothing is known."""
    before: int | None
    """That of the event after them; None: they were the newest."""
    count: int


def explained(gaps: Sequence[tuple[int, int]], absences: Sequence[Absence]) -> list[int]:
    """Of each gap in positions (first and last missing one, ascending), how many belong to events that are absent."""
    known = [each for each in absences if each.after is not None]
    found = _between(gaps, known)
    left = [(low, high - used) for (low, high), used in zip(gaps, found, strict=True)]
    before = _before(left, [each for each in absences if each.after is None])
    return [one + other for one, other in zip(found, before, strict=True)]


def _between(gaps: Sequence[tuple[int, int]], absences: Sequence[Absence]) -> list[int]:
    """What absences account for of which is known what they come after."""
    coming = sorted(absences, key=lambda each: each.after or 0, reverse=True)
    # Those under way, the one that ends first on top; each with how many it still accounts for.
    active: list[tuple[float, int, int]] = []
    found = []
    serial = 0
    for low, high in gaps:
        while coming and (coming[-1].after or 0) < low:
            each = coming.pop()
            serial += 1
            heappush(active, (_end(each), serial, each.count))
        left = high - low + 1
        while active and left:
            end, number, count = heappop(active)
            if end <= high:
                continue
            used = min(count, left)
            left -= used
            if count > used:
                heappush(active, (end, number, count - used))
        found.append(high - low + 1 - left)
    return found


def _before(gaps: Sequence[tuple[int, int]], absences: Sequence[Absence]) -> list[int]:
    """What absences account for of which is known only what they come before: the gaps nearest to that."""
    coming = sorted(absences, key=_end)
    available = 0
    found = []
    for low, high in reversed(gaps):
        while coming and _end(coming[-1]) > high:
            available += coming.pop().count
        used = min(available, max(0, high - low + 1))
        available -= used
        found.append(used)
    return found[::-1]


def _end(absence: Absence) -> float:
    return float("inf") if absence.before is None else absence.before
