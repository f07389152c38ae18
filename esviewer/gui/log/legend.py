"""Which colour of the histogram is which event type; a click asks for the events of one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from esviewer.app.overview import OTHERS
from esviewer.gui.masked import ScreenNow
from esviewer.gui.text import tip, visible

_LONGEST = 20


class Legend(QWidget):
    """A button for each type that has a colour, the largest first."""

    type_chosen = Signal(object)
    """The events of a type are asked for: its name."""

    def __init__(self, screen: ScreenNow, parent: QWidget | None = None) -> None:
        """`screen` says what shows of masked names."""
        super().__init__(parent)
        self._screen = screen
        self._shown: list[tuple[str, str, str]] = []
        self.buttons: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)
        self.about = QLabel(self)
        self.about.setObjectName("dim")
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self._row.addWidget(self.about)

    def show_types(self, types: list[tuple[str, QColor]]) -> None:
        """Show types with their colours; OTHERS stands for all others."""
        shown = [(kind, colour.name(), self._screen().text(kind)) for kind, colour in types]
        if shown == self._shown:
            return
        self._shown = shown
        for button in self.buttons:
            button.deleteLater()
        self.buttons = []
        for kind, colour, text in shown:
            name = visible(text) if kind != OTHERS else self.tr("other types")
            button = QToolButton(self)
            button.setAutoRaise(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIcon(QIcon(_patch(colour)))
            button.setIconSize(QSize(10, 10))
            button.setText((name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…").replace("&", "&&"))
            button.setEnabled(kind != OTHERS)
            button.setToolTip(tip(self.tr("Only events of the type {0}").format(name)) if kind != OTHERS else "")
            button.clicked.connect(partial(self.type_chosen.emit, kind))
            self._row.insertWidget(len(self.buttons), button)
            self.buttons.append(button)
        self.fit()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.fit()

    def fit(self) -> None:
        """Show as many types as there is room for; tooltips of bars name the others."""
        room = self.width() - self.about.sizeHint().width() - 12
        for button in self.buttons:
            room -= button.sizeHint().width() + 2
            button.setVisible(room >= 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, max(22, super().minimumSizeHint().height()))


def _patch(colour: str) -> QPixmap:
    found = QPixmap(10, 10)
    found.fill(QColor(colour))
    return found
