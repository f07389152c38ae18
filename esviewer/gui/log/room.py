"""The events room: all events of the store over time, searched by filters, in store order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.event_log import LogSearch, Searched
from esviewer.app.log_filter import LogFilter, literal_glob
from esviewer.app.log_tail import KEPT, Arrived, LogTail
from esviewer.app.overview import Overview, Picture
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, StoreError
from esviewer.gui.case.asking import event_to_pin
from esviewer.gui.copying import Copies, Form, Read, chosen_rows, copies_of_rows, copy_events, copy_sql, offer_copies
from esviewer.gui.details_panel import DetailsPanel
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.links import offer_links
from esviewer.gui.live import Pulse
from esviewer.gui.log.filter_row import FilterRow
from esviewer.gui.log.histogram import LogHistogram
from esviewer.gui.log.legend import Legend
from esviewer.gui.log.lines import Line, line_of
from esviewer.gui.log.model import LogModel
from esviewer.gui.log.saved import SavedMenu
from esviewer.gui.machine import Machine
from esviewer.gui.masked import offer_reveal_marks, text_of
from esviewer.gui.plain_table import PlainTable
from esviewer.gui.room import Room, invitation
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.text import visible
from esviewer.gui.times import shown_time
from esviewer.gui.undoing import take_undo_keys
from esviewer.model.instant import Instant
from esviewer.work import Work

PAGE: Final = 500
"""Events that are found before the search waits until somebody looks further."""
_SLICE: Final = 0.1
_COUNTING: Final = 0.06
"""Seconds of a turn, so that others have theirs."""
_BETWEEN_DRAWINGS: Final = 0.5
_SEARCH: Final = "log-search"
_RENEW: Final = "log-renew"
_OVERVIEW: Final = "log-overview"
_COUNTED_AGAIN: Final = 200_000
"""Events of which a picture is made anew for some that arrived."""


@dataclass(frozen=True, slots=True)
class _Found:
    search: LogSearch
    lines: list[Line]
    searched: Searched


class _Counting:
    """The overview of the worker's session; made there."""

    def __init__(self) -> None:
        self.overview: Overview | None = None

    def of(self, session: Session) -> Overview:
        if self.overview is None:
            self.overview = Overview(session.store)
        return self.overview


class _Arriving:
    """What tells the worker's session of new events; made there before the first search, so that none is between."""

    def __init__(self) -> None:
        self._tail: LogTail | None = None
        self.refused = False
        """Whether new events can't be told from old ones."""

    def begin(self, asked: LogFilter, session: Session, work: Work) -> None:
        """Tell what arrives from now on, as far as it fits."""
        if self._tail is not None:
            self._tail.ask(asked, work)
        elif not self.refused:
            if session.store.tells_new:
                self._tail = LogTail(session.store, asked, work)
            else:
                self.refused = True

    def look(self, work: Work) -> Arrived:
        return Arrived(0, []) if self._tail is None else self._tail.look(work)


