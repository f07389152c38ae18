"""The schema catalogue: every event type with its schema versions and what its payloads look like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.catalogue.axis import NO_MOMENT, Axis
from esviewer.audit.catalogue.node import MAX_LEVELS, Node, Room
from esviewer.audit.catalogue.span import Indexes, PlaceOf, Seen, Span
from esviewer.model.batch import Undecodable
from esviewer.model.values import Value

MAX_ENTRIES: Final = 2_000
"""Types with their schema versions that are told apart; the events of further ones are only counted."""
MAX_FIELDS: Final = 4_000
"""Places that are told apart within one of them."""
MAX_PLACES: Final = 40_000
"""And in all of them together."""
_LONGEST_TYPE: Final = 500
_REMEMBERED: Final = 300_000

SchemaVersion = int | str | None


class Entry:
    """One event type in one schema version."""

    def __init__(self, kind: str, schema_version: SchemaVersion, axis: Axis, room: Room) -> None:
        self.type = kind
        self.schema_version = schema_version
        self.span = Span(axis)
        """All its events."""
        self.undecodable = 0
        """How many of them could not be decoded."""
        self.root = Node(axis, room, 0)
        """The payloads."""
        self._axis = axis

    @property
    def name(self) -> str:
        """The type, with the schema version where there is one: `Deposited@2`."""
        return self.type if self.schema_version is None else f"{self.type}@{self.schema_version}"

    @property
    def left_out(self) -> bool:
        """Whether there are more fields than are told apart."""
        return any(node.left_out for node in self.root.walk())

    @property
    def too_deep(self) -> bool:
        """Whether payloads nest deeper than is looked into."""
        return any(not node.open and {"object", "array"} & set(node.facts) for node in self.root.walk())

    def take(
        self, values: list[Value], indexes: list[int], moments: NDArray[np.int64], place_of: PlaceOf
    ) -> None:
        """Take in this entry's events of one batch."""
        axis = self._axis
        touched: list[Node] = []
        root = self.root
        objects, places = list(values), list(indexes)
        others: dict[type, tuple[list[Value], list[int]]] = {}
        if set(map(type, values)) != {dict}:
            objects, places = [], []
            for value, index in zip(values, indexes, strict=True):
                kind = type(value)
                some, theirs = (objects, places) if kind is dict else others.setdefault(kind, ([], []))
                some.append(value)
                theirs.append(index)
        everything = Seen(indexes, moments, place_of, axis)

        def seen_of(some: Indexes) -> Seen:
            # Mostly all events have what is asked about.
            return everything if type(some) is list and some == indexes else Seen(some, moments, place_of, axis)

        self.span.add(everything)
        if objects:
            root.take_objects(objects, places, touched)
            facts = root.facts_of(dict)
            if root.room.kinds_only:
                facts.counted(len(objects), seen_of(places))
            else:
                facts.sized(map(len, objects), len(objects), seen_of(places))
        for kind, (some, theirs) in others.items():
            if kind is Undecodable:
                self.undecodable += len(some)
            else:
                for value, index in zip(some, theirs, strict=True):
                    root.take_elements([value], index, touched)
        for node in touched:
            node.flush(seen_of)
        for node in touched:
            node.tidy()

    def spans(self) -> Iterator[Span]:
        """All spans of the entry."""
        yield self.span
        for node in self.root.walk():
            yield node.objects
            if node.absent is not None:
                yield node.absent
            for facts in node.facts.values():
                yield facts.span

    def merge(self, other: Entry) -> None:
        """Know what another entry knows, which is used no more."""
        self.span.take(other.span)
        self.undecodable += other.undecodable
        self.root.merge(other.root)


