"""The values that payloads and states are made of, and when two of them are the same.

A value is None, bool, int (any size), float, Decimal, Number, str, datetime, date, UUID, bytes, or a list or a
str-keyed dict of values. Types that JSON lacks keep their type here and print as strings (see `exactjson`).
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias

Value: TypeAlias = Any
"""A value as described above; checked at the borders (codecs, expressions), not by the type system."""

MAX_DEPTH: Final = 200
"""How deep a payload or a state may nest; deeper ones count as undecodable, so that no walk can exhaust the stack."""

SCALARS: Final = frozenset({type(None), bool, int, float, str, Decimal})
"""The commonest types that need no copying."""


class Number(Decimal):
    """A JSON number that a float can't hold as written, such as 1.10 or 1e400: `text` is how it prints."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, value: str | int | Decimal) -> Number:
        number = super().__new__(cls, value)
        number.text = value if isinstance(value, str) else str(number)
        return number

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)


class _Missing:
    """Nothing at all, where None is a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> _Missing:
        return self

    def __deepcopy__(self, memo: object) -> _Missing:
        return self

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The old value of an added path and the new value of a removed one."""


def copied(value: Value) -> Value:
    """A copy that shares no list or dict with `value`; scalars are returned as they are."""
    kind = type(value)
    if kind is dict:
        return {key: inner if type(inner) in SCALARS else copied(inner) for key, inner in value.items()}
    if kind is list:
        return [inner if type(inner) in SCALARS else copied(inner) for inner in value]
    return value


def same(left: Value, right: Value) -> bool:
    """Whether two values are the same in type and content: 1, 1.0, True and 1.00 all differ; NaN is itself.

    Two times are the same only in the same zone, and two Numbers only when they print alike.
    """
    if left is right:
        return True
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is dict:
        if len(left) != len(right):
            return False
        for key, value in left.items():
            other = right.get(key, MISSING)
            if other is MISSING or not same(value, other):
                return False
        return True
    if kind is list:
        return len(left) == len(right) and all(map(same, left, right))
    if kind is Number:
        return bool(left.text == right.text)
    if isinstance(left, Decimal):
        return str(left) == str(right)
    if kind is float:
        return bool(left == right and str(left) == str(right)) or (left != left and right != right)
    if isinstance(left, (datetime, time)):
        return bool(left.isoformat() == right.isoformat())
    return bool(left == right)


def depth_within(value: Value, limit: int = MAX_DEPTH) -> bool:
    """Whether `value` nests at most `limit` levels of lists and dicts; a flat one is one level, a scalar none."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(limit):
        if not level:
            return True
        inner: list[Value] = []
        for item in level:
            children = item.values() if type(item) is dict else item
            inner.extend(child for child in children if type(child) in (dict, list))
        level = inner
    return not level
