"""The canonical form of events: exact, stable, and different for whatever differs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.seals.leaf import canonical_event, leaf_of
from esviewer.audit.seals.merkle import leaf_hash
from esviewer.model.event import Event
from esviewer.model.exactjson import canonical, loads
from esviewer.model.instant import Instant
from esviewer.model.values import Number, Value

EVENT = Event(7, "order-1", "order", 3, "e-1", "Paid", 2, Instant(1_700_000_000_000_000_000), {"a": 1}, {"by": "x"})

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(-(2**64), 2**64) | st.text() | st.floats()
    | st.sampled_from([1e16, 1e-5, 0.0001, -0.0, 1e22, "\ud800", "\x7f", "\u2028", Number("1.10"), 2**70])
)  # fmt: skip
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


def test_the_form_is_as_documented() -> None:
    event = replace(EVENT, data=loads('{"big": 9007199254740993, "rate": 1.10, "名": "山"}'))
    assert canonical_event(event, positioned=True).decode() == (
        '{"aggregate_id":"order-1","aggregate_type":"order","data":{"big":9007199254740993,"rate":1.10,"名":"山"},'
        '"event_id":"e-1","metadata":{"by":"x"},"position":7,"schema_version":2,'
        '"timestamp":"2023-11-14T22:13:20Z","type":"Paid","version":3}'
    )


def test_an_unreadable_event_has_its_bytes_and_not_the_error() -> None:
    event = replace(EVENT, data=None, error="not JSON: at character 3", raw=b"\xff\x00")
    text = canonical_event(event, positioned=True).decode()
    assert '"position":7,"raw":"/wA=","schema_version"' in text
    assert '"data"' not in text
    assert leaf_of(replace(event, error="in other words"), positioned=True) == leaf_of(event, positioned=True)
    assert leaf_of(replace(event, raw=b"\xff\x01"), positioned=True) != leaf_of(event, positioned=True)


def test_hashes_are_those_of_the_form() -> None:
    leaf = leaf_of(EVENT, positioned=True)
    assert leaf.digest == leaf_hash(canonical_event(EVENT, positioned=True))
    assert leaf.content == leaf_hash(canonical_event(EVENT, positioned=False))
    moved = leaf_of(replace(EVENT, position=8), positioned=True)
    assert moved.content == leaf.content
    assert moved.digest != leaf.digest
    assert leaf_of(EVENT, positioned=False).digest == leaf.content


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES)
def test_the_fast_way_writes_what_the_exact_one_writes(data: Value, metadata: Value) -> None:
    written = canonical_event(replace(EVENT, data=data, metadata=metadata), positioned=True)
    whole = {**EVENT.as_json(), "data": data, "metadata": metadata}
    if "kinds" not in loads(written):
        assert written == canonical(whole)
    else:
        # NaN and the infinities only.
        kinds = loads(written)["kinds"]
        assert set(kinds.values()) == {"number"}
        assert written == canonical({**whole, "kinds": kinds})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (Decimal("1.10"), "1.10"),
        (b"ab", "YWI="),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (date(2026, 1, 1), "2026-01-01"),
        (time(1, 2), "01:02:00"),
    ],
)
def test_a_type_that_json_lacks_is_not_the_text_it_prints_as(value: Value, text: str) -> None:
    one = canonical_event(replace(EVENT, data={"at": [value]}), positioned=True)
    other = canonical_event(replace(EVENT, data={"at": [text]}), positioned=True)
    assert one != other
    assert loads(one)["kinds"].keys() == {"/data/at/0"}
    assert loads(one)["data"] == loads(other)["data"]


@pytest.mark.parametrize(
    "change",
    [
        {"position": 8}, {"position": None}, {"position": "7"}, {"aggregate_id": "order-2"}, {"aggregate_type": None},
        {"version": 4}, {"event_id": None}, {"type": "paid"}, {"schema_version": "2"}, {"timestamp": None},
        {"timestamp": Instant(1_700_000_000_000_000_001)}, {"timestamp": Instant(1_700_000_000_000_000_000, None)},
        {"timestamp": Instant(1_700_000_000_000_000_000, 3600)}, {"data": {"a": 1.0}}, {"data": {"a": True}},
        {"data": {"a": "1"}}, {"data": {"a": Number("1.00")}}, {"data": None}, {"metadata": None}, {"metadata": {}},
    ],
)  # fmt: skip
def test_whatever_changes_changes_the_hash(change: dict[str, Value]) -> None:
    assert leaf_of(replace(EVENT, **change), positioned=True).digest != leaf_of(EVENT, positioned=True).digest
