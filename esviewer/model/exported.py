"""An event as the files hold it that esviewer exports: its parts by name, and texts as cells of CSV.

    position         the store's own; left out where it has none
    aggregate_id     text
    aggregate_type   text, or nothing
    version          the store's own number
    event_id         text, or nothing
    type             text
    schema_version   a whole number or a text; a text that looks like a number is in quotes, as in JSON
    timestamp        ISO 8601 with the zone it was recorded with, if any, and up to nine digits of the second's fraction
    data             exact JSON text; nothing where it was unreadable
    metadata         exact JSON text, or nothing
    kinds            {path: type} as JSON text, of values whose type JSON lacks (see `kinds`); mostly nothing
    error            why the payload was unreadable; mostly nothing
    raw              the bytes of an unreadable payload (base64 where the form has no bytes)

JSON Lines have them as `Event.as_json` does, with `kinds` as an object, only where there are any.
"""

from __future__ import annotations

import re
from typing import Final

from esviewer.model.exactjson import dumps

POSITION: Final = "position"
COLUMNS: Final = (
    POSITION, "aggregate_id", "aggregate_type", "version", "event_id", "type", "schema_version", "timestamp",
    "data", "metadata", "kinds", "error", "raw",
)  # fmt: skip
"""The columns of CSV and Parquet."""
TIME: Final = "time"
"""Parquet has the timestamp as a moment in UTC besides, cut to microseconds, for who asks by time."""

_NUMBER: Final = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d+", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def schema_text(value: int | str | None) -> str | None:
    """A schema version as text from which it can be read again as it was."""
    if isinstance(value, str):
        return dumps(value) if value.startswith('"') or _WHOLE.fullmatch(value) else value
    return None if value is None else str(value)


def cell(text: str | None) -> str:
    """A text as a cell of CSV that no spreadsheet takes for a formula; `uncelled` gives it back.

    What would begin a formula, or begins with an apostrophe, gets an apostrophe before it; an empty text is an
    apostrophe, and nothing is an empty cell.
    """
    if text is None:
        return ""
    if text == "" or text[0] == "'" or (text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)):
        return "'" + text
    return text


def uncelled(text: str) -> str | None:
    """The text of a cell that `cell` made."""
    return text.removeprefix("'") if text else None


def sound(text: str) -> str:
    """The text as UTF-8 can hold it: lone surrogates become escapes such as \\ud800."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
