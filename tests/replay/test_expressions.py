"""Expressions: what they compute, what they refuse, and that nothing gets out of them."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from helpers_values import VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import RulesError
from esviewer.model.values import Number, same
from esviewer.replay.expressions import MAX_NESTING, compile_expression
from esviewer.replay.reducer import StepError

DATA = {
    "a": {"b": 5, "with space": 6, "from": 7},
    "l": [10, 20, 30],
    "k": "b",
    "s": "Ünï",
    "n": Number("1.10"),
    "d": Decimal("2.50"),
    "f": 0.1,
    "t": True,
    "none": None,
    "__class__": "a key",
}


def value(text: str, data: object = DATA) -> object:
    return compile_expression(text, ("data",))(data)


class TestValues:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("data.a.b", 5),
            ("data['a']['b']", 5),
            ("data.a['with space']", 6),
            ("data.a.from", 7),
            ("data.a . from + 1", 8),
            ("data.a[data.k]", 5),
            ("data.l[1]", 20),
            ("data.l[-1]", 30),
            ("data.l[3]", None),
            ("data.l['x']", None),
            ("data.l[true]", None),
            ("data.missing", None),
            ("data.missing.deeper[0]", None),
            ("data.a[data.missing]", None),
            ("data.a.b.c", None),
            ("data.s[0]", "Ü"),
            ("data['__class__']", "a key"),
            ("data", DATA),
            ("true", True),
            ("True", True),
            ("false", False),
            ("null", None),
            ("None", None),
            ("'te\"xt' 'ed'", 'te"xted'),
            ("[1, (2, 'a'), {}, {'k': data.l[0]}]", [1, [2, "a"], {}, {"k": 10}]),
            ("1 + 2 * 3 - 4", 3),
            ("7 // 2", 3),
            ("-7 // 2", -4),
            ("7 % -3", -2),
            ("7 / 2", 3.5),
            ("2 ** 10", 1024),
            ("-data.a.b", -5),
            ("+data.a.b", 5),
            ("--data.f", 0.1),
            ("not data.none", True),
            ("data.s + '!'", "Ünï!"),
            ("data.l + [40]", [10, 20, 30, 40]),
            ("data.none or 'else'", "else"),
            ("data.t and data.k", "b"),
            ("1 if data.t else 2", 1),
            ("data.k == 'b'", True),
            ("data.k != 'b'", False),
            ("1 == true", False),
            ("1 == 1.0", True),
            ("data.n == 1.1", True),
            ("0 < data.a.b < 10", True),
            ("0 < data.a.b < 5", False),
            ("1 < 2 > 1 == 1", True),
            ("'a' < 'b' <= 'b'", True),
            ("20 in data.l", True),
            ("'b' in data.a", True),
            ("5 not in data.a", True),
            ("'n' in data.s", True),
            ("1 in data.none", False),
            ("len(data.l) + len(data.a) + len(data.s) + len(null)", 9),
            ("min(3, data.a.b)", 3),
            ("max(data.l)", 30),
            ("min([])", None),
            ("sum(data.l)", 60),
            ("abs(-3)", 3),
            ("round(2.675, 2)", 2.67),
            ("round(2.5)", 2),
            ("str(12)", "12"),
            ("str(data.a)", '{"b":5,"with space":6,"from":7}'),
            ("str('x')", "x"),
            ("int('12') + int(3.9) + int(true)", 16),
            ("float('1.5')", 1.5),
            ("day('2026-03-01T10:20:30.5+09:00')", "2026-03-01"),
            ("[hour('2026-03-01 10:20'), month('2026-03-01')]", ["2026-03-01T10", "2026-03"]),
            ("year('2026-03-01')", "2026"),
            ("day(null)", None),
            ("lower('ÄB') + upper('ß')", "äbSS"),
        ],
    )
    def test_of(self, text: str, expected: object):
        assert same(value(text), expected)

    @pytest.mark.parametrize(
        ("text", "kind", "printed"),
        [
            ("data.n + 1", Number, "2.10"),
            ("data.n + data.f", Number, "1.20"),
            ("data.n * 3", Number, "3.30"),
            ("data.d + data.n", Decimal, "3.60"),
            ("data.d - 0.25", Decimal, "2.25"),
            ("data.d // 1", Decimal, "2"),
            ("-data.d // 1", Decimal, "-3"),
            ("data.d % 1", Decimal, "0.50"),
            ("-data.n", Number, "-1.10"),
            ("abs(-data.n)", Number, "1.10"),
            ("round(data.d, 1)", Decimal, "2.5"),
            ("decimal('0.1') + decimal(0.2)", Decimal, "0.3"),
            ("decimal(1) / 3", Decimal, "0." + "3" * 34),
            ("sum([data.n, data.n])", Number, "2.20"),
            ("data.n ** 2", Number, "1.2100"),
        ],
    )
    def test_decimals_are_exact(self, text: str, kind: type, printed: str):
        result = value(text)
        assert type(result) is kind
        assert str(result) == printed

    def test_data_need_not_be_an_object(self):
        assert value("data.a", [1]) is None
        assert value("data[0]", [1]) == 1
        assert value("data", "text") == "text"

    def test_operands_are_computed_once(self):
        # Written out for every comparison it takes part in, this would have 2**30 parts.
        text = "1 < (" * 30 + "2" + ") < 3" * 30
        with pytest.raises(StepError):
            value(text)

    @pytest.mark.parametrize(
        "text",
        [
            "data.missing + 1",
            "1 - data.none",
            "data.k < 1",
            "data.none < 1",
            "data.l < data.l",
            "true + 1",
            "'a' * 3",
            "[0] * 10",
            "'%s' % 5",
            "data.s % data.a",
            "1 / 0",
            "1 // 0",
            "1.5 % 0",
            "data.d / 0",
            "data.d % 0",
            "2 ** -1",
            "2 ** 0.5",
            "2 ** 5000",
            "(2 ** 1000) ** 5",
            "1e300 ** 1000",
            "(2 ** 4000) * (2 ** 4000)",
            "(2 ** 2000) + 0.5",
            "-'a'",
            "+null",
            "1 in 5",
            "len(5)",
            "min(1, 'a')",
            "sum('ab')",
            "sum(['a', 'b'])",
            "abs('a')",
            "round('a')",
            "round(1.5, 10 ** 9)",
            "int('x')",
            "int(null)",
            "int(data.l)",
            "int('9' * 5)",
            "float('x')",
            "float([])",
            "decimal('x')",
            "decimal(true)",
            "decimal('Infinity')",
            "decimal('1e9000') * decimal('1e9000')",
            "upper(1)",
            "day('1 March')",
            "day(20260301)",
            "hour('2026-03-01')",
            "day('2026-03-01T10:20' + 'x' * 50)",
        ],
    )
    def test_without_one(self, text: str):
        with pytest.raises(StepError) as caught:
            value(text)
        assert len(str(caught.value)) < 200


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1 +",
            "a = 1",
            "import os",
            "__import__('os')",
            "open('/etc/passwd')",
            "eval('1')",
            "exec('1')",
            "print(1)",
            "getattr(data, 'a')",
            "globals()",
            "len",
            "dict",
            "_look_up",
            "keys",
            "_t1",
            "__builtins__",
            "data.__class__",
            "data.a.__class__.__mro__",
            "''.__class__",
            "().__class__.__bases__[0].__subclasses__()",
            "data.get('a')",
            "'a'.join([])",
            "'{0.__class__}'.format(data)",
            "f'{data}'",
            "f'{data.__class__}'",
            "lambda: 1",
            "(lambda x: x)(1)",
            "[x for x in data]",
            "{x for x in data}",
            "{x: 1 for x in data}",
            "(x for x in data)",
            "(x := 1)",
            "[*data]",
            "{**data}",
            "len(*data)",
            "len(**data)",
            "len(obj=data)",
            "len()",
            "len(1, 2)",
            "await data",
            "(yield)",
            "data[0:1]",
            "data[...]",
            "...",
            "{1, 2}",
            "{1: 2}",
            "{data.k: 2}",
            "1 is 1",
            "1 is not 2",
            "~1",
            "1 << 2",
            "1 | 2",
            "data @ data",
            "1j",
            "b'bytes'",
            "1e999",
            "9" * 2000,
            "name",
            "data.ﬁeld",
            "del data",
            "data; data",
            "data)(data",
            "\x00",
            "data # \n.a",
        ],
    )
    def test_is(self, text: str):
        with pytest.raises(RulesError):
            compile_expression(text)

    @pytest.mark.parametrize(
        "text",
        [
            "(" * 1500 + "1" + ")" * 1500,
            "[" * 300 + "]" * 300,
            "-" * 3000 + "1",
            "not " * 900 + "1",
            "data" + ".a" * 1500,
            "data" + "[data" * 300 + "]" * 300,
            "1" + "+1" * 1500,
            "1 if " * 600 + "1" + " else 1" * 600,
            "1 < " * 900 + "1",
            "[" + "1," * 1900 + "]",
            "{" + "'a':1," * 600 + "}",
            "len(" * 900 + ")" * 900,
            "'" + "a" * 5000 + "'",
            "1" + " " * 5000,
        ],
    )
    def test_too_long_or_deep(self, text: str):
        with pytest.raises(RulesError):
            compile_expression(text)

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("(-", ")"),
            ("(not ", ")"),
            ("[", "]"),
            ("len(", ")"),
            ("data[", "]"),
            ("(1 < ", ")"),
            ("(1 < ", " < 3)"),
            ("(1 if ", " else 2)"),
            ("(1 + ", ")"),
            ("{'a': ", "}"),
            ("(1 and ", ")"),
            ("(1 in ", ")"),
        ],
    )
    def test_what_is_just_deep_enough_compiles(self, start: str, end: str):
        depth = MAX_NESTING - 1
        compile_expression(start * depth + "1" + end * depth)
        with pytest.raises(RulesError, match="nested"):
            compile_expression(start * (depth + 2) + "1" + end * (depth + 2))

    def test_says_what_there_is(self):
        with pytest.raises(
            RulesError, match="Opened is not known; there are data, meta, event, state, and texts stand"
        ):
            compile_expression("Opened")
        with pytest.raises(RulesError, match=r"open\(\) can't be called; there are len min max"):
            compile_expression("open('x')")


class TestBounds:
    def test_texts(self):
        long = {"s": "x" * 600_000}
        with pytest.raises(StepError, match="longer than 1,000,000"):
            value("data.s + data.s", long)
        with pytest.raises(StepError):
            value("upper(data.s)", long)
        with pytest.raises(StepError):
            value("str([data.s, data.s])", long)

    def test_lists(self):
        with pytest.raises(StepError, match="longer than 1,000,000"):
            value("data + data", [0] * 600_000)

    def test_escapes_do_not_multiply(self):
        data = {"s": '"' * 1000}
        with pytest.raises(StepError):
            value("str([" * 15 + "data.s" + "])" * 15, data)

    def test_integers(self):
        assert value("2 ** 4095") == 2**4095
        with pytest.raises(StepError, match="4096 bits"):
            value("2 ** 4096")
        with pytest.raises(StepError, match="4096 bits"):
            value("data + data", 2**4095)


class TestNumbersThatAreNone:
    @pytest.mark.parametrize("text", ["data < 1", "data == data", "data == 1", "1 >= data", "data in [1]"])
    @pytest.mark.parametrize("number", [float("nan"), Decimal("nan"), Decimal("sNaN")])
    def test_compare_with_nothing(self, text: str, number: object):
        assert value(text, number) is False

    def test_never_become_json_numbers(self):
        with pytest.raises(StepError):
            value("data.a + data.b", {"a": float("nan"), "b": Number("1.10")})


PARTS = ["data", "data.a", "data.b", "data[0]", "state", "1", "-2", "0.5", "'a'", "'10'", "null", "true", "[]", "{}"]
FORMS = [
    "({} + {})",
    "({} - {})",
    "({} * {})",
    "({} / {})",
    "({} // {})",
    "({} % {})",
    "({} ** {})",
    "({} < {})",
    "abs({})",
    "({} == {})",
    "({} in {})",
    "({} and {})",
    "{}[{}]",
    "[{}, {}]",
    "min({}, {})",
    "max([{}, {}])",
    "round({}, {})",
    "len({})",
    "sum({})",
    "str({})",
    "int({})",
    "float({})",
    "decimal({})",
    "lower({})",
    "-{}",
    "not {}",
    "({} < {} <= 3)",
]


@st.composite
def expressions(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(FORMS))
    parts = [draw(st.sampled_from(PARTS)) for _ in range(form.count("{}"))]
    outer = draw(st.sampled_from(FORMS))
    inner = form.format(*parts)
    return outer.format(*[inner if n == 0 else draw(st.sampled_from(PARTS)) for n in range(outer.count("{}"))])


class TestAnything:
    @settings(max_examples=1500, deadline=None)
    @given(expressions(), VALUES, VALUES)
    def test_has_a_value_or_a_reason(self, text: str, data: object, state: object):
        try:
            compute = compile_expression(text, ("data", "state"))
        except RulesError:
            return
        with contextlib.suppress(StepError):
            compute(data, state)

    @settings(max_examples=500, deadline=None)
    @given(st.text(alphabet="data.state[]()'\"+-*/%<>=!, \n#:{}0123e_ifnot lambda\\é", max_size=60))
    def test_text_compiles_or_is_refused(self, text: str):
        try:
            compute = compile_expression(text)
        except RulesError:
            return
        with contextlib.suppress(StepError):
            compute(DATA, None, {}, {})


def test_dates_compare():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert value("data.a < data.b", {"a": early, "b": late}) is True
    with pytest.raises(StepError):
        value("data.a < data.b", {"a": early, "b": late.replace(tzinfo=None)})
