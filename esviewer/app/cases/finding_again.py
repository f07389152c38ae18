"""Whether what an audit found once is still so: the check that owns it looks again at what it is about.

Most checks judge an aggregate by itself, which is read alone; some ask for tables of the store only; what is left
compares an aggregate with all others, for which the store is audited as a whole, once for all such findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from esviewer.app.auditing import Audit, kept_settings
from esviewer.app.cases.case import Pin
from esviewer.app.session import Session
from esviewer.audit.checks.actor_missing import ActorMissing
from esviewer.audit.checks.chain_broken import ChainBroken
from esviewer.audit.checks.correlation_broken import CorrelationBroken
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.invariant import Invariant, Rule
from esviewer.audit.checks.position_gap import PositionGap
from esviewer.audit.checks.position_time_order import PositionTimeOrder
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.schema_drift import SchemaDrift
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.unique_constraint_missing import UniqueConstraintMissing
from esviewer.audit.checks.version_start import VersionStart
from esviewer.audit.finding import SEVERITIES, Finding
from esviewer.audit.registry import by_name
from esviewer.audit.settings import AuditSettings, CheckSettings
from esviewer.audit.told import BELONGS, PERHAPS
from esviewer.diff.compare import compare
from esviewer.errors import RulesError, UsageError
from esviewer.model.change import Change
from esviewer.model.exactjson import plain
from esviewer.model.values import Value
from esviewer.work import Work

_OF_TABLES: Final = frozenset(each.name for each in (UniqueConstraintMissing, SnapshotOrphan, ReducerNondeterministic))
"""Checks that ask for something else than the events."""
_OF_THE_STORE: Final = frozenset(
    each.name
    for each in (
        ActorMissing,
        ChainBroken,
        CorrelationBroken,
        EventIdDuplicate,
        HeadMismatch,
        PositionGap,
        PositionTimeOrder,
        SchemaDrift,
    )
)
"""Checks that compare an event with those of other aggregates, or with what explains it."""
_OF_ITS_MAKING: Final = "audited"
"""What evidence says of when it was made, which is another time with each audit."""


class Today(StrEnum):
    """What became of a finding."""

    STILL_THERE = "still-there"
    CHANGED = "changed"
    """Its check finds it again, with another severity, message or evidence."""
    GONE = "gone"
    NOT_CHECKED = "not-checked"
    """Its check can't be made here and now."""


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """One finding, looked for again."""

    today: Today
    changes: Sequence[Change] = ()
    """What leads from the finding of that time to the one of today."""
    reason: str = ""
    """Why it was not looked for, or what its check finds instead; "" for nothing to say."""


@dataclass(slots=True)
class _Audited:
    """What an audit, of the whole store or of one aggregate, found of what is asked for."""

    settings: AuditSettings
    audit: Audit
    found: list[Finding]

    def answer(self, pin: Pin) -> FoundAgain:
        """What it says of a pin."""
        why = self.audit.summary.not_checked.get(_check_of(pin))
        return _compared(pin, self.found) if why is None else FoundAgain(Today.NOT_CHECKED, reason=why)


def options_of(finding: Finding, settings: AuditSettings) -> dict[str, Value]:
    """How the check of a finding was configured, for `FindingsAgain`: what the usual settings may not say."""
    if finding.check == SchemaViolation.name and settings.schemas is not None:
        return {"folder": str(Path(settings.schemas).absolute()), "formats": settings.formats}
    own = settings.checks.get(finding.check)
    return {} if own is None or finding.check == Invariant.name else dict(own.options)


class FindingsAgain:
    """Looks for some pinned findings again; for one thread at a time.

    Checks are configured as they were when they found something, as far as the pin says so; all others, which say what
    explains what, by the settings kept beside the store.
    """

    def __init__(self, session: Session, pins: Sequence[Pin]) -> None:
        """`pins` are all that will be asked for; those that are no findings are left out."""
        self._session = session
        self._pins = [pin for pin in pins if pin.kind == "finding" and isinstance(pin.content, dict)]
        self._base: AuditSettings | None = None
        self._audits: list[_Audited] = []
        self._aggregates: dict[str, list[_Audited]] = {}
        """What was found at aggregates that were read alone."""

    def of(self, pin: Pin, work: Work | None = None) -> FoundAgain:
        """What became of one finding; raises StoreError and CancelledError."""
        name = _check_of(pin)
        if name not in by_name():
            return FoundAgain(Today.NOT_CHECKED, reason=f"this release has no check {name}")
        try:
            own = self._settings(pin)
            if name in _OF_TABLES:
                return self._audited(pin, replace(own, only=frozenset([name])), work)
            aggregate_id = pin.asked["aggregate_id"]
            if name in _OF_THE_STORE or _asks_others(pin, own) or aggregate_id is None:
                return self._audited(pin, self._together(pin, own), work)
            return self._alone(pin, str(aggregate_id), self._together(pin, own), work)
        except (UsageError, RulesError) as error:
            return FoundAgain(Today.NOT_CHECKED, reason=str(error).rstrip("."))

    # Settings

    def _settings(self, pin: Pin) -> AuditSettings:
        """The settings kept beside the store, with the check of a pin as it was configured; raises UsageError."""
        if self._base is None:
            label = self._session.store.label
            kept = AuditSettings() if "://" in label else kept_settings(Path(label))
            self._base = replace(kept, baseline=None, only=None)
        return _with_own(self._base, pin)

    def _together(self, pin: Pin, own: AuditSettings) -> AuditSettings:
        """Settings of an audit that answers for as many other pins as it can."""
        settings, taken, known = own, {_check_of(pin)}, by_name()
        for other in self._pins:
            name = _check_of(other)
            if name in known and name not in taken and name not in (Invariant.name, SchemaViolation.name):
                settings = _with_own(settings, other)
                taken.add(name)
        return settings

    # Looking

    def _audited(self, pin: Pin, settings: AuditSettings, work: Work | None) -> FoundAgain:
        """What an audit of the store with these settings, or one that was made before, says of a pin."""
        name = _check_of(pin)
        known = next((each for each in self._audits if _answers(each.settings, settings, name)), None)
        if known is None:
            audit = Audit(self._session, settings)
            keys = {each.asked["key"] for each in self._pins}
            places = {(_check_of(each), each.asked["aggregate_id"]) for each in self._pins}
            found = [each for each in audit.run(work) if each.key in keys or (each.check, each.aggregate_id) in places]
            known = _Audited(settings, audit, found)
            self._audits.append(known)
        return known.answer(pin)

    def _alone(self, pin: Pin, aggregate_id: str, settings: AuditSettings, work: Work | None) -> FoundAgain:
        """What is found at an aggregate that is read alone, or was found before."""
        before = self._aggregates.setdefault(aggregate_id, [])
        known = next((each for each in before if _answers(each.settings, settings, _check_of(pin))), None)
        if known is None:
            audit = Audit(self._session, replace(settings, only=frozenset(by_name()) - _OF_TABLES - _OF_THE_STORE))
            known = _Audited(settings, audit, list(audit.of_aggregate(aggregate_id, work)))
            before.append(known)
        return known.answer(pin)


