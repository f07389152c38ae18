"""Which reducer rebuilds which aggregate type, and choosing another one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.reducers import Choice, fits
from esviewer.assets import config_dir
from esviewer.errors import EsviewerError, RulesError
from esviewer.gui.fixed_words import reducer_kind
from esviewer.gui.localised import localised
from esviewer.gui.machine import Assignment, Machine
from esviewer.gui.row_table import give_widths
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.work import Work

_TYPES_SHOWN = 5000
_IDLE_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Row:
    aggregate_type: str
    choice: Choice | None
    file: Path | None
    problem: str = ""


class ReducersDialog(QDialog):
    """A table of types; changes are remembered for this store and rebuild the aggregate on show."""

    edit_wanted = Signal(object)
    """A reducer's file is to be edited: its Path."""

    def __init__(
        self, machine: Machine, types: list[str], first: str | None = None, parent: QWidget | None = None
    ) -> None:
        """`types` are the store's aggregate types, "" for none; `first` is picked to begin with."""
        super().__init__(parent)
        self._machine = machine
        self._types = types
        self._first = first
        self._rows: list[_Row] = []
        self._idle: list[tuple[Path, str]] = []
        """Files that are for none of the types, with the globs of those that they are for."""
        self._before: list[Assignment] = []
        """What undoes the choices made here, the last one last."""
        self._undoing: Assignment | None = None
        """What undoes the choice that is being taken on."""
        self.setWindowTitle(self.tr("Reducers in use"))
        self._words = {
            "named": self.tr("given at the start"),
            "assigned": self.tr("chosen for this type"),
            "beside": self.tr("beside the store"),
            "inferred": self.tr("no rules"),
        }
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.table = QTreeWidget(self)
        self.table.setAccessibleName(self.tr("Aggregate types and their reducers"))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setHeaderLabels(
            [self.tr("Type"), self.tr("Reducer"), self.tr("Kind"), self.tr("Why"), self.tr("File"), self.tr("Hash")]
        )
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.table.header()
        header.setStretchLastSection(True)
        give_widths(header, (130, 130, 100, 130, 220))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.currentItemChanged.connect(self._picked)
        self.table.itemActivated.connect(self.change)
        self.message = QLabel(self)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setObjectName("problem")
        self.message.setWordWrap(True)
        self.message.hide()
        self.unfit = QLabel(self)
        self.unfit.setTextFormat(Qt.TextFormat.PlainText)
        self.unfit.setObjectName("problem")
        self.unfit.setWordWrap(True)
        self.unfit.setAccessibleName(self.tr("Files that are not for the type"))
        self.unfit.hide()
        self.change_button = self._button(self.tr("Change …"), self.change, self.tr("Choose another file for the type"))
        self.reset_button = self._button(
            self.tr("Use no rules"), self.reset, self.tr("Let payload keys overwrite state keys, without rules")
        )
        self.back_button = self._button(
            self.tr("Take back"), self.take_back, self.tr("Forget the choice: use what lies beside the store, if any")
        )
        self.edit_button = self._button(
            self.tr("Edit …"), self.edit, self.tr("Show the type's file in the rules editor")
        )
        self.undo_button = self._button(self.tr("Undo"), self.undo, self.tr("Undo the last choice made here (Ctrl+Z)"))
        self.undo_button.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        self.undo_button.setEnabled(False)
        close = self._button(self.tr("Close"), self.reject, "")
        row = QHBoxLayout()
        for button in (
            self.change_button, self.reset_button, self.back_button, self.edit_button, self.undo_button
        ):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.about)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.unfit)
        layout.addWidget(self.message)
        layout.addLayout(row)
        self.resize(860, 360)
        machine.rebuild_wanted.connect(self._taken_on)
        machine.failed.connect(self._failed)
        self.reload()

    def show_types(self, types: list[str]) -> None:
        """Show other types, as more of them become known."""
        if types != self._types:
            self._types = types
            self.reload()

    def _button(self, text: str, slot: object, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    def reload(self) -> None:
        """Look up what is in use."""
        reducers, types = self._machine.session.reducers, self._types[:_TYPES_SHOWN]
        about = self.tr("What rebuilds the states of each aggregate type of this store. Choices are remembered.")
        if len(types) < len(self._types):
            about += " " + self.tr("The first {0} of {1} types:").format(f"{len(types):,}", f"{len(self._types):,}")
        self.about.setText(about)

        def look(work: Work) -> tuple[list[_Row], list[tuple[Path, str]]]:
            rows = []
            for kind in types:
                work.check()
                try:
                    rows.append(_Row(kind, reducers.choice_for(kind), reducers.file_for(kind)))
                except RulesError as error:
                    rows.append(_Row(kind, None, reducers.file_for(kind), localised(error)))
            return rows, reducers.idle(self._types)

        self._machine.tasks.run(look, self._show, self._failed, slot="reducers-in-use")

    def _failed(self, error: EsviewerError) -> None:
        self._undoing = None
        self.message.setText(visible(localised(error)))
        self.message.show()

    def _show(self, found: tuple[list[_Row], list[tuple[Path, str]]]) -> None:
        rows, self._idle = found
        picked = self._first if self.picked is None else self.picked
        self._rows = rows
        self.table.clear()
        for row in rows:
            choice = row.choice
            if choice is None:
                cells = [row.aggregate_type, self.tr("can't be used"), "", "", str(row.file or ""), ""]
            else:
                file = "" if choice.file is None else str(choice.file)
                name = choice.reducer.name + (self.tr(" (inferred)") if choice.reducer.inferred else "")
                kind = reducer_kind(choice.kind)
                cells = [row.aggregate_type, name, kind, self._words[choice.how], file, choice.reducer.digest]
            shown = [visible(cell) for cell in cells]
            shown[0] = shown[0] or self.tr("(no type)")
            item = QTreeWidgetItem(shown)
            item.setFont(5, monospace())
            for column, text in enumerate(shown):
                item.setToolTip(column, text)
            self.table.addTopLevelItem(item)
        if picked is not None:
            self.pick(picked)
        if self._row is None and rows:
            self.pick(rows[0].aggregate_type)
        self._picked()

    @property
    def _row(self) -> _Row | None:
        item = self.table.currentItem()
        index = -1 if item is None else self.table.indexOfTopLevelItem(item)
        return self._rows[index] if 0 <= index < len(self._rows) else None

    @property
    def picked(self) -> str | None:
        """The type that is picked; None when there is none."""
        return None if self._row is None else self._row.aggregate_type

    def pick(self, aggregate_type: str) -> None:
        """Pick a type."""
        for index, row in enumerate(self._rows):
            item = self.table.topLevelItem(index)
            if row.aggregate_type == aggregate_type and item is not None:
                self.table.setCurrentItem(item)

    def _picked(self) -> None:
        row = self._row
        choice = None if row is None else row.choice
        self._tell_unfit(row)
        there = row is not None
        self.change_button.setEnabled(there)
        self.reset_button.setEnabled(there and (choice is None or choice.kind != "merge"))
        self.back_button.setEnabled(there and (choice is None or choice.how == "assigned"))
        self.edit_button.setEnabled(row is not None and row.file is not None)

    def _tell_unfit(self, row: _Row | None) -> None:
        """Say which files are not for the types that they are used for, or could be thought to be."""
        choice = None if row is None else row.choice
        told = []
        if row is not None and choice is not None and not fits(choice.reducer.aggregate_type, row.aggregate_type):
            pattern = choice.reducer.aggregate_type
            told.append(
                self.tr("“{0}” says that it is for aggregates of type “{1}”. It rebuilds “{2}” because it was chosen.")
                .format(choice.reducer.name, pattern, row.aggregate_type)
            )
        for file, pattern in self._idle[:_IDLE_NAMED]:
            told.append(
                self.tr("{0} is not in use: it is for aggregates of type “{1}”, and none is of such a type.")
                .format(file.name, pattern)
            )
        if len(self._idle) > _IDLE_NAMED:
            told.append(self.tr("Other files that are not in use: {0}.").format(f"{len(self._idle) - _IDLE_NAMED:,}"))
        if row is not None and choice is None:
            told.append(row.problem)
        self.unfit.setText(visible_lines("\n".join(told)))
        self.unfit.setVisible(bool(told))

    def change(self) -> None:
        """Ask for a file and use it for the type that is picked."""
        kind = self.picked
        if kind is None:
            return
        name = self.ask_file()
        if name:
            self._assign(Assignment(kind, Path(name)))

    def _assign(self, wanted: Assignment) -> None:
        """Have another choice made for the type that is picked, which can be undone."""
        row = self._row
        if row is not None:
            # What can't be used was chosen, or else lies beside the store.
            was = row.choice is None or row.choice.how == "assigned"
            kind = row.aggregate_type
            self._undoing = Assignment(kind, row.file) if was else Assignment(kind, taken_back=True)
        self._want(wanted)

    def _want(self, wanted: Assignment) -> None:
        self.message.hide()
        self._machine.assign_wanted.emit(wanted)

    def _taken_on(self) -> None:
        """A choice counts only now: bad files are refused."""
        if self._undoing is not None:
            self._before.append(self._undoing)
        self._undoing = None
        self.undo_button.setEnabled(bool(self._before))
        self.reload()

    def undo(self) -> None:
        """Undo the last choice made here."""
        if self._before:
            before = self._before.pop()
            self.pick(before.aggregate_type or "")
            self._want(before)

    def ask_file(self) -> str:
        """The file a person picks, empty for none."""
        folder = config_dir() / "rules"
        return QFileDialog.getOpenFileName(
            self, self.tr("Choose a reducer's file"), str(folder if folder.is_dir() else Path.home()), "TOML (*.toml)"
        )[0]

    def reset(self) -> None:
        """Use no rules for the type that is picked."""
        if self.picked is not None:
            self._assign(Assignment(self.picked, None))

    def edit(self) -> None:
        """Have the file of the type that is picked edited."""
        file = None if self._row is None else self._row.file
        if file is not None:
            self.edit_wanted.emit(file)

    def take_back(self) -> None:
        """Forget what was chosen for the type that is picked."""
        if self.picked is not None:
            self._assign(Assignment(self.picked, taken_back=True))
