"""What expressions compute with: exact numbers, bounded results, null for what is missing.

Integers and floats behave as in Python. A Decimal or Number mixes with both exactly: a float counts as the decimal it
prints as. The result is a Number unless a plain Decimal took part. Null takes part in no arithmetic and no ordering.
"""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

from esviewer.model.exactjson import dumps
from esviewer.model.values import MAX_DEPTH, SCALARS, Number, Value, copied, depth_within
from esviewer.replay.reducer import Meter, StepError

MAX_BITS = 4096
MAX_TEXT = 1_000_000
MAX_NODES = 1_000_000
_PRINTED_WEIGHT = 100_000

_TRAPS = [decimal.InvalidOperation, decimal.Overflow, decimal.DivisionByZero]
_EXACT = decimal.Context(prec=2000, Emin=-9999, Emax=9999, traps=[*_TRAPS, decimal.Inexact])
_ROUNDING = decimal.Context(prec=34, Emin=-9999, Emax=9999, traps=_TRAPS)

_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


def kind(value: Value) -> str:
    """What a value is, in words."""
    return _KINDS.get(type(value), "a number" if isinstance(value, (int, float, Decimal)) else type(value).__name__)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _numbers(left: Value, right: Value, sign: str) -> None:
    if not (_is_number(left) and _is_number(right)):
        raise StepError(f"{kind(left)} {sign} {kind(right)} can't be computed")


def _as_decimal(value: Value) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _plain(*values: Value) -> bool:
    return any(isinstance(value, Decimal) and type(value) is not Number for value in values)


def _decimal(
    left: Value, right: Value, sign: str, compute: Callable[[decimal.Context, Decimal, Decimal], Decimal], exact: bool
) -> Value:
    try:
        result = compute(_EXACT if exact else _ROUNDING, _as_decimal(left), _as_decimal(right))
    except (decimal.DecimalException, ZeroDivisionError, ValueError):
        raise StepError(f"{_short(left)} {sign} {_short(right)} has no exact result") from None
    if not result.is_finite():
        raise StepError(f"{_short(left)} {sign} {_short(right)} is no number")
    return result if _plain(left, right) else Number(result)


def _short(value: Value) -> str:
    text = str(value) if not isinstance(value, int) or value.bit_length() < 200 else "a huge number"
    return text if len(text) <= 40 else text[:37] + "…"


def bounded_int(value: Value) -> Value:
    """The value, unless it is an integer of more than `MAX_BITS`; raises StepError."""
    if type(value) is int and value.bit_length() > MAX_BITS:
        raise StepError(f"an integer of more than {MAX_BITS} bits came out")
    return value


def _compute(left: Value, right: Value, sign: str, function: Callable[[Value, Value], Value]) -> Value:
    try:
        return bounded_int(function(left, right))
    except ZeroDivisionError:
        raise StepError(f"{_short(left)} {sign} 0 can't be computed") from None
    except OverflowError:
        raise StepError(f"{_short(left)} {sign} {_short(right)} is too large") from None


def add(left: Value, right: Value) -> Value:
    """Numbers added, texts and lists joined."""
    if type(left) is int and type(right) is int:
        return bounded_int(left + right)
    if type(left) is str and type(right) is str:
        if len(left) + len(right) > MAX_TEXT:
            raise StepError(f"text longer than {MAX_TEXT:,} characters came out")
        return left + right
    if type(left) is list and type(right) is list:
        if len(left) + len(right) > MAX_NODES:
            raise StepError(f"a list longer than {MAX_NODES:,} came out")
        return left + right
    _numbers(left, right, "+")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left, right, "+", decimal.Context.add, exact=True)
    return _compute(left, right, "+", operator.add)


def subtract(left: Value, right: Value) -> Value:
    """Numbers subtracted."""
    _numbers(left, right, "-")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left, right, "-", decimal.Context.subtract, exact=True)
    return _compute(left, right, "-", operator.sub)


def multiply(left: Value, right: Value) -> Value:
    """Numbers multiplied; texts and lists are not repeated."""
    _numbers(left, right, "*")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left, right, "*", decimal.Context.multiply, exact=True)
    return _compute(left, right, "*", operator.mul)


def divide(left: Value, right: Value) -> Value:
    """Numbers divided; decimals are rounded to 34 digits."""
    _numbers(left, right, "/")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left, right, "/", decimal.Context.divide, exact=False)
    return _compute(left, right, "/", operator.truediv)


def floor_divide(left: Value, right: Value) -> Value:
    """Numbers divided and rounded down, decimals too."""
    _numbers(left, right, "//")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left, right, "//", _decimal_floor, exact=True)
    return _compute(left, right, "//", operator.floordiv)


def modulo(left: Value, right: Value) -> Value:
    """What floor division leaves; text is not formatted."""
    _numbers(left, right, "%")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(
            left, right, "%", lambda c, a, b: c.subtract(a, c.multiply(_decimal_floor(c, a, b), b)), exact=True
        )
    return _compute(left, right, "%", operator.mod)


def _decimal_floor(context: decimal.Context, left: Decimal, right: Decimal) -> Decimal:
    whole = context.divide_int(left, right)
    if context.multiply(whole, right) != left and (left < 0) != (right < 0):
        whole = context.subtract(whole, Decimal(1))
    return whole


def power(left: Value, right: Value) -> Value:
    """A number to a whole power from 0 to `MAX_BITS`."""
    _numbers(left, right, "**")
    if type(right) is not int or not 0 <= right <= MAX_BITS:
        raise StepError(f"a power needs a whole exponent from 0 to {MAX_BITS}")
    # Known before it is computed: the result has at least this many bits.
    if type(left) is int and (left.bit_length() - 1) * right > MAX_BITS:
        raise StepError(f"an integer of more than {MAX_BITS} bits came out")
    if isinstance(left, Decimal):
        return _decimal(left, right, "**", decimal.Context.power, exact=True)
    return _compute(left, right, "**", operator.pow)


