"""The only writer of stderr: errors, warnings and progress."""

from __future__ import annotations

import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterable

from esviewer.cli.output import speaking_to_a_terminal, visible
from esviewer.cli.secrets import concealed, secrets_in
from esviewer.work import Progress, Work

_PATIENCE = 1.0
_EVERY = {True: 0.2, False: 10.0}


class _Known:
    secrets: tuple[str, ...] = ()
    shown = 0
    """Length of the progress line that is on the terminal now."""


def conceal(arguments: Iterable[str]) -> None:
    """Write no password that is among these arguments."""
    _Known.secrets = secrets_in(arguments)


def error(message: str, hint: str = "") -> None:
    """What is wrong and what to do, in one line."""
    note(f"Error: {message} {hint}")


def note(text: str) -> None:
    """A remark, in one line."""
    _clear()
    _write(visible(concealed(" ".join(text.split()), _Known.secrets)) + "\n")


def warnings(texts: Iterable[str]) -> None:
    """Remarks of a store on itself."""
    for text in texts:
        note(f"Note: {text}")


def trace() -> None:
    """The traceback of the error that is being handled."""
    _clear()
    for text in traceback.format_exc().splitlines():
        _write(visible(concealed(text, _Known.secrets)) + "\n")


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # Nobody can be told. The exit code still says what happened, so Python must not fail on it at the end.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open until the end


def _clear() -> None:
    if _Known.shown:
        _write("\r" + " " * _Known.shown + "\r")
        _Known.shown = 0


def work() -> Work:
    """A piece of work that tells its progress once it takes longer than a second."""
    begun = told = time.monotonic()
    terminal = sys.stderr is not None and sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - begun < _PATIENCE or (told != begun and now - told < _EVERY[terminal]):
            return
        told = now
        of = f" of {progress.total:,}" if progress.total else ""
        text = visible(f"{progress.text}: {progress.done:,}{of}")
        if not terminal:
            _write(text + "\n")
        elif not speaking_to_a_terminal():
            _clear()
            text = text[: shutil.get_terminal_size().columns - 1]
            _write("\r" + text)
            _Known.shown = len(text)

    return Work(tell)


def done() -> None:
    """Take the progress line away."""
    _clear()
