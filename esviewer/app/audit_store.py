"""The checks of an audit that look at a store's tables and reducers, before its events are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esviewer.app.audit_parts import Walked
from esviewer.app.repeatability import unrepeatable
from esviewer.app.session import Session
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.unique_constraint_missing import UniqueConstraintMissing
from esviewer.audit.finding import Finding
from esviewer.audit.walk import why_unused
from esviewer.errors import ConsentNeededError, ForeignError, RulesError
from esviewer.model.clause import clause
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.reducer import Reducer
from esviewer.stores.store import Store
from esviewer.work import Work

_REFS: Final = 200
_LOOKED_AT: Final = 20_000
"""Aggregates among which some of each type are chosen for running their reducers twice."""


def of_uniqueness(check: UniqueConstraintMissing, store: Store) -> Iterator[Finding]:
    """Whether two events can have the same version."""
    if store.enforced_versions == "no":
        yield check.found(store.fit.events.name)


def of_heads(check: HeadMismatch, store: Store, work: Work | None) -> Iterator[Finding]:
    """Newest versions as the store names them, and as events have them."""
    _say(work, "Comparing the newest versions")
    for aggregate_id, named, newest in store.heads_apart(work=work):
        yield check.found(aggregate_id, named, newest)


def of_orphans(check: SnapshotOrphan, store: Store, work: Work | None) -> Iterator[Finding]:
    """Aggregates with snapshots and without events."""
    _say(work, "Looking for snapshots without events")
    for orphan in store.snapshots_without_events(work=work):
        yield check.found(orphan.aggregate_id, orphan.version, orphan.snapshots)


def of_reducers(check: ReducerNondeterministic, session: Session, seen: Walked, work: Work | None) -> Iterator[Finding]:
    """Reducers that are programs, run twice over some aggregates of each type, until one shows a difference.

    What could not be run is put into `seen`.
    """
    left: dict[str | None, int] = {}
    after = None
    for _ in range(_LOOKED_AT // _REFS):
        page = session.store.aggregate_ids(after=after, limit=_REFS, work=work)
        for ref in page:
            kind = ref.aggregate_type
            if left.setdefault(kind, int(check.option["aggregates"])) <= 0:
                continue
            reducer: Reducer | None = None
            try:
                reducer = session.reducer_for(kind)
                if not isinstance(reducer, ForeignReducer):
                    left[kind] = 0
                    continue
                left[kind] -= 1
                _say(work, "Running reducers twice")
                found = unrepeatable(session, ref.aggregate_id, reducer, work)
            except (ConsentNeededError, RulesError) as error:
                left[kind] = 0
                seen.unreplayed[why_unused(error, reducer)] = error.hint
                continue
            except ForeignError as error:
                name = "" if reducer is None else reducer.name
                seen.broken_off[clause(f"the program of the reducer {name} failed")] = error.hint
                continue
            if found is not None:
                left[kind] = 0
                yield check.found(found.sentence(), ref.aggregate_id, kind, found.version, found.reducer, found.paths)
        if len(page) < _REFS:
            return
        after = page[-1].aggregate_id


def _say(work: Work | None, text: str) -> None:
    if work is not None:
        work.report(text, 0)
