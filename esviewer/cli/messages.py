"""The only writer of stderr: errors, warnings and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from esviewer.cli.output import visible
from esviewer.work import Progress, Work

_PATIENCE = 1.0
_EVERY = {True: 0.2, False: 10.0}


def error(message: str, hint: str = "") -> None:
    """What is wrong and what to do, in one line."""
    _clear()
    sys.stderr.write(visible(" ".join(f"Error: {message} {hint}".split())) + "\n")


def note(text: str) -> None:
    """A remark, in one line."""
    _clear()
    sys.stderr.write(visible(" ".join(text.split())) + "\n")


def warnings(texts: Iterable[str]) -> None:
    """Remarks of a store on itself."""
    for text in texts:
        note(f"Note: {text}")


class _Shown:
    length = 0


def _clear() -> None:
    if _Shown.length:
        sys.stderr.write("\r" + " " * _Shown.length + "\r")
        _Shown.length = 0


def work() -> Work:
    """A piece of work that tells its progress once it takes longer than a second."""
    begun = time.monotonic()
    told = begun
    terminal = sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - begun < _PATIENCE or (told != begun and now - told < _EVERY[terminal]):
            return
        told = now
        of = f" of {progress.total:,}" if progress.total else ""
        text = f"{progress.text}: {progress.done:,}{of}"
        if terminal:
            _clear()
            sys.stderr.write("\r" + text)
            _Shown.length = len(text)
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    return Work(tell)


def done() -> None:
    """Take the progress line away."""
    _clear()
    sys.stderr.flush()
