"""Comparing two reducers over one aggregate or a sample of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from esviewer.app.checking import check_aggregate
from esviewer.app.reducers import Reducers, rules_files
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.model.values import Value
from esviewer.questions.folds import FoldComparison, compare_folds
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

_PAGE = 500


@dataclass(frozen=True, slots=True, order=True)
class FoldedBy:
    """One of the two reducers."""

    name: str
    digest: str
    inferred: bool

    @classmethod
    def of(cls, reducer: Reducer) -> FoldedBy:
        """What is to be known of a reducer."""
        return cls(reducer.name, reducer.digest, reducer.inferred)

    def as_json(self) -> dict[str, Value]:
        """As in `rebuilt` of `esviewer state --json`."""
        return {"reducer": self.name, "reducer_digest": self.digest, "inferred": self.inferred}

    def __str__(self) -> str:
        return f"{self.name}{' (inferred)' if self.inferred else ''}"


@dataclass(frozen=True, slots=True)
class FoldWitnesses:
    """How the stored snapshots of an aggregate compare with what each of the two reducers makes."""

    compared: int
    agree: tuple[int, int]

    def as_json(self) -> dict[str, Value]:
        """`{compared, agree: [first, second]}`."""
        return {"compared": self.compared, "agree": list(self.agree)}


@dataclass(frozen=True, slots=True)
class ComparedFolds:
    """What two reducers made of one aggregate."""

    aggregate_id: str
    aggregate_type: str | None
    by: tuple[FoldedBy, FoldedBy]
    result: FoldComparison
    snapshots: FoldWitnesses | None = None
    """None where they were not asked."""

    @property
    def first(self) -> str:
        """The first reducer's name."""
        return self.by[0].name

    @property
    def second(self) -> str:
        """The second reducer's name."""
        return self.by[1].name

    def masked(self, screen: Screen) -> ComparedFolds:
        """The same as it is shown."""
        changes = type(self.result.changes)(screen.change(each, self.aggregate_id) for each in self.result.changes)
        name = screen.aggregate_id(self.aggregate_id, self.aggregate_type)
        failure = screen.reason(self.result.failure)
        return replace(self, aggregate_id=name, result=replace(self.result, changes=changes, failure=failure))

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer folds --json`; `failure` and `failed_version` only where a program failed."""
        result = self.result
        failed: dict[str, Value] = {}
        if result.failure:
            failed = {"failure": result.failure, "failed_version": result.failed_version}
        return {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "reducers": [self.first, self.second],
            "events": result.events,
            "first_diverging_version": result.first_version,
            "differing": result.differing,
            "last_differs": result.last_differs,
            "skipped": list(result.skipped),
            "changes": [change.as_json() for change in result.changes],
            "rebuilt": [each.as_json() for each in self.by],
            **({} if self.snapshots is None else {"snapshots": self.snapshots.as_json()}),
            **failed,
        }


class Sampled:
    """Which aggregates a comparison of folds came across."""

    def __init__(self) -> None:
        self.unfit = 0
        """Those that were left out, since a reducer that was named is not for their type."""


def compared_folds(
    session: Session,
    against: str | None,
    aggregate_id: str | None = None,
    *,
    type_glob: str | None = None,
    sample: int = 100,
    first: str | None = None,
    ask_snapshots: bool = False,
    sampled: Sampled | None = None,
    work: Work | None = None,
) -> Iterator[ComparedFolds]:
    """Compare `first` with `against`: each names a file, a folder of them, or `merge`; None: the session's reducers.

    Without an id, over the first `sample` aggregates (of a type) that the reducers are for; `sampled` counts others.
    With one that a named reducer is not for, raises UsageError. `ask_snapshots` compares stored snapshots with both.
    A program that fails at an event of one aggregate ends the comparison of that one; one that fails before it is given
    any raises ForeignError.
    """
    counts = Sampled() if sampled is None else sampled
    with _named(session, first) as one, _named(session, against) as other:
        for name, kind in _chosen(session, aggregate_id, type_glob, (one, other), sample, counts, work):
            left, right = one.for_type(kind), other.for_type(kind)
            found = compare_folds(left, right, session.store.batches(name, work=work), work=work)
            asks = ask_snapshots and not found.failure
            asked = _witnesses(session, name, left, right, work) if asks else None
            yield ComparedFolds(name, kind, (FoldedBy.of(left), FoldedBy.of(right)), found, asked)


def _witnesses(
    session: Session, aggregate_id: str, left: Reducer, right: Reducer, work: Work | None
) -> FoldWitnesses | None:
    if not session.store.has_snapshots or not session.store.snapshot_versions(aggregate_id, work=work):
        return None
    checks = [check_aggregate(session, aggregate_id, reducer, work) for reducer in (left, right)]
    return FoldWitnesses(checks[0].agree + checks[0].differ, (checks[0].agree, checks[1].agree))


@contextmanager
def _named(session: Session, name: str | None) -> Iterator[Reducers]:
    """What gives each aggregate type its reducer; programs that it started are ended at the end."""
    if name is None:
        yield session.reducers
        return
    reducers = Reducers(() if name == "merge" else rules_files([name]))
    try:
        yield reducers
    finally:
        reducers.close()


def _chosen(
    session: Session,
    aggregate_id: str | None,
    type_glob: str | None,
    sides: tuple[Reducers, Reducers],
    sample: int,
    counts: Sampled,
    work: Work | None,
) -> Iterator[tuple[str, str | None]]:
    if aggregate_id is not None:
        summary = session.store.summary(aggregate_id, work=work)
        for side in sides:
            side.check_named(summary.aggregate_type)
        yield summary.aggregate_id, summary.aggregate_type
        return
    left, after = sample, None
    while True:
        page = session.store.aggregate_ids(after=after, limit=_PAGE, type_glob=type_glob, work=work)
        for ref in page:
            if all(side.is_for(ref.aggregate_type) for side in sides):
                yield ref.aggregate_id, ref.aggregate_type
                left -= 1
                if not left:
                    return
            else:
                counts.unfit += 1
        if work is not None:
            work.report("Looking for aggregates", sample - left, sample)
        if len(page) < _PAGE:
            return
        after = page[-1].aggregate_id
