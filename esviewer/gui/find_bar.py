"""The find bar: in which stretches of an aggregate's life did a condition hold, or does a text occur."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from esviewer.app.settings import Settings
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.playhead import Playhead
from esviewer.gui.text import visible
from esviewer.questions.find import Condition, find, find_text
from esviewer.stores.store import Store
from esviewer.work import Work

AGAIN_MS = 300
"""Milliseconds between events that came in and looking again."""
GIVES_WAY = 0.15
"""Seconds after which looking makes room for a playhead that moves, and begins anew later."""
_REMEMBERED = 20
_SETTING = "find"
_CONDITION, _TEXT = "condition", "text"


@dataclass(frozen=True, slots=True)
class Stretches:
    """Where something held in a view, by row."""

    view: AggregateView
    firsts: np.ndarray
    lasts: np.ndarray
    """Included."""
    versions: int
    """In how many versions it held."""
    unclear: int
    """At how many it could not be told."""
    count: int
    """How many rows were looked at."""
    complete: bool
    """Whether these were all."""
    lasting: bool
    """Whether what holds goes on holding until the next event, as a state does."""
    without: int = 0
    """How many of the rows have no state that could be asked."""

    def place(self, row: int) -> tuple[int, bool]:
        """How many stretches begin at or before a row, and whether the row is in the last of them."""
        number = int(np.searchsorted(self.firsts, row, "right"))
        return number, number > 0 and row <= int(self.lasts[number - 1])

    def next(self, row: int) -> int | None:
        """The first row of the next stretch that begins after a row."""
        number = int(np.searchsorted(self.firsts, row, "right"))
        return int(self.firsts[number]) if number < len(self.firsts) else None

    def previous(self, row: int) -> int | None:
        """The last row of the stretch that ends before a row."""
        number = int(np.searchsorted(self.lasts, row, "left"))
        return int(self.lasts[number - 1]) if number else None


def look(store: Store, view: AggregateView, mode: str, text: str, work: Work) -> Stretches:
    """Find the stretches; raises RulesError where the text is no condition."""
    complete, count = view.complete, len(view)
    newest = int(view.versions[count - 1]) if count else None
    aggregate_id = view.summary.aggregate_id
    lasting = False
    without = 0
    if mode == _TEXT:
        found = find_text(store.batches(aggregate_id, to_version=newest, work=work) if count else [], text, work=work)
    else:
        condition = Condition(text)
        if condition.needs_state:
            without = count - len(view.history)
        lasting = condition.needs_state or not condition.needs_events
        asked = condition.needs_events and count
        events = store.batches(aggregate_id, to_version=newest, work=work) if asked else []
        found = find(view.history, condition, events, count=count - without, work=work)
    firsts = np.fromiter((each.first for each in found.intervals), np.int64, len(found.intervals))
    lasts = np.fromiter((each.last for each in found.intervals), np.int64, len(found.intervals))
    return Stretches(view, firsts, lasts, found.events, found.unclear, count, complete, lasting, without)


class FindBar(QFrame):
    """Takes an expression or a text, and goes from stretch to stretch."""

    found = Signal(object)
    """Stretches to shade, or None to shade nothing."""

    def __init__(self, machine: Machine, playhead: Playhead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._playhead = playhead
        self._settings: Settings | None = None
        self.stretches: Stretches | None = None
        """What was found last, for the view on show."""
        self._active: tuple[str, str] | None = None
        """The mode and text that were looked for."""
        self._running: float | None = None
        """Since when it is being looked."""
        self.setAccessibleName(self.tr("Find a condition"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(self._look_again)
        self._build()
        machine.view_changed.connect(self._view_changed)
        machine.grown.connect(self._grown)
        machine.screen_changed.connect(self._offer)
        playhead.moved.connect(self._moved)
        self.hide()

    def _build(self) -> None:
        self.mode = QComboBox(self)
        self.mode.setAccessibleName(self.tr("What to look for"))
        self.mode.addItem(self.tr("Condition"), _CONDITION)
        self.mode.addItem(self.tr("Text"), _TEXT)
        self.mode.setToolTip(
            self.tr("Condition: an expression over state, data, meta, event. Text: in the events' types and data.")
        )
        self.mode.currentIndexChanged.connect(self._mode_chosen)
        self.field = QComboBox(self)
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.field.setMinimumContentsLength(12)
        self.field.setAccessibleName(self.tr("Expression or text"))
        edit = self.field.lineEdit()
        assert edit is not None
        self.edit = edit
        self.edit.returnPressed.connect(self.look)
        self.field.activated.connect(self._recent_chosen)
        self.back = self._button("‹", self.tr("End of the previous stretch (Shift+F3)"), self.go_back)
        self.forward = self._button("›", self.tr("Start of the next stretch (F3)"), self.go_on)
        self.stop = self._button(self.tr("Stop"), self.tr("Look no further"), self._stop)
        self.close_button = self._button("×", self.tr("Close and shade nothing (Esc)"), self.close_bar)
        self.result = ElidedLabel(self)
        place = self.result.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # its width says whether the text fits
        self.result.setSizePolicy(place)
        self.below = ElidedLabel(self)
        self.below.hide()
        self.error = QLabel(self)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setWordWrap(True)
        self.error.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.mode)
        row.addWidget(self.field, 3)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addWidget(self.result, 4)
        row.addWidget(self.stop)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.below)
        layout.addWidget(self.error)
        self.stop.hide()
        self._mode_chosen()
        self._show()

    def _button(self, text: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(slot)
        return button

    # What was looked for before

    def remember_in(self, settings: Settings) -> None:
        """Keep what is looked for among the settings, and offer what is there."""
        self._settings = settings
        self._offer()

    def _recent(self) -> list[tuple[str, str]]:
        kept: Any = [] if self._settings is None else self._settings.get(_SETTING)
        return [
            (entry[0], entry[1])
            for entry in (kept if isinstance(kept, list) else [])
            if isinstance(entry, list) and len(entry) == 2 and entry[0] in (_CONDITION, _TEXT)
            and isinstance(entry[1], str)
        ]  # fmt: skip

    def _remember(self, mode: str, text: str) -> None:
        if self._settings is not None and not self._machine.screen.hides_in(text):
            recent = [(mode, text), *(entry for entry in self._recent() if entry != (mode, text))]
            self._settings.put(_SETTING, [list(entry) for entry in recent[:_REMEMBERED]])
            self._offer()

    def _offer(self) -> None:
        """List what was looked for before in this mode; what is typed stays."""
        typed = self.edit.text()
        self.field.blockSignals(True)
        self.field.clear()
        # What tells of masked values is not offered, nor even remembered.
        screen = self._machine.screen
        wanted = self.mode.currentData()
        self.field.addItems([text for mode, text in self._recent() if mode == wanted and not screen.hides_in(text)])
        self.field.setCurrentIndex(-1)
        self.field.setEditText(typed)
        self.field.blockSignals(False)

    def _mode_chosen(self) -> None:
        condition = self.mode.currentData() == _CONDITION
        self.edit.setPlaceholderText(
            self.tr("state.balance < 0, or data.amount > 1000") if condition else self.tr("Text in the events' data")
        )
        self._offer()

    def _recent_chosen(self) -> None:
        # Qt says so as well when the field is left with the text of an entry in it, even as the window goes away.
        if isValid(self.edit) and (self.mode.currentData(), self.edit.text().strip()) != self._active:
            self.look()

    # Looking

    def open_bar(self) -> None:
        """Show the bar and go to its field."""
        self.show()
        self.field.setFocus()
        self.edit.selectAll()

    def close_bar(self) -> None:
        """Hide the bar, look no further and shade nothing."""
        # First out of sight: Qt says that an entry was chosen when the field loses the focus.
        self.hide()
        self._forget()
        self._active = None
        self._say_error("")

    def look(self) -> None:
        """Look for what is typed; once that has been found, go on to the next stretch."""
        text = self.edit.text().strip()
        wanted = (str(self.mode.currentData()), text)
        if not text:
            self._forget()
            self._active = None
            self._say_error("")
            self._show()
            return
        if wanted == self._active and self.stretches is not None:
            self.go_on()
            return
        self._active = wanted
        self._remember(*wanted)
        self._forget()
        self._look()

    def _look(self) -> None:
        view, active = self._machine.view, self._active
        if view is None or active is None:
            self._show()
            return
        store = self._machine.session.store
        mode, text = active
        self._running = time.monotonic()
        self._say_error("")
        self._show()
        self._machine.tasks.run(
            lambda work: look(store, view, mode, text, work), self._looked, self._failed, slot="find"
        )

    def _looked(self, stretches: Stretches) -> None:
        if stretches.view is not self._machine.view:
            return
        self._running = None
        self.stretches = stretches
        self.found.emit(stretches)
        self._show()
        if stretches.view.complete and self._behind(stretches.view):
            self._timer.start()

    def _failed(self, error: EsviewerError) -> None:
        self._running = None
        self._forget()
        self._say_error(localised(error))
        self._show()

    def _stop(self) -> None:
        self._active = None
        self._forget()
        self._show()

    def _forget(self) -> None:
        """Look no further, and let go of what was found."""
        self._timer.stop()
        self._machine.tasks.cancel("find")
        self._running = None
        self.stretches = None
        self.found.emit(None)

    def _look_again(self) -> None:
        if self._active is not None and self.isVisible():
            self._look()

    # What happens around it

    def _view_changed(self, view: AggregateView | None) -> None:
        self._forget()
        self._show()
        if view is not None and self._active is not None:
            self._look_again()

    def _grown(self, view: AggregateView) -> None:
        """Look again at what has come in; while a long history is being read, only once all of it is there."""
        if view.complete and self._active is not None and self._running is None and self._behind(view):
            self._timer.start()

    def _behind(self, view: AggregateView) -> bool:
        """Whether there is more to look at than was looked at."""
        seen = self.stretches
        return seen is None or not seen.complete or seen.count != len(view)

    def _moved(self, row: int) -> None:
        del row
        if not self.isVisible():
            return
        if self._running is not None and time.monotonic() - self._running > GIVES_WAY:
            # States and this are asked of the same history, one after the other.
            self._machine.tasks.cancel("find")
            self._running = None
            self._timer.start()
        elif self._timer.isActive():
            self._timer.start()
        self._show()

    # Going from stretch to stretch

    def go_on(self) -> None:
        """To the start of the next stretch."""
        self._go(None if self.stretches is None else self.stretches.next(self._playhead.row))

    def go_back(self) -> None:
        """To the end of the previous stretch."""
        self._go(None if self.stretches is None else self.stretches.previous(self._playhead.row))

    def _go(self, row: int | None) -> None:
        if self.stretches is not None and row is not None:
            self._machine.go_to(int(self.stretches.view.versions[row]))

    # What is shown

    def _say_error(self, text: str) -> None:
        self.error.setText(visible(self._machine.screen.text(text)))
        self.error.setVisible(bool(text))

    def _show(self) -> None:
        stretches, row = self.stretches, self._playhead.row
        busy = self._running is not None or (stretches is None and self._timer.isActive())
        self.stop.setVisible(busy)
        self.forward.setEnabled(stretches is not None and stretches.next(row) is not None)
        self.back.setEnabled(stretches is not None and stretches.previous(row) is not None)
        if busy:
            self.result.show_text(self.tr("Looking …"))
        elif stretches is None:
            self.result.show_text("")
        else:
            self.result.show_text(self._described(stretches, row))
        self._place_result()

    def _place_result(self) -> None:
        """Put what was found on a line of its own where there is no room for it beside the field."""
        text = self.result.full
        cut = self.result.fontMetrics().horizontalAdvance(text) > self.result.width()
        self.below.setVisible(cut and bool(text))
        self.result.setVisible(not cut)
        self.below.show_text(text if cut else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_result()

    def _described(self, stretches: Stretches, row: int) -> str:
        count = len(stretches.firsts)
        parts = []
        if not count:
            parts.append(self.tr("never held"))
        else:
            parts.append(
                self.tr("held in {0}, {1}").format(
                    self.tr("1 stretch") if count == 1 else self.tr("{0} stretches").format(f"{count:,}"),
                    self.tr("1 version")
                    if stretches.versions == 1
                    else self.tr("{0} versions").format(f"{stretches.versions:,}"),
                )
            )
            number, inside = stretches.place(row)
            if inside:
                parts.append(self.tr("now: in stretch {0}").format(f"{number:,}"))
            elif not number:
                parts.append(self.tr("now: before stretch 1"))
            else:
                parts.append(self.tr("now: after stretch {0}").format(f"{number:,}"))
        if stretches.unclear:
            parts.append(self.tr("could not be told at {0}").format(f"{stretches.unclear:,}"))
        if stretches.without:
            parts.append(self.tr("nothing is known of {0} versions without a state").format(f"{stretches.without:,}"))
        if not stretches.complete:
            parts.append(self.tr("in what has been read so far"))
        return "; ".join(parts)
