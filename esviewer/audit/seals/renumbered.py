"""Events that only have another version than they had, those of an aggregate that changed together in one stretch."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from esviewer.audit.seals import difference
from esviewer.audit.seals.difference import Difference, Shift
from esviewer.audit.seals.places import Place

_USUAL: Final = (1, -1)


class _Stretch:
    __slots__ = ("first", "last", "length")

    def __init__(self, shift: Shift) -> None:
        self.first = self.last = shift
        self.length = 1


class Renumbered:
    """Takes them as they are met, in about the order of the seal."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, int, int], _Stretch] = {}
        """By the aggregate, the version that would go on with it, and by how much versions are higher."""
        self._latest: dict[str, int] = {}
        """By aggregate, how much higher the version was that was met last."""

    def __len__(self) -> int:
        return len(self._ends)

    def likely(self, aggregate_id: str) -> Sequence[int]:
        """By how much a version of an aggregate is most likely higher than it was."""
        latest = self._latest.get(aggregate_id)
        return _USUAL if latest is None or latest in _USUAL else (latest, *_USUAL)

    def add(self, shift: Shift) -> None:
        """One more."""
        aggregate_id, by = shift.was.aggregate_id, _by(shift)
        self._latest[aggregate_id] = by
        found = self._ends.pop((aggregate_id, shift.was.version, by), None)
        if found is None:
            found = _Stretch(shift)
        else:
            found.last = shift
            found.length += 1
        self._ends[aggregate_id, shift.was.version + 1, by] = found

    @property
    def names(self) -> set[tuple[str, int]]:
        """What single ones were called: another that is called so now has changed places with it."""
        return {(each.first.was.aggregate_id, each.first.was.version) for each in self._ends.values()}

    def told(self, others: Sequence[Difference], gone: set[tuple[str, int]]) -> Iterator[tuple[int, Difference]]:
        """A difference for each stretch, with the seal's index where it begins; `others` may explain them.

        `gone` is what events were called that have gone or changed.
        """
        inserted = _versions(each.now for each in others if each.kind == "inserted" or _left(each))
        removed = _versions(each.was for each in others if each.kind == "removed" or _left(each))
        names = gone | self.names
        for each in self._ends.values():
            first, last = each.first, each.last
            if each.length == 1:
                permuted = (first.now.aggregate_id, first.now.version) in names
                yield first.at, difference.altered(first.was, first.now, permuted=permuted)
            else:
                why = _why(first, inserted, removed)
                yield first.at, difference.renumbered(first, last, each.length, _by(first), why)


def _by(shift: Shift) -> int:
    return shift.now.version - shift.was.version


def _left(each: Difference) -> bool:
    """Whether an event was put into another aggregate."""
    return each.was is not None and each.now is not None and each.was.aggregate_id != each.now.aggregate_id


def _versions(places: Iterable[Place | None]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for each in places:
        if each is not None:
            found[each.aggregate_id].append(each.version)
    return {aggregate_id: sorted(versions) for aggregate_id, versions in found.items()}


def _why(first: Shift, inserted: Mapping[str, list[int]], removed: Mapping[str, list[int]]) -> str:
    """What explains that the first of a stretch has another version, if what came and went before it does."""
    came = inserted.get(first.now.aggregate_id, [])
    went = removed.get(first.now.aggregate_id, [])
    before, gone = bisect_left(came, first.now.version), bisect_left(went, first.was.version)
    if before - gone != _by(first):
        return ""
    if before == 1 and gone == 0:
        return f"An event came before them, as version {came[0]}."
    if gone == 1 and before == 0:
        return f"An event went from before them, version {went[0]}."
    return f"Events of the aggregate that came or went before them: {before:,} inserted, {gone:,} removed."
