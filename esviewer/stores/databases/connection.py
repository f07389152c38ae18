"""A path or URL into an open, read-only database."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from esviewer.errors import StoreError
from esviewer.stores.databases.database import Database
from esviewer.stores.databases.options import ConnectionOptions

_PASSWORD = re.compile(r":([^:/@\s]+)@")
_OF_FILES: Final = ("", "file", "sqlite", "duckdb")
_LONG: Final = 200
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*)://")


def connect(target: str, options: ConnectionOptions | None = None) -> Database:
    """Open a file (path, sqlite:/// or duckdb:/// URL) or a server's URL read-only; raises StoreError.

    Files are told apart by what they begin with, event files (.parquet, .jsonl, .ndjson, .json, .csv, .tsv, also with
    wildcards) by their endings.
    """
    if not target.strip():
        raise StoreError("No store was named.", "Name a file or a URL.")
    try:
        return _connected(target, options)
    except StoreError as error:
        # A URL that is misspelt is taken for a file's name, password and all.
        secret = _PASSWORD.search(target)
        if secret is None or secret[1] not in f"{error.message} {error.hint}":
            raise
        raise StoreError(error.message.replace(secret[1], "***"), error.hint.replace(secret[1], "***")) from None


def _connected(target: str, options: ConnectionOptions | None) -> Database:
    match = _URL.match(target)
    scheme = match[1].lower().partition("+")[0] if match else ""
    if scheme in _OF_FILES:
        name = target.partition("://")[2] if match else target
        _check_path(name.partition("?")[0] if scheme in ("sqlite", "duckdb") else name)
    if scheme == "file":
        return _file(Path(target.partition("://")[2]))
    if scheme in ("postgres", "postgresql", "cockroachdb", "yugabytedb"):
        from esviewer.stores.databases.postgresql import PostgresDatabase

        return PostgresDatabase(target, options)
    if scheme in ("mysql", "mariadb"):
        from esviewer.stores.databases.mysql import MySqlDatabase

        return MySqlDatabase(target, options)
    if scheme in ("mssql", "sqlserver"):
        from esviewer.stores.databases.mssql import MssqlDatabase

        return MssqlDatabase(target, options)
    if scheme == "duckdb":
        from esviewer.stores.databases.duckdb import DuckDbDatabase, path_of_duckdb_url

        return DuckDbDatabase(path_of_duckdb_url(target))
    if scheme == "sqlite":
        from esviewer.stores.databases.sqlite import SqliteDatabase, path_of_url

        return SqliteDatabase(path_of_url(target))
    if match is not None:
        from esviewer.stores.databases.other import OtherDatabase

        return OtherDatabase(target, options)
    return _file(Path(target).expanduser())


def _check_path(name: str) -> None:
    """Raise StoreError for what the system can't be asked about as a file: too long, or of letters that no name has."""
    try:
        os.stat(Path(name).expanduser())  # noqa: PTH116 - Path's own methods take an impossible name for an absent file
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        shown = name if len(name) < _LONG else f"{name[:_LONG]}…"
        raise StoreError(f"{shown} is no path of a file: {reason}.", "Name a file or a URL.") from None


def _file(path: Path) -> Database:
    from esviewer.stores.databases.sqlite import SqliteDatabase, is_sqlite

    if is_sqlite(path):
        return SqliteDatabase(path)
    from esviewer.stores.databases.duckdb import DuckDbDatabase, is_duckdb
    from esviewer.stores.databases.files import FilesDatabase, event_files

    if is_duckdb(path):
        return DuckDbDatabase(path)
    found = event_files(path)
    return FilesDatabase(path, found) if found else SqliteDatabase(path)
