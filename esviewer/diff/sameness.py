"""Whether many values are the same, at the speed of C where that is safe."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal

import orjson

from esviewer.model.exactjson import canonical
from esviewer.model.values import Number, Value, same

_AT_ONCE = 256
"""How many values are written as one text: so many that calls count little, so few that the texts stay in the cache."""


def _kept_apart(value: object) -> list[str]:
    """What orjson writes for a type it doesn't know."""
    if isinstance(value, Number):
        return ["Number", value.text]
    if isinstance(value, (Decimal, bytes)):
        return [type(value).__name__, repr(value)]
    raise TypeError(type(value).__name__)


def all_same(first: Sequence[Value], second: Sequence[Value]) -> bool:
    """Whether values that are equal to Python (`==`) pair by pair are the same in type too."""
    return all(
        _alike(first[start : start + _AT_ONCE], second[start : start + _AT_ONCE])
        for start in range(0, len(first), _AT_ONCE)
    )


def _alike(first: Sequence[Value], second: Sequence[Value]) -> bool:
    # To Python 1, 1.0 and True are equal; their JSON texts differ. Where the texts differ for another reason, or orjson
    # refuses a value, the values are walked through.
    try:
        if orjson.dumps(first, _kept_apart) == orjson.dumps(second, _kept_apart):
            return True
        sort = orjson.OPT_SORT_KEYS
        if orjson.dumps(first, _kept_apart, sort) == orjson.dumps(second, _kept_apart, sort):
            return True
    except TypeError:  # orjson's own errors are TypeErrors too
        pass
    return all(map(same, first, second))


def same_ends(first: Sequence[Value], second: Sequence[Value]) -> tuple[int, int]:
    """How many elements are the same at the start, and how many of the others at the end."""
    shortest = min(len(first), len(second))
    start = 0
    while start < shortest and first[start] == second[start]:
        start += 1
    if not all_same(first[:start], second[:start]):
        start = next(index for index in range(start) if not same(first[index], second[index]))
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    if end and not all_same(first[-end:], second[-end:]):
        end = next(index for index in range(end) if not same(first[-1 - index], second[-1 - index]))
    return start, end


def token(value: Value) -> Hashable:
    """Something hashable, equal for the same values and different for nearly all others.

    Types that print alike inside of a list or an object, such as a UUID and its text, have one token.
    """
    kind = type(value)
    if kind is str or kind is int:
        return value  # type: ignore[no-any-return]
    if kind is dict or kind is list:
        try:
            # Slicing copies: what orjson returns holds on to at least 1 KB. The last bracket tells nothing.
            return orjson.dumps(value, _kept_apart, orjson.OPT_SORT_KEYS)[:-1]
        except TypeError:
            return canonical(value)
    return kind, value.text if kind is Number else str(value)
