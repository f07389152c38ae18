"""One event in full: its data, its metadata, and the payload as stored."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from esviewer.app.session import Session
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.event_table import shown_time
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import Theme, monospace
from esviewer.gui.value_tree import ValueTree
from esviewer.model.event import Event
from esviewer.model.exactjson import NotJsonError, dumps, loads

_RAW_SHOWN = 200_000


class DetailsPanel(QWidget):
    """Reads the event from the store each time another one is asked for."""

    def __init__(self, session: Session, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.data = ValueTree(theme, self)
        self.data.setAccessibleName(self.tr("Event data"))
        self.metadata = ValueTree(theme, self)
        self.metadata.setAccessibleName(self.tr("Event metadata"))
        for tree in (self.data, self.metadata):
            tree.hideColumn(2)
            tree.header().resizeSection(0, 140)
        self.raw = QPlainTextEdit(self)
        self.raw.setReadOnly(True)
        self.raw.setFont(monospace())
        self.raw.setAccessibleName(self.tr("Payload as stored"))
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.data, self.tr("Data"))
        self.tabs.addTab(self.metadata, self.tr("Metadata"))
        self.tabs.addTab(self.raw, self.tr("Raw"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.tabs, 1)

    def show_event(self, aggregate_id: str, version: int) -> None:
        """Fetch and show one event."""
        store = self._session.store
        self._tasks.run(lambda work: store.event(aggregate_id, version, work=work), self._show, slot="event")

    def clear(self) -> None:
        """Show nothing."""
        self._tasks.cancel("event")
        self.title.show_text("")
        self.data.show_value({})
        self.metadata.show_value({})
        self.raw.clear()

    def _show(self, event: Event) -> None:
        schema = "" if event.schema_version is None else self.tr(" · schema {0}").format(event.schema_version)
        position = "" if event.position is None else self.tr(" · position {0}").format(event.position)
        line = visible(f"{event.version} {event.type} · {shown_time(event.timestamp)}{schema}{position}")
        self.title.show_text(line, line + "\n" + visible(self.tr("Event id {0}").format(event.event_id or "–")))
        if event.error is None:
            self.data.show_value(event.data)
        else:
            self.data.show_value({self.tr("not decoded"): event.error})
        self.data.expand_some()
        self.metadata.show_value({} if event.metadata is None else event.metadata)
        self.metadata.expand_some()
        self.raw.setPlainText(_raw_text(event))


def _raw_text(event: Event) -> str:
    raw = event.raw or b""
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
