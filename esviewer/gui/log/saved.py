"""The menu of saved filters: one is chosen, saved or deleted, and each change can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from esviewer.app.log_filter import LogFilter
from esviewer.app.saved_filters import Named, SavedFilters
from esviewer.errors import EsviewerError
from esviewer.gui.text import visible
from esviewer.gui.undoing import Change


class SavedMenu(QObject):
    """The filters of one store."""

    chosen = Signal(object)
    """A filter is to be asked: a LogFilter."""
    failed = Signal(object)
    """The file can't be read or written: an EsviewerError."""
    deleted = Signal(object)
    """A filter is no longer there: its name."""

    def __init__(self, store: str, now: Callable[[], LogFilter], parent: QWidget) -> None:
        """`store` is what the store is remembered by; `now` gives the filter on show, or raises UsageError."""
        super().__init__(parent)
        self._parent = parent
        self._store = store
        self._now = now
        self._file = SavedFilters()
        self.undo = QUndoStack(self)
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Offer what there is."""
        self.menu.clear()
        named = self._read()
        for name, asked in named.items():
            self.menu.addAction(visible(name).replace("&", "&&"), partial(self.chosen.emit, asked))
        if named:
            self.menu.addSeparator()
        save = self.menu.addAction(self.tr("Save this filter …"), self.ask_name)
        save.setEnabled(bool(self._store))
        delete = self.menu.addMenu(self.tr("Delete"))
        delete.setEnabled(bool(named))
        for name in named:
            delete.addAction(visible(name).replace("&", "&&"), partial(self.delete, name))
        for action in (self.undo.createUndoAction(self.menu), self.undo.createRedoAction(self.menu)):
            self.menu.addAction(action)

    def _read(self) -> Named:
        try:
            return self._file.of(self._store)
        except EsviewerError as error:
            self.failed.emit(error)
            return {}

    def ask_name(self) -> None:
        """Ask what the filter on show is to be called, and save it."""
        name = self.name_typed().strip()
        if name:
            self.save(name)

    def name_typed(self) -> str:
        """The name that a person types, empty for none."""
        title, label = self.tr("Save this filter"), self.tr("Name of the filter:")
        return QInputDialog.getText(self._parent, title, label)[0]

    def save(self, name: str) -> None:
        """Save the filter on show under a name, in place of the one that had it."""
        try:
            asked = self._now()
            before = self._file.of(self._store)
        except EsviewerError as error:
            self.failed.emit(error)
            return
        self._push(self.tr("Save the filter {0}").format(name), before, {**before, name: asked})

    def delete(self, name: str) -> None:
        """Forget a filter."""
        before = self._read()
        after = {each: asked for each, asked in before.items() if each != name}
        self._push(self.tr("Delete the filter {0}").format(name), before, after)
        self.deleted.emit(name)

    def _push(self, text: str, before: Named, after: Named) -> None:
        if before != after:
            self.undo.push(Change(self._take, before, after, visible(text)))

    def _take(self, named: Named) -> None:
        try:
            self._file.put(self._store, named)
        except EsviewerError as error:
            self.failed.emit(error)
