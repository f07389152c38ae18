"""The paths of a process map as rows, and the aggregates that took one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from esviewer.gui.language import translate
from esviewer.gui.lengths import length_text
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip, visible
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.questions.process_map import Flow, Path

FROM, TO, COUNT, AGGREGATES, SHARE, MEDIAN, LATE = range(7)

_Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def type_text(machine: Machine, name: str | None, *, ends: bool) -> str:
    """What an event type is called on screen; without one the beginning, or the end, of a life."""
    if name is not None:
        return visible(machine.screen.text(name))
    return translate("Flow", "(ends)") if ends else translate("Flow", "(begins)")


def span_text(microseconds: int | None, *, exact: bool = True) -> str:
    """A time between two events; empty without one, with ≈ where it is not exact."""
    if microseconds is None:
        return ""
    return ("" if exact else "≈ ") + length_text(microseconds * 1000)


def is_rare(flow: Flow, path: Path, share: float) -> bool:
    """Whether at most such a share of the aggregates took a path."""
    return path.aggregates <= share * flow.aggregates


class PathsModel(QAbstractTableModel):
    """One row for each path, sorted here."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._flow: Flow | None = None
        self.rows: list[Path] = []
        self._rare = 0.0
        self._sorted = (COUNT, Qt.SortOrder.DescendingOrder)

    def show_flow(self, flow: Flow | None) -> None:
        """Show another type's."""
        self.beginResetModel()
        self._flow = flow
        self.rows = [] if flow is None else list(flow.paths)
        self._sort()
        self.endResetModel()

    def show_rare(self, share: float) -> None:
        """Mark the paths that at most such a share of the aggregates took."""
        self._rare = share
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, LATE))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        self.layoutAboutToBeChanged.emit()
        before = [(old, self.rows[old.row()]) for old in self.persistentIndexList()]
        self._sorted = (column, order)
        self._sort()
        places = {id(path): row for row, path in enumerate(self.rows)}
        for old, path in before:
            self.changePersistentIndex(old, self.index(places[id(path)], old.column()))
        self.layoutChanged.emit()

    def _sort(self) -> None:
        column, order = self._sorted
        self.rows.sort(key=lambda path: _key(path, column), reverse=order == Qt.SortOrder.DescendingOrder)

    def row_of(self, key: tuple[str | None, str | None]) -> int | None:
        """The row of the path from one type to another."""
        return next((row for row, path in enumerate(self.rows) if (path.source, path.target) == key), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("From"),
                self.tr("To"),
                self.tr("Count"),
                self.tr("Aggregates"),
                self.tr("Share"),
                self.tr("Median"),
                self.tr("95 %"),
            )[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                None,
                None,
                self.tr("How often this was taken"),
                self.tr("How many aggregates took it"),
                self.tr("Of all that came after the same event type"),
                self.tr("The time that half of them did not exceed; ≈ is within 1 %"),
                self.tr("The time that 19 of 20 did not exceed; ≈ is within 1 %"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT  # at the right the sign of the order would cover them
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        path, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(path, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.text(path, column)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in (FROM, TO):
            return _RIGHT
        rare = self._flow is not None and is_rare(self._flow, path, self._rare)
        if role == Qt.ItemDataRole.BackgroundRole and rare and column == AGGREGATES:
            return QColor(self._machine.theme.colours.warning)
        return None

    def text(self, path: Path, column: int) -> str:
        """What a cell shows."""
        if column == FROM:
            return type_text(self._machine, path.source, ends=False)
        if column == TO:
            return type_text(self._machine, path.target, ends=True)
        if column == COUNT:
            return f"{path.count:,}"
        if column == AGGREGATES:
            sign = "! " if self._flow is not None and is_rare(self._flow, path, self._rare) else ""
            return f"{sign}{path.aggregates:,}"
        if column == SHARE:
            return f"{path.share:.1%}"
        return span_text(path.median_us if column == MEDIAN else path.p95_us, exact=path.exact)

    def as_text(self) -> str:
        """All rows as they are shown, tab-separated, with their heads."""
        return "\n".join("\t".join(row) for row in self._all())

    def as_csv(self) -> str:
        """All rows as CSV (RFC 4180) that no spreadsheet takes for formulas; counts and seconds are plain numbers."""
        out = io.StringIO()
        written = csv.writer(out)
        written.writerow(
            ("from", "to", "count", "aggregates", "share", "median_seconds", "p95_seconds", "exact")
        )
        for path in self.rows:
            written.writerow(
                (
                    spreadsheet_text(self.text(path, FROM)),
                    spreadsheet_text(self.text(path, TO)),
                    path.count,
                    path.aggregates,
                    round(path.share, 6),
                    "" if path.median_us is None else path.median_us / 1_000_000,
                    "" if path.p95_us is None else path.p95_us / 1_000_000,
                    str(path.exact).lower(),
                )
            )
        return out.getvalue()

    def _all(self) -> Iterator[list[str]]:
        yield [str(self.headerData(each, Qt.Orientation.Horizontal)) for each in range(7)]
        for path in self.rows:
            yield [self.text(path, each) for each in range(7)]


def _key(path: Path, column: int) -> tuple[bool, Any]:
    values = (
        path.source,
        path.target,
        path.count,
        path.aggregates,
        path.share,
        path.median_us,
        path.p95_us,
    )
    value = values[column]
    return value is not None, value if value is not None else 0


class TakersModel(QAbstractTableModel):
    """The aggregates that took a path, as far as they were asked for."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._kind: str | None = None
        self.places: list[tuple[str, int]] = []

    def show_places(self, kind: str | None, places: Sequence[tuple[str, int]]) -> None:
        """Show others, of this type."""
        self.beginResetModel()
        self._kind = kind
        self.places = list(places)
        self.endResetModel()

    def add(self, places: Sequence[tuple[str, int]]) -> None:
        """Show more."""
        if places:
            self.beginInsertRows(QModelIndex(), len(self.places), len(self.places) + len(places) - 1)
            self.places += places
            self.endInsertRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Aggregate"), self.tr("Version"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (_LEFT, _RIGHT)[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        ident, version = self.places[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (visible(self._machine.screen.aggregate_id(ident, self._kind)), str(version))[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return _RIGHT
        return None
