"""Events read page by page, each page in a transaction of its own that goes on after the last row's key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement

from esviewer.errors import DamagedError
from esviewer.stores.batching import Batches, Rows
from esviewer.stores.binding import EventTable, Order
from esviewer.stores.collecting import collector_paused
from esviewer.stores.damage import Gap, after
from esviewer.stores.databases.database import Database, Row
from esviewer.stores.relation import bound
from esviewer.work import Work

FIRST_PAGE: Final = 250
LARGEST_PAGE: Final = 2_000
"""Rows of a page; larger ones are slower, because decoded events no longer fit into the processor's cache."""
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
    ) -> Iterator[Rows]:
        """One aggregate's events by version; `own` finds them, `shown` is its id as people see it."""
        table = self.table
        left_out = {"aggregate_id"} | ({"aggregate_type"} if table.typed_by_id else set())
        fields = [name for name in table.fields if name not in left_out]
        where = [own, table.version.is_not(None), *self._within(from_version, to_version)]
        order = table.aggregate_order
        return _only_within(self._pages(fields, where, order, work, shown), table, from_version, to_version)

    def of_store(
        self,
        from_version: int | None,
        to_version: int | None,
        more: Sequence[ColumnElement[bool]],
        work: Work | None,
    ) -> Iterator[Rows]:
        """All events in store order; `more` are further conditions."""
        table = self.table
        fields = list(table.fields)
        order = table.store_order
        where = [*self._within(from_version, to_version), *more]
        if table.position is None or not table.position_nullable:
            yield from _only_within(self._pages(fields, where, order, work), table, from_version, to_version)
            return
        # Events without a position come last, however the database sorts NULL.
        rest = Order(("aggregate_id", "version"), False)
        for part, by in ((table.position.is_not(None), order), (table.position.is_(None), rest)):
            pages = self._pages(fields, [part, *where], by, work)
            yield from _only_within(pages, table, from_version, to_version)

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
    ) -> Iterator[Rows]:
        table = self.table
        sort = [table.sort_key(name) for name in order.fields]
        statement = table.select(fields).where(*where).order_by(*sort)
        if not order.keyset:
            for part in self.database.stream(statement, LARGEST_PAGE, work):
                yield self.batches.make(part, fields, shown)
            return
        payload = fields.index("data")
        picked = [fields.index(name) for name in order.fields]
        size = FIRST_PAGE
        last: Row | None = None
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
                    columns = self.batches.make(rows, fields, shown)
                # Let go of before the collector runs again: it would look at every row.
                rows = []
            if number:
                yield columns
            if not more and number < size:
                return
            if work is not None:
                work.check()
            average = max(1, used // max(1, number))
            size = max(1, min(LARGEST_PAGE, size * 2, PAGE_BYTES // average))


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
