"""Keeping Python's cycle collector from looking at the many values of a store, which can hold no cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 20_000
"""More than the objects of a few batches of events; by itself Python collects after 700."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cycle collection within the block: rows and decoded JSON have none, and it would look at each of them."""
    paused = gc.isenabled()
    if paused:
        gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def patient_collector() -> None:
    """Have the collector wait until there are more new objects than those that reading makes and lets go of."""
    young, *older = gc.get_threshold()
    if 0 < young < _YOUNG:
        gc.set_threshold(_YOUNG, *older)
