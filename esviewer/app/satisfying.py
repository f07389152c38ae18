"""Which aggregates satisfied a condition on their state at a moment: the projection engine's answer, as it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from esviewer.app.session import Session
from esviewer.model.batch import EventBatch
from esviewer.model.instant import Instant
from esviewer.projections.cut import Cut
from esviewer.projections.definition import STATE_NAMES, Expression, Projection
from esviewer.projections.mapping import NOT_REBUILT, Mapper
from esviewer.projections.sink import LogRow, Problem, StateRow
from esviewer.stores.aggregates import AggregateRef
from esviewer.stores.store import Store
from esviewer.work import Work

REASONS: Final = 5
"""Of those that could not be told, so many are named."""


@dataclass(slots=True)
class Satisfying:
    """What a question came to."""

    found: int = 0
    untold: int = 0
    """Aggregates of which could not be told whether they satisfy it."""
    unsure: int = 0
    """Aggregates among the found that were rebuilt without some of their events."""
    reasons: list[tuple[str | None, str | None, str]] = field(default_factory=list)
    """Some of them: aggregate id, type, why."""
    events: int = 0
    aggregates: int = 0
    """How many were looked at."""


class _Sink:
    def __init__(self, said: Satisfying, arrived: Callable[[AggregateRef], None]) -> None:
        self._said = said
        self._arrived = arrived
        self._failed: str | None = None
        """The aggregate that could not be rebuilt, of which the engine gives a row all the same."""

    def row(self, projection: int, row: StateRow | LogRow) -> None:
        """See Sink."""
        del projection
        reasons = getattr(row, "problems", None)
        if reasons is not None and self._failed == row.aggregate_id:
            return  # the condition was not looked at
        self._said.found += 1
        self._said.unsure += reasons is not None
        self._arrived(AggregateRef(row.aggregate_id, row.aggregate_type))

    def matching(self, projection: int, columns: Sequence[Sequence[Any]]) -> None:
        """See Sink; only states are asked for."""
        raise NotImplementedError

    def problem(self, projection: int, problem: Problem) -> None:
        """See Sink."""
        del projection
        if problem.what.startswith(NOT_REBUILT):
            self._failed = problem.aggregate_id
        if problem.untold or self._failed == problem.aggregate_id:
            self._said.untold += 1
            if len(self._said.reasons) < REASONS:
                self._said.reasons.append((problem.aggregate_id, problem.aggregate_type, problem.what))


def condition(text: str) -> Expression:
    """A condition over state, aggregate_id, aggregate_type and version; raises RulesError."""
    return Expression(text, STATE_NAMES).checked(repr(text[:80]))


def satisfying(
    session: Session,
    wanted: Expression,
    arrived: Callable[[AggregateRef], None],
    *,
    as_of: Instant | None = None,
    type_glob: str | None = None,
    work: Work | None = None,
) -> Satisfying:
    """Rebuild all aggregates as of a moment and give those that satisfy a condition, each once, to `arrived`.

    One that did not exist yet satisfies nothing. Raises StoreError and CancelledError.
    """
    store = session.store
    said = Satisfying()
    question = Projection("found", "state", type_glob, (), wanted, (), "one", (), None)
    beside: list[Store] = []

    def reread(aggregate_id: str, first: int, last: int) -> Iterator[EventBatch]:
        if not beside:
            beside.append(store.another())
        yield from beside[0].batches(aggregate_id, from_version=first, to_version=last, work=work)

    cut = Cut(None if as_of is None else as_of.ns, store.newest_position(None, work=work))
    total = store.info(exact=False, work=work).events
    mapper = Mapper(
        [question],
        session.reducer_for,
        _Sink(said, arrived),
        cut=cut,
        by_position=store.order != "reconstructed",
        reread=reread,
    )
    try:
        for batch in store.by_aggregate(keys=mapper.keys_of, work=work):
            mapper.feed(batch, work)
            if work is not None:
                seen = mapper.counts.events + mapper.counts.beyond
                work.report("Rebuilding aggregates", seen, max(total, seen))
        mapper.finish()
    finally:
        for each in beside:
            each.close()
    said.events, said.aggregates = mapper.counts.events, mapper.counts.aggregates
    return said
