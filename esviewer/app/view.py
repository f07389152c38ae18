"""Everything the window shows of one aggregate, read in one pass and then answered from memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from esviewer.app.as_of import AsOf, locate
from esviewer.errors import NotFoundError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import MISSING, Value, same
from esviewer.replay.history import History, build_history
from esviewer.replay.reducer import Reducer
from esviewer.stores.store import Store
from esviewer.work import Work

SNAPSHOTS_COMPARED = 200
"""How many of the newest snapshots a view compares with the replay."""

_NO_OFFSET = -(1 << 31)


@dataclass(slots=True)
class _Columns:
    versions: array[int]
    codes: array[int]
    times: array[int]
    offsets: array[int]
    types: dict[str, int]
    dated: bytearray


class AggregateView:
    """One aggregate's events as columns, its history and how its snapshots compare; all in version order."""

    def __init__(
        self,
        summary: AggregateSummary,
        columns: _Columns,
        history: History,
        snapshots: list[int],
        snapshot_agrees: dict[int, bool | None],
    ) -> None:
        self.summary = summary
        self.history = history
        self.snapshots = snapshots
        """Versions of the stored snapshots, ascending."""
        self.snapshot_agrees = snapshot_agrees
        """Whether the replay gives the stored snapshot's state; None where the snapshot can't be read."""
        self.versions: np.ndarray[tuple[int], np.dtype[np.int64]] = np.array(columns.versions, dtype=np.int64)
        self.types: list[str] = list(columns.types)
        self.type_codes: np.ndarray[tuple[int], np.dtype[np.int32]] = np.array(columns.codes, dtype=np.int32)
        self.times_ns: np.ndarray[tuple[int], np.dtype[np.int64]] = np.array(columns.times, dtype=np.int64)
        self.has_time: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.frombuffer(
            bytes(columns.dated), dtype=np.bool_
        )
        self._offsets = columns.offsets

    def __len__(self) -> int:
        return len(self.versions)

    @property
    def zone_missing(self) -> bool:
        """Whether any event's time was recorded without a zone."""
        return _NO_OFFSET in self._offsets

    def instant(self, index: int) -> Instant | None:
        """The time of the event at a row, as the store recorded it."""
        if not self.has_time[index]:
            return None
        offset = self._offsets[index]
        return Instant(int(self.times_ns[index]), None if offset == _NO_OFFSET else offset)

    def type_at(self, index: int) -> str:
        """The type of the event at a row."""
        return self.types[int(self.type_codes[index])]

    def index_of(self, version: int) -> int:
        """The row of a version; raises NotFoundError."""
        index = bisect_left(self.history.versions, version)
        if index == len(self.history.versions) or self.history.versions[index] != version:
            raise NotFoundError(f"{self.summary.aggregate_id} has no version {version}.")
        return index

    def state_at(self, version: int) -> RebuiltState:
        """The state after one version, replayed from nothing."""
        return RebuiltState(
            self.summary.aggregate_id,
            self.summary.aggregate_type,
            version,
            self.instant(self.index_of(version)),
            self.history.state_at(version),
            self.history.rebuilt_at(version),
        )

    def changes(self, version: int) -> list[Change]:
        """What the event with this version did to the state."""
        return self.history.changes(version)

    def as_of(self, moment: Instant) -> AsOf:
        """Where a moment lies among the events."""
        return locate(
            moment,
            ((int(version), self.type_at(i), self.instant(i)) for i, version in enumerate(self.versions)),
        )


def _recorded(batches: Iterator[EventBatch], columns: _Columns) -> Iterator[EventBatch]:
    types = columns.types
    for batch in batches:
        columns.versions.extend(batch.versions)
        columns.codes.extend([types.setdefault(kind, len(types)) for kind in batch.types])
        for time in batch.times():
            if time is None or not -(1 << 63) <= time.ns < 1 << 63:
                columns.dated.append(False)
                columns.times.append(0)
                columns.offsets.append(0)
            else:
                columns.dated.append(True)
                columns.times.append(time.ns)
                columns.offsets.append(_NO_OFFSET if time.offset is None else time.offset)
        yield batch


def build_view(store: Store, summary: AggregateSummary, reducer: Reducer, work: Work | None) -> AggregateView:
    """Read one aggregate's events once, keeping their columns and building its history on the way."""
    columns = _Columns(array("q"), array("i"), array("q"), array("i"), {}, bytearray())
    batches = store.batches(summary.aggregate_id, work=work)
    history = build_history(reducer, _recorded(iter(batches), columns), work=work)
    snapshots = store.snapshot_versions(summary.aggregate_id, work=work) if store.has_snapshots else []
    return AggregateView(summary, columns, history, snapshots, _compared(store, summary, history, snapshots, work))


def _compared(
    store: Store, summary: AggregateSummary, history: History, snapshots: list[int], work: Work | None
) -> dict[int, bool | None]:
    agrees: dict[int, bool | None] = {}
    known = history.versions
    for version in snapshots[-SNAPSHOTS_COMPARED:]:
        if work is not None:
            work.check()
        index = bisect_left(known, version)
        if index == len(known) or known[index] != version:
            agrees[version] = False
            continue
        snapshot = store.snapshot(summary.aggregate_id, version, work=work)
        if snapshot is None or snapshot.version != version or snapshot.error is not None:
            agrees[version] = None
        else:
            agrees[version] = alike(history.state_at(version), snapshot.state)
    return agrees


def alike(left: Value, right: Value) -> bool:
    """Whether two states agree when numbers count by their value: 1, 1.0 and 1.00 are one number."""
    if same(left, right):
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    first, second = _number(left), _number(right)
    return first is not MISSING and second is not MISSING and first == second


def _number(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return MISSING
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
