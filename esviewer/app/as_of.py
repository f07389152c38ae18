"""Which version of an aggregate a moment belongs to, with the events on either side of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant, as_datetime, local_offset, parse
from esviewer.stores.as_of import VersionAsOf

_DATE = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_HOUR = re.compile(r"^(\d{4}-\d\d-\d\d[T ])(\d)(?=:)")
_NAMED_OFFSET = re.compile(r"\s*(?:UTC|GMT)([+-])(\d{1,2})(:?\d\d)?$", re.IGNORECASE)
_ZONE = re.compile(r"(.*\d)\s*\[?([A-Za-z]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){1,2})\]?")


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


def typed_instant(text: str) -> tuple[Instant, bool]:
    """The moment a person typed, and whether this machine's zone had to stand in; raises ValueError.

    ISO 8601, or the same with slashes, dots, or single digits (`2026/1/2 9:05`), and a zone as `Z`, `+09:00`, `UTC+9`
    or by its name (`Asia/Tokyo`).
    """
    plain = _NAMED_OFFSET.sub(lambda found: f"{found[1]}{found[2]:0>2}{found[3] or ''}", text.strip())
    plain = _DATE.sub(lambda found: f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}", plain)
    plain = _HOUR.sub(lambda found: f"{found[1]}0{found[2]}", plain)
    named = _ZONE.fullmatch(plain)
    try:
        if named is not None:
            return parse(named[1], _offset_in(named[2], named[1])), False
        instant = parse(plain)
        return (instant, False) if instant.has_zone else (parse(plain, local_offset(plain)), True)
    except (ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones, such as America/Argentina
        zone = "" if named is None else named[2]
        raise ValueError(f"{text!r} names no known zone: {zone!r} is none such as Asia/Tokyo or +09:00") from None
    except (ValueError, OverflowError) as error:
        if "is not a date" in str(error):
            raise ValueError(f"{text!r} is not a date or time such as 2026-11-22T14:34:00+09:00") from None
        raise ValueError(f"{text!r} is no date: {error}") from None


def _offset_in(zone: str, wall: str) -> int:
    """A named zone's distance from UTC in seconds at the wall-clock time that an ISO 8601 text without zone names."""
    naive = as_datetime(parse(wall, 0)).replace(tzinfo=ZoneInfo(zone))
    distance = naive.utcoffset()
    return int(distance.total_seconds()) if distance is not None else 0


def summary_as_of(summary: AggregateSummary, place: VersionAsOf) -> AggregateSummary | None:
    """An aggregate's summary as it would have been at a moment; None when it did not exist yet."""
    if place.version is None:
        return None
    return replace(
        summary, version=place.version, events=place.events, last_event=place.time, exact=place.exact, status=None
    )
