"""Versions that several events have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page


class VersionDuplicate(PageCheck):
    """Finds aggregates in which several events have the same version."""

    name = "version-duplicate"
    topic = "version"
    severity = Severity.ERROR
    looks_for = "Several events of one aggregate with the same version."
    why = "Two writers did not notice each other: which of the events came first, and so the state, is not certain."
    todo = "Compare the events; give the table a unique index on aggregate and version."

    def look(self, page: Page) -> Iterator[Finding]:
        for index in np.flatnonzero(page.doubles).tolist():
            event = page.batch.event(index)
            evidence = {"type": event.type, "event_id": event.event_id}
            subject = str(event.event_id or event.position)
            yield self.at(page, index, "Another event has the same version.", evidence, subject)
