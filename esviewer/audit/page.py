"""The events that checks look at together, as columns, with what came before them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from esviewer.model.batch import StoreBatch
from esviewer.model.instant import Instant
from esviewer.model.values import Value

NO_TIME: Final = np.iinfo(np.int64).min
"""Stands in `Page.times` for an event without a time."""

TOPICS: Final = ("version", "time", "payload", "actor")


@dataclass(frozen=True, slots=True)
class Run:
    """One aggregate's events on a page, from index `first` to the one before `last`."""

    aggregate_id: str
    aggregate_type: str | None
    first: int
    last: int
    begins: bool
    """Whether its first event is here; otherwise it goes on from the page before."""
    ends: bool
    """Whether its last event is here."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What events of a store are by its layout's design."""

    may_lack_versions: bool = False
    """Whether some have no version, in place of which they have their position."""
    no_aggregate: str | None = None
    """The id by which those go together that are of no aggregate."""
    marks_deleted: bool = False
    """Whether deleted ones are still there, marked as such."""
    compacted: tuple[str, ...] = ()
    """Globs of the types of those that take the place of all of their aggregate before them."""
    unwraps: bool = False
    """Whether payloads are values of any kind that are named by the event's type."""


PLAIN: Final = Traits()


class Page:
    """Some events of one or several aggregates, those of each together and by version."""

    def __init__(
        self,
        batch: StoreBatch,
        runs: Sequence[Run],
        before: tuple[int, int, int | None] | None,
        traits: Traits = PLAIN,
    ) -> None:
        """`before`: version, time (as in `earliest`) and `written` of the event before, when the first run goes on."""
        self.batch = batch
        self.runs = runs
        self._before = before
        self._traits = traits
        self.owned: dict[str, set[int]] = {topic: set() for topic in TOPICS}
        """By topic, the events at which a check has found what explains what others would find; -1: the one before."""

    def __len__(self) -> int:
        return len(self.batch)

    @cached_property
    def versions(self) -> NDArray[Any]:
        """Each event's version: 64-bit integers, or Python's where one is larger."""
        try:
            return np.array(self.batch.versions, dtype=np.int64)
        except OverflowError:
            return np.array(self.batch.versions, dtype=object)

    @cached_property
    def versions_before(self) -> NDArray[Any]:
        """The version of the event before each; of no meaning where `begins`."""
        return self._shifted(self.versions, 0 if self._before is None else self._before[0])

    @cached_property
    def versioned(self) -> NDArray[np.bool_]:
        """Whether each event has a version in an aggregate of its own, and not its position in place of one."""
        found = np.ones(len(self), dtype=np.bool_)
        if self._traits.may_lack_versions:
            pairs = zip(self.batch.versions, self.column("position"), strict=True)
            found[:] = [version != position for version, position in pairs]
        if self._traits.no_aggregate is not None:
            for run in self.runs:
                if run.aggregate_id == self._traits.no_aggregate:
                    found[run.first : run.last] = False
        return found

    @cached_property
    def begins(self) -> NDArray[np.bool_]:
        """Whether each event is its aggregate's first."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[[run.first for run in self.runs if run.begins]] = True
        return found

    @cached_property
    def times(self) -> NDArray[np.int64]:
        """Each event's time in microseconds since 1970, or NO_TIME."""
        found = self.batch.column("microseconds")
        if isinstance(found, np.ndarray):
            return found
        return np.array([NO_TIME if each is None else each for each in found], dtype=np.int64)

    def instant(self, index: int) -> Instant | None:
        """One event's time as the store has it."""
        return self.batch.event(index).timestamp

    @cached_property
    def doubles(self) -> NDArray[np.bool_]:
        """Whether each event has the version of the one before."""
        found: NDArray[np.bool_] = ~self.begins & self.versioned & (self.versions == self.versions_before)
        return found

    @cached_property
    def earliest(self) -> NDArray[np.int64]:
        """Each event's time, or that of an earlier one before it with the same version: nobody knows which counts."""
        if not self.doubles.any():
            return self.times
        found = self.times.copy()
        for index in np.flatnonzero(self.doubles).tolist():
            before = found[index - 1] if index > 0 else self._time_before
            if before != NO_TIME and (found[index] == NO_TIME or before < found[index]):
                found[index] = before
        return found

    @cached_property
    def times_before(self) -> NDArray[np.int64]:
        """The time of the event before each, of several with one version the earliest; NO_TIME where `begins`."""
        return np.where(self.begins, NO_TIME, self._shifted(self.earliest, self._time_before))

    @property
    def _time_before(self) -> int:
        return NO_TIME if self._before is None else self._before[1]

    @staticmethod
    def _shifted(values: NDArray[Any], first: int) -> NDArray[Any]:
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[:1] = first
        return shifted

    def is_deleted(self, index: int) -> bool:
        """Whether the store itself says of an event that it was deleted."""
        if not self._traits.marks_deleted:
            return False
        metadata = self.column("metadata")[index]
        return isinstance(metadata, dict) and metadata.get("deleted") is True

    def is_compacted(self, index: int) -> bool:
        """Whether an event takes the place of all events of its aggregate before it, which its framework deletes."""
        return any(fnmatchcase(self.batch.types[index], each) for each in self._traits.compacted)

    def is_variant(self, index: int) -> bool:
        """Whether an event's payload is the value that its type names, and so of any kind by design."""
        return self._traits.unwraps and bool(self.batch.types[index])

    def written(self, index: int) -> int | None:
        """What says when an event was written, to be compared within its aggregate: its position, else its time.

        None where it has neither as a number; -1 is the event before the page.
        """
        if index < 0:
            return None if self._before is None else self._before[2]
        position = self.column("position")[index]
        if isinstance(position, int):
            return position
        time = int(self.times[index])
        return None if time == NO_TIME else time

    def written_before(self, first: int, last: int) -> list[int]:
        """The events from `first` to the one before `last` that were written before the one of the version before."""
        written = [self.written(index) for index in range(first - 1, last)]
        return [
            index
            for index, (one, other) in enumerate(pairwise(written), first)
            if one is not None and other is not None and other < one
        ]

    def run_of(self, index: int) -> Run:
        """The run that an event is in."""
        return self.runs[bisect_right(self.runs, index, key=_first) - 1]

    def column(self, name: str) -> Sequence[Value]:
        """One part of all events, as `StoreBatch.column`; made once."""
        if name not in self._columns:
            self._columns[name] = self.batch.column(name)
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, Sequence[Value]]:
        return {}

    def place(self, index: int) -> Mapping[str, Any]:
        """What says where an event is, as a finding's fields."""
        run = self.run_of(index)
        return {
            "aggregate_id": run.aggregate_id,
            "aggregate_type": run.aggregate_type,
            "version": self.batch.versions[index],
            "position": self.batch.event(index).position,
        }


def _first(run: Run) -> int:
    return run.first
