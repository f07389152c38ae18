"""A message in place: what is wrong, what to do, and a button for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from esviewer.app.screen import Screen
from esviewer.errors import EsviewerError, ForeignError
from esviewer.gui.localised import localised
from esviewer.gui.text import visible


class MessageBar(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None, screen: Callable[[], Screen] | None = None) -> None:
        """`screen` says what shows of masked values; without, there is no store that any could be of."""
        super().__init__(parent)
        self._screen = screen
        self._said = ""
        self._quotes = self._said_quotes = False
        """Whether what is said may quote values without saying where they are from."""
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Message"))
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._choices = QHBoxLayout()
        self._actions: dict[QObject, Callable[[], None]] = {}
        close = _button(self.tr("Dismiss"), self)
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
        self._actions = {}
        self._said = ""
        self._text.clear()
        while self._choices.count():
            item = self._choices.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()

    def say(self, text: str, actions: dict[str, Callable[[], None]] | None = None) -> None:
        """Show text as far as it may be shown, with a button for each action."""
        quotes, self._quotes = self._quotes, False
        self.clear()
        self._said, self._said_quotes = text, quotes
        self.refresh()
        for label, action in (actions or {}).items():
            button = _button(visible(label), self)
            button.clicked.connect(self._chosen)
            self._actions[button] = action
            self._choices.addWidget(button)
        self.show()

    def _chosen(self) -> None:
        # Called from here, since an action may be anything that takes nothing, and may say something itself.
        action = self._actions[self.sender()]
        self.clear()
        action()

    def refresh(self) -> None:
        """Say the same as far as it may be shown now."""
        text = self._said
        if self._screen is not None:
            screen = self._screen()
            text = screen.reason(text) if self._said_quotes else screen.text(text)
        self._text.setText(visible(localised(text)))

    def say_quoting(self, text: str, actions: dict[str, Callable[[], None]]) -> None:
        """The same with text that may quote values without saying where they are from."""
        self._quotes = True
        self.say(text, actions)

    def say_error(self, error: EsviewerError, retry: Callable[[], None] | None = None) -> None:
        """Show an error, with a button to try again where that makes sense."""
        self._quotes = isinstance(error, ForeignError)
        self.say(str(error), {self.tr("Try again"): retry} if retry is not None else None)


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    # Or Enter in a field of the dialog that this is in would press it, and what was said of the field would be gone.
    button.setAutoDefault(False)
    return button