class Catalogue:
    """What is known of all events fed so far; it takes no more memory for more events."""

    def __init__(self, *, positions: bool = False, kinds_only: bool = False) -> None:
        """`positions`: moments are positions in the store, for one whose events have no times.

        `kinds_only`: of values only their kinds are looked at, which is enough to find drift.
        """
        self.positions = positions
        self.axis = Axis(0, 2**62) if positions else Axis()
        """Times are in microseconds since 1970."""
        self.entries: dict[tuple[str, SchemaVersion], Entry] = {}
        self.events = 0
        self.beyond = 0
        """How many events are of types beyond the most that are told apart."""
        self.untimed = 0
        """How many events have no moment."""
        self.room = Room(MAX_PLACES, kinds_only=kinds_only)

    def add(
        self,
        types: Sequence[str],
        schema_versions: Sequence[SchemaVersion] | None,
        data: Sequence[Value],
        moments: NDArray[np.int64],
        place_of: PlaceOf,
    ) -> None:
        """Take in some more events, in any order, as columns; `data` has an Undecodable for what can't be read.

        `schema_versions` is None where events have none. `moments` has NO_MOMENT where one is missing; `place_of` is
        asked only for the events that are first or last somewhere.
        """
        groups: dict[tuple[str, SchemaVersion], tuple[list[Value], list[int]]] = {}
        if schema_versions is None or schema_versions.count(None) == len(schema_versions):
            by_type: dict[str, tuple[list[Value], list[int]]] = {}
            for index, (kind, value) in enumerate(zip(types, data, strict=True)):
                group = by_type.get(kind)
                if group is None:
                    group = by_type[kind] = groups[kind, None] = [], []
                group[0].append(value)
                group[1].append(index)
        else:
            for index, (kind, version, value) in enumerate(zip(types, schema_versions, data, strict=True)):
                group = groups.get((kind, version))
                if group is None:
                    group = groups[kind, version] = [], []
                group[0].append(value)
                group[1].append(index)
        self.axis.reach(moments)
        self.events += len(types)
        self.untimed += int((moments == NO_MOMENT).sum())
        for (kind, version), (values, indexes) in groups.items():
            entry = self._entry(kind, version)
            if entry is None:
                self.beyond += len(values)
            else:
                entry.take(values, indexes, moments, place_of)
        if self.room.remembered > _REMEMBERED:
            self.room.remembered = 0
            for entry in self.entries.values():
                for node in entry.root.walk():
                    node.forget_layouts()

    def _entry(self, kind: str, version: SchemaVersion) -> Entry | None:
        found = self.entries.get((kind, version))
        if found is None and len(self.entries) < MAX_ENTRIES and len(kind) <= _LONGEST_TYPE:
            found = self.entries[kind, version] = Entry(kind, version, self.axis, Room(MAX_FIELDS, self.room))
        return found

    def merge(self, other: Catalogue) -> None:
        """Know what another catalogue knows of other events; that one is used no more.

        Only one of both may have been made of positions if the other one is empty.
        """
        if not self.events:
            self.positions = other.positions
        self.events += other.events
        self.beyond += other.beyond
        self.untimed += other.untimed
        offset = self.axis.import_rows(other.axis)
        for (kind, version), entry in other.entries.items():
            for span in entry.spans():
                span.axis, span.row = self.axis, span.row + offset
            own = self._entry(kind, version)
            if own is None:
                self.beyond += entry.span.count
            else:
                own.merge(entry)

    def sorted(self) -> Iterator[Entry]:
        """The entries by type and schema version; numbers before texts, and none first."""
        yield from sorted(self.entries.values(), key=_order)

    def remarks(self) -> Iterator[str]:
        """What is not told in full, each in a sentence."""
        if self.beyond:
            yield (
                f"There are too many event types: {self.beyond:,} events of those beyond the first {MAX_ENTRIES:,} "
                "are only counted."
            )
        if self.untimed:
            what = "position" if self.positions else "time"
            yield f"{self.untimed:,} events have no {what}; changes over time leave them out."
        for entry in self.sorted():
            if entry.left_out:
                yield f"{entry.name} has too many fields to list them all."
            if entry.too_deep:
                yield f"{entry.name} nests deeper than {MAX_LEVELS} levels; what lies deeper is not listed."


def _order(entry: Entry) -> tuple[str, int, int, str]:
    version = entry.schema_version
    number = version if isinstance(version, int) else 0
    return entry.type, (0 if version is None else 1 if isinstance(version, int) else 2), number, str(version)
