"""Guesses at rules: what an event type does to the state, told by its name and by the keys of its payloads."""

from __future__ import annotations

import glob
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from esviewer.model.event import Event
from esviewer.model.values import Number, Value

NOTHING: Final = "nothing"
MERGED: Final = "merged"
GUESSED: Final = "guessed"

_CREATED = frozenset(
    ["created", "opened", "registered", "started", "initiated", "established", "founded", "placed", "enrolled"]
)
_ADDED = frozenset(
    ["added", "appended", "attached", "assigned", "granted", "created", "opened", "registered", "started", "enrolled"]
)
_REMOVED = frozenset(["removed", "deleted", "detached", "unassigned", "revoked", "left"])
_CHANGED = frozenset(["changed", "updated", "renamed", "set", "edited", "modified", "adjusted", "corrected"])
_ENDED = frozenset(["deleted", "closed", "cancelled", "canceled", "completed", "archived", "terminated", "finished"])
_STANDS = frozenset(["expired", "rejected", "shipped", "delivered", "confirmed", "approved", "paid", "suspended"])
_PLUS = frozenset(["deposited", "credited"])
_MINUS = frozenset(["withdrawn", "debited"])
_NOT_SAID = frozenset(["event", "evt", "domain"])

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_MOST_KEYS_SET = 20
_MOST_KEYS_KEPT = 200
_LONGEST_NAME = 300
_MOST_KEYS_NAMED = 12
_LONGEST_KEY = 30


@dataclass(slots=True)
class Shape:
    """What was seen of the events that one pattern stands for."""

    pattern: str
    name: str
    """The event type; one of them, where the pattern stands for several."""
    exact: bool
    """Whether the pattern fits that type alone."""
    events: int = 0
    first: int = 0
    """How many were the first of their aggregates."""
    objects: int = 0
    nulls: int = 0
    unreadable: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    naming: Counter[str] = field(default_factory=Counter)
    """How often the value of each key can be the key of an entry."""
    versions: set[str] = field(default_factory=set)

    def see(self, event: Event) -> None:
        """Count one event."""
        self.events += 1
        if event.schema_version is not None and len(self.versions) < 10:
            self.versions.add(str(event.schema_version))
        if event.error is not None:
            self.unreadable += 1
            return
        if event.data is None:
            self.nulls += 1
        if type(event.data) is not dict:
            return
        self.objects += 1
        for key, value in event.data.items():
            if key not in self.keys and len(self.keys) >= _MOST_KEYS_KEPT:
                continue
            self.keys[key] += 1
            if _is_number(value):
                self.numbers[key] += 1
            if type(value) is int or (type(value) is str and value and value != event.aggregate_id):
                self.naming[key] += 1

    @property
    def others(self) -> int:
        """How many payloads are neither objects nor null."""
        return self.events - self.unreadable - self.objects - self.nulls

    @property
    def always(self) -> bool:
        """Whether all that could be read are objects."""
        return self.objects > 0 and self.objects == self.events - self.unreadable

    def each_has(self, counted: Counter[str], key: str) -> bool:
        """Whether this is counted in all events."""
        return self.always and counted[key] == self.objects

    @property
    def simple(self) -> bool:
        """Whether all have the same few keys, each of which can be written as it is."""
        return (
            self.always
            and 0 < len(self.keys) <= _MOST_KEYS_SET
            and all(number == self.objects and _plain(key) for key, number in self.keys.items())
        )


@dataclass(frozen=True, slots=True)
class Guess:
    """What a rule does, as lines of TOML, and in words why."""

    lines: tuple[str, ...]
    why: str


def pattern_of(event_type: str) -> tuple[str, bool]:
    """The pattern of a rule for an event type, and whether it is for that type alone.

    What a file can't hold, half characters and names without end, is left open in it.
    """
    name = event_type[:_LONGEST_NAME]
    escaped = "".join("?" if "\ud800" <= char <= "\udfff" else char for char in glob.escape(name))
    exact = name == event_type and escaped == glob.escape(name) and name != ""
    return (escaped if len(name) == len(event_type) and name else escaped + "*"), exact


def shapes(events: Iterable[tuple[Event, bool]]) -> list[Shape]:
    """What was seen of each event type, the most frequent first and open patterns last; bool: the aggregate's first."""
    found: dict[str, Shape] = {}
    for event, first in events:
        pattern, exact = pattern_of(event.type)
        shape = found.get(pattern)
        if shape is None:
            shape = found[pattern] = Shape(pattern, event.type, exact)
        shape.see(event)
        shape.first += first
    return sorted(found.values(), key=lambda shape: (not shape.exact, shape.pattern == "*", -shape.events))


