"""Numbers of one aggregate over its versions or over time, as steps; millions of them cost what is in sight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from esviewer.app.view import AggregateView
from esviewer.gui.axes import axis_font, colour_axes
from esviewer.gui.field_log import FieldLog
from esviewer.gui.theme import Theme
from esviewer.gui.times import TimeAxis
from esviewer.gui.version_axis import VersionAxis
from esviewer.gui.zooming import Zooming, keys_text

BLOCK = 64
"""How many points are summed up as their least and greatest."""

_SNAP = 6
"""Pixels within which a click means a change."""
_STRIP, _AXIS = 26, 24
"""Pixels of height that a field needs at least, and the axis below all of them."""
_BEYOND = 8
"""Pixels by which numbers may reach beyond their strip."""
_LOW = 60
"""Pixels of height below which a field has few numbers at its axis."""


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
    """Numbers as people write them; where there is room for few, the least and the greatest."""

    ends: tuple[float, float] | None = None
    """The least and the greatest value in sight."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        if self.ends is None or size >= _LOW:
            return [(spacing, list(values)) for spacing, values in super().tickValues(minVal, maxVal, size)]
        return [(0.0, sorted(set(self.ends)))]

    def boundingRect(self) -> QRectF:
        # The numbers at both ends of a low strip reach a little beyond it; others would be left out.
        return super().boundingRect().adjusted(0, -_BEYOND, 0, _BEYOND)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale
        if not spacing:
            return [_written(value) for value in values]
        places = max(0, math.ceil(-math.log10(spacing))) if spacing > 0 else 0
        return [f"{value:.6g}" if abs(value) >= 1e12 or places > 6 else f"{value:,.{places}f}" for value in values]


def _written(value: float) -> str:
    """A number in few characters."""
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e12 else f"{value:.4g}"


