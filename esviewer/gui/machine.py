"""What the panels of a store page share: the open session, the aggregate on show, and the playhead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.gui.aside import Aside
from esviewer.gui.tasks import Tasks
from esviewer.gui.theme import Theme
from esviewer.model.change import Change
from esviewer.model.rebuilt import RebuiltState


@dataclass(frozen=True, slots=True)
class Shown:
    """What one position of the playhead shows."""

    view: AggregateView
    row: int
    version: int
    state: RebuiltState
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A reducer's file (None: `merge`) for an aggregate type; `taken_back`: the type is left to what is found."""

    aggregate_type: str | None
    file: Path | None = None
    taken_back: bool = False


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
    version_wanted = Signal(object)
    """A panel asks for the playhead to go to this version."""
    said = Signal(object)
    """A panel has a sentence for the person: text."""
    failed = Signal(object)
    """A panel's work failed: an EsviewerError."""
    rebuild_wanted = Signal()
    """The session's reducers have changed: the aggregate is to be rebuilt."""
    assign_wanted = Signal(object)
    """A type is to be rebuilt with another reducer: an Assignment."""
    file_saved = Signal(object)
    """A reducer's file has been written, which may be in use: its Path."""

    def __init__(self, session: Session, tasks: Tasks, theme: Theme, aside: Aside, parent: QObject) -> None:
        """`aside` is for what takes long."""
        super().__init__(parent)
        self.aside = aside
        self.session = session
        self.tasks = tasks
        """Runs work on the store's thread, the only one that may ask the session or a view's history for states."""
        self.theme = theme
        self.view: AggregateView | None = None
        self.current: Shown | None = None
        """The last that was shown of this view."""

    def show_view(self, view: AggregateView | None) -> None:
        """Another aggregate is on show."""
        self.view = view
        self.current = None
        self.view_changed.emit(view)

    def show(self, shown: Shown) -> None:
        """The playhead's state is there."""
        self.current = shown
        self.shown.emit(shown)

    def go_to(self, version: int) -> None:
        """Ask for the playhead to go to a version."""
        self.version_wanted.emit(version)
