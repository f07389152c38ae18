"""A store's times along its positions: what bisecting asks for, so that a time is found without a scan."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Select, bindparam, select, union_all
from sqlalchemy import types as sql

from esviewer.model.instant import Instant
from esviewer.stores.batching import Batches
from esviewer.stores.binding import COUNT, POSITION, EventTable
from esviewer.stores.databases.database import Database
from esviewer.stores.structure import numbering
from esviewer.work import Work

_AT_ONCE: Final = 64
"""Places that one statement asks about: a round trip for each would take long to a server far away."""


def goes_by_position(table: EventTable) -> bool:
    """Whether an index leads to any stretch of positions: whole numbers that all events have and are ordered by."""
    order = table.store_order
    return order.keyset and order.fields[0] == POSITION and numbering(table) == "yes" and not table.position_nullable


class Along:
    """Asks one event table that goes by position."""

    def __init__(self, database: Database, table: EventTable, batches: Batches) -> None:
        self._database = database
        self._table = table
        self._batches = batches
        part = table.parts.get("timestamp")
        self._inside = part is not None and part.source.inside
        self.timed: bool = self._inside or "timestamp" in table.fields
        """Whether events have times at all."""

    def times_at(self, positions: Sequence[int], work: Work | None) -> list[tuple[int, Instant] | None]:
        """For each position the next event with a time, from it on: its position and time; None where there is none.

        Where times are inside payloads, or can't be read, it may be one further on.
        """
        if not self.timed or not positions:
            return [None] * len(positions)
        found: dict[int, Instant] = {}
        asked = sorted(set(positions))
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            statement = self._lookups if len(some) > 1 else self._lookup
            parameters = {_name(place): some[min(place, len(some) - 1)] for place in range(_AT_ONCE)}
            rows = self._database.read(lambda reader, of=(statement, parameters): reader.rows(*of), work)  # type: ignore[misc]
            made = self._batches.make(rows, self._fields)
            for position, time in zip(made.positions(), made.times(), strict=True):
                if type(position) is int and time is not None:
                    found.setdefault(position, time)
        known = sorted(found)
        places = [bisect_left(known, at) for at in positions]
        return [(known[place], found[known[place]]) if place < len(known) else None for place in places]

    @property
    def _fields(self) -> list[str]:
        fields = self._table.fields
        names: list[str] = [name for name in ("version", "timestamp", POSITION) if name in fields]
        if self._inside:
            names += [name for name in fields if name in ("metadata", "data", COUNT) or name.startswith("also ")]
        return names

    @cached_property
    def _lookup(self) -> Any:
        return self._next(0)

    @cached_property
    def _lookups(self) -> Any:
        """Many of them in one statement, always as many: what makes statements takes longer than what runs them."""
        return union_all(*(select(self._next(place).subquery()) for place in range(_AT_ONCE)))

    def _next(self, place: int) -> Select[Any]:
        table = self._table
        assert table.position is not None
        begin = table.position >= bindparam(_name(place), type_=sql.NullType())
        statement = table.select(self._fields).where(begin, table.version.is_not(None))
        if not self._inside:
            statement = statement.where(table.fields["timestamp"].is_not(None))
        return statement.order_by(table.position).limit(1)


def _name(place: int) -> str:
    return f"place_{place}"
