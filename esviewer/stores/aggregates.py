"""Aggregates listed by jumping from id to id through the index, and their summaries by looking at both ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Integer, Label, Select, Text, func, literal, or_, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import ARRAY

from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.stores.as_of import Asked, AsOfVersions, VersionAsOf
from esviewer.stores.batching import Batches, marked
from esviewer.stores.binding import EventTable, key_text, whole
from esviewer.stores.databases.database import Database, Row
from esviewer.stores.relation import bound
from esviewer.work import Work

_SCAN_PAGE: Final = 1_000
_SUMMARY_PAGE: Final = 200
_SCANNED_SUMMARIES: Final = 5_000
REMEMBERED_KEYS: Final = 200_000


@dataclass(frozen=True, slots=True)
class AggregateRef:
    """One aggregate of a list."""

    aggregate_id: str
    aggregate_type: str | None
    status: str | None = None
    """`archived` or `deleted` where the store says so."""


class Aggregates:
    """Finds and summarises a store's aggregates."""

    def __init__(self, database: Database, table: EventTable, batches: Batches) -> None:
        self.database = database
        self.table = table
        self.batches = batches
        self._keys: dict[str, Any] = {}
        self._type = self.type_expression
        self._marks = [name for name in ("archived", "deleted") if name in table.fields]

    # Ids

    def key(self, shown: str, work: Work | None = None) -> tuple[Any, str] | None:
        """An aggregate's id as stored and as shown, or None when there is no such aggregate."""
        if shown in self._keys:
            return self._keys[shown], self.table.id_text(self._keys[shown])
        for value in self.table.key_values(shown):
            statement = select(self.table.shown_id).select_from(self.table.table).where(self.table.has_id(value))
            statement = statement.limit(1)
            row = self.database.read(lambda reader, each=statement: reader.row(each), work)  # type: ignore[misc]
            if row is not None:
                self._remember(shown, row[0])
                self._remember(self.table.id_text(row[0]), row[0])
                return row[0], self.table.id_text(row[0])
        return None

    def own(self, key: Any, work: Work | None = None) -> ColumnElement[bool]:
        """The condition that an event belongs to one aggregate, by the column that an index orders events by."""
        joined = self.table.relation.joined_id
        if joined is None or key is None:
            return self.table.has_id(key)
        statement = select(joined.stands).where(joined.ident == bound(key)).limit(2)
        rows = self.database.read(lambda reader: reader.rows(statement), work)
        if len(rows) != 1:
            return self.table.has_id(key)
        condition: ColumnElement[bool] = self.table.raw(joined.ours.name) == bound(rows[0][0])
        return condition

    def existing(self, keys: Sequence[Any], work: Work | None = None) -> set[Any]:
        """Those of some ids, as stored, that have events."""
        found: set[Any] = set()
        # Rows without an id are never shared: they have no type or tenant to be told apart by.
        keys = [key for key in keys if key is not None]
        for start in range(0, len(keys), _SCAN_PAGE):
            asked, ident = self._asked(list(keys[start : start + _SCAN_PAGE]))
            one = select(literal(1)).select_from(self.table.table).where(self.table.id == ident)
            statement = select(self._shown(ident)).select_from(asked).where(one.correlate(asked).exists())
            rows = self.database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
            found.update(row[0] for row in rows)
        return found

    def stored(self, shown: str) -> Any:
        """The id of a listed aggregate as it is stored."""
        if self.table.keeps_nameless and shown == str(self.table.id_source.default):
            return None
        return self._keys.get(shown, shown)

    def _remember(self, shown: str, key: Any) -> None:
        if len(self._keys) >= REMEMBERED_KEYS:
            # Those remembered last stay: a page that is being put together needs them.
            self._keys = dict(islice(self._keys.items(), REMEMBERED_KEYS // 2, None))
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
        if after is None and self.table.keeps_nameless:
            found += [ref for ref in self._nameless(work) if wanted is None or wanted(ref)]
            if len(found) == limit:
                return found
        size = limit if wanted is None else max(limit, _SCAN_PAGE)
        seen = 0
        for rows in self._scanned(start, min(size, 10_000), work):
            for row in rows:
                ref = AggregateRef(self.table.id_text(row[0]), self.type_of(row), self._status_of(row))
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
            # Rows without an id come first, so that all ids are after them.
            return known[0]
        return self.table.key_at_or_before(after)

    def _nameless(self, work: Work | None) -> list[AggregateRef]:
        """The events without an aggregate's id, as one aggregate, if there are any."""
        where = [self.table.id.is_(None), self.table.version.is_not(None)]
        statement = select(*self._row_columns(None)).select_from(self.table.table).where(*where).limit(1)
        rows = self.database.read(lambda reader: reader.rows(statement), work)
        return [AggregateRef(self.table.id_text(row[0]), self.type_of(row), self._status_of(row)) for row in rows]

    def scanned(self, work: Work | None) -> Iterator[list[Row]]:
        """All aggregates as rows of (id, what its type comes from), in pages."""
        return self._scanned(None, 10_000, work)

    def _scanned(self, after: Any, size: int, work: Work | None) -> Iterator[list[Row]]:
        while True:
            if not self.table.indexed_by_id:
                rows = self._gathered(after, size, work)
            else:
                jumps = self.table.database in ("sqlite", "postgresql")
                statement = self._jumping(after, size) if jumps else self._grouped(after, size)
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
        source = self.table.table
        first = select(ident).select_from(source).where(ident.is_not(None)).order_by(ident).limit(1)
        if after is not None:
            first = first.where(ident > bound(after))
        ids = select(first.scalar_subquery().label("id"), literal(1, Integer).label("n")).cte("ids", recursive=True)
        following = select(ident).select_from(source).where(ident > ids.c.id).order_by(ident).limit(1).scalar_subquery()
        ids = ids.union_all(select(following, ids.c.n + 1).where(ids.c.id.is_not(None), ids.c.n < size))
        return (
            select(self._shown(ids.c.id), *self._end_columns(ids.c.id)).where(ids.c.id.is_not(None)).order_by(ids.c.n)
        )

    def _shown(self, ident: ColumnElement[Any]) -> ColumnElement[Any]:
        field = self.table.id_field
        plain = field is None or self.table.selected(field) is self.table.raw(field.name)
        return ident if plain else sql_cast(ident, Text)

    def _grouped(self, after: Any, size: int) -> Select[Any]:
        ident = self.table.id
        ids = select(ident.label("id")).select_from(self.table.table).where(ident.is_not(None))
        ids = ids.group_by(ident).order_by(ident).limit(size)
        if after is not None:
            ids = ids.where(ident > bound(after))
        found = ids.subquery("ids")
        return select(self._shown(found.c.id), *self._end_columns(found.c.id)).order_by(found.c.id)

    def _gathered(self, after: Any, size: int, work: Work | None) -> list[Row]:
        """The same by reading the table twice, where no index finds an aggregate's ends."""
        table = self.table
        ident, version = table.id, table.version
        ends = select(ident.label("id"), func.min(version).label("low"), func.max(version).label("high"))
        ends = ends.select_from(table.table).where(ident.is_not(None), version.is_not(None))
        if after is not None:
            ends = ends.where(ident > bound(after))
        found = ends.group_by(ident).order_by(ident).limit(size).subquery("ends")
        if self._type is None and not self._marks:
            statement = select(self._shown(found.c.id)).order_by(found.c.id)
            return self.database.read(lambda reader: reader.rows(statement), work)
        held = [] if self._type is None else [self._type.label("kind")]
        held += [table.fields[name].label(name) for name in self._marks]
        either = or_(version == found.c.low, version == found.c.high)
        both = select(self._shown(found.c.id), found.c.low, found.c.high, version.label("version"), *held)
        both = both.select_from(found.join(table.table, (ident == found.c.id) & either)).order_by(found.c.id)
        rows: dict[Any, list[Any]] = {}
        for key, low, high, at, *values in self.database.read(lambda reader: reader.rows(both), work):
            row = rows.setdefault(key, [key, *values])
            marks = len(values) - len(self._marks)
            if at == low:
                row[1 : 1 + marks] = values[:marks]
            if at == high:
                row[1 + marks :] = values[marks:]
        return [tuple(row) for row in rows.values()]

    def _end_columns(self, ident: ColumnElement[Any]) -> list[Label[Any]]:
        """What is listed with an id: its first event's type, its newest event's marks."""
        found = [] if self._type is None else [self._end(self._type, ident, newest=False).label("kind")]
        return found + [self._end(self.table.fields[name], ident, newest=True).label(name) for name in self._marks]

    def _row_columns(self, ident: Any) -> list[Any]:
        found: list[Any] = [literal(ident)]
        if self._type is not None:
            found.append(self._type)
        return found + [self.table.fields[name] for name in self._marks]

    def _status_of(self, row: Row) -> str | None:
        held = row[1 if self._type is None else 2 :]
        return status(dict(zip(self._marks, held, strict=False)))

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
            value = part.ruled(self.table.id_text(row[0]))
        else:
            value = part.ruled(row[1]) if len(row) > 1 and self._type is not None else part.source.default
        return None if value is None else key_text(value)

    def _end(self, expression: ColumnElement[Any], ident: ColumnElement[Any], *, newest: bool) -> Any:
        """A column of the first or newest event of the aggregate that `ident` names, as a subquery."""
        version = self.table.version
        return (
            select(expression)
            .select_from(self.table.table)
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
        if None in keys:
            keys = [key for key in keys if key is not None]
            found.update((each.aggregate_id, each) for each in self._summed_without_id(work))
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

    def versions_as_of(self, shown: Sequence[str], instant: Instant, work: Work | None) -> list[VersionAsOf]:
        """Where a moment lies in aggregates' lives, in the order asked for; those that don't exist are left out."""
        asked = [Asked(self.stored(each.aggregate_id), each) for each in self.summaries(shown, False, work)]
        finder = AsOfVersions(self.database, self.table, self.batches, self.own)
        found = {each.aggregate_id: each for each in finder.found(asked, instant, work)}
        return [found[each.summary.aggregate_id] for each in asked]

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
        counts = [(row[0], row[3], int(row[1]), int(row[2])) for row in rows]
        return self._summed(counts, firsts, newests, fields) + (self._summed_by_scan(odd, work) if odd else [])

    def _seeking(self, keys: list[Any], fields: Sequence[str], exact: bool) -> Select[Any]:
        """(id, lowest version, highest, count or NULL, then each field of the first and of the newest event)."""
        asked, value = self._asked(keys)
        version = self.table.version
        own = self.table.id == value
        source = self.table.table
        picked: list[Any] = [
            select(func.min(version)).select_from(source).where(own).scalar_subquery(),
            select(func.max(version)).select_from(source).where(own).scalar_subquery(),
            select(func.count(version)).select_from(source).where(own).scalar_subquery() if exact else literal(None),
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
        where: list[ColumnElement[bool]] = [ident.in_([bound(key) for key in keys]), *self._whole_versions()]
        counted = (
            select(ident.label("id"), *self._counts()).select_from(table.table).where(*where).group_by(ident)
        ).subquery("counted")
        ends = [table.fields[name].label(f"f{index}") for index, name in enumerate(fields)]
        either = or_(table.first_version == counted.c.low, version == counted.c.high)
        statement = select(
            self._shown(counted.c.id), counted.c.low, counted.c.high, counted.c.number, version.label("version"), *ends
        ).select_from(counted.join(table.table, (ident == counted.c.id) & either))
        return self._paired(self.database.read(lambda reader: reader.rows(statement), work), fields)

    def _summed_without_id(self, work: Work | None) -> list[AggregateSummary]:
        """The summary of all events without an aggregate's id, if there are any."""
        table = self.table
        fields = self._end_fields()
        where = [table.id.is_(None), *self._whole_versions()]
        counted = select(*self._counts()).select_from(table.table).where(*where).subquery("counted")
        ends = [table.fields[name].label(f"f{index}") for index, name in enumerate(fields)]
        either = or_(table.first_version == counted.c.low, table.version == counted.c.high)
        statement = select(
            literal(None), counted.c.low, counted.c.high, counted.c.number, table.version.label("version"), *ends
        ).select_from(counted.join(table.table, table.id.is_(None) & either))
        return self._paired(self.database.read(lambda reader: reader.rows(statement), work), fields)

    def _counts(self) -> list[Label[Any]]:
        table = self.table
        return [
            func.min(table.first_version).label("low"),
            func.max(table.version).label("high"),
            table.events_counted.label("number"),
        ]

    def _whole_versions(self) -> list[ColumnElement[bool]]:
        version = self.table.version
        found: list[ColumnElement[bool]] = [version.is_not(None)]
        if self.table.database == "sqlite":
            found.append(func.typeof(version) == literal("integer"))
        return found

    def _paired(self, rows: Sequence[Row], fields: Sequence[str]) -> list[AggregateSummary]:
        """Summaries from rows of (id, lowest version, highest, number, version, then an end's fields)."""
        found: dict[Any, tuple[Row, Row]] = {}
        for row in rows:
            first, newest = found.get(row[0], (row, row))
            low = row[4] == row[1] or (self.table.count is not None and row[4] < first[4])
            found[row[0]] = (row if low else first, row if row[4] == row[2] else newest)
        return self._summed(
            [(first[0], int(first[3]), int(first[1]), int(first[2])) for first, _ in found.values()],
            [first[4:] for first, _ in found.values()],
            [newest[4:] for _, newest in found.values()],
            fields,
        )

    def _summed(
        self,
        counts: Sequence[tuple[Any, int | None, int, int]],
        firsts: Sequence[Row],
        newests: Sequence[Row],
        fields: Sequence[str],
    ) -> list[AggregateSummary]:
        if not counts:
            return []
        named = ("version", *fields)
        oldest = self.batches.make(firsts, named, unfold=False)
        latest = self.batches.make(newests, named, unfold=False)
        first_times, last_times = oldest.times(), latest.times()
        kinds = oldest.values("aggregate_type") if self._type is not None else [None] * len(counts)
        marks = {name: latest.values(name) for name in self._marks}
        result = []
        for index, (key, count, low, high) in enumerate(counts):
            shown = self.table.id_text(key)
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
                    status=status({name: values[index] for name, values in marks.items()}),
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
            array = sql_cast(bound(list(keys)), ARRAY(kinds.get(self.table.id_kind, sql.Text())))
            asked = select(func.unnest(array).label("id")).subquery("asked")
            return asked, asked.c.id
        if self.table.database == "sqlite" and all(type(key) in (str, int) for key in keys):
            listed = func.json_each(bound(json.dumps(keys))).table_valued("value", name="asked")
            return listed, listed.c.value
        rows = union_all(*[select(bound(key).label("id")) for key in keys]).subquery("asked")
        return rows, rows.c.id

    def _end_fields(self) -> list[str]:
        """The fields of an event that a summary is made of."""
        parts = [self.table.parts.get("timestamp"), self.table.parts.get("aggregate_type")]
        names: list[str] = [name for name in ("timestamp", "aggregate_type", *self._marks) if name in self.table.fields]
        if any(part is not None and part.source.inside for part in parts):
            names += [name for name in self.table.fields if name in ("metadata", "data") or name.startswith("also ")]
        return names


def status(marks: Mapping[str, Any]) -> str | None:
    """What an aggregate's newest event says of it."""
    return next((name for name in ("deleted", "archived") if marked(marks.get(name))), None)
