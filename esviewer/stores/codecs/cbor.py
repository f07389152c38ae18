"""CBOR into values, after RFC 8949.

Read here and not by a library, since libraries turn tags into objects without bounds (huge powers, cycles, patterns).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    ByteReader,
    DecodeError,
    check_depth,
    instant,
    mapping,
    scaled,
    text_or_bytes,
)

_SELF_DESCRIBED: Final = 55799
_CONSTANTS: Final = {20: False, 21: True, 22: None, 23: None}
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_LONGEST_INTEGER: Final = 1 << 16
"""Bytes of an integer; longer ones stay bytes under their tag."""
_LARGEST_POWER: Final = 10_000
_BREAK: Final = object()


def parse_cbor(data: bytes) -> Value:
    """One CBOR value; raises DecodeError.

    Bignums, decimal fractions, big floats, times, dates and UUIDs become what they stand for; any other tag becomes
    {"@tag": number, "value": value}, an unknown simple value {"@simple": number}.
    """
    reader = _Reader(data)
    value = reader.value(1)
    if value is _BREAK:
        raise DecodeError("not CBOR: it begins with a break")
    if reader.at != len(data):
        raise DecodeError(f"not CBOR: data after its end, at byte {reader.at} of {len(data)}")
    return value


class _Reader(ByteReader):
    __slots__ = ()

    def cut_off(self) -> DecodeError:
        return DecodeError("CBOR is cut off")

    def value(self, depth: int) -> Any:
        self.budget.take()
        first = self.taken(1)[0]
        major, small = first >> 5, first & 0x1F
        if major == 7:
            return self.simple(small, depth)
        if small == 31:
            return self.indefinite(major, depth)
        if small > 27:
            raise DecodeError(f"not CBOR: byte 0x{first:02x} at {self.at - 1}")
        number = small if small < 24 else int.from_bytes(self.taken(1 << small - 24), "big")
        if major < 2:
            return -1 - number if major else number
        if major < 4:
            return text_or_bytes(self.taken(number)) if major == 3 else self.taken(number)
        check_depth(depth)
        if major == 4:
            return [self.inner(depth) for _ in range(number)]
        if major == 5:
            return mapping([(self.inner(depth), self.inner(depth)) for _ in range(number)], self.budget)
        return _tagged(number, self.inner(depth))

    def inner(self, depth: int) -> Value:
        value = self.value(depth + 1)
        if value is _BREAK:
            raise DecodeError(f"not CBOR: a break at {self.at - 1}")
        return value

    def until_break(self, depth: int) -> Iterator[Value]:
        while (value := self.value(depth + 1)) is not _BREAK:
            yield value

    def indefinite(self, major: int, depth: int) -> Value:
        check_depth(depth)
        if major in (2, 3):
            parts = [part.encode() if isinstance(part, str) else part for part in self.until_break(depth)]
            if not all(isinstance(part, bytes) for part in parts):
                raise DecodeError("not CBOR: a string has parts that are none")
            joined = b"".join(parts)
            return text_or_bytes(joined) if major == 3 else joined
        if major == 4:
            return list(self.until_break(depth))
        if major == 5:
            return mapping([(key, self.inner(depth)) for key in self.until_break(depth)], self.budget)
        raise DecodeError(f"not CBOR: no length at byte {self.at - 1}")

    def simple(self, small: int, depth: int) -> Any:
        if small in _CONSTANTS:
            return _CONSTANTS[small]
        if small in _FLOATS:
            form = _FLOATS[small]
            return struct.unpack(form, self.taken(struct.calcsize(form)))[0]
        if small == 31:
            return _BREAK
        if small in (28, 29, 30):
            raise DecodeError(f"not CBOR: byte 0x{0xE0 + small:02x} at {self.at - 1}")
        check_depth(depth)
        return {"@simple": self.taken(1)[0] if small == 24 else small}


def _tagged(tag: int, value: Value) -> Value:
    if tag == _SELF_DESCRIBED:
        return value
    meaning = _TAGS.get(tag)
    if meaning is not None:
        try:
            return meaning(value)
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            pass  # the tag does not fit what it is put on: both stay visible
    return {"@tag": tag, "value": value}


def _integer(value: Value) -> int:
    if not isinstance(value, bytes) or len(value) > _LONGEST_INTEGER:
        raise ValueError
    return int.from_bytes(value, "big")


def _parts(value: Value) -> tuple[int, int]:
    exponent, mantissa = value
    if type(exponent) is not int or type(mantissa) is not int or abs(exponent) > _LARGEST_POWER:
        raise ValueError
    return exponent, mantissa


def _decimal(value: Value) -> Value:
    exponent, mantissa = _parts(value)
    return scaled(mantissa, exponent)


def _big_float(value: Value) -> Value:
    exponent, mantissa = _parts(value)
    # m / 2**k is m * 5**k / 10**k, so that no digit is lost.
    return Decimal(mantissa << exponent) if exponent >= 0 else scaled(mantissa * 5**-exponent, exponent)


def _epoch(value: Value) -> Value:
    if type(value) is int:
        return instant(value)
    seconds, fraction = divmod(value, 1)
    return instant(int(seconds), round(fraction * 1_000_000) * 1000)


def _uuid(value: Value) -> Value:
    if not isinstance(value, bytes):
        raise TypeError
    return UUID(bytes=value)


def _list(value: Value) -> Value:
    if not isinstance(value, list):
        raise TypeError
    return value


_TAGS: Final[Mapping[int, Callable[[Value], Value]]] = {
    0: datetime.fromisoformat,
    1: _epoch,
    2: _integer,
    3: lambda value: -1 - _integer(value),
    4: _decimal,
    5: _big_float,
    37: _uuid,
    100: lambda value: date(1970, 1, 1) + timedelta(days=value),
    258: _list,
    1004: date.fromisoformat,
}
