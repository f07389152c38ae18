"""Swim lanes: several aggregates' events on one axis of true time, read aside and drawn as far as they can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QUndoStack
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.lanes import MOST, Lanes, Sight, Spot
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, StoreError
from esviewer.gui.case.asking import event_to_pin
from esviewer.gui.copying import (
    MOST_ROWS,
    Copies,
    Form,
    Read,
    copies_of_event,
    copy_events,
    copy_sql,
    copy_text,
    csv_text,
    offer_copies,
)
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.lanes.legend import Legend
from esviewer.gui.lanes.looks import columns_of
from esviewer.gui.lanes.picture import LanesPicture
from esviewer.gui.links import offer_links
from esviewer.gui.live import Pulse
from esviewer.gui.log.lines import Line, line_of
from esviewer.gui.machine import Machine
from esviewer.gui.room import Room, invitation
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.text import visible
from esviewer.gui.times import full_time, shown_time
from esviewer.gui.undoing import Change, take_undo_keys
from esviewer.gui.work_bar import WorkBar
from esviewer.gui.zooming import NEARER, zoom
from esviewer.model.instant import Instant
from esviewer.work import Progress, Work

_READ: Final = "lanes-read"
_LOOK: Final = "lanes-look"
_CHOOSE: Final = "lanes-choose"
_POINT: Final = "lanes-point"
_COPY: Final = "lanes-copy"
_SLICE: Final = 0.1
"""Seconds of reading at least, before what was read is drawn."""
_BESIDE: Final = 0.5
"""What part of the width is drawn on both sides beyond what is in sight, so that it can be moved there at once."""
_PER_COLUMN: Final = 3
"""Pixels of a column of counts."""


@dataclass(frozen=True, slots=True)
class _Seen:
    sight: Sight
    columns: tuple[np.ndarray | None, ...]
    took: float
    """Seconds that it took to find out, without reading."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be seen."""

    ids: tuple[str, ...]
    span: tuple[float, float] | None
    columns: int
    collapse: bool


class _Reading:
    """What the worker knows of the lanes; made there."""

    def __init__(self) -> None:
        self._lanes: Lanes | None = None

    def of(self, session: Session) -> Lanes:
        if self._lanes is None:
            self._lanes = Lanes(session.store, session.reducers.words_for)
        return self._lanes


