"""One open event store, as everything above stores/ sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, text

from esviewer.errors import NotFoundError, StoreError, UsageError
from esviewer.model.batch import ColumnBatch, EventBatch, KeysOf, StoreBatch
from esviewer.model.event import AggregateSummary, Event, Snapshot
from esviewer.model.instant import Instant
from esviewer.model.scanned import Place, Scanned, Steps
from esviewer.stores.aggregates import AggregateRef, Aggregates
from esviewer.stores.along import Along, goes_by_position
from esviewer.stores.as_of import VersionAsOf
from esviewer.stores.as_sql import as_sql
from esviewer.stores.batching import Batches, Rows
from esviewer.stores.binding import POSITION, EventTable, SnapshotTable, whole
from esviewer.stores.chain import Link, links
from esviewer.stores.counting import Counting, StoreInfo
from esviewer.stores.databases.database import Database
from esviewer.stores.databases.notices import Notices
from esviewer.stores.extent import Extent
from esviewer.stores.grouping import Grouping
from esviewer.stores.layouts.detection import Fit
from esviewer.stores.layouts.model import Layout
from esviewer.stores.linked import Linked
from esviewer.stores.narrowing import Narrowing, between
from esviewer.stores.notes import Notes
from esviewer.stores.reading import EventReader, Part
from esviewer.stores.relation import bound
from esviewer.stores.scopes import KEPT_SCOPES, ScopedKey, Scopes
from esviewer.stores.snapshots import InScope, Snapshots
from esviewer.stores.structure import (
    Enforced,
    Numbering,
    Orphan,
    enforced,
    heads_apart,
    names_heads,
    numbering,
    position_after,
    position_before,
    position_ends,
    positions,
    snapshot_owners,
)
from esviewer.work import Work

_SAMPLE = 20

StoreOrder: TypeAlias = Literal["position", "rowid", "reconstructed"]
"""What the order of a store's events comes from; row ids may change when a file is copied or tidied up."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The events of one type or tenant, where ids are unique only within it."""

    aggregates: Aggregates
    reader: EventReader


