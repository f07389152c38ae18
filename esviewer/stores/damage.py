"""Where a damaged file can't be read, and where it can be again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy import types as sql

from esviewer.errors import DamagedError
from esviewer.stores.databases.database import Database, Row
from esviewer.stores.relation import bound
from esviewer.work import Work

_KEYS: Final = 1_000
_FURTHEST: Final = 1 << 62


def after(statement: Select[Any], sort: Sequence[ColumnElement[Any]], last: Row | None) -> Select[Any]:
    """A statement's rows that come after the one with the sort keys `last`."""
    if last is None:
        return statement
    if len(sort) == 1:
        return statement.where(sort[0] > bound(last[0]))
    kinds = [sql.NullType()] * len(sort)
    return statement.where(tuple_(*sort, types=kinds) > tuple_(*map(bound, last), types=kinds))


class Gap:
    """The rows that can't be read after one that could; the index may still know them when the table does not."""

    def __init__(
        self,
        database: Database,
        statement: Select[Any],
        sort: Sequence[ColumnElement[Any]],
        last: Row | None,
        work: Work | None,
    ) -> None:
        self._database = database
        self._statement = statement
        self._sort = sort
        self._work = work
        self.last = last
        self.keys: list[Row] = []
        """The sort keys of the rows in the gap, where an index has them."""
        self.end: Row | None = None
        """The sort keys to go on after; None where nothing more can be read."""
        known = self._known()
        if known is None:
            self._probe()
        else:
            self._step(known)

    def _read(self, statement: Select[Any]) -> list[Row] | None:
        try:
            return self._database.read(lambda reader: reader.rows(statement), self._work)
        except DamagedError:
            return None

    def _readable(self, last: Row | None) -> bool:
        return self._read(after(self._statement, self._sort, last).limit(1)) is not None

    def _known(self) -> list[Row] | None:
        only_keys = self._statement.with_only_columns(*self._sort)
        return self._read(after(only_keys, self._sort, self.last).limit(_KEYS))

    def _step(self, known: Sequence[Row]) -> None:
        """Key by key, as far as the index knows them."""
        for key in known:
            self.keys.append(key)
            self.end = tuple(key)
            if self._readable(self.end):
                return

    def _probe(self) -> None:
        """By doubling the distance to the last readable row, then halving it again."""
        start = self.last[0] if self.last is not None else 0
        if len(self._sort) != 1 or not isinstance(start, int):
            return
        low, high = 0, 1
        while not self._readable((start + high,)):
            low, high = high, high * 2
            if high > _FURTHEST:
                return
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._readable((start + middle,)) else (middle, high)
        self.end = (start + high,)

    def described(self, what: str) -> str:
        """Which rows are missing, as a sentence; `what` is called what the sort key is."""
        since = "from the beginning" if self.last is None else f"after {what} {self.last[0]}"
        if self.keys:
            return f"Events {since} up to {what} {self.keys[-1][0]} can't be read."
        if self.end is None:
            return f"Events {since} can't be read."
        return f"Events {since} up to {what} {self.end[0]} can't be read, as many as there are."
