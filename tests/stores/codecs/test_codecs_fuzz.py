"""Hostile payloads: whatever the bytes, a codec gives a value within bounds or DecodeError, soon, in little memory."""

import time
import tracemalloc
import zlib
from base64 import b64decode
from contextlib import suppress
from typing import Any

import pytest
from helpers_codecs import every_codec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.model.exactjson import dumps
from esviewer.model.values import copied, depth_within, same
from esviewer.stores.codecs import Chain, DecodeError, chain

CODECS = every_codec()
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def check(chain: Chain, data: bytes) -> Any:
    """Decode; a value must be one that everything else can walk, print and copy."""
    try:
        value = chain.decode(data)
    except DecodeError:
        return None
    assert depth_within(value)
    dumps(value, sort_keys=True)
    assert same(copied(value), value)
    return value


@pytest.mark.parametrize("name", CODECS)
def test_the_payloads_that_fuzzing_starts_from(name: str) -> None:
    chain, seeds = CODECS[name]
    for seed in seeds:
        if name != "sniff" or seed[:1] not in b"\x83\x04":
            assert chain.decode(seed) is not None


@pytest.mark.parametrize("name", CODECS)
@QUICK
@given(data=st.binary(max_size=200))
def test_any_bytes(name: str, data: bytes) -> None:
    check(CODECS[name][0], data)


@pytest.mark.parametrize("name", CODECS)
@QUICK
@given(draw=st.data())
def test_valid_payloads_with_changes(name: str, draw: Any) -> None:
    chain, seeds = CODECS[name]
    data = bytearray(draw.draw(st.sampled_from(seeds)))
    for _ in range(draw.draw(st.integers(1, 4))):
        place = draw.draw(st.integers(0, len(data)))
        kind = draw.draw(st.sampled_from(["set", "insert", "cut", "repeat"]))
        if kind == "set" and place < len(data):
            data[place] = draw.draw(st.integers(0, 255))
        elif kind == "insert":
            data[place:place] = draw.draw(st.binary(min_size=1, max_size=6))
        elif kind == "cut":
            del data[place : place + draw.draw(st.integers(1, 20))]
        else:
            data[place:place] = data[place : place + 20] * draw.draw(st.integers(1, 5))
    check(chain, bytes(data))


