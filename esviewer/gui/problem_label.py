"""What is wrong with a text that is being written."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from esviewer.gui.text import visible

_LONGEST = 600
_LONGEST_TIP = 3000


class ProblemLabel(QLabel):
    """Hidden while nothing is wrong; of what takes many lines the first are shown."""

    def __init__(self, name: str, lines: int, parent: QWidget | None = None) -> None:
        """`name` says whose mistakes it tells, to those who can't see it."""
        super().__init__(parent)
        self.setObjectName("problem")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(name)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * lines + 12)
        self.hide()

    def say(self, text: str) -> None:
        """Tell what is wrong; empty for nothing."""
        text = visible(text)
        self.setText(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
        self.setToolTip(text[:_LONGEST_TIP])
        self.setVisible(bool(text))
