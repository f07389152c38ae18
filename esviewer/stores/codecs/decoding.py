"""What every codec shares: its one error, its bounds, and the forms that other formats' values take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from esviewer.model.exactjson import dumps, scalar_text
from esviewer.model.values import MAX_DEPTH, Number, Value, copied, depth_within

EXPANSION_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that each step of a chain may expand a payload to; a chain of bombs is stopped at its first step."""

NODE_LIMIT: Final = 5_000_000
"""Values, counting each key, that one payload may hold."""

ByteStep: TypeAlias = Callable[[bytes], bytes]
Parser: TypeAlias = Callable[[bytes], Value]
ValueStep: TypeAlias = Callable[[Value], Value]

_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][-+]?\d++)?", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class DecodeError(ValueError):
    """A payload is not what the codec reads; the message says why."""


class UnfinishedError(DecodeError):
    """Compressed data is what it looks like as far as it goes, but it ends too early or expands too far."""


class Budget:
    """Counts the values of one payload; raises DecodeError when they are too many or nest too deep."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = NODE_LIMIT

    def take(self, count: int = 1) -> None:
        """Count that many values."""
        self.check(count)
        self.left -= count

    def check(self, count: int) -> None:
        """Raise DecodeError when so many more values are too many."""
        if count > self.left:
            raise DecodeError(f"the payload holds more than {NODE_LIMIT} values")


class ByteReader:
    """Bytes read from front to back, within one budget; `at` is where the next one is read."""

    __slots__ = ("at", "budget", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.budget = Budget()

    def cut_off(self) -> DecodeError:
        """What is raised when there are fewer bytes than there should be."""
        raise NotImplementedError

    def taken(self, size: int) -> bytes:
        """The next `size` bytes; raises DecodeError where there are fewer."""
        end = self.at + size
        if size < 0 or end > len(self.data):
            raise self.cut_off()
        part = self.data[self.at : end]
        self.at = end
        return part


def check_depth(depth: int) -> None:
    """Raise DecodeError when a list or map at this level (the outermost is 1) is nested too deep."""
    if depth > MAX_DEPTH:
        raise DecodeError(f"the payload nests deeper than {MAX_DEPTH} levels")


def copied_into(value: Value, depth: int) -> Value:
    """A copy of a value at this level of nesting; raises DecodeError when it would nest too deep there."""
    if not depth_within(value, MAX_DEPTH - depth + 1):
        check_depth(MAX_DEPTH + 1)
    return copied(value)


def as_bytes(raw: Any) -> bytes:
    """A payload as the database gave it, as bytes (text as UTF-8)."""
    if type(raw) is bytes:
        return raw
    if isinstance(raw, str):
        return raw.encode("utf-8", "surrogatepass")
    if isinstance(raw, (bytearray, memoryview)):
        return bytes(raw)
    return str(raw).encode()


def text_or_bytes(raw: bytes) -> Value:
    """UTF-8 text as a string; what is none stays bytes."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def key_text(key: Value, budget: Budget) -> str:
    """A map's key as a string: what is none becomes its JSON text, without the quotes."""
    if type(key) is str:
        return key
    if not isinstance(key, (dict, list)):
        return scalar_text(key).strip('"')
    text = dumps(key)
    # A map as the key of a map as the key of a map ...: each level doubles the backslashes.
    budget.take(len(text))
    return text


def mapping(pairs: list[tuple[Value, Value]], budget: Budget) -> dict[str, Value]:
    """A map of a format whose keys may be anything; of two equal keys the last counts, as in JSON.

    Raises DecodeError when two different keys, such as 1 and "1", would become one.
    """
    result = {key_text(key, budget): value for key, value in pairs}
    if len(result) < len(pairs) and len({(type(key), key_text(key, budget)) for key, _ in pairs}) > len(result):
        raise DecodeError("a map has two keys of different types that print alike")
    return result


def real(text: str) -> Value:
    """The number that a decimal text stands for, as a float where that prints the same, else exactly.

    Raises DecodeError when it is no number.
    """
    try:
        if "_" in text:
            raise ValueError
        number = float(text)
        return number if repr(number) == text or "n" in text.lower() else _number(text)
    except (ValueError, InvalidOperation):
        raise DecodeError(f"not a number: {text[:40]!r}") from None


def whole(text: str) -> Value:
    """The integer that a decimal text stands for, of any length; raises DecodeError when it is none."""
    try:
        if "_" in text:
            raise ValueError
        # int() refuses more than 4300 digits, a guard against quadratic time; a Number keeps them all.
        return int(text) if len(text) < 4300 else _number(text)
    except (ValueError, InvalidOperation):
        raise DecodeError(f"not an integer: {text[:40]!r}") from None


def _number(text: str) -> Number:
    """A number as it is written where that is JSON; +1.5 and .5 aren't."""
    return Number(text if _JSON_NUMBER.fullmatch(text) else str(Decimal(text)))


def scaled(unscaled: int, exponent: int) -> Value:
    """`unscaled` times ten to the `exponent`, as an exact Decimal."""
    sign, digits, _ = Decimal(unscaled).as_tuple()
    return Decimal((sign, digits, exponent))


def instant(seconds: int, nanoseconds: int = 0) -> Value:
    """A time since 1970 in UTC: a datetime, as text where it has nanoseconds, as it is beyond the years 1 to 9999."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return {"seconds": seconds, "nanoseconds": nanoseconds}
    if nanoseconds % 1000:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}+00:00"
    return moment + timedelta(microseconds=nanoseconds // 1000)


def shown(data: bytes) -> str:
    """The first bytes of a payload as hexadecimal digits, for messages."""
    return data[:8].hex(" ") + (" ..." if len(data) > 8 else "")