def negative(value: Value) -> Value:
    """A number with its sign changed."""
    if type(value) is int or type(value) is float:
        return -value
    _numbers(0, value, "-")
    return Number(value.copy_negate()) if type(value) is Number else value.copy_negate()


def positive(value: Value) -> Value:
    """A number as it is."""
    _numbers(0, value, "+")
    return value


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal, numbers by their value; true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if type(left) is list and type(right) is list:
        return len(left) == len(right) and all(map(equal, left, right))
    if type(left) is dict and type(right) is dict:
        return left.keys() == right.keys() and all(equal(value, right[key]) for key, value in left.items())
    try:
        if {type(left), type(right)} in ({float, Decimal}, {float, Number}):
            return _as_decimal(left) == _as_decimal(right)
        return bool(left == right)
    except decimal.InvalidOperation:  # a signalling NaN equals nothing
        return False


def not_equal(left: Value, right: Value) -> bool:
    """Whether two values differ."""
    return not equal(left, right)


def _ordered(left: Value, right: Value, sign: str, compare: Callable[[Value, Value], bool]) -> bool:
    if type(left) is type(right) and type(left) in (int, float, str):
        return compare(left, right)
    if _is_number(left) and _is_number(right):
        if not (isinstance(left, Decimal) or isinstance(right, Decimal)):
            return compare(left, right)
        left, right = _as_decimal(left), _as_decimal(right)
        # As among floats: nothing is less or greater than what is not a number.
        return not (left.is_nan() or right.is_nan()) and compare(left, right)
    if type(left) is type(right) and isinstance(left, (date, time)):
        try:
            return compare(left, right)
        except TypeError:  # one with a zone, one without
            pass
    raise StepError(f"{kind(left)} {sign} {kind(right)} can't be compared")


def less(left: Value, right: Value) -> bool:
    """left < right."""
    return _ordered(left, right, "<", operator.lt)


def less_equal(left: Value, right: Value) -> bool:
    """left <= right."""
    return _ordered(left, right, "<=", operator.le)


def greater(left: Value, right: Value) -> bool:
    """left > right."""
    return _ordered(left, right, ">", operator.gt)


def greater_equal(left: Value, right: Value) -> bool:
    """left >= right."""
    return _ordered(left, right, ">=", operator.ge)


def contains(item: Value, container: Value) -> bool:
    """Whether a list has an element, an object a key or a text a part; null has nothing."""
    if type(container) is list:
        return any(equal(item, element) for element in container)
    if type(container) is dict:
        return type(item) is str and item in container
    if type(container) is str and type(item) is str:
        return item in container
    if container is None:
        return False
    raise StepError(f"{kind(container)} holds nothing to look for")


def lacks(item: Value, container: Value) -> bool:
    """The opposite of `contains`."""
    return not contains(item, container)


def look_up(value: Value, key: Value) -> Value:
    """A key of an object, an index of a list (from the end when negative) or text; null when it is not there."""
    if type(value) is dict:
        if type(key) is not str:
            if key is None:
                return None
            key = key_text(key)
        return value.get(key)
    if type(value) in (list, str) and type(key) is int:
        return value[key] if -len(value) <= key < len(value) else None
    return None


def key_text(key: Value) -> str:
    """A value as the key of an object; raises StepError for those that can't be one."""
    if type(key) is str:
        return key
    if key is None or isinstance(key, (dict, list)):
        raise StepError(f"{kind(key)} can't be a key")
    return text_of(key)


def text_of(value: Value) -> str:
    """A value as text: text as it is, anything else as it prints in JSON."""
    if type(value) is str:
        return value
    if isinstance(value, (dict, list)) and weight(value, _PRINTED_WEIGHT) > _PRINTED_WEIGHT:
        raise StepError("the value is too large to become text")
    printed = dumps(value)
    if len(printed) > MAX_TEXT:
        raise StepError(f"text longer than {MAX_TEXT:,} characters came out")
    return printed[1:-1] if printed.startswith('"') else printed


def weight(value: Value, limit: int = MAX_NODES) -> int:
    """Roughly how much memory a value takes, in units of one small value; stops counting beyond `limit`."""
    total = 0
    todo = [value]
    while todo and total <= limit:
        item = todo.pop()
        total += 1
        if type(item) is dict:
            total += len(item)
            todo.extend(item.values())
        elif type(item) is list:
            todo.extend(item)
        elif type(item) is str:
            total += len(item) >> 4
        elif type(item) is int:
            total += item.bit_length() >> 7
    return total


def own(value: Value, depth: int) -> Value:
    """A value for a place `depth` levels down the state: containers are copied, and may not nest too deep there."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, (dict, list)):
        if not depth_within(value, MAX_DEPTH - depth):
            raise StepError(f"the state would nest deeper than {MAX_DEPTH} levels")
        return copied(value)
    return value


def own_built(value: Value, depth: int, meter: Meter) -> Value:
    """`own` for a value that an expression has built; raises StepError when it is too large, or all of them are.

    Unlike what an event brings such a value may double at every event, so its size is bounded, and counted.
    """
    if type(value) in (int, float, bool, type(None)):
        return value
    heavy = weight(value, MAX_NODES)
    meter.charge(heavy)
    if heavy > MAX_NODES:
        raise StepError(f"a value of more than {MAX_NODES:,} parts came out")
    return own(value, depth)
