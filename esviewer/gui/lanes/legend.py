"""Which mark is which event type, in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from esviewer.gui.text import tip

_MARK: Final = 20
"""Pixels of width for a mark."""
_APART: Final = 12


class Legend(QWidget):
    """As many types as there is room for; the tooltip has all of them."""

    def __init__(self, mark: Callable[[int], QPixmap], parent: QWidget | None = None) -> None:
        """`mark` gives what an event of a type looks like, by the number of the type."""
        super().__init__(parent)
        self._mark = mark
        self._names: Sequence[tuple[int, str]] = ()
        self.setAccessibleName(self.tr("Event types"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_types(self, names: Sequence[tuple[int, str]]) -> None:
        """Show types: the number of each, and what it is called."""
        self._names = names
        texts = [name for _, name in names]
        self.setToolTip(tip("\n".join(texts)))
        self.setAccessibleDescription(", ".join(texts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, max(_MARK + 2, self.fontMetrics().height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        metrics = QFontMetricsF(self.font())
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        with QPainter(self) as painter:
            left = 2.0
            for place, (number, name) in enumerate(self._names):
                rest = len(self._names) - place
                more = f"+{rest:,}"
                wide = _MARK + 2 + metrics.horizontalAdvance(name)
                spare = metrics.horizontalAdvance(more) + _APART if rest > 1 else 0
                if left + wide + spare > self.width():
                    painter.drawText(QPointF(left, base), more)
                    return
                found = self._mark(number)
                size = found.width() / found.devicePixelRatio()
                painter.drawPixmap(QPointF(left + (_MARK - size) / 2, (self.height() - size) / 2), found)
                painter.drawText(QPointF(left + _MARK + 2, base), name)
                left += wide + _APART
