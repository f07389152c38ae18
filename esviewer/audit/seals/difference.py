"""What differs between a store and its seal, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from esviewer.audit.seals.places import Place
from esviewer.model.clause import clause
from esviewer.model.instant import Instant
from esviewer.model.values import Value

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

    @property
    def place(self) -> Place | None:
        """Where it is: as the store has it now, else as it was sealed."""
        return self.was if self.kind == "range" else self.now or self.was

    def as_json(self) -> dict[str, Value]:
        """`{kind, position, aggregate_id, version, message, was, now}`."""
        place = self.place
        return {
            "kind": self.kind,
            "position": None if place is None else place.position,
            "aggregate_id": None if place is None else place.aggregate_id,
            "version": None if place is None else place.version,
            "message": self.message,
            "was": None if self.was is None else self.was.as_json(),
            "now": None if self.now is None else self.now.as_json(),
        }


def removed(was: Place) -> Difference:
    """An event that was sealed is not there."""
    return Difference("removed", was, None, f"{_upper(was)} ({was.type}) was removed.")


def inserted(now: Place, *, new_version: bool) -> Difference:
    """An event is there, between those that were sealed, that was not."""
    late = " One that was being committed when the seal was made looks the same." if new_version else ""
    return Difference(
        "inserted", None, now, f"{_upper(now)} ({now.type}) was inserted among the events that were sealed.{late}"
    )


def backdated(now: Place) -> Difference:
    """An event came after the seal with a time before it."""
    return Difference(
        "backdated", None, now,
        f"{_upper(now)} ({now.type}) came after the seal, with a time before it: {_time(now.time)}.",
    )  # fmt: skip


def moved(was: Place, now: Place) -> Difference:
    """An event has only another place."""
    where = "" if was.position == now.position else f": it was at position {was.position}"
    return Difference("reordered", was, now, f"{_upper(now)} was moved{where}.")


def moved_run(first: Place, last: Place, length: int) -> Difference:
    """Events have another place in an order without positions that are stored."""
    if length == 1:
        return Difference("reordered", first, first, f"{_upper(first)} was moved.")
    return Difference("reordered", first, last, f"{length:,} events were moved, from {first} to {last}.")


def altered(was: Place, now: Place, *, permuted: bool) -> Difference:
    """An event is not what it was; `permuted`: its version is one that another had, and that one's has changed too."""
    parts = [
        f"its {name} was {before} and is {after}"
        for name, before, after in (
            ("aggregate", was.aggregate_id, now.aggregate_id),
            ("version", was.version, now.version),
            ("type", was.type, now.type),
            ("position", was.position, now.position),
            ("time", _time(was.time), _time(now.time)),
        )
        if before != after
    ]
    what = "; ".join(parts) if parts else clause("its data, metadata or another part is not what it was")
    if permuted:
        return Difference("reordered", was, now, f"{_upper(now)} has changed places: {what}.")
    if was.time is not None and now.time is not None and now.time < was.time:
        return Difference("backdated", was, now, f"{_upper(now)} was backdated: {what}.")
    return Difference("changed", was, now, f"{_upper(now)} was changed: {what}.")


def between(first: Place, last: Place, message: str) -> Difference:
    """Something is not as it was sealed from one event to another."""
    return Difference("range", first, last, f"{message} They are those from {first} to {last}.")


def _upper(place: Place) -> str:
    text = str(place)
    return text[:1].upper() + text[1:]


def _time(ns: int | None) -> str:
    return "none" if ns is None else Instant(ns).isoformat()
