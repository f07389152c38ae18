"""Rows counted and added up by the values of a column, and drawn; numbers of a column drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.screen import Screen
from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.language import translate
from esviewer.gui.machine import Machine
from esviewer.gui.projections.cells import Cells
from esviewer.gui.projections.charts import ResultChart
from esviewer.gui.projections.reader import Reader
from esviewer.gui.projections.rows import RowsModel, RowsTable, is_number
from esviewer.gui.text import visible
from esviewer.projections.definition import PROBLEMS
from esviewer.projections.result import Filter, Measure, Result, ResultTable, Sorting
from esviewer.work import Work

MOST_GROUPS: Final = 1000
_HISTOGRAM, _LINE = 0, 1


class _Groups(Cells):
    """Keys as the column they are of, numbers as that of the measured column."""

    def __init__(self, of: Cells, by: str, measured: str | None, names: Sequence[str]) -> None:
        super().__init__([*names, PROBLEMS], None, masked=True)
        self._of = of
        self._from = [by, *([measured] * (len(names) - 2) if measured else [])]

    def value(self, screen: Screen, column: int, row: Sequence[Any]) -> Any:
        if column == 0 or column >= 2:
            name = self._from[0] if column == 0 else None if column > len(self._from) else self._from[1]
            if name is not None and row[column] is not None:
                whole: list[Any] = [None] * len(self._of.names)
                place = self._of.names.index(name)
                whole[place] = row[column]
                return self._of.value(screen, place, whole)
        return row[column]

    def text(self, screen: Screen, column: int, row: Sequence[Any]) -> str:
        found = super().text(screen, column, row)
        return found or translate("Projections", "(empty)") if column == 0 else found


class GroupsPanel(QWidget):
    """A column to group by, a column to add up; a table and bars."""

    failed = Signal(object)
    chosen = Signal(object)
    """A group was opened: (column, value as text or None)."""

    def __init__(self, machine: Machine, reader: Reader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._reader = reader
        self._table: ResultTable | None = None
        self._cells: Cells | None = None
        self._filters: tuple[Filter, ...] = ()
        self._rows: list[tuple[Any, ...]] = []
        self._stale = True
        self.by = _combo(self.tr("Group by"), self)
        self.measured = _combo(self.tr("Add up"), self)
        self.bars_of = _combo(self.tr("Bars of"), self)
        self.told = ElidedLabel(self)
        self.told.setObjectName("dim")
        self.model = RowsModel(machine, None, self)
        self.table = RowsTable(self.model, self.tr("Groups"), self, sorts=False)
        self.table.setToolTip(self.tr("Enter or a double click shows the rows of a group"))
        self.chart = ResultChart(machine.theme, self.tr("Bars of the groups"), self)
        row = QHBoxLayout()
        for text, widget in (
            (self.tr("Group by"), self.by),
            (self.tr("add up"), self.measured),
            (self.tr("bars of"), self.bars_of),
        ):
            row.addWidget(QLabel(text, self))
            row.addWidget(widget)
        row.addStretch(1)
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.chart)
        parts.setSizes([420, 360])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.told)  # a line of its own: three choices leave no room for it where a window is narrow
        layout.addWidget(parts, 1)
        self.by.currentIndexChanged.connect(self._again)
        self.measured.currentIndexChanged.connect(self._again)
        self.bars_of.currentIndexChanged.connect(self._draw)
        self.table.opened.connect(self._opened)
        machine.screen_changed.connect(self._draw)

    def show_table(self, table: ResultTable | None, cells: Cells | None, filters: Sequence[Filter]) -> None:
        """Group another table, or the same one filtered."""
        if table is not self._table:
            self._table, self._cells = table, cells
            columns = () if table is None else table.columns
            fit = [each for each in columns if each.name not in _UNGROUPED]
            usual = next((each.name for each in [*(one for one in fit if not is_number(one.type)), *fit]), None)
            _offer(self.by, [each.name for each in columns], usual)
            numbers = [each.name for each in columns if is_number(each.type)]
            # Rows of an event projection have keys of their own: counting them says little, what was folded is wanted.
            own = next((name for name in numbers if name not in _UNGROUPED), "events")
            folded = own if table is not None and table.kind == "event" else ""
            _offer(self.measured, ["", *numbers], folded)
            self.bars_of.clear()
            self.measured.setItemText(0, self.tr("(nothing)"))
        self._filters = tuple(filters)
        self._again()

    def _again(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask for the groups, where they are not those on show."""
        table, by, measured = self._table, _chosen(self.by), _chosen(self.measured)
        if not self._stale:
            return
        self._stale = False
        if table is None or not by:
            self.model.clear()
            self.chart.clear_all()
            return
        measures: list[tuple[Measure, str]] = [("count", "")]
        if measured:
            measures += [("sum", measured), ("min", measured), ("max", measured), ("avg", measured)]
        name, filters = table.name, self._filters

        def act(result: Result, work: Work) -> list[tuple[Any, ...]]:
            return result.grouped(name, [by], measures, filters=filters, limit=MOST_GROUPS + 1, work=work)

        self._reader.ask(act, partial(self._show, table, by, measured), self._not, slot="groups")

    def _not(self, error: EsviewerError) -> None:
        self.failed.emit(error)

    def _show(self, table: ResultTable, by: str, measured: str, rows: list[tuple[Any, ...]]) -> None:
        if table is not self._table or self._cells is None:
            return
        many = len(rows) > MOST_GROUPS
        self._rows = rows[:MOST_GROUPS]
        names = [by, self.tr("rows")]
        if measured:
            names += [self.tr("sum"), self.tr("least"), self.tr("greatest"), self.tr("average")]
        cells = _Groups(self._cells, by, measured or None, names)
        kind = next(each.type for each in table.columns if each.name == by)
        self.model.show_rows([(*row, None) for row in self._rows], cells, [kind, *["BIGINT"] * (len(names) - 1)])
        for column in range(len(names) + 1):
            self.table.setColumnHidden(column, column == len(names))
        text = self.tr("{0} groups").format(f"{len(self._rows):,}")
        self.told.show_text(self.tr("The {0} largest groups").format(f"{MOST_GROUPS:,}") if many else text)
        _offer(self.bars_of, names[1:], names[2] if measured and table.kind == "event" else None)
        self._draw()

    def _draw(self) -> None:
        cells, place = self.model.cells, self.bars_of.currentIndex()
        if not isinstance(cells, _Groups) or place < 0 or not self._rows or self._cells is None:
            self.chart.clear_all()
            return
        measured = _chosen(self.measured)
        if place > 0 and measured and not self._cells.draws(self._machine.screen, measured):
            self.chart.clear_all()
            return
        found = [row for row in self._rows if row[place + 1] is not None]
        labels = [cells.text(self._machine.screen, 0, row) for row in found]
        self.chart.show_bars(labels, [float(row[place + 1]) for row in found])

    def _opened(self, number: int) -> None:
        value = self._rows[number][0]
        text = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        self.chosen.emit((_chosen(self.by), text))


