"""Cause and effect across aggregates: the events that belong together with one, searched for from where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from esviewer.errors import NotFoundError, UsageError
from esviewer.model.causation import LinkedEvent, Links, same_id
from esviewer.questions.causation import Causation, Known, begins, causation
from esviewer.stores.linked import Linked, Stretch, Wanted
from esviewer.stores.store import Store
from esviewer.work import Work

MOST: Final = 5_000
"""Events of one correlation that are shown."""
REACH: Final = 200_000
"""Events on either side that a search goes through at first, where each has to be read for it."""
_FIRST: Final = 2_000
_LARGEST: Final = 500_000
"""Events that are searched at a time: few at first, since what belongs together mostly lies together."""
_LARGEST_READ: Final = 20_000
"""The same where each has to be read."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found so far."""

    asked: tuple[str, int]
    """The event that was asked about."""
    correlation: str | None
    """The id that they share; None: they hang together by their causes alone."""
    causation: Causation
    searched: int
    """About how many events were looked through."""
    low: int | None
    """The first position that was looked at; None: from the store's beginning, or there are no positions."""
    high: int | None
    """The last one; None: to its end, or there are no positions."""
    complete: bool
    """Whether the whole store was looked through."""
    ended: bool
    """Whether the search is over, for now."""
    cut: bool
    """Whether there are more than were kept."""


def asked_event(store: Store, text: str, *, work: Work | None = None) -> LinkedEvent:
    """The event that `AGGREGATE_ID@VERSION` or an event id names; raises NotFoundError and UsageError."""
    if not text.strip():
        raise UsageError("Name an event: by its id, or as AGGREGATE_ID@VERSION.")
    linked = store.linked
    aggregate_id, at, version = text.rpartition("@")
    numbered = bool(at) and version.removeprefix("-").isdecimal() and len(version) < 19
    # An event id may look so too.
    if numbered and store.summaries([aggregate_id], exact=False, work=work):
        return linked.of(store.event(aggregate_id, int(version), work=work))
    found = linked.with_ids([text], work=work)
    if found:
        return found[0]
    if not store.has("event_id"):
        raise NotFoundError(
            f"There is no event {text}: the events of this store have no ids.",
            "Name it as AGGREGATE_ID@VERSION, such as order-1042@17.",
        )
    raise NotFoundError(f"There is no event {text}.", "Name it by its id, or as AGGREGATE_ID@VERSION.")


def trace(
    store: Store, asked: LinkedEvent, *, reach: int | None = None, most: int = MOST, work: Work | None = None
) -> Iterator[Trace]:
    """The events that belong together with one, first the nearest; each Trace has all that came before it.

    Those are all with the same correlation id (or with the event's own id as theirs), with the causes that they name;
    where there is none, what is connected by causes. `reach` is how many events on either side are searched at most.
    The last Trace has `ended`.
    """
    yield from _Search(store, asked, reach, most, work).run()


