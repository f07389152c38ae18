"""Starting the window from the command line, where there is a display."""

from __future__ import annotations

import importlib
import os
import re
import signal
import sys
from collections.abc import Sequence

from esviewer.cli import interruption

_ANSWERS_WITHIN = 15


def missing_display() -> str | None:
    """Why no window can be shown, or None when one can."""
    linux = sys.platform.startswith("linux")
    if linux and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return "there is no display"
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return f"Qt can't be loaded: {error}"
    return _refusal() if linux else None


def _refusal() -> str | None:
    """Why Qt refuses the display, or None: a child tries it first, since Qt aborts the process that it can't serve."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _try_the_display(writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    if status == 0:
        return None
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return f"the display did not answer within {_ANSWERS_WITHIN} seconds"
    first = next((line for line in said.splitlines() if line.strip()), "Qt can't use the display")
    return re.sub(r"^qt\.[\w.]+: ", "", first).rstrip(".")


def _try_the_display(writing: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(_ANSWERS_WITHIN)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        application = importlib.import_module("PySide6.QtGui").QGuiApplication(["esviewer"])
        os._exit(0 if application.screens() else 1)
    finally:
        os._exit(1)


def run_window(
    target: str | None,
    *,
    layout: str | None = None,
    reducers: Sequence[str] = (),
    aggregate: str | None = None,
    at: int | None = None,
    demo: bool = False,
) -> int:
    """Show the window until it is closed and return the exit code."""
    application = importlib.import_module("esviewer.gui.application")
    interruption.leave_to_the_system()
    code: int = application.run(target, layout=layout, reducers=reducers, aggregate=aggregate, at=at, demo=demo)
    return code
