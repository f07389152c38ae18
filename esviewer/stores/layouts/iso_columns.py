"""Columns of times in one and the same ISO form, read at once: for checks of millions of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_WALL: Final = len("2026-01-01T12:00:00")
_MARKS: Final = [4, 7, 13, 16]
"""Where `-`, `-`, `:` and `:` stand; a T or a space is at 10."""
_MARK: Final = np.frombuffer(b"--::", dtype=np.uint8)
_BETWEEN: Final = 10
_FIELDS: Final = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))
_DIGITS: Final = [place for first, last in _FIELDS for place in range(first, last)]
_LOW: Final = np.array([0, 0, 1, 1, 0, 0, 0], dtype=np.uint8)
_HIGH: Final = np.array([99, 99, 12, 31, 23, 59, 59], dtype=np.uint8)
"""What the halves of the year, month, day, hour, minute and second are between."""


@dataclass(frozen=True, slots=True)
class IsoColumn:
    """Times that are all written in one form."""

    microseconds: NDArray[np.int64]
    """Since 1970 (UTC); digits after the sixth are cut off."""
    digits: int
    """Of the fractions of their seconds."""
    offset: int | None
    """Seconds from UTC of the zone that they name, or that they are in where they name none; None: not known."""


def iso_column(texts: Sequence[str], zone: int | None) -> IsoColumn | None:
    """The times of texts such as `2026-01-01T12:00:00.123Z`; None where they differ in form.

    `zone`: seconds from UTC of texts that name none; without it they count as UTC.
    The days are counted as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    """
    length = len(texts[0])
    if length < _WALL or set(map(len, texts)) != {length}:
        return None
    joined = "".join(texts)
    if not joined.isascii():
        return None
    table = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(len(texts), length)
    tail = texts[0][_WALL:]
    digits = len(tail) - len(tail[1:].lstrip("0123456789")) - 1 if tail[:1] == "." else 0
    suffix = tail[digits + 1 if digits else 0 :]
    offset = _offset(suffix, zone)
    if offset is None or digits > 9:
        return None
    if suffix and not (table[:, length - len(suffix) :] == np.frombuffer(suffix.encode(), dtype=np.uint8)).all():
        return None
    if digits and not (table[:, _WALL] == ord(".")).all():
        return None
    between = table[:, _BETWEEN]
    if not ((table[:, _MARKS] == _MARK).all() and ((between == ord("T")) | (between == ord(" "))).all()):
        return None
    values = table[:, _DIGITS] - np.uint8(ord("0"))
    fraction = _number(table[:, _WALL + 1 : _WALL + 1 + min(digits, 6)]) if digits else None
    if (values > 9).any() or (digits and fraction is None):
        return None
    pairs = values[:, 0::2] * np.uint8(10) + values[:, 1::2]
    if (pairs < _LOW).any() or (pairs > _HIGH).any():
        return None
    century, rest, month, day, hour, minute, second = pairs.T.astype(np.int64)
    months = (century * 100 + rest) * 12 + month - 1
    starts = _month_starts()
    days = starts[months] + day - 1
    if months.min() < _FIRST or (days >= starts[months + 1]).any():
        return None
    found: NDArray[np.int64] = (((days * 24 + hour) * 60 + minute) * 60 + second - offset) * 1_000_000
    if fraction is not None:
        found = found + fraction * 10 ** max(0, 6 - digits)
    return IsoColumn(found, digits, offset if suffix else zone)


_FIRST: Final = 12
"""January of the year 1."""


@cache
def _month_starts() -> NDArray[np.int64]:
    """The first days of all months from January of the year 0 on, counted from 1970."""
    months = np.arange(10_000 * 12 + 1)
    return _days(months // 12, months % 12 + 1, np.ones_like(months))


def _offset(suffix: str, zone: int | None) -> int | None:
    if not suffix:
        return zone or 0
    if suffix == "Z":
        return 0
    plain = suffix[1:3] + suffix[4:]
    if len(suffix) == 6 and suffix[0] in "+-" and suffix[3] == ":" and plain.isdecimal():
        seconds = int(suffix[1:3]) * 3600 + int(suffix[4:]) * 60
        return seconds if suffix[0] == "+" else -seconds
    return None


def _number(digits: NDArray[np.uint8]) -> NDArray[np.int64] | None:
    values = digits.astype(np.int64) - ord("0")
    if ((values < 0) | (values > 9)).any():
        return None
    found: NDArray[np.int64] = values @ (10 ** np.arange(values.shape[1] - 1, -1, -1, dtype=np.int64))
    return found


def _days(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    year = year - (month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    found: NDArray[np.int64] = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return found
