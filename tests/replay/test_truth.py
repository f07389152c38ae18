"""Conditions: what holds, what can't be told, and that the order of their parts changes nothing."""

import itertools

import pytest
from helpers_replay import event
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import RulesError
from esviewer.questions.find import Condition
from esviewer.replay.reducer import StepError
from esviewer.replay.truth import Truth, compile_condition, compile_failing

_PARTS = ["state.a > 1", "state.b", "state.c == 'x'", "kind == 'order'", "not state.a < 5", "state.c + 1 > 0"]
_STATES = [{}, {"a": 3}, {"a": 9, "b": True, "c": "x"}, {"b": False, "c": 4}, {"a": "t", "c": None}]


def told(text: str, state: object, kind: object) -> bool | None:
    try:
        return Truth(text, ("state", "kind")).holds(state, kind)
    except StepError:
        return None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(_PARTS), min_size=2, max_size=4),
    st.sampled_from(["and", "or"]),
    st.sampled_from(_STATES),
    st.sampled_from(["order", "other", None]),
)
def test_the_order_of_the_parts_changes_nothing(parts: list[str], word: str, state: object, kind: object):
    each = [told(part, state, kind) for part in parts]
    # By hand: one part that decides is enough, else all have to be told.
    decides = word == "or"
    expected = decides if decides in each else None if None in each else not decides
    for some in itertools.permutations(parts):
        text = f" {word} ".join(f"({part})" for part in some)
        assert told(text, state, kind) is expected
        assert told(f"not ({text})", state, kind) is (None if expected is None else not expected)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state.x > 1 and kind == 'order'", False),
        ("kind == 'order' and state.x > 1", False),
        ("not (kind != 'order' or state.x > 1)", False),
        ("state.x > 1 or kind == 'other'", True),
        ("(state.x > 1 or state.y > 1) and kind == 'other'", None),
        ("state.x > 1", None),
        ("kind == 'other'", True),
    ],
)
def test_what_is_known_of_some_names(text: str, found: bool | None):
    assert Truth(text, ("state", "kind")).told({"kind": "other"}) is found


def test_everywhere_a_condition_is_asked_for():
    other = event(1, "Other", {"amount": "much"})
    for text in ("data.amount > 4 and event.type == 'Deposited'", "event.type == 'Deposited' and data.amount > 4"):
        assert compile_condition(text)(other) is False
        assert compile_condition(text)(event(1, "Other", error="no JSON")) is False
        assert compile_condition(text)(event(1, "Deposited", error="no JSON")) is None
    for text in ("state.x > 1 and state.y == 2", "state.y == 2 and state.x > 1"):
        assert Condition(text).holds({"y": 3}) is False
        assert Condition(text).holds({"y": 2}) is None
        assert compile_failing(text)({"y": 3})
        assert not compile_failing(text)({"y": 2})


class TestConditions:
    EVENT = event(3, "Deposited", {"amount": 5}, metadata={"user": "x"})

    @pytest.mark.parametrize(
        ("text", "holds"),
        [
            ("data.amount > 4", True),
            ("data.amount > 5", False),
            ("data.amount", True),
            ("data.other", False),
            ("data.other > 1", None),
            ("meta.user == 'x'", True),
            ("event.type == 'Deposited' and event.version == 3", True),
            ("event.position == 103 and event.event_id == 'id-3' and event.schema_version == 1", True),
            ("event.aggregate_id == 'a-1' and event.aggregate_type == 'thing'", True),
            ("event.timestamp >= '1970-01-01T00:00:03Z'", True),
            ("event.data", False),
        ],
    )
    def test_hold(self, text: str, holds: bool | None):
        assert compile_condition(text)(self.EVENT) is holds

    def test_unreadable_data(self):
        bad = event(1, "X", error="no JSON")
        assert compile_condition("data == null")(bad) is None
        assert compile_condition("event.type == 'X' and meta == null")(bad) is None
        assert compile_condition("event.type == 'X'")(bad) is True

    @pytest.mark.parametrize("text", ["state.a", "data.", "x", "open('x')"])
    def test_refused(self, text: str):
        with pytest.raises(RulesError, match="condition"):
            compile_condition(text)
