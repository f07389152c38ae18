"""A table that paints its rows in one go, for what scrolls while something else computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget

from esviewer.gui.plain_cells import Cell, CellPainter, Letters, places_of


class PaintedRows(Protocol):
    """A model that tells the looks of a row's cells all at once."""

    def painted(self, row: int, columns: Sequence[int]) -> list[Cell]:
        """How some cells of a row look now."""


class PlainTable(QTableView):
    """Shows `PaintedRows`.

    A table's own painting asks the model a dozen times for each cell, and each time it may have to wait until another
    thread hands the interpreter over.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters = Letters.of(self.font())

    def paintEvent(self, event: QPaintEvent) -> None:
        region = event.region().boundingRect()
        first, last = self.rowAt(max(0, region.top())), self.rowAt(region.bottom())
        if first < 0:
            return
        model = self.model()
        painter = QPainter(self.viewport())
        cells = CellPainter(self, self._letters)
        current = self.currentIndex()
        places = places_of(self.horizontalHeader(), model.columnCount())
        columns = [column for column, _, _ in places]
        chosen = self.selectionModel()
        for row in range(first, (model.rowCount() - 1 if last < 0 else last) + 1):
            top, high = self.rowViewportPosition(row), self.rowHeight(row)
            is_chosen = chosen.isRowSelected(row)
            for (_, left, wide), cell in zip(places, cast(PaintedRows, model).painted(row, columns), strict=True):
                cells.draw(painter, left, top, wide, high, cell, chosen=is_chosen)
        if current.isValid() and first <= current.row() and self.hasFocus():
            cells.draw_focus(painter, self.visualRect(current))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._letters = Letters.of(self.font())
