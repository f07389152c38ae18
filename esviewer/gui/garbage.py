"""Collects cyclic garbage at safe moments only.

Python's collector runs whenever enough was allocated, on any thread: on the worker it would destroy Qt objects there,
and on the GUI thread in the midst of Qt walking over them. While a window is open it runs on a timer of the GUI thread.
"""

from __future__ import annotations

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 100
"""Often, so that each collection has little to do."""
_YOUNG: Final = 200
"""How many young objects make a collection worth its time."""
_STILL: Final = 0.3
"""Seconds without a frame after which the playhead has come to rest: no frame waits for a collection then."""
_LATEST: Final = 30.0
"""Seconds after which garbage is collected though the playhead still moves."""

_moved = 0.0


def moving() -> None:
    """Say that the playhead moves, frame by frame: collections wait until it rests."""
    global _moved
    _moved = time.monotonic()


class GarbageCollector(QObject):
    """Takes over from Python's collector until `stop()`."""

    _running = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        GarbageCollector._running += 1
        gc.disable()
        self._collected = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect_young)
        self._timer.start()

    def _collect_young(self) -> None:
        now = time.monotonic()
        if gc.get_count()[0] <= _YOUNG or (now - _moved < _STILL and now - self._collected < _LATEST):
            return
        self._collected = now
        # The oldest generation holds the histories that are open; walking over it would hold up the window.
        gc.collect(1)

    def collect_all_soon(self) -> None:
        """Collect everything once the event loop is idle; after a store was closed."""
        QTimer.singleShot(0, self._collect_all)

    def _collect_all(self) -> None:
        gc.collect()

    def stop(self) -> None:
        """Hand back to Python's collector when no other window needs this."""
        if self._timer.isActive():
            self._timer.stop()
            GarbageCollector._running -= 1
            gc.collect()
            if not GarbageCollector._running:
                gc.enable()
