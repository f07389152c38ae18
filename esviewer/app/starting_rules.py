"""Rules to start from, proposed out of the event types and payloads that are in a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esviewer.app.event_sample import Sample, Story, sample
from esviewer.app.guessed_rules import (
    GUESSED,
    MERGED,
    NOTHING,
    Guesser,
    Shape,
    pattern_of,
    quoted,
    rule_text,
    shapes,
)
from esviewer.errors import NotFoundError
from esviewer.model.batch import batch_of
from esviewer.model.event import Event
from esviewer.replay.fold import fold
from esviewer.replay.rules import parse_rules
from esviewer.stores.store import Store
from esviewer.work import Work

_MOST_RULES = 500
_MOST_CHARACTERS = 150_000
_TRIES = 6
_TYPES_NAMED = 5
_LESS = {GUESSED: MERGED, MERGED: NOTHING}


def starting_rules(store: Store, type_glob: str | None, work: Work) -> str:
    """The text of a rules file with a rule for each event type seen in aggregates of a type, for people to complete.

    It is for all aggregates whose type fits `type_glob`, together. Every rule is a guess by the event's name and its
    payloads' keys, and says so; none of them fails at any event that was looked at. Only a sample is looked at.
    Raises NotFoundError when there are no such events, StoreError and CancelledError.
    """
    found = sample(store, type_glob, work)
    if not found.stories:
        if type_glob is None:
            raise NotFoundError("The store has no events to propose rules from.")
        raise NotFoundError(
            f"No aggregate with events has a type that fits {type_glob!r}.", "`esviewer info STORE` lists the types."
        )
    return proposed_rules(found, type_glob, work)


def proposed_rules(found: Sample, type_glob: str | None, work: Work) -> str:
    """The same, out of events that were read already; raises CancelledError."""
    every = shapes(_with_first(found.stories))
    proposal = _Proposal(found, type_glob, every)
    for _ in range(_TRIES):
        failing = _failing(proposal.text(), found.stories, work)
        if not failing:
            break
        proposal.take_back(failing)
    else:
        proposal.take_back_all()
    return proposal.text()


def _with_first(stories: Sequence[Story]) -> Iterator[tuple[Event, bool]]:
    for story in stories:
        for index, event in enumerate(story.events):
            yield event, story.begins and index == 0


def _failing(text: str, stories: Sequence[Story], work: Work) -> set[str]:
    """The patterns of the types of events at which rules fail."""
    reducer = parse_rules(text, "the proposed rules")
    failing: set[str] = set()
    for story in stories:
        work.check()
        readable = [event for event in story.events if event.error is None]
        skipped = {each.version for each in fold(reducer, [batch_of(readable)], reducer.initial()).skipped}
        failing.update(pattern_of(event.type)[0] for event in readable if event.version in skipped)
    return failing


class _Proposal:
    """The rules of one file, which become lesser guesses where they fail."""

    def __init__(self, found: Sample, type_glob: str | None, every: Sequence[Shape]) -> None:
        self._found = found
        self._type_glob = type_glob
        self._every = every
        self._guesser = Guesser(every, found.types)
        self._levels = {shape.pattern: GUESSED for shape in every}
        self._rest = MERGED

    def take_back(self, patterns: set[str]) -> None:
        """Guess less at events of these types."""
        for pattern in patterns:
            self._levels[pattern] = _LESS.get(self._levels[pattern], NOTHING)
        self._rest = NOTHING

    def take_back_all(self) -> None:
        """Guess nothing."""
        self._levels = {shape.pattern: NOTHING for shape in self._every}
        self._rest = NOTHING

    def text(self) -> str:
        """The rules file."""
        parts = [self._head()]
        length = len(parts[0])
        for number, shape in enumerate(self._every):
            part = rule_text(shape, self._guesser.guess(shape, self._levels[shape.pattern]), self._seen(shape))
            if number >= _MOST_RULES or length + len(part) > _MOST_CHARACTERS:
                parts.append(self._others(len(self._every) - number))
                break
            parts.append(part)
            length += len(part) + 1
        return "\n".join(parts)

    def _head(self) -> str:
        types = self._found.types
        known = [_shown(kind) for kind in types if kind]
        lines = [
            "# Rules to start from, proposed by the names of the events and the keys of their payloads: guesses, every",
            "# one of them. Complete them, and hold them against snapshots where there are any: esviewer reducer check",
            f"# {self._basis()}",
        ]
        if len(types) > 1:
            named = ", ".join(known[:_TYPES_NAMED]) + (" …" if len(known) > _TYPES_NAMED else "")
            lines.append(f"# They are for {len(types):,} aggregate types together ({named}); --type chooses one.")
        one = types[0] if len(types) == 1 else None
        lines.append("")
        lines.append(f"name = {quoted(_shown(one) if one else 'proposed rules')}")
        pattern = pattern_of(one)[0] if one else self._type_glob
        if pattern:
            lines.append(f"aggregate_type = {quoted(pattern)}")
        return "\n".join([*lines, "initial = {}", ""])

    def _basis(self) -> str:
        found = self._found
        part = "all events" if found.whole else "a sample of the events"
        return f"Seen: {part}; events: {found.events:,}, aggregates: {found.aggregates:,}."

    def _seen(self, shape: Shape) -> str:
        unreadable = f", {shape.unreadable:,} of them unreadable" if shape.unreadable else ""
        return f"{shape.events:,} seen{unreadable}"

    def _others(self, number: int) -> str:
        nothing = self._rest == NOTHING
        does = "they do nothing yet" if nothing else "what they bring overwrites what is there"
        lines = [f"# {number:,} rarer types.", f"# Proposed: {does}.", "[[on]]", 'event = "*"']
        return "\n".join([*lines, *([] if nothing else ['merge = "data"']), ""])


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:80])
