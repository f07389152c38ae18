"""Events counted in groups by the database: what one GROUP BY answers exactly as reading every event would.

The database groups by parts of events as it has them, so that their values are told apart as reading tells them apart;
what a value is called, and which span of time a time is in, is read here of one event of each group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql

from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores.as_of import Compared, compared
from esviewer.stores.batching import Batches, Rows
from esviewer.stores.binding import EventTable
from esviewer.stores.databases.database import Database
from esviewer.stores.groups import PARTS, Group, Span
from esviewer.stores.relation import bound
from esviewer.work import Work

_DATABASES: Final = ("sqlite", "postgresql", "mysql")
_KINDS: Final = ("text", "integer", "uuid")
_ROWS: Final = 5_000
_AT_ONCE: Final = 500
_SECONDS: Final = {"hour": 3_600, "day": 86_400}
_A_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000, "ticks": 10_000_000}
_NEAR: Final = 64
"""How far from 10**17 a number is surely told to be below or above it as a float."""
_ISO: Final = (
    "^[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    "([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
)
_ISO_HEAD: Final = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9]"


class InexactError(Exception):
    """The database can't answer, or not exactly as reading would; the text says why."""


class Grouping:
    """Asks one event table."""

    def __init__(self, database: Database, table: EventTable, batches: Batches) -> None:
        self._database = database
        self._table = table
        self._batches = batches

    def count(self, after: int | None, up_to: int, as_of: Instant | None, work: Work | None) -> tuple[int, int]:
        """How many events there are up to a position and a moment, and how many more at all; raises InexactError.

        With `after`, of those behind that position.
        """
        table = self._table
        self._check()
        numbered = self._numbered(after)
        inside: ColumnElement[bool] = table.position <= bound(up_to)
        odd: ColumnElement[bool] = literal_column("1") == literal_column("0")
        if table.database == "sqlite":
            # Columns of SQLite hold what they like.
            whole = [func.typeof(each) != literal("integer") for each in (table.position, table.version)]
            odd = or_(*whole)
        if as_of is not None:
            times = self._compared(as_of)
            inside, odd = and_(inside, times.before), or_(odd, times.odd)
        asked = [func.count(), func.sum(case((inside, 1), else_=0)), func.sum(case((odd, 1), else_=0))]
        statement = select(*asked).select_from(table.table).where(*numbered)
        row = self._database.read(lambda reader: reader.row(statement), work)
        number, counted, doubtful = (int(each or 0) for each in row or (0, 0, 0))
        if doubtful:
            raise InexactError("some events have times, versions or positions that only reading can place")
        return counted, number - counted

    def groups(
        self,
        by: Collection[str],
        span: Span | None,
        after: int | None,
        up_to: int,
        as_of: Instant | None,
        work: Work | None,
    ) -> Iterator[Group]:
        """The groups of the events between two positions and up to a moment, in any order; raises InexactError.

        `by` are some of PARTS; `span` is how far times are told apart. `count` has to be asked the same before.
        """
        table = self._table
        self._check()
        names: list[str] = [name for name in PARTS if name in by and (name in table.fields or name in table.parts)]
        for name in names:
            if name not in table.fields:
                raise InexactError(f"the {name.replace('_', ' ')} is not in a column")
        if "aggregate_type" in names:
            self._look_at_types(after, work)
        keys = [self._key(name, span) for name in names]
        fields = [name for name in names if name != "version"]
        shown = [func.min(table.fields[name]) for name in fields]
        position = table.position
        facts = [
            func.min(table.version),
            func.max(table.version),
            func.count(),
            func.min(position),
            func.max(position),
        ]
        where = [*self._numbered(after), position <= bound(up_to)]
        if as_of is not None:
            where.append(self._compared(as_of).before)
        columns = [each.label(f"g{number}") for number, each in enumerate([*keys, *shown, *facts])]
        statement = select(*columns).select_from(table.table).where(*where)
        if keys:
            # By number: an expression with parameters is another one each time it is written.
            statement = statement.group_by(*[literal_column(str(number + 1)) for number in range(len(keys))])
        for rows in self._database.stream(statement, _ROWS, work):
            made = [row[len(keys) :] for row in rows if row[-3]]
            if made:
                yield from self._made(made, [*fields, "version"], names)

    def _made(self, rows: list[tuple[Any, ...]], fields: list[str], names: list[str]) -> Iterator[Group]:
        number = len(fields)
        found = self._batches.make([row[:number] for row in rows], fields)
        if len(found) != len(rows):
            raise InexactError("some events have no whole-number version")
        events = self._events(found, names)
        for event, (least, greatest, *facts) in zip(events, (row[number - 1 :] for row in rows), strict=True):
            count, first, last = map(int, facts)
            yield Group(event, count, first, last, int(least), int(greatest))

    def at(self, positions: Sequence[int], work: Work | None) -> dict[int, dict[str, Value]]:
        """The events at some positions as `event` is in expressions; those that are no longer there are missing."""
        table = self._table
        names = [*PARTS, "position", "event_id"]
        inside = any(name in table.parts and table.parts[name].source.inside for name in names)
        fields = [name for name in table.fields if inside or name in names]
        found: dict[int, dict[str, Value]] = {}
        rest = iter(positions)
        while some := list(islice(rest, _AT_ONCE)):
            statement = table.select(fields).where(
                table.position.in_([bound(each) for each in some]),  # type: ignore[union-attr]
                *table.with_id(),
                table.version.is_not(None),
            )
            rows = self._database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
            for event in self._events(self._batches.make(rows, fields), names):
                found[event["position"]] = event
        return found

    def _events(self, rows: Rows, names: Sequence[str]) -> Iterator[dict[str, Value]]:
        columns: dict[str, Sequence[Value]] = {}
        for name in names:
            if name == "version":
                columns[name] = rows.versions
            elif name == "type":
                columns[name] = rows.types()
            elif name == "aggregate_id":
                columns[name] = rows.names()
            elif name == "timestamp":
                columns[name] = [None if time is None else time.isoformat() for time in rows.times()]
            else:
                columns[name] = rows.column(name)
        for index in range(len(rows)):
            yield {name: column[index] for name, column in columns.items()}

    def _numbered(self, after: int | None) -> list[ColumnElement[bool]]:
        """What holds for the events that count, those behind a position where one is given."""
        table = self._table
        newer = [] if after is None else [table.position > bound(after)]
        return [*table.with_id(), table.version.is_not(None), *newer]

    def _check(self) -> None:
        table = self._table
        if table.database not in _DATABASES:
            raise InexactError("the database is not one of those that are asked so")
        if table.count is not None:
            raise InexactError("a row holds several events")
        if table.scope is not None:
            raise InexactError("ids are unique only within a type or tenant")
        if not table.version_is_plain or table.version_field is None or table.version_field.column.kind != "integer":
            raise InexactError("versions are not whole numbers in a column")
        field = table.position_field
        if not table.position_unique or (field is not None and field.column.kind != "integer"):
            raise InexactError("no column numbers all events")

    def _compared(self, moment: Instant) -> Compared:
        found = compared(self._table, moment) or texts_compared(self._table, moment)
        if found is None:
            raise InexactError("the database can't compare the times as they are kept")
        return found

    def _key(self, name: str, span: Span | None) -> ColumnElement[Any]:
        """What tells a part's values apart; texts letter by letter, whatever the column takes for the same."""
        table = self._table
        if name == "version":
            return table.version
        found = table.plain_column(name)
        source = table.layout.part(name)
        if found is None or source.sql is not None:
            raise InexactError(f"the {name.replace('_', ' ')} is not in a column")
        raw = table.raw(found.name)
        if name == "timestamp":
            return _spans(table, raw, found.kind, span or "hour")
        if found.kind not in _KINDS:
            raise InexactError(f"the {name.replace('_', ' ')} is of a kind that is not grouped")
        return told_apart(raw, found.kind, table.database)

    def _look_at_types(self, after: int | None, work: Work | None) -> None:
        """Raise InexactError where events of one aggregate differ in its type: that of the first would count.

        Only aggregates with events behind a position are looked at, where one is given.
        """
        table = self._table
        found = table.plain_column("aggregate_type")
        if table.typed_by_id or found is None:
            return
        kind = told_apart(table.raw(found.name), found.kind, table.database)
        differ = or_(func.min(kind) != func.max(kind), and_(func.count(kind) != 0, func.count(kind) != func.count()))
        numbered = self._numbered(None)
        if after is not None:
            numbered.append(table.id.in_(select(table.id).select_from(table.table).where(*self._numbered(after))))
        statement = select(literal(1)).select_from(table.table).where(*numbered).group_by(table.id)
        if self._database.read(lambda reader: reader.row(statement.having(differ).limit(1)), work) is not None:
            raise InexactError("events of one aggregate differ in its type")


