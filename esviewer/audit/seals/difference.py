"""What differs between a store and its seal, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from esviewer.audit.seals.places import Place
from esviewer.model.clause import clause
from esviewer.model.instant import Instant
from esviewer.model.values import Value


class Shift(NamedTuple):
    """An event that is only at another position than it was."""

    at: int
    """Its index among those sealed."""
    was: Place
    now_at: int
    """Its index among those of the store."""
    now: Place

    @property
    def by(self) -> int:
        """By how much its position is higher; 0 where positions are no whole numbers."""
        one, other = self.was.position, self.now.position
        return other - one if isinstance(one, int) and isinstance(other, int) else 0


class Moved(NamedTuple):
    """A stretch of events that were moved together."""

    events: int
    first_was: Place
    first_now: Place
    last_was: Place
    last_now: Place

    def as_json(self) -> dict[str, Value]:
        """`{events, first: {was, now}, last: {was, now}}`."""
        return {
            "events": self.events,
            "first": {"was": self.first_was.as_json(), "now": self.first_now.as_json()},
            "last": {"was": self.last_was.as_json(), "now": self.last_now.as_json()},
        }


Kind = Literal["changed", "removed", "inserted", "reordered", "backdated", "range"]
"""`range`: something between two places, and the seal can't tell what."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One event, or one stretch of them, that is not as it was sealed."""

    kind: Kind
    was: Place | None
    """What was sealed; of a range, the first event."""
    now: Place | None
    """What is in the store; of a range, the last event of those sealed."""
    message: str
    moved: Moved | None = None
    """Of a stretch of events that were moved together: which, as the seal and as the store has them."""

    @property
    def events(self) -> int:
        """How many events it is about; of a range at least."""
        return 1 if self.moved is None else self.moved.events

    @property
    def aggregate_ids(self) -> set[str]:
        """Those that its message may name."""
        places = [self.was, self.now]
        if self.moved is not None:
            places += [self.moved.first_was, self.moved.last_was]
        return {each.aggregate_id for each in places if each is not None}

    @property
    def place(self) -> Place | None:
        """Where it is: as the store has it now, else as it was sealed."""
        if self.moved is not None:
            return self.moved.first_now
        return self.was if self.kind == "range" else self.now or self.was

    def as_json(self) -> dict[str, Value]:
        """`{kind, position, aggregate_id, version, message, was, now}`; of a stretch of several `moved` as well."""
        place = self.place
        more = {} if self.moved is None else {"moved": self.moved.as_json()}
        return {
            "kind": self.kind,
            "position": None if place is None else place.position,
            "aggregate_id": None if place is None else place.aggregate_id,
            "version": None if place is None else place.version,
            "message": self.message,
            "was": None if self.was is None else self.was.as_json(),
            "now": None if self.now is None else self.now.as_json(),
            **more,
        }


def removed(was: Place) -> Difference:
    """An event that was sealed is not there."""
    return Difference("removed", was, None, f"{was.opening} ({was.type}) was removed.")


def inserted(now: Place, *, new_version: bool) -> Difference:
    """An event is there, between those that were sealed, that was not."""
    message = f"{now.opening} ({now.type}) was inserted among the events that were sealed."
    if new_version:
        late = "One that was being committed when the seal was made looks the same."
        message = f"{message} {late}"
    return Difference("inserted", None, now, message)


def backdated(now: Place) -> Difference:
    """An event came after the seal with a time before it."""
    return Difference(
        "backdated", None, now,
        f"{now.opening} ({now.type}) came after the seal, with a time before it: {_time(now.time)}.",
    )  # fmt: skip


def moved(was: Place, now: Place) -> Difference:
    """An event has only another place."""
    if was.position == now.position:
        return Difference("reordered", was, now, f"{now.opening} was moved.")
    return Difference("reordered", was, now, f"{now.opening} was moved: it was at position {was.position}.")


