"""Text in CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

from esviewer.model.visible import visible

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")


def spreadsheet_text(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; numbers stay as they are.

    What begins like one is preceded by an apostrophe, and so is text that begins with one; characters that could
    deceive a reader are written as escapes.
    """
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
