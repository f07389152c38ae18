"""What every reducer offers: a first state, and for each event type the step that changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from esviewer.model.batch import EventBatch
from esviewer.model.change import Path
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.replay.event_words import EventWords
from esviewer.work import Work

RawChange: TypeAlias = tuple[Path, Value, Value]
"""A `model.change.Change` as a plain tuple: making a million named ones would cost more than replaying them."""

Step: TypeAlias = Callable[[Value, Value, Event | None, list[RawChange]], Value]
"""(state, data, event, changes) → state: alters `state` in place and lists what it did in `changes`.

It returns the state, which is a new value when the root was replaced. It raises StepError when the event can't be
applied; what it did before is in `changes` then, for the caller to undo. `event` is given when the reducer's
`needs_event` says so.
"""

PlainStep: TypeAlias = Callable[[Value, dict[str, Value]], Value]
"""(state, data) → state, as a Step for data that is an object, without a list of changes.

It alters `state` only when nothing can fail any more, so that there is nothing to undo when it raises StepError.
"""


NO_RULE = "no rule for"
"""How the reason begins why an event was skipped whose type the reducer does not know."""


class StepError(Exception):
    """An event can't be applied; the text says why."""


class Meter:
    """Counts how much rules put into states beyond what the events bring: texts joined, lists written, states copied.

    The unit is one small value, as in `arithmetic.weight`. Values of up to `FREE` cost nothing, and all others of one
    replay together may come to `ALLOWANCE`: no rules file can make more of a store's events than that.
    """

    FREE = 32
    ALLOWANCE = 2_000_000

    __slots__ = ("_built",)

    def __init__(self) -> None:
        self._built = 0

    def begin(self) -> None:
        """A new replay begins."""
        self._built = 0

    def charge(self, weight: int) -> None:
        """Count a value that was built; raises StepError when that is too much."""
        if weight > self.FREE:
            self._built += weight - self.FREE
            self.check()

    def check(self) -> None:
        """Raise StepError when too much was built already."""
        if self._built > self.ALLOWANCE:
            raise StepError("the rules have built more in this replay than is allowed")


class Reducer(Protocol):
    """Folds an aggregate's events into its state."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of what it is made of."""

    @property
    def inferred(self) -> bool:
        """Whether it only guesses at the domain's rules."""

    @property
    def meter(self) -> Meter | None:
        """Counts what its steps build; None where they can't build anything."""

    @property
    def prepare(self) -> Callable[[EventBatch, Work | None], None] | None:
        """Is told each batch before it is stepped through, and what may cancel that; None where that is of no use."""

    @property
    def data_keys(self) -> frozenset[str] | None:
        """The keys of events' data that its steps look at, where they read nothing else of events but their types.

        None where that is not known, or they read more."""

    @property
    def aggregate_type(self) -> str | None:
        """A glob of the aggregate types it is for; None for all."""

    @property
    def words(self) -> EventWords:
        """What it has event types called."""

    def initial(self) -> Value:
        """The state before the first event, a fresh copy."""

    def step_for(self, event_type: str) -> Step | None:
        """The step for an event type, or None when there is no rule for it."""

    def plain_step_for(self, event_type: str) -> PlainStep | None:
        """What comes to the same state as the step for an event type; None where only that does."""

    def needs_event(self, event_type: str) -> bool:
        """Whether the step for an event type reads more of an event than its data."""
