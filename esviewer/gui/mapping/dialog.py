"""Maps tables by hand: the fields at the left, what they read and how well it fits at the right, live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.mapping import Check, Draft, Survey, Trial, save, save_own, survey, try_draft
from esviewer.app.screen import Screen, rules_for
from esviewer.errors import EsviewerError
from esviewer.gui.file_field import file_name
from esviewer.gui.fixed_words import mapping_check
from esviewer.gui.localised import localised
from esviewer.gui.mapping.form import MappingForm
from esviewer.gui.masked import NO_STORE, mark_items
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.row_table import give_widths
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import preview, tip, visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import shown_time
from esviewer.model.event import Event
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.layouts.text import layout_toml
from esviewer.work import Work

_DEBOUNCE_MS = 250
_DATA = 3
"""The column of the sample's data."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a trial, and its events as they are shown."""

    trial: Trial
    screen: Screen
    masked: tuple[Event, ...]


class MappingDialog(QDialog):
    """Proposes, shows and saves a layout for one store; nothing of it runs on the GUI thread but the drawing."""

    opened = Signal(object)
    """The store should be opened with this layout: `FILE:TABLE`."""

    def __init__(
        self,
        target: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        options: ConnectionOptions | None = None,
        why: str = "",
    ) -> None:
        """`why` says what led here."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Map tables by hand"))
        self._target = target
        self._label = ""
        self._options = options
        self._theme = theme
        self.trial: Trial | None = None
        """What is on show."""
        self._tried: Draft | None = None
        self._screen: Screen | None = None
        """What shows of the sample, once that has been read."""
        self._masked: tuple[Event, ...] = ()
        """The sample as it is shown."""
        self.tasks = Tasks(self)
        self.tasks.failed.connect(self._failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DEBOUNCE_MS)
        self._timer.timeout.connect(self._try)
        self._build()
        if why:
            self.messages.say(why)
        self._resize()
        self._status(self.tr("Looking at the tables …"))
        self.form.setEnabled(False)
        self.tasks.run(
            lambda work: survey(target, options=options, work=work), self._surveyed, self._failed, slot="survey"
        )

    # Parts

    def _build(self) -> None:
        self.messages = MessageBar(self)
        self.form = MappingForm(self)
        self.form.changed.connect(self._changed)
        self.form.table_wanted.connect(self._table_wanted)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.form)
        scroll.setMinimumWidth(300)
        self.why = QLabel(self)
        self.why.setObjectName("dim")
        self.why.setWordWrap(True)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self._reasons: tuple[str, ...] = ()
        self.reasons_button = QPushButton(self.tr("&Reasons"), self)
        self.reasons_button.setObjectName("small")
        self.reasons_button.setAutoDefault(False)
        self.reasons_button.clicked.connect(self.say_reasons)
        self.reasons_button.hide()
        above = QHBoxLayout()
        above.addWidget(self.why, 1)
        above.addWidget(self.reasons_button)
        self.events = _table(self, self.tr("Sample events"))
        self.checks = _table(self, self.tr("Checks"))
        self.checks.setWordWrap(True)
        # A narrower column asks for more lines; when it tells, the table still has its former width.
        self.checks.horizontalHeader().sectionResized.connect(
            self.checks.resizeRowsToContents, Qt.ConnectionType.QueuedConnection
        )
        for table in (self.events, self.checks):
            mark_items(table, self._theme)
        self.state = QLabel(self)
        self.state.setObjectName("heading")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.setChildrenCollapsible(False)
        self.reveal_button = QPushButton(self)
        self.reveal_button.setObjectName("small")
        self.reveal_button.setAutoDefault(False)
        self.reveal_button.setToolTip(self.tr("Show masked values of the sample, or mask them again; it is logged"))
        self.reveal_button.clicked.connect(self.reveal)
        self.reveal_button.hide()
        right.addWidget(_titled(self.state, self.events, self.reveal_button))
        heading = QLabel(self.tr("Checks"), self)
        heading.setObjectName("heading")
        right.addWidget(_titled(heading, self.checks))
        right.setSizes([320, 260])
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.setChildrenCollapsible(False)
        across.addWidget(scroll)
        across.addWidget(right)
        across.setStretchFactor(1, 1)
        across.setSizes([330, 670])
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addLayout(above)
        layout.addWidget(across, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Name of the layout"))
        self.name.setMaximumWidth(260)
        label = QLabel(self.tr("Save &as"), self)
        label.setBuddy(self.name)
        self.file_button = QPushButton(self.tr("Save to fi&le …"), self)
        self.file_button.setAutoDefault(False)
        self.file_button.setShortcut(QKeySequence(QKeySequence.StandardKey.Save))
        self.file_button.clicked.connect(self.save_to_file)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.open_button = QPushButton(self.tr("Save and &open"), self)
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.save_and_open)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.name, 1)
        row.addStretch(1)
        for button in (self.file_button, cancel, self.open_button):
            row.addWidget(button)
        self._enable(False)
        return row

    def _resize(self) -> None:
        parent = self.parentWidget()
        width, height = (1100, 740) if parent is None else (parent.width() - 40, parent.height() - 40)
        self.resize(max(700, min(1200, width)), max(440, min(860, height)))

    def _enable(self, ready: bool) -> None:
        self.open_button.setEnabled(ready)
        self.file_button.setEnabled(ready)

    def _status(self, text: str) -> None:
        self.state.setText(visible(text))
        self.state.setToolTip(visible(text))

    # What is proposed

    def _surveyed(self, found: Survey) -> None:
        self._label = found.label
        if not found.tables:
            self._status(self.tr("There are no tables."))
            self.messages.say(self.tr("{0} has no tables.").format(found.label))
            return
        self.form.setEnabled(True)
        self.form.show_survey(found)
        self._proposed(found)
        self.form.aggregate_id.setFocus()

    def _table_wanted(self, name: str) -> None:
        target, options = self._target, self._options
        self._status(self.tr("Looking at {0} …").format(name))
        self.tasks.cancel("trial")
        self.tasks.run(
            lambda work: survey(target, name, options=options, work=work), self._table_surveyed, slot="survey"
        )

    def _table_surveyed(self, found: Survey) -> None:
        if found.proposal is None:
            self.form.show_empty(self.form.full_name)
        else:
            self.form.show_proposal(found.proposal)
        self._proposed(found)

    def _proposed(self, found: Survey) -> None:
        proposal = found.proposal
        if proposal is None:
            self.why.setText(self.tr("Nothing is proposed: no columns look like those of events. Choose them."))
        else:
            sure = f"{proposal.confidence:.0%}"
            self.why.setText(self.tr("Proposed with a confidence of {0}: correct what is wrong.").format(sure))
            self.why.setToolTip("\n".join(visible(reason) for reason in proposal.reasons))
        self._reasons = () if proposal is None else proposal.reasons
        self.reasons_button.setVisible(bool(self._reasons))
        if not self.name.text():
            self.name.setText(visible(self.form.full_name))
        self._try()

    def say_reasons(self) -> None:
        """Say why this is proposed."""
        self.messages.say(" ".join(self._reasons))

    # What it reads

    def _changed(self) -> None:
        # Leaving an editable field tells a change too, where there may be none.
        if self._tried is None or self.form.draft("") != self._tried:
            self._tried = None
            self._enable(False)
            self._timer.start()

    def _try(self) -> None:
        self._timer.stop()
        missing = self.form.missing()
        if missing:
            self._show(Trial((), ()))
            self._enable(False)
            self._status(self.tr("Still to choose: {0}.").format(missing))
            return
        draft, table = self._draft(), self.form.full_name
        target, options = self._target, self._options
        known, label = self._screen, self._label
        self._tried = self.form.draft("")
        self._enable(False)
        self._status(self.tr("Reading a few events …"))

        def attempt(work: Work) -> _Tried:
            trial = try_draft(target, draft, table, options=options, work=work)
            screen = known or Screen(*rules_for(target), label)
            return _Tried(trial, screen, tuple(screen.masker.event(event) for event in trial.events))

        self.tasks.run(attempt, self._show_tried, slot="trial")

    def _draft(self) -> Draft:
        return self.form.draft(self.name.text().strip() or self.form.full_name)

    def _show_tried(self, tried: _Tried) -> None:
        if self._screen is None and tried.screen.problem:
            self.messages.say(tried.screen.problem)
        self._screen, self._masked = tried.screen, tried.masked
        self._show(tried.trial)

    def reveal(self) -> None:
        """Show the sample as it is, or mask it again; the first is logged."""
        screen = self._screen
        if screen is None or self.trial is None:
            return
        if screen.revealed:
            screen.hide()
        else:
            screen.reveal()
        self._show(self.trial)

    def _name_reveal(self) -> None:
        screen = self._screen
        events = () if self.trial is None else self.trial.events
        differ = any(_parts(event) != _parts(masked) for event, masked in zip(events, self._masked, strict=False))
        self.reveal_button.setVisible(screen is not None and differ)
        revealed = screen is not None and screen.revealed
        self.reveal_button.setText(self.tr("Mas&k again") if revealed else self.tr("Reveal masked val&ues"))

    def _show(self, trial: Trial) -> None:
        self.trial = trial
        self._name_reveal()
        self._show_events(self._masked if self._screen is not None and self._screen.masks else trial.events)
        self._show_checks(trial)
        self._enable(trial.problem is None)
        if trial.problem is not None:
            self._status(self.tr("It can't be read this way"))
        elif trial.events:
            self._status(self.tr("The first {0} events").format(len(trial.events)))
        else:
            self._status(self.tr("There are no events in the table"))

    def _show_events(self, events: tuple[Event, ...]) -> None:
        heads = (
            self.tr("Aggregate"),
            self.tr("Version"),
            self.tr("Type"),
            self.tr("Data"),
            self.tr("Time"),
            self.tr("Metadata"),
        )
        rows = [
            (
                event.aggregate_id,
                str(event.version),
                event.type,
                preview(event.data) if event.error is None else event.error,
                shown_time(event.timestamp),
                "" if event.metadata in (None, {}) else preview(event.metadata),
            )
            for event in events
        ]
        _show_rows(self.events, heads, rows)
        for row, event in enumerate(events):
            if event.error is not None:
                _colour(self.events.item(row, _DATA), self._theme.colours.removed)
        give_widths(self.events.horizontalHeader(), (120, 60, 130, 230, 150, 120))

    def _show_checks(self, trial: Trial) -> None:
        words = {"ok": self.tr("✓ ok"), "warning": self.tr("! look"), "failed": self.tr("✗ failed")}
        heads = (self.tr("Outcome"), self.tr("Check"), self.tr("What was found"), self.tr("Looked at"))
        # What has to be looked at stands first.
        found = sorted(trial.checks, key=lambda each: ("failed", "warning", "ok").index(each.outcome))
        screen = self._screen or NO_STORE
        rows = [
            (
                words[each.outcome],
                mapping_check(each.name),
                localised(screen.text(each.sentence)),
                f"{each.looked_at:,}",
            )
            for each in found
        ]
        if trial.problem is not None:
            rows = [(words["failed"], self.tr("readable"), localised(screen.text(str(trial.problem))), "")]
        _show_rows(self.checks, heads, rows)
        outcomes = ["failed"] if trial.problem is not None else [each.outcome for each in found]
        colours = {"ok": self._theme.colours.added, "warning": self._theme.colours.warning}
        for row, outcome in enumerate(outcomes):
            _colour(self.checks.item(row, 0), colours.get(outcome, self._theme.colours.removed))
        header = self.checks.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 80), (1, 100), (3, 80)):
            self.checks.setColumnWidth(column, max(width, self.checks.sizeHintForColumn(column)))
        self.checks.resizeRowsToContents()

    def failed_checks(self) -> list[Check]:
        """The checks on show that failed."""
        return [] if self.trial is None else [each for each in self.trial.checks if each.outcome == "failed"]

    def _failed(self, error: EsviewerError) -> None:
        self._status(self.tr("The store can't be read"))
        self.messages.say_error(error)

    # Saving

    def save_and_open(self) -> None:
        """Save the layout among a person's own, under the name, and have the store opened with it."""
        draft, table = self._draft(), self.form.full_name

        def write(work: Work) -> str:
            work.check()
            return f"{save_own(draft)}:{table}"

        self.tasks.run(write, self._saved, self.messages.say_error, slot="save")

    def _saved(self, layout: str) -> None:
        self.opened.emit(layout)
        self.accept()

    def save_to_file(self) -> None:
        """Ask for a file and save the layout there, to share or edit it."""
        name = self.ask_file(file_name(f"{self.name.text().strip() or 'layout'}.toml"))
        if not name:
            return
        text, path = layout_toml(self._draft()), Path(name)

        def write(work: Work) -> Path:
            work.check()
            save(text, path)
            return path

        self.tasks.run(write, self._written, self.messages.say_error, slot="save")

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Save layout"), proposal, self.tr("Layouts (*.toml)"))[0]

    def _written(self, path: Path) -> None:
        self.messages.say(self.tr("Layout written to {0}; open the store with --layout and this file.").format(path))

    # Closing

    def done(self, result: int) -> None:
        self._timer.stop()
        self.tasks.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self.tasks.close()
        super().closeEvent(event)


def _parts(event: Event) -> tuple[object, ...]:
    """What the sample shows of an event."""
    return event.aggregate_id, event.type, event.data, event.metadata, event.error


def _colour(item: QTableWidgetItem | None, colour: str) -> None:
    if item is not None:
        item.setBackground(QColor(colour))


def _table(parent: QWidget, name: str) -> QTableWidget:
    table = QTableWidget(parent)
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setStretchLastSection(True)
    table.setMinimumHeight(110)
    return table


def _titled(title: QLabel, table: QTableWidget, beside: QWidget | None = None) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    head = QHBoxLayout()
    head.addWidget(title, 1)
    if beside is not None:
        head.addWidget(beside)
    layout.addLayout(head)
    layout.addWidget(table, 1)
    return holder


def _show_rows(table: QTableWidget, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table.clear()
    table.setColumnCount(len(heads))
    table.setRowCount(len(rows))
    table.setHorizontalHeaderLabels(list(heads))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = QTableWidgetItem(visible(text))
            item.setToolTip(tip(visible(text)))
            table.setItem(row, column, item)
