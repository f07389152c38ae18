"""Whether the playhead moves: what can wait does so then, for a frame has a sixtieth of a second."""

from __future__ import annotations

import time
from typing import Final

STILL: Final = 0.3
"""Seconds without a frame after which the playhead has come to rest."""

_moved = 0.0


def moving() -> None:
    """Say that the playhead moves, frame by frame."""
    global _moved
    _moved = time.monotonic()


def at_rest() -> bool:
    """Whether the playhead has come to rest; any thread may ask."""
    return time.monotonic() - _moved >= STILL
