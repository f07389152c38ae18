"""The settings of audits as text: opened, written, saved beside the store; a mistake is marked at its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from esviewer.app.drafts import draft_of, read_draft
from esviewer.app.rules_text import read_text, save_text
from esviewer.app.starting_settings import starting_settings
from esviewer.audit.settings import parse_settings
from esviewer.errors import EsviewerError, RulesError
from esviewer.gui.code_editor import CodeEditor
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_editor import FileEditor
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.problem_label import ProblemLabel
from esviewer.gui.text import visible
from esviewer.work import Work

_PROBLEM_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class _Loaded:
    text: str
    file: Path | None
    known: str | None
    unsaved: bool = False


class SettingsEditor(FileEditor):
    """One text, that of the settings in use; what was not saved is kept as a draft when the store is closed."""

    open_wanted = Signal()
    """Another settings file is to be chosen."""
    saved = Signal(object)
    """The text was saved: its file."""

    def __init__(self, machine: Machine, beside: Path | None, parent: QWidget | None = None) -> None:
        """`beside` is where a store keeps its own settings; None where it is no file."""
        super().__init__(parent)
        session = machine.session
        self._label = session.store.label
        self._name = session.store.name
        self._beside = beside
        self._draft = draft_of("audit", session.key or session.store.label)
        self.title = ElidedLabel(self)
        self.title.setObjectName("dim")
        self.title.setAccessibleName(self.tr("What is edited"))
        self.text = CodeEditor(machine.theme, self)
        self.text.setAccessibleName(self.tr("Settings of audits"))
        # The comments that explain it are sentences.
        self.text.setLineWrapMode(CodeEditor.LineWrapMode.WidgetWidth)
        self.problem = ProblemLabel(self.tr("What is wrong with the settings"), _PROBLEM_LINES, self)
        self.to_line = self._button("", self._go_to_wrong, self.tr("Put the cursor on the line with the mistake"))
        self.to_line.hide()
        self.open_button = self._button(self.tr("Open …"), self.open_wanted, self.tr("Use and edit another file"))
        self.save_button = self._button(
            self.tr("Save"), self.save, self.tr("Save the text; the next audit goes by it (Ctrl+S)")
        )
        self.save_as_button = self._button(self.tr("Save as …"), self.save_as, self.tr("Save it in another file"))
        row = QHBoxLayout()
        for button in (self.open_button, self.save_button, self.save_as_button):
            row.addWidget(button)
        row.addStretch(1)
        wrong = QHBoxLayout()
        wrong.addWidget(self.problem, 1)
        wrong.addWidget(self.to_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self.title)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        layout.addLayout(wrong)
        self._watch()
        self._tell()

    def _button(self, text: str, slot: object, tip: str) -> QPushButton:
        button = super()._button(text, slot, tip)
        button.setObjectName("small")
        return button

    @property
    def modified(self) -> bool:
        """Whether the text has changes that are not saved."""
        return self.text.document().isModified()

    # Texts

    def begin(self) -> None:
        """Show what was left unsaved, else the store's own settings, else a text to start from."""
        place, beside = self._draft, self._beside

        def load(work: Work) -> _Loaded:
            del work
            draft = None if place is None else read_draft(place)
            if draft is not None:
                return _Loaded(draft.text, draft.file, draft.known, unsaved=True)
            return _loaded(beside)

        self.tasks.run(load, self._begun, self._failed, slot="load")

    def _begun(self, loaded: _Loaded) -> None:
        self._draft_read = True
        self._show(loaded)

    def show_file(self, file: Path | None) -> None:
        """Show the text of other settings (None: of none yet), unless there are changes that are not saved."""
        if not self.modified:
            self.tasks.run(lambda _: _loaded(file), self._show, self._failed, slot="load")

    def _show(self, loaded: _Loaded) -> None:
        if self.modified:
            return  # somebody has begun to write meanwhile
        self._loading = True
        self.text.setPlainText(loaded.text)
        self.text.document().setModified(loaded.unsaved)
        self._loading = False
        self.file, self._known = loaded.file, loaded.known
        self._tell()
        self.try_out()

    def may_replace(self) -> bool:
        """Whether the text may go: it is saved, or somebody says so."""
        if not self.modified:
            return True
        answer = QMessageBox.question(
            self, self.tr("Not saved"), self.tr("The settings have changes that are not saved. Give them up?")
        )
        if answer == QMessageBox.StandardButton.Yes:
            self.text.document().setModified(False)
        return not self.modified

    # What is wrong

    def try_out(self) -> None:
        """Look at the text."""
        self._pause.stop()
        text, origin = self.text.written(), self._origin
        self.tasks.run(lambda _: parse_settings(text, origin), self._sound, self._wrong, slot="parse")

    @property
    def _origin(self) -> str:
        return self.tr("The text") if self.file is None else self.file.name

    def _sound(self, _: object) -> None:
        self._mark(None)
        self.problem.say("")

    def _wrong(self, error: EsviewerError) -> None:
        self.problem.say(localised(error))
        self._mark(error.line if isinstance(error, RulesError) else None)

    def _too_long(self) -> None:
        self.problem.say(self.tr("What you pasted is too long for settings; nothing was inserted."))

    # Saving

    def save(self) -> None:
        """Save the text in its file; where it has none, beside the store, or where a person says."""
        if self.file is not None:
            self._write(self.file, self._known)
        elif self._beside is not None:
            self._write(self._beside, "")  # what somebody else has begun there meanwhile stays
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask where to, and save the text there."""
        name = self.ask_save()
        if name:
            self._write(Path(name if name.lower().endswith(".toml") else f"{name}.toml"), None)

    def ask_save(self) -> str:
        """The file a person picks to write, empty for none."""
        proposal = self.file or self._beside or Path.home() / f"{self._name.replace('/', '_')}.audit.toml"
        forms = self.tr("Settings (*.toml)")
        return QFileDialog.getSaveFileName(self, self.tr("Save the settings of audits"), str(proposal), forms)[0]

    def _write(self, file: Path, known: str | None) -> None:
        text, label, origin = self.text.written(), self._label, self._origin

        def write(work: Work) -> tuple[Path, str]:
            del work
            parse_settings(text, origin)  # no audit could be made with a file that has a mistake
            save_text(text, file, label, known=known)
            return file, text

        self._pause.stop()
        self.tasks.run(write, self._saved, self._wrong, slot="save")

    def _saved(self, saved: tuple[Path, str]) -> None:
        self.file, self._known = saved
        self.text.document().setModified(self.text.written() != self._known)
        self._tell()
        self.try_out()
        self.saved.emit(self.file)

    def _tell(self) -> None:
        if self.file is not None:
            self._tell_file(self.file)
        elif self._beside is not None:
            text = self.tr("Not kept yet{0}; “Save” makes {1}").format(self._star, self._beside.name)
            self.title.show_text(visible(text), visible(str(self._beside)))
        else:
            self.title.show_text(self.tr("Not kept yet{0}; “Save” asks where").format(self._star))

def _loaded(file: Path | None) -> _Loaded:
    if file is None or not file.is_file():
        return _Loaded(starting_settings(), None, None)
    text = read_text(file)
    return _Loaded(text, file, text)
