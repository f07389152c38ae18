"""One pin in full: its note, what was pinned in the form that fits, and what is different today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.cases.case import Pin
from esviewer.app.cases.pinning import Rechecked, Verdict
from esviewer.gui.case.content import Content, content_of
from esviewer.gui.case.history_model import HistoryModel
from esviewer.gui.case.words import kind_of, time_of, what_of, who_of
from esviewer.gui.compare_models import ChangesModel
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.field_chart import FieldChart
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import as_is, mark_items, reveal_in
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible
from esviewer.gui.theme import monospace
from esviewer.gui.value_tree import BEFORE, ValueTree

TYPED_MS = 700
"""Milliseconds for which nothing is typed before what was typed counts."""


class NoteEdit(QPlainTextEdit):
    """A note; what is typed counts after a while, or when the focus goes elsewhere."""

    edited = Signal(object)
    """The note is another one: its text."""

    def __init__(self, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 14)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPED_MS)
        self._timer.timeout.connect(self.take)
        self.textChanged.connect(self._timer.start)

    def show_note(self, text: str) -> None:
        """Show a note; what is being typed in the same one stays."""
        if text != self._shown:
            self._shown = text
            self.setPlainText(text)
        self._timer.stop()

    def take(self) -> None:
        """Make what was typed count."""
        self._timer.stop()
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.edited.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.take()


class PinDetails(QWidget):
    """Prepares contents on a thread of its own, masked as everything in the window is."""

    note_edited = Signal(object)
    """The note of the pin on show is another one: (its number, the text)."""

    def __init__(self, machine: Machine, parent: QWidget) -> None:
        super().__init__(parent)
        self._machine = machine
        self._tasks = Tasks(self)
        self.pin: Pin | None = None
        """What is on show."""
        self._found: Rechecked | None = None
        theme = machine.theme
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.about = ElidedLabel(self)
        self.about.setObjectName("dim")
        self.reason = QLabel(self)
        self.reason.setObjectName("problem")
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setWordWrap(True)
        self.reason.hide()
        self.note = NoteEdit(2, self)
        self.note.setPlaceholderText(self.tr("Why this is in the case"))
        self.note.setAccessibleName(self.tr("Note of the pin"))
        self.note.edited.connect(self._note_edited)
        self.tree = ValueTree(theme, as_is, self)
        self.tree.setAccessibleName(self.tr("Pinned content"))
        self.tree.setColumnHidden(BEFORE, True)
        reveal_in(self.tree, machine)
        self.changes = ChangesModel(theme, as_is, self)
        self.changes_table = _table(self.changes, self.tr("Pinned differences"), machine, self)
        self.lines = HistoryModel(self)
        self.lines_table = _table(self.lines, self.tr("Pinned changes of fields"), machine, self)
        self.chart = FieldChart(theme, self)
        self.chart.setMinimumHeight(60)
        self.chart.setToolTip(self.tr("The numbers that were pinned, by version"))
        self.chart.show_row(1 << 60)  # the playhead is elsewhere
        history = QSplitter(Qt.Orientation.Vertical, self)
        history.setChildrenCollapsible(False)
        history.addWidget(self.chart)
        history.addWidget(self.lines_table)
        history.setSizes([200, 300])
        self.nothing = QLabel(self.tr("Nothing differs."), self)
        self.nothing.setObjectName("dim")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget(self)
        for widget in (self.tree, self.changes_table, history, self.nothing):
            self.stack.addWidget(widget)
        self._history = history
        self.since = ChangesModel(theme, as_is, self)
        self.since.names = (self.tr("Pinned"), self.tr("Today"))
        self.since_table = _table(self.since, self.tr("What is different today"), machine, self)
        self.proof = QPlainTextEdit(self)
        self.proof.setReadOnly(True)
        self.proof.setFont(monospace())
        self.proof.setAccessibleName(self.tr("Digests"))
        reveal_in(self.proof, machine)
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(self.tr("What was pinned"))
        self.tabs.addTab(self.stack, self.tr("Pinned"))
        self.tabs.addTab(self.since_table, self.tr("Different today"))
        self.tabs.addTab(self.proof, self.tr("Digests"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.about)
        layout.addWidget(self.reason)
        layout.addWidget(self.note)
        layout.addWidget(self.tabs, 1)
        machine.screen_changed.connect(self._mask)
        self.show_pin(None, None)

    def show_pin(self, pin: Pin | None, found: Rechecked | None) -> None:
        """Show a pin and what became of it; None: nothing."""
        if self.pin is not None and (pin is None or pin.id != self.pin.id):
            self.note.take()
        other = pin is None or self.pin is None or pin.content is not self.pin.content
        self.pin = pin
        self.setEnabled(pin is not None)
        if pin is None:
            self.title.show_text(self.tr("No pin is chosen."))
            self.about.show_text("")
            self.note.show_note("")
        else:
            screen = self._machine.screen
            self.title.show_text(f"{pin.id}. {kind_of(pin)} · {screen.text(what_of(pin))}")
            self.about.show_text(self.tr("Pinned by {0}, {1}").format(who_of(pin.pinned), time_of(pin.pinned)))
            self.note.show_note(pin.note)
        self._tell(found)
        if other or found is not self._found:
            self._found = found
            self._show_content()

    def _tell(self, found: Rechecked | None) -> None:
        differs = found is not None and found.verdict is not Verdict.SAME
        told = found is not None and (differs or bool(found.reason))
        self.reason.setObjectName("problem" if differs else "dim")
        self.reason.style().polish(self.reason)
        self.reason.setVisible(told)
        if found is not None and told:
            reason = self._machine.screen.text(found.reason or self.tr("The store says something else today."))
            self.reason.setText(visible(localised(reason)))

    def _note_edited(self, text: str) -> None:
        if self.pin is not None:
            self.note_edited.emit((self.pin.id, text))

    def _mask(self) -> None:
        """Show nothing that is masked now, until it is there with its marks."""
        self._clear()
        self._show_content()

    def _clear(self) -> None:
        self.tree.show_value({})
        self.changes.show_changes(())
        self.lines.show_lines(())
        self.chart.show_drawing(None)
        self.since.show_changes(())

    def _show_content(self) -> None:
        pin, found = self.pin, self._found
        if pin is None:
            self._tasks.cancel("content")
            self._clear()
            self.stack.setCurrentWidget(self.tree)
            self.proof.clear()
            self.tabs.setTabVisible(1, False)
            return
        screen = self._machine.screen.beside()
        self._tasks.run(lambda work: content_of(pin, found, screen, work), self._show, slot="content")

    def _show(self, content: Content) -> None:
        pin = content.pin
        if self.pin is None or pin.content is not self.pin.content:
            return
        self._clear()
        if pin.kind == "diff":
            self.changes.show_changes(content.changes)
            self.stack.setCurrentWidget(self.changes_table if content.changes else self.nothing)
        elif pin.kind == "history":
            self.lines.show_lines(content.lines)
            self.chart.setVisible(content.drawing is not None)
            self.chart.show_drawing(content.drawing)
            self.lines_table.setColumnHidden(1, len({line.path for line in content.lines}) < 2)
            self.stack.setCurrentWidget(self._history)
        else:
            self.tree.show_value(content.tree)
            self.tree.expand_some()
            self.stack.setCurrentWidget(self.tree)
        self.since.show_changes(content.since)
        self.tabs.setTabVisible(1, bool(content.since))
        self.proof.setPlainText("\n".join(_proof(pin, self._machine.screen.text)))

    @property
    def busy(self) -> bool:
        """Whether a content is being prepared."""
        return self._tasks.busy

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() - 24
        self.tree.header().resizeSection(0, wide * 38 // 100)
        for table in (self.changes_table, self.since_table):
            for column, part in enumerate((42, 29)):
                table.horizontalHeader().resizeSection(column, wide * part // 100)
        give_widths(self.lines_table.horizontalHeader(), (58, 90, 62, 80, 80, 120, 170))

    def close_store(self) -> None:
        """End all work."""
        self._tasks.close()


def _proof(pin: Pin, shown: Callable[[str], str]) -> Sequence[str]:
    lines = [pin.digest]
    states: list[Any] = [*pin.rebuilt]
    if pin.kind == "state" and isinstance(pin.content, dict):
        states.append(pin.content["rebuilt"])
    for rebuilt in states:
        inferred, stated = translate("Case", "reducer {0} (inferred)"), translate("Case", "reducer {0}")
        reducer = (inferred if rebuilt["inferred"] else stated).format(rebuilt["reducer"])
        lines += ["", visible(reducer), visible(str(rebuilt["reducer_digest"]))]
        counts = f"{rebuilt['events_applied']:,}", f"{len(rebuilt['skipped']):,}"
        lines.append(translate("Case", "{0} events applied, {1} skipped").format(*counts))
    for each in pin.stands_on:
        events = translate("Case", "{0}: {1} events up to version {2}")
        lines += ["", visible(shown(events.format(each.aggregate_id, f"{each.events:,}", each.version)))]
        lines.append(each.digest)
    return lines


def _table(model: ChangesModel | HistoryModel, name: str, machine: Machine, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setModel(model)
    table.setAccessibleName(name)
    mark_items(table, machine.theme, machine)
    header = show_rows(table, 22)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
