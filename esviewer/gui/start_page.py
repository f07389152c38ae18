"""The start page: what the program is, ways to open a store, and the stores opened before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.settings import RecentStore, Settings
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.text import visible

_TARGET = Qt.ItemDataRole.UserRole


class StartPage(QWidget):
    """Opens nothing itself; says what was asked for."""

    file_wanted = Signal()
    demo_wanted = Signal()
    connections_wanted = Signal()
    opened = Signal(object)
    """A file or URL to open."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.messages = MessageBar(self)
        title = QLabel("esviewer", self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2.4)
        font.setBold(True)
        title.setFont(font)
        subtitle = QLabel(
            self.tr("Audit and time travel for event-sourced systems. Stores are opened read-only."), self
        )
        subtitle.setObjectName("dim")
        subtitle.setWordWrap(True)
        self.open_file = QPushButton(self.tr("Open file …"), self)
        self.open_file.setObjectName("primary")
        self.open_file.clicked.connect(self.file_wanted)
        self.demo = QPushButton(self.tr("Open the demo store"), self)
        self.demo.clicked.connect(self.demo_wanted)
        self.connections = QPushButton(self.tr("Connections …"), self)
        self.connections.clicked.connect(self.connections_wanted)
        for button in (self.open_file, self.connections, self.demo):
            button.setMinimumHeight(34)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("postgresql://user:password@host:5432/database")
        self.url.setAccessibleName(self.tr("Database URL"))
        self.url.setToolTip(self.tr("A password typed here is used for this connection and not kept."))
        self.url.returnPressed.connect(self._url)
        self.open_url = QPushButton(self.tr("Open URL"), self)
        self.open_url.clicked.connect(self._url)
        self.recent_label = QLabel(self.tr("Recent stores"), self)
        self.recent_label.setObjectName("heading")
        self.recent = QListWidget(self)
        self.recent.setAccessibleName(self.tr("Recent stores"))
        self.recent.itemActivated.connect(self._recent)
        self.recent.itemClicked.connect(self._recent)
        self.forget = QPushButton(self.tr("Remove from list"), self)
        self.forget.clicked.connect(self._forget)
        hint = QLabel(self.tr("Or drop a database file on this window."), self)
        hint.setObjectName("dim")

        buttons = QHBoxLayout()
        buttons.addWidget(self.open_file)
        buttons.addWidget(self.connections)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        address = QHBoxLayout()
        address.addWidget(self.url, 1)
        address.addWidget(self.open_url)
        recents = QHBoxLayout()
        recents.addWidget(self.recent_label)
        recents.addStretch(1)
        recents.addWidget(self.forget)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(self.messages)
        column.addStretch(1)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addLayout(address)
        column.addWidget(hint)
        column.addSpacing(8)
        column.addLayout(recents)
        column.addWidget(self.recent, 4)
        column.addStretch(1)
        middle = QWidget(self)
        middle.setMaximumWidth(760)
        middle.setLayout(column)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(middle, 8)
        layout.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """List the recent stores anew."""
        self.recent.clear()
        stores = self._settings.recent()
        for store in stores:
            self.recent.addItem(self._item(store))
        if not stores:
            empty = QListWidgetItem(self.tr("None yet. The demo is a good start."))
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            self.recent.addItem(empty)
        self.forget.setEnabled(bool(stores))

    def _item(self, store: RecentStore) -> QListWidgetItem:
        # What has no slash is a saved connection's name.
        missing = "://" not in store.target and Path(store.target).is_absolute() and not Path(store.target).exists()
        note = self.tr(" (not there any more)") if missing else ""
        item = QListWidgetItem(visible(f"{store.name} — {store.layout} — {store.target}{note}"))
        item.setData(_TARGET, store.target)
        item.setToolTip(visible(store.target))
        return item

    def _recent(self, item: QListWidgetItem) -> None:
        target = item.data(_TARGET)
        if target:
            self.opened.emit(target)

    def _forget(self) -> None:
        item = self.recent.currentItem()
        if item is not None and item.data(_TARGET):
            removed = self._settings.remove_recent(item.data(_TARGET))
            self.refresh()
            if removed is not None:
                text = self.tr("{0} was removed from the list; the store itself is untouched.").format(removed[1].name)
                self.messages.say(text, {self.tr("Undo"): partial(self._put_back, *removed)})

    def _put_back(self, place: int, store: RecentStore) -> None:
        self._settings.put_back_recent(place, store)
        self.refresh()

    def _url(self) -> None:
        text = self.url.text().strip()
        if text:
            self.url.clear()
            self.opened.emit(text)
