"""One pass over a store's events: its tree, its chunks, its aggregates' digests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from esviewer.audit.seals.aggregates import LIMIT, Aggregates
from esviewer.audit.seals.leaf import leaf_of
from esviewer.audit.seals.places import PREFIX, Chunk, Place
from esviewer.audit.seals.tree import CHUNK, Tree
from esviewer.model.event import Event
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a pass over the events found."""

    tree: Tree
    aggregates: Aggregates
    first: Place | None
    last: Place | None
    newest_time: int | None
    """Of the times that are not after the moment of the seal; nanoseconds since 1970."""


def place_of(event: Event) -> Place:
    """What an event is called."""
    time = None if event.timestamp is None else event.timestamp.ns
    return Place(event.position, event.aggregate_id, event.version, event.type, time)


def seal_events(
    events: Iterable[Event],
    put: Callable[[Chunk], None],
    *,
    positioned: bool,
    versioned: bool = True,
    now: int,
    tree: Tree | None = None,
    after: int = 0,
    at_after: Callable[[Tree], None] | None = None,
    most_aggregates: int = LIMIT,
    total: int | None = None,
    work: Work | None = None,
) -> Sealed:
    """Hash all events of a store, in its order, and give each chunk away as soon as it is whole.

    `positioned`, `versioned`: these are part of what the store keeps. `now` (nanoseconds since 1970) is the moment of
    the seal. When the tree has `after` leaves, `at_after` is called with it; `total` is for telling how far it is.
    """
    tree = Tree() if tree is None else tree
    aggregates = Aggregates(most_aggregates)
    first: Place | None = None
    place: Place | None = None
    newest: int | None = None
    contents: list[bytes] = []
    places: list[Place] = []
    if at_after is not None and not after:
        at_after(tree)
    for event in events:
        leaf = leaf_of(event, positioned=positioned, versioned=versioned)
        place = place_of(event)
        if first is None:
            first = place
        if place.time is not None and (newest is None or place.time > newest) and place.time <= now:
            newest = place.time
        aggregates.add(place.aggregate_id, place.version, leaf.digest)
        contents.append(leaf.content[:PREFIX])
        places.append(place)
        root = tree.append(leaf.digest)
        if at_after is not None and len(tree) == after:
            at_after(tree)
        if root is not None:
            put(Chunk(root, contents, places))
            contents, places = [], []
            if work is not None:
                work.report("Sealing events", len(tree), total)
    if places:
        put(Chunk(tree.roots()[-1], contents, places))
    return Sealed(tree, aggregates, first, place, newest)


def chunk_of_index(index: int) -> int:
    """The number of the chunk that has the event at an index."""
    return index // CHUNK
