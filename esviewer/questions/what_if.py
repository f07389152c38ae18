"""What if: events skipped, edited, inserted or moved in memory, and what state that would have come to.

The store is not touched, and what comes out is marked as hypothetical wherever it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from esviewer.errors import NotFoundError, UsageError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.event import Event
from esviewer.model.values import Value, same
from esviewer.replay.history import History
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave the event with this version out."""

    version: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Give the event with this version other data, or another type."""

    version: int
    data: Value
    type: str | None = None
    """None: the type stays."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a new event behind the one with this version; None: before all."""

    after: int | None
    type: str
    data: Value
    metadata: Value = None


@dataclass(frozen=True, slots=True)
class Move:
    """Put the event with this version behind another; None: before all."""

    version: int
    after: int | None


Step = Skip | Edit | Insert | Move


@dataclass(frozen=True)
class Edits:
    """What is done to the events, in this order; versions are always those of the store."""

    steps: tuple[Step, ...] = ()

    def as_json(self) -> list[dict[str, Value]]:
        """A list of `{"skip": V}`, `{"edit": V, "data": …, "type": …}`, `{"insert_after": V, "type": …, "data": …}` and
        `{"move": V, "after": W}`."""
        return [_written(step) for step in self.steps]

    @classmethod
    def from_json(cls, document: Value) -> Edits:
        """What `as_json` gave; raises UsageError saying what is wrong."""
        if not isinstance(document, list):
            raise UsageError("Edits are a JSON list of objects.", 'As in [{"skip": 3}].')
        return cls(tuple(_read(entry, number) for number, entry in enumerate(document, 1)))


def _written(step: Step) -> dict[str, Value]:
    match step:
        case Skip(version):
            return {"skip": version}
        case Edit(version, data, kind):
            return {"edit": version, "data": data, **({} if kind is None else {"type": kind})}
        case Insert(after, kind, data, metadata):
            return {
                "insert_after": after,
                "type": kind,
                "data": data,
                **({} if metadata is None else {"metadata": metadata}),
            }
        case Move(version, after):
            return {"move": version, "after": after}


_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "skip": (set(), set()),
    "edit": ({"data"}, {"type"}),
    "insert_after": ({"type", "data"}, {"metadata"}),
    "move": ({"after"}, set()),
}
"""For each kind of edit what else it must have, and may have."""


def _read(entry: Any, number: int) -> Step:
    kinds = [kind for kind in _KEYS if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1:
        raise UsageError(f"Edit {number} is none of {', '.join(_KEYS)}.", 'As in {"skip": 3}.')
    kind = kinds[0]
    needed, possible = _KEYS[kind]
    keys = set(entry) - {kind}
    if needed - keys or keys - needed - possible:
        raise UsageError(f"Edit {number} ({kind}) takes {', '.join(sorted(needed | possible)) or 'nothing'} besides.")
    version = _version(entry[kind], number, nothing=kind == "insert_after")
    if kind == "move":
        assert version is not None
        return Move(version, _version(entry["after"], number, nothing=True))
    event_type = entry.get("type")
    if event_type is not None and not isinstance(event_type, str):
        raise UsageError(f"The type of edit {number} is no text.")
    if kind == "insert_after":
        return Insert(version, event_type or "", entry["data"], entry.get("metadata"))
    assert version is not None
    return Skip(version) if kind == "skip" else Edit(version, entry["data"], event_type)


def _version(value: Any, number: int, *, nothing: bool) -> int | None:
    if value is None and nothing:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"Edit {number} names no version.", "A version is a whole number.")
    return value


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the hypothetical timeline."""

    original: int | None
    """Its version in the store; None for one that was inserted."""
    edited: bool
    moved: bool
    inserted_by: int | None = None
    """Which of the edits inserted it, from 0."""


def edited_events(events: Sequence[Event], edits: Edits) -> tuple[list[Event], list[Row]]:
    """The events after the edits, numbered anew from 1, and what each of them is.

    Raises NotFoundError for a version that is not there, UsageError for what else can't be done. `events` are all
    of the aggregate's, in version order; each keeps its timestamp.
    """
    known = {event.version for event in events}
    for step in edits.steps:
        for version in _named(step):
            if version not in known:
                newest = f"The newest is {events[-1].version}." if events else ""
                raise NotFoundError(f"There is no version {version} to edit.", newest)
    order: list[tuple[Event, Row]] = [(event, Row(event.version, False, False)) for event in events]
    for number, step in enumerate(edits.steps):
        if isinstance(step, Insert):
            order.insert(_behind(order, step.after), (_new(events, step), Row(None, True, False, number)))
            continue
        place = _place(order, step.version)
        event, row = order[place]
        if isinstance(step, Skip):
            del order[place]
        elif isinstance(step, Edit):
            kind = event.type if step.type is None else step.type
            changed = replace(event, data=step.data, type=kind, error=None, raw=None)
            order[place] = changed, replace(row, edited=True)
        else:
            if step.after == step.version:
                raise UsageError(f"Version {step.version} can't be moved behind itself.")
            del order[place]
            order.insert(_behind(order, step.after), (event, replace(row, moved=True)))
    renumbered = [
        event if event.version == number else replace(event, version=number)
        for number, (event, _) in enumerate(order, 1)
    ]
    return renumbered, [row for _, row in order]


def _named(step: Step) -> Iterator[int]:
    """The versions that an edit speaks of."""
    if not isinstance(step, Insert):
        yield step.version
    if isinstance(step, (Insert, Move)) and step.after is not None:
        yield step.after


def _place(order: Sequence[tuple[Event, Row]], version: int) -> int:
    for place, (_, row) in enumerate(order):
        if row.original == version:
            return place
    raise UsageError(f"Version {version} can't be edited: an earlier edit skips it.")


def _behind(order: Sequence[tuple[Event, Row]], version: int | None) -> int:
    return 0 if version is None else _place(order, version) + 1


def _new(events: Sequence[Event], step: Insert) -> Event:
    like = next((event for event in events if event.version == step.after), events[0] if events else None)
    # Somebody who makes up an event writes it as those of its type are written now.
    kin = next((event for event in reversed(events) if event.type == step.type), None)
    return Event(
        position=None,
        aggregate_id="" if like is None else like.aggregate_id,
        aggregate_type=None if like is None else like.aggregate_type,
        version=0,
        event_id=None,
        type=step.type,
        schema_version=None if kin is None else kin.schema_version,
        timestamp=None if like is None else like.timestamp,
        data=step.data,
        metadata=step.metadata,
        error=None,
        raw=None,
    )


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two timelines begin to differ."""

    count: int
    """How many hypothetical events there are down to there; with the next one, where a real event makes the difference
    that stands alone and is not the last."""
    left_out: int | None = None
    """The index of the real event that stands alone, skipped or moved away, and without which they differ."""


