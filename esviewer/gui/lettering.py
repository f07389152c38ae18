"""The font that the window's language asks for.

Where letters of a text come from two fonts, lines are as high as the higher one, and cells of one row stand at
different heights: in Japanese all come from one font that has them all.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import QApplication

_JAPANESE: Final = ("Yu Gothic UI", "Meiryo UI", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic")
_FIXED: Final = ("Noto Sans Mono CJK JP",)
_SOME: Final = "order-00017"
_USUAL: Final = 74
"""Pixels that this takes at the size for which widths are written down."""


def use_letters_of(language: str) -> None:
    """Have the application's font be one for a language."""
    QApplication.setFont(_with(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont), language, _JAPANESE))


def fixed_width(language: str) -> QFont:
    """The font whose letters are all equally wide."""
    return _with(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont), language, _FIXED)


def _with(font: QFont, language: str, families: tuple[str, ...]) -> QFont:
    known = QFontDatabase.families() if language == "ja" else []
    found = next((family for family in families if family in known), None)
    if found is not None:
        font.setFamilies([found, *font.families()])
    return font


def scaled(pixels: int) -> int:
    """What takes so many pixels where letters have their usual size, in pixels at the size that the system asks for."""
    return round(pixels * _scale())


def usual(pixels: int) -> int:
    """The inverse of `scaled`."""
    return round(pixels / _scale())


def _scale() -> float:
    return max(1.0, QFontMetricsF(QApplication.font()).horizontalAdvance(_SOME) / _USUAL)
