"""Cells of one line of text, painted without asking a style: a table that moves every frame has no time for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionFocusRect, QStyleOptionViewItem, QWidget

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_BESIDE: Final = 3
"""Pixels on either side of a text."""


_ACTIVE: Final = QPalette.ColorGroup.Active
_INACTIVE: Final = QPalette.ColorGroup.Inactive
_DISABLED: Final = QPalette.ColorGroup.Disabled
_IS_ACTIVE: Final = QStyle.StateFlag.State_Active.value
_IS_ENABLED: Final = QStyle.StateFlag.State_Enabled.value
_IS_SELECTED: Final = QStyle.StateFlag.State_Selected.value
_HAS_FOCUS: Final = QStyle.StateFlag.State_HasFocus.value


@dataclass(slots=True)
class Cell:
    """How a cell looks; what is None is as the view has it."""

    text: str
    right: bool = False
    font: QFont | None = None
    colour: QColor | None = None
    background: QColor | None = None


class PlainCells(QStyledItemDelegate):
    """Paints the cells of a model that says how they look in one answer."""

    def __init__(self, cell: Callable[[QModelIndex | QPersistentModelIndex], Cell], parent: QWidget) -> None:
        super().__init__(parent)
        self._cell = cell

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell = self._cell(index)
        rect, palette = option.rect, option.palette
        state = option.state.value  # flags as Qt's own objects take several times as long
        group = _ACTIVE if state & _IS_ACTIVE else _INACTIVE
        if not state & _IS_ENABLED:
            group = _DISABLED
        if state & _IS_SELECTED:
            painter.fillRect(rect, palette.brush(group, QPalette.ColorRole.Highlight))
            painter.setPen(palette.color(group, QPalette.ColorRole.HighlightedText))
        else:
            if cell.background is not None:
                painter.fillRect(rect, cell.background)
            painter.setPen(palette.color(group, QPalette.ColorRole.Text) if cell.colour is None else cell.colour)
        if cell.font is None:
            painter.setFont(option.font)
            metrics = option.fontMetrics
        else:
            painter.setFont(cell.font)
            metrics = QFontMetrics(cell.font)
        room = rect.adjusted(_BESIDE, 0, -_BESIDE, 0)
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _RIGHT if cell.right else _LEFT, text)
        if state & _HAS_FOCUS and option.widget is not None:
            focus = QStyleOptionFocusRect()
            focus.rect, focus.state, focus.palette = rect, option.state, palette
            style = option.widget.style()
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, focus, painter, option.widget)
