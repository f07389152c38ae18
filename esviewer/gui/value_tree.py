"""A value as a tree, with the changes of a step or a comparison marked; children are made when they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from esviewer.app.screen import Screen
from esviewer.gui.masked import MASKED, ScreenNow
from esviewer.gui.plain_cells import Cell, CellPainter, Letters, colour_of, places_of
from esviewer.gui.steady_header import SteadyHeader
from esviewer.gui.text import shown, tip, visible
from esviewer.gui.theme import Theme, monospace
from esviewer.model.change import Change, Path
from esviewer.model.values import MISSING, Value

CHUNK = 500
"""How many children of one node are shown at first and added when the view is scrolled to their end."""

SMALLER = 0.9
"""How large the letters of who wrote values are beside the others."""
BEFORE = 2
"""The column of what was there before."""
WRITTEN_BY = 3
"""The first of the columns of who wrote the value, where there are any: version, event, time and actor."""
WRITTEN_EVENT, WRITTEN_AT, WRITTEN_ACTOR = 4, 5, 6

_EXPANDED_AT_ONCE = 60
_ROLES = frozenset(
    {
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.BackgroundRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.TextAlignmentRole,
    }
)
"""What is told of a cell beside its text; a view that is painted asks for more, at every cell of every frame."""
_CONTAINERS = (dict, list, tuple)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class WriterCells(NamedTuple):
    """Which event wrote a value, as the columns say it, and all of it for the tooltip."""

    version: str
    event: str
    time: str
    actor: str
    full: str


_NOBODY = WriterCells("", "", "", "", "")


class Marks:
    """Which paths of a value changed, and below which paths something did."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self.changes = list(changes)
        self.at: dict[Path, Change] = {}
        self.removed: dict[Path, list[Change]] = {}
        self.above: set[Path] = set()
        for change in self.changes:
            if change.op == "remove" and change.path:
                self.removed.setdefault(change.path[:-1], []).append(change)
            else:
                known = self.at.get(change.path)
                # Two changes of one path in a step: what was there before the first is what it replaced.
                self.at[change.path] = change if known is None else Change(change.path, known.old, change.new)
            for length in range(len(change.path)):
                self.above.add(change.path[:length])


