"""Field history: every change of what is at a path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from esviewer.model.change import Change, Path
from esviewer.model.values import Value, same
from esviewer.questions.tracking import Tracked
from esviewer.replay.history import History
from esviewer.work import Work

_BETWEEN_CHECKS = 2000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One event that left something else at a path than it found there."""

    index: int
    """The event's place in the history, from 0."""
    path: Path
    old: Value
    """MISSING when nothing was there."""
    new: Value
    """MISSING when nothing is there any longer."""

    @property
    def op(self) -> str:
        """add, remove or replace."""
        return Change(self.path, self.old, self.new).op


def field_history(
    history: History,
    paths: Collection[Path],
    *,
    first: int = 0,
    last: int | None = None,
    work: Work | None = None,
) -> Iterator[FieldChange]:
    """Every change of what is at these paths, by the events from index `first` to `last` - 1, in one pass.

    A path is a place: what `value_at` gives for it after each event. An index therefore means whatever element is at
    that index then.
    """
    last = len(history) if last is None else last
    start = history.state_after(first)
    fields = [Tracked(path, start) for path in paths]
    followed = [field.followed for field in fields]
    for seen, (index, changes) in enumerate(history.steps(first, last, touching=followed)):
        if work is not None and seen % _BETWEEN_CHECKS == 0:
            work.report("Looking for changes", index - first, last - first)
        if not changes:
            continue
        for field in fields:
            if not field.concerned(changes):
                field.take(changes)
                continue
            old = field.kept()
            field.take(changes)
            if field.altered_by(changes) or not same(old, field.value):
                yield FieldChange(index, field.path, old, field.kept())


def numbers(changes: Sequence[FieldChange]) -> list[float | None]:
    """What a chart draws of the changes of one path: the new values as floats, None where there is no number."""
    return [_number(change.new) for change in changes]


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if np.isfinite(number) else None
