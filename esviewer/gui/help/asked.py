"""Which page of the manual is about what a person looks at, and the key that asks for it."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from esviewer.app.manual import TOPICS
from esviewer.gui.language import translate

_ROOM: Final = "esviewer.gui."
PAGES: Final = {
    "activity_window": "privacy",
    "aggregates_panel": "window",
    "as_of_bar": "time-machine",
    "asking_all": "projections",
    "audit": "audit",
    "bookmarks": "window",
    "case": "evidence",
    "compare_panel": "time-machine",
    "connections": "stores",
    "consent_dialog": "reducers",
    "fields_panel": "time-machine",
    "find_bar": "time-machine",
    "flow": "causes",
    "folds_dialog": "reducers",
    "keys_sheet": "window",
    "lanes": "causes",
    "live_signs": "events",
    "log": "events",
    "mapping": "stores",
    "masking_dialog": "privacy",
    "not_rebuilt": "reducers",
    "operator_dialog": "privacy",
    "plugins_dialog": "plugins",
    "projections": "projections",
    "quick_open": "window",
    "reducers_dialog": "reducers",
    "removed_panel": "time-machine",
    "report_dialog": "evidence",
    "reveal_dialog": "privacy",
    "rollback_dialog": "time-machine",
    "rules_editor": "reducers",
    "schema": "schema",
    "seals": "evidence",
    "snapshots_check": "reducers",
    "snapshots_panel": "reducers",
    "state_panel": "time-machine",
    "store_page": "window",
    "timeline": "time-machine",
    "trace": "causes",
    "what_if_edits": "time-machine",
    "what_if_window": "time-machine",
}
"""The page about what a module or a folder of gui/ shows."""


class Shower(Protocol):
    """A main window."""

    def show_help(self, topic: str) -> None:
        """Show a page of the manual."""


def topic_of(widget: QWidget | None) -> str:
    """The page about a widget, or about what it is in; the first page where nothing says more."""
    while widget is not None:
        module = type(widget).__module__
        if module.startswith(_ROOM):
            topic = PAGES.get(module.removeprefix(_ROOM).partition(".")[0])
            if topic is not None:
                return topic
        widget = widget.parentWidget()
    return TOPICS[0]


class HelpKey(QObject):
    """Gives every dialog of a main window the key that the window's own menu has.

    Keys of a menu reach no other window, and a filter over all of the program's events would be asked at each frame.
    """

    def __init__(self, window: QWidget, shower: Shower) -> None:
        super().__init__(window)
        self._window = window
        self._shower = shower
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            return
        dialog = now.window()
        if dialog is self._window or not _is_above(self._window, dialog):
            return
        if not dialog.findChild(QShortcut, "help"):
            shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), dialog)
            shortcut.setObjectName("help")
            shortcut.setWhatsThis(translate("Help", "Help on this"))
            shortcut.activated.connect(self.show_here)

    def show_here(self) -> None:
        """Show the page about what has the focus."""
        self._shower.show_help(topic_of(QApplication.focusWidget()))


def _is_above(window: QWidget, dialog: QWidget) -> bool:
    above = dialog.parent()
    while above is not None and above is not window:
        above = above.parent()
    return above is not None
