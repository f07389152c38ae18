"""Payload bytes into values, by chains of named codecs.

A chain is any number of byte codecs (`zlib`), then the parser (`json`), then any number of value codecs (`tagged`).
A new codec is one function and one line in the tables below.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from esviewer.model.batch import Undecodable
from esviewer.model.exactjson import NotJsonError, loads, loads_many
from esviewer.model.values import Value
from esviewer.stores.tagged import untagged

EXPANSION_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that a compressed payload may expand to."""

_CHUNK: Final = 1000


class DecodeError(ValueError):
    """A payload is not what the codec reads; the message says why."""


def inflated(raw: bytes) -> bytes:
    """Expand zlib data (RFC 1950); what does not start with a zlib header stays as it is. Raises DecodeError."""
    if len(raw) < 2 or raw[0] & 0x0F != 8 or raw[0] >> 4 > 7 or (raw[0] << 8 | raw[1]) % 31:
        return raw
    expander = zlib.decompressobj()
    try:
        expanded = expander.decompress(raw, EXPANSION_LIMIT)
    except zlib.error as error:
        raise DecodeError(f"zlib data is damaged: {error}") from None
    if expander.unconsumed_tail:
        raise DecodeError(f"zlib data expands to more than {EXPANSION_LIMIT >> 20} MB")
    if not expander.eof:
        raise DecodeError("zlib data is cut off")
    return expanded


_BYTES: Final[Mapping[str, Callable[[bytes], bytes]]] = {"zlib": inflated}
_VALUES: Final[Mapping[str, Callable[[Value], Value]]] = {"tagged": untagged}


class Chain:
    """One chain of codecs, checked."""

    def __init__(self, unpack: Sequence[Callable[[bytes], bytes]], finish: Sequence[Callable[[Value], Value]]) -> None:
        self._unpack = tuple(unpack)
        self._finish = tuple(finish)

    def parse(self, raw: Any) -> Value:
        """One payload without the value codecs; None for None. Raises DecodeError."""
        if raw is None:
            return None
        data = as_bytes(raw)
        for step in self._unpack:
            data = step(data)
        try:
            return loads(data)
        except NotJsonError as error:
            if not data:
                raise DecodeError("the payload is empty") from None
            raise DecodeError(_described(data, str(error))) from None

    def finish(self, value: Value) -> Value:
        """Apply the value codecs."""
        for step in self._finish:
            value = step(value)
        return value

    def decode(self, raw: Any) -> Value:
        """One payload, whole; raises DecodeError."""
        return self.finish(self.parse(raw))

    def parse_many(self, raws: Sequence[Any]) -> list[Value]:
        """Many payloads without the value codecs; an Undecodable stands for each that can't be read."""
        result: list[Value] = []
        for start in range(0, len(raws), _CHUNK):
            part = raws[start : start + _CHUNK]
            values = self._parse_together(part)
            result += [self._parse_or_reason(raw) for raw in part] if values is None else values
        return result

    def _parse_together(self, raws: Sequence[Any]) -> list[Value] | None:
        """All payloads in one go, or None when one of them has to be looked at by itself."""
        kinds = set(map(type, raws))
        if kinds != {bytes} and kinds != {str}:
            return None
        try:
            for step in self._unpack:
                raws = [step(as_bytes(raw)) for raw in raws]
        except DecodeError:
            return None
        return loads_many(raws)

    def finish_many(self, values: list[Value]) -> list[Value]:
        """Apply the value codecs to many values; Undecodables pass through."""
        for step in self._finish:
            values = [value if type(value) is Undecodable else step(value) for value in values]
        return values

    def _parse_or_reason(self, raw: Any) -> Value:
        try:
            return self.parse(raw)
        except DecodeError as error:
            return Undecodable(str(error))


def as_bytes(raw: Any) -> bytes:
    """A payload as the database gave it, as bytes (text as UTF-8)."""
    if type(raw) is bytes:
        return raw
    if isinstance(raw, str):
        return raw.encode("utf-8", "surrogatepass")
    if isinstance(raw, (bytearray, memoryview)):
        return bytes(raw)
    return str(raw).encode()


_SIGNS: Final = (
    (b"\x1f\x8b", "gzip data"),
    (b"\xac\xed", "a serialized Java object"),
    (b"\x04\x08", "a Ruby Marshal value"),
    (b"<", "XML"),
    (b"---", "YAML"),
)


def _described(data: bytes, reason: str) -> str:
    for sign, name in _SIGNS:
        if data.startswith(sign):
            return f"{reason} (it looks like {name})"
    return reason


def chain(names: Sequence[str], folder: Path | None = None) -> Chain:  # noqa: ARG001
    """The chain that a layout names; raises ValueError saying what is wrong with it."""
    unpack = []
    finish = []
    parsed = False
    for name in names:
        if name == "json" and not parsed:
            parsed = True
        elif name in _BYTES and not parsed:
            unpack.append(_BYTES[name])
        elif name in _VALUES and parsed:
            finish.append(_VALUES[name])
        elif name in ("json", *_BYTES, *_VALUES):
            raise ValueError(f"has {name!r} in the wrong place: byte codecs, then json, then value codecs")
        else:
            raise ValueError(f"has {name!r}, which is none of {', '.join((*_BYTES, 'json', *_VALUES))}")
    if not parsed:
        raise ValueError("must name json")
    return Chain(unpack, finish)
