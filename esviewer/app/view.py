"""Everything the window shows of one aggregate, read in one pass and then answered from memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from esviewer.app.as_of import AsOf, EventMark, no_such_version
from esviewer.app.event_columns import Column, EventColumns
from esviewer.app.program_states import AtWork, ProgramStates
from esviewer.diff.agreement import alike
from esviewer.errors import (
    ConsentNeededError,
    EsviewerError,
    ForeignError,
    NotFoundError,
    NotRebuiltError,
    NotYetRebuiltError,
    RulesError,
)
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.history import BUDGET, History
from esviewer.replay.reducer import Reducer
from esviewer.stores.store import Store
from esviewer.work import Work

_LEAST = 0.02
"""Seconds that a program has to answer, however long reading has taken."""
_OF_REDUCERS = (ForeignError, RulesError, ConsentNeededError)
"""What goes wrong with a reducer, whatever the store does."""

SNAPSHOTS_COMPARED = 200
"""How many of the newest snapshots a view compares with the replay."""


@dataclass(frozen=True, slots=True)
class NotRebuilt:
    """From which event on there are no states, and why."""

    row: int
    """The event at which the reducer failed; 0 where it was not used at all."""
    version: int | None
    """That event's version; None where it is no event's fault."""
    why: EsviewerError


class AggregateView:
    """One aggregate's events as columns, its history and how its snapshots compare; all in version order.

    It is built step by step by `advance`, and what is built can be used meanwhile. One thread at a time builds and
    asks for states; `known_changes` and all that speaks of events may be called from any thread.
    """

    def __init__(
        self,
        store: Store,
        summary: AggregateSummary,
        reducer: Reducer,
        *,
        budget: int = BUDGET,
        lenient: bool = False,
        refused: EsviewerError | None = None,
    ) -> None:
        """A view without events yet; `budget` is the memory for its history in bytes.

        A `lenient` one goes on with the events, without states, after the reducer has failed; otherwise `advance`
        raises. Nor do its events wait for a reducer's program: states come after them, as the program gives them.
        `refused` says why there are no states from the first event on.
        """
        self.summary = summary
        self.not_rebuilt: NotRebuilt | None = None if refused is None else NotRebuilt(0, None, refused)
        """From which event on there are no states; None while all events so far have one."""
        self._lenient = lenient
        self._program: ProgramStates | None = None
        patient = lenient and isinstance(reducer, ForeignReducer)
        self.history = History(reducer, source=self._read_again, budget=budget, begun=not patient)
        if lenient and isinstance(reducer, ForeignReducer):
            self._program = ProgramStates(reducer, self.history, self._read_whole)
        self.snapshots: list[int] = []
        """Versions of the stored snapshots, ascending."""
        self.snapshot_agrees: dict[int, bool | None] = {}
        """Whether the replay gives the stored snapshot's state; None where the snapshot can't be read."""
        self.all_read = False
        """Whether all events are in that were there when it was last looked."""
        self.complete = False
        """Whether that is so, and they have their states, as far as these can be had."""
        self._store = store
        self._columns = EventColumns()
        self._reading: Iterator[EventBatch] | None = None
        self._work = self.history.work = Work()

    # Building

    def advance(self, seconds: float | None = None, work: Work | None = None) -> bool:
        """Take in events for about so long (all of them without a limit); returns whether all are in."""
        ends = None if seconds is None else time.monotonic() + seconds
        with nullcontext() if work is None else work.interrupted_by(self._work.cancel):
            return self._advance(ends, work)

    def _advance(self, ends: float | None, work: Work | None) -> bool:
        if self._waits and self._program is not None and not self._program.started:
            self._ask_program(time.monotonic(), work)  # it starts while events are read
        self._read_events(ends, work)
        if self.all_read and not self.complete:
            until = None if ends is None else max(ends, time.monotonic() + _LEAST)
            self.complete = not self._waits or self._ask_program(until, work)
        return self.complete

    @property
    def _waits(self) -> bool:
        """Whether events may be in that a program has yet to give states for."""
        return self._program is not None and self.not_rebuilt is None

    def _ask_program(self, until: float | None, work: Work | None) -> bool:
        """Take in what the program says until a moment; returns whether it has nothing more to say."""
        program = self._program
        assert program is not None
        try:
            return program.advance(self.versions, until, work)
        except _OF_REDUCERS as error:
            row = len(self.history)
            at_event = program.started and row < len(self)
            self.not_rebuilt = NotRebuilt(row, int(self.versions[row]) if at_event else None, error)
            return True

    def _read_events(self, ends: float | None, work: Work | None) -> None:
        while not self.all_read:
            if self._reading is None:
                after = None if not len(self) else int(self.versions[-1]) + 1
                columns_alone = self._program is not None or self.not_rebuilt is not None
                self._reading = self._store.batches(
                    self.summary.aggregate_id,
                    from_version=after,
                    keys=frozenset() if columns_alone else self.history.reducer.data_keys,
                    work=self._work,
                )
            try:
                batch = next(self._reading, None)
                if batch is None:
                    self._reading = None
                    self.all_read = True
                else:
                    self._take(batch, work)
            except BaseException:
                self._reading = None
                raise
            if work is not None:
                work.report("Replaying events", len(self), max(self.summary.events, len(self)))
            if ends is not None and time.monotonic() > ends:
                break

    def _take(self, batch: EventBatch, work: Work | None) -> None:
        if self._program is not None or self.not_rebuilt is not None:
            self._columns.add(batch, len(batch))
            return
        before = len(self.history)
        try:
            self.history.add(batch, work=work)
        except _OF_REDUCERS as error:
            if not self._lenient:
                self._columns.add(batch, len(self.history) - before)
                raise
            row = len(self.history)
            # First, since other threads ask the history for no event that has no state.
            self.not_rebuilt = NotRebuilt(row, batch.versions[row - before], error)
            self._columns.add(batch, len(batch))
            self._reading = None  # the rest is read without what only states need
        except BaseException:
            self._columns.add(batch, len(self.history) - before)
            raise
        else:
            self._columns.add(batch, len(batch))

    def look_again(self, work: Work | None = None) -> bool:
        """Whether events have come since all were in; `advance` then takes them in."""
        newest = self._store.summary(self.summary.aggregate_id, work=work)
        if len(self) and newest.version <= int(self.versions[-1]):
            return False
        self.summary = newest
        self.all_read = self.complete = False
        return True

    @property
    def at_work(self) -> AtWork | None:
        """What the reducer's program is at while it has states to give; for any thread."""
        program = self._program
        if program is None or self.complete or not self._waits:
            return None
        rebuilt, events = len(self.history), len(self)
        waits = program.started and rebuilt < events
        return AtWork(
            program.reducer.name,
            rebuilt,
            events,
            int(self.versions[rebuilt]) if waits else None,
            self.type_at(rebuilt) if waits else "",
            program.begun,
            program.asked,
        )

    def give_up_program(self) -> None:
        """End a program that is not to be waited for any longer: there are no states from where it is."""
        at, program = self.at_work, self._program
        if at is not None and program is not None:
            place = None if at.version is None else (self.summary.aggregate_id, at.version, at.event_type)
            self.not_rebuilt = NotRebuilt(at.rebuilt, at.version, program.reducer.give_up(place))

    def compare_snapshots(self, work: Work | None = None) -> None:
        """Compare the newest stored snapshots that were not compared yet with the replay."""
        store, aggregate_id = self._store, self.summary.aggregate_id
        if not store.has_snapshots:
            return
        snapshots = store.snapshot_versions(aggregate_id, work=work)
        for version in snapshots[-SNAPSHOTS_COMPARED:]:
            if version in self.snapshot_agrees or not self.has_state(version):
                continue
            if work is not None:
                work.check()
            try:
                self.index_of(version)
            except NotFoundError:
                self.snapshot_agrees[version] = False
                continue
            snapshot = store.snapshot(aggregate_id, version, work=work)
            if snapshot is None or snapshot.version != version or snapshot.error is not None:
                self.snapshot_agrees[version] = None
            else:
                self.snapshot_agrees[version] = alike(self.history.state_at(version), snapshot.state)
        self.snapshots = snapshots

    def stop(self) -> None:
        """Interrupt what is being read, from any thread: nobody wants it any longer."""
        self._work.cancel()

    def _read_whole(self, first: int | None, last: int) -> Iterator[EventBatch]:
        return self._store.batches(self.summary.aggregate_id, from_version=first, to_version=last, work=self._work)

    def _read_again(self, first: int, last: int) -> Iterator[EventBatch]:
        keys = self.history.reducer.data_keys
        return self._store.batches(
            self.summary.aggregate_id, from_version=first, to_version=last, keys=keys, timed=False, work=self._work
        )

    # Events

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def versions(self) -> Column:
        """Of all events so far."""
        return self._columns.versions

    @property
    def types(self) -> list[str]:
        """The event types in order of appearance."""
        return self._columns.types

    @property
    def type_codes(self) -> Column:
        """Each event's index in `types`."""
        return self._columns.type_codes

    @property
    def times_ns(self) -> Column:
        """Nanoseconds since 1970-01-01 UTC; 0 where there is no time."""
        return self._columns.times_ns

    @property
    def has_time(self) -> Column:
        """Whether each event has a time."""
        return self._columns.has_time

    @property
    def zone_missing(self) -> bool:
        """Whether any event's time was recorded without a zone."""
        return self._columns.zone_missing

    def instant(self, index: int) -> Instant | None:
        """The time of the event at a row, as the store recorded it."""
        return self._columns.instant(index)

    def type_at(self, index: int) -> str:
        """The type of the event at a row."""
        return self.types[int(self.type_codes[index])]

    def index_of(self, version: int) -> int:
        """The row of a version; raises NotFoundError."""
        versions = self.versions
        index = int(np.searchsorted(versions, version)) if abs(version) < 1 << 63 else len(versions)
        if index == len(versions) or versions[index] != version:
            name = self.summary.aggregate_id
            if index == len(versions) and not self.all_read:
                read = f"up to version {versions[-1]}" if len(versions) else "no event"
                raise NotFoundError(f"Of {name} {read} has been read so far; version {version} is beyond.")
            if not len(versions):
                raise NotFoundError(f"{name} has no version {version}.")
            raise no_such_version(name, version, int(versions[0]), int(versions[-1]))
        return index

    def has(self, version: int) -> bool:
        """Whether a version is among the events so far."""
        try:
            self.index_of(version)
        except NotFoundError:
            return False
        return True

    def next_of_type(self, event_type: str, row: int) -> int | None:
        """The row of the next event of a type after a row, from the first one on again at the end; None: there is none.

        Only events so far are looked at.
        """
        if event_type not in self.types:
            return None
        rows = np.flatnonzero(self.type_codes == self.types.index(event_type))
        later = int(np.searchsorted(rows, row, side="right"))
        return int(rows[later if later < len(rows) else 0]) if len(rows) else None

    def as_of(self, moment: Instant) -> AsOf:
        """Where a moment lies among the events so far."""
        times, dated = self.times_ns, self.has_time
        limit = min(max(moment.ns, -(1 << 63)), (1 << 63) - 1)
        earlier = np.flatnonzero(dated & (times <= limit))
        later = np.flatnonzero(dated & (times > limit))
        before = int(earlier[-1]) if len(earlier) else None
        after = int(later[0]) if len(later) else None
        return AsOf(
            moment,
            None if before is None else self._mark(before),
            None if after is None else self._mark(after),
            before is None or after is None or before < after,
            self.zone_missing,
            int(len(times) - dated.sum()),
        )

    def _mark(self, row: int) -> EventMark:
        instant = self.instant(row)
        assert instant is not None
        return EventMark(int(self.versions[row]), self.type_at(row), instant)

    # States

    def has_state(self, version: int) -> bool:
        """Whether the state at a version, of an event or between two, is not known to be out of reach for now."""
        lost = self.not_rebuilt
        if lost is not None:
            return lost.version is not None and version < lost.version
        rebuilt = len(self.history) if self._program is not None else len(self)
        return rebuilt >= len(self) or version < self.versions[rebuilt]

    def need_state(self, version: int) -> None:
        """Make sure that there is a state at a version; raises as `state_at`."""
        lost = self.not_rebuilt
        if lost is not None and not self.has_state(version):
            self.index_of(version)
            raise NotRebuiltError(f"Version {version} could not be rebuilt: {lost.why.message}", lost.why)
        if not self.has_state(version):
            self.index_of(version)
            raise NotYetRebuiltError(f"Version {version} has not been rebuilt yet: the reducer's program is at work.")

    def state_at(self, version: int) -> RebuiltState:
        """The state after one version, replayed from nothing.

        Raises NotRebuiltError, NotYetRebuiltError and NotFoundError.
        """
        self.need_state(version)
        return RebuiltState(
            self.summary.aggregate_id,
            self.summary.aggregate_type,
            version,
            self.instant(self.index_of(version)),
            self.history.state_at(version),
            self.history.rebuilt_at(version),
        )

    def changes(self, version: int) -> list[Change]:
        """What the event with this version did to the state; raises as `state_at`."""
        self.need_state(version)
        return self.history.changes(version)

    def known_changes(self, version: int) -> list[Change] | None:
        """The same from memory, for any thread; None where that would take a replay, or there is no state."""
        if not self.has_state(version):
            return None
        return self.history.known_changes(version)
