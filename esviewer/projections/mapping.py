"""The pass over a store: every aggregate's events once, folded and matched for all projections of a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any, Final

from esviewer.errors import CancelledError, EsviewerError
from esviewer.model.batch import EventBatch, Runs, StoreBatch, Undecodable
from esviewer.model.event import Snapshot
from esviewer.model.instant import Instant
from esviewer.model.values import Value, copied
from esviewer.projections.cells import cell, key_text, packed, plain_text
from esviewer.projections.cut import Cut
from esviewer.projections.definition import Expression, Projection
from esviewer.projections.sink import Counts, LogRow, Problem, Sink, StateRow
from esviewer.replay.fold import Folding
from esviewer.replay.reducer import NO_RULE, Reducer, StepError
from esviewer.work import Work

ReducerFor = Callable[[str | None], Reducer]
Reread = Callable[[str, int, int], Iterable[EventBatch]]
"""An aggregate's events between two versions, both included, read anew on another connection."""

NOT_REBUILT: Final = "could not be rebuilt: "
"""How the problem of a state begins that there is none of; its row has no cells, whatever `where` says of states."""
MOST_WAITING: Final = 5_000
"""Events of one aggregate behind the cut that are kept, in case that a later version lies before it."""
_LONGEST_REASON: Final = 500
_VIEWED: Final = ("position", "aggregate_id", "aggregate_type", "version", "event_id", "type", "schema_version")
_REMEMBERED_KEYS: Final = 10_000
_INT64: Final = 1 << 63


@dataclass(slots=True)
class _Fold:
    """One aggregate's state for the state projections that share a reducer."""

    reducer: Reducer
    folding: Folding
    projections: list[int]
    failure: str | None = None
    reasons: list[tuple[int, str]] = field(default_factory=list)
    ruleless: dict[str, int] = field(default_factory=dict)
    """How many events of a type have no rule."""
    first_ruleless: int | None = None
    """The version of the first of them."""


