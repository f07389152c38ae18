"""What stands above a state that could not be rebuilt, or not yet: why, at which event, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from esviewer.app.program_states import AtWork
from esviewer.app.view import AggregateView
from esviewer.errors import ConsentNeededError, EsviewerError, ForeignError, NotRebuiltError, RulesError
from esviewer.gui.localised import localised
from esviewer.gui.machine import Assignment, Machine
from esviewer.gui.text import visible
from esviewer.gui.wrapped_label import WrappedLabel

OF_REDUCERS = (NotRebuiltError, ForeignError, RulesError, ConsentNeededError)
"""Errors that say why there is no state, where the events are as good as ever."""
_QUICK = 0.4
"""Seconds in which most programs are done: before, nothing is said of their work."""
_LONG = 2.0
"""Seconds after which it is said which event a program is at."""
_TICK_MS = 200
_MARGIN = 10
_SPACING = 4


class NotRebuilt(QFrame):
    """Hidden while there is a state."""

    allow_wanted = Signal(object)
    """The program is to be allowed after all: the ConsentNeededError."""
    told_wanted = Signal(object)
    """What the program wrote is to be shown: the ForeignError."""
    stop_wanted = Signal()
    """The program at work is not to be waited for any longer."""
    reducers_wanted = Signal()
    """Another reducer is to be chosen for the type."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._said: tuple[AggregateView, int, EsviewerError] | None = None
        self._why: EsviewerError | None = None
        self._working: AggregateView | None = None
        """The view whose program is at work."""
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._tell)
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Why there is no state"))
        self._text = WrappedLabel(self)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(_SPACING)
        self._actions: dict[QObject, Callable[[], None]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        layout.setSpacing(6)
        layout.addWidget(self._text)
        layout.addLayout(self._buttons)
        machine.screen_changed.connect(self._tell)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def buttons(self) -> dict[str, QPushButton]:
        """What can be done, by its name."""
        return {each.text(): each for each in self._actions if isinstance(each, QPushButton)}

    def clear(self) -> None:
        """There is a state, or nothing is on show."""
        self._said = self._why = self._working = None
        self._tick.stop()
        self.hide()

    def show_working(self, view: AggregateView) -> None:
        """Say that there is no state yet, since a program is at work, unless that is done at once."""
        if self._working is not view:
            self.clear()
            self._working = view
            self._offer([])
            self._tick.start()
            self._tell()

    def show_why(self, view: AggregateView, version: int, error: EsviewerError) -> None:
        """Say why there is no state at a version."""
        self.clear()
        self._said = view, version, error
        self._why = error.why if isinstance(error, NotRebuiltError) else error
        self._offer(self._offered(view, version))
        self._tell()
        self.show()

    def _offer(self, offered: list[tuple[str, Callable[[], None]]]) -> None:
        """Have a button for each of these."""
        for button in self._actions:
            if isinstance(button, QPushButton):
                button.deleteLater()
        self._actions = {}
        for name, action in offered:
            button = QPushButton(name, self)
            button.setObjectName("small")
            button.clicked.connect(self._chosen)
            self._actions[button] = action
            button.show()
        self._place()

    def _chosen(self) -> None:
        self._actions[self.sender()]()

    def _offered(self, view: AggregateView, version: int) -> list[tuple[str, Callable[[], None]]]:
        offered: list[tuple[str, Callable[[], None]]] = []
        lost, why = view.not_rebuilt, self._why
        if isinstance(why, ConsentNeededError):
            offered.append((self.tr("Allow …"), self._allow))
        if lost is not None and lost.version is not None and lost.version != version:
            offered.append((self.tr("Go to version {0}").format(lost.version), self._go))
        if isinstance(why, ForeignError) and why.hint:
            offered.append((self.tr("What it wrote …"), self._show_told))
        if not isinstance(why, ConsentNeededError):
            offered.append((self.tr("Try again"), self._machine.rebuild_wanted.emit))
        return offered + self._others(view)

    def _others(self, view: AggregateView) -> list[tuple[str, Callable[[], None]]]:
        return [
            (self.tr("Other reducer …"), self.reducers_wanted.emit),
            (self.tr("Use no rules"), partial(self._use_merge, view)),
        ]

    def _tell(self) -> None:
        if self._working is not None:
            self._tell_working(self._working)
        elif self._said is not None:
            self._text.setText(visible(self._sentence(*self._said)))

    def _tell_working(self, view: AggregateView) -> None:
        at = view.at_work
        now = time.monotonic()
        if at is None or now - at.begun < _QUICK:
            return  # it is done, or about to be
        offered = [(self.tr("Stop the program"), self.stop_wanted.emit)]
        if at.rebuilt:
            offered.append((self.tr("Go to the newest state"), partial(self._go_to_newest, view)))
        offered += self._others(view)
        if self.buttons().keys() != {name for name, _ in offered}:
            self._offer(offered)
        self._text.setText(visible(self._machine.screen.text(self._working_sentence(at, now))))
        self.show()

    def _working_sentence(self, at: AtWork, now: float) -> str:
        name, seconds = at.reducer, f"{now - at.begun:,.0f}"
        rebuilt, events = f"{at.rebuilt:,}", f"{at.events:,}"
        if at.version is None and not at.rebuilt:
            return self.tr("No state yet: the program of “{0}” has been starting for {1} s.").format(name, seconds)
        if at.version is not None and now - at.asked > _LONG:
            stands = self.tr(
                "No state yet: the program of “{0}” has been at version {1} ({2}) for {3} s, after {4} of {5}."
            )
            waited = f"{now - at.asked:,.0f}"
            return stands.format(name, at.version, at.event_type, waited, rebuilt, events)
        goes_on = self.tr("No state yet: the program of “{0}” has been working for {1} s, at {2} of {3} events.")
        return goes_on.format(name, seconds, rebuilt, events)

    def _go_to_newest(self, view: AggregateView) -> None:
        rebuilt = len(view.history)
        if rebuilt:
            self._machine.go_to(int(view.versions[rebuilt - 1]))

    def _sentence(self, view: AggregateView, version: int, error: EsviewerError) -> str:
        lost, why = view.not_rebuilt, self._why
        if isinstance(why, ConsentNeededError):
            refused = self.tr("States are not rebuilt: the reducer “{0}” is a program that was not allowed to run.")
            if why.changed:
                refused = self.tr(
                    "States are not rebuilt: the program of the reducer “{0}” has changed since it was allowed to run."
                )
            return self._machine.screen.text(refused.format(why.name))
        about = "" if why is None else localised(self._machine.screen.reason(why.message))
        if lost is None or not isinstance(error, NotRebuiltError):
            return self.tr("The state could not be rebuilt: {0}").format(about)
        if lost.version is None:
            return self.tr("States are not rebuilt: {0}").format(about)
        if lost.version == version:
            return self.tr("There are no states from this event on, at which the reducer failed. {0}").format(about)
        return self.tr("There is no state at version {0}, since the reducer failed at version {1}. {2}").format(
            version, lost.version, about
        )

    def _go(self) -> None:
        if self._said is not None and self._said[0].not_rebuilt is not None:
            version = self._said[0].not_rebuilt.version
            if version is not None:
                self._machine.go_to(version)

    def _allow(self) -> None:
        self.allow_wanted.emit(self._why)

    def _show_told(self) -> None:
        self.told_wanted.emit(self._why)

    def _use_merge(self, view: AggregateView) -> None:
        self._machine.assign_wanted.emit(Assignment(view.summary.aggregate_type, None))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        buttons = [each for each in self._actions if isinstance(each, QPushButton)]
        room = self.contentsRect().width() - 2 * _MARGIN
        columns = next((count for count in range(len(buttons), 1, -1) if _width(buttons, count) <= room), 1)
        for number, button in enumerate(buttons):
            self._buttons.addWidget(button, number // columns, number % columns, Qt.AlignmentFlag.AlignLeft)
        for column in range(self._buttons.columnCount() + 1):
            self._buttons.setColumnStretch(column, int(column == columns))


def _width(buttons: list[QPushButton], columns: int) -> int:
    """How much room buttons take in so many columns."""
    widest = [max(each.sizeHint().width() for each in buttons[column::columns]) for column in range(columns)]
    return sum(widest) + _SPACING * (columns - 1)
