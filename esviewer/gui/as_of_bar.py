"""The moment that the whole window looks at: the field that takes it, and the line that says so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QStyle, QToolButton, QWidget

from esviewer.app.as_of import AsOf, EventMark
from esviewer.gui.language import translate
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import full_time
from esviewer.model.instant import Instant


class AsOfField(QLineEdit):
    """Takes a date and time; × gives it up again."""

    asked = Signal(object)
    """What was typed, never empty."""
    cleared = Signal()
    """The present is to be shown again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("As of …"))
        self.setAccessibleName(self.tr("Show everything as of a date"))
        self.setToolTip(
            self.tr(
                "Show all aggregates as of a moment (Ctrl+T): 2026-11-22 14:34, 2026-11-22T14:34:00+09:00, "
                "2026-11-22 14:34 Asia/Tokyo; without a zone this machine's. Enter sets it, an empty field clears it."
            )
        )
        self.setFixedWidth(215)
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_LineEditClearButton)
        self.clear_action = self.addAction(icon, QLineEdit.ActionPosition.TrailingPosition)
        self.clear_action.setToolTip(self.tr("Back to the present"))
        self.clear_action.setVisible(False)
        self.clear_action.triggered.connect(self.cleared)
        self.returnPressed.connect(self._entered)
        self._shown = ""
        """What stands in it while nothing is typed."""

    def _entered(self) -> None:
        text = self.text().strip()
        if text:
            self.asked.emit(text)
        else:
            self.cleared.emit()

    def event(self, event: QEvent) -> bool:
        """Escape takes back what was typed, before any shortcut has it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            if event.type() == QEvent.Type.KeyPress:
                self.setText(self._shown)
            event.accept()
            return True
        return super().event(event)

    def show_instant(self, instant: Instant | None) -> None:
        """Show the moment that is in force."""
        self._shown = "" if instant is None else instant.isoformat()
        self.setText(self._shown)
        self.setCursorPosition(0)
        self.clear_action.setVisible(instant is not None)


class AsOfBanner(QFrame):
    """A line that can't be overlooked while the window looks at another moment than the present."""

    cleared = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("asof")
        self.setAccessibleName(self.tr("As of"))
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton(self)
        self.close_button.setText("×")
        self.close_button.setToolTip(self.tr("Back to the present"))
        self.close_button.setAccessibleName(self.tr("Back to the present"))
        self.close_button.clicked.connect(self.cleared)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 4, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_instant(self, instant: Instant | None, guessed: bool) -> None:
        """Say which moment is in force; None: nothing."""
        self.setVisible(instant is not None)
        if instant is not None:
            zone = self.tr(" (this machine's zone)") if guessed else ""
            text = self.tr("Everything as of {0}{1}").format(instant.isoformat(), zone)
            self.label.setText(text)
            self.label.setToolTip(text)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.setStyleSheet(
            f"QFrame#asof {{ background: {colours.accent}; border-radius: 4px; }}"
            f" QFrame#asof QLabel {{ color: {colours.accent_text}; font-weight: 600; }}"
            f" QFrame#asof QToolButton {{ color: {colours.accent_text}; background: transparent; border: none; }}"
            f" QFrame#asof QToolButton:focus {{ border: 1px solid {colours.accent_text}; }}"
        )


def place_text(place: AsOf, *, guessed: bool, complete: bool = True) -> str:
    """Which events lie on either side of a moment, and what speaks against the answer."""
    zone = translate("AsOf", " (this machine's zone)") if guessed else ""
    before, after = translate("AsOf", "no event before it"), translate("AsOf", "no event after it")
    if place.before is not None:
        before = _side(translate("AsOf", "before it version {0}, {1}, {2}"), place.before)
    elif place.after is not None and not place.undated:
        before = translate("AsOf", "it did not exist yet")
    if place.after is not None:
        after = _side(translate("AsOf", "after it version {0}, {1}, {2}"), place.after)
    text = translate("AsOf", "As of {0}{1}: {2}; {3}.").format(place.instant, zone, before, after)
    said = [] if complete else [translate("AsOf", "Not all events have been read yet.")]
    return visible(" ".join([text, *said, *doubts(place)]))


def absent_text(place: AsOf, name: str, event_type: str, *, guessed: bool, complete: bool) -> str:
    """That an aggregate has no state as of a moment, and which event came first afterwards, as the window shows them.

    `name` and `event_type`, that of the event after, are as they are shown.
    """
    after = place.after
    zone = translate("AsOf", " (this machine's zone)") if guessed else ""
    moment = f"{place.instant}{zone}"
    said = [] if complete else [translate("AsOf", "Not all events have been read yet.")]
    if after is None:
        text = translate("AsOf", "No event of {0} has a time: which version held at {1} can't be told.")
        return visible(" ".join([text.format(name, moment), *said]))
    if place.undated:
        text = translate("AsOf", "No event of {0} is known to be at or before {1}, so no state is shown as of then.")
    else:
        text = translate("AsOf", "{0} did not exist yet at {1}: there is no version and no state as of then.")
    first = translate("AsOf", "Its first event after that: version {0}, {1}, {2}.")
    told = [text.format(name, moment), first.format(after.version, event_type, full_time(after.timestamp))]
    return visible(" ".join([*told, *said, *doubts(place)]))


def doubts(place: AsOf) -> list[str]:
    """What speaks against the place of a moment, in sentences."""
    found = []
    if not place.in_order:
        text = translate("AsOf", "Versions and times disagree here; the highest version not after the moment is taken.")
        found.append(text)
    if place.zone_missing:
        found.append(translate("AsOf", "The events' times name no zone; they are taken as UTC."))
    if place.undated:
        text = translate("AsOf", "Events without a time, which no moment can place: {0}.")
        found.append(text.format(f"{place.undated:,}"))
    return found


def _side(text: str, mark: EventMark) -> str:
    return text.format(mark.version, mark.type, full_time(mark.timestamp))
