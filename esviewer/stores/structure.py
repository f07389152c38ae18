"""What a store's tables say beside the events: what they enforce, which newest versions and positions they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, FromClause, Text, alias, and_, exists, func, literal, or_, select
from sqlalchemy import cast as sql_cast

from esviewer.stores.binding import BoundTable, EventTable, whole
from esviewer.stores.databases.catalog import FILE_ROW, Keys
from esviewer.stores.databases.database import Database, Row
from esviewer.stores.layouts.model import Source, folded, sql_for
from esviewer.stores.relation import bound
from esviewer.work import Work

Enforced: TypeAlias = Literal["yes", "no", "counted", "files", "view", "unknown", "otherwise"]
"""Whether a store's tables let each aggregate have a version once.

They need not where versions are counted; event files can't; of a view, or of versions inside JSON, nobody can tell; and
a framework may see to it otherwise."""
Numbering: TypeAlias = Literal["yes", "none", "files", "several", "other"]
"""Whether a store numbers all its events: not where it has no positions or they are no whole numbers, where they are
rows of a file, nor where each of several tables counts its own."""

_PLACE: Final = re.compile(r"\{([^{}]+)\}")
_PAGE: Final = 20_000
_LARGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class HeadApart:
    """An aggregate whose newest version, as the store names it, is not that of its newest event."""

    scope: Any
    """What the id is unique within, as stored; None where it is unique by itself."""
    key: Any
    """Its id as stored."""
    named: int
    newest: int | None
    """None where it has no events."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """An aggregate that has snapshots and no events."""

    aggregate_id: str
    version: int | None
    """The newest snapshot's."""
    snapshots: int


def enforced(table: EventTable) -> Enforced:
    """Whether an index keeps two events of an aggregate from having the same version."""
    relation = table.relation
    section = relation.section
    if relation.find([FILE_ROW]) is not None:
        return "files"
    if table.version_source.number:
        return "counted"
    if any(each.view for each in (section.table, *section.joined.values())):
        return "view"
    if table.version_field is None:
        return "unknown"
    join, _, version = table.version_field.name.rpartition(".")
    known: list[Keys | None] = [relation.keys_of(section.table)]
    if join:
        known = [relation.keys_of(section.joined[join])]
    elif relation.members:
        known = [relation.keys_of(member) for member, _ in relation.members]
    if None in known:
        return "unknown"
    own = {version, *table.layout.unique_with}
    for part in ("aggregate_id", "aggregate_type", "tenant", "archived"):
        own |= _columns(table, part, join)
    if table.count is not None:
        own.add(table.count.name)
    named = {folded(name) for name in own}

    def keeps(keys: Keys) -> bool:
        return any(
            index.unique and version in index.columns and {folded(name) for name in index.columns} <= named
            for index in keys.indexes
        )

    if all(keys is not None and keeps(keys) for keys in known):
        return "yes"
    return "otherwise" if table.layout.unique_otherwise else "no"


def _columns(table: EventTable, part: str, join: str) -> set[str]:
    """The columns of one table, ours or a joined one, that a part is made of or that stand for it."""
    source = table.layout.part(part)
    text = sql_for(source.sql, table.database)
    names = set(source.columns) | set(source.joined) | set(source.json[:1])
    if text is not None:
        names |= set(_PLACE.findall(text))
    found = set()
    joins = {each.name: each for each in table.layout.joins}
    for name in names:
        prefix, _, column = name.rpartition(".")
        if prefix == join:
            found.add(column)
        elif prefix in joins and not join:
            found |= {ours for ours in joins[prefix].on.values() if "." not in ours}
        elif not prefix and join in joins:
            found |= {theirs for theirs, ours in joins[join].on.items() if ours == name}
    return found


# The newest versions that a store names


def names_heads(table: EventTable) -> bool:
    """Whether the store keeps the version of each aggregate's newest event in a table that can be compared."""
    heads = table.layout.heads
    if heads is None or heads.join not in table.relation.section.joined or table.count is not None:
        return False
    partner = table.relation.section.joined[heads.join]
    if not any(folded(each.name) == folded(heads.version) for each in partner.columns):
        return False
    return all(_in_partner(table, source) is not None for source, _ in table.relation.only)


