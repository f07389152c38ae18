"""The two sides of a comparison, each a place as typed: nothing, a version or a time, of this aggregate or another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from esviewer.app.as_of import AsOf
from esviewer.app.one_basis import Rebuild, on_one_basis
from esviewer.app.session import Session
from esviewer.app.typed_place import Located, located
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError, NotFoundError, NotRebuiltError, NotYetRebuiltError, UsageError
from esviewer.model.event import AggregateSummary
from esviewer.model.rebuilt import RebuiltState
from esviewer.work import Work

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Side:
    """What a person typed."""

    place: str = ""
    """A version or a time; nothing: the playhead, or an aggregate's newest version where one is named."""
    aggregate_id: str = ""
    """Nothing: the aggregate on show."""

    @property
    def follows(self) -> bool:
        """Whether it is the playhead."""
        return not self.place and not self.aggregate_id


@dataclass(frozen=True, slots=True)
class Placed:
    """A side that was found."""

    state: RebuiltState
    moment: AsOf | None = None
    """Where a time lies among the events; None where a version was asked for."""
    guessed: bool = False
    """Whether this machine's zone had to stand in for the time's."""


def place_of(version: int) -> str:
    """A version as it is typed: eight digits get a 0 before them, or they might be read as a day such as 20261122."""
    text = str(version)
    return f"0{text}" if len(text) == 8 else text


class SideError(EsviewerError):
    """A side can't be had; `second` says which."""

    def __init__(self, error: EsviewerError, *, second: bool) -> None:
        super().__init__(error.message, error.hint)
        self.second = second


class Places:
    """Finds sides; for one thread. The last states of versions that no view has are kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._states: dict[tuple[str, int, bool, int | None], RebuiltState] = {}

    def find(
        self,
        first: Side,
        second: Side,
        view: AggregateView,
        playhead: RebuiltState | None,
        *,
        use_snapshots: bool,
        work: Work,
    ) -> tuple[Placed, Placed]:
        """The states that the sides are, on one basis; raises SideError.

        States are rebuilt from nothing unless `use_snapshots`; `view` and `playhead` are those on show. Where the
        playhead has no state (None) no side follows it.
        """
        with _naming(second=False):
            one = self._located(first, view, playhead, work)
        with _naming(second=True):
            other = self._located(second, view, playhead, work)

        def rebuild(place: Located) -> Rebuild:
            def state(snapshots: bool, until: int | None) -> RebuiltState:
                with _naming(second=place is other):
                    if place.aggregate_id != view.summary.aggregate_id:
                        return self._state(place.aggregate_id, place.reached(), snapshots, until, work)
                    if playhead and place.version == playhead.version and _rests_so(playhead, snapshots, until):
                        return playhead
                    return self._own(view, place.reached(), snapshots, until, work)

            return state

        old, new = on_one_basis(
            (one.aggregate_id, one.reached()),
            (other.aggregate_id, other.reached()),
            rebuild(one),
            rebuild(other),
            use_snapshots=use_snapshots,
        )
        return _placed(old, one), _placed(new, other)

    def _located(self, side: Side, view: AggregateView, playhead: RebuiltState | None, work: Work) -> Located:
        """The version that a side is; raises NotFoundError and UsageError."""
        name, text = side.aggregate_id if side.aggregate_id.strip() else "", side.place.strip()
        own = view.summary.aggregate_id
        if not text and not name:
            assert playhead is not None
            return Located(own, playhead.version)
        if name in ("", own):
            if not text:
                return Located(own, int(view.versions[-1]) if view.complete else view.summary.version)
            as_of = view.as_of if view.complete else lambda moment: self._session.as_of(own, moment, work=work)
            return _reached(located(own, text, as_of))
        summary = self._summary(name, work)
        name = summary.aggregate_id
        if not text:
            return Located(name, summary.version)
        return _reached(located(name, text, lambda moment: self._session.as_of(name, moment, work=work)))

    def _summary(self, name: str, work: Work) -> AggregateSummary:
        try:
            return self._session.store.summary(name, work=work)
        except NotFoundError:
            if name == name.strip():
                raise
            return self._session.store.summary(name.strip(), work=work)

    def _own(
        self, view: AggregateView, version: int, use_snapshots: bool, until: int | None, work: Work
    ) -> RebuiltState:
        """A version of the aggregate on show, perhaps one that its view has yet to take in."""
        if not use_snapshots or view.at_work is not None:  # its program has one thing to do at a time
            try:
                return view.state_at(version)
            except NotFoundError:
                if view.complete:
                    raise
        return self._state(view.summary.aggregate_id, version, use_snapshots, until, work)

    def _state(self, name: str, version: int, use_snapshots: bool, until: int | None, work: Work) -> RebuiltState:
        key = (name, version, use_snapshots, until)
        found = self._states.pop(key, None)
        if found is None:
            found = self._session.state(
                name, version=version, use_snapshots=use_snapshots, snapshots_until=until, work=work
            )
            while len(self._states) >= _KEPT:
                del self._states[next(iter(self._states))]
        self._states[key] = found
        return found


@contextmanager
def _naming(*, second: bool) -> Iterator[None]:
    """Say which side it is that can't be had."""
    try:
        yield
    except (NotFoundError, NotRebuiltError, NotYetRebuiltError, UsageError) as error:
        raise SideError(error, second=second) from error


def _rests_so(state: RebuiltState, use_snapshots: bool, until: int | None) -> bool:
    """Whether a state is known to rest on what it would if it were rebuilt so."""
    basis = state.rebuilt.snapshot_version
    if basis is None or not use_snapshots:
        return basis is None and not use_snapshots
    return until is None or basis <= until


def _reached(place: Located) -> Located:
    """The place; raises NotFoundError where the aggregate did not exist yet."""
    place.reached()
    return place


def _placed(state: RebuiltState, place: Located) -> Placed:
    return Placed(state, place.moment, place.guessed)
