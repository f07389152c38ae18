"""A text that is painted without asking a style is whole where it has room, and else says that it is cut."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from esviewer.gui.plain_cells import Letters
from esviewer.gui.theme import monospace


@pytest.mark.parametrize("points", [8.0, 9.0, 10.0, 11.5, 13.0])
def test_no_text_is_cut_without_a_sign(qapp: QApplication, points: float) -> None:
    font = monospace()
    font.setPointSizeF(points)
    letters, exact = Letters.of(font), QFontMetricsF(font)
    for text in ("last_agreeing_version", "MWMWMWMWMWMWMWMW", "i" * 60):
        wide = exact.horizontalAdvance(text)
        for room in range(20, int(wide) + 30):
            shown = letters.fitted(text, room)
            assert shown == text or shown.endswith("…")
            assert exact.horizontalAdvance(shown) <= room + 1
