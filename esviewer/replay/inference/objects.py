"""Places that hold objects: fixed keys, each a place of its own, or entries under keys that events name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from esviewer.model.values import MISSING, Value
from esviewer.replay import arithmetic
from esviewer.replay.inference.actions import (
    NOTHING,
    Action,
    Found,
    Operation,
    Reading,
    Unexplained,
    constant,
    found_of,
)
from esviewer.replay.inference.evidence import START, Check, Seen, Stretch, is_number, kinds_of
from esviewer.replay.inference.lists import solve_list
from esviewer.replay.inference.names import fixed_key, path_index, path_part, reached
from esviewer.replay.inference.numbers import solve_number
from esviewer.replay.inference.registers import solve_register
from esviewer.replay.inference.trying import explains
from esviewer.replay.reducer import StepError

_MOST_KEYS = 300
_MOST_DEPTH = 6
_MOST_ENTRIES = 60_000
_MOST_RESETS = 12
_MOST_PLACES = 1500
_MOST_KEYINGS = 4
ANY = "[]"
"""How a computed key is shown where the path of something unexplained is."""


@dataclass(slots=True)
class Search:
    """One search's bounds."""

    check: Check
    places: int = 0
    """How many places were looked at; beyond a bound nothing is tried twice."""

    @property
    def generous(self) -> bool:
        """Whether there is room for second tries."""
        return self.places < _MOST_PLACES


def explain(
    stretches: Sequence[Stretch],
    key: str | None,
    search: Search,
    depth: int = 0,
    copied: Collection[tuple[str, str]] = (),
) -> Found:
    """The operations that explain a place, as seen from it, and what in it they don't explain.

    `key` is the last part of its path where that is fixed; `copied` are the event types and expressions that may do
    nothing where an event lacks what they read, since `merge` can be written for them.
    """
    search.check()
    search.places += 1
    shapes = {_shape(value) for stretch in stretches for value in (stretch.start, stretch.end)} - {""}
    if not shapes:
        return Found()
    solved = None
    if shapes == {"number"}:
        solved = solve_number(stretches, key, search.check, copied)
    elif shapes == {"list"}:
        solved = solve_list(stretches, key, search.check)
    if solved is None and shapes != {"number"}:
        solved = solve_register(stretches, key, search.check, copied=copied)
        if solved is not None and not explains(*solved, stretches):
            solved = None
    if solved is not None:
        return found_of(*solved)
    if shapes == {"list"}:
        return _after_resets(stretches, key, search)
    if shapes == {"object"} and depth < _MOST_DEPTH:
        return explain_object(stretches, search, depth)
    return Found(unexplained=[Unexplained((), "no rules were found for it")])


def _shape(value: Value) -> str:
    if value is START or value is MISSING:
        return ""
    if type(value) is dict:
        return "object"
    if type(value) is list:
        return "list"
    return "number" if is_number(value) else "other"


def _after_resets(stretches: Sequence[Stretch], key: str | None, search: Search) -> Found:
    """A list that one event type writes whole, and others add to."""
    for kind, action in _resets(stretches, []):
        solved = solve_list([_cut(stretch, kind, action) for stretch in stretches], key, search.check)
        if solved is None or kind in solved[0]:
            continue
        actions = {kind: action, **solved[0]}
        if explains(actions, solved[1], stretches):
            return found_of(actions, solved[1])
    return Found(unexplained=[Unexplained((), "no rules were found for this list")])


