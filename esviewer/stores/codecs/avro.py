"""Avro's binary encoding into values, after avro.apache.org/docs/1.12.0/specification, by a schema from a file.

The schema is checked by fastavro; the data is read here, since six bytes may claim a list of 2**40 nulls.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    ByteReader,
    DecodeError,
    Parser,
    check_depth,
    instant,
    scaled,
    text_or_bytes,
)

_HEADER: Final = b"\xc3\x01"
_HEADER_SIZE: Final = 10
_LONGEST_VARINT: Final = 10
_PER_SECOND: Final = {"millis": 1_000, "micros": 1_000_000, "nanos": 1_000_000_000}


def avro_parser(text: bytes) -> Parser:
    """A parser of data written with the schema in this JSON text; raises ValueError when it is no Avro schema.

    Data may begin with the header of Avro's single-object encoding. Records and maps become maps, a union its value,
    an enum its symbol; decimals, dates, times and UUIDs what they stand for. Raises DecodeError.
    """
    from fastavro.schema import SchemaParseException, UnknownType, fingerprint, parse_schema, to_parsing_canonical_form

    wrong = (SchemaParseException, UnknownType, ValueError, KeyError, TypeError, AttributeError, RecursionError)

    named: dict[str, Any] = {}
    try:
        schema = parse_schema(json.loads(text), named)
        canonical = to_parsing_canonical_form(schema)
    except wrong as error:
        raise ValueError(f"names a file that is no Avro schema: {error}") from None
    mark = bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))

    def parse(data: bytes) -> Value:
        if data.startswith(_HEADER + mark):
            return _Reader(data, _HEADER_SIZE, named).document(schema)
        try:
            return _Reader(data, 0, named).document(schema)
        except DecodeError as error:
            if data.startswith(_HEADER):
                written = data[2:_HEADER_SIZE][::-1].hex()
                raise DecodeError(f"the payload was written with another Avro schema (fingerprint {written})") from None
            raise error from None

    return parse


class _Reader(ByteReader):
    __slots__ = ("named",)

    def __init__(self, data: bytes, at: int, named: Mapping[str, Any]) -> None:
        super().__init__(data, at)
        self.named = named

    def document(self, schema: Any) -> Value:
        value = self.value(schema, 1)
        if self.at != len(self.data):
            raise DecodeError(f"not of this Avro schema: data after its end, at byte {self.at} of {len(self.data)}")
        return value

    def cut_off(self) -> DecodeError:
        return DecodeError(f"not of this Avro schema, or cut off, at byte {self.at}")

    def long(self) -> int:
        number = 0
        for place in range(_LONGEST_VARINT):
            byte = self.taken(1)[0]
            number |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return number >> 1 ^ -(number & 1)
        raise DecodeError(f"not of this Avro schema: an endless number before byte {self.at}")

    def index(self, of: list[Any]) -> Any:
        number = self.long()
        if not 0 <= number < len(of):
            raise DecodeError(f"not of this Avro schema: choice {number} of {len(of)} before byte {self.at}")
        return of[number]

    def value(self, schema: Any, depth: int) -> Value:
        self.budget.take()
        # Even for what holds nothing: a record may hold itself without a byte of data.
        check_depth(depth)
        while True:
            if isinstance(schema, list):
                schema = self.index(schema)
            elif isinstance(schema, str) and schema in self.named:
                schema = self.named[schema]
            elif isinstance(schema, dict) and isinstance(schema["type"], (list, dict)):
                schema = schema["type"]
            else:
                break
        kind = schema if isinstance(schema, str) else schema["type"]
        logical = None if isinstance(schema, str) else _LOGICAL.get(schema.get("logicalType", ""))
        value = self.plain(kind, schema, depth)
        if logical is None:
            return value
        try:
            return logical(value, schema)
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            return value  # beyond what the type can hold: the number or text stays

    def plain(self, kind: str, schema: Any, depth: int) -> Value:
        if kind in ("record", "error"):
            return {field["name"]: self.value(field["type"], depth + 1) for field in schema["fields"]}
        if kind == "array":
            items: list[Value] = []
            while count := self.block():
                items.extend([self.value(schema["items"], depth + 1) for _ in range(count)])
            return items
        if kind == "map":
            pairs: dict[str, Value] = {}
            while count := self.block():
                for _ in range(count):
                    key = self.text()
                    pairs[key if isinstance(key, str) else key.hex()] = self.value(schema["values"], depth + 1)
            return pairs
        if kind == "enum":
            return self.index(schema["symbols"])
        if kind == "fixed":
            return self.taken(schema["size"])
        return _PRIMITIVE[kind](self)

    def block(self) -> int:
        count = self.long()
        if count < 0:
            self.long()
            count = -count
        self.budget.check(count)
        return count

    def text(self) -> Value:
        return text_or_bytes(self.taken(self.long()))

    def truth(self) -> bool:
        byte = self.taken(1)[0]
        if byte > 1:
            raise DecodeError(f"not of this Avro schema: no truth value at byte {self.at - 1}")
        return byte == 1


_PRIMITIVE: Final[Mapping[str, Callable[[_Reader], Value]]] = {
    "null": lambda _: None,
    "boolean": _Reader.truth,
    "int": _Reader.long,
    "long": _Reader.long,
    "float": lambda reader: struct.unpack("<f", reader.taken(4))[0],
    "double": lambda reader: struct.unpack("<d", reader.taken(8))[0],
    "bytes": lambda reader: reader.taken(reader.long()),
    "string": _Reader.text,
}


def _decimal(value: Value, schema: Mapping[str, Any]) -> Value:
    if not isinstance(value, bytes):
        raise TypeError
    return scaled(int.from_bytes(value, "big", signed=True), -int(schema.get("scale", 0)))


def _uuid(value: Value, _: object) -> Value:
    if not isinstance(value, (str, bytes)):
        raise TypeError
    return UUID(value) if isinstance(value, str) else UUID(bytes=value)


def _moment(value: int, schema: Mapping[str, Any]) -> Value:
    name = schema["logicalType"]
    per_second = _PER_SECOND[name.rpartition("-")[2]]
    seconds, rest = divmod(value, per_second)
    moment = instant(seconds, rest * (1_000_000_000 // per_second))
    if name.startswith("local-"):
        return moment.replace(tzinfo=None) if isinstance(moment, datetime) else str(moment).removesuffix("+00:00")
    return moment


def _time(value: int, schema: Mapping[str, Any]) -> Value:
    per_second = _PER_SECOND[schema["logicalType"].rpartition("-")[2]]
    if not 0 <= value < 86_400 * per_second:
        return value
    seconds, rest = divmod(value, per_second)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest * (1_000_000 // per_second))


_LOGICAL: Final[Mapping[str, Callable[[Any, Any], Value]]] = {
    "decimal": _decimal,
    "uuid": _uuid,
    "date": lambda value, _: date(1970, 1, 1) + timedelta(days=value),
    **dict.fromkeys(("time-millis", "time-micros"), _time),
    **{f"{local}timestamp-{unit}": _moment for local in ("", "local-") for unit in _PER_SECOND},
}
