"""Versions that are missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page


class VersionGap(PageCheck):
    """Finds aggregates whose versions skip a number."""

    name = "version-gap"
    topic = "version"
    severity = Severity.ERROR
    looks_for = "An aggregate whose versions skip one or more numbers."
    why = "Events were deleted or lost, or never written: no state after the gap can be trusted."
    todo = "Look for the missing versions in a backup, and for what deleted them."

    def look(self, page: Page) -> Iterator[Finding]:
        before, versions = page.versions_before, page.versions
        for index in np.flatnonzero(~page.begins & (versions > before + 1)).tolist():
            if not page.versioned[index]:
                continue
            low, high = int(before[index]) + 1, int(versions[index]) - 1
            message = f"Version {low} is missing." if low == high else f"Versions {low} to {high} are missing."
            yield self.at(page, index, message, {"missing_from": low, "missing_to": high})
