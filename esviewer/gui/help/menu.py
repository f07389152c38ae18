"""The Help menu, and the windows that it opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from esviewer import __version__
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.manual import TOPICS
from esviewer.app.settings import Settings
from esviewer.gui.activity_window import ActivityWindow
from esviewer.gui.help.asked import HelpKey
from esviewer.gui.help.tour import Tour
from esviewer.gui.help.window import HelpWindow
from esviewer.gui.keys_sheet import KeysSheet
from esviewer.gui.plugins_dialog import PluginsDialog
from esviewer.gui.store_rooms import StoreRooms
from esviewer.gui.theme import Theme

_TOURED = "toured"


class HelpMenu(QMenu):
    """Manual, tour, keys, activity, plug-ins, and what program this is."""

    demo_wanted = Signal()
    """The demo store is to be opened, for the tour."""
    said = Signal(object)
    """A sentence to be shown."""

    def __init__(self, window: QMainWindow, export: QWidget, settings: Settings, theme: Theme) -> None:
        """`export` is what reports are asked for with, where the tour ends."""
        super().__init__(window)
        self.setTitle(self.tr("&Help"))
        self._window = window
        self._export = export
        self._settings = settings
        self._theme = theme
        self._rooms: StoreRooms | None = None
        self.tour: Tour | None = None
        """The tour, while it is gone through."""
        self.manual: HelpWindow | None = None
        """The manual, once it has been shown."""
        self.keys: KeysSheet | None = None
        """The sheet of keys, while it is open."""
        self.activity: ActivityWindow | None = None
        """The activity log, while it is open."""
        self.plugins: PluginsDialog | None = None
        """The plug-ins, while they are shown."""
        self.help_key = HelpKey(window, self)
        self._add(self.tr("&Help on this"), self.help_key.show_here, QKeySequence.StandardKey.HelpContents)
        self._add(self.tr("&Manual"), self.show_manual)
        self.tour_action = self._add(self.tr("&Tour"), self.show_tour)
        self._add(self.tr("&Keys"), self.show_keys, "Ctrl+?")
        self._add(self.tr("A&ctivity …"), self.show_activity)
        self._add(self.tr("&Plug-ins …"), self.show_plugins)
        self._add(self.tr("&About esviewer"), self._show_about)

    def _add(self, text: str, slot: object, keys: QKeySequence.StandardKey | str | None = None) -> QAction:
        action = QAction(text, self._window)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def attach(self, rooms: StoreRooms | None, *, demo: bool = False) -> None:
        """Another store is open, or none; with the demo store the tour begins by itself the first time."""
        if self.tour is not None:
            self.tour.end()
        self._rooms = rooms
        if rooms is not None and demo and self._settings.get(_TOURED) is not True:
            self._begin_tour(rooms, PUZZLING_ORDER)

    def show_manual(self) -> None:
        """Show the manual from its beginning."""
        self.show_help(TOPICS[0])

    def show_help(self, topic: str) -> None:
        """Show a page of the manual."""
        if self.manual is None:
            self.manual = HelpWindow(self._theme)
        self.manual.show_topic(topic)

    def show_tour(self) -> None:
        """Lead through the window, on whatever store is open; else on the demo store."""
        if self._rooms is None:
            self._settings.put(_TOURED, False)
            self.demo_wanted.emit()
        else:
            self._begin_tour(self._rooms, None)

    def _begin_tour(self, rooms: StoreRooms, aggregate_id: str | None) -> None:
        if self.tour is None:
            self.tour = Tour(rooms, self._export, self._theme, aggregate_id)
            self.tour.ended.connect(self._tour_ended)

    def _tour_ended(self) -> None:
        self.tour = None
        self._settings.put(_TOURED, True)

    def show_keys(self) -> None:
        """Show all keys."""
        self._close_keys()
        self.keys = KeysSheet(self._window)
        self.keys.finished.connect(self._close_keys)
        self.keys.show()

    def _close_keys(self) -> None:
        dialog, self.keys = self.keys, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def show_activity(self) -> None:
        """Show what was opened, revealed, exported and reported on this computer."""
        self._close_activity()
        self.activity = ActivityWindow(self._window)
        self.activity.finished.connect(self._close_activity)
        self.activity.show()

    def _close_activity(self) -> None:
        window, self.activity = self.activity, None
        if window is not None:
            window.done(0)
            window.deleteLater()

    def show_plugins(self) -> None:
        """Show which plug-ins are installed, to be switched on and off."""
        self._close_plugins()
        self.plugins = PluginsDialog(self._window)
        self.plugins.finished.connect(self._close_plugins)
        self.plugins.show()

    def _close_plugins(self) -> None:
        dialog, self.plugins = self.plugins, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def _show_about(self) -> None:
        about = self.tr("esviewer {0}: audit and time travel for event-sourced systems. MIT licence.")
        self.said.emit(about.format(__version__))

    def close_all(self) -> None:
        """Close what it opened."""
        self._close_activity()
        self._close_keys()
        self._close_plugins()
        if self.manual is not None:
            self.manual.close()
            self.manual.deleteLater()
            self.manual = None
