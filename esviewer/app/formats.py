"""The files that esviewer reads and writes, each kind with its JSON Schema (draft 2020-12) under resources/schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from esviewer import assets
from esviewer.errors import UsageError

FORMATS: Final = ("reducer", "projection", "layout", "case", "seal", "report")
"""The first three are TOML: their schemas are of the JSON that has the same tables, texts and numbers."""


def schema_file(name: str) -> Path:
    """Where the schema of a kind of files lies; raises UsageError where there is none."""
    if name not in FORMATS:
        raise UsageError(f"There is no schema {name!r}.", f"There are {', '.join(FORMATS)}.")
    return assets.path("schemas") / f"{name}.json"


def schema(name: str) -> str:
    """The JSON Schema of a kind of files, as text; raises UsageError where there is none."""
    return schema_file(name).read_text(encoding="utf-8")
