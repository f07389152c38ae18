"""How events look in lanes: a shape and a colour for each type, with the type's sign on it, and columns of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QTransform

from esviewer.app.lanes import InLane, Kind, Sight
from esviewer.gui.axes import axis_font
from esviewer.gui.theme import Colours
from esviewer.gui.type_signs import type_colour
from esviewer.replay.event_words import TypeWords

HEIGHT: Final = 32
"""Rows of the picture of a lane's counts."""
_LEAST: Final = 3
"""Rows of the lowest column that is not empty."""
_COLOURS: Final = 250
_SHAPES: Final = ("o", "s", "t1", "d", "t", "p", "star", "h", "t2", "t3")
"""pyqtgraph's names, in turn: whoever sees no difference between two colours sees one between two shapes."""
_PLAIN: Final = 12
_SIGNED: Final = 18
"""Pixels of a mark, and of one that has a sign on it."""


def colour_of(kind: Kind, number: int, colours: Colours) -> str:
    """The colour of a type, which is the `number`-th."""
    return type_colour(TypeWords(kind.sign, kind.colour), number, colours)


def mark(kind: Kind, number: int, colours: Colours, ratio: float) -> QPixmap:
    """What an event of a type looks like; `ratio` is how many pixels of the screen one of Qt's has."""
    size = _SIGNED if kind.sign else _PLAIN
    found = QPixmap(round((size + 2) * ratio), round((size + 2) * ratio))
    found.setDevicePixelRatio(ratio)
    found.fill(Qt.GlobalColor.transparent)
    colour = QColor(colour_of(kind, number, colours))
    with QPainter(found) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QPointF(size / 2 + 1, size / 2 + 1))
        painter.setPen(QPen(QColor(colours.base), 1))
        painter.setBrush(colour)
        painter.drawPath(QTransform.fromScale(size, size).map(Symbols[_SHAPES[number % len(_SHAPES)]]))
        if kind.sign:
            font = axis_font()
            font.setPixelSize(11)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor(colours.base))
            painter.drawText(QRectF(-size / 2, -size / 2, size, size), Qt.AlignmentFlag.AlignCenter, kind.sign)
    return found


def columns_of(sight: Sight) -> tuple[np.ndarray | None, ...]:
    """For each lane a picture of its counts, as numbers of colours; None where there is none. For the worker.

    A column is as high as the logarithm of its events, and divided by the events' types.
    """
    highest = max((int(each.counts.sum(0).max(initial=0)) for each in sight.lanes if each.counts.size), default=0)
    return tuple(_columns(each, highest) if each.counts.size else None for each in sight.lanes)


def _columns(lane: InLane, highest: int) -> np.ndarray:
    totals = lane.counts.sum(0)
    high = np.rint(np.log1p(totals) / np.log1p(highest) * HEIGHT)
    high = np.where(totals > 0, np.maximum(high, _LEAST), 0)
    tops = np.cumsum(lane.counts, 0) / np.maximum(totals, 1) * high
    rows = np.arange(HEIGHT)[:, np.newaxis] + 0.5
    found = np.zeros((HEIGHT, lane.counts.shape[1]), np.uint8)
    for kind, top in reversed(list(zip(lane.kinds, tops, strict=True))):
        found[rows <= top] = kind % _COLOURS + 1
    return np.ascontiguousarray(found[::-1])


def image_of(columns: np.ndarray, kinds: Sequence[Kind], colours: Colours) -> QImage:
    """The picture in the theme's colours; `columns` must stay there as long as it, and be a multiple of 4 wide."""
    high, wide = columns.shape
    image = QImage(columns.data, wide, high, wide, QImage.Format.Format_Indexed8)
    table = [0] * 256
    for number, kind in enumerate(kinds):
        table[number % _COLOURS + 1] = QColor(colour_of(kind, number, colours)).rgba()
    image.setColorTable(table)
    return image
