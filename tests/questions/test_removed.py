"""What was removed and is not there any longer, and which event took it away."""

from typing import Any

import pytest
from helpers_replay import batches, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings

from esviewer.errors import CancelledError
from esviewer.model.batch import EventBatch
from esviewer.model.change import value_at
from esviewer.model.values import MISSING, same
from esviewer.questions.blame import leaves
from esviewer.questions.removed import removed
from esviewer.questions.steps import fine
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

BOTH = pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])


@BOTH
@settings(max_examples=100, deadline=None)
@given(story=stories())
def test_is_gone_and_was_there(reducer: Reducer, story: list[EventBatch]):
    history = build_history(reducer, story)
    count = len(history)
    found = removed(history, count)
    gone = {each.path for each in found}
    keys = [each.path for each in found if all(isinstance(part, str) for part in each.path)]
    assert len(set(keys)) == len(keys)
    for each in found:
        assert each.index is not None
        if all(isinstance(part, str) for part in each.path):
            before, after = history.state_after(each.index), history.state_after(each.index + 1)
            assert same(value_at(before, each.path), each.value) or value_at(after, each.path) is MISSING
            assert value_at(history.state_after(count), each.path) is MISSING
    # Nothing that was there at the end of an event and is not there now goes unmentioned.
    for index in range(count):
        for path, _ in leaves(history.state_after(index)):
            if path and all(isinstance(part, str) for part in path):
                state = history.state_after(count)
                now = value_at(state, path)
                emptied = any(value_at(state, path[:end]) in ({}, []) for end in range(len(path)))
                if now is MISSING and not emptied:
                    assert any(path[: len(one)] == one for one in gone), path


class _Keyed(dict):
    """A dict that is told apart from others that are equal."""


class _Listed(list):
    """A list that is told apart from others that are equal."""


def _own(value: Any) -> Any:
    if isinstance(value, dict):
        return _Keyed({key: _own(inner) for key, inner in value.items()})
    return _Listed(map(_own, value)) if isinstance(value, list) else value


def _homes(value: Any, path: tuple = ()) -> Any:
    """Every object that is there, by identity, with its path."""
    if isinstance(value, (_Keyed, _Listed)):
        yield id(value), path
        for part, inner in value.items() if isinstance(value, _Keyed) else enumerate(value):
            yield from _homes(inner, (*path, part))


def _followed(history: History) -> tuple[set[tuple], int]:
    """Keys that objects lack that are there at the end, as (path, index), and how many elements left their lists."""
    state = [_own(history.state_after(0))]
    taken: dict[tuple[int, str], int] = {}
    kept_alive = []
    elements = 0

    def lost(container: Any, key: Any, value: Any, index: int) -> None:
        nonlocal elements
        if isinstance(key, int):
            elements += 1
        else:
            taken[id(container), key] = index
        kept_alive.append((container, value))

    for index, changes in history.steps():
        for path, old, new in fine(changes):
            here: Any = state
            for part in (0, *path)[:-1]:
                here = here[part]
            last = (0, *path)[-1]
            if new is MISSING:
                lost(here, last, here[last], index)
                del here[last]
            elif old is MISSING and isinstance(here, list):
                here.insert(last, _own(new))
            else:
                before = here[last] if old is not MISSING else None
                kept_alive.append((here, before))
                if isinstance(before, _Listed):
                    elements += len(before)
                here[last] = _own(new)
    homes = dict(_homes(state[0]))
    missing = {
        ((*homes[where], key), index)
        for (where, key), index in taken.items()
        if where in homes and value_at(history.state_after(len(history)), (*homes[where], key)) is MISSING
    }
    return missing, elements


@BOTH
@settings(max_examples=200, deadline=None)
@given(story=stories())
def test_follows_elements_of_lists(reducer: Reducer, story: list[EventBatch]):
    history = build_history(reducer, story)
    found = removed(history, len(history))
    missing, elements = _followed(history)
    assert missing <= {(each.path, each.index) for each in found}
    assert sum(isinstance(each.path[-1], int) for each in found if each.path) == elements


def _told(history: History) -> list[tuple]:
    return [(each.path, each.value, each.index) for each in removed(history, len(history))]


QUEUE = one_rule('append = { l = "data.add" }\nremove = ["l[data.take]", "l[0][data.drop]"]', initial="{ l = [] }")


def test_every_element_that_left_a_list_is_listed():
    history = build_history(QUEUE, batches(("A", {"add": 7}), ("B", {"add": 8, "take": 0}), ("C", {"take": 0})))
    assert history.state_after(3) == {"l": [None]}
    assert _told(history) == [(("l", 0), 8, 2), (("l", 0), 7, 1)]


def test_what_an_element_lost_is_named_where_the_element_is_now():
    front = MergeReducer()
    history = build_history(
        front,
        batches(
            ("A", {"l": [{"id": 1, "x": 5}, {"id": 2, "x": 6}]}),
            ("B", {"l": [{"id": 1}, {"id": 2, "x": 6}]}),
            ("C", {"l": [{"id": 9}, {"id": 1}, {"id": 2, "x": 6}]}),
        ),
    )
    assert _told(history) == [(("l", 1, "x"), 5, 1)]


def test_what_an_element_has_again_is_there_wherever_it_is():
    history = build_history(
        MergeReducer(),
        batches(
            ("A", {"l": [{"id": 1, "x": 5}]}),
            ("B", {"l": [{"id": 1}]}),
            ("C", {"l": [{"id": 1, "x": 6}]}),
            ("D", {"l": [{"id": 9}, {"id": 1, "x": 6}]}),
        ),
    )
    assert _told(history) == []


def test_what_went_with_its_container_is_not_listed_once_more():
    history = build_history(
        MergeReducer(),
        batches(("A", {"a": {"x": 1, "y": 1}}), ("B", {"a": {"y": 1}}), ("C", {"a": {"x": 2}}), ("D", {"a": 0}))
    )
    assert _told(history) == [(("a", "x"), 2, 3), (("a", "y"), 1, 2)]


def test_a_whole_list_that_gave_way():
    history = build_history(MergeReducer(), batches(("A", {"l": [1, 2]}), ("B", {"l": {"k": 1}}), ("C", {"l": [3]})))
    assert _told(history) == [(("l", "k"), 1, 2), (("l", 0), 1, 1), (("l", 1), 2, 1)]


def test_within_a_path():
    history = build_history(MergeReducer(), batches(("A", {"a": {"x": 1, "y": 1}, "b": [1]}), ("B", {"a": 0, "b": []})))
    assert [each.path for each in removed(history, 2, ("a",))] == [("a", "x"), ("a", "y")]
    assert [each.path for each in removed(history, 2, ("b", 0))] == [("b", 0)]
    assert removed(history, 2, ("c",)) == []


def test_can_be_cancelled():
    history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("B", 2)))
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        removed(history, 2, work=work)