def moved_run(first: Place, last: Place, length: int) -> Difference:
    """Events have another place in an order without positions that are stored."""
    if length == 1:
        return Difference("reordered", first, first, f"{first.opening} was moved.")
    return Difference("reordered", first, last, f"{length:,} events were moved, from {first} to {last}.")


def shifted(first: Shift, last: Shift, length: int, why: str) -> Difference:
    """Neighbours whose positions all differ by the same number; `why` is a sentence on what explains it, or empty."""
    by = first.by
    events = f"{length:,}"
    if by == 1:
        message = f"{events} events have a position that is 1 higher than it was, from {first.was} to {last.was}."
    elif by == -1:
        message = f"{events} events have a position that is 1 lower than it was, from {first.was} to {last.was}."
    elif by > 0:
        message = f"{events} events have a position that is {by:,} higher than it was, from {first.was} to {last.was}."
    else:
        message = f"{events} events have a position that is {-by:,} lower than it was, from {first.was} to {last.was}."
    return _moved(first, last, length, message, why)


def renumbered(first: Shift, last: Shift, length: int, by: int, why: str) -> Difference:
    """Events of an aggregate whose versions all differ by the same number; `why` as in `shifted`."""
    events, of = f"{length:,}", first.was.aggregate_id
    low, high = first.was.version, last.was.version
    if by == 1:
        message = f"{events} events of {of} have a version that is 1 higher than it was, versions {low} to {high}."
    elif by == -1:
        message = f"{events} events of {of} have a version that is 1 lower than it was, versions {low} to {high}."
    elif by > 0:
        message = f"{events} events of {of} have a version that is {by:,} higher than it was, versions {low} to {high}."
    else:
        message = f"{events} events of {of} have a version that is {-by:,} lower than it was, versions {low} to {high}."
    return _moved(first, last, length, message, why)


def _moved(first: Shift, last: Shift, length: int, message: str, why: str) -> Difference:
    moved = Moved(length, first.was, first.now, last.was, last.now)
    return Difference("reordered", first.was, last.now, f"{message} {why}" if why else message, moved)


def altered(was: Place, now: Place, *, permuted: bool) -> Difference:
    """An event is not what it was; `permuted`: its version is one that another had, and that one's has changed too."""
    said = _alterations(was, now)
    what = said[0][0] if said else clause("its data, metadata or another part is not what it was")
    more = [sentence for _, sentence in said[1:]]
    if permuted:
        return Difference("reordered", was, now, " ".join([f"{now.opening} has changed places: {what}.", *more]))
    if was.time is not None and now.time is not None and now.time < was.time:
        return Difference("backdated", was, now, " ".join([f"{now.opening} was backdated: {what}.", *more]))
    return Difference("changed", was, now, " ".join([f"{now.opening} was changed: {what}.", *more]))


def _alterations(was: Place, now: Place) -> list[tuple[str, str]]:
    """What of an event's place is another, each as the end of a sentence and as one of its own."""
    found = []
    if was.aggregate_id != now.aggregate_id:
        one, other = was.aggregate_id, now.aggregate_id
        found.append((clause(f"its aggregate was {one} and is {other}"), f"Its aggregate was {one} and is {other}."))
    if was.version != now.version:
        before, after = was.version, now.version
        found.append((clause(f"its version was {before} and is {after}"), f"Its version was {before} and is {after}."))
    if was.type != now.type:
        one, other = was.type, now.type
        found.append((clause(f"its type was {one} and is {other}"), f"Its type was {one} and is {other}."))
    if was.position != now.position:
        at, to = was.position, now.position
        found.append((clause(f"its position was {at} and is {to}"), f"Its position was {at} and is {to}."))
    if was.time != now.time:
        one, other = _time(was.time), _time(now.time)
        found.append((clause(f"its time was {one} and is {other}"), f"Its time was {one} and is {other}."))
    return found


def between(first: Place, last: Place, message: str) -> Difference:
    """Something is not as it was sealed from one event to another."""
    return Difference("range", first, last, f"{message} They are those from {first} to {last}.")


def _time(ns: int | None) -> str:
    return "none" if ns is None else Instant(ns).isoformat()
