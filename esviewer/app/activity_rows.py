"""The activity log's lines as rows that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from esviewer.model.exactjson import dumps

COLUMNS: Final = ("time", "operator", "what", "store", "file", "more")
_OWN: Final = ("at", "what", "operator", "account", "host", "store", "file", "before", "program", "process")


def row_of(entry: Mapping[str, Any]) -> tuple[str, str, str, str, str, str]:
    """The texts of COLUMNS."""
    who = entry.get("operator") or f"not given (account {entry.get('account') or 'unknown'})"
    more = {key: value for key, value in entry.items() if key not in _OWN and value is not None}
    if "masked" in entry and (entry["masked"] is None or entry["masked"] is False):
        more["masked"] = "no"  # what left the program as it is in the store must show
    return (
        str(entry.get("at", "")),
        str(who),
        str(entry.get("what", "")),
        str(entry.get("store") or ""),
        str(entry.get("file") or ""),
        " ".join(f"{key}={value if isinstance(value, str) else dumps(value)}" for key, value in more.items()),
    )
