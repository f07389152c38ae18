"""The events of one aggregate as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from esviewer.app.runs import Runs
from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.gui.copying import Copies, Form, copies_of_event, copies_of_rows, offer_copies
from esviewer.gui.lettering import scaled, usual
from esviewer.gui.links import offer_links
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MASKED, ScreenNow, offer_reveal_changes
from esviewer.gui.motion import at_rest, on_the_way
from esviewer.gui.plain_cells import Cell, Letters, colour_of
from esviewer.gui.plain_table import PlainTable
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.steady_header import SteadyHeader
from esviewer.gui.text import shown, tip, visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import shown_time
from esviewer.gui.type_signs import signed, type_colour
from esviewer.gui.words_in_sight import WordsInSight
from esviewer.model.change import Change
from esviewer.model.instant import Instant
from esviewer.model.values import MISSING

_EVENT, _CHANGES = 1, 3
"""The columns of what events are called and of what they changed."""
_ROOM_FOR_CHANGES = 420
"""Pixels below which there is no column of what events changed."""
_ROOM_FOR_BOTH = 560
"""The same where events are called in words, which are longer than types and say most of it."""
_SCROLL_BAR = 24
"""Pixels beside the columns: the scroll bar, and the frame on both sides."""
_UNKNOWN = "…"
_FOLDED, _OPEN = "▸", "▾"
"""What stands before a run that is folded, and before the first event of one that was unfolded."""
_KEPT = 2000
"""Rows whose texts are remembered: many more than are ever in sight."""
_CHANGES_A_FRAME = 1
"""Rows that come into sight in a frame, of which it is said what their events changed before the playhead rests."""
_LOOK_FOR_REST_MS = 100
_FAINT = 110
"""How opaque, of 255, the events are that are not what is looked for."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROLES = frozenset(
    {
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.BackgroundRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)
"""What is told of a cell beside its text; a view that is painted asks for more, at every cell of every frame."""

_Index = QModelIndex | QPersistentModelIndex


def summary(changes: list[Change], screen: Screen, of: str) -> str:
    """What a step of an aggregate did, in a few words, as it is shown."""
    parts = []
    for change in changes[:3]:
        place = ".".join(str(part) for part in screen.path(change.path, of)) or "state"
        if change.new is MISSING:
            parts.append(f"−{place}")
        else:
            parts.append(f"{place}: {shown(screen, change.new, change.path, of, 40)}")
    more = f" +{len(changes) - 3}" if len(changes) > 3 else ""
    return visible(", ".join(parts) + more)


