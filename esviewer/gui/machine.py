"""What the panels of a store page share: the open session, the aggregate on show, and the playhead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from esviewer.app.as_of import AsOf
from esviewer.app.cases.case import Pin
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.gui.aside import Aside
from esviewer.gui.finding_marks import FindingMark
from esviewer.gui.live import Live
from esviewer.gui.tasks import Tasks
from esviewer.gui.theme import Theme
from esviewer.model.change import Change, Path
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Shown:
    """What one position of the playhead shows."""

    view: AggregateView
    row: int
    version: int
    state: RebuiltState
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Before:
    """A moment before the aggregate's first event: there is no state."""

    place: AsOf
    guessed: bool
    """Whether the moment's zone was not given, but is this machine's."""
    complete: bool
    """Whether all events had been read when it was placed."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A reducer's file (None: `merge`) for an aggregate type; `taken_back`: the type is left to what is found."""

    aggregate_type: str | None
    file: FilePath | None = None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class ToPin:
    """Something that is to be pinned to a case."""

    what: str
    """In words, such as `state of order-1042 at version 17`."""
    pin: Callable[[Session, str, Work], Pin]
    """Asks the store for it, on a worker: (session, note, work)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that the time machine can show again."""

    aggregate_id: str
    version: int | None = None
    """None: the newest."""
    show: str = ""
    """What is to be at the front: state, event, compare, fields, or what is there."""
    sides: tuple[tuple[str, int], tuple[str, int]] | None = None
    """Both sides of a comparison, each an aggregate's id and a version."""
    ignored: tuple[str, ...] = ()
    """Patterns that the comparison left out."""
    pointers: tuple[str, ...] = ()
    """The fields to be followed, as JSON Pointers."""


@dataclass(frozen=True, slots=True)
class ToLanes:
    """Aggregates that are to be shown as swim lanes."""

    ids: tuple[str, ...]
    beside: bool = False
    """Whether they come below the lanes that there are."""
    span: tuple[Instant, Instant] | None = None
    """Since when and until when they are to be in sight; None: all of them."""


@dataclass(frozen=True, slots=True)
class ToCopy:
    """A place of the time machine that is to be copied as a link, or as the command that goes there."""

    aggregate_id: str
    aggregate_type: str | None
    version: int | None
    """None: the newest."""
    as_command: bool = False