def heads_apart(database: Database, table: EventTable, work: Work | None) -> Iterator[HeadApart]:
    """The aggregates whose named head is not their newest event's version; of those without events too."""
    layout = table.layout
    heads = layout.heads
    assert heads is not None
    partner = table.relation.section.joined[heads.join]
    theirs = alias(table.relation.clause(partner), "heads")
    names = {folded(each.name): each for each in partner.columns}

    def column(name: str) -> ColumnElement[Any]:
        return theirs.c[names[folded(name)].name]

    own: list[ColumnElement[bool]] = []
    raw: list[ColumnElement[bool]] = []
    base = alias(table.relation.clause(table.relation.section.table), "stored")
    real = {folded(each.name): each.name for each in table.relation.section.table.columns}
    join = next(each for each in layout.joins if each.name == heads.join)
    for their, our in join.on.items():
        field = table.relation.find([our])
        assert field is not None
        own.append(table.raw(field.name) == column(their))
        raw.append(base.c[real[folded(our)]] == column(their))
    newest = select(func.max(table.version)).select_from(table.table).where(*own).correlate(theirs).scalar_subquery()
    # Streams of the store itself, whose events the layout leaves out, are not empty.
    left_out = exists(select(literal(1)).select_from(base).where(*raw).correlate(theirs))
    ident = _in_partner(table, table.id_source)
    scope = _in_partner(table, layout.part(layout.scope)) if layout.scope else None
    assert ident is not None
    picked = [_exact(table, column(ident), names[folded(ident)].kind)]
    picked.append(literal(None) if scope is None else column(scope))
    version = column(heads.version)
    statement = select(*picked, version, newest).select_from(theirs)
    statement = statement.where(version.is_not(None), or_(newest != version, and_(newest.is_(None), ~left_out)))
    for source, value in table.relation.only:
        whose = _in_partner(table, source)
        assert whose is not None
        statement = statement.where(column(whose).is_(None) if value is None else column(whose) == bound(value))
    for rows in database.stream(statement, 1_000, work):
        for key, within, named, last in rows:
            head, events = whole(named), whole(last)
            # A stream without events is at the version before the first one.
            if head is not None and not (events is None and head < layout.first_version):
                yield HeadApart(within, key, head, events)


def _in_partner(table: EventTable, source: Source) -> str | None:
    """The column of the table with the heads that a part comes from, or that it is joined by."""
    heads = table.layout.heads
    join = next((each for each in table.layout.joins if heads is not None and each.name == heads.join), None)
    if join is None or source.sql is not None or not source.columns:
        return None
    prefix, _, name = source.columns[0].rpartition(".")
    if prefix == join.name:
        return name
    return next((theirs for theirs, ours in join.on.items() if ours == source.columns[0]), None)


def _exact(table: EventTable, expression: ColumnElement[Any], kind: str) -> ColumnElement[Any]:
    return sql_cast(expression, Text) if table.database in ("postgresql", "duckdb") and kind == "uuid" else expression


# Snapshots without events


def snapshot_owners(database: Database, table: BoundTable, work: Work | None) -> Iterator[list[Row]]:
    """The ids that snapshots are of, as stored, with their newest version and their number."""
    statement = select(table.shown_id, func.max(table.version), func.count()).select_from(table.table)
    statement = statement.where(table.id.is_not(None), table.version.is_not(None)).group_by(table.id)
    yield from database.stream(statement, 500, work)


# Positions


def numbering(table: EventTable) -> Numbering:
    """Whether the store numbers all its events in one row."""
    relation = table.relation
    if table.position is None:
        return "none"
    if relation.find([FILE_ROW]) is not None:
        return "files"
    if len(relation.members) > 1 and not table.position_unique:
        return "several"
    field = table.position_field
    plain = field is None and table.keys.rowid is not None and not table.layout.part("position").sql
    return "yes" if plain or (field is not None and field.column.kind == "integer") else "other"


