"""Spans of time as the window shows them."""

from __future__ import annotations

from esviewer.gui.language import translate
from esviewer.model.duration import duration_text


def length_text(ns: int) -> str:
    """Nanoseconds in one or two units, in the window's language."""
    units = {
        "d": translate("Lengths", "d"),
        "h": translate("Lengths", "h"),
        "min": translate("Lengths", "min"),
        "s": translate("Lengths", "s"),
    }
    return " ".join(units.get(part, part) for part in duration_text(ns).split(" "))
