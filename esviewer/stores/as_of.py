"""Which version of many aggregates a moment belongs to, without reading whole histories where they are long.

Where the database compares the times itself, it finds the versions; else the times of short histories are read and
compared here. Both are exact. What would take too many rows is found by bisecting the versions, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy import types as sql

from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant, as_datetime
from esviewer.stores.batching import Batches
from esviewer.stores.binding import COUNT, EventTable, whole
from esviewer.stores.databases.database import Database, Row
from esviewer.stores.relation import bound
from esviewer.work import Work

COMPARED: Final = 300_000
"""Events that the database may compare for one question."""
READ: Final = 100_000
"""Events whose times may be read for one question."""
_READ_INSIDE: Final = 10_000
"""The same where the time lies inside the payload."""
_AT_ONCE: Final = 200
_LOOKED_AT: Final = 8
"""Events that one step of bisecting looks at for one with a time."""
_PART: Final = 2_000

_FIRST = -62_135_596_800_000_000_000
_LAST = 253_402_300_799_999_999_999
"""The span of times that can be read, in nanoseconds: the years 1 to 9999."""
_UNITS: Final = (("s", 0, 10**11), ("ms", 10**11, 10**14), ("us", 10**14, 10**17), ("ns", 10**17, 1 << 63))
_NS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


@dataclass(frozen=True, slots=True)
class VersionAsOf:
    """Where a moment lies in one aggregate's life."""

    aggregate_id: str
    version: int | None
    """The highest among the events at or before the moment; None when there was none yet."""
    events: int
    """How many events were at or before the moment."""
    time: Instant | None
    """The time of that version."""
    exact: bool
    """False: found by bisecting the versions, which supposes that times ascend with them; `events` is a guess then."""
    in_order: bool
    """False when an event after the moment has a lower version than one before it; only known where `exact`."""
    undated: int
    """Events without a time, which no moment can place; only counted where `exact`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One aggregate to look at, by its id as stored."""

    key: Any
    summary: AggregateSummary