def told_apart(raw: ColumnElement[Any], kind: str, database: str) -> ColumnElement[Any]:
    """A column's values so that texts are the same only where every byte is."""
    if kind != "text":
        return raw
    if database == "sqlite":
        return raw.collate("BINARY")
    if database == "mysql":
        return sql_cast(raw, sql.BINARY())
    return sql_cast(raw, sql.Text()).collate("C")


def _spans(table: EventTable, raw: ColumnElement[Any], kind: str, span: Span) -> ColumnElement[Any]:
    """What is the same for times in one span only; a time that is not as usual is alone with those that equal it."""
    if table.layout.part("timestamp").rule is not None:
        raise InexactError("times are made out of texts by a rule")
    database = table.database
    if kind in ("zoned", "time") and database == "postgresql":
        return func.date_trunc(literal_column(f"'{span}'"), raw)
    if kind in ("zoned", "time") and database == "mysql":
        return func.date_format(raw, "%Y-%m-%d %H" if span == "hour" else "%Y-%m-%d")
    if database == "sqlite":
        text = func.typeof(raw) == literal("text")
        number = func.typeof(raw) == literal("integer")
        short = func.substr(raw, 1, 13 if span == "hour" else 10)
        cases = [(and_(text, _is_iso(raw)), short), *_numbered_spans(table, raw, span, number)]
        return case(*cases, else_=func.quote(raw))
    if kind == "text":
        # PostgreSQL's own cut would be of the column's characters, as this is.
        usual = told_apart(raw, kind, database)
        short = func.substr(raw, 1, 13 if span == "hour" else 10)
        return case((raw.regexp_match(_ISO), told_apart(short, kind, database)), else_=usual)
    if kind == "integer":
        cases = _numbered_spans(table, raw, span, raw.is_not(None))
        if cases:
            # Numbers below zero are never the same as a count of spans.
            return case(*cases, else_=case((raw < 0, raw), else_=-raw - 1))
    raise InexactError("times are of a kind that is not grouped")


