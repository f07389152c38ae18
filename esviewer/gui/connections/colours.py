"""The colours that mark connections, dark enough for white text in both themes."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QIcon, QPixmap

PAINTS: Final[dict[str, str]] = {
    "red": "#c92a2a",
    "orange": "#c2410c",
    "green": "#2b8a3e",
    "blue": "#1d5fc4",
    "purple": "#7b2cbf",
    "grey": "#5c6370",
}


def swatch(colour: str) -> QIcon:
    """A small square of one colour; empty for none."""
    picture = QPixmap(14, 14)
    picture.fill(QColor(PAINTS[colour]) if colour in PAINTS else QColor(0, 0, 0, 0))
    return QIcon(picture)
