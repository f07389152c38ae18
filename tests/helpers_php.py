"""One framework's tables made in SQLite, PostgreSQL and MariaDB from one description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from helpers_layouts import Rows, make_server, make_sqlite

KINDS: Final = ("sqlite", "postgresql", "mariadb")

TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {
        "serial": "integer NOT NULL PRIMARY KEY AUTOINCREMENT",
        "bigint": "bigint",
        "uuid": "varchar",
        "guid": "char(36)",
        "binary16": "blob",
        "json": "clob",
        "jsonb": "text",
        "bool": "boolean",
        "seconds": "datetime",
        "zoned": "datetime",
        "micros": "datetime",
    },
    "postgresql": {
        "serial": "bigserial PRIMARY KEY",
        "bigint": "bigint",
        "uuid": "uuid",
        "guid": "uuid",
        "binary16": "bytea",
        "json": "json",
        "jsonb": "jsonb",
        "bool": "boolean",
        "seconds": "timestamp(0)",
        "zoned": "timestamp(0) with time zone",
        "micros": "timestamp(6)",
    },
    "mariadb": {
        "serial": "bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY",
        "bigint": "bigint",
        "uuid": "char(36)",
        "guid": "char(36)",
        "binary16": "binary(16)",
        "json": "json",
        "jsonb": "json",
        "bool": "tinyint(1)",
        "seconds": "datetime",
        "zoned": "datetime",
        "micros": "datetime(6)",
    },
}
"""Column types as Laravel's and Doctrine's schema builders choose them for each database, by a word of our own."""


def ddl(kind: str, statements: Sequence[str], **more: str) -> list[str]:
    """Statements with `{word}` replaced by the database's column type; `more` adds words."""
    words = {**TYPES[kind], **more}
    made = []
    for statement in statements:
        for word, text in words.items():
            statement = statement.replace("{" + word + "}", text)
        made.append(statement)
    return made


def make(request: pytest.FixtureRequest, kind: str, folder: Path, statements: Sequence[str], rows: Rows) -> str:
    """A store of one kind of database with these tables and rows; its target."""
    if kind == "sqlite":
        return make_sqlite(folder / "store.sqlite", statements, rows)
    server: Any = request.getfixturevalue("postgres_server" if kind == "postgresql" else "mariadb_server")
    return make_server(server.create_database(), statements, rows)
