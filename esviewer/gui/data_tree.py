"""A tree of values out of the open store, with a menu to copy and to reveal them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.gui.copying import Copies, Form, Read, copy_made, copy_sql, copy_text, offer_copies, value_text
from esviewer.gui.machine import Machine
from esviewer.gui.masked import offer_reveal
from esviewer.gui.value_tree import ValueTree
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.work import Work

_SHORT = 10_000


class DataTree(ValueTree):
    """What is copied is what shows: masked values as their marks."""

    read: Read | None = None
    """What the values were read from, where that is known."""

    def __init__(self, machine: Machine, parent: QWidget | None = None, *, written_by: bool = False) -> None:
        super().__init__(machine.theme, machine.screen_now, parent, written_by=written_by)
        self._machine = machine
        machine.screen_changed.connect(self.viewport().update)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            place = self.visualRect(index).bottomLeft() if by_key else event.pos()
            self.menu(index).popup(self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            self.copy_value()
        else:
            super().keyPressEvent(event)

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a row; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        offer_copies(menu, self.copies())
        offer_reveal(menu, self._machine, self.shown.path_of(index), self.shown.value_of(index), self.shown.of)
        return menu

    def copies(self) -> Copies:
        """What can be copied of the current row."""
        found: Copies = {}
        if self.currentIndex().isValid():
            found = {Form.VALUE: self.copy_value, Form.JSON: self.copy_json, Form.POINTER: self.copy_path}
        if self.read is not None:
            found[Form.SQL] = partial(copy_sql, self._machine, self.read)
        return found

    def copy_path(self) -> None:
        """Put the path of the current row into the clipboard."""
        path = self.shown.path_of(self.currentIndex())
        copy_text(self._machine, self._machine.screen.pointer(path, self.shown.of))

    def copy_value(self) -> None:
        """Put the value of the current row into the clipboard: a text as it is, anything else as JSON."""
        index, of = self.currentIndex(), self.shown.of
        value, path = self.shown.value_of(index), self.shown.path_of(index)
        if isinstance(value, str) and len(value) < _SHORT:
            copy_text(self._machine, value_text(self._machine.screen.shown(value, path, of)))
        else:
            self._copy(value_text)

    def copy_json(self) -> None:
        """Put the value of the current row into the clipboard as JSON."""
        self._copy(partial(dumps, indent=2))

    def _copy(self, written: Callable[[Value], str]) -> None:
        index, of = self.currentIndex(), self.shown.of
        value, path = self.shown.value_of(index), self.shown.path_of(index)

        def make(screen: Screen, session: Session, work: Work) -> str:
            del session, work
            return written(screen.shown(value, path, of))

        copy_made(self._machine, make)
