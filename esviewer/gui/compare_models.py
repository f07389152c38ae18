"""A comparison's changes and its two columns as tables, and the colours of its inline text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from esviewer.diff.side_by_side import Row
from esviewer.diff.text import SIGNS
from esviewer.gui.compare_forms import WIDEST
from esviewer.gui.field_log import glimpse
from esviewer.gui.masked import MARK, ScreenNow, marks_format
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme, monospace
from esviewer.model.change import Change
from esviewer.model.values import MISSING, Value

_GLIMPSE = 200
_TIP = 2000
_Index = QModelIndex | QPersistentModelIndex


class ChangesModel(QAbstractTableModel):
    """Columns: path with the sign of what happened to it, old value, new value."""

    def __init__(self, theme: Theme, screen: ScreenNow, parent: QObject | None = None) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._theme = theme
        self._screen = screen
        self._of: tuple[str | None, str | None] = None, None
        self.names = ("A", "B")
        """What the two sides are called."""
        self._changes: Sequence[Change] = ()
        self._font = monospace()

    def show_changes(self, changes: Sequence[Change], of: tuple[str | None, str | None] = (None, None)) -> None:
        """Show other changes, from an aggregate's state to another's."""
        self.beginResetModel()
        self._of = of
        self._changes = changes
        self.endResetModel()

    def change(self, row: int) -> Change:
        """One of them."""
        return self._changes[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._changes)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Path"), *self.names)[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        change = self._changes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(change, index.column(), _GLIMPSE)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(change, index.column(), _TIP))
        if role == Qt.ItemDataRole.FontRole:
            return self._font
        if role == Qt.ItemDataRole.BackgroundRole:
            colours = self._theme.colours
            return QColor(
                {"add": colours.added, "remove": colours.removed, "replace": colours.replaced}[change.op]
            )
        return None

    def _text(self, change: Change, column: int, limit: int) -> str:
        if column == 0:
            place = self._screen().pointer(change.path, self._of[0 if change.op == "remove" else 1])
            whole = self.tr("(all of it)")
            return f"{SIGNS[change.op]} {visible(place[:limit]) or whole}"
        value: Value = change.old if column == 1 else change.new
        return "" if value is MISSING else glimpse(self._screen(), value, change.path, self._of[column - 1], limit)


class SidesModel(QAbstractTableModel):
    """Columns: a line of A, the sign, a line of B."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[Row] = ()
        self._font = monospace()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, index: int) -> Row:
        """One of them."""
        return self._rows[index]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("A"), "", self.tr("B"))[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(row[column][:WIDEST])
        if role == Qt.ItemDataRole.ToolTipRole and column != 1:
            return tip(visible(row[column][:WIDEST].strip()))
        if role == Qt.ItemDataRole.FontRole:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._shade(row[1], column)
        if role == Qt.ItemDataRole.ForegroundRole and row[1] == "…":
            return QColor(self._theme.colours.dim)
        return None

    def _shade(self, sign: str, column: int) -> QColor | None:
        colours = self._theme.colours
        if sign == "|":
            return QColor(colours.replaced)
        if sign == "<":
            return QColor(colours.removed if column < 2 else colours.alternate)
        if sign == ">":
            return QColor(colours.added if column > 0 else colours.alternate)
        return QColor(colours.window) if sign == "…" else None


class DiffColours(QSyntaxHighlighter):
    """Colours the lines of a unified diff by the sign that they begin with."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        colours = self._theme.colours
        shade = QTextCharFormat()
        if text.startswith(("---", "+++")) and self.currentBlock().blockNumber() < 2:
            shade.setFontWeight(600)
        elif text.startswith("@@"):
            shade.setForeground(QBrush(QColor(colours.dim)))
        elif text.startswith("+"):
            shade.setBackground(QBrush(QColor(colours.added)))
        elif text.startswith("-"):
            shade.setBackground(QBrush(QColor(colours.removed)))
        self.setFormat(0, len(text), shade)
        for match in MARK.finditer(text) if "‹masked " in text else ():
            mark = marks_format(self._theme)
            mark.setBackground(shade.background())
            self.setFormat(match.start(), match.end() - match.start(), mark)
