"""Text out of stores, as the window may show it."""

from __future__ import annotations

import re
from decimal import Decimal

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import Qt

from esviewer.app.screen import Screen
from esviewer.model.change import Path
from esviewer.model.exactjson import dumps, scalar_text
from esviewer.model.values import MISSING, Value

_MARK = re.compile("‹masked [0-9a-f]+›")


def visible(text: str) -> str:
    """Control characters, direction overrides and lone surrogates as escapes: what is seen is what is stored."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == " " else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t":
        return {"\n": "⏎", "\r": "␍", "\t": "⇥"}[char]
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_lines(text: str) -> str:
    """The same for text of many lines."""
    return "\n".join(visible(line) for line in text.split("\n"))


def status_text(status: str | None) -> str:
    """What a store says of an aggregate beside its events, in the user's language; nothing for most."""
    names = {
        "archived": QCoreApplication.translate("status", "archived"),
        "deleted": QCoreApplication.translate("status", "deleted"),
    }
    return names.get(status or "", "")


def tip(text: str) -> str:
    """A text for a tooltip, which Qt would else take for HTML when it looks like that."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text


def short(value: Value, limit: int = 200) -> str:
    """A value in one line."""
    if value is MISSING:
        return ""
    if isinstance(value, dict):
        if not value:
            return "{}"
        return "{" + f"{len(value):,}" + "}"
    if isinstance(value, (list, tuple)):
        return f"[{len(value):,}]"
    text = value if isinstance(value, str) else scalar_text(value)
    if isinstance(value, str):
        text = f'"{text}"'
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown(screen: Screen, value: Value, path: Path = (), of: str | None = None, limit: int = 200) -> str:
    """What is shown of a value at a path of an aggregate, in one line; a mark stands without quotes."""
    if isinstance(value, (dict, list, tuple)):
        return short(value, limit)
    found = screen.glance(value, path, of, limit)
    if found is not value and isinstance(found, str) and _MARK.fullmatch(found):
        return found
    return short(found, limit)


def preview(value: Value, limit: int = 120) -> str:
    """A value's JSON, cut."""
    if isinstance(value, (str, int, float, Decimal, type(None))):
        return short(value, limit)
    text = visible(dumps(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"
