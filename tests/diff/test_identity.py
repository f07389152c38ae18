"""Which keys tell the elements of lists apart."""

import uuid
from typing import Any

import pytest

from esviewer.diff.identity import identities


@pytest.mark.parametrize("key", ["id", "_id", "uuid", "key", "sku", "code", "name", "orderId", "order_id", "OrderID"])
def test_evident_keys(key: str) -> None:
    old, new = [{key: "a", "n": 1}, {key: "b", "n": 1}], [{key: "b", "n": 2}]

    assert identities(old, new) == (["a", "b"], ["b"])


@pytest.mark.parametrize("key", ["paid", "valid", "n", "ID card", "identity", "bid"])
def test_keys_that_only_look_like_one(key: str) -> None:
    assert identities([{key: 1}, {key: 2}], [{key: 1}]) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([{"id": 1}, {"id": 1}], [{"id": 1}]),
        ([{"id": 1}], [{"id": 1}, {"id": 1}]),
        ([{"id": 1}], [{"n": 1}]),
        ([{"id": None}], [{"id": 1}]),
        ([{"id": True}], [{"id": 1}]),
        ([{"id": 1.0}], [{"id": 1}]),
        ([{"id": [1]}], [{"id": [1]}]),
        ([{"id": 1}, 2], [{"id": 1}]),
        ([{"id": 1}], ["id"]),
    ],
)
def test_no_identity(old: list[Any], new: list[Any]) -> None:
    assert identities(old, new) is None


def test_the_best_name_wins_that_is_unique() -> None:
    rows = [{"name": "x", "productId": 1, "id": 7}, {"name": "y", "productId": 2, "id": 7}]

    assert identities(rows, rows) == ([1, 2], [1, 2])


def test_kinds_of_identities_may_differ() -> None:
    one = uuid.UUID(int=1)

    assert identities([{"id": one}, {"id": str(one)}], [{"id": 1}]) == ([one, str(one)], [1])
