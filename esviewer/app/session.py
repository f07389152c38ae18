"""An open store together with the reducers that rebuild its aggregates: what window and command line work with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esviewer.app import activity
from esviewer.app.as_of import AsOf, locate, no_such_version
from esviewer.app.assignments import Assignments, Chosen, store_key
from esviewer.app.comparison import Comparison
from esviewer.app.connections import resolve
from esviewer.app.credentials import Ask
from esviewer.app.one_basis import Rebuild, on_one_basis
from esviewer.app.reducers import Reducers, beside, rules_files
from esviewer.app.typed_place import before_it_began
from esviewer.app.view import AggregateView
from esviewer.diff.ignoring import Ignored
from esviewer.errors import (
    ConsentNeededError,
    ForeignError,
    NotFoundError,
    RulesError,
    StoreError,
    UsageError,
)
from esviewer.model.batch import EventBatch
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import Rebuilt, RebuiltState
from esviewer.model.values import copied
from esviewer.replay.fold import fold
from esviewer.replay.foreign.reducer import initial_of
from esviewer.replay.reducer import Reducer
from esviewer.replay.unusable import UnusableReducer
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store
from esviewer.work import Work


def open_session(
    target: str,
    *,
    layout: str | None = None,
    reducers: Sequence[str] = (),
    options: ConnectionOptions | None = None,
    ask: Ask | None = None,
    connection: str | None = None,
    keep_bad: bool = False,
    work: Work | None = None,
) -> Session:
    """Open a store (a file, a SQLAlchemy URL or a saved connection's name) read-only; raises StoreError.

    `reducers` are reducers' files or folders of them, and count alone; without any, each aggregate type has the one
    that was assigned to it, else those kept beside a store file are used. A bad one raises RulesError, an assigned one
    is a warning; with `keep_bad`, whoever asks for the reducer of a type that a bad one is for gets the RulesError (see
    Reducers). `ask` asks for a saved connection's password; without it PasswordNeededError is raised. `connection`
    is the name of the saved connection that target and options are of.
    """
    named = rules_files(reducers)
    found = resolve(target, layout=layout, options=options, ask=ask)
    if found.connection is not None:
        connection = found.connection.name
    key = store_key(found.target, connection)
    if named:
        chosen = Reducers(named)
    else:
        assigned, problem = _assigned(key)
        chosen = Reducers(_kept_beside(found.target), how="beside", assigned=assigned, keep_bad=keep_bad)
        chosen.warnings = (*problem, *chosen.warnings)
    store = open_store(found.target, found.layout, options=found.options, work=work)
    activity.opened(store.label, store.layout.name)
    opened = Opened(found.target, found.layout, tuple(reducers), found.options, connection, keep_bad)
    return Session(store, chosen, key, opened)


def _assigned(key: str) -> tuple[Chosen, tuple[str, ...]]:
    """What was chosen for a store, and what is wrong with the file that says so."""
    try:
        return Assignments().of(key), ()
    except StoreError as error:
        return {}, (str(error),)


def _kept_beside(target: str) -> list[Path]:
    path = Path(target.removeprefix("sqlite:///")).expanduser()
    return [] if "://" in str(path) else beside(path)


@dataclass(frozen=True, slots=True)
class Opened:
    """How a session was opened, so that another process can open it too."""

    target: str = field(repr=False)
    """It may hold a password."""
    layout: str | None
    reducers: tuple[str, ...]
    options: ConnectionOptions | None = field(repr=False)
    connection: str | None
    keep_bad: bool = False

    def again(self) -> Session:
        """The same session anew; raises what `open_session` raises."""
        return open_session(
            self.target,
            layout=self.layout,
            reducers=self.reducers,
            options=self.options,
            connection=self.connection,
            keep_bad=self.keep_bad,
        )


class Session:
    """One open store; every method may be called from one thread at a time."""

    def __init__(self, store: Store, reducers: Reducers, key: str = "", opened: Opened | None = None) -> None:
        """`key` is what the store's assigned reducers are remembered by; "" remembers none."""
        self.opened = opened
        """How it was opened; None where nobody could open it again so."""
        self.store = store
        self.reducers = reducers
        self.key = key
        """What the store is remembered by; "" where it is not."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Honest remarks on the reducers and on the store; grows while reading."""
        return (*self.reducers.warnings, *self.store.warnings)

    def close(self) -> None:
        """Close the store and end the reducers' programs; doing it twice is fine."""
        self.reducers.close()
        self.store.close()

    def reducer_for(self, aggregate_type: str | None) -> Reducer:
        """The reducer for an aggregate type."""
        return self.reducers.for_type(aggregate_type)

    def assign(self, aggregate_type: str | None, file: Path | None) -> None:
        """Rebuild a type with a reducer's file (None: `merge`) from now on, and remember that for this store.

        Raises RulesError for a bad file, which changes nothing, and StoreError when it can't be remembered.
        """
        self.reducers.assign(aggregate_type, file)
        Assignments().put(self.key, aggregate_type, file)

    def unassign(self, aggregate_type: str | None) -> None:
        """Take back what was assigned to a type; raises StoreError when that can't be remembered."""
        self.reducers.unassign(aggregate_type)
        Assignments().forget(self.key, aggregate_type)

    def state(
        self,
        aggregate_id: str,
        *,
        version: int | None = None,
        as_of: Instant | None = None,
        use_snapshots: bool = True,
        snapshots_until: int | None = None,
        work: Work | None = None,
    ) -> RebuiltState:
        """The state after one version (the newest by default), or as of a moment; raises NotFoundError.

        It starts from the newest snapshot at or before that version, and before or at `snapshots_until` where that is
        given; from nothing where there is none, where it can't be read, and where `use_snapshots` is False.
        """
        if version is not None and as_of is not None:
            raise UsageError("A state is asked for at a version or as of a time, not both.")
        summary = self.store.summary(aggregate_id, work=work)
        aggregate_id = summary.aggregate_id
        if as_of is not None:
            version = self._version_as_of(aggregate_id, as_of, work)
        elif version is None:
            version = summary.version
        reducer = self.reducer_for(summary.aggregate_type)
        target = self._existing(aggregate_id, version, summary.version, work)
        snapshot = None
        if use_snapshots and self.store.has_snapshots:
            until = version if snapshots_until is None else min(version, snapshots_until)
            snapshot = self.store.snapshot(aggregate_id, until, work=work)
            if snapshot is not None and snapshot.error is not None:
                snapshot = None
        start = initial_of(reducer, work) if snapshot is None else copied(snapshot.state)
        events = self.store.batches(
            aggregate_id,
            from_version=None if snapshot is None else snapshot.version + 1,
            to_version=version,
            keys=reducer.data_keys,
            timed=False,
            work=work,
        )
        folded = fold(reducer, events, start, work=work)
        return RebuiltState(
            aggregate_id,
            summary.aggregate_type,
            version,
            target.timestamp,
            folded.state,
            Rebuilt(
                reducer.name,
                reducer.digest,
                reducer.inferred,
                None if snapshot is None else snapshot.version,
                folded.applied,
                folded.skipped,
            ),
        )

    def _existing(self, aggregate_id: str, version: int, newest: int, work: Work | None) -> Event:
        try:
            return self.store.event(aggregate_id, version, work=work)
        except NotFoundError:
            first = next(self.store.events(aggregate_id, work=work), None)
            raise no_such_version(aggregate_id, version, newest if first is None else first.version, newest) from None

    def _version_as_of(self, aggregate_id: str, moment: Instant, work: Work | None) -> int:
        place = self.as_of(aggregate_id, moment, work=work)
        if place.version is None:
            raise before_it_began(aggregate_id, place)
        return place.version

    def as_of(self, aggregate_id: str, moment: Instant, *, work: Work | None = None) -> AsOf:
        """Where a moment lies among an aggregate's events."""
        return locate(moment, _marks(self.store.batches(aggregate_id, work=work)))

    def diff(
        self,
        aggregate_id: str,
        from_version: int,
        to_version: int,
        *,
        other: str | None = None,
        ignored: Ignored | None = None,
        use_snapshots: bool = True,
        work: Work | None = None,
    ) -> Comparison:
        """Two versions' states compared, the second of the aggregate `other` if that is given; raises NotFoundError.

        Both rest on the same basis, see `on_one_basis`.
        """
        first = self.store.summary(aggregate_id, work=work).aggregate_id
        second = first if other is None else self.store.summary(other, work=work).aggregate_id

        def rebuild(name: str, version: int) -> Rebuild:
            return lambda snapshots, until: self.state(
                name, version=version, use_snapshots=snapshots, snapshots_until=until, work=work
            )

        old, new = on_one_basis(
            (first, from_version),
            (second, to_version),
            rebuild(first, from_version),
            rebuild(second, to_version),
            use_snapshots=use_snapshots,
        )
        return Comparison(old, new, Ignored() if ignored is None else ignored)

    def view(self, aggregate_id: str, *, work: Work | None = None) -> AggregateView:
        """All versions of one aggregate, read in one pass; raises NotFoundError."""
        view = self.begin_view(aggregate_id, work=work)
        view.advance(work=work)
        view.compare_snapshots(work)
        return view

    def begin_view(self, aggregate_id: str, *, lenient: bool = False, work: Work | None = None) -> AggregateView:
        """A view of one aggregate that is yet to be built, by its `advance`; raises NotFoundError.

        Where its reducer can't be used, or fails later, a `lenient` view shows the events all the same and says so.
        Nor does it keep anybody waiting for a reducer's program; programs that were at work on other views end.
        """
        if lenient:
            self.reducers.end_asked()
        summary = self.store.summary(aggregate_id, work=work)
        try:
            reducer = self.reducer_for(summary.aggregate_type)
            if not lenient:
                initial_of(reducer, work)  # asked for here, where it can be cancelled; a program is asked once
        except (ForeignError, RulesError, ConsentNeededError) as error:
            if not lenient:
                raise
            return AggregateView(self.store, summary, UnusableReducer(), refused=error)
        return AggregateView(self.store, summary, reducer, lenient=lenient)


def _marks(batches: Iterable[EventBatch]) -> Iterator[tuple[int, str, Instant | None]]:
    for batch in batches:
        yield from zip(batch.versions, batch.types, batch.times(), strict=True)
