"""The sheet of keys, made from the menus and shortcuts themselves."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from esviewer.gui.keys_within import keys_within
from esviewer.gui.language import translate
from esviewer.gui.quick_open.offers import commands

_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Key:
    """What a key does, and in which menu, or on which page, that is."""

    where: str
    keys: str
    what: str


def keys_of(window: QMainWindow) -> list[Key]:
    """Every key of a window: of its menus' entries, of shortcuts that say what they do as "what's this", and within."""
    found = [Key(each.detail, each.keys, each.text) for each in commands(window.menuBar(), set(), None) if each.keys]
    # The shortcuts of several keys that do the same stand in one line.
    shared: dict[str, dict[str, None]] = {}
    for shortcut in window.findChildren(QShortcut):
        if shortcut.whatsThis():
            shared.setdefault(shortcut.whatsThis(), {})[shortcut.key().toString(_NATIVE)] = None
    page = translate("KeysSheet", "Time machine")
    found += [Key(page, "  ".join(keys), what) for what, keys in shared.items()]
    return found + [Key(*each) for each in keys_within()]


class KeysSheet(QDialog):
    """Lists the keys by menu; what is typed above filters them."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keys"))
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Part of a key, or of what it does"))
        self.field.setAccessibleName(self.tr("Search the keys"))
        self.field.setClearButtonEnabled(True)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(self.tr("Keys"))
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([self.tr("What it does"), self.tr("Key")])
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._lines: dict[str, tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = {}
        for key in keys_of(window):
            if key.where in self._lines:
                top = self._lines[key.where][0]
            else:
                top = QTreeWidgetItem(self.tree, [key.where])
                self._lines[key.where] = top, []
                top.setFirstColumnSpanned(True)
                font = top.font(0)
                font.setBold(True)
                top.setFont(0, font)
                top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._lines[key.where][1].append(QTreeWidgetItem(top, [key.what, key.keys]))
        self.tree.expandAll()
        self.field.textChanged.connect(self._filter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.tree, 1)
        self.resize(min(560, window.width() - 40), min(640, window.height() - 40))

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        for top, items in self._lines.values():
            shown = 0
            for item in items:
                told = f"{top.text(0)} {item.text(0)} {item.text(1)}".casefold()
                hidden = not all(word in told for word in wanted)
                item.setHidden(hidden)
                shown += not hidden
            top.setHidden(not shown)
