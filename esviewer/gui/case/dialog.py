"""Which case something is to be pinned to, or a new case to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.cases.keeping import ENDING
from esviewer.gui.file_field import documents
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.text import visible


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answer."""

    file: Path
    new: bool
    title: str = ""
    note: str = ""
    """Of the case where only that is asked for, else of the pin."""


class CaseDialog(QDialog):
    """With something to pin it asks for a case to pin it to; without, for a new case."""

    answered = Signal(object)
    """What was decided: a Wanted."""

    def __init__(self, what: str | None, name: str, recent: Sequence[Path], parent: QWidget) -> None:
        """`what` is to be pinned, in words; `name` is the store's; `recent` are the cases that were open with it."""
        super().__init__(parent)
        self._what = what
        self.setWindowTitle(self.tr("New case") if what is None else self.tr("Add to which case?"))
        heading = QLabel(self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        heading.setObjectName("heading")
        heading.setText(
            self.tr("A case is a file that keeps what you find in this store.")
            if what is None
            else visible(self.tr("To be added: {0}.").format(what))
        )
        self.new = QRadioButton(self.tr("A &new case"), self)
        self.existing = QRadioButton(self.tr("An &existing case"), self)
        group = QButtonGroup(self)
        for button in (self.new, self.existing):
            group.addButton(button)
            button.setVisible(what is not None)
        self.title = QLineEdit(self)
        self.title.setText(self.tr("Case about {0}").format(visible(name)))
        self.title.setAccessibleName(self.tr("Title of the case"))
        self.file = QLineEdit(self)
        self.file.setText(str(_proposal(name)))
        self.file.setAccessibleName(self.tr("File of the new case"))
        browse = self._button(self.tr("Browse …"), self._browse_new)
        self.open_file = QComboBox(self)
        self.open_file.setEditable(True)
        self.open_file.setAccessibleName(self.tr("File of the existing case"))
        self.open_file.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.open_file.addItems([str(each) for each in recent])
        browse_open = self._button(self.tr("Browse …"), self._browse_open)
        self.note = QPlainTextEdit(self)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 14)
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setPlaceholderText(
            self.tr("What the case is about") if what is None else self.tr("Why this is in the case")
        )
        self.message = QLabel(self)
        self.message.setObjectName("problem")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.hide()
        form = QFormLayout()
        form.addRow(self.tr("&Title"), self.title)
        form.addRow(_label(self.tr("&File"), self.file), _row(self.file, browse))
        self._new_part = QWidget(self)
        self._new_part.setLayout(form)
        other = QFormLayout()
        other.addRow(_label(self.tr("F&ile"), self.open_file), _row(self.open_file, browse_open))
        self._open_part = QWidget(self)
        self._open_part.setLayout(other)
        self._open_part.setVisible(what is not None)
        noted = QFormLayout()
        noted.addRow(self.tr("N&ote"), self.note)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        accept = self.tr("Begin the case") if what is None else self.tr("Add to case")
        self.ok = QPushButton(accept, self)
        self.ok.setObjectName("primary")
        self.buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(self.new)
        layout.addWidget(self._new_part)
        layout.addWidget(self.existing)
        layout.addWidget(self._open_part)
        layout.addLayout(noted)
        layout.addWidget(self.message)
        layout.addWidget(self.buttons)
        self.new.toggled.connect(self._chosen)
        (self.existing if recent and what is not None else self.new).setChecked(True)
        self._chosen()
        self.resize(560, self.sizeHint().height())
        (self.title if what is None else self.note).setFocus()

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _chosen(self) -> None:
        self._new_part.setEnabled(self.new.isChecked())
        self._open_part.setEnabled(self.existing.isChecked())

    def _browse_new(self) -> None:
        name = QFileDialog.getSaveFileName(self, self.tr("File of the new case"), self.file.text(), _filter())[0]
        if name:
            self.file.setText(name)

    def _browse_open(self) -> None:
        name = QFileDialog.getOpenFileName(self, self.tr("Open a case"), str(documents()), _filter())[0]
        if name:
            self.open_file.setEditText(name)

    def accept(self) -> None:
        new = self.new.isChecked()
        name = (self.file.text() if new else self.open_file.currentText()).strip()
        if not name:
            self._complain(self.tr("Name the case's file."))
            return
        file = Path(name).expanduser()
        if new and file.exists():
            self._complain(self.tr("{0} is there already; name another file, or open it.").format(file))
            return
        if not new and not file.is_file():
            self._complain(self.tr("There is no file {0}.").format(file))
            return
        self.answered.emit(Wanted(file, new, self.title.text(), self.note.toPlainText()))
        super().accept()

    def _complain(self, text: str) -> None:
        self.message.setText(visible(localised(text)))
        self.message.show()


def ask_case_file(parent: QWidget) -> str:
    """The case file that a person picks, empty for none."""
    title = translate("CaseDialog", "Open a case")
    return QFileDialog.getOpenFileName(parent, title, str(documents()), _filter())[0]


def ask_new_file(parent: QWidget, proposal: Path) -> str:
    """The file that a person picks for a case, empty for none."""
    return QFileDialog.getSaveFileName(parent, translate("CaseDialog", "Save the case as"), str(proposal), _filter())[0]


def _filter() -> str:
    return translate("CaseDialog", "Cases ({0});;All files (*)").format(f"*{ENDING} *.json")


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _row(field: QWidget, button: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(button)
    return row


def _proposal(name: str) -> Path:
    """A file that is not there yet."""
    stem = "".join(char if char.isalnum() or char in "-_." else "-" for char in name).strip("-.")[:60] or "case"
    file = documents() / f"{stem}{ENDING}"
    number = 2
    while file.exists():
        file = documents() / f"{stem}-{number}{ENDING}"
        number += 1
    return file
