"""A projection file as text: opened, written, saved; its mistake is marked while somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QMessageBox, QPushButton, QVBoxLayout, QWidget

from esviewer.app.drafts import read_draft
from esviewer.app.projection_results import Kept
from esviewer.app.rules_text import read_text, save_text
from esviewer.app.session import Session
from esviewer.app.starting_projection import starting_projection
from esviewer.errors import EsviewerError, RulesError
from esviewer.gui.code_editor import CodeEditor
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_editor import FileEditor
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.problem_label import ProblemLabel
from esviewer.gui.text import visible
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.file import parse_projections
from esviewer.work import Work

_FORMS: Final = "*.toml"


@dataclass(frozen=True, slots=True)
class _Loaded:
    text: str
    file: Path | None
    unsaved: bool = False
    known: str | None = None
    """What the file holds, as far as is known."""


def _of(file: Path) -> _Loaded:
    text = read_text(file)
    return _Loaded(text, file, known=text)


class ProjectionEditor(FileEditor):
    """One text at a time; what is not saved is kept as a draft."""

    tried = Signal(object)
    """The text has no mistake: its ProjectionFile."""
    wrong = Signal()
    """The text has a mistake now."""
    emptied = Signal()
    """There is no text."""
    changed_file = Signal()
    """Another file is edited, or the same under another name."""
    run_wanted = Signal()

    def __init__(self, machine: Machine, kept: Kept, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._kept = kept
        self._draft = kept.draft
        self._stopped = False
        self.parsed: ProjectionFile | None = None
        """What the text says; None while it has a mistake or was not looked at yet."""
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.title.setAccessibleName(self.tr("What is edited"))
        self.text = CodeEditor(machine.theme, self)
        self.text.setAccessibleName(self.tr("Projection file"))
        self.text.setPlaceholderText(self.tr("A projection file in TOML. “New” writes one to start from."))
        self.problem = ProblemLabel(self.tr("What is wrong with the text"), 5, self)
        self.new_button = self._button(self.tr("New"), self.begin_new, self.tr("Write one to start from"))
        self.open_button = QPushButton(self.tr("Open"), self)
        self.open_button.setToolTip(self.tr("Edit a projection file"))
        self.recent = QMenu(self)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.open_button.setMenu(self.recent)
        self.save_button = self._button(self.tr("Save"), self.save, self.tr("Save the text in its file (Ctrl+S)"))
        self.save_as_button = self._button(self.tr("Save as …"), self.save_as, self.tr("Save it in another file"))
        row = QHBoxLayout()
        for button in (self.new_button, self.open_button, self.save_button, self.save_as_button):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self.title)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.problem)
        self._watch()
        self._tell()

    @property
    def settled(self) -> bool:
        """Whether the text has been looked at since the last key."""
        return not self._pause.isActive() and not self.tasks.busy

    # Texts

    def begin(self) -> None:
        """Show what was edited last, or a text to start from."""
        kept = self._kept

        def load(work: Work) -> _Loaded | None:
            del work
            draft = read_draft(kept.draft)
            if draft is not None:
                return _Loaded(draft.text, draft.file, unsaved=True, known=draft.known)
            for file in kept.recent():
                try:
                    return _of(file)
                except RulesError:
                    continue
            return None

        self.tasks.run(load, self._begun, self._failed, slot="load")

    def _begun(self, loaded: _Loaded | None) -> None:
        self._draft_read = True
        if self.text.written().strip():
            return  # somebody has begun to write meanwhile
        if loaded is None:
            self.propose()
        else:
            self._show(loaded)

    def begin_new(self) -> None:
        """Write another text to start from; asks before one that is not saved is lost."""
        if self.may_replace():
            self.propose()

    def propose(self) -> None:
        """Write a text to start from."""
        screen = self._machine.screen.beside()

        def act(session: Session, work: Work) -> str:
            return starting_projection(session, screen.hides_path, work)

        self._machine.aside.run(act, self._proposed, self._failed, slot="projection-template")

    def _proposed(self, text: str) -> None:
        if not self._stopped:
            self._show(_Loaded(text, None))

    def open_file(self) -> None:
        """Ask for a file and edit it."""
        name = self.ask_open()
        if name:
            self.edit(Path(name))

    def edit(self, file: Path) -> None:
        """Edit a file."""
        if self.may_replace():
            self.tasks.run(lambda _: _of(file), self._opened, self._failed, slot="load")

    def _opened(self, loaded: _Loaded) -> None:
        self._show(loaded)
        if loaded.file is not None:
            self._remember(loaded.file)

    def _remember(self, file: Path) -> None:
        kept = self._kept
        self.tasks.run(lambda _: kept.add_recent(file))

    def _show(self, loaded: _Loaded) -> None:
        self._loading = True
        self.text.setPlainText(loaded.text)
        self.text.document().setModified(loaded.unsaved)
        self._loading = False
        self.file, self.parsed = loaded.file, None
        self._known = loaded.known
        self._tell()
        self.changed_file.emit()
        self.try_out()

    def ask_open(self) -> str:
        """The file a person picks, empty for none."""
        folder = "" if self.file is None else str(self.file.parent)
        forms = self.tr("Projection files ({0});;All files (*)").format(_FORMS)
        return QFileDialog.getOpenFileName(self, self.tr("Open a projection file"), folder, forms)[0]

    def ask_save(self) -> str:
        """The file a person picks to write, empty for none."""
        proposal = "projection.toml" if self.file is None else str(self.file)
        forms = self.tr("Projection files ({0})").format(_FORMS)
        return QFileDialog.getSaveFileName(self, self.tr("Save the projection file"), proposal, forms)[0]

    def may_replace(self) -> bool:
        """Whether the text may go: it is saved, or somebody says so."""
        if not self.modified:
            return True
        answer = QMessageBox.question(
            self, self.tr("Not saved"), self.tr("The text has changes that are not saved. Give them up?")
        )
        return answer == QMessageBox.StandardButton.Yes

    def save_as(self) -> None:
        """Ask where to, and save the text there."""
        name = self.ask_save()
        if name:
            file = Path(name)
            self._write(file if file.suffix else file.with_suffix(".toml"), None)

    def _write(self, file: Path, known: str | None) -> None:
        text, label = self.text.written(), self._machine.session.store.label
        act = partial(save_text, text, file, label, known=known)
        self.tasks.run(lambda _: act(), lambda _: self._saved(file, text), self._failed, slot="save")

    def _saved(self, file: Path, text: str) -> None:
        other = file != self.file
        self.file, self._known = file, text
        self.text.document().setModified(self.text.written() != text)
        self._tell()
        self._remember(file)
        if other:
            self.changed_file.emit()
        self.try_out()

    def _fill_recent(self) -> None:
        self.recent.clear()
        self.recent.addAction(self.tr("Open …"), self.open_file)
        files = self._kept.recent()
        if files:
            self.recent.addSeparator()
        for file in files:
            action = self.recent.addAction(visible(f"{file.name} – {file.parent}").replace("&", "&&"))
            action.setData(str(file))
            action.triggered.connect(self._recent_chosen)

    def _recent_chosen(self) -> None:
        action = self.sender()
        if action is not None:
            self.edit(Path(str(action.data())))  # type: ignore[attr-defined]

    # Trying it out

    def _typed(self) -> None:
        if not self._loading:
            self.parsed = None
            self.text.mark_wrong(None)
            self._pause.start()

    def try_out(self) -> None:
        """Look at the text."""
        self._pause.stop()
        text, file = self.text.written(), self.file
        if not text.strip():
            self.parsed = None
            self.problem.say("")
            self.text.mark_wrong(None)
            self.emptied.emit()
            return
        origin = self.tr("The text") if file is None else file.name
        folder = None if file is None else file.parent
        name = "projection" if file is None else file.stem
        act = partial(parse_projections, text, origin, folder, default_name=name)
        self.tasks.run(lambda _: act(), self._parsed, self._mistaken, slot="parse")

    def _parsed(self, found: ProjectionFile) -> None:
        self.parsed = found
        self.text.mark_wrong(None)
        self.problem.say("")
        self.tried.emit(found)

    def _mistaken(self, error: EsviewerError) -> None:
        self.parsed = None
        self.text.mark_wrong(error.line if isinstance(error, RulesError) else None)
        self.problem.say(localised(error))
        self.wrong.emit()

    def _too_long(self) -> None:
        self.problem.say(self.tr("What you pasted is too long for a projection file; nothing was inserted."))

    def _tell(self) -> None:
        if self.file is None:
            self.title.show_text(self.tr("Projection{0} · not saved yet").format(self._star))
        else:
            self._tell_file(self.file)

    def close_store(self) -> None:
        self._stopped = True
        super().close_store()
