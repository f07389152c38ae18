"""The changes of the followed fields as a table; a million rows of it cost what is in sight."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.gui.copying import Copies, Form, copies_of_rows, copy_text, offer_copies
from esviewer.gui.field_collector import FieldCollector
from esviewer.gui.field_log import OPS, FieldLog
from esviewer.gui.machine import Machine
from esviewer.gui.masked import ScreenNow, mark_items, offer_reveal_rows
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme, monospace
from esviewer.gui.times import shown_time
from esviewer.model.change import Path

FIELD = 1
ROWS = 20_000_000
"""How many rows a table can hold; Qt's views fail beyond a hundred million."""

_MONOSPACED = (1, 3, 4)
_LOOK_MS = 40

_Index = QModelIndex | QPersistentModelIndex


def field_name(path: Path, screen: Screen, of: str | None) -> str:
    """A field of an aggregate as the window names it: its JSON Pointer."""
    return visible(screen.pointer(path, of)) or "/"


_ROOM_FOR_TIME, _ROOM_FOR_EVENT = 640, 430
"""Pixels below which there is no column of the event's time, and none of the event."""


class FieldChangesModel(QAbstractTableModel):
    """Columns: version, field, op, old, new, event, time."""

    def __init__(self, theme: Theme, screen: ScreenNow, parent: QObject | None = None) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._theme = theme
        self._screen = screen
        self._font = monospace()
        self._view: AggregateView | None = None
        self._log = FieldLog(())
        self._rows = 0

    def show_log(self, view: AggregateView | None, log: FieldLog) -> None:
        """Show another log, or what the same has taken in meanwhile."""
        count = min(len(log), ROWS)
        if log is not self._log or view is not self._view:
            self.beginResetModel()
            self._view, self._log, self._rows = view, log, count
            self.endResetModel()
        elif count > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, count - 1)
            self._rows = count
            self.endInsertRows()

    def event_row(self, row: int) -> int:
        """The event of a change, as its row in the view."""
        return int(self._log.rows[row])

    def path_at(self, row: int) -> Path:
        """The field that a change is of."""
        return self._log.paths[self._log.codes[row]]

    def place_of(self, event_row: int) -> int | None:
        """The first change by an event, if it changed any of the fields."""
        rows = self._log.rows[: self._rows]
        place = int(np.searchsorted(rows, event_row))
        return place if place < len(rows) and rows[place] == event_row else None

    def place_before(self, event_row: int) -> int | None:
        """The last change by an event or one before it."""
        place = int(np.searchsorted(self._log.rows[: self._rows], event_row, "right")) - 1
        return place if place >= 0 else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Version"),
                self.tr("Field"),
                self.tr("Op"),
                self.tr("Old"),
                self.tr("New"),
                self.tr("Event"),
                self.tr("Time"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        view, row, column = self._view, index.row(), index.column()
        if view is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(view, row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(view, row, column))
        if role == Qt.ItemDataRole.ForegroundRole and column == FIELD:
            types = self._theme.colours.types
            return QColor(types[int(self._log.codes[row]) % len(types)])
        if role == Qt.ItemDataRole.FontRole and column in _MONOSPACED:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, view: AggregateView, row: int, column: int) -> str:
        log = self._log
        at = int(log.rows[row])
        if column == 0:
            return str(int(view.versions[at]))
        if column == FIELD:
            return field_name(log.paths[log.codes[row]], self._screen(), view.summary.aggregate_id)
        if column == 2:
            return OPS[log.ops[row]]
        if column == 5:
            return visible(self._screen().text(view.type_at(at)))
        if column == 6:
            return shown_time(view.instant(at))
        return log.texts.get(row, ("…", "…"))[column - 3]


class FieldChanges(QTableView):
    """The table; a click or Enter goes to the event. It asks for the texts of the rows in sight."""

    picked = Signal(object)
    """The row of the event."""

    def __init__(self, collector: FieldCollector, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = machine.theme
        self._machine = machine
        self._near = 0
        """The row that the playhead brought into sight last."""
        self._collector = collector
        self.shown = FieldChangesModel(theme, machine.screen_now, self)
        self.setModel(self.shown)
        mark_items(self, theme)
        self.setAccessibleName(self.tr("Changes of the followed fields"))
        header = show_rows(self, 22)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(self._timer.start)
        self.shown.modelReset.connect(self._timer.start)
        self.shown.rowsInserted.connect(self._timer.start)
        collector.known.connect(self.viewport().update)
        self.clicked.connect(self._picked)
        self.activated.connect(self._picked)
        theme.changed.connect(self.viewport().update)
        self._fit()

    def show_log(self, view: AggregateView | None, log: FieldLog) -> None:
        """Show another log, or what the same has taken in meanwhile."""
        self.shown.show_log(view, log)
        self.setColumnHidden(FIELD, len(log.paths) < 2)

    def show_row(self, event_row: int) -> None:
        """Mark the change by an event, if it made one, and bring the last one until then into sight."""
        place = self.shown.place_of(event_row)
        self._near = (self.shown.place_before(event_row) or 0) if place is None else place
        if place is None:
            self.clearSelection()
            self.scrollTo(self.shown.index(self._near, 0))
        elif self.currentIndex().row() != place or not self.selectionModel().hasSelection():
            self.selectRow(place)
            self.scrollTo(self.shown.index(place, 0))

    def _look(self) -> None:
        count = self.shown.rowCount()
        if count and self.isVisible():
            first = max(0, self.rowAt(0))
            last = self.rowAt(self.viewport().height() - 1)
            self._collector.ask_texts(range(first, count if last < 0 else last + 1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index, view = self.indexAt(event.pos()), self._machine.view
        if not index.isValid() or view is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        offer_copies(menu, self.copies())
        offer_reveal_rows(menu, self._machine, self.shown, index.row(), self.shown.path_at(index.row()))
        menu.popup(self.viewport().mapToGlobal(event.pos()))

    def copies(self) -> Copies:
        """What can be copied of the current row."""
        copies, index = copies_of_rows(self._machine, self), self.currentIndex()
        if index.isValid():
            path, view = self.shown.path_at(index.row()), self._machine.view
            of = None if view is None else view.summary.aggregate_id
            copies[Form.POINTER] = lambda: copy_text(self._machine, self._machine.screen.pointer(path, of))
        return copies

    def _picked(self, index: QModelIndex) -> None:
        self.picked.emit(self.shown.event_row(index.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._fit()
        if event.oldSize().height() > self.height():  # a chart came in above, or a splitter was moved
            self.scrollTo(self.shown.index(self._near, 0))
        self._timer.start()

    def _fit(self) -> None:
        wide = self.width()
        # What the event table says as well makes room.
        self.setColumnHidden(6, wide < _ROOM_FOR_TIME)
        self.setColumnHidden(5, wide < _ROOM_FOR_EVENT)
        shares = (58, 0), (80, 15), (62, 0), (70, 16), (70, 16), (90, 16)
        give_widths(self.horizontalHeader(), (max(least, wide * share // 100) for least, share in shares))