class LanesRoom(Room):
    """Which aggregates have a lane is what a link to this room says."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self.aside = machine.aside.twin(self)
        self._reading = _Reading()
        self._busy = False
        self._stopped = False
        self._pause = _SLICE
        self._line: Line | None = None
        """The chosen event."""
        self._span: tuple[Instant, Instant] | None = None
        """What is to be in sight once all lanes are read; a place on the axis is not known before."""
        self._undo = QUndoStack(self)
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Id of an aggregate"))
        self.field.setAccessibleName(self.tr("Aggregate to add as a lane"))
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(280)
        self.add_button = QPushButton(self.tr("Add a lane"), self)
        self.bar = WorkBar(self)
        self.go_on = QPushButton(self.tr("Read on"), self)
        self.go_on.setToolTip(self.tr("Read the events that are not in the lanes yet"))
        self.up = self._button("↑", self.tr("Move the lane up (Alt+Up)"))
        self.down = self._button("↓", self.tr("Move the lane down (Alt+Down)"))
        self.remove = self._button("×", self.tr("Remove the lane (Delete)"))
        self.idle = QToolButton(self)
        if self.machine.idle_action is not None:
            self.idle.setDefaultAction(self.machine.idle_action)
        self.further = self._button("−", self.tr("Zoom out (−)"))
        self.nearer = self._button("+", self.tr("Zoom in (+)"))
        self.fit = self._button(self.tr("Show all"), self.tr("Have all events in sight again (0)"))
        self.summary = ElidedLabel(self)
        self.summary.setObjectName("heading")
        self.picture = LanesPicture(self.machine, self)
        self.legend = Legend(self.picture.mark, self)
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.scroll_bar.setAccessibleName(self.tr("Lanes in sight"))
        self.scroll_bar.hide()
        self.about = ElidedLabel(self)
        self.about.setAccessibleName(self.tr("The chosen event"))
        self.nothing = invitation(self)
        shown = QWidget(self)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.picture, 1)
        across.addWidget(self.scroll_bar)
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        for widget in (self.up, self.down, self.remove, self.idle, self.further, self.nearer, self.fit):
            head.addWidget(widget)
        over = QVBoxLayout(shown)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(4)
        over.addLayout(head)
        over.addWidget(self.legend)
        over.addLayout(across, 1)
        over.addWidget(self.about)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(shown)
        top = QHBoxLayout()
        top.addWidget(self.field, 2)
        top.addWidget(self.add_button)
        top.addWidget(self.go_on)
        top.addWidget(self.bar, 3)
        top.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)
        self.pulse = Pulse(self.machine.live, self)

    def _button(self, text: str, about: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(about)
        button.setAccessibleName(about.partition(" (")[0])
        return button

    def _connect(self) -> None:
        picture = self.picture
        self.field.returnPressed.connect(self.add_typed)
        self.add_button.clicked.connect(self.add_typed)
        self.bar.cancelled.connect(self.cancel)
        self.go_on.clicked.connect(self.read_on)
        self.up.clicked.connect(lambda: self.move_lane(picture.lane - 1))
        self.down.clicked.connect(lambda: self.move_lane(picture.lane + 1))
        self.remove.clicked.connect(self.remove_lane)
        self.further.clicked.connect(lambda: self._zoom(1 / NEARER))
        self.nearer.clicked.connect(lambda: self._zoom(NEARER))
        self.fit.clicked.connect(picture.show_whole)
        self.scroll_bar.valueChanged.connect(picture.scroll_to)
        picture.looked.connect(self._look)
        picture.opened.connect(self._open)
        picture.pointed.connect(self._point)
        picture.step_wanted.connect(self._step)
        picture.end_wanted.connect(self._to_end)
        picture.lane_wanted.connect(self._choose_lane)
        picture.lane_moved.connect(self.move_lane)
        picture.lane_removed.connect(self.remove_lane)
        picture.lane_opened.connect(self._open_lane)
        picture.scrolled.connect(self._show_scroll)
        picture.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.pulse.beat.connect(self._look_again)
        self.machine.screen_changed.connect(self._screen_changed)
        self.machine.rebuild_wanted.connect(self._reducers_changed)
        if self.machine.idle_action is not None:
            self.machine.idle_action.toggled.connect(self._idle_toggled)
        take_undo_keys(self, self._undo.undo, self._undo.redo)
        take_keys(self, QKeySequence.StandardKey.Refresh, self.read_anew)

    def entered(self) -> None:
        (self.picture if self.lane_ids else self.field).setFocus()
        if self.lane_ids:
            self._look()  # the window may look at another moment by now
            self.pulse.look_now()

    def close_store(self) -> None:
        self.pulse.stop()
        self.aside.close()

    # Which lanes

    def show_lanes(self, ids: Sequence[str]) -> None:
        """Have these aggregates as lanes, from above to below, in place of others."""
        wanted = tuple(dict.fromkeys(ids))
        if len(wanted) > MOST:
            self.messages.say(
                self.tr("There can be {0} lanes at most: the first {0} of these aggregates have one.").format(MOST)
            )
        else:
            self.messages.clear()
        self._change(wanted[:MOST])

    @property
    def lane_span(self) -> tuple[Instant, Instant] | None:
        sight, span = self.picture.sight, self.picture.span
        if self._span is not None or sight is None or span is None:
            return self._span
        since, until = (Instant(round(sight.idle.time(place) * 1e6) * 1000) for place in span)
        return (since, until) if since.ns < until.ns else None

    def show_span(self, span: tuple[Instant, Instant] | None) -> None:
        """Have what was between two moments in sight, as soon as all lanes are read; None: all of it."""
        self._span = span
        self.picture.show_whole()
        self._arrive()

    def _arrive(self) -> None:
        sight, span = self.picture.sight, self._span
        if span is None or sight is None or not sight.complete:
            return
        self._span = None
        if self.picture.span is None:  # else somebody has zoomed meanwhile
            self.picture.show_span(*(sight.idle.place(each.seconds) for each in span))

    def add_lanes(self, ids: Sequence[str]) -> None:
        """Have these aggregates as lanes too, below the others."""
        self.show_lanes((*self.lane_ids, *ids))

    def add_typed(self) -> None:
        """Add a lane of the aggregate that the field names."""
        wanted = self.field.text().strip()
        if wanted:

            def find(session: Session, work: Work) -> str:
                return session.store.summary(wanted, work=work).aggregate_id

            self.aside.run(find, self._typed, self.messages.say_error, slot="lanes-find")

    def _typed(self, aggregate_id: str) -> None:
        self.field.clear()
        self.add_lanes([aggregate_id])
        self.picture.choose_lane(self.lane_ids.index(aggregate_id) if aggregate_id in self.lane_ids else 0)

    def move_lane(self, number: int) -> None:
        """Put the chosen lane elsewhere among the others."""
        at = self.picture.lane
        if 0 <= number < len(self.lane_ids) and number != at < len(self.lane_ids):
            others = [each for place, each in enumerate(self.lane_ids) if place != at]
            others.insert(number, self.lane_ids[at])
            self.picture.lane = number
            self._change(tuple(others))

    def remove_lane(self) -> None:
        """Have the chosen lane no longer."""
        at = self.picture.lane
        if at < len(self.lane_ids):
            spot = self.picture.spot
            if spot is not None and spot.aggregate_id == self.lane_ids[at]:
                self._forget()
            self._change(tuple(each for place, each in enumerate(self.lane_ids) if place != at))

    def _change(self, ids: tuple[str, ...]) -> None:
        if ids != self.lane_ids:
            self._undo.push(Change(self._take, self.lane_ids, ids))

    def _take(self, ids: tuple[str, ...]) -> None:
        self.lane_ids = ids
        if self.picture.spot is not None and self.picture.spot.aggregate_id not in ids:
            self._forget()
        self.aside.cancel(_LOOK)
        if ids:
            self._stopped = False
            self._read()
        else:
            self.cancel()
            self.pulse.stop()
            self.picture.show_sight(None)
        self._show_state()
        self.place_changed.emit()

    # Reading and looking

    @property
    def _asked(self) -> _Asked:
        span = self.picture.span
        wide = self.picture.width() * (1 if span is None else 1 + 2 * _BESIDE)
        columns = max(64, min(2048, int(wide) // _PER_COLUMN))
        return _Asked(self.lane_ids, span, columns - columns % 4, self._collapses)

    @property
    def _collapses(self) -> bool:
        action = self.machine.idle_action
        return action is not None and action.isChecked()

    def _read(self) -> None:
        """Read some more, and draw it."""
        if not self._busy:
            self._busy = True
            self._pause = _SLICE
            self.bar.begin(self.tr("Reading events"))
        self.aside.run(partial(_read, self._reading, self._asked, self._pause), self._came, self._failed, slot=_READ)
        self._show_state()

    def read_on(self) -> None:
        """Read what is not read yet."""
        self._stopped = False
        if self.lane_ids:
            self._read()

    def read_anew(self) -> None:
        """Read all lanes from the beginning."""
        self._reading = _Reading()
        self.read_on()

    def cancel(self) -> None:
        """Read no further for now; what was read stays."""
        self.aside.cancel(_READ)
        self._busy, self._stopped = False, True
        self.bar.end()
        self._show_state()

    def _came(self, seen: _Seen) -> None:
        self._show(seen)
        if seen.sight.complete:
            self._busy = False
            self.bar.end()
            self.pulse.keep_on()
            self.pulse.came(some=False)
        else:
            # Finding out what is in sight of much takes a while too, and is not to take most of the time.
            self._pause = max(_SLICE, 2 * seen.took)
            lanes = seen.sight.lanes
            read, expected = sum(each.read for each in lanes), sum(each.expected for each in lanes)
            self.bar.show_progress(Progress(self.tr("Reading events"), read, expected))
            self._read()
        self._show_state()

    def _failed(self, error: EsviewerError) -> None:
        self._busy, self._stopped = False, True
        self.bar.end()
        self.messages.say_error(error, self.read_on if isinstance(error, StoreError) else None)
        self._show_state()

    def _look(self) -> None:
        """Ask what is in sight now."""
        self.place_changed.emit()
        if self.lane_ids:
            self.aside.run(partial(_looked, self._reading, self._asked), self._show, self._failed, slot=_LOOK)

    def _look_again(self) -> None:
        """Ask for new events."""
        if self._busy or self._stopped or not self.isVisible() or not self.lane_ids:
            self.pulse.busy()
            return
        act = partial(_read, self._reading, self._asked, _SLICE, again=True)
        self.aside.run(act, partial(self._looked_again, self._count()), self._unreachable, slot=_READ)

    def _looked_again(self, before: int, seen: _Seen) -> None:
        self.pulse.came(some=sum(each.read for each in seen.sight.lanes) > before)
        self._show(seen)
        if not seen.sight.complete:
            self._read()

    def _unreachable(self, error: EsviewerError) -> None:
        if isinstance(error, StoreError):
            self.pulse.failed(error)
        else:
            self.pulse.stop()
            self._failed(error)

    def _count(self) -> int:
        return sum(each.read for each in self.picture.lanes)

    def _show(self, seen: _Seen) -> None:
        if tuple(each.aggregate_id for each in seen.sight.lanes) != self.lane_ids:
            return
        self.picture.show_sight(seen.sight, seen.columns)
        self._arrive()
        self._show_state()

    def _show_state(self) -> None:
        sight, picture = self.picture.sight, self.picture
        self.stack.setCurrentIndex(1 if self.lane_ids else 0)
        self.nothing.setText(
            self.tr(
                "Choose some aggregates in the list of the time machine, with Shift or Ctrl+Space, and then “Show as "
                "swim lanes” (Ctrl+Shift+L), or name one above.\n\nThen the events of each are a lane, all on one axis "
                "of time: what happened before what, across aggregates."
            )
        )
        self.go_on.setVisible(bool(self.lane_ids) and self._stopped and not self._busy)
        several = len(self.lane_ids) > 1
        self.up.setEnabled(several and picture.lane > 0)
        self.down.setEnabled(several and picture.lane < len(self.lane_ids) - 1)
        self.remove.setEnabled(bool(self.lane_ids))
        if sight is None or not self.lane_ids:
            self.summary.show_text(self.tr("Reading events …") if self.lane_ids else "")
            self.legend.show_types([])
        else:
            self.summary.show_text(self._summary(sight))
            present = {spot.kind for lane in sight.lanes for spot in lane.spots}
            present |= {kind for lane in sight.lanes for kind in lane.kinds}
            self.legend.show_types([(each, picture.kind_name(each)) for each in sorted(present)])
        self._describe()
        self._show_scroll()

    def _summary(self, sight: Sight) -> str:
        lanes, events = len(sight.lanes), sum(each.read for each in sight.lanes)
        seen = sum(each.in_sight for each in sight.lanes)
        parts = [
            self.tr("1 aggregate") if lanes == 1 else self.tr("{0} aggregates").format(f"{lanes:,}"),
            self.tr("1 event") if events == 1 else self.tr("{0} events").format(f"{events:,}"),
        ]
        if self._stopped and not sight.complete:
            parts.append(self.tr("not all of them read"))
        times = [each for lane in sight.lanes for each in (lane.first, lane.last) if each is not None]
        if times:
            first, last = min(times, key=lambda each: each.ns), max(times, key=lambda each: each.ns)
            parts.append(f"{shown_time(first)} – {shown_time(last)}")
        if self.machine.as_of is not None:
            parts.append(self.tr("shaded: after {0}").format(shown_time(self.machine.as_of)))
        if self.picture.span is not None and seen < events:
            parts.append(self.tr("{0} of them in sight").format(f"{seen:,}"))
        return " · ".join(parts)

    def _show_scroll(self) -> None:
        picture = self.picture
        most = max(0, len(picture.lanes) - picture.high_enough)
        self.scroll_bar.blockSignals(True)
        self.scroll_bar.setRange(0, most)
        self.scroll_bar.setPageStep(picture.high_enough)
        self.scroll_bar.setValue(picture.top)
        self.scroll_bar.blockSignals(False)
        self.scroll_bar.setVisible(most > 0)

    def _screen_changed(self) -> None:
        """Other things are masked, or times are in another zone."""
        self.picture.name_lanes()
        self._show_state()
        spot = self.picture.spot
        if spot is not None:
            self._ask_for(spot)
        if self.machine.screen.text(self.field.text()) != self.field.text():
            self.field.clear()

    def _reducers_changed(self) -> None:
        """Events may be called otherwise, and have other colours."""
        self._reading = _Reading()
        if self.lane_ids:
            self._read()

    def _idle_toggled(self) -> None:
        if self.isVisible():
            self.picture.show_whole()

    # One event

    def _zoom(self, factor: float) -> None:
        span = self.picture.places
        spot = self.picture.spot
        self.picture.show_span(*span)
        zoom(self.picture.getPlotItem().getViewBox(), factor, None if spot is None else spot.place)

    def _choose_lane(self, number: int) -> None:
        """Go to a lane, and there to the event that is nearest to the chosen one."""
        self.picture.choose_lane(number)
        spot = self.picture.spot
        self._show_state()
        if spot is not None and number < len(self.lane_ids) and self.lane_ids[number] != spot.aggregate_id:
            self._find(lambda lanes, of: lanes.nearest(of, spot.place))

    def _step(self, by: int) -> None:
        spot, places = self.picture.spot, self.picture.places
        if spot is None or self._lane_id != spot.aggregate_id:
            middle = places[0] if by > 0 else places[1]
            self._find(lambda lanes, of: lanes.nearest(of, middle))
        else:
            self._find(lambda lanes, of: lanes.step(of, spot.row, by))

    def _to_end(self, last: bool) -> None:
        self._find(lambda lanes, of: lanes.end(of, last=last))

    @property
    def _lane_id(self) -> str | None:
        return self.lane_ids[self.picture.lane] if self.picture.lane < len(self.lane_ids) else None

    def _find(self, find: Callable[[Lanes, str], Spot | None]) -> None:
        of = self._lane_id
        if of is not None:
            screen = self.machine.screen.beside()
            act = partial(_found, self._reading, self.lane_ids, find, of, screen)
            self.aside.run(act, self._chosen, self._failed, slot=_CHOOSE)

    def _ask_for(self, spot: Spot) -> None:
        act = partial(_told, spot, self.machine.screen.beside())
        self.aside.run(act, self._chosen, self._failed, slot=_CHOOSE)

    def _chosen(self, found: tuple[Spot, Line] | None) -> None:
        if found is None or found[0].aggregate_id not in self.lane_ids:
            return
        spot, self._line = found
        self.picture.choose(spot)
        self._show_state()

    def _forget(self) -> None:
        self._line = None
        self.picture.choose(None)

    def _describe(self) -> None:
        """Say which event is chosen, and which lane."""
        keys = self.tr("Arrow keys go from event to event and lane to lane, Enter opens, + and − zoom, 0 shows all")
        text = keys if self._line is None or self.picture.spot is None else self._about(self._line)
        self.about.show_text(text)
        lane = self.picture.about_lane(self.picture.lane) if self.picture.lanes else ""
        self.picture.setAccessibleDescription(" · ".join(filter(None, (text, lane))))

    def _about(self, line: Line) -> str:
        """An event in one line: of what, version, type, time, actor, and what it is called."""
        screen = self.machine.screen
        name = visible(screen.text(line.type))
        parts = [
            visible(screen.aggregate_id(line.aggregate_id, line.aggregate_type)),
            self.tr("version {0}").format(line.version),
            f"{line.sign} {name}" if line.sign else name,
            shown_time(line.timestamp),
            self.tr("by {0}").format(line.actor) if line.actor else "",
            "" if self.machine.types_alone else line.words,
        ]
        return " · ".join(filter(None, parts))

    def _point(self, at: tuple[Spot, QPointF] | None) -> None:
        """Say which event the mouse is at, as soon as its actor is known."""
        if at is None:
            self.aside.cancel(_POINT)
            return
        spot, place = at
        act = partial(_told, spot, self.machine.screen.beside())
        self.aside.run(act, partial(self._pointed, place), self._failed, slot=_POINT)

    def _pointed(self, place: QPointF, found: tuple[Spot, Line]) -> None:
        self.picture.say(place, self._about(found[1]).replace(" · ", "\n"))

    def _open(self, spot: Spot) -> None:
        self.aggregate_wanted.emit(spot.key)

    def _open_lane(self, number: int) -> None:
        self.aggregate_wanted.emit((self.lane_ids[number], None))

    def pin_to_case(self) -> None:
        """Have the chosen event pinned to the case."""
        spot = self.picture.spot
        if spot is None:
            self.messages.say(self.tr("Choose an event first."))
        else:
            self.machine.pin_wanted.emit(event_to_pin(*spot.key))

    # Menus, and what can be copied

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.picture.mapFrom(self, event.pos())
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if not self.picture.lanes or not (by_key or self.picture.rect().contains(place)):
            super().contextMenuEvent(event)
            return
        spot = self.picture.spot
        if not by_key:
            at = self.picture.mapToScene(place)
            number = self.picture.lane_at(at)
            if number is not None:
                self.picture.choose_lane(number)
            spot = self.picture.spot_at(at)
        where = self.picture.rect().center() if by_key else place
        self.menu(spot).popup(self.picture.mapToGlobal(QPoint(where)))

    def menu(self, spot: Spot | None) -> QMenu:
        """What can be done with an event, and with the chosen lane; the menu goes when it is closed."""
        menu, number = QMenu(self), self.picture.lane
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if spot is not None:
            menu.addAction(self.tr("Open the aggregate at this version"), partial(self._open, spot))
            menu.addAction(self.tr("Show its correlation"), partial(self.machine.trace_wanted.emit, spot.key))
            pin = partial(self.machine.pin_wanted.emit, event_to_pin(*spot.key))
            menu.addAction(self.tr("Add this event to the case"), pin)
            offer_copies(menu, copies_of_event(self.machine, spot.aggregate_id, spot.aggregate_type, spot.version))
            offer_links(menu, self.machine, spot.aggregate_id, spot.aggregate_type, spot.version)
            menu.addSeparator()
        menu.addAction(self.tr("Open this lane's aggregate"), partial(self._open_lane, number))
        lane = self.picture.lanes[number]
        if self.machine.screen.aggregate_id(lane.aggregate_id, lane.aggregate_type) != lane.aggregate_id:
            menu.addAction(self.tr("Reveal this id"), partial(self.machine.reveal_id, lane.aggregate_id))
        for text, slot, may in (
            (self.tr("Move the lane up"), partial(self.move_lane, number - 1), number > 0),
            (self.tr("Move the lane down"), partial(self.move_lane, number + 1), number < len(self.lane_ids) - 1),
            (self.tr("Remove the lane"), self.remove_lane, True),
        ):
            menu.addAction(text, slot).setEnabled(may)
        menu.addSeparator()
        menu.addAction(self.tr("Copy the events in sight as CSV"), partial(self.copy_in_sight, Form.CSV))
        menu.addAction(self.tr("Copy the events in sight as JSON"), partial(self.copy_in_sight, Form.JSON))
        return menu

    def copies(self) -> Copies:
        """What can be copied: the events in sight, the chosen event in words, and the SQL that reads it."""
        if not self.picture.lanes:
            return {}
        found: Copies = {form: partial(self.copy_in_sight, form) for form in (Form.JSON, Form.CSV)}
        line = self._line
        if line is not None:
            read = Read(line.aggregate_id, line.aggregate_type, line.version)
            found[Form.VALUE] = lambda: copy_text(self.machine, self._about(line))
            found[Form.SQL] = partial(copy_sql, self.machine, read)
        return found

    def copy_in_sight(self, form: Form) -> None:
        """Copy all events that are in sight, by time."""
        screen = self.machine.screen.beside() if form is Form.CSV else None
        act = partial(_in_sight, self._reading, self.lane_ids, self.picture.places, screen)
        self.aside.run(act, partial(self._copy, form), self._failed, slot=_COPY)

    def _copy(self, form: Form, found: tuple[int, list[tuple[str, int]], list[Line]]) -> None:
        count, keys, lines = found
        if count > MOST_ROWS:
            self.machine.told.emit(
                self.tr("{0} events are in sight, and {1} can be copied at most: zoom in first.").format(
                    f"{count:,}", f"{MOST_ROWS:,}"
                )
            )
        elif not count:
            self.machine.told.emit(self.tr("No event is in sight."))
        elif form is Form.JSON:
            copy_events(self.machine, keys)
        else:
            copy_text(self.machine, csv_text([_HEADS, *map(self._cells, lines)]))

    def _cells(self, line: Line) -> list[str]:
        screen = self.machine.screen
        return [
            screen.aggregate_id(line.aggregate_id, line.aggregate_type),
            screen.text(line.aggregate_type or ""),
            str(line.version),
            screen.text(line.type),
            "" if line.timestamp is None else full_time(line.timestamp),
            line.actor,
        ]


_HEADS: Final = ["aggregate_id", "aggregate_type", "version", "type", "timestamp", "actor"]
"""As the command line calls them."""


def _read(
    reading: _Reading, asked: _Asked, seconds: float, session: Session, work: Work, *, again: bool = False
) -> _Seen:
    lanes = reading.of(session)
    lanes.show(asked.ids)
    if again:
        lanes.look_again()
    lanes.advance(seconds, work)
    return _seen(lanes, asked)


def _looked(reading: _Reading, asked: _Asked, session: Session, work: Work) -> _Seen:
    del work
    lanes = reading.of(session)
    lanes.show(asked.ids)
    return _seen(lanes, asked)


def _seen(lanes: Lanes, asked: _Asked) -> _Seen:
    begun = time.monotonic()
    sight = lanes.sight(asked.span, asked.columns, beside=_BESIDE, collapse=asked.collapse)
    columns = columns_of(sight)
    return _Seen(sight, columns, time.monotonic() - begun)


def _found(
    reading: _Reading,
    ids: tuple[str, ...],
    find: Callable[[Lanes, str], Spot | None],
    of: str,
    screen: Screen,
    session: Session,
    work: Work,
) -> tuple[Spot, Line] | None:
    lanes = reading.of(session)
    lanes.show(ids)
    spot = find(lanes, of)
    return None if spot is None else _told(spot, screen, session, work)


def _told(spot: Spot, screen: Screen, session: Session, work: Work) -> tuple[Spot, Line]:
    return spot, line_of(session.store.event(*spot.key, work=work), screen, session)


def _in_sight(
    reading: _Reading,
    ids: tuple[str, ...],
    span: tuple[float, float],
    screen: Screen | None,
    session: Session,
    work: Work,
) -> tuple[int, list[tuple[str, int]], list[Line]]:
    lanes = reading.of(session)
    lanes.show(ids)
    count, keys = lanes.keys(span, MOST_ROWS)
    if screen is None:
        return count, keys, []
    return count, keys, [line_of(session.store.event(*key, work=work), screen, session) for key in keys]
