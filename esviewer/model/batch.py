"""Many events of one read, as columns: what replay walks through without making an object for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Stands in a batch's `data` for a payload that could not be decoded."""

    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Times of events that were all recorded in one form."""

    ns: NDArray[np.int64]
    """Nanoseconds since 1970-01-01 UTC."""
    offset: int | None
    """The zone they were all recorded in, in seconds from UTC; None where none was."""


class EventBatch:
    """Events in order, as parallel columns; `event(i)` makes the i-th event whole, on demand."""

    __slots__ = ("_clock", "_make", "_times", "data", "types", "versions")

    def __init__(
        self,
        versions: Sequence[int],
        types: Sequence[str],
        data: Sequence[Value],
        make: Callable[[int], Event],
        times: Callable[[], Sequence[Instant | None]] | None = None,
        clock: Callable[[], Clock | None] | None = None,
    ) -> None:
        self.versions = versions
        self.types = types
        self.data = data
        """Each event's decoded data, or an Undecodable."""
        self._make = make
        self._times = times
        self._clock = clock

    def __len__(self) -> int:
        return len(self.versions)

    def event(self, index: int) -> Event:
        """The whole event, metadata and all."""
        return self._make(index)

    def part(self, first: int, last: int) -> EventBatch:
        """The events from index `first` to the one before `last`."""
        if first == 0 and last == len(self):
            return self
        return EventBatch(
            self.versions[first:last],
            self.types[first:last],
            self.data[first:last],
            lambda index: self._make(first + index),
        )

    def times(self) -> Sequence[Instant | None]:
        """Each event's timestamp, without making the events."""
        if self._times is not None:
            return self._times()
        return [self._make(index).timestamp for index in range(len(self))]

    def clock(self) -> Clock | None:
        """The same as a column, where each event has a time and all were recorded in one form; None elsewhere."""
        return None if self._clock is None else self._clock()


class ColumnBatch(EventBatch):
    """Events of several aggregates, of which any part can be asked for as a column."""

    __slots__ = ("_column",)

    def __init__(self, batch: EventBatch, column: Callable[[str], Sequence[Value]]) -> None:
        """`column` gives one part of all events, as `column` says."""
        super().__init__(batch.versions, batch.types, batch.data, batch.event, batch.times, batch.clock)
        self._column = column

    def column(self, name: str) -> Sequence[Value]:
        """One part of all events.

        That is `position`, `event_id`, `aggregate_type`, `metadata`, `schema_version` or `microseconds`: the time in
        microseconds since 1970, or None where it is missing or can't be read.
        """
        return self._column(name)


Runs: TypeAlias = Sequence[tuple[int, str, str | None]]
"""The index of each aggregate's first event in a batch, its id, and the type as that event says."""
KeysOf: TypeAlias = Callable[[Runs], frozenset[str] | None]
"""Says, before a batch is decoded, at which keys of its events' data that are objects is looked; None: at all."""


class StoreBatch(ColumnBatch):
    """Events of several aggregates, those of each together and by version."""

    __slots__ = ("runs",)

    def __init__(
        self,
        batch: EventBatch,
        runs: Runs,
        column: Callable[[str], Sequence[Value]],
    ) -> None:
        """`column` gives one part of all events, as `ColumnBatch.column` says."""
        super().__init__(batch, column)
        self.runs = runs
        """The aggregates in their order; the first may go on from the batch before."""


def batch_of(events: Sequence[Event]) -> EventBatch:
    """A batch of ready-made events."""
    return EventBatch(
        [event.version for event in events],
        [event.type for event in events],
        [event.data if event.error is None else Undecodable(event.error) for event in events],
        events.__getitem__,
    )
