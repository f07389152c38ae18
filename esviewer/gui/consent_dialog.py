"""Asks, before a reducer that is a program runs for the first time, whether it may."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.consent import Changed, ForeignDescription
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.work import Work

_SHOWN_BYTES = 300_000
_SHOWN_FILES = 5000
_NAMED = 8
"""Files that are named as changed, new or gone."""


class ConsentDialog(QDialog):
    """Shows what would run, with its code to read; the answer is no unless it is made yes."""

    agreed = Signal(object)
    """The ForeignDescription that was agreed to."""

    def __init__(self, found: ForeignDescription, file: Path, tasks: Tasks, parent: QWidget | None = None) -> None:
        """`file` is the reducer's own file, which names the code."""
        super().__init__(parent)
        self.found = found
        """What is asked about."""
        self._tasks = tasks
        self.setWindowTitle(self.tr("Run this reducer's program?"))
        changed = found.changed
        asked = self.tr("The reducer “{0}” is a program. May it run?")
        if changed is not None:
            asked = self.tr("The reducer “{0}” is a program that has changed since you allowed it. May it run now?")
        question = self._label(asked.format(visible(found.name)))
        question.setObjectName("heading")
        self.changed = self._label("" if changed is None else visible_lines(self._changes(changed)))
        self.changed.setObjectName("problem")
        self.changed.setVisible(changed is not None)
        meaning = self._label(
            self.tr(
                "If you say yes, it is started on this computer with all your rights: it can read, change and delete "
                "your files and use the network, and esviewer can't hold it back. Say yes only if you know this code "
                "or have read it. The answer holds until one of these files changes."
            )
        )
        self.command = QPlainTextEdit(visible(found.command), self)
        self.command.setReadOnly(True)
        self.command.setFont(monospace())
        self.command.setFixedHeight(self.command.fontMetrics().height() * 3 + 12)
        self.command.setAccessibleName(self.tr("Command"))
        self.command.setTabChangesFocus(True)
        form = QFormLayout()
        form.addRow(self.tr("Command"), self.command)
        for title, text in ((self.tr("Runs in"), visible(str(file.parent))), (self.tr("Hash"), found.digest)):
            value = ElidedLabel(self, Qt.TextElideMode.ElideMiddle)
            value.show_text(text)
            form.addRow(title, value)
        self.files = QListWidget(self)
        self.files.setAccessibleName(self.tr("Files of code"))
        shown = [file, *found.files]
        marks = {} if changed is None else self._marks(changed)
        self.files.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        first = None
        for number, (path, key) in enumerate(islice(zip(shown, found.parts, strict=False), _SHOWN_FILES)):
            place, mark = _place(path, file.parent), marks.get(key)
            first = number if mark is not None and first is None else first
            item = QListWidgetItem(visible(place if mark is None else mark.format(place)), self.files)
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setToolTip(visible(str(path)))
        self.files.currentItemChanged.connect(self._read)
        self.code = QPlainTextEdit(self)
        self.code.setReadOnly(True)
        self.code.setFont(monospace())
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.code.setAccessibleName(self.tr("Code"))
        self.code.setTabChangesFocus(True)
        beside = QSplitter(Qt.Orientation.Horizontal, self)
        beside.setChildrenCollapsible(False)
        beside.addWidget(self.files)
        beside.addWidget(self.code)
        beside.setSizes([220, 480])
        buttons = QDialogButtonBox(self)
        self.no = QPushButton(self.tr("No, don't run it"), self)
        self.yes = QPushButton(self.tr("Yes, run it from now on"), self)
        buttons.addButton(self.no, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.yes.setAutoDefault(False)
        self.no.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        count = self._label(self.tr("{0} files of code; choose one to read it.").format(f"{len(shown):,}"))
        count.setObjectName("dim")
        layout = QVBoxLayout(self)
        layout.addWidget(question)
        layout.addWidget(self.changed)
        layout.addWidget(meaning)
        layout.addLayout(form)
        layout.addWidget(count)
        layout.addWidget(beside, 1)
        layout.addWidget(buttons)
        self.resize(760, 520)
        self.accepted.connect(self._agree)
        self.files.setCurrentRow(min(1, self.files.count() - 1) if first is None else first)
        self.no.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Choosing a row has laid the first one out before the list had its style, too low for it.
        self.files.doItemsLayout()
        self.files.scrollToItem(self.files.currentItem())

    def _marks(self, changed: Changed) -> dict[str, str]:
        """What stands in the list for files that are not as they were, by place."""
        return {place: self.tr("{0} (changed)") for place in changed.places} | {
            place: self.tr("{0} (new)") for place in changed.new
        }

    def _changes(self, changed: Changed) -> str:
        """When it was allowed, and what is not as it was then."""
        parts = [
            (self.tr("Changed: {0}"), changed.places),
            (self.tr("New: {0}"), changed.new),
            (self.tr("Gone: {0}"), changed.gone),
        ]
        told = [self.tr("Allowed on {0}.").format(changed.when)]
        told += [text.format(_some(places)) for text, places in parts if places]
        return "\n".join(told)

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _agree(self) -> None:
        self.agreed.emit(self.found)

    def _read(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        path = Path(item.data(Qt.ItemDataRole.UserRole))

        def read(work: Work) -> str:
            del work
            try:
                with path.open("rb") as content:
                    raw = content.read(_SHOWN_BYTES + 1)
            except OSError as error:
                return f"{path}: {error.strerror}"
            if b"\0" in raw:
                return self.tr("{0}: no text").format(path.name)
            return visible_lines(raw[:_SHOWN_BYTES].decode("utf-8", "replace")) + ("\n…" * (len(raw) > _SHOWN_BYTES))

        self._tasks.run(read, self._show, slot="code")

    def _show(self, text: str) -> None:
        self.code.setPlainText(text)

    def done(self, result: int) -> None:
        self._tasks.cancel("code")
        super().done(result)


def _some(places: tuple[str, ...]) -> str:
    shown = ", ".join(places[:_NAMED])
    return shown if len(places) <= _NAMED else f"{shown}, … (+{len(places) - _NAMED:,})"


def _place(path: Path, folder: Path) -> str:
    try:
        return str(path.relative_to(folder))
    except ValueError:
        return str(path)
