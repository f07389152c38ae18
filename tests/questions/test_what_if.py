"""What if: edited events give the state that replaying them gives, and the real timeline stays as it was."""

from dataclasses import replace
from typing import Any

import pytest
from helpers_replay import event, one_rule, rules
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import NotFoundError, UsageError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.values import copied, same
from esviewer.questions.what_if import Edit, Edits, Insert, Move, Parting, Skip, WhatIf, edited_events, what_if
from esviewer.replay.fold import fold
from esviewer.replay.history import build_history

COUNT = one_rule('append = { seen = "data" }')


def _made(edits: Edits, reducer: Any = COUNT, values: str = "abcd") -> WhatIf:
    events = [event(version, "A", value) for version, value in enumerate(values, 5)]
    return what_if(build_history(reducer, [batch_of(events)]), [batch_of(events)], reducer, edits)


def _seen(made: WhatIf) -> str:
    state = made.imagined.state_after(len(made.imagined))
    return "".join(map(str, state.get("seen", [])))


@pytest.mark.parametrize(
    ("steps", "seen", "parting"),
    [
        ([], "abcd", None),
        ([Skip(6)], "acd", Parting(2, 1)),
        ([Edit(6, "x")], "axcd", Parting(2)),
        ([Edit(6, "b")], "abcd", None),
        ([Insert(5, "A", "x")], "axbcd", Parting(2)),
        ([Insert(None, "A", "x")], "xabcd", Parting(1)),
        ([Move(8, None)], "dabc", Parting(1)),
        ([Move(5, 6)], "bacd", Parting(1, 0)),
        ([Skip(8)], "abc", Parting(3, 3)),
        ([Skip(5), Skip(6), Skip(7), Skip(8)], "", Parting(0, 0)),
        ([Insert(8, "A", "x"), Move(5, 8), Edit(5, "y")], "bcdyx", Parting(1, 0)),
    ],
)
def test_what_the_edits_come_to(steps: list, seen: str, parting: Parting | None):
    made = _made(Edits(tuple(steps)))
    assert _seen(made) == seen
    assert made.parting() == parting
    assert made.hypothetical
    assert "".join(made.real.state_after(4)["seen"]) == "abcd"


def test_what_the_next_event_makes_good_parts_them_all_the_same():
    """Without version 6 no state is that after it, though version 7 sets the same as ever."""
    made = _made(Edits((Skip(6),)), one_rule('set = { last = "data" }'))
    assert made.parting() == Parting(2, 1)
    assert same(made.real.state_after(4), made.imagined.state_after(3))


@pytest.mark.parametrize(("skipped", "parting"), [((7,), None), ((7, 8), Parting(2, 3)), ((7, 8, 5), Parting(1, 0))])
def test_leaving_out_what_changed_nothing_parts_nothing(skipped: tuple, parting: Parting | None):
    reducer = one_rule('set = { last = "data" }\nwhen = "data != \'n\'"')
    assert _made(Edits(tuple(map(Skip, skipped))), reducer, "abnd").parting() == parting


def test_a_new_event_is_of_the_schema_version_that_its_type_has_now():
    text = '[[upcast]]\nevent = "A"\nset = { v = "1" }\n[[on]]\nevent = "A"\nappend = { seen = "data.v" }'
    events = [replace(event(1, "A", {}), schema_version=1), replace(event(2, "A", {"v": 2}), schema_version=2)]
    real = build_history(rules(text), [batch_of(events)])
    made = what_if(real, [batch_of(events)], rules(text), Edits((Insert(1, "A", {"v": 3}),)))
    assert made.imagined.state_after(3) == {"seen": [1, 3, 2]}


def test_rows_say_where_they_come_from():
    made = _made(Edits((Skip(5), Insert(6, "B", "x"), Edit(7, "y"), Move(8, 6))))
    assert [(row.original, row.edited, row.moved) for row in made.rows] == [
        (6, False, False),
        (8, False, True),
        (None, True, False),
        (7, True, False),
    ]
    assert [made.real_count(count) for count in range(5)] == [0, 2, 2, 2, 3]
    assert list(made.imagined.versions) == [1, 2, 3, 4]


