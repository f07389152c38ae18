"""Numbers of one aggregate over its versions or over time, as steps; millions of them cost what is in sight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from esviewer.app.view import AggregateView
from esviewer.gui.axes import colour_axes
from esviewer.gui.field_log import FieldLog
from esviewer.gui.theme import Theme
from esviewer.gui.times import TimeAxis
from esviewer.gui.version_axis import VersionAxis

BLOCK = 64
"""How many points are summed up as their least and greatest."""

_SNAP = 6
"""Pixels within which a click means a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field: each value holds until the next; NaN where there is no number."""

    x: np.ndarray
    y: np.ndarray
    lows: np.ndarray
    """The least of every BLOCK values."""
    highs: np.ndarray

    @property
    def drawable(self) -> bool:
        """Whether there is any number."""
        return bool(np.isfinite(self.lows).any())


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows, ready to be drawn."""

    lines: list[Line]
    places: np.ndarray
    """Where each event of the view lies."""
    by_time: bool
    turned_back: int
    """How many events are earlier than one before them, and drawn at that one's time."""


def make_line(x: np.ndarray, y: np.ndarray) -> Line:
    """A line through points in ascending order."""
    starts = np.arange(0, len(y), BLOCK)
    if not len(starts):
        return Line(x, y, np.zeros(0), np.zeros(0))
    return Line(x, y, np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts))


def make_drawing(view: AggregateView, log: FieldLog, by_time: bool) -> Drawing:
    """Lay out the fields of a log; for the worker."""
    count, seen = len(log), log.seen
    rows, codes, values = log.rows[:count], log.codes[:count], log.numbers[:count]
    places, turned_back = _places(view, max(seen, 1), by_time)
    lines = []
    for code in range(len(log.paths)):
        of_field = np.flatnonzero(codes == code)
        at, y = rows[of_field], values[of_field]
        if np.isfinite(log.initial[code]) and (not len(at) or at[0] > 0):
            at, y = np.append(0, at), np.append(log.initial[code], y)
        x = places[at]
        if len(at):
            # The last value holds until the newest event.
            x, y = np.append(x, places[-1]), np.append(y, y[-1])
        lines.append(make_line(x, y))
    return Drawing(lines, places, by_time, turned_back)


def _places(view: AggregateView, count: int, by_time: bool) -> tuple[np.ndarray, int]:
    if not by_time:
        return view.versions[:count].astype(float), 0
    seconds = view.times_ns[:count] / 1e9
    known = view.has_time[:count]
    numbers = np.arange(len(seconds))
    if not known.all():
        seconds = np.interp(numbers, numbers[known], seconds[known]) if known.any() else numbers.astype(float)
    # A value holds from one event to the next, so the line can't go back in time.
    ascending = np.maximum.accumulate(seconds)
    return ascending, int((ascending > seconds).sum())


