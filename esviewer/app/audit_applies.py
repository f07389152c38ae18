"""Which checks of an audit mean nothing in a store, as its layout arranges it, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from esviewer.audit.check import Described
from esviewer.audit.checks.chain_broken import ChainBroken
from esviewer.audit.checks.correlation_broken import CorrelationBroken
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.payload_not_object import PayloadNotObject
from esviewer.audit.checks.position_gap import PositionGap
from esviewer.audit.checks.position_time_order import PositionTimeOrder
from esviewer.audit.checks.snapshot_beyond_head import SnapshotBeyondHead
from esviewer.audit.checks.snapshot_drift import SnapshotDrift
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.snapshot_undecodable import SnapshotUndecodable
from esviewer.audit.checks.time_backwards import TimeBackwards
from esviewer.audit.checks.time_future import TimeFuture
from esviewer.audit.checks.time_missing import TimeMissing
from esviewer.audit.checks.unique_constraint_missing import UniqueConstraintMissing
from esviewer.audit.checks.version_duplicate import VersionDuplicate
from esviewer.audit.checks.version_gap import VersionGap
from esviewer.audit.checks.version_start import VersionStart
from esviewer.model.clause import clause
from esviewer.stores.store import Store

UNNUMBERED: Final = {
    "none": clause("its events have no positions"),
    "files": clause("positions are the rows of a file"),
    "several": clause("each of its tables numbers its own events"),
    "other": clause("its positions are no whole numbers"),
}
"""Why gaps can't be told in a store's positions."""
_COUNTED: Final = clause("its events have no versions of their own; they are counted as they are read")
_UNENFORCED: Final = {
    "counted": _COUNTED,
    "files": clause("event files can't enforce anything"),
    "view": clause("it is read through a view, whose tables nobody sees"),
    "unknown": clause("its versions are no column, so that an index on them can't be told"),
}
"""Why it can't be said of a store whether its versions are kept unique."""


def why_not(check: type[Described], store: Store) -> str | None:
    """Why a check can't be made of a store, whatever is in it; None where it can."""
    found = _WHY_NOT.get(check)
    return None if found is None else found(store)


def _no_versions(store: Store) -> str | None:
    return _COUNTED if store.counts_versions else None


def _no_times(store: Store) -> str | None:
    return None if store.has("timestamp") else clause("its events have no times")


def _times_may_be_missing(store: Store) -> str | None:
    return clause("some of its events have no time by design") if store.may_lack_times else _no_times(store)


def _no_order(store: Store) -> str | None:
    return clause("the store has no order of all events") if store.order == "reconstructed" else _no_times(store)


def _no_gaps(store: Store) -> str | None:
    return UNNUMBERED.get(store.numbering)


def _no_ids(store: Store) -> str | None:
    return None if store.has("event_id") else clause("its events have no ids")


def _not_unique(store: Store) -> str | None:
    if store.enforced_versions == "otherwise":
        return clause(f"its versions are kept unique by {store.layout.events.unique_otherwise}")
    return _UNENFORCED.get(store.enforced_versions)


def _no_objects(store: Store) -> str | None:
    opaque = store.layout.events.payload.codec == ("bytes",)
    return clause("its payloads are not decoded, but shown as the bytes they are") if opaque else None


def _no_heads(store: Store) -> str | None:
    return None if store.names_heads else clause("the store names no newest version beside the events")


def _no_chain(store: Store) -> str | None:
    return None if store.chains else clause("the store keeps no hashes of its events")


def _no_snapshots(store: Store) -> str | None:
    return None if store.has_snapshots else clause("the store has no snapshots")


def _no_orphans(store: Store) -> str | None:
    of_others = clause("its snapshots may be of other things than aggregates with events")
    return of_others if store.snapshots_of_others else _no_snapshots(store)


_WHY_NOT: Final[Mapping[type[Described], Callable[[Store], str | None]]] = {
    VersionStart: _no_versions,
    VersionGap: _no_versions,
    VersionDuplicate: _no_versions,
    PayloadNotObject: _no_objects,
    TimeMissing: _times_may_be_missing,
    TimeFuture: _no_times,
    TimeBackwards: _no_times,
    PositionGap: _no_gaps,
    PositionTimeOrder: _no_order,
    EventIdDuplicate: _no_ids,
    CorrelationBroken: _no_ids,
    UniqueConstraintMissing: _not_unique,
    HeadMismatch: _no_heads,
    ChainBroken: _no_chain,
    SnapshotUndecodable: _no_snapshots,
    SnapshotDrift: _no_snapshots,
    SnapshotBeyondHead: _no_snapshots,
    SnapshotOrphan: _no_orphans,
}
