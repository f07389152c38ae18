"""Snapshots that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck
from esviewer.model.event import Snapshot


class SnapshotUndecodable(LifeCheck):
    """Finds snapshots that can't be decoded."""

    name = "snapshot-undecodable"
    severity = Severity.WARNING
    looks_for = "A snapshot that can't be decoded."
    why = "A system that starts from it fails, or replays everything instead."
    todo = "Delete it in the system that wrote it, which makes a new one from the events."

    def snapshot(self, life: Life, snapshot: Snapshot) -> Iterator[Finding]:
        if snapshot.error is not None:
            evidence = {"reason": snapshot.error}
            yield self.finding("The snapshot can't be decoded.", **life.place(snapshot.version), evidence=evidence)
