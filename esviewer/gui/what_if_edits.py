"""The edits of a what if as a list of sentences, and the editor for one event."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from esviewer.app.view import AggregateView
from esviewer.errors import NotFoundError
from esviewer.gui.code_editor import MAX_TEXT, CodeEditor
from esviewer.gui.localised import localised
from esviewer.gui.masked import ScreenNow
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme
from esviewer.gui.what_if_steps import Steps
from esviewer.model.exactjson import NotJsonError, loads
from esviewer.questions.what_if import Edit, Insert, Move, Skip, Step

_Index = QModelIndex | QPersistentModelIndex
_LOOK_AFTER_MS = 150


class EditsModel(QAbstractListModel):
    """One row for each edit, in the order in which they are done."""

    def __init__(self, screen: ScreenNow, parent: QObject) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._screen = screen
        self._steps: Steps = ()
        self._view: AggregateView | None = None

    def show_steps(self, steps: Steps, view: AggregateView | None) -> None:
        """Show other edits; `view` knows what the events are called."""
        self.beginResetModel()
        self._steps, self._view = steps, view
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: _Index, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(self._screen().text(self.sentence(self._steps[index.row()])))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(visible(self._screen().text(self.sentence(self._steps[index.row()]))))
        return None

    def _named(self, version: int) -> str:
        try:
            kind = "" if self._view is None else f" · {self._view.type_at(self._view.index_of(version))}"
        except NotFoundError:
            kind = ""
        return f"{version}{kind}"

    def sentence(self, step: Step) -> str:
        """One edit in words."""
        if isinstance(step, Skip):
            return self.tr("✕ skip {0}").format(self._named(step.version))
        if isinstance(step, Edit):
            text = self.tr("✎ edit {0}").format(self._named(step.version))
            return text if step.type is None else f"{text} → {step.type}"
        if isinstance(step, Move):
            if step.after is None:
                return self.tr("⇅ move {0} before all").format(self._named(step.version))
            return self.tr("⇅ move {0} behind {1}").format(self._named(step.version), step.after)
        if isinstance(step, Insert) and step.after is not None:
            return self.tr("+ insert {0} behind {1}").format(step.type, step.after)
        return self.tr("+ insert {0} before all").format(step.type if isinstance(step, Insert) else "")


class EventDialog(QDialog):
    """A type and data as JSON; numbers are taken as they are written, of any size."""

    written = Signal(object)
    """(type, data)"""

    def __init__(self, theme: Theme, title: str, kind: str, data: str, parent: QWidget, note: str = "") -> None:
        """`data` is JSON; `note` is said above."""
        super().__init__(parent)
        self.setWindowTitle(visible(title))
        about = QLabel(self.tr("Only imagined: nothing is written to the store."), self)
        about.setObjectName("heading")
        self.note = QLabel(visible(note), self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setVisible(bool(note))
        self._given = kind
        self.kind = QLineEdit(kind, self)
        # A field of one line shows some characters otherwise; what nobody touched stays as it was.
        self._as_shown = self.kind.text()
        self.kind.setAccessibleName(self.tr("Event type"))
        self.code = CodeEditor(theme, self)
        self.code.setAccessibleName(self.tr("Event data as JSON"))
        self.code.setTabChangesFocus(True)
        self.code.setPlainText(data)
        self.code.refused.connect(self._too_long)
        form = QFormLayout()
        form.addRow(self.tr("Type"), self.kind)
        self.problem = QLabel(self)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setMinimumHeight(self.fontMetrics().height())
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(self.tr("Imagine it"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.note)
        layout.addLayout(form)
        layout.addWidget(QLabel(self.tr("Data (JSON)"), self))
        layout.addWidget(self.code, 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.resize(560, 420)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_AFTER_MS)
        self._timer.timeout.connect(self._look)
        self.code.textChanged.connect(self._timer.start)
        self.kind.textChanged.connect(self._timer.start)
        self._look()
        (self.code if kind else self.kind).setFocus()

    def _too_long(self) -> None:
        self.problem.setText(
            self.tr("That is longer than {0} characters; load it as an edits file.").format(f"{MAX_TEXT:,}")
        )

    def _look(self) -> object:
        """Say what is wrong, if anything is; returns the data."""
        line, problem, data = None, "", None
        try:
            data = loads(self.code.toPlainText())
        except NotJsonError as error:
            line = error.line
            where = "" if line is None else self.tr("Line {0}: ").format(line)
            problem = localised(f"{where}{error}.")
        if not problem and not self.kind.text().strip():
            problem = self.tr("An event has a type.")
        self.code.mark_wrong(line)
        self.problem.setText(visible(problem))
        self.ok.setEnabled(not problem)
        return data

    def accept(self) -> None:
        """Hand the event over, unless something is wrong."""
        data = self._look()
        if self.ok.isEnabled():
            super().accept()
            kind = self.kind.text()
            self.written.emit((self._given if kind == self._as_shown else kind, data))