class EventsModel(QAbstractTableModel):
    """Reads from a view that is in memory whole."""

    def __init__(self, theme: Theme, screen: ScreenNow, parent: QObject | None = None) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._theme = theme
        self._screen = screen
        self._view: AggregateView | None = None
        self._rows = 0
        self._skipped: Mapping[int, str] = {}
        self._as_of: Instant | None = None
        self._touched: np.ndarray | None = None
        slanted = QFont()
        slanted.setItalic(True)
        self._slanted = Letters.of(slanted)
        self._texts: dict[int, str] = {}
        """What the events that were looked at changed, by row."""
        self._spare = _CHANGES_A_FRAME
        self._unsaid = False
        self._hurried = False
        self._epoch: tuple[Screen, int] | None = None
        """What these texts were made by."""
        self.words: WordsInSight | None = None
        """What events are called; None: their types."""
        self._folds = False
        self._runs: Runs | None = None
        """Which rows there are while runs of events are folded; None: one for each event."""
        self._runs_of: tuple[int, int, int | None] | None = None
        """How many events there were then, how many of them skipped, and which failed."""
        self._opened: set[int] = set()
        """The runs that were unfolded, by their first event."""

    def show_view(self, view: AggregateView | None) -> None:
        """Show another aggregate's events."""
        self.beginResetModel()
        self._texts.clear()
        self._view = view
        self._touched = None
        self._opened.clear()
        self._skipped = {} if view is None else view.history.skipped()
        self._count_rows()
        if self.words is not None:
            self.words.show_view(view)
        self.endResetModel()

    def grow(self) -> None:
        """Show the events that the view has taken in meanwhile."""
        if self._folds:
            if self._view is not None and self._now(self._view) != self._runs_of:
                self._anew()
        elif self._view is not None and len(self._view) > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, len(self._view) - 1)
            self._rows = len(self._view)
            self.endInsertRows()

    # Runs of events of one type

    @property
    def folds(self) -> bool:
        """Whether runs are folded."""
        return self._folds

    def fold_runs(self, *, folds: bool) -> None:
        """Show each run of events of one type as one row, or no longer."""
        self._folds = folds
        self._opened.clear()
        self._anew()

    def open_or_fold(self, run: range) -> None:
        """Unfold a run, or fold it again."""
        self._opened ^= {run.start}
        self._anew()

    def run_of(self, event: int) -> range | None:
        """The run of an event, folded or not; None where it is in none, or none is folded."""
        return None if self._runs is None else self._runs.run_of(event)

    def events(self, row: int) -> range:
        """The events that a row stands for."""
        return range(row, row + 1) if self._runs is None else self._runs.events(row)

    def row_of(self, event: int) -> int:
        """The row that an event is in."""
        return event if self._runs is None else self._runs.row_of(event)

    def _anew(self) -> None:
        self.beginResetModel()
        self._count_rows()
        self.endResetModel()

    def _now(self, view: AggregateView) -> tuple[int, int, int | None]:
        return len(view), len(self._skipped), None if view.not_rebuilt is None else view.not_rebuilt.row

    def _count_rows(self) -> None:
        view = self._view
        if view is None or not self._folds:
            self._runs, self._runs_of = None, None
            self._rows = 0 if view is None else len(view)
            return
        self._runs_of = count, _, lost = self._now(view)
        # What was skipped or failed is to be seen, whatever is around it.
        apart = np.searchsorted(view.versions[:count], np.array([*self._skipped], np.int64)).tolist()
        self._runs = Runs(view.type_codes[:count], [*apart, *([] if lost is None else [lost])], self._opened)
        self._rows = len(self._runs)

    def show_as_of(self, instant: Instant | None) -> None:
        """Dim the events after a moment; None: none."""
        self._as_of = instant
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self._rows - 1, 3))

    def show_touched(self, touched: np.ndarray | None) -> None:
        """Dim the events that are False in `touched`, by row; those beyond its end are not known yet. None: none."""
        self._touched = touched
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self._rows - 1, 3))

    def _beside(self, events: range) -> bool:
        known = None if self._touched is None else self._touched[events.start : events.stop]
        return known is not None and len(known) == len(events) and not known.any()

    def _later(self, view: AggregateView, row: int) -> bool:
        return self._as_of is not None and bool(view.has_time[row]) and int(view.times_ns[row]) > self._as_of.ns

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Version"), self.tr("Event"), self.tr("Time"), self.tr("Changes"))[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        view = self._view
        if view is None:
            return None
        events, column = self.events(index.row()), index.column()
        row = events.start
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(view, events, column)
        if role not in _ROLES:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            if len(events) > 1:
                return tip(self._about_run(view, events))
            version = int(view.versions[row])
            if version in self._skipped:
                reason = localised(self._screen().reason(self._skipped[version]))
                return tip(visible(self.tr("Skipped: {0}").format(reason)))
            if column == _EVENT:
                return tip("\n".join(dict.fromkeys((self._called(view, row), self._type(view, row)))))
            return tip(self._text(view, events, column))
        (cell,) = self.cells(index.row(), (column,))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if cell.right else None
        if role == Qt.ItemDataRole.FontRole:
            return None if cell.letters is None else cell.letters.font
        return cell.colour if role == Qt.ItemDataRole.ForegroundRole else cell.background

    def painted(self, row: int, columns: Sequence[int]) -> list[Cell]:
        """How some cells of a row look in this frame: what takes long is left to the next ones."""
        self._hurried = True
        try:
            return self.cells(row, columns)
        finally:
            self._hurried = False

    def cells(self, row: int, columns: Sequence[int]) -> list[Cell]:
        """How some cells of a row look."""
        view = self._view
        if view is None:
            return [Cell("") for _ in columns]
        events = self.events(row)
        first = events.start
        colours, lost = self._theme.colours, view.not_rebuilt
        later, beside = self._later(view, first), self._beside(events)
        without = first >= (len(view.history) if lost is None else lost.row)
        background = None
        if self._skipped and int(view.versions[first]) in self._skipped:
            background = colour_of(colours.warning)
        if lost is not None and lost.version is not None and first == lost.row:
            background = colour_of(colours.removed)
        made = []
        for column in columns:
            cell = Cell(self._text(view, events, column), column == 0, background=background)
            masked = column in (_EVENT, _CHANGES) and MASKED in cell.text
            if later or (column == _CHANGES and (without or masked)):
                cell.letters, cell.colour = self._slanted, colour_of(colours.dim)
            elif column == _EVENT:
                words = view.history.reducer.words.of(view.type_at(first))
                cell.colour = colour_of(type_colour(words, int(view.type_codes[first]), colours))
                cell.letters = self._slanted if masked else None
            if beside:
                cell.colour = colour_of(colours.dim, _FAINT)
            made.append(cell)
        return made

    def _text(self, view: AggregateView, events: range, column: int) -> str:
        row = events.start
        version = int(view.versions[row])
        if len(events) > 1 and column != 2:
            return self._text_of_run(view, events, column)
        if column == 0:
            return str(version)
        if column == _EVENT:
            return f"{_OPEN} {self._called(view, row)}" if row in self._opened else self._called(view, row)
        if column == 2:
            return shown_time(view.instant(row))
        screen = self._screen()
        if self._epoch is None or self._epoch[0] is not screen or self._epoch[1] != screen.epoch:
            self._epoch = screen, screen.epoch
            self._texts.clear()
        known = self._texts.get(row)
        if known is None:
            if not self._has_time_for_changes():
                return _UNKNOWN
            lasting = view.not_rebuilt is not None or view.has_state(version)
            known = self._made(view, version)
            if len(self._texts) > _KEPT:
                self._texts.clear()
            if known != _UNKNOWN and lasting:
                self._texts[row] = known
        return known

    def _has_time_for_changes(self) -> bool:
        """Whether one row more may say what its event changed: a frame has time for few that come into sight."""
        if not self._hurried or not on_the_way():
            return True
        self._spare -= 1
        if self._spare < 0:
            self._unsaid = True
        return self._spare >= 0

    def begin_frame(self) -> None:
        """The playhead is at another row."""
        self._spare = _CHANGES_A_FRAME

    def take_unsaid(self) -> bool:
        """Whether rows were painted without saying what their events changed, since this was last asked."""
        unsaid, self._unsaid = self._unsaid, False
        return unsaid

    def _text_of_run(self, view: AggregateView, events: range, column: int) -> str:
        """The cell of a folded run."""
        if column == 0:
            return f"{view.versions[events.start]}–{view.versions[events.stop - 1]}"
        if column != _EVENT:
            return ""
        words = view.history.reducer.words.of(view.type_at(events.start))
        # The number first: a long name may be cut off.
        return f"{_FOLDED} {signed(words, f'{len(events):,} × {self._type(view, events.start)}')}"

    def _about_run(self, view: AggregateView, events: range) -> str:
        first, last = events.start, events.stop - 1
        return "\n".join(
            (
                self.tr("{0} × {1} (versions {2}–{3})").format(
                    self._type(view, first), f"{len(events):,}", view.versions[first], view.versions[last]
                ),
                f"{shown_time(view.instant(first))} – {shown_time(view.instant(last))}",
                self.tr("A click or Enter unfolds it"),
            )
        )

    def _type(self, view: AggregateView, row: int) -> str:
        return visible(self._screen().text(view.type_at(row)))

    def _called(self, view: AggregateView, row: int) -> str:
        """The event in words, as soon as they are there, else its type; after its type's sign."""
        words = view.history.reducer.words.of(view.type_at(row))
        known = self.words.of_row(row, words) if self.words is not None and words.wording else ""
        return signed(words, known or self._type(view, row))

    def _made(self, view: AggregateView, version: int) -> str:
        if version in self._skipped:
            return visible(self.tr("skipped: {0}").format(localised(self._screen().reason(self._skipped[version]))))
        lost = view.not_rebuilt
        if lost is not None and not view.has_state(version):
            if lost.version == version:
                return visible(self.tr("failed here: {0}").format(localised(self._screen().reason(lost.why.message))))
            return self.tr("not rebuilt")
        if not view.has_state(version):
            return self.tr("not yet")
        changes = view.known_changes(version)
        return _UNKNOWN if changes is None else summary(changes, self._screen(), view.summary.aggregate_id)

    def changes_at(self, event: int) -> list[Change]:
        """What an event did, as far as it is in memory."""
        return [] if self._view is None else self._view.known_changes(int(self._view.versions[event])) or []

    @property
    def of(self) -> str | None:
        """The aggregate whose events these are."""
        return None if self._view is None else self._view.summary.aggregate_id