class Guesser:
    """Guesses the rules of one file, whose event types are known together."""

    def __init__(self, every: Sequence[Shape], aggregate_types: Iterable[str | None]) -> None:
        self._own = {word for name in aggregate_types for word in _words(name or "")}
        self._told = {shape.pattern: self._verb(shape) for shape in every}
        self._own |= {word for shape in every if self._creates(shape) for word in self._told[shape.pattern][0]}
        self._entries: dict[str, str] = {}
        """The key in the payload that names the entries of a collection."""
        self._nouns: dict[str, frozenset[str]] = {}
        self._elements: dict[str, str] = {}
        """The key in the payload that is an element of a list; empty for the whole payload."""
        taken = {key for shape in every if not self._adds(shape) for key in shape.keys}
        removing = {self._collection(shape): shape for shape in every if self._told[shape.pattern][1] in _REMOVED}
        for shape in every:
            if self._adds(shape) and shape.always and shape.keys:
                self._collect(shape, removing.get(self._collection(shape)), taken)
        balances = [shape for shape in every if "balance" in shape.keys]
        self._balance = all(shape.numbers["balance"] == shape.keys["balance"] for shape in balances)

    def _verb(self, shape: Shape) -> tuple[tuple[str, ...], str]:
        """What an event is about, and what it says of that."""
        words = [word for word in _words(shape.name) if word not in _NOT_SAID and word != "v"]
        if not words:
            return (), ""
        return tuple(words[:-1]), words[-1]

    def _of_aggregate(self, shape: Shape) -> bool:
        """Whether the event is about the aggregate as a whole."""
        return all(word in self._own for word in self._told[shape.pattern][0])

    def _creates(self, shape: Shape) -> bool:
        return self._told[shape.pattern][1] in _CREATED and shape.first * 2 > shape.events

    def _adds(self, shape: Shape) -> bool:
        return (
            self._told[shape.pattern][1] in _ADDED
            and not self._creates(shape)
            and self._collection(shape) != ""
        )

    def _noun(self, shape: Shape) -> list[str]:
        return [word for word in self._told[shape.pattern][0] if word not in self._own][-2:]

    def _collection(self, shape: Shape) -> str:
        noun = self._noun(shape)
        if not noun:
            return ""
        return _plural(noun[0] + "".join(word.capitalize() for word in noun[1:]))

    def _collect(self, shape: Shape, removing: Shape | None, taken: set[str]) -> None:
        name = self._collection(shape)
        if name in taken or name in self._entries or name in self._elements:
            return
        noun = self._noun(shape)
        naming = [key for key in shape.keys if _plain(key) and shape.each_has(shape.naming, key)]
        ids = [key for key in naming if _is_id(key, noun)]
        if not ids and removing is not None and len(shape.keys) > 1:
            # What an event brings that takes an entry away says which one.
            ids = [key for key in naming if removing.each_has(removing.naming, key)]
            ids = ids if len(ids) == 1 else []
        if ids:
            self._entries[name] = ids[0]
            self._nouns[name] = frozenset(noun)
        elif len(shape.keys) == 1 and shape.simple:
            self._elements[name] = next(iter(shape.keys))
        else:
            self._elements[name] = ""

    def guess(self, shape: Shape, level: str) -> Guess:
        """The rule for an event type; `level` says how much of a guess it may be."""
        if level == NOTHING:
            return Guess((), "it does not fit what the others do, so it does nothing yet")
        found = self._guessed(shape) if level == GUESSED else None
        if found is not None:
            return found
        if not shape.keys or shape.others:
            return Guess((), f"{_why_nothing(shape)}, so it does nothing yet")
        when = ('when = "data != null"',) if shape.nulls else ()
        return Guess((*when, 'merge = "data"'), "what it brings overwrites what is there")

    def _guessed(self, shape: Shape) -> Guess | None:
        verb = self._told[shape.pattern][1]
        ended = self._ended(shape)
        if ended is not None or not shape.always or not shape.keys:
            return ended
        if self._creates(shape):
            return _set_all(shape) if shape.simple else None
        if verb in _PLUS | _MINUS:
            return self._amount(shape, "-" if verb in _MINUS else "")
        name = self._collection(shape)
        if name and self._adds(shape):
            return self._added(shape, name)
        if name and verb in _REMOVED:
            return self._removed(shape, name)
        return self._changed(shape) if verb in _CHANGED else None

    def _amount(self, shape: Shape, sign: str) -> Guess | None:
        numbers = [key for key in shape.keys if shape.each_has(shape.numbers, key) and _plain(key)]
        key = "amount" if "amount" in numbers else numbers[0] if len(numbers) == 1 else None
        if key is None or not self._balance or key == "balance":
            return None
        does = "take an amount from" if sign else "add an amount to"
        return Guess((f'increment = {{ balance = "{sign}data.{key}" }}',), f"it seems to {does} a balance")

    def _added(self, shape: Shape, name: str) -> Guess | None:
        key = self._entries.get(name)
        if key is not None and shape.each_has(shape.naming, key):
            return Guess(
                (f'set = {{ "{name}[data.{key}]" = "data" }}',),
                f"it seems to add an entry to {name}, by its {key}",
            )
        key = self._elements.get(name)
        if key == "":
            return Guess((f'append = {{ {name} = "data" }}',), f"it seems to add an element to {name}")
        if key is not None and shape.each_has(shape.keys, key):
            return Guess((f'append = {{ {name} = "data.{key}" }}',), f"it seems to add an element to {name}")
        return None

    def _removed(self, shape: Shape, name: str) -> Guess:
        key = self._entries.get(name)
        if key is not None and shape.each_has(shape.naming, key):
            return Guess((f'remove = ["{name}[data.{key}]"]',), f"it seems to take an entry out of {name}")
        key = self._elements.get(name)
        if key and shape.each_has(shape.keys, key):
            return Guess((f'remove_value = {{ {name} = "data.{key}" }}',), f"it seems to take an element out of {name}")
        if key == "":
            return Guess((f'remove_value = {{ {name} = "data" }}',), f"it seems to take an element out of {name}")
        return Guess((), "it seems to remove something, but not what was seen being added, so it does nothing yet")

    def _ended(self, shape: Shape) -> Guess | None:
        nouns, verb = self._told[shape.pattern]
        if verb not in _ENDED | _STANDS or not self._of_aggregate(shape) or "status" in shape.keys:
            return None
        lines = [f"set = {{ status = \"'{verb.capitalize()}'\" }}"]
        if shape.always and shape.keys:
            lines.append('merge = "data"')
        return Guess(tuple(lines), f"it seems to say how {nouns[-1] if nouns else 'the aggregate'} stands")

    def _changed(self, shape: Shape) -> Guess | None:
        """A change of one entry of a collection, where the payload names it."""
        for name, key in self._entries.items():
            told = self._nouns[name].issubset(self._told[shape.pattern][0])
            if told and shape.each_has(shape.naming, key) and len(shape.keys) > 1:
                return Guess(
                    (f'merge = {{ "{name}[data.{key}]" = "data" }}',), f"it seems to change an entry of {name}"
                )
        return None


