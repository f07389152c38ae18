"""A label that is never cut without saying so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line of plain text that is cut where it does not fit, with all of it in the tooltip."""

    def __init__(
        self, parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        """`mode` says where it is cut."""
        super().__init__(parent)
        self._mode = mode
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full(self) -> str:
        """The whole text."""
        return self._full

    def show_text(self, text: str, tip: str = "") -> None:
        """Show a line; `tip` replaces it in the tooltip."""
        self._full = text
        font, slanted = self.font(), "‹masked " in text
        if font.italic() != slanted:
            font.setItalic(slanted)  # as marks look wherever they stand
            self.setFont(font)
        self.setToolTip(tip or text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._full, self._mode, max(10, self.width())))
