"""The events on either side of each moment that a comparison was asked for, with the way to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from esviewer.app.as_of import EventMark
from esviewer.app.sides import Placed
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.gui.times import full_time, shown_time


class CompareMoments(QWidget):
    """A line for each event; nothing for sides that are versions."""

    def __init__(self, machine: Machine, parent: QWidget) -> None:
        super().__init__(parent)
        self._machine = machine
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(0, 1)
        self.lines: list[ElidedLabel] = []
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_sides(self, sides: Sequence[tuple[str, Placed]]) -> None:
        """Name the events around the moments among these sides, each with its letter."""
        for widget in (*self.lines, *self.buttons):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.lines, self.buttons = [], []
        for letter, placed in sides:
            if placed.moment is not None:
                self._add(self.tr("{0}, before it: {1}"), letter, placed.moment.before, placed)
                self._add(self.tr("{0}, after it: {1}"), letter, placed.moment.after, placed)

    def _add(self, text: str, letter: str, mark: EventMark | None, placed: Placed) -> None:
        screen, row = self._machine.screen, len(self.lines)
        line = ElidedLabel(self)
        line.setObjectName("dim")
        self.lines.append(line)
        self._grid.addWidget(line, row, 0)
        if mark is None:
            line.show_text(text.format(letter, self.tr("no event")))
            return
        named = self.tr("{0} {1}, {2}")
        short, full = (
            visible(text.format(letter, named.format(mark.version, screen.text(mark.type), time)))
            for time in (shown_time(mark.timestamp), full_time(mark.timestamp))
        )
        line.show_text(short, full)
        view = self._machine.view
        if view is not None and view.summary.aggregate_id == placed.state.aggregate_id:
            button = QPushButton(self.tr("Go there"), self)
            button.setObjectName("small")
            button.setAccessibleName(self.tr("Go to version {0}").format(mark.version))
            button.clicked.connect(partial(self._machine.go_to, mark.version))
            self.buttons.append(button)
            self._grid.addWidget(button, row, 1)

    @property
    def text(self) -> str:
        """All lines in full."""
        return "\n".join(line.full for line in self.lines)

    def show_if(self, room: bool) -> None:
        """Show the lines, if there are any and there is room for them."""
        self.setVisible(room and bool(self.lines))