class _Node:
    __slots__ = ("children", "coming", "due", "key", "mark", "old", "parent", "path", "row", "texts", "value")

    def __init__(
        self, parent: _Node | None, row: int, key: str | int, path: Path, value: Value, mark: str, old: Value
    ) -> None:
        self.parent = parent
        self.row = row
        self.key = key
        self.path = path
        self.value = value
        self.mark = mark
        self.old = old
        self.children: list[_Node] = []
        self.coming: Iterator[tuple[str | int, Value, str, Value]] | None = None
        """Children not made yet, as many as `due`; None before the first look."""
        self.due = 0
        self.texts: dict[int, str] = {}
        """What its cells show, by column, as far as they have been looked at."""

    def release(self) -> None:
        """Undo the circles of parents and children, so that the nodes go at once and not by a collection."""
        todo = [self]
        while todo:
            node = todo.pop()
            todo += node.children
            node.children = []
            node.parent = node.coming = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row in sight."""

    path: Path
    leaf: bool
    """Whether its value is a scalar or an empty container."""
    removed: bool
    """Whether it is there only because the step removed it."""


class ValueModel(QAbstractItemModel):
    """Columns: key, value, what was there before, and, if it is to have that, four of who wrote the value."""

    def __init__(
        self, theme: Theme, screen: ScreenNow, parent: QObject | None = None, *, written_by: bool = False
    ) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._theme = theme
        self._screen = screen
        self.of: str | None = None
        """The aggregate whose values these are."""
        self._columns = 7 if written_by else 3
        self.before = self.tr("Before")
        """What the column of former values is called."""
        self._epoch: tuple[Screen, int] | None = None
        """What the texts of the cells were made by."""
        self._writers: dict[Path, WriterCells] = {}
        self._remover = _NOBODY
        self._marks = Marks()
        self._letters = Letters.of(monospace())
        struck = QFont(self._letters.font)
        struck.setStrikeOut(True)
        small = QFont()
        small.setPointSizeF(small.pointSizeF() * SMALLER)
        slanted, slanted_small = QFont(self._letters.font), QFont(small)
        for font in (slanted, slanted_small):
            font.setItalic(True)
        self._struck, self._small = Letters.of(struck), Letters.of(small)
        self._slanted, self._slanted_small = Letters.of(slanted), Letters.of(slanted_small)
        self._root = _Node(None, 0, "", (), {}, "", MISSING)

    def show_value(self, value: Value, changes: Sequence[Change] | Marks = (), of: str | None = None) -> None:
        """Show another value, of an aggregate; `changes` are marked in it, many of them better given as Marks made
        elsewhere."""
        self.beginResetModel()
        self.of = of
        former = self._root
        self._marks = changes if isinstance(changes, Marks) else Marks(changes)
        self.forget_writers()
        if isinstance(value, (dict, list)):
            self._root = _Node(None, 0, "", (), value, "", MISSING)
        else:
            # A root that is no container is shown as one row.
            self._root = _Node(None, 0, "", (), {}, "", MISSING)
            change = self._marks.at.get(())
            mark, old = ("replace", change.old) if change is not None else ("", MISSING)
            self._root.coming = iter(())
            if value is not MISSING:
                self._root.children.append(_Node(self._root, 0, self.tr("(value)"), (), value, mark, old))
        self._fetch(self._root)
        self.endResetModel()
        former.release()

    def take_value(self, value: Value, changes: Sequence[Change] | Marks = (), of: str | None = None) -> bool:
        """Take another value in place where it has the same rows as far as they were made, as most have from one event
        to the next: the view need not lay them out anew. False, and nothing happens, where it has others."""
        marks = changes if isinstance(changes, Marks) else Marks(changes)
        if of != self.of or not isinstance(self._root.value, dict | list):
            return False
        alike = self._alike(value, marks)
        if alike is None:
            return False
        self._marks = marks
        self.forget_writers()
        for node, new in alike:
            node.value = new
            change = marks.at.get(node.path) if node is not self._root else None
            node.mark, node.old = (change.op, change.old) if change is not None else ("", MISSING)
            node.texts.clear()
            node.coming, node.due = None, 0
            if node.children:
                made = len(node.children)
                node.coming, node.due = islice(self._children(node, ()), made, None), len(new) - made
        if QAccessible.isActive():
            self._tell(node for node, _ in alike)
        return True

    def _tell(self, nodes: Iterable[_Node]) -> None:
        """Tell screen readers which rows say something else; the tree itself, which would ask for much at each of them,
        is painted anew."""
        for node in nodes:
            if node is not self._root:
                last = self.createIndex(node.row, self._columns - 1, node)
                self.dataChanged.emit(self.createIndex(node.row, 0, node), last)

    def _alike(self, value: Value, marks: Marks) -> list[tuple[_Node, Any]] | None:
        """The nodes made that look otherwise in another value, with theirs there; None where it has other rows.

        States share what no event changed between them, and nobody alters them: what is the same object and has
        no marks in it, neither now nor then, is passed by.
        """
        marked = {*self._marks.at, *self._marks.above, *marks.at, *marks.above}
        found: list[tuple[_Node, Any]] = []
        todo: list[tuple[_Node, Any]] = [(self._root, value)]
        while todo:
            node, new = todo.pop()
            old = node.value
            nested = isinstance(old, _CONTAINERS)
            if nested != isinstance(new, _CONTAINERS) or node.mark == "remove":
                return None
            found.append((node, new))
            if not nested:
                continue
            if isinstance(old, dict) != isinstance(new, dict) or bool(old) != bool(new):
                return None
            made = len(node.children)
            if not made:
                continue
            if len(new) < made or (len(new) > made and not node.due) or node.path in marks.removed:
                return None
            if isinstance(new, dict):
                for child, (key, inner) in zip(node.children, new.items(), strict=False):
                    if child.key != key:
                        return None
                    if child.value is not inner or child.path in marked:
                        todo.append((child, inner))
            else:
                todo += (
                    (child, inner)
                    for child, inner in zip(node.children, new, strict=False)
                    if child.value is not inner or child.path in marked
                )
        return found

    def show_writers(self, writers: Mapping[Path, WriterCells], remover: WriterCells | None) -> None:
        """Take what the tree is to say from its next drawing on."""
        self._writers.update(writers)
        if remover is not None:
            self._remover = remover

    def forget_writers(self) -> None:
        """Say of nothing who wrote it, until that is said again."""
        self._writers = {}
        self._remover = _NOBODY

    @property
    def marks(self) -> Marks:
        """The marked changes."""
        return self._marks

    def _due(self, node: _Node) -> int:
        """How many children are yet to be made; a container of any size is looked at only as far as it is shown."""
        if node.coming is None:
            value = node.value
            removed = [
                change
                for change in (self._marks.removed.get(node.path, ()) if node.mark != "remove" else ())
                if not (isinstance(value, dict) and change.path[-1] in value)
            ]
            node.due = (len(value) if isinstance(value, (dict, list, tuple)) else 0) + len(removed)
            node.coming = self._children(node, removed)
        return node.due

    def _children(
        self, node: _Node, removed: Sequence[Change]
    ) -> Iterator[tuple[str | int, Value, str, Value]]:
        pairs: Iterable[tuple[str | int, Value]] = ()
        if isinstance(node.value, dict):
            pairs = node.value.items()
        elif isinstance(node.value, (list, tuple)):
            pairs = enumerate(node.value)
        for key, value in pairs:
            change = self._marks.at.get((*node.path, key)) if node.mark != "remove" else None
            yield key, value, change.op if change else "", change.old if change else MISSING
        for change in removed:
            yield change.path[-1], change.old, "remove", change.old

    def _fetch(self, node: _Node) -> None:
        count = min(CHUNK, self._due(node))
        if node.coming is not None and count:
            node.due -= count
            for key, value, mark, old in islice(node.coming, count):
                node.children.append(_Node(node, len(node.children), key, (*node.path, key), value, mark, old))

    def _node(self, index: _Index) -> _Node:
        if not index.isValid():
            return self._root
        node: _Node = index.internalPointer()
        return node

    def plain(self, index: _Index) -> QModelIndex:
        """The first cell of a row."""
        node = self._node(index)
        return QModelIndex() if node is self._root else self.createIndex(node.row, 0, node)

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node = self._node(parent)
        if 0 <= row < len(node.children) and 0 <= column < self._columns:
            # The model keeps the nodes: createIndex stores a bare pointer.
            return self.createIndex(row, column, node.children[row])
        return QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]
        node = self._node(index).parent if index.isValid() else None
        if node is None or node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        del parent
        return self._columns

    @property
    def nests(self) -> bool:
        """Whether any of the values at the root has values in it."""
        return any(isinstance(node.value, (dict, list, tuple)) for node in self._root.children)

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        if parent.column() > 0:
            return False
        node = self._node(parent)
        return bool(node.children) or (isinstance(node.value, (dict, list, tuple)) and bool(self._due(node)))

    def canFetchMore(self, parent: _Index) -> bool:
        return bool(self._due(self._node(parent)))

    def fetchMore(self, parent: _Index) -> None:
        node = self._node(parent)
        count = min(CHUNK, self._due(node))
        if count:
            self.beginInsertRows(self.plain(parent), len(node.children), len(node.children) + count - 1)
            self._fetch(node)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            names = self.tr("Key"), self.tr("Value"), self.before
            return (*names, self.tr("v"), self.tr("Written by"), self.tr("At"), self.tr("Actor"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == WRITTEN_BY:
            return _RIGHT
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        column = index.column()
        node = self._node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, column)
        if role not in _ROLES:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            if column >= WRITTEN_BY:
                return tip(self._writer(node).full)
            return tip(self._tip(node, column)[:2000])
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._background(node)
        cell = self._cell(node, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return cell.colour
        if role == Qt.ItemDataRole.FontRole:
            return None if cell.letters is None else cell.letters.font
        return _RIGHT if cell.right else None

    @property
    def names_writers(self) -> bool:
        """Whether it is known of any value who wrote it; while the playhead moves it is not."""
        return bool(self._writers) or self._remover is not _NOBODY

    def cells(self, index: _Index, columns: Iterable[int]) -> tuple[QColor | None, list[Cell]]:
        """The background of a row, and how some of its cells look, as `data` says it role by role."""
        node = self._node(index)
        return self._background(node), [self._cell(node, column) for column in columns]

    def _cell(self, node: _Node, column: int) -> Cell:
        colours, text = self._theme.colours, self._text(node, column)
        masked = MASKED in text
        cell = Cell(text, column == WRITTEN_BY)
        if column >= BEFORE or node.mark == "remove" or masked:
            cell.colour = colour_of(colours.dim)
        elif node.mark:
            cell.colour = colour_of(colours.text)
        if masked:
            cell.letters = self._slanted if column < WRITTEN_BY else self._slanted_small
        elif column >= WRITTEN_BY:
            cell.letters = self._small
        else:
            cell.letters = self._struck if node.mark == "remove" and column < BEFORE else self._letters
        return cell

    def _background(self, node: _Node) -> QColor | None:
        if not node.mark:
            return None
        colours = self._theme.colours
        return colour_of({"add": colours.added, "replace": colours.replaced, "remove": colours.removed}[node.mark])

    def _text(self, node: _Node, column: int) -> str:
        if column >= WRITTEN_BY:
            return self._writer(node)[column - WRITTEN_BY]
        screen = self._screen()
        if self._epoch is None or self._epoch[0] is not screen or self._epoch[1] != screen.epoch:
            self._epoch = screen, screen.epoch
            self._forget_texts()
        text = node.texts.get(column)
        if text is None:
            text = node.texts[column] = self._made(node, column)
        return text

    def _forget_texts(self) -> None:
        todo = [self._root]
        while todo:
            node = todo.pop()
            node.texts.clear()
            todo += node.children

    def _made(self, node: _Node, column: int) -> str:
        if column == 0:
            sign = {"add": "+ ", "remove": "− ", "replace": "~ "}.get(node.mark, "")
            key = self._screen().key(node.path, self.of) if node.path else node.key
            return sign + (visible(str(key)) or '""')
        if column == 1:
            return shown(self._screen(), node.value, node.path, self.of)
        return shown(self._screen(), node.old, node.path, self.of) if node.mark in ("replace", "remove") else ""

    def _tip(self, node: _Node, column: int) -> str:
        if column == 0:
            return self._text(node, column)
        value = node.old if column == BEFORE else node.value
        if not isinstance(value, str):
            return self._text(node, column)
        found = self._screen().glance(value, node.path, self.of)
        return visible(str(found)[:2000])

    def _writer(self, node: _Node) -> WriterCells:
        # A removed list element may bear the path of the one that took its place.
        return self._remover if node.mark == "remove" else self._writers.get(node.path, _NOBODY)

    def row_of(self, index: _Index) -> Row:
        """What one row is of."""
        node = self._node(index)
        full = isinstance(node.value, (dict, list, tuple)) and bool(node.value)
        return Row(node.path, not full, node.mark == "remove")

    def depth_of(self, index: _Index) -> int:
        """How many rows deep a row is: 1 at the root."""
        return max(1, len(self._node(index).path))

    @property
    def letters(self) -> Letters:
        """Those of keys and values."""
        return self._letters

    def value_of(self, index: _Index) -> Value:
        """The value of a row, which nobody may alter."""
        return self._node(index).value

    def path_of(self, index: _Index) -> Path:
        """The path of a row."""
        return self._node(index).path

    def index_of(self, path: Path) -> QModelIndex:
        """The row of a path among those made so far."""
        index = QModelIndex()
        for length in range(1, len(path) + 1):
            if self._node(index).coming is None:
                self.fetchMore(index)
            children = self._node(index).children
            part = path[length - 1]
            row = part if isinstance(part, int) and part < len(children) and children[part].key == part else None
            if row is None:
                row = next((child.row for child in children if child.key == part), None)
            if row is None:
                return QModelIndex()
            index = self.index(row, 0, index)
        return index


class ValueTree(QTreeView):
    """Shows a ValueModel; what was expanded stays so from one value to the next, and changed places open."""

    def __init__(
        self, theme: Theme, screen: ScreenNow, parent: QWidget | None = None, *, written_by: bool = False
    ) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._shown = ValueModel(theme, screen, self, written_by=written_by)
        self.setModel(self._shown)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIndentation(16)
        self.setHeader(SteadyHeader(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(BEFORE, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 180)
        header.resizeSection(BEFORE, 110)
        self._places: list[tuple[int, int, int]] = []
        """The columns that have something to show, with the pixels where they begin and that they take."""
        self._cells = CellPainter(self, self._shown.letters)
        self._open: set[Path] = set()
        self._opened: set[Path] = set()
        """What was opened when a value was shown, as far as it had such rows and it was not closed since."""
        self._restoring = False
        self.expanded.connect(self._expanded)
        self.collapsed.connect(self._collapsed)
        theme.changed.connect(self.viewport().update)

    @property
    def shown(self) -> ValueModel:
        """The model."""
        return self._shown

    def show_value(
        self,
        value: Value,
        changes: Sequence[Change] | Marks = (),
        of: str | None = None,
        *,
        passing: bool = False,
    ) -> None:
        """Show a value, of an aggregate, with changes marked, keeping what was open and opening what changed.

        What is `passing` leaves the rows where they are: only what was open is, until another value is there to stay.
        """
        position = self.verticalScrollBar().value()
        marks = changes if isinstance(changes, Marks) else Marks(changes)
        opened = sorted(self._open, key=len)[: _EXPANDED_AT_ONCE * 4]
        more = self._opened if passing else marks.above - {()}
        wanted = dict.fromkeys((*opened, *sorted(more, key=len)[:_EXPANDED_AT_ONCE]))
        if wanted.keys() == self._opened and self._shown.take_value(value, marks, of):
            self.viewport().update()
            return
        self._shown.show_value(value, marks, of)
        self._restoring = True
        for path in wanted:
            index = self._shown.index_of(path)
            if index.isValid():
                self.setExpanded(index, True)
        self._restoring = False
        self._opened = set(wanted)
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(position)

    def show_writers(self, writers: Mapping[Path, WriterCells], remover: WriterCells | None) -> None:
        """Say who wrote the values at some paths, and who removed what the step removed."""
        self._shown.show_writers(writers, remover)
        self.viewport().update()

    def expand_some(self) -> None:
        """Open the first level, unless that is too much to read."""
        if self._shown.rowCount() <= 40 and self._shown.nests:
            self.expandToDepth(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        columns = self._shown.columnCount()
        self._places = places_of(self.header(), columns if self._shown.names_writers else min(WRITTEN_BY, columns))
        self._cells = CellPainter(self, self._shown.letters)
        super().paintEvent(event)

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row in one go: a tree's own painting asks the style and a delegate for each cell, and all of it is
        another at every frame of a drag."""
        plain = self._shown.plain(index)
        if self.selectionModel().isSelected(plain) or (self.hasFocus() and plain == self.currentIndex()):
            super().drawRow(painter, option, index)
            return
        rect = option.rect
        top, high = rect.top(), rect.height()
        background, cells = self._shown.cells(index, [column for column, _, _ in self._places])
        indent = self._shown.depth_of(index) * self.indentation()
        if background is not None:
            begin = self._places[0][1] + indent
            painter.fillRect(begin, top, rect.right() + 1 - begin, high, background)
        for (column, left, wide), cell in zip(self._places, cells, strict=True):
            if column == 0:
                if self._shown.hasChildren(index):
                    self.drawBranches(painter, QRect(left, top, indent, high), index)
                left, wide = left + indent, wide - indent
            self._cells.draw(painter, left, top, wide, high, cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != event.oldSize().width():
            self.fit_columns()

    def fit_columns(self) -> None:
        """Give each column its share of the width."""
        wide = self.width()
        self.header().resizeSection(0, min(220, wide * 38 // 100))
        self.header().resizeSection(BEFORE, min(150, wide * 24 // 100))

    def indexes_in_sight(self) -> list[QModelIndex]:
        """The rows in sight, from above."""
        found = []
        index = self.indexAt(QPoint(0, 0))
        low = self.viewport().height()
        while index.isValid() and self.visualRect(index).top() < low:
            found.append(index)
            index = self.indexBelow(index)
        return found

    def _expanded(self, index: QModelIndex) -> None:
        if not self._restoring:
            self._open.add(self._shown.path_of(index))

    def _collapsed(self, index: QModelIndex) -> None:
        self._open.discard(self._shown.path_of(index))
        self._opened.discard(self._shown.path_of(index))

    def event(self, event: QEvent) -> bool:
        # Left and Right open and close branches here, though elsewhere on the page they move the playhead.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            and not event.modifiers() & Qt.KeyboardModifier.AltModifier
        ):
            event.accept()
            return True
        return super().event(event)
