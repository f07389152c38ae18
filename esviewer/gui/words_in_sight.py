"""Events in words for the rows of a table that are in sight: made on the worker, and never while the playhead moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.app.wording import in_words
from esviewer.errors import EsviewerError
from esviewer.gui.machine import Machine
from esviewer.gui.motion import at_rest
from esviewer.gui.text import visible
from esviewer.replay.event_words import EventWords, TypeWords
from esviewer.stores.store import Store
from esviewer.work import Work

_KEPT: Final = 2000
"""Rows whose words are remembered: many more than are ever in sight."""
_AT_ONCE: Final = 120
"""Events that are read at most for a table's height."""
_SOON_MS: Final = 30
_SLOT: Final = "words"


class WordsInSight(QObject):
    """Knows the words of rows that were painted; what is asked for and not known is made soon."""

    made = Signal()
    """There are more words than before."""

    def __init__(self, machine: Machine, in_sight: Callable[[], Sequence[int]], parent: QObject) -> None:
        """`in_sight` says which events of the view are, in order."""
        super().__init__(parent)
        self._machine = machine
        self._in_sight = in_sight
        self._view: AggregateView | None = None
        self._known: dict[int, str] = {}
        self._made_by: tuple[Screen, int] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SOON_MS)
        self._timer.timeout.connect(self._make)

    def show_view(self, view: AggregateView | None) -> None:
        """Words of another aggregate's events will be asked for."""
        self._machine.tasks.cancel(_SLOT)
        self._view = view
        self._known.clear()

    def of_row(self, row: int, words: TypeWords) -> str:
        """What the event in a row is called, as it may be shown; "" where that is not known yet, or not wanted."""
        screen = self._machine.screen
        if self._machine.types_alone:
            return ""
        if not words.reads_event:
            return visible(screen.text("".join(map(str, words.wording))))
        if self._made_by is None or self._made_by[0] is not screen or self._made_by[1] != screen.epoch:
            self._made_by = screen, screen.epoch
            self._known.clear()
        known = self._known.get(row)
        if known is None and not self._timer.isActive():
            self._timer.start()
        return known or ""

    def _make(self) -> None:
        view = self._view
        if view is None:
            return
        if not at_rest():
            self._timer.start()
            return
        words = view.history.reducer.words
        wanted = [
            row
            for row in self._in_sight()[:_AT_ONCE]
            if row < len(view) and row not in self._known and words.of(view.type_at(row)).reads_event
        ]
        if not wanted:
            return
        # What lies far apart, with folded runs between, is not read in one stretch: the rest is asked for again.
        wanted = [row for row in wanted if row < wanted[0] + _AT_ONCE]
        first, last = int(view.versions[wanted[0]]), int(view.versions[wanted[-1]])
        act = partial(_made, self._machine.session.store, view, words, first, last, self._machine.screen.beside())
        took = partial(self._take, view, self._made_by, wanted)
        self._machine.tasks.run(act, took, partial(self._failed, view, wanted), slot=_SLOT)

    def _take(
        self, view: AggregateView, made_by: tuple[Screen, int] | None, wanted: list[int], made: dict[int, str]
    ) -> None:
        if view is not self._view or made_by != self._made_by:
            return
        if len(self._known) > _KEPT:
            self._known.clear()
        # An event that is not there any more has no words: its type is all that is known.
        self._known |= {row: visible(made.get(int(view.versions[row]), "")) for row in wanted}
        self.made.emit()

    def _failed(self, view: AggregateView, wanted: list[int], error: EsviewerError) -> None:
        if view is self._view:
            self._known |= dict.fromkeys(wanted, "")  # they are not asked for again and again
            self._machine.failed.emit(error)


def _made(
    store: Store, view: AggregateView, words: EventWords, first: int, last: int, screen: Screen, work: Work
) -> dict[int, str]:
    """The words of the events from one version to another, by version."""
    made = {}
    for batch in store.batches(view.summary.aggregate_id, from_version=first, to_version=last, work=work):
        for index, version in enumerate(batch.versions):
            about = words.of(batch.types[index])
            if about.reads_event:
                made[version] = in_words(about, batch.event(index), screen)
    return made
