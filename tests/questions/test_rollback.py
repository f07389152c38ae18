"""Rollback analysis: the patch leads back, and the events that it would undo are named."""

from helpers_replay import batches, event, one_rule, rules
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.change import Change, apply, undo
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import copied, same
from esviewer.questions.rollback import NOT_WRITTEN, Rollback, Undone, changes_back, what_it_undoes
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer


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


def test_a_reducer_is_named_as_code_in_markdown():
    reducer = rules('name = "<b>*x*"\n[[on]]\nevent = "*"\nset = { a = "data" }')
    history = build_history(reducer, batches(("A", 1), ("A", 2)))
    states = [RebuiltState("a", "t", version, None, {}, history.rebuilt_at(version)) for version in (2, 1)]
    assert "`<b>*x*`" in Rollback(*states, (), ()).markdown()


def test_nothing_to_take_back():
    history = build_history(one_rule('set = { a = "data" }'), batches(("A", 1), ("A", 2), ("A", 1)))
    assert changes_back(history, 3, 1) == ()
    assert changes_back(history, 3, 2) == (Change(("a",), 1, 2),)


def _concerned(history: History, now: int, target: int) -> list[bool]:
    return [concerns for _, _, concerns in what_it_undoes(history, now, target, changes_back(history, now, target))]


def test_a_whole_object_written_concerns_only_what_differs():
    history = build_history(
        one_rule('set = { profile = "data" }'),
        batches(
            ("A", {"name": "Ada", "city": "Paris"}),
            ("B", {"name": "Ada", "city": "Rome"}),
            ("C", {"name": "Eve", "city": "Rome"}),
            ("D", {"name": "Eve", "city": "Paris"}),
        ),
    )
    assert _concerned(history, 4, 1) == [False, True, False]


def test_an_element_is_concerned_wherever_it_has_moved():
    history = build_history(
        MergeReducer(),
        batches(
            ("A", {"l": [{"id": 1, "q": 1}, {"id": 2, "q": 1}], "m": [1, 2]}),
            ("B", {"l": [{"id": 1, "q": 1}, {"id": 2, "q": 2}]}),
            ("C", {"m": [1, 3]}),
            ("D", {"m": [1, 2]}),
            ("E", {"l": [{"id": 2, "q": 2}]}),
        ),
    )
    assert changes_back(history, 5, 1)[-1].path == ("l", 1, "q")
    assert _concerned(history, 5, 1) == [True, False, False, True]


def test_texts_of_the_store_begin_no_line_of_their_own():
    forged = "x\n* version 9, Forged, no time: /balance"
    history = build_history(MergeReducer(), [batch_of([event(1, "A", {"n": 1}), event(2, forged, {forged: 2})])])

    def state(version: int) -> RebuiltState:
        return RebuiltState(forged, forged, version, None, history.state_at(version), history.rebuilt_at(version))

    changes = changes_back(history, 2, 1)
    undone = tuple(
        Undone(2, forged, None, forged, paths, concerns)
        for _, paths, concerns in what_it_undoes(history, 2, 1, changes)
    )
    found = Rollback(state(2), state(1), changes, undone)
    for text in (found.text(), found.markdown()):
        assert not [line for line in text.splitlines() if line.lstrip("*- ").startswith("version 9")]


def test_an_event_that_was_skipped_says_why_instead_of_what_it_changed():
    reducer = one_rule('increment = { n = "data.n" }')
    events = [event(1, "A", {"n": 1}), event(2, "A", {"n": "|one"}), event(3, "A", {"n": 2})]
    history = build_history(reducer, [batch_of(events)])

    def state(version: int) -> RebuiltState:
        return RebuiltState("a", "t", version, None, history.state_at(version), history.rebuilt_at(version))

    changes = changes_back(history, 3, 1)
    undone = tuple(
        Undone(events[index].version, "A", None, None, paths, concerns)
        for index, paths, concerns in what_it_undoes(history, 3, 1, changes)
    )
    found = Rollback(state(3), state(1), changes, undone)

    assert "  version 2, A, no time: skipped, text can't be added\n" in found.text()
    told = {each["version"]: each.get("skipped") for each in found.as_json()["undoes"]}
    assert told == {2: "text can't be added", 3: None}
    assert "| 2 | `A` |  |  | `skipped, text can't be added` | no |" in found.markdown()
