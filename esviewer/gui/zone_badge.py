"""The zone in which times are shown: in the status bar, and as a menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from esviewer.app.settings import Settings
from esviewer.gui.times import STORED, ZONES, show_in, zone_now, zone_title

_SETTING = "zone"


class ZoneMenu(QMenu):
    """Offers the zones; the choice is remembered and holds for all windows at once."""

    zone_changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Time &zone"))
        self._settings = settings
        show_in(str(settings.get(_SETTING, STORED)))
        group = QActionGroup(self)
        self.by_name: dict[str, QAction] = {}
        for name in ZONES:
            action = self.addAction(zone_title(name))
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == zone_now())
            action.triggered.connect(self._chosen)
            group.addAction(action)
            self.by_name[name] = action

    def _chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            show_in(str(action.data()))
            self._settings.put(_SETTING, zone_now())
            self.zone_changed.emit()


class ZoneBadge(QToolButton):
    """Says which zone it is; a click offers the others."""

    def __init__(self, menu: ZoneMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setObjectName("badge")
        self.setToolTip(
            self.tr("In which zone times are shown. A time that was stored without a zone is shown as it was stored.")
        )
        menu.zone_changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        title = zone_title(zone_now())
        self.setText(title)
        self.setAccessibleName(self.tr("Times: {0}").format(title))
