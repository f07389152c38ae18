"""Places in an aggregate's life as people type them: a version's number, or a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esviewer.app.as_of import AsOf
from esviewer.app.typed_time import typed_instant
from esviewer.errors import NotFoundError, UsageError
from esviewer.model.instant import Instant


def version_or_moment(text: str) -> int | Instant:
    """What FROM, TO and the like may be: a version's number, or a typed time; raises UsageError."""
    return typed_place(text)[0]


def typed_place(text: str) -> tuple[int | Instant, bool]:
    """A version or a moment, and whether this machine's zone had to stand in; raises UsageError."""
    try:
        if text.lstrip("-").isdecimal() and not (len(text) == 8 and text.startswith(("19", "20"))):
            return int(text), False
        return typed_instant(text)
    except (ValueError, OverflowError) as error:  # --3 and numbers of thousands of digits are no versions either
        known = str(error).startswith(repr(text)) and "is not a date" not in str(error)
        raise UsageError(
            f"{error}." if known else f"{text[:100]!r} is neither a version nor a time.",
            "Give a version's number, or a time as 2026-11-22T14:34Z.",
        ) from None


@dataclass(frozen=True, slots=True)
class Located:
    """Which version of an aggregate a typed place is."""

    aggregate_id: str
    version: int | None
    """None where the aggregate did not exist yet at that time."""
    moment: AsOf | None = None
    """Where a time lies among the events; None where a version was typed."""
    guessed: bool = False
    """Whether this machine's zone had to stand in for the time's."""

    def reached(self) -> int:
        """The version; raises NotFoundError where the aggregate did not exist yet."""
        if self.version is None:
            assert self.moment is not None
            raise before_it_began(self.aggregate_id, self.moment)
        return self.version


def located(aggregate_id: str, text: str, as_of: Callable[[Instant], AsOf]) -> Located:
    """What was typed, found among the aggregate's events by `as_of` where it is a time; raises UsageError."""
    wanted, guessed = typed_place(text)
    if isinstance(wanted, int):
        return Located(aggregate_id, wanted)
    moment = as_of(wanted)
    return Located(aggregate_id, moment.version, moment, guessed)


def before_it_began(aggregate_id: str, moment: AsOf) -> NotFoundError:
    """That there is no state as of a moment, since no event lies at or before it."""
    if moment.after is None:
        hint = "None of its events has a time."
    elif moment.undated:
        hint = f"Its first that has a time is at {moment.after.timestamp}."
    else:
        hint = f"Its first is at {moment.after.timestamp}: it did not exist yet."
    return NotFoundError(f"{aggregate_id} has no event at or before {moment.instant}.", hint)
