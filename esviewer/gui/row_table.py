"""Tables in which each row is one thing: what all of them have in common."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


def show_rows(table: QTableView, height: int | None = None, *, several: bool = False) -> QHeaderView:
    """Have rows be chosen whole, `several` at once or one, without a grid; returns the header of the columns.

    `height` is that of a row, in pixels; None: a line of text with some room. The last column takes what is left.
    """
    mode = QAbstractItemView.SelectionMode
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(table.fontMetrics().height() + 8 if height is None else height)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setStretchLastSection(True)
    return header


def give_widths(header: QHeaderView, widths: Iterable[int]) -> None:
    """Give columns, from the first on, widths in pixels, and more where a head needs more."""
    for column, wide in enumerate(widths):
        header.resizeSection(column, max(wide, header.sectionSizeHint(column)))
