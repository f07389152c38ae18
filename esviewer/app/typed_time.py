"""The moment that a person means by what was typed: dates as people write them, and zones by distance or by name."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from esviewer.model.instant import Instant, as_datetime, from_number, now, parse

_EXAMPLE: Final = "2026-11-22T14:34:00+09:00"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY: Final = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? (?=\S)", re.IGNORECASE)
_DATES: Final = tuple(
    re.compile(rf"^{form}(?!\d),?", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})([-/.])(?P<digits>\d{1,2})\2(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<digits>\d{1,2})\.(?P<year>\d{4})",
        rf"{_DAY}[-/ ]{_MONTH}[-/ ,]{{1,2}}(?P<year>\d{{4}})",
        rf"{_MONTH} {_DAY},? (?P<year>\d{{4}})(?!:)",
        # As `date` and ctime print it: the year comes last.
        rf"{_MONTH} {_DAY} (?=\d{{1,2}}:)(?P<rest>.{{4,80}}) (?P<year>\d{{4}})",
    )
)
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")
_EITHER_FIRST: Final = re.compile(r"^\d{1,2}([-/])\d{1,2}\1\d{4}(?!\d)")
_DAYS_BACK: Final = {"today": 0, "yesterday": 1}
_NEAR: Final = re.compile(r"^(today|yesterday)(?=$| )", re.IGNORECASE)
_AGO: Final = re.compile(r"(\d{1,6}) ?(second|minute|hour|day|week)s? ago", re.IGNORECASE)
_TIME: Final = re.compile(
    r"^[T: ]?\s*(?:at )?(\d{1,2})(?::?(\d\d)(?::?(\d\d)([.,]\d{1,30})?)?)? ?"
    r"([ap]\.?m(?![a-z])\.?)?(?=$|[^\d:.,])",  # no letter after it: America/New_York is no morning
    re.IGNORECASE,
)
_DISTANCE: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d)(?::?(\d\d))?)?", re.IGNORECASE)
_FARTHEST: Final = 15 * 3600 + 59 * 60 + 59
"""Seconds from UTC: a little farther than any zone is, as it is with PostgreSQL, for those of long ago."""
_NAMED: Final = re.compile(r"\[?([A-Za-z][A-Za-z0-9+-]{1,29}(?:/[A-Za-z0-9_+-]{1,30}){0,2})\]?")
_LETTERS: Final = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
}
"""Hours from UTC, of abbreviations that mean one zone."""
_SEVERAL: Final = ("CST", "IST", "BST")
_EPOCH: Final = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})")
_UNITS: Final = {10: "s", 13: "ms", 16: "us", 19: "ns"}


def typed_instant(text: str) -> tuple[Instant, bool]:
    """The moment a person typed, and whether this machine's zone had to stand in; raises ValueError.

    ISO 8601 or what is close to it (`2026/1/2 9:05`), `2.1.2026`, `2 Jan 2026 9:05 pm`, `yesterday 14:34`, `2 hours
    ago`, seconds (10 digits) to nanoseconds (19) since 1970; the zone as `Z`, `+09:00`, `UTC+9`, by its name
    (`Asia/Tokyo`) or an abbreviation that means but one.
    """
    plain = " ".join(text.split())
    if _EPOCH.fullmatch(plain):
        return from_number(int(plain), _UNITS[len(plain)]), False
    if plain.lower() == "now":
        return now(), False
    if ago := _AGO.fullmatch(plain):
        span = timedelta(**{f"{ago[2].lower()}s": int(ago[1])})
        present = now()
        return Instant(present.ns - (span // timedelta(microseconds=1)) * 1000, present.offset), False
    try:
        wall, zone = _wall_and_zone(plain)
        if not zone:
            return parse(wall, _local_distance(wall)), True
        return parse(wall, _distance(zone, wall)), False
    except _NotADateError:
        raise ValueError(f"{text!r} is not a date or time such as {_EXAMPLE}") from None
    except _RefusedError as error:
        raise ValueError(f"{text!r} {error}") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no date: {error}") from None


class _NotADateError(ValueError):
    """The text has no form that is known."""


class _RefusedError(ValueError):
    """What the text means can't be told; the message goes on from the text."""


