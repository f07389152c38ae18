"""Changes: applied, undone, printed; JSON Pointers."""

import pytest
from helpers_values import VALUES
from hypothesis import given

from esviewer.model.change import Change, apply, pointer, resolve, undo, value_at
from esviewer.model.values import MISSING, copied, same

STATE = {"a": {"b": [1, 2, 3]}, "c": None}


class TestApply:
    @pytest.mark.parametrize(
        ("change", "after"),
        [
            (Change(("d",), MISSING, 1), {"a": {"b": [1, 2, 3]}, "c": None, "d": 1}),
            (Change(("c",), None, 5), {"a": {"b": [1, 2, 3]}, "c": 5}),
            (Change(("c",), None, MISSING), {"a": {"b": [1, 2, 3]}}),
            (Change(("a", "b", 1), 2, 9), {"a": {"b": [1, 9, 3]}, "c": None}),
            (Change(("a", "b", 0), 1, MISSING), {"a": {"b": [2, 3]}, "c": None}),
            (Change(("a", "b", 0), MISSING, 0), {"a": {"b": [0, 1, 2, 3]}, "c": None}),
            (Change(("a", "b", 3), MISSING, 4), {"a": {"b": [1, 2, 3, 4]}, "c": None}),
            (Change((), STATE, [1]), [1]),
            (Change((), STATE, None), None),
        ],
    )
    def test_and_undo(self, change: Change, after: object):
        state = apply(copied(STATE), [change])
        assert same(state, after)
        assert same(apply(copied(state), [change.reversed()]), STATE)
        assert same(undo(state, [change]), STATE)

    def test_shares_nothing(self):
        new = {"x": []}
        state = apply({}, [Change(("a",), MISSING, new)])
        state["a"]["x"].append(1)
        assert new == {"x": []}

    def test_in_order_and_back(self):
        changes = [
            Change(("l",), MISSING, []),
            Change(("l", 0), MISSING, {"n": 1}),
            Change(("l", 0, "n"), 1, 2),
            Change(("l", 0), {"n": 2}, MISSING),
        ]
        state = apply({"k": 1}, changes)
        assert state == {"k": 1, "l": []}
        assert undo(state, changes) == {"k": 1}


class TestForms:
    def test_operations(self):
        assert [Change(("a",), *pair).op for pair in ((MISSING, 1), (1, MISSING), (1, 2))] == [
            "add",
            "remove",
            "replace",
        ]

    def test_as_json(self):
        assert Change(("a", 0), MISSING, None).as_json() == {"op": "add", "path": "/a/0", "new": None}
        assert Change(("a",), 1, MISSING).as_json() == {"op": "remove", "path": "/a", "old": 1}
        assert Change((), 1, 2).as_json() == {"op": "replace", "path": "", "old": 1, "new": 2}


class TestPointer:
    @pytest.mark.parametrize(
        ("path", "text"),
        [((), ""), (("",), "/"), (("a/b", "m~n"), "/a~1b/m~0n"), (("~1",), "/~01"), (("l", 0), "/l/0")],
    )
    def test_form(self, path: tuple, text: str):
        assert pointer(path) == text

    @given(VALUES)
    def test_every_place_is_found_again(self, value: object):
        def walk(here: object, path: tuple):
            assert resolve(value, pointer(path)) == path
            assert value_at(value, path) is here
            if isinstance(here, dict):
                for key, inner in here.items():
                    walk(inner, (*path, key))
            elif isinstance(here, list):
                for index, inner in enumerate(here):
                    walk(inner, (*path, index))

        walk(value, ())

    def test_what_is_not_there(self):
        assert value_at(STATE, resolve(STATE, "/a/b/7")) is MISSING
        assert value_at(STATE, ("c", "x")) is MISSING
        assert value_at(STATE, ("a", "b", -1)) is MISSING
        assert value_at(STATE, ("a", 0)) is MISSING

    def test_wrong_form(self):
        with pytest.raises(ValueError, match="JSON Pointer"):
            resolve({}, "a")
        for text in ("/a~", "/~2", "/b/~a"):
            with pytest.raises(ValueError, match="~0"):
                resolve({}, text)
