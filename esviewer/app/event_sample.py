"""Events out of all parts of a store, few enough to be read in seconds."""

from __future__ import annotations

import glob
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from esviewer.model.event import AggregateSummary, Event
from esviewer.replay.arithmetic import weight
from esviewer.stores.aggregates import AggregateRef
from esviewer.stores.store import Store
from esviewer.work import Work

MAX_TYPES = 100
"""Aggregate types that are looked at: those with the most aggregates in the sample."""
MAX_AGGREGATES = 200
"""Of one type whose events are read, spread over those that were found."""
MAX_EVENTS = 4000
"""Of one type that are read."""
MAX_EVENTS_IN_ALL = 40_000
MAX_WEIGHT = 400_000
"""Of one type's payloads that are kept, in units of one small value."""
MAX_WEIGHT_IN_ALL = 2_000_000
ENOUGH_SECONDS = 6.0
"""After which what has been read has to do."""
MAX_COUNTED = 300_000
"""Events of a store up to which its rare event types are looked for one by one."""

_PAGE = 1000
_PAGES = 10
_PROBE = 200
_RARE = 20
_FIRST, _MIDDLE, _LAST = 60, 30, 60
_PROBES = (*"147acegikmoqsuwyADGJMPSV", *(str(10**power) for power in range(4, 19, 2)))
"""Ids after which other parts of the store may begin, whatever its ids are like."""


@dataclass(slots=True)
class Story:
    """Some events of one aggregate, by ascending version; there may be gaps."""

    aggregate_id: str
    aggregate_type: str | None
    events: list[Event] = field(default_factory=list)
    begins: bool = True
    """Whether the first of these is the aggregate's first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read."""

    stories: tuple[Story, ...]
    whole: bool
    """Whether these are all aggregates of such types, with all their events."""

    @property
    def types(self) -> list[str | None]:
        """The aggregate types, those with the most aggregates first."""
        return [kind for kind, _ in Counter(story.aggregate_type for story in self.stories).most_common()]

    @property
    def aggregates(self) -> int:
        """How many aggregates these events are of."""
        return len({story.aggregate_id for story in self.stories})

    @property
    def events(self) -> int:
        """How many events were read."""
        return sum(len(story.events) for story in self.stories)


def sample(store: Store, type_glob: str | None, work: Work) -> Sample:
    """Read events of aggregates whose type fits; raises StoreError and CancelledError.

    Of long histories the beginning, a part in the midst and the end are read.
    """
    ends = time.monotonic() + ENOUGH_SECONDS
    found, whole = _found(store, type_glob, ends, work)
    of_type: dict[str | None, list[str]] = {}
    for aggregate_id, kind in found.items():
        of_type.setdefault(kind, []).append(aggregate_id)
    kinds = sorted(of_type, key=lambda kind: (-len(of_type[kind]), kind or ""))
    whole = whole and len(kinds) <= MAX_TYPES
    chosen = [(kind, _spread(of_type[kind], MAX_AGGREGATES)) for kind in kinds[:MAX_TYPES]]
    whole = whole and all(len(ids) == len(of_type[kind]) for kind, ids in chosen)
    events: Counter[str | None] = Counter()
    heavy: Counter[str | None] = Counter()
    stories: list[Story] = []
    for turn in range(max((len(ids) for _, ids in chosen), default=0)):
        for kind, ids in chosen:
            if turn >= len(ids):
                continue
            late = bool(turn) and time.monotonic() > ends
            full = events.total() >= MAX_EVENTS_IN_ALL or heavy.total() >= MAX_WEIGHT_IN_ALL
            if late or full or events[kind] >= MAX_EVENTS or heavy[kind] >= MAX_WEIGHT:
                whole = False
                continue
            story = Story(ids[turn], kind)
            for event in _events(store, ids[turn], work):
                if event is None:
                    whole = False
                    continue
                heavy[kind] += weight(event.data, MAX_WEIGHT)
                if story.events and heavy[kind] > MAX_WEIGHT:
                    whole = False
                    break
                story.events.append(event)
            events[kind] += len(story.events)
            if story.events:
                stories.append(story)
            work.report("Looking at the events", sum(events.values()))
    if not whole:
        left = MAX_WEIGHT_IN_ALL - heavy.total()
        seen = {event.type for story in stories for event in story.events}
        stories += _rare(store, type_glob, seen, left, ends, work)
    return Sample(tuple(stories), whole)


def _rare(
    store: Store, type_glob: str | None, seen: set[str], left: int, ends: float, work: Work
) -> Iterator[Story]:
    """Events of the types that were not seen, where the store is small enough to look for them."""
    if store.info(exact=False, work=work).events > MAX_COUNTED:
        return
    for kind in store.info(work=work).event_types:
        if kind in seen:
            continue
        for event in store.events(type_glob=glob.escape(kind), limit=_RARE, work=work):
            left -= weight(event.data)
            if left < 0 or time.monotonic() > ends:
                return
            if type_glob is None or fnmatchcase(event.aggregate_type or "", type_glob):
                yield Story(event.aggregate_id, event.aggregate_type, [event], begins=False)


def _found(store: Store, type_glob: str | None, ends: float, work: Work) -> tuple[dict[str, str | None], bool]:
    """Aggregates with their types, and whether they are all."""
    found: dict[str, str | None] = {}

    def keep(page: list[AggregateRef]) -> None:
        for ref in page:
            if type_glob is None or fnmatchcase(ref.aggregate_type or "", type_glob):
                found[ref.aggregate_id] = ref.aggregate_type

    after = None
    for _ in range(_PAGES):
        page = store.aggregate_ids(after=after, limit=_PAGE, work=work)
        keep(page)
        if len(page) < _PAGE:
            return found, True
        after = page[-1].aggregate_id
        if time.monotonic() > ends:
            break
    for probe in _PROBES:
        if time.monotonic() > ends:
            break
        keep(store.aggregate_ids(after=probe, limit=_PROBE, work=work))
    if not found and type_glob is not None:
        keep(store.aggregate_ids(limit=_PROBE, type_glob=type_glob, work=work))
    return found, False


def _spread(ids: list[str], most: int) -> list[str]:
    if len(ids) <= most:
        return ids
    return [ids[index * len(ids) // most] for index in range(most)]


def _events(store: Store, aggregate_id: str, work: Work) -> Iterator[Event | None]:
    """The events that are looked at, and None for those left out."""
    summaries = store.summaries([aggregate_id], exact=False, work=work)
    for versions in _ranges(summaries[0]) if summaries else []:
        if versions is None:
            yield None
            continue
        left = _FIRST + _MIDDLE + _LAST
        for batch in store.batches(aggregate_id, from_version=versions[0], to_version=versions[1], work=work):
            for index in range(min(len(batch), left)):
                yield batch.event(index)
            if len(batch) > left:
                # Several events with one version each.
                yield None
            left -= min(len(batch), left)
            if not left:
                break


def _ranges(summary: AggregateSummary) -> list[tuple[int, int] | tuple[None, None] | None]:
    """The versions that are read; None between them stands for a gap."""
    newest = summary.version
    oldest = newest - summary.events + 1
    if summary.events <= _FIRST + _MIDDLE + _LAST:
        return [(None, None)]
    middle = (oldest + newest) // 2
    return [
        (oldest, oldest + _FIRST - 1),
        None,
        (middle, middle + _MIDDLE - 1),
        (newest - _LAST + 1, newest),
    ]
