"""The events that belong together as marks in lanes, one for each aggregate, with arrows from causes to effects."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QToolTip, QWidget

from esviewer.gui.axes import colour_axes
from esviewer.gui.lane_axis import NAME, LaneAxis
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip, visible
from esviewer.gui.times import TimeAxis
from esviewer.gui.trace.tree import AGGREGATE, EVENT, LATENCY, REMARK, TIME, VERSION, TraceModel
from esviewer.gui.version_axis import VersionAxis

_ARROWS: Final = 250
"""Arrows painted at most in one frame; of more only straight lines, all at once."""
_HEAD: Final = 7.0
_SECOND: Final = 1_000_000_000
_LANES_SHOWN: Final = 14


class _TimeAxis(TimeAxis):
    """Shows times while the places are seconds since the first event, so that floats hold them."""

    origin = 0.0

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Those that times have."""
        found = super().tickValues(low + self.origin, high + self.origin, size)
        return [(spacing, [value - self.origin for value in values]) for spacing, values in found]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The same."""
        made: list[str] = super().tickStrings([value + self.origin for value in values], scale, spacing)
        return made


class _Arrows(pg.GraphicsObject):
    """Lines from causes to effects with heads, which keep their size however near they are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = np.zeros((0, 4))
        self._lines = QPainterPath()
        self._colour = QColor()

    def show_arrows(self, ends: np.ndarray, colour: QColor) -> None:
        """Show others; `ends` has x and y of the cause and of the effect in each row."""
        self.prepareGeometryChange()
        self._ends, self._colour = ends, colour
        self._lines = pg.arrayToQPath(ends[:, (0, 2)].ravel(), ends[:, (1, 3)].ravel(), connect="pairs")
        self.update()

    def boundingRect(self) -> QRectF:
        if not len(self._ends):
            return QRectF()
        x, y = self._ends[:, (0, 2)], self._ends[:, (1, 3)]
        return QRectF(x.min(), y.min() - 0.5, x.max() - x.min(), y.max() - y.min() + 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        del option, widget
        if not len(self._ends):
            return
        seen = self.viewRect()
        x, y = self._ends[:, (0, 2)], self._ends[:, (1, 3)]
        inside = (x.max(1) >= seen.left()) & (x.min(1) <= seen.right())
        inside &= (y.max(1) >= seen.top() - 1) & (y.min(1) <= seen.bottom() + 1)
        ends = self._ends[inside]
        if len(ends) > _ARROWS:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(pg.mkPen(self._colour, width=0))
            painter.drawPath(self._lines)
            return
        world = painter.worldTransform()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pg.mkPen(self._colour, width=1.2))
        for x1, y1, x2, y2 in ends.tolist():
            self._arrow(painter, world.map(QPointF(x1, y1)), world.map(QPointF(x2, y2)))
        painter.setWorldTransform(world)

    def _arrow(self, painter: QPainter, begin: QPointF, end: QPointF) -> None:
        way = QPainterPath(begin)
        # In one lane it goes over what lies between.
        flat = abs(end.y() - begin.y()) < 1
        if flat:
            height = min(26.0, 6 + abs(end.x() - begin.x()) / 4)
            bow = QPointF((begin.x() + end.x()) / 2, begin.y() - height)
        else:
            bow = QPointF(begin.x() + (end.x() - begin.x()) * 0.55, begin.y() + (end.y() - begin.y()) * 0.25)
        way.quadTo(bow, end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(way)
        along = end - bow
        length = max(1e-6, (along.x() ** 2 + along.y() ** 2) ** 0.5)
        one = along / length
        if (end - begin).manhattanLength() < 2 * _HEAD:
            return
        across = QPointF(-one.y(), one.x())
        tip_at, back = end - one * 5, end - one * (5 + _HEAD)
        painter.setBrush(self._colour)
        painter.drawPolygon(QPolygonF([tip_at, back + across * _HEAD / 2.4, back - across * _HEAD / 2.4]))


class Lanes(pg.PlotWidget):
    """A picture of what the list says, to be zoomed and moved; a click picks an event."""

    picked = Signal(object)
    """The number of the event that was clicked."""

    def __init__(self, machine: Machine, model: TraceModel, parent: QWidget | None = None) -> None:
        self._lane_axis = LaneAxis()
        axes = {"left": self._lane_axis, "bottom": VersionAxis("bottom")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self._machine = machine
        self._model = model
        self._by_time = True
        self._chosen: int | None = None
        self._x = np.zeros(0)
        self._y = np.zeros(0)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=True, y=True, alpha=0.12)
        self._arrows = _Arrows()
        self._marks: list[pg.ScatterPlotItem] = []
        """One item for each look: an item of many looks takes seconds to make."""
        self._ring = pg.ScatterPlotItem(pxMode=True)
        for item in (self._arrows, self._ring):
            plot.addItem(item)
        self.setAccessibleName(self.tr("Lanes of the aggregates"))
        self.setAccessibleDescription(self.tr("The same events as in the list, on one axis"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.scene().sigMouseMoved.connect(self._hover)
        machine.theme.changed.connect(self.draw)
        self.draw()

    def show_by_time(self, by_time: bool) -> None:
        """Place events at their time, or one step after the other."""
        self._by_time = by_time
        self.draw()

    def choose(self, number: int | None) -> None:
        """Mark one event."""
        self._chosen = number
        colours = self._machine.theme.colours
        spots = [] if number is None or number >= len(self._x) else [number]
        self._ring.setData(
            self._x[spots], self._y[spots], size=19, brush=None, pen=pg.mkPen(colours.accent, width=2.4), symbol="o"
        )

    def fit(self) -> None:
        """Have all of it in sight."""
        x = self._x
        lanes = max(1, len(self._lane_axis.names))
        if len(x):
            span = float(x.max() - x.min()) or 1.0
            self.setXRange(float(x.min()) - span * 0.03, float(x.max()) + span * 0.05, padding=0)
        self.setYRange(-min(lanes, _LANES_SHOWN) + 0.4, 0.7, padding=0)

    def places(self) -> list[tuple[float, int]]:
        """Where each event is: seconds since the first, or steps, and the number of its lane."""
        return [(float(x), round(-y)) for x, y in zip(self._x, self._y, strict=True)]

    def draw(self) -> None:
        """Draw all anew."""
        made, colours, plot = self._model.made, self._machine.theme.colours, self.getPlotItem()
        self.setBackground(colours.base)
        numbers = {ident: lane for lane, (ident, _) in enumerate(made.aggregates)}
        screen = self._machine.screen
        self._lane_axis.names = [visible(screen.aggregate_id(ident, kind)) for ident, kind in made.aggregates]
        times = [node.event.timestamp for node in made.nodes]
        first = next((time.ns for time in times if time is not None), None)
        by_time = self._by_time and first is not None
        axis = plot.getAxis("bottom")
        if isinstance(axis, _TimeAxis) != by_time:
            axis = _TimeAxis() if by_time else VersionAxis("bottom")
            plot.setAxisItems({"bottom": axis})
        if isinstance(axis, _TimeAxis) and first is not None:
            origin = min(time.ns for time in times if time is not None)
            axis.origin = origin / _SECOND
            places, last = [], 0
            for time in times:
                last = last if time is None else time.ns - origin
                places.append(last / _SECOND)
            self._x = np.array(places)
        else:
            self._x = np.arange(1, len(made.nodes) + 1, dtype=float)
        colour_axes(plot, colours)
        self._lane_axis.setWidth(NAME + 16)
        self._y = np.array([-float(numbers[node.event.aggregate_id]) for node in made.nodes])
        ends = [(node.cause, number) for number, node in enumerate(made.nodes) if node.cause is not None]
        pairs = np.array(ends, dtype=int).reshape(-1, 2)
        both = np.column_stack((self._x[pairs[:, 0]], self._y[pairs[:, 0]], self._x[pairs[:, 1]], self._y[pairs[:, 1]]))
        line = QColor(colours.dim)
        line.setAlpha(190)
        self._arrows.show_arrows(both, line)
        self._mark()
        self.choose(self._chosen)
        self.fit()
        # What was there before may have had the same range, of which a new axis has not been told.
        axis.setRange(*self.getPlotItem().getViewBox().viewRange()[0])
        axis.picture = None
        axis.update()

    def _mark(self) -> None:
        """Make the marks anew: triangles where the cause is missing, empty squares for causes of other correlations."""
        made, colours, plot = self._model.made, self._machine.theme.colours, self.getPlotItem()
        for item in self._marks:
            plot.removeItem(item)
        found: dict[tuple[str | None, str], str] = {}
        looks: dict[tuple[str, str], list[int]] = {}
        for number, node in enumerate(made.nodes):
            symbol = "t1" if node.status in ("orphan", "cycle") else "s" if node.outside else "o"
            kind = node.event.aggregate_type, node.event.type
            colour = found.get(kind) or found.setdefault(kind, self._model.colour(node.event))
            looks.setdefault((symbol, colour), []).append(number)
        self._marks = []
        for (symbol, colour), numbers in looks.items():
            item = pg.ScatterPlotItem(
                x=self._x[numbers],
                y=self._y[numbers],
                pxMode=True,
                symbol=symbol,
                size=13 if symbol == "t1" else 10,
                brush=None if symbol == "s" else pg.mkBrush(colour),
                pen=pg.mkPen(colours.text if symbol == "t1" else colour, width=1.6),
            )
            item.setZValue(3)
            plot.addItem(item, ignoreBounds=True)
            self._marks.append(item)

    def _near(self, place: QPointF) -> int | None:
        """The event at a place of the scene."""
        box = self.getPlotItem().getViewBox()
        if not len(self._x) or not box.sceneBoundingRect().contains(place):
            return None
        at, (wide, high) = box.mapSceneToView(place), box.viewPixelSize()
        away = np.hypot((self._x - at.x()) / wide, (self._y - at.y()) / high)
        nearest = int(away.argmin())
        return nearest if away[nearest] < 11 else None

    def _clicked(self, event: Any) -> None:
        number = self._near(event.scenePos())
        if number is not None:
            event.accept()
            self.picked.emit(number)

    def _hover(self, place: QPointF) -> None:
        number = self._near(place)
        if number is None:
            QToolTip.hideText()
            return
        text = self._model.text
        words = [text(number, AGGREGATE) + " v" + text(number, VERSION), text(number, EVENT), text(number, TIME)]
        after = text(number, LATENCY)
        words += [self.tr("{0} after its cause").format(after)] if after else []
        words += [text(number, REMARK)] if text(number, REMARK) else []
        QToolTip.showText(self.mapToGlobal(self.mapFromScene(place)), tip("\n".join(words)), self)
