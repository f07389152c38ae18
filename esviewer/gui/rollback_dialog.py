"""Rollback analysis: what would take the state back to an earlier version, and which events that would undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.asking import ask_rollback, whole_view
from esviewer.app.files import not_of_the_store, write_whole
from esviewer.app.rollback_forms import ENDINGS, document
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.errors import ConsentNeededError, EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_field import file_name
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MASKED, MarkedText, mark_items, reveal_in
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.not_written import not_written
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible, visible_lines
from esviewer.gui.theme import Theme, monospace
from esviewer.gui.times import shown_time
from esviewer.model.change import pointer
from esviewer.model.instant import parse
from esviewer.questions.rollback import Rollback, Undone
from esviewer.work import Progress, Work

_LINES_SHOWN = 2000
_WIDEST = 2000
"""Characters of a line that are shown."""
_MOST_COPIED = 20_000_000
_PLACES_SHOWN = 5

_Index = QModelIndex | QPersistentModelIndex


class UndoneModel(QAbstractTableModel):
    """One row for each event that would be undone, oldest first."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._events: Sequence[Undone] = ()
        self._skipped: Mapping[int, str] = {}

    def show_events(self, events: Sequence[Undone], skipped: Mapping[int, str]) -> None:
        """Show other events; `skipped` says why some could not be applied, by version."""
        self.beginResetModel()
        self._events = events
        self._skipped = skipped
        self.endResetModel()

    def event_at(self, row: int) -> Undone:
        """The event in a row."""
        return self._events[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._events)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Version"),
                self.tr("Event"),
                self.tr("Time"),
                self.tr("Actor"),
                self.tr("What it changed"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        event = self._events[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(event, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == 0 and event.concerns:
                return self.tr("It wrote something that the patch takes back.")
            return tip(self._text(event, index.column())[:2000]) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and not event.concerns:
            return QColor(self._theme.colours.dim)
        return None

    def _text(self, event: Undone, column: int) -> str:
        if column == 0:
            return f"{'* ' if event.concerns else ''}{event.version}"
        if column == 4:
            places = [pointer(path) or self.tr("(the whole state)") for path in event.changed[:_PLACES_SHOWN]]
            more = len(event.changed) - len(places)
            text = ", ".join(places) + (f" + {more:,}" if more else "")
            if event.version in self._skipped:
                return visible(self.tr("skipped: {0}").format(localised(self._skipped[event.version])))
            return visible(text) or self.tr("nothing")
        if column == 2:
            return shown_time(parse(event.timestamp)) if event.timestamp else "–"
        return visible(event.type if column == 1 else event.actor or "")


@dataclass(frozen=True, slots=True)
class _Text:
    """A form's beginning as it is shown; the document itself is made when it is wanted."""

    form: str
    shown: str


class RollbackDialog(QDialog):
    """The window stays usable while it works."""

    opened = Signal(object)
    """An event is to be shown: (its aggregate's id, its version)."""

    def __init__(self, machine: Machine, aggregate_id: str, version: int, parent: QWidget) -> None:
        """It begins with the way back to `version`."""
        super().__init__(parent)
        self._machine = machine
        self.aggregate_id = aggregate_id
        self._aside = machine.aside.twin(self)
        self._found: Rollback | None = None
        self._told: int | None = None
        """The newest version of which it was said that it has come."""
        self._ended = False
        self._build(parent)
        self._name_window()
        machine.screen_changed.connect(self._screen_changed)
        machine.grown.connect(self._grown)
        self.version.setText(str(version))
        self.ask()

    def _build(self, parent: QWidget) -> None:
        self.headline = ElidedLabel(self)
        self.headline.setObjectName("heading")
        self.version = QLineEdit(self)
        self.version.setAccessibleName(self.tr("Back to version"))
        self.version.setFixedWidth(110)
        self.version.returnPressed.connect(self.ask)
        self.ask_button = self._button(self.tr("Analyse"), self.ask, self.tr("Look at the way back to this version"))
        note = QLabel(
            self.tr("This is an analysis. The store was not written, and esviewer cannot write it."), self
        )
        note.setObjectName("dim")
        note.setWordWrap(True)
        self.how = ElidedLabel(self)
        self.how.setObjectName("dim")
        self.messages = MessageBar(self, self._machine.screen_now)
        self.model = UndoneModel(self._machine.theme, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, self._machine.theme, self._machine)
        self.table.setAccessibleName(self.tr("Events that would be undone"))
        self.table.setToolTip(self.tr("Double-click goes to the event"))
        self.table.activated.connect(self._open)
        header = show_rows(self.table)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        give_widths(header, (70, 140, 236, 110))
        self.go_button = self._button(self.tr("Go there"), self._go, self.tr("Show the event that is picked"))
        self.go_button.setEnabled(False)
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.model.modelReset.connect(self._picked)
        self.undone = QLabel(self)
        self.undone.setTextFormat(Qt.TextFormat.PlainText)
        self.undone.setWordWrap(True)
        self.form = QComboBox(self)
        self.form.setAccessibleName(self.tr("Form of the document"))
        names = {
            "text": self.tr("Text"),
            "markdown": self.tr("Markdown"),
            "json": self.tr("JSON"),
            "patch": self.tr("JSON Patch"),
        }
        for form in ENDINGS:
            self.form.addItem(names[form], form)
        self.form.currentIndexChanged.connect(self._show_form)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(monospace())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Document"))
        MarkedText(self._machine.theme, self.text.document())
        reveal_in(self.text, self._machine)
        self.copy_button = self._button(self.tr("Copy"), self.copy, self.tr("Copy the whole document"))
        self.save_button = self._button(self.tr("Save …"), self.save, self.tr("Write the whole document to a file"))
        close = self._button(self.tr("Close"), self.reject, "")
        self.bar = QProgressBar(self)
        self.bar.setMaximumHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button = self._button(self.tr("Stop"), self.stop, self.tr("Stop working"))
        top = QHBoxLayout()
        top.addWidget(self.headline, 1)
        top.addWidget(QLabel(self.tr("Back to version"), self))
        top.addWidget(self.version)
        top.addWidget(self.ask_button)
        upper = QWidget(self)
        over = QVBoxLayout(upper)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.undone, 1)
        head.addWidget(self.go_button)
        over.addLayout(head)
        over.addWidget(self.table, 1)
        lower = QWidget(self)
        under = QVBoxLayout(lower)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        line = QHBoxLayout()
        line.addWidget(QLabel(self.tr("The document"), self))
        line.addWidget(self.form)
        line.addStretch(1)
        line.addWidget(self.copy_button)
        line.addWidget(self.save_button)
        under.addLayout(line)
        under.addWidget(self.text, 1)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(upper)
        halves.addWidget(lower)
        halves.setSizes([220, 260])
        bottom = QHBoxLayout()
        bottom.addWidget(note, 1)
        bottom.addWidget(self.bar)
        bottom.addWidget(self.stop_button)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.how)
        layout.addWidget(self.messages)
        layout.addWidget(halves, 1)
        layout.addLayout(bottom)
        space = parent.window().size()
        self.resize(max(640, min(880, space.width() - 30)), max(420, min(640, space.height() - 30)))
        self._aside.tasks.progressed.connect(self._progressed)
        self._aside.tasks.failed.connect(self._failed)
        self._machine.rebuild_wanted.connect(self._other_reducers)
        self._progressed(None)

    def _button(self, text: str, slot: Callable[[], object], tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("small")
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    @property
    def _name(self) -> str:
        return self._machine.screen.aggregate_id(self.aggregate_id)

    def _name_window(self) -> None:
        self.setWindowTitle(visible(self.tr("Roll back {0}?").format(self._name)))

    def _screen_changed(self) -> None:
        """Other things are masked than in what is on show."""
        self._name_window()
        self.messages.refresh()
        if not self._ended:
            self.ask()

    # Asking

    @property
    def found(self) -> Rollback | None:
        """What is on show, masked."""
        return self._found

    def ask(self) -> None:
        """Look at the way back to the version in the field."""
        typed = self.version.text().strip()
        if not typed.lstrip("-").isdecimal() or len(typed) > 19:
            self.messages.say(self.tr("A version is a whole number."))
            return
        target, name, screen = int(typed), self.aggregate_id, self._machine.screen.beside()
        self.messages.clear()
        self._show_nothing(self.tr("Looking at the way back to version {0} …").format(target))

        def act(session: Session, work: Work) -> Rollback:
            return ask_rollback(session, whole_view(session, name, work), target, screen=screen, work=work)

        self._aside.run(act, self._show, self._not_found, slot="rollback")

    def _show_nothing(self, why: str) -> None:
        self._found = None
        self.model.show_events((), {})
        self.text.clear()
        self.undone.clear()
        self.how.show_text("")
        self.headline.show_text(why)
        for button in (self.copy_button, self.save_button, self.form):
            button.setEnabled(False)

    def _not_found(self, error: EsviewerError) -> None:
        self._show_nothing(self.tr("Nothing to show."))
        if isinstance(error, ConsentNeededError):
            self._machine.failed.emit(error)
        self.messages.say(str(error) if not isinstance(error, ConsentNeededError) else error.message)

    def _failed(self, error: EsviewerError) -> None:
        self.messages.say_error(error)

    def _other_reducers(self) -> None:
        self.messages.say(self.tr("The reducers have changed."), {self.tr("Analyse again"): self.ask})

    def _grown(self, view: AggregateView) -> None:
        """Say that the state now is another than the one that was looked at."""
        found = self._found
        if found is None or view.summary.aggregate_id != self.aggregate_id or not view.complete:
            return
        newest = int(view.versions[-1])
        if newest > found.now.version and newest != self._told:
            self._told = newest
            self.messages.say(
                self.tr("The aggregate has gone on: its newest version is {0} now.").format(newest),
                {self.tr("Analyse again"): self.ask},
            )

    def _show(self, found: Rollback) -> None:
        self._found = found
        self.headline.show_text(
            self.tr("From version {0} back to version {1}; changes: {2}, events undone: {3}").format(
                found.now.version, found.target.version, f"{len(found.changes):,}", f"{len(found.undone):,}"
            )
        )
        rebuilt = found.target.rebuilt
        guessed = self.tr(" (inferred)") if rebuilt.inferred else ""
        skipped = self.tr(", {0} skipped").format(f"{len(rebuilt.skipped):,}") if rebuilt.skipped else ""
        self.how.show_text(
            visible(
                self.tr("Rebuilt with reducer {0}{1}, events applied: {2}{3}; {4}").format(
                    rebuilt.reducer, guessed, f"{rebuilt.events_applied:,}", skipped, rebuilt.reducer_digest
                )
            )
        )
        concerned = sum(1 for event in found.undone if event.concerns)
        self.undone.setText(
            self.tr("The events it would undo; {0} of them (*) wrote something that the patch takes back.").format(
                f"{concerned:,}"
            )
            if found.undone
            else self.tr("This is the newest version: there is nothing to undo.")
        )
        self.model.show_events(found.undone, found.skipped)
        for button in (self.copy_button, self.save_button, self.form):
            button.setEnabled(True)
        self._show_form()

    def _show_form(self) -> None:
        found, form = self._found, self.form.currentData()
        if found is None:
            return

        def write(work: Work) -> _Text:
            work.check()
            return _Text(form, _beginning(document(found, form)))

        self._aside.tasks.run(write, lambda made: self._show_text(found, made), self._failed, slot="rollback-text")

    def _show_text(self, found: Rollback, made: _Text) -> None:
        if found is self._found and made.form == self.form.currentData():
            self.text.setPlainText(made.shown)

    def _progressed(self, progress: Progress | None) -> None:
        for widget in (self.bar, self.stop_button):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        if self._found is None:
            self.headline.show_text(visible(f"{progress.text} … {progress.done:,}"))
        self.bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def stop(self) -> None:
        """Give up what is being worked on."""
        for slot in ("rollback", "rollback-text", "rollback-copy", "rollback-save"):
            self._aside.cancel(slot)
        if self._found is None:
            self._show_nothing(self.tr("Stopped."))

    # The document

    def copy(self) -> None:
        """Put the whole document into the clipboard."""
        found, form = self._found, self.form.currentData()
        if found is not None:
            self._aside.tasks.run(
                lambda _: document(found, form), self._copied, self._failed, slot="rollback-copy"
            )

    def _copied(self, text: str) -> None:
        if len(text) > _MOST_COPIED:
            self.messages.say(
                self.tr("The document has {0} characters, too many to copy; save it.").format(f"{len(text):,}")
            )
            return
        QGuiApplication.clipboard().setText(text)
        self.messages.say(self.tr("Copied {0} characters.").format(f"{len(text):,}"))

    def save(self) -> None:
        """Ask for a file and write the whole document to it."""
        found, form = self._found, self.form.currentData()
        if found is None:
            return
        proposal = file_name(f"rollback-{self._name}-to-{found.target.version}") + ENDINGS[form]
        name = self.ask_file(proposal)
        if not name:
            return

        def write(session: Session, work: Work) -> tuple[Path, bool]:
            path = not_of_the_store(name, session.store.label)
            text = document(found, form)
            work.check()
            try:
                write_whole(path, text.encode("utf-8", "surrogatepass"))
            except OSError as error:
                raise not_written(name, error) from None
            return path, MASKED in text

        self._aside.run(write, self._saved, self._failed, slot="rollback-save")

    def _saved(self, saved: tuple[Path, bool]) -> None:
        path, masked = saved
        text = self.tr("Written to {0}.").format(path)
        if masked:
            text += " " + self.tr("Masked values stand in it as marks: to write them as they are, reveal them before.")
        self.messages.say(text)

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Save the rollback analysis"), proposal)[0]

    def _picked(self, *_: object) -> None:
        self.go_button.setEnabled(self.table.selectionModel().hasSelection())

    def _go(self) -> None:
        self._open(self.table.currentIndex())

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit((self.aggregate_id, self.model.event_at(index.row()).version))

    def done(self, result: int) -> None:
        if not self._ended:
            self._ended = True
            self._aside.close()
        super().done(result)


def _beginning(text: str) -> str:
    """As much of a document as can be shown at once."""
    lines = text.rstrip("\n").split("\n", _LINES_SHOWN)
    rest = lines.pop() if len(lines) > _LINES_SHOWN else ""
    shown = [line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…" for line in lines]
    if rest:
        count = rest.count("\n") + 1
        shown.append(translate("Rollback", "… {0} more lines; Save writes all of them.").format(f"{count:,}"))
    return visible_lines("\n".join(shown))
