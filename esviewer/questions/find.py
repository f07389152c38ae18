"""Find: all stretches of versions in which a condition held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from esviewer.errors import RulesError
from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.change import Path
from esviewer.model.exactjson import scalar_text
from esviewer.model.values import MISSING, Value
from esviewer.questions.tracking import Tracked
from esviewer.replay.expressions import NAMES, event_view, keys_read, translate
from esviewer.replay.history import History
from esviewer.replay.reducer import StepError
from esviewer.replay.truth import Truth, compile_failing
from esviewer.work import Work

_BETWEEN_CHECKS = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of consecutive events after each of which the condition held: indexes, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a condition held."""

    intervals: tuple[Interval, ...]
    unclear: int
    """Events at which it could not be told (null was compared, a payload can't be read); they count as not held."""

    @property
    def events(self) -> int:
        """After how many events it held."""
        return sum(each.last - each.first + 1 for each in self.intervals)


class Condition:
    """An expression that is true or not after each event."""

    def __init__(self, text: str) -> None:
        """Raises RulesError saying what is wrong with the expression."""
        self.text = text
        try:
            self._truth = Truth(text, NAMES)
            names = translate(text).names
            self.keys: frozenset[str] | None = keys_read(text, "state")
        except RulesError as error:
            raise RulesError(f"The condition {text[:80]!r} can't be used: {error.message}.", error.hint) from None
        self.needs_events = bool(names & {"data", "meta", "event"})
        """Whether it asks about the events themselves, not only about the state."""
        self.needs_state = "state" in names
        self._needs_view = bool(names & {"meta", "event"})
        self._needs_payload = bool(names & {"data", "meta"})

    def paths(self) -> list[Path]:
        """The places of a state that it reads: some keys of the root, or the root itself."""
        return [()] if self.keys is None else [(key,) for key in sorted(self.keys)]

    @cached_property
    def fails(self) -> Callable[[Value], bool]:
        """What says whether it does not hold with a state, as `holds` does, in one call; for conditions on states."""
        return compile_failing(self.text)

    def holds(self, state: Value, batch: EventBatch | None = None, index: int = 0) -> bool | None:
        """Whether it holds after an event, with this state; None where that can't be told."""
        data: Value = None
        meta: Value = None
        view: Value = None
        if batch is not None:
            data = batch.data[index]
            if self._needs_view:
                event = batch.event(index)
                meta, view = event.metadata, event_view(event)
            if data.__class__ is Undecodable:
                if self._needs_payload:
                    return self._truth.told({"event": view, "state": state})
                data = None
        try:
            return self._truth.holds(data, meta, view, state)
        except StepError:
            return None


def find(
    history: History,
    condition: Condition,
    events: Iterable[EventBatch] | None = None,
    *,
    count: int | None = None,
    work: Work | None = None,
) -> Found:
    """All stretches in which a condition held, exactly; `events` are the history's when the condition needs them.

    `count` is how many events are looked at: more than the history has only where the condition asks for no state.
    """
    count = len(history) if count is None else count
    if not condition.needs_events:
        return _joined(_by_state(history, condition, count, work), count)
    if events is None:
        raise ValueError("the condition asks about events, which were not given")
    return _joined(_by_event(history, condition, events, count, work), count)


def _by_state(
    history: History, condition: Condition, count: int, work: Work | None
) -> Iterator[tuple[int, bool | None]]:
    """From which event on the condition held, did not, or could not be told."""
    paths = condition.paths()
    fields = [Tracked(path, history.state_after(0)) for path in paths]
    first = True
    for seen, (index, changes) in enumerate(history.steps(0, count, touching=[field.followed for field in fields])):
        if work is not None and seen % _BETWEEN_CHECKS == 0:
            work.report("Looking where it held", index, count)
        touched = False
        for field in fields:
            touched = touched or field.concerned(changes)
            field.take(changes)
        if first and index > 0:
            # The events before it were passed over: they left the initial state as it was.
            yield 0, condition.holds(history.state_after(0))
        if touched or first:
            yield index, condition.holds(_state(fields, condition))
        first = False
    if first and count:
        yield 0, condition.holds(history.state_after(0))


def _state(fields: Sequence[Tracked], condition: Condition) -> Value:
    """As much of the state as the condition reads."""
    if condition.keys is None:
        return fields[0].value
    return {field.path[0]: field.value for field in fields if field.value is not MISSING}


def _by_event(
    history: History, condition: Condition, events: Iterable[EventBatch], count: int, work: Work | None
) -> Iterator[tuple[int, bool | None]]:
    paths = condition.paths() if condition.needs_state else []
    fields = [Tracked(path, history.state_after(0)) for path in paths]
    steps = history.steps(0, count) if fields else None
    index = 0
    for batch in events:
        for at in range(len(batch)):
            if index >= count:
                return
            if work is not None and index % _BETWEEN_CHECKS == 0:
                work.report("Looking where it held", index, count)
            if steps is not None:
                _, changes = next(steps)
                for field in fields:
                    field.take(changes)
            yield index, condition.holds(_state(fields, condition) if fields else None, batch, at)
            index += 1


def find_text(events: Iterable[EventBatch], text: str, *, work: Work | None = None) -> Found:
    """The events whose data, or type, contain a text, in any case: in a key, a text, or a number as it prints."""
    needle = text.casefold()
    count = 0
    marks: list[tuple[int, bool | None]] = []
    for batch in events:
        for at in range(len(batch)):
            if work is not None and count % _BETWEEN_CHECKS == 0:
                work.report("Looking for the text", count)
            data = batch.data[at]
            if data.__class__ is Undecodable:
                marks.append((count, True if needle in batch.types[at].casefold() else None))
            else:
                marks.append((count, needle in batch.types[at].casefold() or contains(data, needle)))
            count += 1
    return _joined(iter(marks), count)


def contains(value: Value, needle: str) -> bool:
    """Whether a text, in lower case (`str.casefold`), is in any key or scalar of a value."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            if any(needle in key.casefold() for key in item):
                return True
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
        elif needle in (item if isinstance(item, str) else scalar_text(item)).casefold():
            return True
    return False


def _joined(marks: Iterator[tuple[int, bool | None]], count: int) -> Found:
    """Stretches out of the events from which on something held, did not, or could not be told."""
    intervals: list[Interval] = []
    unclear = 0
    begun: int | None = None
    before = 0
    known: bool | None = False
    for index, holds in chain(marks, [(count, False)]):
        if known is None:
            unclear += index - before
        if holds and begun is None:
            begun = index
        elif not holds and begun is not None:
            intervals.append(Interval(begun, index - 1))
            begun = None
        before, known = index, holds
    return Found(tuple(intervals), unclear)
