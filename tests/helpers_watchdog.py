"""A watchdog for the GUI thread: it records every turn that takes too long, with where the thread was meanwhile."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from PySide6.QtCore import Qt, QTimer

MOST = 0.05
"""Seconds that a turn of the GUI thread may take."""
_BEAT_MS = 2
_LOOK = 0.004
_DEEPEST = 14


@dataclass
class Stall:
    """A time in which the GUI thread took nothing new on."""

    step: str
    """What was being done, as `Watchdog.step` said."""
    seconds: float
    """By the clock, without the time in which the thread could run and had no processor."""
    processor: float
    """Seconds in which the thread itself computed."""
    garbage: float = 0.0
    """Seconds of it in which garbage was collected."""
    stacks: Counter[str] = field(default_factory=Counter)
    """Where the thread was, outermost first, and how often it was seen there."""

    def __str__(self) -> str:
        told = f"{self.step}: {self.seconds * 1000:.0f} ms ({self.processor * 1000:.0f} ms of the processor"
        told += f", {self.garbage * 1000:.0f} ms of garbage)" if self.garbage else ")"
        for stack, seen in self.stacks.most_common(2):
            told += f"\n      seen {seen} times:\n" + "\n".join(f"        {line}" for line in stack.splitlines())
        return told


class Watchdog:
    """Watches the thread that enters it, which runs Qt's event loop, until it is left.

    A timer of the thread beats; another thread notes the stack whenever a beat is late. What keeps the interpreter to
    itself, as a long sort does, is noted when it lets go. Where Linux tells for how long the thread waited for a
    processor, that is taken off, so that other programs on the machine count little.
    """

    def __init__(self, most: float = MOST) -> None:
        self.most = most
        self.step = ""
        """What is being done; a stall tells it."""
        self.stalls: list[Stall] = []
        """Turns longer than `most` seconds."""
        self.longest: dict[str, Stall] = {}
        """The longest turn of each step."""
        self._thread = threading.get_ident()
        self._file: int | None = None
        self._samples: list[str] = []
        self._over = threading.Event()
        self._last = (0.0, 0.0, 0.0)
        self._garbage = self._collecting = 0.0

    def __enter__(self) -> Watchdog:
        self._thread = threading.get_ident()
        file = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        with suppress(OSError):
            self._file = os.open(file, os.O_RDONLY)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._looker = threading.Thread(target=self._look, name="watchdog", daemon=True)
        gc.callbacks.append(self._collected)
        self._last = self._now()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._over.set()
        self._looker.join()
        gc.callbacks.remove(self._collected)
        if self._file is not None:
            os.close(self._file)

    def begin(self, step: str) -> None:
        """Name what is being done from now on; the turn before belongs to what was done before."""
        self._beat()
        self.step = step

    def report(self) -> str:
        """The longest turns of all steps, the longest first, with their stacks."""
        found = sorted(self.stalls, key=lambda stall: -stall.seconds)
        return "\n".join(str(stall) for stall in found[:12]) or f"no turn over {self.most * 1000:.0f} ms"

    def _now(self) -> tuple[float, float, float]:
        waited = 0.0 if self._file is None else int(os.pread(self._file, 100, 0).split()[1]) / 1e9
        return time.monotonic(), time.thread_time(), waited

    def _beat(self) -> None:
        before, now = self._last, self._now()
        self._last = now
        samples, self._samples = self._samples, []
        garbage, self._garbage = self._garbage, 0.0
        seconds = now[0] - before[0] - (now[2] - before[2])
        known = self.longest.get(self.step)
        if seconds <= self.most and known is not None and seconds <= known.seconds:
            return
        stall = Stall(self.step, seconds, now[1] - before[1], garbage, Counter(samples))
        if known is None or seconds > known.seconds:
            self.longest[self.step] = stall
        if seconds > self.most:
            self.stalls.append(stall)

    def _look(self) -> None:
        """On a thread of its own."""
        while not self._over.wait(_LOOK):
            if time.monotonic() - self._last[0] > self.most / 4:
                frame = sys._current_frames().get(self._thread)
                self._samples.append(_told(frame))

    def _collected(self, phase: str, about: dict[str, Any]) -> None:
        del about
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = time.monotonic()
        else:
            self._garbage += time.monotonic() - self._collecting


def _told(frame: FrameType | None) -> str:
    lines: list[str] = []
    while frame is not None and len(lines) < _DEEPEST:
        code = frame.f_code
        name = "/".join(Path(code.co_filename).parts[-2:])
        lines.append(f"{name}:{frame.f_lineno} {code.co_qualname}")
        frame = frame.f_back
    return "\n".join(reversed(lines))


def resident() -> int:
    """Megabytes of memory that this process holds now."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
