"""New events are looked for again and again: soon after some came, seldom when none do, and on after errors."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from esviewer.app.tail import LATE, SOON
from esviewer.errors import EsviewerError
from esviewer.gui.times import shown_time
from esviewer.model.instant import Instant

_BUSY: Final = 250
"""Milliseconds until it is looked again after nobody could."""
LATEST: Final = 30.0
"""Seconds between two tries while the store can't be read, at most."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The store can't be read."""

    error: EsviewerError
    since: Instant
    next: Instant
    """When it is tried again."""


class Live(QObject):
    """What all that looks for new events of one open store has in common: whether it does, and since when."""

    changed = Signal()
    """It was paused, goes on, has trouble, or has it no longer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.paused = False
        self.since = now()
        """Since when new events are looked for, or not any longer."""
        self._pulses: list[Pulse] = []

    @property
    def trouble(self) -> Trouble | None:
        """What keeps it from being done; the first trouble of several."""
        found = [each.trouble for each in self._pulses if each.trouble is not None]
        return min(found, key=lambda each: each.since.ns) if found else None

    def toggle(self) -> None:
        """Look no longer, or look again."""
        self.paused = not self.paused
        self.since = now()
        for pulse in self._pulses:
            pulse.look_soon()
        self.changed.emit()

    def try_now(self) -> None:
        """Look at once, whatever was the matter."""
        for pulse in self._pulses:
            pulse.look_now()

    def join(self, pulse: Pulse) -> None:
        """Speak for one more that looks."""
        self._pulses.append(pulse)


class Pulse(QObject):
    """Says when to look; whoever looks answers by `came`, `failed` or `busy`."""

    beat = Signal()
    """It is time to look."""

    def __init__(self, live: Live, parent: QObject) -> None:
        super().__init__(parent)
        self.trouble: Trouble | None = None
        self._live = live
        self._on = False
        self._pause = SOON
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._beat)
        live.join(self)

    def start(self) -> None:
        """Look from now on."""
        self._on = True
        self.look_soon()

    def keep_on(self) -> None:
        """Look from now on, unless that is so already."""
        if not self._on:
            self.start()

    def stop(self) -> None:
        """Look no longer."""
        self._on = False
        self._timer.stop()
        self.answered()

    def look_soon(self) -> None:
        """Look in a moment, however long nothing came."""
        self._pause = SOON
        self._again()

    def look_now(self) -> None:
        """Look at once, unless it is paused."""
        self._timer.stop()
        self._beat()

    def _again(self) -> None:
        if self._on and not self._live.paused:
            self._timer.start(round(self._pause * 1000))
        else:
            self._timer.stop()

    def _beat(self) -> None:
        if self._on and not self._live.paused:
            self.beat.emit()

    def came(self, *, some: bool) -> None:
        """The store was read; `some`: there were new events."""
        self.answered()
        self._pause = SOON if some else min(2 * self._pause, LATE)
        self._again()

    def busy(self, *, soon: bool = False) -> None:
        """Nobody could look now; with `soon` it is tried again in a moment, as there may be a reason to look."""
        if soon and self._on and not self._live.paused:
            self._timer.start(_BUSY)
        else:
            self._again()

    def failed(self, error: EsviewerError) -> None:
        """The store could not be read."""
        self._pause = min(2 * self._pause, LATEST)
        here = now()
        since = here if self.trouble is None else self.trouble.since
        self.trouble = Trouble(error, since, Instant(here.ns + round(self._pause * 1e9), here.offset))
        self._again()
        self._live.changed.emit()

    def answered(self) -> None:
        """The store can be read."""
        if self.trouble is not None:
            self.trouble = None
            self._live.changed.emit()


def now() -> Instant:
    """This moment, in this machine's zone."""
    return Instant(time.time_ns(), time.localtime().tm_gmtoff)


def clock_text(instant: Instant) -> str:
    """The time of a moment of today, with its zone."""
    return shown_time(instant).partition(" ")[2]
