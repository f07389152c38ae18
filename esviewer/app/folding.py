"""Comparing two reducers over one aggregate or a sample of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from esviewer.app.reducers import Reducers, rules_files
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.model.values import Value
from esviewer.questions.folds import FoldComparison, compare_folds
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class ComparedFolds:
    """What two reducers made of one aggregate."""

    aggregate_id: str
    aggregate_type: str | None
    first: str
    second: str
    result: FoldComparison

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
            **failed,
        }


def compared_folds(
    session: Session,
    against: str | None,
    aggregate_id: str | None = None,
    *,
    type_glob: str | None = None,
    sample: int = 100,
    first: str | None = None,
    work: Work | None = None,
) -> Iterator[ComparedFolds]:
    """Compare `first` with `against`: each names a file, a folder of them, or `merge`; None: the session's reducers.

    Without an id, over the first `sample` aggregates (of a type). A program that fails at an event of one aggregate
    ends the comparison of that one; one that fails before it is given any raises ForeignError.
    """
    with _named(session, first) as one, _named(session, against) as other:
        for name, kind in _chosen(session, aggregate_id, type_glob, sample, work):
            left, right = one(kind), other(kind)
            found = compare_folds(left, right, session.store.batches(name, work=work), work=work)
            yield ComparedFolds(name, kind, left.name, right.name, found)


@contextmanager
def _named(session: Session, name: str | None) -> Iterator[Callable[[str | None], Reducer]]:
    """What gives each aggregate type its reducer; programs that it started are ended at the end."""
    if name is None:
        yield session.reducer_for
    elif name == "merge":
        merge = MergeReducer()
        yield lambda _: merge
    else:
        reducers = Reducers(rules_files([name]))
        try:
            yield reducers.for_type
        finally:
            reducers.close()


def _chosen(
    session: Session, aggregate_id: str | None, type_glob: str | None, sample: int, work: Work | None
) -> Iterator[tuple[str, str | None]]:
    if aggregate_id is not None:
        summary = session.store.summary(aggregate_id, work=work)
        yield summary.aggregate_id, summary.aggregate_type
        return
    for ref in session.store.aggregate_ids(limit=sample, type_glob=type_glob, work=work):
        yield ref.aggregate_id, ref.aggregate_type
