"""Folding events into a state: the loop that every rebuilt state comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import undo
from esviewer.model.rebuilt import Skipped
from esviewer.model.values import Value
from esviewer.replay.reducer import RawChange, Reducer, Step, StepError
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold came to: `applied` and `skipped` together are all the events it saw."""

    state: Value
    version: int | None
    """The last event's version; None when there was no event."""
    applied: int
    skipped: tuple[Skipped, ...]


def fold(
    reducer: Reducer,
    batches: Iterable[EventBatch],
    state: Value,
    *,
    work: Work | None = None,
    on_event: Callable[[int, list[RawChange], str | None], None] | None = None,
) -> Folded:
    """Apply events to `state`, which is altered in place, and count those that could not be applied.

    An event that can't be decoded, has no rule or fails half-way changes nothing: what it did is undone, and it is
    listed with the reason. `on_event` gets each event's version, changes (a list of its own) and reason for skipping.
    """
    steps: dict[str, Step | None] = {}
    skipped: list[Skipped] = []
    seen = 0
    version: int | None = None
    needs_event = reducer.needs_event
    changes: list[RawChange] = []
    for batch in batches:
        index = -1
        for version, event_type, data in zip(batch.versions, batch.types, batch.data, strict=True):
            index += 1
            if on_event is not None:
                changes = []
            elif changes:
                changes.clear()
            reason = None
            try:
                step = steps[event_type]
            except KeyError:
                step = steps[event_type] = reducer.step_for(event_type)
            if data.__class__ is Undecodable:
                reason = data.reason
            elif step is None:
                reason = f"no rule for {event_type}"
            else:
                try:
                    state = step(state, data, batch.event(index) if needs_event else None, changes)
                except StepError as error:
                    reason = str(error)
                    # A step that began with a fresh root has not touched the state itself.
                    if changes and changes[0][0] != ():
                        state = undo(state, changes)
                    changes = []
            if reason is not None:
                skipped.append(Skipped(version, reason))
            if on_event is not None:
                on_event(version, changes, reason)
        seen += len(batch)
        if work is not None:
            work.report("Replaying events", seen)
    return Folded(state, version, seen - len(skipped), tuple(skipped))
