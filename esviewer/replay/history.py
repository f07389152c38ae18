"""The time machine of one aggregate: every version's changes, with full states (keyframes) now and then."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator

from esviewer.errors import NotFoundError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change, Path, apply
from esviewer.model.rebuilt import Rebuilt, Skipped
from esviewer.model.values import Value, copied
from esviewer.replay.arithmetic import weight
from esviewer.replay.fold import fold
from esviewer.replay.net import net
from esviewer.replay.reducer import RawChange, Reducer
from esviewer.work import Work

_KEYFRAME_AFTER = 500
"""The least number of changes between keyframes; a larger state waits for as many changes as it is large, so that all
keyframes together cost no more than the changes themselves."""


class History:
    """All versions of one aggregate; one thread at a time."""

    def __init__(self, reducer: Reducer) -> None:
        """A history without events, to which `build_history` adds."""
        self.reducer = reducer
        self.versions: list[int] = []
        """The store's own numbers, ascending."""
        self._changes: list[tuple[RawChange, ...]] = []
        self._skipped: tuple[Skipped, ...] = ()
        self._keyframes: list[Value] = [reducer.initial()]
        self._keyed = [0]
        """How many events each keyframe comes after."""
        self._waiting = 0
        self._wait = _KEYFRAME_AFTER

    def _note(self, version: int, changes: list[RawChange], state: Value) -> None:
        self.versions.append(version)
        self._changes.append(tuple(changes))
        self._waiting += len(changes)
        if self._waiting >= self._wait:
            self._keyed.append(len(self.versions))
            self._keyframes.append(copied(state))
            self._waiting = 0
            self._wait = max(_KEYFRAME_AFTER, weight(state))

    def __len__(self) -> int:
        return len(self.versions)

    def index_of(self, version: int) -> int:
        """The place of a version among the events, from 0; raises NotFoundError."""
        index = bisect_left(self.versions, version)
        if index == len(self.versions) or self.versions[index] != version:
            raise NotFoundError(f"There is no version {version}.")
        return index

    def state_after(self, count: int) -> Value:
        """The state after the first `count` events; the caller must not alter it."""
        return self.reducer.initial() if count == 0 else self.state_at(self.versions[count - 1])

    def steps(
        self, first: int = 0, last: int | None = None, *, touching: Collection[Path] | None = None
    ) -> Iterator[tuple[int, tuple[RawChange, ...]]]:
        """The events from index `first` up to, not including, `last`, in order, with what each did to the state.

        With `touching`, events may be left out that changed nothing at, above or below any of these paths.
        """
        del touching
        for index in range(first, len(self.versions) if last is None else last):
            yield index, self._changes[index]

    def steps_back(
        self, last: int | None = None, first: int = 0, *, touching: Collection[Path] | None = None
    ) -> Iterator[tuple[int, tuple[RawChange, ...]]]:
        """The same events as `steps`, the newest first."""
        del touching
        for index in range((len(self.versions) if last is None else last) - 1, first - 1, -1):
            yield index, self._changes[index]

    def state_at(self, version: int) -> Value:
        """The state after an event, which the caller must not alter; raises NotFoundError."""
        count = self.index_of(version) + 1
        nearest = bisect_right(self._keyed, count) - 1
        state = copied(self._keyframes[nearest])
        for index in range(self._keyed[nearest], count):
            changes = self._changes[index]
            if changes:
                state = apply(state, changes)
        return state

    def changes(self, version: int) -> list[Change]:
        """What the event with this version did to the state, in all; raises NotFoundError."""
        return net(self._changes[self.index_of(version)])

    def skipped(self) -> dict[int, str]:
        """Why the events that changed nothing were skipped, by version."""
        return {item.version: item.reason for item in self._skipped}

    def rebuilt_at(self, version: int) -> Rebuilt:
        """How the state at a version came to be; raises NotFoundError."""
        seen = self.index_of(version) + 1
        skipped = self._skipped[: bisect_right(self._skipped, version, key=lambda item: item.version)]
        reducer = self.reducer
        return Rebuilt(reducer.name, reducer.digest, reducer.inferred, None, seen - len(skipped), skipped)


def build_history(reducer: Reducer, batches: Iterable[EventBatch], *, work: Work | None = None) -> History:
    """Replay all events of one aggregate from nothing, in version order, and keep what each did."""
    history = History(reducer)
    folded = fold(reducer, batches, reducer.initial(), work=work, on_event=history._note)
    history._skipped = folded.skipped
    return history
