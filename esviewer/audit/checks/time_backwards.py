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

    def look(self, page: Page) -> Iterator[Finding]:
        times, before = page.times, page.times_before
        tolerance = int(self.option["tolerance_seconds"] * 1_000_000)
        # Of several events with one version nobody knows which comes first.
        both = (times != NO_TIME) & (before != NO_TIME) & ~page.doubles
        for index in np.flatnonzero(both & (before - np.where(both, times, 0) > tolerance)).tolist():
            if index in page.owned["time"] or index - 1 in page.owned["time"]:
                continue
            back = (int(before[index]) - int(times[index])) / 1_000_000
            evidence = {"timestamp": str(page.instant(index)), "seconds_back": back}
            yield self.at(page, index, "The event is earlier than the one before it.", evidence)