class AsOfVersions:
    """Finds versions as of a moment in one event table."""

    def __init__(
        self,
        database: Database,
        table: EventTable,
        batches: Batches,
        own: Callable[[Any, Work | None], ColumnElement[bool]],
    ) -> None:
        """`own` gives the condition that an event belongs to the aggregate with a key."""
        self._database = database
        self._table = table
        self._batches = batches
        self._own = own
        part = table.parts.get("timestamp")
        self._inside = part is not None and part.source.inside

    def found(self, asked: Sequence[Asked], instant: Instant, work: Work | None) -> list[VersionAsOf]:
        """One answer for each aggregate, in any order."""
        if "timestamp" not in self._table.fields and not self._inside:
            return [_nothing(each) for each in asked]
        dated = any(each.summary.first_event or each.summary.last_event for each in asked)
        times = compared(self._table, instant) if dated else None
        budget = COMPARED if times is not None else _READ_INSIDE if self._inside else READ
        some, long = self._divided(asked, budget)
        result: list[VersionAsOf] = []
        for start in range(0, len(some), _AT_ONCE):
            page = some[start : start + _AT_ONCE]
            odd = page
            if times is not None:
                answers, odd = self._by_database(page, times, instant, work)
                result += answers
            result += self._by_reading(odd, instant, work)
            if work is not None:
                work.report("Looking for versions as of a time", min(start + _AT_ONCE, len(asked)), len(asked))
        for each in long:
            result.append(self._bisected(each, instant, work))
            if work is not None:
                work.report("Looking for versions as of a time", len(result), len(asked))
        return result

    def _divided(self, asked: Sequence[Asked], budget: int) -> tuple[list[Asked], list[Asked]]:
        """Those to look at whole, shortest first, and those that are too long for it."""
        if not self._table.versions_indexed:
            # Each step of bisecting would read the whole table.
            return list(asked), []
        by_length = sorted(asked, key=lambda each: each.summary.events)
        left = budget
        for index, each in enumerate(by_length):
            left -= each.summary.events
            if left < 0:
                return by_length[:index], by_length[index:]
        return by_length, []

    def _among(self, page: Sequence[Asked]) -> ColumnElement[bool]:
        ident = self._table.id
        keys = [bound(each.key) for each in page if each.key is not None]
        nameless = [ident.is_(None)] if len(keys) < len(page) else []
        return or_(*nameless, ident.in_(keys)) if keys else ident.is_(None)

    # By the database

    def _by_database(
        self, page: Sequence[Asked], times: Compared, instant: Instant, work: Work | None
    ) -> tuple[list[VersionAsOf], list[Asked]]:
        """The answers, and the aggregates with values that the database can't compare."""
        table, version = self._table, self._table.version
        columns: list[Label[Any]] = [
            func.max(case((times.before, version))).label("before"),
            func.min(case((times.after, table.first_version))).label("after"),
            func.sum(case((times.before, self._held), else_=literal(0))).label("events"),
            func.sum(case((or_(times.before, times.after), literal(0)), else_=self._held)).label("undated"),
            func.sum(case((times.odd, literal(1)), else_=literal(0))).label("odd"),
        ]
        statement = select(table.shown_id, *columns).select_from(table.table)
        statement = statement.where(self._among(page), version.is_not(None)).group_by(table.id)
        rows = {table.id_text(row[0]): row for row in self._database.read(lambda reader: reader.rows(statement), work)}
        answers: list[VersionAsOf] = []
        rest: list[Asked] = []
        for each in page:
            row = rows.get(each.summary.aggregate_id)
            if row is None or row[5]:
                rest.append(each)
                continue
            before, after = (None if value is None else int(value) for value in row[1:3])
            in_order = before is None or after is None or before < after
            events, undated = int(row[3]), int(row[4])
            answers.append(VersionAsOf(each.summary.aggregate_id, before, events, None, True, in_order, undated))
        keys = {each.summary.aggregate_id: each.key for each in page}
        places = [(keys[each.aggregate_id], each.version) for each in answers if each.version is not None]
        found = self._times_of(places, instant, work)
        return [replace(each, time=found.get((each.aggregate_id, each.version))) for each in answers], rest

    @property
    def _held(self) -> ColumnElement[Any]:
        """How many events a row holds."""
        count = self._table.count
        return literal(1) if count is None else self._table.raw(count.name)

    def _times_of(
        self, places: Sequence[tuple[Any, int]], instant: Instant, work: Work | None
    ) -> dict[tuple[str, int | None], Instant]:
        """The times of some events, by shown id and version."""
        table = self._table
        found: dict[tuple[str, int | None], Instant] = {}
        if not places:
            return found
        wanted = [
            and_(table.id.is_(None) if key is None else table.id == bound(key), table.version == bound(version))
            for key, version in places
        ]
        fields = self._fields
        statement = table.select(fields).where(or_(*wanted))
        rows = self._database.read(lambda reader: reader.rows(statement), work)
        made = self._batches.make(rows, fields, unfold=False)
        for key, version, time in zip(made.columns["aggregate_id"], made.versions, made.times(), strict=True):
            if time is not None and time.ns <= instant.ns:
                found[table.id_text(key), version] = time
        return found

    # By reading

    @property
    def _fields(self) -> list[str]:
        """The fields of an event that its time comes from."""
        fields = self._table.fields
        wanted: tuple[str, ...] = ("aggregate_id", "version", "timestamp", COUNT)
        names = [name for name in wanted if name in fields]
        if self._inside:
            names += [name for name in fields if name in ("metadata", "data") or name.startswith("also ")]
        return names

    def _by_reading(self, page: Sequence[Asked], instant: Instant, work: Work | None) -> list[VersionAsOf]:
        if not page:
            return []
        table = self._table
        fields = self._fields
        statement = table.select(fields).where(self._among(page), table.version.is_not(None))
        tallies = {each.summary.aggregate_id: _Tally() for each in page}
        for part in self._parts(statement, work):
            rows = self._batches.make(part, fields)
            keys = rows.columns["aggregate_id"]
            named = {key: tallies.get(table.id_text(key)) for key in set(keys)}
            # Rows that hold several events have been unfolded only where the payload was read.
            counts = [1] * len(rows) if COUNT not in fields or self._inside else rows.columns[COUNT]
            for key, version, time, held in zip(keys, rows.versions, rows.times(), counts, strict=True):
                tally = named[key]
                if tally is not None:
                    tally.add(version, whole(held) or 1, time, instant)
            if work is not None:
                work.check()
        return [tally.answer(aggregate_id) for aggregate_id, tally in tallies.items()]

    def _parts(self, statement: Select[Any], work: Work | None) -> Iterator[list[Row]]:
        if self._table.versions_indexed:
            # Few enough to be held: a stream would take a connection of its own.
            yield self._database.read(lambda reader: reader.rows(statement), work)
        else:
            yield from self._database.stream(statement, _PART, work)

    # By bisecting

    def _bisected(self, asked: Asked, instant: Instant, work: Work | None) -> VersionAsOf:
        """The version by looking at a few events, as if times ascended with versions."""
        summary = asked.summary
        name = summary.aggregate_id
        own = self._own(asked.key, work)
        first = self._dated_from(own, -(1 << 63), work)
        if first is None or first[1].ns > instant.ns:
            return VersionAsOf(name, None, 0, None, False, True, 0)
        best = first
        low, high = first[0] + 1, summary.version + 1
        if summary.last_event is not None and summary.last_event.ns <= instant.ns:
            best, low = (summary.version, summary.last_event), high
        while low < high:
            if work is not None:
                work.check()
            middle = (low + high) // 2
            event = self._dated_from(own, middle, work)
            if event is None or event[1].ns > instant.ns:
                high = middle
            else:
                best = event
                low = event[0] + 1
        return VersionAsOf(name, best[0], best[0] - first[0] + 1, best[1], False, True, 0)

    def _dated_from(
        self, own: ColumnElement[bool], version: int, work: Work | None
    ) -> tuple[int, Instant] | None:
        """The next event with a time from a version on, among the few that are looked at."""
        table = self._table
        fields = self._fields
        statement = table.select(fields).where(own, table.version >= bound(version)).order_by(table.version)
        if not self._inside:
            statement = statement.where(table.fields["timestamp"].is_not(None))
        rows = self._database.read(lambda reader: reader.rows(statement.limit(_LOOKED_AT)), work)
        made = self._batches.make(rows, fields)
        dated = zip(made.versions, made.times(), strict=True)
        return next(((at, time) for at, time in dated if time is not None), None)


