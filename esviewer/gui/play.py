"""Plays an aggregate's life like a film, forwards or backwards, at a chosen rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from esviewer.app.view import AggregateView
from esviewer.gui.machine import Machine, Shown
from esviewer.gui.playhead import Playhead

FRAME_MS = 33
"""Milliseconds between two frames: what is due meanwhile is skipped."""

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Speed:
    """So many versions, or so much of the events' own time, in one second."""

    versions: int = 0
    seconds: int = 0
    """Of the events' time; 0 where versions count."""


SPEEDS = (
    *(Speed(versions) for versions in (1, 2, 5, 10, 25, 100, 1000)),
    *(Speed(seconds=seconds) for seconds in (60, _HOUR, 24 * _HOUR, 30 * 24 * _HOUR)),
)


class Play(QObject):
    """Moves the playhead while it plays; a frame is only followed by the next once its state has been shown."""

    stopped = Signal()
    """It has come to rest."""

    def __init__(
        self, playhead: Playhead, machine: Machine, parent: QObject, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds."""
        super().__init__(parent)
        self._playhead = playhead
        self._machine = machine
        self._clock = clock
        self.direction = 0
        """1 forwards, -1 backwards, 0 at rest."""
        self.speed = SPEEDS[0]
        self._begun = 0.0
        self._from = 0
        self._waiting: int | None = None
        """The row whose state has not been shown yet."""
        self._moving = False
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)
        machine.shown.connect(self._shown)
        machine.view_changed.connect(self.stop)
        machine.tasks.failed.connect(self.stop)
        playhead.moved.connect(self._moved)
        playhead.play_wanted.connect(self.toggle)
        playhead.speed_wanted.connect(self.set_speed)
        playhead.offer_speeds([(self._name(speed), speed) for speed in SPEEDS])

    def _name(self, speed: Speed) -> str:
        names = {
            60: self.tr("1 minute/s"),
            _HOUR: self.tr("1 hour/s"),
            24 * _HOUR: self.tr("1 day/s"),
            30 * 24 * _HOUR: self.tr("30 days/s"),
        }
        return names[speed.seconds] if speed.seconds else self.tr("{0}/s").format(f"{speed.versions:,}")

    @property
    def playing(self) -> bool:
        """Whether it plays, in any direction."""
        return self.direction != 0

    def toggle(self, direction: int) -> None:
        """Play in a direction; pause when it does already."""
        if self.direction == direction:
            self.stop()
        else:
            self.start(direction)

    def start(self, direction: int) -> None:
        """Play in a direction; from the other end where this one has been reached."""
        view = self._machine.view
        if view is None or len(view) < 2 or not self._playhead.isEnabled():
            return
        if self.speed.seconds and not _ascending(view):
            self._machine.said.emit(
                self.tr("These events can't be played in true time: some have no time, or times go back.")
            )
            self._playhead.show_playing(0)
            return
        self.direction = direction
        self._waiting = None
        last = self._playhead.count - 1
        row = self._playhead.row
        if direction > 0 and (row == last or row < 0):
            self._go(0)
        elif direction < 0 and row <= 0:
            self._go(last)
        self._anchor()
        self._playhead.show_playing(direction)
        self._timer.start()

    def stop(self, *_: object) -> None:
        """Come to rest where it is."""
        if self.direction:
            self.direction = 0
            self._waiting = None
            self._timer.stop()
            self._playhead.show_playing(0)
            self.stopped.emit()

    def set_speed(self, speed: Speed) -> None:
        """Play at another rate from now on."""
        self.speed = speed
        if self.playing:
            self.start(self.direction)

    def _anchor(self) -> None:
        """Count from here and now."""
        self._begun = self._clock()
        self._from = self._playhead.row

    def tick(self) -> None:
        """Show the row that is due now, if the last one has been shown."""
        view = self._machine.view
        if not self.playing or self._waiting is not None or view is None:
            return
        row = self._due(view)
        last = self._playhead.count - 1
        row = max(0, min(last, row))
        if row != self._playhead.row:
            self._go(row)
        if row == (last if self.direction > 0 else 0):
            self.stop()

    def _due(self, view: AggregateView) -> int:
        passed = self._clock() - self._begun
        if not self.speed.seconds:
            return self._from + self.direction * int(passed * self.speed.versions)
        times = view.times_ns[: self._playhead.count]
        moment = int(times[self._from]) + self.direction * int(passed * self.speed.seconds * 1_000_000_000)
        moment = max(-(1 << 63), min(moment, (1 << 63) - 1))
        after = np.searchsorted(times, moment, "right" if self.direction > 0 else "left")
        found = int(after) - (1 if self.direction > 0 else 0)
        return max(found, self._from) if self.direction > 0 else min(found, self._from)

    def _go(self, row: int) -> None:
        self._waiting = row
        self._moving = True
        self._playhead.move(row)
        self._moving = False

    def _shown(self, shown: Shown) -> None:
        if shown.row == self._waiting:
            self._waiting = None

    def _moved(self, row: int) -> None:
        del row
        if not self._moving:
            self.stop()


def _ascending(view: AggregateView) -> bool:
    times = view.times_ns
    return bool(view.has_time.all()) and bool((times[1:] >= times[:-1]).all())
