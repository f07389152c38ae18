"""One pass over a store, or over a part of its aggregates: what every engine does, in whatever process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from esviewer.model.batch import EventBatch, StoreBatch
from esviewer.projections.cut import Cut
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.file import again
from esviewer.projections.mapping import Mapper
from esviewer.projections.parts import PartWriter
from esviewer.projections.sink import Counts
from esviewer.replay.reducer import Reducer
from esviewer.stores.reading import Part
from esviewer.stores.store import Store
from esviewer.work import Work

Told = Callable[[int, int], None]
"""Is told how many events and aggregates were looked at so far."""


class Source(Protocol):
    """An open store and what rebuilds its aggregates."""

    @property
    def store(self) -> Store:
        """The store, for one thread at a time."""

    def reducer_for(self, aggregate_type: str | None) -> Reducer:
        """The reducer for an aggregate type."""

    def close(self) -> None:
        """Close it all."""


class Opener(Protocol):
    """Opens the same source in any process it is sent to."""

    def open(self) -> Source:
        """A source of its own; raises EsviewerError."""


@dataclass(frozen=True, slots=True)
class Job:
    """What all parts of a pass have in common; it goes to other processes."""

    opener: Opener | None
    """None where no other process can take part."""
    text: str
    origin: str
    reducers: dict[str, str]
    default_name: str
    cut: Cut
    by_position: bool
    folder: str
    """Where the parts go."""
    without: frozenset[int] = frozenset()
    """The projections that are not made by reading events."""

    def file(self) -> ProjectionFile:
        """The projections, made anew from their text."""
        return again(self.text, self.origin, self.reducers, self.default_name)


def job_for(file: ProjectionFile, opener: Opener | None, cut: Cut, by_position: bool, folder: Path) -> Job:
    """The job of making a file's projections."""
    return Job(opener, file.text, file.origin, file.reducers, file.default_name, cut, by_position, str(folder))


def run_part(
    job: Job, file: ProjectionFile, source: Source, number: int, part: Part, told: Told, work: Work | None
) -> Counts:
    """Read one part of the aggregates and write what comes of it; raises StoreError and CancelledError."""

    def batches(mapper: Mapper) -> Iterator[StoreBatch]:
        return source.store.by_aggregate(part=part, at_once=True, keys=mapper.keys_of, work=work)

    return run_batches(job, file, source, number, batches, told, work)


def run_batches(
    job: Job,
    file: ProjectionFile,
    source: Source,
    number: int,
    batches: Callable[[Mapper], Iterable[StoreBatch]],
    told: Told,
    work: Work | None,
    events_after: int | None = None,
) -> Counts:
    """The same of batches that somebody else reads, who is told the mapper."""
    writer = PartWriter(Path(job.folder), number, file.projections)
    beside: list[Store] = []

    def reread(aggregate_id: str, first: int, last: int) -> Iterator[EventBatch]:
        # No read may begin in the midst of another one on the same connection.
        if not beside:
            beside.append(source.store.another())
        yield from beside[0].batches(aggregate_id, from_version=first, to_version=last, work=work)

    mapper = Mapper(
        file.projections,
        source.reducer_for,
        writer,
        cut=job.cut,
        by_position=job.by_position,
        reread=reread,
        events_after=events_after,
        without=job.without,
    )
    try:
        for batch in batches(mapper):
            mapper.feed(batch, work)
            told(mapper.counts.events + mapper.counts.beyond, mapper.counts.aggregates)
        mapper.finish()
        writer.finish(mapper.counts)
    finally:
        writer.abandon()
        for each in beside:
            each.close()
    return mapper.counts
