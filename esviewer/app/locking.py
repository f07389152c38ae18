"""Changing a file that other processes change too: one after the other, so that nobody's change is lost."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import BinaryIO, Concatenate, Final, ParamSpec, Protocol, TypeVar

_PATIENCE: Final = 2.0
"""Seconds after which a lock that nobody gives back is passed over: a change is no reason to wait for ever."""
_LOOK: Final = 0.01


class _Kept(Protocol):
    file: Path


P = ParamSpec("P")
S = TypeVar("S", bound=_Kept)
R = TypeVar("R")


def alone(change: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method that reads and changes `self.file`, as one step; it calls no other such method of the folder."""

    @wraps(change)
    def changing(self: S, /, *given: P.args, **named: P.kwargs) -> R:
        with held(self.file):
            return change(self, *given, **named)

    return changing


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Others that change files of the same folder wait until the block ends; nothing is held where that can't be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = (file.parent / ".lock").open("ab")
    except OSError:
        yield
        return
    with lock:
        ends = time.monotonic() + _PATIENCE
        taken = False
        while not taken and time.monotonic() < ends:
            try:
                take(lock, True)
                taken = True
            except OSError:
                time.sleep(_LOOK)
        try:
            yield
        finally:
            if taken:
                take(lock, False)


def take(file: BinaryIO, taken: bool, byte: int = 0) -> None:
    """Take or give back the lock on a file, without waiting; Windows locks one byte of it. Raises OSError."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(byte)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK if taken else msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if taken else fcntl.LOCK_UN)
