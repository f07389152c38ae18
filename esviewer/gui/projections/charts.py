"""Bars, a histogram, or the numbers of a column along the rows, which can be looked at from nearer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from esviewer.gui.axes import colour_axes
from esviewer.gui.theme import Theme
from esviewer.gui.zooming import Zooming, keys_text

MOST_BARS = 20
_LONGEST = 22


class ResultChart(pg.PlotWidget):
    """Draws what it is given; it holds no more than is in sight."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self._theme = theme
        self._bars: tuple[list[str], list[float]] | None = None
        self._steps: tuple[list[float], list[int]] | None = None
        self._span: list[tuple[int, float, float]] | None = None
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=False, y=True, alpha=0.12)
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        self._whole = 0.0, 1.0
        """The part of the width that everything takes."""
        self._zooming = Zooming(self, lambda: None if self.drawn is None else self._box, self.show_whole)
        self.setAccessibleName(name)
        self.setAccessibleDescription(keys_text())
        self.setToolTip(keys_text())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._draw)
        self._draw()

    def clear_all(self) -> None:
        """Draw nothing."""
        self._bars = self._steps = self._span = None
        self._draw()

    def show_bars(self, labels: Sequence[str], values: Sequence[float]) -> None:
        """Bars from above to below, each with its label."""
        self.clear_all()
        self._bars = list(labels[:MOST_BARS]), [float(each) for each in values[:MOST_BARS]]
        self._draw()

    def show_histogram(self, edges: list[float], counts: list[int]) -> None:
        """How many rows lie between edges."""
        self.clear_all()
        self._steps = edges, counts
        self._draw()

    def show_line(self, points: list[tuple[int, float, float]]) -> None:
        """Least and greatest numbers along the rows."""
        self.clear_all()
        self._span = points
        self._draw()

    @property
    def drawn(self) -> Any:
        """What is drawn, as it was given; None for nothing."""
        return self._bars or self._steps or self._span

    @property
    def _box(self) -> pg.ViewBox:
        return self.getPlotItem().getViewBox()

    def show_whole(self) -> None:
        """Have everything in sight."""
        self._box.setXRange(*self._whole, padding=0)

    def _draw(self) -> None:
        self._box.setLimits(xMin=None, xMax=None)
        self._draw_all()
        low, high = self._box.viewRange()[0]
        self._whole = float(low), float(high)
        self._box.setLimits(xMin=low, xMax=high)

    def _draw_all(self) -> None:
        colours, plot = self._theme.colours, self.getPlotItem()
        plot.clear()
        self.setBackground(colours.base)
        colour_axes(plot, colours)
        for name in ("left", "bottom"):
            plot.getAxis(name).setTicks(None)
        plot.invertY(self._bars is not None)
        fill = QColor(colours.accent)
        fill.setAlpha(150)
        if self._bars is not None and self._bars[0]:
            labels, values = self._bars
            places = np.arange(len(labels))
            plot.addItem(pg.BarGraphItem(x0=0, y=places, height=0.7, width=np.array(values), brush=fill, pen=None))
            short = [each if len(each) <= _LONGEST else each[: _LONGEST - 1] + "…" for each in labels]
            plot.getAxis("left").setTicks([list(zip(places.tolist(), short, strict=True))])
            plot.setXRange(min(0.0, *values, 0.0), max(0.0, *values, 0.0) * 1.05 or 1.0, padding=0.01)
            plot.setYRange(-0.6, max(len(labels), 6) - 0.4, padding=0)
        elif self._steps is not None and len(self._steps[0]) > 1:
            edges, counts = np.array(self._steps[0]), np.array(self._steps[1])
            pen = pg.mkPen(colours.accent, width=1.4)
            plot.addItem(pg.PlotCurveItem(edges, counts, stepMode="center", pen=pen, fillLevel=0, brush=fill))
            plot.setXRange(float(edges[0]), float(edges[-1]), padding=0.02)
            plot.setYRange(0, float(counts.max()) * 1.1 or 1.0, padding=0)
        elif self._span:
            rows = np.repeat(np.array([each[0] for each in self._span], dtype=float), 2)
            both = np.array([each[1:] for each in self._span], dtype=float).ravel()
            plot.addItem(pg.PlotCurveItem(rows, both, pen=pg.mkPen(colours.accent, width=1.4)))
            plot.setXRange(float(rows[0]), max(float(rows[-1]), float(rows[0]) + 1), padding=0.02)
            low, high = float(both.min()), float(both.max())
            margin = (high - low) * 0.06 or max(abs(high) * 0.05, 0.5)
            plot.setYRange(low - margin, high + margin, padding=0)
        else:
            # The axes say nothing of what was drawn before.
            plot.setXRange(0, 1, padding=0)
            plot.setYRange(0, 1, padding=0)
