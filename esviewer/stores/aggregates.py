"""Aggregates listed by jumping from id to id through the index, and their summaries by looking at both ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Integer, Label, Select, Text, func, literal, or_, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import ARRAY

from esviewer.model.event import AggregateSummary
from esviewer.stores.batching import Batches
from esviewer.stores.binding import EventTable, bound, key_text, whole
from esviewer.stores.database import Database, Row
from esviewer.work import Work

_SCAN_PAGE: Final = 1_000
_SUMMARY_PAGE: Final = 200
_SCANNED_SUMMARIES: Final = 5_000
_REMEMBERED_KEYS: Final = 200_000


@dataclass(frozen=True, slots=True)
class AggregateRef:
    """One aggregate of a list."""

    aggregate_id: str
    aggregate_type: str | None


class Aggregates:
    """Finds and summarises a store's aggregates."""

    def __init__(self, database: Database, table: EventTable, batches: Batches) -> None:
        self.database = database
        self.table = table
        self.batches = batches
        self._keys: dict[str, Any] = {}

    # Ids

    def key(self, shown: str, work: Work | None = None) -> tuple[Any, str] | None:
        """An aggregate's id as stored and as shown, or None when there is no such aggregate."""
        if shown in self._keys:
            return self._keys[shown], key_text(self._keys[shown])
        for value in self.table.key_values(shown):
            statement = select(self.table.shown_id).where(self.table.has_id(value)).limit(1)
            row = self.database.read(lambda reader, each=statement: reader.row(each), work)  # type: ignore[misc]
            if row is not None:
                self._remember(shown, row[0])
                self._remember(key_text(row[0]), row[0])
                return row[0], key_text(row[0])
        return None

    def _remember(self, shown: str, key: Any) -> None:
        if len(self._keys) >= _REMEMBERED_KEYS:
            self._keys.clear()
        self._keys[shown] = key

    # The list

    def listed(
        self, after: str | None, limit: int, type_glob: str | None, search: str | None, work: Work | None
    ) -> list[AggregateRef]:
        """Up to `limit` aggregates by ascending id, those after an id; fewer only at the end."""
        wanted = self._filter(type_glob, search)
        found: list[AggregateRef] = []
        if limit <= 0:
            return found
        start = self._start(after, work)
        size = limit if wanted is None else max(limit, _SCAN_PAGE)
        seen = 0
        for rows in self._scanned(start, min(size, 10_000), work):
            for row in rows:
                ref = AggregateRef(key_text(row[0]), self.type_of(row))
                if wanted is None or wanted(ref):
                    if ref.aggregate_id != row[0]:
                        self._remember(ref.aggregate_id, row[0])
                    found.append(ref)
                    if len(found) == limit:
                        return found
            seen += len(rows)
            if work is not None:
                work.report("Looking through the aggregates", seen)
        return found

    def _filter(self, type_glob: str | None, search: str | None) -> Callable[[AggregateRef], bool] | None:
        if type_glob is None and not search:
            return None
        needle = (search or "").casefold()

        def wanted(ref: AggregateRef) -> bool:
            if type_glob is not None and not fnmatchcase(ref.aggregate_type or "", type_glob):
                return False
            return needle in ref.aggregate_id.casefold() or needle in (ref.aggregate_type or "").casefold()

        return wanted

    def _start(self, after: str | None, work: Work | None) -> Any:
        if after is None:
            return None
        known = self.key(after, work)
        if known is not None:
            return known[0]
        return self.table.key_at_or_before(after)

    def scanned(self, work: Work | None) -> Iterator[list[Row]]:
        """All aggregates as rows of (id, what its type comes from), in pages."""
        return self._scanned(None, 10_000, work)

    def _scanned(self, after: Any, size: int, work: Work | None) -> Iterator[list[Row]]:
        while True:
            statement = self._jumping(after, size) if self.table.indexed_by_id else self._grouped(after, size)
            rows = self.database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
            if rows:
                yield rows
                after = rows[-1][0]
            if len(rows) < size:
                return

    def _jumping(self, after: Any, size: int) -> Select[Any]:
        """A recursive query that asks the index for the next greater id, again and again.

        See https://wiki.postgresql.org/wiki/Loose_indexscan.
        """
        ident = self.table.id
        first = select(ident).where(ident.is_not(None)).order_by(ident).limit(1)
        if after is not None:
            first = first.where(ident > bound(after))
        ids = select(first.scalar_subquery().label("id"), literal(1, Integer).label("n")).cte("ids", recursive=True)
        following = select(ident).where(ident > ids.c.id).order_by(ident).limit(1).scalar_subquery()
        ids = ids.union_all(select(following, ids.c.n + 1).where(ids.c.id.is_not(None), ids.c.n < size))
        return (
            select(self._shown(ids.c.id), *self._type_columns(ids.c.id)).where(ids.c.id.is_not(None)).order_by(ids.c.n)
        )

    def _shown(self, ident: ColumnElement[Any]) -> ColumnElement[Any]:
        plain = self.table.shown_id is self.table.raw(self.table.id_column.name)
        return ident if plain else sql_cast(ident, Text)

    def _grouped(self, after: Any, size: int) -> Select[Any]:
        ident = self.table.id
        ids = select(ident.label("id")).where(ident.is_not(None)).group_by(ident).order_by(ident).limit(size)
        if after is not None:
            ids = ids.where(ident > bound(after))
        found = ids.subquery("ids")
        return select(self._shown(found.c.id), *self._type_columns(found.c.id)).order_by(found.c.id)

    def _type_columns(self, ident: ColumnElement[Any]) -> list[Label[Any]]:
        expression = self.type_expression
        if expression is None:
            return []
        return [self._end(expression, ident, newest=False).label("kind")]

    @property
    def type_expression(self) -> ColumnElement[Any] | None:
        """What to select from an aggregate's first event for its type; None when it is in the id, or nowhere."""
        part = self.table.parts.get("aggregate_type")
        return None if part is None or self.table.typed_by_id else part.expression

    def type_of(self, row: Row) -> str | None:
        """The type of an aggregate from a row of (id, what its type comes from)."""
        part = self.table.parts.get("aggregate_type")
        if part is None:
            return None
        if self.table.typed_by_id:
            value = part.ruled(key_text(row[0]))
        else:
            value = part.ruled(row[1]) if len(row) > 1 else part.source.default
        return None if value is None else key_text(value)

    def _end(self, expression: ColumnElement[Any], ident: ColumnElement[Any], *, newest: bool) -> Any:
        """A column of the first or newest event of the aggregate that `ident` names, as a subquery."""
        version = self.table.version
        return (
            select(expression)
            .where(self.table.id == ident, version.is_not(None))
            .order_by(version.desc() if newest else version)
            .limit(1)
            .scalar_subquery()
        )

    # Summaries

    def summaries(self, shown: Sequence[str], exact: bool, work: Work | None) -> list[AggregateSummary]:
        """The summaries of aggregates in the order asked for; those that don't exist are left out."""
        keys = []
        for ident in shown:
            if ident in self._keys:
                keys.append(self._keys[ident])
            else:
                values = self.table.key_values(ident)
                keys += values[:1]
        found: dict[str, AggregateSummary] = {}
        size = _SUMMARY_PAGE if self.table.versions_indexed else _SCANNED_SUMMARIES
        for start in range(0, len(keys), size):
            for each in self._page_of_summaries(keys[start : start + size], exact, work):
                found[each.aggregate_id] = each
            if work is not None:
                work.report("Summing up aggregates", min(start + size, len(keys)), len(keys))
        result = []
        for ident in shown:
            summary: AggregateSummary | None = found.get(ident) or self._by_other_value(ident, exact, found, work)
            if summary is not None:
                result.append(summary)
        return result

    def _by_other_value(
        self, shown: str, exact: bool, found: dict[str, AggregateSummary], work: Work | None
    ) -> AggregateSummary | None:
        known = self.key(shown, work)
        if known is None:
            return None
        if known[1] in found:
            return found[known[1]]
        return next(iter(self._page_of_summaries([known[0]], exact, work)), None)

    def _page_of_summaries(self, keys: list[Any], exact: bool, work: Work | None) -> list[AggregateSummary]:
        if not keys:
            return []
        if not self.table.versions_indexed:
            return self._summed_by_scan(keys, work)
        fields = self._end_fields()
        statement = self._seeking(keys, fields, exact)
        rows = self.database.read(lambda reader: reader.rows(statement), work)
        rows = [row for row in rows if row[1] is not None]
        # SQLite lets a column of whole numbers hold texts, which sort after all numbers.
        odd = [row[0] for row in rows if whole(row[1]) is None or whole(row[2]) is None]
        if odd:
            rows = [row for row in rows if row[0] not in odd]
        firsts = [(row[1], *row[4::2]) for row in rows]
        newests = [(row[2], *row[5::2]) for row in rows]
        counts = [(row[0], row[3]) for row in rows]
        return self._summed(counts, firsts, newests, fields) + (self._summed_by_scan(odd, work) if odd else [])

    def _seeking(self, keys: list[Any], fields: Sequence[str], exact: bool) -> Select[Any]:
        """(id, lowest version, highest, count or NULL, then each field of the first and of the newest event)."""
        asked, value = self._asked(keys)
        version = self.table.version
        own = self.table.id == value
        picked: list[Any] = [
            select(func.min(version)).where(own).scalar_subquery(),
            select(func.max(version)).where(own).scalar_subquery(),
            select(func.count(version)).where(own).scalar_subquery() if exact else literal(None),
        ]
        for name in fields:
            expression = self.table.fields[name]
            picked += [self._end(expression, value, newest=False), self._end(expression, value, newest=True)]
        labelled = [each.label(f"p{index}") for index, each in enumerate(picked)]
        return select(self._shown(value), *labelled).select_from(asked)

    def _summed_by_scan(self, keys: list[Any], work: Work | None) -> list[AggregateSummary]:
        """Summaries by reading the table once, for all keys together."""
        table = self.table
        ident, version = table.id, table.version
        fields = self._end_fields()
        where: list[ColumnElement[bool]] = [ident.in_([bound(key) for key in keys]), version.is_not(None)]
        if table.database == "sqlite":
            where.append(func.typeof(version) == literal("integer"))
        counted = (
            select(
                ident.label("id"),
                func.min(version).label("low"),
                func.max(version).label("high"),
                func.count().label("number"),
            )
            .where(*where)
            .group_by(ident)
            .subquery("counted")
        )
        ends = [table.fields[name].label(f"f{index}") for index, name in enumerate(fields)]
        either = or_(version == counted.c.low, version == counted.c.high)
        statement = select(
            self._shown(counted.c.id), counted.c.low, counted.c.high, counted.c.number, version.label("version"), *ends
        ).select_from(counted.join(table.table, (ident == counted.c.id) & either))
        found: dict[Any, tuple[Row, Row]] = {}
        for row in self.database.read(lambda reader: reader.rows(statement), work):
            first, newest = found.get(row[0], (row, row))
            found[row[0]] = (row if row[4] == row[1] else first, row if row[4] == row[2] else newest)
        return self._summed(
            [(first[0], first[3]) for first, _ in found.values()],
            [first[4:] for first, _ in found.values()],
            [newest[4:] for _, newest in found.values()],
            fields,
        )

    def _summed(
        self,
        counts: Sequence[tuple[Any, int | None]],
        firsts: Sequence[Row],
        newests: Sequence[Row],
        fields: Sequence[str],
    ) -> list[AggregateSummary]:
        if not counts:
            return []
        named = ("version", *fields)
        oldest = self.batches.make(firsts, named)
        latest = self.batches.make(newests, named)
        first_times, last_times = oldest.times(), latest.times()
        kinds = oldest.values("aggregate_type")
        result = []
        for index, (key, count) in enumerate(counts):
            shown = key_text(key)
            low, high = oldest.versions[index], latest.versions[index]
            guessed = high - low + 1
            result.append(
                AggregateSummary(
                    aggregate_id=shown,
                    aggregate_type=self.type_of((key, kinds[index])),
                    version=high,
                    events=guessed if count is None else count,
                    first_event=first_times[index],
                    last_event=last_times[index],
                    exact=count is not None or (guessed == 1 and self.table.unique_versions),
                )
            )
            if shown != key:
                self._remember(shown, key)
        return result

    def _asked(self, keys: list[Any]) -> tuple[FromClause, ColumnElement[Any]]:
        """The ids as a table of one column."""
        if self.table.database == "postgresql":
            kinds: dict[str, sql.TypeEngine[Any]] = {
                "uuid": sql.Uuid(),
                "integer": sql.BigInteger(),
                "number": sql.Numeric(),
                "bytes": sql.LargeBinary(),
            }
            array = sql_cast(bound(list(keys)), ARRAY(kinds.get(self.table.id_column.kind, sql.Text())))
            asked = select(func.unnest(array).label("id")).subquery("asked")
            return asked, asked.c.id
        if all(type(key) in (str, int) for key in keys):
            listed = func.json_each(bound(json.dumps(keys))).table_valued("value", name="asked")
            return listed, listed.c.value
        rows = union_all(*[select(bound(key).label("id")) for key in keys]).subquery("asked")
        return rows, rows.c.id

    def _end_fields(self) -> list[str]:
        """The fields of an event that a summary is made of."""
        parts = [self.table.parts.get("timestamp"), self.table.parts.get("aggregate_type")]
        names: list[str] = [name for name in ("timestamp", "aggregate_type") if name in self.table.fields]
        if any(part is not None and part.source.metadata for part in parts) and "metadata" in self.table.fields:
            names.append("metadata")
        if any(part is not None and (part.source.data or part.source.metadata) for part in parts):
            names.append("data")
        return names