def peak_of(codec: Chain, data: bytes) -> int:
    """Bytes that Python takes at most while decoding."""
    tracemalloc.start()
    try:
        with suppress(DecodeError):
            codec.decode(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


DEEP = 100_000
HUGE = 6_000_000
HOSTILE = {
    "deep JSON": ("json", b"[" * DEEP + b"]" * DEEP),
    "deep MessagePack": ("msgpack", b"\x91" * DEEP + b"\xc0"),
    "deep MessagePack map": ("msgpack", b"\x81\xc0" * DEEP + b"\xc0"),
    "deep MessagePack key": ("msgpack", b"\x81" * DEEP + b"\xc0"),
    "deep CBOR": ("cbor", b"\x81" * DEEP + b"\xf6"),
    "deep CBOR without lengths": ("cbor", b"\x9f" * DEEP),
    "deep CBOR tags": ("cbor", b"\xc1" * DEEP + b"\x00"),
    "deep YAML": ("yaml", b"[" * DEEP),
    "deep YAML maps": ("yaml", b"{a: " * DEEP),
    "deep YAML blocks": ("yaml", b"- " * DEEP + b"x"),
    "deep XML": ("xml", b"<a>" * DEEP + b"</a>" * DEEP),
    "deep PHP": ("php", b"a:1:{i:0;" * DEEP + b"N;" + b"}" * DEEP),
    "deep PHP by references": (
        "php",
        b"a:3000:{" + b"".join(b"i:%d;a:1:{i:0;R:%d;}" % (n, n + 1) for n in range(3000)) + b"}",
    ),
    "deep Avro": ("avro", b"\0\0\0\0\0\0\2" * DEEP),
    "deep Protobuf": ("protobuf", b"\x42\x80\x08" * DEEP),
    "huge list claimed, MessagePack": ("msgpack", b"\xdd\xff\xff\xff\xff" * 150),
    "huge map claimed behind a list, MessagePack": (
        "msgpack",
        b64decode(
            "ktff39/f39/f39/f39/f39/fAAAAAAAAAAAAAAD+ICoAIFt4XQo6IDB4MUZp0dHRMDAwNxYKNkyYIn6qaty6kuq8uuXe16MGAgQCYQzm"
            "sLCwsJCwsLCwsG1lpuaXpeb4wkkAAAAAAAAAAAAAAAAAAAAAAAAAMDAwQMrI6fXJs2fdfqpq3LqS6ry65d7XowYCBAJhDOaXpeYAbm5u"
            "bm5ubm5ubu5ubm4CeQYAAA=="
        ),
    ),
    "huge text claimed, MessagePack": ("msgpack", b"\xdb\xff\xff\xff\xff"),
    "huge list claimed, CBOR": ("cbor", b"\x9b\x7f" + b"\xff" * 7),
    "huge bytes claimed, CBOR": ("cbor", b"\x5b\x7f" + b"\xff" * 7),
    "huge list claimed, PHP": ("php", b"a:9999999999:{i:0;N;"),
    "huge text claimed, PHP": ("php", b's:9999999999:"'),
    "huge list claimed, Avro": ("avro", b"\0\0\0\0" + b"\xff" * 8 + b"\x7f"),
    "many values, JSON": ("json", b"[" + b"0," * HUGE + b"0]"),
    "many values, MessagePack": ("msgpack", b"\xdd" + HUGE.to_bytes(4, "big") + b"\xc0" * HUGE),
    "many values, CBOR": ("cbor", b"\x9a" + HUGE.to_bytes(4, "big") + b"\xf6" * HUGE),
    "many values, PHP by references": (
        "php",
        b"a:60:{i:0;i:1;" + b"".join(b"i:%d;a:2:{i:0;R:%d;i:1;R:%d;}" % (n, n + 1, n + 1) for n in range(1, 60)) + b"}",
    ),
    "YAML alias bomb": (
        "yaml",
        b"- &a0 [x]\n" + b"".join(b"- &a%d [%s]\n" % (n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)),
    ),
    "YAML alias to itself": ("yaml", b"&a [*a]"),
    "XML entity bomb": ("xml", b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "XML outer entity": ("xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'),
    "CBOR huge power": ("cbor", b"\xc5\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01"),
    "CBOR huge exponent": ("cbor", b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01"),
    "maps as keys, MessagePack": ("msgpack", b"\x81" * 60 + b"\xc0" * 61),
    "maps as keys, CBOR's": ("cbor", b"\xa1" * 60 + b"\xf6" * 61),
    "maps as keys, YAML": ("yaml", b"? " * 60 + b"x"),
    "maps as keys, XML": ("xml", b"<m><entry>" * 60 + b"<k/><v/>" + b"</entry></m><v/>" * 59 + b"</entry></m>"),
    "YAML long number": ("yaml", b"1" * 200_000 + b"x"),
    "YAML long real": ("yaml", b"1." + b"1" * 200_000 + b"x"),
    "PHP long number": ("php", b"i:" + b"1" * 200_000 + b";"),
    "MessagePack long ext": ("msgpack", b"\xc9\xff\xff\xff\xff\x01"),
}


SMALL_BUT_MANY = {
    "short strings": (["zlib", "json"], b"[" + b'{"":{}},' * 3_000_000 + b"0]"),
    "JSON in a string": (["zlib", "json", "json_string"], b'"[' + b"[]," * 6_000_000 + b'0]"'),
}


@pytest.mark.parametrize("name", SMALL_BUT_MANY)
def test_a_bomb_of_values_costs_little_more_than_its_bytes(name: str) -> None:
    names, text = SMALL_BUT_MANY[name]
    bomb = zlib.compress(text)
    assert len(bomb) < 100_000
    assert peak_of(chain(names), bomb) < 300 << 20  # most of it reserved by orjson, and not touched


@pytest.mark.parametrize("name", HOSTILE)
def test_deep_and_huge_payloads_end_soon_in_little_memory(name: str) -> None:
    codec, data = HOSTILE[name]
    before = time.process_time()
    check(CODECS[codec][0], data)
    assert time.process_time() - before < 30


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if not name.startswith(("CBOR", "YAML long"))]
)
def test_deep_and_huge_payloads_are_refused(name: str) -> None:
    codec, data = HOSTILE[name]
    with pytest.raises(DecodeError):
        CODECS[codec][0].decode(data)


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if any(word in name for word in ("claimed", "keys", "bomb", "power"))]
)
def test_claims_cost_no_memory(name: str) -> None:
    codec, data = HOSTILE[name]
    check(CODECS[codec][0], data)
    assert peak_of(CODECS[codec][0], data) < 700 << 20
