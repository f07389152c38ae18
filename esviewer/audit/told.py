"""What an audit has told so far, so that nothing is told again that only follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from esviewer.audit.absent import Absence
from esviewer.audit.checks.event_id_duplicate import EventIdDuplicate
from esviewer.audit.checks.head_mismatch import HeadMismatch
from esviewer.audit.checks.invariant import Invariant, of_either
from esviewer.audit.checks.reducer_failed import ReducerFailed
from esviewer.audit.checks.reducer_nondeterministic import ReducerNondeterministic
from esviewer.audit.checks.schema_drift import SchemaDrift
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.checks.snapshot_beyond_head import SnapshotBeyondHead
from esviewer.audit.checks.snapshot_drift import SnapshotDrift
from esviewer.audit.checks.snapshot_orphan import SnapshotOrphan
from esviewer.audit.checks.time_backwards import TimeBackwards
from esviewer.audit.checks.version_duplicate import VersionDuplicate
from esviewer.audit.checks.version_gap import VersionGap
from esviewer.audit.checks.version_start import VersionStart
from esviewer.audit.finding import Finding, Severity

MOST: Final = 100_000
"""Places kept of each kind: beyond that nobody reads them one by one."""
BELONGS: Final = "belongs_in"
"""In the evidence of an event that was put into a wrong aggregate: its place, `{aggregate_id, version, position}`."""
PERHAPS: Final = "perhaps"
"""In evidence, the places in other aggregates that may have to do with it."""
PositionOf = Callable[[str, int], int | None]
"""The position of an aggregate's version, where it is a whole number."""


