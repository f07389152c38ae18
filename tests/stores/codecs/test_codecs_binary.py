"""MessagePack and CBOR, as their own libraries write them."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import cbor2
import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.values import same
from esviewer.stores.codecs import DecodeError, chain

MSGPACK = chain(["msgpack"])
CBOR = chain(["cbor"])

LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=40) | st.binary(max_size=40)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=5), inner), max_leaves=40
    )


@given(value=nested(LEAVES | st.integers(-(2**63), 2**64 - 1)))
def test_messagepack_round_trip(value: Any) -> None:
    assert same(MSGPACK.decode(msgpack.packb(value)), value)


MOMENTS = st.datetimes(timezones=st.just(UTC))


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)


@given(value=nested(LEAVES | st.integers(-(2**200), 2**200) | st.uuids() | DECIMALS | MOMENTS))
def test_cbor_round_trip(value: Any) -> None:
    assert same(CBOR.decode(cbor2.dumps(value)), value)


@pytest.mark.parametrize("size", [15, 16, 31, 32, 255, 256, 65535, 65536])
def test_every_width_of_length(size: int) -> None:
    for value in ("a" * size, b"\xff" * size, [0] * size, {str(i): i for i in range(size)}):
        assert MSGPACK.decode(msgpack.packb(value)) == value
        assert CBOR.decode(cbor2.dumps(value)) == value


@given(moment=MOMENTS)
def test_messagepack_timestamps(moment: datetime) -> None:
    assert MSGPACK.decode(msgpack.packb(moment, datetime=True)) == moment


def test_times_that_a_datetime_cannot_hold() -> None:
    assert MSGPACK.decode(msgpack.packb(msgpack.Timestamp(1, 5))) == "1970-01-01T00:00:01.000000005+00:00"
    assert MSGPACK.decode(msgpack.packb(msgpack.Timestamp(2**60, 5))) == {"seconds": 2**60, "nanoseconds": 5}


def test_messagepack_extensions_and_old_text_stay_bytes() -> None:
    assert MSGPACK.decode(msgpack.packb(msgpack.ExtType(7, b"ab"))) == {"@ext": 7, "data": b"ab"}
    assert MSGPACK.decode(b"\xc7\x03\xf9abc") == {"@ext": -7, "data": b"abc"}
    assert MSGPACK.decode(b"\xa2\xff\xfe") == b"\xff\xfe"


@pytest.mark.parametrize(("one", "dumps"), [(MSGPACK, msgpack.packb), (CBOR, cbor2.dumps)])
def test_keys_that_are_no_strings_become_their_json_text(one: Any, dumps: Any) -> None:
    assert one.decode(dumps({1: "a", None: "b", 2.5: "c"})) == {"1": "a", "null": "b", "2.5": "c"}
    with pytest.raises(DecodeError, match="two keys of different types"):
        one.decode(dumps({1: "a", "1": "b"}))


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        ("c1 1a 514b67b0", datetime(2013, 3, 21, 20, 4, tzinfo=UTC)),
        ("c1 fb 41d452d9ec200000", datetime(2013, 3, 21, 20, 4, 0, 500000, tzinfo=UTC)),
        ("c0 74 323031332d30332d32315432303a30343a30305a", datetime(2013, 3, 21, 20, 4, tzinfo=UTC)),
        ("c2 49 010000000000000000", 2**64),
        ("c3 49 010000000000000000", -(2**64) - 1),
        ("3b ffffffffffffffff", -(2**64)),
        ("c4 82 21 19 6ab3", Decimal("273.15")),
        ("c5 82 20 03", Decimal("1.5")),
        ("c5 82 03 03", Decimal(24)),
        ("f9 3c00", 1.0),
        ("f9 7c00", math.inf),
        ("fa 47c35000", 100000.0),
        ("5f 42 0102 43 030405 ff", b"\1\2\3\4\5"),
        ("7f 65 7374726561 64 6d696e67 ff", "streaming"),
        ("9f 01 82 02 03 9f 04 05 ff ff", [1, [2, 3], [4, 5]]),
        ("bf 61 61 01 61 62 9f 02 03 ff ff", {"a": 1, "b": [2, 3]}),
        ("d9 d9f7 83 01 02 03", [1, 2, 3]),
        ("f7", None),
        ("f0", {"@simple": 16}),
        ("f8 ff", {"@simple": 255}),
        ("d8 20 61 61", {"@tag": 32, "value": "a"}),
        ("d8 1d 00", {"@tag": 29, "value": 0}),
        ("d9 03ec 6a 323031332d30332d3231", date(2013, 3, 21)),
        ("d8 64 01", date(1970, 1, 2)),
        ("c0 61 78", {"@tag": 0, "value": "x"}),
        ("c5 82 1b 7fffffffffffffff 01", {"@tag": 5, "value": [2**63 - 1, 1]}),
        ("d8 25 50" + "00" * 15 + "07", UUID(int=7)),
        ("d8 25 70" + "61" * 16, {"@tag": 37, "value": "a" * 16}),
        ("d9 0102 82 01 02", [1, 2]),
    ],
)
def test_cbor_by_the_examples_of_its_standard(payload: str, value: object) -> None:
    assert same(CBOR.decode(bytes.fromhex(payload)), value)


def test_a_big_float_loses_no_digit() -> None:
    decoded = CBOR.decode(cbor2.dumps(cbor2.CBORTag(5, [-300, 2**200 + 1])))
    assert Fraction(decoded) == Fraction(2**200 + 1, 2**300)


def test_a_moment_with_an_offset_keeps_it() -> None:
    moment = datetime.fromisoformat("2026-01-02T03:04:05+09:00")
    decoded = CBOR.decode(cbor2.dumps(moment))
    assert decoded.utcoffset() == timedelta(hours=9)
    assert decoded == moment


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "cut off"),
        ("82 01", "cut off"),
        ("01 01", "data after its end, at byte 1 of 2"),
        ("ff", "begins with a break"),
        ("82 01 ff", "a break at"),
        ("bf 01 ff", "a break at"),
        ("1c", "byte 0x1c at 0"),
        ("fc", "byte 0xfc at 0"),
        ("5f 01 ff", "parts that are none"),
        ("1f", "no length"),
    ],
)
def test_what_is_no_cbor_says_where(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        CBOR.decode(bytes.fromhex(payload))


@pytest.mark.parametrize(
    ("payload", "reason"), [("", "cut off"), ("92 01", "cut off"), ("01 01", "data after its end"), ("c1", "byte 0xc1")]
)
def test_what_is_no_messagepack_says_where(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        MSGPACK.decode(bytes.fromhex(payload))
