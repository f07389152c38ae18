"""Newest versions that are not the newest events'."""

from __future__ import annotations

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity


class HeadMismatch(Described):
    """Finds aggregates whose newest version, as the store's own table names it, is not that of their newest event."""

    name = "head-mismatch"
    severity = Severity.ERROR
    looks_for = "An aggregate whose version in the store's table of streams is not that of its newest event."
    why = "Its newest events were deleted or lost, or were written past the store's own procedure."
    todo = "Look for the missing events in a backup; the next append to this aggregate may fail, or leave a gap."

    def found(self, aggregate_id: str, named: int, newest: int | None) -> Finding:
        """That an aggregate is said to be at the version `named`; `newest` is None where it has no events."""
        events = "it has no events" if newest is None else f"its newest event is version {newest}"
        return self.finding(
            f"The store says that the aggregate is at version {named}, but {events}.",
            aggregate_id=aggregate_id,
            version=newest,
            evidence={"named_version": named, "newest_version": newest},
        )
