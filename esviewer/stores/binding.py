"""A layout put onto real tables: which expression selects each part, how rows are found and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as Folder
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    and_,
    func,
    select,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql

from esviewer.errors import StoreError
from esviewer.stores import codecs
from esviewer.stores.databases.catalog import Column, Keys
from esviewer.stores.layouts.model import Payload, Source, TableLayout, UuidBytes, sql_for
from esviewer.stores.layouts.text_rules import RULES
from esviewer.stores.layouts.times import Timestamps
from esviewer.stores.relation import NUMBER, Field, Relation, bound

_AS_TEXT = ("uuid", "json", "zoned", "time", "other")
"""Kinds of PostgreSQL columns whose text is exact where the driver's own Python value might not be."""


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
        return self.expression is not None or self.source.inside

    def ruled(self, value: Any) -> Any:
        """The value after the source's text rule and default."""
        if self.source.uuid and value is not None:
            value = uuid_text(value, self.source.uuid)
        if value is not None and self.source.rule is not None:
            value = RULES[self.source.rule](key_text(value))
        return self.source.default if value is None else value


def uuid_text(value: Any, form: UuidBytes) -> Any:
    """A UUID kept in 16 bytes as its usual text; what is no such thing stays as it is."""
    raw = bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b""
    if len(raw) != 16:
        return value
    if form == "mixed_endian":
        return str(UUID(bytes_le=raw))
    # UUID_TO_BIN(x, 1) puts the time's high and middle parts before its low one.
    return str(UUID(bytes=raw[4:8] + raw[2:4] + raw[:2] + raw[8:] if form == "time_swapped" else raw))


def uuid_bytes(number: UUID, form: UuidBytes) -> bytes:
    """The 16 bytes that a UUID is kept in."""
    if form == "mixed_endian":
        return number.bytes_le
    raw = number.bytes
    return raw[6:8] + raw[4:6] + raw[:4] + raw[8:] if form == "time_swapped" else raw


