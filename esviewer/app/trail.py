"""The places that somebody was at, to go back and forward over as in a browser."""

from __future__ import annotations

from typing import Final

from esviewer.app.links import HISTORY, Link

MOST: Final = 200
"""Places that are kept; the oldest go first."""


class Trail:
    """Places in the order in which they were visited, and the one where the window is."""

    def __init__(self) -> None:
        self._places: list[Link] = []
        self._at = -1
        self._left = False

    @property
    def current(self) -> Link | None:
        """Where the window is; None: at no place, because the store was closed, or nothing has been visited."""
        return None if self._left or self._at < 0 else self._places[self._at]

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._at > 0 or (self._left and self._at == 0)

    @property
    def can_go_forward(self) -> bool:
        """Whether there is one after it."""
        return self._at + 1 < len(self._places)

    def visit(self, place: Link) -> None:
        """Go to a new place: those after this one are forgotten."""
        self._left = False
        del self._places[self._at + 1 :]
        self._places.append(place)
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def note(self, place: Link) -> None:
        """Say where the window is now: at another place than before, or still there with something about it changed."""
        current = self.current
        if current is None or not _alike(current, place):
            self.visit(place)
        else:
            self._places[self._at] = place

    def leave(self) -> None:
        """No place is on show any longer; back leads to the one that was."""
        self._left = self._at >= 0

    def back(self) -> Link | None:
        """Go to the place before; None: there is none."""
        if not self.can_go_back:
            return None
        self._at -= not self._left
        self._left = False
        return self._places[self._at]

    def forward(self) -> Link | None:
        """Go to the place after this one; None: there is none."""
        if not self.can_go_forward:
            return None
        self._left = False
        self._at += 1
        return self._places[self._at]


def _alike(one: Link, other: Link) -> bool:
    """Whether two are the same place but for the version and the fields that are followed there."""
    if (one.store, one.room or HISTORY, one.as_of) != (other.store, other.room or HISTORY, other.as_of):
        return False
    if one.log_filter != other.log_filter or (one.lanes != other.lanes and one.lanes):
        return False  # no lanes yet are no place of their own
    # Nothing chosen yet is no place of its own, and rooms beside the time machine are about the whole store.
    return one.aggregate in (None, other.aggregate) or (one.room or HISTORY) != HISTORY
