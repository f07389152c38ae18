"""Writes the table of event stores in the manual, resources/help/layouts.md, out of the layouts themselves.

    python packaging/layouts.py

A test fails when the table is another than what this writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from esviewer import assets
from esviewer.stores.layouts.layout import Layout, parse_layout

PAGE = Path(__file__).resolve().parent.parent / "resources" / "help" / "layouts.md"
BEGIN = "| layout | event store | databases | tested with |\n| --- | --- | --- | --- |\n"
NAMES = {
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL/MariaDB",
    "mssql": "SQL Server",
    "duckdb": "DuckDB",
    "file": "event files",
    "other": "others",
}


def row(layout: Layout) -> str:
    """A layout's line in the table."""
    databases = ", ".join(NAMES[name] for name in layout.databases)
    link = f"[{layout.name}](../layouts/{layout.name}.toml)"
    return f"| {link} | {layout.frameworks} | {databases} | {layout.tested_with} |\n"


def packaged() -> list[Layout]:
    """The layouts that come with the program, by name; a user's own are none of them."""
    files = assets.path("layouts").glob("*.toml")
    found = [parse_layout(file.read_text(encoding="utf-8"), file.name, packaged=True) for file in files]
    return sorted(found, key=lambda layout: layout.name)


def with_table(text: str) -> str:
    """The page's text with the table as it has to be."""
    head, _, rest = text.partition(BEGIN)
    left = rest.splitlines(keepends=True)
    while left and left[0].startswith("|"):
        left.pop(0)
    return head + BEGIN + "".join(map(row, packaged())) + "".join(left)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(packaged())} layouts\n")
