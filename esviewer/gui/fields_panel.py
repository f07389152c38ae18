"""Fields that are followed: every change of them as a list, and numbers as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.field_csv import save_field_csv
from esviewer.app.view import AggregateView
from esviewer.gui.case.asking import history_to_pin
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.field_changes import FieldChanges, field_name
from esviewer.gui.field_chart import Drawing, FieldChart
from esviewer.gui.field_collector import FieldCollector
from esviewer.gui.field_log import glimpse, typed_path
from esviewer.gui.file_field import file_name
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, Shown
from esviewer.gui.playhead import BEFORE_FIRST
from esviewer.gui.text import visible
from esviewer.gui.theme import monospace
from esviewer.gui.undoing import Change, take_undo_keys
from esviewer.model.change import Path, pointer, resolve, value_at
from esviewer.model.values import MISSING, Value
from esviewer.work import Work

MOST = 12
"""How many fields can be followed at once."""

_PIN_HEIGHT = 24
_CHANGES_HIGH = 66
"""Pixels of height that the list of changes keeps beside a chart of many fields."""
_LOW = 330
"""Pixels of height below which there is only room for what matters most."""


class Pins(QScrollArea):
    """The followed fields, each with its colour, its value at the playhead and a button that lets it go."""

    removed = Signal(object)
    """A field is not to be followed any longer: its path."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.paths: list[Path] = []
        self._in_sight = 3
        self._to_end = False
        """Whether a field that was added is to come into sight, once there is room for it."""
        self.values: list[ElidedLabel] = []
        self._dots: list[QLabel] = []
        self.buttons: list[QToolButton] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        machine.theme.changed.connect(self._recolour)
        self.verticalScrollBar().rangeChanged.connect(self._ranged)

    def _ranged(self, first: int, last: int) -> None:
        del first
        if self._to_end and last:
            self._to_end = False
            self.verticalScrollBar().setValue(last)

    def show_at_most(self, count: int) -> None:
        """Show so many fields without scrolling."""
        self._in_sight = count
        self.setFixedHeight(_PIN_HEIGHT * min(len(self.paths), count))

    def show_paths(self, paths: list[Path]) -> None:
        """Show other fields."""
        self._to_end = len(paths) > len(self.paths)
        self.paths = list(paths)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        self.values, self._dots, self.buttons = [], [], []
        for row, path in enumerate(paths):
            dot = QLabel("●", inside)
            name = ElidedLabel(inside)
            name.setFont(monospace())
            name.show_text(self._name(path))
            value = ElidedLabel(inside)
            value.setFont(monospace())
            button = QToolButton(inside)
            button.setText("×")
            button.setToolTip(self.tr("Follow this field no longer"))
            button.setAccessibleName(self.tr("Follow {0} no longer").format(self._name(path)))
            button.setFixedSize(28, _PIN_HEIGHT - 4)
            button.setProperty("place", row)
            button.clicked.connect(self._remove_clicked)
            for column, widget in enumerate((dot, name, value, button)):
                grid.addWidget(widget, row, column)
            grid.setRowMinimumHeight(row, _PIN_HEIGHT - 2)
            self._dots.append(dot)
            self.values.append(value)
            self.buttons.append(button)
        grid.setRowStretch(len(paths), 1)
        former = self.takeWidget()
        if former is not None:
            former.deleteLater()
        self.setWidget(inside)
        self.show_at_most(self._in_sight)
        self.setVisible(bool(paths))
        self._recolour()

    def show_values(self, state: Value) -> None:
        """Show the fields' values in a state."""
        for path, label in zip(self.paths, self.values, strict=True):
            value = value_at(state, path)
            label.show_text(
                self.tr("not there") if value is MISSING else glimpse(self._machine.screen, value, path, self._of)
            )

    @property
    def _of(self) -> str | None:
        view = self._machine.view
        return None if view is None else view.summary.aggregate_id

    def _name(self, path: Path) -> str:
        return field_name(path, self._machine.screen, self._of)

    def _recolour(self) -> None:
        types = self._machine.theme.colours.types
        for code, dot in enumerate(self._dots):
            dot.setStyleSheet(f"color: {types[code % len(types)]};")

    def _remove_clicked(self) -> None:
        self.removed.emit(self.paths[self.sender().property("place")])