def _resets(stretches: Sequence[Stretch], empty: Value) -> Iterator[tuple[str, Action]]:
    """Event types that may write the whole place, and what they may write."""
    tried = 0
    for kind in kinds_of(stretches):
        last = [stretch for stretch in stretches if stretch.events and stretch.events[-1].kind == kind]
        texts: dict[str, int] = {}
        sample = [event for stretch in stretches for event in stretch.events if event.kind == kind][:50]
        for event in sample:
            for text, value in event.values.items():
                if type(value) is type(empty) and text != "data":
                    texts[text] = texts.get(text, 0) + 1
        options = [Action("set", constant(empty)), Action("remove")]
        options[:0] = [Action("set", Reading(text)) for text in sorted(texts, key=lambda text: (len(text), text))[:2]]
        for action in options:
            if tried >= _MOST_RESETS:
                return
            if type(empty) is list and not explains({kind: action}, MISSING, last[:50]):
                continue
            tried += 1
            yield kind, action


def _cut(stretch: Stretch, kind: str, action: Action, *, inclusive: bool = False) -> Stretch:
    """The stretch from the last event of a type on that writes the whole place; `inclusive` leaves that event in."""
    for index in range(len(stretch.events) - 1, -1, -1):
        event = stretch.events[index]
        if event.kind == kind:
            value = MISSING if action.reading is None else action.reading.value(event)
            if value is not NOTHING:
                return stretch.after(index - inclusive, value)
    return stretch


# Objects


def explain_object(stretches: Sequence[Stretch], search: Search, depth: int = 0) -> Found:
    """The same for a place that holds an object or nothing."""
    best = _whole(stretches, search, depth)
    if best.unexplained and depth and search.generous:
        for kind, action in _resets(stretches, {}):
            cut = [_cut(stretch, kind, action, inclusive=action.reading == constant({})) for stretch in stretches]
            found = _whole(cut, search, depth)
            if len(found.unexplained) < len(best.unexplained):
                if not all(each.kind != kind or each.verb == "set" for each in found.operations):
                    continue
                found.operations.insert(0, Operation(kind, action.verb, (), action.reading))
                best = found
            if not best.unexplained or not search.generous:
                break
    return best


def _whole(stretches: Sequence[Stretch], search: Search, depth: int) -> Found:
    removers = _removers(stretches, search) if depth else {}
    cut = stretches
    if removers:
        cut = [_after_removal(stretch, removers) for stretch in stretches]
    keys = _keys(cut)
    computed = _computed_keys(cut, keys)
    found = None
    if computed and (depth or len(keys) > _MOST_KEYS):
        found = _entries(cut, computed, search, depth)
    if found is None or (found.unexplained and len(keys) <= _MOST_KEYS and search.generous):
        fixed = _fixed(cut, keys, search, depth)
        if found is None or len(fixed.unexplained) < len(found.unexplained):
            found = fixed
    first = [stretch.end for stretch in stretches if stretch.start is START]
    by_entries = any(each.path and fixed_key(each.path[0]) is None for each in found.operations)
    if first and MISSING not in first and found.initial is MISSING and (by_entries or {} in first or not depth):
        # Systems mostly begin with an empty collection, and without any object of fixed parts.
        found.initial = {}
    found.operations = [each for each in found.operations if each.kind not in removers]
    found.operations += [Operation(kind, "remove", (), None) for kind in removers]
    return found


def _removers(stretches: Sequence[Stretch], search: Search) -> dict[str, Action]:
    """The event types that take the whole object away."""
    if all(stretch.end is not MISSING for stretch in stretches):
        return {}
    presence = [
        Stretch(
            stretch.start if stretch.start is START or stretch.start is MISSING else True,
            stretch.events,
            MISSING if stretch.end is MISSING else True,
        )
        for stretch in stretches
    ]
    solved = solve_register(presence, None, search.check, presence=True)
    return {} if solved is None else {kind: each for kind, each in solved[0].items() if each.verb == "remove"}


def _after_removal(stretch: Stretch, removers: dict[str, Action]) -> Stretch:
    for index in range(len(stretch.events) - 1, -1, -1):
        if stretch.events[index].kind in removers:
            return stretch.after(index, MISSING)
    return stretch


