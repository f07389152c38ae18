"""Events found by the ids that they name others by, in their metadata or data, and by their own ids.

The database passes over the rows that can't be meant, where it has a column for such an id or keeps metadata as text:
an id then stands in it letter by letter, whatever its key is called and however deep it lies. What is left is decoded
and looked at, so that nothing is found which reading every event would not find, and nothing missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, and_, func, literal, or_
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql

from esviewer.model.batch import Undecodable
from esviewer.model.causation import (
    UUID_TEXT,
    Inside,
    LinkedEvent,
    LinkReader,
    Links,
    linked,
    names_links,
    same_id,
)
from esviewer.model.event import Event
from esviewer.stores.batching import Rows
from esviewer.stores.binding import POSITION, EventTable
from esviewer.stores.databases.database import Database
from esviewer.stores.layouts.model import Payload
from esviewer.stores.reading import EventReader
from esviewer.stores.relation import Field, bound
from esviewer.stores.structure import position_after, position_before
from esviewer.work import Work

Wanted = Callable[[Links], bool]

_SAFE: Final = re.compile(r"[A-Za-z0-9_.~:-]+", re.ASCII)
"""Letters that JSON is written with as they are."""
_ESCAPED: Final = "\\u00"
"""How JSON begins an ASCII letter that is written otherwise."""
_KEEP_TEXT: Final = frozenset({"json", "sniff", "zlib", "gzip", "zstd", "lz4", "tagged", "json_string", "aes_gcm"})
"""Codecs that leave what begins as a JSON object as it is."""
_SEARCHED: Final = ("sqlite", "postgresql", "mysql", "duckdb")
_MOST_TEXTS: Final = 50
"""Texts looked for in one statement; for more, reading the rows costs no more."""
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """Positions between which there are some events: after `low`, up to `high`."""

    low: int
    high: int


class Linked:
    """Asks one event table."""

    def __init__(self, database: Database, table: EventTable, reader: EventReader) -> None:
        self._database = database
        self._table = table
        self._reader = reader
        self.links = LinkReader(table.layout.correlation, table.layout.causation)
        """Finds the ids in an event's metadata and data."""

    def of(self, event: Event) -> LinkedEvent:
        """An event without its payload, and what it says of others."""
        return linked(event, self.links.of(event.metadata, event.data))

    # Parts of the store

    @property
    def by_stretches(self) -> bool:
        """Whether the events between two positions can be read without the others."""
        table = self._table
        field = table.position_field
        numbered = field is None or field.column.kind in ("integer", "number")
        order = table.store_order
        return table.position is not None and numbered and order.fields[0] == POSITION and order.keyset

    def stretch_after(self, position: int, count: int, work: Work | None) -> Stretch | None:
        """The next `count` events after a position; None where there are none. For stores `by_stretches`."""
        high = position_after(self._database, self._table, position, count, work)
        return None if high is None else Stretch(position, high)

    def stretch_before(self, position: int, count: int, work: Work | None) -> Stretch | None:
        """The `count` events before a position; None where there are none. For stores `by_stretches`."""
        low = position_before(self._database, self._table, position - 1, count, work)
        return None if low is None else Stretch(low - 1, position - 1)

    # Searching

    def passes_over(self, texts: Collection[str], inside: Inside = "metadata") -> bool:
        """Whether the database passes over rows that hold none of some texts."""
        return self._candidates(texts, inside) is not None

    def naming(self, text: str) -> list[ColumnElement[bool]]:
        """Conditions that hold at least for all rows which may name a correlation id, in metadata or data."""
        places: tuple[Inside, ...] = ("metadata", "data")
        found = [self._candidates([text], each) for each in places if each == "data" or self._has_metadata]
        told = [each for each in found if each is not None]
        return [or_(*told)] if len(told) == len(found) else []

    @property
    def _has_metadata(self) -> bool:
        return bool(self._columns() or self._places("metadata"))

    def indexed(self, inside: Inside = "metadata") -> bool:
        """Whether an index leads to the events with a correlation id, so that parts of the store need no looking at."""
        if inside != "metadata" or self._places(inside):
            return False
        fields = self._columns()
        return bool(fields) and all(
            self._table.relation.plain and self._table.keys.ordered_by(each.name) for each in fields
        )

    def holding(
        self,
        texts: Collection[str],
        wanted: Wanted,
        inside: Inside = "metadata",
        *,
        stretch: Stretch | None = None,
        unnumbered: bool = False,
        looked: Callable[[int], None] | None = None,
        work: Work | None = None,
    ) -> Iterator[LinkedEvent]:
        """The events whose links are `wanted`, in store order, of those whose metadata (or data) may hold a text.

        `unnumbered`: those without a position, instead of a `stretch`. `looked` is told how many were decoded for it.
        """
        candidates = self._candidates(texts, inside)
        where = [] if candidates is None else [candidates]
        for rows in self._rows(where, stretch, unnumbered, work):
            for index, links in enumerate(self._links_of(rows)):
                if wanted(links):
                    yield linked(rows.event(index), links)
            if looked is not None:
                looked(len(rows))
            if work is not None:
                work.check()

    @property
    def has_unnumbered(self) -> bool:
        """Whether there may be events without a position."""
        return self._table.position_nullable

    def _rows(
        self, where: Sequence[ColumnElement[bool]], stretch: Stretch | None, unnumbered: bool, work: Work | None
    ) -> Iterator[Rows]:
        position = self._table.position
        if stretch is None and not unnumbered:
            return self._reader.of_store(None, None, where, work)
        assert position is not None
        if unnumbered:
            return self._reader.of_store(None, None, [position.is_(None), *where], work)
        assert stretch is not None
        up_to = position <= bound(stretch.high)
        return self._reader.of_store(None, None, [up_to, *where], work, begin=[position > bound(stretch.low)])

    def _links_of(self, rows: Rows) -> Iterator[Links]:
        if not len(rows):
            return
        rows.decode()
        of = self.links.of
        for metadata, data in zip(rows.column("metadata"), rows.data, strict=True):
            yield of(metadata, None if type(data) is Undecodable else data)

    def with_ids(self, ids: Collection[str], *, work: Work | None = None) -> list[LinkedEvent]:
        """The events with some ids, in store order; those that are nowhere are missing."""
        part = self._table.parts.get("event_id")
        if part is None or not part.present:
            return []
        meant = {same_id(each) for each in ids}
        found = []
        rest = iter(ids)
        while some := list(islice(rest, _AT_ONCE)):
            for rows in self._reader.of_store(None, None, self._own(some), work):
                links = None
                for index, own in enumerate(rows.column("event_id")):
                    if own is not None and same_id(str(own)) in meant:
                        links = links or list(self._links_of(rows))
                        found.append(linked(rows.event(index), links[index]))
                if work is not None:
                    work.check()
        return found

    def _own(self, ids: Sequence[str]) -> list[ColumnElement[bool]]:
        """The condition that an event may have one of some ids."""
        part = self._table.parts["event_id"]
        if part.source.inside:
            found = self._candidates(ids, "data" if part.source.data is not None else "metadata")
            return [] if found is None else [found]
        column = self._table.plain_column("event_id")
        plain = column is not None and part.source.sql is None and part.source.rule is None and not part.source.uuid
        if column is not None and plain:
            equal = self._equals(Field(column.name, column), ids)
            return [] if equal is None else [equal]
        if part.source.rule is not None or part.source.uuid or part.expression is None:
            return []
        return [sql_cast(part.expression, sql.Text()).in_([each for ident in ids for each in _spellings(ident)])]

    # What the database passes over

    def _candidates(self, texts: Collection[str], inside: Inside) -> ColumnElement[bool] | None:
        """The condition that a row may hold one of some texts; None where that can't be told."""
        if len(texts) > _MOST_TEXTS or self._table.database not in _SEARCHED:
            return None
        options: list[ColumnElement[bool]] = []
        for field in self._columns() if inside == "metadata" else ():
            equal = self._equals(field, texts)
            if equal is None:
                return None
            options.append(equal)
        for payload, expression in self._places(inside):
            held = self._held(payload, expression, texts)
            if held is None:
                return None
            options.append(held)
        return or_(*options) if options else None

    def _columns(self) -> list[Field]:
        """The columns that by their names hold such ids."""
        metadata = self._table.layout.metadata
        own = self._table.layout
        names = () if metadata is None else metadata.also
        given = {*own.correlation, *own.causation}
        meant = [name for name in names if (end := name.rpartition(".")[2]) in given or names_links(end)]
        return [found for name in meant if (found := self._table.relation.find([name])) is not None]

    def _places(self, inside: Inside) -> list[tuple[Payload, ColumnElement[Any]]]:
        """What payloads metadata (or data) is read from, and the columns."""
        table, layout = self._table, self._table.layout
        body = (layout.payload, table.payload)
        if inside == "data":
            return [body]
        found = [] if layout.metadata is None or table.metadata is None else [(layout.metadata, table.metadata)]
        held_by_data = layout.payload.key is not None or layout.payload.envelope or layout.unfold is not None
        return [*found, body] if held_by_data else found

    def _held(
        self, payload: Payload, expression: ColumnElement[Any], texts: Collection[str]
    ) -> ColumnElement[bool] | None:
        table = self._table
        codec = payload.codec
        field = table.relation.find(payload.columns) if payload.sql is None else None
        kind = "text" if field is None else field.column.kind
        kinds = {"sqlite": ("text", "json", "bytes", "other"), "duckdb": ("text", "json")}
        if kind not in kinds.get(table.database, ("text", "json", "bytes")) or not _KEEP_TEXT.issuperset(codec):
            return None
        if "aes_gcm" in codec and table.relation.cipher() is not None:
            return None
        asked = _Text(table, expression, kind)
        needles = [_needles(each) for each in texts]
        if not all(needles):
            return None
        each = [and_(*[or_(*map(asked.holds, spelled)) for spelled in needle]) for needle in needles]
        options = [*each, asked.holds(_ESCAPED)]
        if tuple(codec) != ("json",):
            options.append(asked.begins("{").is_(False))
        return or_(*options)

    def _equals(self, field: Field, ids: Collection[str]) -> ColumnElement[bool] | None:
        """The condition that a column has one of some ids; None where that can't be told."""
        raw, kind = self._table.raw(field.name), field.column.kind
        sqlite = self._table.database == "sqlite"
        if kind == "uuid" and not sqlite:
            known = [str(UUID(each)) for each in ids if _is_uuid(each)]
            return raw.in_([bound(each) for each in known]) if known else literal(1) == literal(0)
        if kind == "integer":
            numbers = [int(each) for each in ids if re.fullmatch(r"-?[0-9]{1,18}", each, re.ASCII)]
            values: list[Any] = [*numbers, *(ids if sqlite else ())]
            return raw.in_([bound(each) for each in values]) if values else literal(1) == literal(0)
        if kind in ("text", "uuid") or (kind == "other" and sqlite):
            return raw.in_([bound(each) for ident in ids for each in _spellings(ident) if "\0" not in each])
        return None


