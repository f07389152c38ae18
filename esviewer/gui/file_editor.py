"""What the editors of rules, projections and settings have in common: a text that is looked at while it is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from esviewer.errors import EsviewerError
from esviewer.gui.code_editor import CodeEditor
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.problem_label import ProblemLabel
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible

PAUSE_MS: Final = 300
"""Milliseconds after the last key until the text is looked at."""


class FileEditor(QWidget):
    """Has `title`, `text`, `problem` and `to_line` made by its heirs, which call `_watch()` then."""

    title: ElidedLabel
    text: CodeEditor
    problem: ProblemLabel
    to_line: QPushButton
    """Goes to the line with the mistake, where an editor has it."""

    def __init__(self, parent: QWidget | None = None, flags: Qt.WindowType = Qt.WindowType.Widget) -> None:
        super().__init__(parent, flags)
        self.tasks = Tasks(self)
        """Reads, parses and writes files; what asks the store runs on the store's own worker."""
        self.file: Path | None = None
        """What the text is saved in, if anything yet."""
        self._known: str | None = None
        """What that file held when it was last read or written here; None: that does not matter."""
        self._loading = False

    def _watch(self, context: Qt.ShortcutContext = Qt.ShortcutContext.WidgetWithChildrenShortcut) -> None:
        """Look at the text when the keys pause; save it with Ctrl+S in this context."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.try_out)
        self.text.textChanged.connect(self._typed)
        self.text.document().modificationChanged.connect(self._tell)
        self.text.refused.connect(self._too_long)
        self.tasks.failed.connect(self._failed)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        keys.setContext(context)
        keys.activated.connect(self.save)

    def _button(self, text: str, slot: object, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    @property
    def modified(self) -> bool:
        """Whether the text has changes that are not saved."""
        return self.text.document().isModified() and bool(self.text.written().strip())

    def try_out(self) -> None:
        """Look at the text."""
        raise NotImplementedError

    def save(self) -> None:
        """Save the text in its file; asks where to, where it has none."""
        if self.file is None:
            self.save_as()
        else:
            self._write(self.file, self._known)

    def save_as(self) -> None:
        """Ask where to, and save the text there."""
        raise NotImplementedError

    def _write(self, file: Path, known: str | None) -> None:
        """Save the text in a file, unless that holds another text than what is `known` of it."""
        raise NotImplementedError

    def _typed(self) -> None:
        if not self._loading:
            self._mark(None)
            self._pause.start()

    def _mark(self, line: int | None) -> None:
        self.text.mark_wrong(line)
        self.to_line.setText(self.tr("Line {0}").format(self.text.wrong_line))
        self.to_line.setVisible(self.text.wrong_line is not None)

    def _go_to_wrong(self) -> None:
        line = self.text.wrong_line
        if line is not None:
            self.text.go_to_line(line)

    def _failed(self, error: EsviewerError) -> None:
        self.problem.say(localised(error))

    def _too_long(self) -> None:
        raise NotImplementedError

    def _tell(self) -> None:
        raise NotImplementedError

    @property
    def _star(self) -> str:
        return " *" if self.modified else ""

    def _tell_file(self, file: Path) -> None:
        self.title.show_text(visible(f"{file.name}{self._star} · {file.parent}"), visible(str(file)))
