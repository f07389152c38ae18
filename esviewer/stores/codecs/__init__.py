"""Payload bytes into values, by chains of named codecs.

A chain is any number of byte codecs (`zlib`), then one parser (`json`), then any number of value codecs (`tagged`).
Some take an argument after a colon: `protobuf:events.pb#shop.OrderPlaced` and `avro:order.avsc` name a file that lies
beside the layout's. Payloads are hostile: what they expand to, how deep they nest and how many values they hold is
bounded, nothing in them is executed, and whatever can't be read raises DecodeError and nothing else.
A new codec is one function and one line in the tables below; those of plug-ins have the names that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from esviewer.model.batch import Undecodable
from esviewer.model.exactjson import loads_many
from esviewer.model.values import Value, copied
from esviewer.plugins import Plugin, Skipped, idle
from esviewer.stores.codecs.cipher import cipher_key
from esviewer.stores.codecs.compression import gunzipped, inflated, unbase64, unlz4, unzstd
from esviewer.stores.codecs.decoding import (
    EXPANSION_LIMIT,
    NODE_LIMIT,
    ByteStep,
    DecodeError,
    Parser,
    ValueStep,
    as_bytes,
)
from esviewer.stores.codecs.encryption import decryption
from esviewer.stores.codecs.files import file_beside
from esviewer.stores.codecs.jsontext import json_string, parse_json
from esviewer.stores.codecs.plugged import PluggedCodec
from esviewer.stores.codecs.plugged import codecs as plugged
from esviewer.stores.codecs.tagged import TAG_KEYS, untag_inside, untagged, untagged_many

__all__ = ["EXPANSION_LIMIT", "NODE_LIMIT", "Chain", "DecodeError", "as_bytes", "chain", "plugged_codecs"]

_CHUNK: Final = 1000


def _text(data: bytes) -> Value:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(f"not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}") from None


def _as_they_are(data: bytes) -> Value:
    return data


def _later(module: str, function: str) -> Parser:
    """A parser whose module is imported when the first payload comes."""
    return lambda data: getattr(import_module(f"{__name__}.{module}"), function)(data)


_BYTES: Final[Mapping[str, ByteStep]] = {
    "zlib": inflated,
    "gzip": gunzipped,
    "zstd": unzstd,
    "lz4": unlz4,
    "base64": unbase64,
}
_CIPHER: Final = "aes_gcm"
_PARSERS: Final[Mapping[str, Parser]] = {
    "json": parse_json,
    "msgpack": _later("messagepack", "parse_msgpack"),
    "cbor": _later("cbor", "parse_cbor"),
    "yaml": _later("yamltext", "parse_yaml"),
    "xml": _later("xmltext", "parse_xml"),
    "php": _later("php", "parse_php"),
    "sniff": _later("sniffing", "parse_sniffed"),
    "text": _text,
    "bytes": _as_they_are,
}
_WITH_FILES: Final = ("protobuf", "avro")
_VALUES: Final[Mapping[str, ValueStep]] = {"tagged": untagged, "json_string": json_string}
_MANY: Final[Mapping[ValueStep, Callable[[list[Value]], list[Value]]]] = {untagged: untagged_many}
"""What does the same to many values, faster."""
_LEAVE_JSON: Final = frozenset({"zlib", "gzip", "zstd", "lz4", _CIPHER})
"""Byte codecs that pass ASCII text through which begins as JSON objects and lists do."""
_OPENING: Final = frozenset(b"{[")
_ALL: Final = (*_BYTES, _CIPHER, *_PARSERS, *_WITH_FILES, *_VALUES)


class Chain:
    """One chain of codecs, checked."""

    def __init__(
        self,
        unpack: Sequence[ByteStep],
        parser: Parser,
        finish: Sequence[ValueStep],
        *,
        leaves_json: bool = False,
        plugins: Sequence[str] = (),
    ) -> None:
        """`leaves_json` says that `unpack` changes no ASCII text which begins as JSON objects and lists do."""
        self.plugins = tuple(plugins)
        """Those that some of the codecs are of."""
        self._unpack = tuple(unpack)
        self._leaves_json = leaves_json
        self._parser = parser
        self._finish = tuple(finish)

    def parse(self, raw: Any) -> Value:
        """One payload without the value codecs; None for None. Raises DecodeError."""
        if raw is None:
            return None
        data = as_bytes(raw)
        for step in self._unpack:
            data = step(data)
        try:
            return self._parser(data)
        except RecursionError:
            raise DecodeError("the payload nests too deep") from None

    def finish(self, value: Value) -> Value:
        """Apply the value codecs; raises DecodeError where one of a plug-in does."""
        for step in self._finish:
            value = step(value)
        return value

    def finish_or_leave(self, value: Value) -> Value:
        """Apply the value codecs; what one of a plug-in can't read stays as it is."""
        try:
            return self.finish(copied(value) if self.plugins else value)
        except DecodeError:
            return value

    def decode(self, raw: Any) -> Value:
        """One payload, whole; raises DecodeError."""
        return self.finish(self.parse(raw))

    def parse_many(self, raws: Sequence[Any]) -> list[Value]:
        """Many payloads without the value codecs; an Undecodable stands for each that can't be read."""
        result: list[Value] = []
        for start in range(0, len(raws), _CHUNK):
            part = raws[start : start + _CHUNK]
            values = self._parse_together(part) if self._parser is parse_json else None
            result += [self._parse_or_reason(raw) for raw in part] if values is None else values
        return result

    def _parse_together(self, raws: Sequence[Any]) -> list[Value] | None:
        """All JSON payloads in one go, or None when one of them has to be looked at by itself."""
        unpacked = self._unpacked(raws)
        return None if unpacked is None else loads_many(unpacked)

    def _unpacked(self, raws: Sequence[Any]) -> Sequence[bytes | str] | None:
        """What the parser would be given, or None when one of them has to be looked at by itself."""
        kinds = set(map(type, raws))
        if kinds != {bytes} and kinds != {str}:
            return None
        if self._unpack and not (self._leaves_json and kinds == {bytes} and _plain_json(raws)):
            try:
                for step in self._unpack:
                    raws = [step(as_bytes(raw)) for raw in raws]
            except DecodeError:
                return None
        return raws

    def decode_keys(self, raws: Sequence[Any], keys: frozenset[str]) -> list[dict[str, Value]] | None:
        """What many payloads that are JSON objects have at these keys, whole; None when all have to be decoded."""
        if self._parser is not parse_json or self._finish not in ((), (untagged,)):
            return None
        unpacked = self._unpacked(raws)
        if unpacked is None:
            return None
        from esviewer.model.some_keys import loads_keys  # which needs NumPy

        if not self._finish:
            return loads_keys(unpacked, keys)
        values = loads_keys(unpacked, keys | TAG_KEYS)
        return values if values is not None and untag_inside(values) else None

    def finish_many(self, values: list[Value]) -> list[Value]:
        """Apply the value codecs to many values; Undecodables pass through."""
        for step in self._finish:
            many = _MANY.get(step)
            if many is not None:
                values = many(values)
            else:
                values = [value if type(value) is Undecodable else _stepped(step, value) for value in values]
        return values

    def _parse_or_reason(self, raw: Any) -> Value:
        try:
            return self.parse(raw)
        except DecodeError as error:
            return Undecodable(str(error))