class Told:
    """The findings that explain others."""

    def __init__(self) -> None:
        self.mistimed: set[tuple[str, int]] = set()
        """Events whose time is known to go back, and those before them."""
        self.doubled: set[tuple[str, int]] = set()
        """Places at which several events are."""
        self._misfits: set[tuple[str, int]] = set()
        """Events whose payload is known to be not what it should be."""
        self.places: set[tuple[str, int]] = set()
        """Events at which something is wrong."""
        self.full = False
        """Whether there was too much to keep, so that nobody can say what follows from it."""
        self._gaps: list[tuple[str, int, int, int]] = []
        """Missing versions, first and last, and the position of the event after them."""
        self._lowest: dict[tuple[str, int], int] = {}
        """By the event after them, the first of the missing versions."""
        self._starts: list[tuple[str, int, int]] = []
        self._heads: dict[str, tuple[int, int | None]] = {}
        """The version that an aggregate should be at, as the store itself says, and its newest event's."""
        self.renamed: list[Mapping[str, int]] = []
        """Where an id is that several events have: one of these places, by aggregate its position, may lack its own."""
        self._renumbered: set[tuple[str, int]] = set()
        """Events that have another version than they should."""
        self._beginnings: set[str] = set()
        """Aggregates whose first event is among those."""
        self._broken: dict[tuple[str, int, str], Severity] = {}
        """How bad it is that events break conditions of the user's, these in the words of conditions over states."""
        self._erratic: set[str | None] = set()
        """Aggregate types whose reducer makes other states each time."""

    def is_news(self, finding: Finding) -> bool:
        """Whether a finding doesn't follow from earlier ones; it explains others from now on."""
        aggregate_id, version = finding.aggregate_id, finding.version
        if finding.check == ReducerNondeterministic.name:
            self._erratic.add(finding.aggregate_type)
        if aggregate_id is None:
            return True
        if finding.check in (SnapshotBeyondHead.name, SnapshotOrphan.name):
            known = self._heads.get(aggregate_id)
            if known is not None and version is not None and known[0] >= version:
                return False
        if finding.check == Invariant.name and version is not None and not self._is_new_break(finding, version):
            return False
        if finding.check == HeadMismatch.name and self._of_newest(finding, aggregate_id):
            return False
        if finding.check == VersionStart.name and version == 1 and aggregate_id in self._beginnings:
            return False
        if finding.check == SnapshotDrift.name and finding.aggregate_type in self._erratic:
            return False
        if finding.check == SchemaDrift.name and self._of_misfits(finding):
            return False
        if version is not None and len(self.places) <= MOST:
            self.places.add((aggregate_id, version))
        if self._kept > MOST:
            self.full = True
        else:
            self._keep(finding, aggregate_id, version)
        return True

    @property
    def _kept(self) -> int:
        places = len(self.mistimed) + len(self.doubled) + len(self._misfits) + len(self._renumbered)
        return places + len(self._gaps) + len(self._starts) + len(self._heads) + len(self.renamed)

    def _is_new_break(self, finding: Finding, version: int) -> bool:
        """Whether a condition over a state is not the very one that the event which made the state breaks already."""
        evidence, place = finding.evidence, (str(finding.aggregate_id), version)
        expression = of_either(str(evidence["expression"]))
        if "state" not in evidence:
            if len(self._broken) <= MOST:
                self._broken[*place, expression] = finding.severity
            return True
        known = self._broken.get((*place, expression))
        return known is None or known < finding.severity

    def note_head(self, finding: Finding) -> None:
        """Know of a head-mismatch that is told later, once the events were seen that may explain it."""
        if finding.aggregate_id is not None and self._kept <= MOST:
            self._keep(finding, finding.aggregate_id, None)

    def _of_newest(self, finding: Finding, aggregate_id: str) -> bool:
        """Whether an aggregate's head is another because its newest event has a wrong version, which is told."""
        named, newest = finding.evidence["named_version"], finding.evidence["newest_version"]
        if not isinstance(named, int) or not isinstance(newest, int):
            return False
        low = self._lowest.get((aggregate_id, newest))
        found = (
            (aggregate_id, newest) in self._renumbered
            or (named == newest + 1 and (aggregate_id, newest) in self.doubled)
            or (low is not None and low <= named < newest)
        )
        if found:
            self._heads.pop(aggregate_id, None)
        return found

    def _of_misfits(self, finding: Finding) -> bool:
        """Whether a field is of another type only in events of which that was told one by one."""
        before, since = finding.evidence["before"], finding.evidence["since"]
        if (finding.aggregate_id, finding.version) not in self._misfits:
            return False
        assert isinstance(before, dict)
        assert isinstance(since, dict)
        others = sum(count for kind, count in since.items() if kind not in before)
        return bool(others <= len(self._misfits))

    def _keep(self, finding: Finding, aggregate_id: str, version: int | None) -> None:
        check, evidence = finding.check, finding.evidence
        if check == HeadMismatch.name:
            named, newest = evidence["named_version"], evidence["newest_version"]
            assert isinstance(named, int)
            assert newest is None or isinstance(newest, int)
            if newest is None or named > newest:
                self._heads[aggregate_id] = named, newest
        elif version is None:
            pass
        elif BELONGS in evidence:
            self._keep_stray(finding, aggregate_id, version)
        elif check == TimeBackwards.name:
            self.mistimed |= {(aggregate_id, version), (aggregate_id, version - 1)}
        elif check in (ReducerFailed.name, SchemaViolation.name):
            self._misfits.add((aggregate_id, version))
        elif check == EventIdDuplicate.name and "first" in evidence:
            self._keep_renamed(finding, aggregate_id)
        elif check == VersionDuplicate.name:
            self.doubled.add((aggregate_id, version))
        elif check == VersionStart.name and isinstance(finding.position, int):
            self._starts.append((aggregate_id, version, finding.position))
        elif check == VersionGap.name and "belongs_to" in evidence:
            self._renumbered.add((aggregate_id, version))
            if evidence["belongs_to"] == 0:
                self._beginnings.add(aggregate_id)
        elif check == VersionGap.name and isinstance(finding.position, int):
            low, high = evidence["missing_from"], evidence["missing_to"]
            assert isinstance(low, int)
            assert isinstance(high, int)
            self._gaps.append((aggregate_id, low, high, finding.position))
            self._lowest[aggregate_id, version] = low

    def _keep_stray(self, finding: Finding, aggregate_id: str, version: int) -> None:
        """Know of an event that is in a wrong aggregate: nothing is missing before it, and what it left is not news."""
        self.mistimed |= {(aggregate_id, version), (aggregate_id, version - 1)}
        self.doubled.add((aggregate_id, version))
        place = finding.evidence[BELONGS]
        assert isinstance(place, dict)
        owner, left = place["aggregate_id"], place["version"]
        assert isinstance(owner, str)
        assert isinstance(left, int)
        self.places |= {(owner, left), (owner, left + 1)}
        self._heads.pop(owner, None)

    def _keep_renamed(self, finding: Finding, aggregate_id: str) -> None:
        first = finding.evidence["first"]
        assert isinstance(first, dict)
        places = {str(first["aggregate_id"]): first["position"], aggregate_id: finding.position}
        self.renamed.append({owner: at for owner, at in places.items() if isinstance(at, int)})

    def absences(self, first: int, position_of: PositionOf) -> Iterator[Absence]:
        """The events that are known to be missing; aggregates usually begin at the version `first`."""
        for aggregate_id, low, high, before in self._gaps:
            yield Absence(aggregate_id, position_of(aggregate_id, low - 1), before, high - low + 1)
        for aggregate_id, version, before in self._starts:
            if version > first:
                yield Absence(aggregate_id, None, before, version - first)
        for aggregate_id, (named, newest) in self._heads.items():
            if newest is None:
                yield Absence(aggregate_id, None, None, named - first + 1)
            else:
                yield Absence(aggregate_id, position_of(aggregate_id, newest), None, named - newest)
