"""A path or URL into an open, read-only database."""

from __future__ import annotations

import re
from pathlib import Path

from esviewer.errors import StoreError
from esviewer.stores.database import Database

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def connect(target: str) -> Database:
    """Open a SQLite file (path or sqlite:/// URL) or a PostgreSQL URL read-only; raises StoreError."""
    if not target.strip():
        raise StoreError("No store was named.", "Name a file or a URL.")
    match = _URL.match(target)
    scheme = match[1].lower().partition("+")[0] if match else ""
    if scheme in ("postgres", "postgresql"):
        from esviewer.stores.postgresql import PostgresDatabase

        return PostgresDatabase(target)
    from esviewer.stores.sqlite import SqliteDatabase, path_of_url

    if scheme == "sqlite":
        return SqliteDatabase(path_of_url(target))
    if match is not None:
        raise StoreError(f"esviewer can't read {scheme} databases.", "It reads SQLite files and postgresql:// URLs.")
    return SqliteDatabase(Path(target).expanduser())
