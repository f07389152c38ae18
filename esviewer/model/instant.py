"""A moment as a store recorded it: nanoseconds, and the zone it was written with, if any."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

_NS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_ISO = re.compile(
    r"\s*([+-]?\d{4,6})-?(\d\d)-?(\d\d)"
    r"(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?)?"
    r"\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?\s*"
)


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """`ns` since 1970-01-01 UTC; `offset` is the zone's distance from UTC in seconds, or None when none was recorded.

    An instant without a zone counts as UTC when it is compared, and prints without one.
    """

    ns: int
    offset: int | None = 0

    @property
    def seconds(self) -> float:
        """Seconds since the epoch, rounded to what a float holds; for drawing only."""
        return self.ns / _NS

    @property
    def has_zone(self) -> bool:
        """Whether the store recorded a zone with it."""
        return self.offset is not None

    def isoformat(self) -> str:
        """ISO 8601 with as many digits of the fraction as it has (0, 3, 6 or 9), and the zone it was written with."""
        local = self.ns + (self.offset or 0) * _NS
        whole, fraction = divmod(local, _NS)
        try:
            text = (_NAIVE_EPOCH + timedelta(seconds=whole)).isoformat()
        except OverflowError:
            return f"{self.ns} ns since 1970"
        if fraction:
            digits = f"{fraction:09d}"
            while digits.endswith("000"):
                digits = digits[:-3]
            text += "." + digits
        if self.offset is None:
            return text
        if self.offset == 0:
            return text + "Z"
        sign = "-" if self.offset < 0 else "+"
        hours, rest = divmod(abs(self.offset), 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{text}{sign}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")

    def __str__(self) -> str:
        return self.isoformat()


def from_datetime(value: datetime) -> Instant:
    """The instant of a datetime; a naive one has no zone."""
    distance = value.utcoffset()
    moment = value.replace(tzinfo=UTC) if distance is None else value
    delta = moment - _EPOCH
    ns = (delta.days * 86400 + delta.seconds) * _NS + delta.microseconds * 1000
    return Instant(ns, None if distance is None else int(distance.total_seconds()))


def parse(text: str, default_offset: int | None = None) -> Instant:
    """Read ISO 8601 (date, or date and time with up to nine digits of fraction); raises ValueError.

    `default_offset` (seconds) is the zone of a text that names none.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date or time such as 2026-11-22T14:34:00+09:00")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    seconds = int(second or 0)
    leap = seconds == 60
    moment = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), 59 if leap else seconds, tzinfo=UTC
    )
    delta = moment - _EPOCH
    ns = (delta.days * 86400 + delta.seconds + leap) * _NS + int((fraction or "").ljust(9, "0"))
    offset = default_offset
    if zone in ("Z", "z", "UTC"):
        offset = 0
    elif zone:
        digits = zone[1:].replace(":", "").ljust(6, "0")
        offset = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6])
        if zone[0] == "-":
            offset = -offset
    return Instant(ns - (offset or 0) * _NS, offset)


def now() -> Instant:
    """The present moment, in this machine's zone."""
    return from_datetime(datetime.now().astimezone())


def as_datetime(instant: Instant) -> datetime:
    """The instant as a datetime in its own zone (UTC when it has none), cut to microseconds."""
    moment = _EPOCH + timedelta(microseconds=instant.ns // 1000)
    return moment.astimezone(timezone(timedelta(seconds=instant.offset or 0)))


def from_number(value: int | float, unit: str, offset: int | None = 0) -> Instant:
    """The instant of a count since 1970 in `unit` (s, ms, us, ns) or .NET `ticks` (100 ns since year 1)."""
    if unit == "ticks":
        return Instant(int(value) * 100 - 62_135_596_800 * _NS, offset)
    factor = {"s": _NS, "ms": 1_000_000, "us": 1000, "ns": 1}[unit]
    if isinstance(value, float):
        return Instant(round(value * factor), offset)
    return Instant(value * factor, offset)


def from_date(value: date) -> Instant:
    """Midnight of a date, without a zone."""
    return from_datetime(datetime(value.year, value.month, value.day))
