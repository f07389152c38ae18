"""Which aggregates have got events since a moment: enough to know what of a list is old, and no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esviewer.stores.store import Store
from esviewer.work import Work

MOST: Final = 20_000
"""Events that one look takes at most; the next one takes the rest."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came since the last look."""

    events: int
    aggregates: frozenset[str]


class Arrivals:
    """Looks behind the newest position; for a store that tells which events are new (`Store.tells_new`).

    What a writer commits later than others and below their positions is not seen: this is for telling that there is
    something new, not what (`esviewer.app.tail` misses nothing, and reads more for that).
    """

    def __init__(self, store: Store, work: Work | None = None) -> None:
        """What is there now is not new; raises StoreError."""
        self._store = store
        self._last = store.newest_position(work=work)

    def look(self, work: Work | None = None) -> Arrived:
        """What came since the last look; raises StoreError."""
        events, aggregates, last = 0, set[str](), self._last
        for scanned in self._store.scan((), after=last, work=work):
            for index in range(len(scanned)):
                place = scanned.place(index)
                if isinstance(place.position, int):
                    events += 1
                    aggregates.add(place.aggregate_id)
                    last = place.position if last is None else max(last, place.position)
            if events >= MOST:
                break
        self._last = last
        return Arrived(events, frozenset(aggregates))
