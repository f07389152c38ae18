"""A result: its tables' rows, groups, numbers and problems."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.projections.cells import Cells
from esviewer.gui.projections.filters import FilterBar
from esviewer.gui.projections.groups import GroupsPanel, NumbersPanel
from esviewer.gui.projections.reader import Opened, Reader
from esviewer.gui.projections.rows import RowsModel, RowsTable
from esviewer.gui.text import visible
from esviewer.projections.definition import PROBLEMS
from esviewer.projections.result import Filter, ResultTable

MOST_PROBLEMS: Final = 1000


class ResultPanel(QWidget):
    """Shows what a reader has open."""

    aggregate_wanted = Signal(object)
    """The time machine is to show an aggregate: (its id, a version or None)."""
    said = Signal(object)
    """There is a sentence for the person: text."""
    failed = Signal(object)

    def __init__(self, machine: Machine, reader: Reader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._reader = reader
        self.opened: Opened | None = None
        self.tables = QComboBox(self)
        self.tables.setAccessibleName(self.tr("Table"))
        self.tables.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.told = ElidedLabel(self)
        self.told.setObjectName("dim")
        self.filters = FilterBar(self._filter_value, self)
        self.model = RowsModel(machine, reader, self)
        self.rows = RowsTable(self.model, self.tr("Rows of the result"), self)
        self.rows.setToolTip(self.tr("Enter or a double click opens the aggregate at that version; Ctrl+C copies CSV"))
        self.groups = GroupsPanel(machine, reader, self)
        self.numbers = NumbersPanel(machine, reader, self)
        self.problem_rows = RowsModel(machine, None, self)
        self.problems = RowsTable(self.problem_rows, self.tr("Problems"), self, sorts=False)
        self.inside = QTabWidget(self)
        self.inside.setAccessibleName(self.tr("The result as a table, in groups and in numbers"))
        self.inside.addTab(self.rows, self.tr("Rows"))
        self.inside.addTab(self.groups, self.tr("Groups"))
        self.inside.addTab(self.numbers, self.tr("Numbers"))
        self.inside.addTab(self.problems, self.tr("Problems"))
        top = QHBoxLayout()
        top.addWidget(self.tables)
        top.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(top)
        layout.addWidget(self.filters)
        layout.addWidget(self.inside, 1)
        self.tables.currentIndexChanged.connect(self._table_chosen)
        self.filters.changed.connect(self._filtered)
        self.model.arranged.connect(self._arranged)
        self.model.failed.connect(self.failed)
        self.groups.failed.connect(self.failed)
        self.groups.chosen.connect(self._group_chosen)
        self.numbers.failed.connect(self.failed)
        self.rows.opened.connect(self._open_row)
        self.problems.opened.connect(self._open_problem)
        self.inside.currentChanged.connect(self._turned)
        machine.screen_changed.connect(self._redraw)

    @property
    def table(self) -> ResultTable | None:
        """The table on show."""
        found, place = self.opened, self.tables.currentIndex()
        return None if found is None or not 0 <= place < len(found.tables) else found.tables[place]

    def show_result(self, opened: Opened | None) -> None:
        """Show another result; of the same tables the same one stays in front."""
        former = self.table
        self.opened = opened
        self.tables.blockSignals(True)
        self.tables.clear()
        for each in () if opened is None else opened.tables:
            self.tables.addItem(visible(f"{each.name} ({each.rows:,})"))
        names = [] if opened is None else [each.name for each in opened.tables]
        if former is not None and former.name in names:
            self.tables.setCurrentIndex(names.index(former.name))
        self.tables.blockSignals(False)
        self._table_chosen()

    def _filter_value(self, condition: Filter) -> str:
        cells = self.model.cells
        if cells is None or condition.column not in cells.names or not condition.value:
            return condition.value
        row: list[str | None] = [None] * len(cells.names)
        place = cells.names.index(condition.column)
        row[place] = condition.value
        return cells.text(self._machine.screen, place, row)

    def _redraw(self) -> None:
        self.filters.redraw()
        if self.table is not None:
            self._arranged(self.model.found)

    def _table_chosen(self) -> None:
        table, opened = self.table, self.opened
        self.problem_rows.clear()
        if table is None or opened is None:
            self.model.clear()
            self.filters.offer(())
            self.groups.show_table(None, None, ())
            self.numbers.show_table(None, None, (), None)
            self.told.show_text("")
            return
        cells = cells_of(opened, table)
        self.rows.unsorted()
        self.filters.offer(cells.names)
        self.model.show_table(table, cells, self.filters.filters)
        self.groups.show_table(table, cells, self.filters.filters)
        self.numbers.show_table(table, cells, self.filters.filters, None)
        self.inside.setTabText(
            3, self.tr("Problems ({0})").format(f"{table.problems:,}") if table.problems else self.tr("Problems")
        )
        self.inside.setTabEnabled(3, table.problems > 0)
        if table.problems:
            name = table.name
            self._reader.ask(
                lambda result, _: result.problems(name, 0, MOST_PROBLEMS), partial(self._show_problems, table, opened)
            )

    def _show_problems(
        self, table: ResultTable, opened: Opened, found: list[tuple[str | None, int | None, str]]
    ) -> None:
        if table is self.table:
            names = ["aggregate_id", "version", PROBLEMS]
            self.problem_rows.show_rows(found, Cells(names, opened.projection(table.name), masked=opened.masked))

    def _filtered(self) -> None:
        table = self.table
        if table is not None:
            self.model.filter_by(self.filters.filters)
            self.groups.show_table(table, self.model.cells, self.filters.filters)
            self.numbers.show_table(table, self.model.cells, self.filters.filters, self.model.sorting)

    def _group_chosen(self, chosen: tuple[str, str | None]) -> None:
        column, value = chosen
        self.filters.choose(column, "is null" if value is None else "=", value or "")
        self.inside.setCurrentWidget(self.rows)

    def _turned(self) -> None:
        shown = self.inside.currentWidget()
        if shown is self.groups:
            self.groups.refresh()
        elif shown is self.numbers:
            self.numbers.show_table(self.table, self.model.cells, self.filters.filters, self.model.sorting)
            self.numbers.refresh()

    def _arranged(self, rows: int) -> None:
        table, opened = self.table, self.opened
        if table is None or opened is None:
            return
        parts = []
        if rows != table.rows:
            parts.append(self.tr("{0} of {1} rows").format(f"{rows:,}", f"{table.rows:,}"))
        else:
            parts.append(self.tr("{0} rows").format(f"{rows:,}"))
        facts = table.facts
        if facts.get("as_of") is not None:
            parts.append(self.tr("as of {0}").format(facts["as_of"]))
        elif facts.get("at_position") is not None:
            parts.append(self.tr("at position {0}").format(facts["at_position"]))
        if table.problems:
            parts.append(self.tr("{0} problems").format(f"{table.problems:,}"))
        parts.append(self._masked(opened))
        self.told.show_text(visible(" · ".join(filter(None, parts))))

    def _masked(self, opened: Opened) -> str:
        """What the screen masks, and what the file holds."""
        if opened.masked:
            return self.tr("the file itself is masked")
        if not self._machine.screen.masks:
            return ""
        if opened.source is None:
            return self.tr("all masked on screen: the file does not say what its columns are made of")
        return self.tr("sensitive values are masked on screen, the file holds them")

    def _open_row(self, number: int) -> None:
        opened, table = self.opened, self.table
        if opened is None or table is None or self.model.row(number) is None:
            return
        if table.kind == "event":
            self.said.emit(self.tr("This row is made of events of several aggregates: there is none to open."))
            return
        self._open(self.model, number)

    def _open_problem(self, number: int) -> None:
        self._open(self.problem_rows, number)

    def _open(self, model: RowsModel, number: int) -> None:
        place = model.place(number)
        if place is None:
            self.said.emit(self.tr("This row names no version of an aggregate."))
        elif self.opened is not None and self.opened.masked and "‹masked " in place[0]:
            self.said.emit(self.tr("The aggregate's id is masked in this file: it can't be opened."))
        else:
            self.aggregate_wanted.emit(place)


def cells_of(opened: Opened, table: ResultTable) -> Cells:
    """What shows of a table's cells."""
    return Cells(
        [each.name for each in table.columns],
        opened.projection(table.name),
        json=[each.form == "json" for each in table.columns],
        masked=opened.masked,
    )
