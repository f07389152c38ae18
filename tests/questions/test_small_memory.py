"""Questions put to a history that has given up nearly all that it knew: the answers are the same."""

from collections.abc import Iterable

import pytest
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value
from esviewer.questions.blame import Blamed, blame
from esviewer.questions.field_history import field_history
from esviewer.questions.find import Condition, find
from esviewer.questions.removed import removed
from esviewer.questions.rollback import changes_back, what_it_undoes
from esviewer.replay.history import History
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer


class Forgetful(History):
    """Short segments, of which one at a time is kept."""

    EVENTS = 2
    UNPACKED = 1


def _text(value: Value) -> str:
    """The order of keys is no part of a state."""
    return "nothing" if value is MISSING else dumps(value, sort_keys=True)


def _blamed(found: list[Blamed]) -> list[object]:
    return sorted((repr(each.path), _text(each.value), each.index) for each in found)


def _answers(history: History) -> list[object]:
    count = len(history)
    paths = [(), ("n",), ("l",), ("l", 0), ("o", "a"), ("p", "q")]
    half = count // 2
    undone = what_it_undoes(history, count, half, changes_back(history, count, half))
    return [
        _blamed(blame(history, count)),
        _blamed(blame(history, half, [("l",), ("o",)])),
        _blamed(removed(history, count)),
        [(each.index, each.path, _text(each.old), _text(each.new)) for each in field_history(history, paths)],
        [find(history, Condition(text)) for text in ("state.n > 1", "len(state) > 3", "state.l[0] == 1")],
        [(index, sorted(paths, key=repr), yes) for index, paths, yes in undone],
    ]


@pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])
@settings(max_examples=80, deadline=None)
@given(story=stories())
def test_answers_do_not_depend_on_what_is_remembered(reducer: Reducer, story: list[EventBatch]):
    events = [batch.event(index) for batch in story for index in range(len(batch))]

    def again(first: int, last: int) -> Iterable[EventBatch]:
        found = [event for event in events if first <= event.version <= last]
        return [batch_of(found)] if found else []

    whole, small = History(reducer), Forgetful(reducer, source=again, budget=1)
    whole.extend(story)
    small.extend(story)
    assert _answers(small) == _answers(whole)
