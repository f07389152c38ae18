"""Two reducers compared over one aggregate or a sample of a type, in a table that fills while it goes on."""

from __future__ import annotations

import glob
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.folding import ComparedFolds, compared_folds
from esviewer.app.session import Session
from esviewer.assets import config_dir
from esviewer.diff.text import listing
from esviewer.errors import ConsentNeededError, EsviewerError
from esviewer.gui.field_log import glimpse
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MarkedText, mark_items, reveal_in
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.model.change import Change
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING
from esviewer.work import Progress, Work

_BETWEEN_DRAWINGS_MS = 250
_GLIMPSE = 120
_WIDEST = 1000
"""Characters of a difference that are shown."""
_IN_USE, _FILE, _MERGE = 0, 1, 2

_Index = QModelIndex | QPersistentModelIndex


class FoldsModel(QAbstractTableModel):
    """One row for each aggregate."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._theme = machine.theme
        self._rows: list[ComparedFolds] = []

    def add(self, found: list[ComparedFolds]) -> None:
        """Append rows."""
        if found:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self._rows += found
            self.endInsertRows()

    def show_only(self, found: list[ComparedFolds]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = [*found]
        self.endResetModel()

    def found_at(self, row: int) -> ComparedFolds:
        """The aggregate in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 8

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Aggregate"),
                self.tr("Events"),
                self.tr("Result"),
                self.tr("Parts at"),
                self.tr("Differing"),
                self.tr("First path"),
                self.tr("First reducer"),
                self.tr("Second reducer"),
            )[section]
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return {
                3: self.tr("The version after which the states differ first"),
                4: self.tr("After how many events the states differ"),
            }.get(section)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        found = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(found, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(found, index.column())) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (1, 3, 4):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole and (found.result.differing or found.result.failure):
            colours = self._theme.colours
            return QColor(colours.removed if found.result.differing else colours.warning)
        return None

    def _text(self, found: ComparedFolds, column: int) -> str:
        result = found.result
        if column == 0:
            return visible(self._machine.screen.aggregate_id(found.aggregate_id, found.aggregate_type))
        if column == 1:
            return f"{result.events:,}"
        if column == 2:
            if result.failure:
                return self.tr("✕ failed at version {0}").format(result.failed_version)
            if not result.differing:
                return self.tr("✓ agree")
            return self.tr("✕ differ") if result.last_differs else self.tr("✕ differ on the way")
        if not result.differing:
            return ""
        if column == 3:
            return str(result.first_version)
        if column == 4:
            return f"{result.differing:,}"
        if not result.changes:
            return ""
        change = result.changes[0]
        if column == 5:
            more = f" + {len(result.changes) - 1:,}" if len(result.changes) > 1 else ""
            place = self._machine.screen.pointer(change.path, found.aggregate_id)
            return visible(place or self.tr("(the state)")) + more
        value = change.old if column == 6 else change.new
        if value is MISSING:
            return self.tr("(nothing)")
        return glimpse(self._machine.screen, value, change.path, found.aggregate_id, _GLIMPSE)


