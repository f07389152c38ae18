"""Event types that the reducer has no rule for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity, is_after
from esviewer.audit.life import Life, LifeCheck
from esviewer.model.batch import EventBatch
from esviewer.model.rebuilt import Skipped
from esviewer.replay.reducer import NO_RULE


@dataclass(slots=True)
class _Seen:
    place: Mapping[str, Any]
    events: int = 1


class EventTypeUnknown(LifeCheck):
    """Finds the event types that the reducer of their aggregates has no rule for, each once, at its first event."""

    name = "event-type-unknown"
    severity = Severity.WARNING
    looks_for = "An event type for which the reducer of its aggregates has no rule."
    why = "Such events change nothing in replay, so states after them may lack what they meant."
    todo = "Add a rule for the type, or one for `*` that does nothing; or see where such events come from."
    needs_states = True
    needs_rules = True

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._seen: dict[tuple[str | None, str], _Seen] = {}

    def skipped(self, life: Life, skipped: Skipped, batch: EventBatch, index: int) -> Iterator[Finding]:
        versions = batch.versions
        if index + 1 < len(versions) and versions[index + 1] == versions[index]:
            return  # one of several with this version, nobody knows which; the others are told of
        if skipped.reason.startswith(NO_RULE) and is_after(batch.event(index).position, self.since):
            kind = life.aggregate_type, batch.types[index]
            known = self._seen.get(kind)
            if known is None:
                self._seen[kind] = _Seen(life.place(skipped.version, batch.event(index).position))
            else:
                known.events += 1
        yield from ()

    def merge(self, other: Described) -> None:
        assert isinstance(other, EventTypeUnknown)
        for kind, theirs in other._seen.items():
            own = self._seen.setdefault(kind, theirs)
            if own is not theirs:
                own.events += theirs.events

    def finish(self) -> Iterator[Finding]:
        for (aggregate_type, kind), seen in self._seen.items():
            yield self.finding(
                f"There is no rule for events of the type {kind}.",
                **seen.place,
                evidence={"type": kind, "events": seen.events},
                subject=kind,
                known_by=(aggregate_type, kind),
            )
