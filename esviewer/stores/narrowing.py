"""Which events of a store are asked for: what the database may look at first, and the exact answer, given here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlalchemy import ColumnElement, bindparam, func, literal, or_
from sqlalchemy import types as sql

from esviewer.model.instant import Instant
from esviewer.stores.as_of import compared
from esviewer.stores.batching import Rows
from esviewer.stores.binding import EventTable
from esviewer.stores.grouping import texts_compared
from esviewer.stores.relation import bound


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions that all hold; both ends of a range are included."""

    since: Instant | None = None
    until: Instant | None = None
    type_globs: tuple[str, ...] = ()
    """Patterns, of which the type fits any; none: all types."""
    from_position: int | None = None
    to_position: int | None = None
    aggregate_type: str | None = None
    """A pattern for the aggregate's type; one that is missing is empty."""

    def in_sql(self, table: EventTable) -> list[ColumnElement[bool]]:
        """Conditions on types and times that surely keep all that `exact` keeps; positions are `between`'s."""
        kinds = [] if self.aggregate_type is None else _fitting(table, "aggregate_type", (self.aggregate_type,))
        return [*_fitting(table, "type", self.type_globs), *kinds, *_of_times(table, self.since, self.until)]

    def exact(self) -> Callable[[Rows], list[int]] | None:
        """Which rows are kept; None: all."""
        since, until, globs = self.since, self.until, self.type_globs
        timed = since is not None or until is not None
        placed = self.from_position is not None or self.to_position is not None
        of_type = self.aggregate_type
        if not (timed or placed or globs or of_type is not None):
            return None
        fitting: dict[str, bool] = {}

        def wanted(rows: Rows) -> list[int]:
            keep = list(range(len(rows)))
            if globs:
                types = rows.types()
                for kind in set(types):
                    fitting.setdefault(kind, any(fnmatchcase(kind, glob) for glob in globs))
                keep = [index for index in keep if fitting[types[index]]]
            if keep and of_type is not None:
                found = rows.column("aggregate_type")
                fits = {each: fnmatchcase(str(each or ""), of_type) for each in {found[index] for index in keep}}
                keep = [index for index in keep if fits[found[index]]]
            if keep and timed:
                times = rows.times()
                first = since.ns if since is not None else None
                last = until.ns if until is not None else None
                keep = [
                    index
                    for index in keep
                    if (time := times[index]) is not None
                    and (first is None or time.ns >= first)
                    and (last is None or time.ns <= last)
                ]
            if keep and placed:
                low = -math.inf if self.from_position is None else self.from_position
                high = math.inf if self.to_position is None else self.to_position
                positions = rows.positions()
                keep = [index for index in keep if type(at := positions[index]) is int and low <= at <= high]
            return keep

        return wanted


def between(table: EventTable, low: int | None, high: int | None) -> list[ColumnElement[bool]]:
    """Conditions that a position is in a range; events without one come last, so they are not before any."""
    if table.position is None or (low is None and high is None):
        return []
    more: list[ColumnElement[bool]] = []
    if low is not None:
        after = table.position >= bound(low)
        more.append(or_(after, table.position.is_(None)) if table.position_nullable else after)
    if high is not None:
        more.append(table.position <= bound(high))
    return more


def _fitting(table: EventTable, part: str, globs: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Conditions that keep all rows of which a part fits any of some patterns; none where the database can't tell."""
    if not globs or part not in table.parts:
        return []
    source = table.parts[part].source
    column = table.plain_column(part)
    # A type that is missing may have a default, or a rule another name.
    plain = column is not None and column.kind == "text" and source.sql is None and source.rule is None
    if column is None or not plain or source.default is not None or source.inside:
        return []
    raw = table.raw(column.name)
    kept: list[ColumnElement[bool]] = []
    for glob in globs:
        if "[" in glob or "\0" in glob or not glob:
            return []
        kept.append(_like(table.database, raw, glob))
        if fnmatchcase("", glob):
            kept.append(raw.is_(None))
    if table.database == "sqlite":
        kept.append(func.typeof(raw) != literal("text"))
    return [or_(*kept)] if len(kept) > 1 else kept


def _like(database: str, raw: ColumnElement[str], glob: str) -> ColumnElement[bool]:
    """Whether a text fits a pattern with * and ? at most, or more than that."""
    if not set(glob) & set("*?"):
        return raw == bindparam(None, glob, sql.Text(), unique=True)
    if database == "sqlite":
        return raw.op("GLOB", is_comparison=True)(bindparam(None, glob, sql.Text(), unique=True))
    like = "".join({"*": "%", "?": "_"}.get(char, f"~{char}" if char in "~%_[" else char) for char in glob)
    return raw.like(bindparam(None, like, sql.Text(), unique=True), escape="~")


def _of_times(table: EventTable, since: Instant | None, until: Instant | None) -> list[ColumnElement[bool]]:
    more: list[ColumnElement[bool]] = []
    for moment, above in ((since, True), (until, False)):
        if moment is None:
            continue
        # Not before a moment is after the nanosecond before it.
        told = Instant(moment.ns - 1, 0) if above else moment
        if not -(1 << 62) < told.ns < 1 << 62:
            continue
        times = compared(table, told) or texts_compared(table, told)
        if times is not None:
            more.append(or_(times.after if above else times.before, times.odd))
    return more
