"""Fold comparison: where two reducers part over the same events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from esviewer.diff.compare import compare
from esviewer.errors import ForeignError
from esviewer.model.batch import EventBatch
from esviewer.model.change import Change, Path
from esviewer.model.values import MISSING, Value, copied, same
from esviewer.questions.steps import outside_lists
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
    failure: str = ""
    """How a reducer that is a program failed at an event, which the sentence names; all else is of the events before.
    """
    failed_version: int | None = None
    """That event's version."""


def compare_folds(
    first: Reducer, second: Reducer, batches: Iterable[EventBatch], *, work: Work | None = None
) -> FoldComparison:
    """Fold the same events with both, side by side, and compare the states after each event.

    Where a program fails at one the comparison ends; a program that fails before the first raises ForeignError.
    """
    sides = _Side(first, work), _Side(second, work)
    left, right = sides
    parted = _parted(left.folding.state, right.folding.state)
    first_version: int | None = None
    changes: tuple[Change, ...] = ()
    differing = 0
    seen = 0
    failed: ForeignError | None = None
    for batch in batches:
        for index in range(len(batch)):
            event = batch.event(index)
            single = EventBatch([event.version], [event.type], [batch.data[index]], lambda _, event=event: event)  # type: ignore[misc]
            try:
                for side in sides:
                    side.take(single, work)
            except ForeignError as error:
                if error.version is None:
                    raise
                failed = error
                break
            alike = same(left.changes, right.changes)
            # Where both did the same to the same states, nothing has to be compared.
            if parted is not None or not alike:
                for path in left.touched | right.touched:
                    parted = _now_parted(parted, left.folding.state, right.folding.state, path, alike)
            if parted is not None:
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
        if failed is not None:
            break
    skipped = len(sides[0].folding.skipped), len(sides[1].folding.skipped)
    last_differs = parted is not None and seen > 0
    told = ("", None) if failed is None else (failed.message, failed.version)
    return FoldComparison(seen, first_version, changes, differing, last_differs, skipped, *told)


class _Side:
    def __init__(self, reducer: Reducer, work: Work | None) -> None:
        self.folding = Folding(reducer, initial_of(reducer, work))
        self.changes: list[Value] = []
        self.touched: set[Path] = set()
        """Where the last event changed something, lists as a whole."""

    def take(self, batch: EventBatch, work: Work | None) -> None:
        self.folding.feed(batch, work=work, on_event=self._note)

    def _note(self, version: int, changes: list[RawChange], state: Value) -> None:
        del version, state
        self.changes = [[list(path), [old], [new]] for path, old, new in changes]
        self.touched = {outside_lists(path) for path, _, _ in changes}


_Parted: TypeAlias = "dict[str, _Parted] | bool | None"
"""Where two states differ: None, nowhere; True, here; else in these keys of two objects."""


def _parted(left: Value, right: Value) -> _Parted:
    if type(left) is dict and type(right) is dict:
        keys = left if left.keys() == right.keys() else {**left, **right}
        pairs = ((key, left.get(key, MISSING), right.get(key, MISSING)) for key in keys)
        return {key: found for key, one, other in pairs if (found := _parted(one, other)) is not None} or None
    return None if same(left, right) else True


def _now_parted(before: _Parted, left: Value, right: Value, path: Path, alike: bool) -> _Parted:
    """Where two states differ after something changed at or below `path`; `alike`: by the same changes in both."""
    if before is True or type(left) is not dict or type(right) is not dict:
        return _parted(left, right)
    if not path:
        return None if alike and before is None else _parted(left, right)
    key = path[0]
    assert isinstance(key, str)
    parted = before or {}
    found = _now_parted(parted.get(key), left.get(key, MISSING), right.get(key, MISSING), path[1:], alike)
    if found is None:
        parted.pop(key, None)
    else:
        parted[key] = found
    return parted or None

