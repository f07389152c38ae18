"""The checks of an audit that look at a store's tables and reducers, before its events are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esviewer.app.repeatability import unrepeatable
from esviewer.app.session import Session
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.unique_constraint_missing import UniqueConstraintMissing
from esviewer.audit.finding import Finding
from esviewer.errors import ForeignError
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.stores.store import Store
from esviewer.work import Work

UNENFORCED: Final = {
    "counted": "its events have no versions of their own; they are counted as they are read",
    "files": "event files can't enforce anything",
    "view": "it is read through a view, whose tables nobody sees",
    "unknown": "its versions are no column, so that an index on them can't be told",
}
"""Why it can't be said of a store whether its versions are kept unique."""
_REFS: Final = 200
_LOOKED_AT: Final = 20_000
"""Aggregates among which some of each type are chosen for running their reducers twice."""


def why_not_unique(store: Store) -> str | None:
    """Why it can't be said whether the store keeps versions unique; None where it can."""
    if store.enforced_versions == "otherwise":
        return f"its versions are kept unique by {store.layout.events.unique_otherwise}"
    return UNENFORCED.get(store.enforced_versions)


def of_uniqueness(check: UniqueConstraintMissing, store: Store) -> Iterator[Finding]:
    """Whether two events can have the same version."""
    if store.enforced_versions == "no":
        yield check.found(store.fit.events.name)


def why_no_heads(store: Store) -> str | None:
    """Why newest versions can't be compared; None where they can."""
    return None if store.names_heads else "the store names no newest version beside the events"


def of_heads(check: HeadMismatch, store: Store, work: Work | None) -> Iterator[Finding]:
    """Newest versions as the store names them, and as events have them."""
    _say(work, "Comparing the newest versions")
    for aggregate_id, named, newest in store.heads_apart(work=work):
        yield check.found(aggregate_id, named, newest)


def why_no_orphans(store: Store) -> str | None:
    """Why snapshots without events can't be told; None where they can."""
    return "its snapshots may be of other things than aggregates with events" if store.snapshots_of_others else None


def of_orphans(check: SnapshotOrphan, store: Store, work: Work | None) -> Iterator[Finding]:
    """Aggregates with snapshots and without events."""
    _say(work, "Looking for snapshots without events")
    for orphan in store.snapshots_without_events(work=work):
        yield check.found(orphan.aggregate_id, orphan.version, orphan.snapshots)


def of_reducers(check: ReducerNondeterministic, session: Session, work: Work | None) -> Iterator[Finding]:
    """Reducers that are programs, run twice over some aggregates of each type, until one shows a difference."""
    left: dict[str | None, int] = {}
    after = None
    for _ in range(_LOOKED_AT // _REFS):
        page = session.store.aggregate_ids(after=after, limit=_REFS, work=work)
        for ref in page:
            kind = ref.aggregate_type
            if left.setdefault(kind, int(check.option["aggregates"])) <= 0:
                continue
            reducer = session.reducer_for(kind)
            if not isinstance(reducer, ForeignReducer):
                left[kind] = 0
                continue
            left[kind] -= 1
            _say(work, "Running reducers twice")
            try:
                found = unrepeatable(session, ref.aggregate_id, reducer, work)
            except ForeignError:
                continue  # another check tells of programs that fail
            if found is not None:
                left[kind] = 0
                yield check.found(found.sentence(), ref.aggregate_id, kind, found.version, found.reducer, found.paths)
        if len(page) < _REFS:
            return
        after = page[-1].aggregate_id


def _say(work: Work | None, text: str) -> None:
    if work is not None:
        work.report(text, 0)