class NumbersPanel(QWidget):
    """One column's numbers, as a histogram or along the rows."""

    failed = Signal(object)

    def __init__(self, machine: Machine, reader: Reader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._reader = reader
        self._table: ResultTable | None = None
        self._cells: Cells | None = None
        self._filters: tuple[Filter, ...] = ()
        self._sorting: tuple[Sorting, ...] = ()
        self._stale = True
        self.column = _combo(self.tr("Numbers of"), self)
        self.form = QComboBox(self)
        self.form.setAccessibleName(self.tr("Kind of chart"))
        self.form.addItems([self.tr("Histogram"), self.tr("Along the rows")])
        self.told = ElidedLabel(self)
        self.told.setObjectName("dim")
        self.chart = ResultChart(machine.theme, self.tr("Numbers of a column"), self)
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Numbers of"), self))
        row.addWidget(self.column)
        row.addWidget(self.form)
        row.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.chart, 1)
        self.column.currentIndexChanged.connect(self._again)
        self.form.currentIndexChanged.connect(self._again)
        machine.screen_changed.connect(self._screen_changed)

    def show_table(
        self, table: ResultTable | None, cells: Cells | None, filters: Sequence[Filter], sorting: Sorting | None
    ) -> None:
        """Draw another table's numbers, or the same filtered or sorted."""
        if table is not self._table:
            self._table, self._cells = table, cells
            columns = [] if table is None else [each.name for each in table.columns if is_number(each.type)]
            usual = next((name for name in columns if name not in _UNGROUPED), None)
            _offer(self.column, columns, usual)
        self._filters, self._sorting = tuple(filters), () if sorting is None else (sorting,)
        self._again()

    def _screen_changed(self) -> None:
        """What may be drawn has changed: until that is known nothing is, whether anybody looks or not."""
        self.chart.clear_all()
        self._again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _again(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask for the numbers, where they are not those on show."""
        if not self._stale:
            return
        self._stale = False
        table, cells, column = self._table, self._cells, _chosen(self.column)
        self.chart.clear_all()
        if table is None or cells is None or not column:
            self.told.show_text("" if table is None else self.tr("No column holds numbers."))
            return
        if not cells.draws(self._machine.screen, column):
            self.told.show_text(self.tr("This column is masked."))
            return
        name, filters, sorting = table.name, self._filters, self._sorting
        line = self.form.currentIndex() == _LINE

        def act(result: Result, work: Work) -> Any:
            if line:
                return result.line(name, column, filters=filters, sorting=sorting, work=work)
            return result.histogram(name, column, filters=filters, work=work)

        self._reader.ask(act, partial(self._show, table, line), self._not, slot="numbers")

    def _not(self, error: EsviewerError) -> None:
        self.failed.emit(error)

    def _show(self, table: ResultTable, line: bool, found: Any) -> None:
        if table is not self._table:
            return
        if line:
            self.chart.show_line(found)
            self.told.show_text(self.tr("Along the rows as they are sorted") if found else self.tr("No numbers."))
        else:
            self.chart.show_histogram(*found)
            count = sum(found[1])
            self.told.show_text(self.tr("{0} rows have a number").format(f"{count:,}"))


_UNGROUPED: Final = frozenset(
    [
        "aggregate_id", "version", "timestamp", PROBLEMS, "events",
        "first_position", "first_timestamp", "last_position", "last_timestamp",
    ]
)  # fmt: skip
"""Columns that every row has of its own."""


def _combo(name: str, parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(11)
    return combo


def _offer(combo: QComboBox, names: Sequence[str], usual: str | None) -> None:
    """Offer other names, keeping what is chosen where it is among them."""
    former = _chosen(combo)
    combo.blockSignals(True)
    combo.clear()
    for name in names:
        combo.addItem(visible(name), name)
    if former in names and former:
        combo.setCurrentIndex(list(names).index(former))
    elif usual is not None and usual in names:
        combo.setCurrentIndex(list(names).index(usual))
    combo.blockSignals(False)


def _chosen(combo: QComboBox) -> str:
    found = combo.currentData()
    return found if isinstance(found, str) else ""