class BoundTable:
    """What a section of a layout is read from: one table, or several made into one."""

    def __init__(self, relation: Relation, *, wide_text: bool = False) -> None:
        layout = relation.section.layout
        self.relation = relation
        self.layout: TableLayout = layout
        self.keys: Keys = relation.keys
        self.database = relation.database
        self.wide_text = wide_text
        """Whether SQLite keeps texts as UTF-16, so that their bytes are not those of the text."""
        self.table = relation.source
        self.id_source = layout.part("aggregate_id")
        self.version_source = layout.part("version")
        self.id_field = self._single("aggregate_id")
        self.version_field = self._single("version")
        self.id = self._id_expression()
        self.version = self._version_expression()
        self.parts = {
            name: self._part(name)
            for name in layout.parts
            if name not in ("version", "position") and (name != "aggregate_id" or self.id_field is not None)
        }
        if self.id_field is None:
            self.parts["aggregate_id"] = Part(self.id_source, self.id)
        self.payload = self._payload_expression(layout.payload)
        folder = Folder(layout.codec_folder) if layout.codec_folder else None
        self.chain = codecs.chain(layout.payload.codec, folder, relation.cipher)
        source = layout.part("timestamp")
        zone = source.zone
        time = self.relation.find(source.columns, source.only)
        if zone is None and time is not None and time.column.kind == "zoned" and self.database == "mysql":
            # MySQL gives a TIMESTAMP in the session's zone, which is UTC, without saying so.
            zone = 0
        self.timestamps = Timestamps(source.form, zone)

    def _single(self, part: str) -> Field | None:
        """The column that a part is, when it is one."""
        source = self.layout.part(part)
        if not source.columns or source.sql is not None:
            return self.relation.find([NUMBER]) if source.number else None
        found = self.relation.find(source.columns, source.only)
        if found is None:
            raise StoreError(
                f"Table {self.relation.section.name} has no column {' or '.join(source.columns)} for {part}.",
                "Correct the layout, or choose another.",
            )
        return found

    @property
    def id_kind(self) -> str:
        """What the aggregate's id is declared to be."""
        return "text" if self.id_field is None else self.id_field.column.kind

    def plain_column(self, part: str) -> Column | None:
        """The column a part comes from, if it comes from one."""
        source = self.layout.part(part)
        found = self.relation.find(source.columns, source.only)
        return None if found is None else Column(found.name, found.column.kind, found.column.nullable)

    def raw(self, name: str) -> ColumnElement[Any]:
        """A column by its name, as it is."""
        return self.relation.raw(name)

    def _id_expression(self) -> ColumnElement[Any]:
        if self.id_field is None:
            expression = self.relation.expression(self.id_source)
            if expression is None:
                raise StoreError(f"The layout does not say where {self.relation.section.name} has its aggregate ids.")
            return expression
        found = self.raw(self.id_field.name)
        # Ids that differ in case are different aggregates, whatever order the column was declared with.
        return found.collate("BINARY") if self.id_field.name in self.keys.odd_collations else found

    def _version_expression(self) -> ColumnElement[Any]:
        if self.version_field is None:
            expression = self._version_of(self.version_source)
            return sql_cast(expression, self._whole)
        expression = self.raw(self.version_field.name)
        if not self._version_compares:
            expression = sql_cast(expression, self._whole)
        if self.stands_in is not None:
            return func.coalesce(expression, sql_cast(self.raw(self.stands_in.name), self._whole))
        return expression

    def _version_of(self, source: Source) -> ColumnElement[Any]:
        expression = self.relation.expression(source)
        if expression is None:
            raise StoreError(f"The layout does not say where {self.relation.section.name} has its versions.")
        return expression

    @property
    def _whole(self) -> sql.TypeEngine[int]:
        return sql.Integer() if self.database == "sqlite" else sql.BigInteger()

    @property
    def stands_in(self) -> Field | None:
        """What is taken where the version is null; None when it can't be."""
        name = self.version_source.otherwise
        if name is None or self.version_field is None or not self.version_field.column.nullable:
            return None
        return self.relation.find([name])

    @property
    def _version_compares(self) -> bool:
        # A SQLite column declared without a type keeps numbers as numbers.
        kind = "" if self.version_field is None else self.version_field.column.kind
        return kind in ("integer", "number") or (kind == "other" and self.database == "sqlite")

    @property
    def version_is_plain(self) -> bool:
        """Whether versions compare as stored, so that an index on them is of use; texts don't ("10" < "9")."""
        return self._version_compares and self.stands_in is None

    def _part(self, name: str) -> Part:
        source = self.layout.part(name)
        found = self.relation.find(source.columns, source.only)
        if found is not None and source.sql is None:
            return Part(source, self.selected(found))
        return Part(source, None if source.inside else self.relation.expression(source))

    def selected(self, found: Field) -> ColumnElement[Any]:
        """How to select a column so that nothing is lost on the way."""
        expression = self.raw(found.name)
        if self.database in ("postgresql", "duckdb") and found.column.kind in _AS_TEXT:
            return sql_cast(expression, sql.Text)
        if self.database == "mssql" and found.column.kind == "zoned":
            return sql_cast(expression, sql.Unicode(40))
        return expression

    def _payload_expression(self, payload: Payload) -> ColumnElement[Any]:
        expression = self.payload_of(payload)
        if expression is None:
            raise StoreError(
                f"Table {self.relation.section.name} has no column {' or '.join(payload.columns)} for the payload.",
                "Correct the layout, or choose another.",
            )
        return expression

    def payload_of(self, payload: Payload) -> ColumnElement[Any] | None:
        """How to select a payload, as bytes where the database can give them; None where it is not there."""
        made = self.relation.expression(Source(sql=payload.sql)) if payload.sql is not None else None
        found = None if made is not None else self.relation.find(payload.columns)
        if made is None and found is None:
            return None
        if self.database == "sqlite" and not self.wide_text:
            return sql_cast(self.raw(found.name) if found is not None else made, LargeBinary)
        if found is None:
            return made
        if found.column.kind == "oid":
            return func.lo_get(self.raw(found.name))
        return self.selected(found)

    @property
    def shown_id(self) -> ColumnElement[Any]:
        """The id as it is selected."""
        return self.id if self.id_field is None else self.selected(self.id_field)

    def id_text(self, value: Any) -> str:
        """An id as stored, as people see it."""
        if value is None:
            return str(self.id_source.default)
        return key_text(uuid_text(value, self.id_source.uuid) if self.id_source.uuid else value)

    @property
    def keeps_nameless(self) -> bool:
        """Whether rows without an aggregate's id are shown, as one aggregate."""
        return self.id_source.default is not None and (self.id_field is None or self.id_field.column.nullable)

    def with_id(self) -> list[ColumnElement[bool]]:
        """The condition that a row belongs to an aggregate that is shown."""
        return [] if self.keeps_nameless else [self.id.is_not(None)]

    def key_values(self, shown: str) -> list[Any]:
        """The values by which an id that a person sees may be stored, likeliest first.

        UUIDs are found with and without dashes, numbers and bytes by their digits. None stands for rows without an id.
        """
        if self.keeps_nameless and shown == str(self.id_source.default):
            return [None]
        kind = self.id_kind
        texts = [shown]
        with suppress(ValueError):
            if len(shown) in (32, 36):
                number = UUID(shown)
                if self.id_source.uuid and (kind == "bytes" or self.database == "sqlite"):
                    return [uuid_bytes(number, self.id_source.uuid), shown]
                texts += [each for each in (str(number), number.hex) if each != shown]
        if self.database != "sqlite":
            if kind == "uuid":
                return texts[1:2] if len(texts) == 3 else [each for each in texts if _is_uuid(each)][:1]
            if kind == "integer":
                return [int(shown)] if shown.removeprefix("-").isdecimal() and len(shown) < 19 else []
            if kind == "number":
                return [shown] if shown.removeprefix("-").replace(".", "", 1).isdecimal() else []
            if kind == "bytes":
                # Bytes may be a text as well, where a column is declared so that letters' case counts.
                return [*_bytes_of(texts), shown.encode()]
            return [each for each in texts if "\0" not in each]
        values: list[Any] = list(texts)
        if kind != "text" and shown.removeprefix("-").isdecimal() and len(shown) < 20 and abs(int(shown)) < 1 << 63:
            values.append(int(shown))
        return values + list(_bytes_of(texts))

    def key_at_or_before(self, shown: str) -> Any:
        """Where in the order of ids a text that may be no id belongs: after all ids up to this value."""
        if self.database == "postgresql" and self.id_kind == "uuid":
            return _uuid_at_or_before(shown)
        values = self.key_values(shown)
        return values[0] if values else None

    def has_id(self, key: Any) -> ColumnElement[bool]:
        """The condition that a row belongs to one aggregate."""
        if key is None:
            return self.id.is_(None)
        stored = sql_for(self.id_source.stored, self.database)
        held = None if stored is None else self.relation.find(self.id_source.columns)
        if stored is not None and held is not None:
            made = text("(" + stored.replace(":", "\\:").replace("{id}", ":esv_id") + ")").bindparams(esv_id=str(key))
            return and_(self.raw(held.name) == made, self.id == bound(key))
        condition: ColumnElement[bool] = self.id == bound(key)
        names = self.id_source.joined
        parts = str(key).split(self.id_source.separator) if names and self.id_source.separator else []
        if len(parts) == len(names) and names:
            # Each column by itself as well, so that an index on them is of use.
            found = [self.relation.find([name]) for name in names]
            same = [
                self.raw(each.name) == bound(one)
                for each, one in zip(found, parts, strict=True)
                if each is not None and each.column.kind == "text"
            ]
            condition = and_(condition, *same)
        return condition

    @property
    def counted_by_id(self) -> tuple[Field, Keys] | None:
        """The column that stands for an aggregate's id in our own table, and what orders by the id itself."""
        if self.id_field is None:
            return None
        joined = self.relation.joined_id
        return (self.id_field, self.keys) if joined is None else (joined.ours, joined.keys)

    @property
    def indexed_by_id(self) -> bool:
        """Whether rows of one aggregate are found without reading the table."""
        found = self.counted_by_id
        if found is None or self.id_field is None or self.id_field.name in self.keys.odd_collations:
            return False
        field, keys = found
        if not keys.ordered_by(self.id_field.name.rpartition(".")[2]):
            return False
        return field is self.id_field or self.keys.ordered_by(field.name)


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
    for each in texts:
        with suppress(ValueError):
            found[bytes.fromhex(each.replace("-", ""))] = None
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
COUNT: Final = "count"
KINDS: Final = "kinds kept"
ERROR: Final = "error kept"
RAW: Final = "raw kept"
WITH_DATA: Final = (COUNT, KINDS, ERROR, RAW)
"""Fields without which an event's data can't be told."""


