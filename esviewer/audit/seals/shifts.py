"""Events that are only at other positions than they were, neighbours that moved together in one stretch."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from esviewer.audit.seals import difference
from esviewer.audit.seals.difference import Difference, Shift
from esviewer.audit.seals.places import Place

_MOST: Final = 200_000
"""Events that are remembered as passed over: beyond that, stretches are told in parts."""
_NOWHERE: Final = (-1, 0)


class _Stretch:
    __slots__ = ("first", "last", "length")

    def __init__(self, shift: Shift) -> None:
        self.first = self.last = shift
        self.length = 1


class Shifts:
    """Takes them as they are met, in about the order of the seal."""

    def __init__(self) -> None:
        self._ends: dict[tuple[int, int], _Stretch] = {}
        """By the index that would go on with it, and by how much it moved."""
        self._passed: set[tuple[int, int]] = set()
        """Those that a stretch passes over, as told otherwise, by their index and by how much they moved."""

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, shift: Shift) -> None:
        """One more."""
        found = self._ends.pop((shift.at, shift.by), None) if shift.by else None
        if found is None:
            found = _Stretch(shift)
        else:
            found.last = shift
            found.length += 1
        self._ends[shift.at + 1, shift.by] = found

    def pass_over(self, shift: Shift) -> None:
        """One that moved too, but is told otherwise: a stretch goes on after it."""
        if not shift.by:
            return
        found = self._ends.pop((shift.at, shift.by), None)
        if found is not None and (shift.at + 1, shift.by) not in self._ends:
            self._ends[shift.at + 1, shift.by] = found
            return
        if found is not None:
            self._ends[shift.at, shift.by] = found
        if len(self._passed) < _MOST:
            self._passed.add((shift.at, shift.by))

    def _joined(self) -> Iterator[_Stretch]:
        """All stretches, those joined between which there is nothing but what is passed over."""
        begins = {(each.first.at, each.first.by): key for key, each in self._ends.items()}
        left = dict(self._ends)
        for key in sorted(self._ends):
            stretch = left.pop(key, None)
            if stretch is None:
                continue
            at, by = key
            while True:
                while (at, by) in self._passed:
                    at += 1
                following = left.pop(begins.get((at, by), _NOWHERE), None)
                if following is None:
                    break
                stretch.last = following.last
                stretch.length += following.length
                at = begins[at, by][0]
            yield stretch

    def told(self, others: Sequence[Difference]) -> Iterator[tuple[int, Difference]]:
        """A difference for each stretch, with the store's index where it begins; `others` may explain them."""
        inserted = _positions(each.now for each in others if each.kind == "inserted")
        removed = _positions(each.was for each in others if each.kind == "removed")
        for each in self._joined():
            first, last = each.first, each.last
            if each.length == 1:
                yield first.now_at, difference.moved(first.was, first.now)
            else:
                yield first.now_at, difference.shifted(first, last, each.length, _why(first, inserted, removed))


def _positions(places: Iterable[Place | None]) -> list[int]:
    return sorted(each.position for each in places if each is not None and isinstance(each.position, int))


def _why(first: Shift, inserted: Sequence[int], removed: Sequence[int]) -> str:
    """What explains that the first of a stretch has another position, if what came and went before it does."""
    was, now = first.was.position, first.now.position
    if not isinstance(was, int) or not isinstance(now, int):
        return ""
    came, went = bisect_left(inserted, now), bisect_left(removed, was)
    if came - went != first.by:
        return ""
    if came == 1 and went == 0:
        return f"An event was inserted before them, at position {inserted[0]}."
    if went == 1 and came == 0:
        return f"An event was removed before them, at position {removed[0]}."
    return f"Events that came or went before them: {came:,} inserted, {went:,} removed."
