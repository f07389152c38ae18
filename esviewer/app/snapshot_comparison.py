"""Every stored snapshot of one aggregate, compared with the replay, a few at a time."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from esviewer.app.screen import HEAD, Screen
from esviewer.app.view import AggregateView
from esviewer.diff.agreement import alike
from esviewer.diff.compare import compare
from esviewer.model.change import Change, Path
from esviewer.model.exactjson import scalar_text
from esviewer.model.values import MISSING, Value
from esviewer.stores.store import Store
from esviewer.work import Work

Verdict: TypeAlias = Literal["agrees", "differs", "unreadable", "beyond", "not rebuilt"]
"""`beyond`: its version is newer than the newest event, so that there is nothing to compare it with.

`not rebuilt`: the replay has no state at its version, because of the reducer.
"""

_FIRST = 3
_LONGEST = 200


class Sized(str):
    """A container that is too large for a table, as its size."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that differs, and both values in short."""

    path: Path
    replayed: Value
    stored: Value
    """MISSING where there is none; containers are Sized, texts cut."""

    def texts(self, screen: Screen, of: str | None) -> tuple[str, str, str]:
        """The path as a JSON Pointer and both values as they are shown, "" where there is none."""
        return (
            screen.pointer(self.path, of),
            _text(screen, self.replayed, self.path, of),
            _text(screen, self.stored, self.path, of),
        )


@dataclass(frozen=True, slots=True)
class SnapshotResult:
    """How one snapshot compares; `count` is how many paths differ and `first` the first of them."""

    version: int
    verdict: Verdict
    count: int = 0
    first: tuple[Difference, ...] = ()
    reason: str = ""
    """Why it is unreadable."""


class SnapshotComparison:
    """Compares the snapshots of a view that is complete; one thread at a time advances it."""

    def __init__(self, store: Store, view: AggregateView, *, newest: int | None = None) -> None:
        """`newest`: only so many of the newest snapshots are compared."""
        self.view = view
        self.results: dict[int, SnapshotResult] = {}
        """By version; in the order of versions once `complete`."""
        self.versions: list[int] = []
        """Of the snapshots that are or will be compared, ascending."""
        self.complete = False
        self.seen = 0
        """How many events the view had when the last were compared."""
        self._store = store
        self._newest = newest
        self._todo: list[int] | None = None

    def look_again(self) -> None:
        """Have `advance` look for snapshots that came since; what was compared with an event's state stays."""
        self.complete = False
        self._todo = None

    def advance(self, seconds: float | None = None, work: Work | None = None) -> bool:
        """Compare for about so long (all without a limit), the oldest first; returns whether all are compared."""
        ends = None if seconds is None else time.monotonic() + seconds
        if self._todo is None:
            self._todo = self._listed(work)
        while self._todo:
            version = self._todo[-1]
            self.results[version] = self._compared(version, work)
            self._todo.pop()
            if work is not None:
                work.report("Comparing snapshots", len(self.versions) - len(self._todo), len(self.versions))
            if ends is not None and time.monotonic() > ends:
                break
        if not self._todo and not self.complete:
            self.results = {version: self.results[version] for version in self.versions}
            self.complete = True
            self.seen = len(self.view)
        return self.complete

    def _listed(self, work: Work | None) -> list[int]:
        """What is to be compared, the oldest last."""
        versions = self._store.snapshot_versions(self.view.summary.aggregate_id, work=work)
        self.versions = versions if self._newest is None else versions[-self._newest :]
        for version in [*self.results]:
            if self.results[version].verdict == "beyond":
                del self.results[version]
        return [version for version in reversed(self.versions) if version not in self.results]

    def _compared(self, version: int, work: Work | None) -> SnapshotResult:
        view = self.view
        if not len(view) or version > int(view.versions[-1]):
            return SnapshotResult(version, "beyond")
        if not view.has_state(version):
            return SnapshotResult(version, "not rebuilt")
        found = self.changes_at(version, work)
        if isinstance(found, str):
            return SnapshotResult(version, "unreadable", reason=found)
        if not found:
            return SnapshotResult(version, "agrees")
        return SnapshotResult(version, "differs", len(found), tuple(map(difference, found[:_FIRST])))

    def changes_at(self, version: int, work: Work | None = None) -> list[Change] | str:
        """What leads from the replayed state to the stored one, or why the snapshot can't be read.

        Numbers count by their value here: 1, 1.0 and 1.00 are one number. Where no event has this version, the state
        is that after the last event before it. Where there is no replayed state, all that is stored is new.
        """
        snapshot = self._store.snapshot(self.view.summary.aggregate_id, version, work=work)
        if snapshot is None or snapshot.version != version:
            return "it is gone"
        if snapshot.error is not None:
            return snapshot.error
        if not self.view.has_state(version):
            stored = snapshot.state
            return compare({}, stored) if isinstance(stored, dict) and stored else [Change((), MISSING, stored)]
        before = bisect_right(self.view.history.versions, version)
        replayed = self.view.history.state_after(before)
        if alike(replayed, snapshot.state):
            return []
        changes = compare(replayed, snapshot.state)
        return [change for change in changes if not alike(change.old, change.new)] or changes

    def version_before(self, version: int) -> int:
        """The newest event's version at or before one, the first where none is before it."""
        versions = self.view.versions
        return int(versions[max(0, int(np.searchsorted(versions, min(version, 1 << 62), "right")) - 1)])

    @property
    def agreeing(self) -> int:
        """How many agree so far."""
        return sum(result.verdict == "agrees" for result in [*self.results.values()])

    @property
    def first_divergence(self) -> int | None:
        """The lowest version found so far whose snapshot was read and does not agree."""
        wrong = (item.version for item in [*self.results.values()] if item.verdict in ("differs", "beyond"))
        return min(wrong, default=None)


def difference(change: Change) -> Difference:
    """A change short enough to be kept for a table."""
    return Difference(change.path, _brief(change.old), _brief(change.new))


def _brief(value: Value) -> Value:
    if isinstance(value, dict):
        return Sized("{" + f"{len(value):,}" + "}" if value else "{}")
    if isinstance(value, (list, tuple)):
        return Sized(f"[{len(value):,}]" if value else "[]")
    return value[:HEAD] if isinstance(value, str) else value


def _text(screen: Screen, value: Value, path: Path, of: str | None) -> str:
    if value is MISSING:
        return ""
    if isinstance(value, Sized):
        return value
    found = screen.glance(value, path, of)
    if found is not value and screen.masker.is_mark(found):
        return str(found)
    text = scalar_text(found[:_LONGEST] if isinstance(found, str) else found)
    return text if len(text) < _LONGEST else text[: _LONGEST - 1] + "…"
