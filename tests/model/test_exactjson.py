"""Exact JSON: what went in comes out, numbers above all; what is no JSON is refused with the place."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from helpers_values import JSON_VALUES, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.exactjson import NotJsonError, canonical, dumps, loads, loads_many, plain
from esviewer.model.inexact import inexact
from esviewer.model.values import MAX_DEPTH, Number, same

NUMBERS = [
    "0", "-1", "1", "12", "-0.0", "0.5", "1.1", "1.10", "1.0", "100.00", "1e5", "1E5", "1e400", "-1E-400", "0.0001",
    "0.00001", "0.00000012", "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551615",
    "18446744073709551616", "1180591620717411303424", "0.1234567890123456789", "123456789012345678.5", "3.14", "2.50",
    "999999999999999", "1000000000000000", "0.000", "1e1", "1.5e3", "0.30000000000000004", "1" + "0" * 5000,
]  # fmt: skip


SPACE = st.sampled_from(["", "", " ", "\n\t "])
INSIDE = st.sampled_from(["", "1.50", "T12:30:01.50Z", "a, 1.50", "7e3", "1" * 20, "-1.0", '\\"', "\\\\", ":1.10", "ü"])


@st.composite
def written(draw: st.DrawFn, depth: int = 2) -> str:
    """JSON text with space anywhere and things like numbers in its texts."""
    space = draw(SPACE)
    kind = draw(st.sampled_from(["number", "text", "list", "object"] if depth else ["number", "text"]))
    if kind == "number":
        inner = draw(st.sampled_from(NUMBERS))
    elif kind == "text":
        inner = '"' + draw(INSIDE) + draw(INSIDE) + '"'
    elif kind == "list":
        inner = "[" + ",".join(draw(written(depth - 1)) for _ in range(draw(st.integers(1, 3)))) + "]"
    else:
        key = draw(INSIDE)
        inner = "{" + f'"{key}"{space}:' + draw(written(depth - 1)) + f', "k":{draw(written(depth - 1))}' + "}"
    return space + inner + draw(SPACE)


WRITTEN = written()


class TestNumbers:
    @pytest.mark.parametrize("text", NUMBERS)
    def test_print_as_written(self, text: str):
        assert dumps(loads(text)) == text

    @pytest.mark.parametrize("text", NUMBERS)
    @pytest.mark.parametrize("around", ["[%s]", '{"a":%s}', '{"a" : %s }', "[1, %s ,2]", "[\n\t%s\r\n]", '["x",%s]'])
    def test_are_found_wherever_they_stand(self, text: str, around: str):
        raw = around % text
        value = loads(raw)
        assert dumps(value) == raw.translate({ord(c): None for c in " \n\t\r"})
        many = loads_many([b'{"b":1}', raw.encode()])
        assert many is None or same(many[1], value)

    @pytest.mark.parametrize("text", NUMBERS)
    def test_many_at_once_never_change_one(self, text: str):
        values = loads_many([b"1", text.encode(), b'"2"'])
        assert values is None or dumps(values[1]) == text

    def test_common_ones_are_plain(self):
        assert type(loads("1.5")) is float
        assert type(loads("9007199254740993")) is int
        assert loads("9007199254740993") == 9007199254740993
        assert loads(str(2**70)) == 2**70
        assert type(loads("1.10")) is Number
        assert loads("1.10") == Decimal("1.10")

    def test_huge_exponent_is_refused(self):
        with pytest.raises(NotJsonError, match="exponent"):
            loads("[1e999999999999999999999]")

    def test_not_a_number_prints_as_text(self):
        value = loads('{"a": NaN, "b": [-Infinity, Infinity]}')
        assert value["a"] != value["a"]
        assert dumps(value) == '{"a":"NaN","b":["-Infinity","Infinity"]}'

    @given(st.integers())
    def test_any_integer(self, number: int):
        assert dumps(loads(str(number))) == str(number)

    @given(st.decimals(allow_nan=False, allow_infinity=False))
    def test_any_decimal(self, number: Decimal):
        text = str(number)
        value = loads(text)
        assert dumps(value) == text or Decimal(dumps(value)) == number == 0
        many = loads_many([b"[" + text.encode() + b"]"])
        assert many is None or dumps(many[0]) == dumps([value])


class TestTexts:
    def test_lone_surrogates_survive(self):
        value = loads(rb'"a\ud800b"')
        assert value == "a\ud800b"
        assert dumps(value) == r'"a\ud800b"'
        assert loads(dumps(value)) == value

    def test_surrogates_as_bytes_are_read(self):
        assert loads(b'"\xed\xa0\x80"') == "\ud800"

    def test_not_utf8_is_refused_with_its_place(self):
        with pytest.raises(NotJsonError, match="byte 2 is 0xff"):
            loads(b'"a\xff"')

    def test_byte_order_mark(self):
        assert loads(b"\xef\xbb\xbf[1.10]") == [Decimal("1.10")]

    def test_last_of_equal_keys_counts(self):
        assert loads(b'{"a":1,"a":2}') == {"a": 2}
        assert loads(b'{"a":1.10,"a":2.20}') == {"a": Decimal("2.20")}

    @pytest.mark.parametrize("raw", ["", " ", "{", "[1,]", "nul", "'a'", "{a:1}", '"a', "1 2", "[1]]", "\x00"])
    def test_no_json(self, raw: str):
        with pytest.raises(NotJsonError):
            loads(raw)
        assert loads_many([raw.encode()]) is None


class TestDepth:
    def test_as_deep_as_allowed(self):
        text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
        assert dumps(loads(text)) == text

    @pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000, 2_000_000])
    def test_deeper(self, depth: int):
        text = '{"a":' * depth + "1" + "}" * depth
        with pytest.raises(NotJsonError, match="deeper than 200"):
            loads(text)
        assert loads_many([b"1", text.encode()]) is None

    def test_brackets_in_texts_do_not_count(self):
        value = {"a\\": "[{" * 1000, 'b"': '"]' * 1000}
        assert loads(json.dumps(value)) == value


class TestMany:
    @pytest.mark.parametrize(
        "raws",
        [
            [b"[1", b"2]"],
            [b"1,2"],
            [b"1,2", b""],
            [b'{"a":1', b'"b":2}'],
            [b'"a', b'b"'],
            [b"1", b"", b"2"],
            [b"[", b"]"],
            [b"1]", b"[2"],
            [b'{"a":[{}', b"{}]}", b"{},{}"],
            [b"1,2", b"[3", b"4]"],
            [b"1,2,3", b'"a', b'b"', b"4,5"],
            [b"\xef\xbb\xbf1", b"2"],
            [b"/* */ 1"],
        ],
    )
    def test_texts_can_not_join(self, raws: list[bytes]):
        assert loads_many(raws) is None

    def test_none(self):
        assert loads_many([]) == []

    def test_texts_and_bytes(self):
        assert loads_many(['{"a":"ü"}', "2"]) == loads_many(['{"a":"ü"}'.encode(), b"2"]) == [{"a": "ü"}, 2]
        assert loads_many(["1", b"2"]) is None

    def test_surrogate_in_text(self):
        assert loads_many(['"\ud800"']) is None

    @given(st.lists(JSON_VALUES, max_size=5))
    def test_as_one_by_one(self, values: list):
        raws = [dumps(value).encode() for value in values]
        many = loads_many(raws)
        one_by_one = [loads(raw) for raw in raws]
        assert same(one_by_one, values)
        assert many is None or same(many, values)

    @settings(max_examples=300)
    @given(st.lists(WRITTEN, min_size=1, max_size=6), st.booleans())
    def test_however_they_are_written(self, texts: list[str], as_text: bool):
        many = loads_many(texts if as_text else [text.encode() for text in texts])
        assert many is None or same(many, [loads(text) for text in texts])

    def test_one_that_needs_care_does_not_slow_the_others(self):
        raws = [b'{"n":1.50}', b'{"n":1.5}', b" 12345678901234567890 ", b"[-0.00001]", b'"1.50"', b"1e5"]
        values = loads_many(raws)
        assert values is not None
        assert list(map(dumps, values)) == [
            '{"n":1.50}',
            '{"n":1.5}',
            "12345678901234567890",
            "[-0.00001]",
            '"1.50"',
            "1e5",
        ]
        assert inexact(raws, b"[%b]" % b",".join(raws)) == [0, 2, 3, 5]

    @pytest.mark.parametrize("as_text", [False, True])
    def test_where_it_is_among_longer_and_wider_texts(self, as_text: bool):
        raws = ['{"a":"ü€😀"}', '"ü"', "1.50", '["ÿ",1e5]', '"ü"', "7.10", "[9007199254740993]"]
        values = loads_many(raws if as_text else [raw.encode() for raw in raws])
        assert values is not None
        assert list(map(dumps, values)) == ['{"a":"ü€😀"}', *raws[1:3], '["ÿ",1e5]', *raws[4:]]

    def test_digits_in_texts_are_no_numbers(self):
        raws = [b'{"at":"2026-01-02T03:04:05.678900Z","id":"7e3","of":"1 of 1.50"}', b'{"a.b:1.50":"12:30.50"}']
        assert inexact(raws, b"[%b]" % b",".join(raws)) == [0]
        assert inexact(raws[1:], b"[%b]" % raws[1]) == []

    def test_common_payloads_need_no_second_way(self):
        raws = [b'{"amount":12.5,"id":"7d3f1e52-9b7c-4a8e-8d5c-0123456789ab","at":"2026-01-02T03:04:05.678901Z"}'] * 3
        values = loads_many(raws)
        assert values is not None
        assert values[0]["amount"] == 12.5


class TestWriting:
    @given(JSON_VALUES)
    def test_reads_back_the_same(self, value: object):
        assert same(loads(dumps(value)), value)
        assert same(loads(dumps(value, indent=2, sort_keys=True)), value)

    @given(VALUES)
    def test_anything_is_valid_json(self, value: object):
        assert same(loads(dumps(value)), plain(value))
        json.loads(dumps(value))

    @given(VALUES)
    def test_canonical_is_the_same_for_the_same(self, value: object):
        assert canonical(loads(dumps(value))) == canonical(plain(value))

    def test_types_that_json_lacks(self):
        value = {
            "d": Decimal("1.10"),
            "n": Number("1.10"),
            "t": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "day": date(2026, 1, 2),
            "u": UUID(int=5),
            "b": b"\x00\xff",
        }
        assert dumps(value) == (
            '{"d":"1.10","n":1.10,"t":"2026-01-02T03:04:05+00:00","day":"2026-01-02",'
            '"u":"00000000-0000-0000-0000-000000000005","b":"AP8="}'
        )

    def test_forms(self):
        value = {"b": [1, {}], "a": []}
        assert dumps(value) == '{"b":[1,{}],"a":[]}'
        assert canonical(value) == b'{"a":[],"b":[1,{}]}'
        assert dumps(value, indent=2) == '{\n  "b": [\n    1,\n    {}\n  ],\n  "a": []\n}'
