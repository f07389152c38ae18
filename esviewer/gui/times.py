"""Times as the window shows them: in the zone that each was stored with, in this machine's, or in UTC.

A time that was stored without a zone is shown as it was stored, whatever is chosen: nobody knows where it was.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from weakref import WeakSet

import pyqtgraph as pg
from PySide6.QtCore import QDate, QLocale
from shiboken6 import isValid

from esviewer.gui.language import language_now, translate
from esviewer.model.instant import Instant

STORED: Final = "stored"
LOCAL: Final = "local"
ZONES: Final = (STORED, LOCAL, "utc")

_now = [STORED]


def show_in(zone: str) -> None:
    """Have times shown in a zone from now on, one of `ZONES`; anything else stands for as stored."""
    _now[0] = zone if zone in ZONES else STORED
    for axis in list(_axes):
        if isValid(axis):  # what Python still holds of a window that is gone has nothing to draw
            axis.tell()


def zone_now() -> str:
    """The zone in which times are shown, one of `ZONES`."""
    return _now[0]


def zone_title(zone: str) -> str:
    """What a zone is called."""
    here = _name(_local_offset(datetime.now(UTC).timestamp()))
    return {
        STORED: translate("Zones", "Zones as stored"),
        LOCAL: translate("Zones", "This computer's zone ({0})").format(here),
    }.get(zone, "UTC")


def shown(instant: Instant) -> Instant:
    """The same moment in the zone in which times are shown."""
    if instant.offset is None or _now[0] == STORED:
        return instant
    return replace(instant, offset=_local_offset(instant.seconds) if _now[0] == LOCAL else 0)


def full_time(instant: Instant) -> str:
    """A time with its zone and all digits of its fraction, as ISO 8601."""
    return shown(instant).isoformat()


def shown_time(instant: Instant | None) -> str:
    """A time with its zone, to the second; without a time a dash."""
    if instant is None:
        return "–"
    day, _, rest = full_time(instant).partition("T")
    zone = rest[8:].lstrip(".0123456789")
    return f"{day} {rest[:8]}{' ' if zone and zone != 'Z' else ''}{zone}"


class TimeAxis(pg.DateAxisItem):
    """An axis of times, in UTC, or in this machine's zone where times are shown in it: as it is in the axis' middle."""

    def __init__(self) -> None:
        super().__init__("bottom", utcOffset=0)
        _axes.add(self)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """What pyqtgraph asks for whenever the range has changed."""
        self.show_zone_of((low + high) / 2)
        found: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
        return found

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """What is told of places: days and months in the window's language; pyqtgraph tells them in the system's."""
        wanted = next((level.format for level in self.zoomLevel.tickSpecs if level.spacing == spacing), "")
        pattern = _day_patterns().get(wanted)
        if pattern is None:
            return [str(text) for text in super().tickStrings(values, scale, spacing)]
        locale = QLocale(language_now())
        days = [math.floor((value - (self.utcOffset or 0)) / 86_400) for value in values]
        return [locale.toString(QDate(1970, 1, 1).addDays(day), pattern) for day in days]

    def show_zone_of(self, seconds: float) -> None:
        """Tell times as far from UTC as they are told at this one."""
        # pyqtgraph counts the distance westwards.
        self.utcOffset = -_local_offset(seconds) if _now[0] == LOCAL else 0

    def tell(self) -> None:
        """The zone has changed, or what the axis shows."""
        self.picture = None
        self.update()


def _day_patterns() -> dict[str, str]:
    """What Qt tells dates by, for the patterns of pyqtgraph that have no digits alone."""
    return {
        "%b": translate("Times", "MMM"),
        "%d": translate("Times", "dd"),
        "%a %d": translate("Times", "ddd dd"),
    }


_axes: WeakSet[TimeAxis] = WeakSet()


def _local_offset(seconds: float) -> int:
    """This machine's distance from UTC at a time, in seconds; 0 for times that no clock of it can show."""
    try:
        distance = datetime.fromtimestamp(seconds, UTC).astimezone().utcoffset()
    except (OverflowError, ValueError, OSError):
        return 0
    return 0 if distance is None else int(distance.total_seconds())


def _name(offset: int) -> str:
    if offset == 0:
        return "UTC"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
