"""Whether stored snapshots say the same as an answer that was replayed from nothing."""

from __future__ import annotations

from dataclasses import dataclass

from esviewer.app.snapshot_comparison import SnapshotComparison
from esviewer.app.view import AggregateView
from esviewer.model.change import pointer
from esviewer.stores.store import Store
from esviewer.work import Work

ASKED = 50
"""How many of an aggregate's newest snapshots are compared with the replay before a question is answered."""

_PATHS = 3


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What an aggregate's newest snapshots say to a replay."""

    compared: int
    """Those that could be read and that the replay reached."""
    differing: tuple[int, ...]
    """The versions of those that say something else, ascending."""
    paths: tuple[str, ...]
    """JSON Pointers to what differs at the first of them, at most three."""
    paths_in_all: int
    all_compared: bool = True
    """Whether there are no older ones."""


def witnesses(store: Store, view: AggregateView, work: Work | None = None) -> Witnesses:
    """Compare the newest `ASKED` snapshots of a view that has all its events with its replay."""
    if not store.has_snapshots:
        return Witnesses(0, (), (), 0)
    comparison = SnapshotComparison(store, view, newest=ASKED)
    comparison.advance(work=work)
    found = comparison.results.values()
    differing = [each for each in found if each.verdict == "differs"]
    compared = sum(each.verdict in ("agrees", "differs") for each in found)
    if not differing:
        return Witnesses(compared, (), (), 0)
    first = differing[0]
    paths = tuple(pointer(each.path) for each in first.first[:_PATHS])
    versions = tuple(each.version for each in differing)
    return Witnesses(compared, versions, paths, first.count, len(comparison.versions) < ASKED)