class EventTable(PlainTable):
    """The table; picking a row moves the playhead. Signals and `show_row` speak of the view's rows, folded or not."""

    picked = Signal(object)
    """The row."""
    event_to_case = Signal(object)
    """The event of a row is to be pinned to the case: the row."""
    state_to_case = Signal(object)
    """The state after the event of a row is to be pinned to the case: the row."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.shown = EventsModel(machine.theme, machine.screen_now, self)
        self.shown.words = WordsInSight(machine, self._in_sight, self)
        self.shown.words.made.connect(self.viewport().update)
        self._resting = QTimer(self)
        self._resting.setInterval(_LOOK_FOR_REST_MS)
        self._resting.timeout.connect(self._look_for_rest)
        self.setModel(self.shown)
        machine.screen_changed.connect(self._screen_changed)
        machine.view_changed.connect(self._fit)
        self.setAccessibleName(self.tr("Events"))
        show_rows(self, 22)
        self.setHorizontalHeader(SteadyHeader(self))
        self.horizontalHeader().setSectionsClickable(True)
        self._fit()
        self.selectionModel().currentRowChanged.connect(self._picked)
        self.clicked.connect(self._clicked)
        self.shown.modelReset.connect(self._mark)
        self._moving = False
        self._upward = False
        """Whether a key goes up, which comes to a folded run at its end."""
        self._event = -1
        """The event that is marked, which may be within a folded run; before the first there is none."""

    def show_view(self, view: AggregateView | None) -> None:
        """Show another aggregate's events."""
        self._event = -1
        self.shown.show_view(view)

    def grow(self) -> None:
        """Show the events that the view has taken in meanwhile, and what they changed."""
        self.shown.grow()
        if self.shown.folds:
            self._fit()
        self.viewport().update()

    def show_as_of(self, instant: Instant | None) -> None:
        """Dim the events after a moment; None: none."""
        self.shown.show_as_of(instant)

    def show_touched(self, touched: np.ndarray | None) -> None:
        """Dim the events that are False in `touched`, by row; None: none."""
        self.shown.show_touched(touched)

    def _in_sight(self) -> list[int]:
        """The events in sight that have rows of their own."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        rows = range(max(0, first), self.shown.rowCount() if last < 0 else last + 1)
        return [events.start for events in map(self.shown.events, rows) if len(events) == 1]

    def show_row(self, row: int) -> None:
        """Mark an event, or the folded run that it is in, without saying that it was picked; none before the first."""
        self._event = row
        self.shown.begin_frame()
        if not at_rest() and not self._resting.isActive():
            self._resting.start()
        if row < 0:
            self._moving = True
            self.setCurrentIndex(QModelIndex())
            self._moving = False
        else:
            self._mark()

    def _look_for_rest(self) -> None:
        if at_rest():
            self._resting.stop()
            if self.shown.take_unsaid():
                self.viewport().update()

    def _mark(self) -> None:
        """Mark the row of the event that is to be marked, where it is not marked already."""
        if self._event < 0 or not self.shown.rowCount():
            return
        row = self.shown.row_of(self._event)
        if self.currentIndex().row() != row:
            self._moving = True
            self.selectRow(row)
            self.scrollTo(self.shown.index(row, 0))
            self._moving = False

    def fold_runs(self, *, folds: bool) -> None:
        """Show each run of events of one type as one row, or no longer."""
        self.shown.fold_runs(folds=folds)
        self._fit()

    def _run_at(self, index: QModelIndex) -> range | None:
        return self.shown.run_of(self.shown.events(index.row()).start) if index.isValid() else None

    def _clicked(self, index: QModelIndex) -> None:
        run = self._run_at(index)
        if run is not None and len(self.shown.events(index.row())) > 1:
            self.shown.open_or_fold(run)

    def _fit(self, *_: object) -> None:
        """Give the columns their widths; what the events changed, which the state marks, yields first."""
        worded, narrow = self._in_words(), usual(self.width()) < _ROOM_FOR_CHANGES
        without = usual(self.width()) < (_ROOM_FOR_BOTH if worded else _ROOM_FOR_CHANGES)
        self.setColumnHidden(_CHANGES, without)
        header = self.horizontalHeader()
        shortened = worded and narrow
        time = self.fontMetrics().horizontalAdvance(f"2000-00-00 00:00{'…' if shortened else ':00 +00:00'}") + 8
        others = header.sectionSizeHint(0) + time + (0 if without else header.sectionSizeHint(_CHANGES))
        versions = self._room_for_versions()
        others += max(0, versions - header.sectionSizeHint(0))
        event = max(scaled(100), min(scaled(260 if worded else 180), self.width() - others - _SCROLL_BAR))
        give_widths(header, (versions, event, scaled(100) if narrow and not worded else time, 0))

    def _room_for_versions(self) -> int:
        """The width that versions need where runs of them are folded."""
        view = self._machine.view
        if not self.shown.folds or view is None or not len(view):
            return 0
        newest = int(view.versions[-1])
        return self.fontMetrics().horizontalAdvance(f"{newest}–{newest}") + 8

    def _in_words(self) -> bool:
        """Whether events are called in words."""
        view = self._machine.view
        return view is not None and view.history.reducer.words.has_wordings and not self._machine.types_alone

    def _screen_changed(self) -> None:
        self._fit()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._fit()
        current = self.visualRect(self.currentIndex())
        shown = current.isValid() and current.top() >= 0 and current.bottom() <= event.oldSize().height()
        super().resizeEvent(event)
        if shown:
            self.scrollTo(self.currentIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).bottomLeft() if by_key else event.pos()
            self.menu(index).popup(self.viewport().mapToGlobal(place))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with the event in a row; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        run, events = self._run_at(index), self.shown.events(index.row())
        if run is not None:
            text = self.tr("Unfold this run") if len(events) > 1 else self.tr("Fold this run")
            menu.addAction(text, partial(self.shown.open_or_fold, run))
        if len(events) > 1:
            offer_copies(menu, copies_of_rows(self._machine, self))
            return menu
        row = events.start
        menu.addAction(self.tr("Add this event to the case"), partial(self.event_to_case.emit, row))
        menu.addAction(self.tr("Add the state after it to the case"), partial(self.state_to_case.emit, row))
        view = self._machine.view
        if view is not None and row < len(view):
            version, about = int(view.versions[row]), view.summary
            key = (about.aggregate_id, version)
            menu.addAction(self.tr("Show its correlation"), partial(self._machine.trace_wanted.emit, key))
            offer_copies(menu, self._copies_at(row))
            offer_links(menu, self._machine, about.aggregate_id, about.aggregate_type, version)
        offer_reveal_changes(menu, self._machine, self.shown.changes_at(row), self.shown.of)
        return menu

    def copies(self) -> Copies:
        """What can be copied of the current row's event; of a folded run the row alone."""
        index = self.currentIndex()
        if not index.isValid():
            return {}
        events = self.shown.events(index.row())
        return copies_of_rows(self._machine, self) if len(events) > 1 else self._copies_at(events.start)

    def _copies_at(self, row: int) -> Copies:
        view = self._machine.view
        if view is None or not 0 <= row < len(view):
            return {}
        about, version = view.summary, int(view.versions[row])
        return {
            **copies_of_rows(self._machine, self),
            **copies_of_event(self._machine, about.aggregate_id, about.aggregate_type, version),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        copies = self.copies() if event.matches(QKeySequence.StandardKey.Copy) else {}
        run = self._run_at(self.currentIndex())
        if Form.VALUE in copies:
            copies[Form.VALUE]()
        elif run is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.shown.open_or_fold(run)
        else:
            self._upward = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
            super().keyPressEvent(event)
            self._upward = False

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self._moving:
            events = self.shown.events(current.row())
            self.picked.emit(events.stop - 1 if self._upward else events.start)
