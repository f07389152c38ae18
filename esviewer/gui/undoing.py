"""Changes that can be taken back: from one value to another, and the keys that do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtGui import QKeySequence, QUndoCommand
from PySide6.QtWidgets import QWidget

from esviewer.gui.language import translate
from esviewer.gui.shortcuts import take_keys

T = TypeVar("T")


class Change(QUndoCommand):
    """From one value to another, which something takes on."""

    def __init__(self, take: Callable[[T], None], before: T, after: T, text: str = "") -> None:
        """`text` is what menus call it."""
        super().__init__(text)
        self._to_before, self._to_after = (lambda: take(before)), (lambda: take(after))

    def redo(self) -> None:
        self._to_after()

    def undo(self) -> None:
        self._to_before()


def take_undo_keys(widget: QWidget, undo: Callable[[], None], redo: Callable[[], None]) -> None:
    """Let the usual keys take back what was changed in a widget, and do it again, while the focus is in it."""
    standard = QKeySequence.StandardKey
    take_keys(widget, standard.Undo, undo, translate("Undoing", "Undo what was changed last, where the focus is"))
    take_keys(widget, standard.Redo, redo, translate("Undoing", "Do again what was undone"))
