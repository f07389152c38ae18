"""Which findings are shown, and in which order; for a worker, in pieces that let the window draw in between."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from esviewer.audit.finding import Finding, Severity
from esviewer.work import Work

SEVERITY, CHECK, AGGREGATE, VERSION, POSITION, TIME, MESSAGE = range(7)
"""Columns."""
_AT_ONCE: Final = 2_000
"""Rows sorted in one go: that takes about a millisecond, in which nothing else runs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown."""

    severities: frozenset[Severity] = frozenset(Severity)
    check: str | None = None
    """Only this one; None: all."""
    text: str = ""
    """Only aggregates with this in their id or type, in any case."""
    accepted: bool = False
    """Whether accepted findings are shown too."""

    def test(self) -> Callable[[Finding, int], bool]:
        """What tells whether a finding, accepted (1) or not (0), is to be shown."""
        severities, check, needle, with_accepted = self.severities, self.check, self.text.casefold(), self.accepted

        def fits(finding: Finding, accepted: int) -> bool:
            if finding.severity not in severities or (accepted and not with_accepted):
                return False
            if check is not None and finding.check != check:
                return False
            if not needle:
                return True
            return (
                needle in (finding.aggregate_id or "").casefold() or needle in (finding.aggregate_type or "").casefold()
            )

        return fits


@dataclass(frozen=True, slots=True)
class Order:
    """By which column; None: as the findings were made."""

    column: int | None = None
    descending: bool = False


def time_of(finding: Finding) -> str:
    """The time of what was found, where the evidence has it."""
    found = finding.evidence.get("timestamp")
    return found if isinstance(found, str) else ""


def _number(value: object) -> tuple[int, Any]:
    """Numbers before texts, and nothing first."""
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, int) else (2, str(value))


_KEYS: Final[dict[int, Callable[[Finding], Any]]] = {
    SEVERITY: lambda finding: -finding.severity,
    CHECK: lambda finding: finding.check,
    AGGREGATE: lambda finding: (finding.aggregate_id or "", _number(finding.version)),
    VERSION: lambda finding: _number(finding.version),
    POSITION: lambda finding: _number(finding.position),
    TIME: time_of,
    MESSAGE: lambda finding: finding.message,
}
"""What findings are sorted by: the worst first."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Some of all findings: their places, they themselves, and how many there are by check and severity."""

    places: list[int]
    findings: list[Finding]
    counts: Counter[tuple[str, Severity]]


def picked(findings: Sequence[Finding], accepted: bytes, places: Sequence[int], are: bool, work: Work) -> Picked:
    """Those at some places that are accepted, or those that `are` not."""
    fitting = []
    for start in range(0, len(places), _AT_ONCE):
        work.check()
        fitting += [place for place in places[start : start + _AT_ONCE] if accepted[place] == are]
    found = [findings[place] for place in fitting]
    return Picked(fitting, found, Counter((each.check, each.severity) for each in found))


def arranged(
    findings: Sequence[Finding], accepted: bytearray, count: int, wanted: Wanted, order: Order, work: Work
) -> list[int]:
    """The places of the findings to be shown among the first `count`; both lists may grow meanwhile."""
    fits = wanted.test()
    shown = []
    for start in range(0, count, _AT_ONCE):
        work.check()
        end = min(count, start + _AT_ONCE)
        shown += [place for place in range(start, end) if fits(findings[place], accepted[place])]
    if order.column is None:
        return shown[::-1] if order.descending else shown
    key = _KEYS[order.column]

    def key_at(place: int) -> Any:
        return key(findings[place])

    # Sorting in one go would keep the window from drawing for as long as it takes; so do parts that are merged. Keys
    # are made anew where they are compared: kept ones would be so many objects for the garbage collector to look at.
    pieces = []
    for start in range(0, len(shown), _AT_ONCE):
        work.check()
        pieces.append(sorted(shown[start : start + _AT_ONCE], key=key_at, reverse=order.descending))
    found = []
    for number, place in enumerate(heapq.merge(*pieces, key=key_at, reverse=order.descending)):
        if number % _AT_ONCE == 0:
            work.check()
        found.append(place)
    return found
