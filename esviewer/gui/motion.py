"""Whether the playhead moves: what can wait does so then, for a frame has a sixtieth of a second."""

from __future__ import annotations

import time
from typing import Final

STILL: Final = 0.3
"""Seconds without a frame after which the playhead has come to rest."""

_before = _moved = 0.0


def moving() -> None:
    """Say that the playhead moves, frame by frame."""
    global _before, _moved
    _before, _moved = _moved, time.monotonic()


def on_the_way() -> bool:
    """Whether the playhead goes from one place to the next, as in a drag: a single step is none."""
    return not at_rest() and _moved - _before < STILL


def at_rest() -> bool:
    """Whether the playhead has come to rest; any thread may ask."""
    return time.monotonic() - _moved >= STILL
