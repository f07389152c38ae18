"""One place in the payloads of a type: what its values are, and the places inside of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import numpy as np

from esviewer.audit.catalogue.axis import Axis
from esviewer.audit.catalogue.facts import Facts
from esviewer.audit.catalogue.kinds import kind_of
from esviewer.audit.catalogue.maps import TOO_MANY, is_map
from esviewer.audit.catalogue.span import Indexes, Seen, Span
from esviewer.model.values import Value

MAX_LEVELS: Final = 60
"""What lies deeper is counted but not looked into."""
_LONGEST_NAME: Final = 200

SeenOf = Callable[[Indexes], Seen]


class Room:
    """How many places there may still be; shared by the parts of a catalogue."""

    def __init__(self, places: int, whole: Room | None = None, *, kinds_only: bool = False) -> None:
        self.kinds_only: bool = kinds_only if whole is None else whole.kinds_only
        """Whether of values only their kinds are looked at."""
        self._left = places
        self._whole = whole
        self.remembered = 0
        """How many names the layouts remember."""

    def take(self) -> bool:
        """Use one more place; False when there is none left."""
        if self._left <= 0 or (self._whole is not None and not self._whole.take()):
            return False
        self._left -= 1
        return True

    def give(self) -> None:
        """Give one back."""
        self._left += 1
        if self._whole is not None:
            self._whole.give()

    def remember(self, names: int) -> None:
        """Say that a layout with so many names was made."""
        (self._whole or self).remembered += names


class Layout:
    """Objects at one place that have the same keys with values of the same types, in the same order."""

    __slots__ = ("columns", "indexes", "inner", "names", "objects", "size")

    def __init__(self, size: int, names: list[tuple[str, type, Node]]) -> None:
        self.size = size
        self.names = names
        self.inner = [(name, child) for name, kind, child in names if kind in (dict, list) and child.open]
        self.objects: list[dict[str, Value]] = []
        """Those not yet looked at closely."""
        self.indexes: list[int] = []
        """Which event each of them is from."""
        self.columns: dict[str, list[Value]] | None = None
        """The objects' values by key, where they are at hand."""

    def values(self, name: str) -> list[Value]:
        """The values that the objects have at a key."""
        return list(map(itemgetter(name), self.objects)) if self.columns is None else self.columns[name]

    def clear(self) -> None:
        """Let go of the objects."""
        self.objects, self.indexes, self.columns = [], [], None


