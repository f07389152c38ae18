"""What a room beside the time machine is, and how it speaks to the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from esviewer.app.log_filter import LogFilter
from esviewer.gui.machine import Machine
from esviewer.gui.message_bar import MessageBar
from esviewer.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, with buttons for what can be done about it."""

    text: str
    actions: Mapping[str, Callable[[], None]] = field(default_factory=dict)

FORMS = "HTML (*.html);;PDF (*.pdf);;Excel (*.xlsx);;CSV (*.csv);;JSON (*.json);;Markdown (*.md)"
"""The forms of a report, as a file dialog wants them."""


class Room(QWidget):
    """One of the things beside the time machine; it lives as long as the store is open."""

    aggregate_wanted = Signal(object)
    """The time machine is to show an aggregate: (its id, a version or None)."""
    place_wanted = Signal(object)
    """The time machine is to show something again: a Place."""
    enter_wanted = Signal()
    """It is to come to the front."""
    place_changed = Signal()
    """It shows something that a link to it names, other than before."""
    told = Signal(object)
    """There is something to say, to whoever looks at whatever room: a Told."""

    report_ending = "html"
    """The form in which its reports are proposed to be written."""
    report_forms = FORMS
    """All forms that they can have, as a file dialog wants them."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        """`machine` is what it shares with the time machine."""
        super().__init__(parent)
        self.machine = machine
        self.lane_ids: tuple[str, ...] = ()
        """The aggregates that it shows as lanes, where a link to it names these."""
        self.log_filter: LogFilter | None = None
        """What is asked of the log of events, where a link to it says so; None: all of them."""
        self.messages = MessageBar(self, machine.screen_now)
        machine.screen_changed.connect(self.messages.refresh)

    @property
    def lane_span(self) -> tuple[Instant, Instant] | None:
        """Since when and until when its lanes are in sight, where a link says so; None: all of them."""
        return None

    def entered(self) -> None:
        """It has come to the front."""

    def report_name(self) -> str:
        """What a report of what is on show would be called, without an ending; empty where there is nothing yet."""
        return ""

    def export_report(self, path: Path) -> None:
        """Write a report of what is on show; the form is the file's ending."""

    def ask_report(self) -> None:
        """Ask where a report of what is on show goes, and how, and write it."""

    def pin_to_case(self) -> None:
        """Have what is on show pinned to the case; by itself a room has nothing to pin."""
        self.messages.say(self.tr("There is nothing here that can be added to a case."))

    def close_store(self) -> None:
        """End all work; nothing is shown afterwards."""


def invitation(parent: QWidget) -> QLabel:
    """The label of a room that has nothing to show yet, for what will be there and how to get it."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMargin(24)
    return label
