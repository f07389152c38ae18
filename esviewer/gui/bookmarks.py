"""Bookmarks of the open store: the menu, the dialog that names one, and taking a removal back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QMainWindow, QMenu

from esviewer.app.bookmarks import Bookmark, Bookmarks
from esviewer.app.links import HISTORY, Link
from esviewer.app.screen import Screen
from esviewer.errors import EsviewerError
from esviewer.gui.going import Going
from esviewer.gui.links import tells_masked
from esviewer.gui.machine import Machine
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.quick_open.offers import IS_BOOKMARK
from esviewer.gui.store_rooms import titles
from esviewer.gui.text import visible

LONGEST_NAME = 100


class BookmarkDialog(QDialog):
    """Asks what a place is to be called."""

    named = Signal(object)
    """The name, never empty."""

    def __init__(self, proposal: str, parent: QMainWindow) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Bookmark this place"))
        self.name = QLineEdit(proposal, self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name of the bookmark"))
        self.name.setMinimumWidth(360)
        self.name.selectAll()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.keep = self.buttons.addButton(self.tr("Keep"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.keep.setDefault(True)
        layout = QFormLayout(self)
        layout.addRow(self.tr("Name"), self.name)
        layout.addRow(self.buttons)
        self.buttons.accepted.connect(self._enter)
        self.buttons.rejected.connect(self.reject)
        self.name.textChanged.connect(self._typed)

    def _typed(self, text: str) -> None:
        self.keep.setEnabled(bool(text.strip()))

    def _enter(self) -> None:
        name = self.name.text().strip()
        if name:
            self.accept()
            self.named.emit(name)


class BookmarksMenu(QObject):
    """One window's: it fills the menu's end with the open store's bookmarks."""

    def __init__(
        self, menu: QMenu, going: Going, messages: Callable[[], MessageBar], window: QMainWindow
    ) -> None:
        """`messages` tells the bar that a person looks at."""
        super().__init__(window)
        self._menu = menu
        self._going = going
        self._window = window
        self._kept = Bookmarks()
        self._machine: Machine | None = None
        self._key = ""
        self._messages = messages
        self._entries: list[QAction] = []
        self.dialog: BookmarkDialog | None = None
        """What asks for a name, while it is open."""
        self.marks: list[Bookmark] = []
        """The open store's."""
        self.add = QAction(self.tr("&Bookmark this place …"), window)
        self.add.setShortcut(QKeySequence("Ctrl+B"))
        self.add.triggered.connect(self.ask)
        self.removing = QMenu(self.tr("&Remove a bookmark"), window)
        menu.addSeparator()
        menu.addAction(self.add)
        menu.addMenu(self.removing)
        menu.addSeparator()
        self._fill()

    def attach(self, machine: Machine | None) -> None:
        """Another store is open; None: none is."""
        if self.dialog is not None:
            self.dialog.reject()
        self._machine = machine
        self.marks = []
        if machine is not None:
            self._key = machine.session.key
            machine.screen_changed.connect(self._fill)
            self._ask(partial(Bookmarks.of, self._kept, self._key))
        self._fill()

    def _ask(self, question: Callable[[], list[Bookmark]]) -> None:
        """Have the file read or changed, which says what is in it then."""
        if self._machine is not None:
            self._machine.tasks.run(lambda _: question(), self._read, self._not_kept)

    def _read(self, marks: list[Bookmark]) -> None:
        self.marks = marks
        self._fill()

    def text(self, mark: Bookmark) -> str:
        """A bookmark's name as it may be shown."""
        name = mark.name if self._machine is None else self._machine.screen.text(mark.name)
        return visible(name)

    def _fill(self) -> None:
        for action in self._entries:
            self._menu.removeAction(action)
            action.deleteLater()
        self._entries = []
        self.removing.clear()
        self.add.setEnabled(self._machine is not None)
        self.removing.menuAction().setEnabled(bool(self.marks))
        for number, mark in enumerate(self.marks):
            text = self.text(mark).replace("&", "&&")
            action = QAction(text, self._window)
            action.setData(number)
            action.setProperty(IS_BOOKMARK, True)
            action.triggered.connect(self._chosen)
            self._menu.addAction(action)
            self._entries.append(action)
            remove = QAction(text, self.removing)
            remove.setData(number)
            remove.triggered.connect(self._removal_chosen)
            self.removing.addAction(remove)

    def _chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._going.go(self.marks[action.data()].place)

    # Naming one

    def ask(self) -> None:
        """Ask what the place on show is to be called."""
        machine, place = self._machine, self._going.here
        if machine is None or self.dialog is not None:
            return
        if place is None:
            self._say(self.tr("The playhead is before the first event: no bookmark leads there."))
            return
        view = machine.view
        kind = None if view is None else view.summary.aggregate_type
        if tells_masked(place, kind, machine.screen):
            self._say(self.tr("The id is masked, and the bookmark would tell it: reveal it first."))
            return
        self.dialog = BookmarkDialog(proposal(place, kind, machine.screen), self._window)
        self.dialog.named.connect(partial(self._named, place))
        self.dialog.finished.connect(self._finished)
        self.dialog.open()

    def _finished(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _named(self, place: Link, name: str) -> None:
        self._ask(partial(Bookmarks.add, self._kept, self._key, Bookmark(name, place)))

    # Removing one

    def _removal_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.remove(action.data())

    def remove(self, number: int) -> None:
        """Remove a bookmark, which can be taken back."""
        mark = self.marks[number]
        self._ask(partial(Bookmarks.remove, self._kept, self._key, mark.name))
        back = partial(self._put_back, self._key, number, mark)
        self._messages().say(self.tr("Removed the bookmark {0}.").format(self.text(mark)), {self.tr("Undo"): back})

    def _put_back(self, key: str, number: int, mark: Bookmark) -> None:
        if self._machine is not None and key == self._key:
            self._ask(partial(Bookmarks.add, self._kept, key, mark, number))

    def _not_kept(self, error: EsviewerError) -> None:
        self._messages().say_error(error)

    def _say(self, text: str) -> None:
        self._messages().say(text)


def proposal(place: Link, aggregate_type: str | None, screen: Screen) -> str:
    """A name for a place: the room, the aggregate and its version, and the moment."""
    parts = [] if (place.room or HISTORY) == HISTORY else [titles()[str(place.room)]]
    if place.aggregate is not None:
        version = "" if place.version is None else f" @{place.version}"
        parts.append(screen.aggregate_id(place.aggregate, aggregate_type) + version)
    parts += [screen.text(field) for field in place.fields]
    if place.as_of is not None:
        parts.append(place.as_of.isoformat())
    return visible(" · ".join(parts or [titles()[HISTORY]]))[:LONGEST_NAME]
