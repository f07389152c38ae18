"""The rows of a result as a table of any length: pages of it are read when they come into sight."""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QMenu, QTableView, QWidget

from esviewer.app.screen import Screen
from esviewer.errors import EsviewerError
from esviewer.gui.copying import Copies, Form
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items, offer_reveal_marks, text_of
from esviewer.gui.projections.cells import Cells
from esviewer.gui.projections.reader import Reader
from esviewer.gui.text import tip, visible
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.projections.definition import PROBLEMS
from esviewer.projections.result import Filter, Result, ResultTable, Sorting, View
from esviewer.work import Work

PAGE: Final = 200
_PAGES_KEPT: Final = 60
_REST_MS: Final = 20
MOST_ROWS: Final = 50_000_000
"""Rows beyond which a table's height in pixels would no longer fit Qt's integers."""
MOST_COPIED: Final = 100_000
_FITTED_ROWS: Final = 30
_FITTED_LETTERS: Final = 60
_WIDEST: Final = 220
"""Pixels up to which a column is as wide as its first rows need."""
_NUMBERS: Final = ("BIGINT", "DOUBLE", "DECIMAL", "HUGEINT", "INTEGER")

_Index = QModelIndex | QPersistentModelIndex
Row = tuple[Any, ...]


def is_number(kind: str) -> bool:
    """Whether a column's type is one of numbers."""
    return kind.startswith(_NUMBERS)


