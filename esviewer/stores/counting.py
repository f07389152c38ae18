"""What is in a store as a whole: counts, exact or estimated, and its first and last event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, literal, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.mysql import CHAR

from esviewer.errors import DamagedError
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores.aggregates import Aggregates
from esviewer.stores.batching import NOT_NUMBERED, Batches
from esviewer.stores.binding import COUNT, BoundTable, EventTable
from esviewer.stores.databases.database import Database, Row
from esviewer.work import Work

_STEPS = 5


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store in numbers; without `exact` counts are estimates, and those that nobody can estimate None or empty."""

    store: str
    database: str
    layout: str
    events: int
    aggregates: int | None
    snapshots: int
    event_types: dict[str, int]
    aggregate_types: dict[str, int]
    first_event: Instant | None
    last_event: Instant | None
    exact: bool

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer info --json`."""
        return {
            "store": self.store,
            "database": self.database,
            "layout": self.layout,
            "events": self.events,
            "aggregates": self.aggregates,
            "snapshots": self.snapshots,
            "event_types": self.event_types,
            "aggregate_types": self.aggregate_types,
            "first_event": None if self.first_event is None else self.first_event.isoformat(),
            "last_event": None if self.last_event is None else self.last_event.isoformat(),
            "exact": self.exact,
        }


class Counting:
    """Counts one store."""

    def __init__(
        self,
        database: Database,
        table: EventTable,
        batches: Batches,
        aggregates: Aggregates,
        snapshots: BoundTable | None,
        layout: str,
    ) -> None:
        self.database = database
        self.table = table
        self.batches = batches
        self.aggregates = aggregates
        self.snapshots = snapshots
        self.layout = layout

    def info(self, label: str, exact: bool, work: Work | None) -> StoreInfo:
        """All of it; estimates take no scan, exact counts read the table a few times.

        Where a part of the file can't be read, exact counts become estimates.
        """
        if exact:
            try:
                return self._info(label, True, work)
            except DamagedError as error:
                self.batches.notes.say(f"{error.message} Counts are estimates.")
        return self._info(label, False, work)

    def _info(self, label: str, exact: bool, work: Work | None) -> StoreInfo:
        first, last = self._ends(exact, work)
        counted = select(self._number).select_from(self.table.table).where(*self._numbered())
        events = self._value(counted, work) if exact else self._estimate(self.table, work)
        aggregates: int | None = None
        event_types: dict[str, int] = {}
        aggregate_types: dict[str, int] = {}
        snapshots = 0
        if exact:
            _report(work, 1)
            event_types = self._event_types(work)
            _report(work, 2)
            aggregates, aggregate_types = self._aggregate_types(work)
            _report(work, 3)
            self._look_for_unnumbered(work)
            _report(work, 4)
        if self.snapshots is not None:
            if exact:
                snapshots = self._value(select(func.count()).select_from(self.snapshots.table), work)
            else:
                snapshots = self._estimate(self.snapshots, work)
        _report(work, _STEPS)
        return StoreInfo(
            store=label,
            database=self.database.version,
            layout=self.layout,
            events=events,
            aggregates=aggregates,
            snapshots=snapshots,
            event_types=event_types,
            aggregate_types=aggregate_types,
            first_event=first,
            last_event=last,
            exact=exact,
        )

    @property
    def _number(self) -> ColumnElement[Any]:
        return func.count() if self.table.count is None else self.table.events_counted

    def _value(self, statement: Any, work: Work | None) -> int:
        return int(self.database.read(lambda reader: reader.value(statement), work) or 0)

    def _estimate(self, table: BoundTable, work: Work | None) -> int:
        """Rows without a scan; counted where the database has no idea."""
        counted = select(func.count()).select_from(table.table)
        section = table.relation.section
        layout = section.layout
        several = layout.family is not None or layout.spread is not None or layout.unfold is not None
        few = table is not self.table and layout.where is not None
        if several or few or table.database not in ("sqlite", "postgresql"):
            return self._value(counted, work)
        # What a condition leaves out, and what a join adds, is not known without a scan: the table's rows will do.
        if table.database == "sqlite":
            keys = table.relation.keys_of(section.table)
            if keys is None or keys.rowid is None:
                return self._value(counted, work)
            rowid = sql_table(section.table.name, column(keys.rowid)).c[keys.rowid]
            return self._value(select(func.max(rowid)), work)
        # Partitions by pg_inherits, not pg_partition_tree(): relatives of PostgreSQL have the one and not the other.
        statement = text(
            "WITH RECURSIVE part (id) AS (SELECT CAST(CAST(:name AS regclass) AS oid) UNION ALL"
            " SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON i.inhparent = part.id)"
            " SELECT CAST(sum(CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples END) AS bigint)"
            " FROM pg_catalog.pg_class c JOIN part ON c.oid = part.id WHERE c.relkind = 'r'"
        ).bindparams(name=_quoted(table))
        known = self.database.read(lambda reader: reader.value(statement), work)
        return self._value(counted, work) if known is None else int(known)

    def _ends(self, exact: bool, work: Work | None) -> tuple[Instant | None, Instant | None]:
        """The times of the first and the last event in store order; estimates give them only where an index does."""
        order = self.table.store_order
        if not exact and not order.keyset:
            return None, None
        if self.table.position is None and not set(order.fields[:-2]):
            return self._extremes(work)
        return self._end(False, work), self._end(True, work)

    def _extremes(self, work: Work | None) -> tuple[Instant | None, Instant | None]:
        """The earliest and the latest time, by looking at every event."""
        fields = self._payload_fields()
        found: list[Instant] = []
        for rows in self.database.stream(self.table.select(fields).where(*self._numbered()), 2_000, work):
            found += [time for time in self.batches.make(rows, fields).times() if time is not None]
            found = [min(found), max(found)] if found else []
        return (found[0], found[-1]) if found else (None, None)

    def _payload_fields(self) -> list[str]:
        inside = [
            name for name in self.table.fields if name in ("data", "metadata", "timestamp") or name.startswith("also ")
        ]
        return ["version", *inside, *([COUNT] if self.table.count is not None else [])]

    def _end(self, newest: bool, work: Work | None) -> Instant | None:
        table = self.table
        order = [table.sort_key(name) for name in table.store_order.fields]
        sort = [key.desc() for key in order] if newest else order
        fields = list(table.fields)
        where = [*self._numbered(), *([order[0].is_not(None)] if order else [])]
        statement = table.select(fields).where(*where).order_by(*sort).limit(1)
        rows = self.database.read(lambda reader: reader.rows(statement), work)
        times = self.batches.make(rows, fields).times()
        return times[-1 if newest else 0] if times else None

    def _numbered(self) -> list[ColumnElement[bool]]:
        return [*self.table.with_id(), self.table.version.is_not(None)]

    def _event_types(self, work: Work | None) -> dict[str, int]:
        found: Counter[str] = Counter()
        kind = self.table.fields.get("type")
        if kind is None:
            for batch in self._types_in_payloads(work):
                found.update(batch)
            return _sorted(found)
        kind = self._told_apart("type", kind)
        statement = select(kind.label("kind"), self._number).select_from(self.table.table)
        statement = statement.where(*self._numbered()).group_by(kind)
        for value, number in self._rows(statement, work):
            found[self.batches.type_of(value)] += int(number)
        return _sorted(found)

    def _types_in_payloads(self, work: Work | None) -> Iterator[Sequence[str]]:
        fields = self._payload_fields()
        for rows in self.database.stream(self.table.select(fields).where(*self._numbered()), 2_000, work):
            yield self.batches.make(rows, fields).types()

    def _rows(self, statement: Any, work: Work | None) -> list[Row]:
        return self.database.read(lambda reader: reader.rows(statement), work)

    def _told_apart(self, part: str, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """Names as MySQL groups them letter by letter, whatever its column's collation takes for the same."""
        found = self.table.plain_column(part)
        if self.table.database != "mysql" or found is None or found.kind != "text":
            return expression
        return sql_cast(expression, CHAR(charset="utf8mb4")).collate("utf8mb4_bin")

    def _aggregate_types(self, work: Work | None) -> tuple[int, dict[str, int]]:
        table, aggregates = self.table, self.aggregates
        ident, version = table.id, table.version
        found: Counter[str] = Counter()
        kind = aggregates.type_expression
        if kind is not None:
            kind = self._told_apart("aggregate_type", kind)
        if table.scope is not None:
            of = self._told_apart(table.scope[0], table.scope[1]).label("of")
            statement = select(of, func.count(ident.distinct())).select_from(table.table).where(*self._numbered())
            rows = self._rows(statement.group_by(of), work)
            if table.scope[0] == "aggregate_type":
                for value, number in rows:
                    found[aggregates.type_of((None, value)) or ""] += number
            return sum(number for _, number in rows), _sorted(found)
        if table.typed_by_id:
            number = 0
            statement = select(table.shown_id).select_from(table.table).where(*self._numbered()).distinct()
            for rows in self.database.stream(statement, 10_000, work):
                number += len(rows)
                found.update(aggregates.type_of(row) or "" for row in rows)
            return number, _sorted(found)
        if kind is None:
            counted = select(func.count(ident.distinct())).select_from(table.table).where(*self._numbered())
            return self._value(counted, work) + self._nameless(work), {}
        # The type of an aggregate is the one of its first event.
        firsts = (
            select(ident.label("id"), func.min(version).label("low"))
            .select_from(table.table)
            .where(ident.is_not(None), version.is_not(None))
            .group_by(ident)
        ).subquery("firsts")
        own = and_(ident == firsts.c.id, version == firsts.c.low)
        if table.versions_indexed:
            of_first = select(kind).select_from(table.table).where(own).limit(1).correlate(firsts).scalar_subquery()
            typed = select(of_first.label("kind")).select_from(firsts).subquery("typed")
        else:
            joined = firsts.join(table.table, own)
            typed = select(func.min(kind).label("kind")).select_from(joined).group_by(firsts.c.id).subquery("typed")
        for value, number in self._rows(select(typed.c.kind, func.count()).group_by(typed.c.kind), work):
            found[aggregates.type_of((None, value)) or ""] += number
        if self._nameless(work):
            found[""] += 1
        total = sum(found.values())
        return total, {} if set(found) == {""} else _sorted(found)

    def _nameless(self, work: Work | None) -> int:
        """1 when events without an aggregate's id count as one aggregate and there are any, else 0."""
        table = self.table
        if not table.keeps_nameless:
            return 0
        where = [table.id.is_(None), table.version.is_not(None)]
        statement = select(literal(1)).select_from(table.table).where(*where).limit(1)
        return 0 if self.database.read(lambda reader: reader.row(statement), work) is None else 1

    def _look_for_unnumbered(self, work: Work | None) -> None:
        table = self.table
        odd = table.version.is_(None) if table.keeps_nameless else table.id.is_(None) | table.version.is_(None)
        if table.database == "sqlite":
            odd = odd | (func.typeof(table.version) != literal("integer"))
        elif not any(field is not None and field.column.nullable for field in (table.id_field, table.version_field)):
            return
        number = self._value(select(func.count()).select_from(table.table).where(odd), work)
        if number:
            self.batches.notes.say(NOT_NUMBERED)
            self.batches.notes.say(f"{number} rows have no aggregate id or no whole-number version.")


def _report(work: Work | None, done: int) -> None:
    if work is not None:
        work.report("Counting", done, _STEPS)


def _sorted(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items()))


def _quoted(table: BoundTable) -> str:
    found = table.relation.section.table
    return ".".join('"' + name.replace('"', '""') + '"' for name in (found.schema, found.name) if name)
