"""The events that belong together as rows: below their causes, or one after the other."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from esviewer.app.tracing import Trace
from esviewer.gui.lengths import length_text
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip, visible
from esviewer.gui.times import shown_time
from esviewer.gui.type_signs import type_colour
from esviewer.model.causation import LinkedEvent
from esviewer.questions.causation import Causation, Node

EVENT, AGGREGATE, VERSION, LATENCY, TIME, REMARK = range(6)

_Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_DEEPEST: Final = 24
"""Steps to the right; what is deeper stands at the same place."""
_NOTHING: Final = Causation(())


class TraceModel(QAbstractItemModel):
    """Reads from a trace that is in memory whole; ids of its rows are 1 + the numbers of the events."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self.made = _NOTHING
        self._asked: tuple[str, int] | None = None
        self._in_order = False
        self._below: list[list[int]] = [[]]
        self._above: list[int] = [0]
        self._rows: list[int] = [0]
        self._colours: dict[str, int] = {}
        self._bold = QFont()
        self._bold.setBold(True)

    def show_trace(self, found: Trace | None) -> None:
        """Show others."""
        self.made = _NOTHING if found is None else found.causation
        self._asked = None if found is None else found.asked
        types = dict.fromkeys(node.event.type for node in self.made.nodes)
        self._colours = {name: number for number, name in enumerate(types)}
        self._arrange()

    def show_in_order(self, in_order: bool) -> None:
        """Show them one after the other, or below their causes."""
        self._in_order = in_order
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        nodes = self.made.nodes
        self._below = [[] for _ in range(len(nodes) + 1)]
        self._above = [0] * (len(nodes) + 1)
        self._rows = [0] * (len(nodes) + 1)
        for number in range(len(nodes)) if self._in_order else self.made.walk():
            cause = nodes[number].cause
            above = 0 if self._in_order or cause is None else cause + 1
            if above and nodes[above - 1].depth >= _DEEPEST:
                above = self._above[above]
            self._above[number + 1] = above
            self._rows[number + 1] = len(self._below[above])
            self._below[above].append(number + 1)
        self.endResetModel()

    def node(self, index: _Index) -> Node:
        """The event of a row."""
        return self.made.nodes[self.number(index)]

    def number(self, index: _Index) -> int:
        """Its number."""
        return int(index.internalId()) - 1

    def place(self, number: int) -> QModelIndex:
        """Where the event with a number stands."""
        return self.createIndex(self._rows[number + 1], 0, number + 1)

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        below = self._below[int(parent.internalId()) if parent.isValid() else 0]
        return self.createIndex(row, column, below[row]) if 0 <= row < len(below) else QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]
        above = self._above[int(index.internalId())]
        return self.createIndex(self._rows[above], 0, above) if above else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._below[int(parent.internalId()) if parent.isValid() else 0]) if parent.column() <= 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        del parent
        return 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Event"),
                self.tr("Aggregate"),
                self.tr("Version"),
                self.tr("After its cause"),
                self.tr("Time"),
                self.tr("Remark"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (VERSION, LATENCY) else _LEFT
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(self.number(index), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.text(self.number(index), column)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (VERSION, LATENCY):
            return _RIGHT
        node, colours = self.node(index), self._machine.theme.colours
        if role == Qt.ItemDataRole.FontRole and node.event.key == self._asked:
            return self._bold
        if role == Qt.ItemDataRole.ForegroundRole:
            if node.outside:
                return QColor(colours.dim)
            if column == EVENT:
                return QColor(self.colour(node.event))
        if role == Qt.ItemDataRole.BackgroundRole and node.status in ("orphan", "cycle") and column in (EVENT, REMARK):
            return QColor(colours.warning)
        return None

    def colour(self, event: LinkedEvent) -> str:
        """The colour of an event's type: as its reducer's file says, the same as on the timeline, or in turn."""
        words = self._machine.session.reducers.words_for(event.aggregate_type).of(event.type)
        return type_colour(words, self._colours[event.type], self._machine.theme.colours)

    def text(self, number: int, column: int) -> str:
        """What a cell shows."""
        node, screen = self.made.nodes[number], self._machine.screen
        event = node.event
        if column == EVENT:
            sign = {"orphan": "? ", "cycle": "↻ "}.get(node.status, "")
            return sign + visible(screen.text(event.type))
        if column == AGGREGATE:
            return visible(screen.aggregate_id(event.aggregate_id, event.aggregate_type))
        if column == VERSION:
            return str(event.version)
        if column == LATENCY:
            return "" if node.latency_ns is None else length_text(node.latency_ns)
        if column == TIME:
            return shown_time(event.timestamp)
        return self._remark(node)

    def _remark(self, node: Node) -> str:
        cause = node.event.links.cause
        named = "" if cause is None else visible(self._machine.screen.text(cause.text))
        if node.status == "orphan":
            return self.tr("Its cause is no event of the store: {0}").format(named)
        if node.status == "cycle":
            return self.tr("Caused by its own effect")
        if node.outside:
            return self.tr("A cause of another correlation")
        if node.status == "unknown":
            return self.tr("Its cause was not found yet: {0}").format(named)
        if node.latency_ns is not None and node.latency_ns < 0:
            return self.tr("Before its cause, by their times")
        return ""
