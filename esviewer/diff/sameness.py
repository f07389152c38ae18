"""Whether many values are the same, at the speed of C where that is safe."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from esviewer.model.values import Value, same


def all_same(first: Sequence[Value], second: Sequence[Value]) -> bool:
    """Whether values that are equal to Python (`==`) pair by pair are the same in type too.

    To Python 1, 1.0 and True are equal; their JSON texts differ. What JSON has no form for makes orjson refuse, and
    then, as when keys stand in another order, the values are walked through.
    """
    try:
        if orjson.dumps(first) == orjson.dumps(second):
            return True
    except (TypeError, orjson.JSONEncodeError):
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
