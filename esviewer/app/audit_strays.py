"""Events that were put into a wrong aggregate: what two checks find, each at one of the aggregates, is one defect.

Where an aggregate lacks a version, and one event that does not fit in with its own aggregate was written just there,
that is the one that is missing, if no position is empty there: it was not removed. It is told once, at the event. Where
positions are empty, or several events fit, that can't be known: then all are told, and name each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from esviewer.audit.checks.event_type_unknown import EventTypeUnknown
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.time_backwards import TimeBackwards
from esviewer.audit.checks.version_duplicate import VersionDuplicate
from esviewer.audit.checks.version_gap import VersionGap
from esviewer.audit.checks.version_start import VersionStart
from esviewer.audit.finding import Finding
from esviewer.audit.told import BELONGS, PERHAPS
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.stores.store import Store
from esviewer.work import Work

_MOST: Final = 1_000
"""Findings of a check that are held back: who has more of them looks for another cause."""
_LOOKED_AT: Final = 100
"""Holes of which it is asked whether positions are empty there."""
_NAMED: Final = 20
"""Other findings that one names."""
_HELD: Final = frozenset(
    each.name for each in (VersionGap, VersionStart, VersionDuplicate, TimeBackwards, EventTypeUnknown)
)


@dataclass(frozen=True, slots=True)
class _Hole:
    """Versions that an aggregate lacks."""

    finding: Finding
    low: int
    high: int
    after: int | None
    """The position of the event before them; None: they were the first."""
    before: int | None
    """That of the event after them; None: they were the newest."""

    def holds(self, position: int) -> bool:
        return (self.after is None or self.after < position) and (self.before is None or position < self.before)


@dataclass(frozen=True, slots=True)
class _Odd:
    """An event that does not fit in with its aggregate; of several with one version, nobody knows which."""

    finding: Finding
    version: int
    events: tuple[Event, ...]

    def among(self, hole: _Hole) -> list[Event]:
        """Those that were written where versions are missing."""
        return [each for each in self.events if isinstance(each.position, int) and hole.holds(each.position)]


class Strays:
    """Holds back what may be one half of such a defect until all aggregates were seen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[str, list[Finding]] = {name: [] for name in _HELD}
        self._too_many: set[str] = set()

    def pass_on(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """What is not held back, as it comes; of more than a thousand of a check, nothing is."""
        for finding in findings:
            held = self._held.get(finding.check)
            if held is None or finding.check in self._too_many or not isinstance(finding.position, int):
                yield finding
            elif len(held) < _MOST:
                held.append(finding)
            else:
                self._too_many.add(finding.check)
                yield from held
                yield finding
                held.clear()

    def left(self) -> Iterator[Finding]:
        """What was held back, as it was found: there is no time to compare it."""
        for held in self._held.values():
            yield from held
            held.clear()

    def told(self, heads: Iterable[Finding], first: int, work: Work | None) -> Iterator[Finding]:
        """What was held back, and `heads`, each defect once; aggregates usually begin at the version `first`."""
        held = [each for name in sorted(_HELD) for each in self._held[name]]
        known = [*held, *heads]
        holes = [hole for finding in known if (hole := self._hole(finding, first, work)) is not None]
        odd = [self._odd(finding, work) for finding in held] if holes else []
        sure, unsure = self._pairs(holes, [each for each in odd if each is not None], work)
        altered: dict[int, Finding | None] = {}
        for hole, each in sure:
            altered[id(hole.finding)] = None
            altered[id(each.finding)] = _stray(hole, each)
            for unknown in self._held[EventTypeUnknown.name]:
                # Its type is one that the other aggregate's reducer knows.
                place = unknown.aggregate_id, unknown.version
                if place == (each.finding.aggregate_id, each.version) and unknown.evidence["events"] == 1:
                    altered[id(unknown)] = None
        elsewhere: dict[int, list[_Odd]] = {}
        lacking: dict[int, list[_Hole]] = {}
        for hole, each in unsure:
            elsewhere.setdefault(id(hole.finding), []).append(each)
            lacking.setdefault(id(each.finding), []).append(hole)
        for finding in known:
            found = altered.get(id(finding), finding)
            if found is not None:
                found = _perhaps_elsewhere(found, elsewhere.get(id(finding), []))
                yield _perhaps_stray(found, lacking.get(id(finding), []))

    # What is missing

    def _hole(self, finding: Finding, first: int, work: Work | None) -> _Hole | None:
        evidence, owner, version = finding.evidence, finding.aggregate_id, finding.version
        if owner is None:
            return None
        position = finding.position if isinstance(finding.position, int) else None
        if finding.check == VersionGap.name and "missing_from" in evidence and position is not None:
            low, high = evidence["missing_from"], evidence["missing_to"]
            assert isinstance(low, int)
            assert isinstance(high, int)
            after = self._position(owner, low - 1, work)
            return None if after is None else _Hole(finding, low, high, after, position)
        if finding.check == VersionStart.name and version is not None and version > first and position is not None:
            return _Hole(finding, first, version - 1, None, position)
        if finding.check == HeadMismatch.name:
            named, newest = evidence["named_version"], evidence["newest_version"]
            if isinstance(named, int) and isinstance(newest, int) and named > newest:
                after = self._position(owner, newest, work)
                return None if after is None else _Hole(finding, newest + 1, named, after, None)
        return None

    def _position(self, aggregate_id: str, version: int, work: Work | None) -> int | None:
        found = [each.position for each in self._at(aggregate_id, version, work)]
        numbers = [each for each in found if isinstance(each, int)]
        return min(numbers) if numbers else None

    def _at(self, aggregate_id: str, version: int, work: Work | None) -> list[Event]:
        reading = self._store.events(aggregate_id, from_version=version, to_version=version, work=work)
        return list(reading)

    # What does not fit in

    def _odd(self, finding: Finding, work: Work | None) -> _Odd | None:
        owner, version = finding.aggregate_id, finding.version
        if owner is None or version is None or "belongs_from" in finding.evidence:
            return None
        if finding.check == EventTypeUnknown.name:
            return None
        events = self._at(owner, version, work)
        if finding.check != VersionDuplicate.name:
            events = [each for each in events if each.position == finding.position]
        if finding.check == TimeBackwards.name:
            before = self._position(owner, version - 1, work)
            if before is None or not isinstance(finding.position, int) or before < finding.position:
                return None  # it is where it was written, so its time is what is wrong
        return _Odd(finding, version, tuple(events))

    # What belongs together

    def _pairs(
        self, holes: list[_Hole], odd: list[_Odd], work: Work | None
    ) -> tuple[list[tuple[_Hole, _Odd]], list[tuple[_Hole, _Odd]]]:
        """Holes and the events that are missing there, and those that may be."""
        fit: dict[int, list[_Odd]] = {}
        for index, hole in enumerate(holes):
            owner = hole.finding.aggregate_id
            within = [each for each in odd if each.finding.aggregate_id != owner and each.among(hole)]
            # One of another version is considered only where there is none of the very version.
            fit[index] = [each for each in within if hole.low <= each.version <= hole.high] or within
        wanted = [index for index in fit if fit[index]][:_LOOKED_AT]
        full = [
            index for index in wanted if holes[index].low == holes[index].high and self._is_full(holes[index], work)
        ]
        sure: list[tuple[_Hole, _Odd]] = []
        while True:
            # An event that only one full hole can have been filled by is the one; others lose it then.
            lone = next((index for index in full if self._is_lone(index, full, fit)), None)
            if lone is None:
                break
            found = fit[lone][0]
            sure.append((holes[lone], found))
            full.remove(lone)
            for index, those in fit.items():
                fit[index] = [] if index == lone else [each for each in those if each is not found]
        unsure = [
            (holes[index], each)
            for index, those in fit.items()
            for each in those
            if holes[index].low <= each.version <= holes[index].high
        ]
        return sure, unsure

    @staticmethod
    def _is_lone(index: int, full: list[int], fit: Mapping[int, list[_Odd]]) -> bool:
        """Whether one event alone fits a hole, and no other full one."""
        those = fit[index]
        return len(those) == 1 and not any(those[0] in fit[other] for other in full if other != index)

    def _is_full(self, hole: _Hole, work: Work | None) -> bool:
        """Whether no position is empty where a version is missing."""
        ends = self._store.position_ends(work=work)
        if ends is None:
            return False
        after = min(0, ends[0] - 1) if hole.after is None else hole.after
        before = ends[1] + 1 if hole.before is None else hole.before
        count = 0
        for numbers in self._store.positions(after=after, work=work):
            inside = numbers[numbers < before]
            count += len(inside)
            if len(inside) < len(numbers):
                break
        return count == before - after - 1


def _stray(hole: _Hole, odd: _Odd) -> Finding:
    """That an event belongs to another aggregate, which both are told of in one."""
    finding, owner, version = odd.finding, hole.finding.aggregate_id, hole.low
    place: dict[str, Value] = {"aggregate_id": owner, "version": version}
    those = odd.among(hole)
    if len(those) == 1:
        place["position"] = those[0].position
        evidence: dict[str, Value] = {"type": those[0].type, "event_id": those[0].event_id, BELONGS: place}
        message = (
            f"The event was written where version {version} of {owner} is missing, and nothing else is missing there: "
            "it was put into another aggregate."
        )
        subject = finding.subject
        if finding.check == VersionDuplicate.name:
            subject = str(those[0].event_id or those[0].position)
        position = those[0].position
        return replace(finding, message=message, position=position, evidence=evidence, subject=subject)
    message = (
        f"{len(those)} events have this version, and one of them was written where version {version} of {owner} is "
        "missing, and nothing else is missing there: it was put into another aggregate."
    )
    positions: list[Value] = [each.position for each in those]
    return replace(finding, message=message, evidence={**finding.evidence, BELONGS: place, "positions": positions})


def _perhaps_elsewhere(finding: Finding, those: list[_Odd]) -> Finding:
    """That what is missing may be an event of another aggregate."""
    if not those:
        return finding
    first = those[0].finding
    said = f"It may be version {first.version} of {first.aggregate_id}, which was written there."
    if len(those) > 1:
        said = f"It may be one of {len(those):,} events of other aggregates, which were written there."
    return _with_remark(finding, said, [each.finding for each in those])


def _perhaps_stray(finding: Finding, holes: list[_Hole]) -> Finding:
    """That an event may be what another aggregate lacks."""
    if not holes:
        return finding
    said = f"One may belong to {holes[0].finding.aggregate_id}, which lacks one where it was written."
    if len(holes) > 1:
        said = f"One may belong to one of {len(holes):,} other aggregates, which lack one where it was written."
    return _with_remark(finding, said, [each.finding for each in holes])


def _with_remark(finding: Finding, said: str, others: list[Finding]) -> Finding:
    """A finding that names others, which have to do with it perhaps."""
    places: list[Value] = [
        {"check": each.check, "aggregate_id": each.aggregate_id, "version": each.version, "position": each.position}
        for each in others[:_NAMED]
    ]
    known = finding.evidence.get(PERHAPS)
    if isinstance(known, list):
        places = [*known, *places]
    return replace(finding, message=f"{finding.message} {said}", evidence={**finding.evidence, PERHAPS: places})