def _check_of(pin: Pin) -> str:
    content: Any = pin.content
    return str(content.get("check", ""))


def _asks_others(pin: Pin, settings: AuditSettings) -> bool:
    """Whether others say that it is one: an event that belongs to another aggregate, or an unusual beginning."""
    content: Any = pin.content
    evidence: Any = content.get("evidence") or {}
    if BELONGS in evidence or PERHAPS in evidence:
        return True
    if _check_of(pin) != VersionStart.name or pin.asked["version"] not in (0, 1):
        return False
    own = settings.checks.get(VersionStart.name, CheckSettings())
    return bool(own.options.get("first", VersionStart.options["first"]) == -1)


def _with_own(settings: AuditSettings, pin: Pin) -> AuditSettings:
    """Settings in which the check of a pin runs as it was configured when it found something."""
    name, content = _check_of(pin), pin.content
    assert isinstance(content, dict)
    severity = SEVERITIES.get(str(content.get("severity")))
    options: Any = pin.asked.get("options")
    if name == Invariant.name:
        evidence: Any = content.get("evidence") or {}
        rule = Rule(
            str(evidence.get("expression", "")),
            severity or Invariant.severity,
            name=_rule_name(evidence),
            event=str(evidence.get("event", "*")),
        )
        return replace(settings, invariants=(rule,), checks={**settings.checks, name: CheckSettings()})
    if name == SchemaViolation.name:
        checks = {**settings.checks, name: CheckSettings(severity)}
        if not isinstance(options, Mapping):
            if settings.schemas is None:
                raise UsageError("the settings beside the store name no [schemas]")
            return replace(settings, checks=checks)
        return replace(settings, checks=checks, schemas=str(options["folder"]), formats=bool(options["formats"]))
    known = settings.checks.get(name, CheckSettings()).options if options is None else options
    return replace(settings, checks={**settings.checks, name: CheckSettings(severity, options=known)})


def _rule_name(evidence: Mapping[str, Any]) -> str:
    """The name of an invariant; one without any is told by its expression."""
    name = str(evidence.get("invariant", ""))
    return "" if name == evidence.get("expression") else name


def _answers(made: AuditSettings, wanted: AuditSettings, name: str) -> bool:
    """Whether an audit with some settings says what one with others would say of a check."""
    if made.only is not None or wanted.only is not None:
        return made.only == wanted.only and made.checks.get(name) == wanted.checks.get(name)
    alike = made.checks.get(name) == wanted.checks.get(name)
    return alike and (name != Invariant.name or made.invariants == wanted.invariants)


def _compared(pin: Pin, found: Sequence[Finding]) -> FoundAgain:
    """What became of a finding, where these were found."""
    again = next((each for each in found if each.key == pin.asked["key"]), None)
    if again is not None:
        changes = compare(_lasting(pin.content), _lasting(plain(again.as_json())))
        return FoundAgain(Today.CHANGED if changes else Today.STILL_THERE, changes)
    owner, name = pin.asked["aggregate_id"], _check_of(pin)
    others = [each for each in found if each.check == name and each.aggregate_id == owner]
    if not others:
        return FoundAgain(Today.GONE)
    where = "" if others[0].version is None else f" at version {others[0].version}"
    more = f", and {len(others) - 1:,} more" if len(others) > 1 else ""
    return FoundAgain(Today.GONE, reason=f"Instead {name} finds{where}{more}: {others[0].message}")


def _lasting(content: Value) -> Value:
    """A finding without what each audit makes anew."""
    assert isinstance(content, dict)
    evidence = content.get("evidence")
    if not isinstance(evidence, dict) or _OF_ITS_MAKING not in evidence:
        return content
    return {**content, "evidence": {key: value for key, value in evidence.items() if key != _OF_ITS_MAKING}}
