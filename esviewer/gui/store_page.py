"""The main page: one open store, its aggregates, and the time machine of the one that is chosen."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.as_of import AsOf
from esviewer.app.files import not_of_the_store
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.typed_time import typed_instant
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError, NotFoundError, NotYetRebuiltError, StoreError
from esviewer.gui.absent_notice import AbsentNotice
from esviewer.gui.aggregates_panel import AggregatesPanel
from esviewer.gui.as_of_bar import AsOfBanner, AsOfField, place_text
from esviewer.gui.aside import Aside
from esviewer.gui.case.asking import event_to_pin, state_to_pin
from esviewer.gui.copying import Copies, Form, Read, copy_made, copy_sql
from esviewer.gui.details_panel import DetailsPanel
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.event_table import EventTable
from esviewer.gui.fields_panel import FieldsPanel
from esviewer.gui.find_bar import FindBar, Stretches
from esviewer.gui.garbage import drop
from esviewer.gui.in_turns import Pieces
from esviewer.gui.lettering import scaled
from esviewer.gui.live import Pulse
from esviewer.gui.localised import localised
from esviewer.gui.machine import Before, Machine, Place, Shown, ToPin
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.motion import at_rest, moving
from esviewer.gui.not_rebuilt import OF_REDUCERS
from esviewer.gui.play import Play
from esviewer.gui.playhead import BEFORE_FIRST, Playhead
from esviewer.gui.questions import Questions
from esviewer.gui.reducer_choice import ReducerChoice
from esviewer.gui.removed_panel import RemovedPanel
from esviewer.gui.repeatability import Repeatability
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.snapshots_panel import SnapshotsPanel
from esviewer.gui.state_panel import StatePanel
from esviewer.gui.store_count import StoreCount
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import status_text, visible
from esviewer.gui.theme import Theme
from esviewer.gui.timeline import Timeline
from esviewer.gui.times import shown_time
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.stores.counting import StoreInfo
from esviewer.work import Work

if TYPE_CHECKING:
    from esviewer.gui.report_dialog import ReportWanted

FIRST_SLICE = 0.15
SLICE = 0.08
"""Seconds for which a history is built before other questions have their turn."""
_HALF = 0.02
"""Seconds for which it is built while the playhead moves, and those that it then leaves to the frames, in turn."""
BETWEEN_DRAWINGS = 0.4
"""Seconds between two drawings of a history that grows."""
_WHILE_MOVING = 3.0
"""The same while the playhead moves."""
_GROW: Final = "grow"
"""The slot of what builds the history."""


class StorePage(QWidget):
    """Everything about one open store, once `building()` is through; `close_store()` ends its work."""

    counted = Signal(object)
    """The store's numbers, estimated first and exact later: a StoreInfo."""
    showing = Signal(object)
    """An aggregate is chosen, and will be read: its id."""
    as_of_changed = Signal()
    """The window looks at another moment."""

    def __init__(
        self,
        session: Session,
        counting: Session,
        open_another: Callable[[Work], Session],
        screen: Screen,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`counting` is a second session on the same store, whose long counts keep nobody waiting.

        `open_another` opens one more, for other long work. `screen` says what shows of masked values.
        """
        super().__init__(parent)
        self.session = session
        self.tasks = Tasks(self)
        self.aside = Aside(session, open_another, self)
        self.machine = Machine(session, self.tasks, theme, self.aside, screen, self)
        self.count = StoreCount(counting, self.machine.live, self)
        self.reducers = ReducerChoice(self.machine, self)
        self.questions = Questions(self.machine, self)
        self.questions.aggregate_wanted.connect(self._aggregate_wanted)
        self.view: AggregateView | None = None
        self.current: RebuiltState | None = None
        """The state on show."""
        self._types: list[str] = []
        self._aggregate_id: str | None = None
        self._wanted_version: int | None = None
        self._wanted_place: Place | None = None
        """What is to come to the front once the playhead is there."""
        self.as_of: Instant | None = None
        """The moment that the whole window looks at; None: the present."""
        self._as_of_guessed = False
        self._growing = False
        self._awaited = False
        """Whether the playhead is at a version whose state a program has yet to give."""
        self._told: tuple[int, int, bool, bool] | None = None
        """How many events and states of the view on show have been drawn, and whether these were all."""
        self._lost_of: AggregateView | None = None
        """The view of which it was said that states end."""
        self._theme = theme
        self._placed_row: int | None = None
        """The row that the moment led to."""
        self._to_be_placed = False
        """Whether the playhead is to go to the moment's row; until all events are in, that row may change."""
        self._before: Before | None = None
        """The moment before the first event to which the playhead can go, if it was asked for."""

    def building(self) -> Pieces:
        """Make the page, which is not to be used before: all at once would hold up the window."""
        self._lay_out()
        yield
        self.aggregates = AggregatesPanel(self.machine, self.whole)
        self.whole.insertWidget(0, self.aggregates)
        self.aggregates.setMinimumWidth(190)
        yield
        yield from self._build_time()
        yield from self._build_below()
        self._connect()
        self.machine.screen_changed.connect(self._screen_changed)
        self.aggregates.reload()

    def begin(self) -> None:
        """The page is on show."""
        self.aggregates.view.setFocus()
        self.count.begin()

    @property
    def _screen(self) -> Screen:
        return self.machine.screen

    def _screen_changed(self) -> None:
        """Other things are masked: what has been said and drawn may say too much, or too little."""
        self.messages.refresh()
        self._show_title()
        self.timeline.name_lanes()

    def _lay_out(self) -> None:
        """Put the empty places of the parts beside and below each other: a part that is moved is styled anew."""
        self.messages = MessageBar(self, self.machine.screen_now)
        # What is made from now on may have something to say before all is there.
        self.tasks.failed.connect(self._failed)
        self.machine.said.connect(self.messages.say)
        self.machine.failed.connect(self._failed)
        self.absent = AbsentNotice(self.machine, self)
        self.repeatability = Repeatability(self.machine, self.messages, self)
        self.as_of_banner = AsOfBanner(self._theme, self)
        self.whole = QSplitter(Qt.Orientation.Horizontal, self)
        self.right = QSplitter(Qt.Orientation.Vertical, self.whole)
        self._top = QWidget(self.right)
        self.below = QSplitter(Qt.Orientation.Horizontal, self.right)
        self.left = QSplitter(Qt.Orientation.Vertical, self.below)
        for splitter in (self.left, self.below, self.right, self.whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(7)
        self.pulse = Pulse(self.machine.live, self)
        self.pulse.beat.connect(self._look_again)
        self._drawn = 0.0
        self._sized = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.setSpacing(6)
        layout.addWidget(self.as_of_banner)
        layout.addWidget(self.messages)
        layout.addWidget(self.absent)
        layout.addWidget(self.whole, 1)

    def _build_time(self) -> Pieces:
        """What is above: the title, the timeline, the playhead."""
        top = self._top
        self.title = ElidedLabel(top)
        self.title.setObjectName("heading")
        self.title.show_text(self.tr("Choose an aggregate on the left."))
        self.as_of_field = AsOfField(top)
        self.by_time = QToolButton(top)
        self.by_time.setText(self.tr("True time"))
        self.by_time.setCheckable(True)
        self.by_time.setToolTip(self.tr("Place events at their time instead of their version (T)"))
        self.idle = QToolButton(top)
        self.idle.hide()
        self.fit = QToolButton(top)
        self.fit.setText(self.tr("Whole life"))
        self.fit.setToolTip(self.tr("Show the whole timeline again"))
        self.timeline = Timeline(self._theme, self.machine.screen_now, top)
        self.timeline.setMinimumHeight(90)
        yield
        self.playhead = Playhead(top)
        self.play = Play(self.playhead, self.machine, self)
        self.find_bar = FindBar(self.machine, self.playhead, top)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.as_of_field)
        head.addWidget(self.by_time)
        head.addWidget(self.idle)
        head.addWidget(self.fit)
        self._over = over = QVBoxLayout(top)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(4)
        over.addLayout(head)
        over.addWidget(self.timeline, 1)
        over.addWidget(self.playhead)
        over.addWidget(self.find_bar)
        yield

    def _build_below(self) -> Pieces:
        """What is below: events, the one at the playhead, the state and questions to it."""
        self.events = EventTable(self.machine, self.left)
        self.details = DetailsPanel(self.machine, self.left)
        yield
        self.state = StatePanel(self.machine, self.below)
        yield
        self.fields = FieldsPanel(self.machine, self)
        for shown in (self.events.show_touched, self.timeline.show_touched):
            self.fields.touched.connect(shown)
        self.state.tree.follow_wanted.connect(self.fields.follow)
        self.state.tabs.addTab(self.fields, self.tr("Fields"))
        self.removed = RemovedPanel(self.machine, self)
        self.state.tabs.addTab(self.removed, self.tr("Removed"))
        self.snapshots = SnapshotsPanel(self.machine, self)
        self.snapshots.aggregate_wanted.connect(self._aggregate_wanted)
        self.state.tabs.addTab(self.snapshots, self.tr("Snapshots"))
        self.state.lost.allow_wanted.connect(self.reducers.allow)
        self.state.lost.told_wanted.connect(self.reducers.tell_of)
        self.state.lost.stop_wanted.connect(self.stop_program)
        self.state.from_snapshot.setEnabled(self.session.store.has_snapshots)
        self.whole.setStretchFactor(1, 1)
        self.right.setStretchFactor(1, 1)
        yield

    def put_above_title(self, widget: QWidget) -> None:
        """Show something above the title of the aggregate."""
        self._over.insertWidget(0, widget)

    def offer_idle(self, action: QAction) -> None:
        """Collapse idle time while this is checked, which is offered beside true time too."""
        self.idle.setDefaultAction(action)
        self.machine.idle_action = action
        action.toggled.connect(self.timeline.collapse_idle)
        self.timeline.collapse_idle(action.isChecked())

    def set_sizes(self, sizes: dict[str, list[int]]) -> None:
        """Lay the panels out as remembered."""
        self._sized = True
        for name, splitter in self.splitters().items():
            if name in sizes:
                splitter.setSizes(sizes[name])

    def splitters(self) -> dict[str, QSplitter]:
        """The movable borders, by name."""
        return {"whole": self.whole, "right": self.right, "below": self.below, "left": self.left}

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            wide, high = self.width(), self.height()
            side = min(wide * 30 // 100, max(scaled(200), min(scaled(300), scaled(wide * 20 // 100))))
            self.whole.setSizes([side, wide - side])
            self.right.setSizes([high * 38 // 100, high * 62 // 100])
            self.below.setSizes([(wide - side) * 47 // 100, (wide - side) * 53 // 100])
            self.left.setSizes([high * 36 // 100, high * 26 // 100])

    def _connect(self) -> None:
        self.aggregates.chosen.connect(self._chosen)
        self.aggregates.failed.connect(self._list_failed)
        self.count.failed.connect(self._failed)
        self.count.counted.connect(self._counted)
        self.count.arrived.connect(self.aggregates.show_arrived)
        self.machine.version_wanted.connect(self._to_version)
        self.machine.rebuild_wanted.connect(self.rebuild)
        self.machine.findings_changed.connect(self._mark_findings)
        self.events.picked.connect(self._to_row)
        self.timeline.picked.connect(self._to_row)
        self.playhead.moved.connect(self.machine.moving)
        self.playhead.moved.connect(self._moved)
        self.playhead.asked.connect(self._asked)
        self.find_bar.found.connect(self._shade)
        self.as_of_field.asked.connect(self.show_as_of)
        self.as_of_field.cleared.connect(self.clear_as_of)
        self.as_of_banner.cleared.connect(self.clear_as_of)
        self._theme.changed.connect(self._tell_as_of)
        self.by_time.toggled.connect(self.timeline.show_by_time)
        self.by_time.toggled.connect(self.idle.setVisible)
        self.fit.clicked.connect(self._fit)
        self.state.pin_wanted.connect(self.pin)
        self.state.unpin_wanted.connect(self.unpin)
        self.state.snapshots_wanted.connect(self._show_row)
        self.state.case_wanted.connect(self._pin_tab)
        self.details.case_wanted.connect(self._pin_event)
        self.events.event_to_case.connect(self._pin_event)
        self.events.state_to_case.connect(self._pin_state)
        # What the sheet of keys says of them.
        for keys, slot, what in (
            (Qt.Key.Key_Left, self.playhead.step_back, self.tr("One version back")),
            (Qt.Key.Key_Right, self.playhead.step_forward, self.tr("One version forward")),
            (Qt.Key.Key_Home, self.playhead.to_first, self.tr("The first version")),
            (Qt.Key.Key_End, self.playhead.to_last, self.tr("The newest version")),
            (Qt.Key.Key_P, self._toggle_pin, self.tr("Pin or unpin the version to compare with")),
            (Qt.Key.Key_T, self.by_time.toggle, self.tr("Timeline by version or by true time")),
            (Qt.Key.Key_Space, self._space, self.tr("Play forward, or pause")),
            (Qt.Modifier.SHIFT | Qt.Key.Key_Space, self._shift_space, self.tr("Play backward, or pause")),
            (Qt.Key.Key_Slash, self.find_bar.open_bar, self.tr("Find a condition")),
            (Qt.Key.Key_F3, self.find_bar.go_on, self.tr("The next stretch where it held")),
            (Qt.Modifier.SHIFT | Qt.Key.Key_F3, self.find_bar.go_back, self.tr("The previous stretch where it held")),
            (Qt.Key.Key_Escape, self.find_bar.close_bar, self.tr("Close the find bar")),
        ):
            take_keys(self, QKeySequence(keys), slot, what)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setWhatsThis(self.tr("Search aggregates"))
        find.activated.connect(self.aggregates.search.setFocus)

    # The store in numbers

    def _counted(self, info: StoreInfo) -> None:
        if self._types != list(info.aggregate_types):
            self._types = self.machine.aggregate_types = list(info.aggregate_types)
            self.machine.types_counted.emit()
            self.aggregates.offer_types(self._types)
        self.counted.emit(info)

    @property
    def known_types(self) -> list[str]:
        """The store's aggregate types as far as they have been counted, with that of the aggregate on show."""
        shown = [] if self.view is None else [self.view.summary.aggregate_type or ""]
        return [*dict.fromkeys([*self._types, *shown])]

    # Errors

    def _failed(self, error: EsviewerError) -> None:
        if not self.reducers.take_on(error, self.messages):
            self.messages.say_error(error, self._again)

    def _list_failed(self, error: EsviewerError) -> None:
        self.messages.say_error(error, self.aggregates.reload)

    def _again(self) -> None:
        view = self.view
        if view is not None and view.summary.aggregate_id == self._aggregate_id:
            # What was read stays, and the playhead where it is.
            self.pulse.look_now()
            if len(view):
                self._moved(self.playhead.row)
        elif self._aggregate_id is not None:
            self.show_aggregate(self._aggregate_id, self._wanted_version)
        else:
            self.aggregates.reload()

    # Choosing an aggregate

    def _chosen(self, aggregate_id: str) -> None:
        if aggregate_id != self._aggregate_id:
            self.show_aggregate(aggregate_id)

    def show_aggregate(self, aggregate_id: str, version: int | None = None) -> None:
        """Read one aggregate and put the playhead on a version (the newest, without one)."""
        self._aggregate_id = aggregate_id
        self._wanted_version = version
        self._wanted_place = None
        self._placed_row = None
        self._to_be_placed = version is None
        self.play.stop()
        self._stop_building()
        self.title.show_text(self.tr("Reading {0} …").format(visible(self.name(aggregate_id))))
        self.aggregates.select(aggregate_id)
        self.showing.emit(aggregate_id)
        session = self.session

        def begin(work: Work) -> AggregateView:
            view = session.begin_view(aggregate_id, lenient=True, work=work)
            view.advance(FIRST_SLICE, work)
            return view

        self.tasks.run(begin, self._loaded, self._not_loaded, slot="view")

    def visit(self, aggregate_id: str, version: int | None = None) -> None:
        """Show an aggregate at a version (None: the newest); one that is on show is not read again for that."""
        view = self.view
        there = view is not None and view.summary.aggregate_id == aggregate_id == self._aggregate_id
        if view is None or not there or version is None or not view.has(version):
            self.show_aggregate(aggregate_id, version)
            return
        self._wanted_place = None
        self._wanted_version = None
        self._to_be_placed = False
        self.messages.clear()
        self._jump(view.index_of(version))

    def show_place(self, place: Place) -> None:
        """Show again what was on show before: an aggregate at a version, and the panel that is to be at the front."""
        self.show_aggregate(place.aggregate_id, place.version)
        self._wanted_place = place

    def _arrive(self, version: int) -> None:
        """Bring the wanted panel to the front, once the playhead is at the wanted version."""
        place = self._wanted_place
        if place is None or place.version not in (None, version):
            return
        self._wanted_place = None
        if place.show == "event":
            self.details.tabs.setCurrentWidget(self.details.data)
        elif place.show == "state":
            self.state.tabs.setCurrentWidget(self.state.tree)
        elif place.show == "compare" and place.sides is not None:
            self.state.tabs.setCurrentWidget(self.state.compare)
            self.state.compare.show_sides(*place.sides)
            if tuple(place.ignored) != self.state.compare.ignored:
                then = ", ".join(place.ignored) or self.tr("nothing")
                self.messages.say(
                    self.tr("When this was pinned, other paths were ignored: {0}.").format(then),
                    {self.tr("Ignore them now"): partial(self.state.compare.ignore_only, place.ignored)},
                )
        elif place.show == "fields":
            self.state.tabs.setCurrentWidget(self.fields)
            self.fields.follow_pointers(place.pointers)

    def _aggregate_wanted(self, wanted: tuple[str, int | None]) -> None:
        self.visit(*wanted)

    def _stop_building(self) -> None:
        """Nobody wants the view that is being built any longer."""
        self.pulse.stop()
        for slot in ("view", "state", _GROW, "snapshots", "look"):
            self.tasks.cancel(slot)
        if self.view is not None:
            self.view.stop()

    def _not_loaded(self, error: EsviewerError) -> None:
        self.title.show_text(self.tr("{0} could not be read").format(visible(self.name(self._aggregate_id or ""))))
        self.view = None
        self.current = None
        self.timeline.show_view(None)
        self.events.show_view(None)
        self._before = None
        self.playhead.set_rows(0, 0)
        self.playhead.show_place("")
        self.details.clear()
        self.state.clear()
        self.machine.show_view(None)
        self._failed(error)

    def _loaded(self, view: AggregateView) -> None:
        self.messages.clear()
        self.view = view
        self._told = None
        self._show_title()
        self.timeline.show_view(view)
        self._mark_findings()
        self.events.show_view(view)
        self._before = None
        self.playhead.set_rows(len(view), len(view) - 1)
        self.machine.show_view(view)
        self._find_wanted()
        self._place_as_of()
        if len(view):
            self._moved(self.playhead.row)
        self._tell_lost(view)
        self._go_on()

    def _tell_lost(self, view: AggregateView) -> None:
        """Say, once, from which event on there are no states."""
        lost = view.not_rebuilt
        if lost is not None and view is not self._lost_of:
            self._lost_of = view
            self.timeline.grow()
            self.events.viewport().update()
            self.reducers.not_rebuilt(lost.why, self.messages)

    def name(self, aggregate_id: str) -> str:
        """An id as it is shown, of an aggregate that has perhaps not been read yet."""
        row = self.aggregates.model.row_of(aggregate_id)
        if row is None:
            return self._screen.unknown_id(aggregate_id)
        return self._screen.aggregate_id(aggregate_id, self.aggregates.model.ref(row).aggregate_type)

    def _show_title(self) -> None:
        view = self.view
        if view is None:
            return
        kind = f" · {view.summary.aggregate_type}" if view.summary.aggregate_type else ""
        mark = status_text(view.summary.status)
        kind += f" · {mark}" if mark else ""
        count = self.tr("1 event") if len(view) == 1 else self.tr("{0} events").format(f"{len(view):,}")
        if not view.all_read:
            count = self.tr("{0} of {1} events so far").format(f"{len(view):,}", f"{view.summary.events:,}")
        span = f"{shown_time(view.instant(0))} – {shown_time(view.instant(len(view) - 1))}" if len(view) else ""
        name = self._screen.aggregate_id(view.summary.aggregate_id, view.summary.aggregate_type)
        self.title.show_text(visible(f"{name}{self._screen.text(kind)} · {count} · {span}"))

    def _mark_findings(self) -> None:
        """Show on the timeline what the audit on show found."""
        view = self.view
        self.timeline.show_findings([] if view is None else self.machine.findings_of(view.summary.aggregate_id))

    def _find_wanted(self) -> None:
        """Go to the version that was asked for once it is there."""
        view, wanted = self.view, self._wanted_version
        if view is None or wanted is None:
            return
        try:
            self.playhead.move(view.index_of(wanted))
        except NotFoundError as error:
            if not view.all_read:
                return
            self.messages.say_error(error)
        self._wanted_version = None

    def _go_on(self) -> None:
        """Build the next part of the history, between whatever else is asked for; at the end look for new events."""
        view = self.view
        if view is None:
            return
        if view.complete:
            self.tasks.run(view.compare_snapshots, lambda _: self._compared(view), slot="snapshots")
            self.pulse.start()
        else:
            if view.all_read:  # a program is at work, which may take long: new events need not wait for it
                self.pulse.keep_on()
            act = partial(self._advance, view)
            self.tasks.run(act, lambda _: self._grown(view), partial(self._not_grown, view), slot=_GROW)

    def _advance(self, view: AggregateView, work: Work) -> None:
        """Build a part of the history, on the worker; while the playhead moves only half of the time is for that."""
        if at_rest():
            view.advance(SLICE, work)
        else:
            self.tasks.give_way(_HALF)
            view.advance(_HALF, work)

    def _not_grown(self, view: AggregateView, error: EsviewerError) -> None:
        if view is not self.view or not isinstance(error, StoreError):
            self._failed(error)
            return
        # It goes on where it ended, once the store can be read again.
        self.pulse.start()
        self.pulse.failed(error)

    def _grown(self, view: AggregateView) -> None:
        if view is not self.view:
            return
        if view.complete or not view.all_read:
            self.pulse.answered()
        now = time.monotonic()
        # What grows under a hand that drags it would slip away from it, and costs half a frame.
        between = BETWEEN_DRAWINGS if at_rest() or self.playhead.at_end else _WHILE_MOVING
        lost = view.not_rebuilt is not None and view is not self._lost_of
        there = len(view), len(view.history), view.all_read, view.complete
        if (view.complete or now - self._drawn > between or lost) and (there != self._told or lost):
            self._drawn = now
            self._told = there
            self._show_title()
            self.timeline.grow()
            self.events.grow()
            stays = self.playhead.row if self.playhead.row == self._placed_row else None
            self._growing = True  # what moves the playhead now is nobody who watches frames
            self.playhead.grow(len(view))
            if stays is not None:
                self.playhead.move(stays)
            self._growing = False
            self._find_wanted()
            self._place_as_of()
            if view.all_read and self._before is not None and not self._before.complete and self.playhead.row < 0:
                self.go_to_moment(self._before.place.instant, guessed=self._before.guessed)
            self.machine.grown.emit(view)
            self._tell_lost(view)
        if self._awaited and self._row_is_due(view):
            self._show_row()
        self._go_on()

    def _row_is_due(self, view: AggregateView) -> bool:
        """Whether the playhead's version has its state by now, or will have none."""
        row = self.playhead.row
        return view.at_work is None or (0 <= row < len(view) and view.has_state(int(view.versions[row])))

    def stop_program(self) -> None:
        """Wait no longer for the program that rebuilds the aggregate on show; the events stay."""
        view = self.view
        if view is not None:
            self.tasks.run(lambda _: view.give_up_program(), slot="give-up")

    def _compared(self, view: AggregateView) -> None:
        if view is self.view:
            self.timeline.grow()
            self._show_row()
            self.machine.grown.emit(view)

    def _look_again(self) -> None:
        """Ask whether the aggregate has new events."""
        view = self.view
        waits = view is not None and view.all_read and not view.complete
        if view is None or (self.tasks.busy and not waits):
            self.pulse.busy(soon=view is not None)
        elif view.complete or waits:
            self.tasks.run(view.look_again, self._looked, self._not_looked, slot="look")
        else:
            self._go_on()

    def _not_looked(self, error: EsviewerError) -> None:
        if isinstance(error, StoreError):
            self.pulse.failed(error)
        else:
            self.pulse.stop()
            self._failed(error)

    def _looked(self, more: bool) -> None:
        self.pulse.came(some=more)
        if more and not self.tasks.at(_GROW):  # else a program is at work, between whose answers events are read
            self._go_on()

    # The playhead

    def _to_row(self, row: int) -> None:
        self.playhead.move(row)

    def _jump(self, row: int) -> None:
        """Put the playhead on a row in one go, from which somebody may want to come back."""
        if row != self.playhead.row:
            self.machine.jumping.emit()
        self.playhead.move(row)

    def _to_version(self, version: int) -> None:
        if self.view is not None:
            try:
                self._jump(self.view.index_of(version))
            except NotFoundError as error:
                self.messages.say_error(error)

    def rebuild(self) -> None:
        """Rebuild the aggregate on show, after its reducer has changed; the playhead stays on its version."""
        if self._aggregate_id is not None:
            # Without a version the moment that the window looks at is found again.
            self.show_aggregate(self._aggregate_id, self.version)

    def _moved(self, row: int) -> None:
        view = self.view
        if view is None:
            return
        if not self._growing:
            moving()
        if row < 0:
            self._show_none(view)
            return
        self.state.leave_none()
        version = int(view.versions[row])
        place = self.tr("version {0}")
        self.playhead.show_place(place.format(version), place.format(int(view.versions[-1])))
        self.timeline.show_row(row)
        self.events.show_row(row)
        self.details.show_event(view.summary.aggregate_id, version)
        self._show_row()

    def _show_row(self) -> None:
        view = self.view
        if view is None or not len(view):
            return
        session = self.session
        row = self.playhead.row
        if row < 0:
            return
        version = int(view.versions[row])
        self._awaited = False
        from_snapshot = self.state.from_snapshot.isChecked()

        def rebuild(work: Work) -> Shown:
            if from_snapshot and view.at_work is None:  # else its program would be asked for two things at a time
                state = session.state(view.summary.aggregate_id, version=version, work=work)
            else:
                state = view.state_at(version)
            return Shown(view, row, version, state, view.changes(version) if view.has_state(version) else [])

        # More than one state in a frame would be painted and never seen.
        self.tasks.run(rebuild, self._show, partial(self._not_shown, view, version), slot="state", paced=True)

    def _show(self, shown: Shown) -> None:
        if shown.view is not self.view:
            return
        self.current = shown.state
        self.state.show_state(shown.state, shown.changes, self.view)
        if shown.view.has_state(shown.version):
            self.machine.show(shown)
        else:
            # It is the stored snapshot's, of which the replay knows neither writers nor what was before.
            self.play.stop()
            self.machine.show_nothing()
        self._arrive(shown.version)

    def _not_shown(self, view: AggregateView, version: int, error: EsviewerError) -> None:
        if isinstance(error, NotYetRebuiltError):
            if view is self.view:
                self._await_state(view, version)
        elif not isinstance(error, OF_REDUCERS):
            self._failed(error)
        elif view is self.view:
            self.current = None
            self.play.stop()
            self.state.show_lost(view, version, error)
            self.machine.show_nothing()
            self._arrive(version)

    def _await_state(self, view: AggregateView, version: int) -> None:
        """Show that the state at the playhead is yet to come."""
        self._awaited = True
        if self._row_is_due(view):
            self._show_row()  # it has come meanwhile
            return
        self.current = None
        self.play.stop()
        self.state.show_working(view)
        self.machine.show_nothing()
        self._arrive(version)

    def _offer_before(self, before: Before | None) -> None:
        """Let the playhead go to a moment before the first event, or no longer."""
        self._before = before
        self.playhead.offer_before(before is not None)

    def _go_before(self, before: Before) -> None:
        """Put the playhead on a moment before the first event."""
        self.messages.clear()  # what was said of another moment
        self._offer_before(before)
        if self.playhead.row >= 0:
            self.playhead.move(BEFORE_FIRST)
        elif self.view is not None:
            self._show_none(self.view)

    def _show_none(self, view: AggregateView) -> None:
        """Show that nothing was there yet."""
        if self._before is None:
            return
        self.tasks.cancel("state")
        self.current = None
        self.playhead.show_place(self.tr("none yet"))
        self.timeline.show_row(BEFORE_FIRST)
        self.events.show_row(BEFORE_FIRST)
        self.details.clear(self.tr("No event yet as of {0}").format(self._before.place.instant))
        self.machine.show_none(self._before)
        self.state.show_none(self._before, view)

    def _asked(self, text: str) -> None:
        view = self.view
        if view is None:
            return
        if text.lstrip("-").isdecimal() and len(text) < 19 and not (len(text) == 8 and text.startswith(("19", "20"))):
            try:
                self._jump(view.index_of(int(text)))
            except NotFoundError as error:
                self.messages.say_error(error)
            return
        try:
            instant, guessed = typed_instant(text)
        except ValueError as error:
            self.messages.say(localised(f"{error}."))
            return
        self.go_to_moment(instant, guessed=guessed)

    def go_to_moment(self, instant: Instant, *, guessed: bool) -> None:
        """Put the playhead on the version as of a moment; `guessed`: its zone was not given, but is this machine's."""
        view = self.view
        if view is None:
            return
        place = view.as_of(instant)
        if place.version is None:
            self._go_before(Before(place, guessed, view.all_read))
        else:
            self._offer_before(None)
            self._jump(view.index_of(place.version))
            self._say_place(place, guessed=guessed)

    def _say_place(self, place: AsOf, *, guessed: bool) -> None:
        """Name the events on either side of a moment, with a button that goes to each."""
        view = self.view
        if view is not None:
            goes: dict[str, Callable[[], None]] = {
                self.tr("Version {0}").format(mark.version): partial(self._to_version, mark.version)
                for mark in (place.before, place.after)
                if mark is not None
            }
            self.messages.say(place_text(place, guessed=guessed, complete=view.all_read), goes)

    def go_to_next(self, event_type: str) -> None:
        """Put the playhead on the next event of a type, after the last one on the first one again."""
        view = self.view
        row = None if view is None else view.next_of_type(event_type, self.playhead.row)
        if row is None:
            return
        if row <= self.playhead.row:
            self.messages.say(self.tr("There is no later event of the type {0}: this is the first.").format(event_type))
        self._jump(row)

    def _space(self) -> None:
        self._play_unless_focused(1)

    def _shift_space(self) -> None:
        self._play_unless_focused(-1)

    def _play_unless_focused(self, direction: int) -> None:
        """Play or pause; where a button has the focus, space presses it as everywhere."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        elif isinstance(focused, QComboBox):
            focused.showPopup()
        else:
            self.play.toggle(direction)

    def _shade(self, found: Stretches | None) -> None:
        rows = np.zeros((0, 2), np.int64) if found is None else np.column_stack((found.firsts, found.lasts))
        self.timeline.show_stretches(rows, lasting=found is None or found.lasting)

    # The moment that the whole window looks at

    def ask_as_of(self) -> None:
        """Go to the field that takes a moment."""
        self.as_of_field.setFocus()
        self.as_of_field.selectAll()

    def show_as_of(self, text: str) -> None:
        """Look at everything as of a typed date and time."""
        try:
            instant, self._as_of_guessed = typed_instant(text)
        except (ValueError, OverflowError) as error:
            self.messages.say(self.tr("As of: {0}.").format(error))
            return
        self._set_as_of(instant)

    def clear_as_of(self) -> None:
        """Look at the present again; the playhead stays where it is."""
        if self.as_of is not None:
            self.messages.clear()
        self._set_as_of(None)

    def _set_as_of(self, instant: Instant | None) -> None:
        self.play.stop()
        self.as_of = self.machine.as_of = instant
        self._placed_row = None
        self._offer_before(None)
        self._to_be_placed = True
        self._wanted_version = None
        self._tell_as_of()
        self._place_as_of()
        self.as_of_changed.emit()

    def _tell_as_of(self) -> None:
        instant = self.as_of
        self.as_of_field.show_instant(instant)
        self.as_of_banner.show_instant(instant, self._as_of_guessed)
        self.aggregates.show_as_of(instant, self._theme.colours.dim)
        self.timeline.show_as_of(instant)
        self.events.show_as_of(instant)

    def _place_as_of(self) -> None:
        """Put the playhead on the version as of the moment, as soon as that can be told."""
        view, instant = self.view, self.as_of
        if view is None or instant is None or not len(view) or not self._to_be_placed:
            return
        place = view.as_of(instant)
        if not view.all_read and place.after is None:
            return
        self._to_be_placed = not view.all_read
        if self._placed_row is not None and self.playhead.row != self._placed_row:
            return  # somebody has moved on meanwhile
        if place.version is None:
            self._placed_row = BEFORE_FIRST
            self._go_before(Before(place, self._as_of_guessed, view.all_read))
        else:
            self._placed_row = view.index_of(place.version)
            self._offer_before(None)
            self.playhead.move(self._placed_row)
            self._say_place(place, guessed=self._as_of_guessed)

    def _fit(self) -> None:
        self.timeline.show_view(self.view)
        if self.view is not None:
            self.timeline.show_row(self.playhead.row)

    # Comparing

    def _toggle_pin(self) -> None:
        if self.state.compare.pinned is None:
            self.pin()
        else:
            self.unpin()

    def pin(self) -> None:
        """Keep the version on show, to compare others with, of this aggregate or another."""
        if self.current is not None:
            self.state.pin_version(self.current.aggregate_id, self.current.version)

    def unpin(self) -> None:
        """Compare with that version no longer."""
        self.state.compare.unpin()

    # What goes to the case

    def copies(self) -> Copies:
        """What can be copied where nothing nearer to the focus offers anything: the state on show."""
        shown, machine = self.machine.current, self.machine
        if shown is None:
            return {}
        about, state = shown.view.summary, shown.state.state

        def made(screen: Screen, session: Session, work: Work) -> str:
            del session, work
            return dumps(screen.shown(state, (), about.aggregate_id), indent=2)

        return {
            Form.JSON: partial(copy_made, machine, made),
            Form.SQL: partial(copy_sql, machine, Read(about.aggregate_id, about.aggregate_type)),
        }

    def pin_to_case(self) -> None:
        """Have pinned what fits the panel that has the focus: the event, the comparison, the fields, or the state."""
        focused = self.window().focusWidget()  # an open menu has the application's
        if focused is not None and self.left.isAncestorOf(focused):
            self._pin_event()
        elif focused is not None and self.state.isAncestorOf(focused):
            self._pin_tab()
        else:
            self._pin_state()

    def _pin_tab(self) -> None:
        """Have pinned what the tab at the front shows."""
        tab = self.state.tabs.currentWidget()
        if tab is self.state.compare:
            self.state.compare.pin_to_case()
        elif tab is self.fields:
            self.fields.pin_to_case()
        else:
            self._pin_state()

    def _pin_event(self, row: int | None = None) -> None:
        self._pin_row(event_to_pin, row)

    def _pin_state(self, row: int | None = None) -> None:
        self._pin_row(state_to_pin, row)

    def _pin_row(self, to_pin: Callable[[str, int], ToPin], row: int | None) -> None:
        view = self.view
        if view is None or not len(view):
            self.messages.say(self.tr("Choose an aggregate first; what is pinned is of one."))
            return
        row = self.playhead.row if row is None else row
        if row < 0:
            self.messages.say(self.tr("The playhead is before the first event: there is nothing to pin."))
            return
        version = int(view.versions[row])
        self.machine.pin_wanted.emit(to_pin(view.summary.aggregate_id, version))

    # Reports

    def write_report(self, wanted: ReportWanted) -> None:
        """Write the chosen aggregate's report to a file; the form is its ending."""
        if self._aggregate_id is None:
            self.messages.say(self.tr("Choose an aggregate first; the report is about one."))
            return
        session, aggregate_id, label = self.session, self._aggregate_id, self.session.store.label

        def write(work: Work) -> Path:
            # On the worker, since it takes a while to load.
            from esviewer.app.reporting import report_to_file

            path = not_of_the_store(str(wanted.file), label)
            rules = wanted.rules_for(label)
            report_to_file(session, aggregate_id, path, rules=rules, evidence=wanted.evidence, work=work)
            return path

        self.tasks.run(write, self._written, slot="report")

    def _written(self, path: Path) -> None:
        self.messages.say(self.tr("Report written to {0}.").format(path))

    @property
    def version(self) -> int | None:
        """The version at the playhead, or that it is on its way to; None: the newest one, or before the first."""
        view, row = self.view, self.playhead.row
        if self._wanted_version is not None or view is None or view.summary.aggregate_id != self._aggregate_id:
            return self._wanted_version
        follows = not view.all_read and self.playhead.at_end
        return None if row < 0 or not len(view) or follows else int(view.versions[row])

    @property
    def follows_fields(self) -> bool:
        """Whether followed fields are at the front."""
        return self.state.tabs.currentWidget() is self.fields and bool(self.fields.paths)

    @property
    def aggregate_id(self) -> str | None:
        """The chosen aggregate."""
        return self._aggregate_id

    def close_store(self) -> None:
        """End all work and close the store; nothing is shown afterwards."""
        self.play.stop()
        self.aggregates.close_store()
        self.snapshots.close_check()
        self.state.compare.end()
        self.questions.close()
        self.repeatability.close()
        self._stop_building()
        self.give_up()
        if self.view is not None:
            drop(self.view.history.let_go())

    def give_up(self) -> None:
        """Close the store of a page that was not made to the end."""
        self.tasks.close(self.session.close)
        self.count.close()
        self.aside.close()
