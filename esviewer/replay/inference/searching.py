"""The search over all that is known of one aggregate type: stories in, rules out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from esviewer.replay.inference.actions import Operation, Unexplained
from esviewer.replay.inference.evidence import START, Check, Story, Stretch, kinds_of, stretches
from esviewer.replay.inference.names import fixed_key
from esviewer.replay.inference.objects import Search, explain_object
from esviewer.replay.inference.writing import rules_text


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What was found: rules for each event type that the stories show."""

    aggregate_type: str | None
    operations: tuple[Operation, ...]
    initial: dict[str, object]
    kinds: tuple[str, ...]
    deletes: frozenset[str]
    keys: dict[str, dict[str, frozenset[str]]]
    unexplained: tuple[Unexplained, ...]

    def text(self) -> str:
        """The rules file."""
        return rules_text(self.aggregate_type, self.operations, self.initial, self.kinds, self.keys, self.deletes)

    def without(self, fields: Collection[str]) -> Hypothesis:
        """The same without all that writes to these fields of the root."""
        kept = tuple(each for each in self.operations if field_of(each) not in fields)
        initial = {key: value for key, value in self.initial.items() if key not in fields}
        return Hypothesis(
            self.aggregate_type, kept, initial, self.kinds, self.deletes, self.keys, self.unexplained
        )

    def blank(self) -> Hypothesis:
        """The same without any operation."""
        return Hypothesis(self.aggregate_type, (), {}, self.kinds, self.deletes, self.keys, self.unexplained)


def field_of(operation: Operation) -> str | None:
    """The field of the root that an operation writes to; None where an event names it."""
    return fixed_key(operation.path[0]) if operation.path else None


def search(aggregate_type: str | None, stories: Sequence[Story], check: Check) -> Hypothesis:
    """The rules that reproduce stored states, as far as they were found."""
    every = stretches(stories)
    deletes = _deletes(every)
    known = [
        Stretch(START if stretch.start is None else stretch.start, stretch.events, stretch.end)
        for stretch in every
        if stretch.end is not None
    ]
    objects = [stretch for stretch in known if type(stretch.end) is dict and _begins(stretch)]
    kinds = tuple(sorted(kinds_of(every)))
    keys = _keys_of_events(stories)
    if len(objects) < len(known):
        whole = Unexplained((), "the state is not always an object")
        return Hypothesis(aggregate_type, (), {}, kinds, deletes, keys, (whole,))
    found = explain_object(objects, Search(check))
    initial = found.initial if type(found.initial) is dict else {}
    return Hypothesis(
        aggregate_type, tuple(found.operations), initial, kinds, deletes, keys, tuple(found.unexplained)
    )


def _begins(stretch: Stretch) -> bool:
    return stretch.start is START or type(stretch.start) is dict


def _deletes(every: Sequence[Stretch]) -> frozenset[str]:
    """The event types after which the state is null, wherever one of them comes last before a stored state."""
    ended: Counter[str] = Counter()
    lives: Counter[str] = Counter()
    for stretch in every:
        if stretch.events:
            (ended if stretch.end is None else lives)[stretch.events[-1].kind] += 1
    return frozenset(kind for kind in ended if not lives[kind])


def _keys_of_events(stories: Sequence[Story]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for story in stories:
        for event in story.events:
            own = found.setdefault(event.kind, {})
            for text, value in event.values.items():
                if type(value) is dict and text.startswith("data") and len(value) <= 100:
                    own.setdefault(text, set()).update(value)
    return {kind: {text: frozenset(keys) for text, keys in own.items()} for kind, own in found.items()}
