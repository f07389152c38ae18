"""Masked values on screen: how marks look, and the menu entry that reveals what is behind one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QFont, QPalette, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QMenu,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from esviewer.app.masking import OFF, USUAL_RULES, InForce
from esviewer.app.screen import Screen
from esviewer.gui.copying import copies_at, offer_copies
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.model.change import Change, Path
from esviewer.model.masking import USUAL
from esviewer.model.values import MISSING, Value

_OFFERED = 20
MASKED: Final = "‹masked "
"""Where this is in a text that was shown, something is masked."""
MARK = re.compile("‹masked [0-9a-f]+›")
MachineNow: TypeAlias = Callable[[], Machine | None]
"""Asks for the machine of the store that is open, where there is one."""
ScreenNow: TypeAlias = Callable[[], Screen]
"""Asks what shows now; screens come and go."""
_AS_IS = Screen(OFF)
NO_STORE = Screen(InForce(USUAL, USUAL_RULES))
"""What shows where there is no store."""


def as_is() -> Screen:
    """For what was masked before it came here."""
    return _AS_IS


class MarkedItems(QStyledItemDelegate):
    """Draws items with marks in them dim and slanted."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if MASKED in option.text:  # type: ignore[attr-defined]
            font = QFont(option.font)  # type: ignore[attr-defined]
            font.setItalic(True)
            option.font = font  # type: ignore[attr-defined]
            palette = option.palette  # type: ignore[attr-defined]
            if palette.color(QPalette.ColorRole.Text).alpha() == 255:  # what is faint stays so
                palette.setColor(QPalette.ColorRole.Text, QColor(self._theme.colours.dim))


def mark_items(view: QAbstractItemView, theme: Theme, machine: Machine | MachineNow | None = None) -> None:
    """Have a view draw marks dim and slanted.

    With a `machine` its menu, which has nothing else, reveals what is behind them; views with a menu of their own call
    `offer_reveal` or one of its like.
    """
    view.setItemDelegate(MarkedItems(theme, view))
    if machine is not None:
        reveal_in(view, machine)


def marks_format(theme: Theme) -> QTextCharFormat:
    """How a mark looks in a text."""
    look = QTextCharFormat()
    look.setFontItalic(True)
    look.setForeground(QColor(theme.colours.dim))
    return look


class MarkedText(QSyntaxHighlighter):
    """Writes the marks in a text dim and slanted."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        for match in MARK.finditer(text) if MASKED in text else ():
            self.setFormat(match.start(), match.end() - match.start(), marks_format(self._theme))


def offer_reveal(menu: QMenu, machine: Machine, path: Path, value: Value, of: str | None) -> None:
    """Add to a menu that a value can be revealed, where anything of it is masked."""
    screen = machine.screen
    if screen.hides_path(path, of) or screen.may_hide(value, path, of):
        if not menu.isEmpty():
            menu.addSeparator()
        text = QCoreApplication.translate("Masked", "Reveal this value")
        menu.addAction(text, partial(machine.reveal, path, "", of))


def offer_reveal_marks(menu: QMenu, machine: Machine, text: str) -> None:
    """Add to a menu that what is behind the marks in a text can be revealed, wherever it stands; for text of which
    nobody knows where it is from."""
    screen = machine.screen
    marks = [mark for mark in dict.fromkeys(MARK.findall(text)) if screen.is_own_mark(mark)]
    if marks and not menu.isEmpty():
        menu.addSeparator()
    for mark in marks[:_OFFERED]:
        name = QCoreApplication.translate("Masked", "Reveal {0}").format(mark)
        alone = QCoreApplication.translate("Masked", "Reveal this value")
        menu.addAction(alone if len(marks) == 1 else name, partial(machine.reveal_mark, mark))


def text_of(index: QModelIndex) -> str:
    """What a row shows, with what stands at it as a whole."""
    model, row = index.model(), index.row()
    texts = (str(model.index(row, column, index.parent()).data() or "") for column in range(model.columnCount()))
    return "\n".join(texts)


class _Reveals(QObject):
    """The menu of a widget that has no other: copying its rows, and revealing what is masked in one."""

    def __init__(self, widget: QWidget, machine: Machine | MachineNow) -> None:
        super().__init__(widget)
        self._widget = widget
        self._machine = machine
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(self._asked)

    def menu(self, place: QPoint) -> QMenu:
        """What can be done with what stands at a place."""
        widget = self._widget
        if isinstance(widget, QPlainTextEdit):
            menu = widget.createStandardContextMenu(place)
            text = widget.textCursor().selectedText() or widget.cursorForPosition(place).block().text()
        else:
            menu = QMenu(widget)
            assert isinstance(widget, QAbstractItemView)
            copies = copies_at(widget)
            if copies:
                offer_copies(menu, copies)
            index = widget.indexAt(place)
            index = index if index.isValid() else widget.currentIndex()
            text = text_of(index) if index.isValid() else ""
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        machine = self._machine if isinstance(self._machine, Machine) else self._machine()
        if machine is not None:
            offer_reveal_marks(menu, machine, text)
        return menu

    def _asked(self, place: QPoint) -> None:
        menu = self.menu(place)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            inside = self._widget.viewport() if isinstance(self._widget, QAbstractScrollArea) else self._widget
            menu.popup(inside.mapToGlobal(place))


def reveal_in(widget: QAbstractItemView | QPlainTextEdit, machine: Machine | MachineNow) -> None:
    """Have the menu of a view or text reveal what is behind the marks where it is opened."""
    _Reveals(widget, machine)


def reveal_menu(widget: QWidget, place: QPoint) -> QMenu:
    """The menu that `reveal_in` gave a widget, at a place in it."""
    return next(each for each in widget.children() if isinstance(each, _Reveals)).menu(place)


def offer_reveal_rows(menu: QMenu, machine: Machine, model: QAbstractItemModel, row: int, path: Path) -> None:
    """The same for a row of a table that has a mark in it."""
    view = machine.view
    texts = (str(model.index(row, column).data() or "") for column in range(model.columnCount()))
    if view is not None and any(machine.screen.is_masked(text) for text in texts):
        text = QCoreApplication.translate("Masked", "Reveal this value")
        menu.addAction(text, partial(machine.reveal, path, "", view.summary.aggregate_id))


def offer_reveal_changes(menu: QMenu, machine: Machine, changes: Sequence[Change], of: str | None) -> None:
    """Add to a menu that the values that a step changed can be revealed, where any is masked."""
    screen = machine.screen
    for change in changes[:_OFFERED]:
        value = change.old if change.new is MISSING else change.new
        if screen.hides_path(change.path, of) or screen.hides(value, change.path, of):
            place = visible(screen.pointer(change.path, of)) or "/"
            place = place if len(place) < 60 else place[:59] + "…"
            text = QCoreApplication.translate("Masked", "Reveal {0}").format(place)
            menu.addAction(text.replace("&", "&&"), partial(machine.reveal, change.path, "", of))
