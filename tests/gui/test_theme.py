"""Both themes can be read: contrasts as WCAG 2.2 asks for at level AA."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from esviewer.gui.theme import DARK, LIGHT, Colours, _style

GROUNDS = ("window", "base", "alternate", "button", "added", "replaced", "removed", "warning")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [value / 255 for value in QColor(colour).getRgb()[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_stand_out(colours: Colours) -> None:
    for name in ("text", "dim", "accent"):
        for ground in GROUNDS:
            assert contrast(getattr(colours, name), getattr(colours, ground)) >= 4.5, (name, ground)
    assert contrast(colours.accent_text, colours.accent) >= 4.5
    for kind in colours.types:
        for ground in ("window", "base", "alternate"):
            assert contrast(kind, getattr(colours, ground)) >= 4.5, (kind, ground)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_what_can_be_operated_has_an_edge(colours: Colours) -> None:
    for ground in ("window", "base", "button"):
        assert contrast(colours.edge, getattr(colours, ground)) >= 3, ground
        assert contrast(colours.accent, getattr(colours, ground)) >= 3, ground


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_main_button_shows_that_it_can_not_be_pressed(colours: Colours, qtbot: QtBot) -> None:
    button = QPushButton("Run")
    qtbot.addWidget(button)
    button.setObjectName("primary")
    button.setStyleSheet(_style(colours))
    button.show()

    def ground() -> str:
        return button.grab().toImage().pixelColor(5, button.height() // 2).name()

    assert ground() == colours.accent
    button.setEnabled(False)
    assert ground() == colours.button
