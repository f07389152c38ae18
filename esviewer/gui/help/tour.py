"""A tour of the window: a few steps, each a sentence and a frame around what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from esviewer.gui.store_rooms import EVENTS, HISTORY, StoreRooms
from esviewer.gui.theme import Theme
from esviewer.gui.wrapped_label import WrappedLabel

_FOLLOW_MS: Final = 100
_AROUND: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it says, what that is about, and what has to be on show for it."""

    text: str
    about: Callable[[], QWidget]
    prepare: Callable[[], object] = lambda: None


class Tour(QFrame):
    """A bar with the step's sentence, for below what it is about; it shows no dialog and takes nothing away."""

    ended = Signal()
    """It was gone through, or closed."""

    def __init__(self, rooms: StoreRooms, export: QWidget, theme: Theme, first: str | None = None) -> None:
        """`export` is what reports are asked for with; `first` is the aggregate to be shown, if none is on show."""
        super().__init__(rooms)
        self._rooms = rooms
        self._export = export
        self._first = first
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Tour"))
        self.steps = self._steps()
        self.number = 0
        self.frame = _Around(rooms.window(), theme)
        self.count = QLabel(self)
        self.count.setObjectName("dim")
        self.text = WrappedLabel(self)
        self.back = self._button(self.tr("Back"), lambda: self.go(self.number - 1))
        self.next = self._button(self.tr("Next"), lambda: self.go(self.number + 1))
        self.next.setObjectName("primary")
        end = self._button(self.tr("End the tour"), self.end)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.addWidget(self.count)
        layout.addWidget(self.text, 1)
        for button in (self.back, self.next, end):
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        rooms.put_below(self)
        self.go(0)
        self._timer.start()

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        return button

    def _steps(self) -> list[Step]:
        page = self._rooms.page
        tabs = page.state.tabs
        return [
            Step(
                self.tr("Each line is an aggregate with its own stream of events. Choose any of them."),
                lambda: page.aggregates,
                self._choose,
            ),
            Step(
                self.tr(
                    "Its events, one lane for each type. Drag the upright line, or use the arrow keys: what is below is"
                    " shown as it was then."
                ),
                lambda: page.timeline,
            ),
            Step(
                self.tr(
                    "The state at that version. Each value says which event wrote it; a click there goes to the event."
                    " The menu of a value follows it through time."
                ),
                lambda: page.state,
                lambda: tabs.setCurrentIndex(0),
            ),
            Step(
                self.tr("Pin a version with P and move on: this tab shows what differs."),
                lambda: page.state,
                lambda: tabs.setCurrentWidget(page.state.compare),
            ),
            Step(
                self.tr("Type a date, such as yesterday 14:34: everything is shown as it was then."),
                lambda: page.as_of_field,
                lambda: tabs.setCurrentIndex(0),
            ),
            Step(
                self.tr("When did something hold? Ctrl+G asks: all stretches in which it did are shaded above."),
                lambda: page.find_bar,
                page.find_bar.open_bar,
            ),
            Step(
                self.tr("The log of the whole store, with filters and a chart; new events arrive here too."),
                lambda: self._rooms.stack,
                self._to_events,
            ),
            Step(
                self.tr(
                    "Further rooms find causes, check the store, describe its payloads, make tables by replay, and keep"
                    " a case."
                ),
                lambda: self._rooms.tabs,
                lambda: self._rooms.enter(HISTORY),
            ),
            Step(
                self.tr(
                    "A report writes down what is on show, so that others can verify it. F1 opens the manual, wherever"
                    " you are; this tour is in the Help menu."
                ),
                lambda: self._export,
            ),
        ]

    def _choose(self) -> None:
        self._rooms.enter(HISTORY)
        if self._first is not None and self._rooms.page.view is None:
            self._rooms.page.visit(self._first)

    def _to_events(self) -> None:
        self._rooms.page.find_bar.close_bar()
        self._rooms.enter(EVENTS)

    def go(self, number: int) -> None:
        """Show a step; past the last one the tour ends."""
        if number >= len(self.steps):
            self.end()
            return
        self.number = max(0, number)
        step = self.steps[self.number]
        step.prepare()
        self.count.setText(self.tr("{0} of {1}").format(self.number + 1, len(self.steps)))
        self.text.setText(step.text)
        self.back.setEnabled(self.number > 0)
        self.next.setText(self.tr("Next") if self.number + 1 < len(self.steps) else self.tr("Done"))
        # So that one key leads on; what was prepared may have taken the focus.
        self.next.setFocus()
        self._follow()

    def end(self) -> None:
        """Close it."""
        self._timer.stop()
        self._rooms.page.find_bar.close_bar()
        self.frame.deleteLater()
        self.hide()
        self.deleteLater()
        self.ended.emit()

    def _follow(self) -> None:
        """Keep the frame around what the step is about, which moves as windows do."""
        self.frame.put_around(self.steps[self.number].about())


class _Around(QWidget):
    """A frame over the window that lets everything through."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def put_around(self, widget: QWidget) -> None:
        """Show it around a widget, if that is on show."""
        window = self._window
        if not widget.isVisible():
            self.hide()
            return
        corner = widget.mapTo(window, QPoint(0, 0))
        place = QRect(corner, widget.size()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
        place = place.intersected(window.rect())
        if place != self.geometry():
            self.setGeometry(place)
        if self.isHidden():
            self.show()
        self.raise_()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.colours.accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 5, 5)
