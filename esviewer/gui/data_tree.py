"""A tree of values out of the open store, with a menu to copy and to reveal them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from esviewer.gui.machine import Machine
from esviewer.gui.masked import offer_reveal
from esviewer.gui.value_tree import ValueTree
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.work import Work

_SHORT = 10_000


class DataTree(ValueTree):
    """What is copied is what shows: masked values as their marks."""

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

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a row; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy value"), self.copy_value)
        menu.addAction(self.tr("Copy path (JSON Pointer)"), self.copy_path)
        offer_reveal(menu, self._machine, self.shown.path_of(index), self.shown.value_of(index), self.shown.of)
        return menu

    def copy_path(self) -> None:
        """Put the path of the current row into the clipboard."""
        path = self.shown.path_of(self.currentIndex())
        QGuiApplication.clipboard().setText(self._machine.screen.pointer(path, self.shown.of))

    def copy_value(self) -> None:
        """Put the value of the current row into the clipboard: a text as it is, anything else as JSON."""
        index, of = self.currentIndex(), self.shown.of
        value, path = self.shown.value_of(index), self.shown.path_of(index)
        if isinstance(value, str) and len(value) < _SHORT:
            self._copied(_written(self._machine.screen.shown(value, path, of)))
            return
        screen = self._machine.screen.beside()

        def write(work: Work) -> str:
            del work
            return _written(screen.shown(value, path, of))

        self._machine.tasks.run(write, self._copied, slot="copy")

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._machine.said.emit(self.tr("Copied {0} characters.").format(f"{len(text):,}"))


def _written(value: Value) -> str:
    return value if isinstance(value, str) and value.isprintable() else dumps(value, indent=2)
