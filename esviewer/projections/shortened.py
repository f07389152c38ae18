"""State projections shortened by the store's own snapshots, where a sample of long aggregates agrees with replay.

A snapshot agrees when replaying all events up to its version makes the very same state, in types and in the order of
keys, so that the tables are the same with and without. What went wrong before a snapshot is not seen then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from esviewer.model.batch import StoreBatch
from esviewer.model.event import AggregateSummary, Snapshot
from esviewer.model.values import Value
from esviewer.projections.cells import packed
from esviewer.projections.cut import Cut
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.mapping import Mapper
from esviewer.projections.passing import Source
from esviewer.replay.fold import Folding
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

LONG: Final = 1_000
"""Events from which on an aggregate is worth a look for a snapshot of its own."""
_SAMPLED: Final = 400
"""Aggregates that are looked at to see whether there are long ones."""
_CHECKED: Final = 5
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Whether snapshots are used, and why not."""

    used: bool
    why_not: str | None = None
    checked: int = 0
    """How many were compared with a replay of all events."""

    def as_json(self) -> dict[str, Value]:
        """`{used, why_not, checked}`."""
        return {"used": self.used, "why_not": self.why_not, "checked": self.checked}


def usable(file: ProjectionFile, source: Source, work: Work | None) -> Snapshots:
    """Whether snapshots can shorten a file's projections; raises StoreError and CancelledError."""
    store = source.store
    if not store.has_snapshots:
        return Snapshots(False, "the store has none")
    if not file.only_states:
        return Snapshots(False, "all events have to be seen")
    first = store.aggregate_ids(limit=_SAMPLED, work=work)
    summaries = store.summaries([each.aggregate_id for each in first], exact=False, work=work)
    wanted = [each for each in summaries if _reducers(file, source, each.aggregate_type)]
    long = [each for each in wanted if each.events >= LONG]
    if 2 * sum(each.events for each in long) < sum(each.events for each in wanted) or not long:
        return Snapshots(False, f"few events are in aggregates of {LONG:,} and more")
    checked = 0
    for each in long:
        if checked == _CHECKED:
            break
        snapshot = store.snapshot(each.aggregate_id, work=work)
        if snapshot is None or snapshot.error is not None:
            continue
        for reducer in _reducers(file, source, each.aggregate_type):
            if not _agrees(source, each, snapshot, reducer, work):
                why = f"that of {each.aggregate_id} at version {snapshot.version} differs from replay by {reducer.name}"
                return Snapshots(False, why, checked)
        checked += 1
    return Snapshots(True, None, checked) if checked else Snapshots(False, "the long aggregates looked at have none")


def _reducers(file: ProjectionFile, source: Source, aggregate_type: str | None) -> list[Reducer]:
    found: dict[str, Reducer] = {}
    for projection in file.projections:
        if projection.of_type(aggregate_type):
            reducer: Reducer = projection.rules or source.reducer_for(aggregate_type)
            found[reducer.digest] = reducer
    return list(found.values())


def _agrees(
    source: Source, summary: AggregateSummary, snapshot: Snapshot, reducer: Reducer, work: Work | None
) -> bool:
    folding = Folding(reducer, reducer.initial())
    for batch in source.store.batches(summary.aggregate_id, to_version=snapshot.version, work=work):
        folding.feed(batch, work=work)
    return packed(folding.state) == packed(snapshot.state)


def batches(source: Source, cut: Cut, mapper: Mapper, work: Work | None) -> Iterator[StoreBatch]:
    """All aggregates' events, those of long ones from their newest snapshot on, of which the mapper is told."""
    store = source.store
    after: str | None = None
    while True:
        page = store.aggregate_ids(after=after, limit=_PAGE, work=work)
        for summary in store.summaries([each.aggregate_id for each in page], exact=False, work=work):
            snapshot = store.snapshot(summary.aggregate_id, work=work) if summary.events >= LONG else None
            start = None if snapshot is None or snapshot.error is not None else snapshot
            yield from _of_one(source, cut, summary.aggregate_id, start, mapper, work)
        if len(page) < _PAGE:
            return
        after = page[-1].aggregate_id


def _of_one(
    source: Source, cut: Cut, aggregate_id: str, snapshot: Snapshot | None, mapper: Mapper, work: Work | None
) -> Iterator[StoreBatch]:
    if snapshot is not None:
        # Its own event comes first: it says whether the snapshot lies before the cut, and the time of its version.
        found = source.store.of_aggregate(aggregate_id, from_version=snapshot.version, work=work)
        first = next(found, None)
        if first is not None and first.versions[0] == snapshot.version and _counts(cut.within(first)):
            mapper.start_from(snapshot)
            yield first
            yield from found
            return
    yield from source.store.of_aggregate(aggregate_id, work=work)


def _counts(within: Sequence[bool] | None) -> bool:
    return within is None or within[0]
