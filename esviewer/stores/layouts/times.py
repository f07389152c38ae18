"""Timestamps as stores keep them, read into instants.

Forms: `iso` (ISO 8601 text), `s`, `ms`, `us`, `ns` (a number counted since 1970-01-01 UTC), `ticks` (100 ns since year
1) and `auto`, which takes texts as ISO 8601 and tells a number's unit by its size: below 1e11 seconds, below 1e14
milliseconds, below 1e17 microseconds, else nanoseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from esviewer.model.batch import Clock
from esviewer.model.instant import Instant, from_date, from_datetime, from_number, parse
from esviewer.stores.layouts.iso_columns import IsoColumn, iso_column

FORMS: Final = ("auto", "iso", "s", "ms", "us", "ns", "ticks")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_NUMBER = re.compile(r"\s*-?(\d{9,20}|\d+\.\d+)\s*")
_WALL = len("2026-01-01T12:00:00.123456")
_NEAR: Final = (1 << 63) // 1000 - 1
"""So many microseconds from 1970 are within the nanoseconds that 64 bits hold."""


def offset_of(zone: str) -> int:
    """Seconds from UTC of `UTC`, `Z` or `+09:00`; raises ValueError."""
    try:
        offset = parse("2000-01-01T00:00:00" + zone).offset
    except ValueError:
        offset = None
    if offset is None:
        raise ValueError(f"is {zone!r}, which is no zone such as UTC or +09:00")
    return offset


def _unit(number: int | float) -> str:
    size = abs(number)
    return "s" if size < 1e11 else "ms" if size < 1e14 else "us" if size < 1e17 else "ns"


def _exact_by_datetime(text: str) -> bool:
    """Whether the standard library reads a text of 19 characters or more exactly: it cuts after six digits."""
    size = len(text)
    if size <= _WALL:
        return True
    if text[-3] == ":":
        return size <= _WALL + 6 and text[-6] in "+-"
    return (size == _WALL + 1 and text[-1] == "Z") or (size <= _WALL + 3 and text[-3] in "+-")


class Timestamps:
    """Reads one store's timestamps."""

    def __init__(self, form: str = "auto", zone: int | None = None) -> None:
        self.form = form
        self.zone = zone

    def read(self, value: Any) -> Instant | None:
        """The instant of a stored value, None for None; raises ValueError for what is no timestamp."""
        if type(value) is str:
            return self._text(value)
        if value is None:
            return None
        if isinstance(value, datetime):
            instant = from_datetime(value)
            return self._zoned(instant)
        if isinstance(value, bool):
            raise ValueError(f"{value!r} is not a time")
        if isinstance(value, (int, float, Decimal)):
            return self._number(value)
        if isinstance(value, bytes):
            return self._text(value.decode())
        if isinstance(value, date):
            return self._zoned(from_date(value))
        raise ValueError(f"{value!r} is not a time")

    def read_many(self, values: Iterable[Any], unreadable: list[Any]) -> list[Instant | None]:
        """The instants of many values; those that are no timestamps become None and are added to `unreadable`."""
        result: list[Instant | None] = []
        put = result.append
        text = self._text
        for value in values:
            try:
                put(text(value) if type(value) is str else self.read(value))
            except (ValueError, OverflowError):
                unreadable.append(value)
                put(None)
        return result

    def microseconds(self, values: Sequence[Any]) -> NDArray[np.int64] | None:
        """Microseconds since 1970 of many texts at once; None where they are not all of one ISO form."""
        found = self._column(values)
        return None if found is None else found.microseconds

    def clock(self, values: Sequence[Any]) -> Clock | None:
        """Many times at once, exactly; None where they are not texts of one ISO form, or of years far away."""
        found = self._column(values)
        if found is None or found.digits > 6:
            return None
        far = (found.microseconds < -_NEAR) | (found.microseconds > _NEAR)
        return None if far.any() else Clock(found.microseconds * 1000, found.offset)

    def _column(self, values: Sequence[Any]) -> IsoColumn | None:
        if self.form not in ("auto", "iso") or set(map(type, values)) != {str}:
            return None
        return iso_column(values, self.zone)

    def _zoned(self, instant: Instant) -> Instant:
        if instant.offset is None and self.zone is not None:
            return Instant(instant.ns - self.zone * 1_000_000_000, self.zone)
        return instant

    def _text(self, text: str) -> Instant:
        if len(text) >= 19 and _exact_by_datetime(text):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                return self._slow(text)
            zone = moment.tzinfo
            if zone is UTC:
                delta = moment - _EPOCH
                return Instant((delta.days * 86400 + delta.seconds) * 1_000_000_000 + delta.microseconds * 1000, 0)
            if zone is None:
                delta = moment - _NAIVE_EPOCH
                ns = (delta.days * 86400 + delta.seconds) * 1_000_000_000 + delta.microseconds * 1000
                return Instant(ns, None) if self.zone is None else Instant(ns - self.zone * 1_000_000_000, self.zone)
            return from_datetime(moment)
        return self._slow(text)

    def _slow(self, text: str) -> Instant:
        if self.form != "iso" and _NUMBER.fullmatch(text):
            try:
                number = Decimal(text.strip())
            except InvalidOperation:
                raise ValueError(f"{text!r} is not a time") from None
            return self._number(int(number) if number == int(number) else number)
        return parse(text, self.zone)

    def _number(self, value: int | float | Decimal) -> Instant:
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError(f"{value} is not a time")
        if self.form == "iso":
            raise ValueError(f"{value!r} is a number where a date was expected")
        unit = self.form if self.form != "auto" else _unit(float(value))
        if isinstance(value, (float, Decimal)) and value == int(value):
            value = int(value)
        if isinstance(value, (float, Decimal)) and unit != "ticks":
            # Through the shortest decimal, so that 1700000000.123 does not become ….12299990.
            factor = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}[unit]
            exact = Decimal(repr(value)) if isinstance(value, float) else value
            return Instant(int((exact * factor).to_integral_value()), 0)
        return from_number(int(value), unit, 0)
