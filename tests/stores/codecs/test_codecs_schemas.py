"""Avro and Protobuf, as their own libraries write them."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import pytest
from helpers_codecs import ORDER, SCHEMA, avro_bytes, descriptors, message_class, placed
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.values import same
from esviewer.stores.codecs import Chain, DecodeError, chain
from esviewer.stores.codecs.avro import avro_parser


def avro(schema: Any) -> Callable[[bytes], Any]:
    return avro_parser(json.dumps(schema).encode())


def written(schema: Any, value: Any) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


@pytest.fixture
def orders(tmp_path: Path) -> Chain:
    (tmp_path / "order.avsc").write_text(json.dumps(SCHEMA))
    return chain(["avro:order.avsc"], tmp_path)


def test_a_record_of_all_kinds(orders: Chain) -> None:
    value = {**ORDER, "next": {**ORDER, "state": "OPEN", "tags": []}}
    assert same(orders.decode(avro_bytes(value)), value)


def test_the_header_of_single_objects(orders: Chain) -> None:
    # The mark of {"type": "int"} as Avro's specification gives it.
    assert avro("int")(bytes.fromhex("c301 8f5c393f1ad57572 0a")) == 5
    with pytest.raises(DecodeError, match=r"another Avro schema \(fingerprint 7275d51a3f395c8f\)"):
        orders.decode(bytes.fromhex("c301 8f5c393f1ad57572 0a"))


SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32),
    "double": st.floats(),
    "bytes": st.binary(),
    "string": st.text(),
}


@pytest.mark.parametrize("kind", SIMPLE)
@given(draw=st.data())
def test_simple_types_round_trip(kind: str, draw: Any) -> None:
    value = draw.draw(st.lists(SIMPLE[kind]))
    schema = {"type": "array", "items": kind}
    assert same(avro(schema)(written(schema, value)), value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "int", "logicalType": "date"}, date(2026, 2, 28)),
        ({"type": "int", "logicalType": "time-millis"}, time(23, 59, 59, 999000)),
        ({"type": "long", "logicalType": "time-micros"}, time(1, 2, 3, 4)),
        ({"type": "long", "logicalType": "timestamp-millis"}, datetime(1969, 1, 2, 3, 4, 5, 6000, UTC)),
        ({"type": "long", "logicalType": "timestamp-micros"}, datetime(2026, 1, 2, 3, 4, 5, 6, UTC)),
        ({"type": "long", "logicalType": "local-timestamp-micros"}, datetime(2026, 1, 2, 3, 4, 5, 6)),
        (
            {"type": "fixed", "name": "F", "size": 8, "logicalType": "decimal", "precision": 15, "scale": 3},
            Decimal("-1.500"),
        ),
        ({"type": "string", "logicalType": "uuid"}, UUID(int=5)),
        ({"type": "fixed", "name": "D", "size": 3}, b"abc"),
        (["null", "string", {"type": "map", "values": ["int", "string"]}], {"a": 1, "b": "x"}),
    ],
)
def test_logical_types(schema: Any, value: Any) -> None:
    assert same(avro(schema)(written(schema, value)), value)


def test_values_that_a_type_cannot_hold_stay_as_they_are() -> None:
    assert avro({"type": "int", "logicalType": "date"})(written("int", 2**31 - 1)) == 2**31 - 1
    assert avro({"type": "string", "logicalType": "uuid"})(written("string", "order-1")) == "order-1"
    nanoseconds = avro({"type": "long", "logicalType": "timestamp-nanos"})(written("long", 1))
    assert nanoseconds == "1970-01-01T00:00:00.000000001+00:00"


@pytest.mark.parametrize("logical", ["uuid", "decimal", "date", "time-millis", "timestamp-micros"])
def test_a_logical_type_where_it_does_not_belong_is_left_out(logical: str) -> None:
    schema = {"type": "array", "items": "int", "logicalType": logical}
    assert avro(schema)(written({"type": "array", "items": "int"}, [1] * 16)) == [1] * 16


def test_blocks_with_their_size() -> None:
    assert avro({"type": "array", "items": "int"})(bytes.fromhex("03 04 02 04 02 06 00")) == [1, 2, 3]


def test_a_list_of_nothing_cannot_be_endless() -> None:
    with pytest.raises(DecodeError, match="more than 5000000 values"):
        avro({"type": "array", "items": "null"})(b"\xfe\xff\xff\xff\xff\xff\x7f")


def test_a_record_within_itself_cannot_be_endless() -> None:
    with pytest.raises(DecodeError, match="nests deeper"):
        avro({"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}]})(b"")


@pytest.mark.parametrize(
    ("schema", "payload", "reason"),
    [
        ("boolean", b"\2", "no truth value"),
        ("long", b"\xff" * 11, "endless number"),
        ("string", b"\x01", "cut off"),
        ("string", b"\x0aab", "cut off"),
        (["null", "int"], b"\4", "choice 2 of 2"),
        (["null", "int"], b"\1", "choice -1 of 2"),
        ("int", b"\2\2", "data after its end"),
    ],
)
def test_what_does_not_fit_the_schema(schema: Any, payload: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        avro(schema)(payload)


@pytest.mark.parametrize("text", ["", "{", '"strange"', "7", '{"type": "record"}', "[" * 5000])
def test_a_file_that_is_no_schema(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.avsc").write_text(text)
    with pytest.raises(ValueError, match="names a file that is no Avro schema"):
        chain(["avro:x.avsc"], tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Chain:
    (tmp_path / "shop.pb").write_bytes(descriptors())
    return chain(["protobuf:shop.pb#shop.Placed"], tmp_path)


def test_a_message_of_all_kinds(shop: Chain) -> None:
    blank = {"amount": 0, "blob": b"", "state": "OPEN", "price": 0.0}
    assert shop.decode(placed()) == {
        "id": "o1",
        "amount": 2**62,
        "blob": b"\xff\0",
        "state": "PAID",
        "tags": ["a", "b"],
        "counts": {"3": "three"},
        "at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        "next": {"id": "o2", **blank},
        "price": 1.1,
    }


def test_an_empty_message_has_its_defaults(shop: Chain) -> None:
    assert shop.decode(b"") == {"id": "", "amount": 0, "blob": b"", "state": "OPEN", "price": 0.0}


def test_fields_that_the_descriptor_lacks_have_their_numbers(shop: Chain) -> None:
    message = shop.decode(b"\x0a\x01a" + b"\x98\x06\x07" + b"\xa2\x06\x02hi" + b"\x98\x06\x08" + b"\x20\x63")
    assert message["id"] == "a"
    assert message["99"] == [7, 8]
    assert message["100"] == b"hi"
    assert message["state"] == 99


def test_what_is_no_such_message(shop: Chain) -> None:
    with pytest.raises(DecodeError, match=r"not a Protobuf message shop\.Placed"):
        shop.decode(b"\x0a\xff")


def test_without_a_descriptor_protobuf_is_not_decodable() -> None:
    with pytest.raises(DecodeError, match="not decodable: Protobuf needs a descriptor"):
        chain(["protobuf"]).decode(placed())


def test_a_descriptor_file_that_is_none_or_lacks_the_message(tmp_path: Path) -> None:
    (tmp_path / "bad.pb").write_bytes(b"\xff\xff")
    with pytest.raises(ValueError, match="no Protobuf descriptor set"):
        chain(["protobuf:bad.pb#shop.Placed"], tmp_path)
    (tmp_path / "shop.pb").write_bytes(descriptors())
    with pytest.raises(ValueError, match=r"the message 'shop.Other', which its descriptor file lacks"):
        chain(["protobuf:shop.pb#shop.Other"], tmp_path)


@given(depth=st.integers(0, 90))
def test_messages_within_messages(depth: int) -> None:
    from esviewer.stores.codecs.protobuf import protobuf_parser

    kind = message_class()
    message = kind(id="0")
    for number in range(1, depth + 1):
        message = kind(id=str(number), next=message)
    value = protobuf_parser(descriptors(), "shop.Placed")(message.SerializeToString())
    for number in range(depth, 0, -1):
        assert value["id"] == str(number)
        value = value["next"]
    assert value["id"] == "0"
