"""Event types, fields and drift as the schema room's tables and tree show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from esviewer.gui.schema.facts import DriftFact, FieldFact, TypeFact
from esviewer.gui.text import tip
from esviewer.gui.theme import Theme, monospace

TYPE, SCHEMA, EVENTS, DRIFT, FIRST, LAST = range(6)

_Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MINUTES: Final = len("2026-01-01 00:00")
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TypesModel(QAbstractTableModel):
    """One row for each event type in each schema version."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[TypeFact] = ()

    def show_types(self, rows: Sequence[TypeFact]) -> None:
        """Show others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def type_at(self, row: int) -> TypeFact:
        """The one in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Event type"),
                self.tr("Schema"),
                self.tr("Events"),
                self.tr("Drift"),
                self.tr("First seen"),
                self.tr("Last seen"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (SCHEMA, EVENTS, DRIFT) else _LEFT
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        fact, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(fact, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(fact.first if column == FIRST else fact.last if column == LAST else fact.name)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (SCHEMA, EVENTS, DRIFT):
            return _RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and column == DRIFT and fact.drifts:
            return QColor(self._theme.colours.replaced)
        return None

    def _text(self, fact: TypeFact, column: int) -> str:
        drift = f"{len(fact.drifts):,}" if fact.drifts else ""
        first, last = fact.first[:_MINUTES], fact.last[:_MINUTES]
        return (fact.type, fact.schema_version, f"{fact.count:,}", drift, first, last)[column]


class DriftModel(QAbstractTableModel):
    """One row for each field that drifted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[DriftFact] = ()

    def show_drifts(self, rows: Sequence[DriftFact]) -> None:
        """Show others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def drift(self, row: int) -> DriftFact:
        """The one in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Field"), self.tr("What"), self.tr("First event"), self.tr("In words"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        fact = self._rows[index.row()]
        text = (fact.field, self._kind(fact.kind), fact.where, fact.message)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def _kind(self, kind: str) -> str:
        names = {"appears": self.tr("+ appears"), "disappears": self.tr("− disappears"), "type": self.tr("~ type")}
        return names[kind]


class _Node:
    __slots__ = ("children", "fact", "parent", "row")

    def __init__(self, fact: FieldFact | None, parent: int, row: int) -> None:
        self.fact = fact
        self.parent = parent
        self.row = row
        self.children: list[int] = []


class FieldsModel(QAbstractItemModel):
    """The places in the payloads of a type, those inside of another one below it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._font = monospace()
        self._nodes = [_Node(None, 0, 0)]

    def show_fields(self, facts: Sequence[FieldFact]) -> None:
        """Show others."""
        self.beginResetModel()
        nodes = [_Node(None, 0, 0)]
        # The payload itself is a row only where it is not always an object.
        plain = len(facts) > 1 and facts[0].depth == 0 and facts[0].kinds == "object"
        above = [0]
        for fact in facts[1:] if plain else facts:
            depth = fact.depth - 1 if plain else fact.depth
            del above[depth + 1 :]
            parent = above[-1]
            nodes.append(_Node(fact, parent, len(nodes[parent].children)))
            nodes[parent].children.append(len(nodes) - 1)
            above.append(len(nodes) - 1)
        self._nodes = nodes
        self.endResetModel()

    def _of(self, index: _Index) -> int:
        return int(index.internalId()) if index.isValid() else 0

    def fact(self, index: _Index) -> FieldFact:
        """The place in a row."""
        found = self._nodes[self._of(index)].fact
        assert found is not None
        return found

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._nodes[self._of(parent)].children
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]
        above = self._nodes[self._of(index)].parent
        return self.createIndex(self._nodes[above].row, 0, above) if above else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._nodes[self._of(parent)].children) if parent.column() <= 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        del parent
        return 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Field"),
                self.tr("Types"),
                self.tr("Present"),
                self.tr("Range"),
                self.tr("Examples"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        fact = self.fact(index)
        if role == Qt.ItemDataRole.DisplayRole:
            name = fact.name or self.tr("(payload)")
            return (name, fact.kinds, fact.share, fact.extent, fact.examples)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            shown = (fact.pattern, fact.kinds, fact.share, fact.extent, fact.examples)[index.column()]
            return tip(shown) or None
        if role == Qt.ItemDataRole.FontRole and index.column() in (0, 4):
            return QFont(self._font)
        return None
