"""What a click among two timelines means as an edit; versions are always those of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from esviewer.errors import UsageError
from esviewer.gui.language import translate
from esviewer.questions.what_if import Insert, Move, Row, Skip, Step

Steps = tuple[Step, ...]


def without(steps: Steps, number: int) -> Steps:
    """The edits but for one, by its place from 0."""
    return steps[:number] + steps[number + 1 :]


def replaced(steps: Steps, number: int, step: Step) -> Steps:
    """The edits with another in the place of one."""
    return (*steps[:number], step, *steps[number + 1 :])


def last_about(steps: Steps, kind: type[Step], version: int) -> int | None:
    """The place of the last edit of this kind that is about a version."""
    for number in range(len(steps) - 1, -1, -1):
        step = steps[number]
        if isinstance(step, kind) and not isinstance(step, Insert) and step.version == version:
            return number
    return None


def skipping(steps: Steps, row: Row) -> Steps:
    """Leave out an event of the hypothetical timeline; one that was inserted is just not inserted."""
    if row.inserted_by is not None:
        return without(steps, row.inserted_by)
    assert row.original is not None
    return (*steps, Skip(row.original))


def inserting(steps: Steps, before: Row | None, kind: str, data: object) -> tuple[Steps, int]:
    """Put a new event behind a row (None: before all); the edits, and the new one's place among them."""
    if before is not None and before.inserted_by is not None:
        # Whatever is inserted behind the same event later comes before it, so this one is inserted earlier.
        number = before.inserted_by
        neighbour = steps[number]
        assert isinstance(neighbour, Insert)
        return (*steps[:number], Insert(neighbour.after, kind, data), *steps[number:]), number
    return (*steps, Insert(None if before is None else before.original, kind, data)), len(steps)


def moving(steps: Steps, row: Row, after: int | None) -> Steps:
    """Put an event of the hypothetical timeline behind a version (None: before all); raises UsageError."""
    if row.inserted_by is not None:
        number = row.inserted_by
        moved = steps[number]
        assert isinstance(moved, Insert)
        return (*without(steps, number), replace(moved, after=after))
    assert row.original is not None
    if row.original == after:
        raise UsageError(translate("WhatIf", "Version {0} can't be moved behind itself.").format(after))
    if steps and isinstance(steps[-1], Move) and steps[-1].version == row.original:
        steps = steps[:-1]
    return (*steps, Move(row.original, after))


def place_above(rows: Sequence[Row], place: int) -> int | None:
    """What the event at a place is to be put behind so that it comes one higher; raises UsageError for the first.

    Behind inserted events nothing can be put: they are passed together with the event that they follow.
    """
    if place == 0:
        raise UsageError(translate("WhatIf", "This is the first event already."))
    for at in range(place - 2, -1, -1):
        version = rows[at].original
        if version is not None:
            return version
    return None


def place_below(rows: Sequence[Row], place: int) -> int:
    """What the event at a place is to be put behind so that it comes one lower; raises UsageError for the last."""
    for at in range(place + 1, len(rows)):
        version = rows[at].original
        if version is not None:
            return version
    raise UsageError(translate("WhatIf", "No event of the store comes after this one."))
