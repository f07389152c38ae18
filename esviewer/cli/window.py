"""Starting the window from the command line, where there is a display."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence


def missing_display() -> str | None:
    """Why no window can be shown, or None when one can."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return "there is no display"
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return f"Qt can't be loaded: {error}"
    return None


def run_window(
    target: str | None,
    *,
    layout: str | None = None,
    reducers: Sequence[str] = (),
    aggregate: str | None = None,
    at: int | None = None,
) -> int:
    """Show the window until it is closed and return the exit code."""
    application = importlib.import_module("esviewer.gui.application")
    code: int = application.run(target, layout=layout, reducers=reducers, aggregate=aggregate, at=at)
    return code