def _wall_and_zone(text: str) -> tuple[str, str]:
    """ISO 8601 without a zone, and what was typed after it; raises ValueError."""
    if not text.isascii():
        raise _NotADateError
    date, rest = _date(_WEEKDAY.sub("", text))
    time = _TIME.match(rest) if rest and not _DISTANCE.fullmatch(rest.strip()) else None
    if time is None:
        return date, rest.strip()
    hour, minute, second, fraction, half = time.groups()
    if minute is None and half is None:
        raise _NotADateError
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            raise _RefusedError(f"has an hour that is none: {hour} {half}")
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    elif hours == 24 and not re.search(r"[1-9]", f"{minute}{second}{fraction}"):  # a day's end, as ISO 8601 has it
        date, hours = (datetime.fromisoformat(date) + timedelta(days=1)).date().isoformat(), 0
    return f"{date}T{hours:02d}:{minute or '00'}:{second or '00'}{fraction or ''}", rest[time.end() :].strip()


def _date(text: str) -> tuple[str, str]:
    """The date that a text begins with, as ISO 8601, and the rest of the text."""
    if near := _NEAR.match(text):
        day = datetime.now() - timedelta(days=_DAYS_BACK[near[1].lower()])
        return f"{day:%Y-%m-%d}", text[near.end() :]
    for form in _DATES:
        if found := form.match(text):
            parts = found.groupdict()
            month = parts.get("digits") or 1 + _MONTHS.index(parts["month"][:3].lower())
            rest = f" {parts['rest']}" if "rest" in parts else ""
            return f"{parts['year']}-{int(month):02d}-{int(parts['day']):02d}", rest + text[found.end() :]
    if _EITHER_FIRST.match(text):
        raise _RefusedError(f"may have the day first or the month: write the year first, as in {_EXAMPLE}")
    if compact := _COMPACT.match(text):
        return "-".join(compact.groups()), text[compact.end() :]
    raise _NotADateError


def _distance(zone: str, wall: str) -> int:
    """A zone's distance from UTC in seconds at the time that a wall clock shows there."""
    if found := _DISTANCE.fullmatch(zone):
        hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        distance = hours * 3600 + minutes * 60 + seconds
        if minutes > 59 or seconds > 59 or distance > _FARTHEST:
            raise _RefusedError(f"has a zone that is none: {zone} from UTC; they lie between -12:00 and +14:00")
        return -distance if found[1] == "-" else distance
    if zone.upper() in _LETTERS:
        return _LETTERS[zone.upper()] * 3600
    if zone.upper() in _SEVERAL:
        raise _RefusedError(f"has a zone that may be several: {zone.upper()}; write it as +09:00 or Asia/Tokyo")
    named = _NAMED.fullmatch(zone)
    if named is None:
        raise _NotADateError
    try:
        place = ZoneInfo(named[1])
    except (ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones, such as America/Argentina
        raise _RefusedError(f"names no known zone: {named[1]!r} is none such as Asia/Tokyo or +09:00") from None
    naive = as_datetime(parse(wall, 0)).replace(tzinfo=None)
    return _one(naive.replace(tzinfo=place), naive.replace(tzinfo=place, fold=1))


def _local_distance(wall: str) -> int:
    naive = as_datetime(parse(wall, 0)).replace(tzinfo=None)
    return _one(naive.astimezone(), naive.replace(fold=1).astimezone())


def _one(first: datetime, second: datetime) -> int:
    """The distance from UTC of a time that may have been twice, or never, when clocks were changed."""
    one, other = (int((each.utcoffset() or timedelta()).total_seconds()) for each in (first, second))
    if one == other:
        return one
    if one < other:
        raise _RefusedError("was shown by no clock there: they were put forward then")
    early, late = Instant(0, one).isoformat()[19:] or "Z", Instant(0, other).isoformat()[19:] or "Z"
    raise _RefusedError(f"was shown twice there, as clocks were put back: give the zone as {early} or {late}")
