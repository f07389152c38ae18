"""What was removed and is not there at the playhead: the last value, and the event that took it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QTableView, QVBoxLayout, QWidget

from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.copying import Copies, Form, copies_of_rows, copy_text, offer_copies
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.field_log import glimpse
from esviewer.gui.machine import Machine, Shown
from esviewer.gui.masked import mark_items, offer_reveal
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import monospace
from esviewer.gui.writers import Names, Writer
from esviewer.model.change import Path
from esviewer.model.values import Value
from esviewer.questions.removed import removed
from esviewer.work import Work

LISTED = 1000
"""How many removals are listed at most, the newest."""
REST_MS = 60
"""Milliseconds for which the playhead rests before removals are looked for."""

_ROOM_FOR_TIME, _ROOM_FOR_EVENT = 640, 430
"""Pixels below which there is no column of the time, and none of the event."""

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Removal:
    """One path that is not there any longer."""

    path: Path
    value: Value
    row: int
    """The row of the event that removed it."""


class RemovedModel(QAbstractTableModel):
    """Columns: path, last value, version, event, time, actor."""

    def __init__(self, machine: Machine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._removals: list[Removal] = []
        self._writers: dict[int, Writer] = {}
        self._font = monospace()

    def show_removals(self, removals: list[Removal], writers: Mapping[int, Writer]) -> None:
        """Show other removals; `writers` are those events by row, without what only the store knows."""
        self.beginResetModel()
        self._removals = removals
        self._writers = dict(writers)
        self.endResetModel()

    def show_writers(self, writers: Mapping[int, Writer]) -> None:
        """Say of some events who caused them."""
        self._writers.update(writers)
        if self._removals:
            self.dataChanged.emit(self.index(0, 5), self.index(len(self._removals) - 1, 5))

    def removal(self, row: int) -> Removal:
        """One of them."""
        return self._removals[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._removals)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Path"),
                self.tr("Last value"),
                self.tr("Version"),
                self.tr("Event"),
                self.tr("Time"),
                self.tr("Actor"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        removal = self._removals[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(removal, column, 200)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(removal, column, 2000) if column < 2 else self._writers[removal.row].full())
        if role == Qt.ItemDataRole.FontRole and column < 2:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, removal: Removal, column: int, limit: int) -> str:
        screen, view = self._machine.screen, self._machine.view
        of = None if view is None else view.summary.aggregate_id
        if column == 0:
            return visible(screen.pointer(removal.path, of)[:limit])
        if column == 1:
            return glimpse(screen, removal.value, removal.path, of, limit)
        writer = self._writers[removal.row]
        if column == 2:
            return str(writer.version)
        if column == 3:
            return visible(writer.type[:limit])
        if column == 4:
            return writer.time()
        return visible((writer.actor or "")[:limit])


class RemovedPanel(QWidget):
    """Looks only while it is in sight, and once the playhead rests."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._names: Names | None = None
        self._on_show: Shown | None = None
        """What the list was made for."""
        self.line = ElidedLabel(self)
        self.model = RemovedModel(machine, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, machine.theme)
        machine.screen_changed.connect(self._screen_changed)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.setAccessibleName(self.tr("Removed values"))
        self.table.setToolTip(self.tr("A click goes to the event that removed it"))
        header = show_rows(self.table, 22)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.more = QLabel(self)
        self.more.setObjectName("dim")
        self.more.setTextFormat(Qt.TextFormat.PlainText)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.more)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._look)
        self._scrolled = QTimer(self)
        self._scrolled.setSingleShot(True)
        self._scrolled.setInterval(REST_MS)
        self._scrolled.timeout.connect(self._name_those_in_sight)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled.start)
        machine.view_changed.connect(self._start_anew)
        machine.shown.connect(self._restart)
        machine.none_yet.connect(self._show_none)
        machine.nothing_shown.connect(self._nothing_shown)
        machine.moving.connect(self._cancel)
        self._start_anew(machine.view)

    def _start_anew(self, view: AggregateView | None) -> None:
        self._cancel()
        self._names = None
        if view is not None:
            self._names = Names(view, self._machine.session.store, self._machine.screen.beside())
        self._show_none()

    def _show_none(self, _: object = None) -> None:
        """There is nothing at the playhead."""
        self._cancel()
        self._on_show = None
        self.model.show_removals([], {})
        self.line.show_text("")
        self.more.hide()

    def _nothing_shown(self) -> None:
        self._start_anew(self._machine.view)

    def _screen_changed(self) -> None:
        self._start_anew(self._machine.view)
        self._restart()

    def _cancel(self) -> None:
        self._machine.tasks.cancel("removed")
        self._machine.tasks.cancel("removed-by")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restart()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._cancel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width()
        # In narrow windows time and event make room; the tooltip tells them.
        self.table.setColumnHidden(3, wide < _ROOM_FOR_EVENT)
        self.table.setColumnHidden(4, wide < _ROOM_FOR_TIME)
        time = self.fontMetrics().horizontalAdvance("2000-00-00 00:00:00 +00:00") + 8
        rest = max(160, wide - (time if wide >= _ROOM_FOR_TIME else 0) - 200)
        event_name = rest * 34 // 100
        path = (rest - event_name if wide >= _ROOM_FOR_EVENT else rest) * 55 // 100
        give_widths(self.table.horizontalHeader(), (path, path * 45 // 55, 0, event_name, time))
        self._scrolled.start()

    def _restart(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _look(self) -> None:
        shown, names = self._machine.current, self._names
        if shown is None or names is None or not self.isVisible() or shown is self._on_show:
            return

        def look(work: Work) -> tuple[Shown, list[Removal], int, dict[int, Writer]]:
            found = removed(shown.view.history, shown.row + 1, work=work)
            listed = [Removal(each.path, each.value, each.index) for each in found[:LISTED] if each.index is not None]
            return shown, listed, len(found), {each.row: names.without_actor(each.row) for each in listed}

        self.line.show_text(self.tr("Looking for what was removed up to version {0} …").format(shown.version))
        self._machine.tasks.run(look, self._show, self._failed, slot="removed")

    def _failed(self, error: EsviewerError) -> None:
        self.line.show_text("")
        self._machine.failed.emit(error)

    def _show(self, found: tuple[Shown, list[Removal], int, dict[int, Writer]]) -> None:
        shown, listed, count, writers = found
        if shown.view is not self._machine.view:
            return
        self._on_show = shown
        self.model.show_removals(listed, writers)
        self.line.show_text(
            self.tr("{0} removed by version {1} and not there any longer, the newest first").format(
                f"{count:,}", shown.version
            )
            if count
            else self.tr("Nothing that was there before is missing at version {0}.").format(shown.version)
        )
        self.more.setText(self.tr("… and {0} more").format(f"{count - len(listed):,}"))
        self.more.setVisible(count > len(listed))
        self._scrolled.start()

    def _name_those_in_sight(self) -> None:
        names, count = self._names, self.model.rowCount()
        if names is None or not count or not self.isVisible():
            return
        first = max(0, self.table.rowAt(0))
        last = self.table.rowAt(self.table.viewport().height() - 1)
        rows = {self.model.removal(row).row for row in range(first, count if last < 0 else last + 1)}

        def look(work: Work) -> tuple[Names, dict[int | None, Writer]]:
            return names, names.writers(rows, work)

        self._machine.tasks.run(look, self._named, slot="removed-by")

    def _named(self, found: tuple[Names, dict[int | None, Writer]]) -> None:
        if found[0] is self._names:
            self.model.show_writers({row: writer for row, writer in found[1].items() if row is not None})

    def _menu(self, place: QPoint) -> None:
        index, view = self.table.indexAt(place), self._machine.view
        if index.isValid() and view is not None:
            removal = self.model.removal(index.row())
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            offer_copies(menu, self._copies_of(removal.path))
            offer_reveal(menu, self._machine, removal.path, removal.value, view.summary.aggregate_id)
            menu.popup(self.table.viewport().mapToGlobal(place))

    def copies(self) -> Copies:
        """What can be copied of the current row."""
        index = self.table.currentIndex()
        return self._copies_of(self.model.removal(index.row()).path) if index.isValid() else {}

    def _copies_of(self, path: Path) -> Copies:
        machine, view = self._machine, self._machine.view
        of = None if view is None else view.summary.aggregate_id
        return {
            **copies_of_rows(machine, self.table),
            Form.POINTER: lambda: copy_text(machine, machine.screen.pointer(path, of)),
        }

    def _go(self, index: QModelIndex) -> None:
        view = self._machine.view
        if view is not None and index.isValid():
            self._machine.go_to(int(view.versions[self.model.removal(index.row()).row]))
