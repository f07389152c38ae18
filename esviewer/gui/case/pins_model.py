"""The pins of a case as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from esviewer.app.cases.case import Pin
from esviewer.app.cases.pinning import Rechecked, Verdict
from esviewer.gui.case.words import kind_of, time_of, verdict_of, what_of, who_of
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip, visible

WHAT, BY, PINNED = 2, 5, 6
VERDICT = 3
_NOTE = 4
_TIP = 2000
_Index = QModelIndex | QPersistentModelIndex


class PinsModel(QAbstractTableModel):
    """Columns: number, kind, what, what became of it, note, by whom, when."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._pins: Sequence[Pin] = ()
        self._results: Mapping[int, Rechecked] = {}
        machine.screen_changed.connect(self._redraw)

    def show_pins(self, pins: Sequence[Pin], results: Mapping[int, Rechecked]) -> None:
        """Show other pins, and what became of them by their numbers."""
        same = [each.id for each in pins] == [each.id for each in self._pins]
        self._results = results
        if same:
            self._pins = pins
            self._redraw()
        else:
            self.beginResetModel()
            self._pins = pins
            self.endResetModel()

    def _redraw(self) -> None:
        if self._pins:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._pins) - 1, 6))

    def pin(self, row: int) -> Pin:
        """The pin in a row."""
        return self._pins[row]

    def row_of(self, number: int) -> int | None:
        """The row of a pin."""
        return next((row for row, pin in enumerate(self._pins) if pin.id == number), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._pins)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                "#",
                self.tr("Kind"),
                self.tr("What"),
                self.tr("Today"),
                self.tr("Note"),
                self.tr("By"),
                self.tr("Pinned"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        pin, column = self._pins[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(pin, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            found = self._results.get(pin.id)
            if column == VERDICT and found is not None and found.reason:
                return tip(visible(localised(self._machine.screen.text(found.reason))))
            if column in (BY, PINNED):
                return tip(f"{who_of(pin.pinned)}, {time_of(pin.pinned)}")
            return tip(self._text(pin, column)[:_TIP])
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if column == VERDICT:
            return self._verdict(pin, role)
        return None

    def _text(self, pin: Pin, column: int) -> str:
        if column == WHAT:
            return self._machine.screen.text(what_of(pin))
        if column == VERDICT:
            return verdict_of(self._results.get(pin.id))
        if column == _NOTE:
            return visible(pin.note)
        return (str(pin.id), kind_of(pin), "", "", "", _by(pin), time_of(pin.pinned)[:16])[column]

    def _verdict(self, pin: Pin, role: int) -> QColor | None:
        found, colours = self._results.get(pin.id), self._machine.theme.colours
        if role == Qt.ItemDataRole.ForegroundRole and found is None:
            return QColor(colours.dim)
        if role == Qt.ItemDataRole.BackgroundRole and found is not None:
            return {
                Verdict.SAME: QColor(colours.added),
                Verdict.EVENTS_DIFFER: QColor(colours.removed),
                Verdict.ANSWER_DIFFERS: QColor(colours.replaced),
                Verdict.GONE: QColor(colours.removed),
                Verdict.NOT_CHECKED: None,
            }[found.verdict]
        return None


def _by(pin: Pin) -> str:
    """Who pinned it, in short."""
    return visible(str(pin.pinned.get("operator") or f"({pin.pinned.get('account') or '?'})"))
