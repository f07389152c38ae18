"""What is asked of a person for a report: where it goes and in which form, what is masked, and what is to prove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.evidence import EvidenceWanted
from esviewer.app.files import check_place
from esviewer.app.masking import InForce, in_force
from esviewer.errors import EsviewerError
from esviewer.gui.file_field import FileField, documents
from esviewer.gui.localised import localised
from esviewer.gui.room import FORMS
from esviewer.gui.text import visible
from esviewer.report.write import check_ending, plugged_endings


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """A report that is asked for; masked and without evidence unless told otherwise."""

    file: Path
    masked: bool = True
    evidence: EvidenceWanted | None = None
    rules: Path | None = None
    """A file of masking rules; None: those in force for the store."""

    def rules_for(self, store: str) -> InForce:
        """What masks the report, for a store's label; raises RulesError."""
        return in_force(store, self.rules, off=not self.masked)


class ReportDialog(QDialog):
    """Asks for the file, what masks it, and whether it is to prove itself."""

    wanted = Signal(object)
    """A report is to be written: a ReportWanted."""

    def __init__(
        self,
        title: str,
        proposal: str,
        parent: QWidget | None = None,
        *,
        forms: str = FORMS,
        check: Callable[[Path], None] = check_ending,
    ) -> None:
        """`proposal` is a file's name; `check` raises an EsviewerError for one with an ending that is no form's."""
        super().__init__(parent)
        self._check = check
        for ending in plugged_endings():
            forms += f";;{ending[1:].upper()} (*{ending})"
        self._replaced: Path | None = None
        """The file that is there already, as the dialog has said, and is replaced when a person goes on."""
        self.setWindowTitle(title)
        self.file = FileField(self.tr("File to write"), forms, self, to_write=True)
        self.file.show_file(documents() / proposal)
        self.masked = QCheckBox(self.tr("Mask what looks sensitive"), self)
        self.masked.setChecked(True)
        toml = self.tr("Masking rules (*.toml);;All files (*)")
        self.rules = FileField(self.tr("File of masking rules"), toml, self)
        self.rules.line.setPlaceholderText(self.tr("those in force for the store"))
        self.unmasked = QLabel(self.tr("Everything will be readable. The activity log says so."), self)
        self.unmasked.setObjectName("problem")
        self.unmasked.setWordWrap(True)
        self.unmasked.hide()
        self.evidence = QCheckBox(self.tr("With evidence: a file by which the report can be verified"), self)
        any_file = self.tr("All files (*)")
        self.seal = FileField(self.tr("Seal to quote from"), any_file, self)
        self.seal.line.setPlaceholderText(self.tr("none: the store is sealed for this report"))
        self.key = FileField(self.tr("Private key to sign with"), self.tr("Keys (*.pem);;All files (*)"), self)
        self.key.line.setPlaceholderText(self.tr("none: unsigned"))
        self.problem = QLabel(self)
        self.problem.setObjectName("problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._form = form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("File"), self.file)
        form.addRow("", self.masked)
        form.addRow(self.tr("Rules"), self.rules)
        form.addRow("", self.unmasked)
        form.addRow("", self.evidence)
        form.addRow(self.tr("Seal"), self.seal)
        form.addRow(self.tr("Sign with"), self.key)
        endings = ", ".join(each.split("*.")[1].rstrip(")") for each in forms.split(";;"))
        about = QLabel(self.tr("The form is the file's ending: {0}.").format(endings), self)
        about.setObjectName("dim")
        about.setWordWrap(True)
        self.buttons = QDialogButtonBox(self)
        self.write = QPushButton(self.tr("Write report"), self)
        self.write.setObjectName("primary")
        self.buttons.addButton(self.write, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._layout = layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(about)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.file.changed.connect(self._another)
        self.masked.toggled.connect(self._enable)
        self.evidence.toggled.connect(self._enable)
        self.resize(580, self.sizeHint().height())
        self._enable()

    def _enable(self) -> None:
        self.unmasked.setVisible(not self.masked.isChecked())
        for box, fields in ((self.masked, (self.rules,)), (self.evidence, (self.seal, self.key))):
            for field in fields:
                field.setEnabled(box.isChecked())
                self._form.labelForField(field).setEnabled(box.isChecked())
        self._grow()

    def _another(self) -> None:
        """Another file is named: what was said of the one before is over."""
        self._replaced = None
        self.problem.hide()
        self.write.setText(self.tr("Write report"))

    def accept(self) -> None:
        file = self.file.file
        if file is None:
            self._say(self.tr("Name the file to write."))
            return
        try:
            self._check(file)
            check_place(file)
        except EsviewerError as error:
            self._say(localised(error))
            return
        if file.exists() and file not in (self.file.picked, self._replaced):
            self._replaced = file
            self.write.setText(self.tr("Replace it"))
            self._say(self.tr("{0} is there already.").format(file))
            return
        proven = EvidenceWanted(self.seal.file, self.key.file) if self.evidence.isChecked() else None
        rules = self.rules.file if self.masked.isChecked() else None
        super().accept()
        self.wanted.emit(ReportWanted(file, self.masked.isChecked(), proven, rules))

    def _say(self, text: str) -> None:
        self.problem.setText(visible(text))
        self.problem.show()
        self._grow()

    def _grow(self) -> None:
        """Be as high as what is in it takes at this width: texts that wrap would take it from the fields."""
        self._layout.activate()
        self.resize(self.width(), max(self.height(), self._layout.totalHeightForWidth(self.width())))
