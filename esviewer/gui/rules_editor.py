"""Rules as text, tried out while they are typed: the state at the playhead as they would make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.masked_rules import shown_rules
from esviewer.app.rules_text import blank_rules, checked, read_text, save_text
from esviewer.app.view import AggregateView
from esviewer.assets import config_dir
from esviewer.errors import EsviewerError, RulesError
from esviewer.gui.code_editor import CodeEditor
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_editor import FileEditor
from esviewer.gui.localised import localised
from esviewer.gui.machine import Assignment, Machine
from esviewer.gui.problem_label import ProblemLabel
from esviewer.gui.rules_preview import RulesPreview
from esviewer.gui.rules_search import FoundRules, RulesSearch
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.replay.rules import RulesReducer
from esviewer.work import Work

_ERROR_LINES = 4


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A text for the editor: the file it is of, or what to call it."""

    text: str
    file: Path | None
    note: str = ""
    score: str = ""
    """How well it explains the store."""


class RulesEditor(FileEditor):
    """A window of its own; it outlives stores, and asks before text is lost."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(self.tr("Rules – esviewer"))
        self._machine: Machine | None = None
        self._note = ""
        self._type: str | None = None
        """The aggregate type that the text was loaded for."""
        self._follows = True
        """Whether the text is that of the type on show, and changes with it; not one that was opened or proposed."""
        self._assign_when_saved = False
        self._given_up: str | None = None
        """Changed text of which somebody said that what is being looked for may replace it."""
        self._build(theme)
        self._watch(Qt.ShortcutContext.WindowShortcut)
        self.search.found.connect(self._found)
        self.search.failed.connect(self._failed)
        space = parent.window().size()
        self.resize(max(700, min(1080, space.width() - 30)), max(420, min(640, space.height() - 30)))
        self._tell()

    def _build(self, theme: Theme) -> None:
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.title.setAccessibleName(self.tr("What is edited"))
        self.text = CodeEditor(theme, self)
        self.text.setAccessibleName(self.tr("Rules"))
        self.text.setPlaceholderText(self.tr("Rules in TOML. “Propose” writes some to start from."))
        self.problem = ProblemLabel(self.tr("What is wrong with the rules"), _ERROR_LINES, self)
        self.to_line = self._button("", self._go_to_wrong, self.tr("Put the cursor on the line with the mistake"))
        self.to_line.hide()
        self.open_button = self._button(self.tr("Open …"), self.open_file, self.tr("Edit a rules file"))
        self.propose_button = self._button(
            self.tr("Propose"), self.propose, self.tr("Write rules to start from, out of the store's events")
        )
        self.infer_button = self._button(
            self.tr("Infer"), self.infer, self.tr("Search rules that reproduce the store's snapshots")
        )
        self.search = RulesSearch(self)
        self.score = QLabel(self)
        self.score.setObjectName("dim")
        self.score.setTextFormat(Qt.TextFormat.PlainText)
        self.score.setWordWrap(True)
        self.score.setAccessibleName(self.tr("How well the rules explain the snapshots"))
        self.score.hide()
        self.save_button = self._button(self.tr("Save"), self.save, self.tr("Save the text in its file (Ctrl+S)"))
        self.save_as_button = self._button(self.tr("Save as …"), self.save_as, self.tr("Save the text in another file"))
        self.use_button = self._button("", self.use, self.tr("Save, and rebuild all aggregates of this type with it"))
        self.use_button.setObjectName("primary")
        row = QHBoxLayout()
        for button in (
            self.open_button,
            self.propose_button,
            self.infer_button,
            self.save_button,
            self.save_as_button,
        ):
            row.addWidget(button)
        row.addStretch(1)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(row)
        column.addWidget(self.search)
        column.addWidget(self.score)
        column.addWidget(self.text, 1)
        wrong = QHBoxLayout()
        wrong.addWidget(self.problem, 1)
        wrong.addWidget(self.to_line)
        column.addLayout(wrong)
        column.addWidget(self.use_button)
        self.preview = RulesPreview(theme, self)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(left)
        halves.addWidget(self.preview)
        halves.setStretchFactor(0, 11)
        halves.setStretchFactor(1, 9)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(halves)

    # Which aggregate, which text

    @property
    def _shown_type(self) -> str | None:
        view = None if self._machine is None else self._machine.view
        return None if view is None else view.summary.aggregate_type

    def attach(self, machine: Machine | None) -> None:
        """Follow another store's page; None when it is being closed. The text stays."""
        if self._machine is not None:
            self._machine.view_changed.disconnect(self._view_changed)
            self._machine.screen_changed.disconnect(self._screen_changed)
        self._machine = machine
        if machine is not None:
            machine.view_changed.connect(self._view_changed)
            machine.screen_changed.connect(self._screen_changed)
        self.preview.attach(machine)
        self.search.attach(machine)
        self._tell()

    def show_for_current(self) -> None:
        """Show the window, with what rebuilds the aggregate on show unless a text is being worked on."""
        self._come_up()
        if not self.modified:
            self._load_in_use()
        else:
            self.try_out()

    def edit_file(self, file: Path) -> None:
        """Show the window with this file."""
        self._come_up()
        if file != self.file and self.may_replace():
            self._read_file(file)
        else:
            self.try_out()

    def _come_up(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def _view_changed(self, view: AggregateView | None) -> None:
        self._tell()
        if not self.isVisible() or view is None:
            return
        if self._follows and not self.modified and view.summary.aggregate_type != self._type:
            self._load_in_use()

    def _screen_changed(self) -> None:
        """Rules that were found while values were revealed may hold some of them."""
        machine, text = self._machine, self.text.written()
        if machine is None or self.file is not None:
            return
        shown = shown_rules(text, machine.screen)
        if shown != text:
            self._show_text(_Loaded(shown, None, self._note, self.score.text()), unsaved=self.modified)

    def _load_in_use(self) -> None:
        """Show the file that rebuilds the type on show; where none does, what `merge` does, and then a proposal."""
        machine = self._machine
        if machine is None or machine.view is None:
            self.try_out()
            return
        session, kind = machine.session, machine.view.summary.aggregate_type
        self._type = kind
        self._follows = True

        def load(work: Work) -> _Loaded:
            del work
            file = session.reducers.file_for(kind)
            if file is not None:
                return _Loaded(read_text(file), file)
            return _Loaded(blank_rules(kind), None, self.tr("none are in use yet"))

        machine.tasks.run(load, self._show_loaded, self._failed, slot="rules-load")

    def _show_loaded(self, loaded: _Loaded) -> None:
        if self.modified:
            return  # somebody has begun to write meanwhile
        self._show_text(loaded)
        if loaded.file is None:
            self._given_up = None
            self.search.propose(self._type)

    def _show_text(self, loaded: _Loaded, *, unsaved: bool = False) -> None:
        self._loading = True
        self.text.setPlainText(loaded.text)
        self.text.document().setModified(unsaved)
        self._loading = False
        self.file = loaded.file
        self._known = None if loaded.file is None else loaded.text
        self._note = loaded.note
        self.score.setText(visible(loaded.score))
        self.score.setVisible(bool(loaded.score))
        self._tell()
        self._pause.stop()
        self.try_out()

    def _tell(self) -> None:
        if self.file is not None:
            self._tell_file(self.file)
        else:
            note = self._note or self.tr("not saved yet")
            kind = self._type if self._type is not None else self._shown_type
            what = self.tr("Rules for “{0}”").format(kind) if kind else self.tr("Rules")
            self.title.show_text(visible(f"{what}{self._star} · {note}"))
        view = None if self._machine is None else self._machine.view
        there = view is not None
        kind = self._shown_type
        if not there:
            self.use_button.setText(self.tr("Use for a type: choose an aggregate first"))
        elif kind:
            short = kind if len(kind) <= 40 else kind[:39] + "…"
            self.use_button.setText(visible(self.tr("Use for all of type “{0}”").format(short)).replace("&", "&&"))
        else:
            self.use_button.setText(self.tr("Use for all aggregates without a type"))
        self.use_button.setEnabled(there)
        self.propose_button.setEnabled(there)
        self.infer_button.setEnabled(
            there and self._machine is not None and self._machine.session.store.has_snapshots
        )

    # Trying it out

    def try_out(self) -> None:
        """Parse the text, and rebuild the aggregate on show with it."""
        text = self.text.written()
        if not text.strip():
            self._say("")
            self.preview.show_rules(None)
            return
        origin = self.file.name if self.file is not None else self.tr("The text")
        self.tasks.run(lambda _: checked(text, origin), self._parsed, self._wrong, slot="parse")

    def _parsed(self, found: RulesReducer | str) -> None:
        self._mark(None)
        if isinstance(found, str):
            self._say(
                self.tr(
                    "This file names a program (kind = “{0}”). It is not run while you type: “Use” it, and you are "
                    "asked whether it may run."
                ).format(found)
            )
            self.preview.show_rules(None)
            return
        self._say("")
        self.preview.show_rules(found)

    def _wrong(self, error: EsviewerError) -> None:
        """The text has a mistake; the preview keeps what the last text without one gave."""
        self._say(localised(error))
        self._mark(getattr(error, "line", None) if isinstance(error, RulesError) else None)
        self.preview.show_outdated()

    def _say(self, text: str) -> None:
        self.problem.say(text)
        self.to_line.setVisible(bool(text) and self.text.wrong_line is not None)

    def _failed(self, error: EsviewerError) -> None:
        self._say(localised(error))

    def _too_long(self) -> None:
        self._say(self.tr("What you pasted is too long for rules; nothing was inserted."))

    # Other texts

    def propose(self) -> None:
        """Write rules to start from, out of the events of the type on show."""
        self._look_for(self.search.propose)

    def infer(self) -> None:
        """Search rules that reproduce the snapshots of the type on show."""
        self._look_for(self.search.infer)

    def _look_for(self, search: Callable[[str | None], None]) -> None:
        machine = self._machine
        if machine is None or machine.view is None or not self.may_replace():
            return
        self._given_up = self.text.written()
        self._follows = False
        search(machine.view.summary.aggregate_type)

    def _found(self, found: FoundRules) -> None:
        asked_for, self._given_up = self._given_up, None
        if asked_for is None and (self.modified or found.aggregate_type != self._type):
            return  # nobody asked, and somebody has begun to write or gone elsewhere meanwhile
        if self.modified and self.text.written() != asked_for and not self.may_replace():
            return
        self._type = found.aggregate_type
        self._follows = asked_for is None
        self._show_text(_Loaded(found.text, None, found.note, found.score), unsaved=asked_for is not None)

    def open_file(self) -> None:
        """Ask for a rules file and edit it."""
        if self.may_replace():
            name = self.ask_open()
            if name:
                self._read_file(Path(name))

    def _read_file(self, file: Path) -> None:
        self._follows = False
        self.tasks.run(lambda _: _Loaded(read_text(file), file), self._show_text, slot="open")

    def ask_open(self) -> str:
        """The file a person picks, empty for none."""
        start = str(self.file.parent if self.file is not None else _folder())
        return QFileDialog.getOpenFileName(self, self.tr("Open rules"), start, self.tr("Rules (*.toml)"))[0]

    # Saving

    def save_as(self) -> None:
        """Ask for a file and save the text in it."""
        proposal = self.file or _folder() / f"{_plain(self._shown_type or 'rules')}.toml"
        name = self.ask_save(str(proposal))
        if name:
            self._write(Path(name if name.lower().endswith(".toml") else f"{name}.toml"), None)
        else:
            self._assign_when_saved = False

    def ask_save(self, proposal: str) -> str:
        """The file a person picks to save in, empty for none."""
        if Path(proposal).parent == _folder():
            try:
                _folder().mkdir(parents=True, exist_ok=True)
            except OSError:
                proposal = str(Path.home() / Path(proposal).name)  # any folder will do that can be chosen from
        return QFileDialog.getSaveFileName(self, self.tr("Save rules"), proposal, self.tr("Rules (*.toml)"))[0]

    def _write(self, file: Path, known: str | None) -> None:
        text = self.text.written()
        label = "" if self._machine is None else self._machine.session.store.label

        def write(work: Work) -> tuple[str, Path]:
            del work
            save_text(text, file, label, known=known)
            return text, file

        self.tasks.run(write, self._saved, self._not_saved, slot="save")

    def _saved(self, saved: tuple[str, Path]) -> None:
        text, file = saved
        self.file = file
        self._known = text
        self._note = ""
        if self.text.written() == text:
            self.text.document().setModified(False)
        self._tell()
        assign, self._assign_when_saved = self._assign_when_saved, False
        machine = self._machine
        if machine is None:
            return
        machine.file_saved.emit(file)
        if assign and machine.view is not None:
            machine.assign_wanted.emit(Assignment(machine.view.summary.aggregate_type, file))

    def _not_saved(self, error: EsviewerError) -> None:
        self._assign_when_saved = False
        self._failed(error)

    def use(self) -> None:
        """Rebuild all aggregates of the type on show with the text, which is saved before."""
        machine = self._machine
        if machine is None or machine.view is None:
            return
        if self.file is not None and not self.modified:
            machine.assign_wanted.emit(Assignment(machine.view.summary.aggregate_type, self.file))
            return
        self._assign_when_saved = True
        self.save()

    # Nothing is lost

    def may_replace(self) -> bool:
        """Whether the text may go: it is saved, or a person says so. What they want saved is saved at once."""
        if not self.modified:
            return True
        answer = self.ask_unsaved()
        if answer == QMessageBox.StandardButton.Discard:
            return True
        return answer == QMessageBox.StandardButton.Save and self._save_now()

    def ask_unsaved(self) -> QMessageBox.StandardButton:
        """Whether the changed text is to be saved, thrown away or kept on show."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Unsaved rules"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("The rules have changes that are not saved."))
        box.setStandardButtons(
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel
        )
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        return QMessageBox.StandardButton(box.exec())

    def _save_now(self) -> bool:
        """Save before going on; a small file, so this one thing is not left to the worker."""
        name = str(self.file) if self.file is not None else self.ask_save(str(_folder() / "rules.toml"))
        if not name:
            return False
        file = Path(name if name.lower().endswith(".toml") else f"{name}.toml")
        try:
            label = "" if self._machine is None else self._machine.session.store.label
            save_text(self.text.written(), file, label, known=self._known)
        except EsviewerError as error:
            self._failed(error)
            return False
        self._saved((self.text.written(), file))
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_replace():
            event.ignore()
            return
        self._pause.stop()
        self.text.document().setModified(False)
        self.preview.show_rules(None)
        super().closeEvent(event)

    def end(self) -> None:
        """End its work: the program is being closed."""
        self.attach(None)
        self.tasks.close()


def _folder() -> Path:
    """Where rules are saved unless another place is chosen."""
    return config_dir() / "rules"


def _plain(name: str) -> str:
    """A type's name as a file's."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in name)[:80].lstrip(".") or "rules"
