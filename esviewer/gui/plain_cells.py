"""Cells of one line of text, painted without asking a style: a view that moves every frame has no time for that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionFocusRect

# As numbers: flags as Qt's own objects take as long as drawing the text does.
_LEFT: Final = (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextSingleLine.value
_RIGHT: Final = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextSingleLine.value
_CUT: Final = Qt.TextElideMode.ElideRight
_BESIDE: Final = 3
"""Pixels on either side of a text."""
_WIDEST: Final = "MW@%"


@dataclass(frozen=True, slots=True)
class Letters:
    """A font, and how wide its letters are."""

    font: QFont
    metrics: QFontMetrics
    widest: int
    """Pixels that no ASCII letter exceeds."""

    @classmethod
    def of(cls, font: QFont) -> Letters:
        """Those of a font."""
        metrics = QFontMetrics(font)
        exact = QFontMetricsF(font)  # rounded down, a part of a pixel a letter adds up to a letter that is cut
        return cls(font, metrics, math.ceil(max(exact.horizontalAdvance(letter) for letter in _WIDEST)))

    def fitted(self, text: str, room: int) -> str:
        """A text, cut where it takes more than so many pixels."""
        if len(text) * self.widest <= room and text.isascii():
            return text
        return self.metrics.elidedText(text, _CUT, room)


@dataclass(slots=True)
class Cell:
    """How a cell looks; what is None is as the view has it."""

    text: str
    right: bool = False
    letters: Letters | None = None
    colour: QColor | None = None
    background: QColor | None = None


@lru_cache(maxsize=200)
def colour_of(name: str, opaque: int = 255) -> QColor:
    """A colour by its name, which nobody may alter."""
    colour = QColor(name)
    colour.setAlpha(opaque)
    return colour


def places_of(header: QHeaderView, columns: int) -> list[tuple[int, int, int]]:
    """Those of the first so many columns that are not hidden, with the pixels where they begin and that they take."""
    return [
        (column, header.sectionViewportPosition(column), header.sectionSize(column))
        for column in range(columns)
        if not header.isSectionHidden(column)
    ]


class CellPainter:
    """Paints cells of a view as the view looks now."""

    def __init__(self, view: QAbstractItemView, letters: Letters) -> None:
        """`letters` are those of cells that have none of their own."""
        self._view = view
        self._letters = letters
        palette = view.palette()
        group = QPalette.ColorGroup.Active if view.isActiveWindow() else QPalette.ColorGroup.Inactive
        if not view.isEnabled():
            group = QPalette.ColorGroup.Disabled
        self._text = palette.color(group, QPalette.ColorRole.Text)
        self._chosen = palette.color(group, QPalette.ColorRole.Highlight)
        self._chosen_text = palette.color(group, QPalette.ColorRole.HighlightedText)

    def draw(
        self, painter: QPainter, left: int, top: int, wide: int, high: int, cell: Cell, *, chosen: bool = False
    ) -> None:
        """Paint a cell within these pixels of the viewport."""
        if chosen:
            painter.fillRect(left, top, wide, high, self._chosen)
        elif cell.background is not None:
            painter.fillRect(left, top, wide, high, cell.background)
        room = wide - 2 * _BESIDE
        if room <= 0 or not cell.text:
            return
        letters = cell.letters or self._letters
        painter.setPen(self._chosen_text if chosen else cell.colour or self._text)
        painter.setFont(letters.font)
        flags = _RIGHT if cell.right else _LEFT
        painter.drawText(left + _BESIDE, top, room, high, flags, letters.fitted(cell.text, room))

    def draw_focus(self, painter: QPainter, rect: QRect) -> None:
        """Paint the frame around the cell that keys move from."""
        view, option = self._view, QStyleOptionFocusRect()
        option.initFrom(view)
        option.rect = rect
        view.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, view)
