"""Every codec with payloads that it reads, for tests that break them."""

import gzip
import json
import tempfile
import zlib
from base64 import b64encode
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import cbor2
import fastavro
import lz4.frame
import msgpack
import yaml
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

from esviewer.stores.codecs import Chain, chain

KEY = bytes(range(32))

SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "shop.Order",
    "fields": [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 2}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID"]}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "counts", "type": {"type": "map", "values": "long"}},
        {"name": "next", "type": ["null", "shop.Order"]},
    ],
}
ORDER: dict[str, Any] = {
    "id": UUID(int=7),
    "total": Decimal("123456789012345678901234.10"),
    "at": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    "state": "PAID",
    "tags": ["a", "日本"],
    "counts": {"x": -(2**62), "y": 3},
    "next": None,
}
PLAIN = {"name": "日本", "n": [1, -2, 2**63, 1.5, None, True], "deep": {"list": [[], {}, [{"a": "b"}]]}}


def avro_bytes(value: Any) -> bytes:
    """The value as fastavro writes it."""
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(SCHEMA), value)
    return out.getvalue()


def descriptors() -> bytes:
    """A descriptor set as `protoc --include_imports` makes it: shop.Placed, with all kinds of fields."""
    file = descriptor_pb2.FileDescriptorProto(name="shop.proto", package="shop", syntax="proto3")
    file.dependency.append("google/protobuf/timestamp.proto")
    state = file.enum_type.add(name="State")
    state.value.add(name="OPEN", number=0)
    state.value.add(name="PAID", number=1)
    placed = file.message_type.add(name="Placed")
    kinds = descriptor_pb2.FieldDescriptorProto
    entry = placed.nested_type.add(name="CountsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=kinds.TYPE_INT32, label=kinds.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    fields = [
        ("id", kinds.TYPE_STRING, kinds.LABEL_OPTIONAL, None),
        ("amount", kinds.TYPE_INT64, kinds.LABEL_OPTIONAL, None),
        ("blob", kinds.TYPE_BYTES, kinds.LABEL_OPTIONAL, None),
        ("state", kinds.TYPE_ENUM, kinds.LABEL_OPTIONAL, ".shop.State"),
        ("tags", kinds.TYPE_STRING, kinds.LABEL_REPEATED, None),
        ("counts", kinds.TYPE_MESSAGE, kinds.LABEL_REPEATED, ".shop.Placed.CountsEntry"),
        ("at", kinds.TYPE_MESSAGE, kinds.LABEL_OPTIONAL, ".google.protobuf.Timestamp"),
        ("next", kinds.TYPE_MESSAGE, kinds.LABEL_OPTIONAL, ".shop.Placed"),
        ("price", kinds.TYPE_DOUBLE, kinds.LABEL_OPTIONAL, None),
    ]
    for number, (name, kind, label, type_name) in enumerate(fields, 1):
        placed.field.add(name=name, number=number, type=kind, label=label, type_name=type_name)
    timestamp = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(timestamp)
    return descriptor_pb2.FileDescriptorSet(file=[timestamp, file]).SerializeToString()


def message_class(name: str = "shop.Placed") -> Any:
    """The class that Google's own library makes of the descriptors."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors()).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def placed() -> bytes:
    """A message with everything in it."""
    kind = message_class()
    message = kind(id="o1", amount=2**62, blob=b"\xff\0", state=1, tags=["a", "b"], counts={3: "three"}, price=1.1)
    message.at.FromDatetime(datetime(2026, 1, 2, 3, 4, 5, 678901))
    message.next.CopyFrom(kind(id="o2"))
    return message.SerializeToString()


def encrypted(plain: bytes, key: bytes = KEY) -> bytes:
    """What Python's eventsourcing library writes: nonce, tag, ciphertext."""
    nonce = b"\xf0nonce nonce"
    sealed = AESGCM(key).encrypt(nonce, plain, None)
    return nonce + sealed[-16:] + sealed[:-16]


def every_codec() -> dict[str, tuple[Chain, list[bytes]]]:
    """By name: a chain and payloads that it reads."""
    text = json.dumps(PLAIN).encode()
    named = {
        "json": (["json", "tagged", "json_string"], [text, b'{"_type_": "decimal_str", "_data_": "1.10"}', b'"[1]"']),
        "zlib": (["zlib", "json"], [zlib.compress(text)]),
        "gzip": (["gzip", "json"], [gzip.compress(text)]),
        "zstd": (["zstd", "json"], [zstandard.compress(text)]),
        "lz4": (["lz4", "json"], [lz4.frame.compress(text)]),
        "base64": (["base64", "json"], [b64encode(text)]),
        "aes_gcm": (["aes_gcm", "zlib", "json"], [encrypted(text), encrypted(zlib.compress(text)), text]),
        "msgpack": (["msgpack"], [msgpack.packb(PLAIN), msgpack.packb([ORDER["at"], b"x"], datetime=True)]),
        "cbor": (["cbor"], [cbor2.dumps(PLAIN), cbor2.dumps({**ORDER, 1: 2**70, "f": [Decimal("1.10"), UUID(int=1)]})]),
        "yaml": (
            ["yaml"],
            [yaml.safe_dump(PLAIN).encode(), b"---\n:a: &1\n- :b\n- 2026-01-01\nc: *1\n? [x]\n: 0x1F\n"],
        ),
        "xml": (
            ["xml"],
            [b'<?xml version="1.0"?><a x="1"><b>1</b><b><int>5</int></b><entry><k>1</k><v/></entry>t&amp;</a>'],
        ),
        "php": (
            ["php"],
            [b'O:3:"Foo":3:{s:1:"a";a:2:{i:0;d:0.5;s:1:"k";b:1;}s:6:"\0Foo\0x";R:2;s:1:"y";r:1;}', b'E:6:"S:Open";'],
        ),
        "sniff": (
            ["sniff"],
            [zlib.compress(gzip.compress(text)), b"---\na: 1\n", b"<a>1</a>", b"a:0:{}", b"\x83\x6d", b"\x04\x08i\x06"],
        ),
        "text": (["text"], ["日本".encode()]),
        "bytes": (["bytes"], [b"\xff"]),
        "protobuf": (["protobuf:shop.pb#shop.Placed"], [placed()]),
        "avro": (["avro:order.avsc"], [avro_bytes(ORDER), avro_bytes({**ORDER, "next": ORDER})]),
    }
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "shop.pb").write_bytes(descriptors())
        (folder / "order.avsc").write_text(json.dumps(SCHEMA))
        return {name: (chain(names, folder, lambda: KEY), seeds) for name, (names, seeds) in named.items()}
