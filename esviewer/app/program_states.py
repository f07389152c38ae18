"""States that a reducer's program gives, taken in as they come: nobody waits for the program longer than a slice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from esviewer.app.event_columns import Column
from esviewer.errors import StoreError
from esviewer.model.batch import EventBatch
from esviewer.replay.foreign.process import NoAnswerYet
from esviewer.replay.foreign.reducer import ForeignReducer, initial_of
from esviewer.replay.history import History
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class AtWork:
    """What is to be known of a program while it is at work."""

    reducer: str
    rebuilt: int
    """How many events have their state."""
    events: int
    version: int | None
    """The version of the event that it has yet to answer; None while it starts."""
    event_type: str
    begun: float
    """Since when it has been at work, by the monotonic clock."""
    asked: float
    """Since when that event has been waited for."""


class ProgramStates:
    """Gives a history the events that have been read, as far as the program has answered."""

    def __init__(
        self, reducer: ForeignReducer, history: History, read: Callable[[int | None, int], Iterator[EventBatch]]
    ) -> None:
        """`history` is not begun; `read` reads the events from one version (None: the first) to another."""
        self.started = False
        """Whether the program has given the state before the first event."""
        self.begun = self.asked = time.monotonic()
        self.reducer = reducer
        self._history = history
        self._read = read
        self._reading: Iterator[EventBatch] | None = None
        self._read_to = 0
        """The version up to which they are being read."""
        self._rest: EventBatch | None = None
        """The events that have been read and have no state yet."""
        self._waits_for = -1

    def advance(self, versions: Column, until: float | None, work: Work | None) -> bool:
        """Take in answers until a moment of the monotonic clock; returns whether all these events have their state.

        Raises what the reducer and the store raise; the events before have their states then.
        """
        self.reducer.until = until
        try:
            if not self.started:
                initial_of(self.reducer, work)
                self._history.begin()
                self.started = True
            while len(self._history) < len(versions):
                self._take(self._next(versions), work)
            self._reading = None
        except NoAnswerYet:
            self._note()
            return False
        finally:
            self.reducer.until = None
        return True

    def _note(self) -> None:
        if self._waits_for != len(self._history):
            self._waits_for = len(self._history)
            self.asked = time.monotonic()

    def _next(self, versions: Column) -> EventBatch:
        """The next events, which are those that have been read before."""
        if self._rest is not None:
            return self._rest
        count = len(self._history)
        if self._reading is None:
            self._read_to = int(versions[-1])
            self._reading = self._read(None if not count else int(versions[count]), self._read_to)
        try:
            batch = next(self._reading, None)
        except BaseException:
            self._reading = None
            raise
        if batch is None and self._read_to < int(versions[-1]):
            self._reading = None  # more have come since
            return self._next(versions)
        if batch is None or not np.array_equal(batch.versions, versions[count : count + len(batch)]):
            self._reading = None
            raise StoreError(
                f"The events from version {versions[count]} on are not those read before.",
                "The store has changed; open the aggregate again.",
            )
        return batch

    def _take(self, batch: EventBatch, work: Work | None) -> None:
        before = len(self._history)
        try:
            self._history.add(batch, work=work)
        finally:
            taken = len(self._history) - before
            self._rest = batch.part(taken, len(batch)) if taken < len(batch) else None
