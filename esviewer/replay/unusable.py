"""What stands for a reducer that can't be used: it has a name, and nothing is ever rebuilt with it."""

from __future__ import annotations

from esviewer.model.values import Value
from esviewer.replay.event_words import NO_WORDS


class UnusableReducer:
    """Keeps the place of a reducer that may not run, or that can't be loaded, where only events are looked at."""

    inferred = False
    digest = ""
    meter = None
    prepare = None
    aggregate_type = None
    words = NO_WORDS
    data_keys: frozenset[str] | None = frozenset()

    def __init__(self, name: str = "") -> None:
        """`name` is "" where not even that is known."""
        self.name = name

    def initial(self) -> Value:
        """No state."""
        return None

    def step_for(self, event_type: str) -> None:
        """None: it has no rule for any event."""
        del event_type

    def plain_step_for(self, event_type: str) -> None:
        """None, as `step_for`."""
        del event_type

    def needs_event(self, event_type: str) -> bool:
        """It looks at no event."""
        del event_type
        return False
