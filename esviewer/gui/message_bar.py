"""A message in place: what is wrong, what to do, and a button for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from esviewer.errors import EsviewerError
from esviewer.gui.text import visible


class MessageBar(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Message"))
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._choices = QHBoxLayout()
        close = QPushButton(self.tr("Dismiss"), self)
        close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._choices)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty when hidden."""
        return self._text.text() if not self.isHidden() else ""

    def clear(self) -> None:
        """Say nothing."""
        self.hide()
        self._text.clear()
        while self._choices.count():
            item = self._choices.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()

    def say(self, text: str, actions: dict[str, Callable[[], None]] | None = None) -> None:
        """Show text, with a button for each action."""
        self.clear()
        self._text.setText(visible(text))
        for label, action in (actions or {}).items():
            button = QPushButton(visible(label), self)
            button.clicked.connect(action)
            button.clicked.connect(self.clear)
            self._choices.addWidget(button)
        self.show()

    def say_error(self, error: EsviewerError, retry: Callable[[], None] | None = None) -> None:
        """Show an error, with a button to try again where that makes sense."""
        self.say(str(error), {self.tr("Try again"): retry} if retry is not None else None)
