"""A result's file, open on a thread of its own, which is the only one that asks it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from esviewer.app.projection_results import source_of
from esviewer.errors import EsviewerError, StoreError
from esviewer.gui.language import translate
from esviewer.gui.tasks import Tasks
from esviewer.projections.definition import Projection, ProjectionFile
from esviewer.projections.result import Result, ResultTable
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Opened:
    """A result, and what is known of how it was made."""

    file: Path
    tables: tuple[ResultTable, ...]
    source: ProjectionFile | None
    """None where it is not known what its columns were made of."""

    def projection(self, name: str) -> Projection | None:
        """What made one of the tables."""
        found = () if self.source is None else self.source.projections
        return next((each for each in found if each.name == name), None)

    @property
    def masked(self) -> bool:
        """Whether what is in the file was masked when it was written."""
        return any(each.facts.get("masked") is not None for each in self.tables)


def look_at(file: Path, written: ProjectionFile | None = None) -> Opened:
    """What a result is, for the worker; the file is closed again. Raises StoreError."""
    with closing(Result(file)) as result:
        return _opened(file, result, written)


def _opened(file: Path, result: Result, written: ProjectionFile | None) -> Opened:
    digest = str(result.tables[0].facts.get("file_sha256")) if result.tables else ""
    known = written if written is not None and written.digest == digest else source_of(file, digest)
    return Opened(file, result.tables, known)


class Reader(QObject):
    """Opens one result after another; questions are answered in order, the latest of a slot alone."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self._result: Result | None = None
        """For the worker."""

    def open(
        self,
        file: Path,
        written: ProjectionFile | None,
        success: Callable[[Opened], None],
        failure: Callable[[EsviewerError], None],
    ) -> None:
        """Open a result in place of the one that is open; `written` may be what it was made by."""

        def act(work: Work) -> Opened:
            del work
            self._shut()
            self._result = result = Result(file)
            return _opened(file, result, written)

        self.tasks.run(act, success, failure, slot="open")

    def shut(self, then: Callable[[], None] | None = None) -> None:
        """Let go of the file, so that another can take its place; `then` is called when that is done."""
        self.tasks.run(lambda _: self._shut(), None if then is None else lambda _: then())

    def _shut(self) -> None:
        found, self._result = self._result, None
        if found is not None:
            found.close()

    def ask(
        self,
        function: Callable[[Result, Work], Any],
        success: Callable[[Any], None],
        failure: Callable[[EsviewerError], None] | None = None,
        *,
        slot: str = "",
    ) -> None:
        """Run `function(result, work)` on the worker."""

        def act(work: Work) -> Any:
            if self._result is None:
                raise StoreError(
                    translate("Projections", "The result is being made anew."),
                    translate("Projections", "Ask again in a moment."),
                )
            return function(self._result, work)

        self.tasks.run(act, success, failure, slot=slot)

    def close(self) -> None:
        """End all work and let go of the file."""
        self.tasks.close(self._shut)
