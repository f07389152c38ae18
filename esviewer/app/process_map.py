"""The process map of a store: what follows what, counted in one pass, and who took a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from esviewer.model.scanned import Steps
from esviewer.questions.process_map import ProcessMap, Takers
from esviewer.stores.store import Store
from esviewer.work import Work


def process_map(store: Store, type_glob: str | None = None, *, work: Work | None = None) -> ProcessMap:
    """What follows what in the lives of all aggregates, of types like `type_glob`; raises StoreError.

    One pass by aggregate that reads no payloads where types and times are in columns; its memory does not grow.
    """
    made = ProcessMap(None if type_glob is None else lambda kind: kind is not None and fnmatchcase(kind, type_glob))
    total = store.info(exact=False, work=work).events
    for steps in _steps(store, None, work):
        made.feed(steps)
        if work is not None:
            work.report("Following the events", made.events, max(total, made.events))
    made.finish()
    return made


@dataclass(frozen=True, slots=True)
class TakersPage:
    """Some of the aggregates that took a path, by their order in the store."""

    places: tuple[tuple[str, int], ...]
    """Each one's id, and the version that it first came to by the path."""
    more: bool
    """Whether there may be others after them."""


def takers(
    store: Store,
    aggregate_type: str | None,
    source: str | None,
    target: str | None,
    *,
    after: str | None = None,
    limit: int = 100,
    work: Work | None = None,
) -> TakersPage:
    """The aggregates of a type that took a path, those after the aggregate `after`; at most `limit` of them."""
    found: list[tuple[str, int]] = []
    asked = Takers(aggregate_type, source, target)
    skipping = after is not None and not store.divides
    seen = 0

    def keep(places: Iterator[tuple[str, int]]) -> bool:
        nonlocal skipping
        for place in places:
            if skipping:
                skipping = place[0] != after
            elif len(found) == limit:
                return True
            else:
                found.append(place)
        return False

    for steps in _steps(store, None if skipping else after, work):
        seen += len(steps.versions)
        if work is not None:
            work.report("Looking for aggregates that took this path", seen, None)
        if keep(asked.feed(steps)):
            return TakersPage(tuple(found), True)
    more = keep(asked.finish())
    return TakersPage(tuple(found), more)


def _steps(store: Store, after: str | None, work: Work | None) -> Iterator[Steps]:
    if after is None:
        return store.steps(work=work)
    part = store.after(after, work=work)
    return iter(()) if part is None else store.steps(part=part, work=work)