def in_sight(line: Line, low: float, high: float, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """The part of a line between two places, as a path of at most some points for each pixel."""
    first = max(0, int(np.searchsorted(line.x, low, "right")) - 1)
    last = min(len(line.x), int(np.searchsorted(line.x, high, "left")) + 1)
    x, y = line.x[first:last], line.y[first:last]
    if len(x) <= 2 * pixels:
        return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    lows = highs = y
    if len(x) > 4 * BLOCK * pixels:
        block = slice(first // BLOCK, -(-last // BLOCK))
        x, lows, highs = line.x[::BLOCK][block], line.lows[block], line.highs[block]
    edges = np.linspace(max(low, x[0]), min(high, x[-1]), pixels + 1)
    starts = np.unique(np.clip(np.searchsorted(x, edges[:-1]), 0, len(x) - 1))
    span = np.empty((len(starts), 2))
    span[:, 0], span[:, 1] = np.fmin.reduceat(lows, starts), np.fmax.reduceat(highs, starts)
    return np.repeat(x[starts], 2), span.ravel()


class _Values(pg.AxisItem):
    """Numbers as people write them."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale
        places = max(0, math.ceil(-math.log10(spacing))) if spacing > 0 else 0
        return [f"{value:.6g}" if abs(value) >= 1e12 or places > 6 else f"{value:,.{places}f}" for value in values]


class FieldChart(pg.PlotWidget):
    """Draws what it is given; zooming and moving go along, the values' range follows what is in sight."""

    picked = Signal(object)
    """The row of the event that was clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._drawing: Drawing | None = None
        super().__init__(parent, axisItems={"left": _Values("left"), "bottom": VersionAxis("bottom")})
        self._theme = theme
        self._axis: pg.AxisItem = self.getPlotItem().getAxis("bottom")
        self._curves: list[pg.PlotCurveItem] = []
        self._row = 0
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.showGrid(x=True, y=True, alpha=0.12)
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        plot.getViewBox().disableAutoRange()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        plot.addItem(self._line, ignoreBounds=True)
        self.setAccessibleName(self.tr("Chart of the followed fields"))
        self.setToolTip(self.tr("A click goes to the version; the wheel zooms, dragging moves"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._draw)
        plot.getViewBox().sigXRangeChanged.connect(self._range_changed)
        self.scene().sigMouseClicked.connect(self._clicked)
        theme.changed.connect(self._recolour)
        self._recolour()

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Show other lines, or the same grown; a part that was zoomed into stays in sight while they grow."""
        former = self._drawing
        self._drawing = drawing
        plot = self.getPlotItem()
        while self._curves:
            plot.removeItem(self._curves.pop())
        if drawing is None:
            plot.setYRange(0, 1)  # the axis would go on telling what was drawn
            plot.enableAutoRange("y")
            return
        if isinstance(self._axis, pg.DateAxisItem) != drawing.by_time:
            self._axis = TimeAxis() if drawing.by_time else VersionAxis("bottom")
            plot.setAxisItems({"bottom": self._axis})
            colour_axes(self.getPlotItem(), self._theme.colours)
        for code, line in enumerate(drawing.lines):
            curve = pg.PlotCurveItem(connect="finite", pen=self._pen(code))
            self._curves.append(curve)
            if line.drawable:
                plot.addItem(curve)
        low, high = self._whole(drawing)
        plot.getViewBox().setLimits(xMin=low, xMax=high)
        if former is None or former.by_time != drawing.by_time or self._all_in_sight(former):
            plot.setXRange(low, high, padding=0)
        self.show_row(self._row)
        self._draw()

    def _whole(self, drawing: Drawing) -> tuple[float, float]:
        low, high = float(drawing.places[0]), float(drawing.places[-1])
        margin = max((high - low) * 0.02, 60.0 if drawing.by_time else 0.5)
        return low - margin, high + margin

    def _all_in_sight(self, drawing: Drawing) -> bool:
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        return bool(low <= drawing.places[0] and high >= drawing.places[-1])

    def show_row(self, row: int) -> None:
        """Put the playhead's line on a row."""
        self._row = row
        drawing = self._drawing
        there = drawing is not None and 0 <= row < len(drawing.places)
        self._line.setVisible(there)
        if drawing is not None and there:
            self._line.setPos(float(drawing.places[row]))

    def _range_changed(self, *_: Any) -> None:
        self._timer.start()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self._drawing is not None:
            self._timer.start()

    def _draw(self) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        box = self.getPlotItem().getViewBox()
        low, high = box.viewRange()[0]
        pixels = max(50, int(box.width()))
        least, greatest = np.inf, -np.inf
        for curve, line in zip(self._curves, drawing.lines, strict=True):
            if not line.drawable:
                continue
            x, y = in_sight(line, low, high, pixels)
            curve.setData(x, y, connect="finite")
            finite = y[np.isfinite(y)]
            if len(finite):
                least, greatest = min(least, float(finite.min())), max(greatest, float(finite.max()))
        if least <= greatest:
            margin = (greatest - least) * 0.06 or max(abs(greatest) * 0.05, 0.5)
            self.getPlotItem().setYRange(least - margin, greatest + margin, padding=0)

    def _clicked(self, event: Any) -> None:
        drawing = self._drawing
        box = self.getPlotItem().getViewBox()
        if event.button() != Qt.MouseButton.LeftButton or drawing is None:
            return
        if box.sceneBoundingRect().contains(event.scenePos()):
            low, high = box.viewRange()[0]
            place = float(box.mapSceneToView(event.scenePos()).x())
            self.picked.emit(row_at(drawing, place, _SNAP * (high - low) / max(1.0, box.width())))

    def _pen(self, code: int) -> Any:
        types = self._theme.colours.types
        return pg.mkPen(types[code % len(types)], width=1.6)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.base)
        self._line.setPen(pg.mkPen(colours.accent, width=2))
        for code, curve in enumerate(self._curves):
            curve.setPen(self._pen(code))
        colour_axes(self.getPlotItem(), self._theme.colours)


def row_at(drawing: Drawing, place: float, near: float) -> int:
    """The row that a place in the chart means: the change closest to it if one is near, else the event before it."""
    changes = []
    for line in drawing.lines:
        after = int(np.searchsorted(line.x, place))
        changes += [float(x) for x in line.x[max(0, after - 1) : after + 1]]
    closest = min(changes, key=lambda x: abs(x - place), default=None)
    if closest is not None and abs(closest - place) <= near:
        place = closest
    return max(0, int(np.searchsorted(drawing.places, place, "right")) - 1)
