"""Idle time on an axis of times: true labels on both sides of each break, and a torn strip with how long it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from esviewer.app.idle_time import Break, IdleTime
from esviewer.gui.axes import axis_font
from esviewer.gui.language import translate
from esviewer.gui.lengths import length_text
from esviewer.gui.shading import WholeHeight
from esviewer.gui.times import TimeAxis, full_time
from esviewer.model.instant import Instant

_NS: Final = 1e9
_DAY: Final = 86_400
_DATED: Final = 0.5
"""Stands for the distance of labels with a date, which pyqtgraph tells levels of ticks apart by."""
_APART: Final = 10.0
"""Pixels between two labels."""
_TOOTH: Final = 4.0
"""Pixels from tooth to tooth at a strip's torn edges."""
_HATCH: Final = 6.0
"""Pixels between two lines across a strip."""

_Part: TypeAlias = tuple[float, float, float | None]
"""Places from and to which there is no break, and the time of the event that ended the break before, if in sight."""


def idle_text(found: Break) -> str:
    """What a break stands for."""
    return "\n".join(
        (
            translate("Idle", "Nothing happened for {0}").format(length_text(found.length)),
            translate("Idle", "From {0}").format(full_time(Instant(found.begin))),
            translate("Idle", "Until {0}").format(full_time(Instant(found.end))),
        )
    )


def idle_texts(idle: IdleTime) -> str:
    """For those who don't see the breaks: how many there are, and how long the longest was; nothing without any."""
    if not idle.breaks:
        return ""
    longest = length_text(max(each.length for each in idle.breaks))
    return translate("Idle", "Idle time collapsed: {0}, the longest {1}").format(len(idle.breaks), longest)


class IdleAxis(TimeAxis):
    """An axis of times on which idle time is short: what it says is true, and it says nothing within a break."""

    def __init__(self) -> None:
        super().__init__()
        self._idle = IdleTime()
        self._told: dict[float, float] = {}
        """The true time of each place that has a tick: to map it back would make 13:59 of what is 14:00."""

    def show_idle(self, idle: IdleTime) -> None:
        """What is idle from now on."""
        if idle is not self._idle:
            self._idle = idle
            self.tell()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The first event after each break, as far as there is room, and what else a clock shows between breaks.

        Where that is nothing, some time between two breaks.
        """
        if not self._idle.breaks:
            return super().tickValues(low, high, size)
        self.show_zone_of(self._idle.time((low + high) / 2))
        pixel = (high - low) / size
        self.setZoomLevelForDensity(pixel)
        self._told = {}
        levels: dict[float, list[float]] = {_DATED: []}
        parts = self._between(low, high)
        for begin, end, first in parts:
            since = self._idle.time(begin) if first is None else first
            until = since + end - begin
            if first is not None:
                levels[_DATED].append(begin)
                self._told[begin] = first
            self.show_zone_of(since)
            self.zoomLevel.utcOffset = self.utcOffset
            for spacing, times in self.zoomLevel.tickValues(since, until, minSpc=self.minSpacing):
                places = levels.setdefault(spacing, [])
                within = {begin + (time - since): time for time in times if since <= time <= until}
                places += within
                self._told |= within
        self._thin(levels, parts, pixel)
        return [(spacing, places) for spacing, places in levels.items() if places]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The true times of places."""
        if not self._idle.breaks:
            return [str(text) for text in super().tickStrings(values, scale, spacing)]
        texts = []
        for value in values:
            time = self._told.get(value, value)
            self.show_zone_of(time)
            if spacing == _DATED:
                texts.append(self._day_and_time(time))
            else:
                texts += super().tickStrings([time], scale, spacing)
        return texts

    def _between(self, low: float, high: float) -> list[_Part]:
        """What is in sight beside breaks."""
        found: list[_Part] = []
        since, first = low, None
        for each in self._idle.breaks:
            begin, end = each.place / _NS, (each.place + each.width) / _NS
            if end < low:
                continue
            if begin >= high:
                break
            if begin > since:
                found.append((since, begin, first))
            since, first = end, each.end / _NS
        if since < high:
            found.append((since, high, first))
        return found

    def _thin(self, levels: dict[float, list[float]], parts: list[_Part], pixel: float) -> None:
        """Leave out what would overlap with labels that say more: dates after breaks come first, then what is rarer.

        Parts that have no label then get one in the middle, if there is room.
        """
        metrics = self.fontMetrics
        dated = metrics.horizontalAdvance(self._day_and_time(0.0))
        plain = metrics.horizontalAdvance(self.zoomLevel.exampleText)
        taken: list[tuple[float, float]] = []

        def take(place: float, spacing: float) -> bool:
            width = ((dated if spacing == _DATED else plain) + _APART) * pixel
            if any(abs(place - other) < (width + wide) / 2 for other, wide in taken):
                return False
            taken.append((place, width))
            return True

        for spacing in sorted(levels, key=lambda each: (each != _DATED, -each)):
            levels[spacing] = [place for place in levels.pop(spacing) if take(place, spacing)]
        for begin, end, _ in parts:
            if not any(begin <= place <= end for place, _ in taken):
                middle = (begin + end) / 2
                time = self._idle.time(middle)
                whole = time - time % 60
                place = middle - time + whole
                if place < begin:
                    place, whole = middle, time
                if take(place, _DATED):
                    levels[_DATED].append(place)
                    self._told[place] = whole

    def _day_and_time(self, seconds: float) -> str:
        """A date, with the time where the axis tells times of the day."""
        far = timedelta(seconds=seconds - (self.utcOffset or 0))
        try:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + far
        except OverflowError:
            return ""
        if min(spec.spacing for spec in self.zoomLevel.tickSpecs) >= _DAY:
            return f"{moment:%Y-%m-%d}"
        return f"{moment:%Y-%m-%d %H:%M}"


