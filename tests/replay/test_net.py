"""What one event's changes come to in all."""

from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings

from esviewer.model.batch import EventBatch
from esviewer.model.change import Change, apply, undo
from esviewer.model.values import MISSING, copied, same
from esviewer.replay.history import build_history
from esviewer.replay.net import net


@settings(max_examples=200, deadline=None)
@given(story=stories())
def test_leads_forth_and_back(story: list[EventBatch]):
    history = build_history(EVERYTHING, story)
    for index, changes in history.steps():
        before, after = history.state_after(index), history.state_after(index + 1)
        found = net(changes)
        state = apply(copied(before), found)
        assert same(state, after)
        assert same(undo(state, found), before)
        assert all(not same(change.old, change.new) for change in found)


def test_changes_that_have_nothing_to_do_with_each_other_keep_their_order():
    changes = [
        (("z",), MISSING, 1),
        (("l", 0), MISSING, "new"),
        (("a", "b"), 1, 2),
        (("l", 1, "x"), 3, 4),
        (("z",), 1, 5),
        (("l", 0), "new", MISSING),
        (("a", "b"), 2, 1),
    ]
    assert net(changes) == [
        Change(("z",), MISSING, 5),
        Change(("l", 0), MISSING, "new"),
        Change(("l", 1, "x"), 3, 4),
        Change(("l", 0), "new", MISSING),
    ]


def test_many_keys_of_which_some_are_written_twice():
    """Were each compared with all before it, this would take minutes."""
    count = 50_000
    changes = [((f"k{number}",), MISSING, number) for number in range(count)]
    changes += [((f"k{number}",), number, -1) for number in range(0, count, 2)]
    found = net(changes)
    assert len(found) == count
    assert found[:3] == [(("k0",), MISSING, -1), (("k1",), MISSING, 1), (("k2",), MISSING, -1)]
