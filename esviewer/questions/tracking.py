"""One place of a state followed through a history, without the rest of the state."""

from __future__ import annotations

from collections.abc import Sequence

from esviewer.model.change import Path, value_at
from esviewer.model.values import MISSING, Value, same
from esviewer.questions.steps import outside_lists
from esviewer.replay.reducer import RawChange
from esviewer.replay.shared_states import Owned, advanced

_OWNED = 10_000
"""Containers made for a value that are known as its own: more would keep alive what has long left it."""


class Tracked:
    """The value at a path; `take` moves it on by one event at a time.

    Below a list the whole list is followed, since what an index names may become any other of its elements.
    """

    def __init__(self, path: Path, state: Value) -> None:
        """`state` is the state to begin with, which stays as it is."""
        self.path = path
        self.followed = outside_lists(path)
        """Every change that matters lies at, above or below this path."""
        self._below = path[len(self.followed) :]
        self._whole = value_at(state, self.followed)
        self._own: Owned = {}

    @property
    def value(self) -> Value:
        """What is there now, MISSING for nothing; altered in place as the history goes on, unless it was `kept`."""
        return value_at(self._whole, self._below)

    def kept(self) -> Value:
        """What is there now, as it stays; it shares with later values what does not change."""
        value = self.value
        if isinstance(value, (dict, list)):
            self._own = {}
        return value

    def concerned(self, changes: Sequence[RawChange]) -> bool:
        """Whether any of an event's changes may alter what is at the path."""
        path = self.path
        depth = len(path)
        for place, old, new in changes:
            length = len(place)
            if length > depth:
                if place[:depth] == path:
                    return True
            elif place == path[:length]:
                return True
            elif (old is MISSING or new is MISSING) and place[:-1] == path[: length - 1]:
                # In a list, all elements from there on have moved.
                moved, mine = place[-1], path[length - 1]
                if type(moved) is int and type(mine) is int and moved < mine:
                    return True
        return False

    def altered_by(self, changes: Sequence[RawChange]) -> bool:
        """Whether it is plain without comparing what is there that another value is left: by one change within it."""
        if len(changes) != 1 or self._below:
            return False
        place, old, new = changes[0]
        # A program may tell of a change that is none.
        return len(place) >= len(self.path) and not same(old, new)

    def take(self, changes: Sequence[RawChange]) -> None:
        """Go on by one event, also where it does not concern the path: it may alter a list above."""
        if len(self._own) > _OWNED:
            self._own = {}
        path = self.followed
        depth = len(path)
        for place, old, new in changes:
            length = len(place)
            if length > depth:
                if place[:depth] == path:
                    self._whole = advanced(self._whole, [(place[depth:], old, new)], self._own)
            elif place == path[:length]:
                self._whole = value_at(new, path[length:])
