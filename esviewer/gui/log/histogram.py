"""Events of a store over time, stacked by type; a span is chosen by dragging, or with the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPicture
from PySide6.QtWidgets import QToolTip, QWidget

from esviewer.app.overview import OTHERS, Picture
from esviewer.gui.axes import colour_axes
from esviewer.gui.masked import ScreenNow
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import TimeAxis, shown_time
from esviewer.gui.version_axis import VersionAxis
from esviewer.model.instant import Instant

COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
"""Okabe and Ito's, which people tell apart who don't see all colours; the largest type comes first.

For types that no reducer's file has a colour for."""
REST: Final = "#8c929c"
"""All other types, and what is not known by type yet."""
_SECOND: Final = 1_000_000
_ROUNDED: Final = 10
"""Seconds of a bar from which on spans are chosen in whole seconds."""
_TOLD: Final = 6
"""Types that a tooltip names."""


class _Bars(pg.GraphicsObject):
    """Upright bars without outlines, painted from one picture."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPicture()
        self._bounds = QRectF()

    def show_bars(self, edges: np.ndarray, layers: list[tuple[QColor, np.ndarray]]) -> None:
        """Show layers one upon the other; `edges` on the axis."""
        self.prepareGeometryChange()
        self._picture = QPicture()
        painter = QPainter(self._picture)
        painter.setPen(Qt.PenStyle.NoPen)
        lower = np.zeros(len(edges) - 1)
        for colour, counts in layers:
            painter.setBrush(colour)
            for place in np.flatnonzero(counts):
                left, wide = float(edges[place]), float(edges[place + 1] - edges[place])
                painter.drawRect(QRectF(left, float(lower[place]), wide * 0.92, float(counts[place])))
            lower = lower + counts
        painter.end()
        high = float(lower.max(initial=0))
        self._bounds = QRectF(float(edges[0]), 0, float(edges[-1] - edges[0]), high)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        painter.drawPicture(0, 0, self._picture)

    def boundingRect(self) -> QRectF:
        return self._bounds


class LogHistogram(pg.PlotWidget):
    """One bar for each stretch of time."""

    span_chosen = Signal(object)
    """A span of time was dragged: (since, until) as Instants, both included, or None for all time."""

    _picture: Picture | None = None  # the base class resizes itself before this one is made

    def __init__(
        self,
        theme: Theme,
        screen: ScreenNow,
        chosen: Callable[[str], int | None] = lambda _: None,
        parent: QWidget | None = None,
    ) -> None:
        """`screen` says what shows of masked names, `chosen` which of a theme's colours was chosen for a type."""
        axes = {"left": VersionAxis("left"), "bottom": TimeAxis()}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self._theme = theme
        self._screen = screen
        self._chosen = chosen
        self._origin = 0
        self._approximate: Picture | None = None
        self._ends: tuple[int, int] | None = None
        """The bars at both ends of what is being chosen: where that began, and where it is."""
        self._span: tuple[Instant | None, Instant | None] = (None, None)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=False, y=True, alpha=0.12)
        plot.getViewBox().setMouseEnabled(x=False, y=False)
        self._behind = _Bars()
        self._bars = _Bars()
        self._region = pg.LinearRegionItem(movable=False)
        self._region.setZValue(10)
        for item in (self._behind, self._bars):
            plot.addItem(item, ignoreBounds=True)
        plot.addItem(self._region, ignoreBounds=True)
        self._region.hide()
        self.setAccessibleName(self.tr("Events over time"))
        self.setToolTip("")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def picture(self) -> Picture | None:
        """What is drawn."""
        return self._picture

    def refresh(self) -> None:
        """Draw anew, as types may have other colours."""
        self._draw()

    def show_picture(self, picture: Picture | None) -> None:
        """Draw counts; what was counted only in part stands before the first, approximate picture."""
        if picture is None or not (picture.exact or picture.by_type):
            self._approximate = picture
        self._picture = picture
        self._draw()

    def show_span(self, since: Instant | None, until: Instant | None) -> None:
        """Mark the span of time that is asked for; None: without an end."""
        self._span = since, until
        self._ends = None
        self._mark()

    # Drawing

    def _x(self, moments: np.ndarray) -> np.ndarray:
        return moments / 1e6

    def layers(self) -> list[tuple[str, QColor, np.ndarray]]:
        """The types with their colours and counts, from below."""
        found = self._picture
        if found is None:
            return []
        if not found.by_type:
            return [(OTHERS, QColor(REST), found.counts)]
        named = [kind for kind in found.by_type if kind != OTHERS]
        shown = named[: len(COLOURS)]
        left, types = iter(COLOURS), self._theme.colours.types
        made = []
        for kind in shown:
            chosen = self._chosen(kind)
            colour = next(left) if chosen is None else types[chosen % len(types)]
            made.append((kind, QColor(colour), found.by_type[kind]))
        rest = found.counts - sum((each for _, _, each in made), np.zeros(len(found.counts), np.int64))
        return [*made, (OTHERS, QColor(REST), rest)] if rest.any() else made

    def _draw(self) -> None:
        colours, plot, found = self._theme.colours, self.getPlotItem(), self._picture
        self.setBackground(colours.base)
        colour_axes(plot, colours)
        shade = QColor(colours.accent)
        shade.setAlpha(55)
        self._region.setBrush(shade)
        for line in self._region.lines:
            line.setPen(pg.mkPen(colours.accent, width=1.5))
        for bars in (self._behind, self._bars):
            bars.setVisible(False)
        if found is None or not len(found.counts):
            self._mark()
            return
        highest = int(found.counts.max(initial=0))
        edges = self._x(found.edges)
        low, high = float(edges[0]), float(edges[-1])
        before = self._approximate
        if before is not None and before is not found and not found.exact and len(before.counts):
            faint = QColor(REST)
            faint.setAlpha(90)
            behind = self._x(before.edges)
            self._behind.show_bars(behind, [(faint, before.counts)])
            self._behind.setVisible(True)
            low, high = min(low, float(behind[0])), max(high, float(behind[-1]))
            highest = max(highest, int(before.counts.max(initial=0)))
        self._bars.show_bars(edges, [(colour, counts) for _, colour, counts in self.layers()])
        self._bars.setVisible(True)
        plot.setXRange(low, high, padding=0.01)
        plot.setYRange(0, max(1, highest) * 1.06, padding=0)
        self._mark()

    def _mark(self) -> None:
        found = self._picture
        since, until = self._span
        if found is None or not len(found.counts) or (self._ends is None and since is None and until is None):
            self._region.hide()
            return
        edges = found.edges
        if self._ends is not None:
            first, last = min(self._ends), max(self._ends)
            low, high = edges[first] / 1e6, edges[last + 1] / 1e6
        else:
            low = edges[0] / 1e6 if since is None else since.seconds
            high = edges[-1] / 1e6 if until is None else until.seconds
        self._region.setRegion((low, max(low, high)))
        self._region.show()

    # Choosing a span

    def _bar_at(self, place: QPointF) -> int | None:
        """The bar above or below a place of the window, the nearest one."""
        found = self._picture
        if found is None or not len(found.counts):
            return None
        x = self.getPlotItem().getViewBox().mapSceneToView(place).x() * 1e6
        bar = int((x - found.first) // found.width)
        return min(max(bar, 0), len(found.counts) - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        bar = self._bar_at(self.mapToScene(event.position().toPoint()))
        if event.button() == Qt.MouseButton.LeftButton and bar is not None:
            self.setFocus()
            self._ends = bar, bar
            self._mark()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        bar = self._bar_at(self.mapToScene(event.position().toPoint()))
        if bar is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton and self._ends is not None:
            self._ends = self._ends[0], bar
            self._mark()
        QToolTip.showText(event.globalPosition().toPoint(), self.about(bar), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._ends is not None:
            self._choose()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._ends = None
        self.span_chosen.emit(None)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()  # nothing is zoomed here

    def keyPressEvent(self, event: QKeyEvent) -> None:
        found, key = self._picture, event.key()
        keys = Qt.Key
        if found is None or not len(found.counts):
            super().keyPressEvent(event)
            return
        most = len(found.counts) - 1
        begin, bar = self._ends or (0, 0)
        if key in (keys.Key_Left, keys.Key_Right, keys.Key_Home, keys.Key_End):
            if self._ends is None:
                bar = most if key in (keys.Key_Left, keys.Key_End) else 0
            else:
                bar = {
                    keys.Key_Left: max(0, bar - 1),
                    keys.Key_Right: min(most, bar + 1),
                    keys.Key_Home: 0,
                    keys.Key_End: most,
                }[keys(key)]
            on = self._ends is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._ends = (begin if on else bar), bar
            self._mark()
            self.setAccessibleDescription(self.about(bar))
            place = self.mapToGlobal(self.rect().center())
            QToolTip.showText(place, self.about(bar), self)
        elif key in (keys.Key_Return, keys.Key_Enter) and self._ends is not None:
            self._choose()
        elif key == keys.Key_Escape and (self._ends is not None or self._span != (None, None)):
            if self._ends is None:
                self.span_chosen.emit(None)
            self._ends = None
            self._mark()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ends = None
        self._mark()

    def _choose(self) -> None:
        found, ends = self._picture, self._ends
        self._ends = None
        if found is not None and ends is not None:
            edges = found.edges
            since, until = int(edges[min(ends)]), int(edges[max(ends) + 1])
            if found.width > _ROUNDED * _SECOND:
                # Whole seconds, outwards: nobody wants to read the edges of bars to the microsecond.
                since, until = since // _SECOND * _SECOND, -(-until // _SECOND) * _SECOND
            self.span_chosen.emit((Instant(since * 1000, 0), Instant(until * 1000 - (until % _SECOND != 0), 0)))

    def about(self, bar: int) -> str:
        """What a bar says in words: when, how many, of which types."""
        found = self._picture
        if found is None:
            return ""
        edges = found.edges
        begin, end = (shown_time(Instant(int(edges[each]) * 1000, 0)) for each in (bar, bar + 1))
        count = f"{int(found.counts[bar]):,}"
        if found.exact:
            text = self.tr("{0} to {1}: {2} events").format(begin, end, count)
        elif found.by_type:
            text = self.tr("{0} to {1}: {2} events counted so far").format(begin, end, count)
        else:
            text = self.tr("{0} to {1}: about {2} events").format(begin, end, count)
        kinds = sorted(found.by_type.items(), key=lambda item: -int(item[1][bar]))
        others = self.tr("other types")
        lines = [
            f"{visible(self._screen().text(kind)) or others}: {int(counts[bar]):,}"
            for kind, counts in kinds[:_TOLD]
            if counts[bar]
        ]
        return "\n".join([text, *lines])
