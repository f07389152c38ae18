"""The state's tree: beside each value who wrote it, and a menu of what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from esviewer.app.view import AggregateView
from esviewer.gui.case.asking import history_to_pin, state_to_pin
from esviewer.gui.copying import Read
from esviewer.gui.data_tree import DataTree
from esviewer.gui.lettering import scaled, usual
from esviewer.gui.machine import Machine, Shown
from esviewer.gui.motion import on_the_way
from esviewer.gui.value_tree import (
    BEFORE,
    SMALLER,
    WRITTEN_ACTOR,
    WRITTEN_AT,
    WRITTEN_BY,
    WRITTEN_EVENT,
    Marks,
)
from esviewer.gui.writers import Writer, WriterFinder
from esviewer.model.change import Change, Path, pointer
from esviewer.model.values import Value

REST_MS = 60
"""Milliseconds for which the playhead rests before the writers are looked for."""

_ROOM_FOR_BEFORE = 640
"""Pixels below which the column of former values makes room for those of the writers."""
_ROOM_FOR_TIME = 430
"""Pixels below which that of the time when a value was written makes room, too; the tooltip tells it."""
_ROOM_FOR_ACTOR = 300


_WRITTEN = (WRITTEN_BY, WRITTEN_EVENT, WRITTEN_AT, WRITTEN_ACTOR)
_EVENT, _ACTOR = 104, 74
"""Pixels that names of events and of actors take."""
_AMPLE, _AMPLE_WITHOUT_TIME = 530, 390
"""Pixels of width from which on there is room for that."""
_BESIDE = 10
"""Pixels beside a text in its cell."""


class StateTree(DataTree):
    """Looks for the writers of the rows in sight, on the worker, once the playhead rests."""

    follow_wanted = Signal(object)
    """A field is to be followed: its path."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent, written_by=True)
        self._finder = WriterFinder(machine, "writers", self)
        self._going = WriterFinder(machine, "writer-wanted", self)
        self._passing: tuple[Value, Sequence[Change] | Marks, str | None] | None = None
        """What is shown while the playhead is on its way."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._look)
        self.written_by = self._toggle(self.tr("Show who wrote each value"), True)
        self.before = self._toggle(self.tr("Show what was there before"), True)
        self._before_chosen = False
        self.before.triggered.connect(self._choose_before)
        header = self.header()
        for column in _WRITTEN:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(20)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        header.setToolTip(self.tr("Right-click chooses columns; a click on a writer goes to its event"))
        self.clicked.connect(self._clicked)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._restart)
        self.expanded.connect(self._restart)
        self.collapsed.connect(self._restart)
        machine.shown.connect(self._restart)
        machine.view_changed.connect(self._reads)
        machine.view_changed.connect(self.fit_columns)
        machine.grown.connect(self._grown)
        machine.screen_changed.connect(self._screen_changed)
        self.fit_columns()

    def _reads(self, view: AggregateView | None) -> None:
        self.read = None if view is None else Read(view.summary.aggregate_id, view.summary.aggregate_type)

    def _toggle(self, text: str, on: bool) -> QAction:
        action = QAction(text, self)
        action.setCheckable(True)
        action.setChecked(on)
        action.toggled.connect(self.fit_columns)
        return action

    def _choose_before(self) -> None:
        self._before_chosen = True
        self.fit_columns()

    # The columns

    def fit_columns(self) -> None:
        wide = usual(self.width())
        written = self.written_by.isChecked()
        room = wide >= _ROOM_FOR_BEFORE or not written or self._before_chosen
        before = self.before.isChecked() and room
        header = self.header()
        in_sight = written, written, written and wide >= _ROOM_FOR_TIME, written and wide >= _ROOM_FOR_ACTOR
        for column, shown in zip(_WRITTEN, in_sight, strict=True):
            self.setColumnHidden(column, not shown)
        self.setColumnHidden(BEFORE, not before)
        header.resizeSection(0, scaled(min(220, wide * ((20 if in_sight[2] else 25) if written else 38) // 100)))
        header.resizeSection(BEFORE, scaled(min(150, wide * (14 if written else 24) // 100)))
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * SMALLER)
        metrics = QFontMetrics(small)
        view = self._machine.view
        newest = str(int(view.versions[-1])) if view is not None and len(view) else "000"
        header.resizeSection(WRITTEN_BY, max(26, metrics.horizontalAdvance(newest) + _BESIDE))
        header.resizeSection(WRITTEN_AT, metrics.horizontalAdvance("2000-00-00 00:00") + _BESIDE)
        # Beyond what all need, names of events and actors get their share of the rest; below, they give some up.
        rest = wide - (_AMPLE if in_sight[2] else _AMPLE_WITHOUT_TIME)
        header.resizeSection(WRITTEN_EVENT, scaled(max(76, min(150, _EVENT + rest * 25 // 100))))
        header.resizeSection(WRITTEN_ACTOR, scaled(max(70, min(150, _ACTOR + rest * 20 // 100))))
        self._restart()

    def _grown(self, view: AggregateView) -> None:
        if view.complete:
            self.fit_columns()  # versions may have more digits

    def _header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.written_by, self.before])
        menu.popup(self.header().mapToGlobal(place))

    # Who wrote what

    def show_value(
        self,
        value: Value,
        changes: Sequence[Change] | Marks = (),
        of: str | None = None,
        *,
        passing: bool = False,
    ) -> None:
        self._finder.cancel()
        passing = passing or on_the_way()
        super().show_value(value, changes, of, passing=passing)
        self._passing = (value, changes, of) if passing else None
        self._restart()

    def _stay(self) -> None:
        """The value on show is there to stay: what changed in it is opened."""
        if self._passing is not None:
            passing, self._passing = self._passing, None
            super().show_value(*passing)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restart()

    def _screen_changed(self) -> None:
        self.shown.forget_writers()
        self._restart()

    def _restart(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        self._stay()
        shown = self._machine.current
        if shown is None or not self.isVisible() or self.isColumnHidden(WRITTEN_BY):
            return
        rows = [self.shown.row_of(index) for index in self.indexes_in_sight()]
        wanted = [row.path for row in rows if row.leaf and not row.removed]
        known = {path: writer for path in wanted if (writer := self._finder.known(shown.row, path)) is not None}
        missing = [path for path in wanted if path not in known]
        if known:
            self._show(known, None)
        if missing or any(row.removed for row in rows):
            self._finder.find(shown.row, missing, lambda found, here: self._found(shown, found, here))

    def _found(self, shown: Shown, found: Mapping[Path, Writer], here: Writer) -> None:
        if shown is self._machine.current:
            self._show(found, here)

    def _show(self, found: Mapping[Path, Writer], here: Writer | None) -> None:
        texts = {path: writer.cells() for path, writer in found.items()}
        self.show_writers(texts, None if here is None else here.cells())

    # Going there

    def go_to_writer(self, index: QModelIndex) -> None:
        """Put the playhead on the event that wrote, or removed, a row's value."""
        shown = self._machine.current
        if shown is None or not index.isValid():
            return
        row = self.shown.row_of(index)
        if not row.leaf or row.removed:
            return
        known = self._finder.known(shown.row, row.path)
        if known is not None:
            self._go(known)
        else:
            self._going.find(shown.row, [row.path], lambda found, _: self._go(found.get(row.path)))

    def _go(self, writer: Writer | None) -> None:
        if writer is None:
            self._machine.said.emit(self.tr("The replay has no such value at this version."))
        elif writer.version is None:
            self._machine.said.emit(self.tr("No event wrote this value; it is in the reducer's initial state."))
        else:
            self._machine.go_to(writer.version)

    def _is_link(self, index: QModelIndex) -> bool:
        if not index.isValid() or index.column() < WRITTEN_BY:
            return False
        row = self.shown.row_of(index)
        return row.leaf and not row.removed

    def _clicked(self, index: QModelIndex) -> None:
        if self._is_link(index):
            self.go_to_writer(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        link = self._is_link(self.indexAt(event.position().toPoint()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and self.shown.row_of(index).leaf:
            self.go_to_writer(index)
        else:
            super().keyPressEvent(event)

    # The menu

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a row; the menu goes when it is closed."""
        row = self.shown.row_of(index)
        menu = super().menu(index)
        first = menu.actions()[0]
        go = QAction(self.tr("Go to the event that wrote this"), menu)
        go.triggered.connect(self._go_clicked)
        go.setEnabled(row.leaf and not row.removed)
        follow = QAction(self.tr("Follow this field"), menu)
        follow.triggered.connect(self._follow_clicked)
        menu.insertActions(first, [go, follow])
        menu.insertSeparator(first)
        pin = QAction(self.tr("Add this state to the case"), menu)
        pin.triggered.connect(self._pin_state)
        history = QAction(self.tr("Add this field’s history to the case"), menu)
        history.triggered.connect(self._pin_history)
        history.setEnabled(not row.removed)
        menu.insertActions(first, [pin, history])
        menu.insertSeparator(first)
        menu.addSeparator()
        menu.addActions([self.written_by, self.before])
        return menu

    def _go_clicked(self) -> None:
        self.go_to_writer(self.currentIndex())

    def _follow_clicked(self) -> None:
        self.follow_wanted.emit(self.shown.row_of(self.currentIndex()).path)

    def _pin_state(self) -> None:
        shown = self._machine.current
        if shown is not None:
            self._machine.pin_wanted.emit(state_to_pin(shown.view.summary.aggregate_id, shown.version))

    def _pin_history(self) -> None:
        shown = self._machine.current
        if shown is not None:
            place = pointer(self.shown.row_of(self.currentIndex()).path)
            wanted = history_to_pin(shown.view.summary.aggregate_id, [place], shown.version, chart=True)
            self._machine.pin_wanted.emit(wanted)
