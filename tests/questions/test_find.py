"""Find: the stretches of versions in which a condition held, exact at both ends."""

import pytest
from helpers_naive import naive_find
from helpers_replay import batches, event, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import CancelledError, RulesError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.values import Number
from esviewer.questions.find import Condition, Interval, find, find_text
from esviewer.replay.history import History, build_history
from esviewer.work import Work

CONDITIONS = [
    "state.n < 3",
    "state.n == 0 or state.x == null",
    "len(state.l) > 2",
    "'a' in state.o",
    "state['l'][0] == 1",
    "state == null",
    "len(state) > 5",
    "state.deep.count >= 1 and state.n != 5",
    "true",
    "1 > 2",
    "state.n < 'x'",
    "data.amount > 0.5",
    "event.type == 'Set'",
    "meta == null and state.n > 1",
    "data.key == 'a' and 'a' in state.o",
    "event.version > 4 or state.k == null",
]


class _Small(History):
    EVENTS = 2


@settings(max_examples=300, deadline=None)
@given(story=stories(), text=st.sampled_from(CONDITIONS))
def test_agrees_with_evaluating_at_every_version(story: list[EventBatch], text: str):
    history = _Small(EVERYTHING)
    history.extend(story)
    found = find(history, Condition(text), story)

    intervals, unclear = naive_find(history, story, text)
    assert list(found.intervals) == intervals
    assert found.unclear == unclear
    assert found.events == sum(each.last - each.first + 1 for each in intervals)


def test_what_state_it_reads():
    assert Condition("state.a > state['b'].c").keys == {"a", "b"}
    assert Condition("state == null").keys is None
    assert Condition("state[data.key] > 1").keys is None
    assert Condition("state.from.to == 1").keys == {"from"}
    assert not Condition("state.a > 1").needs_events
    assert Condition("data.a > 1").needs_events


@pytest.mark.parametrize("text", ["", "state.", "import os", "foo > 1", "state.__class__", "x" * 5000, "(lambda: 1)()"])
def test_what_is_no_condition_is_refused(text: str):
    with pytest.raises(RulesError, match="can't be used"):
        Condition(text)


def test_a_condition_on_events_needs_them():
    with pytest.raises(ValueError, match="not given"):
        find(build_history(EVERYTHING, []), Condition("data.a > 1"))


def test_an_unreadable_event_is_found_by_what_is_known_of_it():
    story = [batch_of([event(1, "Bad", error="not JSON"), event(2, "Good", {"n": 1})])]
    history = build_history(EVERYTHING, story)
    for text, wanted, unclear in (
        ("event.type == 'Bad'", [Interval(0, 0)], 0),
        ("event.version == 1 and state.n == 0", [Interval(0, 0)], 0),
        ("event.type == 'Bad' and data == null", [], 1),
        ("event.type == 'Bad' and meta == null", [], 1),
    ):
        found = find(history, Condition(text), story)
        assert (list(found.intervals), found.unclear) == (wanted, unclear)


def test_text_in_payloads():
    events = [
        event(1, "Opened", {"name": "Ada Lovelace"}),
        event(2, "Noted", {"STRASSE": [1, {"x": None}]}),
        event(3, "Bad", error="unreadable"),
        event(4, "Paid", {"amount": Number("12.10"), "ok": True}),
        event(5, "Closed", None),
    ]

    def held(text: str) -> list[int]:
        found = find_text([batch_of(events[:2]), batch_of(events[2:])], text)
        return [index for each in found.intervals for index in range(each.first, each.last + 1)]

    assert held("LOVE") == [0]
    assert held("straße") == [1]
    assert held("12.10") == [3]
    assert held("bad") == [2]
    assert held("e") == [0, 1, 3, 4]
    assert held("zzz") == []
    assert find_text([batch_of(events)], "zzz").unclear == 1


def test_can_be_cancelled():
    history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("B", 2)))
    work = Work()
    work.cancel()
    for text in ("state.a > 1", "data > 1"):
        with pytest.raises(CancelledError):
            find(history, Condition(text), batches(("A", 1), ("B", 2)), work=work)
    with pytest.raises(CancelledError):
        find_text(batches(("A", 1)), "a", work=work)
