"""How the axes of all charts look."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from esviewer.gui.theme import Colours


def axis_font() -> QFont:
    """The letters of axes, a little smaller than text."""
    font = QFont(QApplication.font())
    font.setPointSizeF(max(7.0, font.pointSizeF() - 1))
    return font


def colour_axes(plot: pg.PlotItem, colours: Colours) -> None:
    """Give a chart's axes the theme's colours, and numbers a little smaller than text and written out."""
    font = axis_font()
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setPen(pg.mkPen(colours.line))
        axis.setTextPen(pg.mkPen(colours.dim))
        axis.setStyle(tickFont=font)
        axis.enableAutoSIPrefix(False)
