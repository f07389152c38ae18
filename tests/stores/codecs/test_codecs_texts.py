"""YAML, XML and PHP's serialize(), with what Ruby, Java and PHP frameworks write."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.exactjson import dumps
from esviewer.model.values import Number, same
from esviewer.stores.codecs import DecodeError, chain

YAML = chain(["yaml"])
XML = chain(["xml"])
PHP = chain(["php"])

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.text("abc: -#'\"\n日本🙂,[]{}&*!|>%@`01.:e~", max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab1:~ ", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("flow", [True, False, None])
@given(value=PLAIN)
def test_yaml_round_trip(flow: bool | None, value: Any) -> None:
    written = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    # PyYAML leaves text bare that is a symbol to Ruby.
    if not any(text.startswith(":") for text in strings(value)):
        assert same(YAML.decode(written), value)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


RAILS = """---
:order_id: 5
customer: !ruby/object:Shop::Customer
  name: Ann
  vip: true
:state: :paid
:kind: !ruby/symbol late
:quoted: :"with space"
:total: !ruby/object:BigDecimal 27:0.110e1
:at: !ruby/object:ActiveSupport::TimeWithZone
  utc: 2026-01-02 03:04:05.678901234 Z
  zone: !ruby/object:ActiveSupport::TimeZone
    name: Etc/UTC
:options: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
  a: 1
:lines: &1
- sku: A
:again: *1
:blob: !binary |-
  /wA=
:range: !ruby/range 1..2
:string: ':no symbol'
:code: !ruby/regexp /a.*b/
"""


def test_what_rails_event_store_writes() -> None:
    assert YAML.decode(RAILS) == {
        "order_id": 5,
        "customer": {"__class__": "Shop::Customer", "name": "Ann", "vip": True},
        "state": "paid",
        "kind": "late",
        "quoted": "with space",
        "total": Decimal("1.10"),
        "at": {
            "__class__": "ActiveSupport::TimeWithZone",
            "utc": "2026-01-02 03:04:05.678901234 Z",
            "zone": {"__class__": "ActiveSupport::TimeZone", "name": "Etc/UTC"},
        },
        "options": {"a": 1},
        "lines": [{"sku": "A"}],
        "again": [{"sku": "A"}],
        "blob": b"\xff\0",
        "range": "1..2",
        "string": ":no symbol",
        "code": "/a.*b/",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 15),
        ("0b101", 5),
        ("-0x10", -16),
        ("1_000", 1000),
        ("1,000", 1000),
        ("9007199254740993", 9007199254740993),
        ("1.10", Number("1.10")),
        ("1.5", 1.5),
        (".5", Number("0.5")),
        ("1.", Number("1")),
        ("+1.25e+3", Number("1.25E+3")),
        ("1e400", "1e400"),
        ("1.0e400", Number("1.0e400")),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        (".nan", math.nan),
        ("~", None),
        ("Off", False),
        ("2026-01-02", date(2026, 1, 2)),
        ("2026-13-02", "2026-13-02"),
        ("2026-01-02 03:04:05 Z", datetime(2026, 1, 2, 3, 4, 5, 0, UTC)),
        ("2026-01-02T03:04:05.5+09:30", datetime(2026, 1, 2, 3, 4, 5, 500000, timezone(timedelta(minutes=570)))),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5)),
        ("2026-06-31 03:04:05 Z", "2026-06-31 03:04:05 Z"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!python/object/apply:os.system [id]", ["id"]),
        ("!ruby/object:Gem::Installer {i: x}", {"__class__": "Gem::Installer", "i": "x"}),
        ("{<<: {a: 1, b: 2}, b: 3}", {"a": 1, "b": 3}),
        ("{1: a, [x]: b}", {"1": "a", '["x"]': "b"}),
    ],
)
def test_yaml_scalars_and_tags(text: str, value: object) -> None:
    decoded = YAML.decode(text)
    assert same(decoded, value) or (isinstance(value, Number) and type(decoded) is float and decoded == value)
    dumps(decoded)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a: [", "not YAML: .* at line 2"),
        ("--- 1\n--- 2", "more than one YAML document"),
        ("*x", r"the alias \*x stands for nothing"),
        (b"\xff", "byte 0 is no UTF-8"),
        ("a: \x01", "not YAML"),
        ("!!binary $", "not YAML"),
    ],
)
def test_what_is_no_yaml(text: str | bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        YAML.decode(text)


def test_an_alias_is_a_copy() -> None:
    value = YAML.decode("a: &x {n: 1}\nb: *x")
    value["a"]["n"] = 2
    assert value["b"] == {"n": 1}


AXON = """<com.example.OrderPlaced>
  <orderId>o-1</orderId>
  <amount class="big-decimal">1.10</amount>
  <items>
    <item><sku>A</sku></item>
    <item><sku>B</sku></item>
  </items>
  <note/>
  <list><int>1</int><int>2</int><boolean>true</boolean><null/></list>
  <big><long>9007199254740993</long></big>
  <prices><entry><string>a</string><big-decimal>1.10</big-decimal></entry></prices>
