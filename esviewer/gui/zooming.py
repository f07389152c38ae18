"""Zooming and moving along the width of a plot: by wheel and dragging, as pyqtgraph does, by keys and double clicks.

A plot that holds no more than is in sight of it can't lose anything by that: Home, or a double click, shows all again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from esviewer.gui.language import translate

NEARER: Final = 0.7
"""What part of the width stays in sight at one step nearer."""
STEP: Final = 0.2
"""What part of the width one step to the side is."""
_PLUS: Final = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)


def zoom(box: pg.ViewBox, factor: float, at: float | None = None) -> None:
    """Have so much of the width in sight, around a place that stays where it is; None: around the middle."""
    low, high = box.viewRange()[0]
    at = (low + high) / 2 if at is None or not low <= at <= high else at
    box.setXRange(at - (at - low) * factor, at + (high - at) * factor, padding=0)


def shift(box: pg.ViewBox, share: float) -> None:
    """Move by a part of the width, up to where the plot ends."""
    low, high = box.viewRange()[0]
    least, most = box.state["limits"]["xLimits"]
    by = (high - low) * share
    if least is not None:
        by = max(by, min(0.0, least - low))
    if most is not None:
        by = min(by, max(0.0, most - high))
    box.setXRange(low + by, high + by, padding=0)


def keys_text() -> str:
    """What a tooltip says of all this."""
    return translate(
        "Zooming",
        "The wheel zooms, dragging moves, a double click shows all again; so do + and −, the arrow keys, and Home",
    )


class Zooming(QObject):
    """Gives a plot the keys and the double click."""

    def __init__(self, view: QGraphicsView, box: Callable[[], pg.ViewBox | None], whole: Callable[[], None]) -> None:
        """`box` is what is zoomed, None while nothing is drawn; `whole` shows all again."""
        super().__init__(view)
        self._box = box
        self._whole = whole
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def listen(self, widget: QWidget) -> None:
        """Have another widget's keys do the same."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if kind == QEvent.Type.ShortcutOverride and self._act(event) is not None:
                event.accept()  # else a window's shortcut of the same key would be asked first
                return True
            act = self._act(event) if kind == QEvent.Type.KeyPress else None
            if act is not None:
                act()
                return True
        if kind == QEvent.Type.MouseButtonDblClick and self._box() is not None:
            self._whole()
            return True
        return super().eventFilter(watched, event)

    def _act(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here; None: nothing."""
        box, key = self._box(), event.key()
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        if box is None or modifiers:
            return None
        if key in _PLUS:
            return lambda: zoom(box, NEARER)
        if key == Qt.Key.Key_Minus:
            return lambda: zoom(box, 1 / NEARER)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return lambda: shift(box, STEP if key == Qt.Key.Key_Right else -STEP)
        return self._whole if key == Qt.Key.Key_Home else None
