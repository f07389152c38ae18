"""Two results of one projection as a diff of rows: as of two dates, by two versions of a file, or of two files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items
from esviewer.gui.projections.between import between
from esviewer.gui.projections.cells import Cells
from esviewer.gui.projections.reader import Opened
from esviewer.gui.projections.rows import usual_width
from esviewer.gui.row_table import show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import tip, visible
from esviewer.projections.comparing import Comparison, RowChange, compare_results

_SIGNS: Final = {"added": "+", "removed": "−", "changed": "~"}
_Index = QModelIndex | QPersistentModelIndex


class ChangesModel(QAbstractTableModel):
    """The rows that differ; a changed cell shows its old and its new value."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._found: Comparison | None = None
        self._cells: tuple[Cells, Cells] | None = None
        self._rows: Sequence[RowChange] = ()
        machine.screen_changed.connect(self._redraw)

    def show_comparison(self, found: Comparison | None, cells: tuple[Cells, Cells] | None) -> None:
        """Show another comparison; `cells` say what shows of either side."""
        self.beginResetModel()
        self._found, self._cells = found, cells
        self._rows = () if found is None else found.rows
        self.endResetModel()

    def show_only(self, change: str) -> None:
        """Show only added, removed or changed rows; "" shows all."""
        self.beginResetModel()
        found = () if self._found is None else self._found.rows
        self._rows = [each for each in found if not change or each.change == change]
        self.endResetModel()

    def _redraw(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, self.columnCount() - 1))

    def change(self, number: int) -> RowChange:
        """One of the rows."""
        return self._rows[number]

    def place(self, number: int) -> tuple[str, int] | None:
        """The aggregate and version of a row: as it is after, or was before it went; None where it is of none."""
        found, each = self._found, self._rows[number]
        if found is None or "aggregate_id" not in found.names or "version" not in found.names:
            return None
        row = each.after if each.after is not None else each.before
        assert row is not None
        where = row[found.names.index("aggregate_id")], row[found.names.index("version")]
        return where if isinstance(where[0], str) and isinstance(where[1], int) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._found is None else len(self._found.names) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or self._found is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}"
        return "" if section == 0 else visible(self._found.names[section - 1])

    def data(self, index: _Index, role: int = 0) -> Any:
        each, column = self._rows[index.row()], index.column() - 1
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._text(each, column)
            return text if role == Qt.ItemDataRole.DisplayRole else tip(text) or None
        if role == Qt.ItemDataRole.BackgroundRole:
            colours = self._machine.theme.colours
            if each.change == "changed":
                return QColor(colours.replaced) if column in each.differing else None
            return QColor(colours.added if each.change == "added" else colours.removed)
        if role == Qt.ItemDataRole.AccessibleTextRole and column < 0:
            names = {"added": self.tr("added"), "removed": self.tr("removed"), "changed": self.tr("changed")}
            return names[each.change]
        return None

    def _text(self, each: RowChange, column: int) -> str:
        if column < 0:
            return _SIGNS[each.change]
        if self._cells is None:
            return ""
        screen = self._machine.screen
        old, new = (
            "" if row is None else cells.text(screen, column, row) or self.tr("(empty)")
            for cells, row in zip(self._cells, (each.before, each.after), strict=True)
        )
        if each.change == "changed":
            return f"{old} → {new}" if column in each.differing else new
        return old or new


