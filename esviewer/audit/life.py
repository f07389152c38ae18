"""One aggregate while it is replayed for an audit, and the checks that look at it."""

from __future__ import annotations

from abc import ABC
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding
from esviewer.errors import EsviewerError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Path
from esviewer.model.event import Snapshot
from esviewer.model.rebuilt import Skipped
from esviewer.model.values import Value
from esviewer.replay.fold import Folding
from esviewer.replay.reducer import Reducer


@dataclass(slots=True)
class Life:
    """One aggregate's replay under way."""

    aggregate_id: str
    aggregate_type: str | None
    reducer: Reducer
    folding: Folding
    snapshots: list[Snapshot] = field(default_factory=list)
    """Those not reached yet, by version."""
    doubtful: bool = False
    """Whether an event was missing, unreadable or skipped, so that the state is not what it should be.

    The next snapshot that can be read takes its place, and the doubt ends."""
    deleted: int | None = None
    """The version of the event that the reducer calls the aggregate's end."""
    revived: bool = False
    """Whether events came after that."""
    over: bool = False
    """Whether replay had to be given up, or could not begin."""
    events: int = 0
    """How many events came so far."""
    snapshot_version: int | None = None
    """The newest snapshot's that was reached."""
    after_snapshot: int = 0
    """How many events came after it."""
    batch: EventBatch | None = None
    """The events that were replayed last."""

    @property
    def state(self) -> Value:
        """The state so far, which nobody may alter."""
        return self.folding.state

    def place(self, version: int | None, position: int | str | None = None) -> Mapping[str, Any]:
        """What says where it is, as a finding's fields; without a position, that of the event replayed last."""
        return {
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": version,
            "position": self.position_of(version) if position is None else position,
        }

    def position_of(self, version: int | None) -> int | str | None:
        """The position of one of the events replayed last; None where the version is none of them."""
        if version is None or self.batch is None:
            return None
        index = bisect_left(self.batch.versions, version)
        known = index < len(self.batch) and self.batch.versions[index] == version
        return self.batch.event(index).position if known else None


class LifeCheck(Described, ABC):
    """A check that looks at replayed aggregates; each method is called as the replay goes on."""

    watches_events: bool = False
    """Whether `event` is to be called, which costs time."""
    needs_states: ClassVar[bool] = False
    """Whether it looks at what a reducer makes of events, and so at nothing where none can be used."""
    needs_rules: ClassVar[bool] = False
    """Whether it is silent about states by `merge`, which knows nothing of what events mean."""

    def deleted(self, life: Life, version: int) -> Iterator[Finding]:
        """An event came after the one that ended the aggregate, as `life.deleted` says; only the first such one."""
        del life, version
        yield from ()

    def skipped(self, life: Life, skipped: Skipped, batch: EventBatch, index: int) -> Iterator[Finding]:
        """An event of a batch changed nothing, and why."""
        del life, skipped, batch, index
        yield from ()

    def failed(self, life: Life, version: int | None, reason: str) -> Iterator[Finding]:
        """The reducer's program failed; the replay of this aggregate is over."""
        del life, version, reason
        yield from ()

    def unused(self, life: Life, error: EsviewerError) -> Iterator[Finding]:
        """The reducer can't be used, so that no aggregate of the type has states; told at the first of them."""
        del life, error
        yield from ()

    def event(self, life: Life, version: int, state: Value) -> Finding | None:
        """The state after an event that changed it, while nothing is doubtful."""
        del life, version, state
        return None

    def telling(self, life: Life) -> Callable[[Value], bool] | None:
        """What says whether `event` has to be called after a state; None: after no more of this aggregate's.

        It asks nothing but the state, which is an object, and holds until the next call of `event`.
        """
        del life
        return _always

    def snapshot(self, life: Life, snapshot: Snapshot) -> Iterator[Finding]:
        """A snapshot whose version is reached; `life.doubtful` says whether the state can be compared."""
        del life, snapshot
        yield from ()

    def between(self, life: Life, batch: EventBatch) -> None:
        """The events were replayed."""
        del life, batch

    def end(self, life: Life) -> Iterator[Finding]:
        """The aggregate's newest event is replayed; the snapshots that remain lie beyond it."""
        del life
        yield from ()


def _always(state: Value) -> bool:
    del state
    return True


def differing(paths: list[Path]) -> str:
    """Some paths in words."""
    from esviewer.model.change import pointer

    return ", ".join(pointer(path) or "the whole" for path in paths[:3]) + (" …" if len(paths) > 3 else "")
