"""Which of the events that two readings share are still in order, and which were moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esviewer.audit.seals.places import Place


@dataclass(slots=True)
class Run:
    """Neighbours that are neighbours in both readings: from index `old` in the one and `new` in the other."""

    old: int
    new: int
    length: int
    first: Place
    last: Place


class Runs:
    """The runs of what two readings share, as it is found."""

    def __init__(self) -> None:
        self.all: list[Run] = []

    def add(self, old: int, new: int, place: Place) -> None:
        """One event is at index `old` of the one reading and `new` of the other."""
        if self.all:
            run = self.all[-1]
            if run.old + run.length == old and run.new + run.length == new:
                run.length += 1
                run.last = place
                return
        self.all.append(Run(old, new, 1, place, place))

    def alike(self) -> bool:
        """Whether every event is at the same index in both."""
        return all(run.old == run.new for run in self.all)

    def moved(self) -> list[Run]:
        """The fewest events that must have been moved, as runs in the order of the first reading."""
        runs = sorted(self.all, key=lambda run: run.new)
        kept = _heaviest(runs)
        return sorted((run for index, run in enumerate(runs) if index not in kept), key=lambda run: run.old)


def _heaviest(runs: Sequence[Run]) -> set[int]:
    """The indexes of the runs, given by `new`, that ascend in `old` and have the most events together."""
    ranks = {old: rank for rank, old in enumerate(sorted(run.old for run in runs), 1)}
    # A tree of prefixes that holds, for each rank, the best sum that ends there and the run it ends with.
    best: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)
    before: list[int] = []
    top = (0, -1)
    for index, run in enumerate(runs):
        rank = ranks[run.old]
        found = (0, -1)
        at = rank - 1
        while at > 0:
            found = max(found, best[at])
            at -= at & -at
        before.append(found[1])
        mine = (found[0] + run.length, index)
        top = max(top, mine)
        at = rank
        while at < len(best):
            best[at] = max(best[at], mine)
            at += at & -at
    kept: set[int] = set()
    index = top[1]
    while index >= 0:
        kept.add(index)
        index = before[index]
    return kept
