"""Stored snapshots as witnesses for a reducer: every aggregate replayed from nothing and compared at each snapshot."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from esviewer.app.repeatability import Unrepeatable, unrepeatable
from esviewer.app.session import Session
from esviewer.diff.agreement import alike
from esviewer.diff.compare import compare
from esviewer.errors import ForeignError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Path, pointer
from esviewer.model.event import Snapshot
from esviewer.model.values import MISSING, Value
from esviewer.replay.fold import Folding
from esviewer.replay.foreign.reducer import ForeignReducer, initial_of
from esviewer.replay.reducer import Reducer
from esviewer.stores.store import Store
from esviewer.work import Work

MAX_PATHS = 20
"""How many differing paths of an aggregate are kept."""

FOLDED_TWICE = 20
"""Aggregates of one check that a program folds once more, to see whether it does the same again."""

_PAGE = 500
_TOGETHER = 16
"""Snapshots read before the events up to the last of them: few, since a state may be large."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that replay and snapshot disagree on; MISSING where one of them has nothing there."""

    path: Path
    replayed: Value
    stored: Value

    def as_json(self) -> dict[str, Value]:
        """`{path, replayed, stored}` with the path as a JSON Pointer; a side that has nothing there is left out."""
        result: dict[str, Value] = {"path": pointer(self.path)}
        if self.replayed is not MISSING:
            result["replayed"] = self.replayed
        if self.stored is not MISSING:
            result["stored"] = self.stored
        return result


@dataclass(slots=True)
class AggregateCheck:
    """How one aggregate's snapshots compare with its replay from nothing."""

    aggregate_id: str
    aggregate_type: str | None
    reducer: str
    """The reducer's name."""
    agree: int = 0
    differ: int = 0
    unreadable: int = 0
    """Snapshots that could not be decoded."""
    beyond_head: int = 0
    """Snapshots of versions after the newest event, which no replay reaches."""
    not_rebuilt: int = 0
    """Snapshots from the event on at which the reducer's program failed."""
    failure: str = ""
    """How the reducer's program failed at one of the aggregate's events, which the sentence names; "" when it did not.
    """
    failed_version: int | None = None
    """That event's version."""
    first_diverging_version: int | None = None
    """The version of the first snapshot that differs."""
    last_agreeing_version: int | None = None
    """The newest snapshot that agrees before the first that differs: the cause is an event between the two."""
    paths: list[Difference] = field(default_factory=list)
    """What differs at the first diverging version, at most `MAX_PATHS`."""
    paths_in_all: int = 0
    """How many paths differ there."""
    repeatable: bool | None = None
    """Whether a reducer that is a program made the same states once more; None where that was not tried."""
    unrepeatable: Unrepeatable | None = None
    """Where it did not."""

    @property
    def snapshots(self) -> int:
        """All the aggregate's snapshots."""
        return self.agree + self.differ + self.unreadable + self.beyond_head + self.not_rebuilt

    @property
    def not_compared(self) -> int:
        """The snapshots that nothing can be said of."""
        return self.unreadable + self.beyond_head + self.not_rebuilt

    def as_json(self) -> dict[str, Value]:
        """One line of `esviewer reducer check --json`; whether it is `repeatable` only where that was tried.

        `failure`, `failed_version` and `not_rebuilt` are there only where a program failed.
        """
        tried: dict[str, Value] = {} if self.repeatable is None else {"repeatable": self.repeatable}
        failed: dict[str, Value] = {}
        if self.failure:
            failed = {
                "failure": self.failure,
                "failed_version": self.failed_version,
                "not_rebuilt": self.not_rebuilt,
            }
        return {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "snapshots": self.snapshots,
            "agree": self.agree,
            "differ": self.differ,
            "unreadable": self.unreadable,
            "beyond_head": self.beyond_head,
            "first_diverging_version": self.first_diverging_version,
            "last_agreeing_version": self.last_agreeing_version,
            "paths": [each.as_json() for each in self.paths],
            "paths_in_all": self.paths_in_all,
            **failed,
            **tried,
            **({} if self.unrepeatable is None else self.unrepeatable.as_json()),
        }

    def fail(self, error: ForeignError, left: int = 0) -> None:
        """Note that the reducer's program failed at an event; `left` snapshots were not reached for that."""
        self.failure, self.failed_version = error.message, error.version
        self.not_rebuilt += left

    def add(self, replayed: Value, snapshot: Snapshot, head: int | None) -> None:
        """Judge the next snapshot; `head` is the newest event's version where the snapshot may lie beyond it."""
        if snapshot.error is not None:
            self.unreadable += 1
            return
        if head is not None and snapshot.version > head:
            self.beyond_head += 1
            return
        if alike(replayed, snapshot.state):
            self.agree += 1
            if self.first_diverging_version is None:
                self.last_agreeing_version = snapshot.version
            return
        self.differ += 1
        if self.first_diverging_version is None:
            self.first_diverging_version = snapshot.version
            found = [change for change in compare(replayed, snapshot.state) if not alike(change.old, change.new)]
            self.paths_in_all = len(found)
            self.paths = [Difference(*change) for change in found[:MAX_PATHS]]


