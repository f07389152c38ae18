"""Events read page by page, each page in a transaction of its own that goes on after the last row's key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

from sqlalchemy import Cast, ColumnElement, Select, func, select

from esviewer.errors import DamagedError
from esviewer.stores.batching import Batches, Rows, columns_of
from esviewer.stores.binding import POSITION, TIE, WITH_DATA, EventTable, Order
from esviewer.stores.collecting import collector_paused
from esviewer.stores.damage import Gap, after
from esviewer.stores.databases.database import Database, GaveWay, Row
from esviewer.stores.relation import bound
from esviewer.work import Work

FIRST_PAGE: Final = 250
LARGEST_PAGE: Final = 8_000
"""Rows of a page; so many that what a transaction takes by itself does not matter."""
LARGEST_BATCH: Final = 500
"""Events decoded at a time: values of so many are still in the processor's cache when they are replayed."""
BATCH_AT_ONCE: Final = 1_000
"""Events decoded at a time by who looks at all of the store: more, since much is done once for each batch."""
Part: TypeAlias = tuple[Any, Any]
"""The ids, as stored, that a part of the aggregates comes after and ends with; None where nothing bounds it."""
_SAMPLES: Final = 199
_WORTH_PARTING: Final = 100_000
_WORTH_SORTING: Final = 100_000
"""Rows from which on a table is larger than what SQLite keeps of it in memory."""
_SMALL: Final = 2_000
"""Bytes of a payload up to which sorting events costs less than visiting each where it lies."""
_NEAR: Final = 50
"""Rows up to which two may lie in the same page of a file, or in the next one."""
PAGE_BYTES: Final = 16 * 1024 * 1024
"""A page ends when its payloads have this many bytes; at PostgreSQL the size of the next one is set by it."""


