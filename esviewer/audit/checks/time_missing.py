"""Events without a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import NO_TIME, Page
from esviewer.model.batch import Undecodable


class TimeMissing(PageCheck):
    """Finds events whose time is missing or can't be read, in a store whose events have times."""

    name = "time-missing"
    topic = "time"
    severity = Severity.ERROR
    looks_for = "An event without a time, or with one that can't be read."
    why = "Nobody can say when it happened, and no state as of a date knows of it."
    todo = "See what wrote the event; its neighbours' times bound when it happened."

    def look(self, page: Page) -> Iterator[Finding]:
        for index in np.flatnonzero(page.times == NO_TIME).tolist():
            if index in page.owned["payload"] and type(page.batch.data[index]) is Undecodable:
                continue  # it may be in there
            before, after = page.times_before[index], NO_TIME
            if index + 1 < len(page) and not page.begins[index + 1]:
                after = page.times[index + 1]
            evidence = {"time_before": _shown(int(before)), "time_after": _shown(int(after))}
            yield self.at(page, index, "The event has no readable time.", evidence)


def _shown(microseconds: int) -> str | None:
    from esviewer.model.instant import Instant

    return None if microseconds == NO_TIME else Instant(microseconds * 1000, 0).isoformat()
