"""A layout put onto a real table: which expression selects each part, how rows are found and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    LargeBinary,
    Select,
    bindparam,
    column,
    literal_column,
    select,
    table,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql

from esviewer.errors import StoreError
from esviewer.stores import codecs
from esviewer.stores.catalog import Column, Keys, Table
from esviewer.stores.layout import Payload, Source, TableLayout, folded
from esviewer.stores.text_rules import RULES
from esviewer.stores.times import Timestamps

_AS_TEXT = ("uuid", "json", "zoned", "time", "other")
"""Kinds of PostgreSQL columns whose text is exact where the driver's own Python value might not be."""


def bound(value: Any) -> BindParameter[Any]:
    """A parameter whose type the database infers, so that text compares with uuid and int with numeric."""
    return bindparam(None, value, type_=sql.NullType(), unique=True)


def key_text(value: Any) -> str:
    """An id as people see it: text as it is, bytes as hex digits, the rest as it prints."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return str(value)


def whole(value: Any) -> int | None:
    """A version as a whole number, or None when it is none."""
    if type(value) is int:
        return value
    if value is None or isinstance(value, (bool, bytes)):
        return None
    try:
        number = int(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return number if isinstance(value, str) or number == value else None


@dataclass(frozen=True, slots=True)
class Part:
    """How one part comes out of a row."""

    source: Source
    expression: ColumnElement[Any] | None
    """What to select; None when the part is inside a payload or not there."""

    @property
    def present(self) -> bool:
        """Whether the layout and the table have it."""
        return self.expression is not None or bool(self.source.data or self.source.metadata)

    def ruled(self, value: Any) -> Any:
        """The value after the source's text rule and default."""
        if value is not None and self.source.rule is not None:
            value = RULES[self.source.rule](key_text(value))
        return self.source.default if value is None else value


