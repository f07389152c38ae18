"""Rollback analysis: the patch leads back, and the events that it would undo are named."""

from helpers_replay import batches, event, one_rule
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.change import Change, apply, undo
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import copied, same
from esviewer.questions.rollback import NOT_WRITTEN, Rollback, Undone, changes_back, what_it_undoes
from esviewer.replay.history import build_history


@settings(max_examples=200, deadline=None)
@given(story=stories(), data=st.data())
def test_the_patch_leads_back_and_undoing_it_forth(story: list[EventBatch], data: st.DataObject):
    history = build_history(EVERYTHING, story)
    now = data.draw(st.integers(0, len(history)))
    target = data.draw(st.integers(0, now))
    changes = changes_back(history, now, target)
    current, wanted = history.state_after(now), history.state_after(target)

    back = apply(copied(current), changes)
    assert same(back, wanted)
    assert same(undo(back, changes), current)
    assert same(apply(undo(copied(wanted), changes), changes), wanted)

    undone = what_it_undoes(history, now, target, changes)
    assert [index for index, _, _ in undone] == list(range(target, now))
    if changes:
        assert any(concerns for _, _, concerns in undone)


def test_the_document():
    reducer = one_rule('set = { "[data.key]" = "data.value" }')
    events = [
        event(1, "A", {"key": "x", "value": 1}),
        event(2, "B|`<b>", {"key": "evil|`\u202e", "value": "<script>"}),
        event(3, "C", {"key": "x", "value": 1}),
    ]
    history = build_history(reducer, [batch_of(events)])
    changes = changes_back(history, 3, 1)

    def state(version: int) -> RebuiltState:
        return RebuiltState("a|1", "t", version, None, history.state_at(version), history.rebuilt_at(version))

    undone = tuple(
        Undone(events[index].version, events[index].type, None, "an|na", paths, concerns)
        for index, paths, concerns in what_it_undoes(history, 3, 1, changes)
    )
    found = Rollback(state(3), state(1), changes, undone)

    assert found.patch() == [{"op": "remove", "path": "/evil|`\u202e"}]
    assert [(each.version, each.concerns) for each in undone] == [(2, True), (3, False)]
    document = found.as_json()
    assert document["undoes"][0]["changed"] == ["/evil|`\u202e"]
    assert document["note"] == NOT_WRITTEN
    for text in (found.text(), found.markdown()):
        assert NOT_WRITTEN in text
        assert reducer.digest in text
        assert "\u202e" not in text
    rows = [line for line in found.markdown().splitlines() if line.startswith("| 2 ")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 7


def test_nothing_to_take_back():
    history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("A", 2), ("A", 1)))
    assert changes_back(history, 3, 1) == ()
    assert changes_back(history, 3, 2) == (Change(("a",), 1, 2),)
