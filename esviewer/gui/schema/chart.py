"""How many events of each type there were over time, and where the fields of the chosen one changed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from esviewer.gui.axes import colour_axes
from esviewer.gui.schema.facts import Overview, TypeFact
from esviewer.gui.theme import Theme
from esviewer.gui.times import TimeAxis
from esviewer.gui.version_axis import VersionAxis
from esviewer.gui.zooming import Zooming, keys_text

_LINES: Final = 12
"""Types drawn beside the chosen one, those with the most events."""
_MARKS: Final = 40
_SIGNS: Final = {"appears": "+", "disappears": "−", "type": "~"}
_LONGEST: Final = 24


class TypesChart(pg.PlotWidget):
    """The largest types as thin steps, the chosen one filled, its drift as upright lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._overview: Overview | None = None
        self._chosen: TypeFact | None = None
        super().__init__(parent, axisItems={"left": VersionAxis("left")}, enableMenu=False)
        self._theme = theme
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=False, y=True, alpha=0.12)
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        self._by_time = False
        self._fits = True
        """Whether all is to come into sight when it is drawn."""
        self._zooming = Zooming(self, self._zoomed, self.show_whole)
        self.setAccessibleName(self.tr("Events of each type over time"))
        self.setAccessibleDescription(keys_text())
        about = self.tr("Events in each stretch of time; upright lines are where fields changed")
        self.setToolTip(f"{about}\n{keys_text()}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._draw)
        self._draw()

    def show_overview(self, overview: Overview | None) -> None:
        """Show other types."""
        self._overview, self._chosen = overview, None
        self._fits = True
        self._draw()

    def choose(self, chosen: TypeFact | None) -> None:
        """Bring one type to the fore."""
        self._chosen = chosen
        self._draw()

    def _zoomed(self) -> pg.ViewBox | None:
        """What is zoomed."""
        found = self._overview
        return None if found is None or len(found.edges) < 2 else self.getPlotItem().getViewBox()

    def show_whole(self) -> None:
        """Have all of the time in sight."""
        self._fits = True
        self._draw()

    @property
    def marks(self) -> list[str]:
        """What the upright lines are called."""
        return [self._label(each.kind, each.field) for each in self._marked()]

    def _marked(self) -> list[Any]:
        drifts = () if self._chosen is None else self._chosen.drifts
        return [each for each in drifts if each.at is not None][:_MARKS]

    def _label(self, kind: str, field: str) -> str:
        name = field if len(field) <= _LONGEST else "…" + field[1 - _LONGEST :]
        return f"{_SIGNS[kind]} {name}"

    def _draw(self) -> None:
        colours, plot, found = self._theme.colours, self.getPlotItem(), self._overview
        plot.clear()
        self.setBackground(colours.base)
        by_time = found is not None and found.by_time
        if by_time != self._by_time:
            self._by_time = by_time
            axis = TimeAxis() if by_time else VersionAxis("bottom")
            plot.setAxisItems({"bottom": axis})
        colour_axes(self.getPlotItem(), self._theme.colours)
        if found is None or len(found.edges) < 2:
            return
        largest = sorted(found.types, key=_size, reverse=True)[:_LINES]
        chosen = self._chosen
        for place, fact in enumerate(largest):
            if fact is not chosen:
                colour = QColor(colours.types[place % len(colours.types)])
                colour.setAlpha(110 if chosen is not None else 255)
                self._add(found.edges, fact.counts, pg.mkPen(colour, width=1.2))
        if chosen is not None:
            accent = QColor(colours.accent)
            accent.setAlpha(60)
            self._add(found.edges, chosen.counts, pg.mkPen(colours.accent, width=2), accent)
        highest = max(
            (int(each.counts.max(initial=0)) for each in (*largest, *([chosen] if chosen else []))), default=0
        )
        if self._fits:
            self._fits = False
            margin = float(found.edges[-1] - found.edges[0]) * 0.02
            low, high = float(found.edges[0]) - margin, float(found.edges[-1]) + margin
            plot.getViewBox().setLimits(xMin=low, xMax=high)
            plot.setXRange(low, high, padding=0)
        plot.setYRange(0, max(1, highest) * 1.12, padding=0)
        kinds = {"appears": colours.types[2], "disappears": colours.types[9], "type": colours.types[1]}
        for number, each in enumerate(self._marked()):
            pen = pg.mkPen(kinds[each.kind], width=1.4, style=Qt.PenStyle.DashLine)
            # Names one below the other, so that those of changes at the same time can be read.
            height = 0.95 - 0.11 * (number % 6)
            label = {"position": height, "color": kinds[each.kind], "fill": colours.base, "movable": False}
            line = pg.InfiniteLine(each.at, 90, pen, label=self._label(each.kind, each.field), labelOpts=label)
            plot.addItem(line, ignoreBounds=True)

    def _add(self, edges: np.ndarray, counts: np.ndarray, pen: Any, brush: QColor | None = None) -> None:
        fill = {} if brush is None else {"fillLevel": 0, "brush": brush}
        self.getPlotItem().addItem(pg.PlotCurveItem(edges, counts, stepMode="center", pen=pen, **fill))


def _size(fact: TypeFact) -> int:
    return fact.count