def _stepped(step: ValueStep, value: Value) -> Value:
    try:
        return step(value)
    except DecodeError as error:
        return Undecodable(str(error))


def _plain_json(raws: Sequence[bytes]) -> bool:
    """Whether all of them are ASCII text that begins as JSON objects and lists do."""
    return all(raws) and _OPENING.issuperset(map(itemgetter(0), raws)) and all(map(bytes.isascii, raws))


def chain(
    names: Sequence[str], folder: Path | None = None, key: Callable[[], bytes | None] = cipher_key
) -> Chain:
    """The chain that a layout names; raises ValueError saying what is wrong with it.

    `folder` is where the layout lies, and the files that codecs name; `key` gives the key for `aes_gcm` when the
    first payload needs it.
    """
    unpack: list[ByteStep] = []
    finish: list[ValueStep] = []
    parser: Parser | None = None
    foreign: dict[str, str] = {}
    leaves_json = True
    for written in names:
        name, colon, argument = written.partition(":")
        found = None
        if name not in _ALL:
            plugin, found = _plugged(written)
            foreign[name] = str(plugin)
        if (name in _VALUES or (found is not None and found.step == "value")) is (parser is None):
            raise ValueError(f"has {written!r} in the wrong place: byte codecs, then json, then value codecs")
        if colon and name not in _WITH_FILES:
            raise ValueError(f"has {written!r}, and {name} takes nothing after a colon")
        if found is not None:
            if found.step == "value":
                finish.append(found.decode)
            elif found.step == "bytes":
                unpack.append(found.decode)
                leaves_json = False
            else:
                parser = found.decode
        elif name in _VALUES:
            finish.append(_VALUES[name])
        elif name in _BYTES:
            unpack.append(_BYTES[name])
        elif name == _CIPHER:
            unpack.append(decryption(key))
        else:
            parser = _PARSERS.get(name) or _with_file(name, argument, folder)
    if parser is None:
        raise ValueError(f"must name json or another of {', '.join((*_PARSERS, *_WITH_FILES))}")
    packed = {written.partition(":")[0] for written in names} & {*_BYTES, _CIPHER}
    leaves_json = leaves_json and packed <= _LEAVE_JSON
    return Chain(unpack, parser, finish, leaves_json=leaves_json, plugins=tuple(foreign.values()))


def plugged_codecs() -> tuple[dict[str, tuple[Plugin, PluggedCodec]], list[Skipped]]:
    """The codecs of plug-ins that can be used, by name, and the plug-ins that can't."""
    return plugged(_ALL)


def _plugged(written: str) -> tuple[Plugin, PluggedCodec]:
    """A codec of a plug-in; raises ValueError."""
    good, bad = plugged_codecs()
    if written in good:
        return good[written]
    for each in bad:
        if each.plugin.name == written:
            raise ValueError(f"has {written!r}, and the plug-in {each.plugin} was skipped: {each.reason}")
    for off in idle("codec"):
        if off.name == written:
            raise ValueError(f"has {written!r}, and the plug-in {off} is switched off")
    raise ValueError(f"has {written!r}, which is none of {', '.join((*_ALL, *good))}")


def _with_file(name: str, argument: str, folder: Path | None) -> Parser:
    if name == "avro":
        from esviewer.stores.codecs.avro import avro_parser

        return avro_parser(file_beside(argument, folder, "a schema, as in avro:order.avsc"))
    from esviewer.stores.codecs.protobuf import protobuf_parser, undescribed

    if not argument:
        return undescribed
    file, _, message = argument.partition("#")
    if not message:
        raise ValueError(f"has 'protobuf:{argument}', which lacks the message: protobuf:FILE#package.Message")
    return protobuf_parser(file_beside(file, folder, "a descriptor"), message)