class Store:
    """One event store, open read-only; its methods may be called from one thread at a time.

    All of them raise StoreError when the store can't be read, and CancelledError when their `work` was cancelled.
    """

    def __init__(
        self,
        database: Database,
        fit: Fit,
        events: EventTable,
        within: Callable[[Any], EventTable],
        snapshots: SnapshotTable | None,
        notes: Notes,
    ) -> None:
        """`within` gives the events of one scope, where ids are unique only within a type or tenant."""
        self.name: str = database.name
        """Short, for titles: the file's or the database's name."""
        self.label: str = database.label
        """The file's path, or the URL without password."""
        self.database: str = database.version
        """Such as `SQLite 3.45.1`."""
        self.layout: Layout = fit.layout
        self.fit: Fit = fit
        self.plugins: tuple[str, ...] = _plugins(fit.layout, events, snapshots)
        """Those that the layout and the codecs are of by which it is read, if any."""
        self.has_snapshots: bool = snapshots is not None
        self._database = database
        self._notes = notes
        self._again: Callable[[], Store] | None = None
        self._table = events
        self._batches = Batches(events, notes)
        self._reader = EventReader(database, events, self._batches)
        self._within = within
        self._scoped: dict[Any, _Scope] = {}
        self._whole = Aggregates(database, events, self._batches)
        self._aggregates: Aggregates | Scopes = self._whole
        if events.scope is not None:
            scopes = Scopes(database, events, events.scope[1], lambda value: self._scope(value).aggregates)
            self._aggregates = scopes
            self._batches.shared = lambda keys: scopes.shared(keys, None, None)
        self._snapshots = None if snapshots is None else Snapshots(database, snapshots, notes)
        self._extent = Extent(database, events, self._reader)
        self._along = Along(database, events, self._batches)
        self._counting = Counting(database, events, self._batches, self._whole, snapshots, fit.layout.name)

    def opened_by(self, again: Callable[[], Store]) -> None:
        """Say how to open the same store once more."""
        self._again = again

    def another(self) -> Store:
        """The same store on a connection of its own, for reading in the midst of another read; the caller closes it."""
        if self._again is None:
            raise StoreError("This store can't be opened a second time.")
        return self._again()

    def close(self) -> None:
        """Close the store; doing it twice is fine."""
        self._database.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Honest remarks on how far the store can be trusted and how fast it can be read; grows while reading."""
        return self._notes.all()

    def look_for_warnings(self, work: Work | None = None) -> None:
        """Note what a person should know before reading: order, indexes, zones."""
        table, say = self._table, self._notes.say
        if table.position is None:
            by = "time, aggregate and version" if "timestamp" in table.fields else "aggregate and version"
            say(f"The store has no order of all events; it is reconstructed from {by}.")
        elif table.relation.plain and not table.store_order.keyset and table.position_field is not None:
            say(f"No unique index is on {table.position_field.name}: reading all events sorts the whole table.")
        if table.layout.left_out:
            say(f"Left out as no events: {table.layout.left_out}.")
        self._look_at_indexes()
        fields = list(table.fields)
        sample = table.select(fields).where(*table.with_id(), table.version.is_not(None)).limit(_SAMPLE)
        rows = self._database.read(lambda reader: reader.rows(sample), work)
        times = [time for time in self._batches.make(rows, fields).times() if time is not None]
        zoneless = sum(time.offset is None for time in times)
        if zoneless:
            if zoneless == len(times):
                say("Timestamps name no zone; they count as UTC and are shown without one.")
            else:
                say("Some of the store's timestamps name no zone; these count as UTC and are shown without one.")

    def _look_at_indexes(self) -> None:
        say = self._notes.say
        # Within a type or a tenant, an index that starts with it orders by the rest.
        table = self._table if self._table.scope is None else self._within(None)
        ident = "the aggregate's id" if table.id_field is None else table.id_field.name
        version = "the version" if table.version_field is None else table.version_field.name
        if table.id_field is not None and "." in table.id_field.name and not table.indexed_by_id:
            return  # what finds rows through a joined table is the database's affair
        if not table.indexed_by_id:
            say(f"No index starts with {ident}: finding one aggregate reads the whole table.")
        elif not table.versions_indexed and not self._stand_in(table):
            say(f"No index is on ({ident}, {version}): each history is sorted when it is read.")
        if self._table.scope is not None:
            part = self._table.scope[0].replace("_", " ")
            say(f"Ids are unique only within their {part}; aggregates that share one are called {part.upper()}/ID.")

    def _stand_in(self, table: EventTable) -> bool:
        """Whether only the events without a version keep an index from being of use."""
        ident, version = table.id_field, table.version_field
        stands = table.version_source.otherwise is not None
        return stands and ident is not None and version is not None and table.keys.ordered_by(ident.name, version.name)

    def info(self, *, exact: bool = True, work: Work | None = None) -> StoreInfo:
        """The store in numbers; not `exact`: estimates that take no scan."""
        return self._counting.info(self.label, exact, work)

    def aggregate_ids(
        self,
        *,
        after: str | None = None,
        limit: int = 1000,
        type_glob: str | None = None,
        search: str | None = None,
        work: Work | None = None,
    ) -> list[AggregateRef]:
        """Aggregates by ascending id, those after the id `after`; fewer than `limit` only at the end.

        `search` is a part of the id or type, in any case; `type_glob` a pattern for the type, in this case.
        """
        return self._aggregates.listed(after, limit, type_glob, search, work)

    def summaries(self, ids: Sequence[str], *, exact: bool = True, work: Work | None = None) -> list[AggregateSummary]:
        """Summaries in the order of `ids`, without those that don't exist.

        Not `exact`: counts are taken from the versions at both ends, and say so.
        """
        return self._aggregates.summaries(ids, exact, work)

    def versions_as_of(
        self, ids: Sequence[str], instant: Instant, *, work: Work | None = None
    ) -> list[VersionAsOf]:
        """Each aggregate's newest version at or before a moment, in the order of `ids`, without those that don't exist.

        Times without a zone count as UTC. Long histories are not read: their answers say that they are not `exact`.
        """
        return self._aggregates.versions_as_of(ids, instant, work)

    def summary(self, aggregate_id: str, *, work: Work | None = None) -> AggregateSummary:
        """One aggregate's summary; raises NotFoundError."""
        found = self.summaries([aggregate_id], work=work)
        if not found:
            raise _no_aggregate(aggregate_id)
        return found[0]

    def _scope(self, value: Any) -> _Scope:
        if value not in self._scoped:
            if len(self._scoped) >= KEPT_SCOPES:
                self._scoped.clear()
            table = self._within(value)
            batches = Batches(table, self._notes)
            self._scoped[value] = _Scope(
                Aggregates(self._database, table, batches), EventReader(self._database, table, batches)
            )
        return self._scoped[value]

    def _found_by(self, key: Any, work: Work | None) -> tuple[EventReader, ColumnElement[bool]]:
        """What reads an aggregate's events, and the condition that they are its own; `key` is its id as stored."""
        if isinstance(key, ScopedKey):
            scope = self._scope(key.scope)
            return scope.reader, scope.aggregates.own(key.key, work)
        own = self._aggregates.own(key, work) if isinstance(self._aggregates, Aggregates) else self._table.has_id(key)
        return self._reader, own

    def _of_aggregate(
        self,
        key: Any,
        shown: str,
        from_version: int | None,
        to_version: int | None,
        work: Work | None,
        parts: Collection[str] | None = None,
    ) -> Iterator[Rows]:
        """One aggregate's rows by version; `key` is its id as stored, `shown` as people see it."""
        reader, own = self._found_by(key, work)
        return reader.of_aggregate(own, shown, from_version, to_version, work, parts)

    def sql(self, aggregate_id: str, version: int | None = None, *, work: Work | None = None) -> str:
        """The SELECT that reads an aggregate's events by version, or the event of one version, for a database client.

        Raises NotFoundError, and UsageError where there is no database that others could ask.
        """
        if not self._database.answers_others:
            raise UsageError(f"{self.name} is no database: no SQL reads it.", "Copy the event as JSON instead.")
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            raise _no_aggregate(aggregate_id)
        reader, own = self._found_by(found[0], work)
        return as_sql(self._database, reader.selecting(own, version), work)

    def batches(
        self,
        aggregate_id: str,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
        keys: frozenset[str] | None = None,
        timed: bool = True,
        work: Work | None = None,
    ) -> Iterator[EventBatch]:
        """One aggregate's events by version, both ends included; none when there is no such aggregate.

        With `keys` they are read for who looks at types and data only, and in data that are objects at no other keys:
        others may be missing, whole events can't be asked for, and times only if `timed`.
        """
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            return
        parts = None if keys is None else ("type", "data", "timestamp") if timed else ("type", "data")
        for rows in self._of_aggregate(found[0], found[1], from_version, to_version, work, parts):
            if len(rows):
                yield rows.batch() if keys is None else rows.batch_of(keys, timed)

    def marks(
        self, aggregate_id: str, *, from_version: int | None = None, work: Work | None = None
    ) -> Iterator[EventBatch]:
        """One aggregate's events by version, from one version on, with types and times alone."""
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            return
        for rows in self._of_aggregate(found[0], found[1], from_version, None, work, ("type", "timestamp")):
            if len(rows):
                yield rows.marks()

    def events(
        self,
        aggregate_id: str | None = None,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        type_glob: str | tuple[str, ...] | None = None,
        aggregate_type: str | None = None,
        from_position: int | None = None,
        to_position: int | None = None,
        limit: int | None = None,
        naming: str | None = None,
        newest_first: bool = False,
        work: Work | None = None,
    ) -> Iterator[Event]:
        """Events in store order, or one aggregate's by version; both ends of a range are included.

        `type_glob` is a pattern for the type, or several of which it fits any; `aggregate_type` one for the type of the
        aggregate, where a missing one is empty. Times without a zone count as UTC;
        events without a time are outside of any span. Events without a position come last, so they are not before
        any, and are outside of what ends with one. Positions are for stores that have them (see `positioned`). An
        aggregate that is not there has no events. `naming` and `newest_first` are for all of a store: events that
        surely name no such correlation id may be left out; the last one comes first, in one long statement.
        """
        if limit is not None and limit <= 0:
            return
        globs = (type_glob,) if isinstance(type_glob, str) else type_glob or ()
        asked = Narrowing(since, until, globs, from_position, to_position, aggregate_type)
        if aggregate_id is not None:
            found = self._aggregates.key(aggregate_id, work)
            if found is None:
                return
            pages = self._of_aggregate(found[0], found[1], from_version, to_version, work)
        else:
            more = [*asked.in_sql(self._table), *between(self._table, None, to_position)]
            if naming is not None:
                more += self.linked.naming(naming)
            begin = between(self._table, from_position, None)
            pages = self._reader.of_store(
                from_version, to_version, more, work, begin=begin, backwards=newest_first
            )
            asked = Narrowing(since, until, globs, aggregate_type=aggregate_type)
        wanted = asked.exact()
        left = limit
        for rows in pages:
            if wanted is not None:
                rows.only(wanted(rows))
            if left is not None and len(rows) > left:
                rows.only(range(left))
            yield from rows.events()
            if left is not None:
                left -= len(rows)
                if left <= 0:
                    return
            if work is not None:
                work.check()

    @property
    def tells_new(self) -> bool:
        """Whether positions order all events, so that those can be found that came after others."""
        return self.positioned and self.numbering in ("yes", "files")

    def notices(self) -> Notices | None:
        """What hears of new events from the server at once; None where the framework's layout names no such way.

        It may miss some, and may tell of what is none: whoever waits by it still looks now and then.
        """
        if not self.layout.events.notify or self._database.kind != "postgresql":
            return None
        table = self.fit.events.table
        schema = table.schema or self._database.read(lambda reader: reader.value(text("SELECT current_schema()")))
        names = {"{schema}": str(schema), "{table}": table.name}
        return self._database.notices([_filled(each, names) for each in self.layout.events.notify])

    @property
    def positioned(self) -> bool:
        """Whether the store orders its events by positions that are whole numbers."""
        field = self._table.position_field
        return self.order != "reconstructed" and (field is None or field.column.kind in ("integer", "number"))

    @property
    def divides(self) -> bool:
        """Whether `after` can say which aggregates come after one."""
        return not isinstance(self._aggregates, Scopes) and not self._table.keeps_nameless

    def after(self, aggregate_id: str, *, work: Work | None = None) -> Part | None:
        """The aggregates that `by_aggregate` gives after one, as a part of all; None where that can't be said."""
        if isinstance(self._aggregates, Scopes) or not self.divides:
            return None
        found = self._aggregates.key(aggregate_id, work)
        return None if found is None else (found[0], None)

    def sorts_parts(self, *, work: Work | None = None) -> bool:
        """Whether reading a part `at_once` reads the whole table, so that there should be no more than readers."""
        return not isinstance(self._aggregates, Scopes) and self._reader.sorts(work)

    def parts(self, number: int, *, since: int | None = None, work: Work | None = None) -> list[Part]:
        """About equal parts of the aggregates for `by_aggregate`; a single one where it can't be divided."""
        return [(None, None)] if isinstance(self._aggregates, Scopes) else self._reader.parts(number, work, since)

    def by_aggregate(
        self,
        *,
        part: Part = (None, None),
        since: int | None = None,
        at_once: bool = False,
        keys: KeysOf | None = None,
        work: Work | None = None,
    ) -> Iterator[StoreBatch]:
        """All events, those of each aggregate together and by version: what a check of everything reads.

        With `since`, all events of the aggregates that have one after this position. `at_once`: all of them will be
        read, so that those of a file may first be sorted, in temporary files as large as they are. What `keys` leaves
        out of data may be missing in a batch's `data`; whole events, asked for one by one, have it.
        """
        if not isinstance(self._aggregates, Scopes):
            for rows in self._reader.by_aggregate(work, part, since, at_once=at_once):
                if len(rows):
                    yield rows.store_batch(keys=keys)
            return
        for scope in self._aggregates.values(work):
            for rows in self._scope(scope).reader.by_aggregate(work, since=since):
                if len(rows):
                    yield rows.store_batch(self._aggregates.names(scope, rows.columns["aggregate_id"], work), keys)

    def steps(self, *, part: Part = (None, None), work: Work | None = None) -> Iterator[Steps]:
        """Types and times of all events, those of each aggregate together and by version."""
        wanted = ("type", "timestamp", "aggregate_type")
        if not isinstance(self._aggregates, Scopes):
            for rows in self._reader.by_aggregate(work, part, at_once=part == (None, None), parts=wanted):
                if len(rows):
                    yield rows.steps()
            return
        for scope in self._aggregates.values(work):
            for rows in self._scope(scope).reader.by_aggregate(work, parts=wanted):
                if len(rows):
                    yield rows.steps(self._aggregates.names(scope, rows.columns["aggregate_id"], work))

    def in_any_order(self, *, work: Work | None = None) -> Iterator[ColumnBatch]:
        """All events in the order in which they are read fastest: as stored where an index leads that way."""
        if not self._table.store_order.keyset:
            yield from self.by_aggregate(work=work)
            return
        for rows in self._reader.of_store(None, None, (), work):
            if len(rows):
                yield rows.column_batch()

    def scan(
        self, parts: Collection[str], *, after: int | None = None, work: Work | None = None
    ) -> Iterator[Scanned]:
        """Some parts of all events (`microseconds`, `event_id`, `type`) in store order, without payloads if possible.

        With `after`, only those after this position.
        """
        wanted = {"timestamp" if name == "microseconds" else name for name in parts}
        position = self._table.position
        begin = [] if after is None or position is None else [position > bound(after)]
        # The types of several events in one row are in its payload.
        whole = "type" in wanted and self._table.count is not None
        for rows in self._reader.of_store(None, None, (), work, None if whole else wanted, begin):
            if len(rows):
                yield rows.scanned()

    def place(self, position: int, *, work: Work | None = None) -> Place:
        """Where the event at a position is; raises NotFoundError. For stores in which each event has its own."""
        for rows in self._reader.of_store(None, None, between(self._table, position, position), work, ()):
            if len(rows):
                return rows.scanned().place(0)
        raise NotFoundError(f"There is no event at position {position}.")

    @property
    def numbers_each(self) -> bool:
        """Whether each event has a whole number of its own as its position, and these order all of them."""
        table = self._table
        alone = table.position_unique and not table.position_nullable and table.count is None
        return alone and numbering(table) == "yes" and table.store_order.fields[0] == POSITION

    @property
    def order(self) -> StoreOrder:
        """What the order of all events comes from: a position that is stored, row ids, or what else the events say."""
        table = self._table
        if table.store_order.fields[0] != POSITION:
            return "reconstructed"
        source = table.layout.part("position")
        stored = table.position_field is not None or source.sql is not None or source.json
        return "position" if stored or table.keys.rowid_alias is not None else "rowid"

    @property
    def counts_versions(self) -> bool:
        """Whether an aggregate's versions are not stored but count its events."""
        return bool(self._table.version_source.number)

    @property
    def may_lack_versions(self) -> bool:
        """Whether some events have no version by design, in place of which they have their position."""
        return self._table.stands_in is not None

    @property
    def no_aggregate(self) -> str | None:
        """The id that stands for that of events which are of no aggregate; None where there are none."""
        found = self.layout.events.part("aggregate_id").default
        return None if found is None else str(found)

    @property
    def may_lack_times(self) -> bool:
        """Whether some events have no time by design."""
        return self.layout.events.part("timestamp").optional

    def has(self, part: str) -> bool:
        """Whether the store's events have a part such as `event_id` or `timestamp`."""
        found = self._table.parts.get(part)
        return found is not None and found.present

    @property
    def enforced_versions(self) -> Enforced:
        """Whether the tables keep two events of an aggregate from having the same version."""
        return enforced(self._table)

    @property
    def enforces_event_ids(self) -> bool:
        """Whether a unique index keeps two events from having the same id."""
        column = self._table.plain_column("event_id")
        return column is not None and "." not in column.name and self._table.keys.unique_on(column.name)

    @property
    def may_lack_event_ids(self) -> bool:
        """Whether nothing keeps an event from having no id."""
        column = self._table.plain_column("event_id")
        return column is None or column.nullable or not self.enforces_event_ids

    @property
    def names_heads(self) -> bool:
        """Whether the store says of each aggregate which version its newest event has."""
        return names_heads(self._table)

    def heads_apart(self, *, work: Work | None = None) -> Iterator[tuple[str, int, int | None]]:
        """Aggregates whose newest version as the store names it is not their newest event's: id, named, newest.

        The last is None where there are no events. For stores that name heads.
        """
        for head in heads_apart(self._database, self._table, work):
            name = self._table.id_text(head.key)
            if isinstance(self._aggregates, Scopes):
                name = self._aggregates.names(head.scope, [head.key], work)[head.key]
            yield name, head.named, head.newest

    @property
    def chains(self) -> bool:
        """Whether the layout says that the store chains its events by hashes."""
        return self.layout.events.chain is not None

    def links(self, *, work: Work | None = None) -> Iterator[Link]:
        """All events as links of the store's own chain of hashes; for stores that have one."""
        return links(self._database, self._table, self._notes, work)

    @property
    def snapshots_of_others(self) -> bool:
        """Whether there may be snapshots of other things than aggregates with events."""
        return self.layout.snapshots is not None and self.layout.snapshots.others

    def snapshots_without_events(self, *, work: Work | None = None) -> Iterator[Orphan]:
        """The aggregates that have snapshots and no events."""
        if self._snapshots is None:
            return
        scopes = self._aggregates.values(work) if isinstance(self._aggregates, Scopes) else []
        owners = [self._scope(each).aggregates for each in scopes] if 0 < len(scopes) <= KEPT_SCOPES else [self._whole]
        for rows in snapshot_owners(self._database, self._snapshots.table, work):
            names = {self._snapshots.table.id_text(row[0]): row for row in rows}
            keys = {key: name for name in names for key in self._table.key_values(name)}
            for aggregates in owners:
                for key in aggregates.existing(list(keys), work):
                    names.pop(keys.get(key, self._table.id_text(key)), None)
            for name, row in names.items():
                yield Orphan(name, whole(row[1]), int(row[2]))

    @property
    def numbering(self) -> Numbering:
        """Whether the store numbers all its events in one row."""
        return numbering(self._table)

    def positions(self, *, after: int | None = None, work: Work | None = None) -> Iterator[NDArray[np.int64]]:
        """All positions, ascending; those of rows that are left out too, where the table tells them by itself."""
        return positions(self._database, self._table, after, work)

    def position_ends(self, *, work: Work | None = None) -> tuple[int, int] | None:
        """The first and the last event's position; None without events, and where nothing numbers all of them."""
        numbered = self.numbering in ("yes", "files")
        return position_ends(self._database, self._table, work) if numbered else None

    def position_before(self, position: int, count: int, *, work: Work | None = None) -> int | None:
        """The position of the event that is the `count`-th up to a position, counted back; that of the first if fewer.

        For stores whose positions are whole numbers.
        """
        return position_before(self._database, self._table, position, count, work)

    def position_after(self, position: int, count: int, *, work: Work | None = None) -> int | None:
        """The position of the `count`-th event after a position; that of the last if fewer, None without any.

        For stores whose positions are whole numbers.
        """
        return position_after(self._database, self._table, position, count, work)

    @property
    def goes_by_position(self) -> bool:
        """Whether an index leads to any stretch of positions: whole numbers that all events have and are ordered by."""
        return goes_by_position(self._table)

    @property
    def timed(self) -> bool:
        """Whether events have times."""
        return self._along.timed

    def times_at(self, positions: Sequence[int], *, work: Work | None = None) -> list[tuple[int, Instant] | None]:
        """For each position the next event with a time, from it on: its position and time; None where there is none.

        For stores that go by position. Where times are inside payloads it may be one further on.
        """
        return self._along.times_at(positions, work)

    @property
    def names_may_change(self) -> bool:
        """Whether an aggregate may be called otherwise once another one has the same id."""
        return isinstance(self._aggregates, Scopes)

    def newest_position(self, up_to: int | None = None, *, work: Work | None = None) -> int | None:
        """The newest event's position, of those at or before `up_to`.

        None where there is no event, where positions are not the order of all events, and where they are no numbers.
        """
        return self._extent.newest(up_to, work)

    def events_up_to(self, position: int, *, work: Work | None = None) -> int:
        """How many events are at or before a position; for stores with a newest position."""
        return self._extent.events_up_to(position, work)

    @property
    def grouping(self) -> Grouping:
        """Counts events in groups, in the database."""
        return Grouping(self._database, self._table, self._batches)

    @property
    def linked(self) -> Linked:
        """Finds events by the ids that they name others by."""
        return Linked(self._database, self._table, self._reader)

    def aggregates_after(self, position: int, *, work: Work | None = None) -> Generator[tuple[str, int]]:
        """The aggregate and version of each event behind a position, in store order."""
        for scanned in self._extent.after(position, work):
            for index in range(len(scanned)):
                place = scanned.place(index)
                yield place.aggregate_id, place.version

    def of_aggregate(
        self, aggregate_id: str, *, from_version: int | None = None, work: Work | None = None
    ) -> Iterator[StoreBatch]:
        """One aggregate's events by version, with the columns that `by_aggregate` gives."""
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            return
        for rows in self._of_aggregate(found[0], found[1], from_version, None, work):
            if len(rows):
                yield rows.single_batch()

    def unambiguous(self, *, work: Work | None = None) -> Iterator[Event]:
        """All events in store order, their aggregates called so that no event to come changes the names.

        Where ids are unique only within a type or tenant, each aggregate is called TYPE/ID or TENANT/ID.
        """
        batches = Batches(self._table, self._notes)
        batches.shared = set
        for rows in EventReader(self._database, self._table, batches).of_store(None, None, (), work):
            yield from rows.events()

    def event(self, aggregate_id: str, version: int, *, work: Work | None = None) -> Event:
        """One event with its payload as stored in `raw`; raises NotFoundError."""
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            raise _no_aggregate(aggregate_id)
        for rows in self._of_aggregate(found[0], found[1], version, version, work):
            if len(rows):
                rows.only([0])
                return rows.event(0, raw=True)
        raise NotFoundError(f"{found[1]} has no version {version}.")

    def snapshot_versions(self, aggregate_id: str, *, work: Work | None = None) -> list[int]:
        """The versions of an aggregate's snapshots, ascending."""
        return [] if self._snapshots is None else self._snapshots.versions(*self._named(aggregate_id, work), work)

    def snapshot(
        self, aggregate_id: str, at_or_before: int | None = None, *, work: Work | None = None
    ) -> Snapshot | None:
        """The newest snapshot at or before a version (of all, without one), or None."""
        if self._snapshots is None:
            return None
        return self._snapshots.newest(*self._named(aggregate_id, work), at_or_before, work)

    def snapshots_among(
        self, aggregate_ids: Sequence[str], *, work: Work | None = None
    ) -> dict[str, list[Snapshot]]:
        """The snapshots of some aggregates by version; aggregates without any are left out."""
        if self._snapshots is None:
            return {}
        if not isinstance(self._aggregates, Scopes):
            return self._snapshots.among(aggregate_ids, work)
        found: dict[str, list[Snapshot]] = {}
        for each in aggregate_ids:
            kept = [self.snapshot(each, version, work=work) for version in self.snapshot_versions(each, work=work)]
            if kept:
                found[each] = [snapshot for snapshot in kept if snapshot is not None]
        return found

    def _named(self, aggregate_id: str, work: Work | None) -> tuple[str, InScope | None]:
        """An aggregate's id by itself, and what it is unique within."""
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            return aggregate_id, None
        key, shown = found
        if isinstance(key, ScopedKey) and self._table.scope is not None:
            shared = isinstance(self._aggregates, Scopes) and bool(self._aggregates.shared([key.key], None, work))
            return self._table.id_text(key.key), InScope(self._table.scope[0], key.scope, shared)
        return shown, None


def _filled(text: str, names: dict[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)


def _no_aggregate(aggregate_id: str) -> NotFoundError:
    # What would not show, an empty id or one with a space at its end, is quoted.
    shown = aggregate_id if aggregate_id and aggregate_id == aggregate_id.strip() else repr(aggregate_id)
    return NotFoundError(
        f"There is no aggregate {shown}.", "`esviewer aggregates STORE --search TEXT` finds ids."
    )


def _plugins(layout: Layout, events: EventTable, snapshots: SnapshotTable | None) -> tuple[str, ...]:
    chains = [events.chain, events.metadata_chain, None if snapshots is None else snapshots.chain]
    named = [layout.plugin, *(name for chain in chains if chain is not None for name in chain.plugins)]
    return tuple(dict.fromkeys(filter(None, named)))
