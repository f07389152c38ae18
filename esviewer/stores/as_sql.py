"""A SELECT as text that a database client can run: its parameters stand in it as literals."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Dialect, Select
from sqlalchemy.sql import visitors
from sqlalchemy.types import UserDefinedType

from esviewer.stores.databases.database import Database
from esviewer.work import Work


def as_sql(database: Database, statement: Select[Any], work: Work | None = None) -> str:
    """The statement in the database's own SQL, ended by a semicolon."""
    dialect = database.read(lambda reader: reader.connection.dialect, work)
    return f"{_compiled(database.kind, dialect, statement)};"


def _compiled(kind: str, dialect: Dialect, statement: Select[Any]) -> str:
    # Percent signs are doubled for drivers that look for parameters in the text; here nothing does.
    plain = copy.copy(dialect)
    names = copy.copy(dialect.identifier_preparer)
    names.dialect = plain
    names._double_percents = False
    plain.identifier_preparer = names
    escapes = bool(getattr(dialect, "_backslash_escapes", True))
    plain._backslash_escapes = False  # type: ignore[attr-defined]  # texts are written here

    def typed(parameter: BindParameter[Any]) -> None:
        parameter.type = _Literal(kind, escapes)

    written = visitors.cloned_traverse(statement, {}, {"bindparam": typed})
    return str(written.compile(dialect=plain, compile_kwargs={"literal_binds": True}))


class _Literal(UserDefinedType[Any]):
    """Writes a value as the database reads it."""

    cache_ok = True

    def __init__(self, kind: str, escapes: bool) -> None:
        """`escapes`: a backslash in a MySQL text begins an escape."""
        self.kind = kind
        self.escapes = escapes

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        del dialect
        return self._written

    def _written(self, value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            words = "false", "true"
            return words[value] if self.kind in ("postgresql", "duckdb") else str(int(value))
        if isinstance(value, (int, float, Decimal)):
            return str(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value).hex())
        return self._text(str(value))

    def _bytes(self, digits: str) -> str:
        if self.kind == "postgresql":
            return f"'\\x{digits}'::bytea"
        if self.kind == "duckdb":
            return f"from_hex('{digits}')"
        return f"0x{digits}" if self.kind == "mssql" else f"X'{digits}'"

    def _text(self, text: str) -> str:
        quoted = text.replace("'", "''")
        if "\\" in text and self.kind == "postgresql":
            # Read alike whatever the server thinks of backslashes in plain texts.
            escaped = quoted.replace("\\", "\\\\")
            return f"E'{escaped}'"
        if self.kind == "mysql" and self.escapes:
            quoted = quoted.replace("\\", "\\\\")
        return f"N'{quoted}'" if self.kind == "mssql" else f"'{quoted}'"
