"""Collects cyclic garbage at safe moments only.

Python's collector runs whenever enough was allocated, on any thread: on the worker it would destroy Qt objects there,
and on the GUI thread in the midst of Qt walking over them. While a window is open it runs on a timer of the GUI thread.
What was there before the first window, all modules above all, is not walked over; long lists go piece by piece.
"""

from __future__ import annotations

import atexit
import gc
from collections import deque
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from esviewer.gui.motion import at_rest

_EVERY_MS: Final = 100
"""Often, so that each collection has little to do."""
_YOUNG: Final = 200
"""How many young objects make a collection worth its time."""
_MANY: Final = 10_000
"""How many are worth a part of a frame's time though the playhead moves: a collection of them takes 2 to 3 ms."""

_AT_ONCE: Final = 2_000
"""Things of a long list that are let go in one turn: that takes a few milliseconds."""

_dropped: deque[list[Any]] = deque()
"""Lists that nobody else has any longer."""


def drop(things: list[Any]) -> None:
    """Let go of a list that may be long, which nobody may use from now on: all at once would hold up the window."""
    if len(things) > _AT_ONCE and GarbageCollector.running():
        _dropped.append(things)


class GarbageCollector(QObject):
    """Takes over from Python's collector until `stop()`."""

    _running = 0
    _frozen = False

    @classmethod
    def running(cls) -> bool:
        """Whether there is a window."""
        return cls._running > 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        if not GarbageCollector._frozen:
            # What stands before the first window is the program itself, which stays until its end.
            gc.freeze()
            atexit.register(gc.unfreeze)  # libraries look at the very end whether all of theirs has gone
            GarbageCollector._frozen = True
        GarbageCollector._running += 1
        gc.disable()
        self._all_wanted = False
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        if _dropped:
            del _dropped[0][-_AT_ONCE:]
            if not _dropped[0]:
                _dropped.popleft()
        elif self._all_wanted:
            self._all_wanted = False
            gc.collect()
        else:
            self._collect_young()

    def _collect_young(self) -> None:
        if gc.get_count()[0] <= (_YOUNG if at_rest() else _MANY):
            return
        # The oldest generation holds the histories that are open; walking over it would hold up the window.
        gc.collect(1)

    def collect_all_soon(self) -> None:
        """Collect everything in one of the next turns; after a store was closed."""
        self._all_wanted = True

    def stop(self) -> None:
        """Hand back to Python's collector when no other window needs this."""
        if self._timer.isActive():
            self._timer.stop()
            GarbageCollector._running -= 1
            if not self.running():
                _dropped.clear()
                gc.enable()
            gc.collect()