def _numbered_spans(
    table: EventTable, raw: ColumnElement[Any], span: Span, number: ColumnElement[bool]
) -> list[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    form = table.timestamps.form
    if form in _A_SECOND:
        units = [(form, 0, 1 << 62)]
    elif form == "auto":
        units = [("s", 0, 10**11), ("ms", 10**11, 10**14), ("us", 10**14, 10**17 - _NEAR), ("ns", 10**17, 1 << 62)]
    else:
        return []
    divided = "DIV" if table.database == "mysql" else "/"
    return [
        (
            and_(number, raw >= literal(low, sql.BigInteger()), raw < literal(high, sql.BigInteger())),
            raw.op(divided)(literal(_SECONDS[span] * _A_SECOND[unit], sql.BigInteger())),
        )
        for unit, low, high in units
    ]


def _is_iso(raw: ColumnElement[Any], *, utc: bool = False) -> ColumnElement[bool]:
    """Whether SQLite's text is a time as usual: to the second, perhaps with a fraction and a zone."""
    head = func.substr(raw, 1, 19).op("GLOB", is_comparison=True)(_ISO_HEAD)
    tail = func.substr(raw, 20)
    fraction = tail.op("GLOB", is_comparison=True)(".[0-9]*")
    zone = case((fraction, func.ltrim(func.substr(raw, 21), "0123456789")), else_=tail)
    ending: ColumnElement[bool]
    if utc:
        ending = zone.in_(["", "Z", "+00:00"])
    else:
        other = zone.op("GLOB", is_comparison=True)("[+-][0-9][0-9]:[0-9][0-9]")
        ending = or_(zone.in_(["", "Z"]), other)
    return and_(head, func.substr(raw, 12, 2) < "24", ending)


def texts_compared(table: EventTable, moment: Instant) -> Compared | None:
    """How SQLite compares times that are texts, all of them in UTC, with a moment."""
    found = table.plain_column("timestamp")
    source = table.layout.part("timestamp")
    plain = found is not None and not (source.sql or source.rule or source.default is not None)
    if found is None or not plain or table.database != "sqlite" or table.timestamps.zone not in (None, 0):
        return None
    raw = table.raw(found.name)
    limit = Instant(moment.ns - moment.ns % 1_000_000_000).isoformat().removesuffix("Z")
    if len(limit) != 19:
        return None
    digits = f"{moment.ns % 1_000_000_000:09}".rstrip("0")
    second = func.replace(func.substr(raw, 1, 19), " ", "T")
    # No day that a month lacks: SQLite takes it for one of the next month, older versions only with a modifier.
    real = func.strftime("%Y-%m-%dT%H:%M:%S", func.substr(raw, 1, 19), "+0 days") == second
    good = and_(func.typeof(raw) == literal("text"), _is_iso(raw, utc=True), real)
    zoneless = reduce(lambda text, end: func.replace(text, end, ""), ("Z", "+00:00"), func.substr(raw, 21))
    fraction = func.rtrim(func.substr(zoneless, 1, 9), "0")
    early = or_(second < limit, and_(second == limit, fraction <= digits))
    odd = and_(raw.is_not(None), func.coalesce(good, literal(0)) == literal(0))
    return Compared(and_(good, early), and_(good, early.is_(False)), odd)