class FoldsDialog(QDialog):
    """Runs aside; the window stays usable."""

    opened = Signal(object)
    """An aggregate is to be shown: (its id, a version)."""

    def __init__(
        self, machine: Machine, types: list[str], aggregate: tuple[str, str | None] | None, parent: QWidget
    ) -> None:
        """`types` are the store's aggregate types; `aggregate` is the id and type of that on show."""
        super().__init__(parent)
        self._machine = machine
        self._aggregate = aggregate
        self._aside = machine.aside.twin(self)
        self._files: list[str | None] = [None, None]
        self._choices: list[tuple[str, str | None] | str | None] = []
        """What can be compared over: an aggregate, a type, or all types."""
        self._all: list[ComparedFolds] = []
        self._arrived: deque[ComparedFolds] = deque()
        self._run = 0
        self._ended = False
        self.setWindowTitle(self.tr("Compare reducers"))
        self._build(types, parent)

    def _build(self, types: list[str], parent: QWidget) -> None:
        self.sides = (self._side(0), self._side(1))
        self.sides[1].setCurrentIndex(_MERGE)
        self.over = QComboBox(self)
        self.over.setAccessibleName(self.tr("Compared over"))
        if self._aggregate is not None:
            self._choices.append(self._aggregate)
        self._choices += [*types, None]
        self.over.addItems([""] * len(self._choices))
        self._name_choices()
        self.over.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.over.setMinimumContentsLength(22)
        self.over.currentIndexChanged.connect(self._enable)
        self.sample = QSpinBox(self)
        self.sample.setRange(1, 1_000_000)
        self.sample.setValue(100)
        self.sample.setGroupSeparatorShown(True)
        self.sample.setAccessibleName(self.tr("Aggregates in the sample"))
        self.go = self._button(self.tr("Compare"), self.compare, self.tr("Fold the same events with both reducers"))
        self.go.setDefault(True)
        choice = QGridLayout()
        choice.addWidget(QLabel(self.tr("First reducer"), self), 0, 0)
        choice.addWidget(self.sides[0], 0, 1)
        choice.addWidget(QLabel(self.tr("Second reducer"), self), 1, 0)
        choice.addWidget(self.sides[1], 1, 1)
        choice.addWidget(QLabel(self.tr("over"), self), 0, 2)
        choice.addWidget(self.over, 0, 3)
        choice.addWidget(QLabel(self.tr("at most"), self), 1, 2)
        amount = QHBoxLayout()
        amount.addWidget(self.sample)
        amount.addWidget(QLabel(self.tr("aggregates"), self))
        amount.addStretch(1)
        amount.addWidget(self.go)
        choice.addLayout(amount, 1, 3)
        choice.setColumnStretch(1, 1)
        choice.setColumnStretch(3, 1)
        self.messages = MessageBar(self, self._machine.screen_now)
        self.headline = QLabel(self)
        self.headline.setObjectName("heading")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.headline.setText(self.tr("Choose two reducers; the same events are folded with both."))
        self.only = QCheckBox(self.tr("Only those that differ or fail"), self)
        self.only.toggled.connect(self._filter)
        self.model = FoldsModel(self._machine, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        mark_items(self.table, self._machine.theme, self._machine)
        self.table.setAccessibleName(self.tr("Aggregates and how the reducers compare"))
        header = show_rows(self.table)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        give_widths(header, (140, 60, 100, 70, 76, 130, 110))
        self.table.activated.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._picked)
        self.about = QLabel(self)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(monospace())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("What differs first"))
        MarkedText(self._machine.theme, self.text.document())
        reveal_in(self.text, self._machine)
        self.text.setPlaceholderText(self.tr("Pick an aggregate to see where its states part first."))
        lower = QWidget(self)
        under = QVBoxLayout(lower)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        under.addWidget(self.about)
        under.addWidget(self.text, 1)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(lower)
        halves.setSizes([260, 150])
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setMaximumHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button = self._button(self.tr("Stop"), self.stop, self.tr("Stop comparing; what was found stays"))
        self.go_to_button = self._button(
            self.tr("Go to"), self._go_to, self.tr("Show the aggregate at the version where the states part")
        )
        self.copy_button = self._button(
            self.tr("Copy"), self.copy, self.tr("Copy all rows as JSON Lines, as esviewer folds --json prints them")
        )
        close = self._button(self.tr("Close"), self.reject, "")
        bottom = QHBoxLayout()
        bottom.addWidget(self.only)
        bottom.addWidget(self.bar, 1)
        bottom.addStretch(1)
        for button in (self.stop_button, self.go_to_button, self.copy_button, close):
            bottom.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(choice)
        layout.addWidget(self.messages)
        layout.addWidget(self.headline)
        layout.addWidget(halves, 1)
        layout.addLayout(bottom)
        space = parent.window().size()
        self.resize(max(700, min(940, space.width() - 30)), max(420, min(640, space.height() - 30)))
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_DRAWINGS_MS)
        self._timer.timeout.connect(self._take)
        self._aside.tasks.progressed.connect(self._progressed)
        self._aside.tasks.failed.connect(self._failed_beside)
        self._machine.rebuild_wanted.connect(self._other_reducers)
        self._machine.screen_changed.connect(self._screen_changed)
        self._enable()

    def _button(self, text: str, slot: Callable[[], object], tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    def _side(self, number: int) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(self.tr("Second reducer") if number else self.tr("First reducer"))
        box.addItem(self.tr("in use"))
        box.addItem(self.tr("a file …"))
        box.addItem(self.tr("merge (no rules)"))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(16)
        # Picking the file once more asks again.
        box.activated.connect(self._second_chosen if number else self._first_chosen)
        return box

    def _first_chosen(self, choice: int) -> None:
        self._chosen(0, choice)

    def _second_chosen(self, choice: int) -> None:
        self._chosen(1, choice)

    def _chosen(self, number: int, choice: int) -> None:
        if choice == _FILE:
            name = self.ask_file()
            if name:
                self.take_file(number, name)
            elif self._files[number] is None:
                self.sides[number].setCurrentIndex(_IN_USE)

    def take_file(self, number: int, name: str) -> None:
        """Compare with a reducer's file on one side: 0 or 1."""
        self._files[number] = name
        box = self.sides[number]
        box.setItemText(_FILE, visible(self.tr("file {0}").format(Path(name).name)))
        box.setItemData(_FILE, tip(visible(name)), Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(_FILE)

    def ask_file(self) -> str:
        """The file a person picks, empty for none."""
        folder = config_dir() / "rules"
        return QFileDialog.getOpenFileName(
            self, self.tr("Choose a reducer's file"), str(folder if folder.is_dir() else Path.home()), "TOML (*.toml)"
        )[0]

    # Comparing

    @property
    def running(self) -> bool:
        """Whether the comparison goes on."""
        return self._timer.isActive()

    @property
    def found(self) -> list[ComparedFolds]:
        """What was found so far."""
        return self._all

    def _side_named(self, number: int) -> str | None:
        return (None, self._files[number], "merge")[self.sides[number].currentIndex()]

    def compare(self) -> None:
        """Begin; what was going on is given up."""
        first, against = self._side_named(0), self._side_named(1)
        if first == against:
            self.messages.say(self.tr("Choose two different reducers: these are the same."))
            return
        over = self._over
        aggregate = over[0] if isinstance(over, tuple) else None
        pattern = glob.escape(over) if isinstance(over, str) else None
        sample = self.sample.value()
        self.messages.clear()
        self._all = []
        # What a comparison that was given up still finds goes into a list that nobody looks at.
        arrived: deque[ComparedFolds] = deque()
        self._arrived = arrived
        self.model.show_only([])
        self.text.clear()
        self.about.clear()
        self._run += 1
        run = self._run
        self._timer.start()
        self._enable()
        self._tell(self.tr("Comparing …"))

        def act(session: Session, work: Work) -> None:
            compared = compared_folds(
                session, against, aggregate, type_glob=pattern, sample=sample, first=first, work=work
            )
            for each in compared:
                arrived.append(each)

        self._aside.run(act, lambda _: self._done(run), lambda error: self._failed(run, error), slot="folds")

    def _take(self) -> None:
        new: list[ComparedFolds] = []
        while self._arrived:
            new.append(self._arrived.popleft())
        self._all += new
        self.model.add([each for each in new if _wrong(each) or not self.only.isChecked()])
        if new and self.running:
            self._tell(self.tr("Comparing …"))

    def _end(self, word: str) -> None:
        self._take()
        self._timer.stop()
        self._tell(word)
        self._enable()
        if self._row is None and self.model.rowCount():
            self.table.selectRow(0)

    def _done(self, run: int) -> None:
        if run == self._run:
            self._end("")

    def _failed(self, run: int, error: EsviewerError) -> None:
        if run != self._run:
            return
        self._end(self.tr("Not finished."))
        if isinstance(error, ConsentNeededError):
            self._machine.failed.emit(error)
            self.messages.say(error.message, {self.tr("Compare again"): self.compare})
        else:
            self.messages.say_error(error)

    def _failed_beside(self, error: EsviewerError) -> None:
        self.messages.say_error(error)

    def _other_reducers(self) -> None:
        self.messages.say(self.tr("The reducers have changed."), {self.tr("Compare again"): self.compare})

    def stop(self) -> None:
        """Stop; what was found stays."""
        self._aside.cancel("folds")
        self._run += 1
        self._end(self.tr("Stopped."))

    def _tell(self, word: str) -> None:
        differing = sum(1 for each in self._all if each.result.differing)
        text = self.tr("Aggregates compared: {0}; different: {1}.").format(f"{len(self._all):,}", f"{differing:,}")
        failed = sum(1 for each in self._all if each.result.failure)
        if failed:
            told = self.tr("Reducers failed at {0} of them, which are compared up to there.")
            text = f"{text} {told.format(f'{failed:,}')}"
        self.headline.setText(f"{word} {text}".strip())

    def _progressed(self, progress: Progress | None) -> None:
        if progress is not None and self.running:
            self._tell(visible(self.tr("{0} ({1} events of the next) …").format(progress.text, f"{progress.done:,}")))

    def _enable(self) -> None:
        self.sample.setEnabled(not isinstance(self._over, tuple))
        self.bar.setVisible(self.running)
        self.stop_button.setEnabled(self.running)
        self.copy_button.setEnabled(bool(self._all) and not self.running)
        self.go_to_button.setEnabled(self._row is not None)

    def _filter(self, only: bool) -> None:
        self.model.show_only([each for each in self._all if _wrong(each) or not only])
        self._picked()

    @property
    def _over(self) -> tuple[str, str | None] | str | None:
        return self._choices[max(0, self.over.currentIndex())]

    def _name_choices(self) -> None:
        screen = self._machine.screen
        for number, choice in enumerate(self._choices):
            if choice is None:
                text = self.tr("a sample of all types")
            elif isinstance(choice, tuple):
                text = self.tr("this aggregate: {0}").format(screen.aggregate_id(*choice))
            else:
                text = self.tr("a sample of {0}").format(screen.text(choice))
            self.over.setItemText(number, visible(text))

    def _screen_changed(self) -> None:
        self._name_choices()
        self.messages.refresh()
        self.table.viewport().update()
        self._picked()

    # One aggregate

    @property
    def _row(self) -> int | None:
        row = self.table.currentIndex().row()
        return row if row >= 0 else None

    def _picked(self) -> None:
        self._enable()
        row = self._row
        if row is None:
            self.about.clear()
            self.text.clear()
            return
        found, screen = self.model.found_at(row), self._machine.screen
        result = found.result
        skipped = self.tr("“{0}” skipped {1} events, “{2}” {3}.").format(
            found.first, f"{result.skipped[0]:,}", found.second, f"{result.skipped[1]:,}"
        )
        if result.failure:
            skipped = f"{screen.reason(result.failure)} {skipped}"
        if not result.differing:
            agree = self.tr("The states agree after every event. {0}")
            if result.failure:
                agree = self.tr("The states agree up to there. {0}")
            self.about.setText(visible(agree.format(skipped)))
            self.text.clear()
            return
        end = (
            self.tr("the newest states differ too")
            if result.last_differs
            else self.tr("the newest states agree again")
        )
        text = self.tr("Parts at version {0} (“{1}” → “{2}”); {3}. {4}").format(
            result.first_version, found.first, found.second, end, skipped
        )
        self.about.setText(visible(text))
        lines = [_shown(screen.change(change, found.aggregate_id)) for change in result.changes]
        self.text.setPlainText(visible_lines("\n".join(lines)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a row goes there and begins no other comparison."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.hasFocus():
            event.accept()
        else:
            super().keyPressEvent(event)

    def _go_to(self) -> None:
        row = self._row
        if row is not None:
            found = self.model.found_at(row)
            first = found.result.first_version
            self.opened.emit((found.aggregate_id, found.result.failed_version if first is None else first))

    def _open(self, index: QModelIndex) -> None:
        del index
        self._go_to()

    def copy(self) -> None:
        """Put all rows into the clipboard, as JSON Lines."""
        found, screen = [*self._all], self._machine.screen.beside()
        self._aside.tasks.run(
            lambda _: "".join(dumps(each.masked(screen).as_json()) + "\n" for each in found),
            self._copied,
            self._failed_beside,
            slot="folds-copy",
        )

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.messages.say(self.tr("Copied {0} characters of JSON Lines.").format(f"{len(text):,}"))

    def done(self, result: int) -> None:
        if not self._ended:
            self._ended = True
            self._timer.stop()
            self._aside.close()
        super().done(result)


def _wrong(found: ComparedFolds) -> bool:
    return bool(found.result.differing or found.result.failure)


def _shown(change: Change) -> str:
    line = listing([change])[0]
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"