class _Text:
    """A column as text, as the kind of database looks through it."""

    def __init__(self, table: EventTable, expression: ColumnElement[Any], kind: str) -> None:
        self._database = table.database
        self._bytes = self._database == "mysql" or (kind == "bytes" and self._database == "postgresql")
        self._expression = expression
        if self._database == "sqlite":
            self._bytes = not table.wide_text
            self._expression = sql_cast(expression, LargeBinary if self._bytes else sql.Text)
        elif self._database == "mysql":
            self._expression = sql_cast(expression, sql.BINARY())
        elif not self._bytes:
            self._expression = sql_cast(expression, sql.Text())

    def _literal(self, text: str) -> ColumnElement[Any]:
        return literal(text.encode(), LargeBinary) if self._bytes else literal(text, sql.Text())

    def holds(self, text: str) -> ColumnElement[bool]:
        """Whether the text is in it."""
        held, sought = self._expression, self._literal(text)
        if self._database == "sqlite":
            return func.instr(held, sought) > 0
        if self._database == "mysql":
            return func.locate(sought, held) > 0
        if self._database == "postgresql":
            return (func.pg_catalog.position(held, sought) if self._bytes else func.strpos(held, sought)) > 0
        return func.contains(held, sought)

    def begins(self, text: str) -> ColumnElement[bool]:
        """Whether it begins with a letter."""
        return func.substr(self._expression, 1, 1) == self._literal(text)


def _needles(text: str) -> list[tuple[str, ...]]:
    """What stands in a row that holds a text: of each of these, one spelling; nothing where that can't be told."""
    if _is_uuid(text):
        digits = same_id(text)
        return [tuple({part, part.upper()}) for part in (digits[:8], digits[-12:])]
    runs = _SAFE.findall(text)
    return [(max(runs, key=len),)] if runs else []


def _is_uuid(text: str) -> bool:
    return UUID_TEXT.fullmatch(text) is not None


def _spellings(text: str) -> list[str]:
    """A text, and where it is a UUID the other ways to write it."""
    found = [text]
    if _is_uuid(text):
        dashed = str(UUID(text))
        found += [dashed, dashed.upper(), dashed.replace("-", ""), dashed.replace("-", "").upper()]
    return list(dict.fromkeys(found))
