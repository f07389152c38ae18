"""A rebuilt state together with how it came to be."""

from __future__ import annotations

from dataclasses import dataclass

from esviewer.model.instant import Instant
from esviewer.model.values import Value


@dataclass(frozen=True, slots=True)
class Skipped:
    """One event that changed nothing because it could not be decoded or applied, or because no rule is for it."""

    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How a state came to be."""

    reducer: str
    reducer_digest: str
    """`sha256:` and hex digits."""
    inferred: bool
    """True when the reducer only guesses at the domain's rules (`merge`)."""
    snapshot_version: int | None
    """The version of the snapshot that the replay started from; None when it started from nothing."""
    events_applied: int
    skipped: tuple[Skipped, ...]
    hypothetical: bool = False
    """True when the events are not those of the store: the state is no evidence of anything."""

    def as_json(self) -> dict[str, Value]:
        """The keys of `rebuilt` in `esviewer state --json`, and `"hypothetical": true` where that is so."""
        return {
            **({"hypothetical": True} if self.hypothetical else {}),
            "reducer": self.reducer,
            "reducer_digest": self.reducer_digest,
            "inferred": self.inferred,
            "snapshot_version": self.snapshot_version,
            "events_applied": self.events_applied,
            "skipped": [{"version": item.version, "reason": item.reason} for item in self.skipped],
        }


@dataclass(frozen=True, slots=True)
class RebuiltState:
    """The state of one aggregate after the event with `version`."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    timestamp: Instant | None
    """When the event with `version` happened, as the store says."""
    state: Value
    rebuilt: Rebuilt

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer state --json`."""
        return {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": self.version,
            "timestamp": None if self.timestamp is None else self.timestamp.isoformat(),
            "state": self.state,
            "rebuilt": self.rebuilt.as_json(),
        }
