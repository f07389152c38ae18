"""An audit of a whole store: its events shown to all checks, what they find counted and handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from esviewer.app import audit_order, audit_store
from esviewer.app.audit_applies import UNNUMBERED, why_not
from esviewer.app.audit_parts import New, Walked, traits_of, walked
from esviewer.app.audit_strays import Strays
from esviewer.app.session import Session
from esviewer.audit.absent import Absence
from esviewer.audit.baseline import read_baseline
from esviewer.audit.check import Described, PageCheck
from esviewer.audit.checks.actor_missing import ActorMissing
from esviewer.audit.checks.chain_broken import ChainBroken
from esviewer.audit.checks.correlation_broken import CorrelationBroken
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.invariant import Invariant
from esviewer.audit.checks.position_gap import PositionGap
from esviewer.audit.checks.position_time_order import PositionTimeOrder
from esviewer.audit.checks.reducer_failed import ReducerFailed
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.time_future import TimeFuture
from esviewer.audit.checks.unique_constraint_missing import UniqueConstraintMissing
from esviewer.audit.checks.version_start import VersionStart
from esviewer.audit.finding import Finding, Severity, is_after
from esviewer.audit.life import LifeCheck
from esviewer.audit.plugged import PluggedCheck
from esviewer.audit.registry import LIFE_CHECKS, PAGE_CHECKS, STORE_CHECKS, by_name, plugged_checks, with_owners
from esviewer.audit.schemas import Schemas
from esviewer.audit.settings import AuditSettings, made_invariant, read_settings
from esviewer.audit.told import MOST, Told
from esviewer.audit.walk import Walk
from esviewer.errors import DisagreesError, EsviewerError, NotFoundError, UsageError
from esviewer.model.clause import clause
from esviewer.model.values import Value
from esviewer.stores.store import Store
from esviewer.work import Work

Check = TypeVar("Check", bound=Described)
_CONTEXT: Final = 5_000
"""How many events before what is new are enough to see what is usual."""


@dataclass(slots=True)
class AuditSummary:
    """What an audit came to."""

    events: int = 0
    aggregates: int = 0
    by_check: Counter[str] = field(default_factory=Counter)
    by_severity: Counter[Severity] = field(default_factory=Counter)
    accepted: int = 0
    """Findings that the baseline knows."""
    not_checked: dict[str, str] = field(default_factory=dict)
    """The checks that could not be made of this store, and why."""
    unused: dict[str, str] = field(default_factory=dict)
    """Why reducers and plug-ins could not be used, so that checks are among those, and what to do about it."""
    since: int | None = None
    """The position after which events were audited; None: all of them."""
    first_position: int | None = None
    """The first audited event's position, where whole numbers count all events."""
    last_position: int | None = None
    """That of the newest event when the audit began: what an audit of what comes later goes on after."""

    @property
    def findings(self) -> int:
        """Those that are not accepted."""
        return self.by_severity.total()

    def not_checked_by_reason(self) -> list[tuple[str, list[str]]]:
        """The checks that could not be made, those of one reason together."""
        found: dict[str, list[str]] = {}
        for name, why in sorted(self.not_checked.items()):
            found.setdefault(why, []).append(name)
        return [*found.items()]

    def at_least(self, severity: Severity) -> int:
        """How many findings are so bad, or worse."""
        return sum(count for each, count in self.by_severity.items() if each >= severity)

    def as_json(self) -> dict[str, Value]:
        """What it came to.

        `{events, aggregates, since, first_position, last_position, findings, accepted, error, warning, info,
        checks: {name: findings}, not_checked}`.
        """
        return {
            "events": self.events,
            "aggregates": self.aggregates,
            "since": self.since,
            "first_position": self.first_position,
            "last_position": self.last_position,
            "findings": self.findings,
            "accepted": self.accepted,
            **{severity.text: self.by_severity[severity] for severity in sorted(Severity, reverse=True)},
            "checks": dict(sorted(self.by_check.items())),
            "not_checked": dict(sorted(self.not_checked.items())),
        }


def settings_file(store: Path) -> Path:
    """Where settings are kept next to a store's file: `FILE.audit.toml`."""
    return store.with_name(store.name + ".audit.toml")


