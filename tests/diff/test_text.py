"""Differences as text."""

import difflib
import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff.text import listing, unified
from esviewer.model.change import Change
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Number


def test_one_line_a_change() -> None:
    assert listing(
        [
            Change(("a", "b"), MISSING, 1),
            Change(("c",), "x", MISSING),
            Change(("d", 0), Number("1.10"), None),
            Change((), {}, [1, {"k": "v"}]),
            Change(("e/f",), MISSING, None),
        ]
    ) == ["+ /a/b: 1", '- /c: "x"', "~ /d/0: 1.10 -> null", '~ (root): {} -> [1,{"k":"v"}]', "+ /e~1f: null"]


def test_no_line_can_be_forged() -> None:
    lines = listing([Change(("a\n+ /b", "\u202ex"), MISSING, "\n- /c\x1b[31m\x9b\u2028")])

    assert lines == ['+ /a\\u000a+ ~1b/\\u202ex: "\\n- /c\\u001b[31m\\u009b\\u2028"']


def test_unified() -> None:
    text = unified({"b": 1, "a": 1}, {"a": 2, "b": 1}, "old", "new")

    assert text.splitlines() == [
        "--- old",
        "+++ new",
        "@@ -1,4 +1,4 @@",
        " {",
        '-  "a": 1,',
        '+  "a": 2,',
        '   "b": 1',
        " }",
    ]
    assert unified({"a": 1}, {"a": 1}, "old", "new") == ""


def test_a_name_or_a_value_makes_no_line_of_its_own() -> None:
    text = unified(["\u2028", "a"], ["\u2028", "\u202e"], "o\nld", "n\x85ew")

    assert text.splitlines() == [
        "--- o\\u000ald",
        "+++ n\\u0085ew",
        "@@ -1,4 +1,4 @@",
        " [",
        '   "\\u2028",',
        '-  "a"',
        '+  "\\u202e"',
        " ]",
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=40), st.lists(st.integers(0, 9), max_size=40))
def test_patching_the_old_text_gives_the_new_one_but_for_commas(old: list[int], new: list[int]) -> None:
    lines = without_commas(dumps(old, indent=2).split("\n"))
    result: list[str] = []
    at = 0
    for line in unified(old, new, "old", "new").splitlines()[2:]:
        if line.startswith("@@"):
            start, _, length = line.split()[1][1:].partition(",")
            begin = int(start) - (length != "0")
            result += lines[at:begin]
            at = begin
        else:
            told = line[1:].removesuffix(",")
            if line[0] in " -":
                assert lines[at] == told
                at += 1
            if line[0] in " +":
                result.append(told)

    assert result + lines[at:] == without_commas(dumps(new, indent=2).split("\n"))


def without_commas(lines: list[str]) -> list[str]:
    return [line.removesuffix(",") for line in lines]


def test_it_reads_as_difflib_writes_it() -> None:
    old = {f"key {number}": number for number in range(300)}
    new = {**old, "key 7": "seven", "key 8x": 1}
    del new["key 250"]
    texts = [dumps(value, indent=2, sort_keys=True).split("\n") for value in (old, new)]

    assert unified(old, new, "old", "new").splitlines() == list(difflib.unified_diff(*texts, "old", "new", lineterm=""))


def test_large_states_take_little_time() -> None:
    chance = random.Random(1)
    old = [{"n": chance.randrange(5), "tags": ["a", "b"]} for _ in range(20_000)]
    new = [{**row, "n": chance.randrange(5)} for row in old]
    start = time.perf_counter()

    text = unified(old, new, "old", "new")

    assert time.perf_counter() - start < 20
    assert text.count("\n-") > 1000
