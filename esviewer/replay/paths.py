"""Left-hand sides of rules: paths such as `items[data.productId].quantity`, and what is done at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from esviewer.errors import RulesError
from esviewer.model.values import MISSING, SCALARS, Value, same
from esviewer.replay import arithmetic
from esviewer.replay.arithmetic import kind
from esviewer.replay.expressions import NAMES, Source, translate
from esviewer.replay.reducer import RawChange, StepError

MAX_PARTS = 50


@dataclass(frozen=True, slots=True)
class PathPart:
    """One step down: a fixed key, or an expression that gives a key or a list index."""

    key: str | None
    source: Source | None


def parse_path(text: str, names: Sequence[str] = NAMES) -> tuple[PathPart, ...]:
    """Split `a.'b'[expr]` into its parts, expressions being over `names`; raises RulesError."""
    parts: list[PathPart] = []
    at = 0
    while at < len(text) or not parts:
        if text[at : at + 1] == "[":
            end = _closing(text, at)
            parts.append(_indexed(text[at + 1 : end], names))
            at = end + 1
        elif parts and text[at] != ".":
            raise RulesError(f"the path {text[:80]!r} needs a . or [ at character {at + 1}")
        else:
            key, at = _key(text, at + 1 if parts else at)
            parts.append(PathPart(key, None))
    if len(parts) > MAX_PARTS:
        raise RulesError(f"the path {text[:80]!r} has more than {MAX_PARTS} parts")
    return tuple(parts)


def _key(text: str, start: int) -> tuple[str, int]:
    """The fixed key that begins at `start`, and where it ends; in quotes it may hold anything but that quote."""
    quote = text[start : start + 1]
    if quote in ("'", '"'):
        end = text.find(quote, start + 1)
        if end < 0:
            raise RulesError(f"the path {text[:80]!r} lacks a closing quote")
        return text[start + 1 : end], end + 1
    end = start
    while end < len(text) and text[end] not in ".[]":
        end += 1
    key = text[start:end].strip()
    if not key or text[end : end + 1] == "]":
        raise RulesError(f"the path {text[:80]!r} has an empty part")
    return key, end


def _indexed(inside: str, names: Sequence[str]) -> PathPart:
    if not inside.strip():
        raise RulesError("a path has empty brackets")
    try:
        source = translate(inside, names)
    except RulesError as error:
        raise RulesError(f"in the path's [{inside[:60]}] {error.message}") from None
    return PathPart(None, source)


def _closing(text: str, start: int) -> int:
    depth = 0
    quote = ""
    at = start
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise RulesError(f"the path {text[:80]!r} lacks a closing ]")


def _place(container: Value, part: Value) -> str | int:
    """The key or index that `part` is in a container; raises StepError when it is none."""
    if type(container) is list:
        if type(part) is not int:
            raise StepError(f"{kind(part)} is no index of a list")
        if not 0 <= part <= len(container):
            raise StepError(f"the list has {len(container)} elements, none at {part}")
        return part
    return part if type(part) is str else arithmetic.key_text(part)


def _at(container: Value, place: str | int) -> Value:
    if type(container) is list:
        return container[cast(int, place)] if cast(int, place) < len(container) else MISSING
    return container.get(place, MISSING)


def _put(container: Value, place: str | int, value: Value) -> None:
    if type(container) is list and place == len(container):
        container.append(value)
    else:
        container[place] = value


def _reaches(container: Value, part: Value) -> bool:
    """Whether a list has this element; an object is asked later."""
    return type(container) is not list or (type(part) is int and 0 <= part < len(container))


def _descend(
    state: Value, parts: tuple[Value, ...], changes: list[RawChange], make: bool
) -> tuple[Value, tuple[str | int, ...]] | None:
    """The container that holds the last part, and the whole path; missing parents are made, or None is returned."""
    here = state
    path: list[str | int] = []
    for part in parts[:-1]:
        if not make and not _reaches(here, part):
            return None
        place = _place(here, part)
        path.append(place)
        inner = _at(here, place)
        if inner is MISSING or inner is None:
            if not make:
                return None
            changes.append((tuple(path), inner, {}))
            inner = {}
            _put(here, place, inner)
        elif type(inner) is not dict and type(inner) is not list:
            if not make:
                return None
            raise StepError(f"{'.'.join(map(str, path))} is {kind(inner)}, which has no parts")
        here = inner
    if not make and not _reaches(here, parts[-1]):
        return None
    path.append(_place(here, parts[-1]))
    return here, tuple(path)


def _made(state: Value, parts: tuple[Value, ...], changes: list[RawChange]) -> tuple[Value, tuple[str | int, ...]]:
    found = _descend(state, parts, changes, make=True)
    assert found is not None
    return found


def found_at(state: Value, parts: tuple[Value, ...]) -> Value:
    """What is at a path; MISSING when nothing is."""
    found = _descend(state, parts, [], make=False)
    return MISSING if found is None else _at(found[0], found[1][-1])


def assign(state: Value, parts: tuple[Value, ...], value: Value, changes: list[RawChange]) -> None:
    """Set the value at a path; nothing is noted when it is there already. `value` is the caller's to give away."""
    container, path = _made(state, parts, changes)
    old = _at(container, path[-1])
    if old is MISSING or not same(old, value):
        _put(container, path[-1], value if type(value) in SCALARS else arithmetic.own(value, len(path)))
        changes.append((path, old, value))


