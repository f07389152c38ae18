"""A field's history: every event after which something else is at a path than before."""

from pathlib import Path

import pytest
from helpers_foreign import events, scripted
from helpers_replay import batches, event, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import CancelledError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.change import value_at
from esviewer.model.values import MISSING, Number, Value, copied, same
from esviewer.questions.blame import leaves
from esviewer.questions.field_history import field_history, numbers
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work


def _naive(history: History, path: tuple) -> list[tuple]:
    states = [history.state_after(count) for count in range(len(history) + 1)]
    values = [value_at(state, path) for state in states]
    return [
        (index, values[index], values[index + 1])
        for index in range(len(history))
        if not same(values[index], values[index + 1])
    ]


@pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])
@settings(max_examples=150, deadline=None)
@given(story=stories(), data=st.data())
def test_agrees_with_comparing_all_states(reducer: Reducer, story: list[EventBatch], data: st.DataObject):
    history = build_history(reducer, story)
    seen = {
        path[:end]
        for count in range(len(history) + 1)
        for path, _ in leaves(history.state_after(count))
        for end in range(len(path) + 1)
    } | {("nothing",), ("l", 0), ("l", 1), ("o", "l", 0)}
    paths = data.draw(st.lists(st.sampled_from(sorted(seen, key=repr)), max_size=4, unique=True))
    kept = copied([history.state_after(count) for count in range(len(history) + 1)])
    found = list(field_history(history, paths))

    for path in paths:
        mine = [(each.index, each.old, each.new) for each in found if each.path == path]
        wanted = _naive(history, path)
        assert [index for index, _, _ in mine] == [index for index, _, _ in wanted]
        for (_, old, new), (_, before, after) in zip(mine, wanted, strict=True):
            assert same(old, before)
            assert same(new, after)
    assert same([history.state_after(count) for count in range(len(history) + 1)], kept)
    first = data.draw(st.integers(0, len(history)))
    assert [each.index for each in field_history(history, paths, first=first)] == [
        each.index for each in found if each.index >= first
    ]


def test_what_a_pointer_into_a_list_means_changes_as_elements_go():
    reducer = one_rule('append = { l = "data.add" }\nremove = ["l[data.take]"]')
    history = build_history(reducer, batches(("A", {"add": "a"}), ("B", {"add": "b"}), ("C", {"add": "c", "take": 0})))

    found = [(each.index, each.op, each.old, each.new) for each in field_history(history, [("l", 0)])]

    assert found == [(0, "add", MISSING, "a"), (2, "replace", "a", "b")]


def test_numbers_for_a_chart():
    reducer = one_rule('set = { n = "data" }')
    values = [1, 2.5, Number("1.10"), "x", True, None, 10**400, 7]
    history = build_history(reducer, [batch_of([event(n, "A", value) for n, value in enumerate(values, 1)])])

    assert numbers(list(field_history(history, [("n",)]))) == [1.0, 2.5, 1.1, None, None, None, None, 7.0]


def test_can_be_cancelled():
    history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("B", 2)))
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        list(field_history(history, [("a",)], work=work))


def test_a_change_that_a_program_tells_of_but_that_is_none(tmp_path: Path):
    script = """
state = {"l": [1], "n": 1}
while (message := hear())["op"] != "end":
    if message["op"] == "hello":
        say({"protocol": 1})
    elif message["op"] == "start":
        say({"state": state})
    else:
        same = {"op": "replace", "path": "/l/0", "value": 1}
        say({"version": message["version"], "changes": [same]})
"""
    history = build_history(scripted(tmp_path, script), [batch_of(events(1, 2))])
    assert list(field_history(history, [(), ("l",), ("l", 0)])) == []


def test_a_place_in_a_list_that_moves_needs_no_state_of_each_version():
    class Counting(History):
        asked = 0

        def state_after(self, count: int) -> Value:
            self.asked += 1
            return super().state_after(count)

    queue = one_rule('append = { l = "data" }\nremove = ["l[0]"]', initial="{ l = [0, 0, 0] }")
    history = Counting(queue)
    history.extend(batches(*(("Any", number) for number in range(1, 400))))
    history.asked = 0
    assert [change.new for change in field_history(history, [("l", 1)])] == list(range(1, 399))
    assert history.asked == 1
