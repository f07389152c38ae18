"""A store's events held against those of a seal, side by side in one pass; memory only for what differs.

Both are read in store order. What is at the same place and the same in both is done with at once; else each waits for
its like to come on the other side. What still waits at the end was removed, inserted, changed or moved.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple, TypeAlias

from esviewer.audit.seals import difference
from esviewer.audit.seals.difference import Difference, Shift
from esviewer.audit.seals.leaf import Start, content_as, leaf_of, start_of
from esviewer.audit.seals.order import Runs
from esviewer.audit.seals.places import PREFIX, Chunk, Place
from esviewer.audit.seals.renumbered import Renumbered
from esviewer.audit.seals.sealing import chunk_of_index, place_of
from esviewer.audit.seals.shifts import Shifts
from esviewer.audit.seals.statement import Statement
from esviewer.audit.seals.tree import CHUNK, Tree
from esviewer.model.event import Event
from esviewer.work import Work

MOST_WAITING: Final = 200_000
"""Events that wait for their like (about 1 KB of memory each) before it is given up to name what differs."""
_TRIED: Final = 16
"""Events of one aggregate, type and time that are tried for whether one of them was renumbered."""


class Mark(NamedTuple):
    """One event of either side."""

    at: int
    """Its index among its side's events."""
    place: Place
    content: bytes
    digest: bytes
    """The leaf's hash; empty for one of the seal."""
    event: Event | None = None
    """The event, of one of the store that is looked at now."""
    start: Start = None
    """Of one of the store that waits, what tells whether it was renumbered."""

    @property
    def name(self) -> tuple[str, int]:
        """What it is called."""
        return self.place.aggregate_id, self.place.version

    @property
    def kind(self) -> Hashable:
        """What stays when it is renumbered."""
        return self.place.aggregate_id, self.place.type, self.place.time

    def was_version(self, was: Mark) -> bool:
        """Whether it would be one that was sealed, with that one's version."""
        if self.kind != was.kind or self.place.version == was.place.version:
            return False
        start = start_of(self.event) if self.event is not None else self.start
        return start is not None and content_as(start, was.place.version)[:PREFIX] == was.content


@dataclass(slots=True)
class Growth:
    """The events that came after the seal."""

    events: int = 0
    first: Place | None = None
    last: Place | None = None

    def add(self, place: Place) -> None:
        """Count one in."""
        self.events += 1
        self.first = self.first or place
        self.last = place


@dataclass(slots=True)
class Compared:
    """What a comparison found."""

    tree: Tree
    """Of the store's events."""
    differences: list[Difference] = field(default_factory=list)
    grown: Growth = field(default_factory=Growth)
    prefix: bool = False
    """Whether the store's tree begins with the sealed one."""
    complete: bool = True
    """Whether the store was read to its end."""


_Rule: TypeAlias = Callable[[Mark], Hashable | None]
"""What two marks have in common when they are of one event; None says nothing."""


class _TooMuchError(Exception):
    """More differs than can be named."""


