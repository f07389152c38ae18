"""Starts the window."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from esviewer import __version__, assets
from esviewer.app import activity
from esviewer.app.settings import Settings
from esviewer.gui.language import SYSTEM, speak, translate
from esviewer.gui.lettering import use_letters_of
from esviewer.gui.main_window import MainWindow
from esviewer.gui.preloading import preload
from esviewer.gui.store_rooms import LATER
from esviewer.gui.theme import Theme

_PRELOAD: Final = 2000
"""Milliseconds after the start in which what is asked for at the start has the interpreter for itself."""


def make_window(application: QApplication, settings: Settings | None = None) -> MainWindow:
    """A window on the start page, with the theme and in the language that were chosen last."""
    # The worker hands over soon: a frame waits for it each time that Qt calls back into Python.
    sys.setswitchinterval(0.0001)
    settings = settings or Settings()
    use_letters_of(speak(application, str(settings.get("language", SYSTEM))))
    theme = Theme(application)
    theme.choose(str(settings.get("theme", "system")))
    return MainWindow(settings, theme)


def run(
    target: str | None,
    *,
    layout: str | None = None,
    reducers: Sequence[str] = (),
    aggregate: str | None = None,
    at: int | None = None,
    demo: bool = False,
) -> int:
    """Show the window, on a store when `target` names one, until it is closed; returns the exit code.

    `demo` says that it is the demo store.
    """
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("esviewer")
    application.setApplicationVersion(__version__)
    # By this name a desktop finds the entry that a package installs, and with it the icon of the window.
    application.setDesktopFileName("esviewer")
    application.setWindowIcon(QIcon(str(assets.path("icons/esviewer.svg"))))
    window = make_window(application)

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # Qt swallows what a slot raises; it is shown and printed, and the window goes on.
        traceback.print_exception(kind, error, trace)
        page = window.page
        (window.start if page is None else page).messages.say(
            translate("Application", "A fault of esviewer: {0}: {1}").format(kind.__name__, error)
        )

    sys.excepthook = report
    activity.on_failure(window.not_logged.emit)
    window.show()
    QTimer.singleShot(_PRELOAD, partial(preload, LATER))
    if target is not None and demo:
        window.opening.open_demo_store(target)
    elif target is not None:
        window.open_target(target, layout, reducers, aggregate, at)
    return int(application.exec())
