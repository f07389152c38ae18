"""Whether a replayed state and a stored one agree."""

from __future__ import annotations

from decimal import Decimal

from esviewer.model.values import MISSING, Value, same


def alike(left: Value, right: Value) -> bool:
    """Whether two states agree when numbers count by their value: 1, 1.0 and 1.00 are one number."""
    if same(left, right):
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    first, second = _number(left), _number(right)
    return first is not MISSING and second is not MISSING and first == second


def _number(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return MISSING
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
