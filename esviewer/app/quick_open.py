"""What is typed into quick open, and which of what it offers comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from esviewer.app import links
from esviewer.app.links import Link
from esviewer.app.typed_time import typed_instant
from esviewer.errors import UsageError
from esviewer.model.instant import Instant
from esviewer.stores.aggregates import AggregateRef
from esviewer.stores.store import Store
from esviewer.work import Work

LONGEST: Final = links.LONGEST + 1
"""Characters of what is typed that are looked at: so many that a link which is too long is seen to be."""
AT_ONCE: Final = 50
"""How many aggregates are looked for."""
_APART: Final = 4
"""How many other letters there may be for each that was typed."""
_VERSIONED: Final = re.compile(r"(?s)(.+)@(-?\d{0,18})\Z")
_WORDS: Final = re.compile(r"\w+")


class Kind(IntEnum):
    """What an entry is; of entries that fit equally well, those of a lower kind come first."""

    LINK = 0
    MOMENT = 1
    AGGREGATE = 2
    EVENT_TYPE = 3
    BOOKMARK = 4
    ROOM = 5
    RECENT = 6
    CONNECTION = 7
    COMMAND = 8


class Fit(IntEnum):
    """How well a text fits what was typed, the best first."""

    EQUAL = 1
    BEGINS = 2
    WORD_BEGINS = 3
    """A word in it begins so, or each typed word begins one, in their order."""
    INSIDE = 4
    """It is somewhere inside, or each typed word is."""
    LETTERS = 5
    """Its letters are there in their order, others between them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of quick open, as it may be shown."""

    kind: Kind
    text: str
    detail: str = ""
    keys: str = ""
    """The key that does the same."""
    enabled: bool = True
    names: tuple[str, ...] = ()
    """What it is found by, the best first; its text where there are none."""
    sure: bool = False
    """Whether it is an answer to what was typed, however little it looks like it."""


_Entry = TypeVar("_Entry", bound=Entry)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what it may mean."""

    text: str
    aggregate: str = ""
    """A part of an aggregate's id; what precedes the @ where a version follows it. Empty for a link."""
    version: int | None = None
    instant: Instant | None = None
    guessed: bool = False
    """Whether this machine's zone stands in for one that was not typed."""
    link: Link | None = None
    problem: str = ""
    """What is wrong with a link."""

    def sought(self, kind: Kind) -> str:
        """What the names of entries of a kind have to be like."""
        return self.aggregate if kind is Kind.AGGREGATE else self.text


def read_typed(text: str) -> Typed:
    """What a person may mean by a text: a link, `order-1042@17`, a date as `typed_instant` takes it, part of a name."""
    text = text.strip()[:LONGEST]
    if links.is_link(text):
        try:
            return Typed(text, link=links.parse_link(text))
        except UsageError as error:
            return Typed(text, problem=str(error))
    aggregate, version = text, None
    if at := _VERSIONED.match(text):
        aggregate = at[1]
        version = int(at[2]) if at[2].lstrip("-") else None
    try:
        instant, guessed = typed_instant(text) if text else (None, False)
    except (ValueError, OverflowError):
        instant, guessed = None, False
    return Typed(text, aggregate, version, instant, guessed)


def fit(typed: str, name: str) -> tuple[Fit, int] | None:
    """How well a name fits, the lower the better: the kind of fit, and how far it is from a perfect one; None: not."""
    wanted, given = typed.casefold(), name.casefold()
    if wanted == given:
        return Fit.EQUAL, 0
    if given.startswith(wanted):
        return Fit.BEGINS, len(given) - len(wanted)
    at = given.find(wanted)
    if at > 0 and _begins_word(given, at):
        return Fit.WORD_BEGINS, at
    words = wanted.split()
    if len(words) > 1 and _begin_words(words, _WORDS.findall(given)):
        return Fit.WORD_BEGINS, len(given)
    if at > 0:
        return Fit.INSIDE, at
    if len(words) > 1 and all(word in given for word in words):
        return Fit.INSIDE, len(given)
    between = _between("".join(words), given)
    return None if between is None else (Fit.LETTERS, between)


def _begins_word(given: str, at: int) -> bool:
    return not given[at - 1].isalnum() and given[at].isalnum()


def _begin_words(wanted: list[str], given: list[str]) -> bool:
    rest = iter(given)
    return all(any(word.startswith(each) for word in rest) for each in wanted)


def _between(letters: str, given: str) -> int | None:
    """How many other letters lie between some, which are there in their order from a word's first on; None: they are
    not, or lie far apart, or are no letters."""
    if len(letters) < 2 or not letters.isalpha():
        return None
    spans = [
        last - start + 1
        for start, letter in enumerate(given)
        if letter == letters[0] and (start == 0 or _begins_word(given, start))
        if (last := _last(letters, given, start)) is not None
    ]
    between = min(spans, default=LONGEST) - len(letters)
    return between if between <= _APART * len(letters) else None


def _last(letters: str, given: str, at: int) -> int | None:
    """Where the last of some letters is, the first of which is at a place."""
    for letter in letters[1:]:
        at = given.find(letter, at + 1)
        if at < 0:
            return None
    return at


def best_fit(typed: Typed, entry: Entry) -> tuple[int, int, int] | None:
    """How well an entry fits by its best name, the lower the better: (Fit, which name, distance); None: not at all."""
    if entry.kind in (Kind.LINK, Kind.MOMENT):
        return int(Fit.EQUAL), 0, 0  # what was typed is that
    found = None
    for place, name in enumerate(entry.names or (entry.text,)):
        each = fit(typed.sought(entry.kind), name)
        if each is not None and (found is None or (each[0], place) < found[:2]):
            found = (int(each[0]), place, each[1])
    return (int(Fit.INSIDE), 0, 0) if found is None and entry.sure else found


def arranged(typed: Typed, entries: Iterable[_Entry], most: int = 200) -> list[_Entry]:
    """The entries that fit, the best first; while nothing is typed all of them, by kind."""
    kept = []
    for entry in entries:
        found = best_fit(typed, entry) if typed.text else (0, 0, 0)
        if found is not None:
            kept.append(((found[0], found[1], not entry.enabled, int(entry.kind), found[2]), entry))
    kept.sort(key=lambda each: each[0])
    return [entry for _, entry in kept[:most]]


def near(store: Store, typed: Typed, work: Work | None = None) -> list[AggregateRef]:
    """Aggregates that are called as typed, or begin so, found by the store's order of ids without a long search."""
    ids = [*dict.fromkeys([typed.aggregate, typed.text])]
    found = {
        each.aggregate_id: AggregateRef(each.aggregate_id, each.aggregate_type, each.status)
        for each in store.summaries(ids, exact=False, work=work)
    }
    for ref in store.aggregate_ids(after=typed.aggregate, limit=AT_ONCE, work=work):
        if not ref.aggregate_id.startswith(typed.aggregate):
            break
        found.setdefault(ref.aggregate_id, ref)
    return list(found.values())


def beyond(store: Store, typed: Typed, work: Work | None = None) -> list[AggregateRef]:
    """Aggregates that have what was typed anywhere in their id or type; that may read through all ids."""
    return store.aggregate_ids(search=typed.aggregate, limit=AT_ONCE, work=work)
