"""Tabs of the time machine: each stands for an aggregate, at the place where it was left.

All share the one page, which shows a tab's place again when the tab comes to the front.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QTabBar, QToolButton, QWidget

from esviewer.app.kept_tabs import KeptTab
from esviewer.app.links import FIELDS, HISTORY, Link
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.going import Going
from esviewer.gui.links import tells_masked
from esviewer.gui.machine import Place
from esviewer.gui.store_rooms import StoreRooms
from esviewer.gui.text import tip, visible
from esviewer.model.change import pointer
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.work import Work

_WIDEST: Final = 26
"""How wide a tab may be, in letters; a longer name is cut in its middle."""
_CLOSED: Final = 20
"""Closed tabs that can be opened again; the oldest go first."""


@dataclass(slots=True, eq=False)
class Tab:
    """One tab; what is at the front has its version, panel, fields and moment on the page."""

    aggregate_id: str
    known: bool = False
    """Whether the aggregate has been read, so that its type is known."""
    aggregate_type: str | None = None
    version: int | None = None
    """The one that it was left at; None: the newest."""
    panel: int | None = None
    fields: tuple[str, ...] = ()
    """Those that were followed, where their panel was at the front, as JSON Pointers."""
    as_of: Instant | None = None
    """The moment that the window looked at then."""


class TabStrip(QTabBar):
    """The strip; a middle click closes a tab as its button does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed = -1
        self.setObjectName("close")
        self.setAccessibleName(self.tr("Open aggregates"))
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.hide()

    def tabSizeHint(self, index: int) -> QSize:
        size = super().tabSizeHint(index)
        return QSize(min(size.width(), _WIDEST * self.fontMetrics().averageCharWidth()), size.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)  # names would be cut to a letter before the strip scrolls

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed = self.tabAt(event.position().toPoint())
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            at = self.tabAt(event.position().toPoint())
            if at >= 0 and at == self._pressed:
                self.tabCloseRequested.emit(at)
        else:
            super().mouseReleaseEvent(event)