class ComparePanel(QWidget):
    """The result that was kept, another file or another run, held against the result on show."""

    aggregate_wanted = Signal(object)
    said = Signal(object)
    failed = Signal(object)
    keep_wanted = Signal()
    """The result on show is to be kept, to be compared with a later one."""
    run_wanted = Signal()
    """What is written is to be run as of another moment, to be compared with the result on show."""
    file_wanted = Signal()
    """A file is to be picked that the result on show is compared with."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.tasks = Tasks(self)
        self.before: Opened | None = None
        self.after: Opened | None = None
        self.found: Comparison | None = None
        self.what = QLabel(self)
        self.what.setTextFormat(Qt.TextFormat.PlainText)
        self.what.setWordWrap(True)
        self.keep = QPushButton(self.tr("Keep the result as “before”"), self)
        self.keep.setToolTip(self.tr("Then change the text, the reducers or the date, and run again"))
        self.run = QPushButton(self.tr("Run as “before”"), self)
        self.run.setToolTip(self.tr("Run the text as of the moment above, and compare with the result on show"))
        self.pick = QPushButton(self.tr("File …"), self)
        self.pick.setToolTip(self.tr("Take a result's file as “before”"))
        self.tables = QComboBox(self)
        self.tables.setAccessibleName(self.tr("Table"))
        self.tables.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.only = QComboBox(self)
        self.only.setAccessibleName(self.tr("Which rows"))
        for text, change in (
            (self.tr("All that differ"), ""),
            (self.tr("Added"), "added"),
            (self.tr("Removed"), "removed"),
            (self.tr("Changed"), "changed"),
        ):
            self.only.addItem(text, change)
        self.told = ElidedLabel(self)
        self.model = ChangesModel(machine, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Rows that differ"))
        self.table.setToolTip(self.tr("Enter or a double click opens the aggregate"))
        mark_items(self.table, machine.theme, machine)
        header = show_rows(self.table, several=True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        buttons = QHBoxLayout()
        for each in (self.keep, self.run, self.pick):
            buttons.addWidget(each)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.tables)
        row.addWidget(self.only)
        row.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(buttons)
        layout.addWidget(self.what)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        self.keep.clicked.connect(self.keep_wanted)
        self.run.clicked.connect(self.run_wanted)
        self.pick.clicked.connect(self.file_wanted)
        self.tables.currentIndexChanged.connect(self._compare)
        self.only.currentIndexChanged.connect(self._only)
        self.table.activated.connect(self._open)
        self.tasks.failed.connect(self._failed)
        self._tell()

    def show_before(self, opened: Opened | None) -> None:
        """Compare with another former result."""
        self.before = opened
        self._offer()

    def show_after(self, opened: Opened | None) -> None:
        """Compare another result; None while one is being made."""
        self.after = opened
        self._offer()

    def let_go(self, then: Callable[[], None]) -> None:
        """Have no file open, and call `then` when that is so: one of them is to be replaced."""
        self.show_after(None)
        self.tasks.run(lambda _: None, lambda _: then(), slot="let-go")

    def _offer(self) -> None:
        before, after = self.before, self.after
        former = self.tables.currentData()
        self.tables.blockSignals(True)
        self.tables.clear()
        if before is not None and after is not None:
            theirs = {each.name for each in before.tables}
            for each in after.tables:
                if each.name in theirs:
                    self.tables.addItem(visible(each.name), each.name)
            self.tables.setCurrentIndex(max(0, self.tables.findData(former)))
        self.tables.blockSignals(False)
        self._compare()

    def _compare(self) -> None:
        before, after, name = self.before, self.after, self.tables.currentData()
        self.found = None
        self.tasks.cancel("compare")
        self.model.show_comparison(None, None)
        self._tell()
        if before is None or after is None or not isinstance(name, str):
            return
        self.told.show_text(self.tr("Comparing …"))
        one, other = before.file, after.file

        def act(work: Any) -> Comparison:
            return compare_results(one, other, name, work=work)

        self.tasks.run(act, partial(self._show, before, after, name), self._failed, slot="compare")

    def _show(self, before: Opened, after: Opened, name: str, found: Comparison) -> None:
        if before is not self.before or after is not self.after:
            return
        self.found = found
        sides = []
        for each in (before, after):
            table = next(one for one in each.tables if one.name == name)
            forms = {column.name: column.form == "json" for column in table.columns}
            sides.append(
                Cells(
                    found.names,
                    each.projection(name),
                    json=[forms[one] for one in found.names],
                    masked=each.masked,
                )
            )
        self.model.show_comparison(found, (sides[0], sides[1]))
        self.only.setCurrentIndex(0)
        self.table.setColumnWidth(0, 26)
        for column, name in enumerate(found.names, 1):
            self.table.setColumnWidth(column, usual_width(self.table, name))
        self._arrange(found)
        text = self.tr("{0} added, {1} removed, {2} changed in {3} cells; {4} → {5} rows").format(
            *(f"{each:,}" for each in (found.added, found.removed, found.changed, found.cells)),
            f"{found.rows_before:,}",
            f"{found.rows_after:,}",
        )
        if len(found.rows) < found.added + found.removed + found.changed:
            text += self.tr("; the first {0} are listed").format(f"{len(found.rows):,}")
        if not found.added and not found.removed and not found.changed:
            text = self.tr("No row differs; {0} rows").format(f"{found.rows_after:,}")
        if before.masked or after.masked:
            text += self.tr("; masked files have other marks for the same values")
        self.told.show_text(visible(text))
        self._tell_what()

    def _arrange(self, found: Comparison) -> None:
        """Have the columns in which anything has changed stand right behind the key, where they are seen."""
        changed = {at for each in found.rows for at in each.differing}
        order = sorted(range(len(found.names)), key=lambda at: (at >= found.keys, at not in changed, at))
        header = self.table.horizontalHeader()
        for place, at in enumerate(order, 1):
            header.moveSection(header.visualIndex(at + 1), place)

    def _failed(self, error: EsviewerError) -> None:
        self.told.show_text(self.tr("They could not be compared."))
        self.failed.emit(error)

    def _only(self) -> None:
        self.model.show_only(str(self.only.currentData() or ""))

    def _tell(self) -> None:
        after = self.after
        self.keep.setEnabled(after is not None)
        self.run.setEnabled(after is not None)
        for choice in (self.tables, self.only):
            choice.setEnabled(self.tables.count() > 0)
        self.told.show_text("")
        self._tell_what()

    def _tell_what(self) -> None:
        """Say what is compared, and how the two came about otherwise."""
        before, after, found = self.before, self.after, self.found
        if before is None:
            self.what.setText(
                self.tr(
                    "Nothing is compared yet: keep the result on show and run again, run the text as of another "
                    "moment, or pick a result's file."
                )
            )
            return
        text = self.tr("Before: {0}. After: {1}.").format(
            self._named(before), self.tr("being made") if after is None else self._named(after)
        )
        if after is not None:
            otherwise = between(before, after)
            if otherwise:
                text += " " + self.tr("Made otherwise: {0}.").format("; ".join(otherwise))
            else:
                text += " " + self.tr("Text and reducers are the same.")
            if not self.tables.count():
                text += " " + self.tr("No table has the same name in both.")
        if found is not None and found.only_before:
            text += " " + self.tr("Columns only before: {0}.").format(", ".join(found.only_before))
        if found is not None and found.only_after:
            text += " " + self.tr("Columns only after: {0}.").format(", ".join(found.only_after))
        self.what.setText(visible(text))

    def _named(self, opened: Opened) -> str:
        facts: dict[str, Any] = dict(opened.tables[0].facts) if opened.tables else {}
        if facts.get("as_of") is not None:
            return self.tr("as of {0}").format(facts["as_of"])
        if facts.get("at_position") is not None:
            return self.tr("at position {0}").format(facts["at_position"])
        return self.tr("made {0}").format(str(facts.get("made", ""))[:19].replace("T", " "))

    def _open(self, index: QModelIndex) -> None:
        place = self.model.place(index.row())
        if place is None:
            self.said.emit(self.tr("This row is made of events of several aggregates: there is none to open."))
        else:
            self.aggregate_wanted.emit(place)

    def close_store(self) -> None:
        """End all work."""
        self.tasks.close()
