"""Shows quick open over the window, and goes where somebody wants to go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from esviewer.app.quick_open import Kind, Typed
from esviewer.app.settings import Settings
from esviewer.gui.quick_open.dialog import QuickOpen
from esviewer.gui.quick_open.offers import Offer, commands
from esviewer.gui.store_page import StorePage
from esviewer.gui.store_rooms import HISTORY, titles
from esviewer.gui.theme import Theme
from esviewer.stores.aggregates import AggregateRef


class QuickOpening(QObject):
    """One window's quick open."""

    opened = Signal(object)
    """A store is to be opened: its file, URL or saved name."""
    room_wanted = Signal(object)
    """A room is to come to the front: its name."""

    def __init__(self, window: QMainWindow, settings: Settings, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._page: StorePage | None = None
        self.dialog: QuickOpen | None = None
        """The field and the list, while they are open."""

    def show(self, action: QAction, page: StorePage | None) -> None:
        """Open it; `action` is what is chosen in the menu for that, `page` the open store's."""
        self.close()
        self._page = page
        offers = commands(self._window.menuBar(), set(titles()), action)
        for store in self._settings.recent():
            detail = store.target if store.target != store.name else store.layout
            do = partial(self.opened.emit, store.target)
            offers.append(Offer(Kind.RECENT, store.name, detail, names=(store.name, store.target), do=do))
        if page is not None and page.view is not None:
            screen = page.machine.screen
            offers += [
                Offer(Kind.EVENT_TYPE, screen.text(each), self.tr("the next event"), do=partial(self._next, each))
                for each in page.view.types
            ]
        machine = None if page is None else page.machine
        self.dialog = QuickOpen(
            offers, self._moments, self._aggregate, self.opened.emit, machine, self._theme, self._window
        )
        # It is closed first: what is chosen may open a dialog itself.
        self.dialog.chosen.connect(self._chosen, Qt.ConnectionType.QueuedConnection)
        self.dialog.finished.connect(self._finished)
        self.dialog.open()

    def close(self) -> None:
        """Close it without going anywhere; the store may be closed after that."""
        self._page = None
        if self.dialog is not None:
            self.dialog.reject()

    def _finished(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _chosen(self, do: Callable[[], object]) -> None:
        do()

    # What can be gone to

    def _moments(self, typed: Typed) -> list[Offer]:
        if typed.link is not None:
            follow = partial(self.opened.emit, typed.text)
            return [Offer(Kind.LINK, self.tr("Go where the link leads"), typed.link.store, do=follow)]
        page, instant = self._page, typed.instant
        if page is None or instant is None:
            return []
        text = instant.isoformat()
        zone = self.tr("this machine's zone") if typed.guessed else ""
        found = []
        if page.view is not None:
            go = self.tr("Go to {0}").format(text)
            found.append(Offer(Kind.MOMENT, go, zone, do=partial(self._go_to_moment, typed)))
        everything = self.tr("Everything as of {0}").format(text)
        found.append(Offer(Kind.MOMENT, everything, zone, do=partial(self._show_as_of, typed)))
        return found

    def _history(self) -> StorePage | None:
        """The time machine, brought to the front; None: no store is open."""
        self.room_wanted.emit(HISTORY)
        return self._page

    def _go_to_moment(self, typed: Typed) -> None:
        page = self._history()
        if page is not None and typed.instant is not None:
            page.go_to_moment(typed.instant, guessed=typed.guessed)

    def _show_as_of(self, typed: Typed) -> None:
        page = self._history()
        if page is not None:
            page.show_as_of(typed.text)

    def _next(self, event_type: str) -> None:
        page = self._history()
        if page is not None:
            page.go_to_next(event_type)

    def _aggregate(self, ref: AggregateRef, version: int | None) -> None:
        page = self._history()
        if page is not None:
            page.visit(ref.aggregate_id, version)
