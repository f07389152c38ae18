"""Positions that no event has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.absent import Absence, explained
from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity

_KEPT = 1_000_000
_SHOWN = 5
_BEFORE = 10
"""How many times the number of all positions may be missing before the first, so that they count as missing."""


class PositionGap(Described):
    """Finds whole numbers that are missing among the positions of all events.

    Few gaps are told one by one. Where there are more than `most`, as sequences of databases leave them all the time,
    those of at least `wide` positions are told, the widest of them if these are too many, and the others in one line.
    """

    name = "position-gap"
    severity = Severity.INFO
    looks_for = "Whole numbers missing among the positions of all events, unless missing versions account for them."
    why = "Events may have been deleted where no version shows it; or a transaction was rolled back, which is harmless."
    todo = "Compare with a backup or a seal; ask what ran at the time of the events around the gap."
    options = {"most": 20, "wide": 10}

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._last: int | None = None
        self._positions = 0
        self._gaps: list[NDArray[np.int64]] = []
        self._kept = 0
        self.count = 0
        """How many gaps there are."""

    def start_after(self, position: int) -> None:
        """Say that the first positions looked at are those after this one."""
        self._last = position

    def look(self, positions: NDArray[np.int64]) -> None:
        """Look at the next positions, ascending."""
        if not len(positions):
            return
        # What is numbered from one on lacks what comes before the first.
        last = min(0, int(positions[0])) if self._last is None else self._last
        before = np.concatenate([[np.int64(last)], positions[:-1]])
        at = np.flatnonzero(positions - before > 1)
        if len(at):
            self.count += len(at)
            kept = at[: max(0, _KEPT - self._kept)]
            self._gaps.append(np.stack([before[kept] + 1, positions[kept] - 1], axis=1))
            self._kept += len(kept)
        self._positions += len(positions)
        self._last = int(positions[-1])

    @property
    def counted(self) -> bool:
        """Whether the positions count events at all: those drawn otherwise have gaps everywhere."""
        return self.count * 2 <= self._positions

    def found(self, absences: Sequence[Absence]) -> Iterator[Finding]:
        """The gaps that no absence accounts for."""
        if not self._gaps or not self.counted:
            return
        gaps = np.concatenate(self._gaps)
        if gaps[0, 0] == 1 and gaps[0, 1] > _BEFORE * self._positions:
            gaps = gaps[1:]  # numbers that begin somewhere else
        left = gaps[:, 1] - gaps[:, 0] + 1
        if absences:
            left = left - np.array(explained([(int(low), int(high)) for low, high in gaps], absences), dtype=np.int64)
        told = np.flatnonzero(left > 0 if self.since is None else (left > 0) & (gaps[:, 1] > self.since))
        rest = told[:0]
        if len(told) > self.option["most"]:
            widest = told[np.argsort(-left[told], kind="stable")][: self.option["most"]]
            chosen = widest[left[widest] >= self.option["wide"]]
            rest = np.setdiff1d(told, chosen)
            told = np.sort(chosen)
        for index in told:
            yield self._gap(int(gaps[index, 0]), int(gaps[index, 1]), int(left[index]))
        if len(rest):
            yield self._others(gaps[rest], left[rest], bool(len(told)))

    def _gap(self, low: int, high: int, left: int) -> Finding:
        evidence = {"missing_from": low, "missing_to": high, "missing": left}
        message = f"Position {low} is missing." if low == high else f"Positions {low} to {high} are missing."
        accounted = high - low + 1 - left
        if accounted:
            message = f"Positions {low} to {high} are missing; missing versions account for {accounted:,} of them."
        return self.finding(message, position=low, evidence=evidence)

    def _others(self, gaps: NDArray[np.int64], left: NDArray[np.int64], further: bool) -> Finding:
        widest = np.argsort(-left, kind="stable")[:_SHOWN]
        uncounted = self.count - self._kept
        total, number, most = f"{int(left.sum()):,}", f"{len(gaps):,}", f"{int(left.max()):,}"
        message = f"{total} positions are missing in {number} gaps of at most {most}."
        if further:
            message = f"{total} further positions are missing in {number} gaps of at most {most}."
        if uncounted:
            rest = f"{uncounted:,} gaps after position {int(gaps[-1, 1])} were not looked at."
            message = f"{message} {rest}"
        evidence = {
            "gaps": len(gaps),
            "missing": int(left.sum()),
            "first": gaps[:_SHOWN].tolist(),
            "widest": gaps[np.sort(widest)].tolist(),
        }
        return self.finding(message, evidence=evidence, subject="others")
