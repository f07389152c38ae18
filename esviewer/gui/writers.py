"""Which event wrote a value, as the window says it, and the finding of it on the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QObject

from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.gui.times import full_time, shown_time
from esviewer.gui.value_tree import WriterCells
from esviewer.model.actor import actor_of
from esviewer.model.change import Path
from esviewer.model.instant import Instant
from esviewer.questions.blame import blame
from esviewer.stores.store import Store
from esviewer.work import Work

_KEPT = 5000
_NAME = 60
"""Characters of an event type and of an actor at most, in the short form."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The event that wrote or removed a value, as it is shown; `version` is None for what the initial state holds."""

    version: int | None
    type: str = ""
    instant: Instant | None = None
    actor: str | None = None

    def time(self) -> str:
        """The time to the second, as recorded; a dash without one."""
        return shown_time(self.instant)

    def cells(self) -> WriterCells:
        """Side by side, the time to the minute."""
        if self.version is None:
            return WriterCells("–", QCoreApplication.translate("Writer", "initial"), "", "", self.full())
        minute = "" if self.instant is None else shown_time(self.instant)[:16]
        event, actor = visible(self.type[:_NAME]), visible((self.actor or "")[:_NAME])
        return WriterCells(str(self.version), event, minute, actor, self.full())

    def full(self) -> str:
        """In lines, the time as recorded."""
        if self.version is None:
            return QCoreApplication.translate("Writer", "In the reducer's initial state, before the first event")
        lines = [
            QCoreApplication.translate("Writer", "Version {0}: {1}").format(self.version, self.type),
            "" if self.instant is None else full_time(self.instant),
            "" if self.actor is None else QCoreApplication.translate("Writer", "By {0}").format(self.actor),
        ]
        return "\n".join(visible(line[:1000]) for line in lines if line)


class Names:
    """Makes writers out of rows of a view, and remembers the actors it has read; works on the worker."""

    def __init__(self, view: AggregateView, store: Store, screen: Screen) -> None:
        """`screen` says what shows of types and actors; nobody else uses it meanwhile."""
        self._view = view
        self._store = store
        self._screen = screen
        self._actors: dict[int, str | None] = {}

    def writers(self, rows: Iterable[int | None], work: Work) -> dict[int | None, Writer]:
        """The writer at each row; the store is asked for the metadata of those that were not asked for before."""
        view = self._view
        found: dict[int | None, Writer] = {None: Writer(None)}
        if len(self._actors) > _KEPT:
            self._actors.clear()
        for row in {row for row in rows if row is not None}:
            work.check()
            if row not in self._actors:
                version = int(view.versions[row])
                event = self._store.event(view.summary.aggregate_id, version, work=work)
                self._actors[row] = actor_of(self._screen.shown(event.metadata, (), view.summary.aggregate_id))
            found[row] = replace(self.without_actor(row), actor=self._actors[row])
        return found

    def without_actor(self, row: int) -> Writer:
        """The writer at a row as far as the view knows it."""
        view = self._view
        return Writer(int(view.versions[row]), self._screen.text(view.type_at(row)), view.instant(row))


class WriterFinder(QObject):
    """Finds the writers of paths at the playhead, for a part of the window that has a slot of its own."""

    def __init__(self, machine: Machine, slot: str, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._slot = slot
        self._names: Names | None = None
        self._known: dict[tuple[int, Path], Writer] = {}
        machine.view_changed.connect(self._start_anew)
        machine.screen_changed.connect(self._screen_changed)
        machine.moving.connect(self.cancel)

    def _screen_changed(self) -> None:
        self._start_anew(self._machine.view)

    def _start_anew(self, view: AggregateView | None) -> None:
        self.cancel()
        self._known = {}
        self._names = None
        if view is not None:
            self._names = Names(view, self._machine.session.store, self._machine.screen.beside())

    def cancel(self) -> None:
        """What was asked for is not wanted any longer."""
        self._machine.tasks.cancel(self._slot)

    def known(self, row: int, path: Path) -> Writer | None:
        """The writer of a path's value after the event at a row, if it was found before."""
        return self._known.get((row, path))

    def find(
        self,
        row: int,
        paths: list[Path],
        success: Callable[[Mapping[Path, Writer], Writer], None],
        failure: Callable[[EsviewerError], None] | None = None,
    ) -> None:
        """Find who wrote the leaves at `paths` after the event at a row, and who that event is; the last call wins."""
        view, names = self._machine.view, self._names
        if view is None or names is None:
            return

        def look(work: Work) -> tuple[dict[Path, Writer], Writer]:
            blamed = blame(view.history, row + 1, paths, work=work) if paths else []
            writers = names.writers([row, *(leaf.index for leaf in blamed)], work)
            return {leaf.path: writers[leaf.index] for leaf in blamed}, writers[row]

        def found(result: tuple[dict[Path, Writer], Writer]) -> None:
            if view is not self._machine.view:
                return
            if len(self._known) > _KEPT:
                self._known.clear()
            for path, writer in result[0].items():
                self._known[row, path] = writer
            success(*result)

        self._machine.tasks.run(look, found, failure, slot=self._slot)
