"""Whether the playhead is on its way, so that what is not for its next frame can wait or give way."""

from __future__ import annotations

import time

_moved = 0.0


def note_move() -> None:
    """Say that the playhead has moved just now."""
    global _moved
    _moved = time.monotonic()


def rested() -> float:
    """Seconds since the playhead moved."""
    return time.monotonic() - _moved
