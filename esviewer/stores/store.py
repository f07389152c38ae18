"""One open event store, as everything above stores/ sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import types as sql

from esviewer.errors import NotFoundError
from esviewer.model.batch import EventBatch
from esviewer.model.event import AggregateSummary, Event, Snapshot
from esviewer.model.instant import Instant, as_datetime
from esviewer.stores.aggregates import AggregateRef, Aggregates
from esviewer.stores.as_of import VersionAsOf
from esviewer.stores.batching import Batches, Rows
from esviewer.stores.binding import EventTable, SnapshotTable
from esviewer.stores.counting import Counting, StoreInfo
from esviewer.stores.databases.database import Database
from esviewer.stores.layouts.detection import Fit
from esviewer.stores.layouts.model import Layout
from esviewer.stores.notes import Notes
from esviewer.stores.reading import EventReader
from esviewer.stores.scopes import KEPT_SCOPES, ScopedKey, Scopes
from esviewer.stores.snapshots import InScope, Snapshots
from esviewer.work import Work

_SAMPLE = 20


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
        self.has_snapshots: bool = snapshots is not None
        self._database = database
        self._notes = notes
        self._table = events
        self._batches = Batches(events, notes)
        self._reader = EventReader(database, events, self._batches)
        self._within = within
        self._scoped: dict[Any, _Scope] = {}
        whole = Aggregates(database, events, self._batches)
        self._aggregates: Aggregates | Scopes = whole
        if events.scope is not None:
            scopes = Scopes(database, events, events.scope[1], lambda value: self._scope(value).aggregates)
            self._aggregates = scopes
            self._batches.shared = lambda keys: scopes.shared(keys, None, None)
        self._snapshots = None if snapshots is None else Snapshots(database, snapshots, notes)
        self._counting = Counting(database, events, self._batches, whole, snapshots, fit.layout.name)

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
        if any(time is not None and time.offset is None for time in self._batches.make(rows, fields).times()):
            say("Timestamps name no zone; they count as UTC and are shown without one.")

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

    def _of_aggregate(
        self, key: Any, shown: str, from_version: int | None, to_version: int | None, work: Work | None
    ) -> Iterator[Rows]:
        """One aggregate's rows by version; `key` is its id as stored, `shown` as people see it."""
        if isinstance(key, ScopedKey):
            scope = self._scope(key.scope)
            own = scope.aggregates.own(key.key, work)
            return scope.reader.of_aggregate(own, shown, from_version, to_version, work)
        own = self._aggregates.own(key, work) if isinstance(self._aggregates, Aggregates) else self._table.has_id(key)
        return self._reader.of_aggregate(own, shown, from_version, to_version, work)

    def batches(
        self,
        aggregate_id: str,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
        work: Work | None = None,
    ) -> Iterator[EventBatch]:
        """One aggregate's events by version, both ends included; none when there is no such aggregate."""
        found = self._aggregates.key(aggregate_id, work)
        if found is None:
            return
        for rows in self._of_aggregate(found[0], found[1], from_version, to_version, work):
            if len(rows):
                yield rows.batch()

    def events(
        self,
        aggregate_id: str | None = None,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        type_glob: str | None = None,
        limit: int | None = None,
        work: Work | None = None,
    ) -> Iterator[Event]:
        """Events in store order, or one aggregate's by version; both ends of a range are included.

        Times without a zone count as UTC; events without a time are outside of any span. An aggregate that is not
        there has no events.
        """
        if limit is not None and limit <= 0:
            return
        if aggregate_id is not None:
            found = self._aggregates.key(aggregate_id, work)
            if found is None:
                return
            pages = self._of_aggregate(found[0], found[1], from_version, to_version, work)
        else:
            more = self._in_sql(since, until, type_glob)
            pages = self._reader.of_store(from_version, to_version, more, work)
        wanted = _filter(since, until, type_glob)
        left = limit
        for rows in pages:
            if wanted is not None:
                rows.only(wanted(rows))
            if left is not None and len(rows) > left:
                rows.only(range(left))
            for index in range(len(rows)):
                yield rows.event(index)
            if left is not None:
                left -= len(rows)
                if left <= 0:
                    return
            if work is not None:
                work.check()

    def _in_sql(self, since: Instant | None, until: Instant | None, type_glob: str | None) -> list[ColumnElement[bool]]:
        """Conditions the database may check first: those that surely keep all that the exact filter keeps."""
        table = self._table
        more: list[ColumnElement[bool]] = []
        kind = table.parts["type"]
        if type_glob is not None and not set(type_glob) & set("*?[") and type_glob and kind.source.rule is None:
            column = table.plain_column("type")
            if column is not None and column.kind == "text":
                more.append(table.raw(column.name) == bindparam(None, type_glob, sql.Text(), unique=True))
        time = table.plain_column("timestamp")
        if time is not None and time.kind == "zoned" and table.database == "postgresql":
            for bound, above in ((since, True), (until, False)):
                if bound is not None and -(1 << 62) < bound.ns < 1 << 62:
                    # A margin of a second covers what the database rounds.
                    moment = as_datetime(Instant(bound.ns + (-1_000_000_000 if above else 1_000_000_000), 0))
                    value = bindparam(None, moment, sql.DateTime(timezone=True), unique=True)
                    more.append(table.raw(time.name) >= value if above else table.raw(time.name) <= value)
        return more

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


def _no_aggregate(aggregate_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no aggregate {aggregate_id}.", "`esviewer aggregates STORE --search TEXT` finds ids."
    )


def _filter(since: Instant | None, until: Instant | None, type_glob: str | None) -> Callable[[Rows], list[int]] | None:
    if since is None and until is None and type_glob is None:
        return None
    fitting: dict[str, bool] = {}

    def wanted(rows: Rows) -> list[int]:
        keep = list(range(len(rows)))
        if type_glob is not None:
            types = rows.types()
            for kind in set(types):
                fitting.setdefault(kind, fnmatchcase(kind, type_glob))
            keep = [index for index in keep if fitting[types[index]]]
        if keep and (since is not None or until is not None):
            times = rows.times()
            low = since.ns if since is not None else None
            high = until.ns if until is not None else None
            keep = [
                index
                for index in keep
                if (time := times[index]) is not None
                and (low is None or time.ns >= low)
                and (high is None or time.ns <= high)
            ]
        return keep

    return wanted
