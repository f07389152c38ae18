"""Chains: what may be named, in which order, and the parsers that need no library."""

import base64
import json
import zlib
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from esviewer.model.batch import Undecodable
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value, same
from esviewer.stores.codecs import Chain, DecodeError, chain


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], "must name json"),
        (["zlib"], "must name json or another of"),
        (["json", "zlib"], "'zlib' in the wrong place"),
        (["tagged", "json"], "'tagged' in the wrong place"),
        (["json", "msgpack"], "'msgpack' in the wrong place"),
        (["pickle"], "'pickle', which is none of zlib, gzip"),
        (["json:x"], "json takes nothing after a colon"),
        (["avro"], "needs the name of a file with a schema"),
        (["avro:order.avsc"], "this layout lies in no folder"),
        (["protobuf:shop.pb"], "lacks the message"),
    ],
)
def test_a_bad_chain_is_refused_with_its_reason(names: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        chain(names)


@pytest.mark.parametrize("name", ["../x.avsc", "/etc/hostname", "C:\\x.avsc", "\\\\server\\share\\x", "a\\..\\..\\x"])
def test_files_lie_beside_the_layout_only(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must lie beside the layout"):
        chain([f"avro:{name}"], tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"names the file 'none.avsc', which can't be read: No such file"):
        chain(["avro:none.avsc"], tmp_path)


def test_nothing_is_nothing() -> None:
    assert chain(["json"]).decode(None) is None


def test_many_plain_json_payloads_are_read_together() -> None:
    one = chain(["zlib", "json"])
    good = [b'{"n": 1.10}', zlib.compress(b'{"n": 2}')]
    assert one.parse_many(good) == [{"n": Decimal("1.10")}, {"n": 2}]
    mixed = one.parse_many([*good, b"\x04\x08i", None])
    assert mixed[:2] == one.parse_many(good)
    assert isinstance(mixed[2], Undecodable)
    assert "Ruby Marshal" in mixed[2].reason
    assert mixed[3] is None
    assert one.finish_many(mixed) == mixed


def test_many_of_other_parsers_say_which_are_unreadable() -> None:
    values = chain(["msgpack"]).parse_many([b"\x01", b"\xc1", b"\x92\x01\x02"])
    assert values[0] == 1
    assert isinstance(values[1], Undecodable)
    assert values[2] == [1, 2]


def test_json_that_was_encoded_twice() -> None:
    twice = chain(["json", "json_string"])
    inner = json.dumps({"a": [1, "2"]})
    assert twice.decode(json.dumps(inner)) == {"a": [1, "2"]}
    assert twice.decode(inner) == {"a": [1, "2"]}
    assert twice.decode('"12"') == "12"
    assert twice.decode('"[no json"') == "[no json"


def test_text_and_bytes_stay() -> None:
    assert chain(["text"]).decode("日本".encode()) == "日本"
    assert chain(["base64", "bytes"]).decode("_-8") == b"\xff\xef"
    with pytest.raises(DecodeError, match="not UTF-8 text: byte 1 is 0xff"):
        chain(["text"]).decode(b"a\xff")


@pytest.mark.parametrize(
    ("tag", "data"),
    [
        ("decimal_str", "sNaN"),
        ("decimal_str", [0, [1], 0]),
        ("uuid_hex", ["no", "uuid"]),
        ("uuid_hex", "xyz"),
        ("datetime_iso", "yesterday"),
        ("tuple_as_list", "abc"),
        ("pickle", "x"),
        (7, "x"),
    ],
)
def test_a_tag_whose_data_does_not_fit_stays_visible(tag: object, data: object) -> None:
    value = {"_type_": tag, "_data_": data}
    assert chain(["json", "tagged"]).decode(json.dumps(value)) == value


def test_tags_become_what_they_stand_for() -> None:
    value = {"a": [{"_type_": "decimal_str", "_data_": "NaN"}, {"_type_": "time_iso", "_data_": "10:30:00"}]}
    decoded = chain(["json", "tagged"]).decode(json.dumps(value))
    assert str(decoded["a"][0]) == "NaN"
    assert decoded["a"][1] == time(10, 30)


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b' {"a": 1}', {"a": 1}),
        (b"-5", -5),
        (b"<a><b>1</b></a>", {"b": "1"}),
        (b"---\na: 1\n", {"a": 1}),
        (b'a:1:{s:1:"a";i:1;}', {"a": 1}),
        (b"\xd9\xd9\xf7\xa1\x61a\x01", {"a": 1}),
        (zlib.compress(zlib.compress(b"[1]")), [1]),
    ],
)
def test_sniffing_reads_what_shows_its_format(payload: bytes, value: object) -> None:
    assert chain(["sniff"]).decode(payload) == value


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"\xac\xed\x00\x05sr", "looks like a serialized Java object"),
        (b"\x04\x08o:\x08Foo", "looks like a Ruby Marshal value"),
        (b"\x83t\x00\x00\x00\x00", "looks like an Erlang term"),
        (b"\xc3\x01\x00\x00", "looks like Avro with a schema fingerprint"),
        (b"\x0a\x02o1\x10\x05", "of no known format, or encrypted .it begins with 0a 02 6f 31 10 05"),
        (b"", "empty"),
    ],
)
def test_sniffing_says_what_the_rest_looks_like(payload: bytes, words: str) -> None:
    with pytest.raises(DecodeError, match=words):
        chain(["sniff"]).decode(payload)


def test_tagged_values_in_some_of_many_payloads() -> None:
    tag = {"_type_": "decimal_str", "_data_": "1.10"}
    payloads = [
        {"a": 1},
        {"a": tag},
        {"a": [tag]},
        tag,
        {"_type_": 1, "_data_": 2},
        [tag],
        7,
        {"a": {"b": {"c": tag}}},
        {},
    ]
    many = chain(["json", "tagged"])
    for part in (payloads, payloads[:1], payloads[:2], payloads[3:5], payloads[4:]):
        raws = [dumps(each).encode() for each in part]
        values = many.finish_many(many.parse_many(raws))
        assert same(values, [many.decode(raw) for raw in raws])


@pytest.mark.parametrize("codec", ["zlib", "gzip", "zstd", "lz4", "aes_gcm", "base64"])
@pytest.mark.parametrize(
    "others",
    [
        [],
        [b" 1"],
        [b""],
        ['{"a":"ü"}'.encode()],
        [zlib.compress(b'{"b":2}')],
        [base64.b64encode(b'{"b":2}')],
        [b"{", b"}"],
        [b"\x1f\x8b cut off"],
    ],
)
def test_many_are_unpacked_as_one_by_one(codec: str, others: list[bytes]) -> None:
    packed = chain([codec, "json"], key=lambda: bytes(16))
    raws = [b'{"a":1}', *others, b"[1.10]"]
    assert same(packed.parse_many(raws), [_parsed(packed, raw) for raw in raws])


def _parsed(packed: Chain, raw: bytes) -> Value:
    try:
        return packed.parse(raw)
    except DecodeError as error:
        return Undecodable(str(error))
