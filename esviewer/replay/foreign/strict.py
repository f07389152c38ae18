"""JSON that programs read differently: NaN and the infinities, and keys that an object has twice.

Stores are read as they are; what a reducer's program says must mean one thing only.
"""

from __future__ import annotations

import json
from typing import NoReturn

from esviewer.model.values import Value

_CONTAINERS = frozenset({dict, list})


class _AmbiguousError(ValueError):
    """The text goes on behind `wrote a line`."""


def ambiguity(line: bytes, value: Value) -> str | None:
    """What is ambiguous in a line of JSON that was read as `value`: `with NaN, which is no JSON`; None: nothing."""
    if b"NaN" not in line and b"Infinity" not in line and line.count(b'":') == _keys(value):
        return None
    # Perhaps only a text that looks like it: read once more, slowly.
    text = line.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        json.loads(text, object_pairs_hook=_unique, parse_constant=_refused, parse_int=str, parse_float=str)
    except _AmbiguousError as error:
        return str(error)
    return None


def _keys(value: Value) -> int:
    """How many keys all objects in a value have."""
    count = 0
    todo = [value]
    while todo:
        inner = todo.pop()
        if inner.__class__ is dict:
            count += len(inner)
            inner = inner.values()
        elif inner.__class__ is not list:
            continue
        todo += [item for item in inner if item.__class__ in _CONTAINERS]
    return count


def _unique(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _AmbiguousError(f"with an object that has the key {key[:80]!r} twice")
            seen.add(key)
    return found


def _refused(name: str) -> NoReturn:
    raise _AmbiguousError(f"with {name}, which is no JSON")
