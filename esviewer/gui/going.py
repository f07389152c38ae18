"""Going to places of stores, and back and forward over those that were visited."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QMainWindow, QToolButton

from esviewer.app.links import HISTORY, Link
from esviewer.app.trail import Trail
from esviewer.app.view import AggregateView
from esviewer.gui.machine import Place, ToLanes
from esviewer.gui.store_page import StorePage
from esviewer.gui.store_rooms import EVENTS, StoreRooms
from esviewer.model.change import pointer


class Going(QObject):
    """One window's: it notes where the window is, and takes it elsewhere."""

    opened = Signal(object)
    """A place of another store is to be shown again: a Link."""
    returning = Signal(object)
    """Somebody goes back or forward to a place of the open store: a Link."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._trail = Trail()
        self._store = ""
        self._rooms: StoreRooms | None = None
        self._wanted: Link | None = None
        """The place that the window is on its way to, known to the trail already."""
        self._jumped = False
        """Whether what is shown next was gone to, and is no step."""
        self.back = self._action(self.tr("&Back"), "Alt+Left", self.go_back)
        self.forward = self._action(self.tr("&Forward"), "Alt+Right", self.go_forward)
        self._soon = QTimer(self)
        """Who enters a room may be on the way to an aggregate in it."""
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._note)
        self._buttons: list[tuple[QToolButton, QAction]] = []
        self._filtered: QObject | None = None
        self._enable()

    def _action(self, text: str, keys: str, slot: object) -> QAction:
        action = QAction(text, self._window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        return action

    def attach(self, store: str, rooms: StoreRooms | None) -> None:
        """Another store is open, called so by links; None: none is."""
        wanted = self._wanted
        if rooms is None and (wanted is None or wanted.store == self._store):
            # Otherwise it is closed to make room for the one that is wanted.
            self._wanted = None
            self._trail.leave()
        self._store, self._rooms = store, rooms
        self._jumped = False
        self._buttons = []
        if rooms is not None:
            self._watch(rooms)
            if wanted is None or wanted.store != store:
                self._wanted = None
                self._trail.visit(Link(store))
            elif wanted == Link(store):
                self._wanted = None
        self._enable()

    def _watch(self, rooms: StoreRooms) -> None:
        machine = rooms.page.machine
        rooms.entered.connect(self._later)
        rooms.place_changed.connect(self._later)
        machine.view_changed.connect(self._view_changed)
        machine.jumping.connect(self._jumping)
        for arrived in (machine.shown, machine.nothing_shown, machine.none_yet):
            arrived.connect(self._shown)
        rooms.page.as_of_changed.connect(self._later)
        for text, action in (("←", self.back), ("→", self.forward)):
            button = QToolButton(rooms)
            button.setText(text)
            name = action.text().replace("&", "")
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
            button.clicked.connect(action.trigger)
            rooms.put_before_tabs(button)
            self._buttons.append((button, action))

    def _enable(self) -> None:
        self.back.setEnabled(self._trail.can_go_back)
        self.forward.setEnabled(self._trail.can_go_forward)
        for button, action in self._buttons:
            button.setEnabled(action.isEnabled())

    # Where the window is

    @property
    def here(self) -> Link | None:
        """The place on show; None where no store is open, or no link leads there."""
        rooms = self._rooms
        if rooms is None:
            return None
        page, view = rooms.page, rooms.page.machine.view
        if view is not None and view.summary.aggregate_id != page.aggregate_id:
            return None  # another aggregate is being read
        room = None if rooms.current == HISTORY else rooms.current
        place = Link(self._store, room=room, as_of=page.as_of)
        if rooms.room is not None:
            there = rooms.room
            place = replace(place, lanes=there.lane_ids, log_filter=there.log_filter, span=there.lane_span)
        if view is None or not len(view):
            return place
        row = page.playhead.row
        if row < 0 and page.as_of is None:
            return None
        version = int(view.versions[row]) if row >= 0 else None
        fields = tuple(pointer(path) for path in page.fields.paths if path) if page.follows_fields else ()
        return replace(place, aggregate=view.summary.aggregate_id, version=version, fields=fields)

    def _note(self) -> None:
        place = self.here
        if place is not None and self._wanted is None:
            if self._jumped:
                self._trail.visit(place)
            else:
                self._trail.note(place)
            self._jumped = False
            self._enable()

    def _later(self) -> None:
        self._soon.start()

    def _jumping(self) -> None:
        self._jumped = True

    def _view_changed(self, view: AggregateView | None) -> None:
        wanted = self._wanted
        if wanted is None or wanted.store != self._store:
            return
        if view is None or view.summary.aggregate_id != wanted.aggregate:
            self._wanted = None  # somebody went elsewhere meanwhile, or it can't be read

    def _shown(self) -> None:
        if self._wanted is not None and self._wanted.store == self._store:
            self._wanted = None
            self._jumped = False
        self._note()

    def stay(self) -> None:
        """The other store that was wanted can't be opened."""
        self._wanted = None

    # Going elsewhere

    def go_back(self) -> None:
        """Show the place before this one again."""
        self._return(self._trail.back())

    def go_forward(self) -> None:
        """Show the place again from which somebody went back."""
        self._return(self._trail.forward())

    def _return(self, place: Link | None) -> None:
        if place is not None:
            self._enable()
            if self._rooms is not None and place.store == self._store:
                self.returning.emit(place)
                self._show(self._rooms, place)
            else:
                self._wanted = place
                self.opened.emit(place)

    def go(self, place: Link) -> None:
        """Show a place of the open store, whatever it was called when the place was noted."""
        place = replace(place, store=self._store)
        if self._rooms is not None:
            if self._wanted is None:
                here = self.here
                if here is not None:
                    self._trail.note(here)
                self._trail.visit(place)
            self._show(self._rooms, place)
            self._enable()

    def _show(self, rooms: StoreRooms, place: Link) -> None:
        self._wanted = place
        page = rooms.page
        if place.lanes:
            rooms.show_lanes(ToLanes(place.lanes, span=place.span))
        if place.room == EVENTS:
            rooms.ask_log(place.log_filter)
        rooms.enter(place.room or HISTORY)
        if place.as_of != page.as_of:
            if place.as_of is None:
                page.clear_as_of()
            else:
                page.show_as_of(place.as_of.isoformat())
        if not self._show_aggregate(page, place):
            self._wanted = None
            self._jumped = False

    def _show_aggregate(self, page: StorePage, place: Link) -> bool:
        """Whether something is still to be shown."""
        if place.aggregate is None:
            return False
        show = "fields" if place.fields else "state" if page.follows_fields else ""
        view, version = page.view, place.version
        if view is not None and len(view) and page.aggregate_id == place.aggregate and not show:
            if version is not None and page.playhead.row >= 0 and view.versions[page.playhead.row] == version:
                return False
            if version is not None and view.has(version):
                page.machine.go_to(version)
                return True
        page.show_place(Place(place.aggregate, version, show, pointers=place.fields))
        return True

    # The buttons of mice that lead back and forward

    def watch_mouse(self) -> None:
        """Listen to the window's mouse, once the window is there."""
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._filtered:
            self._filtered = handle
            # Of the window as a whole, which is told few things; a filter of the application would see every event.
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            action = {Qt.MouseButton.BackButton: self.back, Qt.MouseButton.ForwardButton: self.forward}.get(
                event.button()
            )
            if action is not None:
                action.trigger()
                return True
        return super().eventFilter(watched, event)
