"""What rules are searched in: events with all that expressions can read of them, and values known before and after."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from esviewer.model.event import Event
from esviewer.model.values import MISSING, Value
from esviewer.replay.expressions import event_view
from esviewer.replay.inference.names import reached

Token: TypeAlias = Hashable
"""Something that is equal for values which agree: numbers count by their value, true is not 1."""

MAX_READINGS = 120
"""How many expressions are read of one event."""
_MAX_DEPTH = 4
_EVENT_PARTS = ("timestamp", "version", "event_id", "aggregate_id", "schema_version", "type")


class _Start:
    """The value before the first event, which nobody has stored."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "START"


START: Final = _Start()


def token(value: Value) -> Token:
    """What a value is compared by."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value  # type: ignore[no-any-return]
    if value is MISSING or value is START:
        return repr, repr(value)
    if kind is bool:
        return bool, value
    if isinstance(value, (float, Decimal)):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return ("nan",) if number.is_nan() else number
    if kind is dict:
        return (dict, frozenset((key, token(inner)) for key, inner in value.items()))
    if kind is list:
        return list, tuple(map(token, value))
    return kind.__name__, str(value)


def is_number(value: Value) -> bool:
    """Whether a value is a number of a size that is worth computing with."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    if isinstance(value, int):
        return value.bit_length() <= 200
    if isinstance(value, float):
        return math.isfinite(value)
    return value.is_finite() and abs(value.adjusted()) <= 60 and len(value.as_tuple().digits) <= 60


def exact(value: Value, *, rounded: bool = False) -> Fraction | int:
    """A number exactly, or `rounded` to nine places where it has more: sums of floats err beyond."""
    if isinstance(value, int):
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return Fraction(round(number, 9) if rounded and has_many_places(number) else number)


def has_many_places(value: Value) -> bool:
    """Whether a number has more than nine decimal places."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if not isinstance(value, Decimal):
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -9


class Seen:
    """One event, and what the expressions that are tried give for it."""

    __slots__ = ("kind", "values", "version")

    def __init__(self, event: Event) -> None:
        self.kind = event.type
        self.version = event.version
        self.values = dict(_readings(event))
        """By the text of the expression; what an event lacks is not in it."""

    def token(self, text: str) -> Token:
        """The token of what an expression gives."""
        return token(self.values.get(text, MISSING))

    def giving(self, wanted: Token) -> list[str]:
        """The expressions that give a value with this token."""
        if type(wanted) is tuple:
            return [text for text, value in self.values.items() if token(value) == wanted]
        # Most values are scalars: containers need no look then.
        return [
            text for text, value in self.values.items() if type(value) not in (dict, list) and token(value) == wanted
        ]


def _readings(event: Event) -> Iterator[tuple[str, Value]]:
    # Without a budget of their own, the parts of a large payload would leave none for the event's.
    view = event_view(event)
    for name in _EVENT_PARTS:
        if view[name] is not None:
            yield f"event.{name}", view[name]
    for root, value, most in (("data", event.data, MAX_READINGS), ("meta", event.metadata, MAX_READINGS // 4)):
        if value is not None:
            yield from _parts(root, value, most)


def _parts(root: str, value: Value, most: int) -> Iterator[tuple[str, Value]]:
    level: list[tuple[str, Value]] = [(root, value)]
    for _ in range(_MAX_DEPTH):
        below: list[tuple[str, Value]] = []
        for text, each in level:
            if most <= 0:
                return
            most -= 1
            yield text, each
            if type(each) is dict:
                below.extend((reached(text, key), inner) for key, inner in list(each.items())[:MAX_READINGS])
        level = below


@dataclass(frozen=True, slots=True)
class Witness:
    """A stored state: the state after the event with `version`, which is the `count`-th of its story."""

    version: int
    count: int
    state: Value


@dataclass(slots=True)
class Story:
    """One aggregate: its readable events in order, and stored states by ascending version."""

    aggregate_id: str
    events: list[Seen]
    witnesses: list[Witness] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is known of one place in the state: its value, then some events, then its value.

    START is the value before the first event, MISSING where there is none.
    """

    start: Value
    events: Sequence[Seen]
    end: Value

    def after(self, index: int, start: Value) -> Stretch:
        """The same from behind the event with this index, where the value was `start`."""
        return Stretch(start, self.events[index + 1 :], self.end)


def stretches(stories: Iterable[Story]) -> list[Stretch]:
    """The whole states' stretches: from nothing to the first stored state, and between neighbours."""
    found = []
    for story in stories:
        start: Value = START
        count = 0
        for witness in story.witnesses:
            found.append(Stretch(start, story.events[count : witness.count], witness.state))
            start, count = witness.state, witness.count
    return found


def kinds_of(found: Iterable[Stretch]) -> list[str]:
    """The event types that occur, each once, in order of appearance."""
    return list(dict.fromkeys(event.kind for stretch in found for event in stretch.events))


def by_kind(found: Iterable[Stretch]) -> dict[str, list[Seen]]:
    """All events of each type."""
    events: dict[str, list[Seen]] = {}
    for stretch in found:
        for event in stretch.events:
            events.setdefault(event.kind, []).append(event)
    return events


Check: TypeAlias = Callable[[], None]
"""Is called now and then, and raises what ends the search."""
