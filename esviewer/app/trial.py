"""Rules tried out: one aggregate rebuilt in memory with them, while another reducer stays in use."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from esviewer.app.snapshot_comparison import SnapshotComparison
from esviewer.app.view import AggregateView
from esviewer.model.event import AggregateSummary
from esviewer.replay.history import BUDGET
from esviewer.replay.reducer import Reducer
from esviewer.stores.store import Store
from esviewer.work import Work

SNAPSHOTS_TRIED = 200
"""How many of the newest snapshots are compared."""


@dataclass(frozen=True, slots=True)
class SkippedKind:
    """Events skipped for one reason: how many, and the version of the first."""

    reason: str
    count: int
    first: int


class Trial:
    """One thread at a time builds it and asks its view for states; `len(view)` may be read from any."""

    def __init__(self, store: Store, summary: AggregateSummary, reducer: Reducer) -> None:
        self.reducer = reducer
        self.view = AggregateView(store, summary, reducer, budget=BUDGET // 4)
        self.snapshots = SnapshotComparison(store, self.view, newest=SNAPSHOTS_TRIED)
        self.skipped: tuple[SkippedKind, ...] = ()
        """Why events were skipped, the commonest reason first; known when it is complete."""
        self._has_snapshots = store.has_snapshots

    @property
    def complete(self) -> bool:
        """Whether all events are in and all is compared."""
        return self.view.complete and (self.snapshots.complete or not self._has_snapshots)

    def advance(self, seconds: float, work: Work | None = None) -> bool:
        """Go on for about so long; returns whether it is complete."""
        ends = time.monotonic() + seconds
        if not self.view.complete:
            if not self.view.advance(seconds, work):
                return False
            self.skipped = self._kinds(work)
        left = ends - time.monotonic()
        if left > 0 and self._has_snapshots:
            self.snapshots.advance(left, work)
        return self.complete

    def look_again(self, work: Work | None = None) -> bool:
        """Whether events have come since it was complete; `advance` then takes them in."""
        if not self.view.look_again(work):
            return False
        self.snapshots.look_again()
        return True

    def _kinds(self, work: Work | None) -> tuple[SkippedKind, ...]:
        view, skipped = self.view, self.view.history.skipped()
        rows = np.searchsorted(view.versions, np.fromiter(skipped, np.int64, len(skipped)))
        codes = view.type_codes[rows].tolist()
        types = view.types
        kinds: dict[tuple[str, int], list[int]] = {}
        for (version, reason), code in zip(skipped.items(), codes, strict=True):
            # The first version, and how many.
            entry = kinds.setdefault((reason, code), [version, 0])
            entry[1] += 1
        if work is not None:
            work.check()
        named = (
            SkippedKind(reason if types[code] in reason else f"{types[code]}: {reason}", count, first)
            for (reason, code), (first, count) in kinds.items()
        )
        return tuple(sorted(named, key=lambda kind: (-kind.count, kind.first)))