class EventReader:
    """Reads a store's events in order."""

    def __init__(self, database: Database, table: EventTable, batches: Batches) -> None:
        self.database = database
        self.table = table
        self.batches = batches

    def of_aggregate(
        self,
        own: ColumnElement[bool],
        shown: str,
        from_version: int | None,
        to_version: int | None,
        work: Work | None,
        parts: Collection[str] | None = None,
    ) -> Iterator[Rows]:
        """One aggregate's events by version; `own` finds them, `shown` is its id as people see it.

        With `parts` only these are read, and the versions.
        """
        table = self.table
        left_out = {"aggregate_id"} | ({"aggregate_type"} if table.typed_by_id else set())
        fields = [name for name in table.fields if name not in left_out]
        if parts is not None and not self._inside(parts):
            wanted = {"version", *table.aggregate_order.fields, *parts, *WITH_DATA}
            fields = [name for name in fields if name in wanted]
        where = [own, table.version.is_not(None), *self._within(None, to_version)]
        pages = self._pages(fields, where, table.aggregate_order, work, shown, self._within(from_version, None))
        return _only_within(pages, table, from_version, to_version)

    def selecting(self, own: ColumnElement[bool], version: int | None) -> Select[Any]:
        """The statement that reads one aggregate's events, or the event of one version, all at once."""
        table = self.table
        names = [name for name in table.fields if table.alike.get(name) not in table.fields]
        where = [own, table.version.is_not(None)]
        if version is not None:
            one = table.count is None
            where += [table.version == bound(_clamped(version))] if one else self._within(version, version)
        order = map(table.sort_key, table.aggregate_order.fields)
        # Casts keep drivers from losing something; clients show columns better as they are.
        bare = {name: each.clause if isinstance(each := table.fields[name], Cast) else each for name in names}
        columns = [each.label(name) for name, each in bare.items()]
        return select(*columns).select_from(table.table).where(*where).order_by(*order)

    def of_store(
        self,
        from_version: int | None,
        to_version: int | None,
        more: Sequence[ColumnElement[bool]],
        work: Work | None,
        parts: Collection[str] | None = None,
        begin: Sequence[ColumnElement[bool]] = (),
        *,
        backwards: bool = False,
    ) -> Iterator[Rows]:
        """All events in store order; `more` are further conditions, `begin` such that hold from some position on.

        With `parts` only these are read, and what says where an event is. `backwards`: the last one first, in one
        statement.
        """
        table = self.table
        fields = list(table.fields) if parts is None else self._fields_for(parts)
        order = table.store_order
        where = [*self._within(from_version, to_version), *more]
        if order.fields[0] != POSITION or backwards:
            where, begin = [*where, *begin], ()
        if table.position is None or not table.position_nullable:
            pages = self._pages(fields, where, order, work, begin=begin, backwards=backwards)
            yield from _only_within(pages, table, from_version, to_version)
            return
        # Events without a position come last, however the database sorts NULL.
        rest = Order(("aggregate_id", "version"), False)
        both = ((table.position.is_not(None), order), (table.position.is_(None), rest))
        for part, by in reversed(both) if backwards else both:
            pages = self._pages(fields, [part, *where], by, work, begin=begin, backwards=backwards)
            yield from _only_within(pages, table, from_version, to_version)

    def _fields_for(self, parts: Collection[str]) -> list[str]:
        """The fields that some parts need; all, where one of them is inside a payload."""
        table = self.table
        if self._inside(parts) or "metadata" in parts:
            return list(table.fields)
        wanted = {"aggregate_id", "aggregate_type", "version", POSITION, TIE, *table.store_order.fields, *parts}
        if table.scope is not None:
            wanted.add(table.scope[0])
        return [name for name in table.fields if name in wanted]

    def _inside(self, parts: Collection[str]) -> bool:
        """Whether one of some parts is inside a payload."""
        return any(name not in self.table.fields and name in self.table.parts for name in parts)

    def by_aggregate(
        self,
        work: Work | None,
        part: Part = (None, None),
        since: int | None = None,
        *,
        at_once: bool = False,
        parts: Collection[str] | None = None,
    ) -> Iterator[Rows]:
        """All events, those of each aggregate together and by version; `part` as `parts` gives them.

        With `parts` only these are read, and what says where an event is.

        With `since`, all those of aggregates that have an event after this position. `at_once` says that all of them
        will be read, so that it may take a while until the first ones come if the others come the faster.
        """
        table = self.table
        own = table.aggregate_order
        keyset = own.keyset and table.id_field is not None
        if since is not None and not self._by_position:
            keyset = False  # each page would look for the new events in the whole table
        order = Order(("aggregate_id", *own.fields), keyset)
        whole = parts is None or table.count is not None  # how many events a row holds is in its payload
        fields = list(table.fields) if whole or parts is None else self._fields_for(parts)
        numbered = table.version.is_not(None)
        after, until = part
        new = None if since is None else self._newer(since)
        if table.keeps_nameless and after is None:
            nameless = table.id.is_(None)
            there = [] if new is None else [new.where(nameless).correlate(None).exists()]
            yield from self._pages(fields, [nameless, numbered, *there], own, work)
        where: list[ColumnElement[bool]] = [table.id.is_not(None), numbered]
        if new is not None:
            where.append(table.id.in_(new.where(table.id.is_not(None)).correlate(None)))
        if until is not None:
            where.append(table.id <= bound(until))
        begin = [] if after is None else [table.id > bound(after)]
        last: Row | None = None
        if at_once and new is None and self.sorts(work):
            try:
                for rows, last in self._sorted(fields, part, order, work):  # noqa: B007 - needed after the loop
                    yield from rows
                return
            except GaveWay:
                pass
        yield from self._pages(fields, where, order, work, begin=begin, last=last)

    def _sorted(
        self, fields: Sequence[str], part: Part, order: Order, work: Work | None
    ) -> Iterator[tuple[Iterator[Rows], Row]]:
        """The events of a part read as they are stored and sorted by the database, and the last one's sort keys."""
        table = self.table
        alike = {name: other for name, other in table.alike.items() if name in fields and other in fields}
        fields = [name for name in fields if name not in alike]
        picked = [fields.index(alike.get(name, name)) for name in order.fields]
        after, until = part
        where: list[ColumnElement[bool]] = [table.id.is_not(None), table.version.is_not(None)]
        where += [] if after is None else [table.id > bound(after)]
        where += [] if until is None else [table.id <= bound(until)]
        statement = table.select(fields).where(*where).order_by(*map(table.sort_key, order.fields))
        statement = statement.with_hint(table.table, "NOT INDEXED", "sqlite")
        reading = self.database.sorted(statement, BATCH_AT_ONCE, work)
        while True:
            with collector_paused():
                rows = next(reading, None)
                if rows is None:
                    return
                last = tuple(rows[-1][index] for index in picked)
                columns = _columns(rows, fields, alike)
                rows = []
            yield self.batches.make_parts(columns, None, BATCH_AT_ONCE), last

    def sorts(self, work: Work | None) -> bool:
        """Whether who reads all events `at_once` has all of them sorted, for each part anew.

        That is so where a file's events are many, small, and lie so that each aggregate's are far from each other.
        """
        table = self.table
        rowid = table.keys.rowid
        if not table.aggregate_order.keyset or table.id_field is None:
            return False
        if self.database.kind != "sqlite" or rowid is None or not table.relation.plain or table.count is not None:
            return False
        place = table.raw(rowid)
        ends = [select(end(place)).select_from(table.table) for end in (func.min, func.max)]
        low, high = self.database.read(lambda reader: [reader.value(each) for each in ends], work)
        if low is None or high - low < _WORTH_SORTING:
            return False
        middle = select(table.id, func.length(table.fields["data"])).where(place >= bound((low + high) // 2))
        some = self.database.read(lambda reader: reader.rows(middle.order_by(place).limit(_SAMPLES)), work)
        ident = next((row[0] for row in some if row[0] is not None), None)
        if ident is None or sum(row[1] or 0 for row in some) > _SMALL * len(some):
            return False
        order = map(table.sort_key, ("aggregate_id", *table.aggregate_order.fields))
        along = select(place).where(table.id >= bound(ident), table.version.is_not(None)).order_by(*order)
        places = [row[0] for row in self.database.read(lambda reader: reader.rows(along.limit(_SAMPLES)), work)]
        far: int = sum(abs(one - other) > _NEAR for one, other in pairwise(places))
        return far * 2 > len(places)

    def _newer(self, since: int) -> Select[Any]:
        """The ids of the aggregates of events after a position."""
        assert self.table.position is not None
        return select(self.table.id).select_from(self.table.table).where(self.table.position > bound(since))

    @property
    def _by_position(self) -> bool:
        """Whether an index leads to the events after a position."""
        field = self.table.position_field
        return self.table.relation.plain and (field is None or self.table.keys.ordered_by(field.name))

    def parts(self, number: int, work: Work | None, since: int | None = None) -> list[Part]:
        """About equal parts of the events by aggregate, for reading side by side; a single one where that can't be.

        With `since` they are for reading the aggregates that have an event after this position.
        """
        table = self.table
        position = table.position_field
        plain = table.aggregate_order.keyset and table.id_field is not None and table.count is None
        if not plain or table.relation.joined_id is not None or number < 2:
            return [(None, None)]
        if position is None and table.keys.rowid is not None:
            place = table.raw(table.keys.rowid)
        elif position is not None and position.column.kind == "integer" and table.keys.ordered_by(position.name):
            place = table.raw(position.name)
        else:
            return [(None, None)]
        # The aggregates of events here and there in the store, in the order of the index.
        ends = select(func.min(place), func.max(place)).select_from(table.table)
        low, high = self.database.read(lambda reader: reader.rows(ends), work)[0]
        if low is not None and since is not None:
            low = max(low, since)
        if low is None or high - low < _WORTH_PARTING:
            return [(None, None)]
        found = set()
        for sample in range(_SAMPLES):
            at = low + (high - low) * sample // _SAMPLES
            statement = select(table.shown_id).select_from(table.table).where(place >= bound(at), table.id.is_not(None))
            statement = statement.order_by(place).limit(1)
            row = self.database.read(lambda reader, each=statement: reader.row(each), work)  # type: ignore[misc]
            if row is not None:
                found.add(row[0])
        keys = select(table.shown_id).select_from(table.table).where(table.id.in_([bound(key) for key in found]))
        keys = keys.group_by(table.id).order_by(table.id)
        ordered = [row[0] for row in self.database.read(lambda reader: reader.rows(keys), work)]
        between = [ordered[len(ordered) * each // number] for each in range(1, number)]
        bounds = [None, *dict.fromkeys(between), None]
        return list(pairwise(bounds))

    def _within(self, from_version: int | None, to_version: int | None) -> list[ColumnElement[bool]]:
        version = self.table.version
        where: list[ColumnElement[bool]] = []
        if from_version is not None:
            where.append(version >= bound(_clamped(from_version)))
        if to_version is not None:
            where.append(self.table.first_version <= bound(_clamped(to_version)))
        return where

    def _pages(
        self,
        fields: Sequence[str],
        where: Sequence[ColumnElement[bool]],
        order: Order,
        work: Work | None,
        shown: str | None = None,
        begin: Sequence[ColumnElement[bool]] = (),
        last: Row | None = None,
        backwards: bool = False,
    ) -> Iterator[Rows]:
        """Rows in order, those after the one with the sort keys `last`, if an index gives the order.

        `begin` are conditions on the first field of the order, which hold from some row on. They are left out once a
        row was read: of two lower bounds SQLite seeks the first, so that each page would pass over all rows of the
        pages before.
        """
        table = self.table
        sort = [table.sort_key(name) for name in order.fields]
        if backwards:
            sort = [key.desc() for key in sort]
        # Without payloads there is nothing to decode, and little to keep in a cache.
        batch = LARGEST_BATCH if "data" in fields else LARGEST_PAGE
        # What several parts come from is read once.
        alike = {name: other for name, other in table.alike.items() if name in fields and other in fields}
        fields = [name for name in fields if name not in alike]
        going_on = table.select(fields).where(*where).order_by(*sort)
        statement = going_on if last is not None else going_on.where(*begin)
        if not order.keyset or backwards:
            for part in self.database.stream(statement, LARGEST_PAGE, work):
                yield from self.batches.make_parts(_columns(part, fields, alike), shown, batch)
            return
        payload = fields.index("data" if "data" in fields else "version")
        picked = [fields.index(alike.get(name, name)) for name in order.fields]
        size = FIRST_PAGE
        while True:
            page = after(statement, sort, last).limit(size)
            with collector_paused():
                try:
                    rows, used, more = self.database.read(
                        lambda reader, page=page: reader.page(page, payload, PAGE_BYTES),  # type: ignore[misc]
                        work,
                    )
                except DamagedError as error:
                    if size > 1:
                        size = max(1, size // 16)
                        continue
                    gap = Gap(self.database, statement, sort, last, work)
                    self.batches.notes.say(f"{error.message} {gap.described(order.fields[0])}")
                    if gap.keys and order.fields[0] == "version":
                        yield self.batches.unreadable([key[0] for key in gap.keys], error.message, shown)
                    if gap.end is None:
                        return
                    last = gap.end
                    continue
                number = len(rows)
                if rows:
                    last = tuple(rows[-1][index] for index in picked)
                    statement = going_on
                    columns = _columns(rows, fields, alike)
                # Let go of before the collector runs again: it would look at every row.
                rows = []
            if number:
                yield from self.batches.make_parts(columns, shown, batch)
                columns = {}
            if not more and number < size:
                return
            if work is not None:
                work.check()
            average = max(1, used // max(1, number))
            size = max(1, min(LARGEST_PAGE, size * 4, PAGE_BYTES // average))


def _columns(rows: Sequence[Row], fields: Sequence[str], alike: Mapping[str, str]) -> dict[str, Sequence[Any]]:
    columns = columns_of(rows, fields)
    for name, other in alike.items():
        columns[name] = columns[other]
    return columns


def _only_within(
    pages: Iterator[Rows], table: EventTable, from_version: int | None, to_version: int | None
) -> Iterator[Rows]:
    """The pages without the events that a row holds beside the wanted ones."""
    for rows in pages:
        if table.count is not None and (from_version is not None or to_version is not None):
            keep = [
                index
                for index, version in enumerate(rows.versions)
                if (from_version is None or version >= from_version) and (to_version is None or version <= to_version)
            ]
            rows.only(keep)
        yield rows


def _clamped(version: int) -> int:
    return max(-(1 << 63), min(version, (1 << 63) - 1))
