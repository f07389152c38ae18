"""Where a store is cut: as of a time, at a position, or at what was its end when the run began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esviewer.model.batch import ColumnBatch


@dataclass(frozen=True, slots=True)
class Cut:
    """What events are looked at; without either bound, all."""

    as_of_ns: int | None = None
    """The moment after which events don't count, in nanoseconds since 1970; events without a time don't either."""
    position: int | None = None
    """The position after which events don't count; where it is given, events without a position don't either."""

    def within(self, batch: ColumnBatch) -> Sequence[bool] | None:
        """Of each event of a batch whether it counts; None where all do."""
        found: list[bool] | None = None
        if self.position is not None:
            positions = batch.column("position")
            if not _all_up_to(positions, self.position):
                end = self.position
                found = [type(each) is int and each <= end for each in positions]
        if self.as_of_ns is not None:
            early = self._early(batch)
            found = early if found is None else [one and other for one, other in zip(found, early, strict=True)]
            if all(found):
                return None
        return found

    def _early(self, batch: ColumnBatch) -> list[bool]:
        end = self.as_of_ns
        assert end is not None
        whole = end // 1000
        micros = list(batch.column("microseconds"))
        if whole not in micros:
            return [each is not None and bool(each < whole) for each in micros]
        # Within one microsecond the nanoseconds tell.
        return [time is not None and time.ns <= end for time in batch.times()]


def _all_up_to(positions: Sequence[object], end: int) -> bool:
    try:
        return bool(max(positions) <= end)  # type: ignore[type-var,operator]
    except TypeError:
        return False
