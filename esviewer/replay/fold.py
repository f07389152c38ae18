"""Folding events into a state: the loop that every rebuilt state comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import undo
from esviewer.model.rebuilt import Skipped
from esviewer.model.values import Value
from esviewer.replay.reducer import RawChange, Reducer, Step, StepError
from esviewer.work import Work

_BETWEEN_CHECKS = 256
_BETWEEN_CHECKS_OF_BUILDERS = 16
"""Events after which a replay looks whether it was cancelled: sooner where one event may take long."""


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
    on_event: Callable[[int, list[RawChange], Value], None] | None = None,
) -> Folded:
    """Apply events to `state`, which is altered in place, and count those that could not be applied.

    An event that can't be decoded, has no rule or fails half-way changes nothing: what it did is undone, and it is
    listed with the reason. `on_event` gets each event's version, its changes (in a list that is used again for the
    next event) and the state after it (which the next event alters).
    """
    steps: dict[str, tuple[Step | None, bool]] = {}
    skipped: list[Skipped] = []
    changes: list[RawChange] = []
    version: int | None = None
    seen = 0
    between_checks = _BETWEEN_CHECKS
    if reducer.meter is not None:
        reducer.meter.begin()
        between_checks = _BETWEEN_CHECKS_OF_BUILDERS
    for batch in batches:
        columns = zip(range(len(batch)), batch.versions, batch.types, batch.data, strict=True)
        for _ in range(0, len(batch), between_checks):
            if work is not None:
                work.check()
            for index, version, event_type, data in islice(columns, between_checks):
                try:
                    step, needs_event = steps[event_type]
                except KeyError:
                    step = reducer.step_for(event_type)
                    needs_event = step is not None and reducer.needs_event(event_type)
                    steps[event_type] = step, needs_event
                if data.__class__ is Undecodable:
                    skipped.append(Skipped(version, data.reason))
                elif step is None:
                    skipped.append(Skipped(version, f"no rule for {event_type}"))
                else:
                    try:
                        state = step(state, data, batch.event(index) if needs_event else None, changes)
                    except StepError as error:
                        skipped.append(Skipped(version, str(error)))
                        # A step that began with a fresh root has not touched the state itself.
                        if changes and changes[0][0] != ():
                            state = undo(state, changes)
                        changes.clear()
                if on_event is not None:
                    on_event(version, changes, state)
                if changes:
                    changes.clear()
        seen += len(batch)
        if work is not None:
            work.report("Replaying events", seen)
    return Folded(state, version, seen - len(skipped), tuple(skipped))
