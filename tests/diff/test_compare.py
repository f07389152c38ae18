"""Applying the changes gives the target exactly, with our own code and with the jsonpatch library."""

import random
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import jsonpatch
import pytest
from helpers_values import JSON_VALUES, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff.compare import compare
from esviewer.diff.patch import json_patch
from esviewer.model.change import Change, apply
from esviewer.model.exactjson import plain
from esviewer.model.values import MAX_DEPTH, MISSING, Number, copied, same


def _applied(old: Any, changes: list[Change]) -> Any:
    return apply(copied(old), changes)


def _edited(value: Any, spare: list[Any], chance: random.Random) -> Any:
    """The value with some of its parts changed, moved, doubled, dropped or swapped for spare ones."""
    if chance.random() < 0.1:
        return copied(chance.choice(spare))
    if isinstance(value, dict):
        result = {key: _edited(inner, spare, chance) for key, inner in value.items() if chance.random() < 0.9}
        if chance.random() < 0.2:
            result[chance.choice(["id", "", "/", "~1", "new"])] = copied(chance.choice(spare))
        return result
    if isinstance(value, list):
        items = [_edited(inner, spare, chance) for inner in value if chance.random() < 0.8]
        if chance.random() < 0.3:
            chance.shuffle(items)
        for _ in range(chance.choice([0, 0, 0, 1, 3])):
            items.insert(chance.randrange(len(items) + 1), copied(chance.choice([*items, *spare])))
        return items
    return value


def _pairs(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    old_and_spare = st.tuples(st.lists(values, max_size=8) | values, st.lists(values, min_size=1, max_size=3))
    return st.tuples(values, values) | st.builds(
        lambda drawn, chance: (drawn[0], _edited(drawn[0], drawn[1], chance)),
        old_and_spare,
        st.randoms(use_true_random=False),
    )


@settings(max_examples=800, deadline=None)
@given(_pairs(VALUES))
def test_changes_lead_exactly_to_the_target(pair: tuple[Any, Any]) -> None:
    old, new = pair
    before = copied(old), copied(new)

    assert same(_applied(old, compare(old, new)), new)
    assert same((old, new)[0], before[0])
    assert same((old, new)[1], before[1])


@settings(max_examples=500, deadline=None)
@given(_pairs(VALUES))
def test_the_jsonpatch_library_gets_the_same_target(pair: tuple[Any, Any]) -> None:
    old, new = pair
    patched = jsonpatch.apply_patch(plain(old), json_patch(compare(old, new)))

    assert same(patched, plain(new))


@settings(max_examples=200, deadline=None)
@given(_pairs(JSON_VALUES))
def test_plain_json_is_patched_as_it_is(pair: tuple[Any, Any]) -> None:
    old, new = pair

    assert same(jsonpatch.apply_patch(copied(old), json_patch(compare(old, new))), new)


@given(VALUES)
def test_equal_values_have_no_changes(value: Any) -> None:
    assert compare(value, copied(value)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        (0.0, -0.0),
        (2**53, float(2**53)),
        (Number("1.10"), Number("1.1")),
        (Number("1"), Decimal("1")),
        ("1", 1),
        (None, False),
        (None, float("nan")),
        (uuid.UUID(int=1), str(uuid.UUID(int=1))),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))),
        ({}, []),
    ],
)
def test_values_of_other_types_are_replaced(old: Any, new: Any) -> None:
    same_either_way = [9, {"x": Number("1.10")}]
    for first, second in ((old, new), (new, old)):
        assert compare(first, second) == [Change((), first, second)]
        assert compare({"a": first}, {"a": second}) == [Change(("a",), first, second)]
        assert compare({"z": [], "a": {"b": first}}, {"a": {"b": second}, "z": []}) == [
            Change(("a", "b"), first, second)
        ]
        assert compare([first], [second]) == [Change((0,), first, second)]
        old_list, new_list = [[0, first], same_either_way, [first]], [[0, second], same_either_way, [second]]
        assert same(_applied(old_list, compare(old_list, new_list)), new_list)
        assert len(compare(old_list, new_list)) == 2


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


def test_another_identity_is_another_element() -> None:
    old, new = [{"id": 1, "n": 1}], [{"id": 2, "n": 1}]

    assert compare(old, new) == [Change((0,), old[0], MISSING), Change((0,), MISSING, new[0])]


def test_an_element_that_moved_is_removed_and_added() -> None:
    one, two, three = ({"id": number, "n": 0} for number in (1, 2, 3))

    assert compare([one, two, three], [three, one, two]) == [
        Change((2,), three, MISSING),
        Change((0,), MISSING, three),
    ]


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


def test_a_list_between_equal_neighbours_is_replaced_place_by_place() -> None:
    assert compare(["a", 1, 2, "z"], ["a", "one", "z"]) == [Change((2,), 2, MISSING), Change((1,), 1, "one")]


def test_long_lists_that_differ_wholly_are_still_exact() -> None:
    old = list(range(5_000))
    new = list(reversed(range(2_500, 7_500)))

    assert _applied(old, compare(old, new)) == new


@pytest.mark.parametrize("wide", [[], [f"text {number}" for number in range(100)]])
def test_the_deepest_states_are_compared_in_little_time(wide: list[str]) -> None:
    old: Any = [1]
    new: Any = [2]
    for level in range(MAX_DEPTH - 1):
        old, new = (
            ([list(wide), old], [list(wide), new]) if level % 2 else ({"w": wide, "a": old}, {"w": wide, "a": new})
        )

    changes = compare(old, new)

    assert [(change.old, change.new) for change in changes] == [(1, 2)]
    assert same(_applied(old, changes), new)
