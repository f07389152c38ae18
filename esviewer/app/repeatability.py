"""Whether a reducer that is a program gives the same states each time: what it shows can be relied on only then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from esviewer.app.session import Session
from esviewer.model.batch import EventBatch
from esviewer.model.change import pointer
from esviewer.model.values import Value
from esviewer.replay.foreign.determinism import Disagreement, first_disagreement
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

EVENTS = 20_000
"""How many events of an aggregate are folded twice, from its first on."""
_PATHS_NAMED = 3
_PATHS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Unrepeatable:
    """Where two runs of one reducer over the same events part."""

    reducer: str
    aggregate_id: str
    version: int | None
    """The event after which the states first differ; None when they do before the first event."""
    event_type: str | None
    paths: tuple[str, ...]
    """JSON Pointers to what differs there, the first of them; none when only one run refused the event."""

    def sentence(self) -> str:
        """What is wrong, for a person."""
        start = "before the first event" if self.version is None else f"at version {self.version} ({self.event_type})"
        if not self.paths:
            return f"{self.reducer} refused the event of {self.aggregate_id} {start} in one run and not in another."
        named = ", ".join(path or "the whole state" for path in self.paths[:_PATHS_NAMED])
        more = ", …" if len(self.paths) > _PATHS_NAMED else ""
        return f"{self.reducer} made two different states of {self.aggregate_id} {start}: {named}{more}."

    def as_json(self) -> dict[str, Value]:
        """What `esviewer reducer check --json` adds to the aggregate's line."""
        return {"first_unrepeatable_version": self.version, "unrepeatable_paths": list(self.paths)}


def unrepeatable(
    session: Session, aggregate_id: str, reducer: Reducer, work: Work | None = None
) -> Unrepeatable | None:
    """Fold an aggregate's first `EVENTS` events twice, in two fresh processes; None where all states agree.

    Rules and `merge` always agree and are not run. Raises ForeignError, ConsentNeededError, StoreError and
    CancelledError.
    """
    if not isinstance(reducer, ForeignReducer):
        return None
    batches = session.store.batches(aggregate_id, work=work)
    found = first_disagreement(reducer, _first(batches, EVENTS), work=work)
    return None if found is None else _named(session, aggregate_id, reducer, found, work)


def _first(batches: Iterable[EventBatch], count: int) -> Iterator[EventBatch]:
    for batch in batches:
        yield batch.part(0, min(len(batch), count))
        count -= len(batch)
        if count <= 0:
            return


def _named(
    session: Session, aggregate_id: str, reducer: Reducer, found: Disagreement, work: Work | None
) -> Unrepeatable:
    event_type = None
    if found.version is not None:
        there = session.store.batches(aggregate_id, from_version=found.version, to_version=found.version, work=work)
        event_type = next((batch.types[0] for batch in there), None)
    paths = tuple(pointer(path) for path in found.paths[:_PATHS_KEPT])
    return Unrepeatable(reducer.name, aggregate_id, found.version, event_type, paths)
