"""The changes of fields that were pinned, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from esviewer.gui.case.content import HistoryLine
from esviewer.gui.field_log import glimpse
from esviewer.gui.masked import as_is
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import monospace
from esviewer.model.values import MISSING

_MONOSPACED = (1, 3, 4)
_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """Columns: version, field, op, old, new, event, time, actor."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lines: Sequence[HistoryLine] = ()
        self._font = monospace()

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        """Show other changes."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def line(self, row: int) -> HistoryLine:
        """One of them."""
        return self._lines[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 8

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Version"),
                self.tr("Field"),
                self.tr("Op"),
                self.tr("Old"),
                self.tr("New"),
                self.tr("Event"),
                self.tr("Time"),
                self.tr("By"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._lines[index.row()], index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(self._lines[index.row()], index.column()))
        if role == Qt.ItemDataRole.FontRole and index.column() in _MONOSPACED:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, line: HistoryLine, column: int) -> str:
        if column in (3, 4):
            value = line.old if column == 3 else line.new
            return "" if value is MISSING else glimpse(as_is(), value, (), None)
        version = "–" if line.version is None else str(line.version)
        return visible((version, line.path, line.op, "", "", line.event, line.time, line.actor)[column])
