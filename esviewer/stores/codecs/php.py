"""PHP's serialize() into values, data only, after php.net/manual/en/function.serialize.php and ext/standard/var.c."""

from __future__ import annotations

import re
from typing import Final

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    ByteReader,
    DecodeError,
    check_depth,
    copied_into,
    key_text,
    real,
    text_or_bytes,
    whole,
)

_SCALAR: Final = re.compile(rb"([ibdrR]):([^;]{1,5000});|N;")
_LENGTH: Final = re.compile(rb":\+?(\d{1,10}):")
_UNFINISHED: Final = object()


def parse_php(data: bytes) -> Value:
    """One value as PHP's serialize() writes it; raises DecodeError.

    An array with the keys 0, 1, 2 ... is a list, any other a map. An object is a map with its class as `__class__`;
    marks of private and protected are left off its names. A reference is a copy of what it refers to; one to a value
    around itself is {"__reference__": number}.
    """
    reader = _Reader(data)
    value = reader.value(1)
    if reader.at != len(data):
        raise DecodeError(f"not a serialized PHP value: data after its end, at byte {reader.at} of {len(data)}")
    return value


class _Reader(ByteReader):
    __slots__ = ("seen",)

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.seen: list[tuple[Value, int]] = []
        """Each value that a reference may name, with the number of values in it."""

    def cut_off(self) -> DecodeError:
        return DecodeError(f"not a serialized PHP value, or cut off, at byte {self.at}")

    def expect(self, text: bytes) -> None:
        if not self.data.startswith(text, self.at):
            raise self.cut_off()
        self.at += len(text)

    def length(self) -> int:
        found = _LENGTH.match(self.data, self.at)
        if found is None:
            raise self.cut_off()
        self.at = found.end()
        return int(found[1])

    def quoted(self, close: bytes = b'"') -> bytes:
        size = self.length()
        self.expect(b'"' if close == b'"' else b"{")
        text = self.taken(size)
        self.expect(close)
        return text

    def value(self, depth: int) -> Value:
        self.budget.take()
        found = _SCALAR.match(self.data, self.at)
        if found is not None and found[1] == b"R":
            self.at = found.end()
            return self.referred(found[2], depth)
        slot = len(self.seen)
        self.seen.append((_UNFINISHED, 0))
        before = self.budget.left
        if found is not None:
            self.at = found.end()
            value = self.referred(found[2], depth) if found[1] == b"r" else self.scalar(found[1], found[2])
        else:
            value = self.compound(depth)
        self.seen[slot] = (value, before - self.budget.left + 1)
        return value

    def scalar(self, kind: bytes | None, text: bytes) -> Value:
        if kind is None:
            return None
        try:
            digits = text.decode("ascii")
        except UnicodeDecodeError:
            raise self.cut_off() from None
        if kind == b"b":
            if digits not in ("0", "1"):
                raise self.cut_off()
            return digits == "1"
        return whole(digits) if kind == b"i" else real(digits)

    def compound(self, depth: int) -> Value:
        kind = self.data[self.at : self.at + 1]
        self.at += 1
        if kind == b"s":
            text = self.quoted()
            self.expect(b";")
            return text_or_bytes(text)
        check_depth(depth)
        if kind == b"E":
            name = self.quoted()
            self.expect(b";")
            class_name, _, case = name.decode("utf-8", "replace").partition(":")
            return {"__class__": class_name, "name": case}
        if kind == b"a":
            return self.array(depth)
        if kind not in (b"O", b"C"):
            self.at -= 1
            raise self.cut_off()
        value: dict[str, Value] = {"__class__": key_text(text_or_bytes(self.quoted()), self.budget)}
        if kind == b"C":
            value["__data__"] = text_or_bytes(self.quoted(b"}"))
            return value
        for key, inner in self.pairs(depth):
            value[key_text(_bare(key), self.budget)] = inner
        return value

    def array(self, depth: int) -> Value:
        pairs = self.pairs(depth)
        if all(type(key) is int and key == index for index, (key, _) in enumerate(pairs)):
            return [inner for _, inner in pairs]
        return {key_text(key, self.budget): inner for key, inner in pairs}

    def pairs(self, depth: int) -> list[tuple[Value, Value]]:
        count = self.length()
        self.expect(b"{")
        pairs: list[tuple[Value, Value]] = []
        for _ in range(count):
            key = self.key()
            pairs.append((key, self.value(depth + 1)))
        self.expect(b"}")
        return pairs

    def key(self) -> Value:
        self.budget.take()
        found = _SCALAR.match(self.data, self.at)
        if found is not None and found[1] == b"i":
            self.at = found.end()
            return self.scalar(b"i", found[2])
        self.expect(b"s")
        text = self.quoted()
        self.expect(b";")
        return text_or_bytes(text)

    def referred(self, text: bytes, depth: int) -> Value:
        if not text.isdigit() or len(text) > 10 or not 0 < int(text) <= len(self.seen):
            raise self.cut_off()
        value, size = self.seen[int(text) - 1]
        if value is _UNFINISHED:
            check_depth(depth)
            return {"__reference__": int(text)}
        self.budget.take(size)
        return copied_into(value, depth)


def _bare(name: Value) -> Value:
    """A property's name without the mark of its class (NUL Class NUL name) or of protected (NUL * NUL name)."""
    return name.rpartition("\0")[2] if isinstance(name, str) and name.startswith("\0") else name