@dataclass(slots=True)
class Totals:
    """Many aggregates' checks in numbers."""

    aggregates: int = 0
    """Those that have snapshots."""
    diverging: int = 0
    """Aggregates with a snapshot that differs."""
    snapshots: int = 0
    agree: int = 0
    differ: int = 0
    unreadable: int = 0
    beyond_head: int = 0
    not_rebuilt: int = 0
    failed: int = 0
    """Aggregates at an event of which a reducer's program failed."""
    folded_twice: int = 0
    """Aggregates that a program has folded once more."""
    unrepeatable: int = 0
    """Those of which it made other states then."""

    @property
    def good(self) -> bool:
        """Whether the answer is yes: something was compared, all of it agrees, and nothing else is wrong."""
        return self.compared > 0 and not (self.differ or self.unrepeatable or self.failed)

    @property
    def not_compared(self) -> int:
        """Snapshots that nothing can be said of."""
        return self.unreadable + self.beyond_head + self.not_rebuilt

    @property
    def compared(self) -> int:
        """Snapshots that replay reached and that could be read."""
        return self.agree + self.differ

    def add(self, check: AggregateCheck) -> None:
        """Count one aggregate in."""
        self.aggregates += 1
        self.diverging += check.differ > 0
        self.snapshots += check.snapshots
        self.agree += check.agree
        self.differ += check.differ
        self.unreadable += check.unreadable
        self.beyond_head += check.beyond_head
        self.not_rebuilt += check.not_rebuilt
        self.failed += bool(check.failure)
        self.folded_twice += check.repeatable is not None
        self.unrepeatable += check.unrepeatable is not None

    def as_json(self) -> dict[str, Value]:
        """The `summary` of `esviewer reducer check --json`; `failed` and `not_rebuilt` only where a program failed."""
        failed = {"failed": self.failed, "not_rebuilt": self.not_rebuilt} if self.failed else {}
        twice = {"folded_twice": self.folded_twice, "unrepeatable": self.unrepeatable} if self.folded_twice else {}
        return {
            "aggregates": self.aggregates,
            "diverging": self.diverging,
            "snapshots": self.snapshots,
            "compared": self.compared,
            "agree": self.agree,
            "differ": self.differ,
            "unreadable": self.unreadable,
            "beyond_head": self.beyond_head,
            **failed,
            **twice,
        }


def check_snapshots(
    session: Session, *, type_glob: str | None = None, limit: int | None = None, work: Work | None = None
) -> Iterator[AggregateCheck]:
    """Check every aggregate that has snapshots and a reducer for its type, by ascending id, `limit` at most.

    Types that only the default `merge` would rebuild are passed over. A reducer that is a program folds the first
    `FOLDED_TWICE` aggregates once more, to see whether it does the same again; where it fails at an event, that
    aggregate's check says so and the others go on. Raises StoreError and CancelledError, ConsentNeededError where a
    program must not run, and ForeignError where one fails before it is given an event, as it would with all of them.
    """
    if not session.store.has_snapshots:
        return
    found = compared = 0
    for aggregate_id, aggregate_type in _aggregates(session.store, type_glob, work):
        if limit is not None and found >= limit:
            return
        choice = session.reducers.choice_for(aggregate_type)
        if choice.how == "inferred":
            continue
        versions = session.store.snapshot_versions(aggregate_id, work=work)
        if not versions:
            continue
        check = _checked(session.store, aggregate_id, aggregate_type, versions, choice.reducer, work)
        if found < FOLDED_TWICE and isinstance(choice.reducer, ForeignReducer) and not check.failure:
            _fold_twice(check, session, choice.reducer, work)
        found += 1
        compared += check.snapshots
        if work is not None:
            work.report("Checking snapshots", compared)
        yield check