class Comparison:
    """Holds one seal's events against a store's."""

    def __init__(
        self,
        statement: Statement,
        heads: Mapping[str, int] | None,
        *,
        tolerance: int,
        most_waiting: int = MOST_WAITING,
        work: Work | None = None,
    ) -> None:
        """`heads` are the sealed aggregates' newest versions, None where the seal doesn't have them.

        `tolerance` is by how many nanoseconds a new event may be older than the newest sealed one.
        """
        self._statement = statement
        self._positioned = statement.order == "position"
        self._heads = heads
        newest = statement.newest_time
        self._newest = None if newest is None else newest.ns
        self._earliest = None if newest is None else newest.ns - tolerance
        self._most_waiting = most_waiting
        self._work = work
        self._tree = Tree(() if not statement.size else {chunk_of_index(statement.size - 1)})
        self._shared: Tree | None = None
        self._runs = Runs()
        self._roots: list[bytes] = []
        self._bounds: list[tuple[Place, Place]] = []
        self._waiting_sealed: dict[bytes, list[Mark]] = {}
        self._waiting_found: dict[bytes, list[Mark]] = {}
        self._named_sealed: dict[Hashable, Mark] = {}
        self._named_found: dict[Hashable, Mark] = {}
        """Of those that wait, one by each name."""
        self._shifts = Shifts()
        self._renumbered = Renumbered()
        self._waiting = 0
        self._gone: set[Hashable] | None = None
        self._rules = _rules(statement)
        self._result = Compared(self._tree)

    def run(self, chunks: Iterable[Chunk], events: Iterable[Event]) -> Compared:
        """Compare all of a seal's chunks with all of a store's events."""
        result = self._result
        try:
            self._walk(self._sealed(chunks), self._found(events))
            self._settle()
            if not result.differences:
                self._compare_roots()
        except _TooMuchError:
            self._give_up()
            return result
        result.prefix = not result.differences and self._runs.alike()
        return result

    # The walk

    def _sealed(self, chunks: Iterable[Chunk]) -> Iterator[Mark]:
        index = 0
        for chunk in chunks:
            self._roots.append(chunk.root)
            self._bounds.append((chunk.places[0], chunk.places[-1]))
            for place, content in zip(chunk.places, chunk.contents, strict=True):
                yield Mark(index, place, content, b"")
                index += 1

    def _found(self, events: Iterable[Event]) -> Iterator[Mark]:
        for index, event in enumerate(events):
            leaf = leaf_of(event, positioned=self._positioned, versioned=not self._statement.counted)
            if self._work is not None and index % CHUNK == 0:
                self._work.report("Verifying events", index, max(index, self._statement.size))
            yield Mark(index, place_of(event), leaf.content[:PREFIX], leaf.digest, event)

    def _key(self, mark: Mark) -> Hashable:
        return (mark.content, mark.place.position) if self._positioned else mark.content

    def _walk(self, sealed: Iterator[Mark], found: Iterator[Mark]) -> None:
        was, now = next(sealed, None), next(found, None)
        while was is not None or now is not None:
            if was is not None and now is not None and self._key(was) == self._key(now):
                self._tree.append(now.digest)
                self._match(was, now)
                was, now = next(sealed, None), next(found, None)
                continue
            if self._shared is None:
                self._shared = self._tree.copy()
            if was is not None and now is not None and self._is_renumbered(was, now):
                self._tree.append(now.digest)
                self._renumber(was, now)
                was, now = next(sealed, None), next(found, None)
                continue
            take_sealed, take_found = self._turn(was, now)
            if now is not None and take_found:
                self._arrived(now, was is None)
                now = next(found, None)
            if was is not None and take_sealed:
                self._missed(was)
                was = next(sealed, None)
            if self._waiting > self._most_waiting:
                raise _TooMuchError

    def _is_renumbered(self, was: Mark, now: Mark) -> bool:
        return not self._statement.counted and now.was_version(was)

    def _turn(self, was: Mark | None, now: Mark | None) -> tuple[bool, bool]:
        """Which side goes on: the one that is behind, by position where there is one."""
        if was is None or now is None:
            return was is not None, now is not None
        if self._positioned:
            one, other = was.place.position, now.place.position
            if type(one) is int and type(other) is int and one != other:
                return one < other, other < one
        if self._is_new(now.place) and self._statement.order == "reconstructed":
            return False, True
        return True, True

    def _is_new(self, place: Place) -> bool:
        """Whether an aggregate's version is surely above those that were sealed."""
        return self._heads is not None and place.version > self._heads.get(place.aggregate_id, place.version - 1)

    def _is_old(self, place: Place) -> bool:
        """Whether an event is as old as those that were sealed, so that it may be one of them."""
        return place.time is not None and self._newest is not None and place.time <= self._newest

    def _arrived(self, now: Mark, after_all: bool) -> None:
        self._tree.append(now.digest)
        was = self._taken(self._waiting_sealed, now)
        if was is not None:
            self._meet(was, now)
            return
        was = None if self._statement.counted else self._renumbered_from(now)
        if was is not None:
            self._give(self._waiting_sealed, was)
            self._renumber(was, now)
        elif self._awaited(now, after_all):
            self._waiting += 1
            start = None if self._statement.counted or now.event is None else start_of(now.event)
            now = now._replace(event=None, start=start)
            self._waiting_found.setdefault(now.content, []).append(now)
            self._named_found[now.name] = now
        else:
            self._after(now)

    def _renumbered_from(self, now: Mark) -> Mark | None:
        """One that was sealed and waits, if this one is it with a version that is likely."""
        aggregate_id, version = now.name
        for by in self._renumbered.likely(aggregate_id):
            was = self._named_sealed.get((aggregate_id, version - by))
            if was is not None and now.was_version(was):
                return was
        return None

    def _renumbered_to(self, was: Mark) -> Mark | None:
        """One of the store that waits, if it is this one with a version that is likely."""
        aggregate_id, version = was.name
        for by in self._renumbered.likely(aggregate_id):
            now = self._named_found.get((aggregate_id, version + by))
            if now is not None and now.was_version(was):
                return now
        return None

    def _renumber(self, was: Mark, now: Mark) -> None:
        shift = Shift(was.at, was.place, now.at, now.place)
        self._renumbered.add(shift)
        if self._positioned:
            self._shifts.pass_over(shift)
        if len(self._renumbered) > self._most_waiting:
            raise _TooMuchError

    def _awaited(self, now: Mark, after_all: bool) -> bool:
        """Whether an event may yet turn out to be one that was sealed."""
        if self._statement.order == "reconstructed" and self._is_new(now.place):
            place = now.place
            follows = (place.aggregate_id, place.version - 1) in self._named_found
            if not follows and not self._is_old(place):
                return False
        if not after_all:
            return True
        if self._gone is None:
            gone = _in_order(self._waiting_sealed)
            rules = self._rules if self._statement.counted else (*self._rules, _kind)
            self._gone = {(rule, rule(mark)) for mark in gone for rule in rules if rule(mark) is not None}
        return any((rule, rule(now)) in self._gone for rule in (*self._rules, _kind))

    def _missed(self, was: Mark) -> None:
        now = self._taken(self._waiting_found, was)
        if now is not None:
            self._meet(was, now)
            return
        now = None if self._statement.counted else self._renumbered_to(was)
        if now is not None:
            self._give(self._waiting_found, now)
            self._renumber(was, now)
            return
        self._waiting += 1
        self._waiting_sealed.setdefault(was.content, []).append(was)
        self._named_sealed[was.name] = was

    def _taken(self, waiting: dict[bytes, list[Mark]], mark: Mark) -> Mark | None:
        """One that waits for its like on the other side, with the same position if there is one such."""
        alike = waiting.get(mark.content)
        if not alike:
            return None
        index = 0
        if self._positioned:
            index = next((i for i, each in enumerate(alike) if each.place.position == mark.place.position), 0)
        found = alike[index]
        self._give(waiting, found)
        return found

    def _give(self, waiting: dict[bytes, list[Mark]], mark: Mark) -> None:
        """Take one that waits out."""
        alike = waiting[mark.content]
        alike[:] = [each for each in alike if each.at != mark.at]
        self._waiting -= 1
        if not alike:
            del waiting[mark.content]
        named = self._named_sealed if waiting is self._waiting_sealed else self._named_found
        known = named.get(mark.name)
        if known is not None and known.at == mark.at:
            del named[mark.name]

    def _meet(self, was: Mark, now: Mark) -> None:
        if self._positioned and was.place.position != now.place.position:
            self._shifts.add(Shift(was.at, was.place, now.at, now.place))
            if len(self._shifts) > self._most_waiting:
                raise _TooMuchError
        else:
            self._match(was, now)

    def _match(self, was: Mark, now: Mark) -> None:
        if self._shared is not None:
            self._shared.append(now.digest)
        self._runs.add(was.at, now.at, now.place)

    # What came after

    def _after(self, now: Mark) -> None:
        """An event behind those that were sealed: new, unless what it says of itself is older than they are."""
        place = now.place
        if self._heads is not None and place.version <= self._heads.get(place.aggregate_id, place.version - 1):
            self._differs(difference.inserted(place, new_version=False))
        elif place.time is not None and self._earliest is not None and place.time < self._earliest:
            self._differs(difference.backdated(place))
        else:
            self._result.grown.add(place)

    def _differs(self, found: Difference) -> None:
        self._result.differences.append(found)
        if len(self._result.differences) > self._most_waiting:
            raise _TooMuchError

    # The end

    def _settle(self) -> None:
        """Say what became of the events that still wait for their like."""
        pairing = Pairing(_in_order(self._waiting_sealed), _in_order(self._waiting_found))
        if not self._statement.counted:
            for was, now in pairing.renumbered():
                self._renumber(was, now)
        found = pairing.pairs(self._rules)
        end = max((run.new + run.length for run in self._runs.all), default=0)
        for was in pairing.gone.values():
            found.append((was.at, difference.removed(was.place)))
        for run in self._runs.moved():
            found.append((run.old, difference.moved_run(run.first, run.last, run.length)))
        for now in pairing.new.values():
            if self._is_among(now, end):
                found.append((now.at, difference.inserted(now.place, new_version=self._is_new(now.place))))
            else:
                self._after(now)
        others = [*self._result.differences, *(each for _, each in found)]
        found += self._shifts.told(others)
        found += self._renumbered.told(others, pairing.names)
        found.sort(key=lambda each: each[0])
        self._result.differences[:0] = [each for _, each in found]

    def _is_among(self, now: Mark, end: int) -> bool:
        """Whether an event that was not sealed lies among those that were; `end` is the index after their last."""
        last = None if self._statement.last is None else self._statement.last["position"]
        if self._positioned and type(last) is int and type(now.place.position) is int:
            return now.place.position <= last
        if self._statement.order == "reconstructed":
            return False  # new events may lie anywhere; what tells is the version
        return now.at < end

    def _compare_roots(self) -> None:
        """Hold the roots of the tree against those sealed: what a few bytes of an event's hash did not show."""
        tree = self._tree if self._shared is None else self._shared
        if tree.root() == self._statement.root and len(tree) == self._statement.size:
            return
        for (first, last), sealed, found in zip(self._bounds, self._roots, tree.roots(), strict=True):
            if sealed != found:
                message = f"Of up to {CHUNK:,} events, some are not what they were, and the seal can't say which."
                self._differs(difference.between(first, last, message))

    def _give_up(self) -> None:
        result = self._result
        result.complete = False
        waiting = _in_order(self._waiting_sealed) + _in_order(self._waiting_found)
        places = [mark.place for mark in waiting] or [each.place for each in result.differences if each.place]
        first = min(waiting, key=lambda mark: mark.at).place if waiting else places[0]
        message = f"More than {self._most_waiting:,} events differ, too many to name; the reading ended there."
        result.differences = [difference.between(first, places[-1], message)]


