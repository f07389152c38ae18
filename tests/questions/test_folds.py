"""Fold comparison: the first version after which two reducers' states differ, and how many do."""

from helpers_replay import batches, one_rule, rules
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings

from esviewer.model.batch import EventBatch
from esviewer.model.change import apply
from esviewer.model.values import copied, same
from esviewer.questions.folds import compare_folds
from esviewer.replay.history import build_history
from esviewer.replay.merge import MergeReducer


@settings(max_examples=150, deadline=None)
@given(story=stories())
def test_agrees_with_comparing_all_states(story: list[EventBatch]):
    for first, second in ((EVERYTHING, MergeReducer()), (EVERYTHING, EVERYTHING), (MergeReducer(), rules(""))):
        left, right = build_history(first, story), build_history(second, story)
        differ = [
            not same(left.state_after(count), right.state_after(count)) for count in range(1, len(left) + 1)
        ]
        found = compare_folds(first, second, story)

        assert found.events == len(left)
        assert found.differing == sum(differ)
        assert found.first_version == (left.versions[differ.index(True)] if True in differ else None)
        assert found.last_differs == (bool(differ) and differ[-1])
        assert found.skipped == (len(left.skipped()), len(right.skipped()))
        if found.first_version is not None:
            state = copied(left.state_at(found.first_version))
            assert same(apply(state, found.changes), right.state_at(found.first_version))


def test_differences_that_go_again():
    first = one_rule('set = { n = "data" }')
    second = one_rule('set = { n = "data if data != 2 else 0" }')
    found = compare_folds(first, second, batches(("A", 1), ("A", 2), ("A", 3)))

    assert (found.first_version, found.differing, found.last_differs) == (2, 1, False)
    assert [(change.path, change.old, change.new) for change in found.changes] == [(("n",), 2, 0)]
