"""Ctrl-C, and being asked to end: what runs inside a database is told too, so that nothing goes on."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from esviewer.work import Work

_PATIENCE = 0.2


class _Known:
    works: list[Work] = []  # noqa: RUF012 - one process, one list
    happened = False


def watch(work: Work) -> Work:
    """Have an interruption cancel this piece of work."""
    _Known.works.append(work)
    return work


def happened() -> bool:
    """Whether the process was interrupted: whatever goes wrong after that follows from it."""
    return _Known.happened


def install() -> None:
    """Interrupt on SIGINT and SIGTERM, unless whoever started the process had them ignored."""
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def leave_to_the_system() -> None:
    """Let signals end the process at once: no Python runs while a window waits."""
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    _Known.happened = True
    # On a thread of its own: this one may hold a lock that cancelling needs, so it waits for a moment only. An
    # exception alone is not enough, for one that is raised inside a database's callback is lost.
    cancelling = threading.Thread(target=_cancel, daemon=True)
    cancelling.start()
    cancelling.join(_PATIENCE)
    raise KeyboardInterrupt


def _cancel() -> None:
    for work in _Known.works:
        work.cancel()