def kept_settings(store: Path) -> AuditSettings:
    """The settings kept next to a store's file, else the usual ones; raises UsageError."""
    beside = settings_file(store)
    return settings_of(beside) if beside.is_file() else AuditSettings()


def settings_of(file: Path) -> AuditSettings:
    """The settings in a file, with its paths as seen from here; raises UsageError."""
    found = read_settings(file)
    if found.baseline is not None:
        found = replace(found, baseline=str(file.parent / found.baseline))
    return found if found.schemas is None else replace(found, schemas=str(file.parent / found.schemas))


def why_not_since(store: Store) -> str | None:
    """Why what came after a position can't be told in a store; None where it can."""
    return None if store.numbering in ("yes", "files") else UNNUMBERED[store.numbering]


class Audit:
    """One audit; `run` gives the findings as they are made, and `summary` is whole after that.

    An audit of what came after the position `since` tells what is wrong at events after it, and what is wrong at no
    event at all. It reads all events of the aggregates that have new ones, so that versions, times and states are
    judged as ever, and of those with one of the last events before: what is usual in the store shows in them.
    """

    def __init__(self, session: Session, settings: AuditSettings, since: int | None = None) -> None:
        """Raises UsageError for bad settings, a bad baseline or `since` without numbered events, and RulesError for a
        bad invariant.
        """
        self.summary = AuditSummary(since=since)
        self._session = session
        self._new: New | None = None
        self._positions = _Positions(session.store)
        why = None if since is None else why_not_since(session.store)
        if why is not None:
            raise UsageError(f"What is new can't be told in this store: {why}.", "Audit all of it, without --since.")
        self.settings = settings
        self._known = frozenset() if settings.baseline is None else read_baseline(Path(settings.baseline))
        self._only = settings.only
        if settings.only is not None:
            # What the others own, these would tell as well: they look too, and nothing is told of it.
            settings = replace(settings, only=with_owners(settings.only))
        plugged, self.skipped = plugged_checks()
        self._page_checks: list[PageCheck] = [
            settings.made(each) for each in (*PAGE_CHECKS, *plugged) if settings.runs(each.name)
        ]
        self._life_checks: list[LifeCheck] = [settings.made(each) for each in LIFE_CHECKS if settings.runs(each.name)]
        if settings.schemas is not None and settings.runs(SchemaViolation.name):
            schemas = Schemas(Path(settings.schemas), formats=settings.formats)
            self._page_checks.append(SchemaViolation(schemas, settings.severity(SchemaViolation.name)))
        if settings.runs(Invariant.name):
            for made in map(made_invariant, settings.invariants):
                if isinstance(made, Invariant):
                    self._life_checks.append(made)
                else:
                    self._page_checks.append(made)
        self._store_checks = [settings.made(each) for each in STORE_CHECKS if settings.runs(each.name)]
        known = by_name()
        self._unset = {name: clause("the settings turn it off") for name in known if settings.turns_off(name)}
        """The checks that the settings turn off, or would have to say more for, and what."""
        if settings.schemas is None and settings.runs(SchemaViolation.name):
            self._unset[SchemaViolation.name] = clause("the settings name no [schemas]")
        if not settings.invariants and settings.runs(Invariant.name):
            self._unset[Invariant.name] = clause("the settings have no [[invariant]]")
        self._told = Told()
        self._not_checked: set[str] = set()
        for check in self._all:
            check.since = since

    @property
    def checks(self) -> list[Described]:
        """Those whose findings are told."""
        return [check for check in self._all if self._tells(check.name)]

    @property
    def _all(self) -> list[Described]:
        return [*self._store_checks, *self._page_checks, *self._life_checks]

    def _tells(self, name: str) -> bool:
        return self._only is None or name in self._only

    def run(self, work: Work | None = None, *, accepted: Callable[[Finding], None] | None = None) -> Iterator[Finding]:
        """Look at everything; `accepted` is told of findings that the baseline knows.

        Raises StoreError and CancelledError, and DisagreesError for a store that ends before `since`.
        """
        self._leave_out()
        self._begin(work)
        for finding in self._found(work):
            if not self._told.is_news(finding) or not self._is_wanted(finding) or not self._tells(finding.check):
                continue
            if finding.key in self._known:
                self.summary.accepted += 1
                if accepted is not None:
                    accepted(finding)
                continue
            self.summary.by_check[finding.check] += 1
            self.summary.by_severity[finding.severity] += 1
            yield finding

    def of_aggregate(self, aggregate_id: str, work: Work | None = None) -> Iterator[Finding]:
        """What the checks of single events and of replay find at one aggregate, in place of `run`.

        It is read alone: what others explain, or what is unusual only beside them, is not known then.
        """
        self._leave_out()
        for finding in self._at_aggregate(aggregate_id, work):
            if self._tells(finding.check):
                yield finding

    def _at_aggregate(self, aggregate_id: str, work: Work | None) -> Iterator[Finding]:
        store = self._session.store
        with closing(store.another()) as beside:
            snapshots = (lambda ids: beside.snapshots_among(ids, work=work)) if store.has_snapshots else None
            traits = traits_of(store)
            walk = Walk(self._page_checks, self._life_checks, self._session.reducer_for, snapshots, work, traits=traits)
            for batch in store.of_aggregate(aggregate_id, work=work):
                yield from walk.feed(batch)
                if work is not None:
                    work.report("Checking events", walk.events)
            yield from walk.finish()
        for check in (*self._page_checks, *self._life_checks):
            yield from check.finish()
        self._note_failed()
        self._note_unjudged(Walked(judged=walk.judged, unreplayed=walk.unreplayed, broken_off=walk.broken_off))

    def _begin(self, work: Work | None) -> None:
        """See which events there are."""
        store, summary = self._session.store, self.summary
        ends = store.position_ends(work=work)
        if ends is not None:
            summary.first_position, summary.last_position = ends
        since = summary.since
        if since is None:
            return
        newest = 0 if ends is None else ends[1]
        if newest < since:
            has = "it has no events" if ends is None else f"its newest event is at position {newest}"
            raise DisagreesError(
                f"The store does not reach position {since}, after which it is to be audited: {has}. "
                "Events were removed, or it is another store.",
                "Audit all of it, without --since, and compare it with a seal or a backup.",
            )
        summary.last_position = newest
        before = store.position_before(since, _CONTEXT, work=work)
        self._new = New(since, None if before is None else before - 1)
        after = next((numbers for numbers in store.positions(after=since, work=work) if len(numbers)), None)
        summary.first_position = None if after is None else int(after[0])

    def _is_wanted(self, finding: Finding) -> bool:
        """Whether it is about what is to be audited: events that come meanwhile are left to the next audit."""
        last = self.summary.last_position
        if isinstance(finding.position, int) and last is not None and finding.position > last:
            return False
        return is_after(finding.position, self.summary.since)

    def _found(self, work: Work | None) -> Iterator[Finding]:
        """What each phase finds; later ones leave out what earlier ones explain."""
        with TemporaryDirectory(prefix="esviewer-audit-") as name, closing(self._positions):
            folder = Path(name)
            heads: list[Finding] = []
            for finding in self._of_store(work):
                if finding.check == HeadMismatch.name and len(heads) < MOST:
                    # An event's wrong version may explain it, which is known once they were read.
                    self._told.note_head(finding)
                    heads.append(finding)
                else:
                    yield self._placed(finding, work)
            strays = Strays(self._session.store)
            try:
                yield from strays.pass_on(self._walked(folder, work))
            except EsviewerError:
                yield from strays.left()  # cancelled, or the store went away
                raise
            yield from strays.told([self._placed(finding, work) for finding in heads], self._usual_first, work)
            start = self._the(VersionStart)
            compacted = [] if start is None else start.compacted
            absences = _Absences(self._positions, self._told, self._usual_first, compacted, work)
            yield from self._of_positions(absences, work)
            yield from self._ordered(folder, absences, work)
            yield from self._chained(absences, work)

    def _placed(self, finding: Finding, work: Work | None) -> Finding:
        """A finding with the position of the event that it names."""
        if finding.position is not None or finding.aggregate_id is None or finding.version is None:
            return finding
        return replace(finding, position=self._positions.of(finding.aggregate_id, finding.version, work))

    def _the(self, kind: type[Check]) -> Check | None:
        """The check of a kind, if it runs and nothing says that it can't."""
        found = next((each for each in self._all if isinstance(each, kind)), None)
        return None if found is None or kind.name in self._not_checked else found

    def _not(self, name: str, why: str) -> None:
        """Note that a check can't be made."""
        self._not_checked.add(name)
        if self._tells(name):
            self.summary.not_checked[name] = why

    def _leave_out(self) -> None:
        """Note the checks that mean nothing in this store, or of which the settings say too little."""
        for check in self._all:
            why = why_not(type(check), self._session.store)
            if why is not None:
                self._not(check.name, why)
        self._page_checks = [each for each in self._page_checks if each.name not in self._not_checked]
        self._life_checks = [each for each in self._life_checks if each.name not in self._not_checked]
        for name, why in self._unset.items():
            self._not(name, why)
        known = by_name()
        for each in self.skipped:
            name = each.plugin.name
            if name not in known and not self.settings.turns_off(name):
                self._not_by(name, clause(f"the plug-in {each.plugin} was skipped: {each.reason}"))

    def _not_by(self, name: str, why: str) -> None:
        """Note that a check can't be made, or not to the end, by the fault of its plug-in."""
        self._not(name, why)
        if self._tells(name):
            self.summary.unused[why] = f"Audit without it: esviewer plugins disable check/{name}."

    def _note_failed(self) -> None:
        """Note the checks of plug-ins that raised something."""
        for check in self._page_checks:
            if isinstance(check, PluggedCheck) and check.failed:
                self._not_by(check.name, check.failed)

    def _note_unjudged(self, seen: Walked) -> None:
        """Note the checks of states where there are none to look at."""
        self._note_unused([check.name for check in self._life_checks if check.needs_states], seen)
        if not seen.judged and not seen.unreplayed:
            for check in self._life_checks:
                if check.needs_rules:
                    self._not(check.name, clause("no reducer says what its events mean"))

    def _note_unused(self, names: Sequence[str], seen: Walked) -> None:
        """Note that these checks lack what reducers would have made that could not be used."""
        unused = dict(seen.unreplayed)
        if self._the(ReducerFailed) is None or not self._tells(ReducerFailed.name):
            unused |= seen.broken_off  # nobody else says so
        for name in names if unused else ():
            self._not(name, "; ".join(unused))
            if self._tells(name):
                self.summary.unused |= unused

    def _of_store(self, work: Work | None) -> Iterator[Finding]:
        store = self._session.store
        if (unique := self._the(UniqueConstraintMissing)) is not None:
            yield from audit_store.of_uniqueness(unique, store)
        if (heads := self._the(HeadMismatch)) is not None:
            yield from audit_store.of_heads(heads, store, work)
        if (orphans := self._the(SnapshotOrphan)) is not None:
            yield from audit_store.of_orphans(orphans, store, work)
        if (repeated := self._the(ReducerNondeterministic)) is not None and self._session.reducers.has_programs:
            seen = Walked(judged=True)
            yield from audit_store.of_reducers(repeated, self._session, seen, work)
            self._note_unused([ReducerNondeterministic.name], seen)

    def _walked(self, folder: Path, work: Work | None) -> Iterator[Finding]:
        ids = self._the(EventIdDuplicate) is not None and self._session.store.may_lack_event_ids
        if not self._page_checks and not self._life_checks and not ids:
            if self._new is None:
                known = self._session.store.info(exact=False, work=work)
                self.summary.events, self.summary.aggregates = known.events, known.aggregates or 0
            return
        causes = self._the(CorrelationBroken)
        if causes is not None:
            causes.keep_in(folder)
        seen = Walked()
        keeping = self._keeping(folder)
        yield from walked(self._session, [*self._page_checks, *keeping], self._life_checks, seen, work, self._new)
        self.summary.events, self.summary.aggregates = seen.events, seen.aggregates
        for check in (*self._page_checks, *keeping, *self._life_checks):
            if not isinstance(check, PositionTimeOrder):  # which has yet to see the order
                yield from check.finish()
        self._note_failed()
        self._note_unjudged(seen)
        actors = self._the(ActorMissing)
        if actors is not None and not actors.named:
            self._not(ActorMissing.name, clause("none of its events names an actor"))
        if causes is not None and not causes.seen:
            self._not(CorrelationBroken.name, clause("none of its events names a cause"))

    def _keeping(self, folder: Path) -> list[PageCheck]:
        """The checks of the order of events that look at them, or keep what they need of all of them, on the way."""
        store = self._session.store
        found: list[PageCheck] = []
        times, ids = self._the(PositionTimeOrder), self._the(EventIdDuplicate)
        partly = self._new is not None
        if times is not None and store.numbers_each and not partly:
            times.keep_in(folder)
            found.append(times)
        if ids is not None and not store.enforces_event_ids and not partly:
            ids.keep_in(folder)
        if ids is not None and store.may_lack_event_ids:
            found.append(ids)
        return found

    @property
    def _context(self) -> int | None:
        """The position after which there are events to compare new ones with; None: everything is new."""
        return None if self._new is None else self._new.context

    @property
    def _usual_first(self) -> int:
        """The version that aggregates begin with."""
        check = self._the(VersionStart)
        return max(self._session.store.layout.version_base, default=1) if check is None else check.usual

    def _of_positions(self, absences: _Absences, work: Work | None) -> Iterator[Finding]:
        check = self._the(PositionGap)
        if check is None:
            return
        audit_order.read_positions(check, self._session.store, self._context, work)
        if not check.counted:
            self._not(check.name, clause("its positions don't count events: too many numbers are missing"))
        elif self._told.full:
            self._not(check.name, clause("too many versions are missing to tell which gaps follow from that"))
        elif check.count:
            yield from check.found(absences.all())

    def _chained(self, absences: _Absences, work: Work | None) -> Iterator[Finding]:
        check = self._the(ChainBroken)
        if check is not None:
            yield from audit_order.of_chain(check, self._session.store, self._told.places, absences.all(), work)

    def _ordered(self, folder: Path, absences: _Absences, work: Work | None) -> Iterator[Finding]:
        store = self._session.store
        times = self._the(PositionTimeOrder)
        if times is not None and self._told.full:
            self._not(times.name, clause("too many times are wrong to tell what follows from that"))
            times = None
        doubles = self._the(EventIdDuplicate)
        if doubles is not None and store.enforces_event_ids:
            doubles = None  # an index makes sure of it
        causes = self._the(CorrelationBroken)
        # Times in the future are no matter of order, whether they are told or not.
        future = self._the(TimeFuture) or TimeFuture()
        ids = None if doubles is None else doubles.ids
        needed = doubles is not None or causes is not None
        scan = audit_order.OrderScan(store, folder, times, ids, with_ids=needed, after=self._context)
        yield from scan.run(future.latest, self._told.mistimed | self._told.doubled, work)
        if doubles is not None:
            yield from audit_order.of_duplicates(doubles, store, scan.ids, self._told.doubled, work)
        if causes is not None:
            named = causes.compare(scan.ids)
            if named < causes.option["share"]:
                self._not(causes.name, clause(f"only {named:.0%} of its causation ids name events"))
            else:
                yield from audit_order.of_causes(causes, store, absences.all(), self._told.renamed, self._context, work)


