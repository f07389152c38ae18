"""The picture of the lanes: marks where few events are in sight, columns of counts where there are many.

It draws what it is given, which is never more than can be seen, and moves it with the view until what is to be seen now
has been found. Everything can be done by keys.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QToolTip, QWidget

from esviewer.app.idle_time import IdleTime
from esviewer.app.lanes import InLane, Sight, Spot
from esviewer.gui.axes import axis_font, colour_axes
from esviewer.gui.idle_axis import IdleAxis, IdleBreaks, idle_text
from esviewer.gui.lane_axis import NAME, LaneAxis
from esviewer.gui.lanes.looks import image_of, mark
from esviewer.gui.machine import Machine
from esviewer.gui.shading import Shading, WholeHeight
from esviewer.gui.text import tip, visible
from esviewer.gui.times import shown_time
from esviewer.gui.zooming import NEARER, shift, zoom
from esviewer.model.instant import Instant

_LANE: Final = 30
"""Pixels of height that a lane needs."""
_FEWEST: Final = 6
"""Few lanes are as high as if there were so many."""
_INSIDE: Final = 0.84
"""What part of its lane a column takes at most."""
_NEAR: Final = 10
"""Pixels within which an event is meant."""
_CLOSER: Final = 0.1
"""What part of the width is in sight after a click at a column."""
_LEAST: Final = 2e-5
"""Seconds in sight at least: places are floats."""
_TOLD: Final = 6
"""Types that a tooltip names."""
_CROWD: Final = 3
"""Marks on each other from which on their number is told."""
_ON_EACH_OTHER: Final = 7.0
_BESIDE_MARK: Final = 11.0
"""Pixels between the middles of marks that count as lying on each other, and from the last of them to their number."""
_SOON_MS: Final = 30
IDLE: Final = IdleTime()


class _Events(WholeHeight):
    """Everything within the lanes."""

    def __init__(self, picture: LanesPicture) -> None:
        super().__init__()
        self._picture = picture

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        del option, widget
        pixels = painter.transform()
        painter.save()
        painter.setTransform(QTransform())
        self._picture.paint_lanes(painter, pixels, self.seen())
        painter.restore()


class LanesPicture(pg.PlotWidget):
    """Lanes from above to below on one axis of true time, of which idle time may be short."""

    looked = Signal()
    """Another part is in sight."""
    opened = Signal(object)
    """An event is to be shown in its aggregate: a Spot."""
    pointed = Signal(object)
    """The mouse is at an event: a Spot; None: at none."""
    step_wanted = Signal(object)
    """The event so many further on is to be chosen."""
    end_wanted = Signal(object)
    """The first event of the lane is to be chosen, or the last: whether the last."""
    lane_wanted = Signal(object)
    """Another lane is to be chosen: its number."""
    lane_moved = Signal(object)
    """The chosen lane is to be put elsewhere: the number that it is to have."""
    lane_removed = Signal()
    """The chosen lane is to go."""
    lane_opened = Signal(object)
    """A lane's aggregate is to be shown: the lane's number."""
    scrolled = Signal()
    """Other lanes are in sight."""

    _sight: Sight | None = None  # the base class resizes itself before this one is made

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        self._lane_axis = LaneAxis()
        self._axis = IdleAxis()
        super().__init__(parent, axisItems={"left": self._lane_axis, "bottom": self._axis}, enableMenu=False)
        self._machine = machine
        self._columns: tuple[np.ndarray | None, ...] = ()
        self._images: list[QImage | None] = []
        self._marks: dict[int, QPixmap] = {}
        self.spot: Spot | None = None
        """The chosen event."""
        self.lane = 0
        """The number of the chosen lane."""
        self.top = 0
        """The number of the first lane in sight."""
        self._whole = True
        """Whether all is in sight, and stays so while more is read."""
        self._told: Spot | None = None
        self._dragged: int | None = None
        """The lane that is being dragged by its name."""
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=True, y=False, alpha=0.12)
        self._box: pg.ViewBox = plot.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.disableAutoRange()
        self._lane_axis.setStyle(tickLength=0)
        self._lane_axis.setWidth(NAME + 16)
        self.later = Shading()
        """What is after the moment that the window looks at."""
        self.breaks = IdleBreaks()
        """Where idle time is collapsed."""
        self._events = _Events(self)
        for item in (self.later, self.breaks, self._events):
            plot.addItem(item, ignoreBounds=True)
        self.setAccessibleName(self.tr("Swim lanes"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SOON_MS)
        self._timer.timeout.connect(self.looked)
        self._box.sigXRangeChanged.connect(self._range_changed)
        self._box.sigRangeChangedManually.connect(self._moved)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.scene().sigMouseMoved.connect(self._hover)
        machine.theme.changed.connect(self.recolour)
        self.recolour()

    # What is shown

    @property
    def sight(self) -> Sight | None:
        """What is drawn."""
        return self._sight

    @property
    def span(self) -> tuple[float, float] | None:
        """The places in sight; None: all, however much is read yet."""
        if self._whole:
            return None
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    @property
    def places(self) -> tuple[float, float]:
        """The places in sight."""
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    @property
    def lanes(self) -> tuple[InLane, ...]:
        """The lanes that are drawn."""
        return () if self._sight is None else self._sight.lanes

    def show_sight(self, sight: Sight | None, columns: tuple[np.ndarray | None, ...] = ()) -> None:
        """Draw something else, or the same from nearer or further; `columns` are the pictures of its counts."""
        self._sight, self._columns = sight, columns
        if sight is not None and len(sight.kinds) != len(self._marks):
            self._marks.clear()
        self._axis.show_idle(IDLE if sight is None else sight.idle)
        self.breaks.show_idle(IDLE if sight is None else sight.idle)
        self.lane = min(self.lane, max(0, len(self.lanes) - 1))
        self._paint_columns()
        self.name_lanes()
        self._lay_out()
        if sight is not None and sight.ends is not None:
            low, high = self._ends(sight.ends)
            self._box.setLimits(xMin=low, xMax=high, minXRange=_LEAST)
            if self._whole:
                self._box.setXRange(low, high, padding=0)
        self._shade()
        self.redraw()

    def _ends(self, ends: tuple[float, float]) -> tuple[float, float]:
        margin = max((ends[1] - ends[0]) * 0.03, 0.5)
        return ends[0] - margin, ends[1] + margin

    def show_whole(self) -> None:
        """Have all events in sight."""
        self._whole = True
        if self._sight is not None and self._sight.ends is not None:
            self._box.setXRange(*self._ends(self._sight.ends), padding=0)
        self._timer.start()

    def show_span(self, low: float, high: float) -> None:
        """Have these places in sight."""
        self._whole = False
        self._box.setXRange(low, high, padding=0)

    def choose(self, spot: Spot | None) -> None:
        """Mark an event, and have it in sight."""
        self.spot = spot
        if spot is not None:
            number = next((at for at, each in enumerate(self.lanes) if each.aggregate_id == spot.aggregate_id), None)
            if number is not None:
                self.choose_lane(number)
            low, high = self.places
            if not low <= spot.place <= high:
                half = (high - low) / 2
                self.show_span(spot.place - half, spot.place + half)
        self.redraw()

    def choose_lane(self, number: int) -> None:
        """Mark a lane, and have it in sight."""
        self.lane = min(max(0, number), max(0, len(self.lanes) - 1))
        if not self.top <= self.lane < self.top + self.high_enough:
            self.scroll_to(self.lane if self.lane < self.top else self.lane - self.high_enough + 1)
        self.name_lanes()
        self.redraw()

    @property
    def high_enough(self) -> int:
        """How many lanes there is room for."""
        return max(1, (self.height() - 40) // _LANE)

    def scroll_to(self, top: int) -> None:
        """Have a lane be the first in sight."""
        self.top = min(max(0, top), max(0, len(self.lanes) - self.high_enough))
        self._lay_out()
        self.scrolled.emit()

    def _lay_out(self) -> None:
        count = min(max(len(self.lanes), _FEWEST), max(1, self.high_enough))
        self.top = min(self.top, max(0, len(self.lanes) - self.high_enough))
        self._box.setYRange(-(self.top + count) + 0.5, -self.top + 0.5, padding=0)

    def name_lanes(self) -> None:
        """Name the lanes anew."""
        screen = self._machine.screen
        names = [visible(screen.aggregate_id(each.aggregate_id, each.aggregate_type)) for each in self.lanes]
        chosen = self.lane if self.hasFocus() else -1
        self._lane_axis.names = [f"▸ {name}" if at == chosen else name for at, name in enumerate(names)]
        self._lane_axis.picture = None
        self._lane_axis.update()

    def name(self, number: int) -> str:
        """What a lane is called."""
        lane = self.lanes[number]
        return visible(self._machine.screen.aggregate_id(lane.aggregate_id, lane.aggregate_type))

    def kind_name(self, number: int) -> str:
        """What an event type is called, as it may be shown."""
        assert self._sight is not None
        return visible(self._machine.screen.text(self._sight.kinds[number].name))

    def _kind_text(self, number: int) -> str:
        """The same, with its sign before it."""
        assert self._sight is not None
        sign, name = self._sight.kinds[number].sign, self.kind_name(number)
        return f"{sign} {name}" if sign else name

    def recolour(self) -> None:
        """Take the theme's colours."""
        colours = self._machine.theme.colours
        self.setBackground(colours.base)
        colour_axes(self.getPlotItem(), colours)
        self._lane_axis.setTextPen(pg.mkPen(colours.text))
        self._lane_axis.setWidth(NAME + 16)
        shade = QColor(colours.dim)
        shade.setAlpha(70)
        self.later.set_colour(shade)
        self.breaks.set_colours(QColor(colours.base), QColor(colours.dim))
        self._marks.clear()
        self._paint_columns()
        self.redraw()

    def redraw(self) -> None:
        """Paint the lanes anew."""
        self._events.update()

    def mark(self, number: int) -> QPixmap:
        """What an event of a type looks like."""
        if number not in self._marks and self._sight is not None:
            colours, ratio = self._machine.theme.colours, self.devicePixelRatioF()
            self._marks[number] = mark(self._sight.kinds[number], number, colours, ratio)
        return self._marks[number]

    def _paint_columns(self) -> None:
        kinds = () if self._sight is None else self._sight.kinds
        colours = self._machine.theme.colours
        self._images = [None if each is None else image_of(each, kinds, colours) for each in self._columns]

    def _shade(self) -> None:
        """Shade what is after the moment that the window looks at."""
        moment, sight = self._machine.as_of, self._sight
        high = self.places[1]
        edge = None if moment is None or sight is None else sight.idle.place(moment.seconds)
        self.later.show_bands([] if edge is None or edge >= high else [(max(edge, self.places[0]), high)])

    # Painting

    def paint_lanes(self, painter: QPainter, pixels: QTransform, seen: QRectF) -> None:
        """Paint what is in sight; `pixels` leads from places to pixels."""
        sight, colours = self._sight, self._machine.theme.colours
        if sight is None or seen.width() <= 0:
            return
        inside = pixels.mapRect(seen)
        painter.setFont(axis_font())
        metrics = QFontMetricsF(painter.font())
        for number, lane in enumerate(sight.lanes):
            top = pixels.map(QPointF(seen.left(), 0.5 - number)).y()
            bottom = pixels.map(QPointF(seen.left(), -0.5 - number)).y()
            if bottom < inside.top() or top > inside.bottom():
                continue
            band = QRectF(inside.left(), top, inside.width(), bottom - top)
            if number == self.lane and self.hasFocus():
                shade = QColor(colours.accent)
                shade.setAlpha(30)
                painter.fillRect(band, shade)
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(band.bottomLeft(), band.bottomRight())
            image = self._images[number] if number < len(self._images) else None
            if image is not None:
                self._paint_image(painter, image, band, pixels, seen)
            self._paint_marks(painter, lane, band, pixels)
            text = self._remark(lane)
            if text:
                painter.setPen(QColor(colours.dim))
                wide = metrics.horizontalAdvance(text)
                left = max(band.left() + 4, band.right() - wide - 8)
                painter.drawText(QPointF(left, band.top() + metrics.height()), text)
        spot = self.spot
        if spot is not None and self.lane < len(sight.lanes):
            middle = pixels.map(QPointF(spot.place, -float(self.lane)))
            if sight.lanes[self.lane].aggregate_id == spot.aggregate_id and inside.contains(middle):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent), 2.4))
                painter.drawEllipse(middle, 12, 12)

    def _paint_image(
        self, painter: QPainter, image: QImage, band: QRectF, pixels: QTransform, seen: QRectF
    ) -> None:
        sight = self._sight
        assert sight is not None
        # Only what is in sight of it: from very near the whole would be wider than Qt's pixels.
        low, high = max(sight.low, seen.left()), min(sight.high, seen.right())
        if high <= low:
            return
        scale = image.width() / (sight.high - sight.low)
        source = QRectF((low - sight.low) * scale, 0, (high - low) * scale, image.height())
        left, right = pixels.map(QPointF(low, 0)).x(), pixels.map(QPointF(high, 0)).x()
        tall = band.height() * _INSIDE
        painter.drawImage(QRectF(left, band.bottom() - tall, right - left, tall), image, source)

    def _paint_marks(self, painter: QPainter, lane: InLane, band: QRectF, pixels: QTransform) -> None:
        ratio, middle = self.devicePixelRatioF(), band.center().y()
        places: list[float] = []
        for spot in lane.spots:
            found = self.mark(spot.kind)
            size = found.width() / ratio
            x = pixels.map(QPointF(spot.place, 0)).x()
            if band.left() - size <= x <= band.right() + size:
                painter.drawPixmap(QPointF(x - size / 2, middle - size / 2), found)
                places.append(x)
        self._paint_numbers(painter, crowds(places), middle)

    def _paint_numbers(self, painter: QPainter, found: list[tuple[float, int, float]], middle: float) -> None:
        """Say beside marks that lie on each other how many they are, where there is room."""
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._machine.theme.colours.dim))
        for right, count, room in found:
            text = f"×{count:,}"
            if metrics.horizontalAdvance(text) + 2 * _BESIDE_MARK <= room:
                base = middle + (metrics.ascent() - metrics.descent()) / 2
                painter.drawText(QPointF(right + _BESIDE_MARK, base), text)

    def _remark(self, lane: InLane) -> str:
        if lane.missing:
            return self.tr("There is no such aggregate")
        if lane.read and lane.first is None:
            return self.tr("Its events have no time")
        if not lane.complete:
            return self.tr("{0} of {1} events so far").format(f"{lane.read:,}", f"{lane.expected:,}")
        return ""

    # Where something is

    def lane_at(self, place: QPointF) -> int | None:
        """The number of the lane at a place of the scene, or beside it at its name."""
        y = self._box.mapSceneToView(place).y()
        number = round(-y)
        high = self._box.sceneBoundingRect()
        return number if 0 <= number < len(self.lanes) and high.top() <= place.y() <= high.bottom() else None

    def spot_at(self, place: QPointF) -> Spot | None:
        """The event at a place of the scene."""
        number = self.lane_at(place)
        if number is None or not self._box.sceneBoundingRect().contains(place):
            return None
        at, wide = self._box.mapSceneToView(place).x(), self._box.viewPixelSize()[0]
        found = min(self.lanes[number].spots, key=lambda each: abs(each.place - at), default=None)
        return found if found is not None and abs(found.place - at) <= _NEAR * wide else None

    def _column_at(self, place: QPointF) -> tuple[int, int] | None:
        """The lane and the column at a place of the scene, where there are counts."""
        number, sight = self.lane_at(place), self._sight
        if number is None or sight is None or not self._box.sceneBoundingRect().contains(place):
            return None
        counts = sight.lanes[number].counts
        if not counts.size:
            return None
        share = (self._box.mapSceneToView(place).x() - sight.low) / (sight.high - sight.low)
        column = int(share * counts.shape[1])
        return (number, column) if 0 <= column < counts.shape[1] else None

    def about(self, number: int, column: int) -> str:
        """What a column of a lane stands for."""
        sight = self._sight
        assert sight is not None
        lane = sight.lanes[number]
        counts = lane.counts[:, column]
        begin, end = (sight.idle.time(float(each)) for each in sight.edges[column : column + 2])
        count = int(counts.sum())
        events = self.tr("1 event") if count == 1 else self.tr("{0} events").format(f"{count:,}")
        lines = [f"{self.name(number)}: {events}", f"{_clock(begin)} – {_clock(end)}"]
        largest = np.argsort(-counts, kind="stable")[:_TOLD].tolist()
        lines += [f"{self._kind_text(lane.kinds[each])}: {int(counts[each]):,}" for each in largest if counts[each]]
        if count:
            lines.append(self.tr("A click looks closer"))
        return "\n".join(lines)

    def about_lane(self, number: int) -> str:
        """What is known of a lane."""
        lane = self.lanes[number]
        events = self.tr("1 event") if lane.read == 1 else self.tr("{0} events").format(f"{lane.read:,}")
        parts = [self.name(number), events if lane.complete and not lane.missing else "", self._remark(lane)]
        if lane.first is not None:
            parts.append(f"{shown_time(lane.first)} – {shown_time(lane.last)}")
        if lane.undated and lane.first is not None:
            parts.append(self.tr("{0} without a time, drawn between those beside them").format(f"{lane.undated:,}"))
        return " · ".join(filter(None, parts))

    def say(self, place: QPointF, text: str) -> None:
        """Show a tooltip at a place of the scene."""
        QToolTip.showText(self.mapToGlobal(self.mapFromScene(place)), tip(text), self)

    # Mouse and keys

    def _range_changed(self, *_: Any) -> None:
        self._shade()
        self._timer.start()

    def _moved(self, *_: Any) -> None:
        self._whole = False

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self._sight is not None:
            self._lay_out()
            self._timer.start()
            self.scrolled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by = event.angleDelta().y() or event.angleDelta().x()
            self.scroll_to(self.top - (1 if by > 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.mapToScene(event.position().toPoint())
        number = self.lane_at(place)
        if number is not None and place.x() < self._box.sceneBoundingRect().left():
            self._dragged = number if event.button() == Qt.MouseButton.LeftButton else None
            self.lane_wanted.emit(number)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            super().mouseMoveEvent(event)
        else:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is None:
            super().mouseReleaseEvent(event)
            return
        self.viewport().unsetCursor()
        number = self.lane_at(self.mapToScene(event.position().toPoint()))
        if number is not None and number != dragged:
            self.lane_moved.emit(number)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.mapToScene(event.position().toPoint())
        number = self.lane_at(place)
        if place.x() >= self._box.sceneBoundingRect().left():
            self.show_whole()
        elif number is not None:
            self.lane_opened.emit(number)
        event.accept()

    def _clicked(self, event: Any) -> None:
        place = event.scenePos()
        if event.button() != Qt.MouseButton.LeftButton or event.double():
            return
        spot, column = self.spot_at(place), self._column_at(place)
        number = self.lane_at(place)
        if number is not None:
            self.choose_lane(number)
        if spot is not None:
            event.accept()
            self.opened.emit(spot)
        elif column is not None and self.lanes[column[0]].counts[:, column[1]].any():
            self._whole = False
            at = float(self._box.mapSceneToView(place).x())
            low, high = self.places
            half = (high - low) * _CLOSER / 2
            self.show_span(at - half, at + half)

    def _hover(self, place: QPointF) -> None:
        spot = self.spot_at(place)
        if spot is not None:
            if spot != self._told:
                self._told = spot
                self.pointed.emit((spot, place))
            return
        self._told = None
        self.pointed.emit(None)
        column, number = self._column_at(place), self.lane_at(place)
        sight = self._sight
        inside = self._box.sceneBoundingRect().contains(place)
        found = sight.idle.break_at(self._box.mapSceneToView(place).x()) if sight is not None and inside else None
        if column is not None and self.lanes[column[0]].counts[:, column[1]].any():
            self.say(place, self.about(*column))
        elif found is not None:
            self.say(place, idle_text(found))
        elif number is not None and not inside:
            self.say(place, self.about_lane(number))
        else:
            QToolTip.hideText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.lanes or not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Do what a key says; returns whether it says anything."""
        keys, key = Qt.Key, event.key()
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alt = modifiers == Qt.KeyboardModifier.AltModifier
        at = None if self.spot is None else self.spot.place
        if key in (keys.Key_Up, keys.Key_Down) and (alt or not modifiers):
            number = self.lane + (1 if key == keys.Key_Down else -1)
            if 0 <= number < len(self.lanes):
                (self.lane_moved if alt else self.lane_wanted).emit(number)
        elif key in (keys.Key_Plus, keys.Key_Equal, keys.Key_Minus):
            self._whole = False
            zoom(self._box, 1 / NEARER if key == keys.Key_Minus else NEARER, at)
        elif modifiers:
            return False
        elif key in (keys.Key_Left, keys.Key_Right):
            self.step_wanted.emit(1 if key == keys.Key_Right else -1)
        elif key in (keys.Key_Home, keys.Key_End):
            self.end_wanted.emit(key == keys.Key_End)
        elif key in (keys.Key_PageUp, keys.Key_PageDown):
            self._whole = False
            shift(self._box, 0.8 if key == keys.Key_PageDown else -0.8)
        elif key == keys.Key_0:
            self.show_whole()
        elif key == keys.Key_Delete:
            self.lane_removed.emit()
        elif key in (keys.Key_Return, keys.Key_Enter):
            if self.spot is not None:
                self.opened.emit(self.spot)
            else:
                self.lane_opened.emit(self.lane)
        else:
            return False
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.name_lanes()
        self.redraw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.name_lanes()
        self.redraw()


def crowds(places: list[float]) -> list[tuple[float, int, float]]:
    """Of ascending pixels: where each crowd of marks on each other ends, how many they are, and the room after them."""
    found: list[tuple[float, int, float]] = []
    count = 0
    for at, place in enumerate(places):
        count += 1
        room = places[at + 1] - place if at + 1 < len(places) else float("inf")
        if room >= _ON_EACH_OTHER:
            if count >= _CROWD:
                found.append((place, count, room))
            count = 0
    return found


def _clock(seconds: float) -> str:
    """A place of the axis as a time."""
    try:
        return shown_time(Instant(round(seconds * 1e9), 0))
    except (ValueError, OverflowError):
        return "–"
