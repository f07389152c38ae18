"""Snapshots of versions that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck


class SnapshotBeyondHead(LifeCheck):
    """Finds snapshots of a version after the aggregate's newest event."""

    name = "snapshot-beyond-head"
    severity = Severity.ERROR
    looks_for = "A snapshot of a version that the aggregate's events don't reach."
    why = "Its newest events were deleted or lost, or the snapshot was never true."
    todo = "Look for the missing events in a backup; systems that start from this snapshot see a state without a past."

    def end(self, life: Life) -> Iterator[Finding]:
        newest = life.position_of(life.folding.version) if life.snapshots else None
        for snapshot in life.snapshots:
            evidence = {"newest_version": life.folding.version}
            message = "The snapshot is of a version after the newest event."
            yield self.finding(message, **life.place(snapshot.version, newest), evidence=evidence)
