"""Reads every change of the followed fields on the worker, in portions that let other questions have their turn."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.field_chart import Drawing, make_drawing
from esviewer.gui.field_log import TEXTS, Chunk, FieldLog, Reader
from esviewer.gui.machine import Machine
from esviewer.model.change import Path
from esviewer.work import Work

SLICE = 0.08
"""Seconds of reading after which other questions have their turn."""
BETWEEN_DRAWINGS = 0.4
"""Seconds between two drawings of a log that grows."""


class FieldCollector(QObject):
    """Follows the view on show as it grows; reads only while somebody wants to know."""

    grew = Signal()
    """The log has more changes, or is another one."""
    drawn = Signal(object)
    """The log as it is to be drawn: a Drawing."""
    known = Signal()
    """The texts of changes that were asked for are in the log."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._view: AggregateView | None = None
        self._reader: Reader | None = None
        self._wanted = False
        self._running = False
        self._told = 0.0
        self._drawing_wanted = False
        self.by_time = False
        self.log = FieldLog(())
        machine.grown.connect(self._go_on)

    @property
    def complete(self) -> bool:
        """Whether all events that the view has states of are looked at."""
        return self._view is None or not self.log.paths or self.log.seen >= len(self._view.history)

    def follow(self, view: AggregateView | None, paths: Sequence[Path]) -> None:
        """Begin anew with other fields or another aggregate."""
        for slot in ("fields", "field-texts", "field-drawing"):
            self._machine.tasks.cancel(slot)
        self._view = view
        self.log = FieldLog(paths)
        self._reader = None
        if view is not None and paths:
            self._reader = Reader(view.history, paths, self._machine.screen.beside(), view.summary.aggregate_id)
        self._running = False
        self._told = 0.0
        self.grew.emit()
        self._go_on()

    def want(self, wanted: bool, drawing: bool) -> None:
        """Whether anybody wants to know, and to see it drawn; without, reading rests."""
        self._wanted = wanted
        fresh = drawing and not self._drawing_wanted
        self._drawing_wanted = drawing
        self._go_on()
        if fresh:
            self.draw()

    def _go_on(self) -> None:
        reader, log = self._reader, self.log
        if reader is None or not self._wanted or self._running or self.complete:
            return
        self._running = True
        first = log.seen
        with_texts = len(log.texts) < TEXTS

        def read(work: Work) -> tuple[FieldLog, list[Chunk]]:
            if not first:
                log.initial = reader.initial()
            return log, reader.read(first, SLICE, with_texts, work)

        self._machine.tasks.run(read, self._took, self._failed, slot="fields")

    def _failed(self, error: EsviewerError) -> None:
        # It stays as far as it got; another aggregate or other fields begin anew.
        self._machine.failed.emit(error)

    def _took(self, found: tuple[FieldLog, list[Chunk]]) -> None:
        log, chunks = found
        if log is not self.log:
            return
        self._running = False
        for chunk in chunks:
            log.add(chunk)
        now = time.monotonic()
        if self.complete or now - self._told > BETWEEN_DRAWINGS:
            self._told = now
            self.grew.emit()
            self.draw()
        self._go_on()

    def draw(self) -> None:
        """Lay out the log once more, on the worker, if somebody wants to see it."""
        view, log, by_time = self._view, self.log, self.by_time
        if view is None or not self._drawing_wanted or not log.seen:
            return

        def lay_out(work: Work) -> tuple[FieldLog, Drawing]:
            work.check()
            return log, make_drawing(view, log, by_time)

        self._machine.tasks.run(lay_out, self._laid_out, slot="field-drawing")

    def _laid_out(self, found: tuple[FieldLog, Drawing]) -> None:
        if found[0] is self.log and found[1].by_time == self.by_time:
            self.drawn.emit(found[1])

    def ask_texts(self, places: Sequence[int]) -> None:
        """Have the texts of some changes read; `known` tells when they are in the log."""
        reader, log = self._reader, self.log
        missing = [place for place in places if place not in log.texts]
        if reader is None or not missing:
            return

        def read(work: Work) -> tuple[FieldLog, dict[int, tuple[str, str]]]:
            return log, reader.texts(log, missing, work)

        self._machine.tasks.run(read, self._texts_read, slot="field-texts")

    def _texts_read(self, found: tuple[FieldLog, dict[int, tuple[str, str]]]) -> None:
        log, texts = found
        if log is self.log:
            log.keep_texts(texts)
            self.known.emit()



