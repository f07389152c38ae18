"""The snapshots of all aggregates of one type, compared with the replay, in a table that fills while one goes on."""

from __future__ import annotations

import glob
from collections import deque
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.checking import AggregateCheck, Totals, check_snapshots
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.snapshot_comparison import difference
from esviewer.errors import ConsentNeededError, EsviewerError
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible
from esviewer.model.change import Change
from esviewer.work import Work

_BETWEEN_DRAWINGS_MS = 250
SLOT = "check-snapshots"

_Index = QModelIndex | QPersistentModelIndex


class ChecksModel(QAbstractTableModel):
    """One row for each aggregate that has snapshots."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._theme = machine.theme
        self._rows: list[AggregateCheck] = []

    def add(self, checks: list[AggregateCheck]) -> None:
        """Append rows."""
        if checks:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(checks) - 1)
            self._rows += checks
            self.endInsertRows()

    def show_only(self, checks: list[AggregateCheck]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = [*checks]
        self.endResetModel()

    def check(self, row: int) -> AggregateCheck:
        """The aggregate in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Aggregate"),
                self.tr("Snapshots"),
                self.tr("Agree"),
                self.tr("Differ"),
                self.tr("Not compared"),
                self.tr("First divergence"),
                self.tr("Replayed → stored"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            side = Qt.AlignmentFlag.AlignRight if 1 <= section <= 5 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        check = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(check, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and 1 <= index.column() <= 5:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 6:
            if check.failure:
                return tip(self._failure(check))
            return tip(_paths(check, 20, self._machine.screen).replace(" · ", "\n")) or None
        if role == Qt.ItemDataRole.BackgroundRole and (check.differ or check.failure):
            colours = self._theme.colours
            return QColor(colours.removed if check.differ else colours.warning)
        return None

    def _failure(self, check: AggregateCheck) -> str:
        return visible(self._machine.screen.reason(check.failure))

    def _text(self, check: AggregateCheck, column: int) -> str:
        if column == 0:
            return visible(self._machine.screen.aggregate_id(check.aggregate_id, check.aggregate_type))
        if column == 5:
            return "" if check.first_diverging_version is None else str(check.first_diverging_version)
        if column == 6 and check.failure:
            return self._failure(check)
        if column == 6:
            return _paths(check, 2, self._machine.screen)
        number = (check.snapshots, check.agree, check.differ, check.not_compared)[column - 1]
        return f"{number:,}"


def _paths(check: AggregateCheck, limit: int, screen: Screen) -> str:
    parts = []
    for each in check.paths[:limit]:
        found = difference(Change(each.path, each.replayed, each.stored))
        path, replayed, stored = found.texts(screen, check.aggregate_id)
        parts.append(visible(f"{path or '/'}: {replayed or '–'} → {stored or '–'}"))
    if check.paths_in_all > len(parts):
        parts.append(f"+ {check.paths_in_all - len(parts):,}")
    return " · ".join(parts)


def _wrong(check: AggregateCheck) -> bool:
    return bool(check.differ or check.failure)


class SnapshotsCheck(QDialog):
    """Runs aside; the window stays usable."""

    opened = Signal(object)
    """An aggregate is to be shown: (its id, a version or None)."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._type: str | None = None
        self._all: list[AggregateCheck] = []
        self._arrived: deque[AggregateCheck] = deque()
        self._totals = Totals()
        self._run = 0
        self.headline = QLabel(self)
        self.headline.setObjectName("heading")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.only = QCheckBox(self.tr("Only those that differ or fail"), self)
        self.only.toggled.connect(self._filter)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setMaximumHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self._stop)
        self.model = ChecksModel(machine, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, machine.theme, machine)
        machine.screen_changed.connect(self.table.viewport().update)
        self.table.setAccessibleName(self.tr("Aggregates and their snapshots"))
        self.table.setToolTip(self.tr("Double-click opens the aggregate at its first divergence"))
        header = show_rows(self.table)
        give_widths(header, (170, 80, 70, 70, 100, 110))
        self.table.activated.connect(self._open)
        self.go_button = QPushButton(self.tr("Go there"), self)
        self.go_button.setAutoDefault(False)
        self.go_button.setToolTip(self.tr("Open the aggregate that is picked, at its first divergence"))
        self.go_button.setEnabled(False)
        self.go_button.clicked.connect(lambda: self._open(self.table.currentIndex()))
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.model.modelReset.connect(self._picked)
        over = QHBoxLayout()
        over.addWidget(self.headline, 1)
        over.addWidget(self.only)
        under = QHBoxLayout()
        under.addWidget(self.bar, 1)
        under.addWidget(self.stop)
        under.addStretch()
        under.addWidget(self.go_button)
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        under.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addLayout(over)
        layout.addWidget(self.table, 1)
        layout.addLayout(under)
        self.resize(860, 460)
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_DRAWINGS_MS)
        self._timer.timeout.connect(self._take)

    @property
    def running(self) -> bool:
        """Whether the check goes on."""
        return self._timer.isActive()

    @property
    def totals(self) -> Totals:
        """What has been found so far, in numbers."""
        return self._totals

    def check(self, aggregate_type: str | None) -> None:
        """Begin with a type; what was going on is given up."""
        self._type = aggregate_type
        self.setWindowTitle(visible(self.tr("Snapshots of “{0}”").format(aggregate_type or self.tr("no type"))))
        self._all, self._totals = [], Totals()
        # What a check that was given up still finds goes into a list that nobody looks at.
        arrived: deque[AggregateCheck] = deque()
        self._arrived = arrived
        self.model.show_only([])
        self._run += 1
        run = self._run
        self.stop.setEnabled(True)
        self.bar.show()
        self._timer.start()
        self._tell(self.tr("Checking …"))
        pattern = None if aggregate_type is None else glob.escape(aggregate_type)

        def act(session: Session, work: Work) -> bool:
            choice = session.reducers.choice_for(aggregate_type)
            for found in check_snapshots(session, type_glob=pattern, work=work):
                if (found.aggregate_type or "") == (aggregate_type or ""):
                    arrived.append(found)
            return choice.how == "inferred"

        self._machine.aside.run(
            act, lambda inferred: self._done(run, inferred), lambda error: self._failed(run, error), slot=SLOT
        )

    def _take(self) -> None:
        new: list[AggregateCheck] = []
        while self._arrived:
            new.append(self._arrived.popleft())
        for check in new:
            self._totals.add(check)
        self._all += new
        self.model.add([check for check in new if _wrong(check)] if self.only.isChecked() else new)
        if new and self.running:
            self._tell(self.tr("Checking …"))

    def _filter(self, only: bool) -> None:
        self.model.show_only([check for check in self._all if _wrong(check) or not only])

    def _end(self, word: str) -> None:
        self._take()
        self._timer.stop()
        self.bar.hide()
        self.stop.setEnabled(False)
        self._tell(word)

    def _done(self, run: int, inferred: bool) -> None:
        if run != self._run:
            return
        self._end("")
        if inferred and not self._totals.aggregates:
            self.headline.setText(
                self.tr("No rules are in use for this type, so there is nothing that snapshots could confirm.")
            )

    def _failed(self, run: int, error: EsviewerError) -> None:
        if run == self._run:
            text = error.message if not isinstance(error, ConsentNeededError) else str(error)
            self._end(localised(self._machine.screen.reason(text)))

    def _stop(self) -> None:
        self._machine.aside.cancel(SLOT)
        self._run += 1
        self._end(self.tr("Stopped."))

    def _tell(self, word: str) -> None:
        totals = self._totals
        text = self.tr("{0} of {1} snapshots of {2} aggregates agree")
        if totals.aggregates == 1:
            text = self.tr("{0} of {1} snapshots of 1 aggregate agree")
        if totals.snapshots == 1:
            text = self.tr("{0} of 1 snapshot agrees")
        parts = [text.format(f"{totals.agree:,}", f"{totals.snapshots:,}", f"{totals.aggregates:,}")]
        if totals.diverging:
            text = self.tr("1 aggregate diverges") if totals.diverging == 1 else self.tr("{0} aggregates diverge")
            parts.append(text.format(f"{totals.diverging:,}"))
        if totals.not_compared:
            parts.append(self.tr("{0} not compared").format(f"{totals.not_compared:,}"))
        if totals.failed:
            text = self.tr("the reducer failed at {0} aggregates")
            if totals.failed == 1:
                text = self.tr("the reducer failed at 1 aggregate")
            parts.append(text.format(f"{totals.failed:,}"))
        self.headline.setText(visible(f"{word} {'; '.join(parts)}".strip()))

    def _picked(self, *_: object) -> None:
        self.go_button.setEnabled(self.table.selectionModel().hasSelection())

    def _open(self, index: QModelIndex) -> None:
        check = self.model.check(index.row())
        first = check.first_diverging_version
        self.opened.emit((check.aggregate_id, check.failed_version if first is None else first))

    def done(self, result: int) -> None:
        if self.running:
            self._stop()
        super().done(result)