class WhatIf:
    """The real timeline and the hypothetical one, side by side."""

    hypothetical = True

    def __init__(self, real: History, hypothetical: History, rows: Sequence[Row], edits: Edits) -> None:
        self.real = real
        self.imagined = hypothetical
        """Its versions count from 1."""
        self.rows = tuple(rows)
        self.edits = edits

        self._beside: list[int] = []
        beside = 0
        for row in self.rows:
            if row.original is not None and not row.moved:
                beside = real.index_of(row.original) + 1
            self._beside.append(beside)

    def real_count(self, count: int) -> int:
        """How many real events stand beside the first `count` hypothetical ones: all up to the last in its place."""
        return self._beside[count - 1] if count else 0

    def parting(self, work: Work | None = None) -> Parting | None:
        """Where the states begin to differ, event by event in the order in which they stand; None when they never do.

        After a real event that was skipped or moved away, the real state is compared with the hypothetical one so far;
        after a hypothetical event that with the state after the real events beside it.
        """
        real_steps = self.real.steps()
        beside = 0

        def alone(until: int, seen: int) -> int | None:
            """The first real event that stands alone and makes a difference, after `seen` hypothetical ones."""
            nonlocal beside
            while beside < until:
                does_something = bool(_listed(next(real_steps)[1]))
                beside += 1
                if does_something and not self._same(beside, seen):
                    return beside - 1
            return None

        for index, steps in self.imagined.steps():
            if work is not None and index % _BATCH == 0:
                work.report("Comparing the timelines", index, len(self.rows))
            until = self._beside[index]
            left_out = alone(until - 1, index)
            if left_out is not None:
                return Parting(index + 1, left_out)
            # As long as both do the same to the same states, nothing has to be compared.
            real: Value = []
            if beside < until:
                real = _listed(next(real_steps)[1])
                beside += 1
            if not same(real, _listed(steps)) and not self._same(beside, index + 1):
                return Parting(index + 1)
        left_out = alone(len(self.real), len(self.imagined))
        return None if left_out is None else Parting(len(self.imagined), left_out)

    def _same(self, real: int, imagined: int) -> bool:
        return same(self.real.state_after(real), self.imagined.state_after(imagined))


def _listed(changes: Sequence[Sequence[Value]]) -> Value:
    return [[list(path), [old], [new]] for path, old, new in changes]


def what_if(
    real: History, events: Iterable[EventBatch], reducer: Reducer, edits: Edits, *, work: Work | None = None
) -> WhatIf:
    """Replay the edited events; `events` are all of the real history's. Raises UsageError for edits that can't be."""
    originals: list[Event] = []
    for batch in events:
        if work is not None:
            work.report("Reading events", len(originals), len(real))
        originals += [batch.event(index) for index in range(len(batch))]
    changed, rows = edited_events(originals, edits)
    del originals
    imagined = History(reducer, source=lambda first, last: _batches(changed[first - 1 : last]), hypothetical=True)
    imagined.extend(_batches(changed), work=work)
    return WhatIf(real, imagined, rows, edits)


def _batches(events: Sequence[Event]) -> Iterator[EventBatch]:
    for start in range(0, len(events), _BATCH):
        yield batch_of(events[start : start + _BATCH])
