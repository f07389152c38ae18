"""The time machine of one aggregate: every version's changes, with full states (keyframes) now and then.

Changes are kept in packed segments. Any state is the nearest keyframe and a short walk, forwards or backwards; what
two states have in common they share. Memory is bounded: when keyframes take too much of it every second one goes, and
when changes do, the segments that were used longest ago are given up and made anew by replay when they are asked for.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from threading import Lock
from typing import TypeAlias

from esviewer.errors import NotFoundError, StoreError
from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import Change, Path
from esviewer.model.rebuilt import Rebuilt, Skipped
from esviewer.model.values import Value, copied
from esviewer.replay.arithmetic import weight
from esviewer.replay.fold import Folding
from esviewer.replay.net import net
from esviewer.replay.reducer import RawChange, Reducer
from esviewer.replay.segment import Segment, Steps, unpack
from esviewer.replay.shared_states import Owned, advanced, bytes_of, retreated
from esviewer.work import Work

BUDGET = 256 * 1024 * 1024
"""Bytes that a history may take: at most half of them for changes, and what these leave for keyframes.

Where changes can't be read again they are all kept, and keyframes have a quarter at least."""

Source: TypeAlias = Callable[[int, int], Iterable[EventBatch]]
"""Reads the events from one version to another, both included, once more."""

_BYTES_A_CHANGE = 400
"""A keyframe that takes many bytes is followed by as many changes as pay for it: one for so many bytes."""
_SCALAR = 64