class BoundTable:
    """One table read through its layout."""

    def __init__(
        self, layout: TableLayout, found: Table, keys: Keys, database: str, *, wide_text: bool = False
    ) -> None:
        self.layout = layout
        self.found = found
        self.keys = keys
        self.database = database
        self._wide_text = wide_text
        names = [each.name for each in found.columns]
        if keys.rowid is not None:
            names.append(keys.rowid)
        self.table = table(found.name, *map(column, names), schema=found.schema)
        self._by_name = {folded(each.name): each for each in reversed(found.columns)}
        self.id_column = self._needed("aggregate_id")
        self.version_column = self._needed("version")
        self.id = self._collated(self.id_column)
        self.version = self._version_expression()
        self.parts = {name: self._part(name) for name in layout.parts if name not in ("version", "position")}
        self.payload = self._payload_expression(layout.payload)
        self.chain = codecs.chain(layout.payload.codec)
        self.timestamps = Timestamps(layout.part("timestamp").form, layout.part("timestamp").zone)

    def _find(self, names: Iterable[str], only: str = "") -> Column | None:
        for name in names:
            found = self._by_name.get(folded(name))
            if found is not None and (not only or (found.kind == "integer") == (only == "integer")):
                return found
        return None

    def _needed(self, part: str) -> Column:
        found = self._find(self.layout.part(part).columns)
        if found is None:
            names = " or ".join(self.layout.part(part).columns)
            raise StoreError(
                f"Table {self.found.full_name} has no column {names} for {part}.",
                "Correct the layout, or choose another.",
            )
        return found

    def plain_column(self, part: str) -> Column | None:
        """The column a part comes from, if it comes from one."""
        source = self.layout.part(part)
        return self._find(source.columns, source.only)

    def raw(self, name: str) -> ColumnElement[Any]:
        """A column of the table as it is."""
        return self.table.c[name]

    def _collated(self, found: Column) -> ColumnElement[Any]:
        expression = self.raw(found.name)
        # Ids that differ in case are different aggregates, whatever order the column was declared with.
        return expression.collate("BINARY") if found.name in self.keys.odd_collations else expression

    def _version_expression(self) -> ColumnElement[Any]:
        expression = self.raw(self.version_column.name)
        if self.version_is_plain:
            return expression
        return sql_cast(expression, sql.BigInteger if self.database == "postgresql" else sql.Integer)

    @property
    def version_is_plain(self) -> bool:
        """Whether versions compare as stored, so that an index on them is of use; texts don't ("10" < "9")."""
        kind = self.version_column.kind
        # A SQLite column declared without a type keeps numbers as numbers.
        return kind in ("integer", "number") or (kind == "other" and self.database == "sqlite")

    def _part(self, name: str) -> Part:
        source = self.layout.part(name)
        if source.sql is not None:
            return Part(source, literal_column(f"({source.sql})"))
        found = self._find(source.columns, source.only)
        return Part(source, None if found is None else self.selected(found))

    def selected(self, found: Column) -> ColumnElement[Any]:
        """How to select a column so that nothing is lost on the way."""
        expression = self.raw(found.name)
        if self.database == "postgresql" and found.kind in _AS_TEXT:
            return sql_cast(expression, sql.Text)
        return expression

    def _payload_expression(self, payload: Payload) -> ColumnElement[Any]:
        found = self._find(payload.columns)
        if found is None:
            raise StoreError(
                f"Table {self.found.full_name} has no column {' or '.join(payload.columns)} for the payload.",
                "Correct the layout, or choose another.",
            )
        return self.payload_of(found)

    def payload_of(self, found: Column) -> ColumnElement[Any]:
        """How to select a payload: as bytes where the database can give them."""
        if self.database == "sqlite" and not self._wide_text:
            return sql_cast(self.raw(found.name), LargeBinary)
        return self.selected(found)

    @property
    def shown_id(self) -> ColumnElement[Any]:
        """The id as it is selected."""
        return self.selected(self.id_column)

    def key_values(self, shown: str) -> list[Any]:
        """The values by which an id that a person sees may be stored, likeliest first.

        UUIDs are found with and without dashes, numbers and bytes by their digits.
        """
        kind = self.id_column.kind
        texts = [shown]
        with suppress(ValueError):
            if len(shown) in (32, 36):
                number = UUID(shown)
                texts += [text for text in (str(number), number.hex) if text != shown]
        if self.database == "postgresql":
            if kind == "uuid":
                return texts[1:2] if len(texts) == 3 else [text for text in texts if _is_uuid(text)][:1]
            if kind == "integer":
                return [int(shown)] if shown.removeprefix("-").isdecimal() and len(shown) < 19 else []
            if kind == "number":
                return [shown] if shown.removeprefix("-").replace(".", "", 1).isdecimal() else []
            if kind == "bytes":
                return list(_bytes_of(texts))
            return [text for text in texts if "\0" not in text]
        values: list[Any] = list(texts)
        if kind != "text" and shown.removeprefix("-").isdecimal() and len(shown) < 20 and abs(int(shown)) < 1 << 63:
            values.append(int(shown))
        return values + list(_bytes_of(texts))

    def key_at_or_before(self, shown: str) -> Any:
        """Where in the order of ids a text that may be no id belongs: after all ids up to this value."""
        if self.database == "postgresql" and self.id_column.kind == "uuid":
            return _uuid_at_or_before(shown)
        values = self.key_values(shown)
        return values[0] if values else None

    def has_id(self, key: Any) -> ColumnElement[bool]:
        """The condition that a row belongs to one aggregate."""
        condition: ColumnElement[bool] = self.id == bound(key)
        return condition

    @property
    def indexed_by_id(self) -> bool:
        """Whether rows of one aggregate are found without reading the table."""
        plain = self.id_column.name not in self.keys.odd_collations
        return plain and self.keys.ordered_by(self.id_column.name)


def _uuid_at_or_before(text: str) -> str:
    plain = text.replace("-", "").lower()
    digits = next((i for i, char in enumerate(plain) if char not in "0123456789abcdef"), len(plain))
    if digits >= 32:
        return str(UUID(plain[:32]))
    fill = "f" if plain[digits : digits + 1] > "f" else "0"
    number = int(plain[:digits].ljust(32, fill), 16)
    return str(UUID(int=number if fill == "f" else max(0, number - 1)))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _bytes_of(texts: Sequence[str]) -> Iterable[bytes]:
    found: dict[bytes, None] = {}
    for text in texts:
        with suppress(ValueError):
            found[bytes.fromhex(text.replace("-", ""))] = None
    return [raw for raw in found if raw]


@dataclass(frozen=True, slots=True)
class Order:
    """The order rows are read in: the fields to sort by, and whether pages can go on after the last row's."""

    fields: tuple[str, ...]
    """Names of fields of the read rows."""
    keyset: bool
    """Whether an index gives this order and no two rows share the fields; else one statement streams all rows."""