def check_aggregate(
    session: Session, aggregate_id: str, reducer: Reducer | None = None, work: Work | None = None
) -> AggregateCheck:
    """Check one aggregate's snapshots, with the reducer of its type unless one is given; raises NotFoundError."""
    summary = session.store.summary(aggregate_id, work=work)
    if reducer is None:
        reducer = session.reducer_for(summary.aggregate_type)
    versions = session.store.snapshot_versions(summary.aggregate_id, work=work)
    return _checked(session.store, summary.aggregate_id, summary.aggregate_type, versions, reducer, work)


def _fold_twice(check: AggregateCheck, session: Session, reducer: ForeignReducer, work: Work | None) -> None:
    try:
        check.unrepeatable = unrepeatable(session, check.aggregate_id, reducer, work)
    except ForeignError as error:
        if error.version is None:
            raise
        check.fail(error)
    else:
        check.repeatable = check.unrepeatable is None


def _aggregates(store: Store, type_glob: str | None, work: Work | None) -> Iterator[tuple[str, str | None]]:
    after = None
    while True:
        page = store.aggregate_ids(after=after, limit=_PAGE, type_glob=type_glob, work=work)
        for ref in page:
            if work is not None:
                work.check()
            yield ref.aggregate_id, ref.aggregate_type
        if len(page) < _PAGE:
            return
        after = page[-1].aggregate_id


def _checked(
    store: Store,
    aggregate_id: str,
    aggregate_type: str | None,
    versions: list[int],
    reducer: Reducer,
    work: Work | None,
) -> AggregateCheck:
    check = AggregateCheck(aggregate_id, aggregate_type, reducer.name)
    folding = Folding(reducer, initial_of(reducer, work))
    head: int | None = None
    after: int | None = None
    remaining = iter(versions)
    while together := list(islice(remaining, _TOGETHER)):
        # Snapshots first and then their events: no read is begun in the midst of another one.
        snapshots = [_read(store, aggregate_id, version, work) for version in together]
        first = None if after is None else after + 1
        after = together[-1]
        batches = store.batches(
            aggregate_id, from_version=first, to_version=after, keys=reducer.data_keys, timed=False, work=work
        )
        seen = check.snapshots
        try:
            for snapshot in _reached(folding, batches, snapshots, work):
                if head is None and (folding.version is None or folding.version < snapshot.version):
                    head = store.summary(aggregate_id, work=work).version
                check.add(folding.state, snapshot, head)
        except ForeignError as error:
            if error.version is None:
                raise
            reached = check.snapshots - seen
            check.fail(error, len(snapshots) - reached + len(list(remaining)))
            break
    return check


def _read(store: Store, aggregate_id: str, version: int, work: Work | None) -> Snapshot:
    found = store.snapshot(aggregate_id, version, work=work)
    if found is None or found.version != version:
        return Snapshot(aggregate_id, version, None, None, "the snapshot can't be found any longer")
    return found


def _reached(
    folding: Folding, batches: Iterable[EventBatch], snapshots: Sequence[Snapshot], work: Work | None
) -> Iterator[Snapshot]:
    """Fold the events; yields each snapshot when all up to its version are applied and none after it."""
    waiting = deque(snapshots)
    for batch in batches:
        begin = 0
        while waiting:
            # Where the store's versions have gaps, no event may have the snapshot's own version.
            end = bisect_right(batch.versions, waiting[0].version)
            folding.feed(batch.part(begin, end), work=work)
            begin = end
            if end == len(batch):
                break
            yield waiting.popleft()
    yield from waiting

