"""Events, snapshots and aggregates as frozen values."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from esviewer.model.instant import Instant
from esviewer.model.values import Value


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `error` says why `data` could not be decoded (then None) and `raw` holds its bytes."""

    position: int | str | None
    """Order in the store; None where the store has none."""
    aggregate_id: str
    aggregate_type: str | None
    version: int
    """Order in the aggregate: the store's own number."""
    event_id: str | None
    type: str
    schema_version: int | str | None
    timestamp: Instant | None
    data: Value
    metadata: Value
    error: str | None = None
    raw: bytes | None = None
    """The payload's bytes as stored; always there when `error` is, else only where it was asked for."""

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer events --json`; an unreadable event has `error` and `raw` (base64) instead of data."""
        result: dict[str, Value] = {
            "position": self.position,
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": self.version,
            "event_id": self.event_id,
            "type": self.type,
            "schema_version": self.schema_version,
            "timestamp": None if self.timestamp is None else self.timestamp.isoformat(),
        }
        if self.error is None:
            result["data"] = self.data
        else:
            result["error"] = self.error
            result["raw"] = base64.b64encode(self.raw or b"").decode()
        result["metadata"] = self.metadata
        return result


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state that the system itself stored: the state after the event with `version`."""

    aggregate_id: str
    version: int
    timestamp: Instant | None
    state: Value
    error: str | None = None
    """Why the state could not be decoded (then None)."""


@dataclass(frozen=True, slots=True)
class AggregateSummary:
    """One line of the list of aggregates; `events` is exact only when `exact` says so."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    """The newest version."""
    events: int
    first_event: Instant | None
    last_event: Instant | None
    exact: bool = True
    status: str | None = None
    """`archived` or `deleted` where the store says so."""

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer aggregates --json`; `status` only where there is one."""
        found: dict[str, Value] = {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": self.version,
            "events": self.events,
            "first_event": None if self.first_event is None else self.first_event.isoformat(),
            "last_event": None if self.last_event is None else self.last_event.isoformat(),
        }
        if self.status is not None:
            found["status"] = self.status
        return found
