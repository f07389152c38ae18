"""Which events of a store are exported."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from esviewer.errors import UsageError
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.replay.truth import compile_condition
from esviewer.stores.store import Store
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Selection:
    """What an export holds; all of the store, without anything."""

    aggregate_id: str | None = None
    type_glob: str | None = None
    where: str | None = None
    """An expression over `data`, `meta` and `event`."""
    since: Instant | None = None
    until: Instant | None = None
    as_of: Instant | None = None
    """As `until`, and the events without a time, which that leaves out, are counted."""
    at_position: int | None = None
    """Only events up to this position."""
    limit: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves out any event of the store or aggregate, but for a limit."""
        given = (self.type_glob, self.where, self.since, self.until, self.as_of, self.at_position)
        return any(each is not None for each in given)

    def as_json(self) -> dict[str, Value]:
        """What tells two selections apart; an expression by its digest, for it may hold what is secret."""
        where = None if self.where is None else hashlib.sha256(self.where.encode()).hexdigest()
        moments = {name: getattr(self, name) for name in ("since", "until", "as_of")}
        return {
            "aggregate_id": self.aggregate_id,
            "type": self.type_glob,
            "where": where,
            **{name: None if value is None else value.isoformat() for name, value in moments.items()},
            "at_position": self.at_position,
            "limit": self.limit,
        }


@dataclass(slots=True)
class Selecting:
    """The events of one selection, and how many could not be told."""

    selection: Selection
    undated: int = 0
    """Events that `as_of` left out because they have no time."""
    untold: int = 0
    """Events for which `where` could not be told; they are left out."""
    _condition: Callable[[Event], bool | None] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Raises UsageError for an expression that is none."""
        if self.selection.where is not None:
            self._condition = compile_condition(self.selection.where)

    def check(self, store: Store) -> None:
        """Raise UsageError when the store can't be asked so."""
        if self.selection.at_position is not None and not store.positioned:
            raise UsageError(
                "--at-position needs positions that are whole numbers, and this store has none.", "Use --as-of TIME."
            )

    def in_store_order(
        self, store: Store, *, position: int | None = None, version: int | None = None, work: Work | None = None
    ) -> Iterator[Event]:
        """The events in store order from a position on, or one aggregate's from a version on."""
        asked = self.selection
        # Not `as_of`: events without a time are to be counted, and the store would leave them out unseen.
        events = store.events(
            asked.aggregate_id,
            from_version=version,
            since=asked.since,
            until=asked.until,
            type_glob=asked.type_glob,
            from_position=position,
            to_position=asked.at_position,
            work=work,
        )
        return self._kept(events)

    def by_aggregate(self, store: Store, after: str | None, work: Work | None = None) -> Iterator[Event]:
        """The events of each aggregate together and by version, those of aggregates after one; raises UsageError."""
        part = (None, None) if after is None else store.after(after, work=work)
        if part is None:
            raise UsageError(f"The aggregate {after!r}, after which to go on, is not in the store any more.")
        for batch in store.by_aggregate(part=part, work=work):
            yield from self._kept(map(batch.event, range(len(batch))))

    def _kept(self, events: Iterator[Event]) -> Iterator[Event]:
        asked, condition = self.selection, self._condition
        low = -math.inf if asked.since is None else asked.since.ns
        high = min((each.ns for each in (asked.until, asked.as_of) if each is not None), default=math.inf)
        timed = (low, high) != (-math.inf, math.inf)
        for event in events:
            if asked.type_glob is not None and not fnmatchcase(event.type, asked.type_glob):
                continue
            if asked.at_position is not None and not (
                type(event.position) is int and event.position <= asked.at_position
            ):
                continue
            if timed:
                time = event.timestamp
                if time is None:
                    self.undated += asked.as_of is not None
                    continue
                if not low <= time.ns <= high:
                    continue
            if condition is not None:
                held = condition(event)
                self.untold += held is None
                if not held:
                    continue
            yield event
