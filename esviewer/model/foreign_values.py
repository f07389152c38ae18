"""Values that come from others' code, looked at before they count as values."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from esviewer.model.values import MAX_DEPTH, Number, Value

MOST: Final = 5_000_000
"""Values, counting each key, that one may hold."""
_SCALARS: Final = frozenset(
    {type(None), bool, int, float, str, bytes, Decimal, Number, datetime, date, time, UUID}
)


def checked(value: object) -> Value:
    """A copy of a value that shares nothing with it; raises ValueError saying what in it is no value."""
    left = [MOST]
    return _copied(value, 0, left)


def _copied(value: object, depth: int, left: list[int]) -> Value:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"it holds more than {MOST:,} values")
    kind = type(value)
    if kind in _SCALARS:
        if kind in (Decimal, Number) and value.is_snan():  # type: ignore[attr-defined]
            raise ValueError("it holds a signaling NaN")
        return value
    if depth == MAX_DEPTH:
        raise ValueError(f"it nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        for key in value:
            if type(key) is not str:
                raise ValueError(f"it holds a key of the type {type(key).__name__}, and keys are texts")
        return {key: _copied(inner, depth + 1, left) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(inner, depth + 1, left) for inner in value]
    raise ValueError(f"it holds something of the type {kind.__name__}")
