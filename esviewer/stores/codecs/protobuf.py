"""Protocol Buffers into values, by a message's name and a descriptor file (`protoc --descriptor_set_out`).

Protobuf data doesn't name its fields, so without a descriptor there is nothing to show but numbers.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from esviewer.model.values import Value
from esviewer.stores.codecs.decoding import (
    Budget,
    DecodeError,
    Parser,
    check_depth,
    instant,
    mapping,
    shown,
)

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one payload; the library makes objects of all of it before they can be counted."""

_TIMESTAMP: Final = "google.protobuf.Timestamp"


def undescribed(data: bytes) -> NoReturn:
    """The parser of a layout that names no descriptor: raises DecodeError."""
    needed = "Protobuf needs a descriptor, as in protobuf:FILE#package.Message"
    raise DecodeError(f"not decodable: {needed} (it begins with {shown(data)})")


def protobuf_parser(descriptors: bytes, message: str) -> Parser:
    """A parser of one kind of message; raises ValueError when the FileDescriptorSet is none, or lacks the message.

    Fields have the names of the .proto file, enums those of their values, timestamps are datetimes in UTC; a field
    that the descriptor doesn't know has its number as its name. Raises DecodeError.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from google.protobuf.message import DecodeError as WireError

    pool = descriptor_pool.DescriptorPool()
    try:
        for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
            pool.Add(file)
        kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(message))
    except WireError:
        raise ValueError("names a file that is no Protobuf descriptor set") from None
    except (KeyError, TypeError) as error:
        hint = "made with --include_imports?"
        raise ValueError(f"names the message {message!r}, which its descriptor file lacks ({error}; {hint})") from None

    def parse(data: bytes) -> Value:
        if len(data) > _LARGEST:
            raise DecodeError(f"the payload is larger than {_LARGEST >> 20} MB")
        try:
            read = kind.FromString(data)
        except WireError as error:
            raise DecodeError(f"not a Protobuf message {message}: {error}") from None
        return _message(read, 1, Budget())

    return parse


def _message(read: Any, depth: int, budget: Budget) -> Value:
    from google.protobuf.unknown_fields import UnknownFieldSet

    check_depth(depth)
    if read.DESCRIPTOR.full_name == _TIMESTAMP and 0 <= read.nanos < 1_000_000_000:
        return instant(read.seconds, read.nanos)
    value: dict[str, Value] = {}
    present = {field.number for field, _ in read.ListFields()}
    for field in read.DESCRIPTOR.fields:
        # A field without presence is not written when it has its default value.
        if field.number in present or not (field.has_presence or field.is_repeated):
            value[field.name] = _field(field, getattr(read, field.name), depth, budget)
    others: Any = UnknownFieldSet(read)
    for unknown in others:
        budget.take()
        data = unknown.data
        earlier = value.get(str(unknown.field_number))
        one = data if isinstance(data, (int, bytes)) else "(a group)"
        value[str(unknown.field_number)] = one if earlier is None else [earlier, one]
    return value


def _field(field: Any, held: Any, depth: int, budget: Budget) -> Value:
    if not field.is_repeated:
        return _single(field, held, depth, budget)
    budget.take(len(held))
    check_depth(depth + 1)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        inner = field.message_type.fields_by_name["value"]
        return mapping([(key, _single(inner, held[key], depth + 1, budget)) for key in held], budget)
    return [_single(field, each, depth + 1, budget) for each in held]


def _single(field: Any, held: Any, depth: int, budget: Budget) -> Value:
    budget.take()
    if field.message_type is not None:
        return _message(held, depth + 1, budget)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(held)
        return held if known is None else known.name
    return held