class Tabs(QObject):
    """One window's: the strip over the open store's time machine, and the menu's entries for it."""

    def __init__(self, menu: QMenu, going: Going, close_store: QAction, window: QMainWindow) -> None:
        """`close_store` has the key that closes a tab while there are several."""
        super().__init__(window)
        self._close_store = close_store
        self._rooms: StoreRooms | None = None
        self.strip: TabStrip | None = None
        """The open store's; hidden while there are not several tabs."""
        self._front: Tab | None = None
        """The tab that the page shows."""
        self._to_come: list[KeptTab] = []
        """Kept tabs of which it is not known yet whether their aggregates are still there."""
        self._closed: deque[tuple[int, Tab]] = deque(maxlen=_CLOSED)
        self.new = self._action(window, self.tr("Open in a new &tab"), self.open_same, "Ctrl+N")
        self.close = self._action(window, self.tr("&Close the tab"), self.close_front)
        self.again = self._action(window, self.tr("Reopen the c&losed tab"), self.reopen, "Ctrl+Shift+R")
        self.next = self._action(window, self.tr("&Next tab"), self.go_next, "Ctrl+Tab", "Ctrl+PgDown")
        self.previous = self._action(window, self.tr("&Previous tab"), self.go_back, "Ctrl+Shift+Tab", "Ctrl+PgUp")
        menu.addSeparator()
        menu.addActions([self.new, self.close, self.again, self.next, self.previous])
        going.returning.connect(self._returning)
        self._enable()

    def _action(self, window: QMainWindow, text: str, slot: object, *keys: str) -> QAction:
        action = QAction(text, window)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.triggered.connect(slot)
        return action

    def attach(self, rooms: StoreRooms | None) -> None:
        """Another store is open, without any tabs yet; None: none is."""
        self._rooms, self.strip, self._front = rooms, None, None
        self._closed.clear()
        self._to_come = []
        if rooms is not None:
            page = rooms.page
            self.strip = TabStrip(page)
            page.put_above_title(self.strip)
            self.strip.currentChanged.connect(self._chosen)
            self.strip.tabCloseRequested.connect(self.close_tab)
            page.showing.connect(self._showing)
            page.aggregates.tab_wanted.connect(self.open)
            page.machine.view_changed.connect(self._read)
            page.machine.screen_changed.connect(self._name_all)
            rooms.entered.connect(self._enable)
        self._enable()

    def _enable(self) -> None:
        count = 0 if self.strip is None else self.strip.count()
        # What is out of sight is not closed, and not changed.
        here = self._rooms is not None and self._rooms.current == HISTORY
        several = here and count > 1
        self.new.setEnabled(here and count > 0)
        self.again.setEnabled(here and bool(self._closed))
        for action in (self.close, self.next, self.previous):
            action.setEnabled(several)
        self.close.setShortcut(QKeySequence("Ctrl+W" if several else ""))
        self._close_store.setShortcut(QKeySequence("Ctrl+Shift+W" if several else "Ctrl+W"))
        if self.strip is not None:
            self.strip.setVisible(count > 1)

    def tab(self, index: int) -> Tab:
        """The tab at a position of the strip."""
        assert self.strip is not None
        found: Any = self.strip.tabData(index)
        assert isinstance(found, Tab)
        return found

    @property
    def tabs(self) -> list[Tab]:
        """All of them, as they stand in the strip."""
        return [] if self.strip is None else [self.tab(index) for index in range(self.strip.count())]

    # Kept while the store is closed

    def kept(self, store: str) -> list[KeptTab]:
        """The tabs as they are left, of the store as links call it; none that would tell what is masked."""
        if self._rooms is None or self.strip is None:
            return []
        if self._to_come:
            return self._to_come  # it was not open long enough to change anything
        self._leave()
        screen, found = self._rooms.page.machine.screen, []
        for tab in self.tabs:
            place = Link(store, tab.aggregate_id, tab.version, fields=tab.fields[:FIELDS])
            if tab.known:
                masked = tells_masked(place, tab.aggregate_type, screen)
            else:
                masked = screen.unknown_id(tab.aggregate_id) != tab.aggregate_id
            if not masked:
                found.append(KeptTab(place, tab.panel, tab is self._front))
        return found

    def restore(self, kept: list[KeptTab]) -> None:
        """Open tabs again whose aggregates are still there; what is on show meanwhile stays at the front."""
        rooms = self._rooms
        if rooms is None or not kept:
            return
        self._to_come = kept
        ids = list(dict.fromkeys(each.place.aggregate or "" for each in kept))
        store = rooms.page.session.store

        def look(work: Work) -> list[AggregateSummary]:
            return store.summaries(ids, exact=False, work=work)

        rooms.page.tasks.run(look, self._restore, self._not_restored, slot="tabs")

    def _not_restored(self, error: EsviewerError) -> None:
        # Whoever needs the store is told what is wrong with it; the tabs are still kept for the next time.
        del error

    def _restore(self, there: list[AggregateSummary]) -> None:
        kept, self._to_come = self._to_come, []
        if self.strip is None:
            return
        known = {each.aggregate_id: each for each in there}
        shown = None if self._front is None else self._front.aggregate_id
        front: int | None = None
        self.strip.blockSignals(True)
        for each in kept:
            place = each.place
            about = known.get(place.aggregate or "")
            if about is None or about.aggregate_id == shown:
                continue
            version = place.version if place.version is not None and place.version <= about.version else None
            tab = Tab(about.aggregate_id, True, about.aggregate_type, version, each.panel, place.fields)
            at = self.strip.count()
            if front is None or each.front:
                front = at
            self._put(at, tab)
        if shown is None and front is not None:
            self.strip.setCurrentIndex(front)
        self.strip.blockSignals(False)
        self._enable()
        if shown is None and front is not None:
            self._chosen(front)

    # Opening and closing

    def open_same(self) -> None:
        """Open what is on show in one more tab, in which something else can be chosen then."""
        if self._rooms is not None and self._rooms.page.aggregate_id is not None:
            self._leave()
            same = self._front
            self.open(self._rooms.page.aggregate_id, None if same is None else same.version)

    def open(self, aggregate_id: str, version: int | None = None) -> None:
        """Show an aggregate at a version (None: the newest) in a tab of its own, beside the one at the front."""
        rooms, strip = self._rooms, self.strip
        if rooms is None or strip is None:
            return
        if not strip.count():
            rooms.page.visit(aggregate_id, version)
            return
        tab = Tab(aggregate_id, version=version, as_of=rooms.page.as_of)
        of_it = next((each for each in self.tabs if each.known and each.aggregate_id == aggregate_id), None)
        if of_it is not None:
            tab.known, tab.aggregate_type = True, of_it.aggregate_type
        self._insert(strip.currentIndex() + 1, tab)

    def _insert(self, index: int, tab: Tab) -> None:
        """Put a tab into the strip and show it."""
        if self.strip is not None:
            self.strip.setCurrentIndex(self._put(index, tab))
            self._enable()

    def _put(self, index: int, tab: Tab) -> int:
        """Put a tab into the strip; returns where it is."""
        assert self.strip is not None
        index = self.strip.insertTab(index, "")
        self.strip.setTabData(index, tab)
        button = QToolButton(self.strip)
        button.setObjectName("shut")
        button.setText("×")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the key does the same
        button.setAccessibleName(self.tr("Close the tab"))
        button.setToolTip(self.tr("Close the tab"))
        button.clicked.connect(partial(self._close, tab))
        self.strip.setTabButton(index, QTabBar.ButtonPosition.RightSide, button)
        self._name(index)
        return index

    def _close(self, tab: Tab) -> None:
        if tab in self.tabs:
            self.close_tab(self.tabs.index(tab))

    def close_front(self) -> None:
        """Close the tab at the front."""
        if self.strip is not None:
            self.close_tab(self.strip.currentIndex())

    def close_tab(self, index: int) -> None:
        """Close one of several tabs."""
        if self.strip is None or self.strip.count() < 2:
            return
        tab = self.tab(index)
        if tab is self._front:
            self._leave()
        self._closed.append((index, tab))
        self.strip.removeTab(index)
        self._enable()

    def reopen(self) -> None:
        """Open the tab again that was closed last."""
        if self._closed:
            self._insert(*self._closed.pop())

    def go_next(self) -> None:
        """Show the next tab; after the last one the first."""
        self._step(1)

    def go_back(self) -> None:
        """Show the tab before; before the first one the last."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.strip is not None and self.strip.count():
            self.strip.setCurrentIndex((self.strip.currentIndex() + by) % self.strip.count())

    # What the page shows

    def _showing(self, aggregate_id: str) -> None:
        """The page shows an aggregate from now on: it is what the tab at the front stands for."""
        tab = self._front
        if tab is None:
            self._front = Tab(aggregate_id)
            self._insert(0, self._front)
        elif tab.aggregate_id != aggregate_id:
            tab.aggregate_id, tab.known, tab.version = aggregate_id, False, None
            self._name_all()

    def _read(self, view: AggregateView | None) -> None:
        tab = self._front
        if view is not None and tab is not None and view.summary.aggregate_id == tab.aggregate_id:
            tab.known, tab.aggregate_type = True, view.summary.aggregate_type
            self._name_all()

    def _leave(self) -> None:
        """Note where the tab at the front is left."""
        tab = self._front
        if tab is not None and self._rooms is not None:
            page = self._rooms.page
            tab.version, tab.as_of, tab.panel = page.version, page.as_of, page.state.tabs.currentIndex()
            tab.fields = tuple(pointer(path) for path in page.fields.paths if path) if page.follows_fields else ()

    def _chosen(self, index: int) -> None:
        """Another tab is at the front: show its place."""
        rooms, strip = self._rooms, self.strip
        if rooms is None or strip is None or not isinstance(strip.tabData(index), Tab):
            return  # it is being put in
        tab = self.tab(index)
        if tab is self._front:
            return
        if self._front in self.tabs:
            self._leave()
        self._front = tab
        page = rooms.page
        # The moment is the whole window's: where it is another one than before, it says which version shows.
        version = tab.version if page.as_of in (None, tab.as_of) else None
        if tab.fields:
            page.show_place(Place(tab.aggregate_id, version, "fields", pointers=tab.fields))
        else:
            page.visit(tab.aggregate_id, version)
        if tab.panel is not None:
            page.state.tabs.setCurrentIndex(tab.panel)

    def _returning(self, place: Link) -> None:
        """Somebody goes back or forward: where that is another tab's aggregate, it is shown there."""
        if self.strip is None or self._front is None or place.aggregate in (None, self._front.aggregate_id):
            return
        for index, tab in enumerate(self.tabs):
            if tab.aggregate_id == place.aggregate:
                self._leave()
                self._front = tab
                self.strip.setCurrentIndex(index)
                return

    # What the tabs are called

    def _name_all(self) -> None:
        for index in range(0 if self.strip is None else self.strip.count()):
            self._name(index)

    def _name(self, index: int) -> None:
        if self._rooms is None or self.strip is None:
            return
        tab, page = self.tab(index), self._rooms.page
        screen = page.machine.screen
        name = screen.aggregate_id(tab.aggregate_id, tab.aggregate_type) if tab.known else page.name(tab.aggregate_id)
        text = visible(name)
        self.strip.setTabText(index, text.replace("&", "&&"))
        self.strip.setTabToolTip(index, tip(text))
        self.strip.setAccessibleTabName(index, text)