class RowsModel(QAbstractTableModel):
    """One table's rows, filtered and sorted by DuckDB; a preview gives its rows as they are."""

    arranged = Signal(object)
    """How many rows there are to be seen, once that is known: an int."""
    failed = Signal(object)

    def __init__(self, machine: Machine, reader: Reader | None, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._reader = reader
        self.table: ResultTable | None = None
        self.cells: Cells | None = None
        self.filters: tuple[Filter, ...] = ()
        self.sorting: Sorting | None = None
        self._kinds: tuple[str, ...] = ()
        self._view: View | None = None
        self._rows = 0
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._texts: dict[tuple[int, int], str] = {}
        self._wanted: dict[int, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._fetch)
        machine.screen_changed.connect(self.redraw)

    # What is shown

    def clear(self) -> None:
        """No table."""
        self._reset(None, None, ())

    def show_table(self, table: ResultTable, cells: Cells, filters: Sequence[Filter] = ()) -> None:
        """A table of the reader's result."""
        self._reset(table, cells, [column.type for column in table.columns])
        self.sorting = None
        self.filters = tuple(filters)
        self._arrange()

    def show_rows(self, rows: Sequence[Row], cells: Cells, kinds: Sequence[str] = ()) -> None:
        """Rows that are there already; `kinds` are types of their columns, where they are known."""
        self._reset(None, cells, kinds)
        self.beginResetModel()
        pages = range(-(-len(rows) // PAGE))
        self._pages = OrderedDict((page, rows[page * PAGE : (page + 1) * PAGE]) for page in pages)
        self._rows = len(rows)
        self.endResetModel()
        self.arranged.emit(len(rows))

    def _reset(self, table: ResultTable | None, cells: Cells | None, kinds: Sequence[str]) -> None:
        self._timer.stop()
        self.beginResetModel()
        self.table, self.cells, self._kinds = table, cells, tuple(kinds)
        self._view, self._rows = None, 0
        self._pages.clear()
        self._texts.clear()
        self._wanted.clear()
        self.endResetModel()

    def filter_by(self, filters: Sequence[Filter]) -> None:
        """Show only what all filters let through."""
        self.filters = tuple(filters)
        self._arrange()

    def sort_by(self, column: int, descending: bool) -> None:
        """Show the rows by the values of a column; below 0: in the result's own order."""
        if self.cells is not None and self._reader is not None:
            self.sorting = Sorting(self.cells.names[column], descending) if column >= 0 else None
            self._arrange()

    def _arrange(self) -> None:
        table, reader = self.table, self._reader
        if table is None or reader is None:
            return
        name, filters, sorting = table.name, self.filters, () if self.sorting is None else (self.sorting,)

        def act(result: Result, work: Work) -> View:
            return result.view(name, filters=filters, sorting=sorting, work=work)

        reader.ask(act, partial(self._arranged, table), self._failed, slot="view")

    def _arranged(self, table: ResultTable, view: View) -> None:
        if table is not self.table:
            return
        self.beginResetModel()
        self._view, self._rows = view, min(len(view), MOST_ROWS)
        self._pages.clear()
        self._texts.clear()
        self._wanted.clear()
        self.endResetModel()
        self.arranged.emit(len(view))

    def _failed(self, error: EsviewerError) -> None:
        self.failed.emit(error)

    @property
    def found(self) -> int:
        """How many rows the filters let through."""
        return self._rows if self._view is None else len(self._view)

    # Pages

    def _fetch(self) -> None:
        view, reader = self._view, self._reader
        pages = list(self._wanted)[-4:]
        self._wanted.clear()
        if view is None or reader is None:
            return
        for page in pages:
            act = partial(_page, view, page)
            reader.ask(act, partial(self._fetched, view, page), self._failed)

    def _fetched(self, view: View, page: int, rows: Sequence[Row]) -> None:
        if view is not self._view:
            return
        self._pages[page] = rows
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        first = page * PAGE
        self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, self.columnCount() - 1))

    def loaded(self, number: int) -> Row | None:
        """One row; None where it is not there."""
        rows = self._pages.get(number // PAGE)
        return None if rows is None else rows[number % PAGE]

    def row(self, number: int) -> Row | None:
        """One row; None while it is being read, which is asked for then."""
        page = number // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._wanted[page] = None
            if not self._timer.isActive():
                self._timer.start()
            return None
        if self._view is not None:
            self._pages.move_to_end(page)
        return rows[number % PAGE]

    def redraw(self) -> None:
        """What may be shown has changed."""
        self._texts.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self._rows - 1, self.columnCount() - 1))

    def place(self, number: int) -> tuple[str, int] | None:
        """The aggregate and version of a row; None where a row is of none, or not there yet."""
        cells, row = self.cells, self.row(number)
        if cells is None or row is None or cells.id_column is None or "version" not in cells.names:
            return None
        aggregate_id, version = row[cells.id_column], row[cells.names.index("version")]
        return None if not isinstance(aggregate_id, str) or not isinstance(version, int) else (aggregate_id, version)

    def has_problem(self, number: int) -> bool:
        """Whether something went wrong with a row."""
        cells, row = self.cells, self.row(number)
        return cells is not None and row is not None and row[cells.names.index(PROBLEMS)] is not None

    # Qt's side

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.cells is None else len(self.cells.names)

    def _numeric(self, column: int) -> bool:
        return column < len(self._kinds) and is_number(self._kinds[column])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        cells = self.cells
        if cells is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(cells.names[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._numeric(section))
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._text(index.row(), index.column())
            return text if role == Qt.ItemDataRole.DisplayRole else tip(text) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._numeric(index.column()))
        if role == Qt.ItemDataRole.BackgroundRole and self.has_problem(index.row()):
            return QColor(self._machine.theme.colours.replaced)
        return None

    def _text(self, number: int, column: int) -> str:
        known = self._texts.get((number, column))
        if known is not None:
            return known
        row, cells = self.row(number), self.cells
        if row is None or cells is None:
            return "…"
        if len(self._texts) > 20_000:
            self._texts.clear()
        found = self._texts[number, column] = cells.text(self._machine.screen, column, row)
        return found

    # Copying

    def copy(self, rows: Sequence[int]) -> None:
        """Put some rows, as they are shown, into the clipboard as CSV."""
        cells, view, reader = self.cells, self._view, self._reader
        if cells is None or not rows:
            return
        chosen = rows[:MOST_COPIED]
        if view is None or reader is None:
            found = [row for row in (self.row(each) for each in chosen) if row is not None]
            _to_clipboard(_csv(cells, self._machine.screen, found))
            return
        screen = self._machine.screen.beside()

        def act(result: Result, work: Work) -> str:
            del result
            found: list[Row] = []
            for first, last in _stretches(chosen):
                for start in range(first, last + 1, 1000):
                    found += view.rows(start, min(start + 1000, last + 1), work)
            return _csv(cells, screen, found)

        reader.ask(act, _to_clipboard, self._failed, slot="copy")


