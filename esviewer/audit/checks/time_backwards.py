"""Events that are earlier than the one before them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import NO_TIME, Page


class TimeBackwards(PageCheck):
    """Finds events of an aggregate whose time is before that of the version before."""

    name = "time-backwards"
    topic = "time"
    severity = Severity.WARNING
    looks_for = "An event whose time is before that of its aggregate's version before."
    why = "One of the two times is wrong, by a clock or by a hand: a state as of a date between them is doubtful."
    todo = "Compare both events with others of that time; check the clocks of the machines that wrote them."
    options = {"tolerance_seconds": 0}

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._held: Finding | None = None
        """Of the last event of a page, whose version the next one may have too."""

    def look(self, page: Page) -> Iterator[Finding]:
        held, self._held = self._held, None
        if held is not None and not page.doubles[0]:
            yield held
        times, before = page.times, page.times_before
        tolerance = int(self.option["tolerance_seconds"] * 1_000_000)
        # Of several events with one version nobody knows which comes first.
        both = (times != NO_TIME) & (before != NO_TIME) & ~page.doubles
        for index in np.flatnonzero(both & (before - np.where(both, times, 0) > tolerance)).tolist():
            if index in page.owned["time"] or index - 1 in page.owned["time"]:
                continue
            if self._is_of_version(page, index):
                page.owned[self.topic].add(index)
                continue
            back = (int(before[index]) - int(times[index])) / 1_000_000
            evidence = {"timestamp": str(page.instant(index)), "seconds_back": back}
            found = self.at(page, index, "The event is earlier than the one before it.", evidence)
            if index == len(page) - 1 and not page.runs[-1].ends and _written_before(page, index):
                self._held = found
            else:
                yield found

    @staticmethod
    def _is_of_version(page: Page, index: int) -> bool:
        """Whether it is an event's version that is wrong, as another check tells, and its time fits its position."""
        if not _written_before(page, index):
            return False
        shared = index + 1 < len(page) and bool(page.doubles[index + 1])
        return shared or not page.owned["version"].isdisjoint({index - 1, index})


def _written_before(page: Page, index: int) -> bool:
    """Whether an event was written before the one of the version before, as positions say."""
    written, before = page.written(index), page.written(index - 1)
    return written is not None and before is not None and written < before