class _Tally:
    """One aggregate's events, counted on either side of the moment."""

    __slots__ = ("after", "before", "events", "time", "undated")

    def __init__(self) -> None:
        self.before: int | None = None
        self.after: int | None = None
        self.time: Instant | None = None
        self.events = 0
        self.undated = 0

    def add(self, version: int, held: int, time: Instant | None, instant: Instant) -> None:
        if time is None:
            self.undated += held
        elif time.ns <= instant.ns:
            self.events += held
            if self.before is None or version >= self.before:
                self.before, self.time = version, time
        elif self.after is None or version - held + 1 < self.after:
            self.after = version - held + 1

    def answer(self, aggregate_id: str) -> VersionAsOf:
        in_order = self.before is None or self.after is None or self.before < self.after
        return VersionAsOf(aggregate_id, self.before, self.events, self.time, True, in_order, self.undated)


def _nothing(asked: Asked) -> VersionAsOf:
    """The answer where events have no times."""
    return VersionAsOf(asked.summary.aggregate_id, None, 0, None, True, True, asked.summary.events)


@dataclass(frozen=True, slots=True)
class Compared:
    """Conditions that the database answers exactly as reading the times would."""

    before: ColumnElement[bool]
    after: ColumnElement[bool]
    odd: ColumnElement[bool]
    """Values that only reading them can place."""


def compared(table: EventTable, instant: Instant) -> Compared | None:
    """How the database compares times with a moment; None where it can't, or not exactly."""
    source = table.layout.part("timestamp")
    column = table.plain_column("timestamp")
    if column is None or source.sql is not None or source.rule is not None or source.default is not None:
        return None
    raw = table.raw(column.name)
    never = literal(1) == literal(0)
    if column.kind in ("zoned", "time") and table.database in ("postgresql", "mysql"):
        aware = column.kind == "zoned" and table.database == "postgresql"
        shift = 0 if aware else (table.timestamps.zone or 0) * 1_000_000_000
        ends = [_moment(ns, aware=aware) for ns in (_FIRST, min(max(instant.ns + shift, _FIRST), _LAST), _LAST)]
        first, moment, last = (bindparam(None, end, sql.DateTime(timezone=aware), unique=True) for end in ends)
        if instant.ns + shift < _FIRST:
            return Compared(never, raw.between(first, last), never)
        return Compared(raw.between(first, moment), and_(raw > moment, raw <= last), never)
    if column.kind == "integer" and table.database in ("sqlite", "postgresql", "mysql"):
        return _counted(table, raw, instant)
    return None


def _moment(ns: int, *, aware: bool) -> datetime:
    moment = as_datetime(Instant(ns, 0))
    return moment.astimezone(UTC) if aware else moment.replace(tzinfo=None)


def _counted(table: EventTable, raw: ColumnElement[Any], instant: Instant) -> Compared | None:
    """The same for whole numbers that count from some beginning."""
    form = table.timestamps.form
    number = func.typeof(raw) == literal("integer") if table.database == "sqlite" else raw.is_not(None)
    odd: ColumnElement[bool] = literal(1) == literal(0)
    if table.database == "sqlite":
        odd = func.typeof(raw).not_in(["integer", "null"])
    if form in _NS or form == "ticks":
        limit = instant.ns // _NS[form] if form in _NS else (instant.ns - _FIRST) // 100
        most = literal(min(max(limit, -(1 << 63)), (1 << 63) - 1), sql.BigInteger())
        return Compared(and_(number, raw <= most), and_(number, raw > most), odd)
    if form != "auto":
        return None
    before: list[ColumnElement[bool]] = []
    after: list[ColumnElement[bool]] = []
    for unit, low, high in _UNITS:
        limit = instant.ns // _NS[unit]
        for first, last in ((low, high - 1), (-(high - 1), -low if low else -1)):
            span = raw.between(_whole(first), _whole(last))
            before.append(and_(span, raw <= _whole(limit)))
            after.append(and_(span, raw > _whole(limit)))
    return Compared(and_(number, or_(*before)), and_(number, or_(*after)), odd)


def _whole(number: int) -> ColumnElement[int]:
    return literal(min(max(number, -(1 << 63)), (1 << 63) - 1), sql.BigInteger())