def positions(
    database: Database, table: EventTable, after: int | None, work: Work | None
) -> Iterator[NDArray[np.int64]]:
    """All positions, ascending; those of rows that the layout leaves out too, where the table alone tells them."""
    ends = _without_gaps(database, table, after, work)
    if ends is not None:
        for first in range(ends[0], ends[1] + 1, _PAGE):
            yield np.arange(first, min(first + _PAGE, ends[1] + 1), dtype=np.int64)
        return
    position, source, indexed = _position(table)
    statement = select(position).select_from(source).order_by(position)
    if not indexed:
        there = position.is_not(None) if after is None else position > bound(after)
        for rows in database.stream(statement.where(there), _PAGE, work):
            yield _whole_numbers(rows)
        return
    last: Any = after
    while True:
        page = statement.where(position.is_not(None) if last is None else position > bound(last)).limit(_PAGE)
        rows = database.read(lambda reader, each=page: reader.rows(each), work)  # type: ignore[misc]
        if rows:
            last = rows[-1][0]
            yield _whole_numbers(rows)
        if len(rows) < _PAGE:
            return
        if work is not None:
            work.check()


def _without_gaps(
    database: Database, table: EventTable, after: int | None, work: Work | None
) -> tuple[int, int] | None:
    """The first and the last position if there is each number between them once; None otherwise.

    Counted by the database, which is faster than reading them; where positions surely are whole numbers.
    """
    position, field = table.position, table.position_field
    source = table.layout.part("position")
    alias = field.name == table.keys.rowid_alias if field is not None else source.sql is None and not source.json
    exact = alias if table.database == "sqlite" else field is not None and field.column.kind == "integer"
    if position is None or not (exact and table.relation.plain and table.position_unique):
        return None
    there = [] if after is None else [position > bound(after)]
    count = func.count(position) if table.position_nullable else func.count()
    # One by one: an index answers each of them best.
    each_end = select(func.min(position)), select(func.max(position))
    asked = [each.select_from(table.table).where(*there) for each in (select(count), *each_end)]
    number, low, high = database.read(lambda reader: [reader.value(each) for each in asked], work)
    return (low, high) if type(low) is int and type(high) is int and high - low + 1 == number else None


def position_ends(database: Database, table: EventTable, work: Work | None) -> tuple[int, int] | None:
    """The first and the last event's position; None in an empty store, and where positions are no whole numbers."""
    assert table.position is not None
    found = []
    for end in (func.min, func.max):
        # One by one: an index answers each of them at once, and both together not everywhere.
        statement = select(end(table.position)).select_from(table.table)
        rows = database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
        number = whole(rows[0][0])
        if number is None:
            return None
        found.append(number)
    return found[0], found[1]


def position_before(
    database: Database, table: EventTable, position: int, count: int, work: Work | None
) -> int | None:
    """The position of the event that is the `count`-th up to a position, counted back; that of the first if fewer."""
    assert table.position is not None
    own = table.position.label("stored_position")
    last = select(own).select_from(table.table).where(table.position <= bound(position)).order_by(table.position.desc())
    inner = last.limit(count).subquery()
    found = database.read(lambda reader: reader.rows(select(func.min(inner.c["stored_position"]))), work)[0][0]
    return whole(found)


def position_after(
    database: Database, table: EventTable, position: int, count: int, work: Work | None
) -> int | None:
    """The position of the `count`-th event after a position; that of the last if fewer, None without any."""
    assert table.position is not None
    own = table.position.label("stored_position")
    rest = select(own).select_from(table.table).where(table.position > bound(position)).order_by(table.position)
    inner = rest.limit(count).subquery()
    found = database.read(lambda reader: reader.rows(select(func.max(inner.c["stored_position"]))), work)[0][0]
    return whole(found)


def _position(table: EventTable) -> tuple[ColumnElement[Any], FromClause, bool]:
    field = table.position_field
    assert table.position is not None
    relation = table.relation
    keys = relation.keys_of(relation.section.table)
    several = relation.members or table.layout.spread is not None
    if field is None or relation.plain or "." in field.name or several or keys is None:
        indexed = field is None or table.keys.ordered_by(field.name)
        return table.position, table.table, indexed and relation.plain
    base = table.relation.clause(table.relation.section.table)
    return base.c[field.name], base, keys.ordered_by(field.name)


def _whole_numbers(rows: list[Row]) -> NDArray[np.int64]:
    try:
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))
    except (TypeError, ValueError, OverflowError):
        numbers = (whole(row[0]) for row in rows)
        return np.array([each for each in numbers if each is not None and abs(each) < _LARGEST], dtype=np.int64)
