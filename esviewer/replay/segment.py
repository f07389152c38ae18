"""A stretch of a history: what its events did, packed."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import TypeAlias

from esviewer.replay.reducer import RawChange
from esviewer.replay.touched import Touched

Steps: TypeAlias = Sequence[tuple[RawChange, ...]]
"""The changes of each event of a stretch."""


class Segment:
    """Events `first` to `last` - 1, counted from 0."""

    __slots__ = ("changes", "first", "last", "packed", "touched")

    def __init__(self, first: int, steps: Steps) -> None:
        self.first = first
        self.last = first + len(steps)
        self.changes = sum(map(len, steps))
        """How many changes its events made in all."""
        self.touched = Touched(steps)
        self.packed: bytes | None = pack(steps)
        """None once it was given up to save memory; replay brings it back."""


def pack(steps: Steps) -> bytes:
    """Changes as bytes: a tenth of their size as objects.

    Python's own format serves because it keeps every type, and because these bytes never leave the process: nothing
    that came from outside is ever unpacked.
    """
    return pickle.dumps(steps, protocol=5)


def unpack(packed: bytes) -> Steps:
    """What `pack` packed."""
    steps: Steps = pickle.loads(packed)  # noqa: S301 - made by `pack` in this process
    return steps
