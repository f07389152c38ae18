"""What README.md says of layouts is what the layouts say of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from esviewer.stores.layouts.layout import all_layouts
from esviewer.stores.layouts.model import Layout

README: Final = Path(__file__).resolve().parents[1] / "README.md"
_NAMES: Final = {
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL/MariaDB",
    "mssql": "SQL Server",
    "duckdb": "DuckDB",
    "file": "event files",
    "other": "others",
}


def row(layout: Layout) -> str:
    """A layout's line in the table of event stores."""
    databases = ", ".join(_NAMES[name] for name in layout.databases)
    link = f"[{layout.name}](resources/layouts/{layout.name}.toml)"
    return f"| {link} | {layout.frameworks} | {databases} | {layout.tested_with} |"


def test_the_table_of_event_stores_is_that_of_the_layouts() -> None:
    shown = [line for line in README.read_text(encoding="utf-8").splitlines() if "](resources/layouts/" in line]
    assert shown == [row(layout) for layout in all_layouts()]
