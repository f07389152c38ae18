"""Blame: agrees with a naive recomputation that carries the writers forward beside the state."""

from typing import Any

import pytest
from helpers_naive import naive_blame
from helpers_replay import batches, event, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import CancelledError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.questions.blame import blame, leaves
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work


@pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])
class TestAnyStory:
    @settings(max_examples=200, deadline=None)
    @given(story=stories())
    def test_agrees_with_a_naive_recomputation(self, reducer: Reducer, story: list[EventBatch]):
        history = build_history(reducer, story)
        for count in range(len(history) + 1):
            found = blame(history, count)
            assert {each.path: each.index for each in found} == naive_blame(history, count)
            state = history.state_after(count)
            assert [(each.path, each.value) for each in found] == list(leaves(state))

    @settings(max_examples=100, deadline=None)
    @given(story=stories(), data=st.data())
    def test_of_single_paths_as_of_all(self, reducer: Reducer, story: list[EventBatch], data: st.DataObject):
        history = build_history(reducer, story)
        count = data.draw(st.integers(0, len(history)))
        everything = blame(history, count)
        for each in everything:
            assert blame(history, count, [each.path]) == [each]
        assert blame(history, count, [("not", "there")]) == []
        assert blame(history, count, [(), *(each.path for each in everything)]) == everything


def _told(history: History, count: int | None = None) -> dict[str, Any]:
    count = len(history) if count is None else count
    return {".".join(map(str, each.path)): each.index for each in blame(history, count)}


class TestWhatTrulyChanged:
    def test_a_whole_object_blames_the_leaves_that_differ(self):
        history = build_history(
            one_rule('set = { profile = "data" }'),
            batches(
                ("A", {"name": "Ada", "city": "London", "tags": [{"id": 1, "n": "x"}, {"id": 2, "n": "y"}]}),
                ("B", {"name": "Ada", "city": "Paris", "tags": [{"id": 2, "n": "y"}, {"id": 3, "n": "z"}]}),
            ),
        )
        assert _told(history) == {
            "profile.name": 0,
            "profile.city": 1,
            "profile.tags.0.id": 0,
            "profile.tags.0.n": 0,
            "profile.tags.1.id": 1,
            "profile.tags.1.n": 1,
        }

    def test_elements_keep_their_writer_as_others_come_and_go(self):
        reducer = one_rule('append = { l = "data.add" }\nremove = ["l[data.take]"]')
        history = build_history(
            reducer, batches(("A", {"add": "a"}), ("B", {"add": "b"}), ("C", {"add": "c", "take": 0}))
        )
        assert history.state_after(3) == {"l": ["b", "c"]}
        assert _told(history) == {"l.0": 1, "l.1": 2}

    def test_what_was_written_and_put_back_in_one_event_is_not_changed(self):
        reducer = one_rule('increment = { n = "data" }\nset = { n = "data" }')
        history = build_history(reducer, [batch_of([event(1, "A", 5), event(2, "B", 0)])])
        assert history.state_after(2) == {"n": 0}
        assert _told(history) == {"n": 1}

    def test_the_initial_state_is_nobodys(self):
        history = build_history(one_rule('set = { a = "data" }', initial="{ a = 0, b = [] }"), batches(("A", 1)))
        assert _told(history) == {"a": 0, "b": None}
        assert _told(history, 0) == {"a": None, "b": None}

    def test_an_emptied_container_is_blamed_on_who_emptied_it(self):
        reducer = one_rule('when = "data > 0"\nset = { "o.x" = "1" }')
        history = build_history(reducer, batches(("A", 1)))
        assert _told(history) == {"o.x": 0}
        remover = one_rule('remove = ["o[data]"]', initial='{ o = { x = 1 } }')
        assert _told(build_history(remover, batches(("A", "y"), ("B", "x"), ("C", "x")))) == {"o": 1}

    def test_many_keys_and_long_lists(self):
        reducer = one_rule('set = { "wide[data.key]" = "data.n" }\nappend = { l = "data.n" }')
        events = [event(n + 1, "A", {"key": f"k{n % 3000}", "n": n}) for n in range(6000)]
        history = build_history(reducer, [batch_of(events)])
        found = {each.path: each.index for each in blame(history, 6000)}
        assert found[("wide", "k17")] == 3017
        assert found[("l", 17)] == 17
        assert blame(history, 6000, [("l", 5)])[0].index == 5

    def test_can_be_cancelled(self):
        history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("B", 2)))
        work = Work()
        work.cancel()
        with pytest.raises(CancelledError):
            blame(history, 2, work=work)
