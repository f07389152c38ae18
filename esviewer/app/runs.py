"""Runs of events of one type that follow each other, of which a table shows each as one row."""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from esviewer.app.event_columns import Column

LEAST = 5
"""Events of one type from which on they are a run."""


class Runs:
    """The rows of a table in which runs are folded; events are numbered from 0, and so are the rows.

    It is made of whole columns, without an object for each event: a million take some milliseconds.
    """

    def __init__(self, codes: Column, apart: Iterable[int] = (), opened: Set[int] = frozenset()) -> None:
        """`codes` are the events' types; events `apart` are in no run; `opened` runs, by first event, stay open."""
        count = len(codes)
        begins = np.ones(count, np.bool_)
        begins[1:] = codes[1:] != codes[:-1]
        for event in apart:
            begins[event : event + 2] = True
        self._begins = np.flatnonzero(begins)
        """The first event of each run, however short."""
        self._count = count
        ends = np.append(self._begins[1:], count)
        folded = ends - self._begins >= LEAST
        if opened:
            folded &= ~np.isin(self._begins, np.fromiter(opened, np.int64, len(opened)))
        # Within a folded run all but the first event have no row.
        steps = np.zeros(count + 1, np.int8)
        steps[self._begins[folded] + 1] += 1
        steps[ends[folded]] -= 1
        self._firsts = np.flatnonzero(np.cumsum(steps[:count], dtype=np.int8) == 0)
        """The first event of each row."""

    def __len__(self) -> int:
        return len(self._firsts)

    def events(self, row: int) -> range:
        """The events that a row stands for."""
        last = self._firsts[row + 1] if row + 1 < len(self._firsts) else self._count
        return range(int(self._firsts[row]), int(last))

    def row_of(self, event: int) -> int:
        """The row that an event is in."""
        return int(np.searchsorted(self._firsts, event, side="right")) - 1

    def run_of(self, event: int) -> range | None:
        """The run that an event is in, folded or not; None where it is in none."""
        at = int(np.searchsorted(self._begins, event, side="right")) - 1
        if at < 0:
            return None
        end = self._begins[at + 1] if at + 1 < len(self._begins) else self._count
        found = range(int(self._begins[at]), int(end))
        return found if len(found) >= LEAST else None
