"""Keys that count while the focus is in a part of a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def take_keys(
    widget: QWidget, keys: QKeySequence | QKeySequence.StandardKey, slot: Callable[[], object], what: str = ""
) -> None:
    """Have keys do something while the focus is in a widget; a standard key may be several.

    `what` is what the sheet of keys says of them; without, it says nothing.
    """
    shortcut = QShortcut(widget)
    if isinstance(keys, QKeySequence):
        shortcut.setKey(keys)
    else:
        shortcut.setKeys(keys)
    shortcut.setWhatsThis(what)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(slot)