def _keys(stretches: Sequence[Stretch]) -> Counter[str]:
    """The keys that occur, and in how many places of time."""
    keys: Counter[str] = Counter()
    for stretch in stretches:
        if type(stretch.start) is dict:
            keys.update(stretch.start.keys())
        if type(stretch.end) is dict:
            keys.update(stretch.end.keys())
    return keys


def _inner(value: Value, key: str) -> Value:
    return value.get(key, MISSING) if type(value) is dict else value if value is START else MISSING


def _fixed(stretches: Sequence[Stretch], keys: Counter[str], search: Search, depth: int) -> Found:
    found = Found()
    initial: dict[str, Value] = {}
    mergers = _mergers(stretches, keys)
    for number, (key, _) in enumerate(keys.most_common()):
        if number >= _MOST_KEYS or not _writable(key):
            found.unexplained.append(Unexplained((key,), "there are too many keys, or this one can't be written"))
            if number >= _MOST_KEYS + 20:
                break
            continue
        below = [Stretch(_inner(each.start, key), each.events, _inner(each.end, key)) for each in stretches]
        copied = {(kind, reached(source, key)) for kind, source in mergers}
        inner = explain(below, key, search, depth + 1, copied)
        part = path_part(key)
        found.operations += [each.under(part) for each in inner.operations]
        found.unexplained += [each._replace(path=(key, *each.path)) for each in inner.unexplained]
        if inner.initial is not MISSING:
            initial[key] = inner.initial
    if initial:
        found.initial = initial
    return found


def _mergers(stretches: Sequence[Stretch], keys: Counter[str]) -> set[tuple[str, str]]:
    """The event types, and the expressions of an object in them, whose keys are all keys of this object too."""
    possible: dict[tuple[str, str], bool] = {}
    for stretch in stretches:
        for event in stretch.events:
            for text, value in event.values.items():
                if type(value) is dict and text.startswith("data"):
                    own = (event.kind, text)
                    possible[own] = possible.get(own, True) and keys.keys() >= value.keys()
    return {own for own, fits in possible.items() if fits}


