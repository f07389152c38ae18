"""What is masked, said in the status bar all the time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from esviewer.app.masking import USUAL_RULES
from esviewer.app.screen import Screen
from esviewer.gui.fixed_words import masking_origin
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme


class MaskingBadge(QPushButton):
    """A click shows the rules; hidden where no store is open."""

    rules_wanted = Signal()
    """The rules are to be shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._machine: Machine | None = None
        self.setFlat(True)
        self.setMaximumHeight(self.fontMetrics().height() + 4)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.rules_wanted)
        theme.changed.connect(self._tell)
        self.hide()

    def attach(self, machine: Machine | None) -> None:
        """Speak of another store, None for none."""
        if self._machine is not None:
            self._machine.screen_changed.disconnect(self._tell)
        self._machine = machine
        if machine is not None:
            machine.screen_changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        machine = self._machine
        self.setVisible(machine is not None)
        if machine is None:
            return
        screen = machine.screen
        self.setText(visible(self._words(screen)).replace("&", "&&"))
        self.setAccessibleName(self.tr("Masking: {0}").format(self._words(screen)))
        origin = self.tr("In force: {0}.").format(masking_origin(screen.rules.origin))
        lines = [origin, screen.problem, self.tr("A click shows the rules.")]
        self.setToolTip(tip("\n".join(visible(line) for line in lines if line)))
        colours = self._theme.colours
        strong = screen.reveals or bool(screen.problem)
        self.setStyleSheet(
            f"QPushButton {{ padding: 0px 8px; min-height: 0px; border: 1px solid {colours.edge}; border-radius: 4px;"
            f" background: {colours.warning if strong else 'transparent'};"
            f" color: {colours.text if strong else colours.dim}; font-weight: {700 if strong else 400}; }}"
            f" QPushButton:focus {{ border: 1px solid {colours.accent}; }}"
        )

    def _words(self, screen: Screen) -> str:
        rules = screen.rules
        origin = self.tr("usual rules") if rules.origin == USUAL_RULES else Path(rules.origin).name
        if not rules.masks:
            return self.tr("nothing masked: {0}").format(origin)
        if screen.revealed:
            return self.tr("REVEALED")
        if screen.problem:
            return self.tr("masked: usual rules, own ones are broken")
        if screen.reveals:
            return self.tr("masked: {0}; {1} REVEALED").format(origin, screen.revealed_places)
        return self.tr("masked: {0}").format(origin)
