"""Cause and effect: all events that belong together with one, as a tree, in order, and as lanes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.session import Session
from esviewer.app.tracing import REACH, Trace, asked_event, trace
from esviewer.errors import EsviewerError
from esviewer.gui.copying import Copies, copies_of_event, copies_of_rows, offer_copies
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.lengths import length_text
from esviewer.gui.links import offer_links
from esviewer.gui.machine import Machine, ToLanes
from esviewer.gui.masked import MarkedItems, offer_reveal_marks, text_of
from esviewer.gui.room import Room, invitation
from esviewer.gui.row_table import give_widths
from esviewer.gui.text import visible
from esviewer.gui.trace.lanes import Lanes
from esviewer.gui.trace.tree import TraceModel
from esviewer.gui.work_bar import WorkBar
from esviewer.model.causation import LinkedEvent
from esviewer.work import Work

_SEARCH: Final = "trace"
_MOST: Final = 2_000
"""Events that are shown."""
_UNFOLDED: Final = 1_000
"""With up to so many events all are unfolded."""
_BETWEEN: Final = 0.4
"""Seconds between two looks at what was found so far."""


class TraceRoom(Room):
    """What was asked for last, searched for aside; what was found is shown at once."""

    _found = Signal(object)
    """From the worker: (number of the search, a Trace)."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self.aside = machine.aside.twin(self)
        self.trace: Trace | None = None
        self._number = 0
        self._asked: str | tuple[str, int] | None = None
        self._stopped = False
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(0)
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("An event's id, or an aggregate at a version such as order-1042@17"))
        self.field.setAccessibleName(self.tr("The event to begin with"))
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(460)
        self.start = QPushButton(self.tr("Show what belongs to it"), self)
        self.start.setObjectName("primary")
        self.bar = WorkBar(self)
        self.summary = ElidedLabel(self)
        self.summary.setObjectName("heading")
        self.more = QPushButton(self.tr("Search on"), self)
        self.more.setToolTip(self.tr("Look through the rest of the store too"))
        self.arrangement = QComboBox(self)
        self.arrangement.setAccessibleName(self.tr("How the events are listed"))
        self.arrangement.addItems([self.tr("As a tree"), self.tr("In order")])
        self.by_time = QCheckBox(self.tr("True time"), self)
        self.by_time.setChecked(True)
        self.by_time.setToolTip(self.tr("Place events in the lanes at their time instead of one step after the other"))
        self.fit = QToolButton(self)
        self.fit.setText(self.tr("Show all"))
        self.fit.setToolTip(self.tr("Have all events in sight again"))
        self.to_lanes = QPushButton(self.tr("Swim lanes"), self)
        self.to_lanes.setToolTip(self.tr("Show these aggregates as swim lanes, with all their events (Ctrl+Shift+L)"))
        self.next_orphan = QPushButton(self.tr("Next orphan"), self)
        self.next_orphan.setToolTip(self.tr("Go to the next event whose cause is no event of the store"))
        self.model = TraceModel(self.machine, self)
        self.tree = QTreeView(self)
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(MarkedItems(self.machine.theme, self.tree))
        self.tree.setAccessibleName(self.tr("Events that belong together"))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(13)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.setToolTip(self.tr("Enter or a double click opens the aggregate at this version"))
        give_widths(self.tree.header(), (400, 132, 64, 112, 204, 120))
        self.tree.header().setStretchLastSection(True)
        self.lanes = Lanes(self.machine, self.model, self)
        self.nothing = invitation(self)
        upper = QWidget(self)
        beside = QHBoxLayout()
        beside.addWidget(self.summary, 1)
        beside.addWidget(self.more)
        beside.addWidget(self.next_orphan)
        beside.addWidget(self.to_lanes)
        beside.addWidget(self.arrangement)
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.addLayout(beside)
        above.addWidget(self.tree, 1)
        lower = QWidget(self)
        tools = QHBoxLayout()
        self.lanes_title = QLabel(self.tr("Lanes of the aggregates"), self)
        self.lanes_title.setObjectName("heading")
        tools.addWidget(self.lanes_title)
        tools.addStretch(1)
        tools.addWidget(self.by_time)
        tools.addWidget(self.fit)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addLayout(tools)
        below.addWidget(self.lanes, 1)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.addWidget(upper)
        self.parts.addWidget(lower)
        self.parts.setSizes([330, 300])
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(7)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.parts)
        top = QHBoxLayout()
        top.addWidget(self.field, 2)
        top.addWidget(self.start)
        top.addWidget(self.bar, 2)
        top.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self._drawing.timeout.connect(self.lanes.draw)
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.start.clicked.connect(self.begin)
        self.field.returnPressed.connect(self.begin)
        self.bar.cancelled.connect(self.cancel)
        self.more.clicked.connect(self.search_on)
        self.aside.tasks.progressed.connect(self.bar.show_progress)
        self.arrangement.currentIndexChanged.connect(self._rearrange)
        self.by_time.toggled.connect(self.lanes.show_by_time)
        self.fit.clicked.connect(self.lanes.fit)
        self.next_orphan.clicked.connect(self.go_to_next_orphan)
        self.to_lanes.clicked.connect(lambda: self.machine.lanes_wanted.emit(ToLanes(self.aggregates)))
        self.tree.activated.connect(self._open)
        self.tree.customContextMenuRequested.connect(self._menu_asked)
        self.tree.selectionModel().currentRowChanged.connect(self._row_changed)
        self.lanes.picked.connect(self._pick)
        self.machine.screen_changed.connect(self._redraw)

    def entered(self) -> None:
        (self.tree if self.trace is not None else self.field).setFocus()

    def close_store(self) -> None:
        self.aside.close()

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The aggregates of what was found, in the order of their lanes."""
        return () if self.trace is None else tuple(ident for ident, _ in self.trace.causation.aggregates)

    # Searching

    def begin(self) -> None:
        """Search for what belongs to the event that the field names."""
        text = self.field.text().strip()
        if text:
            self._search(text)

    def show_event(self, aggregate_id: str, version: int) -> None:
        """Search for what belongs to an aggregate's event."""
        shown = self.machine.screen.unknown_id(aggregate_id) == aggregate_id
        self.field.setText(f"{aggregate_id}@{version}" if shown else "")
        self._search((aggregate_id, version))

    def search_on(self) -> None:
        """Search the whole store."""
        if self._asked is not None:
            self._search(self._asked, reach=None)

    def _search(self, asked: str | tuple[str, int], reach: int | None = REACH) -> None:
        self.messages.clear()
        if asked != self._asked:
            self._show(None)
        self._asked = asked
        self._number += 1
        self._stopped = False
        self.bar.begin(self.tr("Looking for related events"))
        act = partial(_searched, asked, reach, partial(self._tell, self._number))
        self.aside.run(act, self._done, self._failed, slot=_SEARCH)
        self._show_state()

    def _tell(self, number: int, found: Trace) -> None:
        """On the worker: something was found."""
        self._found.emit((number, found))

    def _take(self, told: tuple[int, Trace]) -> None:
        number, found = told
        if number == self._number and not self._stopped:
            self._show(found)

    def cancel(self) -> None:
        """End the search; what was found stays."""
        self.aside.cancel(_SEARCH)
        self._stopped = True
        self.bar.end()
        self._show_state()

    def _failed(self, error: EsviewerError) -> None:
        self.bar.end()
        self._show_state()
        self.messages.say_error(error)

    def _done(self, found: Trace) -> None:
        self.bar.end()
        self._show(found)

    # Showing

    def _show(self, found: Trace | None) -> None:
        before = self.trace
        chosen = self._chosen_key()
        self.trace = found
        if before is None or found is None or _rows(before) != _rows(found):
            self.model.show_trace(found)
            self._unfold()
            self._drawing.start()  # in a turn of its own, since both together may take too long for one
            if found is not None:
                self._choose(found.causation.number_of(chosen or found.asked))
        self._show_state()

    def _chosen_key(self) -> tuple[str, int] | None:
        index = self.tree.currentIndex()
        return self.model.node(index).event.key if index.isValid() else None

    def _unfold(self) -> None:
        if len(self.model.made.nodes) <= _UNFOLDED:
            self.tree.expandAll()
        else:
            self.tree.expandToDepth(1)

    def _rearrange(self, index: int) -> None:
        chosen = self._chosen_key()
        self.model.show_in_order(index == 1)
        self.tree.setRootIsDecorated(index == 0)
        self._unfold()
        if chosen is not None:
            self._choose(self.model.made.number_of(chosen))

    def _redraw(self) -> None:
        """Other things are masked."""
        self.tree.viewport().update()
        self.lanes.draw()
        self._show_state()
        if self.machine.screen.text(self.field.text()) != self.field.text():
            self.field.clear()

    def _show_state(self) -> None:
        found, searching = self.trace, not self.bar.isHidden()
        self.stack.setCurrentIndex(0 if found is None else 1)
        self.start.setEnabled(not searching)
        if found is None:
            self.nothing.setText(
                self.tr("Looking for related events …")
                if searching
                else self.tr(
                    "Name an event above, or choose “Show its correlation” at an event of the time machine.\n\n"
                    "Then all events of the same correlation are shown here, across aggregates: what caused what, "
                    "after what time, and whose cause is missing."
                )
            )
            return
        made = found.causation
        orphans = len(made.orphans)
        self.next_orphan.setEnabled(bool(orphans))
        self.more.setVisible(not searching and not found.complete and not found.cut)
        self.summary.show_text(self._summary(found, searching))

    def _summary(self, found: Trace, searching: bool) -> str:
        made = found.causation
        count = sum(not node.outside for node in made.nodes)
        parts = [self.tr("1 event") if count == 1 else self.tr("{0} events").format(f"{count:,}")]
        aggregates = len(made.aggregates)
        parts.append(self.tr("1 aggregate") if aggregates == 1 else self.tr("{0} aggregates").format(f"{aggregates:,}"))
        if made.span_ns is not None and count > 1:
            parts.append(length_text(made.span_ns))
        orphans = len(made.orphans)
        if orphans:
            parts.append(self.tr("1 orphan") if orphans == 1 else self.tr("{0} orphans").format(f"{orphans:,}"))
        if found.cut:
            parts.append(self.tr("there are more than the {0} shown").format(f"{len(made.nodes):,}"))
        elif not found.complete:
            parts.append(self._extent(found))
        if found.ended and found.correlation is None and not searching:
            parts.append(self.tr("no correlation id: found by causes and effects"))
        elif found.correlation is not None:
            shown = visible(self.machine.screen.text(found.correlation))
            parts.append(self.tr("correlation {0}").format(shown))
        return " · ".join(parts)

    def _extent(self, found: Trace) -> str:
        if found.low is None and found.high is None:
            return self.tr("not all of the store was searched yet")
        low = self.tr("the first") if found.low is None else f"{found.low:,}"
        high = self.tr("the last") if found.high is None else f"{found.high:,}"
        return self.tr("searched from position {0} to {1}").format(low, high)

    # One event

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        self.lanes.choose(self.model.number(current) if current.isValid() else None)

    def _choose(self, number: int | None) -> None:
        if number is not None:
            index = self.model.place(number)
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def _pick(self, number: int) -> None:
        self._choose(number)
        self.tree.setFocus()

    def go_to_next_orphan(self) -> None:
        """Choose the next event whose cause is missing, after the last one the first again."""
        orphans = self.model.made.orphans
        if orphans:
            index = self.tree.currentIndex()
            at = self.model.number(index) if index.isValid() else -1
            self._choose(next((each for each in orphans if each > at), orphans[0]))

    def _open(self, index: QModelIndex) -> None:
        self.aggregate_wanted.emit(self.model.node(index).event.key)

    def _menu_asked(self, place: QPoint) -> None:
        index = self.tree.indexAt(place)
        index = index if index.isValid() else self.tree.currentIndex()
        if index.isValid():
            self.menu(index).popup(self.tree.viewport().mapToGlobal(place))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with the event in a row; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        event = self.model.node(index).event
        menu.addAction(self.tr("Open the aggregate at this version"), partial(self.aggregate_wanted.emit, event.key))
        if self.model.node(index).outside:
            menu.addAction(self.tr("Show its correlation"), partial(self.show_event, *event.key))
        menu.addAction(self.tr("Copy this list"), self.copy)
        offer_copies(menu, self.copies())
        offer_links(menu, self.machine, event.aggregate_id, event.aggregate_type, event.version)
        offer_reveal_marks(menu, self.machine, text_of(index))
        return menu

    def copies(self) -> Copies:
        """What can be copied of the current row's event."""
        index = self.tree.currentIndex()
        if not index.isValid():
            return {}
        event = self.model.node(index).event
        return {
            **copies_of_rows(self.machine, self.tree),
            **copies_of_event(self.machine, event.aggregate_id, event.aggregate_type, event.version),
        }

    def copy(self) -> None:
        """Copy all events in order, tab-separated, as they are shown."""
        text, count = self.model.text, len(self.model.made.nodes)
        head = [self.model.headerData(each, Qt.Orientation.Horizontal) for each in range(6)]
        rows = [head, *([text(number, each) for each in range(6)] for number in range(count))]
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows))
        self.messages.say(self.tr("Copied: {0} events").format(f"{count:,}"))


def _rows(found: Trace) -> list[tuple[object, ...]]:
    """What of a trace decides how it looks."""
    return [(node.event.key, node.status, node.cause) for node in found.causation.nodes]


def _searched(
    asked: str | tuple[str, int], reach: int | None, tell: Callable[[Trace], None], session: Session, work: Work
) -> Trace:
    event = _event(asked, session, work)
    store = session.store
    texts = [event.links.correlation or event.event_id or event.aggregate_id]
    if store.linked.passes_over(texts, event.links.inside):
        reach = None
    found: Trace | None = None
    shown, told = 0, 0.0
    for found in trace(store, event, reach=reach, most=_MOST, work=work):
        count, now = len(found.causation.nodes), time.monotonic()
        if count != shown and now - told > _BETWEEN and not found.ended:
            shown, told = count, now
            tell(found)
    assert found is not None
    return found


def _event(asked: str | tuple[str, int], session: Session, work: Work) -> LinkedEvent:
    if isinstance(asked, str):
        return asked_event(session.store, asked, work=work)
    return session.store.linked.of(session.store.event(*asked, work=work))