class Mapper:
    """Fed with the batches of `Store.by_aggregate` in order, it gives rows and matching events to a sink."""

    def __init__(
        self,
        projections: Sequence[Projection],
        reducer_for: ReducerFor,
        sink: Sink,
        *,
        cut: Cut | None = None,
        by_position: bool = True,
        reread: Reread | None = None,
        events_after: int | None = None,
        without: Collection[int] = (),
    ) -> None:
        """`by_position` says whether positions are the store's order, else times are.

        Matching events are those behind the position `events_after`, where it is given. `without` are projections that
        somebody else makes.
        """
        self.counts = Counts()
        self._projections = projections
        self._reducer_for = reducer_for
        self._sink = sink
        self._cut = cut or Cut()
        self._by_position = by_position
        self._reread = reread
        self._events_after = events_after
        self._states = [index for index, each in enumerate(projections) if each.kind == "state"]
        others = [index for index, each in enumerate(projections) if each.kind != "state"]
        self._events = [index for index in others if index not in without]
        self._interest: dict[tuple[str, str | None], list[int]] = {}
        self._known_keys: dict[tuple[int, str], tuple[str, list[str | None]]] = {}
        """Keys seen, of the commonest kind: one text."""
        self._folds: list[_Fold] = []
        self._current: str | None = None
        self._type: str | None = None
        self._keys: dict[str | None, frozenset[str] | None] = {}
        """By aggregate type, what `keys_of` says."""
        self._version: int | None = None
        self._time: tuple[_Times, int] | None = None
        """Where the time of that version is."""
        self._waiting: list[EventBatch] = []
        self._waiting_events = 0
        self._dropped: int | None = None
        """The version from which on waiting events have to be read anew."""
        self._disordered = False
        self._start: Snapshot | None = None
        """What the aggregate to come, or the current one, begins with instead of nothing."""

    def start_from(self, snapshot: Snapshot) -> None:
        """Begin the next aggregate with a snapshot; its events are fed from the one with the snapshot's version on."""
        self.finish()
        self._start = snapshot
        self.counts.shortened += 1

    def keys_of(self, runs: Runs) -> frozenset[str] | None:
        """The keys at which `feed` will look in the data of a batch with these aggregates; None: at all."""
        kinds = {kind for _, _, kind in runs}
        if runs and runs[0][1] == self._current:
            kinds.add(self._type)  # what the aggregate's first event said goes on to count
        found: frozenset[str] = frozenset()
        for kind in kinds:
            if kind not in self._keys:
                self._keys[kind] = self._keys_for(kind)
            keys = self._keys[kind]
            if keys is None:
                return None
            found |= keys
        return found

    def _keys_for(self, kind: str | None) -> frozenset[str] | None:
        found: frozenset[str] = frozenset()
        for index in (*self._states, *self._events):
            projection = self._projections[index]
            state = projection.kind == "state"
            if not projection.of_type(kind) or (state and projection.leaves_out(aggregate_type=kind)):
                continue
            keys = (projection.rules or self._reducer_for(kind)).data_keys if state else projection.payload_keys
            if keys is None:
                return None
            found |= keys
        return found

    def feed(self, batch: StoreBatch, work: Work | None = None) -> None:
        """Look at the next events; raises CancelledError."""
        if not len(batch):
            return
        within = self._cut.within(batch)
        ends = [first for first, _, _ in batch.runs[1:]] + [len(batch)]
        times = _Times(batch)
        kinds: list[str | None] = []
        for (first, aggregate_id, kind), end in zip(batch.runs, ends, strict=True):
            if aggregate_id != self._current:
                self.finish()
                self._begin(aggregate_id, kind)
            kinds.append(self._type)
            if self._folds:
                self._fold(batch, first, end, within, times, work)
        counted = len(batch) if within is None else sum(within)
        self.counts.events += counted
        self.counts.beyond += len(batch) - counted
        if self._events or self._events_after is not None:
            matcher = _Matcher(self, batch, within, times)
            if self._events_after is not None:
                self.counts.fresh += matcher.fresh(self._events_after)
            matcher.run(kinds)

    def finish(self) -> None:
        """Write the aggregate that was looked at last; to be called at the end, too."""
        if self._current is None:
            return
        if self._version is not None:
            for fold in self._folds:
                self._end(fold)
            if self._disordered:
                self.counts.disordered += 1
        self._current = None
        self._start = None
        self._folds = []
        self._waiting, self._waiting_events, self._dropped = [], 0, None

    # States

    def _begin(self, aggregate_id: str, kind: str | None) -> None:
        self._current, self._type = aggregate_id, kind
        self._version = self._time = None
        self._disordered = False
        self.counts.aggregates += 1
        folds: dict[str, _Fold] = {}
        for index in self._states:
            projection = self._projections[index]
            # One that no state could bring in needs none.
            if not projection.of_type(kind) or projection.leaves_out(aggregate_type=kind, aggregate_id=aggregate_id):
                continue
            reducer: Reducer = projection.rules or self._reducer_for(kind)
            if projection.rules is None and (kind or "") not in self.counts.reducers:
                self.counts.reducers[kind or ""] = reducer.name, reducer.digest, reducer.inferred
            fold = folds.get(reducer.digest)
            if fold is None:
                failure = None
                try:
                    initial = reducer.initial() if self._start is None else copied(self._start.state)
                except CancelledError:
                    raise
                except EsviewerError as error:
                    initial, failure = None, str(error)
                folds[reducer.digest] = fold = _Fold(reducer, Folding(reducer, initial), [], failure)
            fold.projections.append(index)
        self._folds = list(folds.values())

    def _fold(
        self,
        batch: StoreBatch,
        first: int,
        end: int,
        within: Sequence[bool] | None,
        times: _Times,
        work: Work | None,
    ) -> None:
        last = end - 1
        if within is not None:
            while last >= first and not within[last]:
                last -= 1
            if last >= first:
                self._disordered = self._disordered or self._holds_back or not all(within[first:last])
        if last >= first:
            self._take_waiting(batch.versions[first] - 1, work)
            begin = first
            if self._start is not None:
                begin = bisect_right(batch.versions, self._start.version, first, last + 1)
            if begin <= last:
                self._fed(batch.part(begin, last + 1), work)
            self._version = batch.versions[last]
            self._time = times, last
        if last < end - 1:
            self._wait(batch.part(last + 1, end))

    @property
    def _holds_back(self) -> bool:
        return bool(self._waiting) or self._dropped is not None

    def _fed(self, part: EventBatch, work: Work | None) -> None:
        for fold in self._folds:
            if fold.failure is not None:
                continue
            try:
                fold.folding.feed(part, work=work)
            except CancelledError:
                raise
            except EsviewerError as error:
                fold.failure = str(error)
            skipped = fold.folding.skipped
            for item in skipped:
                if item.reason.startswith(NO_RULE):
                    event_type = item.reason[len(NO_RULE) + 1 :]
                    self.counts.without_rule[fold.reducer.name, event_type] += 1
                    fold.ruleless[event_type] = fold.ruleless.get(event_type, 0) + 1
                    if fold.first_ruleless is None:
                        fold.first_ruleless = item.version
                else:
                    fold.reasons.append((item.version, item.reason))
            skipped.clear()

    def _wait(self, part: EventBatch) -> None:
        """Keep events that don't count unless a later version does."""
        if self._dropped is not None:
            return
        self._waiting.append(part)
        self._waiting_events += len(part)
        if self._waiting_events > MOST_WAITING and self._reread is not None:
            self._dropped = self._waiting[0].versions[0]
            self._waiting, self._waiting_events = [], 0

    def _take_waiting(self, last: int, work: Work | None) -> None:
        parts: Iterable[EventBatch] = self._waiting
        if self._dropped is not None:
            assert self._reread is not None
            assert self._current is not None
            parts = self._reread(self._current, self._dropped, last)
        for part in parts:
            self._fed(part, work)
        if self._holds_back:
            self._waiting, self._waiting_events, self._dropped = [], 0, None

    def _end(self, fold: _Fold) -> None:
        assert self._current is not None
        assert self._version is not None
        shown = plain_text(self._current)
        kind = None if self._type is None else plain_text(self._type)
        version = self._version
        told = [(at, _short(reason)) for at, reason in fold.reasons]
        reasons = [f"version {at}: {reason}" for at, reason in told]
        if fold.first_ruleless is not None:
            # One line for all of them: rules often leave out types that don't concern them.
            told.append((fold.first_ruleless, _ruleless(fold.ruleless)))
            reasons.append(told[-1][1])
        if fold.failure is not None:
            reasons.append(f"{NOT_REBUILT}{_short(fold.failure)}")
        values = (fold.folding.state, self._current, self._type, version)
        for index in fold.projections:
            projection = self._projections[index]
            if projection.where is not None and fold.failure is None:
                try:
                    if not projection.where.truth.holds(*values):
                        continue
                except StepError as error:
                    what = f"where: {_short(str(error))}"
                    self._problem(index, Problem(shown, kind, version, what, untold=True))
                    continue
            cells: list[str | None] = []
            own = list(reasons)
            for name, expression in projection.columns:
                made, why = (None, None) if fold.failure is not None else _computed(expression, values)
                cells.append(made)
                if why is not None:
                    own.append(f"column {name}: {why}")
                    self._problem(index, Problem(shown, kind, version, own[-1]))
            for at, reason in told:
                self._problem(index, Problem(shown, kind, at, reason))
            if fold.failure is not None:
                self._problem(index, Problem(shown, kind, version, reasons[-1]))
            moment = None if self._time is None else self._time[0].at(self._time[1])
            time = None if moment is None else moment.isoformat()
            self._sink.row(index, StateRow(shown, kind, version, time, cells, _joined(own)))
            self.counts.rows[index] += 1

    # Events

    def _problem(self, index: int, problem: Problem) -> None:
        self.counts.problems[index] += 1
        if problem.untold:
            self.counts.untold[index] += 1
        self._sink.problem(index, problem)

    def _concerned(self, event_type: str, aggregate_type: str | None) -> list[int]:
        known = self._interest.get((event_type, aggregate_type))
        if known is None:
            known = [
                index
                for index in self._events
                if self._projections[index].of_type(aggregate_type) and self._projections[index].of_event(event_type)
            ]
            self._interest[event_type, aggregate_type] = known
        return known


