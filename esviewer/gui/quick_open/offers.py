"""What quick open offers, as lines of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from esviewer.app.quick_open import Entry, Kind
from esviewer.gui.language import translate
from esviewer.gui.masked import MASKED
from esviewer.gui.plain_cells import Cell, Letters, colour_of
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme

_KEY: Final = re.compile(r"\s*\(&\w\)")
"""A menu's key as it is written in languages that have no such letter."""
IS_BOOKMARK: Final = "bookmark"
"""The property of a menu's entry that leads to a bookmark."""
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Entry):
    """An entry with what is to be done when it is chosen."""

    do: Callable[[], object]


def kind_name(kind: Kind) -> str:
    """What an entry is, in words."""
    return {
        Kind.LINK: translate("QuickOpen", "Link"),
        Kind.MOMENT: translate("QuickOpen", "Moment"),
        Kind.AGGREGATE: translate("QuickOpen", "Aggregate"),
        Kind.EVENT_TYPE: translate("QuickOpen", "Event type"),
        Kind.BOOKMARK: translate("QuickOpen", "Bookmark"),
        Kind.ROOM: translate("QuickOpen", "Room"),
        Kind.RECENT: translate("QuickOpen", "Recent store"),
        Kind.CONNECTION: translate("QuickOpen", "Connection"),
        Kind.COMMAND: translate("QuickOpen", "Command"),
    }[kind]


def commands(bar: QMenuBar, rooms: set[str], left_out: QAction | None) -> list[Offer]:
    """Everything that the menus offer; the entries that have the name of a room as data are rooms."""
    found: list[Offer] = []
    for top in bar.actions():
        _collect(top.menu(), "", rooms, left_out, found)
    return found


def _collect(menu: QObject | None, above: str, rooms: set[str], left_out: QAction | None, found: list[Offer]) -> None:
    if not isinstance(menu, QMenu):
        return
    title = _plain(menu.title())
    path = f"{above} › {title}" if above else title
    for action in menu.actions():
        if action.menu() is not None:
            _collect(action.menu(), path, rooms, left_out, found)
        elif not action.isSeparator() and action is not left_out:
            text = _plain(action.text())
            names = (text.rstrip(" …"), f"{path} {text}")
            keys = "  ".join(each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts())
            kind = Kind.ROOM if action.data() in rooms else Kind.COMMAND
            if action.property(IS_BOOKMARK):
                kind = Kind.BOOKMARK
            offer = Offer(kind, text, path, keys, enabled=action.isEnabled(), names=names, do=action.trigger)
            found.append(offer)


def _plain(text: str) -> str:
    """A menu's text without the mark of its key."""
    return _KEY.sub("", text).replace("&&", "\0").replace("&", "").replace("\0", "&")


class OffersModel(QAbstractTableModel):
    """Text, what tells it from its like, kind, and key."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        slanted = QFont()
        slanted.setItalic(True)
        self._slanted = Letters.of(slanted)
        self.offers: list[Offer] = []

    def show(self, offers: list[Offer]) -> None:
        """List other offers."""
        self.beginResetModel()
        self.offers = offers
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.offers)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not self.offers[index.row()].enabled:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = 0) -> Any:
        offer, column = self.offers[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(offer)[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(filter(None, (visible(offer.text), visible(offer.detail)))))
        if role == Qt.ItemDataRole.ForegroundRole and (column > 0 or not offer.enabled):
            return QColor(self._theme.colours.dim)
        return None

    def painted(self, row: int, columns: Sequence[int]) -> list[Cell]:
        """How some cells of a line look."""
        offer = self.offers[row]
        texts, dim = self._texts(offer), colour_of(self._theme.colours.dim)
        made = []
        for column in columns:
            cell = Cell(texts[column])
            marked = MASKED in cell.text
            if marked or column > 0 or not offer.enabled:
                cell.colour = dim
            if marked:
                cell.letters = self._slanted
            made.append(cell)
        return made

    def spoken(self, row: int) -> str:
        """A line as a screen reader says it."""
        return ", ".join(filter(None, self._texts(self.offers[row])))

    def room_for(self, column: int, rows: range, metrics: QFontMetrics) -> int:
        """How many pixels the widest text of a column takes in some rows."""
        texts = (self._texts(self.offers[row])[column] for row in rows)
        return max((metrics.horizontalAdvance(text) for text in texts), default=0)

    def _texts(self, offer: Offer) -> tuple[str, str, str, str]:
        now = "" if offer.enabled else translate("QuickOpen", "not available now")
        detail = " · ".join(filter(None, (visible(offer.detail), now)))
        return visible(offer.text), detail, kind_name(offer.kind), offer.keys
