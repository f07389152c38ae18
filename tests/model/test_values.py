"""Values: copies share nothing, and sameness is of type, content and form."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from helpers_values import VALUES
from hypothesis import given

from esviewer.model.values import MISSING, Number, copied, depth_within, same


class TestSame:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (1, 1.0),
            (1, True),
            (0, False),
            (0.0, -0.0),
            (1, Number("1")),
            (Decimal("1.1"), Number("1.1")),
            (Number("1.1"), Number("1.10")),
            (Number("1e5"), Number("1E5")),
            (Decimal("1.1"), Decimal("1.10")),
            (None, MISSING),
            (None, False),
            ("", None),
            ("1", 1),
            ([], {}),
            ([1], [1, 1]),
            ({"a": None}, {}),
            ({"a": 1}, {"b": 1}),
            (b"a", "a"),
            (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
            (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1)),
        ],
    )
    def test_differ(self, left: object, right: object):
        assert not same(left, right)
        assert not same(right, left)
        assert not same({"a": [left]}, {"a": [right]})

    @given(VALUES)
    def test_a_copy_is_the_same(self, value: object):
        assert same(copied(value), value)

    def test_not_a_number_is_itself(self):
        assert same(float("nan"), float("nan"))
        assert same([Decimal("nan")], [Decimal("nan")])

    def test_order_of_keys_does_not_matter(self):
        assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
        assert not same([1, 2], [2, 1])


class TestCopied:
    def test_shares_no_container(self):
        value = {"a": [{"b": []}]}
        other = copied(value)
        other["a"][0]["b"].append(1)
        other["a"].append(2)
        assert value == {"a": [{"b": []}]}


class TestNumber:
    def test_keeps_its_text(self):
        for number in (Number("1.10"), Number("1E5"), pickle.loads(pickle.dumps(Number("1E5")))):
            assert number.text in ("1.10", "1E5")
        assert Number(Decimal("2.50")).text == "2.50"

    def test_computes_as_a_decimal(self):
        assert Number("1.10") + Decimal("0.90") == 2


class TestMissing:
    def test_is_one(self):
        assert copy.deepcopy(MISSING) is MISSING
        assert copy.copy(MISSING) is MISSING
        assert pickle.loads(pickle.dumps(MISSING)) is MISSING
        assert not MISSING


class TestDepth:
    @pytest.mark.parametrize(
        ("value", "depth"), [(1, 0), ([], 1), ({}, 1), ({"a": 1}, 1), ([[]], 2), ({"a": [1, {"b": []}]}, 4)]
    )
    def test_counts_containers(self, value: object, depth: int):
        assert depth_within(value, depth)
        assert depth == 0 or not depth_within(value, depth - 1)
