"""What caused what: events of one correlation as trees of causes and effects, with the time between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from esviewer.model.causation import Cause, LinkedEvent, same_id
from esviewer.model.values import Number, Value

Status = Literal["root", "effect", "orphan", "cycle", "unknown"]
"""A root has no cause, or names itself or the correlation; an orphan's cause is no event; a cycle is cut open here; of
an unknown one it was not looked for, or not yet."""
_SECOND: Final = 1_000_000_000


@dataclass(slots=True)
class Node:
    """One event among its causes and effects."""

    event: LinkedEvent
    outside: bool
    """Whether it is a cause that belongs to another correlation."""
    status: Status = "root"
    cause: int | None = None
    """The number of the event that caused it."""
    effects: list[int] = field(default_factory=list)
    """The numbers of those that it caused, in store order."""
    depth: int = 0
    """How many causes are above it."""
    latency_ns: int | None = None
    """Nanoseconds from the cause to this one; negative where times disagree, None where one has no time."""


@dataclass(frozen=True, slots=True)
class Causation:
    """Events in store order, each with its cause and effects."""

    nodes: Sequence[Node]

    @property
    def tops(self) -> list[int]:
        """The numbers of those without a cause here, in store order."""
        return [number for number, node in enumerate(self.nodes) if node.cause is None]

    @property
    def orphans(self) -> list[int]:
        """The numbers of those whose cause is no event."""
        return [number for number, node in enumerate(self.nodes) if node.status == "orphan"]

    @property
    def aggregates(self) -> list[tuple[str, str | None]]:
        """Ids and types of the aggregates, in the order of their first events."""
        found: dict[str, str | None] = {}
        for node in self.nodes:
            found.setdefault(node.event.aggregate_id, node.event.aggregate_type)
        return list(found.items())

    @property
    def span_ns(self) -> int | None:
        """Nanoseconds from the earliest to the latest event that has a time; None where none has."""
        times = [node.event.timestamp.ns for node in self.nodes if node.event.timestamp is not None]
        return max(times) - min(times) if times else None

    def walk(self) -> Iterator[int]:
        """The numbers of all, each after its cause and before what comes after that."""
        waiting = self.tops[::-1]
        while waiting:
            number = waiting.pop()
            yield number
            waiting.extend(reversed(self.nodes[number].effects))

    def number_of(self, key: tuple[str, int]) -> int | None:
        """The number of the event with this aggregate id and version."""
        return next((number for number, node in enumerate(self.nodes) if node.event.key == key), None)

    def as_json(self, number: int) -> dict[str, Value]:
        """One event.

        `{position, aggregate_id, aggregate_type, version, event_id, type, timestamp, correlation_id, causation_id,
        status, cause: {aggregate_id, version}, depth, latency_seconds}`; `outside` only where it is.
        """
        node = self.nodes[number]
        event, links = node.event, node.event.links
        cause = None if node.cause is None else self.nodes[node.cause].event
        found: dict[str, Value] = {
            "position": event.position,
            "aggregate_id": event.aggregate_id,
            "aggregate_type": event.aggregate_type,
            "version": event.version,
            "event_id": event.event_id,
            "type": event.type,
            "timestamp": None if event.timestamp is None else event.timestamp.isoformat(),
            "correlation_id": links.correlation,
            "causation_id": None if links.cause is None else links.cause.text,
            "status": node.status,
            "cause": None if cause is None else {"aggregate_id": cause.aggregate_id, "version": cause.version},
            "depth": node.depth,
            "latency_seconds": None if node.latency_ns is None else seconds(node.latency_ns),
        }
        if node.outside:
            found["outside"] = True
        return found


def seconds(ns: int) -> int | Number:
    """Nanoseconds as exact seconds."""
    whole, rest = divmod(abs(ns), _SECOND)
    sign = "-" if ns < 0 else ""
    return -whole if ns < 0 and not rest else whole if not rest else Number(f"{sign}{whole}.{rest:09}".rstrip("0"))


class Known:
    """Events by the ways in which others may name them."""

    def __init__(self, events: Sequence[LinkedEvent]) -> None:
        self._ids: dict[str, int] = {}
        self._places: dict[tuple[str, int], int] = {}
        self._positions: dict[int, int] = {}
        for number, event in enumerate(events):
            for name in event.names:
                self._ids.setdefault(same_id(name), number)
            self._places.setdefault(event.key, number)
            if isinstance(event.position, int):
                self._positions.setdefault(event.position, number)

    def find(self, cause: Cause) -> int | None:
        """The number of the event that a cause is."""
        if cause.event_id is not None:
            return self._ids.get(same_id(cause.event_id))
        if cause.place is not None and cause.place in self._places:
            return self._places[cause.place]
        return None if cause.position is None else self._positions.get(cause.position)


def begins(event: LinkedEvent) -> bool:
    """Whether an event names no cause but itself, or but the correlation that it belongs to."""
    cause = event.links.cause
    if cause is None:
        return True
    if cause.event_id is None:
        return cause.place == event.key if cause.place is not None else cause.position == event.position
    named = same_id(cause.event_id)
    return named in map(same_id, event.names)


def causation(
    events: Sequence[LinkedEvent], outside: frozenset[tuple[str, int]] = frozenset(), *, settled: bool = True
) -> Causation:
    """Events in store order as trees; `outside` are the keys of those that belong to another correlation.

    Not `settled`: causes that are not here may be events all the same.
    """
    nodes = [Node(event, event.key in outside) for event in events]
    known = Known(events)
    for number, node in enumerate(nodes):
        if begins(node.event):
            continue
        cause = node.event.links.cause
        assert cause is not None
        found = known.find(cause)
        if found is not None and found != number:
            node.status, node.cause = "effect", found
        elif not _is_correlation(node.event):
            node.status = "orphan" if settled and not node.outside else "unknown"
    _cut_cycles(nodes)
    for number, node in enumerate(nodes):
        if node.cause is not None:
            nodes[node.cause].effects.append(number)
            before, after = nodes[node.cause].event.timestamp, node.event.timestamp
            node.latency_ns = None if before is None or after is None else after.ns - before.ns
    found_all = Causation(nodes)
    for number in found_all.walk():
        above = nodes[number].cause
        nodes[number].depth = 0 if above is None else nodes[above].depth + 1
    return found_all


def _is_correlation(event: LinkedEvent) -> bool:
    """Whether the cause that an event names is what its correlation is called by: the message that began it."""
    cause, together = event.links.cause, event.links.correlation
    named = None if cause is None else cause.event_id
    return named is not None and together is not None and same_id(named) == same_id(together)


def _cut_cycles(nodes: Sequence[Node]) -> None:
    """Take the cause from the first event, in store order, of each ring of causes."""
    done = [False] * len(nodes)
    for start in range(len(nodes)):
        way: list[int] = []
        on_way: set[int] = set()
        at: int | None = start
        while at is not None and not done[at] and at not in on_way:
            way.append(at)
            on_way.add(at)
            at = nodes[at].cause
        if at is not None and at in on_way:
            first = min(way[way.index(at) :])
            nodes[first].cause, nodes[first].status = None, "cycle"
        for number in way:
            done[number] = True
