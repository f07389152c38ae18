"""Paths left out of a comparison; two values side by side."""

import pytest
from helpers_values import VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.app.comparison import Comparison
from esviewer.diff.ignoring import Ignored
from esviewer.diff.side_by_side import side_by_side
from esviewer.model.change import apply, pointer
from esviewer.model.rebuilt import Rebuilt, RebuiltState
from esviewer.model.values import copied, same


def _state(state: object, version: int = 1, aggregate_id: str = "a") -> RebuiltState:
    return RebuiltState(aggregate_id, None, version, None, state, Rebuilt("r", "sha256:0", False, None, 1, ()))


@pytest.mark.parametrize(
    ("pattern", "path", "left_out"),
    [
        ("/a", ("a",), True),
        ("/a", ("a", "b", 0), True),
        ("/a", ("b",), False),
        ("/a", (), False),
        ("/a", ("aa",), False),
        ("/items/*/at", ("items", 3, "at"), True),
        ("/items/*/at", ("items", "x", "at", "y"), True),
        ("/items/*/at", ("items", 3, "by"), False),
        ("/items/*/at", ("items", 3), False),
        ("/**/at", ("at",), True),
        ("/**/at", ("a", "b", "at"), True),
        ("/**/at", ("a", "b"), False),
        ("/a*/b?", ("abc", "b1"), True),
        ("/x~1y/~0", ("x/y", "~"), True),
    ],
)
def test_what_a_pattern_leaves_out(pattern: str, path: tuple, left_out: bool):
    assert Ignored([pattern]).matches(path) is left_out


def test_what_is_no_pattern_is_refused():
    with pytest.raises(ValueError, match="starts with /"):
        Ignored(["a"])


def test_elements_are_paired_and_what_is_ignored_in_them_is_left_out():
    old = {"items": [{"id": 1, "n": 1, "at": 1}, {"id": 2, "n": 1, "at": 2}], "at": 5}
    new = {"items": [{"id": 2, "n": 3, "at": 9}, {"id": 4, "n": 4, "at": 4}], "at": 6}
    found = Comparison(_state(old), _state(new, 2), Ignored(["/items/*/at", "/at"]))

    assert [(change.op, change.path) for change in found.changes] == [
        ("remove", ("items", 0)),
        ("replace", ("items", 0, "n")),
        ("add", ("items", 1)),
    ]
    assert found.changes[2].new == {"id": 4, "n": 4, "at": 4}
    assert "at" not in found.text()
    assert not any("at" in line for line in found.columns(80))


def _without(value: object, ignored: Ignored, path: tuple) -> object:
    if isinstance(value, dict):
        left = {key: inner for key, inner in value.items() if not ignored.matches((*path, key))}
        return {key: _without(inner, ignored, (*path, key)) for key, inner in left.items()}
    if isinstance(value, list):
        if all(ignored.matches((*path, index)) for index in range(20)):
            return []
        return [
            None if ignored.matches((*path, index)) else _without(inner, ignored, (*path, index))
            for index, inner in enumerate(value)
        ]
    return value


_PARTS = st.sampled_from(["a", "b", "l", "0", "1", "*", "**", "?", "[ab]", "a*", "", "~1", "[!", "-"])


@settings(max_examples=150, deadline=None)
@given(value=VALUES, patterns=st.lists(st.lists(_PARTS, min_size=1, max_size=4), max_size=3))
def test_pruned_is_what_does_not_match(value: object, patterns: list[list[str]]):
    ignored = Ignored(["/" + "/".join(parts) for parts in patterns])
    before = copied(value)
    assert same(ignored.pruned(value), _without(value, ignored, ()))
    assert same(value, before)
    if not patterns:
        assert ignored.pruned(value) is value


@settings(max_examples=150, deadline=None)
@given(old=VALUES, new=VALUES)
def test_the_changes_lead_to_the_second_but_for_what_is_ignored(old: object, new: object):
    for patterns in ([], ["/a"], ["/**/b", "/l"], ["/l/1", "/0"], ["/l/*", "/*/*/a"], ["/**"]):
        ignored = Ignored(patterns)
        found = Comparison(_state(old), _state(new, 2), ignored)
        got = apply(copied(old), found.changes)
        assert same(ignored.pruned(got), ignored.pruned(new))
        assert (found.ignored_changes == 0) == same(got, new)


@pytest.mark.parametrize(
    ("old", "new", "patterns", "shown", "hidden"),
    [
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, ["/a"], ["/b"], 1),
        ({"a": 1}, {"a": 1}, ["/a"], [], 0),
        ({"a": 1}, {"a": 2}, ["/b"], ["/a"], 0),
        # What elements are told apart by is ignored: with it, one went and another came.
        ({"l": [{"id": 1, "n": 5}]}, {"l": [{"id": 2, "n": 5}]}, ["/l/*/id"], [], 2),
        ({"l": [{"id": 1, "n": 5}]}, {"l": [{"id": 2, "n": 6}]}, ["/l/*/id"], ["/l/0/n"], 2),
        # Elements that come and go.
        ({"l": [1, 2]}, {"l": [1, 2, 3]}, ["/l/*"], [], 1),
        ({"l": [{"id": 1}, {"id": 2}]}, {"l": [{"id": 2}]}, ["/**/l/*"], [], 1),
        ({"l": [1, 2], "m": [3]}, {"l": [], "m": [4]}, ["/**"], [], 3),
        # The elements after one with a number have no other place without it.
        ({"l": [1, 2]}, {"l": [1, 2, 3]}, ["/l/2"], ["/l/2"], 0),
        ({"l": [1, 2]}, {"l": [7, 8]}, ["/l/?"], [], 2),
        # An object that comes is shown whole.
        ({}, {"o": {"at": 1, "n": 1}}, ["/o/at"], ["/o"], 0),
    ],
)
def test_what_is_ignored_is_counted(old: object, new: object, patterns: list[str], shown: list[str], hidden: int):
    found = Comparison(_state(old), _state(new, 2), Ignored(patterns))
    assert [pointer(change.path) for change in found.changes] == shown
    assert found.ignored_changes == hidden


def test_two_aggregates_are_named():
    found = Comparison(_state({"n": 1}, 3, "left"), _state({"n": 2}, 9, "right"))
    assert found.as_json() == {
        "aggregate_id": "left",
        "with": "right",
        "from": 3,
        "to": 9,
        "changes": [{"op": "replace", "path": "/n", "old": 1, "new": 2}],
    }
    assert "left version 3" in found.text()


def test_side_by_side():
    lines = side_by_side({"a": 1, "b": "同じ", "c": 3}, {"a": 2, "b": "同じ", "d": "\u202e" + "x" * 40}, 43)
    assert [line.split() for line in lines] == [
        ["{", "{"],
        ['"a":', "1,", "|", '"a":', "2,"],
        ['"b":', '"同じ",', '"b":', '"同じ",'],
        ['"c":', "3", "<"],
        [">", '"d":', '"\\u202exxxxx…'],
        ["}", "}"],
    ]
    assert [line.index(sign) for sign in "|<>" for line in lines if sign in line] == [21, 21, 21]


@settings(max_examples=50, deadline=None)
@given(old=VALUES, new=VALUES, width=st.integers(20, 60))
def test_equal_values_have_no_marks(old: object, new: object, width: int):
    assert all(line[(width - 3) // 2 + 1 :][:1] in ("", " ") for line in side_by_side({"a": 1}, {"a": 1}, width))
    assert side_by_side(old, new, width)
