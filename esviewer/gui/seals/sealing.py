"""Asks for what a seal needs, and seals the store."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.sealing import Made, seal_store
from esviewer.app.session import Session
from esviewer.app.verdicts import sealed
from esviewer.gui.file_field import FileField
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.seals.work_dialog import WorkDialog
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.work import Work

_SLOT: Final = "seal"


class SealDialog(WorkDialog):
    """Seals the store."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self._replacing: Path | None = None
        """The file of which was said that it is there already."""
        store = machine.session.store
        self.setWindowTitle(visible(self.tr("Seal {0}").format(machine.screen.text(store.name))))
        forms = self.tr("Seals (*.seal);;All files (*)")
        self.file = FileField(self.tr("File to write"), forms, self, to_write=True)
        self.file.show_file(f"{store.label}.seal" if "://" not in store.label else f"{store.name}.seal")
        self.key = FileField(self.tr("Private key to sign with"), self.tr("Keys (*.pem);;All files (*)"), self)
        self.key.line.setPlaceholderText(self.tr("an Ed25519 key in PEM; none: unsigned"))
        self.after = FileField(self.tr("Seal that this one goes on after"), forms, self)
        self.after.line.setPlaceholderText(self.tr("none: a chain of seals begins"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("File"), self.file)
        form.addRow(self.tr("Sign with"), self.key)
        form.addRow(self.tr("Go on after"), self.after)
        about = QLabel(
            self.tr(
                "A seal is one digest of all events, and what is needed to find the place of a later change. What was "
                "changed, removed or inserted before the seal was made, the seal can't show. Keep it where those who "
                "can write the store can't write."
            ),
            self,
        )
        about.setObjectName("dim")
        about.setWordWrap(True)
        self.outcome = QPlainTextEdit(self)
        self.outcome.setReadOnly(True)
        self.outcome.setFont(monospace())
        self.outcome.setAccessibleName(self.tr("What was sealed"))
        self.outcome.hide()
        self.seal = QPushButton(self.tr("Seal"), self)
        foot = self._foot(self.seal)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(about)
        layout.addWidget(self.problem)
        layout.addWidget(self.outcome, 1)
        layout.addLayout(foot)
        self.resize(660, 250)

    def begin(self) -> None:
        """Seal the store as the fields say."""
        file = self.file.file
        self.problem.hide()
        if file is None:
            self._say(self.tr("Name the file to write."))
            return
        if file.exists() and self._replacing != file:
            self._replacing = file
            self._say(
                self.tr("{0} is there already. Seal again replaces it; an old seal is worth keeping.").format(file)
            )
            return
        self._replacing = None
        self.outcome.hide()
        self.seal.setEnabled(False)
        self.bar.begin(self.tr("Reading the store"))
        self.aside.run(partial(_sealed, file, self.key.file, self.after.file), self._done, self._failed, slot=_SLOT)

    def cancel(self) -> None:
        """End the sealing that is under way; no file is left of it."""
        self.aside.cancel(_SLOT)
        self._idle()
        self._say(self.tr("Cancelled; nothing was written."))

    def _done(self, made: Made) -> None:
        self._idle()
        screen = self._machine.screen
        self.outcome.setPlainText(visible_lines("\n".join(localised(screen.text(line)) for line in sealed(made))))
        self.outcome.show()
        self.resize(self.width(), max(self.height(), 360))


def _sealed(file: Path, key: Path | None, after: Path | None, session: Session, work: Work) -> Made:
    return seal_store(session, file, sign=key, after=after, work=work)
