"""Which version of an aggregate a moment belongs to, with the events on either side of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from esviewer.errors import NotFoundError
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.stores.as_of import VersionAsOf


@dataclass(frozen=True, slots=True)
class EventMark:
    """Enough of an event to name it."""

    version: int
    type: str
    timestamp: Instant


@dataclass(frozen=True, slots=True)
class AsOf:
    """The newest event at or before a moment, and the next one after it."""

    instant: Instant
    before: EventMark | None
    """The event with the highest version among those at or before the moment: its state is the answer."""
    after: EventMark | None
    """The first event, by version, that is later than the moment."""
    in_order: bool
    """False when an event after the moment has a lower version than one before it: version and time disagree."""
    zone_missing: bool
    """True when the events' times name no zone and were taken as UTC."""
    undated: int
    """Events without a time, which no moment can place."""

    @property
    def version(self) -> int | None:
        """The version whose state held at the moment; None before the first event."""
        return None if self.before is None else self.before.version


def locate(instant: Instant, marks: Iterable[tuple[int, str, Instant | None]]) -> AsOf:
    """Place a moment among (version, type, time) in version order."""
    before: EventMark | None = None
    after: EventMark | None = None
    in_order = True
    zone_missing = False
    undated = 0
    for version, kind, time in marks:
        if time is None:
            undated += 1
            continue
        zone_missing = zone_missing or not time.has_zone
        if time.ns <= instant.ns:
            before = EventMark(version, kind, time)
            in_order = in_order and after is None
        elif after is None:
            after = EventMark(version, kind, time)
    return AsOf(instant, before, after, in_order, zone_missing, undated)


def summary_as_of(summary: AggregateSummary, place: VersionAsOf) -> AggregateSummary | None:
    """An aggregate's summary as it would have been at a moment; None when it did not exist yet."""
    if place.version is None:
        return None
    return replace(
        summary, version=place.version, events=place.events, last_event=place.time, exact=place.exact, status=None
    )


def no_such_version(aggregate_id: str, version: int, first: int, newest: int) -> NotFoundError:
    """What is told to who asks for a version that is not there, with the end of the versions that lies nearer."""
    hint = f"Its first version is {first}." if version < first else f"Its newest version is {newest}."
    return NotFoundError(f"{aggregate_id} has no version {version}.", hint)
