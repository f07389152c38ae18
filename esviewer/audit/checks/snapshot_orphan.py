"""Snapshots of nothing."""

from __future__ import annotations

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity


class SnapshotOrphan(Described):
    """Finds snapshots of aggregates that have no events, each aggregate once."""

    name = "snapshot-orphan"
    severity = Severity.WARNING
    looks_for = "Snapshots of an aggregate that has no events."
    why = "All its events were deleted or lost, or the snapshot is of something that never was."
    todo = "Look for the events in a backup; if the aggregate was deleted on purpose, delete its snapshots too."

    def found(self, aggregate_id: str, version: int | None, snapshots: int) -> Finding:
        """That an aggregate has so many snapshots, the newest of this version."""
        return self.finding(
            "There are snapshots of the aggregate and no events.",
            aggregate_id=aggregate_id,
            version=version,
            evidence={"snapshots": snapshots, "newest_snapshot": version},
        )
