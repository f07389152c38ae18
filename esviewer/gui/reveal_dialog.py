"""Asks before everything that is masked is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget


class RevealDialog(QDialog):
    """The answer is no unless it is made yes."""

    agreed = Signal(object)
    """The reason that was given, perhaps empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Reveal masked values?"))
        question = self._label(self.tr("Show all masked values of this store?"))
        question.setObjectName("heading")
        meaning = self._label(
            self.tr(
                "They stay visible until you mask them again (View menu) or close the store. It is logged on this "
                "computer who revealed them, when, in which store and why, without any value: see esviewer activity. "
                "Reports and exports stay masked."
            )
        )
        self.why = QLineEdit(self)
        self.why.setMaxLength(500)
        self.why.setAccessibleName(self.tr("Reason"))
        self.why.setPlaceholderText(self.tr("Reason, such as the number of a ticket (optional)"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.yes = buttons.addButton(self.tr("Reveal, and log it"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.yes.setAutoDefault(False)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(question)
        layout.addWidget(meaning)
        layout.addWidget(self.why)
        layout.addWidget(buttons)
        self.resize(480, 200)
        self.why.setFocus()

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def accept(self) -> None:
        """Hand the reason over."""
        super().accept()
        self.agreed.emit(self.why.text().strip())
