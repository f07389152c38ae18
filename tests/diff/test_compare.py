"""Applying the changes gives the target exactly, with our own code and with the jsonpatch library."""

import random
from typing import Any

import jsonpatch
import pytest
from helpers_values import JSON_VALUES, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff.align import aligned
from esviewer.diff.compare import compare
from esviewer.diff.patch import json_patch
from esviewer.diff.text import listing, unified
from esviewer.model.change import Change, apply
from esviewer.model.values import MAX_DEPTH, MISSING, Number, copied, same


def _applied(old: Any, changes: list[Change]) -> Any:
    return apply(copied(old), changes)


@settings(max_examples=600, deadline=None)
@given(VALUES, VALUES)
def test_changes_lead_exactly_to_the_target(old: Any, new: Any) -> None:
    assert same(_applied(old, compare(old, new)), new)


@settings(max_examples=600, deadline=None)
@given(st.lists(VALUES, max_size=8), st.randoms(use_true_random=False))
def test_lists_that_were_edited_and_shuffled(old: list[Any], randomness: random.Random) -> None:
    new = [copied(value) for value in old if randomness.random() < 0.8]
    if randomness.random() < 0.5:
        randomness.shuffle(new)
    for value in list(new):
        if isinstance(value, dict) and randomness.random() < 0.5:
            value["changed"] = randomness.random()
        elif randomness.random() < 0.2:
            new.insert(randomness.randrange(len(new)), value)

    assert same(_applied(old, compare(old, new)), new)


@settings(max_examples=600, deadline=None)
@given(JSON_VALUES, JSON_VALUES)
def test_the_jsonpatch_library_gets_the_same_target(old: Any, new: Any) -> None:
    patched = jsonpatch.apply_patch(copied(old), json_patch(compare(old, new)))

    assert same(patched, new)


@given(VALUES)
def test_equal_values_have_no_changes(value: Any) -> None:
    assert compare(value, copied(value)) == []


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (0, False), (1, 1.0), (Number("1.10"), Number("1.1")), ("1", 1), (None, False)]
)
def test_values_of_other_types_are_replaced(old: Any, new: Any) -> None:
    assert compare({"a": old}, {"a": new}) == [Change(("a",), old, new)]


def test_added_removed_and_replaced_paths() -> None:
    old = {"a": 1, "b": {"c": 2}, "gone": None}
    new = {"a": 2, "b": {"c": 2, "d": 3}}

    assert compare(old, new) == [
        Change(("a",), 1, 2),
        Change(("b", "d"), MISSING, 3),
        Change(("gone",), None, MISSING),
    ]


def test_an_inserted_element_is_one_change() -> None:
    assert compare(["a", "b", "c"], ["a", "x", "b", "c"]) == [Change((1,), MISSING, "x")]
    assert compare(["a", "x", "b"], ["a", "b"]) == [Change((1,), "x", MISSING)]


def test_elements_with_an_identity_are_compared_inside() -> None:
    old = [{"sku": "a", "n": 1}, {"sku": "b", "n": 1}, {"sku": "c", "n": 1}]
    new = [{"sku": "b", "n": 1}, {"sku": "c", "n": 5}]

    assert compare(old, new) == [Change((0,), {"sku": "a", "n": 1}, MISSING), Change((1, "n"), 1, 5)]


def test_an_edited_element_without_identity_is_compared_inside() -> None:
    old = [{"a": 1, "b": 1}, {"a": 2, "b": 2}]
    new = [{"a": 1, "b": 1}, {"a": 2, "b": 3}]

    assert compare(old, new) == [Change((1, "b"), 2, 3)]


def test_long_lists_with_few_edits_stay_cheap_and_exact() -> None:
    old = [f"row {number}" for number in range(100_000)]
    new = list(old)
    for index in range(99_000, 0, -5_000):
        del new[index]
        new.insert(index // 2, "new")

    changes = compare(old, new)

    assert _applied(old, changes) == new
    assert len(changes) < 200


def test_long_lists_that_differ_wholly_are_still_exact() -> None:
    old = list(range(5_000))
    new = list(reversed(range(2_500, 7_500)))

    assert _applied(old, compare(old, new)) == new


def test_the_common_subsequence_is_a_longest_one() -> None:
    def longest(first: str, second: str) -> int:
        row = [0] * (len(second) + 1)
        for a in first:
            before = 0
            for index, b in enumerate(second, 1):
                before, row[index] = row[index], before + 1 if a == b else max(row[index], row[index - 1])
        return row[-1]

    randomness = random.Random(7)
    for _ in range(300):
        first = "".join(randomness.choices("abcd", k=randomness.randrange(12)))
        second = "".join(randomness.choices("abcd", k=randomness.randrange(12)))
        equal = [pair for pair in aligned(first, second) if first[pair[0]] == second[pair[1]]]

        assert len(equal) == longest(first, second), (first, second)


def test_the_deepest_states_are_compared() -> None:
    old: Any = 1
    new: Any = 2
    for level in range(MAX_DEPTH):
        old, new = ([old], [new]) if level % 2 else ({"a": old}, {"a": new})

    assert len(compare(old, new)) == 1


def test_text_forms() -> None:
    changes = compare({"a": 1, "b": "x", "c": 0}, {"a": Number("1.10"), "c": 0, "d/e": None})

    assert sorted(listing(changes)) == ['+ /d~1e: null', '- /b: "x"', "~ /a: 1 → 1.10"]
    text = unified({"a": 1}, {"a": 2}, "old", "new")
    assert text.splitlines() == ["--- old", "+++ new", "@@ -1,3 +1,3 @@", " {", '-  "a": 1', '+  "a": 2', " }"]
    assert unified({"a": 1}, {"a": 1}, "old", "new") == ""


def test_text_of_large_states_lists_the_changes() -> None:
    old = {f"key {number}": number for number in range(10_000)}

    assert unified(old, {**old, "key 7": 0}, "old", "new").splitlines() == ["--- old", "+++ new", "~ /key 7: 7 → 0"]