class _Positions:
    """Positions of single events, on a connection of its own: other reads may be under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._beside: Store | None = None

    def of(self, aggregate_id: str, version: int, work: Work | None) -> int | str | None:
        """One event's position; None where there is no such event."""
        if self._beside is None:
            self._beside = self._store.another()
        try:
            return self._beside.event(aggregate_id, version, work=work).position
        except NotFoundError:
            return None

    def close(self) -> None:
        """Close the connection."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None


class _Absences:
    """The events that are known to be missing, looked up when somebody asks."""

    def __init__(
        self,
        positions: _Positions,
        told: Told,
        first: int,
        compacted: Sequence[tuple[str, int, int]],
        work: Work | None,
    ) -> None:
        self._positions = positions
        self._told = told
        self._first = first
        self._compacted = compacted
        self._work = work
        self._all: list[Absence] | None = None

    def all(self) -> list[Absence]:
        """All of them."""
        if self._all is None:
            self._all = list(self._told.absences(self._first, self._position))
            for aggregate_id, version, position in self._compacted:
                self._all.append(Absence(aggregate_id, None, position, version - self._first))
        return self._all

    def _position(self, aggregate_id: str, version: int) -> int | None:
        found = self._positions.of(aggregate_id, version, self._work)
        return found if isinstance(found, int) else None
