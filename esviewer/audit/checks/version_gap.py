"""Versions that are missing, and events of one aggregate that have another's in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page, Run

_MOST: Final = 200
"""Gaps of one aggregate that are held back until its end: of more than that, the first are told as they are."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """Versions that no event of an aggregate has."""

    low: int
    high: int
    place: Mapping[str, Any]
    """Of the event after them."""
    before: int | None
    """When the event before them was written, as `Page.written`."""
    after: int | None
    """When the event after them was."""

    @property
    def key(self) -> tuple[int, int]:
        """What tells it apart from the aggregate's others."""
        return self.low, self.high

    def holds(self, written: int | None) -> bool:
        """Whether an event was written when one of the missing versions must have been."""
        if written is None or self.before is None or self.after is None:
            return False
        return self.before < written < self.after


@dataclass(frozen=True, slots=True, eq=False)
class _Odd:
    """An event whose version is not one more than that of the one before."""

    written: int | None
    place: Mapping[str, Any] | None = None
    """Where it is, if no other check tells of it."""
    gap: _Gap | None = None
    """The one before it, if that is what is odd."""


class VersionGap(PageCheck):
    """Finds aggregates whose versions skip a number.

    An event that was written where a version is missing, and has a version that does not fit where it is, is the one
    that is missing, under a wrong number: that is told of it alone, or by the check that finds its number twice or
    before the aggregate's beginning.
    """

    name = "version-gap"
    topic = "version"
    severity = Severity.ERROR
    looks_for = (
        "An aggregate whose versions skip one or more numbers, or an event with a wrong one in place of its own."
    )
    why = "Events were deleted or lost, never written or renumbered: no state after the gap can be trusted."
    todo = "Look for the missing versions in a backup, and for what deleted or renumbered them."

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._gaps: list[_Gap] = []
        """Those of the aggregate that is looked at."""
        self._odd: list[_Odd] = []
        self._first: tuple[int, int | None] | None = None
        """The version of its first event, and when that was written, if it is an unusual one to begin with."""
        self._twin: int | None = None
        """When the other event was written that has the version of the last one of the page before."""

    def look(self, page: Page) -> Iterator[Finding]:
        twin = self._twin
        last = len(page) - 1
        self._twin = page.written(last - 1) if page.doubles[last] else None
        before, versions = page.versions_before, page.versions
        gaps = {
            index for index in np.flatnonzero(~page.begins & (versions > before + 1)).tolist() if page.versioned[index]
        }
        odd = gaps | page.owned[self.topic]
        odd.discard(-1)
        if not odd and not self._gaps:
            if page.runs[-1].begins:
                self._begun()
            return
        waiting = sorted(odd, reverse=True)
        for run in page.runs:
            if run.begins:
                self._begun()
            while waiting and waiting[-1] < run.last:
                index = waiting.pop()
                if index in gaps:
                    low, high = int(before[index]) + 1, int(versions[index]) - 1
                    yield from self._gap(page, index, low, high, None if index else twin)
                else:
                    self._strange(page, run, index)
            if self._gaps:
                self._late(page, run, odd)
            if run.ends and self._gaps:
                yield from self._settled()

    def _begun(self) -> None:
        """Another aggregate begins."""
        self._odd.clear()
        self._first = None

    def _gap(self, page: Page, index: int, low: int, high: int, twin: int | None) -> Iterator[Finding]:
        # Told or not, what comes after it is in doubt.
        page.owned[self.topic].add(index)
        # Of two before it that have one version, either may be the one that is missing.
        twin = page.written(index - 2) if index and page.doubles[index - 1] else twin
        before = _least(page.written(index - 1), twin)
        gap = _Gap(low, high, page.place(index), before, page.written(index))
        if len(self._gaps) == _MOST:
            yield self._told(self._gaps.pop(0))
        self._gaps.append(gap)
        self._note(_Odd(gap.after, gap.place, gap))

    def _strange(self, page: Page, run: Run, index: int) -> None:
        """Note an event that another check has found to have a wrong version, or another one's."""
        written = page.written(index)
        self._note(_Odd(written))
        if index == run.first and run.begins:
            self._first = page.batch.versions[index], written
            return
        other = page.written(index - 1)
        self._note(_Odd(other))
        gap = self._gaps[-1] if self._gaps else None
        if gap is None or gap.place["version"] != page.batch.versions[index] or written is None or other is None:
            return
        # As above, unless one was written after what comes after both, as a copy is.
        later, behind = max(written, other), page.written(index + 1) if index + 1 < run.last else None
        if behind is None or later < behind:
            self._gaps[-1] = replace(gap, after=later)

    def _late(self, page: Page, run: Run, known: Set[int]) -> None:
        """Note events that were written where a version is missing, and have one that leaves no gap before them."""
        for index in page.written_before(run.first + run.begins, run.last):
            written = page.written(index)
            if index not in known and any(gap.holds(written) for gap in self._gaps):
                page.owned[self.topic].add(index)
                self._note(_Odd(written, page.place(index)))

    def _note(self, odd: _Odd) -> None:
        if len(self._odd) < _MOST:
            self._odd.append(odd)

    def _settled(self) -> Iterator[Finding]:
        """What the gaps of an aggregate come to, once all of its events were seen."""
        gaps, self._gaps = self._gaps, []
        left = list(self._odd)
        told: dict[tuple[int, int], Finding | None] = {}
        late = []
        for gap in gaps:
            found = [each for each in left if (each.gap is None or each.gap.key != gap.key) and gap.holds(each.written)]
            found = found[: gap.high - gap.low + 1]
            left = [each for each in left if each not in found]
            for each in found:
                if each.place is None:
                    continue
                finding = self._renumbered(each.place, gap)
                if each.gap is None:
                    late.append(finding)
                else:
                    told[each.gap.key] = finding
            if len(found) > gap.high - gap.low:
                told.setdefault(gap.key, None)
        for gap in gaps:
            told_of = told[gap.key] if gap.key in told else self._first_of_all(gap)
            if told_of is not None:
                yield told_of
        yield from late

    def _first_of_all(self, gap: _Gap) -> Finding | None:
        """What to tell of a gap: after it may be the event that should be the aggregate's first."""
        version, written = self._first or (0, None)
        if version == 0 or written is None or gap.after is None or gap.after > written:
            return self._told(gap)
        # That another event comes first is told already, unless it is one that aggregates may begin with.
        return self._renumbered(gap.place, _Gap(0, 0, {}, None, written)) if version == 1 else None

    def _told(self, gap: _Gap) -> Finding:
        evidence = {"missing_from": gap.low, "missing_to": gap.high}
        message = f"Version {gap.low} is missing."
        if gap.low != gap.high:
            message = f"Versions {gap.low} to {gap.high} are missing."
        return self.finding(message, **gap.place, evidence=evidence)

    def _renumbered(self, place: Mapping[str, Any], gap: _Gap) -> Finding:
        """That an event is one of those that are missing in a gap elsewhere."""
        version = place["version"]
        message = f"The event has version {version}, but was written where version {gap.low} is missing."
        if gap.low != gap.high:
            message = (
                f"The event has version {version}, but was written where versions {gap.low} to {gap.high} are missing."
            )
        return self.finding(message, **place, evidence={"belongs_from": gap.low, "belongs_to": gap.high})


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)
