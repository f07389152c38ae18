"""Lines of two values, paired by what they are of, and the forms that go by them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff.lines import json_lines, line_pairs
from esviewer.diff.side_by_side import rows, uncut
from esviewer.diff.text import unified
from esviewer.model.exactjson import dumps

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.floats(), st.sampled_from(["", "a", "b\n\u202e"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)),
    max_leaves=20,
)


def item(number: int, price: int = 5) -> dict[str, object]:
    return {"id": f"i-{number}", "price": price, "tags": ["new", number % 3]}


def signs(old: object, new: object) -> list[tuple[str, str]]:
    """The rows that differ: sign and the line, without its indentation."""
    return [(sign, (left or right).strip()) for left, sign, right in rows(old, new) if sign != " "]


def changed(old: object, new: object) -> list[str]:
    """The lines of the unified diff that begin with + or -."""
    return [line for line in unified(old, new, "old", "new").splitlines()[2:] if line[0] in "+-"]


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES)
def test_rows_are_both_values_whole(old: object, new: object) -> None:
    found = rows(old, new)

    assert [left for left, sign, _ in found if sign != ">"] == [
        line.replace("\u202e", "\\u202e") for line in json_lines(old)
    ]
    assert [right for _, sign, right in found if sign != "<"] == [
        line.replace("\u202e", "\\u202e") for line in json_lines(new)
    ]
    for left, sign, right in found:
        if sign in "| ":
            assert (left.rstrip(",") == right.rstrip(",")) is (sign == " ")
    assert len(uncut(found, 80)) == len(found)
    pairs = line_pairs(old, new)
    assert pairs == sorted(pairs)
    assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_a_value_is_itself(value: object) -> None:
    copy = eval(repr(value), {"nan": float("nan"), "inf": float("inf")})

    assert signs(value, copy) == []
    assert unified(value, copy, "old", "new") == ""


@pytest.mark.parametrize("gone", [1, 1500, 2998])
def test_what_follows_a_removed_item_stays_beside_itself(gone: int) -> None:
    old = {"items": [item(number) for number in range(3000)], "total": 1}
    new = {"items": [item(number) for number in range(3000) if number != gone], "total": 1}
    lines = [line.strip() for line in dumps(item(gone), indent=2, sort_keys=True).split("\n")]
    lines[-1] += ","

    assert signs(old, new) == [("<", line) for line in lines]
    assert signs(new, old) == [(">", line) for line in lines]
    assert [(line[0], line[1:].strip()) for line in changed(old, new)] == [("-", line) for line in lines]


def test_items_that_are_alike_but_for_their_identity() -> None:
    """By lines alone the price and the tags of one item would pass for those of another."""
    old = [item(1), item(2), item(3, 7), item(4)]
    new = [item(9), item(2), item(3, 8), item(4)]

    assert signs(old, new) == [
        *[("<", line) for line in ("{", '"id": "i-1",', '"price": 5,', '"tags": [', '"new",', "1", "]", "},")],
        *[(">", line) for line in ("{", '"id": "i-9",', '"price": 5,', '"tags": [', '"new",', "0", "]", "},")],
        ("|", '"price": 7,'),
    ]


def test_a_moved_item_leaves_the_others_where_they_are() -> None:
    old = [item(number) for number in range(6)]
    new = [old[4], *old[:4], old[5]]
    found = signs(old, new)

    assert [sign for sign, _ in found] == [">"] * 8 + ["<"] * 8
    assert {line for _, line in found if line.startswith('"id"')} == {'"id": "i-4",'}


def test_every_item_changed_in_a_shuffled_list() -> None:
    """Each is beside itself, or has moved: never beside another."""
    shuffled = random.Random(4)
    old = [item(number) for number in range(300)]
    new = [item(number, 6) for number in range(300)]
    shuffled.shuffle(new)
    beside = [(left, right) for left, sign, right in rows(old, new) if sign in "| " and left.strip().startswith('"id"')]

    assert beside
    assert all(left == right for left, right in beside)


def test_a_comma_alone_is_no_difference_side_by_side() -> None:
    assert signs([1, 2], [1]) == [("<", "2")]
    assert rows({"a": 1}, {"a": 1, "b": 2}) == [
        ("{", " ", "{"),
        ('  "a": 1', " ", '  "a": 1,'),
        ("", ">", '  "b": 2'),
        ("}", " ", "}"),
    ]


def test_a_comma_alone_is_no_difference_inline() -> None:
    """A last key that comes or goes gives or takes the comma of the one before, whose value stays."""
    assert changed({"a": 1}, {"a": 1, "b": 2}) == ['+  "b": 2']
    assert changed({"a": 1, "b": 2}, {"a": 1}) == ['-  "b": 2']
    assert changed({"items": [{"id": 1}]}, {"items": [{"id": 1}, {"id": 2}]}) == [
        "+    {", '+      "id": 2', "+    }"
    ]  # fmt: skip
    assert changed({"a": "x"}, {"a": "x,"}) == ['-  "a": "x"', '+  "a": "x,"']
    assert unified({"a": 1, "c": 3}, {"a": 1, "b": {}, "c": 3, "d": []}, "old", "new").splitlines()[2:] == [
        "@@ -1,4 +1,6 @@",
        " {",
        '   "a": 1,',
        '+  "b": {},',
        '   "c": 3,',
        '+  "d": []',
        " }",
    ]


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES)
def test_inline_and_side_by_side_mark_the_same_lines(old: object, new: object) -> None:
    beside, inline = rows(old, new), changed(old, new)

    assert [line[1:] for line in inline if line[0] == "-"] == [left for left, sign, _ in beside if sign in "<|"]
    assert [line[1:] for line in inline if line[0] == "+"] == [right for _, sign, right in beside if sign in ">|"]


def test_a_value_of_another_shape_begins_beside_the_one_before() -> None:
    assert rows({"a": 1}, {"a": {"b": 2}})[1:3] == [('  "a": 1', "|", '  "a": {'), ("", ">", '    "b": 2')]
    assert rows({"a": []}, {"a": [1]})[1] == ('  "a": []', "|", '  "a": [')
    assert signs({"a": 1}, {"a": True}) == [("|", '"a": 1')]