class History:
    """All versions of one aggregate; one thread at a time, but for `known_changes`."""

    EVENTS = 128
    """Events of a segment."""
    HEFT = 20_000
    """A segment ends sooner when its changes weigh more, in units of `arithmetic.weight`."""
    KEYFRAME_AFTER = 500
    """The least number of changes between keyframes."""
    UNPACKED = 24
    """Segments that stay unpacked after they were used."""

    def __init__(
        self,
        reducer: Reducer,
        *,
        source: Source | None = None,
        budget: int = BUDGET,
        hypothetical: bool = False,
        begun: bool = True,
    ) -> None:
        """A history without events, which `extend` adds; without a `source` all changes are kept.

        One that is not `begun` has no states yet, not even the first: `begin` is called before events are added.
        """
        self.reducer = reducer
        self.hypothetical = hypothetical
        """Whether its events are not those of a store: its states are no evidence of anything."""
        self.versions: array[int] = array("q")
        """The store's own numbers, ascending."""
        self.work: Work | None = None
        """What may cancel replaying events whose changes were given up: a reducer's program may take long, or hang."""
        self._source = source
        self._budget = budget
        self._folding = Folding(reducer, None)
        self._reasons: dict[int, str] = {}
        self._segments: list[Segment] = []
        self._ends: list[int] = []
        """How many events there are up to the end of each segment."""
        self._open: list[tuple[RawChange, ...]] = []
        """The events after the last segment."""
        self._heft = 0
        self._used: OrderedDict[int, None] = OrderedDict()
        """The segments whose changes are kept, those used longest ago first."""
        self._packed_bytes = 0
        self._unpacked: OrderedDict[int, Steps] = OrderedDict()
        self._lock = Lock()
        self._keyed = [0]
        """How many events each keyframe comes after."""
        self._keyframes: list[Value] = [None]
        self._costs = [0]
        self._spacing = 1.0
        self._front: Value = None
        """The state after the last segment; made of keyframes' containers and of its own."""
        self._own: Owned = {}
        self._since = 0
        self._since_bytes = 0
        self._wait = self.KEYFRAME_AFTER
        self._cursor: tuple[int, Value] = 0, None
        if begun:
            self.begin()

    def begin(self) -> None:
        """Take over the reducer's first state."""
        initial = self.reducer.initial()
        self._folding.state = self.reducer.initial()
        self._keyframes[0] = self._front = initial
        self._cursor = 0, initial

    def __len__(self) -> int:
        return len(self.versions)

    def let_go(self) -> list[object]:
        """Give away what it holds, which may take a while to be freed; nothing may be asked afterwards."""
        held = [*self._segments, *self._unpacked.values(), *self._keyframes]
        for each in (self._segments, self._unpacked, self._keyframes):
            each.clear()
        return held

    # Growing

    def extend(self, batches: Iterable[EventBatch], *, work: Work | None = None) -> None:
        """Go on with the events that follow, in version order."""
        for batch in batches:
            self.add(batch, work=work)
            if work is not None:
                work.report("Replaying events", len(self))

    def add(self, batch: EventBatch, *, work: Work | None = None) -> None:
        """Go on with one batch; when it is cancelled or fails in the midst, the events before that are in."""
        known = len(self._folding.skipped)
        try:
            self._folding.feed(batch, work=work, on_event=self._note)
        finally:
            for item in self._folding.skipped[known:]:
                self._reasons[item.version] = item.reason

    def _note(self, version: int, changes: list[RawChange], state: Value) -> None:
        del state
        self._open.append(tuple(changes))
        self.versions.append(version)
        heft = self._heft + len(changes)
        for _, old, new in changes:
            if old.__class__ in _WEIGHTY:
                heft += 1 + (len(old) >> 4) if old.__class__ is str else weight(old, self.HEFT)
            if new.__class__ in _WEIGHTY:
                heft += 1 + (len(new) >> 4) if new.__class__ is str else weight(new, self.HEFT)
        self._heft = heft
        if len(self._open) >= self.EVENTS or self._heft >= self.HEFT:
            self._close_segment()

    def _close_segment(self) -> None:
        steps = self._open
        segment = Segment(len(self.versions) - len(steps), steps)
        number = len(self._segments)
        self._front = advanced(self._front, chain.from_iterable(steps), self._own)
        self._since += segment.changes
        assert segment.packed is not None
        self._since_bytes += len(segment.packed) + _SCALAR * segment.changes
        with self._lock:
            self._segments.append(segment)
            self._ends.append(segment.last)
            self._open = []
        self._heft = 0
        self._packed_bytes += len(segment.packed)
        self._used[number] = None
        if self._since >= self._wait * self._spacing:
            self._keep_front()
        if self._source is not None:
            self._give_up_changes()

    def _keep_front(self) -> None:
        cost = bytes_of(self._own) + self._since_bytes
        self._keyed.append(len(self.versions))
        self._keyframes.append(self._front)
        self._costs.append(cost)
        # What is kept is shared from now on: the front goes on with copies.
        self._wait = max(self.KEYFRAME_AFTER, bytes_of(self._own) // _BYTES_A_CHANGE)
        self._own = {}
        self._since = self._since_bytes = 0
        room = max(self._budget - self._packed_bytes, self._budget // 4)
        while sum(self._costs) > room and len(self._keyed) > 1:
            self._thin_keyframes()

    def _thin_keyframes(self) -> None:
        """Let a quarter of the keyframes go, the others as evenly apart as they can be, and space the next ones out."""
        kept = _evenly(self._keyed, max(1, len(self._keyed) * 3 // 4))
        self._spacing *= len(self._keyed) / len(kept)
        self._keyed = [self._keyed[index] for index in kept]
        self._keyframes = [self._keyframes[index] for index in kept]
        self._costs = _bytes_beyond(self._keyframes)

    def _give_up_changes(self) -> None:
        while self._packed_bytes > self._budget // 2 and len(self._used) > 1:
            number, _ = self._used.popitem(last=False)
            segment = self._segments[number]
            with self._lock:
                assert segment.packed is not None
                self._packed_bytes -= len(segment.packed)
                segment.packed = None

    # Changes

    def index_of(self, version: int) -> int:
        """The place of a version among the events, from 0; raises NotFoundError."""
        index = bisect_left(self.versions, version)
        if index == len(self.versions) or self.versions[index] != version:
            raise NotFoundError(f"There is no version {version}.")
        return index

    def _kept(self, number: int) -> Steps | None:
        """A segment's changes when they are in memory."""
        with self._lock:
            steps = self._unpacked.get(number)
            if steps is None:
                packed = self._segments[number].packed
                if packed is None:
                    return None
                steps = unpack(packed)
                self._unpacked[number] = steps
                if len(self._unpacked) > self.UNPACKED:
                    self._unpacked.popitem(last=False)
            else:
                self._unpacked.move_to_end(number)
        return steps

    def _steps(self, number: int) -> Steps:
        """A segment's changes, by replay when they are not in memory; beyond the last segment: the open one's."""
        if number == len(self._segments):
            return self._open
        if number in self._used:
            self._used.move_to_end(number)
        steps = self._kept(number)
        return self._replayed(number, self.state_after(self._segments[number].first)) if steps is None else steps

    def _replayed(self, number: int, state: Value) -> Steps:
        """The changes of a segment that were given up; `state` is the one before it."""
        segment = self._segments[number]
        assert self._source is not None
        versions = self.versions[segment.first : segment.last]
        steps: list[tuple[RawChange, ...]] = []

        def note(_: int, changes: list[RawChange], __: Value) -> None:
            steps.append(tuple(changes))

        folding = Folding(self.reducer, copied(state))
        for batch in self._source(versions[0], versions[-1]):
            # What was skipped once stays skipped, whatever it depended on.
            data = [
                Undecodable(self._reasons[version]) if version in self._reasons else value
                for version, value in zip(batch.versions, batch.data, strict=True)
            ]
            known = EventBatch(batch.versions, batch.types, data, batch.event)
            folding.feed(known, work=self.work, on_event=note)
        if len(steps) != len(versions) or folding.version != versions[-1]:
            raise StoreError(
                f"The events from version {versions[0]} to {versions[-1]} are not those read before.",
                "The store has changed; open the aggregate again.",
            )
        with self._lock:
            self._unpacked[number] = steps
            while len(self._unpacked) > self.UNPACKED:
                self._unpacked.popitem(last=False)
        return steps

    def known_changes(self, version: int) -> list[Change] | None:
        """What the event did, from memory only and from any thread; None where that takes a replay."""
        index = self.index_of(version)
        with self._lock:
            number = bisect_right(self._ends, index)
            if number == len(self._segments):
                return net(self._open[index - (self._ends[-1] if self._ends else 0)])
        steps = self._kept(number)
        return None if steps is None else net(steps[index - self._segments[number].first])

    def changes(self, version: int) -> list[Change]:
        """What the event with this version did to the state, in all; raises NotFoundError."""
        index = self.index_of(version)
        number, first = self._place(index)
        return net(self._steps(number)[index - first])

    def _place(self, index: int) -> tuple[int, int]:
        """The segment that an event is in, and the index of the segment's first event."""
        number = bisect_right(self._ends, index)
        return number, self._ends[number - 1] if number else 0

    def steps(
        self, first: int = 0, last: int | None = None, *, touching: Collection[Path] | None = None
    ) -> Iterator[tuple[int, tuple[RawChange, ...]]]:
        """The events from index `first` up to, not including, `last`, in order, with what each did to the state.

        With `touching`, events may be left out that changed nothing at, above or below any of these paths.
        """
        last = len(self) if last is None else last
        number, begin = self._place(first)
        while begin < last:
            if not self._passed_over(number, touching):
                steps = self._steps(number)
                for index in range(max(first, begin), min(last, begin + len(steps))):
                    yield index, steps[index - begin]
            if number == len(self._segments):
                return
            begin = self._ends[number]
            number += 1

    def steps_back(
        self, last: int | None = None, first: int = 0, *, touching: Collection[Path] | None = None
    ) -> Iterator[tuple[int, tuple[RawChange, ...]]]:
        """The same events as `steps`, the newest first."""
        last = len(self) if last is None else last
        if last <= first:
            return
        number, begin = self._place(last - 1)
        while number >= 0:
            if not self._passed_over(number, touching):
                steps = self._steps(number)
                for index in range(min(last, begin + len(steps)) - 1, max(first, begin) - 1, -1):
                    yield index, steps[index - begin]
            if begin <= first:
                return
            number -= 1
            begin = self._segments[number].first

    def _passed_over(self, number: int, touching: Collection[Path] | None) -> bool:
        closed = touching is not None and number < len(self._segments)
        return closed and not self._segments[number].touched.may_concern(touching or ())

    # States

    def state_at(self, version: int) -> Value:
        """The state after an event, which the caller must not alter; raises NotFoundError."""
        return self.state_after(self.index_of(version) + 1)

    def state_after(self, count: int) -> Value:
        """The state after the first `count` events; the caller must not alter it."""
        position, state = self._nearest(count)
        owned: Owned = {}
        while position < count:
            number, begin = self._place(position)
            steps: Steps | None = self._open if number == len(self._segments) else self._kept(number)
            if steps is None:
                steps = self._replayed(number, state)
            until = min(count, begin + len(steps))
            state = advanced(state, chain.from_iterable(steps[position - begin : until - begin]), owned)
            position = until
        while position > count:
            number, begin = self._place(position - 1)
            steps = self._steps(number)
            until = max(count, begin)
            state = retreated(state, steps[until - begin : position - begin], owned)
            position = until
        self._cursor = count, state
        return state

    def _nearest(self, count: int) -> tuple[int, Value]:
        """The state from which the walk is shortest: a keyframe's, or the one that was asked for last."""
        before = bisect_right(self._keyed, count) - 1
        best = self._keyed[before], self._keyframes[before]
        others = [self._cursor]
        if before + 1 < len(self._keyed):
            others.append((self._keyed[before + 1], self._keyframes[before + 1]))
        for position, state in others:
            if abs(position - count) < abs(best[0] - count) and self._in_memory(position, count):
                best = position, state
        return best

    def _in_memory(self, position: int, count: int) -> bool:
        """Whether the changes of all events between two places are in memory."""
        if len(self._used) == len(self._segments):
            return True
        first, last = sorted((self._place(position)[0], self._place(count)[0]))
        return all(number in self._used or number in self._unpacked for number in range(first, last)) and (
            last == len(self._segments) or last in self._used or last in self._unpacked
        )

    # How they came to be

    def skipped(self) -> Mapping[int, str]:
        """Why the events that changed nothing were skipped, by version; grows with the history."""
        return self._reasons

    def rebuilt_at(self, version: int) -> Rebuilt:
        """How the state at a version came to be; raises NotFoundError."""
        seen = self.index_of(version) + 1
        skipped = self._folding.skipped
        before = tuple(skipped[: bisect_right(skipped, version, key=_version)])
        reducer = self.reducer
        applied = seen - len(before)
        return Rebuilt(reducer.name, reducer.digest, reducer.inferred, None, applied, before, self.hypothetical)

    @property
    def memory(self) -> int:
        """The bytes that its keyframes and changes take, about."""
        return sum(self._costs) + self._packed_bytes


_WEIGHTY = frozenset({dict, list, str, bytes})


def _version(item: Skipped) -> int:
    return item.version


def _evenly(places: list[int], wanted: int) -> list[int]:
    """The indices of so many of these ascending places, the first among them, about evenly apart up to the last one.

    The longest walk between two of them is what a user waits for, so their distance counts, not their number.
    """
    indices = [0]
    for number in range(1, wanted):
        ideal = places[0] + (places[-1] - places[0]) * number // (wanted - 1)
        after = bisect_left(places, ideal)
        nearest = after if after == 0 or places[after] - ideal < ideal - places[after - 1] else after - 1
        if nearest > indices[-1]:
            indices.append(nearest)
    return indices


def _bytes_beyond(states: list[Value]) -> list[int]:
    """The memory that each state takes beyond those before it."""
    seen: set[int] = set()
    costs = []
    for state in states:
        total = 0
        todo = [state]
        while todo:
            inside = [item for item in todo if id(item) not in seen]
            seen.update(map(id, inside))
            total += sum(map(sys.getsizeof, inside))
            todo = []
            for item in inside:
                if type(item) is dict:
                    todo += item.values()
                elif type(item) is list:
                    todo += item
        costs.append(total)
    return costs


def build_history(
    reducer: Reducer,
    batches: Iterable[EventBatch],
    *,
    source: Source | None = None,
    budget: int = BUDGET,
    work: Work | None = None,
) -> History:
    """Replay all events of one aggregate from nothing, in version order, and keep what each did."""
    history = History(reducer, source=source, budget=budget)
    history.extend(batches, work=work)
    return history
