"""All checks, in the order in which they look: what a check finds at an event, those after it don't find again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from esviewer.audit.check import Described, PageCheck
from esviewer.audit.checks.actor_missing import ActorMissing
from esviewer.audit.checks.after_deletion import AfterDeletion
from esviewer.audit.checks.chain_broken import ChainBroken
from esviewer.audit.checks.correlation_broken import CorrelationBroken
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate
from esviewer.audit.checks.event_type_unknown import EventTypeUnknown
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.invariant import Invariant
from esviewer.audit.checks.payload_not_object import PayloadNotObject
from esviewer.audit.checks.payload_undecodable import PayloadUndecodable
from esviewer.audit.checks.position_gap import PositionGap
from esviewer.audit.checks.position_time_order import PositionTimeOrder
from esviewer.audit.checks.reducer_failed import ReducerFailed
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.schema_drift import SchemaDrift
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.checks.snapshot_advice import SnapshotAdvice
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
from esviewer.audit.life import LifeCheck
from esviewer.audit.plugged import PluggedCheck
from esviewer.audit.plugged import checks as plugged
from esviewer.plugins import Skipped, idle

PAGE_CHECKS: Final[tuple[type[PageCheck], ...]] = (
    VersionStart,
    VersionDuplicate,
    VersionGap,
    PayloadUndecodable,
    PayloadNotObject,
    TimeMissing,
    TimeFuture,
    TimeBackwards,
    SchemaDrift,
    ActorMissing,
    CorrelationBroken,
)
LIFE_CHECKS: Final[tuple[type[LifeCheck], ...]] = (
    EventTypeUnknown,
    ReducerFailed,
    AfterDeletion,
    SnapshotUndecodable,
    SnapshotDrift,
    SnapshotBeyondHead,
    SnapshotAdvice,
)
STORE_CHECKS: Final[tuple[type[Described], ...]] = (
    UniqueConstraintMissing,
    HeadMismatch,
    SnapshotOrphan,
    ReducerNondeterministic,
    PositionGap,
    PositionTimeOrder,
    EventIdDuplicate,
    ChainBroken,
)
"""Those that ask for something else than all events of each aggregate."""
ALL: Final[tuple[type[Described], ...]] = (*STORE_CHECKS, *PAGE_CHECKS, *LIFE_CHECKS, SchemaViolation, Invariant)
"""Those of the program itself; all there are is what `checks` says."""
_OWN_BY_NAME: Final = {check.name: check for check in ALL}
_VERSIONS: Final = (VersionStart, VersionDuplicate, VersionGap)
_ABSENCES: Final = (*_VERSIONS, HeadMismatch)
_PAYLOADS: Final = (PayloadUndecodable, PayloadNotObject, SchemaViolation)
_DOUBTS: Final = (*_VERSIONS, TimeMissing, TimeFuture, TimeBackwards, *_PAYLOADS)
EXPLAINED_BY: Final[Mapping[type[Described], tuple[type[Described], ...]]] = {
    TimeMissing: (PayloadUndecodable,),
    VersionStart: (VersionDuplicate, VersionGap, TimeBackwards),
    VersionDuplicate: (VersionStart, VersionGap, HeadMismatch),
    VersionGap: (VersionStart, VersionDuplicate, TimeBackwards),
    TimeBackwards: (*_VERSIONS, HeadMismatch, TimeMissing, TimeFuture),
    HeadMismatch: _VERSIONS,
    SchemaViolation: (PayloadUndecodable, PayloadNotObject),
    SchemaDrift: (*_PAYLOADS, ReducerFailed),
    CorrelationBroken: (*_ABSENCES, EventIdDuplicate),
    EventTypeUnknown: _DOUBTS,
    ReducerFailed: (*_DOUBTS, AfterDeletion),
    AfterDeletion: _DOUBTS,
    Invariant: (*_DOUBTS, AfterDeletion),
    SnapshotDrift: (*_DOUBTS, AfterDeletion, ReducerNondeterministic),
    SnapshotBeyondHead: (HeadMismatch,),
    SnapshotOrphan: (HeadMismatch,),
    PositionGap: _ABSENCES,
    PositionTimeOrder: (TimeFuture, TimeBackwards, VersionDuplicate),
    EventIdDuplicate: (VersionDuplicate,),
    ChainBroken: (*_DOUBTS, HeadMismatch),
}
"""The checks that own what each one would find again as a consequence: they look too when it is asked for alone."""


def plugged_checks() -> tuple[list[type[PluggedCheck]], list[Skipped]]:
    """The checks of plug-ins, and the plug-ins that can't be used."""
    good, bad = plugged(_OWN_BY_NAME)
    return [*good.values()], bad


def absent() -> frozenset[str]:
    """The names of checks of plug-ins that are installed and don't count: switched off, or of no use."""
    return frozenset(each.name for each in idle("check")) | {each.plugin.name for each in plugged_checks()[1]}


def checks() -> tuple[type[Described], ...]:
    """All checks that there are now, those of plug-ins at the end."""
    return (*ALL, *plugged_checks()[0])


def by_name() -> dict[str, type[Described]]:
    """All checks that there are now, by name."""
    return {check.name: check for check in checks()}


def with_owners(names: Collection[str]) -> frozenset[str]:
    """These checks, and those that own what they would find as a consequence."""
    found: set[str] = set()
    known = by_name()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [each.name for each in EXPLAINED_BY.get(known[name], ())]
    return frozenset(found)
