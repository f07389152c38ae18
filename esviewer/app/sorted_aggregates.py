"""Aggregates in another order than that of their ids, for which the ends of all of them are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, TypeAlias

from esviewer.model.instant import Instant
from esviewer.stores.aggregates import AggregateRef
from esviewer.stores.store import Store
from esviewer.work import Work

_AT_ONCE: Final = 10_000
_Key: TypeAlias = str | int | None


class SortBy(StrEnum):
    """What aggregates are sorted by."""

    ID = "id"
    TYPE = "type"
    EVENTS = "events"
    """How many there are, as the list counts them: from both ends where a life is long."""
    VERSION = "version"
    """The newest version, or the one as of a moment."""
    FIRST = "first"
    """The time of the first event."""
    LAST = "last"
    """The time of the last event."""


def sorted_aggregates(
    store: Store,
    by: SortBy,
    *,
    descending: bool = False,
    type_glob: str | None = None,
    search: str | None = None,
    as_of: Instant | None = None,
    work: Work | None = None,
) -> list[AggregateRef]:
    """All aggregates that fit, in that order; equal ones by ascending id, those of which it can't be told at the end.

    `type_glob` and `search` are those of `Store.aggregate_ids`. Reads every aggregate's ends, except for ids and
    types; a list takes some 300 bytes an aggregate. Raises StoreError and CancelledError.
    """
    keyed: list[tuple[_Key, AggregateRef]] = []
    for refs in _pages(store, type_glob, search, work):
        keyed += zip(_keys(store, refs, by, as_of, work), refs, strict=True)
        if work is not None:
            work.report("Looking at aggregates", len(keyed))
    if by is SortBy.ID:
        # As the database has them in order, whatever that makes of case and accents.
        return [ref for _, ref in (reversed(keyed) if descending else keyed)]
    # All keys of one list are of one kind.
    known: list[tuple[Any, AggregateRef]] = [each for each in keyed if each[0] is not None]
    known.sort(key=itemgetter(0), reverse=descending)
    return [ref for _, ref in known] + [ref for key, ref in keyed if key is None]


def _pages(store: Store, type_glob: str | None, search: str | None, work: Work | None) -> Iterator[list[AggregateRef]]:
    after: str | None = None
    while True:
        refs = store.aggregate_ids(after=after, limit=_AT_ONCE, type_glob=type_glob, search=search, work=work)
        if refs:
            yield refs
            after = refs[-1].aggregate_id
        if len(refs) < _AT_ONCE:
            return


def _keys(
    store: Store, refs: Sequence[AggregateRef], by: SortBy, as_of: Instant | None, work: Work | None
) -> list[_Key]:
    if by is SortBy.ID:
        return [None] * len(refs)
    if by is SortBy.TYPE:
        return [ref.aggregate_type for ref in refs]
    ids = [ref.aggregate_id for ref in refs]
    found: dict[str, _Key]
    if by is SortBy.VERSION and as_of is not None:
        places = store.versions_as_of(ids, as_of, work=work)
        found = {each.aggregate_id: each.version for each in places}
    else:
        found = {}
        for each in store.summaries(ids, exact=False, work=work):
            if by is SortBy.EVENTS:
                found[each.aggregate_id] = each.events
            elif by is SortBy.VERSION:
                found[each.aggregate_id] = each.version
            else:
                instant = each.first_event if by is SortBy.FIRST else each.last_event
                found[each.aggregate_id] = None if instant is None else instant.ns
    return [found.get(ident) for ident in ids]
