"""Whether a foreign reducer gives the same states each time it folds the same events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import Path
from esviewer.model.event import Event
from esviewer.model.values import Value, same
from esviewer.replay.foreign.comparing import changes_between
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.reducer import RawChange, StepError
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where two runs of one reducer part."""

    version: int | None
    """The first event after which the states differ; None when they do before the first."""
    paths: tuple[Path, ...]
    """Where in the state they differ; none when only one of the runs refused the event, or for another reason."""
    reasons: tuple[str | None, str | None] = (None, None)
    """Why each run refused the event; None where it did not."""


def first_disagreement(
    reducer: ForeignReducer, batches: Iterable[EventBatch], *, work: Work | None = None
) -> Disagreement | None:
    """Fold one aggregate's events from nothing in two fresh processes side by side; None when all states agree.

    Raises ForeignError, ConsentNeededError and what `work.check` raises.
    """
    runs = (_Run(reducer), _Run(reducer))
    try:
        for run in runs:
            run.state = run.reducer.initial(work)
        if paths := _paths(*runs):
            return Disagreement(None, paths)
        for batch in batches:
            for run in runs:
                run.reducer.prepare(batch, work)
            for index, version in enumerate(batch.versions):
                if batch.data[index].__class__ is Undecodable:
                    continue
                event = batch.event(index)
                if work is not None:
                    work.check()
                reasons = runs[0].take(event), runs[1].take(event)
                if reasons[0] == reasons[1] and same(runs[0].changes, runs[1].changes):
                    continue  # the same was done to the same states
                paths = _paths(*runs)
                if paths or reasons[0] != reasons[1]:
                    return Disagreement(version, paths, reasons)
        return None
    finally:
        for run in runs:
            run.reducer.close()


class _Run:
    def __init__(self, reducer: ForeignReducer) -> None:
        self.reducer = reducer.twin()
        self.state: Value = None
        self.changes: Value = []
        """What the last event did."""

    def take(self, event: Event) -> str | None:
        changes: list[RawChange] = []
        self.changes = []
        try:
            self.state = self.reducer.step(self.state, event.data, event, changes)
        except StepError as error:
            return str(error)
        self.changes = [[list(path), [old], [new]] for path, old, new in changes]
        return None


def _paths(first: _Run, second: _Run) -> tuple[Path, ...]:
    return tuple(path for path, _, _ in changes_between(first.state, second.state))
