"""The time machine of one aggregate: every version's changes, with full states (keyframes) now and then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from esviewer.errors import NotFoundError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change, apply
from esviewer.model.rebuilt import Rebuilt, Skipped
from esviewer.model.values import Value, copied
from esviewer.replay.arithmetic import weight
from esviewer.replay.fold import fold
from esviewer.replay.reducer import RawChange, Reducer
from esviewer.work import Work

_KEYFRAME_AFTER = 500
"""The least number of changes between keyframes; a larger state waits for as many changes as it is large, so that all
keyframes together cost no more than the changes themselves."""


class History:
    """All versions of one aggregate, replayed from nothing; one thread at a time."""

    def __init__(
        self,
        reducer: Reducer,
        versions: Sequence[int],
        changes: Sequence[Sequence[RawChange]],
        skipped: Sequence[Skipped],
    ) -> None:
        self.reducer = reducer
        self.versions = versions
        """The store's own numbers, ascending."""
        self._changes = changes
        self._skipped = tuple(skipped)
        self._skipped_versions = [item.version for item in self._skipped]
        self._keyframes: dict[int, Value] = {0: reducer.initial()}
        self._keyed = [0]

    def _index(self, version: int) -> int:
        index = bisect_right(self.versions, version) - 1
        if index < 0 or self.versions[index] != version:
            raise NotFoundError(f"There is no version {version}.")
        return index

    def state_at(self, version: int) -> Value:
        """The state after an event, a copy of its own; raises NotFoundError."""
        count = self._index(version) + 1
        start = self._keyed[bisect_right(self._keyed, count) - 1]
        state = copied(self._keyframes[start])
        newest = self._keyed[-1]
        waited = 0
        wait = max(_KEYFRAME_AFTER, weight(state))
        for index in range(start, count):
            changes = self._changes[index]
            if changes:
                state = apply(state, changes)
                waited += len(changes)
                if waited >= wait and index >= newest:
                    self._keyframes[index + 1] = copied(state)
                    self._keyed.append(index + 1)
                    waited = 0
                    wait = max(_KEYFRAME_AFTER, weight(state))
        return state

    def changes(self, version: int) -> list[Change]:
        """What the event with this version did to the state; raises NotFoundError."""
        return [Change._make(change) for change in self._changes[self._index(version)]]

    def skipped(self) -> dict[int, str]:
        """Why the events that changed nothing were skipped, by version."""
        return {item.version: item.reason for item in self._skipped}

    def rebuilt_at(self, version: int) -> Rebuilt:
        """How the state at a version came to be; raises NotFoundError."""
        seen = self._index(version) + 1
        skipped = self._skipped[: bisect_right(self._skipped_versions, version)]
        reducer = self.reducer
        return Rebuilt(reducer.name, reducer.digest, reducer.inferred, None, seen - len(skipped), skipped)


def build_history(reducer: Reducer, batches: Iterable[EventBatch], *, work: Work | None = None) -> History:
    """Replay all events of one aggregate, in version order, and keep what each did."""
    versions: list[int] = []
    changes: list[list[RawChange]] = []

    def note(version: int, raw: list[RawChange], reason: str | None) -> None:
        del reason
        versions.append(version)
        changes.append(raw)

    folded = fold(reducer, batches, reducer.initial(), work=work, on_event=note)
    return History(reducer, versions, changes, folded.skipped)
