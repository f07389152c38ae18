"""Every stored snapshot of the aggregate on show, as a witness for the reducer; and those of all others of its type."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.snapshot_comparison import SnapshotComparison, SnapshotResult, difference
from esviewer.app.view import AggregateView
from esviewer.gui.copying import Copies, Form, copies_of_rows, copy_text, offer_copies
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items, offer_reveal
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.snapshots_check import SnapshotsCheck
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import monospace
from esviewer.model.change import Change
from esviewer.model.values import MISSING

SLICE = 0.08
"""Seconds for which snapshots are compared before other questions have their turn."""
_BETWEEN_DRAWINGS = 0.4
"""Seconds between two drawings of a list that grows."""
_PATHS_SHOWN = 1000
_ROOM_BESIDE = 500
"""Pixels of width from which on the buttons stand beside the headline."""

_Index = QModelIndex | QPersistentModelIndex


class SnapshotsModel(QAbstractTableModel):
    """Columns: version, verdict, what differs first."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._theme = machine.theme
        self._rows: list[SnapshotResult] = []
        self._words = {
            "agrees": self.tr("agrees"),
            "differs": self.tr("differs"),
            "unreadable": self.tr("unreadable"),
            "beyond": self.tr("beyond the newest version"),
            "not rebuilt": self.tr("not compared"),
        }

    def show_results(self, results: list[SnapshotResult]) -> None:
        """Show results in the order of versions; those shown already stay where they are."""
        results.sort(key=lambda result: result.version)
        known = len(self._rows)
        if known and results[:known] == self._rows:
            if len(results) > known:
                self.beginInsertRows(QModelIndex(), known, len(results) - 1)
                self._rows = results
                self.endInsertRows()
            return
        self.beginResetModel()
        self._rows = results
        self.endResetModel()

    def result(self, row: int) -> SnapshotResult:
        """The result in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Version"), self.tr("Snapshot"), self.tr("Replayed → stored"))[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        result = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (str(result.version), self._words[result.verdict], self._detail(result, 1))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._detail(result, 3).replace(" · ", "\n")) or None
        if role == Qt.ItemDataRole.BackgroundRole and result.verdict != "agrees":
            colours = self._theme.colours
            return QColor(colours.removed if result.verdict == "differs" else colours.warning)
        return None

    def _detail(self, result: SnapshotResult, paths: int) -> str:
        if result.verdict == "unreadable":
            return visible(localised(self._machine.screen.reason(result.reason)))
        view = self._machine.view
        of = None if view is None else view.summary.aggregate_id
        shown = []
        for each in result.first[:paths]:
            path, replayed, stored = each.texts(self._machine.screen, of)
            shown.append(visible(f"{path or '/'}: {replayed or '–'} → {stored or '–'}"))
        if result.count > len(shown):
            shown.append(self.tr("{0} more").format(f"{result.count - len(shown):,}"))
        return " · ".join(shown)


class SnapshotsPanel(QWidget):
    """Compares only while it can be seen, in slices on the store's worker."""

    aggregate_wanted = Signal(object)
    """An aggregate is to be shown: (its id, a version or None)."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._comparison: SnapshotComparison | None = None
        self._told: tuple[str, list[Change]] = "", []
        """What is said of the snapshot that is picked, and what differs."""
        self._picked: int | None = None
        self._drawn = 0.0
        self.check: SnapshotsCheck | None = None
        """The check of all aggregates of a type, once it was asked for."""
        self.headline = ElidedLabel(self)
        self.headline.setObjectName("heading")
        self.headline.setAccessibleName(self.tr("How stored snapshots compare"))
        self.first = QPushButton(self.tr("Go there"), self)
        self.first.setObjectName("small")
        self.first.setToolTip(self.tr("Go to the first snapshot that differs"))
        self.first.clicked.connect(self.go_to_first)
        self.first.hide()
        self.all = QPushButton(self.tr("Check all of this type …"), self)
        self.all.setObjectName("small")
        self.all.setToolTip(self.tr("Compare the snapshots of all aggregates of this type with the replay"))
        self.all.clicked.connect(self.check_all)
        self.model = SnapshotsModel(machine, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, machine.theme, machine)
        self.table.setAccessibleName(self.tr("Stored snapshots"))
        header = show_rows(self.table)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        give_widths(header, (68, 104))
        self.table.selectionModel().currentRowChanged.connect(self._pick)
        self.compared = ElidedLabel(self)
        self.differences = QTreeWidget(self)
        self.differences.setAccessibleName(self.tr("What differs"))
        mark_items(self.differences, machine.theme)
        self.differences.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.differences.customContextMenuRequested.connect(self._menu)
        self.differences.setRootIsDecorated(False)
        self.differences.setUniformRowHeights(True)
        self.differences.setFont(monospace())
        self.differences.setHeaderLabels([self.tr("Path"), self.tr("Replayed"), self.tr("Stored")])
        below = QWidget(self)
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.compared)
        inner.addWidget(self.differences, 1)
        self.differences.setMinimumHeight(self.fontMetrics().height() * 5)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.table)
        self.parts.addWidget(below)
        self.parts.setStretchFactor(0, 1)
        self._head, self._below = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self.headline, 1)
        self._below.addStretch(1)
        self._place_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._head)
        layout.addLayout(self._below)
        layout.addWidget(self.parts, 1)
        machine.view_changed.connect(self._changed)
        machine.grown.connect(self._grown)
        machine.theme.changed.connect(self.table.viewport().update)
        machine.screen_changed.connect(self._screen_changed)
        self._changed(machine.view)

    # Comparing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def _place_buttons(self) -> None:
        """Put the buttons beside the headline where there is room, else below it."""
        row = self._head if self.width() >= _ROOM_BESIDE else self._below
        for button in (self.first, self.all):
            for other in (self._head, self._below):
                other.removeWidget(button)
            row.addWidget(button)

    def _changed(self, view: AggregateView | None) -> None:
        """Another view is on show."""
        self._machine.tasks.cancel("snapshots-panel")
        self._machine.tasks.cancel("snapshot-picked")
        self._comparison = None
        self._picked = None
        self.model.show_results([])
        self._show_differences("", [])
        self.all.setEnabled(view is not None and self._machine.session.store.has_snapshots)
        self._tell()
        self._go_on()

    def _grown(self, view: AggregateView) -> None:
        if self._comparison is not None and view.complete and self._comparison.complete:
            if self._comparison.seen == len(view):
                return
            self._comparison.look_again()
        self._go_on()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._machine.tasks.cancel("snapshots-panel")

    def _go_on(self) -> None:
        view = self._machine.view
        if view is None or not view.complete or not self.isVisible() or not self._machine.session.store.has_snapshots:
            self._tell()
            return
        if self._comparison is None:
            self._comparison = SnapshotComparison(self._machine.session.store, view)
        comparison = self._comparison
        if not comparison.complete:
            self._machine.tasks.run(
                lambda work: comparison.advance(SLICE, work),
                lambda _: self._advanced(comparison),
                slot="snapshots-panel",
            )

    def _advanced(self, comparison: SnapshotComparison) -> None:
        if comparison is not self._comparison:
            return
        now = time.monotonic()
        if comparison.complete or now - self._drawn > _BETWEEN_DRAWINGS:
            self._drawn = now
            self.model.show_results([*comparison.results.values()])
            self._tell()
        if not comparison.complete:
            self._go_on()

    def check_all(self) -> None:
        """Check the snapshots of all aggregates of this one's type, in a window of its own."""
        view = self._machine.view
        if view is None:
            return
        if self.check is None:
            self.check = SnapshotsCheck(self._machine, self.window())
            self.check.opened.connect(self.aggregate_wanted)
        self.check.check(view.summary.aggregate_type)
        self.check.show()
        self.check.raise_()

    def close_check(self) -> None:
        """Give up the check of all aggregates: the store is being closed."""
        check, self.check = self.check, None
        if check is not None:
            check.reject()
            check.deleteLater()

    def _tell(self) -> None:
        view, comparison = self._machine.view, self._comparison
        if view is None:
            text = ""
        elif not self._machine.session.store.has_snapshots:
            text = self.tr("This store's layout has no snapshots.")
        elif comparison is None:
            text = self.tr("Snapshots are compared when all events are in.")
        else:
            text = headline(comparison, inferred=view.history.reducer.inferred)
        self.headline.show_text(text)
        self.first.setVisible(comparison is not None and comparison.first_divergence is not None)

    # One snapshot

    def go_to_first(self) -> None:
        """Pick the first snapshot that differs: the playhead goes to its version, and what differs is listed."""
        first = None if self._comparison is None else self._comparison.first_divergence
        row = next((row for row in range(self.model.rowCount()) if self.model.result(row).version == first), None)
        if row is not None:
            self.table.clearSelection()
            self.table.selectionModel().clearCurrentIndex()
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _pick(self, current: QModelIndex) -> None:
        comparison, view = self._comparison, self._machine.view
        if not current.isValid() or comparison is None or view is None or not len(view):
            return
        result = self.model.result(current.row())
        self._picked = result.version
        last = int(view.versions[-1])
        self._machine.go_to(comparison.version_before(result.version))
        if result.verdict == "beyond":
            self._show_differences(
                self.tr("The snapshot is of version {0}, the newest event of {1}.").format(result.version, last), []
            )
            return
        version = result.version
        self._machine.tasks.run(
            lambda work: comparison.changes_at(version, work),
            lambda found: self._compared(version, found),
            slot="snapshot-picked",
        )

    def _compared(self, version: int, found: list[Change] | str) -> None:
        if version != self._picked:
            return
        view = self._machine.view
        if isinstance(found, str):
            self._show_differences(self.tr("The snapshot at {0} can't be read: {1}").format(version, found), [])
        elif view is not None and not view.has_state(version):
            stored = self.tr("The snapshot at {0}: there is no rebuilt state to compare it with.").format(version)
            self._show_differences(stored, found)
        elif found:
            count = self.tr("The snapshot at {0} differs in {1} paths.")
            if len(found) == 1:
                count = self.tr("The snapshot at {0} differs in 1 path.")
            self._show_differences(count.format(version, f"{len(found):,}"), found)
        else:
            self._show_differences(self.tr("The snapshot at {0} agrees with the replay.").format(version), [])

    def _screen_changed(self) -> None:
        self.table.viewport().update()
        self._show_differences(*self._told)

    def _menu(self, place: QPoint) -> None:
        row, view = self.differences.indexAt(place).row(), self._machine.view
        changes = self._told[1]
        if view is not None and 0 <= row < min(len(changes), _PATHS_SHOWN):
            change = changes[row]
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            value = change.old if change.new is MISSING else change.new
            offer_copies(menu, self._copies_of(change))
            offer_reveal(menu, self._machine, change.path, value, view.summary.aggregate_id)
            menu.popup(self.differences.viewport().mapToGlobal(place))

    def copies(self) -> Copies:
        """What can be copied of the current difference."""
        row, changes = self.differences.currentIndex().row(), self._told[1]
        return self._copies_of(changes[row]) if 0 <= row < len(changes) else {}

    def _copies_of(self, change: Change) -> Copies:
        machine, view = self._machine, self._machine.view
        of = None if view is None else view.summary.aggregate_id
        return {
            **copies_of_rows(machine, self.differences),
            Form.POINTER: lambda: copy_text(machine, machine.screen.pointer(change.path, of)),
        }

    def _show_differences(self, text: str, changes: list[Change]) -> None:
        self._told = text, changes
        view, screen = self._machine.view, self._machine.screen
        of = None if view is None else view.summary.aggregate_id
        self.compared.show_text(visible(screen.reason(text) if not changes else text))
        self.differences.clear()
        self.differences.setVisible(bool(changes))
        rows = []
        for change in changes[:_PATHS_SHOWN]:
            path, replayed, stored = difference(change).texts(screen, of)
            cells = [visible(path or "/"), visible(replayed) or "–", visible(stored) or "–"]
            row = QTreeWidgetItem(cells)
            for column, cell in enumerate(cells):
                row.setToolTip(column, tip(cell))
            rows.append(row)
        if len(changes) > _PATHS_SHOWN:
            rows.append(QTreeWidgetItem([self.tr("and {0} more").format(f"{len(changes) - _PATHS_SHOWN:,}")]))
        self.differences.addTopLevelItems(rows)
        self.differences.header().resizeSections(QHeaderView.ResizeMode.ResizeToContents)


def headline(comparison: SnapshotComparison, *, inferred: bool) -> str:
    """How many snapshots agree, in one line."""
    count = len(comparison.versions)
    if not count:
        return translate("SnapshotsPanel", "No snapshot of this aggregate is stored.")
    done = [*comparison.results.values()]
    unreadable = sum(result.verdict == "unreadable" for result in done)
    lost = sum(result.verdict == "not rebuilt" for result in done)
    first = comparison.first_divergence
    parts = [translate("SnapshotsPanel", "{0} of {1} agree").format(f"{comparison.agreeing:,}", f"{count:,}")]
    if first is not None:
        parts.append(translate("SnapshotsPanel", "first divergence at {0}").format(first))
    if unreadable:
        parts.append(translate("SnapshotsPanel", "{0} unreadable").format(f"{unreadable:,}"))
    if lost:
        parts.append(translate("SnapshotsPanel", "{0} not compared, for want of a rebuilt state").format(f"{lost:,}"))
    if not comparison.complete:
        parts.append(translate("SnapshotsPanel", "{0} compared so far").format(f"{len(done):,}"))
    if inferred and first is not None:
        parts.append(translate("SnapshotsPanel", "no rules are in use, so the replay only guesses"))
    return "; ".join(parts)
