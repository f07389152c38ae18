"""What the editors of rules, projections and settings have in common: a text that is looked at while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from esviewer.app.drafts import Draft, keep_draft
from esviewer.errors import EsviewerError
from esviewer.gui.code_editor import CodeEditor
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.problem_label import ProblemLabel
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible

PAUSE_MS: Final = 300
"""Milliseconds after the last key until the text is looked at."""
KEEP_MS: Final = 1_500
"""Milliseconds after the first key since the text was kept until it is kept again, for whoever is killed."""


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
        self._draft: Path | None = None
        """Where what is not saved is kept, in editors that keep it."""
        self._draft_read = False
        """Whether what was kept there before has been looked at: until then it is not removed."""

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
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEP_MS)
        self._keeping.timeout.connect(self._keep)
        self.text.textChanged.connect(self._keep_soon)
        self.text.document().modificationChanged.connect(self._keep_soon)
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

    def _keep_soon(self) -> None:
        # Not begun anew with each key: who never pauses would have nothing kept.
        if self._draft is not None and not self._keeping.isActive():
            self._keeping.start()

    def _keep(self) -> None:
        """Keep what is not saved as a draft, or that there is nothing of the kind."""
        keep = self._keeper()
        if keep is not None:
            self.tasks.run(lambda _: keep(), slot="draft")

    def _keeper(self) -> Callable[[], None] | None:
        """What keeps the draft as it is now; None where nothing is to be kept, or removed."""
        place, draft = self._draft, self._unsaved
        if place is None or (draft is None and not self._draft_read):
            return None
        return partial(keep_draft, place, draft)

    @property
    def _unsaved(self) -> Draft | None:
        return Draft(self.text.written(), self.file, self._known) if self.modified else None

    def close_store(self) -> None:
        """Keep what is not saved, and end all work."""
        self._pause.stop()
        self._keeping.stop()
        self.tasks.close(self._keeper())

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
