"""Events as they arrive: each once, none left out, though writers may commit in another order than they took positions.

A writer takes a position when it inserts and shows it when it commits, so that events may turn up below the newest one.
Each look therefore goes back over a span of the newest positions, whose events are known. The span ends where nothing
new is expected any more: at events that were seen `SETTLED` seconds ago, or `SPAN` events back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from esviewer.errors import StoreError, UsageError
from esviewer.model.event import Event
from esviewer.stores.databases.notices import Notices
from esviewer.stores.store import Store
from esviewer.work import Work

SETTLED: Final = 300.0
"""Seconds after which an event below one that was seen is not expected any more: its transaction was undone."""
SPAN: Final = 20_000
"""Events that are looked at again at most."""
SOON: Final = 0.25
LATE: Final = 5.0
"""Seconds between two looks, at least and at most: twice as long after each that found nothing."""


class StoreTail:
    """The events of a whole store that arrive after it was made; raises UsageError for a store without positions."""

    def __init__(
        self, store: Store, *, last: int = 0, clock: Callable[[], float] = time.monotonic, work: Work | None = None
    ) -> None:
        """With `last`, that many of the events that are there already come first."""
        if not store.tells_new:
            raise UsageError(
                "The store has no positions that order all events, so new ones can't be told from old ones.",
                "Name an aggregate: its versions tell.",
            )
        self._store = store
        self._clock = clock
        self._floor: int | None = None
        """Nothing is expected at or below this position."""
        self._seen: dict[tuple[int, str, int], float] = {}
        """The events above the floor, by position, aggregate and version, with the time at which they were seen."""
        newest = store.newest_position(work=work)
        if newest is not None:
            start = store.position_before(newest, SPAN, work=work)
            self._floor = None if start is None else start - 1
            there = sorted(self._above_floor(work))
            now = clock()
            self._seen = dict.fromkeys(there[: len(there) - last] if last else there, now)

    def look(self, work: Work | None = None) -> Iterator[Event]:
        """The events that have arrived since the last look, by position; raises StoreError.

        What was not taken when a look ends early comes with the next one.
        """
        arrived = sorted(key for key in self._above_floor(work) if key not in self._seen)
        for low, high in _runs([position for position, _, _ in arrived]):
            for event in self._store.events(from_position=low, to_position=high, work=work):
                # Without a number it is outside of what was asked for.
                if isinstance(event.position, int):
                    key = (event.position, event.aggregate_id, event.version)
                    if key not in self._seen:
                        self._seen[key] = self._clock()
                        yield event
        self._settle()

    def _above_floor(self, work: Work | None) -> Iterator[tuple[int, str, int]]:
        for scanned in self._store.scan((), after=self._floor, work=work):
            for index in range(len(scanned)):
                place = scanned.place(index)
                if isinstance(place.position, int):
                    yield place.position, place.aggregate_id, place.version

    def _settle(self) -> None:
        """Move the floor up to where nothing new is expected below."""
        ends = self._clock() - SETTLED
        ordered = sorted(self._seen)
        over = len(ordered) - SPAN
        settled = 0
        while settled < len(ordered) and (settled < over or self._seen[ordered[settled]] <= ends):
            settled += 1
        # Events of one position stay together.
        while settled and settled < len(ordered) and ordered[settled - 1][0] == ordered[settled][0]:
            settled -= 1
        if settled:
            self._floor = ordered[settled - 1][0]
            for key in ordered[:settled]:
                del self._seen[key]


class AggregateTail:
    """The events of one aggregate that arrive after it was made: its versions tell which; raises NotFoundError."""

    def __init__(self, store: Store, aggregate_id: str, *, last: int = 0, work: Work | None = None) -> None:
        """With `last`, that many of the events that are there already come first."""
        self._store = store
        summary = store.summary(aggregate_id, work=work)
        self._aggregate_id = summary.aggregate_id
        self._next = summary.version + 1
        if last:
            versions = [
                int(version)
                for batch in store.batches(self._aggregate_id, keys=frozenset(), timed=False, work=work)
                for version in batch.versions
            ]
            self._next = versions[-last:][0]

    def look(self, work: Work | None = None) -> Iterator[Event]:
        """The events that have arrived since the last look, by version; raises StoreError."""
        for event in self._store.events(self._aggregate_id, from_version=self._next, work=work):
            self._next = event.version + 1
            yield event


def follow(
    tail: StoreTail | AggregateTail,
    work: Work,
    *,
    patience: float,
    trouble: Callable[[StoreError], None],
    over: Callable[[], None],
    listen: Callable[[], Notices | None] = lambda: None,
) -> Iterator[Event | None]:
    """Events as they arrive, and None after each look; ends when `work` is cancelled, with CancelledError.

    Where `listen` gives something that hears of new events they are looked for as soon as it does.

    While the store can't be read it is tried again for `patience` seconds, and then StoreError is raised; `trouble` is
    told of it once, `over` when it has passed.
    """
    pause, failing = SOON, 0.0
    ear = _Ear(listen)
    try:
        while True:
            try:
                ear.open()
                found = False
                for event in tail.look(work):
                    found = True
                    if failing:
                        failing = 0.0
                        over()
                    yield event
                if failing:
                    failing = 0.0
                    over()
                pause = SOON if found else min(2 * pause, LATE)
            except StoreError as error:
                ear.close()
                now = time.monotonic()
                if not failing:
                    failing = now
                    trouble(error)
                elif now - failing > patience:
                    raise
                pause = min(2 * pause, LATE)
            yield None
            ear.rest(pause, work)
    finally:
        ear.close()


class _Ear:
    """Hears of new events where there is anything to hear."""

    def __init__(self, listen: Callable[[], Notices | None]) -> None:
        self._listen = listen
        self._open = False
        self._notices: Notices | None = None

    def open(self) -> None:
        """Listen, unless that is so already; raises StoreError."""
        if not self._open:
            self._notices, self._open = self._listen(), True

    def rest(self, seconds: float, work: Work) -> None:
        """Wait so long, or until something is heard; raises CancelledError."""
        if self._notices is None:
            work.sleep(seconds)
            return
        ends = time.monotonic() + seconds
        try:
            while (left := ends - time.monotonic()) > 0:
                work.check()
                if self._notices.wait(min(left, _SLICE)):
                    return
        except StoreError:
            # The next look tells whether the store is gone, or only who listened.
            self.close()
            work.sleep(SOON)

    def close(self) -> None:
        """Listen no longer."""
        if self._notices is not None:
            self._notices.close()
        self._notices, self._open = None, False


def _runs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of ascending positions that are read together: those with few others between them."""
    low = high = None
    for position in positions:
        if low is None or high is None:
            low = high = position
        elif position - high <= _NEAR:
            high = position
        else:
            yield low, high
            low = high = position
    if low is not None and high is not None:
        yield low, high


_NEAR: Final = 32
_SLICE: Final = 0.2
"""Seconds of waiting after which it is looked whether to go on."""
