"""MessagePack into values, after github.com/msgpack/msgpack/blob/master/spec.md.

Read here and not by a library, since a library makes lists as long as a payload claims before they can be counted.
"""

from __future__ import annotations

import struct
from typing import Final

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    ByteReader,
    DecodeError,
    check_depth,
    instant,
    mapping,
    shown,
    text_or_bytes,
)

_NUMBERS: Final = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_CONSTANTS: Final = {0xC0: None, 0xC2: False, 0xC3: True}
_LENGTHS: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_COUNTS: Final = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
_TIMESTAMP: Final = -1


def parse_msgpack(data: bytes) -> Value:
    """One MessagePack value; raises DecodeError.

    Timestamps (extension -1) become datetimes in UTC, other extensions {"@ext": code, "data": bytes}; text that is not
    UTF-8 stays bytes.
    """
    reader = _Reader(data)
    value = reader.value(1)
    if reader.at != len(data):
        raise DecodeError(f"not MessagePack: data after its end, at byte {reader.at} of {len(data)}")
    return value


class _Reader(ByteReader):
    __slots__ = ()

    def cut_off(self) -> DecodeError:
        return DecodeError("MessagePack is cut off")

    def number(self, size: int) -> int:
        return int.from_bytes(self.taken(size), "big")

    def value(self, depth: int) -> Value:
        self.budget.take()
        kind = self.taken(1)[0]
        if kind < 0x80:
            return kind
        if kind >= 0xE0:
            return kind - 0x100
        if kind < 0x90:
            return self.map(kind & 0x0F, depth)
        if kind < 0xA0:
            return self.list(kind & 0x0F, depth)
        if kind < 0xC0:
            return text_or_bytes(self.taken(kind & 0x1F))
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind in _NUMBERS:
            form = _NUMBERS[kind]
            return struct.unpack(form, self.taken(struct.calcsize(form)))[0]
        if kind in _COUNTS:
            count = self.number(_COUNTS[kind])
            return self.map(count, depth) if kind >= 0xDE else self.list(count, depth)
        if kind in _LENGTHS:
            size = self.number(_LENGTHS[kind])
            if kind >= 0xD9:
                return text_or_bytes(self.taken(size))
            return self.taken(size) if kind <= 0xC6 else self.extension(size, depth)
        if kind == 0xC1:
            raise DecodeError(f"not MessagePack: byte 0xc1 at {self.at - 1} (it begins with {shown(self.data)})")
        return self.extension(1 << kind - 0xD4, depth)

    def list(self, count: int, depth: int) -> Value:
        check_depth(depth)
        return [self.value(depth + 1) for _ in range(count)]

    def map(self, count: int, depth: int) -> Value:
        check_depth(depth)
        pairs = [(self.value(depth + 1), self.value(depth + 1)) for _ in range(count)]
        return mapping(pairs, self.budget)

    def extension(self, size: int, depth: int) -> Value:
        check_depth(depth)
        code = self.number(1)
        data = self.taken(size)
        if code - 0x100 == _TIMESTAMP:
            if size == 4:
                return instant(int.from_bytes(data, "big"))
            if size == 8:
                both = int.from_bytes(data, "big")
                seconds, nanoseconds = both & (1 << 34) - 1, both >> 34
            elif size == 12:
                nanoseconds, seconds = struct.unpack(">Iq", data)
            if size in (8, 12) and nanoseconds < 1_000_000_000:
                return instant(seconds, nanoseconds)
        return {"@ext": code - 0x100 if code > 0x7F else code, "data": data}