@settings(max_examples=150, deadline=None)
@given(story=stories(), data=st.data())
def test_is_the_replay_of_the_edited_events(story: list[EventBatch], data: st.DataObject):
    events = [batch.event(index) for batch in story for index in range(len(batch))]
    versions = [each.version for each in events]
    kept = copied([each.data for each in events])
    steps: list = []
    for version in data.draw(st.lists(st.sampled_from(versions), max_size=4, unique=True)) if versions else []:
        steps.append(
            data.draw(
                st.sampled_from(
                    [Skip(version), Edit(version, {"key": "a", "value": 1, "amount": 2}, "Set"), Move(version, None)]
                )
            )
        )
    steps.append(Insert(None, "Increment", {"amount": 2, "key": "n"}))
    edits = Edits(tuple(steps))
    real = build_history(EVERYTHING, story)
    made = what_if(real, story, EVERYTHING, edits)

    changed, rows = edited_events(events, edits)
    assert len(changed) == len(rows) == len(made.imagined)
    plain = fold(EVERYTHING, [batch_of(changed)], EVERYTHING.initial())
    assert same(made.imagined.state_after(len(changed)), plain.state)
    assert made.parting() == _parting(made)
    assert same([each.data for each in events], kept)
    assert same(Edits.from_json(edits.as_json()).as_json(), edits.as_json())


def _parting(made: WhatIf) -> Parting | None:
    """The same, by comparing every state of both sides."""
    places: list[tuple[int, int, Parting]] = []
    beside = 0
    for count, row in enumerate(made.rows, 1):
        if row.original is not None and not row.moved:
            index = made.real.index_of(row.original)
            places += [(at + 1, count - 1, Parting(count, at)) for at in range(beside, index)]
            beside = index + 1
        places.append((beside, count, Parting(count)))
    last = len(made.rows)
    places += [(at + 1, last, Parting(last, at)) for at in range(beside, len(made.real))]
    for real, imagined, parting in places:
        if not same(made.real.state_after(real), made.imagined.state_after(imagined)):
            return parting
    return None


@settings(max_examples=50, deadline=None)
@given(story=stories())
def test_no_edits_change_nothing(story: list[EventBatch]):
    real = build_history(EVERYTHING, story)
    made = what_if(real, story, EVERYTHING, Edits())
    assert made.parting() is None
    assert all(
        same(made.imagined.state_after(count), real.state_after(count)) for count in range(len(real) + 1)
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"skip": 1}, "JSON list"),
        (["skip"], "none of"),
        ([{}], "none of"),
        ([{"skip": 1, "move": 2, "after": 1}], "none of"),
        ([{"skip": "1"}], "names no version"),
        ([{"skip": True}], "names no version"),
        ([{"skip": None}], "names no version"),
        ([{"skip": 1, "data": 1}], "takes nothing"),
        ([{"edit": 1}], "takes data, type"),
        ([{"edit": 1, "data": 1, "type": 1}], "no text"),
        ([{"insert_after": 1, "data": 1}], "takes data"),
        ([{"move": 1}], "takes after"),
    ],
)
def test_what_is_no_list_of_edits_is_refused(document: Any, message: str):
    with pytest.raises(UsageError, match=message):
        Edits.from_json(document)


@pytest.mark.parametrize("steps", [[Skip(5), Edit(5, 1)], [Move(5, 5)]])
def test_what_can_not_be_done_is_refused(steps: list):
    with pytest.raises(UsageError):
        _made(Edits(tuple(steps)))


@pytest.mark.parametrize("steps", [[Skip(4)], [Insert(99, "A", 1)], [Move(5, 99)], [Move(99, None)]])
def test_a_version_that_is_not_there_is_not_found(steps: list):
    with pytest.raises(NotFoundError):
        _made(Edits(tuple(steps)))
