"""The search on small evidence written by hand."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.event import Event
from esviewer.model.values import MISSING
from esviewer.replay.expressions import compile_expression
from esviewer.replay.inference.evidence import START, Seen, Story, Stretch, Witness, token
from esviewer.replay.inference.lists import solve_list
from esviewer.replay.inference.names import fixed_key, literal, path_part, reached
from esviewer.replay.inference.numbers import solve_number
from esviewer.replay.inference.registers import solve_register
from esviewer.replay.inference.searching import search
from esviewer.replay.paths import parse_path


def seen(kind: str, **data: Any) -> Seen:
    return Seen(Event(None, "a", None, 1, None, kind, None, None, data, None))


def never() -> None:
    """Nobody cancels."""


def test_a_constant_and_a_reading_of_the_same_name() -> None:
    found = [
        Stretch(START, [seen("Opened", name="x", other="x")], "x"),
        Stretch("x", [seen("Opened", name="y", other="z")], "y"),
        Stretch("y", [seen("Closed", name="q")], "gone"),
        Stretch("gone", [seen("Noted", name="n")], "gone"),
        Stretch("gone", [seen("Opened", name="z"), seen("Closed", name="n")], "gone"),
    ]
    solved = solve_register(found, "name", never)

    assert solved is not None
    actions, initial = solved
    assert {kind: action.reading.written() for kind, action in actions.items() if action.reading} == {
        "Opened": "data.name",
        "Closed": "'gone'",
    }
    assert initial is MISSING


def test_nothing_removes_what_was_never_there() -> None:
    known = Stretch(START, [seen("Created"), seen("Verified")], True)
    found = [known, known, known, Stretch(START, [seen("Created")], MISSING)]
    solved = solve_register(found, "verified", never)

    assert solved is not None
    actions, initial = solved
    assert {kind: action.verb for kind, action in actions.items()} == {"Verified": "set"}
    assert initial is MISSING


def test_numbers_that_are_added_and_subtracted() -> None:
    found = [
        Stretch(START, [seen("In", n=5), seen("Out", n=2)], 3),
        Stretch(3, [seen("In", n=7)], 10),
        Stretch(10, [seen("Out", n=4), seen("Out", n=1), seen("In", n=2)], 7),
    ]
    solved = solve_number(found, "total", never)

    assert solved is not None
    assert {kind: (action.verb, action.times) for kind, action in solved[0].items()} == {
        "In": ("increment", 1),
        "Out": ("increment", -1),
    }


def test_a_list_of_made_up_objects() -> None:
    found = [
        Stretch(START, [seen("Noted", text="a", by="x"), seen("Paid", n=1)], [{"note": "a", "who": "x"}]),
        Stretch([{"note": "a", "who": "x"}], [seen("Noted", text="b", by="y")],
                [{"note": "a", "who": "x"}, {"note": "b", "who": "y"}]),
    ]  # fmt: skip
    solved = solve_list(found, "notes", never)

    assert solved is not None
    ((kind, action),) = solved[0].items()
    assert action.reading is not None
    assert (kind, action.verb, action.reading.written()) == (
        "Noted",
        "append",
        "{'note': data.text, 'who': data.by}",
    )


def test_what_contradicts_itself_has_no_rules() -> None:
    found = [Stretch(START, [seen("A", n=1)], "x"), Stretch(START, [seen("A", n=1)], "y")]

    assert solve_register(found, "n", never) is None
    story = Story("a", [seen("A", n=1)], [Witness(1, 1, {"v": "x"})])
    other = Story("b", [seen("A", n=1)], [Witness(1, 1, {"v": "y"})])
    assert [each.path for each in search("t", [story, other], never).unexplained] == [("v",)]


@settings(max_examples=60, deadline=None)
@given(key=st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable() and text.strip()))
def test_any_key_can_be_reached(key: str) -> None:
    compute = compile_expression(reached("data", key))
    part = path_part(key)

    assert compute({key: 17}, None, None, None) == 17
    assert fixed_key(part) == key
    assert len(parse_path(f"a{part}")) == 2


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(value=_VALUES)
def test_constants_are_written_as_what_they_are(value: Any) -> None:
    text = literal(value)

    assert text is not None
    assert token(compile_expression(text)(None, None, None, None)) == token(value)


@settings(max_examples=60, deadline=None)
@given(one=_VALUES, other=_VALUES)
def test_tokens_are_equal_for_what_agrees(one: Any, other: Any) -> None:
    from esviewer.diff.agreement import alike

    assert (token(one) == token(other)) == alike(one, other)
