"""What can be done with an open store, side by side: its time machine, and rooms that are made when first entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from esviewer.app.log_filter import LogFilter
from esviewer.gui.language import translate
from esviewer.gui.live_signs import LiveBar
from esviewer.gui.machine import Machine, Place, ToLanes, ToPin
from esviewer.gui.room import Room, Told
from esviewer.gui.store_page import StorePage

if TYPE_CHECKING:
    from esviewer.gui.case.room import CaseRoom
    from esviewer.gui.lanes.room import LanesRoom
    from esviewer.gui.log.room import EventsRoom
    from esviewer.gui.seals.dialogs import SealDialogs
    from esviewer.gui.trace.room import TraceRoom


@dataclass(frozen=True, slots=True)
class RoomKind:
    """A room that can be entered."""

    name: str
    title: Callable[[], str]
    """As a person reads it."""
    make: Callable[[Machine, QWidget], Room]


HISTORY: Final = "history"
EVENTS: Final = "events"
CASE: Final = "case"
TRACE: Final = "trace"
LANES: Final = "lanes"
_DRAWN_MS: Final = 4


# A window shows sooner when each of them is loaded no earlier than it is entered, or than there is time for it.


def _events(machine: Machine, parent: QWidget) -> EventsRoom:
    from esviewer.gui.log.room import EventsRoom

    return EventsRoom(machine, parent)


def _trace(machine: Machine, parent: QWidget) -> TraceRoom:
    from esviewer.gui.trace.room import TraceRoom

    return TraceRoom(machine, parent)


def _flow(machine: Machine, parent: QWidget) -> Room:
    from esviewer.gui.flow.room import FlowRoom

    return FlowRoom(machine, parent)


def _audit(machine: Machine, parent: QWidget) -> Room:
    from esviewer.gui.audit.room import AuditRoom

    return AuditRoom(machine, parent)


def _schema(machine: Machine, parent: QWidget) -> Room:
    from esviewer.gui.schema.room import SchemaRoom

    return SchemaRoom(machine, parent)


def _projections(machine: Machine, parent: QWidget) -> Room:
    from esviewer.gui.projections.room import ProjectionsRoom

    return ProjectionsRoom(machine, parent)


def _case(machine: Machine, parent: QWidget) -> CaseRoom:
    from esviewer.gui.case.room import CaseRoom

    return CaseRoom(machine, parent)


def _lanes(machine: Machine, parent: QWidget) -> LanesRoom:
    from esviewer.gui.lanes.room import LanesRoom

    return LanesRoom(machine, parent)


LATER: Final = (
    "numpy.ma",
    "esviewer.gui.log.room", "esviewer.gui.trace.room", "esviewer.gui.lanes.room", "esviewer.gui.audit.room",
    "esviewer.gui.case.room", "esviewer.gui.schema.room", "esviewer.gui.flow.room", "esviewer.gui.projections.room",
    "esviewer.gui.seals.dialogs", "esviewer.gui.rules_editor", "esviewer.gui.mapping.dialog",
    "esviewer.gui.report_dialog",
)  # fmt: skip
"""What is loaded late, that first which is wanted most; NumPy loads the first when it is first asked what is unique."""

ROOMS: Final[tuple[RoomKind, ...]] = (
    RoomKind(EVENTS, lambda: translate("StoreRooms", "Events"), _events),
    RoomKind(TRACE, lambda: translate("StoreRooms", "Cause and effect"), _trace),
    RoomKind("flow", lambda: translate("StoreRooms", "Process map"), _flow),
    RoomKind("audit", lambda: translate("StoreRooms", "Audit"), _audit),
    RoomKind("schema", lambda: translate("StoreRooms", "Schema"), _schema),
    RoomKind("projections", lambda: translate("StoreRooms", "Projections"), _projections),
    RoomKind(CASE, lambda: translate("StoreRooms", "Case"), _case),
    RoomKind(LANES, lambda: translate("StoreRooms", "Swim lanes"), _lanes),
)
"""In the order in which they are offered, after the time machine."""


def titles() -> dict[str, str]:
    """What the rooms are called, by name; the time machine first."""
    return {HISTORY: translate("StoreRooms", "Time machine"), **{each.name: each.title() for each in ROOMS}}


class StoreRooms(QWidget):
    """A strip of tabs, and below it the one that was chosen."""

    entered = Signal(object)
    """Another room is at the front: its name."""
    place_changed = Signal()
    """The room at the front shows something else that a link names."""

    def __init__(self, page: StorePage, parent: QWidget | None = None) -> None:
        """`page` is the time machine."""
        super().__init__(parent)
        self.page = page
        self._seals: SealDialogs | None = None
        self._rooms: dict[str, Room] = {}
        self._names = list(titles())
        self.tabs = QTabBar(self)
        self.tabs.setObjectName("rooms")
        self.tabs.setAccessibleName(self.tr("What to do with the store"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in titles().values():
            self.tabs.addTab(title)
        self.tabs.setVisible(len(self._names) > 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(8, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.tabs, 1)
        layout.addLayout(self._row)
        self.live_bar = LiveBar(page.machine, self)
        layout.addWidget(self.live_bar)
        layout.addWidget(self.stack, 1)
        self._column = layout
        self.tabs.currentChanged.connect(self._chosen)
        page.machine.pin_wanted.connect(self.pin)
        page.machine.trace_wanted.connect(self.trace)
        page.machine.lanes_wanted.connect(self.show_lanes)

    @property
    def seals(self) -> SealDialogs:
        """The dialogs about seals, made when they are first asked for."""
        if self._seals is None:
            from esviewer.gui.seals.dialogs import SealDialogs

            self._seals = SealDialogs(self.page.machine, self)
            self._seals.aggregate_wanted.connect(self.show_aggregate)
        return self._seals

    def put_before_tabs(self, widget: QWidget) -> None:
        """Show something before the strip of tabs, after what is there already."""
        self._row.insertWidget(self._row.indexOf(self.tabs), widget)

    def put_below(self, widget: QWidget) -> None:
        """Show something below whatever room is at the front."""
        self._column.addWidget(widget)

    @property
    def current(self) -> str:
        """The name of the room at the front."""
        return self._names[max(0, self.tabs.currentIndex())]

    @property
    def room(self) -> Room | None:
        """The room at the front; None for the time machine."""
        return self._rooms.get(self.current)

    def enter(self, name: str) -> Room | None:
        """Bring a room to the front, made when it is entered for the first time; None for the time machine."""
        self.tabs.setCurrentIndex(self._names.index(name))
        return self.room

    def _chosen(self, index: int) -> None:
        name = self._names[index]
        if name == HISTORY:
            self.stack.setCurrentWidget(self.page)
        else:
            known = name in self._rooms
            room = self._made(name)
            if not known:
                # To make it and to draw it takes long together: between, there is a turn for clicks.
                room.setUpdatesEnabled(False)
                QTimer.singleShot(_DRAWN_MS, room, partial(room.setUpdatesEnabled, True))
            self.stack.setCurrentWidget(room)
            room.entered()
        self.entered.emit(name)

    def _made(self, name: str) -> Room:
        if name not in self._rooms:
            kind = next(each for each in ROOMS if each.name == name)
            room = kind.make(self.page.machine, self)
            room.aggregate_wanted.connect(self.show_aggregate)
            room.place_wanted.connect(self.show_place)
            room.told.connect(self.tell)
            room.enter_wanted.connect(partial(self.enter, name))
            room.place_changed.connect(self.place_changed)
            self._rooms[name] = room
            self.stack.addWidget(room)
        return self._rooms[name]

    def show_aggregate(self, wanted: tuple[str, int | None]) -> None:
        """Show an aggregate at a version (None: the newest) in the time machine."""
        self.enter(HISTORY)
        self.page.visit(*wanted)

    def trace(self, event: tuple[str, int]) -> None:
        """Show the events that belong together with one: an aggregate's id and a version."""
        cast("TraceRoom", self.enter(TRACE)).show_event(*event)

    def show_lanes(self, wanted: ToLanes) -> None:
        """Show aggregates as swim lanes."""
        room = cast("LanesRoom", self._made(LANES))
        (room.add_lanes if wanted.beside else room.show_lanes)(wanted.ids)
        if not wanted.beside:
            room.show_span(wanted.span)
        self.enter(LANES)

    def ask_log(self, asked: LogFilter | None) -> None:
        """Have the log of events searched by a filter (None: all of them are wanted), unless it is already."""
        room = cast("EventsRoom", self._made(EVENTS))
        if room.log_filter != asked:
            room.ask(asked or LogFilter())

    def lanes_of_chosen(self) -> None:
        """Show as swim lanes what is chosen where somebody is: the aggregates of a trace, or those of the list."""
        traced = self.current == TRACE
        ids = cast("TraceRoom", self.room).aggregates if traced else self.page.aggregates.chosen_ids
        if not ids and self.page.aggregate_id is not None:
            ids = (self.page.aggregate_id,)
        if ids:
            self.show_lanes(ToLanes(ids))
        else:
            self.enter(LANES)

    def show_new(self) -> None:
        """Show the events that have arrived."""
        cast("EventsRoom", self.enter(EVENTS)).show_new()

    def pin(self, wanted: ToPin) -> None:
        """Pin something to the case, which need not be at the front."""
        cast("CaseRoom", self._made(CASE)).pin(wanted)

    def pin_to_case(self) -> None:
        """Have what is on show pinned, whatever room is at the front."""
        (self.room or self.page).pin_to_case()

    def show_place(self, place: Place) -> None:
        """Show in the time machine what was on show there before."""
        self.enter(HISTORY)
        self.page.show_place(place)

    def tell(self, told: Told) -> None:
        """Say something where it is looked at."""
        (self.room or self.page).messages.say(told.text, dict(told.actions))

    def close_store(self) -> None:
        """End all work and close the store."""
        if self._seals is not None:
            self._seals.close()
        for room in self._rooms.values():
            room.close_store()
        self.page.close_store()
