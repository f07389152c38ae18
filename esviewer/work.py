"""A piece of work that can be cancelled, has a deadline and tells how far it is; knows neither Qt nor databases."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from esviewer.errors import CancelledError, StoreError

_NUMBER: Final = re.compile(r"[\d,]*\d")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is: `done` of `total` steps (`total` None when unknown) of what `text` names."""

    text: str
    done: int
    total: int | None

    @property
    def kind(self) -> str:
        """The text without its numbers: as long as it is the same, the same steps are counted."""
        return _NUMBER.sub("", self.text)


class Work:
    """One cancellable piece of work; `check()` raises when it was cancelled or its deadline (seconds) has passed."""

    def __init__(
        self, on_progress: Callable[[Progress], None] | None = None, *, seconds: float | None = None
    ) -> None:
        self._cancelled = threading.Event()
        self._on_progress = on_progress
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._seconds = seconds
        self._lock = threading.Lock()
        self._interrupters: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Stop the work soon: flags it and interrupts what runs inside a database."""
        self._cancelled.set()
        with self._lock:
            interrupters = list(self._interrupters)
        for interrupt in interrupters:
            interrupt()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel()` was called."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise CancelledError when cancelled, StoreError when the deadline has passed; else return."""
        if self._cancelled.is_set():
            raise CancelledError
        if self._ends is not None and time.monotonic() > self._ends:
            raise StoreError(
                f"The store did not answer within {self._seconds:g} seconds.", "Try again, or narrow what you ask for."
            )

    def sleep(self, seconds: float) -> None:
        """Wait; raises CancelledError at once when it is cancelled meanwhile."""
        if self._cancelled.wait(seconds):
            raise CancelledError

    def report(self, text: str, done: int, total: int | None = None) -> None:
        """Say how far the work is, after checking that it should go on."""
        self.check()
        if self._on_progress is not None:
            self._on_progress(Progress(text, done, total))

    @contextmanager
    def interrupted_by(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Have `cancel()` call `interrupt` (from any thread) while the block runs."""
        with self._lock:
            self._interrupters.append(interrupt)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._interrupters.remove(interrupt)
