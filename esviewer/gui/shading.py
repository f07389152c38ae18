"""Stretches of a plot's width that are shaded; thousands of them cost no more than the pixels they cover."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QWidget


def merged(starts: np.ndarray, ends: np.ndarray, low: float, high: float, pixels: int) -> list[tuple[float, float]]:
    """The parts of [low, high] that stretches cover, to the pixel; each at least two pixels wide, so that it is seen.

    `starts` and `ends` ascend, each by itself. It takes no longer for more stretches, only for more pixels.
    """
    if high <= low or not len(starts):
        return []
    edges = np.linspace(low, high, pixels + 1)
    begun = np.searchsorted(starts, edges[1:], "left")
    begun[-1] = np.searchsorted(starts, high, "right")
    covered = np.zeros(pixels + 2, dtype=bool)
    covered[1:-1] = begun > np.searchsorted(ends, edges[:-1], "left")
    covered[2:-1] |= covered[1:-2].copy()
    turns = np.flatnonzero(covered[1:] != covered[:-1])
    return [(float(edges[begin]), float(edges[end])) for begin, end in zip(turns[::2], turns[1::2], strict=True)]


class WholeHeight(pg.GraphicsObject):
    """What reaches over all that is in sight of a plot."""

    def seen(self) -> QRectF:
        """The part of the plot that is in sight."""
        # What the item's own viewRect() has cached may be older than the last change of the range.
        box = self.getViewBox()
        return QRectF() if box is None else box.viewRect()

    def boundingRect(self) -> QRectF:
        return self.seen()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()


class Shading(WholeHeight):
    """Bands over the whole height of a plot."""

    def __init__(self) -> None:
        super().__init__()
        self._bands: list[tuple[float, float]] = []
        self._brush = QBrush()
        self.setZValue(-10)

    @property
    def bands(self) -> list[tuple[float, float]]:
        """What is shaded, from left to right."""
        return self._bands

    def show_bands(self, bands: list[tuple[float, float]]) -> None:
        """Shade these parts of the plot's width."""
        if bands != self._bands:
            self._bands = bands
            self.update()

    def set_colour(self, colour: QColor) -> None:
        """Shade in this colour, which should let what lies below be seen."""
        self._brush = QBrush(colour)
        self.update()

    def paint(self, painter: QPainter, option: object, widget: QWidget | None = None) -> None:
        del option, widget
        seen = self.seen()
        for begin, end in self._bands:
            painter.fillRect(QRectF(begin, seen.top(), end - begin, seen.height()), self._brush)
