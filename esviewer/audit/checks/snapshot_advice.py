"""Long replays that a snapshot would shorten."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck


class SnapshotAdvice(LifeCheck):
    """Finds aggregates with many events after their newest snapshot."""

    name = "snapshot-advice"
    severity = Severity.INFO
    looks_for = "An aggregate with many events after its newest snapshot, or without one."
    why = "Its state takes long to rebuild each time it is loaded."
    todo = "Let the system take a snapshot every few hundred events, or close such aggregates and begin new ones."
    options = {"events": 1000}

    def end(self, life: Life) -> Iterator[Finding]:
        if life.after_snapshot > self.option["events"]:
            evidence = {"events_to_replay": life.after_snapshot, "snapshot_version": life.snapshot_version}
            message = f"Replay takes {life.after_snapshot:,} events; a snapshot would shorten it."
            place = life.place(life.folding.version)
            yield self.finding(message, **place, evidence=evidence, known_by=(life.aggregate_id,))