def _writable(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return bool(key.strip()) and len(key) <= 200 and key.isprintable()


# Entries


def key_of(reading: Reading, event: Seen) -> str | None:
    """The key that an event names; None when it names none."""
    value = reading.value(event)
    if value is NOTHING or value is None or isinstance(value, (dict, list)):
        return None
    try:
        return arithmetic.key_text(value)
    except StepError:
        return None


def _computed_keys(stretches: Sequence[Stretch], keys: Counter[str]) -> list[dict[str, Reading]]:
    """Ways to name the keys, by event type, the likeliest first; none where no event names any.

    Where a type names a key, the entry under it should have changed, and where one has changed some event should have
    named it.
    """
    totals: Counter[str] = Counter()
    present: dict[str, Counter[str]] = {}
    known: dict[str, Counter[str]] = {}
    likeness: dict[str, dict[str, float]] = {}
    for stretch in stretches:
        changed = _changed(stretch)
        chance = len(changed) / max(1, len(keys))
        for event in stretch.events:
            totals[event.kind] += 1
            own, right = present.setdefault(event.kind, Counter()), known.setdefault(event.kind, Counter())
            like = likeness.setdefault(event.kind, defaultdict(float))
            for text, value in event.values.items():
                if type(value) is str or (type(value) is int and value.bit_length() < 70):
                    key = value if type(value) is str else str(value)
                    own[text] += 1
                    right[text] += key in keys
                    like[text] += (key in changed) - chance
    likely: dict[str, list[str]] = {}
    for kind, right in known.items():
        texts = [text for text, number in right.items() if number and number >= 0.4 * present[kind][text]]
        if texts:
            likely[kind] = texts
    # The same name in several types is the likelier.
    shared: dict[str, float] = defaultdict(float)
    for kind, texts in likely.items():
        for text in texts:
            shared[text] += max(0.0, likeness[kind][text])
    found: list[dict[str, Reading]] = []
    leaders = sorted(shared, key=lambda text: -shared[text])[:_MOST_KEYINGS]
    for leader in leaders:
        chosen: dict[str, Reading] = {}
        for kind, texts in likely.items():
            best = min(
                texts,
                key=lambda text: (
                    text != leader,
                    -likeness[kind][text] - 0.05 * shared[text],
                    not text.startswith("data"),
                    len(text),
                    text,
                ),
            )
            whole = present[kind][best] == totals[kind]
            chosen[kind] = Reading(best) if whole else _with_default(kind, best, stretches, keys)
        if chosen not in found:
            found.append(chosen)
    # A stable order: the fewer entries change that no event has named the better.
    return sorted(found, key=lambda chosen: _unnamed(stretches, chosen))


def _changed(stretch: Stretch) -> set[str]:
    """The keys whose entries differ between a stretch's ends."""
    start = stretch.start if type(stretch.start) is dict else {}
    end = stretch.end if type(stretch.end) is dict else {}
    return {key for key in start.keys() | end.keys() if not _equal(start.get(key, MISSING), end.get(key, MISSING))}


def _unnamed(stretches: Sequence[Stretch], chosen: dict[str, Reading]) -> int:
    """How many entries change though no event names their key."""
    missed = 0
    for stretch in stretches:
        changed = _changed(stretch)
        for event in stretch.events:
            reading = chosen.get(event.kind)
            if changed and reading is not None:
                changed.discard(key_of(reading, event) or "")
        missed += len(changed)
    return missed


def _with_default(kind: str, text: str, stretches: Sequence[Stretch], keys: Counter[str]) -> Reading:
    """The reading with the key that stands for those events which lack it."""
    shared: set[str] | None = None
    for stretch in stretches:
        if type(stretch.end) is dict and any(
            event.kind == kind and event.values.get(text) is None for event in stretch.events
        ):
            shared = set(stretch.end) if shared is None else shared & stretch.end.keys()
    if not shared:
        return Reading(text, skips=True)
    named: Counter[str] = Counter()
    for stretch in stretches:
        for event in stretch.events:
            if event.kind == kind and type(event.values.get(text)) is str:
                named[event.values[text]] += 1
    return Reading(text, min(shared, key=lambda each: (named[each], -keys[each], each)))


def _entries(
    stretches: Sequence[Stretch], keyings: Sequence[dict[str, Reading]], search: Search, depth: int
) -> Found | None:
    best: Found | None = None
    for chosen in keyings:
        found = _with_keys(stretches, chosen, search, depth)
        if found is not None and (best is None or len(found.unexplained) < len(best.unexplained)):
            best = found
        if best is not None and (not best.unexplained or not search.generous):
            break
    return best


def _with_keys(
    stretches: Sequence[Stretch], chosen: dict[str, Reading], search: Search, depth: int
) -> Found | None:
    below: list[Stretch] = []
    for stretch in stretches:
        events: dict[str, list[Seen]] = {}
        for event in stretch.events:
            reading = chosen.get(event.kind)
            key = None if reading is None else key_of(reading, event)
            if key is not None:
                events.setdefault(key, []).append(event)
        start = stretch.start if type(stretch.start) is dict else {}
        end = stretch.end if type(stretch.end) is dict else {}
        for key in dict.fromkeys([*start, *end, *events]):
            before, after = start.get(key, MISSING), end.get(key, MISSING)
            own = events.get(key, [])
            if own or not _equal(before, after):
                below.append(Stretch(before, own, after))
        if len(below) > _MOST_ENTRIES:
            return None
    inner = explain(below, None, search, depth + 1)
    found = Found(unexplained=[each._replace(path=(ANY, *each.path)) for each in inner.unexplained])
    for each in inner.operations:
        found.operations.append(each.under(path_index(chosen[each.kind].written())))
    return found


def _equal(left: Value, right: Value) -> bool:
    if left is MISSING or right is MISSING:
        return left is right
    return arithmetic.equal(left, right)