class IdleBreaks(WholeHeight):
    """Torn, hatched strips over the whole height of a plot, with how long each was where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._idle = IdleTime()
        self._ground, self._line = QColor(), QColor()
        self.setZValue(-5)

    def show_idle(self, idle: IdleTime) -> None:
        """Mark these breaks."""
        if idle is not self._idle:
            self._idle = idle
            self.update()

    def set_colours(self, ground: QColor, line: QColor) -> None:
        """What is behind the plot, and the colour of what is drawn."""
        self._ground, self._line = ground, line
        self.update()

    def paint(self, painter: QPainter, option: object, widget: QWidget | None = None) -> None:
        del option, widget
        seen, pixels = self.seen(), painter.transform()
        painter.save()
        # Teeth and letters are as large at any zoom.
        painter.setTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(axis_font())
        for each in self._idle.breaks:
            strip = QRectF(each.place / _NS, seen.top(), each.width / _NS, seen.height())
            if strip.right() >= seen.left() and strip.left() <= seen.right():
                self._tear(painter, pixels.mapRect(strip), pixels.mapRect(seen), length_text(each.length))
        painter.restore()

    def _tear(self, painter: QPainter, strip: QRectF, seen: QRectF, text: str) -> None:
        inside = strip.intersected(seen)
        painter.save()
        painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        faint = QColor(self._line)
        faint.setAlpha(90)
        painter.setPen(QPen(faint, 1))
        painter.save()
        painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
        across = inside.left() - inside.height()
        across -= across % _HATCH
        while across < inside.right():
            painter.drawLine(QPointF(across, inside.bottom()), QPointF(across + inside.height(), inside.top()))
            across += _HATCH
        painter.restore()
        painter.setPen(QPen(self._line, 1))
        for edge in (strip.left(), strip.right()):
            if seen.left() - _TOOTH <= edge <= seen.right() + _TOOTH:
                painter.drawPolyline(_zigzag(edge, inside.top(), inside.bottom()))
        metrics = QFontMetricsF(painter.font())
        room = QRectF(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height())
        if room.width() + 2 * _TOOTH <= inside.width() and room.height() + 2 <= inside.height():
            room.moveCenter(QPointF(inside.center().x(), inside.top() + 2 + room.height() / 2))
            painter.fillRect(room, self._ground)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


def _zigzag(x: float, top: float, bottom: float) -> QPolygonF:
    count = int((bottom - top) / _TOOTH) + 1
    return QPolygonF(
        [QPointF(x + (_TOOTH / 4 if row % 2 else -_TOOTH / 4), top + row * _TOOTH) for row in range(count)]
    )
