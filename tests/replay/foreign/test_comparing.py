"""Changes found between two states lead from the one to the other, and back; replies and tags keep what they hold."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.change import apply, undo
from esviewer.model.exactjson import dumps, loads
from esviewer.model.values import MISSING, Number, Value, copied, same
from esviewer.replay.foreign.comparing import changes_between
from esviewer.replay.foreign.tagging import tagged, untagged

SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([1.0, 1.5, Number("1.10"), Decimal("1.10"), Decimal(1)]),
    st.text(max_size=2),
    st.uuids(),
    st.binary(max_size=3),
    st.datetimes(timezones=st.just(UTC)),
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=15,
)


@given(VALUE, VALUE)
@settings(max_examples=150, deadline=None)
def test_changes_lead_there_and_back(old: Value, new: Value) -> None:
    changes = changes_between(old, new)
    state = apply(copied(old), changes)
    assert same(state, new)
    assert same(undo(state, changes), old)
    assert (changes == []) is same(old, new)


@given(st.lists(st.integers(0, 5), max_size=12), st.data())
@settings(max_examples=100, deadline=None)
def test_a_list_that_lost_elements_shows_only_removals(old: list[int], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(old), max_size=len(old)))
    new = [item for item, keep in zip(old, kept, strict=True) if keep]
    assert len(changes_between(old, new)) == len(old) - len(new)
    assert all(change[2] is MISSING for change in changes_between(old, new))
    assert all(change[1] is MISSING for change in changes_between(new, old))
    assert len(changes_between(new, old)) == len(old) - len(new)


def test_an_edited_element_is_changed_in_its_place() -> None:
    old = {"lines": [{"id": 1, "n": 1}, {"id": 2, "n": 1}, {"id": 3, "n": 1}], "x": 1}
    new = {"lines": [{"id": 1, "n": 1}, {"id": 2, "n": 5}, {"id": 3, "n": 1}], "x": 1.0}
    assert changes_between(old, new) == [(("lines", 1, "n"), 1, 5), (("x",), 1, 1.0)]


@given(VALUE)
@settings(max_examples=150, deadline=None)
def test_tags_keep_types_through_json(value: Value) -> None:
    assert same(untagged(loads(dumps(tagged(value)))), value)


@pytest.mark.parametrize(
    "text",
    [
        '{"_type_":"decimal_str","_data_":"no number"}',
        '{"_type_":"decimal_str","_data_":"sNaN"}',
        '{"_type_":"uuid_hex","_data_":5}',
        '{"_type_":"unheard","_data_":"x"}',
        '{"_type_":["uuid_hex"],"_data_":"x"}',
        '{"_type_":"bytes_base64","_data_":"*"}',
        '{"_type_":"uuid_hex","_data_":"00000000000000000000000000000005","more":1}',
    ],
)
def test_what_is_no_tag_stays_an_object(text: str) -> None:
    assert untagged(loads(text)) == loads(text)


def test_tags_are_found_however_deep() -> None:
    value = [{"a": [UUID(int=1), {"b": datetime(2026, 1, 1)}]}]
    assert tagged(value)[0]["a"][1]["b"] == {"_type_": "datetime_iso", "_data_": "2026-01-01T00:00:00"}
    assert same(untagged(tagged(value)), value)
