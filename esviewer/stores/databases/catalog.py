"""What tables, columns and indexes a database has."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import column, inspect, select, table, text
from sqlalchemy import types as sql
from sqlalchemy.dialects import mssql
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.types import TypeEngine

from esviewer.stores.databases.database import Reader

Kind = Literal["integer", "number", "text", "bytes", "json", "uuid", "zoned", "time", "oid", "other"]
"""What a column is declared to hold; SQLite's are declarations only."""

FILE_ROW = "file_row"
"""The column that counts the rows of event files."""

_SYSTEM = re.compile(
    r"sys|guest|INFORMATION_SCHEMA"
    r"|db_(?:owner|accessadmin|securityadmin|ddladmin|backupoperator|datareader|datawriter|denydatareader|denydatawriter)"
)


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
    """The name SQLite's or DuckDB's rowid goes by; None where there is none."""
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
    if isinstance(kind, mssql.DATETIMEOFFSET):
        return "zoned"
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
    """All tables and views of all schemas but the system's own; of a partitioned table only the parent."""
    dialect = reader.connection.dialect.name
    if dialect in ("mysql", "mariadb"):
        found = _declared_tables(reader, _MYSQL_COLUMNS, _mysql_kind)
    elif dialect == "duckdb":
        found = _declared_tables(reader, _DUCKDB_COLUMNS, _duckdb_kind)
    elif dialect == "postgresql":
        found = _declared_tables(reader, _POSTGRESQL_COLUMNS, _postgresql_kind)
    else:
        found = _reflected_tables(reader, dialect)
    return sorted(found, key=lambda each: (each.schema or "", each.name))


def _reflected_tables(reader: Reader, dialect: str) -> list[Table]:
    inspector = _inspector(reader)
    schemas: list[str | None] = [None]
    if dialect == "mssql":
        schemas = [name for name in inspector.get_schema_names() if not _SYSTEM.fullmatch(name)]
    found = []
    with warnings.catch_warnings():
        # A column of a type unknown to SQLAlchemy is still a column.
        warnings.simplefilter("ignore", SAWarning)
        for schema in schemas:
            for kind in (ObjectKind.TABLE, ObjectKind.ANY_VIEW):
                for (_, name), columns in inspector.get_multi_columns(schema=schema, kind=kind).items():
                    if not name.startswith("sqlite_"):
                        view = kind is not ObjectKind.TABLE
                        found.append(Table(schema, name, tuple(map(_column, columns)), view))
    return found


# Not information_schema, which leaves out what the user may not read, so that the missing right would go unsaid.
# What inherits is hidden, partitions and others: their rows are their parent's. (Not by relispartition, which engines
# compatible with PostgreSQL lack.)
_POSTGRESQL_COLUMNS = """
SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'VIEW' ELSE 'BASE TABLE' END, a.attname,
       CASE WHEN t.typtype = 'e' THEN 'text' ELSE coalesce(b.typname, t.typname) END,
       CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END, false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('information_schema', 'crdb_internal') AND n.nspname NOT LIKE 'pg\\_%'
  AND c.oid NOT IN (SELECT inhrelid FROM pg_catalog.pg_inherits)
ORDER BY n.nspname, c.relname, a.attnum
"""

_MYSQL_COLUMNS = """
SELECT c.table_schema, c.table_name, t.table_type, c.column_name, c.column_type, c.is_nullable,
       c.table_schema = DATABASE()
FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = DATABASE() OR DATABASE() IS NULL
  AND c.table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY c.table_schema, c.table_name, c.ordinal_position
"""

# In memory are event files only, for which a view stands as a table does; what it shows as rowid is no column.
_DUCKDB_COLUMNS = """
SELECT c.schema_name, c.table_name,
       CASE WHEN v.view_name IS NULL OR c.database_name = 'memory' THEN 'BASE TABLE' ELSE 'VIEW' END,
       c.column_name, c.data_type, CASE WHEN c.is_nullable THEN 'YES' ELSE 'NO' END, c.schema_name = current_schema()
FROM duckdb_columns() c
LEFT JOIN duckdb_views() v ON v.database_name = c.database_name AND v.schema_name = c.schema_name
  AND v.view_name = c.table_name
WHERE c.database_name = current_database() AND NOT c.internal
  AND NOT (c.database_name = 'memory' AND c.column_name = 'rowid')
ORDER BY c.schema_name, c.table_name, c.column_index
"""


def _declared_tables(reader: Reader, statement: str, kind: Callable[[str], Kind]) -> list[Table]:
    """Tables from rows of schema, table, table's type, column, column's type, nullable, whether it is the default."""
    found: dict[tuple[str | None, str, bool], list[Column]] = {}
    for schema, name, of, column_name, declared, nullable, default in reader.rows(text(statement)):
        key = (None if default else _word(schema), _word(name), "VIEW" in _word(of).upper())
        found.setdefault(key, []).append(Column(_word(column_name), kind(_word(declared)), nullable == "YES"))
    return [Table(schema, name, tuple(columns), view) for (schema, name, view), columns in found.items()]


def _word(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


_MYSQL_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), "integer"),
    **dict.fromkeys(("decimal", "float", "double"), "number"),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "inet4", "inet6"), "text"
    ),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), "bytes"),
    **dict.fromkeys(("date", "datetime", "time"), "time"),
    "json": "json",
    "uuid": "uuid",
    "timestamp": "zoned",
}


