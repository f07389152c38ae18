"""The events that a search of the log has found, as a table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont

from esviewer.gui.log.lines import Line
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MASKED
from esviewer.gui.plain_cells import Cell, Letters, colour_of
from esviewer.gui.text import tip, visible
from esviewer.gui.times import shown_time

POSITION, TIME, TYPE, AGGREGATE, VERSION, ACTOR, DATA = range(7)
_AT_ONCE: Final = 60
_UNKNOWN: Final = "…"
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractTableModel):
    """Lines in the order of the search, those that are found elsewhere put where they belong."""

    stale_seen = Signal(object)
    """Rows in sight whose payloads were masked otherwise than now: their lines are to be made anew."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._lines: list[Line] = []
        self._stale: set[int] = set()
        self._arrived: set[tuple[str, int]] = set()
        """The events shown that the search may find as well."""
        self._newest_first = True
        slanted = QFont()
        slanted.setItalic(True)
        self._slanted = Letters.of(slanted)
        self._wanted: dict[int, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(30)
        self._timer.timeout.connect(self._tell)
        machine.screen_changed.connect(self._screen_changed)

    def begin(self, *, newest_first: bool) -> None:
        """Show nothing, and then what is added."""
        self.beginResetModel()
        self._lines, self._stale, self._newest_first = [], set(), newest_first
        self._arrived.clear()
        self._wanted.clear()
        self.endResetModel()

    def add(self, lines: Sequence[Line]) -> None:
        """Show some more that the search has found."""
        self._add([line for line in lines if line.key not in self._arrived] if self._arrived else lines)

    def arrive(self, lines: Sequence[Line], *, stale: bool) -> None:
        """Show what has arrived beside the search; `stale`: it was masked otherwise than now."""
        new = [line for line in sorted(lines, key=self._sort) if not self.has(line)]
        self._arrived.update(line.key for line in new)
        self._add(new)
        if stale:
            self._stale.update(row for row, line in enumerate(self._lines) if line.key in self._arrived)

    def has(self, line: Line) -> bool:
        """Whether an event with a position that is a number is shown."""
        place, sort = bisect_left(self._lines, self._sort(line), key=self._sort), self._sort(line)
        while place < len(self._lines) and self._sort(self._lines[place]) == sort:
            if self._lines[place].key == line.key:
                return True
            place += 1
        return False

    def _add(self, lines: Sequence[Line]) -> None:
        runs: list[list[Line]] = []
        for line in lines:
            # What is found elsewhere than the span of time should be comes late and belongs further up.
            if runs and self._sort(runs[-1][-1]) <= self._sort(line):
                runs[-1].append(line)
            else:
                runs.append([line])
        for run in runs:
            while run:
                place = bisect_right(self._lines, self._sort(run[0]), key=self._sort)
                fits = len(run)
                if place < len(self._lines):
                    fits = max(1, bisect_left(run, self._sort(self._lines[place]), key=self._sort))
                self._insert(place, run[:fits])
                run = run[fits:]

    def _insert(self, place: int, lines: list[Line]) -> None:
        self.beginInsertRows(QModelIndex(), place, place + len(lines) - 1)
        self._lines[place:place] = lines
        self._stale = {row + len(lines) if row >= place else row for row in self._stale}
        self.endInsertRows()

    def _sort(self, line: Line) -> int:
        # Those without numbers stay in the order in which they came.
        at = line.position if type(line.position) is int else 0
        return -at if self._newest_first else at

    def renew(self, lines: Sequence[tuple[int, Line]]) -> None:
        """Take lines that were made anew, by row."""
        for row, line in lines:
            if row < len(self._lines) and self._lines[row].key == line.key:
                self._lines[row] = line
                self._stale.discard(row)
        if lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, DATA))

    def _screen_changed(self) -> None:
        self._stale = set(range(len(self._lines)))
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, DATA))

    def _tell(self) -> None:
        rows = [row for row in list(self._wanted)[-_AT_ONCE:] if row in self._stale]
        self._wanted.clear()
        if rows:
            self.stale_seen.emit(rows)

    def line(self, row: int) -> Line:
        """The line in a row."""
        return self._lines[row]

    def row_of(self, key: tuple[str, int]) -> int | None:
        """The row of an event, by its aggregate's id and its version."""
        return next((row for row, line in enumerate(self._lines) if line.key == key), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Position"),
                self.tr("Time"),
                self.tr("Event"),
                self.tr("Aggregate"),
                self.tr("Version"),
                self.tr("Actor"),
                self.tr("Data"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (POSITION, VERSION) else _LEFT
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            kind = [self._type(self._lines[row])] if column == TYPE else []
            return tip("\n".join(dict.fromkeys((self.text(row, column), *kind))))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (POSITION, VERSION):
            return _RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and column == DATA and self._lines[row].error:
            return QColor(self._machine.theme.colours.warning)
        return None

    def painted(self, row: int, columns: Sequence[int]) -> list[Cell]:
        """How some cells of a row look."""
        colours, made = self._machine.theme.colours, []
        for column in columns:
            cell = Cell(self.text(row, column), column in (POSITION, VERSION))
            if MASKED in cell.text:
                cell.letters, cell.colour = self._slanted, colour_of(colours.dim)
            if column == DATA and self._lines[row].error:
                cell.background = colour_of(colours.warning)
            made.append(cell)
        return made

    def _type(self, line: Line) -> str:
        return visible(self._machine.screen.text(line.type))

    def _called(self, line: Line, words: str) -> str:
        """An event in words, else by its type; after its type's sign."""
        text = words or self._type(line)
        return f"{line.sign} {text}" if line.sign else text

    def text(self, row: int, column: int) -> str:
        """What a cell shows."""
        line, screen = self._lines[row], self._machine.screen
        if column == POSITION:
            return "" if line.position is None else visible(screen.text(str(line.position)))
        if column == TIME:
            return shown_time(line.timestamp)
        if column == AGGREGATE:
            return visible(screen.aggregate_id(line.aggregate_id, line.aggregate_type))
        if column == VERSION:
            return str(line.version)
        if row in self._stale:
            self._wanted[row] = None
            if not self._timer.isActive():
                self._timer.start()
            return self._called(line, "") if column == TYPE else _UNKNOWN
        if column == TYPE:
            return self._called(line, "" if self._machine.types_alone else line.words)
        return line.actor if column == ACTOR else line.data