POSITION: Final = "position"
TIE: Final = "tie"


class EventTable(BoundTable):
    """The events table read through its layout."""

    def __init__(
        self, layout: TableLayout, found: Table, keys: Keys, database: str, *, wide_text: bool = False
    ) -> None:
        super().__init__(layout, found, keys, database, wide_text=wide_text)
        source = layout.part("position")
        self.position_column = self._find(source.columns, source.only)
        self.position = self._position_expression()
        self.metadata = None
        self.metadata_chain = None
        self.also: dict[str, ColumnElement[Any]] = {}
        if layout.metadata is not None:
            held = self._find(layout.metadata.columns)
            if held is not None:
                self.metadata = self.payload_of(held)
                self.metadata_chain = codecs.chain(layout.metadata.codec)
            for name in layout.metadata.also:
                extra = self._find([name])
                if extra is not None:
                    self.also[name] = self.selected(extra)
        self.unique_versions = keys.unique_on(self.id_column.name, self.version_column.name)
        self.fields = self._fields()

    def _position_expression(self) -> ColumnElement[Any] | None:
        if self.position_column is not None:
            return self.raw(self.position_column.name)
        return None if self.keys.rowid is None else self.raw(self.keys.rowid)

    @property
    def typed_by_id(self) -> bool:
        """Whether the aggregate's type is part of its id."""
        found = self._find(self.layout.part("aggregate_type").columns)
        return found is not None and found.name == self.id_column.name

    @property
    def position_unique(self) -> bool:
        """Whether no two events share a position."""
        if self.position_column is None:
            return self.keys.rowid is not None
        return self.keys.unique_on(self.position_column.name)

    @property
    def position_nullable(self) -> bool:
        """Whether events without a position are possible."""
        column_ = self.position_column
        return column_ is not None and column_.nullable and column_.name != self.keys.rowid_alias

    def _fields(self) -> dict[str, ColumnElement[Any]]:
        fields: dict[str, ColumnElement[Any]] = {"version": self.version, "data": self.payload}
        for name, part in self.parts.items():
            if part.expression is not None:
                fields[name] = part.expression
        if self.position is not None:
            fields[POSITION] = self.position
        if not self.unique_versions and not self.position_unique and self.keys.rowid is not None:
            fields[TIE] = self.raw(self.keys.rowid)
        if self.metadata is not None:
            fields["metadata"] = self.metadata
        for name, expression in self.also.items():
            fields[f"also {name}"] = expression
        return fields

    @property
    def versions_indexed(self) -> bool:
        """Whether an index gives one aggregate's events in version order."""
        plain = self.id_column.name not in self.keys.odd_collations and self.version_is_plain
        return plain and self.keys.ordered_by(self.id_column.name, self.version_column.name)

    @property
    def aggregate_order(self) -> Order:
        """The order of one aggregate's events."""
        if self.unique_versions:
            return Order(("version",), self.versions_indexed)
        if self.position_unique:
            return Order(("version", POSITION), self.versions_indexed and not self.position_nullable)
        if TIE in self.fields:
            return Order(("version", TIE), self.versions_indexed)
        return Order(("version", POSITION) if self.position is not None else ("version",), False)

    @property
    def store_order(self) -> Order:
        """The order of all events: by position, else reconstructed from time, aggregate and version."""
        if self.position is None:
            timed = "timestamp" in self.fields
            return Order(("timestamp", "aggregate_id", "version") if timed else ("aggregate_id", "version"), False)
        indexed = self.position_column is None or self.keys.ordered_by(self.position_column.name)
        if self.position_unique:
            return Order((POSITION,), indexed)
        if TIE in self.fields:
            return Order((POSITION, TIE), indexed)
        return Order((POSITION, "aggregate_id", "version"), indexed and self.unique_versions)

    def sort_key(self, field: str) -> ColumnElement[Any]:
        """What a field sorts by."""
        if field == "aggregate_id":
            return self.id
        column_ = self.plain_column(field) if field == "timestamp" else None
        if column_ is not None:
            return self.raw(column_.name)
        return self.fields[field]

    def select(self, fields: Sequence[str]) -> Select[Any]:
        """A SELECT of fields."""
        return select(*[self.fields[name].label(f"f{index}") for index, name in enumerate(fields)]).select_from(
            self.table
        )