class EventsRoom(Room):
    """Searches and counts on a session of its own, one slice after the other."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self.aside = machine.aside.twin(self)
        self._counting = _Counting()
        self._search: LogSearch | None = None
        self.searched: Searched | None = None
        """How far the search has come; None before it has begun."""
        self._searching = False
        self._wanted = 0
        self._picture: Picture | None = None
        self._drawn = 0.0
        self._begun = False
        self._arriving = _Arriving()
        self._looking = False
        self._new: list[Line] = []
        """What has arrived and is not shown yet, as long as that is not too much."""
        self._new_count = 0
        self._new_stale = False
        """Whether some of that may be masked otherwise than now."""
        self._arrived = 0
        """How many events were shown that arrived after the search had begun."""
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        screen_now = self.machine.screen_now
        self.histogram = LogHistogram(self.machine.theme, screen_now, self.machine.session.reducers.colour_of, self)
        self.histogram.setMinimumHeight(90)
        self.legend = Legend(screen_now, self)
        self.filters = FilterRow(self)
        self.saved = SavedMenu(self.machine.session.key, self.filters.filter, self)
        self.filters.saved.setMenu(self.saved.menu)
        self.model = LogModel(self.machine, self)
        self.table = PlainTable(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Events of the store"))
        self.table.setToolTip("")
        header = show_rows(self.table, several=True)
        when = self.fontMetrics().horizontalAdvance("2000-00-00 00:00:00 +00:00") + 14
        give_widths(header, (76, when, 190, 120, 58, 90))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.details = DetailsPanel(self.machine, self)
        self.nothing = invitation(self)
        self.list = QStackedWidget(self)
        self.list.addWidget(self.nothing)
        self.list.addWidget(self.table)
        self.state = ElidedLabel(self)
        self.state.setObjectName("dim")
        self.state.setAccessibleName(self.tr("How far the search has come"))
        self.stop = QPushButton(self.tr("Stop"), self)
        self.go_on = QPushButton(self.tr("Search on"), self)
        self.new = QPushButton(self)
        self.new.setObjectName("primary")
        self.new.setToolTip(self.tr("Show the events that have arrived (Ctrl+Shift+N)"))
        self.new.hide()
        self.pulse = Pulse(self.machine.live, self)
        upper = QWidget(self)
        over = QVBoxLayout(upper)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(2)
        over.addWidget(self.legend)
        over.addWidget(self.histogram, 1)
        below = QWidget(self)
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        line = QHBoxLayout()
        line.addWidget(self.state, 1)
        line.addWidget(self.stop)
        line.addWidget(self.go_on)
        line.addWidget(self.new)
        self.halves = QSplitter(Qt.Orientation.Horizontal, self)
        self.halves.addWidget(self.list)
        self.halves.addWidget(self.details)
        self.halves.setSizes([820, 340])
        self.halves.setStretchFactor(0, 1)
        under.addWidget(self.filters)
        under.addWidget(self.halves, 1)
        under.addLayout(line)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.addWidget(upper)
        self.parts.addWidget(below)
        self.parts.setSizes([170, 530])
        self.parts.setStretchFactor(1, 1)
        for splitter in (self.halves, self.parts):
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addWidget(self.parts, 1)

    def _connect(self) -> None:
        self.filters.asked.connect(self.search)
        self.histogram.span_chosen.connect(self._span_chosen)
        self.legend.type_chosen.connect(self._type_chosen)
        self.stop.clicked.connect(self.halt)
        self.go_on.clicked.connect(self.search_on)
        self.new.clicked.connect(self.show_new)
        self.pulse.beat.connect(self._look)
        self.saved.chosen.connect(self.ask)
        self.saved.failed.connect(self.messages.say_error)
        self.saved.deleted.connect(self._deleted)
        self.model.stale_seen.connect(self._renew)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.doubleClicked.connect(self._open)
        self.table.installEventFilter(self)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.details.case_wanted.connect(self.pin_to_case)
        self.machine.screen_changed.connect(self._screen_changed)
        self.machine.types_counted.connect(self._offer_aggregate_types)
        self.machine.rebuild_wanted.connect(self._colours_changed)
        take_undo_keys(self, self.saved.undo.undo, self.saved.undo.redo)
        take_keys(self, QKeySequence(QKeySequence.StandardKey.Refresh), self.look_again)
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.copy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        index = self.table.currentIndex()
        if pressed and index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # type: ignore[attr-defined]
            self._open(index)
            return True
        return super().eventFilter(watched, event)

    def entered(self) -> None:
        if not self._begun:
            self._begun = True
            self.look_again()
            self.pulse.start()
            self._offer_aggregate_types()
        self.table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._begun:
            self.pulse.look_now()

    def close_store(self) -> None:
        self.pulse.stop()
        self.details.clear()
        self.aside.close()

    def look_again(self) -> None:
        """Draw and search anew: the store may have grown."""
        self._counting = _Counting()
        self._picture = None
        self.search()
        self.aside.run(partial(_approximate, self._counting), self._drawn_first, self._not_drawn, slot=_OVERVIEW)

    # The histogram

    def _drawn_first(self, picture: Picture | None) -> None:
        if picture is not None:
            self._show_picture(picture)
        self._count_on()

    def _count_on(self) -> None:
        act = partial(_refined, self._counting, 0.02 if self._searching else _COUNTING)
        self.aside.run(act, self._counted, self._not_drawn, slot=_OVERVIEW)

    def _counted(self, picture: Picture) -> None:
        now = time.monotonic()
        if picture.exact or now - self._drawn > _BETWEEN_DRAWINGS:
            self._drawn = now
            self._show_picture(picture)
        if not picture.exact:
            self._count_on()

    def _not_drawn(self, error: EsviewerError) -> None:
        self.legend.about.setText(self.tr("The events could not be counted"))
        self.messages.say_error(error, self.look_again)

    def _colours_changed(self) -> None:
        """Reducers' files say which colours types have."""
        self.histogram.refresh()
        self._show_types()

    def _show_types(self) -> None:
        by_type = self._picture is not None and bool(self._picture.by_type)
        self.legend.show_types([(kind, colour) for kind, colour, _ in self.histogram.layers() if by_type])

    def _show_picture(self, picture: Picture) -> None:
        self._picture = picture
        self.histogram.show_picture(picture)
        self._show_types()
        if picture.exact:
            text = self.tr("{0} events").format(f"{picture.counted:,}")
            if picture.undated:
                text += self.tr(", {0} without a time").format(f"{picture.undated:,}")
        elif picture.counted:
            text = self.tr("{0} events counted so far").format(f"{picture.counted:,}")
        else:
            text = self.tr("about {0} events").format(f"{int(picture.counts.sum()):,}")
        if self._arrived and not (picture.exact and picture.counted <= _COUNTED_AGAIN):
            text += self.tr(" when it was drawn")
        self.legend.about.setText(text)
        self.legend.fit()
        self.filters.offer_types([kind for kind in picture.by_type if self.machine.screen.text(kind) == kind])

    def _offer_aggregate_types(self) -> None:
        screen, kinds = self.machine.screen, sorted(self.machine.aggregate_types)
        self.filters.offer_aggregate_types([kind for kind in kinds if kind and screen.text(kind) == kind])

    def _span_chosen(self, span: tuple[Instant, Instant] | None) -> None:
        self.filters.show_span(*(span or (None, None)))
        self.search()

    def _type_chosen(self, kind: str) -> None:
        self._only(self.filters.types, literal_glob(kind))

    def _screen_changed(self) -> None:
        self._new_stale = bool(self._new)
        self._show_state()  # times may be shown in another zone
        if self._picture is not None:
            self._show_picture(self._picture)

    # Searching

    def ask(self, asked: LogFilter) -> None:
        """Search by a filter."""
        self.filters.show_filter(asked)
        if self._begun:  # else it is searched once somebody enters
            self.search()

    def search(self) -> None:
        """Search by what the fields say."""
        self.messages.clear()
        try:
            asked = self.filters.filter()
        except EsviewerError as error:
            self.messages.say_error(error)
            return
        self.log_filter = asked if asked.narrows else None
        self.place_changed.emit()
        self.histogram.show_span(asked.since, asked.until)
        self.details.clear()
        self.model.begin(newest_first=self.filters.newest_first)
        self._search, self.searched = None, None
        self._wanted = PAGE
        self._forget_new()
        self._arrived = 0
        screen = self.machine.screen.beside()
        begin = partial(_begun, asked, self.filters.newest_first, self._counting, self._arriving, screen)
        self._searching = True
        self.aside.run(begin, self._found, self._failed, slot=_SEARCH)
        self._show_state()

    def search_on(self) -> None:
        """Find some more."""
        if self._search is not None and self.searched is not None and not self.searched.complete:
            self._wanted = self.model.rowCount() + PAGE
            self._step()

    def _step(self) -> None:
        assert self._search is not None
        self._searching = True
        wanted = max(1, self._wanted - self.model.rowCount())
        act = partial(_advanced, self._search, wanted, self.machine.screen.beside())
        self.aside.run(act, self._found, self._failed, slot=_SEARCH)
        self._show_state()

    def halt(self) -> None:
        """Search no further for now."""
        self.aside.cancel(_SEARCH)
        self._wait()

    def _wait(self) -> None:
        self._searching = False
        search = self._search
        if search is not None:
            self.aside.run(lambda _, __: search.pause())
        self._show_state()

    def _found(self, found: _Found) -> None:
        self._search, self.searched = found.search, found.searched
        first = not self.model.rowCount()
        self.model.add(found.lines)
        if first and self.model.rowCount():
            self.table.selectRow(0)
        if found.searched.complete or self.model.rowCount() >= self._wanted:
            self._wait()
        else:
            self._step()

    def _failed(self, error: EsviewerError) -> None:
        self._searching = False
        again = self.search if self._search is None else self.search_on
        self.messages.say_error(error, again if isinstance(error, StoreError) else None)
        self._show_state()

    def _scrolled(self, place: int) -> None:
        bar = self.table.verticalScrollBar()
        if bar.maximum() > 0 and place >= bar.maximum() - bar.pageStep() and not self._searching:
            self.search_on()

    def _show_state(self) -> None:
        found = self.searched
        complete = found is not None and found.complete
        self.stop.setVisible(self._searching)
        self.go_on.setVisible(not self._searching and not complete and self._search is not None)
        self.state.show_text(self._told(found))
        self.list.setCurrentIndex(1 if self.model.rowCount() else 0)
        if self._searching or not self._begun:
            self.nothing.setText(self.tr("Searching …"))
        elif complete:
            self.nothing.setText(
                self.tr("No event fits the filter.") if self.filters.given else self.tr("There are no events.")
            )
        else:
            self.nothing.setText(self.tr("Nothing was found so far."))

    def _told(self, found: Searched | None) -> str:
        if found is None:
            return ""
        count = f"{found.found:,}"
        if found.complete:
            parts = [self.tr("All searched: {0} found").format(count)]
        elif found.reached is None:
            parts = [self.tr("{0} found so far").format(count)]
        else:
            when = "" if found.time is None else f", {shown_time(found.time)}"
            back = self.filters.newest_first
            text = self.tr("Searched back to {0}{1}") if back else self.tr("Searched up to {0}{1}")
            parts = [text.format(f"{found.reached:,}", when), self.tr("{0} found").format(count)]
            if found.share is not None:
                parts.append(f"{found.share * 100:.0f} %")
            if found.elsewhere:
                parts.append(self.tr("looking for events whose clock disagrees with their position"))
        if self._arrived:
            parts.append(self.tr("{0} arrived since").format(f"{self._arrived:,}"))
        if found.apart:
            parts.append(
                self.tr("{0} of them lie where the clock says otherwise").format(f"{found.apart:,}")
            )
        if found.untold:
            parts.append(self.tr("for {0} the expression could not be told").format(f"{found.untold:,}"))
        return visible(" · ".join(parts))

    # What arrives

    def _look(self) -> None:
        """Ask for what has arrived; who does not look at this room is told when they come back."""
        if self._looking or not self.isVisible() or self._search is None:
            self.pulse.busy()
            return
        self._looking = True
        screen = self.machine.screen
        act = partial(_looked, self._arriving, screen.beside())
        self.aside.run(act, partial(self._came, self._search, screen, screen.epoch), self._unreachable)

    def _came(self, search: LogSearch, screen: Screen, epoch: int, came: tuple[int, list[Line]]) -> None:
        self._looking = False
        count, lines = came
        self.pulse.came(some=count > 0)
        # What a search that began afterwards is to find is not told as new.
        if search is not self._search or not count:
            return
        self._new_stale |= screen is not self.machine.screen or epoch != screen.epoch
        known = sum(self.model.has(line) for line in lines)
        self._new_count += count - known
        self._new = [*self._new, *(line for line in lines if not self.model.has(line))]
        if len(self._new) > KEPT or count > len(lines):
            self._new = []
        self._show_new_count()

    def _unreachable(self, error: EsviewerError) -> None:
        self._looking = False
        if isinstance(error, StoreError):
            self.pulse.failed(error)
        else:
            self.pulse.stop()
            self.messages.say_error(error, self.look_again)

    def _show_new_count(self) -> None:
        self.new.setVisible(self._new_count > 0)
        if self._new_count == 1:
            self.new.setText(self.tr("Show 1 new event"))
        else:
            self.new.setText(self.tr("Show {0} new events").format(f"{self._new_count:,}"))

    def _forget_new(self) -> None:
        self._new, self._new_count, self._new_stale = [], 0, False
        self._show_new_count()

    def show_new(self) -> None:
        """Show what has arrived; where there is nothing, look for it now."""
        if self._arriving.refused:
            self.messages.say(self.tr("This store numbers its events in no order, so that new ones can't be told from "
                                      "old ones. F5 reads all of them anew."))  # fmt: skip
        elif self.machine.live.paused and not self._new_count:
            self.messages.say(self.tr("New events are not looked for now: that is paused."))
        elif not self._new_count:
            self.pulse.look_now()
        elif not self._new or not (self.filters.newest_first or (self.searched and self.searched.complete)):
            # Too many, or beyond what the search will come to.
            self.filters.order.setCurrentIndex(0)
            self.look_again()
        else:
            self.model.arrive(self._new, stale=self._new_stale)
            self._arrived += len(self._new)
            self._forget_new()
            if self.filters.newest_first:
                self.table.scrollToTop()
            else:
                self.table.scrollToBottom()
            self._show_state()
            self._draw_new()

    def _draw_new(self) -> None:
        """Draw the picture anew where that takes a moment; elsewhere say what is not in it."""
        picture = self._picture
        if picture is not None and picture.exact and picture.counted <= _COUNTED_AGAIN:
            self._counting = _Counting()
            self._count_on()
        elif picture is not None:
            self._show_picture(picture)

    # One event

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            line = self.model.line(current.row())
            self.details.show_event(line.aggregate_id, line.version)

    def _open(self, index: QModelIndex) -> None:
        self.aggregate_wanted.emit(self.model.line(index.row()).key)

    def _renew(self, rows: Sequence[int]) -> None:
        """Have lines made anew as they may be shown now."""
        keys = [(row, self.model.line(row).key) for row in rows]
        act = partial(_renewed, keys, self.machine.screen.beside())
        self.aside.run(act, self.model.renew, self._failed, slot=_RENEW)

    def _menu(self, place: QPoint) -> None:
        index = self.table.indexAt(place)
        index = index if index.isValid() else self.table.currentIndex()
        if index.isValid():
            self.menu(index).popup(self.table.viewport().mapToGlobal(place))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with an event; the menu goes when it is closed."""
        line, screen = self.model.line(index.row()), self.machine.screen
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open the aggregate at this version"), partial(self._open, index))
        offer_copies(menu, self.copies())
        menu.addSeparator()
        menu.addAction(self.tr("Only events of this type"), partial(self._type_chosen, line.type))
        # What is masked is not written into a field, where it could be read.
        if screen.aggregate_id(line.aggregate_id, line.aggregate_type) == line.aggregate_id:
            only = partial(self._only, self.filters.aggregate, line.aggregate_id)
            menu.addAction(self.tr("Only events of this aggregate"), only)
        kind = line.aggregate_type
        if kind and screen.text(kind) == kind:
            only = partial(self._only, self.filters.aggregate_type, literal_glob(kind))
            menu.addAction(self.tr("Only events of this aggregate type"), only)
        for field, text, words in (
            (self.filters.actor, line.true_actor, self.tr("Only events by this actor")),
            (self.filters.correlation, line.correlation, self.tr("Only events with this correlation id")),
        ):
            if text and screen.text(text) == text and (field is self.filters.correlation or line.actor == text):
                menu.addAction(words, partial(self._only, field, text))
        menu.addSeparator()
        menu.addAction(self.tr("Add this event to the case"), self.pin_to_case)
        offer_links(menu, self.machine, line.aggregate_id, line.aggregate_type, line.version)
        offer_reveal_marks(menu, self.machine, text_of(index))
        return menu

    def _only(self, field: QWidget, text: str) -> None:
        field.setText(text)  # type: ignore[attr-defined]
        self.search()

    def copies(self) -> Copies:
        """What can be copied of the chosen events, and of the current one."""
        index = self.table.currentIndex()
        if not index.isValid():
            return {}
        line = self.model.line(index.row())
        keys = [self.model.line(row.row()).key for row in chosen_rows(self.table)]
        return {
            **copies_of_rows(self.machine, self.table),
            Form.JSON: partial(copy_events, self.machine, keys),
            Form.SQL: partial(copy_sql, self.machine, Read(line.aggregate_id, line.aggregate_type, line.version)),
        }

    def copy(self) -> None:
        """Copy the chosen rows as they are shown, a line each, columns apart by tabs."""
        self.copies().get(Form.VALUE, lambda: None)()

    def pin_to_case(self) -> None:
        index = self.table.currentIndex()
        if not index.isValid():
            self.messages.say(self.tr("Choose an event first."))
            return
        self.machine.pin_wanted.emit(event_to_pin(*self.model.line(index.row()).key))

    def _deleted(self, name: str) -> None:
        self.messages.say(
            self.tr("The filter {0} was deleted.").format(name), {self.tr("Undo"): self.saved.undo.undo}
        )


def _approximate(counting: _Counting, session: Session, work: Work) -> Picture | None:
    return counting.of(session).approximate(work)


def _refined(counting: _Counting, seconds: float, session: Session, work: Work) -> Picture:
    return counting.of(session).refine(seconds, work)


def _begun(
    asked: LogFilter,
    newest_first: bool,
    counting: _Counting,
    arriving: _Arriving,
    screen: Screen,
    session: Session,
    work: Work,
) -> _Found:
    arriving.begin(asked, session, work)
    overview = counting.overview
    known = None if overview is None else overview.known
    search = LogSearch(session.store, asked, newest_first=newest_first, known=known)
    return _advanced(search, PAGE, screen, session, work)


def _advanced(search: LogSearch, wanted: int, screen: Screen, session: Session, work: Work) -> _Found:
    events = search.advance(wanted=wanted, seconds=_SLICE, work=work)
    return _Found(search, [line_of(event, screen, session) for event in events], search.searched)


def _looked(arriving: _Arriving, screen: Screen, session: Session, work: Work) -> tuple[int, list[Line]]:
    arrived = arriving.look(work)
    return arrived.count, [line_of(event, screen, session) for event in arrived.events]


def _renewed(
    keys: Sequence[tuple[int, tuple[str, int]]], screen: Screen, session: Session, work: Work
) -> list[tuple[int, Line]]:
    return [(row, line_of(session.store.event(*key, work=work), screen, session)) for row, key in keys]