class Pairing:
    """Finds, among the events that were sealed and are gone and those that are new, which became which."""

    def __init__(self, gone: Iterable[Mark], new: Iterable[Mark]) -> None:
        self.gone = {mark.at: mark for mark in gone}
        """What was sealed and is not paired yet, by index."""
        self.new = {mark.at: mark for mark in new}
        self.names = {mark.name for mark in self.gone.values()}
        """What those that were sealed were called."""

    def renumbered(self) -> Iterator[tuple[Mark, Mark]]:
        """Those that belong together, and have only another version."""
        alike: dict[Hashable, dict[int, Mark]] = {}
        for was in self.gone.values():
            alike.setdefault(was.kind, {})[was.place.version] = was
        latest: dict[str, int] = {}
        for index, now in list(self.new.items()):
            known = alike.get(now.kind)
            if not known:
                continue
            aggregate_id, version = now.name
            likely = [known[each] for each in (version - latest.get(aggregate_id, 0),) if each in known]
            tried = chain(likely, islice(known.values(), _TRIED))
            found = next((each for each in tried if now.was_version(each)), None)
            if found is None:
                continue
            latest[aggregate_id] = version - found.place.version
            del known[found.place.version]
            yield self.gone.pop(found.at), self.new.pop(index)

    def pairs(self, rules: Iterable[_Rule]) -> list[tuple[int, Difference]]:
        """The differences of those that belong together by one of the rules, the surest first, each with its index."""
        found: list[tuple[int, Difference]] = []
        for rule in rules:
            for was, now in self._by(rule):
                found.append((was.at, self._difference(was, now)))
        return found

    def _difference(self, was: Mark, now: Mark) -> Difference:
        if was.content == now.content:
            return difference.moved(was.place, now.place)
        alike = was.place.type == now.place.type and was.place.time == now.place.time
        permuted = now.name != was.name and alike and now.name in self.names
        return difference.altered(was.place, now.place, permuted=permuted)

    def _by(self, rule: _Rule) -> list[tuple[Mark, Mark]]:
        waiting: dict[Hashable, list[int]] = {}
        for index, mark in self.gone.items():
            key = rule(mark)
            if key is not None:
                waiting.setdefault(key, []).append(index)
        found = []
        for index, mark in list(self.new.items()):
            key = rule(mark)
            if key is not None and waiting.get(key):
                found.append((self.gone.pop(waiting[key].pop(0)), self.new.pop(index)))
        return found


