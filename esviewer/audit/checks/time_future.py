"""Events of times that have not come yet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.model.instant import now


class TimeFuture(PageCheck):
    """Finds events that claim to have happened after the audit began."""

    name = "time-future"
    topic = "time"
    severity = Severity.ERROR
    looks_for = "An event whose time lies in the future."
    why = "Its time is wrong: a clock was, a zone was mixed up, or somebody set it by hand."
    todo = "Compare it with the events around it, and see to the clock of the machine that wrote it."
    options = {"tolerance_seconds": 300}

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._now = now()
        self.latest: int = self._now.ns // 1000 + int(self.option["tolerance_seconds"] * 1_000_000)
        """In microseconds since 1970; what is later lies in the future."""

    def look(self, page: Page) -> Iterator[Finding]:
        for index in np.flatnonzero(page.times > self.latest).tolist():
            time = page.instant(index)
            evidence = {"timestamp": None if time is None else time.isoformat(), "audited": self._now.isoformat()}
            yield self.at(page, index, "The event's time lies in the future.", evidence)
