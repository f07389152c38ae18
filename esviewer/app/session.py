"""An open store together with the reducers that rebuild its aggregates: what window and command line work with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from esviewer.app.as_of import AsOf, locate
from esviewer.app.comparison import Comparison
from esviewer.app.connections import resolve
from esviewer.app.credentials import Ask
from esviewer.app.reducers import Reducers, beside, rules_files
from esviewer.app.view import AggregateView
from esviewer.errors import NotFoundError, UsageError
from esviewer.model.batch import EventBatch
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import Rebuilt, RebuiltState
from esviewer.model.values import copied
from esviewer.replay.fold import fold
from esviewer.replay.reducer import Reducer
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
    work: Work | None = None,
) -> Session:
    """Open a store (a file, a SQLAlchemy URL or a saved connection's name) read-only; raises StoreError.

    `reducers` are rules files or folders of them; without any, those kept beside a store file are used; a bad one
    raises RulesError. `ask` asks for a saved connection's password; without it PasswordNeededError is raised.
    """
    named = rules_files(reducers)
    found = resolve(target, layout=layout, options=options, ask=ask)
    chosen = Reducers(named or _kept_beside(found.target))
    return Session(open_store(found.target, found.layout, options=found.options, work=work), chosen)


def _kept_beside(target: str) -> list[Path]:
    path = Path(target.removeprefix("sqlite:///")).expanduser()
    return [] if "://" in str(path) else beside(path)


class Session:
    """One open store; every method may be called from one thread at a time."""

    def __init__(self, store: Store, reducers: Reducers) -> None:
        self.store = store
        self.reducers = reducers

    def close(self) -> None:
        """Close the store and end the reducers' programs; doing it twice is fine."""
        self.reducers.close()
        self.store.close()

    def reducer_for(self, aggregate_type: str | None) -> Reducer:
        """The reducer for an aggregate type."""
        return self.reducers.for_type(aggregate_type)

    def use_reducers(self, files: Sequence[str]) -> None:
        """Rebuild with other rules files from now on; raises UsageError or RulesError and then keeps the old ones."""
        self.reducers = Reducers(rules_files(files))

    def state(
        self,
        aggregate_id: str,
        *,
        version: int | None = None,
        as_of: Instant | None = None,
        use_snapshots: bool = True,
        work: Work | None = None,
    ) -> RebuiltState:
        """The state after one version (the newest by default), or as of a moment; raises NotFoundError.

        It starts from the newest readable snapshot at or before that version unless `use_snapshots` is False.
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
            snapshot = self.store.snapshot(aggregate_id, version, work=work)
            if snapshot is not None and snapshot.error is not None:
                snapshot = None
        start = reducer.initial() if snapshot is None else copied(snapshot.state)
        events = self.store.batches(
            aggregate_id,
            from_version=None if snapshot is None else snapshot.version + 1,
            to_version=version,
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
            raise NotFoundError(
                f"{aggregate_id} has no version {version}.", f"Its newest version is {newest}."
            ) from None

    def _version_as_of(self, aggregate_id: str, moment: Instant, work: Work | None) -> int:
        place = self.as_of(aggregate_id, moment, work=work)
        if place.version is None:
            first = f"Its first is at {place.after.timestamp}." if place.after else "None of its events has a time."
            raise NotFoundError(f"{aggregate_id} has no event at or before {moment}.", first)
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
        use_snapshots: bool = True,
        work: Work | None = None,
    ) -> Comparison:
        """Two versions' states compared; raises NotFoundError."""
        old = self.state(aggregate_id, version=from_version, use_snapshots=use_snapshots, work=work)
        new = self.state(aggregate_id, version=to_version, use_snapshots=use_snapshots, work=work)
        return Comparison(old, new)

    def view(self, aggregate_id: str, *, work: Work | None = None) -> AggregateView:
        """All versions of one aggregate, read in one pass; raises NotFoundError."""
        view = self.begin_view(aggregate_id, work=work)
        view.advance(work=work)
        view.compare_snapshots(work)
        return view

    def begin_view(self, aggregate_id: str, *, work: Work | None = None) -> AggregateView:
        """A view of one aggregate that is yet to be built, by its `advance`; raises NotFoundError."""
        summary = self.store.summary(aggregate_id, work=work)
        return AggregateView(self.store, summary, self.reducer_for(summary.aggregate_type))


def _marks(batches: Iterable[EventBatch]) -> Iterator[tuple[int, str, Instant | None]]:
    for batch in batches:
        yield from zip(batch.versions, batch.types, batch.times(), strict=True)
