"""How far a store reaches: its newest position, and how many events are up to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select

from esviewer.model.scanned import Scanned
from esviewer.stores.binding import POSITION, EventTable, whole
from esviewer.stores.databases.database import Database
from esviewer.stores.reading import EventReader
from esviewer.stores.relation import bound
from esviewer.work import Work


class Extent:
    """Asks one event table; only where positions are its order and every event has one that is a whole number."""

    def __init__(self, database: Database, table: EventTable, reader: EventReader) -> None:
        self._database = database
        self._table = table
        self._reader = reader

    def newest(self, up_to: int | None, work: Work | None) -> int | None:
        """The newest position, of those at or before `up_to`; None where there is none to go by, or no event."""
        table = self._table
        if table.position is None or table.store_order.fields[0] != POSITION or table.count is not None:
            return None
        if table.position_nullable:
            missing = select(func.count()).select_from(table.table).where(*self._numbered(), table.position.is_(None))
            if self._value(missing, work):
                return None
        newest = select(func.max(table.position)).select_from(table.table).where(*self._numbered())
        found = self._value(newest, work)
        number = None if found is None or isinstance(found, str) else whole(found)
        if up_to is None or number is None or number <= up_to:
            return number
        return whole(self._value(newest.where(table.position <= bound(up_to)), work))

    def events_up_to(self, position: int, work: Work | None) -> int:
        """How many events are at or before a position."""
        assert self._table.position is not None
        counted = select(func.count()).select_from(self._table.table)
        counted = counted.where(*self._numbered(), self._table.position <= bound(position))
        return int(self._value(counted, work) or 0)

    def after(self, position: int, work: Work | None) -> Iterator[Scanned]:
        """What says where the events behind a position are, in store order."""
        assert self._table.position is not None
        begin = [self._table.position > bound(position)]
        for rows in self._reader.of_store(None, None, (), work, {"position"}, begin):
            if len(rows):
                yield rows.scanned()

    def _numbered(self) -> list[ColumnElement[bool]]:
        return [*self._table.with_id(), self._table.version.is_not(None)]

    def _value(self, statement: Any, work: Work | None) -> Any:
        return self._database.read(lambda reader: reader.value(statement), work)