class Machine(QObject):
    """Panels listen to it and ask it to go elsewhere; the page keeps it up to date."""

    view_changed = Signal(object)
    """Another aggregate is on show: its AggregateView (perhaps still being built), or None."""
    grown = Signal(object)
    """The view on show has taken in more events, or is complete now: the AggregateView."""
    moving = Signal(object)
    """The playhead is on its way to a row: what was asked about its former place is not wanted any longer."""
    shown = Signal(object)
    """The playhead's state is there: a Shown. While the playhead is dragged not every row gets one."""
    none_yet = Signal(object)
    """The playhead is at a moment before the first event, where there is no state: a Before."""
    nothing_shown = Signal()
    """The playhead is on a version that has no replayed state."""
    jumping = Signal()
    """The playhead is about to be put elsewhere, in one go: where it was is a place to come back to."""
    version_wanted = Signal(object)
    """A panel asks for the playhead to go to this version."""
    said = Signal(object)
    """A panel has a sentence for the person: text."""
    told = Signal(object)
    """A sentence for whoever looks at whatever room: text."""
    failed = Signal(object)
    """A panel's work failed: an EsviewerError."""
    rebuild_wanted = Signal()
    """The session's reducers have changed: the aggregate is to be rebuilt."""
    assign_wanted = Signal(object)
    """A type is to be rebuilt with another reducer: an Assignment."""
    pin_wanted = Signal(object)
    """A panel asks for what it shows to be pinned to the case: a ToPin."""
    trace_wanted = Signal(object)
    """The events that belong together with one are to be shown: its aggregate's id and its version."""
    types_counted = Signal()
    """More is known of which aggregate types there are."""
    lanes_wanted = Signal(object)
    """Aggregates are to be shown as swim lanes: a ToLanes."""
    copy_wanted = Signal(object)
    """A place is to be copied: a ToCopy."""
    file_saved = Signal(object)
    """A reducer's file has been written, which may be in use: its Path."""
    findings_changed = Signal()
    """What `findings_of` gives may be something else now."""
    screen_changed = Signal()
    """Other things are masked than before: whatever shows data of the store is to be drawn anew."""

    def __init__(
        self, session: Session, tasks: Tasks, theme: Theme, aside: Aside, screen: Screen, parent: QObject
    ) -> None:
        """`aside` is for what takes long; `screen` says what shows of masked values."""
        super().__init__(parent)
        self.aside = aside
        self.screen = screen
        """What shows of masked values, for the GUI thread; ask here each time, since other rules bring another one.
        What works on another thread takes a `beside()` of it along."""
        self.findings_of: Callable[[str], Sequence[FindingMark]] = lambda _: ()
        """What the audit on show, if there is one, found at the events of an aggregate."""
        self.session = session
        self.tasks = tasks
        """Runs work on the store's thread, the only one that may ask the session or a view's history for states."""
        self.theme = theme
        self.live = Live(self)
        """Whether new events are looked for."""
        self.as_of: Instant | None = None
        """The moment that the whole window looks at; None: the present."""
        self.view: AggregateView | None = None
        self.current: Shown | None = None
        """The last that was shown of this view; None while there is no state at the playhead."""
        self.before: Before | None = None
        """The moment that the playhead is at, while that is before the first event."""
        self.without_state = False
        """Whether the playhead is on a version that has no replayed state."""
        self.idle_action: QAction | None = None
        """Whether idle time is drawn short, for all that draw true time; None where nobody can choose."""
        self.aggregate_types: list[str] = []
        """The store's aggregate types, as far as they have been counted."""
        self.types_alone = False
        """Whether events are called by their types even where there are words for them."""

    def call_by_type(self, *, alone: bool) -> None:
        """Call events by their types alone, or by words where there are any."""
        self.types_alone = alone
        self.screen_changed.emit()

    def show_view(self, view: AggregateView | None) -> None:
        """Another aggregate is on show."""
        self.view = view
        self.current = self.before = None
        self.without_state = False
        self.view_changed.emit(view)

    def show(self, shown: Shown) -> None:
        """The playhead's state is there."""
        self.current = shown
        self.without_state = False
        self.shown.emit(shown)

    def show_none(self, before: Before) -> None:
        """The playhead is at a moment before the first event."""
        self.current, self.before = None, before
        self.without_state = False
        self.none_yet.emit(before)

    def show_nothing(self) -> None:
        """The playhead's version has no replayed state: nothing can be said of who wrote what in it."""
        self.current = None
        self.without_state = True
        self.nothing_shown.emit()

    def screen_now(self) -> Screen:
        """The screen, for whoever asks again each time."""
        return self.screen

    def mask_by(self, screen: Screen) -> None:
        """Other rules are in force; what was revealed is masked again."""
        self.screen = screen
        self.screen_changed.emit()

    def reveal(self, path: Path | None = None, why: str = "", aggregate_id: str | None = None) -> None:
        """Show what is at a path of an aggregate's states and events, or everything; that is logged."""
        self.screen.reveal(path, why, aggregate_id)
        self.screen_changed.emit()

    def reveal_id(self, aggregate_id: str) -> None:
        """Show an aggregate's id; that is logged."""
        self.screen.reveal_id(aggregate_id)
        self.screen_changed.emit()

    def reveal_mark(self, mark: str) -> None:
        """Show what is behind a mark wherever it stands; that is logged."""
        self.screen.reveal_mark(mark)
        self.screen_changed.emit()

    def hide(self) -> None:
        """Mask everything again."""
        self.screen.hide()
        self.screen_changed.emit()

    def go_to(self, version: int) -> None:
        """Ask for the playhead to go to a version."""
        self.version_wanted.emit(version)