class EventTable(BoundTable):
    """The events read through their layout."""

    def __init__(self, relation: Relation, *, wide_text: bool = False) -> None:
        super().__init__(relation, wide_text=wide_text)
        layout = self.layout
        source = layout.part("position")
        self.position_field = self.relation.find(source.columns, source.only)
        self.position = self._position_expression(source)
        self.metadata = None
        self.metadata_chain = None
        self.also: dict[str, ColumnElement[Any]] = {}
        if layout.metadata is not None:
            self.metadata = self.payload_of(layout.metadata)
            if self.metadata is not None:
                folder = Folder(layout.codec_folder) if layout.codec_folder else None
                self.metadata_chain = codecs.chain(layout.metadata.codec, folder, relation.cipher)
            for name in layout.metadata.also:
                extra = self.relation.find([name])
                if extra is not None:
                    self.also[name.rpartition(".")[2]] = self.selected(extra)
        self.count = self._count()
        self.unique_versions = self._unique_versions()
        self.fields = self._fields()

    def _position_expression(self, source: Source) -> ColumnElement[Any] | None:
        if self.position_field is not None:
            return self.raw(self.position_field.name)
        if source.sql is not None or source.json:
            return self.relation.expression(source)
        if source.columns or not self.layout.order:
            return None if self.keys.rowid is None else self.raw(self.keys.rowid)
        return None

    def _count(self) -> Field | None:
        """The column with how many events a row holds, where there may be several."""
        if self.layout.unfold is None:
            return None
        found = self.relation.find([self.layout.unfold.count])
        if found is None:
            raise StoreError(
                f"Table {self.relation.section.name} has no column {self.layout.unfold.count}.",
                "Correct the layout, or choose another.",
            )
        return found

    @property
    def first_version(self) -> ColumnElement[Any]:
        """The version of a row's first event."""
        if self.count is None:
            return self.version
        return self.version - self.raw(self.count.name) + 1

    @property
    def events_counted(self) -> ColumnElement[Any]:
        """How many events some rows hold, as an aggregate function."""
        if self.count is None:
            return func.count(self.version)
        return func.coalesce(func.sum(self.raw(self.count.name)), 0)

    def _unique_versions(self) -> bool:
        if self.version_source.number:
            return True
        found = self.counted_by_id
        if found is None or self.version_field is None or self.stands_in is not None:
            return False
        return self.keys.unique_on(found[0].name, self.version_field.name)

    @cached_property
    def scope(self) -> tuple[str, ColumnElement[Any]] | None:
        """The part that an id is unique within, and what gives it, where it is not unique by itself."""
        if self.layout.scope and (self.version_source.number or not self.unique_versions):
            given = self.relation.given(self.layout.part(self.layout.scope))
            return None if given is None or self.count is not None else (self.layout.scope, given)
        if self.unique_versions or self.id_field is None or self.version_field is None or self.count is not None:
            return None
        if len(self.relation.members) > 1:
            return self._label_as_scope(self.id_field, self.version_field)
        for part in ("aggregate_type", "tenant"):
            found = self.relation.find(self.layout.part(part).columns)
            if found is not None and found is not self.id_field and "." not in found.name:
                whole = {self.id_field.name, self.version_field.name, found.name}
                if any(index.unique and set(index.columns) == whole for index in self.keys.indexes):
                    return part, self.raw(found.name)
        return None

    def _label_as_scope(self, ident: Field, version: Field) -> tuple[str, ColumnElement[Any]] | None:
        """The label of a family, when each of its tables has its versions once."""
        family = self.layout.family
        found = self.relation.find(self.layout.part("aggregate_type").columns)
        if family is None or found is None or found.name != family.label:
            return None
        kept = [self.relation.keys_of(member) for member, _ in self.relation.members]
        each_once = all(keys is not None and keys.unique_on(ident.name, version.name) for keys in kept)
        return ("aggregate_type", self.raw(found.name)) if each_once else None

    @property
    def typed_by_id(self) -> bool:
        """Whether the aggregate's type is part of its id."""
        found = self.relation.find(self.layout.part("aggregate_type").columns)
        return found is not None and found is self.id_field

    @property
    def position_unique(self) -> bool:
        """Whether no two events share a position."""
        if self.position_field is None:
            return self.position is not None and self.keys.rowid is not None
        return self.keys.unique_on(self.position_field.name)

    @property
    def position_nullable(self) -> bool:
        """Whether events without a position are possible."""
        found = self.position_field
        return found is not None and found.column.nullable and found.name != self.keys.rowid_alias

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
        body = self.layout.payload
        for name, column in ((KINDS, body.kinds), (ERROR, body.error), (RAW, body.raw)):
            kept = self.relation.find([column]) if column else None
            if kept is not None:
                fields[name] = self.selected(kept)
        for name in self.layout.order:
            found = self.relation.find([name])
            if found is not None:
                fields[f"order {name}"] = self.raw(found.name)
        if self.count is not None:
            fields[COUNT] = self.raw(self.count.name)
        return fields

    @cached_property
    def alike(self) -> dict[str, str]:
        """The fields that are read from the same as an earlier field, and which that is."""
        found: dict[str, str] = {}
        first: list[str] = []
        for name, expression in self.fields.items():
            same = next((other for other in first if expression.compare(self.fields[other])), None)
            if same is None:
                first.append(name)
            else:
                found[name] = same
        return found

    @property
    def versions_indexed(self) -> bool:
        """Whether an index gives one aggregate's events in version order."""
        found = self.counted_by_id
        if found is None or self.version_field is None or not self.version_is_plain:
            return False
        plain = found[0].name not in self.keys.odd_collations and self.count is None
        return plain and self.keys.ordered_by(found[0].name, self.version_field.name)

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
        """The order of all events: by position, else by what the layout names, else by time, aggregate, version."""
        alone = self.layout.family is not None and len(self.relation.members) == 1 and self.position_unique
        if self.layout.order and not alone and (self.position is None or self.position_field is not None):
            named = tuple(f"order {name}" for name in self.layout.order if f"order {name}" in self.fields)
            if named:
                return Order((*named, "aggregate_id", "version"), False)
        if self.position is None:
            timed = "timestamp" in self.fields
            return Order(("timestamp", "aggregate_id", "version") if timed else ("aggregate_id", "version"), False)
        indexed = self.position_field is None or self.keys.ordered_by(self.position_field.name)
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


class SnapshotTable(BoundTable):
    """The snapshots read through their layout."""

    def __init__(self, relation: Relation, events: EventTable, *, wide_text: bool = False) -> None:
        self._events = events
        super().__init__(relation, wide_text=wide_text)

    def _version_of(self, source: Source) -> ColumnElement[Any]:
        if source.after is None:
            return super()._version_of(source)
        found = self.relation.find([source.after])
        events = self._events
        if found is None or events.position is None:
            raise StoreError(
                f"Table {self.relation.section.name} has no column {source.after}, or its events no position.",
                "Correct the layout, or choose another.",
            )
        inner = events.table.alias("seen") if events.relation.plain else events.table
        ident = inner.c[events.id_field.name] if events.id_field is not None else events.id
        version = inner.c[events.version_field.name] if events.version_field is not None else events.version
        position = inner.c[events.position_field.name] if events.position_field is not None else events.position
        own = self._id_expression()
        return (
            select(func.max(version))
            .select_from(inner)
            .where(ident == own, position <= self.raw(found.name))
            .correlate(self.table)
            .scalar_subquery()
        )
