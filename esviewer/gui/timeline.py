"""The timeline: a lane for each event type, a mark for each event, the snapshots below, and the playhead across.

Stretches that were searched for are shaded, and so is everything after the moment that is looked at. Marks of events
that did not touch the followed fields are faint. At true time, idle time may be collapsed: what is drawn lies at places
then, to which `IdleTime` alone maps times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QToolTip, QWidget

from esviewer.app.idle_time import IdleTime, find_idle
from esviewer.app.view import AggregateView
from esviewer.gui.axes import colour_axes
from esviewer.gui.event_table import summary
from esviewer.gui.finding_marks import LANE, TOP, FindingMark, FindingMarks
from esviewer.gui.idle_axis import IdleAxis, IdleBreaks, idle_text, idle_texts
from esviewer.gui.lettering import scaled
from esviewer.gui.masked import ScreenNow
from esviewer.gui.motion import at_rest
from esviewer.gui.shading import Shading, merged
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import shown_time
from esviewer.gui.type_signs import signed, type_colour
from esviewer.gui.version_axis import VersionAxis
from esviewer.model.instant import Instant

SINGLE_MARKS = 3000
"""Up to so many events in sight each is a mark of its own; above, a mark stands for all of a type in a few pixels."""

_BUCKETS = 300
_PLAYHEAD = 2
"""Its width in pixels."""
_GRIP = 4
"""Pixels beside it at which it can be taken hold of."""
_LABEL = 13
_FAINT = 64
"""Of 255: how much shows of the colour of a mark that is dimmed."""
_DIM_MS = 1000
"""Milliseconds until marks are dimmed anew while the playhead moves: frames come first."""


class Timeline(pg.PlotWidget):
    """One aggregate's events by version or by time."""

    picked = Signal(object)
    """The row of the event that was clicked."""

    _view: AggregateView | None = None  # the base class resizes itself before this one is made
    _dragged = False
    """Whether the playhead is being dragged."""

    def __init__(self, theme: Theme, screen: ScreenNow, parent: QWidget | None = None) -> None:
        """`screen` says what shows of masked values."""
        self._screen = screen
        self._axis = VersionAxis("bottom")
        super().__init__(parent, axisItems={"bottom": self._axis}, enableMenu=False)
        self._theme = theme
        self._by_time = False
        self._collapses = False
        """Whether idle time is short where events lie at their true time."""
        self._idle = IdleTime()
        """Where times lie while events lie at their true time."""
        self._x: np.ndarray = np.zeros(0)
        """Where each event lies."""
        self._ordered = True
        """Whether the places ascend."""
        self._row = 0
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        plot.showGrid(x=True, y=False, alpha=0.15)
        self._marks = pg.ScatterPlotItem(pxMode=True)
        self._snapshots = pg.ScatterPlotItem(pxMode=True)
        self.findings = FindingMarks()
        """What an audit found."""
        self._line = QColor()
        """The playhead, which is painted over a picture of all else."""
        self._picture: QPixmap | None = None
        """All else, while it stays as it is."""
        self._stretches = np.zeros((0, 2), dtype=np.int64)
        self._lasting = True
        self._spans: tuple[np.ndarray, np.ndarray] = np.zeros(0), np.zeros(0)
        """Where the stretches begin and where they end on the axis, each in order."""
        self._touched: np.ndarray | None = None
        """Which events touched the followed fields, as far as that is known; None: nothing is dimmed."""
        self._as_of: Instant | None = None
        self._placed: tuple[int, Instant | None, float | None] = (0, None, None)
        """Where the moment lay among so many events."""
        self.held = Shading()
        """Where the condition that was searched for held."""
        self.later = Shading()
        """What is after the moment that is looked at."""
        self.lost = Shading()
        """What has no state, since the reducer failed before."""
        self.breaks = IdleBreaks()
        """Where idle time is collapsed."""
        for shading in (self.held, self.later, self.lost, self.breaks):
            plot.addItem(shading, ignoreBounds=True)
        for item in (self._marks, self._snapshots, self.findings):
            plot.addItem(item)
        self.scene().changed.connect(self._drop_picture)
        self.setAccessibleName(self.tr("Timeline"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._draw)
        self._dimming = QTimer(self)
        self._dimming.setSingleShot(True)
        self._dimming.timeout.connect(self._draw)
        plot.getViewBox().sigXRangeChanged.connect(self._range_changed)
        self.scene().sigMouseMoved.connect(self._hover)
        self.scene().sigMouseClicked.connect(self._clicked)
        theme.changed.connect(self._recolour)
        self._recolour()
        self._place()

    @property
    def by_time(self) -> bool:
        """Whether events lie at their true time, not at their version."""
        return self._by_time

    def show_by_time(self, by_time: bool) -> None:
        """Switch between versions and true time."""
        self._by_time = by_time
        self._place()

    def collapse_idle(self, collapse: bool) -> None:
        """Draw long gaps without events short, or as long as they were; what is in sight stays there."""
        if collapse != self._collapses:
            self._collapses = collapse
            if self._by_time:
                self.grow()

    def show_view(self, view: AggregateView | None) -> None:
        """Show another aggregate."""
        if view is not self._view:
            self._stretches = np.zeros((0, 2), dtype=np.int64)
            self._placed = (0, None, None)
            self._touched = None
        self._view = view
        self._row = 0
        self._place()

    def grow(self) -> None:
        """Show what the view has taken in meanwhile; a part that was zoomed into stays in sight."""
        if self._view is not None:
            low, high = self.getPlotItem().getViewBox().viewRange()[0]
            whole = not len(self._x) or (low <= self._x[0] and high >= self._x[-1])
            since, until = self._idle.time(low), self._idle.time(high)
            self._place()
            if not whole:
                # Other gaps may be idle now.
                self.getPlotItem().setXRange(self._idle.place(since), self._idle.place(until), padding=0)

    def show_row(self, row: int) -> None:
        """Put the playhead on a row; before the first there is none to be seen."""
        before, self._row = self._playhead(), row
        if self._view is not None and row < len(self._x):
            for strip in (before, self._playhead()):
                if strip is not None:
                    self.viewport().update(strip)
            if row < 0:
                return
            low, high = self.getPlotItem().getViewBox().viewRange()[0]
            if not low <= self._x[row] <= high:
                half = (high - low) / 2
                self.getPlotItem().setXRange(self._x[row] - half, self._x[row] + half, padding=0)

    def show_stretches(self, stretches: np.ndarray, *, lasting: bool = True) -> None:
        """Shade rows, each pair from its first to its last; `lasting` until the event after the last changes it."""
        self._stretches = stretches
        self._lasting = lasting
        self._span()
        self._shade()

    def show_touched(self, touched: np.ndarray | None) -> None:
        """Dim the events that are False in `touched`, by row; those beyond its end are not known yet. None: none.

        A mark that stands for several events is dimmed where none of them touched.
        """
        if touched is None and self._touched is None:
            return
        self._touched = touched
        if not self._dimming.isActive():
            self._dimming.start(0 if at_rest() else _DIM_MS)

    def show_findings(self, marks: Sequence[FindingMark]) -> None:
        """Mark what an audit found at the events."""
        before = self.findings.some
        if not self.findings.take(marks) or self._view is None or not len(self._x):
            return
        if self.findings.some != before:
            self._set_height(self._view)
            self._label_lanes(self._view)
        self.findings.draw(self._view.versions, self._x, self._theme.colours)

    def _set_height(self, view: AggregateView) -> None:
        self.getPlotItem().setYRange(TOP if self.findings.some else -1.2, len(view.types) - 0.4, padding=0)

    def show_as_of(self, instant: Instant | None) -> None:
        """Shade what is after a moment; None: nothing."""
        self._as_of = instant
        self._shade()

    def _span(self) -> None:
        """Find where the stretches begin and end on the axis."""
        x = self._x
        stretches = self._stretches[self._stretches[:, 1] < len(x)]
        starts, ends = x[stretches[:, 0]], x[stretches[:, 1]]
        if not self._by_time:
            starts, ends = starts - 0.5, ends + 0.5
        elif self._lasting:
            # What held after the newest event holds on; where times go back, what comes after lies before.
            after = np.append(x, np.inf)[stretches[:, 1] + 1]
            starts, ends = np.minimum(starts, after), np.maximum(np.maximum(starts, ends), after)
        self._spans = np.sort(starts), np.sort(ends)

    def _shade(self) -> None:
        """Shade what is in sight."""
        view, x = self._view, self._x
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        if view is None or not len(x):
            self.held.show_bands([])
            self.later.show_bands([])
            self.lost.show_bands([])
            return
        pixels = max(50, int(self.getPlotItem().getViewBox().width()))
        self.held.show_bands(merged(*self._spans, low, high, pixels))
        edge = self._edge(view)
        self.later.show_bands([] if edge is None or edge >= high else [(max(low, edge), high)])
        begin = self._lost_from(view)
        self.lost.show_bands([] if begin is None or begin >= high else [(max(low, begin), high)])

    def _lost_from(self, view: AggregateView) -> float | None:
        """Where the events begin that have no state; times may go back, so that some before may lie behind it."""
        lost = view.not_rebuilt
        if lost is None or lost.version is None or lost.row >= len(self._x):
            return None
        return float(self._x[lost.row]) - (0.0 if self._by_time else 0.5)

    def _edge(self, view: AggregateView) -> float | None:
        """Where the moment that is looked at lies."""
        if self._as_of is None:
            return None
        if self._by_time:
            return self._idle.place(self._as_of.seconds)
        if self._placed[:2] != (len(self._x), self._as_of):
            place = view.as_of(self._as_of)
            edge = None
            if place.before is not None:
                edge = float(place.before.version) + 0.5
            elif place.after is not None:
                edge = float(place.after.version) - 0.5
            self._placed = (len(self._x), self._as_of, edge)
        return self._placed[2]

    def _place(self) -> None:
        plot, view = self.getPlotItem(), self._view
        self.viewport().update()
        if isinstance(self._axis, pg.DateAxisItem) != self._by_time:
            self._axis = IdleAxis() if self._by_time else VersionAxis("bottom")
            plot.setAxisItems({"bottom": self._axis})
            colour_axes(self.getPlotItem(), self._theme.colours)
        self._lay_out(view)
        for side in ("left", "bottom"):  # where there is nothing to place, numbers would only puzzle
            plot.showAxis(side, view is not None and len(view) > 0)
        if view is None or not len(view):
            self._marks.clear()
            self._snapshots.clear()
            self.findings.clear()
            self._shade()
            return
        self._ordered = bool((self._x[1:] >= self._x[:-1]).all())
        self._span()
        self._label_lanes(view)
        self._set_height(view)
        plot.invertY(True)
        low, high = float(self._x.min()), float(self._x.max())
        margin = max((high - low) * 0.02, 1.0 if not self._by_time else 0.0 if self._idle.breaks else 60.0)
        plot.getViewBox().setLimits(xMin=low - 4 * margin, xMax=high + 4 * margin)
        plot.setXRange(low - margin, high + margin, padding=0)
        self._draw()

    def _lay_out(self, view: AggregateView | None) -> None:
        """Find where each event lies, and what is idle."""
        self._idle = IdleTime()
        if view is None or not len(view):
            self._x = np.zeros(0)
        elif not self._by_time:
            self._x = view.versions.astype(float)
        else:
            times, known = view.times_ns, view.has_time
            if not known.all():
                rows = np.arange(len(times))
                between = np.interp(rows, rows[known], times[known]) if known.any() else rows * 1e9
                times = np.where(known, times, between.astype(np.int64))
            if self._collapses:
                self._idle = find_idle(times)
            # Only the drawing is in floating seconds; tooltips and selection keep the exact values.
            self._x = self._idle.places(times) / 1e9
        if isinstance(self._axis, IdleAxis):
            self._axis.show_idle(self._idle)
        self.breaks.show_idle(self._idle)
        self.setAccessibleDescription(idle_texts(self._idle))

    def _playhead(self) -> QRect | None:
        """Where the playhead is painted."""
        if self._view is None or not len(self._x) or self._row < 0:
            return None
        box = self.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect()
        place = box.mapViewToScene(QPointF(float(self._x[min(self._row, len(self._x) - 1)]), 0)).x()
        if not inside.left() <= place <= inside.right():
            return None
        return QRect(round(place) - 1, int(inside.top()), _PLAYHEAD, int(inside.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        # Else the whole scene would be painted at every step of the playhead.
        viewport = self.viewport()
        ratio = viewport.devicePixelRatioF()
        size = viewport.size() * ratio
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            with QPainter(self._picture) as painter:
                painter.setRenderHints(self.renderHints())
                self.render(painter, QRectF(viewport.rect()), viewport.rect())
        with QPainter(viewport) as painter:
            painter.setClipRegion(event.region())
            painter.drawPixmap(0, 0, self._picture)
            strip = self._playhead()
            if strip is not None:
                painter.fillRect(strip, self._line)

    def _drop_picture(self, *_: Any) -> None:
        self._picture = None

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.name_lanes()

    def name_lanes(self) -> None:
        """Name the lanes anew."""
        if self._view is not None:
            self._label_lanes(self._view)

    def _label_lanes(self, view: AggregateView) -> None:
        """Name the lanes, leaving names out evenly where there is no room for all."""
        metrics = QFontMetrics(self.font())
        screen, words = self._screen(), view.history.reducer.words
        most = scaled(150)
        names = [
            metrics.elidedText(signed(words.of(name), visible(screen.text(name))), Qt.TextElideMode.ElideRight, most)
            for name in view.types
        ]
        room = max(1, int(self.height() - 40) // _LABEL)
        step = -(-len(names) // room)
        left = self.getPlotItem().getAxis("left")
        ticks: list[tuple[float, str]] = [(lane, name) for lane, name in enumerate(names) if lane % step == 0]
        if self.findings.some:
            names.append(self.tr("findings"))
            ticks.append((LANE, names[-1]))
        left.setTicks([ticks, []])
        left.setWidth(min(scaled(160), 14 + max(map(metrics.horizontalAdvance, names), default=0)))
        left.setStyle(tickLength=0)

    def _range_changed(self, *_: Any) -> None:
        self._timer.start()

    def _draw(self) -> None:
        view = self._view
        if view is None or not len(self._x):
            return
        self._shade()
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        words = view.history.reducer.words
        colours = [type_colour(words.of(name), lane, self._theme.colours) for lane, name in enumerate(view.types)]
        xs, lanes, sizes, bright = self._marks_between(view, low, high)
        brushes = [[pg.mkBrush(_faint(colour)) for colour in colours], [pg.mkBrush(colour) for colour in colours]]
        self._marks.setData(
            x=xs,
            y=lanes.astype(float),
            size=sizes,
            symbol="o",
            pen=None,
            brush=[
                brushes[shade][lane] for shade, lane in zip(bright.tolist(), lanes.tolist(), strict=True)
            ],
        )
        snapshots = list(view.snapshots)  # the worker may add some meanwhile
        positions = np.searchsorted(view.versions, np.array(snapshots, dtype=np.int64))
        found = [
            int(row)
            for row, version in zip(positions, snapshots, strict=True)
            if row < len(self._x) and view.versions[row] == version
        ]
        agree = [view.snapshot_agrees.get(int(view.versions[row])) for row in found]
        colours_of = self._theme.colours
        differs, usual = pg.mkBrush(colours_of.types[9]), pg.mkBrush(colours_of.base)
        self._snapshots.setData(
            x=self._x[found] if found else [],
            y=[-0.8] * len(found),
            size=9,
            symbol="d",
            pen=pg.mkPen(colours_of.dim),
            brush=[differs if agrees is False else usual for agrees in agree],
        )
        self.findings.draw(view.versions, self._x, colours_of)

    def _marks_between(self, view: AggregateView, low: float, high: float) -> tuple[np.ndarray, ...]:
        """Place, lane and size of the marks in sight, and whether each is bright; the bright ones come last, on top."""
        codes = view.type_codes[: len(self._x)]
        bright = self._bright()
        if self._ordered:
            first, last = np.searchsorted(self._x, [low, high + 0.0]).tolist()
            last += int(last < len(self._x) and self._x[last] == high)
            within: slice | np.ndarray = slice(first, last)
        else:
            within = np.flatnonzero((self._x >= low) & (self._x <= high))
        places, codes, bright = self._x[within], codes[within], bright[within]
        if len(places) <= SINGLE_MARKS:
            order = np.argsort(bright, kind="stable")
            return places[order], codes[order], np.full(len(places), 9.0), bright[order]
        width = (high - low) / _BUCKETS
        if self._ordered:
            # Several times as fast as asking each event for its place.
            begins = np.searchsorted(places, low + width * np.arange(1, _BUCKETS))
            counts = np.diff(begins, prepend=0, append=len(places))
            bins = np.repeat(np.arange(_BUCKETS, dtype=np.int32), counts)
        else:
            bins = np.clip((places - low) * (1 / width), 0, _BUCKETS - 1).astype(np.int32)
        bins += codes * np.int32(_BUCKETS)
        counts = np.bincount(bins, minlength=_BUCKETS * len(view.types))
        any_bright = np.zeros(len(counts), np.bool_)
        if self._touched is None:
            any_bright[:] = True
        else:
            any_bright[bins[bright]] = True
        keys = np.flatnonzero(counts)
        keys = keys[np.argsort(any_bright[keys], kind="stable")]
        sizes = np.clip(4 + 2.2 * np.log2(counts[keys] + 1), 5, 14)
        return low + (keys % _BUCKETS + 0.5) * width, keys // _BUCKETS, sizes, any_bright[keys]

    def _bright(self) -> np.ndarray:
        """Which events are not dimmed, by row."""
        count, known = len(self._x), self._touched
        if known is None:
            return np.broadcast_to(np.True_, count)
        if len(known) >= count:
            return known[:count]
        return np.concatenate((known, np.ones(count - len(known), np.bool_)))

    def _nearest(self, position: QPointF) -> int | None:
        """The row of the event closest to a place in the scene, within a few pixels."""
        view, box = self._view, self.getPlotItem().getViewBox()
        if view is None or not len(self._x) or not box.sceneBoundingRect().contains(position):
            return None
        point = box.mapSceneToView(position)
        low, high = box.viewRange()[0]
        pixel = (high - low) / max(1.0, box.width())
        near = np.flatnonzero(np.abs(self._x - point.x()) <= 6 * pixel)
        if not len(near):
            return None
        lane = round(point.y())
        same = near[view.type_codes[: len(self._x)][near] == lane]
        rows = same if len(same) else near
        return int(rows[np.argmin(np.abs(self._x[rows] - point.x()))])

    # Dragging the playhead

    def mousePressEvent(self, event: QMouseEvent) -> None:
        strip = self._playhead()
        on_it = strip is not None and strip.adjusted(-_GRIP, 0, _GRIP, 0).contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and on_it:
            self._dragged = True
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._dragged:
            strip = self._playhead()
            on_it = strip is not None and strip.adjusted(-_GRIP, 0, _GRIP, 0).contains(event.position().toPoint())
            self.viewport().setCursor(Qt.CursorShape.SplitHCursor if on_it else Qt.CursorShape.ArrowCursor)
            super().mouseMoveEvent(event)
            return
        row = self._row_at(event.position().toPoint())
        if row is not None and row != self._row:
            self.picked.emit(row)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = False
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def _row_at(self, place: QPoint) -> int | None:
        """The row whose event is nearest to a place, whatever its lane."""
        x = self._x
        if not len(x):
            return None
        wanted = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(place)).x()
        if not self._ordered:
            return int(np.argmin(np.abs(x - wanted)))
        after = min(int(np.searchsorted(x, wanted)), len(x) - 1)
        return after - 1 if after and wanted - x[after - 1] < x[after] - wanted else after

    def _hover(self, position: QPointF) -> None:
        row = self._nearest(position)
        if row is None or self._view is None:
            self._hover_idle(position)
            return
        view = self._view
        version = int(view.versions[row])
        lines = [
            self.tr("Version {0}: {1}").format(version, visible(self._screen().text(view.type_at(row)))),
            shown_time(view.instant(row)),
            summary(view.known_changes(version) or [], self._screen(), view.summary.aggregate_id),
        ]
        if not view.has_state(version):
            lines.append(
                self.tr("There is no state yet: the reducer's program is at work")
                if view.not_rebuilt is None
                else self.tr("There is no state: it could not be rebuilt")
            )
        if not self._bright()[row]:
            lines.append(self.tr("It changed none of the followed fields"))
        lines += self.findings.texts(version)
        if version in view.snapshot_agrees:
            agrees = view.snapshot_agrees[version]
            lines.append(self.tr("Snapshot agrees") if agrees else self.tr("Snapshot disagrees or is unreadable"))
        QToolTip.showText(self.mapToGlobal(self.mapFromScene(position)), "\n".join(filter(None, lines)), self)

    def _hover_idle(self, position: QPointF) -> None:
        """Where no event is: say how long nothing happened, if that is collapsed here."""
        box = self.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        found = self._idle.break_at(box.mapSceneToView(position).x()) if inside else None
        if found is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(self.mapToGlobal(self.mapFromScene(position)), idle_text(found), self)

    def _clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            row = self._nearest(event.scenePos())
            if row is not None:
                self.picked.emit(row)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.base)
        self._line = QColor(colours.accent)
        self._drop_picture()
        bands = ((self.held, colours.accent, 46), (self.later, colours.dim, 70), (self.lost, colours.types[9], 40))
        for shading, name, strength in bands:
            colour = QColor(name)
            colour.setAlpha(strength)
            shading.set_colour(colour)
        self.breaks.set_colours(QColor(colours.base), QColor(colours.dim))
        colour_axes(self.getPlotItem(), self._theme.colours)
        self._draw()


def _faint(colour: str) -> QColor:
    faint = QColor(colour)
    faint.setAlpha(_FAINT)
    return faint