class Node:
    """A place, such as the field `amount` of the root or the elements of `lines`."""

    __slots__ = (
        "_fresh",
        "_layouts",
        "_loose",
        "_touched",
        "absent",
        "axis",
        "facts",
        "fields",
        "is_map",
        "items",
        "left_out",
        "level",
        "objects",
        "room",
        "values",
    )

    def __init__(self, axis: Axis, room: Room, level: int) -> None:
        self.axis = axis
        self.room = room
        self.level = level
        self.facts: dict[str, Facts] = {}
        """What is known of the values here, by kind."""
        self.fields: dict[str, Node] = {}
        """The fields of objects here, while they are no maps."""
        self.items: Node | None = None
        """The elements of lists here."""
        self.values: Node | None = None
        """The values of objects here that are maps."""
        self.is_map = False
        """Whether objects here are known to be maps, so that there are no fields."""
        self.objects = Span(axis)
        """The objects here, while they are no maps."""
        self.absent: Span | None = None
        """The objects that could have this field but don't; None where it is no field."""
        self.left_out = False
        """Whether there are fields that found no room."""
        self._layouts: dict[tuple[tuple[str, ...], tuple[type, ...]], Layout] = {}
        self._touched: list[Layout] = []
        self._loose: dict[type, tuple[list[Any], list[int]]] = {}
        self._fresh = False

    @property
    def open(self) -> bool:
        """Whether what lies inside is looked at."""
        return self.level < MAX_LEVELS

    # Taking in: what is cheap is done for each value, the rest in `flush` for many at once.

    def take_objects(self, values: list[dict[str, Value]], indexes: list[int], touched: list[Node]) -> None:
        """Take in objects as `take_object` does one after another, faster where all of them are of one layout."""
        found = None if self.is_map else self._common(values)
        if found is None:
            for value, index in zip(values, indexes, strict=True):
                self.take_object(value, index, touched)
            return
        layout, columns = found
        if not self._touched:
            touched.append(self)
        if not layout.indexes:
            self._touched.append(layout)
            layout.columns = columns
        else:
            layout.columns = None
        layout.objects += values
        layout.indexes += indexes
        if layout.inner:
            for value, index in zip(values, indexes, strict=True):
                _take_inner(layout, value, index, touched)

    def _common(self, values: list[dict[str, Value]]) -> tuple[Layout, dict[str, list[Value]] | None] | None:
        """The layout that all objects are of, and their values by key where these are looked at.

        None where they differ, or have no layout.
        """
        first = values[0]
        names = tuple(first)
        columns: dict[str, list[Value]] | None = None
        kinds = list(map(type, first.values()))
        if self.room.kinds_only:
            # All in one list: the names come again and again. No object with more of them can hide among shorter ones,
            # since it would have one of the names twice.
            if list(chain.from_iterable(values)) != [*names] * len(values):
                return None
            if list(map(type, chain.from_iterable(map(dict.values, values)))) != kinds * len(values):
                return None
        else:
            if list(map(tuple, values)).count(names) != len(values):
                return None
            columns = {name: list(map(itemgetter(name), values)) for name in names}
            if any(set(map(type, column)) != {kind} for column, kind in zip(columns.values(), kinds, strict=True)):
                return None
        layout = self._layout(first, (names, tuple(kinds)))
        return None if layout is None else (layout, columns)

    def _layout(self, value: dict[str, Value], key: tuple[tuple[str, ...], tuple[type, ...]]) -> Layout | None:
        """The layout of an object, whose `key` says what it is like; None where its keys are too many for one."""
        layout = self._layouts.get(key)
        if layout is None:
            if len(value) > TOO_MANY or len(self.fields) >= TOO_MANY:
                return None
            layout = self._new_layout(key)
        return layout

    def take_object(self, value: dict[str, Value], index: int, touched: list[Node]) -> None:
        """Take in an object of the event with an index; nodes to be flushed are added to `touched`, parents first."""
        if self.is_map:
            self._take_map(value, index, touched)
            return
        layout = self._layout(value, (tuple(value), tuple(map(type, value.values()))))
        if layout is None:
            self._take_map(value, index, touched)
            return
        if not layout.indexes:
            if not self._touched:
                touched.append(self)
            self._touched.append(layout)
        layout.objects.append(value)
        layout.indexes.append(index)
        if layout.inner:
            _take_inner(layout, value, index, touched)

    def _take_map(self, value: dict[str, Value], index: int, touched: list[Node]) -> None:
        if not value:
            return
        if self.values is None:
            self.values = Node(self.axis, self.room, self.level + 1)
            self.room.take()
        if not self._touched and not self.is_map:
            touched.append(self)  # to be tidied
        self.values.take_elements(list(value.values()), index, touched)

    def take_list(self, values: list[Value], index: int, touched: list[Node]) -> None:
        """Take in the elements of a list that is here and not empty."""
        if self.items is None:
            if not self.room.take():
                self.left_out = True
                return
            self.items = Node(self.axis, self.room, self.level + 1)
        self.items.take_elements(values, index, touched)

    def take_elements(self, values: list[Value], index: int, touched: list[Node]) -> None:
        """Take in the elements of a list, or the values of a map."""
        kinds = set(map(type, values))
        for kind in kinds:
            part: list[Any] = values if len(kinds) == 1 else [value for value in values if type(value) is kind]
            if not self._loose:
                touched.append(self)
            known = self._loose.get(kind)
            if known is None:
                known = self._loose[kind] = [], []
            known[1].append(index)
            if kind not in (dict, list):
                known[0].extend(part)
                continue
            known[0].extend(map(len, part))
            if not self.open:
                continue
            for value in part:
                if kind is dict:
                    self.take_object(value, index, touched)
                elif value:
                    self.take_list(value, index, touched)

    def _new_layout(self, key: tuple[tuple[str, ...], tuple[type, ...]]) -> Layout:
        names = []
        for name, kind in zip(*key, strict=True):
            child = self.fields.get(name)
            if child is None:
                if len(name) > _LONGEST_NAME or not self.room.take():
                    self.left_out = True
                    continue
                child = self.fields[name] = Node(self.axis, self.room, self.level + 1)
                self._fresh = True
            names.append((name, kind, child))
        made = self._layouts[key] = Layout(len(key[0]), names)
        self.room.remember(len(key[0]) + 10)
        return made

    # Looking closely

    def flush(self, seen_of: SeenOf) -> None:
        """Look closely at what was taken in since the last time; doing it twice is fine."""
        loose, self._loose = self._loose, {}
        for kind, (values, indexes) in loose.items():
            seen = seen_of(indexes)
            facts = self.facts_of(kind)
            if self.room.kinds_only:
                facts.counted(len(values), seen)
            elif kind in (dict, list):
                facts.sized(values, len(values), seen)
            else:
                facts.observe(values, seen)
        layouts, self._touched = self._touched, []
        if layouts:
            self._flush_layouts(layouts, seen_of)
            for layout in layouts:
                layout.clear()

    def facts_of(self, kind: type) -> Facts:
        """What is known of the values of a Python type here, or is about to be."""
        name = kind_of(kind)
        found = self.facts.get(name)
        if found is None:
            found = self.facts[name] = Facts(name, self.axis)
        return found

    def _flush_layouts(self, layouts: list[Layout], seen_of: SeenOf) -> None:
        groups = _Groups(layouts, seen_of)
        having: dict[str, list[int]] = {}
        typed: dict[tuple[str, type], list[int]] = {}
        for number, layout in enumerate(layouts):
            for name, kind, _ in layout.names:
                having.setdefault(name, []).append(number)
                typed.setdefault((name, kind), []).append(number)
        every = groups.seen(range(len(layouts)))
        for name, child in self.fields.items():
            numbers = having.get(name, ())
            if child.absent is None:
                if not numbers:
                    continue
                child.absent = self.objects.copy()
            if len(numbers) < len(layouts):
                child.absent.add(groups.seen(sorted(set(range(len(layouts))).difference(numbers))))
        self.objects.add(every)
        for (name, kind), numbers in typed.items():
            child = self.fields[name]
            seen = groups.seen(numbers)
            facts = child.facts_of(kind)
            if self.room.kinds_only:
                facts.counted(sum(len(layouts[number].indexes) for number in numbers), seen)
                continue
            values = layouts[numbers[0]].values(name)
            for number in numbers[1:]:
                values = values + layouts[number].values(name)
            if kind in (dict, list):
                facts.sized(map(len, values), len(values), seen)
            else:
                facts.observe(values, seen)

    def tidy(self) -> None:
        """Find out whether objects here are maps, if new fields have come; for a node that was flushed."""
        if self.is_map:
            return
        if self.values is not None:
            self.become_map()
        elif self._fresh:
            self._fresh = False
            counts = [self.present(child) for child in self.fields.values()]
            if is_map(self.fields, counts, self.objects.count):
                self.become_map()

    def present(self, child: Node) -> int:
        """How many objects here have a field."""
        return 0 if child.absent is None else self.objects.count - child.absent.count

    def forget_layouts(self) -> None:
        """Forget how objects looked, to save memory; they are learnt anew."""
        self._layouts = {}

    def become_map(self) -> None:
        """Take the objects here for maps, and what is known of their fields together; for a node that was flushed."""
        if self.is_map:
            return
        self.is_map = True
        values = self.values
        if values is None:
            self.room.take()
            values = self.values = Node(self.axis, self.room, self.level + 1)
        for child in self.fields.values():
            values._absorb(child)
            self.room.give()
        self.fields = {}
        self._layouts = {}
        self.left_out = False
        for node in list(values.walk()):
            node.tidy()

    def merge(self, other: Node) -> None:
        """Know what a node of another catalogue knows, whose spans are on this one's axis by now."""
        for node in other.walk():
            node.axis, node.room = self.axis, self.room
            node.forget_layouts()
            for _ in node.inside():
                # However little room is left: what is known stays known.
                self.room.take()
        self._absorb(other)
        for node in list(self.walk()):
            node.tidy()

    def _absorb(self, other: Node) -> None:
        """Know what another node knows, which is used no more."""
        if other.absent is not None:
            self.axis.release(other.absent.row)
            other.absent = None
        for kind, facts in other.facts.items():
            own = self.facts.get(kind)
            if own is None:
                self.facts[kind] = facts
            else:
                own.merge(facts)
        if self.values is not None or other.values is not None:
            for each in (self, other):
                if not each.is_map:
                    each.become_map()
        for name, child in self.fields.items():
            if name not in other.fields and child.absent is not None:
                child.absent.merge(other.objects)
        for name, child in other.fields.items():
            own_child = self.fields.get(name)
            missing = child.absent
            child.absent = None
            if own_child is None:
                self.fields[name] = child
                child.absent = self.objects.copy()
                own_child = child
            else:
                own_child._absorb(child)
                self.room.give()
            if missing is not None and own_child.absent is not None:
                own_child.absent.take(missing)
        self.objects.take(other.objects)
        self.left_out = self.left_out or other.left_out
        self._layouts = {}
        self._fresh = True
        self.items = self._joined(self.items, other.items)
        self.values = self._joined(self.values, other.values)
        other.fields, other.items, other.values, other._fresh = {}, None, None, False
        other.is_map = True

    def _joined(self, one: Node | None, other: Node | None) -> Node | None:
        if one is None or other is None:
            return one or other
        one._absorb(other)
        self.room.give()
        return one

    def walk(self) -> Iterator[Node]:
        """This node and all inside of it."""
        yield self
        for child in self.inside():
            yield from child.walk()

    def inside(self) -> list[Node]:
        """The places directly inside of this one."""
        found = list(self.fields.values())
        return found + [each for each in (self.items, self.values) if each is not None]


def _take_inner(layout: Layout, value: dict[str, Value], index: int, touched: list[Node]) -> None:
    """Take in what lies inside of an object of a layout."""
    for name, child in layout.inner:
        inner = value[name]
        if type(inner) is dict:
            child.take_object(inner, index, touched)
        elif inner:
            child.take_list(inner, index, touched)


class _Groups:
    """The events of several layouts of one batch together; each group's are put together once."""

    def __init__(self, layouts: Sequence[Layout], seen_of: SeenOf) -> None:
        self._indexes = [layout.indexes for layout in layouts]
        self._seen_of = seen_of
        self._known: dict[tuple[int, ...], Seen] = {}

    def seen(self, numbers: Sequence[int]) -> Seen:
        """The events of the layouts with some numbers, which ascend."""
        key = tuple(numbers)
        found = self._known.get(key)
        if found is None:
            parts = [self._indexes[number] for number in key]
            some = parts[0] if len(parts) == 1 else np.sort(np.concatenate([np.asarray(part) for part in parts]))
            found = self._known[key] = self._seen_of(some)
        return found
