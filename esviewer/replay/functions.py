"""The functions that expressions may call."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial, reduce
from typing import Final

from esviewer.model.values import Number, Value
from esviewer.replay.arithmetic import MAX_TEXT, add, bounded_int, kind, less, text_of
from esviewer.replay.reducer import StepError

_DIGITS = 1200
_TIME: Final = re.compile(r"(?P<day>\d{4,6}-\d\d-\d\d)(?:[T ](?P<hour>\d\d)(?!\d).{0,40})?")


def _length(value: Value) -> int:
    if isinstance(value, (str, list, dict)):
        return len(value)
    if value is None:
        return 0
    raise StepError(f"{kind(value)} has no length")


def _items(values: tuple[Value, ...], name: str) -> list[Value]:
    if len(values) == 1:
        if not isinstance(values[0], (list, dict)):
            raise StepError(f"{name}() needs a list or several values, not {kind(values[0])}")
        return list(values[0].values()) if isinstance(values[0], dict) else values[0]
    return list(values)


def _minimum(*values: Value) -> Value:
    items = _items(values, "min")
    return reduce(lambda best, item: item if less(item, best) else best, items) if items else None


def _maximum(*values: Value) -> Value:
    items = _items(values, "max")
    return reduce(lambda best, item: item if less(best, item) else best, items) if items else None


def _total(value: Value) -> Value:
    items = _items((value,), "sum")
    if any(isinstance(item, (str, list)) for item in items):
        raise StepError("sum() adds numbers only")
    return reduce(add, items, 0)


def _number(value: Value, name: str) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise StepError(f"{name}() needs a number, not {kind(value)}")
    return value


def _absolute(value: Value) -> Value:
    _number(value, "abs")
    if isinstance(value, Decimal):
        result = value.copy_abs()
        return Number(result) if type(value) is Number else result
    return abs(value)


def _rounded(value: Value, digits: Value = None) -> Value:
    _number(value, "round")
    if digits is not None and (type(digits) is not int or not -50 <= digits <= 50):
        raise StepError("round() takes whole digits from -50 to 50")
    try:
        if isinstance(value, Decimal):
            with decimal.localcontext(decimal.Context(prec=2000)):
                result = round(Decimal(value), 0 if digits is None else digits)
            if digits is None:
                return bounded_int(int(result))
            return Number(result) if type(value) is Number else result
        return round(value, digits)
    except (ArithmeticError, ValueError) as error:
        raise StepError(f"round() can't round {value}: {error}") from None


def _integer(value: Value) -> Value:
    if isinstance(value, str) and len(value) > _DIGITS:
        raise StepError(f"int() takes at most {_DIGITS} digits")
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() > _DIGITS:
        raise StepError(f"int() takes at most {_DIGITS} digits")
    if value is None or isinstance(value, (dict, list)):
        raise StepError(f"int() can't read {kind(value)}")
    try:
        result = int(value)
    except (ValueError, TypeError, ArithmeticError):
        raise StepError(f"int() can't read {text_of(value)[:40]!r}") from None
    return bounded_int(result)


def _floating(value: Value) -> float:
    if value is None or isinstance(value, (dict, list)):
        raise StepError(f"float() can't read {kind(value)}")
    try:
        return float(value)
    except (ValueError, TypeError, ArithmeticError):
        raise StepError(f"float() can't read {text_of(value)[:40]!r}") from None


def _decimal(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise StepError(f"decimal() can't read {kind(value)}")
    text = repr(value) if isinstance(value, float) else value
    if isinstance(text, str) and len(text) > _DIGITS:
        raise StepError(f"decimal() takes at most {_DIGITS} digits")
    try:
        result = Decimal(text)
    except (decimal.DecimalException, ValueError):
        raise StepError(f"decimal() can't read {text_of(value)[:40]!r}") from None
    if not result.is_finite():
        raise StepError("decimal() takes finite numbers only")
    return result


def _lower(value: Value) -> str:
    return _cased(value, "lower")


def _upper(value: Value) -> str:
    return _cased(value, "upper")


def _cased(value: Value, name: str) -> str:
    if not isinstance(value, str):
        raise StepError(f"{name}() needs text, not {kind(value)}")
    # A character may become three.
    if len(value) > MAX_TEXT // 3:
        raise StepError(f"{name}() takes at most {MAX_TEXT // 3:,} characters")
    return value.lower() if name == "lower" else value.upper()


def _span(name: str, value: Value) -> Value:
    """The year, month, day or hour that a time is in, as the beginning of its text."""
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, date) else value
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None or (name == "hour" and found["hour"] is None):
        raise StepError(f"{name}() needs a time, not {text_of(value)[:40]!r}")
    day = found["day"]
    return {"year": day[:-6], "month": day[:-3], "day": day, "hour": f"{day}T{found['hour']}"}[name]


SPANS: Final = ("hour", "day", "month", "year")
"""The functions that say in which span of time a time is."""

FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "len": (_length, 1, 1),
    "min": (_minimum, 1, 50),
    "max": (_maximum, 1, 50),
    "sum": (_total, 1, 1),
    "abs": (_absolute, 1, 1),
    "round": (_rounded, 1, 2),
    "str": (text_of, 1, 1),
    "int": (_integer, 1, 1),
    "float": (_floating, 1, 1),
    "decimal": (_decimal, 1, 1),
    "lower": (_lower, 1, 1),
    "upper": (_upper, 1, 1),
    **{name: (partial(_span, name), 1, 1) for name in SPANS},
}
"""Each function with the least and the most arguments it takes."""