def _why_nothing(shape: Shape) -> str:
    if shape.unreadable == shape.events:
        return "no payload could be read"
    return "some of its payloads are no objects" if shape.others else "its payloads are empty"


def rule_text(shape: Shape, guess: Guess, seen: str) -> str:
    """One [[on]] with its comment; `seen` says how often the events were seen."""
    keys = [_visible(key) for key in list(shape.keys)[:_MOST_KEYS_NAMED]]
    more = len(shape.keys) - len(keys)
    named = f"; keys: {', '.join(keys)}{f' and {more} more' if more else ''}" if keys else ""
    lines = [f"# {seen}{named}."]
    if len(shape.versions) > 1:
        lines.append(
            f"# Schema versions: {', '.join(map(_visible, sorted(shape.versions)))}. "
            "[[upcast]] can bring old ones up to date."
        )
    if not shape.exact:
        lines.append("# The name can't be written in full: other types may fit as well.")
    lines += [f"# Proposed: {guess.why}.", "[[on]]", f"event = {quoted(shape.pattern)}", *guess.lines]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A TOML string in which nothing that can't be seen stands as it is; what TOML can't hold is left out."""
    written = []
    for char in text.encode("utf-8", "ignore").decode():
        if char in '"\\':
            written.append("\\" + char)
        elif char.isprintable():
            written.append(char)
        else:
            written.append(f"\\U{ord(char):08x}")
    return f'"{"".join(written)}"'


def _visible(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text[:_LONGEST_KEY])
    return shown if len(text) <= _LONGEST_KEY else shown + "…"


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name[:_LONGEST_NAME])]


def _plain(key: str) -> bool:
    return _PLAIN_KEY.fullmatch(key) is not None and not keyword.iskeyword(key)


def _is_number(value: Value) -> bool:
    return type(value) in (int, float, Number)


def _plural(name: str) -> str:
    if name.endswith(("ss", "x", "ch", "sh")):
        return name + "es"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name if name.endswith("s") else name + "s"


def _is_id(key: str, noun: Sequence[str]) -> bool:
    words = _words(key)
    if words == ["id"]:
        return True
    return len(words) > 1 and words[-1] in ("id", "number", "code", "sku", "key") and bool(set(words[:-1]) & set(noun))


def _set_all(shape: Shape) -> Guess:
    pairs = [f'{key} = "data.{key}"' for key in shape.keys]
    lines = (f"set = {{ {pairs[0]} }}",) if len(pairs) == 1 else ("[on.set]", *pairs)
    return Guess(lines, "it seems to begin the aggregate")
