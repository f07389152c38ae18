"""One place of a state followed through a history, without the rest of the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from esviewer.model.change import Path, apply, value_at
from esviewer.model.values import MISSING, SCALARS, Value, copied
from esviewer.replay.reducer import RawChange


class Tracked:
    """The value at a path; `take` moves it on by one event at a time."""

    def __init__(self, path: Path, state: Value) -> None:
        """`state` is the state to begin with."""
        self.path = path
        self.value: Value = _own(value_at(state, path))
        """What is there now, MISSING for nothing; altered in place as the history goes on."""

    def concerned(self, changes: Sequence[RawChange]) -> bool:
        """Whether any of an event's changes may alter what is at the path."""
        path = self.path
        depth = len(path)
        for place, old, new in changes:
            length = len(place)
            if length <= depth:
                if place == path[:length]:
                    return True
                shifts = length and (old is MISSING or new is MISSING) and type(place[-1]) is int
                if shifts and place[:-1] == path[: length - 1]:
                    return True
            elif place[:depth] == path:
                return True
        return False

    def take(self, changes: Sequence[RawChange], state_after: Callable[[], Value]) -> None:
        """Go on by one event; `state_after` gives the state after it, for when elements moved in a list above."""
        path = self.path
        depth = len(path)
        for place, old, new in changes:
            length = len(place)
            if length <= depth:
                shifts = length and (old is MISSING or new is MISSING) and type(place[-1]) is int
                if shifts and place[:-1] == path[: length - 1]:
                    # What the path names is another element now, which nothing here has seen.
                    self.value = _own(value_at(state_after(), path))
                    return
                if place == path[:length]:
                    self.value = _own(value_at(new, path[length:]))
            elif place[:depth] == path:
                self.value = apply(self.value, [(place[depth:], old, new)])


def _own(value: Value) -> Value:
    return value if type(value) in SCALARS or value is MISSING else copied(value)