class FieldsPanel(QWidget):
    """Remembers for each aggregate type what is followed; reads only while it is in sight, or events are dimmed."""

    touched = Signal(object)
    """For each event whether it changed any followed field, as an array by row; None when that is not asked."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._remembered: dict[str | None, list[Path]] = {}
        self._undo = QUndoStack(self)
        self._placed = False
        """Whether the list of changes has been brought to the playhead's."""
        self.collector = FieldCollector(machine, self)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Follow a field: /items/0/price or total"))
        self.field.setAccessibleName(self.tr("Path of a field to follow"))
        self.field.setToolTip(self.tr("A JSON Pointer such as /items/0/price, or items[0].price; Enter follows it"))
        self.field.returnPressed.connect(self._typed)
        self.by_time = self._button(self.tr("By time"), self.tr("Chart over time instead of over versions"))
        self.by_time.toggled.connect(self._by_time_toggled)
        self.dim = self._button(self.tr("Dim others"), self.tr("Dim the events that changed none of these fields"))
        self.dim.setChecked(True)
        self.dim.toggled.connect(self._tell_touched)
        self.dim.toggled.connect(self._want)
        self.save = self._button(self.tr("CSV …"), self.tr("Save every change of these fields as CSV"))
        self.save.setAccessibleName(self.tr("Save as CSV"))
        self.save.setCheckable(False)
        self.save.clicked.connect(self._save_clicked)
        self.pins = Pins(machine, self)
        self.pins.removed.connect(self.unfollow)
        self.chart = FieldChart(machine.theme, self)
        self.chart.setMinimumHeight(70)
        self.chart.picked.connect(self._go)
        self.changes = FieldChanges(self.collector, machine, self)
        self.changes.picked.connect(self._go)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.addWidget(self.chart)
        self.split.addWidget(self.changes)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(7)
        self.split.setSizes([1000, 1000])
        hint = QLabel(
            self.tr("Right-click a value in the State tab and choose “Follow this field”, or type its path above."),
            self,
        )
        hint.setObjectName("dim")
        hint.setWordWrap(True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body = QStackedWidget(self)
        self.body.addWidget(hint)
        self.body.addWidget(self.split)
        self.line = ElidedLabel(self)
        self.line.setObjectName("dim")
        self.undrawn = ElidedLabel(self)
        self.undrawn.setObjectName("dim")
        self.undrawn.hide()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.field, 1)
        for button in (self.by_time, self.dim, self.save):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.pins)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.line)
        layout.addWidget(self.undrawn)
        self.collector.grew.connect(self._grew)
        self.collector.drawn.connect(self._drawn)
        machine.view_changed.connect(self._start_anew)
        machine.shown.connect(self._show_values)
        machine.none_yet.connect(self._show_none)
        machine.grown.connect(self._say)
        machine.screen_changed.connect(self._screen_changed)
        take_undo_keys(self, self._undo.undo, self._undo.redo)
        self._start_anew(machine.view)

    def _button(self, text: str, what: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(what)
        button.setCheckable(True)
        return button

    # What is followed

    @property
    def paths(self) -> list[Path]:
        """What is followed in the aggregate on show."""
        view = self._machine.view
        return [] if view is None else self._remembered.get(view.summary.aggregate_type, [])

    def follow(self, path: Path) -> None:
        """Follow one more field, in all aggregates of this type."""
        view, paths = self._machine.view, self.paths
        if view is None:
            self._machine.said.emit(self.tr("Choose an aggregate first; a field is one of its state."))
        elif path in paths:
            self._machine.said.emit(self.tr("{0} is followed already.").format(self._name(path)))
        elif len(paths) >= MOST:
            self._machine.said.emit(self.tr("{0} fields are followed; let one go first.").format(MOST))
        else:
            self._change([*paths, path])

    def _change(self, paths: list[Path]) -> None:
        view = self._machine.view
        if view is not None:
            kind = view.summary.aggregate_type
            self._undo.push(Change(self._take, (kind, self.paths), (kind, paths)))

    def _take(self, wanted: tuple[str | None, list[Path]]) -> None:
        kind, paths = wanted
        self._remembered[kind] = paths
        view = self._machine.view
        if view is not None and view.summary.aggregate_type == kind:
            self._start_anew(view)

    def _name(self, path: Path) -> str:
        view = self._machine.view
        return field_name(path, self._machine.screen, None if view is None else view.summary.aggregate_id)

    def unfollow(self, path: Path) -> None:
        """Follow a field no longer."""
        self._change([each for each in self.paths if each != path])

    def _typed(self) -> None:
        text, shown = self.field.text(), self._machine.current
        if self._machine.before is not None:
            self._machine.said.emit(self.tr("There is no state at the playhead; go to the first version."))
            return
        if shown is None:
            self._machine.said.emit(self.tr("Choose an aggregate first; a field is one of its state."))
            return
        try:
            path = typed_path(shown.state.state, text)
        except ValueError as error:
            self._machine.said.emit(visible(localised(f"{error}.")))
            return
        if value_at(shown.state.state, path) is not MISSING:
            self._found_path((shown, path))
            return

        # What is not there now may be there in the newest state, which says where lists are.
        def look(work: Work) -> tuple[Shown, Path]:
            work.check()
            history = shown.view.history
            newest = history.state_after(len(history))
            later = typed_path(newest, text)
            return shown, path if value_at(newest, later) is MISSING else later

        self._machine.tasks.run(look, self._found_path, slot="field-typed")

    def follow_pointers(self, pointers: Sequence[str]) -> None:
        """Follow the fields that JSON Pointers name, in the state on show or, if they are not there, in the newest."""
        shown = self._machine.current
        if shown is None:
            return

        def look(work: Work) -> tuple[Shown, list[Path]]:
            work.check()
            history = shown.view.history
            here, newest = shown.state.state, history.state_after(len(history))
            found = []
            for text in pointers:
                path, later = resolve(here, text), resolve(newest, text)
                only_later = value_at(here, path) is MISSING and value_at(newest, later) is not MISSING
                found.append(later if only_later else path)
            return shown, found

        self._machine.tasks.run(look, self._found_paths, slot="fields-wanted")

    def _found_paths(self, found: tuple[Shown, list[Path]]) -> None:
        if found[0].view is self._machine.view:
            for path in found[1]:
                if path not in self.paths:
                    self.follow(path)

    def _found_path(self, found: tuple[Shown, Path]) -> None:
        if found[0].view is self._machine.view:
            self.field.clear()
            self.follow(found[1])

    # Pinning and saving

    def pin_to_case(self) -> None:
        """Have the history of the followed fields, up to the playhead, pinned to the case."""
        shown, paths = self._machine.current, self.paths
        if shown is None or not paths:
            self._machine.said.emit(self.tr("Follow a field first; its history is what is pinned."))
            return
        drawn = not self.chart.isHidden()
        pointers = [pointer(path) for path in paths]
        wanted = history_to_pin(shown.view.summary.aggregate_id, pointers, shown.version, chart=drawn)
        self._machine.pin_wanted.emit(wanted)

    def _save_clicked(self) -> None:
        view = self._machine.view
        if view is not None:
            shown = self._machine.screen.aggregate_id(view.summary.aggregate_id, view.summary.aggregate_type)
            name = self.ask_file(file_name(f"{shown}-fields.csv"))
            if name:
                self.save_csv(FilePath(name))

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Save as CSV"), proposal, self.tr("CSV (*.csv)"))[0]

    def save_csv(self, file: FilePath) -> None:
        """Write every change of the followed fields to a file, as they are shown."""
        view, paths, screen = self._machine.view, self.paths, self._machine.screen.beside()
        if view is None:
            return

        def write(work: Work) -> tuple[FilePath, int]:
            return file, save_field_csv(view, paths, file, screen, work=work)

        self._machine.tasks.run(write, self._saved, self._machine.failed.emit, slot="field-csv")

    def _saved(self, found: tuple[FilePath, int]) -> None:
        text = self.tr("1 change written to {1}.") if found[1] == 1 else self.tr("{0} changes written to {1}.")
        self._machine.said.emit(text.format(f"{found[1]:,}", visible(str(found[0]))))

    # Showing

    def _start_anew(self, view: AggregateView | None) -> None:
        paths = self.paths
        self.pins.show_paths(paths)
        self.save.setEnabled(bool(paths))
        self.body.setCurrentIndex(1 if paths else 0)
        self.chart.show_drawing(None)
        self.chart.hide()
        self._placed = False
        self.collector.follow(view, paths)
        self._want()
        self._show_current()
        self._say()

    def _screen_changed(self) -> None:
        self._start_anew(self._machine.view)

    def _want(self) -> None:
        seen = self.isVisible()
        self.collector.want(bool(self.paths) and (seen or self.dim.isChecked()), seen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want()
        self._grew()
        self._show_current()

    def _show_current(self) -> None:
        if self._machine.current is not None:
            self._show_values(self._machine.current)
        elif self._machine.before is not None:
            self._show_none()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < _LOW
        self.line.setVisible(not low)
        self.pins.show_at_most(2 if low else 3)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._want()

    def _grew(self) -> None:
        if self.isVisible():
            self.changes.show_log(self._machine.view, self.collector.log)
            self._place()
            self._say()
        self._tell_touched()

    def _place(self) -> None:
        """Bring the list to the playhead once the changes until there are in; then it stays where somebody scrolls."""
        shown = self._machine.current
        if not self._placed and shown is not None and shown.row < self.collector.log.seen:
            self._placed = True
            self.changes.show_row(shown.row)

    def _tell_touched(self) -> None:
        dims = self.dim.isChecked() and bool(self.paths)
        self.touched.emit(self.collector.log.touched if dims else None)

    def _drawn(self, drawing: Drawing) -> None:
        self.chart.setVisible(any(line.drawable for line in drawing.lines))
        self.chart.name_lines([self._name(path) for path in self.collector.log.paths])
        before = len(self.chart.strips)
        self.chart.show_drawing(drawing)
        if len(self.chart.strips) != before:
            self._give_room()

    def _give_room(self) -> None:
        """Divide the height between the chart and the changes, so that all strips can be read if possible."""
        high = sum(self.split.sizes())
        wanted = max(self.chart.high_enough, high // 2)
        chart = min(wanted, max(high // 2, high - _CHANGES_HIGH))
        self.split.setSizes([chart, high - chart])

    def _say(self) -> None:
        log, view = self.collector.log, self._machine.view
        sentences = (
            (self.tr("Masked, so not drawn: {0}"), log.hidden),
            (self.tr("Drawn rounded or not at all, exact in the list: {0}"), log.rounded - log.hidden),
        )
        said = [
            sentence.format(", ".join(self._name(log.paths[code]) for code in sorted(codes)))
            for sentence, codes in sentences
            if codes
        ]
        self.undrawn.setVisible(bool(said))
        self.undrawn.show_text(" · ".join(said))
        if view is None or not log.paths:
            self.line.show_text("")
        elif self.collector.complete:
            text = self.tr("{0} changes by {1} of {2} events")
            if len(log) == 1:
                text = self.tr("1 change, looked for in events: {2}")
            self.line.show_text(text.format(f"{len(log):,}", f"{int(log.touched.sum()):,}", f"{log.seen:,}"))
        else:
            self.line.show_text(
                self.tr("{0} changes in {1} of {2} events so far").format(
                    f"{len(log):,}", f"{log.seen:,}", f"{len(view):,}"
                )
            )

    def _show_values(self, shown: Shown) -> None:
        if self.isVisible() and self.pins.paths:
            self.pins.show_values(shown.state.state)
            self.chart.show_row(shown.row)
            self.changes.show_row(shown.row)

    def _show_none(self, _: object = None) -> None:
        """There is no state at the playhead."""
        if self.isVisible() and self.pins.paths:
            self.pins.show_values(MISSING)
            self.chart.show_row(BEFORE_FIRST)
            self.changes.show_row(BEFORE_FIRST)

    def _by_time_toggled(self, on: bool) -> None:
        self.collector.by_time = on
        self.collector.draw()

    def _go(self, row: int) -> None:
        view = self._machine.view
        if view is not None and row < len(view):
            self._machine.go_to(int(view.versions[row]))
