"""What a sample of a store makes of projections, in memory: for looking at while a file is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from esviewer.model.values import Value
from esviewer.projections.cells import shown
from esviewer.projections.cut import Cut
from esviewer.projections.definition import Projection, ProjectionFile
from esviewer.projections.keyed import KeyedFold
from esviewer.projections.mapping import Mapper
from esviewer.projections.passing import Source
from esviewer.projections.sink import Counts, LogRow, Problem, StateRow, matching_of
from esviewer.work import Work

MOST_EVENTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Sampled:
    """One projection's rows out of a sample."""

    projection: Projection
    rows: tuple[tuple[Value, ...], ...]
    """With a value for each of the projection's `heads`."""
    problems: tuple[Problem, ...]
    events: int
    """How many events were looked at, for all projections."""
    whole: bool
    """Whether that was all of the store."""


class _Kept:
    """A sink, and what takes folded rows, in memory."""

    def __init__(self, projections: int) -> None:
        self.rows: list[list[Any]] = [[] for _ in range(projections)]
        self.problems: list[list[Problem]] = [[] for _ in range(projections)]

    def row(self, projection: int, row: StateRow | LogRow) -> None:
        """See Sink."""
        self.rows[projection].append(row)

    def matching(self, projection: int, columns: Sequence[Sequence[Any]]) -> None:
        """See Sink."""
        self.rows[projection] += matching_of(columns)

    def problem(self, projection: int, problem: Problem) -> None:
        """See Sink."""
        self.problems[projection].append(problem)


class _List(list[Any]):
    add = list.append


def sample(
    file: ProjectionFile,
    source: Source,
    *,
    cut: Cut | None = None,
    by_position: bool = True,
    events: int = MOST_EVENTS,
    work: Work | None = None,
) -> list[Sampled]:
    """The projections of the store's first aggregates, until about so many events were looked at."""
    kept = _Kept(len(file.projections))
    mapper = Mapper(file.projections, source.reducer_for, kept, cut=cut, by_position=by_position)
    whole = True
    for batch in source.store.by_aggregate(keys=mapper.keys_of, work=work):
        mapper.feed(batch, work)
        seen = mapper.counts.events + mapper.counts.beyond
        if work is not None:
            work.report("Looking at a sample", seen, events)
        if seen >= events:
            whole = False
            break
    mapper.finish()
    found = []
    for index, projection in enumerate(file.projections):
        rows = _shown(projection, kept.rows[index], kept.problems[index], work)
        read = mapper.counts.events + mapper.counts.beyond
        found.append(Sampled(projection, rows, tuple(kept.problems[index]), read, whole))
    return found


def _shown(
    projection: Projection, rows: Sequence[Any], problems: list[Problem], work: Work | None
) -> tuple[tuple[Value, ...], ...]:
    if projection.kind == "state":
        return tuple(
            (each.aggregate_id, each.version, each.timestamp, *map(shown, each.cells), each.problems)
            for each in sorted(rows, key=lambda row: row.aggregate_id.encode())
        )
    if projection.kind == "log":
        return tuple(
            (each.aggregate_id, each.version, each.timestamp, *map(shown, each.cells), each.problems)
            for each in sorted(rows, key=_store_order)
        )
    folded, own = _List(), _List()
    KeyedFold(0, projection, folded, own, Counts()).run_in_memory(rows, work)
    problems += own
    keys, columns = len(projection.keys), len(projection.columns)
    return tuple(_keyed(row, keys, columns) for row in folded)


def _keyed(row: tuple[Any, ...], keys: int, columns: int) -> tuple[Value, ...]:
    cells = iter(row[1:])
    own = [shown(each) for each in islice(cells, keys)]
    events, first, first_time, last, last_time = islice(cells, 5)
    values = [shown(each) for each in islice(cells, columns)]
    return (*own, events, shown(first), first_time, shown(last), last_time, *values, next(cells))


def _store_order(row: LogRow) -> tuple[Any, ...]:
    order = [(each is None, each) for each in (row.number, row.text and row.text.encode(), row.ns)]
    return *order, row.aggregate_id.encode(), row.version
