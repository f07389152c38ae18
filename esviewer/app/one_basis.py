"""Two states that are to be compared, rebuilt on the same basis: else a wrong snapshot would pass for events' doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from esviewer.model.rebuilt import RebuiltState

Place: TypeAlias = tuple[str, int]
"""An aggregate's id and a version."""
Rebuild: TypeAlias = Callable[[bool, int | None], RebuiltState]
"""Rebuilds one of the two: whether from a snapshot, and from none later than which version."""


def on_one_basis(
    first: Place, second: Place, rebuild_first: Rebuild, rebuild_second: Rebuild, *, use_snapshots: bool
) -> tuple[RebuiltState, RebuiltState]:
    """Both states: of one aggregate from one snapshot that is not later than either of them, or both from nothing.

    Of two aggregates each starts from a snapshot of its own, or neither does.
    """
    until = min(first[1], second[1]) if first[0] == second[0] else None
    old, new = rebuild_first(use_snapshots, until), rebuild_second(use_snapshots, until)
    if (old.rebuilt.snapshot_version is None) is (new.rebuilt.snapshot_version is None):
        return old, new
    if new.rebuilt.snapshot_version is None:
        return rebuild_first(False, None), new
    return old, rebuild_second(False, None)
