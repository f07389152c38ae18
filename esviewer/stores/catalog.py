"""What tables, columns and indexes a database has."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import column, inspect, select, table, text
from sqlalchemy import types as sql
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.types import TypeEngine

from esviewer.stores.database import Reader

Kind = Literal["integer", "number", "text", "bytes", "json", "uuid", "zoned", "time", "oid", "other"]
"""What a column is declared to hold; SQLite's are declarations only."""

_SYSTEM = re.compile(r"information_schema|pg_.*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind
    nullable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its columns in order."""

    schema: str | None
    name: str
    columns: tuple[Column, ...]
    view: bool = False

    @property
    def full_name(self) -> str:
        """`schema.table`, or the table alone."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Index:
    """The columns an index orders by; `unique` when no two rows share them."""

    columns: tuple[str, ...]
    unique: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """What is known about a table's order and keys."""

    indexes: tuple[Index, ...]
    rowid: str | None
    """The name SQLite's rowid goes by; None where there is none."""
    rowid_alias: str | None
    """The column that is SQLite's rowid under another name."""
    odd_collations: frozenset[str]
    """SQLite columns whose texts don't compare byte by byte."""

    def unique_on(self, *columns: str) -> bool:
        """Whether no two rows can share these columns."""
        wanted = set(columns)
        return any(index.unique and set(index.columns) <= wanted for index in self.indexes)

    def ordered_by(self, *columns: str) -> bool:
        """Whether an index starts with these columns in this order."""
        return any(index.columns[: len(columns)] == columns for index in self.indexes)


def _kind(kind: TypeEngine[Any]) -> Kind:
    if isinstance(kind, sql.Integer):
        return "integer"
    if isinstance(kind, sql.Uuid):
        return "uuid"
    if isinstance(kind, sql.JSON):
        return "json"
    if isinstance(kind, sql.DateTime):
        return "zoned" if kind.timezone else "time"
    if isinstance(kind, (sql.Date, sql.Time)):
        return "time"
    if isinstance(kind, (sql.Numeric, sql.Float)):
        return "number"
    if isinstance(kind, sql.String):
        return "text"
    if isinstance(kind, sql.LargeBinary):
        return "bytes"
    return "other"


def _column(found: ReflectedColumn) -> Column:
    return Column(found["name"], _kind(found["type"]), bool(found.get("nullable", True)))


def _inspector(reader: Reader) -> Inspector:
    return inspect(reader.connection)


def tables(reader: Reader) -> list[Table]:
    """All tables of all schemas but the system's own; of a partitioned table only the parent."""
    inspector = _inspector(reader)
    postgresql = reader.connection.dialect.name == "postgresql"
    schemas: list[str | None] = (
        [name for name in inspector.get_schema_names() if not _SYSTEM.fullmatch(name)] if postgresql else [None]
    )
    partitions = _partitions(reader) if postgresql else set()
    found = []
    with warnings.catch_warnings():
        # A column of a type unknown to SQLAlchemy is still a column.
        warnings.simplefilter("ignore", SAWarning)
        for schema in schemas:
            for (_, name), columns in inspector.get_multi_columns(schema=schema, kind=ObjectKind.TABLE).items():
                if (schema, name) not in partitions and not name.startswith("sqlite_"):
                    found.append(Table(schema, name, tuple(map(_column, columns))))
    return sorted(found, key=lambda each: (each.schema or "", each.name))


def _partitions(reader: Reader) -> set[tuple[str | None, str]]:
    rows = reader.rows(
        text(
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition"
        )
    )
    return {(schema, name) for schema, name in rows}


def keys(reader: Reader, found: Table) -> Keys:
    """The indexes of one table that reading may rely on: whole-table ones on plain columns."""
    if reader.connection.dialect.name == "postgresql":
        return _postgresql_keys(reader, found)
    return _sqlite_keys(reader, found)


def _postgresql_keys(reader: Reader, found: Table) -> Keys:
    inspector = _inspector(reader)
    indexes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        primary = inspector.get_pk_constraint(found.name, schema=found.schema)["constrained_columns"]
        if primary:
            indexes.append(Index(tuple(primary), True))
        for index in inspector.get_indexes(found.name, schema=found.schema):
            names = index["column_names"]
            options = index.get("dialect_options", {})
            if None in names or options.get("postgresql_where") or options.get("postgresql_using", "btree") != "btree":
                continue
            indexes.append(Index(tuple(str(name) for name in names), bool(index["unique"])))
    return Keys(tuple(indexes), None, None, frozenset())


def _sqlite_keys(reader: Reader, found: Table) -> Keys:
    quoted = '"' + found.name.replace('"', '""') + '"'
    indexes = []
    for _, name, unique, _origin, partial, *_ in reader.rows(text(f"PRAGMA index_list({quoted})".replace(":", "\\:"))):
        index = '"' + name.replace('"', '""') + '"'
        parts = reader.rows(text(f"PRAGMA index_xinfo({index})".replace(":", "\\:")))
        inside = [part for part in parts if part[5]]
        if partial or any(part[1] < 0 or part[4] != "BINARY" for part in inside):
            continue
        indexes.append(Index(tuple(part[2] for part in inside), bool(unique)))
    info = reader.rows(text(f"PRAGMA table_info({quoted})".replace(":", "\\:")))
    names = {row[1].lower() for row in info}
    rowid = next(
        (name for name in ("rowid", "_rowid_", "oid") if name not in names and _has(reader, found, name)), None
    )
    primary = [row for row in info if row[5]]
    alias = None
    if rowid is not None and len(primary) == 1 and str(primary[0][2]).upper() == "INTEGER":
        alias = primary[0][1]
        indexes.append(Index((alias,), True))
    return Keys(tuple(indexes), rowid, alias, _odd_collations(reader, found))


def _has(reader: Reader, found: Table, name: str) -> bool:
    try:
        reader.row(select(column(name)).select_from(table(found.name)).limit(1))
    except DBAPIError as error:
        if "no such column" in str(error.orig):
            return False
        raise
    return True


def _odd_collations(reader: Reader, found: Table) -> frozenset[str]:
    definition = reader.value(
        select(column("sql")).select_from(table("sqlite_master")).where(column("name") == found.name)
    )
    definition = str(definition or "")
    odd = set()
    for each in found.columns:
        name = re.escape(each.name)
        pattern = rf"""[(,\s]["'`\[]?{name}["'`\]]?\s[^,()]*(?:\([^)]*\)[^,()]*)*\bCOLLATE\s+["']?(?!BINARY\b)\w+"""
        if re.search(pattern, definition, re.IGNORECASE):
            odd.add(each.name)
    return frozenset(odd)