def _in_order(waiting: Mapping[bytes, list[Mark]]) -> list[Mark]:
    return sorted((mark for marks in waiting.values() for mark in marks), key=lambda mark: mark.at)


def _rules(statement: Statement) -> tuple[_Rule, ...]:
    """What makes two marks those of one event, the surest first."""
    if statement.order != "position":
        # Positions are row ids here, or none: what an event is called has to do.
        rules = (_content, _aggregate_and_time) if statement.counted else _NAMES
        return (*rules, _row, _type_and_time) if statement.order == "rowid" else (*rules, _type_and_time)
    if statement.counted:
        return _content, _position
    return _content, _name_and_position, _position_and_time, _name, _position


def _content(mark: Mark) -> Hashable:
    return mark.content


def _name(mark: Mark) -> Hashable:
    return mark.name


def _kind(mark: Mark) -> Hashable:
    return mark.kind


def _name_and_position(mark: Mark) -> Hashable:
    return (mark.place.aggregate_id, mark.place.version, mark.place.position)


def _position(mark: Mark) -> Hashable | None:
    return mark.place.position


def _position_and_time(mark: Mark) -> Hashable | None:
    place = mark.place
    if place.time is None or place.position is None:
        return None
    return (place.position, place.aggregate_id, place.type, place.time)


def _aggregate_and_time(mark: Mark) -> Hashable | None:
    place = mark.place
    return None if place.time is None else (place.aggregate_id, place.type, place.time)


def _version_and_time(mark: Mark) -> Hashable | None:
    place = mark.place
    return None if place.time is None else (place.version, place.type, place.time)


def _row(mark: Mark) -> Hashable | None:
    place = mark.place
    return None if place.position is None else (place.position, place.type, place.time)


def _type_and_time(mark: Mark) -> Hashable | None:
    place = mark.place
    return None if place.time is None else (place.type, place.time)


_NAMES: Final = (_content, _name, _aggregate_and_time, _version_and_time)
