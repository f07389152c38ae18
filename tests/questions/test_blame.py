"""Blame: agrees with a naive recomputation that carries the writers forward beside the state."""

from typing import Any

import pytest
from helpers_replay import batches, event, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.diff.compare import compare
from esviewer.errors import CancelledError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.values import MISSING, copied
from esviewer.questions.blame import blame, leaves
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work


def _fresh(value: Any, writer: Any) -> Any:
    """The shape of a value, with the writer at each leaf."""
    if isinstance(value, dict) and value:
        return {key: _fresh(inner, writer) for key, inner in value.items()}
    if isinstance(value, list) and value:
        return [_fresh(inner, writer) for inner in value]
    return ("by", writer)


def _written(shape: Any, before: Any, after: Any, change: Any, writer: int) -> Any:
    """The shape after one change; `before` and `after` are the whole values around it."""
    path, old, new = change
    if not path:
        if type(old) is type(new) and type(old) in (dict, list):
            shape, value = shape, copied(old)
            for inner in compare(old, new):
                following = _applied(value, inner)
                shape = _written(shape, value, following, inner, writer)
                value = following
            return shape
        return _fresh(new, writer) if new is not MISSING else ("by", writer)
    head, rest = path[0], path[1:]
    container = after
    if not container:
        return ("by", writer)
    if isinstance(shape, tuple):
        shape = {} if isinstance(container, dict) else []
    shape = dict(shape) if isinstance(shape, dict) else list(shape)
    if rest:
        shape[head] = _written(shape[head], before[head], after[head], (rest, old, new), writer)
    elif new is MISSING:
        del shape[head]
    elif old is MISSING and isinstance(shape, list):
        shape.insert(head, _fresh(new, writer))
    elif old is MISSING:
        shape[head] = _fresh(new, writer)
    else:
        shape[head] = _written(shape[head], before[head], after[head], ((), old, new), writer)
    return shape


def _applied(value: Any, change: Any) -> Any:
    path, old, new = change
    if not path:
        return copied(new)
    value = copied(value)
    here = value
    for part in path[:-1]:
        here = here[part]
    if new is MISSING:
        del here[path[-1]]
    elif old is MISSING and isinstance(here, list):
        here.insert(path[-1], copied(new))
    else:
        here[path[-1]] = copied(new)
    return value


def _naive(history: History, count: int) -> dict[Any, Any]:
    value = copied(history.state_after(0))
    shape = _fresh(value, None)
    for index in range(count):
        for change in history.changes(history.versions[index]):
            following = _applied(value, change)
            shape = _written(shape, value, following, change, index)
            value = following
    return {path: writer for path, (_, writer) in _leaves_of(shape)}


def _leaves_of(shape: Any, path: tuple = ()) -> list[Any]:
    if isinstance(shape, dict):
        return [leaf for key, inner in shape.items() for leaf in _leaves_of(inner, (*path, key))]
    if isinstance(shape, list):
        return [leaf for index, inner in enumerate(shape) for leaf in _leaves_of(inner, (*path, index))]
    return [(path, shape)]


@pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])
class TestAnyStory:
    @settings(max_examples=200, deadline=None)
    @given(story=stories())
    def test_agrees_with_a_naive_recomputation(self, reducer: Reducer, story: list[EventBatch]):
        history = build_history(reducer, story)
        for count in range(len(history) + 1):
            found = blame(history, count)
            assert {each.path: each.index for each in found} == _naive(history, count)
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
