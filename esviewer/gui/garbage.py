"""Collects cyclic garbage at safe moments only.

Python's collector runs whenever enough was allocated, on any thread: on the worker it would destroy Qt objects there,
and on the GUI thread in the midst of Qt walking over them. While a window is open it runs on a timer of the GUI thread.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100
"""Often, so that each collection has little to do and no frame has to wait for it."""
_SELDOM_MS = 2000
"""The pause after a collection that took long though it came soon: large states come and go, and it walks over them."""
_LONG = 0.006
"""Seconds that a frame can spare."""
_YOUNG = 200
"""How many young objects make a collection worth its time."""


class GarbageCollector(QObject):
    """Takes over from Python's collector until `stop()`."""

    _running = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        GarbageCollector._running += 1
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect_young)
        self._timer.start()

    def _collect_young(self) -> None:
        # The oldest generation holds the histories that are open; walking over it would hold up the window.
        if gc.get_count()[0] > _YOUNG:
            begun = time.perf_counter()
            gc.collect(1)
            long = time.perf_counter() - begun > _LONG
            self._timer.setInterval(_SELDOM_MS if long and self._timer.interval() == _EVERY_MS else _EVERY_MS)

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
