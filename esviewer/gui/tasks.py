"""Work off the GUI thread: one worker thread, results delivered on the GUI thread, the latest request wins."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from esviewer.errors import CancelledError, EsviewerError, StoreError
from esviewer.gui.fixed_words import progress
from esviewer.gui.live import now
from esviewer.model.instant import Instant
from esviewer.work import Progress, Work

PROGRESS_AFTER = 0.3
"""Seconds after which a piece of work shows its progress."""


SINCE_AFTER = 2.0
"""Seconds after which it is told since when it runs, and it can be given up."""
PATIENCE = 0.5
"""Seconds for which the end of a worker is waited for: what waits for a server that hangs ends later, by itself."""

FRAME = 1 / 60
"""Seconds for which a screen shows one picture."""


class _Task:
    __slots__ = ("begun", "failure", "function", "paced", "since", "slot", "success", "told", "work")

    def __init__(
        self,
        function: Callable[[Work], Any],
        success: Callable[[Any], None] | None,
        failure: Callable[[EsviewerError], None] | None,
        slot: str,
        paced: bool,
    ) -> None:
        self.function = function
        self.success = success
        self.failure = failure
        self.slot = slot
        self.paced = paced
        self.begun: float | None = None
        self.since: Instant | None = None
        self.told: deque[Progress] = deque(maxlen=1)
        """How far it said that it is, last."""
        # Nothing of the task itself, or both would be a circle, and keep what they know until garbage is collected.
        self.work = Work(self.told.append)


class Tasks(QObject):
    """Runs functions on one worker thread, in order; callbacks run on the GUI thread, none after `close()`."""

    _finished = Signal(object)
    progressed = Signal(object)
    """A `Progress` of the running work once it takes long, None when nothing does."""
    failed = Signal(object)
    """An error that the task itself did not handle: an EsviewerError."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="esviewer-store")
        self._tasks: list[_Task] = []
        self._closed = False
        # The signal is emitted on the worker; a bound method of a QObject, queued, runs on the GUI thread.
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._show_progress)
        self._shown = False
        self.since: Instant | None = None
        """Since when that runs of which `progressed` told last, once it takes very long."""
        self._paced_at = 0.0
        self._held: list[tuple[_Task, Any, BaseException | None]] = []
        """Results that wait for the next frame."""
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._deliver_held)

    def run(
        self,
        function: Callable[[Work], Any],
        success: Callable[[Any], None] | None = None,
        failure: Callable[[EsviewerError], None] | None = None,
        *,
        slot: str = "",
        paced: bool = False,
    ) -> None:
        """Run `function(work)`; a later task of the same `slot` cancels this one, and its result is dropped.

        What is `paced` is delivered no sooner than a frame after another one that was.
        """
        if self._closed:
            return
        if slot:
            self.cancel(slot)
        task = _Task(function, success, failure, slot, paced)
        self._tasks.append(task)
        self._timer.start()
        self._pool.submit(self._work, task)

    def cancel(self, slot: str) -> bool:
        """Cancel the tasks of a slot; returns whether there were any."""
        found = [task for task in self._tasks if task.slot == slot and not task.work.cancelled]
        for task in found:
            task.work.cancel()
        return bool(found)

    def give_up(self) -> None:
        """Wait no longer for what is waiting or running: it ends as if the store could not be read, at once."""
        found = [task for task in self._tasks if not task.work.cancelled]
        for task in found:
            task.work.cancel()
        self._show_progress()
        for task in found:
            self._fail(task, StoreError(self.tr("It was stopped before the store had answered.")))

    def at(self, slot: str) -> bool:
        """Whether a task of a slot is waiting or running."""
        return any(task.slot == slot and not task.work.cancelled for task in self._tasks)

    @property
    def busy(self) -> bool:
        """Whether any task is waiting or running."""
        return bool(self._tasks)

    def give_way(self, seconds: float) -> None:
        """On the worker: leave the interpreter to the GUI thread for so long, or until another task is waiting."""
        ends = time.monotonic() + seconds
        while len(self._tasks) < 2 and time.monotonic() < ends:
            time.sleep(0.002)

    def _work(self, task: _Task) -> None:
        task.begun, task.since = time.monotonic(), now()
        result: Any = None
        error: BaseException | None = None
        try:
            task.work.check()
            result = task.function(task.work)
        except BaseException as caught:
            error = caught
        if not self._closed:
            self._finished.emit((task, result, error))
        # An error knows this frame: without these, circles would keep states until garbage is collected.
        del task, result, error

    def _deliver(self, finished: tuple[_Task, Any, BaseException | None]) -> None:
        if self._closed:
            return
        task, result, error = finished
        if task.paced and not task.work.cancelled:
            left = self._paced_at + FRAME - time.monotonic()
            if left > 0:
                self._held.append(finished)
                self._frame.start(max(1, round(left * 1000)))
                return
            self._paced_at = time.monotonic()
        self._tasks.remove(task)
        if not self._tasks:
            self._timer.stop()
            self._show_progress()
        if task.work.cancelled or isinstance(error, CancelledError):
            return
        if error is None:
            if task.success is not None:
                task.success(result)
        elif isinstance(error, EsviewerError):
            self._fail(task, error)
        else:
            self.failed.emit(EsviewerError(f"{type(error).__name__}: {error}", self.tr("This is a fault of esviewer.")))
            raise error

    def _fail(self, task: _Task, error: EsviewerError) -> None:
        if task.failure is not None:
            task.failure(error)
        else:
            self.failed.emit(error)

    def _deliver_held(self) -> None:
        held, self._held = self._held, []
        for finished in held:
            self._deliver(finished)

    def _show_progress(self) -> None:
        clock = time.monotonic()
        for task in self._tasks:
            if task.begun is not None and clock - task.begun > PROGRESS_AFTER and not task.work.cancelled:
                self._shown = True
                self.since = task.since if clock - task.begun > SINCE_AFTER else None
                told = [*task.told]
                self.progressed.emit(progress(told[0]) if told else Progress(self.tr("Reading the store"), 0, None))
                return
        if self._shown:
            self._shown = False
            self.progressed.emit(None)

    def close(self, last: Callable[[], None] | None = None) -> None:
        """Cancel all work, and have the thread run `last` and end; it is waited for, but not long."""
        if self._closed:
            return
        self._closed = True
        self._timer.stop()
        self._frame.stop()
        self._held.clear()
        for task in self._tasks:
            task.work.cancel()
        if last is not None:
            self._pool.submit(last)
        over = threading.Event()
        self._pool.submit(over.set)
        self._pool.shutdown(wait=False)
        over.wait(PATIENCE)
        self._tasks.clear()
