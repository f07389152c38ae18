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
_MANY = 1_000
"""Steps from which on it is worth saying how fast they go."""
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


def written(report: str, *, proven: bool) -> None:
    """Where a report is, and what proves it."""
    note(f"Report written to {report}{f', what proves it to {report}.evidence.json' if proven else ''}.")


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


def _pace(done: int, total: int, seconds: float) -> str:
    """How fast it goes and how long it will take, where both can be told."""
    if total < _MANY or done <= 0 or seconds < _PATIENCE:
        return ""
    rate = done / seconds
    if done >= total:
        return f", {rate:,.0f}/s"
    left = round((total - done) / rate)
    minutes, hours = left // 60, left // 3600
    shown = f"{hours} h {minutes % 60} min" if hours else f"{minutes} min {left % 60} s" if minutes else f"{left} s"
    return f", {rate:,.0f}/s, {shown} left"


def work() -> Work:
    """A piece of work that tells its progress, and how long it will take, once it takes longer than a second."""
    begun = told = time.monotonic()
    first: tuple[str, int, float] | None = None
    terminal = sys.stderr is not None and sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        nonlocal told, first
        now = time.monotonic()
        kind = progress.kind
        if first is None or first[0] != kind:
            # What was there when it began, as of an interrupted export, says nothing of the pace.
            first = (kind, progress.done, now)
        if now - begun < _PATIENCE or (told != begun and now - told < _EVERY[terminal]):
            return
        told = now
        text = f"{progress.text}: {progress.done:,}"
        if progress.total:
            ahead = progress.total - first[1]
            text += f" of {progress.total:,}" + _pace(progress.done - first[1], ahead, now - first[2])
        text = visible(text)
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