class _Strip:
    """One field's part of the chart: an axis of its own, the steps, its name, and the playhead across."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self.plot = plot
        self.box: pg.ViewBox = plot.getViewBox()
        plot.hideButtons()
        plot.showGrid(x=True, y=True, alpha=0.12)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.disableAutoRange()
        self.curve = pg.PlotCurveItem(connect="finite")
        self.playhead = pg.InfiniteLine(angle=90, movable=False)
        self.name = pg.TextItem(anchor=(0, 0))
        self.name.setParentItem(self.box)
        self.name.setPos(2, -2)
        plot.addItem(self.curve)
        plot.addItem(self.playhead, ignoreBounds=True)

    def draw(self, line: Line, low: float, high: float) -> None:
        """Draw the part of a line between two places, with a range of values of its own."""
        x, y = in_sight(line, low, high, max(50, int(self.box.width())))
        self.curve.setData(x, y, connect="finite")
        finite = y[np.isfinite(y)]
        if len(finite):
            least, greatest = float(finite.min()), float(finite.max())
            self.plot.getAxis("left").ends = least, greatest
            # Numbers at the ends stand half above and half below them.
            part = 0.08 if self.box.height() >= _LOW else 0.4
            margin = (greatest - least) * part or max(abs(greatest) * 0.05, 0.5)
            self.plot.setYRange(least - margin, greatest + margin, padding=0)

    def room(self, metrics: QFontMetrics) -> int:
        """The pixels that the numbers at its axis take."""
        axis = self.plot.getAxis("left")
        low, high = self.box.viewRange()[1]
        levels = axis.tickValues(low, high, max(1.0, self.box.height()))
        texts = axis.tickStrings(levels[0][1], 1.0, levels[0][0]) if levels else []
        return max(map(metrics.horizontalAdvance, texts), default=0)


class FieldChart(QScrollArea):
    """Draws what it is given, each field in a strip of its own above the same places.

    Zooming and moving go along in all strips; the range of values follows what is in sight.
    """

    picked = Signal(object)
    """The row of the event that was clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self._theme = theme
        self._names: Sequence[str] = ()
        self._codes: list[int] = []
        """The fields that have a strip."""
        self.strips: list[_Strip] = []
        self._by_time = False
        self._row = 0
        self.canvas = pg.GraphicsLayoutWidget(self)
        self.canvas.ci.layout.setSpacing(0)
        self.canvas.ci.layout.setContentsMargins(0, 2, 8, 2)
        # By Tab alone: after a click the arrow keys still go from version to version.
        self.canvas.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._zooming = Zooming(self.canvas, lambda: self.strips[0].box if self.strips else None, self.show_whole)
        self.canvas.scene().sigMouseClicked.connect(self._clicked)
        self.setWidget(self.canvas)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Chart of the followed fields"))
        self.canvas.setAccessibleName(self.accessibleName())
        self.canvas.setAccessibleDescription(keys_text())
        self._tell(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._draw)
        theme.changed.connect(self._recolour)
        self._recolour()

    @property
    def high_enough(self) -> int:
        """The pixels of height from which on all strips are in sight and can be read."""
        return len(self.strips) * _STRIP + _AXIS

    def name_lines(self, names: Sequence[str]) -> None:
        """What the fields are called, as it is shown, from the next drawing on; without, they have no names."""
        self._names = names

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Show other lines, or the same grown; a part that was zoomed into stays in sight while they grow."""
        former = self._drawing
        self._drawing = drawing
        self._tell(0 if drawing is None else drawing.turned_back)
        if drawing is None:
            self._lay_out([], False)
            return
        codes = [code for code, line in enumerate(drawing.lines) if line.drawable]
        whole = former is None or former.by_time != drawing.by_time or self._all_in_sight(former)
        span = self.span
        self._lay_out(codes, drawing.by_time)
        if not self.strips:
            return
        low, high = self._whole(drawing)
        for strip in self.strips:
            strip.box.setLimits(xMin=low, xMax=high)
        self.strips[0].plot.setXRange(*((low, high) if whole else span), padding=0)
        self.show_row(self._row)
        self._draw()

    def _lay_out(self, codes: list[int], by_time: bool) -> None:
        """Make a strip for each of the fields, those that there are if they are of the same."""
        if codes == self._codes and by_time == self._by_time and len(self.strips) == len(codes):
            return
        self.canvas.clear()
        self.strips = []
        self._codes, self._by_time = codes, by_time
        for number, code in enumerate(codes):
            bottom = TimeAxis() if by_time else VersionAxis("bottom")
            axes = {"left": _Values("left"), "bottom": bottom}
            strip = _Strip(self.canvas.addPlot(row=number, col=0, axisItems=axes, enableMenu=False))
            self.strips.append(strip)
            if number:
                strip.plot.setXLink(self.strips[0].plot)
            if code != codes[-1]:
                bottom.setStyle(showValues=False, tickLength=0)
                bottom.setHeight(1)
            self.canvas.ci.layout.setRowStretchFactor(number, 1)
        if self.strips:
            self.strips[0].box.sigXRangeChanged.connect(self._range_changed)
        self.canvas.setMinimumHeight(self.high_enough if len(codes) > 1 else 0)
        self._recolour()

    @property
    def span(self) -> tuple[float, float]:
        """The places in sight."""
        if not self.strips:
            return 0.0, 1.0
        low, high = self.strips[0].box.viewRange()[0]
        return float(low), float(high)

    def _whole(self, drawing: Drawing) -> tuple[float, float]:
        low, high = float(drawing.places[0]), float(drawing.places[-1])
        margin = max((high - low) * 0.02, 60.0 if drawing.by_time else 0.5)
        return low - max(margin, (high - low) * self._share_of_names()), high + margin

    def _share_of_names(self) -> float:
        """What part of the width the names take, that stand before the lines."""
        if len(self.strips) < 2 or not self._names:
            return 0.0
        metrics = QFontMetrics(axis_font())
        wide = max(metrics.horizontalAdvance(self._names[code]) for code in self._codes if code < len(self._names))
        return min(0.3, (wide + 14) / max(200, self.width() - 90))

    def _tell(self, turned_back: int) -> None:
        """Say what can be done here, and what is not drawn as it was."""
        lines = [self.tr("A click goes to the version"), keys_text()]
        if turned_back:
            told = self.tr("Events earlier than one before them, drawn at its time: {0}.")
            lines.insert(0, told.format(f"{turned_back:,}"))
        self.setToolTip("\n".join(lines))

    def show_whole(self) -> None:
        """Have all of the lines in sight."""
        if self._drawing is not None and self.strips:
            self.strips[0].plot.setXRange(*self._whole(self._drawing), padding=0)

    def _all_in_sight(self, drawing: Drawing) -> bool:
        low, high = self.span
        return bool(low <= drawing.places[0] and high >= drawing.places[-1])

    def show_row(self, row: int) -> None:
        """Put the playhead's line on a row."""
        self._row = row
        drawing = self._drawing
        there = drawing is not None and 0 <= row < len(drawing.places)
        for strip in self.strips:
            strip.playhead.setVisible(there)
            if drawing is not None and there:
                strip.playhead.setPos(float(drawing.places[row]))

    def _range_changed(self, *_: Any) -> None:
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._drawing is not None:
            self._timer.start()

    def _draw(self) -> None:
        drawing = self._drawing
        if drawing is None or not self.strips:
            return
        low, high = self.span
        for code, strip in zip(self._codes, self.strips, strict=True):
            strip.draw(drawing.lines[code], low, high)
        metrics = QFontMetrics(axis_font())
        room = max(strip.room(metrics) for strip in self.strips) + 12
        for strip in self.strips:
            strip.plot.getAxis("left").setWidth(room)

    def _clicked(self, event: Any) -> None:
        drawing = self._drawing
        if event.button() != Qt.MouseButton.LeftButton or drawing is None:
            return
        for strip in self.strips:
            if strip.box.sceneBoundingRect().contains(event.scenePos()):
                low, high = self.span
                place = float(strip.box.mapSceneToView(event.scenePos()).x())
                self.picked.emit(row_at(drawing, place, _SNAP * (high - low) / max(1.0, strip.box.width())))

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.canvas.setBackground(colours.base)
        metrics = QFontMetrics(axis_font())
        for number, (code, strip) in enumerate(zip(self._codes, self.strips, strict=True)):
            colour_axes(strip.plot, colours)
            strip.curve.setPen(pg.mkPen(colours.types[code % len(colours.types)], width=1.6))
            strip.playhead.setPen(pg.mkPen(colours.accent, width=2))
            several = len(self.strips) > 1 and code < len(self._names)
            strip.name.setFont(axis_font())
            strip.name.fill = pg.mkBrush(colours.base)
            strip.name.setText(self._names[code] if several else "", color=colours.dim)
            if number == len(self.strips) - 1:
                # What pyqtgraph reserves is too little for letters that reach below the line.
                strip.plot.getAxis("bottom").setHeight(metrics.height() + 10)


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
