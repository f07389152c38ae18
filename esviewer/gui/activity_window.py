"""The activity log in a window: what was opened, revealed, exported and reported here, and whether its lines hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app import activity
from esviewer.app.activity_rows import COLUMNS, row_of
from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import tip, visible
from esviewer.work import Work

MOST = 100_000
"""How many of the newest lines are shown."""
_BROKEN_SHOWN = 5
_TYPED_MS = 200
_WHAT, _STORE = COLUMNS.index("what"), COLUMNS.index("store")
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Log:
    rows: Sequence[tuple[str, ...]]
    """Newest first."""
    lines: int
    broken: Sequence[activity.Broken]


class ActivityModel(QAbstractTableModel):
    """Rows of the log, newest first, as far as they are not filtered out."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[tuple[str, ...]] = ()

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, index: int) -> tuple[str, ...]:
        """One of them."""
        return self._rows[index]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Time"),
                self.tr("Operator"),
                self.tr("What"),
                self.tr("Store"),
                self.tr("File"),
                self.tr("More"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = visible(self._rows[index.row()][index.column()])
            if role == Qt.ItemDataRole.ToolTipRole:
                return tip(text)
            return text[:19].replace("T", " ", 1) if index.column() == 0 else text
        return None


class ActivityWindow(QDialog):
    """Reads the log on a thread of its own, each time it is shown or asked to."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Activity"))
        self._tasks = Tasks(self)
        self._tasks.failed.connect(self._failed)
        self._log = _Log((), 0, ())
        self.what = QComboBox(self)
        self.what.setAccessibleName(self.tr("Only what was done"))
        self.what.setMinimumContentsLength(10)
        self.store = QComboBox(self)
        self.store.setAccessibleName(self.tr("Only one store"))
        self.store.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.store.setMinimumContentsLength(24)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(self.tr("Search"))
        self.text.setAccessibleName(self.tr("Only lines with this text"))
        self.text.setClearButtonEnabled(True)
        self.chain = QLabel(self)
        self.chain.setTextFormat(Qt.TextFormat.PlainText)
        self.chain.setWordWrap(True)
        self.chain.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chain.setAccessibleName(self.tr("Whether the log holds together"))
        self.model = ActivityModel(self)
        self.table = self._table()
        self.count = ElidedLabel(self)
        self.count.setObjectName("dim")
        self.copy_button = self._button(self.tr("Copy"), self.copy)
        self.copy_button.setToolTip(self.tr("Copy the lines that are chosen, or all that are shown (Ctrl+C)"))
        self.reload_button = self._button(self.tr("Read again"), self.reload)
        close = self._button(self.tr("Close"), self.reject)
        head = QHBoxLayout()
        head.addWidget(self.what)
        head.addWidget(self.store, 1)
        head.addWidget(self.text, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        for button in (self.copy_button, self.reload_button, close):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.chain)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPED_MS)
        self._timer.timeout.connect(self._filter)
        self.text.textChanged.connect(self._timer.start)
        self.what.currentIndexChanged.connect(self._filter)
        self.store.currentIndexChanged.connect(self._filter)
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.copy)
        space = parent.window().size()
        self.resize(max(640, min(1000, space.width() - 40)), max(360, min(560, space.height() - 60)))
        self.reload()

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName(self.tr("What was done, newest first"))
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = show_rows(table, 22, several=True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        give_widths(header, (140, 150, 64, 200, 170))
        return table

    # Reading

    def reload(self) -> None:
        """Read the log anew."""
        self.chain.setText(self.tr("Reading the log …"))
        self._tasks.run(_read, self._show, slot="read")

    @property
    def busy(self) -> bool:
        """Whether the log is being read or filtered."""
        return self._tasks.busy or self._timer.isActive()

    def _failed(self, error: EsviewerError) -> None:
        self.chain.setObjectName("problem")
        self.chain.setText(visible(localised(error)))
        self._polish()

    def _polish(self) -> None:
        self.chain.style().unpolish(self.chain)
        self.chain.style().polish(self.chain)

    def _show(self, log: _Log) -> None:
        self._log = log
        if log.broken:
            place = self.tr("{0}, line {1}: {2}")
            places = [place.format(each.file.name, each.line, each.why) for each in log.broken[:_BROKEN_SHOWN]]
            more = len(log.broken) - len(places)
            if more:
                places.append(self.tr("and {0} more").format(f"{more:,}"))
            text = "\n".join([self.tr("The log does not hold together:"), *map(visible, places)])
        else:
            text = self.tr("Unbroken: each of the {0} lines follows the one before it.").format(f"{log.lines:,}")
        self.chain.setObjectName("problem" if log.broken else "dim")
        self.chain.setText(text)
        self._polish()
        boxes = (self.what, _WHAT, self.tr("Everything")), (self.store, _STORE, self.tr("All stores"))
        for box, column, name in boxes:
            chosen = box.currentData()
            box.blockSignals(True)
            box.clear()
            box.addItem(name)
            for each in sorted({row[column] for row in log.rows} - {""}):
                box.addItem(visible(each), each)
            box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)
            box.blockSignals(False)
        self._filter()

    def _filter(self) -> None:
        self._timer.stop()
        log, what, store = self._log, self.what.currentData(), self.store.currentData()
        text = self.text.text().strip().casefold()

        def choose(work: Work) -> Sequence[tuple[str, ...]]:
            work.check()
            return [
                row
                for row in log.rows
                if (what is None or row[_WHAT] == what)
                and (store is None or row[_STORE] == store)
                and (not text or any(text in cell.casefold() for cell in row))
            ]

        self._tasks.run(choose, self._filtered, slot="filter")

    def _filtered(self, rows: Sequence[tuple[str, ...]]) -> None:
        self.model.show_rows(rows)
        text = self.tr("{0} of {1} lines").format(f"{len(rows):,}", f"{self._log.lines:,}")
        if self._log.lines > len(self._log.rows):
            text += " " + self.tr("(only the newest {0} are looked at)").format(f"{len(self._log.rows):,}")
        self.count.show_text(f"{text} · {activity.folder()}")
        self.copy_button.setEnabled(bool(rows))

    def copy(self) -> None:
        """Put the chosen lines, or all that are shown, into the clipboard, as columns between tabs."""
        chosen = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = [self.model.row(row) for row in (chosen or range(self.model.rowCount()))]
        lines = ["\t".join(COLUMNS), *("\t".join(map(visible, row)) for row in rows)]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def done(self, result: int) -> None:
        self._tasks.close()
        super().done(result)


def _read(work: Work) -> _Log:
    try:
        broken = list(activity.check())
        work.check()
        rows: deque[tuple[str, ...]] = deque(maxlen=MOST)
        lines = 0
        for entry in activity.entries():
            rows.appendleft(row_of(entry))
            lines += 1
            if lines % 1000 == 0:
                work.check()
    except OSError as error:
        raise EsviewerError(
            translate("Activity", "The activity log can't be read: {0}.").format(error.strerror or error),
            translate("Activity", "Look at {0}.").format(activity.folder()),
        ) from None
    return _Log(list(rows), lines, broken)