def increment(state: Value, parts: tuple[Value, ...], amount: Value, changes: list[RawChange]) -> None:
    """Add to the number at a path; one that is missing or null counts from 0."""
    container, path = _made(state, parts, changes)
    old = _at(container, path[-1])
    new = increased(old, amount)
    if old is MISSING or not same(old, new):
        _put(container, path[-1], new)
        changes.append((path, old, new))


def increased(old: Value, amount: Value) -> Value:
    """`old` plus `amount`, both numbers; raises StepError.

    Two integers need no bound: an event makes their sum longer by one bit at most.
    """
    if type(old) is int and type(amount) is int:
        return old + amount
    if isinstance(amount, bool) or not isinstance(amount, (int, float, Decimal)):
        raise StepError(f"{kind(amount)} can't be added")
    if old is MISSING or old is None:
        return amount
    if isinstance(old, bool) or not isinstance(old, (int, float, Decimal)):
        raise StepError(f"{kind(old)} can't be incremented")
    return arithmetic.add(old, amount)


def append(state: Value, parts: tuple[Value, ...], value: Value, changes: list[RawChange]) -> None:
    """Add an element to the list at a path, which is made when missing or null."""
    container, path = _made(state, parts, changes)
    items = _at(container, path[-1])
    if items is MISSING or items is None:
        changes.append((path, items, []))
        items = []
        _put(container, path[-1], items)
    if type(items) is not list:
        raise StepError(f"{'.'.join(map(str, path))} is {kind(items)}, not a list")
    items.append(value if type(value) in SCALARS else arithmetic.own(value, len(path) + 1))
    changes.append(((*path, len(items) - 1), MISSING, value))


def merge(state: Value, parts: tuple[Value, ...], value: Value, changes: list[RawChange]) -> None:
    """Overwrite keys of the object at a path (the root when `parts` is empty) with those of `value`."""
    if type(value) is not dict:
        raise StepError(f"{kind(value)} has no keys to merge")
    target: Value = state
    path: tuple[str | int, ...] = ()
    if parts:
        container, path = _made(state, parts, changes)
        target = _at(container, path[-1])
        if target is MISSING or target is None:
            changes.append((path, target, {}))
            target = {}
            _put(container, path[-1], target)
        if type(target) is not dict:
            raise StepError(f"{'.'.join(map(str, path))} is {kind(target)}, not an object")
    for key, new in value.items():
        old = target.get(key, MISSING)
        if old is MISSING or not same(old, new):
            target[key] = new if type(new) in SCALARS else arithmetic.own(new, len(path) + 1)
            changes.append(((*path, key), old, new))


def remove(state: Value, parts: tuple[Value, ...], changes: list[RawChange]) -> None:
    """Take away what is at a path; nothing happens when it is not there."""
    found = _descend(state, parts, changes, make=False)
    if found is None:
        return
    container, path = found
    old = _at(container, path[-1])
    if old is not MISSING:
        del container[path[-1]]
        changes.append((path, old, MISSING))


def remove_value(state: Value, parts: tuple[Value, ...], value: Value, changes: list[RawChange]) -> None:
    """Take the first element equal to `value` out of the list at a path; nothing happens when there is none."""
    found = _descend(state, parts, changes, make=False)
    if found is None:
        return
    container, path = found
    items = _at(container, path[-1])
    if items is MISSING or items is None:
        return
    if type(items) is not list:
        raise StepError(f"{'.'.join(map(str, path))} is {kind(items)}, not a list")
    for index, item in enumerate(items):
        if arithmetic.equal(item, value):
            changes.append(((*path, index), items.pop(index), MISSING))
            return


OPERATIONS: dict[str, Callable[..., None]] = {
    "assign": assign,
    "increment": increment,
    "append": append,
    "merge": merge,
    "remove": remove,
    "remove_value": remove_value,
}
