"""Asks for a password that is kept nowhere."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from esviewer.gui.text import visible


class PasswordDialog(QDialog):
    """One field; `answered` gives what was typed."""

    answered = Signal(object)

    def __init__(self, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Password"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = QLabel(visible(question), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(visible(question))
        note = QLabel(self.tr("It is used for this connection and not kept."), self)
        note.setObjectName("dim")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, parent=self
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (label, self.field, note, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(360)
        self.accepted.connect(self._answer)

    def _answer(self) -> None:
        typed = self.field.text()
        self.field.clear()
        self.answered.emit(typed)