class _Search:
    """One search through a store."""

    def __init__(self, store: Store, asked: LinkedEvent, reach: int | None, most: int, work: Work | None) -> None:
        self._store = store
        self._linked: Linked = store.linked
        self._asked = asked
        self._reach = reach
        self._most = most
        self._work = work
        self._found: dict[tuple[str, int], LinkedEvent] = {asked.key: asked}
        self._outside: set[tuple[str, int]] = set()
        self._nowhere: set[str] = set()
        self._searched = 0
        self._total = 0
        self._cut = False
        links = asked.links
        self._correlation = links.correlation
        self._inside = links.inside
        self._extent: tuple[int | None, int | None] = (None, None)
        self._complete = False

    def run(self) -> Iterator[Trace]:
        """Search."""
        self._total = self._store.info(exact=False, work=self._work).events
        if self._correlation is not None:
            self._take(self._linked.with_ids([self._correlation], work=self._work))
            yield from self._by_correlation(self._correlation, ())
            return
        if begins(self._asked):
            # What it began may be called by its own id, and name it as the cause.
            own = self._asked.event_id
            texts = _called(self._asked, places=True)
            for found in self._by_correlation(own, texts):
                if not found.ended or found.cut:
                    yield found
            if self._cut:
                return
            shared = {
                same_id(event.links.correlation): event.links.correlation
                for event in self._found.values()
                if event.links.correlation is not None
            }
            if own is not None and same_id(own) in shared:
                yield self._trace(*self._extent, complete=self._complete, ended=True)
                return
            self._correlation = next(iter(shared.values())) if len(shared) == 1 else None
            if self._correlation is not None:
                yield from self._by_correlation(self._correlation, ())
                return
        yield from self._by_causes()

    # By correlation

    def _by_correlation(self, correlation: str | None, more: Sequence[str]) -> Iterator[Trace]:
        """All events with a correlation id; with `more` texts also those that name the asked one as their cause."""
        meant = None if correlation is None else same_id(correlation)
        known = Known([self._asked])

        def wanted(links: Links) -> bool:
            if links.correlation is not None and same_id(links.correlation) == meant:
                return True
            return bool(more) and links.cause is not None and known.find(links.cause) is not None

        texts = [] if correlation is None else [correlation]
        yield from self._sweep(list(dict.fromkeys([*texts, *more])), wanted)

    # By causes

    def _by_causes(self) -> Iterator[Trace]:
        self._add_causes(all_the_way=True)
        named: set[str] = set()
        while not self._cut:
            places = any(event.links.cause is not None and event.links.cause.place for event in self._found.values())
            texts = [
                name for event in self._found.values() for name in _called(event, places=places) if name not in named
            ]
            if not texts:
                break
            named.update(texts)
            known = Known(list(self._found.values()))

            def wanted(links: Links, known: Known = known) -> bool:
                return links.cause is not None and known.find(links.cause) is not None

            before = len(self._found)
            for found in self._sweep(texts, wanted):
                if not found.ended or found.cut:
                    yield found
            if len(self._found) == before:
                break
        if not self._cut:
            yield self._trace(*self._extent, complete=self._complete, ended=True)

    # The way through the store

    def _sweep(self, texts: list[str], wanted: Wanted) -> Iterator[Trace]:
        position = self._asked.position
        linked = self._linked
        alone = linked.indexed(self._inside) and linked.passes_over(texts, self._inside)
        if alone or not linked.by_stretches or not isinstance(position, int):
            self._searched = 0
            self._take(linked.holding(texts, wanted, self._inside, looked=self._looked, work=self._work))
            if not self._cut:
                self._searched = self._total
                self._add_causes()
            self._complete, self._extent = not self._cut, (None, None)
            yield self._trace(None, None, complete=self._complete, ended=True)
            return
        yield from self._both_ways(texts, wanted, position)

    def _looked(self, count: int) -> None:
        self._searched += count
        self._say()

    def _both_ways(self, texts: list[str], wanted: Wanted, position: int) -> Iterator[Trace]:
        """Stretch after stretch, one after and one before the event in turn, ever larger ones."""
        linked, work = self._linked, self._work
        largest = _LARGEST if linked.passes_over(texts, self._inside) else _LARGEST_READ
        size = {True: _FIRST, False: _FIRST}
        end = {True: position, False: position + 1}
        done = {True: 0, False: 0}
        still = [True, False]
        while still and not self._cut:
            for forward in tuple(still):
                count = size[forward] if self._reach is None else min(size[forward], self._reach - done[forward])
                take = linked.stretch_after if forward else linked.stretch_before
                stretch: Stretch | None = take(end[forward], count, work) if count > 0 else None
                if stretch is None:
                    still.remove(forward)
                    if count > 0:
                        end.pop(forward)
                    continue
                self._take(linked.holding(texts, wanted, self._inside, stretch=stretch, work=work))
                if self._cut:
                    break
                end[forward] = stretch.high if forward else stretch.low + 1
                done[forward] += count
                size[forward] = min(largest, count * 4)
                self._searched = min(self._total or sum(done.values()), sum(done.values()))
                self._say()
            self._extent = end.get(False), end.get(True)
            if still and not self._cut:
                yield self._trace(*self._extent, complete=False, ended=False)
        self._complete = not end and not self._cut
        if self._complete and linked.has_unnumbered:
            self._take(linked.holding(texts, wanted, self._inside, unnumbered=True, work=work))
        if not self._cut:
            self._add_causes()
        yield self._trace(*self._extent, complete=self._complete, ended=True)

    def _say(self) -> None:
        if self._work is not None:
            self._work.report("Looking for related events", self._searched, self._total or None)

    def _take(self, events: Iterable[LinkedEvent]) -> None:
        for event in events:
            if event.key in self._found:
                continue
            if len(self._found) >= self._most:
                self._cut = True
                return
            self._found[event.key] = event

    def _add_causes(self, *, all_the_way: bool = False) -> None:
        """Look up the causes that are named and not there; with `all_the_way` their causes too, and so on."""
        while True:
            known = Known(list(self._found.values()))
            missing = [
                event.links.cause
                for event in self._found.values()
                if event.key not in self._outside
                and event.links.cause is not None
                and not begins(event)
                and known.find(event.links.cause) is None
                and event.links.cause.text not in self._nowhere
            ]
            if not missing or self._cut:
                return
            self._nowhere.update(cause.text for cause in missing)
            ids = list(dict.fromkeys(cause.event_id for cause in missing if cause.event_id is not None))
            events = self._linked.with_ids(ids, work=self._work) if ids else []
            for cause in missing:
                if cause.place is not None:
                    events += self._at(*cause.place)
            new = {event.key for event in events} - self._found.keys()
            self._take(events)
            if not all_the_way:
                self._outside |= new
                return

    def _at(self, aggregate_id: str, version: int) -> list[LinkedEvent]:
        try:
            return [self._linked.of(self._store.event(aggregate_id, version, work=self._work))]
        except NotFoundError:
            return []

    def _trace(self, low: int | None, high: int | None, *, complete: bool, ended: bool) -> Trace:
        events = sorted(self._found.values(), key=_order)
        made = causation(events, frozenset(self._outside), settled=ended and not self._cut)
        return Trace(self._asked.key, self._correlation, made, self._searched, low, high, complete, ended, self._cut)


def _called(event: LinkedEvent, *, places: bool) -> list[str]:
    """The texts by which others may name an event as their cause; by its place only with `places`."""
    return [*event.names, event.aggregate_id] if places or not event.names else list(event.names)


def _order(event: LinkedEvent) -> tuple[bool, int, int, str, int]:
    """Store order; without whole positions by time, aggregate and version."""
    if isinstance(event.position, int):
        return False, event.position, 0, event.aggregate_id, event.version
    time = event.timestamp
    return True, 0, 0 if time is None else time.ns, event.aggregate_id, event.version
