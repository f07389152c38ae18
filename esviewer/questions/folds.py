"""Fold comparison: where two reducers part over the same events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esviewer.diff.compare import compare
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change
from esviewer.model.values import Value, copied, same
from esviewer.replay.fold import Folding
from esviewer.replay.foreign.reducer import initial_of
from esviewer.replay.reducer import RawChange, Reducer
from esviewer.work import Work

_PATHS = 100


@dataclass(frozen=True, slots=True)
class FoldComparison:
    """What two reducers made of one aggregate's events."""

    events: int
    first_version: int | None
    """The first version after which the states differ; None when they never do."""
    changes: tuple[Change, ...]
    """What leads from the first reducer's state to the second's at that version, at most a hundred."""
    differing: int
    """After how many events the states differ."""
    last_differs: bool
    """Whether the newest states differ."""
    skipped: tuple[int, int]
    """How many events each reducer skipped."""


def compare_folds(
    first: Reducer, second: Reducer, batches: Iterable[EventBatch], *, work: Work | None = None
) -> FoldComparison:
    """Fold the same events with both, side by side, and compare the states after each event."""
    sides = _Side(first, work), _Side(second, work)
    differ = not same(sides[0].folding.state, sides[1].folding.state)
    first_version: int | None = None
    changes: tuple[Change, ...] = ()
    differing = 0
    seen = 0
    for batch in batches:
        for index in range(len(batch)):
            event = batch.event(index)
            single = EventBatch([event.version], [event.type], [batch.data[index]], lambda _, event=event: event)  # type: ignore[misc]
            for side in sides:
                side.take(single, work)
            left, right = sides
            # Where both did the same to the same states, nothing has to be compared.
            if differ or not same(left.changes, right.changes):
                differ = not same(left.folding.state, right.folding.state)
            if differ:
                differing += 1
                if first_version is None:
                    first_version = event.version
                    # Copies, because the states go on.
                    changes = tuple(
                        Change(path, copied(old), copied(new))
                        for path, old, new in compare(left.folding.state, right.folding.state)[:_PATHS]
                    )
            seen += 1
        if work is not None:
            work.report("Comparing folds", seen)
    skipped = len(sides[0].folding.skipped), len(sides[1].folding.skipped)
    return FoldComparison(seen, first_version, changes, differing, differ and seen > 0, skipped)


class _Side:
    def __init__(self, reducer: Reducer, work: Work | None) -> None:
        self.folding = Folding(reducer, initial_of(reducer, work))
        self.changes: list[Value] = []

    def take(self, batch: EventBatch, work: Work | None) -> None:
        self.folding.feed(batch, work=work, on_event=self._note)

    def _note(self, version: int, changes: list[RawChange], state: Value) -> None:
        del version, state
        self.changes = [[list(path), [old], [new]] for path, old, new in changes]