def _mysql_kind(declared: str) -> Kind:
    return _MYSQL_KINDS.get(re.split(r"\W", declared.lower(), maxsplit=1)[0], "other")


_POSTGRESQL_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("numeric", "float4", "float8"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "citext"), "text"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(("timestamp", "date", "time", "timetz"), "time"),
    "bytea": "bytes",
    "uuid": "uuid",
    "timestamptz": "zoned",
    "oid": "oid",
}


def _postgresql_kind(declared: str) -> Kind:
    return _POSTGRESQL_KINDS.get(declared, "other")


_DUCKDB_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
         "UHUGEINT"), "integer"
    ),
    **dict.fromkeys(("DECIMAL", "FLOAT", "DOUBLE"), "number"),
    **dict.fromkeys(("VARCHAR", "ENUM"), "text"),
    **dict.fromkeys(("DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "time"),
    "BLOB": "bytes",
    "UUID": "uuid",
    "JSON": "json",
    "TIMESTAMP WITH TIME ZONE": "zoned",
}  # fmt: skip


def _duckdb_kind(declared: str) -> Kind:
    return "other" if declared.endswith("]") else _DUCKDB_KINDS.get(declared.partition("(")[0], "other")


def keys(reader: Reader, found: Table) -> Keys:
    """The indexes of one table that reading may rely on: whole-table ones on plain columns."""
    dialect = reader.connection.dialect.name
    if dialect == "sqlite":
        return _sqlite_keys(reader, found)
    if dialect in ("mysql", "mariadb"):
        return _mysql_keys(reader, found)
    if dialect == "duckdb":
        return _duckdb_keys(reader, found)
    if dialect == "postgresql":
        return _postgresql_keys(reader, found)
    return _reflected_keys(reader, found)


def _reflected_keys(reader: Reader, found: Table) -> Keys:
    if found.view:
        return Keys((), None, None, frozenset())
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
            if None in names or options.get("mssql_where"):
                continue
            indexes.append(Index(tuple(str(name) for name in names), bool(index["unique"])))
    return Keys(tuple(indexes), None, None, frozenset())


def _postgresql_keys(reader: Reader, found: Table) -> Keys:
    place = "c.relname = :name AND n.nspname = :schema"
    source = "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    values = {"name": found.name, "schema": found.schema}
    numbers = reader.rows(
        text(
            f"SELECT a.attnum, a.attname FROM {source}"  # noqa: S608 - our own words only
            f" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE {place} AND a.attnum > 0"
        ).bindparams(**values)
    )
    names = {str(number): str(name) for number, name in numbers}
    rows = reader.rows(
        text(
            "SELECT CAST(i.indkey AS text), i.indnkeyatts, i.indisunique, m.amname"  # noqa: S608 - our own words only
            f" FROM {source} JOIN pg_catalog.pg_index i ON i.indrelid = c.oid"
            " JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_catalog.pg_am m ON m.oid = x.relam"
            f" WHERE {place} AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid ORDER BY x.relname"
        ).bindparams(**values)
    )
    indexes = []
    for numbered, count, unique, method in rows:
        inside = str(numbered).split()[: int(count)]
        if method in _ORDERED and all(number in names for number in inside):
            indexes.append(Index(tuple(names[number] for number in inside), bool(unique)))
    return Keys(tuple(indexes), None, None, frozenset())


_ORDERED = (None, "btree", "prefix", "lsm")
"""Index methods that order: unnamed ones, PostgreSQL's, CockroachDB's, YugabyteDB's."""


def _mysql_keys(reader: Reader, found: Table) -> Keys:
    rows = reader.rows(
        text(
            "SELECT index_name, non_unique, column_name, sub_part, index_type FROM information_schema.statistics"
            " WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :name"
            " ORDER BY index_name, seq_in_index"
        ).bindparams(schema=found.schema, name=found.name)
    )
    parts: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        parts.setdefault(_word(row[0]), []).append(row)
    indexes = [
        Index(tuple(_word(row[2]) for row in each), not each[0][1])
        for each in parts.values()
        # Not on expressions, not on the beginnings of texts, not by hash or words.
        if all(row[2] is not None and row[3] is None and row[4] == "BTREE" for row in each)
    ]
    # Its collations may call letters of both cases equal, and then its unique keys do so too: ids that differ in case
    # only are one stream to the server, and asking byte by byte would make the index useless.
    return Keys(tuple(indexes), None, None, frozenset())


def _duckdb_keys(reader: Reader, found: Table) -> Keys:
    rows = reader.rows(
        text(
            "SELECT constraint_column_names FROM duckdb_constraints() WHERE database_name = current_database()"
            " AND schema_name = coalesce(:schema, current_schema()) AND table_name = :name"
            " AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')"
        ).bindparams(schema=found.schema, name=found.name)
    )
    indexes = [Index(tuple(row[0]), True) for row in rows]
    counted = next((each.name for each in found.columns if each.name == FILE_ROW), None)
    if counted is not None and reader.value(text("SELECT current_database()")) == "memory":
        indexes.append(Index((counted,), True))
        return Keys(tuple(indexes), "rowid", counted, frozenset())
    return Keys(tuple(indexes), None if found.view else "rowid", None, frozenset())


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
