"""One event in full: its data, its metadata, and the payload as stored."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from esviewer.app.screen import Screen
from esviewer.app.wording import in_words
from esviewer.gui.copying import Copies, Read, copies_of_event
from esviewer.gui.data_tree import DataTree
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MarkedText, reveal_in
from esviewer.gui.steady_place import SteadyPlace
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.gui.times import shown_time
from esviewer.gui.type_signs import signed
from esviewer.model.event import Event
from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.model.values import Value
from esviewer.work import Work

_RAW_SHOWN = 200_000
_VALUES_SHOWN = 10_000
"""How many values of a payload are shown at most where it has to be masked before."""

_BETWEEN = 0.1
"""Seconds between events while they follow each other fast: what changes at each frame can't be read anyway."""


class DetailsPanel(QWidget):
    """Reads the event from the store each time another one is asked for."""

    case_wanted = Signal()
    """The event on show is to be pinned to the case."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._event: Event | None = None
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.data = DataTree(machine, self)
        self.data.setAccessibleName(self.tr("Event data"))
        self.metadata = DataTree(machine, self)
        self.metadata.setAccessibleName(self.tr("Event metadata"))
        for tree in (self.data, self.metadata):
            tree.hideColumn(2)
            tree.header().resizeSection(0, 140)
        self.raw = QPlainTextEdit(self)
        self.raw.setReadOnly(True)
        self.raw.setFont(monospace())
        self.raw.setAccessibleName(self.tr("Payload as stored"))
        MarkedText(machine.theme, self.raw.document())
        reveal_in(self.raw, machine)
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(self.tr("The event"))
        self.tabs.addTab(self.data, self.tr("Data"))
        self.tabs.addTab(self.metadata, self.tr("Metadata"))
        self.tabs.addTab(self.raw, self.tr("Raw"))
        self.to_case = QPushButton(self.tr("Add to case"), self)
        self.to_case.setObjectName("small")
        self.to_case.setToolTip(self.tr("Pin this event to the case (Ctrl+D while it has the focus)"))
        self.to_case.clicked.connect(self.case_wanted)
        self.to_trace = QPushButton(self.tr("Correlation"), self)
        self.to_trace.setObjectName("small")
        self.to_trace.setToolTip(self.tr("Show its correlation: all events that belong together with this one"))
        self.to_trace.clicked.connect(self._trace)
        # Not beside the tabs, whose names would not all be seen in a narrow window.
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addStretch(1)
        buttons.addWidget(self.to_trace)
        buttons.addWidget(self.to_case)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(SteadyPlace(self.title, self))
        layout.addWidget(self.tabs, 1)
        layout.addLayout(buttons)
        self._wanted: tuple[str, int] | None = None
        """The event that is to be on show."""
        self._asked = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(round(_BETWEEN * 1000))
        self._later.timeout.connect(self._ask)
        self.tabs.currentChanged.connect(self._show_raw)
        machine.screen_changed.connect(self._screen_changed)

    def show_event(self, aggregate_id: str, version: int) -> None:
        """Fetch and show one event; while others follow at each frame, only some of them and the last."""
        self._wanted = aggregate_id, version
        if time.monotonic() - self._asked >= _BETWEEN:
            self._ask()
        elif not self._later.isActive():
            self._later.start()

    @property
    def settled(self) -> bool:
        """Whether the event asked for last has been fetched, or is being fetched, and none is put off."""
        return not self._later.isActive()

    def _ask(self) -> None:
        if self._wanted is None:
            return
        self._later.stop()
        self._asked = time.monotonic()
        aggregate_id, version = self._wanted
        store = self._machine.session.store
        self._machine.tasks.run(lambda work: store.event(aggregate_id, version, work=work), self._show, slot="event")

    def copies(self) -> Copies:
        """What can be copied of the event on show, beside its values."""
        event = self._event
        if event is None:
            return {}
        return copies_of_event(self._machine, event.aggregate_id, event.aggregate_type, event.version)

    def _trace(self) -> None:
        if self._event is not None:
            self._machine.trace_wanted.emit((self._event.aggregate_id, self._event.version))

    def clear(self, why: str = "") -> None:
        """Show nothing, and perhaps say why."""
        self._wanted = None
        self._later.stop()
        self._machine.tasks.cancel("event")
        self._machine.tasks.cancel("raw")
        self._event = None
        self.data.read = self.metadata.read = None
        self.title.show_text(why)
        self.data.show_value({})
        self.metadata.show_value({})
        self.raw.clear()

    def _screen_changed(self) -> None:
        if self._event is not None:
            self._show_texts(self._event)
        self._show_raw()

    def _show(self, event: Event) -> None:
        self._event = event
        self.data.read = self.metadata.read = Read(event.aggregate_id, event.aggregate_type, event.version)
        self._show_texts(event)
        if event.error is None:
            self.data.show_value(event.data, of=event.aggregate_id)
        self.data.expand_some()
        self.metadata.show_value({} if event.metadata is None else event.metadata, of=event.aggregate_id)
        self.metadata.expand_some()
        self._show_raw()

    def _show_raw(self) -> None:
        """Write the payload as stored down, on the worker, where somebody looks at it."""
        event, screen = self._event, self._machine.screen.beside()
        self._machine.tasks.cancel("raw")
        self.raw.clear()
        if event is None or self.tabs.currentWidget() is not self.raw:
            return
        masked = self.tr(
            "{0}\n\nThe payload as stored is masked as a whole: it is more, or other, than the event's data. "
            "View > Reveal masked values shows it."
        )

        def write(work: Work) -> str:
            work.check()
            return _raw_text(event, screen, masked)

        self._machine.tasks.run(write, self.raw.setPlainText, slot="raw")

    def _show_texts(self, event: Event) -> None:
        screen, words = self._machine.screen, self._machine.session.reducers.words_for(event.aggregate_type)
        about = words.of(event.type)
        called = "" if self._machine.types_alone else visible(in_words(about, event, screen))
        schema = "" if event.schema_version is None else self.tr(" · schema {0}").format(event.schema_version)
        position = "" if event.position is None else self.tr(" · position {0}").format(event.position)
        kind = visible(screen.text(event.type))
        name = signed(about, f"{kind} · {called}" if called else kind)
        rest = visible(screen.text(f" · {shown_time(event.timestamp)}{schema}{position}"))
        line = f"{event.version} {name}{rest}"
        event_id = visible(screen.text(self.tr("Event id {0}").format(event.event_id or "–")))
        self.title.show_text(line, f"{line}\n{event_id}")
        if event.error is not None:
            self.data.show_value({self.tr("not decoded"): screen.event(event).error})


def _raw_text(event: Event, screen: Screen, masked: str) -> str:
    """The payload as stored, as it is shown: masked by its paths where it is the event's data, else as a whole."""
    raw = event.raw or b""
    if not screen.masks or not raw:
        return _whole(raw)
    try:
        value: Value = loads(raw)
    except NotJsonError:
        value = None
    if event.error is None and value is not None and value == event.data:
        part, left_out = beginning(value, _VALUES_SHOWN)
        text = dumps(screen.shown(part, (), event.aggregate_id), indent=2)
        return visible_lines(text[:_RAW_SHOWN]) + ("\n…" if left_out or len(text) > _RAW_SHOWN else "")
    return _whole(raw) if screen.leaves(raw) else masked.format(screen.masker.mark(raw))


def _whole(raw: bytes) -> str:
    cut = raw[:_RAW_SHOWN]
    try:
        text = cut.decode("utf-8")
        if len(raw) == len(cut):
            text = dumps(loads(raw), indent=2)
    except NotJsonError:
        pass
    except UnicodeDecodeError:
        text = "\n".join(
            f"{start:08x}  {cut[start : start + 16].hex(' ')}" for start in range(0, min(len(cut), 16_384), 16)
        )
    return visible_lines(text) + ("\n…" if len(raw) > len(cut) else "")


def beginning(value: Value, most: int) -> tuple[Value, bool]:
    """As much of a value as there are some values in it, and whether anything is left out."""
    left = [most]

    def taken(inner: Value) -> Value:
        left[0] -= 1
        if isinstance(inner, dict):
            return {key: taken(each) for key, each in inner.items() if left[0] > 0}
        if isinstance(inner, list):
            return [taken(each) for each in inner if left[0] > 0]
        return inner

    part = taken(value)
    return part, left[0] <= 0