def _page(view: View, page: int, result: Result, work: Work) -> list[Row]:
    del result
    return view.rows(page * PAGE, (page + 1) * PAGE, work)


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of those that follow each other."""
    found: list[tuple[int, int]] = []
    for each in sorted(rows):
        if found and found[-1][1] == each - 1:
            found[-1] = found[-1][0], each
        else:
            found.append((each, each))
    return found


def _csv(cells: Cells, screen: Screen, rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([spreadsheet_text(name) for name in cells.names])
    for row in rows:
        values = (cells.copied(screen, column, row) for column in range(len(cells.names)))
        writer.writerow([spreadsheet_text(each) if isinstance(each, str) else each for each in values])
    return out.getvalue()


def _to_clipboard(text: str) -> None:
    QApplication.clipboard().setText(text)


def _side(right: bool) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def usual_width(table: QTableView, name: str) -> int:
    """How wide the column of that name is at first."""
    wide = table.fontMetrics().horizontalAdvance
    usual = {"aggregate_id": 130, "version": 62}.get(name, 96)
    if name.endswith("timestamp"):
        usual = wide("2026-11-22T14:34:00.000000+00:00") + 14
    return max(usual, min(220, wide(name) + 26))


class RowsTable(QTableView):
    """Shows a RowsModel; a click on a head sorts, Enter or a double click opens, Ctrl+C copies."""

    opened = Signal(object)
    """The number of a row: an int."""

    def __init__(self, model: RowsModel, name: str, parent: QWidget | None = None, *, sorts: bool = True) -> None:
        super().__init__(parent)
        self._rows = model
        self._sorted_by: tuple[int, bool] | None = None
        self.setModel(model)
        self.setAccessibleName(name)
        mark_items(self, model._machine.theme)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        lines = self.verticalHeader()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(self.fontMetrics().height() + 8)
        lines.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultSectionSize(118)
        if sorts:
            header.setSectionsClickable(True)
            header.sectionClicked.connect(self._sort)
            header.setToolTip(self.tr("A click sorts; the third one gives the result's own order"))
        self.copy_action = QAction(self.tr("Copy as CSV"), self)
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        self.addAction(self.copy_action)
        self._fitted = False
        """Whether the columns have the room that the first rows need."""
        self.activated.connect(self._activated)
        model.modelReset.connect(self._widths)
        model.dataChanged.connect(self._fit)

    def _widths(self) -> None:
        model = self._rows
        for column in range(model.columnCount()):
            name = str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole))
            self.setColumnWidth(column, usual_width(self, name))
        self._fitted = False
        self._fit()

    def _fit(self) -> None:
        """Give each column the room that its first rows need, within bounds, as soon as they are there."""
        model = self._rows
        rows = range(min(_FITTED_ROWS, model.rowCount()))
        if self._fitted or not rows or model.loaded(rows[0]) is None:
            return
        self._fitted = True
        wide = self.fontMetrics().horizontalAdvance
        for column in range(model.columnCount() - 1):  # the last one has what is left
            needed = max(wide(str(model.index(row, column).data() or "")[:_FITTED_LETTERS]) for row in rows) + 14
            self.setColumnWidth(column, max(self.columnWidth(column), min(needed, _WIDEST)))

    def _sort(self, column: int) -> None:
        former = self._sorted_by
        if former is None or former[0] != column:
            self._sorted_by = (column, False)
        else:
            self._sorted_by = None if former[1] else (column, True)
        self.show_sorting()
        chosen = self._sorted_by
        self._rows.sort_by(-1 if chosen is None else column, chosen is not None and chosen[1])

    def show_sorting(self) -> None:
        """Show at the heads by which column the rows are sorted."""
        header = self.horizontalHeader()
        header.setSortIndicatorShown(self._sorted_by is not None)
        if self._sorted_by is not None:
            column, descending = self._sorted_by
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, order)

    def unsorted(self) -> None:
        """Another table is shown, in its own order."""
        self._sorted_by = None
        self._rows.sorting = None
        self.show_sorting()

    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    def copies(self) -> Copies:
        """What can be copied: the chosen rows."""
        return {Form.CSV: self.copy_rows} if self.selectionModel().hasSelection() else {}

    def copy_rows(self) -> None:
        """Copy the chosen rows."""
        found: list[int] = []
        chosen = self.selectionModel().selection()
        for each in map(chosen.at, range(chosen.count())):
            # Ranges, since the indexes of all rows of a large table would take long to make.
            found += range(each.top(), min(each.bottom(), each.top() + MOST_COPIED) + 1)
        self._rows.copy(sorted(set(found)))

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.copy_action)
        index = self.indexAt(place)
        if index.isValid():
            offer_reveal_marks(menu, self._rows._machine, text_of(index))
        menu.popup(self.viewport().mapToGlobal(place))
