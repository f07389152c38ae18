"""Folding events into a state: the loop that every rebuilt state comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import undo
from esviewer.model.rebuilt import Skipped
from esviewer.model.values import MISSING, Value
from esviewer.replay.reducer import NO_RULE, PlainStep, RawChange, Reducer, Step, StepError
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


OnEvent: TypeAlias = Callable[[int, list[RawChange], Value], None]
"""Gets each event's version, its changes (in a list used again) and the state after it (which the next one alters)."""
Telling: TypeAlias = Callable[[Value], bool]
"""Whether a state, which is an object, has to be told of; it asks the state and nothing else."""
_CHANGED: Final[list[RawChange]] = [((), MISSING, MISSING)]
"""Stands for the changes of an event of which only that it changed the state is known."""


class Folding:
    """A fold under way: fed with batches, it can go on for as long as events arrive.

    An event that can't be decoded, has no rule or fails half-way changes nothing: what it did is undone, and it is
    listed with the reason.
    """

    def __init__(self, reducer: Reducer, state: Value, like: Folding | None = None) -> None:
        """`state` is the state to begin with, which is altered in place.

        `like` is another fold, whose reducer's steps need not be asked for again if it is the same reducer.
        """
        self.state = state
        self.version: int | None = None
        """The last event's version."""
        self.seen = 0
        self.skipped: list[Skipped] = []
        self._reducer = reducer
        self._steps: dict[str, tuple[Step | None, bool]] = {}
        self._plain_steps: _PlainSteps = (
            like._plain_steps if like is not None and like._reducer is reducer else _PlainSteps(reducer)
        )
        self._between_checks = _BETWEEN_CHECKS
        if reducer.meter is not None:
            reducer.meter.begin()
            self._between_checks = _BETWEEN_CHECKS_OF_BUILDERS

    def feed(self, batch: EventBatch, *, work: Work | None = None, on_event: OnEvent | None = None) -> None:
        """Apply the events of a batch; when it is cancelled in the midst, those before are applied and counted."""
        if self._reducer.prepare is not None:
            self._reducer.prepare(batch, work)
        if on_event is None:
            self._feed_plainly(batch, work)
            return
        state, version = self.state, self.version
        changes: list[RawChange] = []
        index = -1
        columns = zip(range(len(batch)), batch.versions, batch.types, batch.data, strict=True)
        try:
            for _ in range(0, len(batch), self._between_checks):
                if work is not None:
                    work.check()
                for index, version, event_type, data in islice(columns, self._between_checks):
                    try:
                        state = self._stepped(state, batch, index, event_type, data, changes)
                    except BaseException:
                        # Cancelled, or the user's own code failed: this event has not been applied.
                        index -= 1
                        version = batch.versions[index] if index >= 0 else self.version
                        raise
                    on_event(version, changes, state)
                    if changes:
                        changes.clear()
        finally:
            self.state, self.version = state, version
            self.seen += index + 1

    def feed_watched(
        self,
        batch: EventBatch,
        on_event: OnEvent,
        telling: Callable[[], Telling | None],
        *,
        work: Work | None = None,
    ) -> None:
        """As `feed`, but `on_event` is called only for events that may matter, and its changes are only none or some.

        `telling` says now which states matter, None that all events do; it is asked again after each event told. Told
        are events after which a state matters, all after one that does, those that end the aggregate, those that are
        skipped and those without a plain step.
        """
        if self._reducer.prepare is not None:
            self._reducer.prepare(batch, work)
        plain_steps, skipped = self._plain_steps, self.skipped
        state, version = self.state, self.version
        changes: list[RawChange] = []
        index = -1
        # What says which states matter, while it is known that the one before doesn't: only then is one that does
        # surely another one.
        matters: Telling | None = None
        columns = zip(range(len(batch)), batch.versions, batch.types, batch.data, strict=True)
        try:
            for _ in range(0, len(batch), self._between_checks):
                if work is not None:
                    work.check()
                for index, version, event_type, data in islice(columns, self._between_checks):
                    plain = plain_steps[event_type] if data.__class__ is dict and state.__class__ is dict else None
                    told = changes
                    try:
                        if plain is not None and matters is None:
                            matters = telling()
                            if matters is not None and matters(state):
                                matters = None
                        if plain is None or matters is None:
                            state = self._stepped(state, batch, index, event_type, data, changes)
                        else:
                            try:
                                state = plain(state, data)
                            except StepError as error:
                                skipped.append(Skipped(version, str(error)))
                            else:
                                if state.__class__ is dict and not matters(state):
                                    continue
                                told = _CHANGED
                    except BaseException:
                        index -= 1
                        version = batch.versions[index] if index >= 0 else self.version
                        raise
                    matters = None
                    on_event(version, told, state)
                    if changes:
                        changes.clear()
        finally:
            self.state, self.version = state, version
            self.seen += index + 1

    def _feed_plainly(self, batch: EventBatch, work: Work | None) -> None:
        """Apply the events of a batch when nobody asks what each of them changes."""
        plain_steps, skipped = self._plain_steps, self.skipped
        state = self.state
        changes: list[RawChange] = []
        index = -1
        columns = zip(range(len(batch)), batch.types, batch.data, strict=True)
        try:
            for _ in range(0, len(batch), self._between_checks):
                if work is not None:
                    work.check()
                for index, event_type, data in islice(columns, self._between_checks):
                    plain = plain_steps[event_type]
                    try:
                        if plain is not None and data.__class__ is dict:
                            state = plain(state, data)
                        else:
                            state = self._stepped(state, batch, index, event_type, data, changes)
                            changes.clear()
                    except StepError as error:
                        skipped.append(Skipped(batch.versions[index], str(error)))
                    except BaseException:
                        index -= 1
                        raise
        finally:
            self.state = state
            if index >= 0:
                self.version = batch.versions[index]
            self.seen += index + 1

    def _stepped(
        self, state: Value, batch: EventBatch, index: int, event_type: str, data: Value, changes: list[RawChange]
    ) -> Value:
        """The state after one event, whose changes go into the empty list; or as it was, with the event skipped."""
        try:
            step, needs_event = self._steps[event_type]
        except KeyError:
            step = self._reducer.step_for(event_type)
            needs_event = step is not None and self._reducer.needs_event(event_type)
            self._steps[event_type] = step, needs_event
        if data.__class__ is Undecodable:
            self.skipped.append(Skipped(batch.versions[index], data.reason))
            return state
        if step is None:
            self.skipped.append(Skipped(batch.versions[index], f"{NO_RULE} {event_type}"))
            return state
        try:
            return step(state, data, batch.event(index) if needs_event else None, changes)
        except StepError as error:
            self.skipped.append(Skipped(batch.versions[index], str(error)))
            # A step that began with a fresh root has not touched the state itself.
            if changes and changes[0][0] != ():
                state = undo(state, changes)
            changes.clear()
            return state


class _PlainSteps(dict[str, PlainStep | None]):
    """A reducer's plain steps by event type, asked for once each."""

    def __init__(self, reducer: Reducer) -> None:
        super().__init__()
        self._reducer = reducer

    def __missing__(self, event_type: str) -> PlainStep | None:
        found = self[event_type] = self._reducer.plain_step_for(event_type)
        return found


def fold(
    reducer: Reducer,
    batches: Iterable[EventBatch],
    state: Value,
    *,
    work: Work | None = None,
    on_event: OnEvent | None = None,
) -> Folded:
    """Apply events to `state`, which is altered in place, and count those that could not be applied (see Folding)."""
    folding = Folding(reducer, state)
    for batch in batches:
        folding.feed(batch, work=work, on_event=on_event)
        if work is not None:
            work.report("Replaying events", folding.seen)
    applied = folding.seen - len(folding.skipped)
    return Folded(folding.state, folding.version, applied, tuple(folding.skipped))
