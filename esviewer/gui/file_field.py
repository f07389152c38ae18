"""A field for the name of a file, with a button that lets it be picked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

_NO_NAME: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def documents() -> Path:
    """Where files are proposed to be kept: the folder of documents, else the user's own."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(found) if found else Path.home()
    return folder if folder.is_dir() else Path.home()


def file_name(text: str) -> str:
    """A text as the name of a file that every system takes."""
    return _NO_NAME.sub("_", text)


class FileField(QWidget):
    """Either a file that is there, or one that is to be written."""

    changed = Signal()

    def __init__(self, what: str, forms: str, parent: QWidget | None = None, *, to_write: bool = False) -> None:
        """`what` names it for those who pick it or can't see it, `forms` as a file dialog wants it."""
        super().__init__(parent)
        self._what = what
        self._forms = forms
        self._to_write = to_write
        self.picked: Path | None = None
        """The file that was picked last: of one to be written, the dialog asked whether it may be replaced."""
        self.line = QLineEdit(self)
        self.line.setAccessibleName(what)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self.changed)
        self.pick = QPushButton(self.tr("Browse …"), self)
        self.pick.setAutoDefault(False)
        self.pick.clicked.connect(self._pick)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.pick)
        self.setFocusProxy(self.line)

    @property
    def file(self) -> Path | None:
        """What is named; None for nothing."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def show_file(self, file: Path | str) -> None:
        """Propose a file."""
        self.line.setText(str(file))
        self.line.setCursorPosition(len(self.line.text()))

    def ask(self) -> str:
        """The file a person picks, empty for none."""
        ask = QFileDialog.getSaveFileName if self._to_write else QFileDialog.getOpenFileName
        return ask(self, self._what, self.line.text(), self._forms)[0]

    def _pick(self) -> None:
        name = self.ask()
        if name:
            self.picked = Path(name)
            self.show_file(name)
