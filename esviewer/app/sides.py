"""The two sides of a comparison, each a place as typed: nothing, a version or a time, of this aggregate or another."""

from __future__ import annotations

from dataclasses import dataclass

from esviewer.app.as_of import AsOf
from esviewer.app.session import Session
from esviewer.app.typed_place import Located, located
from esviewer.app.view import AggregateView
from esviewer.errors import NotFoundError
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


class Places:
    """Finds sides; for one thread. The last states of versions that no view has are kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._states: dict[tuple[str, int, bool], RebuiltState] = {}

    def find(
        self, side: Side, view: AggregateView, playhead: RebuiltState, *, use_snapshots: bool, work: Work
    ) -> Placed:
        """The state that a side is; raises NotFoundError and UsageError.

        States are rebuilt from nothing unless `use_snapshots`; `view` and `playhead` are those on show.
        """
        name, text = side.aggregate_id if side.aggregate_id.strip() else "", side.place.strip()
        own = view.summary.aggregate_id
        if not text and not name:
            return Placed(playhead)
        if name in ("", own):
            if not text:
                newest = int(view.versions[-1]) if view.complete else view.summary.version
                return Placed(self._own(view, newest, use_snapshots, work))
            as_of = view.as_of if view.complete else lambda moment: self._session.as_of(own, moment, work=work)
            place = located(own, text, as_of)
            return _placed(self._own(view, place.reached(), use_snapshots, work), place)
        summary = self._summary(name, work)
        name = summary.aggregate_id
        if not text:
            return Placed(self._state(name, summary.version, use_snapshots, work))
        place = located(name, text, lambda moment: self._session.as_of(name, moment, work=work))
        return _placed(self._state(name, place.reached(), use_snapshots, work), place)

    def _summary(self, name: str, work: Work) -> AggregateSummary:
        try:
            return self._session.store.summary(name, work=work)
        except NotFoundError:
            if name == name.strip():
                raise
            return self._session.store.summary(name.strip(), work=work)

    def _own(self, view: AggregateView, version: int, use_snapshots: bool, work: Work) -> RebuiltState:
        """A version of the aggregate on show, perhaps one that its view has yet to take in."""
        if not use_snapshots:
            try:
                return view.state_at(version)
            except NotFoundError:
                if view.complete:
                    raise
        return self._state(view.summary.aggregate_id, version, use_snapshots, work)

    def _state(self, name: str, version: int, use_snapshots: bool, work: Work) -> RebuiltState:
        key = (name, version, use_snapshots)
        found = self._states.pop(key, None)
        if found is None:
            found = self._session.state(name, version=version, use_snapshots=use_snapshots, work=work)
            while len(self._states) >= _KEPT:
                del self._states[next(iter(self._states))]
        self._states[key] = found
        return found


def _placed(state: RebuiltState, place: Located) -> Placed:
    return Placed(state, place.moment, place.guessed)