</com.example.OrderPlaced>"""


def test_what_axon_writes_with_xstream() -> None:
    assert XML.decode(AXON) == {
        "orderId": "o-1",
        "amount": {"@class": "big-decimal", "#text": "1.10"},
        "items": {"item": [{"sku": "A"}, {"sku": "B"}]},
        "note": "",
        "list": {"int": [1, 2], "boolean": True, "null": None},
        "big": {"long": 9007199254740993},
        "prices": {"a": Decimal("1.10")},
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<meta-data><entry><string>k</string><string>v</string></entry></meta-data>", {"k": "v"}),
        ("<meta-data><entry><string>k</string><int>1</int></entry><entry><a/><b><c/></b></entry></meta-data>",
         {"k": 1, "": {"c": ""}}),
        ("<meta-data/>", ""),
        ("<a><entry>1</entry></a>", {"entry": "1"}),
        ("<a><entry><b>1</b><b>2</b></entry><c>3</c></a>", {"entry": {"b": ["1", "2"]}, "c": "3"}),
        ("<a><b/><b><c/></b><b>x</b></a>", {"b": ["", {"c": ""}, "x"]}),
        ("<int>x</int>", "x"),
        ("<boolean>maybe</boolean>", "maybe"),
        ("<big-decimal>sNaN</big-decimal>", "sNaN"),
        ("<string> a &lt;b&gt; &#x65e5;</string>", " a <b> 日"),
        ("<a>x<b>1</b>y</a>", {"b": "1", "#text": "xy"}),
        ('<n:a xmlns:n="u" n:x="1"><n:b>2</n:b></n:a>', {"@x": "1", "b": "2"}),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>', "ü"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>'.encode("latin-1"), "ü"),
        ("<a>日</a>".encode("utf-16"), "日"),
    ],
)  # fmt: skip
def test_xml_forms(text: str | bytes, value: object) -> None:
    assert same(XML.decode(text), value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not XML"),
        ("<a>", "not XML"),
        ("<a>&b;</a>", "not XML: undefined entity"),
        ("<!DOCTYPE a><a/>", "document type or entities"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "document type or entities"),
        ('<?xml version="1.0" encoding="klingon"?><a>\xff</a>'.encode("latin-1"), "not XML"),
    ],
)
def test_what_is_no_xml(text: str | bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        XML.decode(text)


def serialized(value: Any) -> bytes:
    """What PHP's serialize() makes of plain data, as its manual describes it."""
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, float):
        special = "NAN" if value != value else "INF" if value > 0 else "-INF"
        return f"d:{repr(value) if math.isfinite(value) else special};".encode()
    if isinstance(value, str):
        raw = value.encode()
        return b's:%d:"%s";' % (len(raw), raw)
    items = list(enumerate(value)) if isinstance(value, list) else list(value.items())
    return b"a:%d:{%s}" % (len(items), b"".join(serialized(key) + serialized(inner) for key, inner in items))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner, min_size=1, max_size=4),
    )
)
def test_php_round_trip(value: Any) -> None:
    assert same(PHP.decode(serialized(value)), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"a:0:{}", []),
        (b'a:2:{i:1;s:1:"a";i:2;s:1:"b";}', {"1": "a", "2": "b"}),
        (b"d:0.10000000000000001;", Number("0.10000000000000001")),
        (b's:1:"\xff";', b"\xff"),
        (
            b'O:8:"App\\User":3:{s:2:"id";i:7;s:14:"\0App\\User\0name";s:3:"Ann";s:6:"\0*\0tag";N;}',
            {"__class__": "App\\User", "id": 7, "name": "Ann", "tag": None},
        ),
        (b'C:11:"ArrayObject":3:{abc}', {"__class__": "ArrayObject", "__data__": "abc"}),
        (b'E:11:"Suit:Hearts";', {"__class__": "Suit", "name": "Hearts"}),
        (b"a:3:{i:0;a:1:{i:0;i:5;}i:1;R:2;i:2;r:3;}", [[5], [5], 5]),
        (b'O:1:"A":1:{s:4:"self";r:1;}', {"__class__": "A", "self": {"__reference__": 1}}),
        (b'a:2:{s:1:"a";O:1:"B":0:{}s:1:"b";r:2;}', {"a": {"__class__": "B"}, "b": {"__class__": "B"}}),
    ],
)
def test_php_forms(text: bytes, value: object) -> None:
    assert same(PHP.decode(text), value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"x",
        b"i:1",
        b"i:x;",
        b"i:1_0;",
        b"b:2;",
        b"d:x;",
        b's:5:"abc";',
        b"a:2:{i:0;N;}",
        b"a:1:{N;N;}",
        b"R:1;",
        b"r:9;",
        b"N;N;",
    ],
)
def test_what_is_no_php_value(text: bytes) -> None:
    with pytest.raises(DecodeError, match="not a"):
        PHP.decode(text)
