"""Rules files from strangers: they run no Python, and neither eat memory nor hang."""

import contextlib

import helpers_hostile
import pytest
from helpers_hostile import replay

from esviewer.errors import RulesError
from esviewer.replay.reducer import StepError
from esviewer.replay.rules import MAX_FILE_BYTES, parse_rules


def rule(operations: str, initial: str = "{}") -> str:
    """A file with one rule, for every event."""
    return f"initial = {initial}\n[[on]]\nevent = '*'\n{operations}\n"


class TestMemory:
    @pytest.mark.parametrize(
        ("operations", "initial"),
        [
            ('set = { a = "state", b = "state" }', "{}"),
            ('set = { s = "state.s + state.s" }', "{ s = 'xxxxxxxxxxxxxxxx' }"),
            ('set = { l = "state.l + state.l" }', "{ l = [1, 2, 3] }"),
            ('set = { l = "[state.l, state.l]" }', "{ l = [1] }"),
            ('set = { n = "state.n * state.n" }', "{ n = 3 }"),
            ('set = { n = "state.n * state.n" }', "{ n = 1.10 }"),
            ('set = { n = "state.n ** 4000" }', "{ n = 9 }"),
            ('append = { l = "state.l" }', "{ l = [1] }"),
            ('append = { l = "state" }', "{ l = [1] }"),
            ("merge = \"{'a': state, 'b': state, 'c': [state, state]}\"", "{}"),
            ('merge = { p = "state" }', "{ x = 1 }"),
            ('set = { "k[str(state.n)]" = "state" }\nincrement = { n = 1 }', "{ n = 0 }"),
            ('set = { s = "str([state.s, state.s])" }', '{ s = \'""""\' }'),
            ('set = { s = "upper(state.s + state.s)" }', "{ s = 'ΐΐΐΐ' }"),
            ("set = { 'a[state.s + str(len(state.a))]' = '1' }", "{ s = '" + "x" * 50_000 + "', a = {} }"),
            ('set = { "a[state.s]" = "1", s = "state.s + state.s" }', "{ s = 'xxxxxxxxxxxxxxxx' }"),
        ],
    )
    def test_states_that_double(self, operations: str, initial: str):
        result = replay(rule(operations, initial), times=3000)
        assert result["skipped"] > 2000 or result["size"] < 100_000

    @pytest.mark.parametrize(
        "operations",
        [
            "set = { a = '[" + "data," * 300 + "]' }",
            "append = { a = '[" + "data," * 300 + "]' }",
            "append = { a = '[" + "data.l," * 150 + "]', b = '[" + "data.l," * 150 + "]' }",
            'merge = "{' + ", ".join(f"'k{n}': data" for n in range(150)) + '}"',
            "set = { a = '" + " + ".join(["data.l"] * 35) + "' }",
            "set = { a = '[" + ",".join(["data.s + data.s"] * 75) + "]' }",
        ],
    )
    def test_data_many_times_over(self, operations: str):
        assert replay(rule(operations), {"l": list(range(20_000)), "s": "x" * 100_000}, times=300)["skipped"] > 0

    def test_what_is_ordinary_is_not_refused(self):
        ordinary = """
        set = { last = "{'amount': data.amount, 'note': data.note + '!'}", text = "data.note + ' ' + str(data.amount)" }
        append = { log = "[data.amount, data.note]" }
        """
        result = replay(rule(ordinary), {"amount": 12.5, "note": "a note of some length"}, times=20_000)
        assert result["skipped"] == 0
        assert result["size"] > 20_000 * 30


class TestFiles:
    @pytest.mark.parametrize(
        "text",
        [
            "initial = { a = " + "[" * 200_000,
            "initial." + "a." * 100_000 + "a = 1",
            "[" + "a." * 100_000 + "a]",
            rule('set = { a = "' + "(" * 200_000 + '" }'),
            rule('set = { a = "' + "9" * 200_000 + '" }'),
            rule('set = { "' + "a[" * 200_000 + '" = "1" }'),
            "k" * 200_000 + " = 1",
            "[[on]]\n" * 30_000,
            rule("set." + "a." * 100_000 + "a = '1'"),
        ],
        ids=range(9),
    )
    def test_are_refused_in_short(self, text: str):
        assert len(replay(text)["refused"]) < 1000

    @pytest.mark.parametrize(
        "expression", ["data.a == data.b and " * 70 + "1", "-data.a ** 2 + 1", "[" * 39 + "]" * 39]
    )
    def test_as_large_as_allowed_compile(self, expression: str):
        line = f"a = '{expression}'\n"
        text = "[[on]]\nevent = '*'\n[on.set]\n"
        lines = "".join(f"k{number}{line}" for number in range((MAX_FILE_BYTES - 100) // (len(line) + 6)))
        assert "refused" not in replay(text + lines)

    def test_globs_do_not_hang(self):
        reducer = parse_rules("[[on]]\nevent = '" + "*a" * 1000 + "b'\nset = { a = 1 }", "x")
        assert reducer.step_for("a" * 5000) is None


ATTEMPTS = [
    "__import__('os').system('id')",
    "data.__class__.__base__.__subclasses__()",
    "open('/etc/passwd')",
    "exec('x')",
    "(lambda: 0)()",
    "[c for c in data]",
    "data.a.__globals__",
    "_look_up.__globals__",
    "changes.append(1)",
    "_meter",
    "state.clear()",
    "0)\n    import os\n    (0",
    "0 # '",
    "'a' 'b'\\\n; import os",
]


class TestPython:
    @pytest.mark.parametrize("attempt", ATTEMPTS)
    @pytest.mark.parametrize(
        "place",
        ["set = {{ a = {} }}", "when = {}", "merge = {}", "set = {{ {} = '1' }}", "remove = [{}]", "delete = {}"],
    )
    def test_is_never_run(self, attempt: str, place: str):
        path = "{ " in place or "[" in place
        for text in (attempt, f"a[{attempt}]", f"'{attempt}'") if path else (attempt,):
            quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
            try:
                reducer = parse_rules(rule(place.format(quoted)), "x")
            except RulesError:
                continue
            # As a fixed key of a path it may be odd, but it is only text.
            step = reducer.step_for("Any")
            assert step is not None
            with contextlib.suppress(StepError):
                state = step({}, {}, None, [])
                assert state == {} or isinstance(next(iter(state)), str)

    def test_keys_and_texts_are_only_text(self):
        evil = "a'] + __import__('os').system('id') #\"\\"
        text = rule(r'''set = { "p[data.k]" = "data.v", 'r"""' = "2", "q['it\\'s']" = "3", "x\ny" = "4" }''')
        result = replay(text, {"k": evil, "v": "{__import__('os')}"})
        assert result["skipped"] == 0
        assert result["state"] == {
            "p": {evil: "{__import__('os')}"},
            'r"""': 2,
            "q": {"it's": 3},
            "x\ny": 4,
        }


def test_the_limits_hold():
    """Without bounds the tests above would fail: a payload of 2 GB does not fit, and an import is seen."""
    assert helpers_hostile.MEMORY == 1 << 30
    with pytest.raises(AssertionError, match="MemoryError"):
        replay(rule("merge = 'data'"), {"a": "x" * (600 << 20)})
