"""Folding without asking for changes comes to what folding with them does: states, reasons, errors."""

import pytest
from helpers_replay import batches, event, rules
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.batch import batch_of
from esviewer.model.exactjson import dumps
from esviewer.model.values import MAX_DEPTH, Number
from esviewer.replay.fold import Folded, fold
from esviewer.replay.merge import MergeReducer

RULES = """
initial = { n = 1, kept = { list = [1] }, text = "t" }

[[on]]
event = "Put"
when = "data.a != 'never' and data.b < 7"
set = { a = "data.a", "'a'" = "data.b", whole = "data", text = "'fixed'" }
increment = { n = "data.a", a = "data.b", new = "-data.b" }

[[on]]
event = "Only"
when = "state.n >= 1"
increment = { n = "data.a * 2" }

[[on]]
event = "Deep"
set = { deep = "data.a" }

[[on]]
event = "Ends"
set = { a = "data.a" }
delete = true

[[on]]
event = "Nothing"

[[on]]
event = "Other"
set = { "kept.at" = "data.a", copy = "state.kept" }
append = { list = "data.b" }

[[on]]
event = "Times"
set = { at = "event.version" }
increment = { n = "meta.by" }
"""
TYPES = ("Put", "Only", "Deep", "Ends", "Nothing", "Other", "Times", "Unknown")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.integers(2**53, 2**70)
    | st.floats()
    | st.sampled_from(["", "never", "x", Number("1.10"), Number("1.1"), Number("1e400"), -0.0, 0.0])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab"), inner), max_leaves=4
)
DATA = st.dictionaries(st.sampled_from("abn"), VALUES) | VALUES


def _both(reducer, events) -> tuple[Folded, Folded]:
    """Without and with asking for changes."""
    plainly = fold(reducer, [batch_of(events)], reducer.initial())
    seen = fold(reducer, [batch_of(events)], reducer.initial(), on_event=lambda *_: None)
    return plainly, seen


def _shown(folded: Folded) -> tuple:
    return dumps(folded.state), folded.version, folded.applied, folded.skipped


@given(st.lists(st.tuples(st.sampled_from(TYPES), DATA)))
def test_rules(story):
    events = [event(number, *each, metadata={"by": 2}) for number, each in enumerate(story, 1)]
    plainly, seen = _both(rules(RULES), events)
    assert _shown(plainly) == _shown(seen)


@given(st.lists(DATA))
def test_merge(story):
    plainly, seen = _both(MergeReducer(), [event(number, "Put", data) for number, data in enumerate(story, 1)])
    assert _shown(plainly) == _shown(seen)


def test_which_rules_have_one():
    reducer = rules(RULES)
    assert [kind for kind in TYPES if reducer.plain_step_for(kind)] == ["Put", "Only", "Deep", "Ends", "Nothing"]


def test_what_nests_too_deep_is_skipped_by_both():
    data: object = 1
    for _ in range(MAX_DEPTH):
        data = [data]
    story = [event(1, "Deep", {"a": [1]}), event(2, "Deep", {"a": data}), event(3, "Deep", {"a": [1]})]
    plainly, seen = _both(rules(RULES), story)
    assert _shown(plainly) == _shown(seen)
    assert [(each.version, "nest" in each.reason) for each in plainly.skipped] == [(2, True)]


def test_an_event_that_fails_half_way_changes_nothing():
    reducer = rules(RULES)
    before = reducer.initial()
    folded = fold(reducer, batches(("Put", {"a": [1], "b": "x"}), ("Put", {"a": 1, "b": "x"})), before)
    assert folded.state is before
    assert folded.state == reducer.initial()
    assert [each.version for each in folded.skipped] == [1, 2]


def test_a_state_does_not_share_what_is_in_an_event():
    data = {"a": {"x": [1]}, "b": 2}
    reducer = rules('[[on]]\nevent = "*"\nset = { a = "data.a" }')
    for each in (reducer, MergeReducer()):
        state = fold(each, batches(("Put", data)), {}).state
        data["a"]["x"].append(2)
        assert state["a"] == {"x": [1]}
        data["a"]["x"].pop()


@pytest.mark.parametrize("condition", ["data.n > 3", "data.n == 'x'", "data.n >= 'b'", "3 < data.n < 5", "data.n != 1"])
@given(value=SCALARS)
def test_comparing_with_what_is_written_in_the_rule(condition: str, value):
    """A constant on the right is compared as any value there is."""
    constant = f'[[on]]\nevent = "*"\nwhen = "{condition}"\nset = {{ n = "1" }}'
    computed = (
        constant.replace("data.n ", "(data.n) ").replace(" 3", " (3 if true else 0)").replace(" 1", " (data.one)")
    )
    computed = computed.replace(" 5", " (data.five)").replace("'x'", "data.x").replace("'b'", "data.b")
    data = {"n": value, "one": 1, "five": 5, "x": "x", "b": "b"}
    left, right = (fold(rules(text), batches(("Any", data)), {}) for text in (constant, computed))
    assert left.state == right.state
    assert left.skipped == right.skipped
