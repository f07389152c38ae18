"""What is not needed at the start is loaded once the window is there, so that rooms are entered quickly.

A window shows sooner without it, and would stand still for a moment where it is loaded when it is wanted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Final

_PAUSE: Final = 0.02
"""Seconds between two modules, in which the interpreter is the window's."""


def preload(modules: Sequence[str]) -> threading.Thread:
    """Import modules one after the other on a thread that ends with the program."""
    thread = threading.Thread(target=_load, args=(tuple(modules),), name="esviewer-preload", daemon=True)
    thread.start()
    return thread


def _load(modules: tuple[str, ...]) -> None:
    for name in modules:
        import_module(name)
        time.sleep(_PAUSE)