class _Times:
    """Each event's time in a batch, read when one is asked for."""

    def __init__(self, batch: StoreBatch) -> None:
        self._batch = batch

    @cached_property
    def all(self) -> Sequence[tuple[int, int | None] | None]:
        """Nanoseconds and zone, as in Instant."""
        clock = self._batch.clock()
        if clock is not None:
            return list(zip(clock.ns.tolist(), repeat(clock.offset, len(self._batch)), strict=True))
        return [None if time is None else (time.ns, time.offset) for time in self._batch.times()]

    def at(self, index: int) -> Instant | None:
        """The time of one of them."""
        moment = self.all[index]
        return None if moment is None else Instant(*moment)


class _Matcher:
    """Looks through one batch for events of event and log projections; columns are read when they are asked for."""

    def __init__(self, mapper: Mapper, batch: StoreBatch, within: Sequence[bool] | None, times: _Times) -> None:
        self._mapper = mapper
        self._batch = batch
        self._within = within
        self._times = times
        self._columns: dict[str, Sequence[Any]] = {}
        self._ids: list[str] = []
        self._kinds: list[str | None] = []
        """Of each event's aggregate."""

    def fresh(self, after: int) -> int:
        """How many of the events that count are behind a position."""
        within = self._within
        return sum(
            1 for index in range(len(self._batch)) if (within is None or within[index]) and self._is_after(index, after)
        )

    def run(self, kinds: Sequence[str | None]) -> None:
        """Look at all events; `kinds` are the types of the aggregates, one for each of the batch's runs."""
        mapper, batch, within = self._mapper, self._batch, self._within
        after = mapper._events_after
        ends = [first for first, _, _ in batch.runs[1:]] + [len(batch)]
        interest, types = mapper._interest, batch.types
        found: dict[int, list[int]] = {}
        for (first, aggregate_id, _), kind, end in zip(batch.runs, kinds, ends, strict=True):
            self._ids += repeat(aggregate_id, end - first)
            self._kinds += repeat(kind, end - first)
            for index in range(first, end):
                concerned = interest.get((types[index], kind))
                if concerned is None:
                    concerned = mapper._concerned(types[index], kind)
                if not concerned or (within is not None and not within[index]):
                    continue
                if after is not None and not self._is_after(index, after):
                    continue
                for number in concerned:
                    found.setdefault(number, []).append(index)
        for number, indexes in found.items():
            if mapper._projections[number].kind == "log":
                for index in indexes:
                    self._logged(number, index)
            else:
                self._keyed(number, indexes)

    def _is_after(self, index: int, after: int) -> bool:
        position = self._column("position")[index]
        return type(position) is not int or position > after

    def _column(self, name: str) -> Sequence[Any]:
        found = self._columns.get(name)
        if found is None:
            self._columns[name] = found = self._batch.column(name)
        return found

    def _logged(self, number: int, index: int) -> None:
        data = self._batch.data[index]
        where = self._mapper._projections[number].where
        if data.__class__ is Undecodable:
            if where is None or not self._leaves_out(where, index):
                self._untold(number, index, _short(data.reason))
            return
        try:
            if where is None or self._holds(where, index, data):
                self._log(number, index, data)
        except StepError as error:
            self._untold(number, index, f"where: {_short(str(error))}")

    def _keyed(self, number: int, indexes: Sequence[int]) -> None:
        """Give the sink those events of an event projection that have a key."""
        mapper, batch = self._mapper, self._batch
        projection = mapper._projections[number]
        where, carried = projection.where, projection.carried_keys
        reads_payload = projection.payload_keys != frozenset()
        needs: dict[str, bool] = {}
        there: list[int] = []
        keys: list[tuple[str, list[str | None]]] = []
        packs: list[str] = []
        metas: list[str | None] = []
        rests: list[str | None] = []
        for index in indexes:
            data = batch.data[index]
            if data.__class__ is Undecodable:
                if reads_payload:
                    if where is None or not self._leaves_out(where, index):
                        self._untold(number, index, _short(data.reason))
                    continue
                data = {}  # the event is there, whatever its payload is
            doing = "where"
            try:
                if where is not None and not self._holds(where, index, data):
                    continue
                values = []
                for name, expression in projection.keys:
                    doing = name
                    values.append(self._value(expression, index, data))
            except StepError as error:
                called = doing if doing == "where" else projection.key_called(doing)
                self._untold(number, index, f"{called}: {_short(str(error))}")
                continue
            there.append(index)
            keys.append(self._key(number, values))
            packs.append(packed(_pruned(data, carried)))
            event_type = batch.types[index]
            needed = needs.get(event_type)
            if needed is None:
                needed = needs[event_type] = projection.needs_event(event_type)
            metas.append(packed(self._column("metadata")[index]) if needed else None)
            parts = ("position", "event_id", "schema_version")
            rests.append(packed([self._column(name)[index] for name in parts]) if needed else None)
        if not there:
            return
        moments = [self._times.all[index] for index in there]
        columns: list[Sequence[Any]] = [
            [key for key, _ in keys],
            *zip(*(self._order(index) for index in there), strict=True),
            *([None if each is None else plain_text(each) for each in self._among(column, there)]
              for column in (self._ids, self._kinds)),
            self._among(batch.versions, there),
            *zip(*(cells for _, cells in keys), strict=True),
            [plain_text(each) for each in self._among(batch.types, there)],
            [None if each is None else each[0] for each in moments],
            [None if each is None else each[1] for each in moments],
            packs,
            metas,
            rests,
        ]  # fmt: skip
        mapper._sink.matching(number, columns)
        mapper.counts.rows[number] += len(there)

    @staticmethod
    def _among(column: Sequence[Any], indexes: Sequence[int]) -> list[Any]:
        return [column[index] for index in indexes]

    def _untold(self, number: int, index: int, what: str) -> None:
        self._mapper._problem(number, self._problem(index, what, untold=True))

    def _problem(self, index: int, what: str, untold: bool = False) -> Problem:
        kind = self._kinds[index]
        return Problem(
            plain_text(self._ids[index]),
            None if kind is None else plain_text(kind),
            self._batch.versions[index],
            what,
            untold=untold,
        )

    def _log(self, number: int, index: int, data: Value) -> None:
        mapper = self._mapper
        cells: list[str | None] = []
        problems: list[str] = []
        for name, expression in mapper._projections[number].columns:
            made = None
            try:
                made = cell(self._value(expression, index, data))
            except StepError as error:
                problems.append(f"column {name}: {_short(str(error))}")
                mapper._problem(number, self._problem(index, problems[-1]))
            cells.append(made)
        time = self._times.at(index)
        kind = self._kinds[index]
        row = LogRow(
            *self._order(index),
            plain_text(self._ids[index]),
            None if kind is None else plain_text(kind),
            self._batch.versions[index],
            None if time is None else time.isoformat(),
            cells,
            _joined(problems),
        )
        mapper._sink.row(number, row)
        mapper.counts.rows[number] += 1

    def _key(self, number: int, values: list[Value]) -> tuple[str, list[str | None]]:
        known = self._mapper._known_keys
        alone = values[0] if len(values) == 1 and type(values[0]) is str else None
        found = None if alone is None else known.get((number, alone))
        if found is None:
            found = key_text(values), [cell(value) for value in values]
            if alone is not None and len(known) < _REMEMBERED_KEYS:
                known[number, alone] = found
        return found

    def _order(self, index: int) -> tuple[int | None, str | None, int | None]:
        if not self._mapper._by_position:
            moment = self._times.all[index]
            return None, None, None if moment is None else moment[0]
        position = self._column("position")[index]
        if type(position) is int and -_INT64 <= position < _INT64:
            return position, None, None
        return None, None if position is None else plain_text(str(position)), None

    def _leaves_out(self, where: Expression, index: int) -> bool:
        """Whether it is false whatever the payload is that can't be read."""
        return "event" in where.used and where.truth.told({"event": self._view(where, index)}) is False

    def _holds(self, where: Expression, index: int, data: Value) -> bool:
        return where.truth.holds(*self._values(where, index, data))

    def _value(self, expression: Expression, index: int, data: Value) -> Value:
        return expression.compute(*self._values(expression, index, data))

    def _values(self, expression: Expression, index: int, data: Value) -> tuple[Value, Value, Value]:
        """What `data`, `meta` and `event` are, as far as an expression reads them."""
        if expression.of_data:
            return data, None, None
        used = expression.used
        meta = self._column("metadata")[index] if "meta" in used else None
        event = self._view(expression, index) if "event" in used else None
        return data, meta, event

    def _view(self, expression: Expression, index: int) -> dict[str, Value]:
        """What `event` is in an expression, as far as that reads it."""
        keys = expression.event_keys
        view: dict[str, Value] = {}
        for name in _VIEWED:
            if keys is not None and name not in keys:
                continue
            if name == "aggregate_id":
                view[name] = self._ids[index]
            elif name == "aggregate_type":
                view[name] = self._kinds[index]
            elif name == "version":
                view[name] = self._batch.versions[index]
            elif name == "type":
                view[name] = self._batch.types[index]
            else:
                view[name] = self._column(name)[index]
        if keys is None or "timestamp" in keys:
            time = self._times.at(index)
            view["timestamp"] = None if time is None else time.isoformat()
        return view


def _pruned(data: Value, keys: frozenset[str] | None) -> Value:
    """What rules read of an event's data, which is all that has to be carried to where it is folded."""
    if keys is None or type(data) is not dict or len(data) <= len(keys):
        return data
    return {key: value for key, value in data.items() if key in keys}


def _computed(expression: Expression, values: tuple[Value, ...]) -> tuple[str | None, str | None]:
    """The cell of a column, and why there is none."""
    try:
        return cell(expression.compute(*values)), None
    except StepError as error:
        return None, _short(str(error))


def _short(text: str) -> str:
    text = plain_text(text)
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


def _ruleless(found: dict[str, int]) -> str:
    number = sum(found.values())
    names = ", ".join(map(plain_text, list(found)[:3])) + (" and others" if len(found) > 3 else "")
    return _short(f"{number:,} event{'s have' if number > 1 else ' has'} no rule: {names}")


def _joined(problems: list[str]) -> str | None:
    if not problems:
        return None
    more = len(problems) - 3
    return "; ".join(problems[:3]) + (f"; and {more:,} more" if more > 0 else "")
