"""What an event type may do at one place of the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from esviewer.model.values import MISSING, Value
from esviewer.replay.inference.evidence import Seen, Token, token
from esviewer.replay.inference.names import literal

Verb: TypeAlias = Literal["set", "increment", "append", "remove_value", "remove", "merge", "delete"]

NOTHING = object()
"""What an action gives for an event at which it does nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that is read of an event: a constant, or what an expression gives.

    Where the event lacks it: nothing happens when `skips` says so, else it is `otherwise` (null by default).
    """

    text: str | None
    """The expression; None for a constant."""
    otherwise: Value = None
    skips: bool = False
    parts: tuple[tuple[str, Reading], ...] = ()
    """What an object is made of, key by key; then the rest says nothing."""

    def value(self, event: Seen) -> Value:
        """The value for an event; NOTHING where nothing is to happen."""
        if self.parts:
            return {key: reading.value(event) for key, reading in self.parts}
        if self.text is None:
            return self.otherwise
        found = event.values.get(self.text, MISSING)
        if found is not MISSING:
            # `x if x != null else …` is how a default is written, so null takes it too.
            return self.otherwise if found is None and self.otherwise is not None else found
        return NOTHING if self.skips else self.otherwise

    def token(self, event: Seen) -> Token:
        """The value's token."""
        if self.text is not None and self.otherwise is None and self.text in event.values:
            return event.token(self.text)
        value = self.value(event)
        return NOTHING if value is NOTHING else token(value)

    def written(self) -> str:
        """The expression that gives it; a reading that skips can't be told from one that gives null."""
        if self.parts:
            return "{" + ", ".join(f"{key!r}: {reading.written()}" for key, reading in self.parts) + "}"
        if self.text is None:
            return literal(self.otherwise) or "null"
        if self.otherwise is None:
            return self.text
        return f"{self.text} if {self.text} != null else {literal(self.otherwise)}"


def constant(value: Value) -> Reading:
    """A reading that is the same for all events."""
    return Reading(None, value)


class Action(NamedTuple):
    """One event type's part in one place: `remove` has no reading; of an increment `times` is the coefficient."""

    verb: Verb
    reading: Reading | None = None
    times: int = 1


Actions: TypeAlias = Mapping[str, Action]
"""By event type; those that do nothing are left out."""


class Operation(NamedTuple):
    """One line of a rule: what events of a type do at a path. The path's parts are as in `names`."""

    kind: str
    verb: Verb
    path: tuple[str, ...]
    reading: Reading | None
    times: int = 1

    def under(self, part: str) -> Operation:
        """The same one level further down."""
        return self._replace(path=(part, *self.path))


class Unexplained(NamedTuple):
    """A place in the state that no rules were found for, `[]` standing for computed keys."""

    path: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class Found:
    """What was found out about one place and all below it."""

    operations: list[Operation] = field(default_factory=list)
    initial: Value = MISSING
    unexplained: list[Unexplained] = field(default_factory=list)


def found_of(actions: Actions, initial: Value) -> Found:
    """Actions at one place as operations."""
    operations = [Operation(kind, each.verb, (), each.reading, each.times) for kind, each in actions.items()]
    return Found(operations, initial)
