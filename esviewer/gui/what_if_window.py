"""What if: events of one aggregate skipped, edited, inserted or moved in memory, and both timelines side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.asking import whole_view
from esviewer.app.files import not_of_the_store, write_whole
from esviewer.app.imagined import Imagined, edits_in, imagine, shown_edits
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.diff.compare import compare
from esviewer.errors import ConsentNeededError, EsviewerError, UsageError
from esviewer.gui.code_editor import MAX_TEXT
from esviewer.gui.data_tree import DataTree
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.language import translate
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items, offer_reveal_marks, text_of
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.not_rebuilt import OF_REDUCERS
from esviewer.gui.not_written import not_written
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.text import visible
from esviewer.gui.unmasking import Unmasking
from esviewer.gui.value_tree import BEFORE
from esviewer.gui.what_if_edits import EditsModel, EventDialog
from esviewer.gui.what_if_steps import (
    Steps,
    inserting,
    last_about,
    moving,
    place_above,
    place_below,
    replaced,
    skipping,
    without,
)
from esviewer.gui.what_if_timelines import Timelines, TimelinesModel, marking
from esviewer.model.change import Change
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.questions.what_if import Edit, Edits, Insert, Row, Skip
from esviewer.work import Progress, Work

_FIXED = (60, 124, 46)
"""Pixels of the columns of versions, signs and numbers at least."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What the worker comes back with."""

    view: AggregateView
    lines: Timelines
    steps: Steps
    focus: int | None


@dataclass(frozen=True, slots=True)
class _States:
    row: int
    real: Value
    imagined: Value
    changes: list[Change]
    back: list[Change]


