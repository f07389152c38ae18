"""The places of an event type, one by one, with what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from esviewer.audit.catalogue.catalogue import Entry
from esviewer.audit.catalogue.facts import Facts
from esviewer.audit.catalogue.kinds import KINDS, shortened
from esviewer.audit.catalogue.node import Node
from esviewer.audit.catalogue.span import Place
from esviewer.model.change import Path
from esviewer.model.values import Value, same

Mask = Callable[[Path, Value], Value]
"""What may be shown of a value at a path, in which a list's elements are 0 and a map's values are below `{}`."""


IdMask = Callable[[str, str | None], str]
"""What may be shown of an aggregate's id, given its type."""


def _unmasked(path: Path, value: Value) -> Value:
    del path
    return value


def _unmasked_id(aggregate_id: str, aggregate_type: str | None) -> str:
    del aggregate_type
    return aggregate_id


@dataclass(frozen=True, slots=True)
class Masks:
    """What may be shown; everything unless told otherwise."""

    value: Mask = _unmasked
    aggregate_id: IdMask = _unmasked_id

    def place(self, place: Place) -> Place:
        """A place as it may be shown."""
        return replace(place, aggregate_id=self.aggregate_id(place.aggregate_id, place.aggregate_type))


UNMASKED: Final = Masks()


ELEMENT: Final = "*"
ENTRY: Final = "{}"
_LONGEST: Final = 60
_ESCAPED: Final = {ELEMENT: "~2", ENTRY: "~3"}


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the payloads of a type: the root, a field, the elements of a list or the values of a map."""

    pattern: str
    """Like a JSON Pointer: `*` stands for the elements of a list, `{}` for the values of a map.

    A field that is really called so is written `~2` or `~3`."""
    path: Path
    """As it is given to a Mask."""
    node: Node
    parent: Node | None
    """What it is a field of; None for other places."""

    @property
    def present(self) -> int:
        """How many values are here."""
        return sum(facts.count for facts in self.node.facts.values())

    @property
    def possible(self) -> int | None:
        """How many objects could have this field; None for what is no field."""
        return None if self.parent is None else self.parent.objects.count

    @property
    def share(self) -> float | None:
        """The share of those objects that have it; None for what is no field."""
        return self.present / self.possible if self.possible else None

    @property
    def always(self) -> bool:
        """Whether every object that could have this field has it."""
        absent = self.node.absent
        return absent is not None and not absent.count

    @property
    def facts(self) -> list[Facts]:
        """What is known of the values, kind by kind."""
        return [self.node.facts[kind] for kind in KINDS if kind in self.node.facts]


def fields_of(entry: Entry) -> Iterator[Field]:
    """All places of an entry, each before what is inside of it, fields in the order in which they came."""
    stack = [root_field(entry)]
    while stack:
        field = stack.pop()
        yield field
        stack.extend(reversed(list(inside(field))))


def root_field(entry: Entry) -> Field:
    """The payloads of an entry."""
    return Field("", (), entry.root, None)


def inside(field: Field) -> Iterator[Field]:
    """The places directly inside of one: its fields, then the elements of lists, then the values of maps."""
    node = field.node
    for name, child in node.fields.items():
        part = _ESCAPED.get(name) or name.replace("~", "~0").replace("/", "~1")
        yield Field(f"{field.pattern}/{part}", (*field.path, name), child, node)
    if node.items is not None:
        yield Field(f"{field.pattern}/{ELEMENT}", (*field.path, 0), node.items, None)
    if node.values is not None:
        yield Field(f"{field.pattern}/{ENTRY}", (*field.path, ENTRY), node.values, None)


def examples_of(field: Field, masks: Masks) -> list[Value]:
    """A few different values, masked, long texts cut."""
    found: list[Value] = []
    for facts in field.facts:
        for example in facts.examples:
            shown = shortened(masks.value(field.path, example), _LONGEST)
            if not any(same(shown, each) for each in found):
                found.append(shown)
    return found


def is_masked(field: Field, masks: Masks) -> bool:
    """Whether something of a place is masked, so that not even lengths are to be told."""
    return any(
        not same(masks.value(field.path, example), example) for facts in field.facts for example in facts.examples
    )