class WhatIfWindow(QWidget):
    """Keeps to the aggregate that it was opened on; has a thread and a session of its own."""

    closed = Signal(object)
    """The window itself, once it is closed."""

    def __init__(
        self, machine: Machine, aggregate_id: str, version: int | None, parent: QWidget, steps: Steps = ()
    ) -> None:
        """`version` is where the playhead is; it begins with the edits in `steps`."""
        super().__init__(parent, Qt.WindowType.Window)
        self._machine = machine
        self.aggregate_id = aggregate_id
        self._aside = machine.aside.twin(self)
        self._steps: Steps = steps
        self._past: list[Steps] = []
        self._future: list[Steps] = []
        self._made: _Made | None = None
        self._settled: tuple[list[Steps], list[Steps]] = [], []
        """What could be undone and redone when the timelines on show were made."""
        self._wanted: tuple[int | None, int | None] = version, None
        """The row to go to once the timelines are there: a version, or the edit that inserts it."""
        self._told = 0
        """How many new events it has said there are."""
        self._imagining = False
        """Whether timelines are being made, and not only what belongs to a row."""
        self._ended = False
        self.editor: EventDialog | None = None
        """The editor for one event, while it is open."""
        self.asking: QInputDialog | None = None
        """The question where to move an event, while it is open."""
        self._build(parent)
        self._name_window()
        self._connect()
        self._paint()
        self.table.setFocus()
        self.read()

    # Building

    def _build(self, parent: QWidget) -> None:
        theme = self._machine.theme
        self.banner = QLabel(self)
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.setWordWrap(True)
        self.messages = MessageBar(self, self._machine.screen_now)
        self.edits = EditsModel(self._machine.screen_now, self)
        self.list = QListView(self)
        self.list.setModel(self.edits)
        mark_items(self.list, theme, self._machine)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Edits, in the order in which they are done"))
        self.undo_button = self._button(self.tr("Undo"), self.undo, self.tr("Take the last step back (Ctrl+Z)"))
        self.redo_button = self._button(self.tr("Redo"), self.redo, self.tr("Do it again (Ctrl+Shift+Z)"))
        self.remove_button = self._button(self.tr("Remove"), self.remove, self.tr("Remove the edit that is picked"))
        self.load_button = self._button(
            self.tr("Load …"), self.load, self.tr("Read edits from a JSON file, as esviewer whatif --edits takes")
        )
        self.save_button = self._button(
            self.tr("Save …"), self.save, self.tr("Write the edits to a JSON file for esviewer whatif --edits")
        )
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        heading = QLabel(self.tr("Edits"), left)
        heading.setObjectName("heading")
        column.addWidget(heading)
        column.addWidget(self.list, 1)
        for buttons in ((self.undo_button, self.redo_button, self.remove_button), (self.load_button, self.save_button)):
            line = QHBoxLayout()
            for button in buttons:
                line.addWidget(button)
            column.addLayout(line)
        left.setMinimumWidth(190)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        self.skip_button = self._button(self.tr("Skip"), self.skip, self.tr("Leave this event out, or not (Del)"))
        self.edit_button = self._button(self.tr("Edit …"), self.edit, self.tr("Give this event other data (F2)"))
        self.before_button = self._button(
            self.tr("Insert before …"), self.insert_before, self.tr("Put a new event before this one")
        )
        self.after_button = self._button(
            self.tr("Insert after …"), self.insert_after, self.tr("Put a new event behind this one (Ins)")
        )
        self.up_button = self._button(self.tr("↑"), self.move_up, self.tr("Move this event up (Alt+Up)"))
        self.up_button.setAccessibleName(self.tr("Move up"))
        self.down_button = self._button(self.tr("↓"), self.move_down, self.tr("Move this event down (Alt+Down)"))
        self.down_button.setAccessibleName(self.tr("Move down"))
        self.to_button = self._button(self.tr("Move to …"), self.move_to, self.tr("Put this event behind another"))
        tools = QHBoxLayout()
        tools.setSpacing(4)
        self.actions_ = (
            self.skip_button,
            self.edit_button,
            self.before_button,
            self.after_button,
            self.up_button,
            self.down_button,
            self.to_button,
        )
        for button in self.actions_:
            tools.addWidget(button)
        tools.addStretch(1)
        self.model = TimelinesModel(theme, self._machine.screen_now, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, theme)
        self.table.setAccessibleName(self.tr("The real timeline and the imagined one"))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = show_rows(self.table)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.headline = ElidedLabel(self)
        self.headline.setObjectName("heading")
        upper = QWidget(self)
        over = QVBoxLayout(upper)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(4)
        over.addLayout(tools)
        over.addWidget(self.table, 1)
        over.addWidget(self.headline)

        self.real_label = ElidedLabel(self)
        self.imagined_label = ElidedLabel(self)
        self.imagined_label.setObjectName("imagined")
        self.real_tree = DataTree(self._machine, self)
        self.real_tree.setAccessibleName(self.tr("The real state"))
        self.real_tree.setColumnHidden(BEFORE, True)
        self.imagined_tree = DataTree(self._machine, self)
        self.imagined_tree.setAccessibleName(self.tr("The imagined state"))
        self.imagined_tree.shown.before = self.tr("Really")
        states = QSplitter(Qt.Orientation.Horizontal, self)
        states.setChildrenCollapsible(False)
        for label, tree in ((self.real_label, self.real_tree), (self.imagined_label, self.imagined_tree)):
            side = QWidget(self)
            under = QVBoxLayout(side)
            under.setContentsMargins(0, 0, 0, 0)
            under.setSpacing(2)
            under.addWidget(label)
            under.addWidget(tree, 1)
            states.addWidget(side)
        states.setSizes([400, 500])
        self.right = QSplitter(Qt.Orientation.Vertical, self)
        self.right.setChildrenCollapsible(False)
        self.right.addWidget(upper)
        self.right.addWidget(states)
        self.right.setSizes([300, 240])
        self.whole = QSplitter(Qt.Orientation.Horizontal, self)
        self.whole.setChildrenCollapsible(False)
        self.whole.addWidget(left)
        self.whole.addWidget(self.right)
        self.whole.setStretchFactor(1, 1)
        self.whole.setSizes([210, 800])

        self.about = ElidedLabel(self)
        self.about.setObjectName("dim")
        self.bar = QProgressBar(self)
        self.bar.setMaximumHeight(10)
        self.bar.setFixedWidth(140)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.hide()
        self.stop_button = self._button(self.tr("Stop"), self.stop, self.tr("Stop working"))
        self.stop_button.hide()
        self.copy_button = self._button(self.tr("Copy"), self.copy, self.tr("Copy what differs and the edits as text"))
        self.export_button = self._button(
            self.tr("Export report …"), self.export, self.tr("Reports are made only of what happened")
        )
        self.close_button = self._button(self.tr("Close"), self.close, "")
        bottom = QHBoxLayout()
        bottom.addWidget(self.about, 1)
        for widget in (self.bar, self.stop_button, self.copy_button, self.export_button, self.close_button):
            bottom.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addWidget(self.banner)
        layout.addWidget(self.messages)
        layout.addWidget(self.whole, 1)
        layout.addLayout(bottom)
        self.setMinimumSize(700, 420)
        space = parent.window().size()
        self.resize(max(700, min(1180, space.width() - 20)), max(420, min(760, space.height() - 20)))

    def _button(self, text: str, slot: Callable[[], object], tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("small")
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    @property
    def _name(self) -> str:
        return self._machine.screen.aggregate_id(self.aggregate_id)

    def _name_window(self) -> None:
        self.setWindowTitle(visible(self.tr("WHAT IF – not what happened: {0}").format(self._name)))
        self.banner.setText(
            visible(
                self.tr("WHAT IF – not what happened. {0}, imagined in memory; the store is not written.").format(
                    self._name
                )
            )
        )

    def _screen_changed(self) -> None:
        """Other things are masked than before."""
        self._name_window()
        self.messages.refresh()
        self._other_view(self._machine.view)
        self._close_editor()  # what stands in it may show too much
        self.edits.show_steps(self._steps, None if self._made is None else self._made.view)
        for view in (self.table, self.list):
            view.viewport().update()

    def _connect(self) -> None:
        machine = self._machine
        machine.screen_changed.connect(self._screen_changed)
        machine.theme.changed.connect(self._paint)
        machine.grown.connect(self._grown)
        machine.view_changed.connect(self._other_view)
        machine.rebuild_wanted.connect(self._other_reducers)
        self._aside.tasks.progressed.connect(self._progressed)
        self._aside.tasks.failed.connect(self._failed)
        self.table.selectionModel().currentRowChanged.connect(self._picked)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.doubleClicked.connect(self.edit)
        self.list.activated.connect(self._change)
        self.list.selectionModel().currentChanged.connect(self._enable)
        for keys, widget, slot in (
            (QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo),
            (QKeySequence("Ctrl+Shift+Z"), self, self.redo),
            (QKeySequence(QKeySequence.StandardKey.Save), self, self.save),
            (QKeySequence("Ctrl+D"), self, self.pin_to_case),
            (QKeySequence(Qt.Key.Key_Escape), self, self.close),
            (QKeySequence(Qt.Key.Key_Delete), self.table, self.skip),
            (QKeySequence(Qt.Key.Key_F2), self.table, self.edit),
            (QKeySequence(Qt.Key.Key_Return), self.table, self.edit),
            (QKeySequence(Qt.Key.Key_Insert), self.table, self.insert_after),
            (QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Up), self.table, self.move_up),
            (QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Down), self.table, self.move_down),
            (QKeySequence(Qt.Key.Key_Delete), self.list, self.remove),
        ):
            take_keys(widget, keys, slot)
        self._enable()

    def _paint(self) -> None:
        strong, on_it, faint = marking(self._machine.theme.colours)
        self.banner.setStyleSheet(
            f"background: {strong}; color: {on_it}; font-weight: 700; padding: 6px 10px; border-radius: 4px;"
        )
        self.imagined_label.setStyleSheet(f"background: {faint};")
        self.setStyleSheet(f"WhatIfWindow {{ border: 3px solid {strong}; }}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _fit_columns(self) -> None:
        header = self.table.horizontalHeader()
        version, sign, number = (
            max(least, header.sectionSizeHint(column)) for least, column in zip(_FIXED, (0, 3, 4), strict=True)
        )
        bold = QFont(self.table.font())
        bold.setBold(True)
        sign = max(sign, QFontMetrics(bold).horizontalAdvance(self.model.widest_sign()) + 12)
        # As if there were a scroll bar: it comes and goes with the rows.
        room = self.table.contentsRect().width() - self.table.verticalScrollBar().sizeHint().width()
        wide = room - version - sign - number
        real, imagined = (max(70, wide * 22 // 100, header.sectionSizeHint(column)) for column in (1, 5))
        left = wide - real - imagined
        changes = max(70, min(left // 2, left - header.sectionSizeHint(6)))
        give_widths(header, (version, real, changes, sign, number, imagined))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._fit_columns()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_columns()

    # Working

    def read(self) -> None:
        """Read the aggregate anew, and do the edits again."""
        self.messages.clear()
        self._told = 0
        self._made = None
        self._work(self._steps, anew=True)

    def _work(self, steps: Steps, *, anew: bool = False) -> None:
        view = None if anew or self._made is None else self._made.view
        name, wanted = self.aggregate_id, self._wanted
        self._imagining = True
        self.headline.show_text(self.tr("Imagining …") if steps else self.tr("Reading the events …"))

        def act(session: Session, work: Work) -> _Made:
            seen = whole_view(session, name, work) if view is None else view
            answer = imagine(session, seen, Edits(steps), work=work) if steps else None
            lines = Timelines(seen, answer, work)
            return _Made(seen, lines, steps, lines.row_of(*wanted))

        self._aside.run(act, self._show, self._not_made, slot="what-if")

    def _show(self, made: _Made) -> None:
        self._made = made
        self._imagining = False
        self._settled = [*self._past], [*self._future]
        self.model.show_timelines(made.lines)
        self.edits.show_steps(made.steps, made.view)
        self.headline.show_text(self._verdict(made))
        self._enable()
        if len(made.lines):
            row = min(made.focus if made.focus is not None else len(made.lines) - 1, len(made.lines) - 1)
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _verdict(self, made: _Made) -> str:
        lines, answer = made.lines, made.lines.answer
        if answer is None:
            if len(lines) == 1:
                return self.tr("1 event. Skip or edit it.")
            return self.tr("{0} events. Pick one and skip, edit or move it.").format(f"{len(lines):,}")
        row = lines.parting
        if row is None:
            text = self.tr("The timelines never part: every state is as it really was.")
        else:
            version = lines.version_at(row)
            place = (
                self.tr("at an inserted event, number {0}").format(f"{lines.counts(row)[1]:,}")
                if version is None
                else self.tr("at version {0}").format(version)
            )
            text = self.tr("The timelines part {0}; places that differ in the end: {1}.").format(
                place, f"{len(answer.changes):,}"
            )
        skipped = len(answer.made.imagined.skipped())
        if skipped:
            text += " " + self.tr("Imagined events that the reducer skips: {0}.").format(f"{skipped:,}")
        return text

    def _not_made(self, error: EsviewerError) -> None:
        made = self._made
        self._imagining = False
        if made is None:
            self.headline.show_text(
                self.tr("The states could not be rebuilt.")
                if isinstance(error, OF_REDUCERS)
                else self.tr("The events could not be read.")
            )
            if isinstance(error, ConsentNeededError):
                self._machine.failed.emit(error)
            self.messages.say(error.message, {self.tr("Try again"): self.read})
            self._enable()
            return
        # What can't be done is not kept: the edits are again those that the timelines show.
        self._steps = made.steps
        self._past, self._future = [*self._settled[0]], [*self._settled[1]]
        self.edits.show_steps(made.steps, made.view)
        self.headline.show_text(self._verdict(made))
        self._failed(error)
        self._enable()

    def _failed(self, error: EsviewerError) -> None:
        self.messages.say_error(error)

    def _progressed(self, progress: Progress | None) -> None:
        self.bar.setVisible(progress is not None)
        self.stop_button.setVisible(progress is not None)
        if progress is None:
            return
        if self._imagining:
            self.headline.show_text(visible(f"{progress.text} … {progress.done:,}"))
        self.bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def stop(self) -> None:
        """Give up what is being worked on; the timelines on show stay."""
        self._aside.cancel("what-if")
        self._aside.cancel("what-if-states")
        self._not_made(UsageError(self.tr("Stopped.")))

    # Edits

    @property
    def steps(self) -> Steps:
        """The edits, in order."""
        return self._steps

    @property
    def timelines(self) -> Timelines | None:
        """What the table shows."""
        return None if self._made is None else self._made.lines

    @property
    def idle(self) -> bool:
        """Whether the timelines on show are those of the edits."""
        return self._made is not None and self._made.steps == self._steps and not self._aside.tasks.busy

    def _take(self, steps: Steps, version: int | None = None, inserted_by: int | None = None) -> None:
        """Do other edits; the row to go to then is that of a version, or of what an edit inserts."""
        self._past.append(self._steps)
        self._future.clear()
        self._wanted = version, inserted_by
        self._go_to_steps(steps)

    def _go_to_steps(self, steps: Steps) -> None:
        self.messages.clear()
        self._steps = steps
        self.edits.show_steps(steps, None if self._made is None else self._made.view)
        self._enable()
        self._work(steps)

    def undo(self) -> None:
        """Take the last step back."""
        if self._past:
            self._future.append(self._steps)
            self._wanted = self._place()
            self._go_to_steps(self._past.pop())

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._future:
            self._past.append(self._steps)
            self._wanted = self._place()
            self._go_to_steps(self._future.pop())

    def remove(self) -> None:
        """Remove the edit that is picked in the list."""
        number = self.list.currentIndex().row()
        if 0 <= number < len(self._steps):
            self._take(without(self._steps, number), *self._place())

    def _place(self) -> tuple[int | None, int | None]:
        row = self._row
        lines = self.timelines
        return (None if row is None or lines is None else lines.version_at(row)), None

    @property
    def _row(self) -> int | None:
        row = self.table.currentIndex().row()
        return row if row >= 0 else None

    def _what(self) -> tuple[Timelines, int, Row | None] | None:
        """The row that is picked, where the timelines are those of the edits."""
        made, row = self._made, self._row
        if made is None or row is None:
            return None
        if made.steps != self._steps:
            self.messages.say(self.tr("Wait until the timelines of the last edit are there."))
            return None
        return made.lines, row, made.lines.what(row)

    def skip(self) -> None:
        """Leave the event that is picked out; one that is left out comes back."""
        found = self._what()
        if found is None:
            return
        lines, row, what = found
        if what is not None:
            self._take(skipping(self._steps, what), lines.version_at(row))
            return
        version = lines.version_at(row)
        number = None if version is None else last_about(self._steps, Skip, version)
        if number is not None:
            self._take(without(self._steps, number), version)
        else:
            self.messages.say(self.tr("This event was moved; it stands further down or up."))

    def move_up(self) -> None:
        """Move the event that is picked before the one above it."""
        self._move(lambda lines, place: place_above(lines.rows, place))

    def move_down(self) -> None:
        """Move the event that is picked behind the one below it."""
        self._move(lambda lines, place: place_below(lines.rows, place))

    def _move(self, target: Callable[[Timelines, int], int | None]) -> None:
        found = self._what()
        if found is None:
            return
        lines, row, what = found
        place = lines.imagined_at(row)
        if what is None or place is None:
            self.messages.say(self.tr("Only an event of the imagined timeline can be moved."))
            return
        try:
            steps = moving(self._steps, what, target(lines, place))
        except UsageError as error:
            self._failed(error)
            return
        self._take(steps, what.original, None if what.original is not None else len(steps) - 1)

    def move_to(self) -> None:
        """Ask behind which version the event that is picked is to be put."""
        found = self._what()
        if found is None or found[2] is None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Move to"))
        dialog.setLabelText(self.tr("Behind which version of the store? Nothing: before all."))
        dialog.setInputMode(QInputDialog.InputMode.TextInput)
        dialog.textValueSelected.connect(self._move_typed)
        dialog.finished.connect(self._asked)
        self.asking = dialog
        dialog.open()

    def _asked(self) -> None:
        dialog, self.asking = self.asking, None
        if dialog is not None:
            dialog.deleteLater()

    def _move_typed(self, text: str) -> None:
        text = text.strip()
        if text and not (text.lstrip("-").isdecimal() and len(text) < 20):
            self.messages.say(self.tr("A version is a whole number."))
            return
        self._move(lambda *_: int(text) if text else None)

    # Writing events

    def edit(self) -> None:
        """Open the editor on the event that is picked."""
        found = self._what()
        if found is None:
            return
        what = found[2]
        if what is None:
            self.messages.say(self.tr("This event is left out; there is nothing to edit."))
        elif what.inserted_by is not None:
            self._edit_step(what.inserted_by)
        else:
            assert what.original is not None
            number = last_about(self._steps, Edit, what.original)
            if number is not None:
                self._edit_step(number)
            else:
                self._edit_real(what.original)

    def _change(self, index: QModelIndex) -> None:
        """Change the edit that is picked in the list, or go to the event that it is about."""
        step = self._steps[index.row()]
        if isinstance(step, (Edit, Insert)):
            self._edit_step(index.row())
        elif self._made is not None:
            lines = self._made.lines
            self._aside.tasks.run(
                lambda _: lines.row_of(step.version), self._go_to_row, self._failed, slot="what-if-row"
            )

    def _go_to_row(self, row: int | None) -> None:
        if row is not None and row < self.model.rowCount():
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _edit_step(self, number: int) -> None:
        step = self._steps[number]
        assert isinstance(step, (Edit, Insert))
        steps = self._steps
        kind = step.type
        if isinstance(step, Edit) and kind is None and self._made is not None:
            kind = self._made.view.type_at(self._made.view.index_of(step.version))

        def take(written: tuple[str, Value]) -> None:
            if self._steps != steps:
                return
            if isinstance(step, Insert):
                self._take(replaced(steps, number, replace(step, type=written[0], data=written[1])), None, number)
            else:
                own = None if step.type is None and written[0] == kind else written[0]
                self._take(replaced(steps, number, Edit(step.version, written[1], own)), step.version)

        title = self.tr("An inserted event")
        if isinstance(step, Edit):
            title = self.tr("Version {0}").format(step.version)
        way, name = Unmasking(self._machine.screen.beside()), self.aggregate_id
        self._write(title, kind or "", lambda _: dumps(way.shown(step.data, (), name), indent=2), way, take)

    def _edit_real(self, version: int) -> None:
        name, way = self.aggregate_id, Unmasking(self._machine.screen.beside())

        def read(session: Session, work: Work) -> tuple[Event, Unmasking, str]:
            event = session.store.event(name, version, work=work)
            return event, way, _document({} if event.error is not None else way.shown(event.data, (), name))

        self._aside.run(read, self._read_event, self._failed, slot="what-if-event")

    def _read_event(self, found: tuple[Event, Unmasking, str]) -> None:
        event, way, text = found
        screen = self._machine.screen
        note = "" if event.error is None else self.tr("It can't be decoded: {0}.").format(screen.event(event).error)

        def take(written: tuple[str, Value]) -> None:
            kind = None if written[0] == event.type else written[0]
            self._take((*self._steps, Edit(event.version, way.true(written[1]), kind)), event.version)

        self._open_editor((self.tr("Version {0}").format(event.version), event.type, note), text, take)

    def insert_before(self) -> None:
        """Ask for a new event and put it before the one that is picked."""
        self._insert(0)

    def insert_after(self) -> None:
        """Ask for a new event and put it behind the one that is picked."""
        self._insert(1)

    def _insert(self, behind: int) -> None:
        found = self._what()
        if found is None:
            return
        lines, row, what = found
        place = lines.counts(row)[1]
        if what is not None:
            place += behind - 1
        before = lines.rows[place - 1] if place else None
        kind = "" if what is None else lines.imagined_type(row)
        steps = self._steps

        def take(written: tuple[str, Value]) -> None:
            if self._steps == steps:
                made, number = inserting(steps, before, *written)
                self._take(made, None, number)

        self._open_editor((self.tr("A new event"), kind, ""), "{}", take)

    def _write(
        self,
        title: str,
        kind: str,
        text: Callable[[Work], str],
        way: Unmasking,
        take: Callable[[tuple[str, Value]], None],
    ) -> None:
        self._aside.tasks.run(
            lambda work: _bounded(text(work)),
            lambda written: self._open_editor(
                (title, kind, ""), written, lambda found: take((found[0], way.true(found[1])))
            ),
            self._failed,
            slot="what-if-event",
        )

    def _open_editor(
        self, about: tuple[str, str, str], text: str, take: Callable[[tuple[str, Value]], None]
    ) -> None:
        self._close_editor()
        title, kind, note = about
        if "‹masked " in text:
            marks = self.tr("Masked values stand as marks; what is left as it is keeps its value.")
            note = f"{note} {marks}".strip()
        dialog = EventDialog(self._machine.theme, title, kind, text, self, note)
        self.editor = dialog
        dialog.written.connect(take)
        dialog.finished.connect(self._close_editor)
        dialog.open()

    def _close_editor(self) -> None:
        dialog, self.editor = self.editor, None
        if dialog is not None:
            dialog.deleteLater()

    # Files and clipboard

    def save(self) -> None:
        """Ask for a file and write the edits to it."""
        if not self._steps:
            self.messages.say(self.tr("There are no edits to save yet."))
            return
        name = self.ask_save_file()
        if not name:
            return
        document, screen, of = Edits(self._steps), self._machine.screen.beside(), self.aggregate_id

        def write(session: Session, work: Work) -> tuple[Path, bool]:
            del work
            shown = shown_edits(document, screen, of)
            path = not_of_the_store(name, session.store.label)
            try:
                write_whole(path, (dumps(shown.as_json(), indent=2) + "\n").encode("utf-8", "surrogatepass"))
            except OSError as error:
                raise not_written(name, error) from None
            return path, screen.masker.counts.total() > 0

        self._aside.run(write, self._saved, self._failed, slot="what-if-file")

    def _saved(self, saved: tuple[Path, bool]) -> None:
        path, masked = saved
        text = self.tr("Edits written to {0}.").format(path)
        if masked:
            text += " " + self.tr("Masked values stand in it as marks: to write them as they are, reveal them before.")
        self.messages.say(text)

    def load(self) -> None:
        """Ask for a file and take the edits in it in the place of these."""
        name = self.ask_load_file()
        if name:
            self._aside.tasks.run(lambda _: edits_in(name), self._loaded, self._failed, slot="what-if-file")

    def _loaded(self, edits: Edits) -> None:
        self._take(edits.steps)

    def ask_save_file(self) -> str:
        """The file a person picks to write to, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Save edits"), "what-if.json", "JSON (*.json)")[0]

    def ask_load_file(self) -> str:
        """The file a person picks to read, empty for none."""
        return QFileDialog.getOpenFileName(self, self.tr("Load edits"), "", "JSON (*.json)")[0]

    def copy(self) -> None:
        """Put what came out, marked as hypothetical, and the edits into the clipboard."""
        answer = self._answer
        if answer is None:
            self.messages.say(self.tr("Nothing is imagined yet."))
            return

        screen, of = self._machine.screen.beside(), self.aggregate_id

        def write(work: Work) -> str:
            del work
            edits = shown_edits(answer.made.edits, screen, of)
            return f"{answer.text(screen)}\nThe edits:\n{dumps(edits.as_json(), indent=2)}\n"

        self._aside.tasks.run(write, self._copied, self._failed, slot="what-if-copy")

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.messages.say(self.tr("Copied {0} characters, marked as hypothetical.").format(f"{len(text):,}"))

    @property
    def _answer(self) -> Imagined | None:
        return None if self._made is None else self._made.lines.answer

    def pin_to_case(self) -> None:
        """Refuse to pin: a case is evidence of what happened."""
        self.messages.say(
            self.tr("A what if is hypothetical: it can't be added to a case, which is evidence of what happened.")
        )

    def export(self) -> None:
        """Ask for a report, which is refused: this is no evidence."""
        answer = self._answer
        if answer is None:
            self.messages.say(self.tr("Nothing is imagined yet; the main window exports reports of what happened."))
            return

        def refuse(session: Session, work: Work) -> None:
            # On the worker, since it takes a while to load.
            from esviewer.app.reporting import aggregate_report

            aggregate_report(session, answer, work=work)

        self._aside.run(refuse, None, self._failed, slot="what-if-report")

    # The row that is picked

    def _picked(self, current: QModelIndex) -> None:
        self._enable()
        made, row = self._made, current.row()
        if made is None or row < 0:
            return
        real, imagined = made.lines.counts(row)
        at = int(made.view.versions[real - 1]) if real else 0
        self.real_label.show_text(self.tr("Real state after version {0}").format(at) if real else self.tr("Before all"))
        self.imagined_label.show_text(self.tr("WHAT IF: imagined events so far: {0} …").format(f"{imagined:,}"))

        def states(work: Work) -> _States:
            before, after = made.lines.states(row)
            work.check()
            changes = compare(before, after)
            back = [change for change in compare(after, before) if change.op != "remove"]
            return _States(row, before, after, changes, back)

        self._aside.tasks.run(
            states, lambda found: self._show_states(made, found), self._failed, slot="what-if-states"
        )

    def _show_states(self, made: _Made, found: _States) -> None:
        if made is not self._made or found.row != self._row:
            return
        first = self.real_tree.shown.rowCount() == 0
        of = made.view.summary.aggregate_id
        self.real_tree.show_value(found.real, found.back, of)
        self.imagined_tree.show_value(found.imagined, found.changes, of)
        if first:
            self.real_tree.expand_some()
            self.imagined_tree.expand_some()
        count = f"{made.lines.counts(found.row)[1]:,}"
        self.imagined_label.show_text(
            self.tr("WHAT IF: imagined events so far: {0}; differences: {1}").format(count, f"{len(found.changes):,}")
            if found.changes
            else self.tr("WHAT IF: imagined events so far: {0}; no difference").format(count)
        )

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self.actions_:
            action = menu.addAction(button.accessibleName() or button.text(), button.click)
            action.setEnabled(button.isEnabled())
        index = self.table.indexAt(place)
        if index.isValid():
            offer_reveal_marks(menu, self._machine, text_of(index))
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _enable(self) -> None:
        made, row = self._made, self._row
        there = made is not None and row is not None
        what = made.lines.what(row) if made is not None and row is not None and row < len(made.lines) else None
        for button in self.actions_:
            button.setEnabled(there and (what is not None or button not in self.actions_[1:2] + self.actions_[4:]))
        left_out = there and what is None
        self.skip_button.setText(self.tr("Unskip") if left_out else self.tr("Skip"))
        self.undo_button.setEnabled(bool(self._past))
        self.redo_button.setEnabled(bool(self._future))
        self.remove_button.setEnabled(self.list.currentIndex().isValid())
        self.save_button.setEnabled(bool(self._steps))

    # The main window goes on

    def _grown(self, view: AggregateView) -> None:
        made = self._made
        if made is None or view.summary.aggregate_id != made.view.summary.aggregate_id or not view.complete:
            return
        more = len(view) - len(made.view)
        if more > self._told:
            self._told = more
            self.messages.say(
                self.tr("The aggregate has gone on; new events that are not in here yet: {0}.").format(f"{more:,}"),
                {self.tr("Read anew"): self.read},
            )

    def _other_view(self, view: AggregateView | None) -> None:
        shown = None if view is None else view.summary.aggregate_id
        made = self._made
        own = self.aggregate_id if made is None else made.view.summary.aggregate_id
        self.about.show_text(
            ""
            if shown is None or shown == own
            else visible(
                self.tr("The main window shows {0} now; this one stays with {1}.").format(
                    self._machine.screen.aggregate_id(shown), self._machine.screen.aggregate_id(own)
                )
            )
        )

    def _other_reducers(self) -> None:
        if self._made is None:
            self.read()
        else:
            self.messages.say(
                self.tr("The reducers have changed; this still uses the former ones."),
                {self.tr("Read anew"): self.read},
            )

    def end(self) -> None:
        """End all work; nothing is shown afterwards."""
        if not self._ended:
            self._ended = True
            self._close_editor()
            self._aside.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.end()
        self.closed.emit(self)


def _document(data: Value) -> str:
    return _bounded(dumps(data, indent=2))


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise UsageError(
            translate("WhatIf", "This event's data are {0} characters of JSON, too much for the editor.").format(
                f"{len(text):,}"
            ),
            translate("WhatIf", "Write the edit into a file and load that."),
        )
    return text
