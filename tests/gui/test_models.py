"""Models under Qt's own model tester, and rules that keep values whole on their way through Qt."""

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.diff.compare import compare
from esviewer.gui import text
from esviewer.gui.masked import NO_STORE
from esviewer.gui.theme import Theme
from esviewer.gui.value_tree import CHUNK, ValueModel
from esviewer.model.change import Change
from esviewer.model.values import MISSING, Number

GUI = Path(text.__file__).parent
_NOWHERE = QModelIndex()


def test_the_models_of_a_page_are_sound(at_demo, qtmodeltester: ModelTester) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    for model in (page.aggregates.model, page.events.shown, page.state.tree.shown, page.details.data.shown):
        qtmodeltester.check(model)


def test_a_tree_shows_values_exactly(qapp, qtmodeltester: ModelTester) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value({"big": 2**70, "price": Number("1.10"), "text": "a\ud800\nb", "empty": [], "none": None})
    qtmodeltester.check(model)
    shown = [model.data(model.index(row, 1), Qt.ItemDataRole.DisplayRole) for row in range(5)]

    assert shown == ["1180591620717411303424", "1.10", '"a\\ud800⏎b"', "[0]", "null"]


def test_a_key_without_letters_is_seen(qapp) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value({"": 1, "a/b": 2, "😀~.": 3})
    assert [model.index(row, 0).data() for row in range(3)] == ['""', "a/b", "😀~."]


def test_wide_values_are_shown_in_chunks(qapp) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value({f"k{number}": number for number in range(3 * CHUNK)})

    assert model.rowCount() == CHUNK
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert model.rowCount() == 2 * CHUNK


def test_removed_paths_stay_as_struck_rows(qapp) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value({"a": 1}, [Change(("gone",), {"x": 1}, MISSING), Change(("a",), 0, 1)])

    rows = [model.data(model.index(row, 0), Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]
    assert rows == ["~ a", "− gone"]
    assert model.data(model.index(1, 0), Qt.ItemDataRole.FontRole).strikeOut()


def _texts(model: ValueModel, parent: QModelIndex = _NOWHERE) -> list[object]:
    """What all rows show, opened to their leaves, in the letters and colours that they have."""
    while model.canFetchMore(parent):
        model.fetchMore(parent)
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole)
    found: list[object] = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        cells = [model.data(model.index(row, column, parent), role) for column in range(3) for role in roles]
        found.append((cells, model.hasChildren(index), _texts(model, index)))
    return found


_leaves = st.none() | st.integers(-3, 3) | st.text("ab", max_size=2)
_values = st.recursive(
    _leaves,
    lambda inner: st.dictionaries(st.sampled_from("abcde"), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(first=_values, then=st.lists(_values, min_size=1, max_size=3), looks=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_value_taken_in_place_shows_as_one_shown_anew(qapp, first: object, then: list[object], looks: bool) -> None:
    theme = Theme(qapp)
    model = ValueModel(theme, lambda: NO_STORE)
    model.show_value(first)
    before = first
    for value in then:
        if looks:
            _texts(model)
        changes = compare(before, value)
        anew = ValueModel(theme, lambda: NO_STORE)
        anew.show_value(value, changes)
        if not model.take_value(value, changes):
            model.show_value(value, changes)
        assert _texts(model) == _texts(anew)
        before = value


def test_a_value_with_the_same_rows_is_taken_in_place(qapp) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value({"a": 1, "list": [1, {"b": 2}], **{f"k{number}": number for number in range(2 * CHUNK)}})
    _texts(model, model.index(1, 0))
    laid_out: list[object] = []
    for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
        signal.connect(lambda *_: laid_out.append(1))
    more = {f"k{number}": 0 for number in range(3 * CHUNK)}

    assert model.take_value({"a": 5, "list": [4, {"b": 3}], **more}, [Change(("a",), 1, 5)])
    assert laid_out == []
    assert model.data(model.index(0, 0), Qt.ItemDataRole.DisplayRole) == "~ a"
    assert model.data(model.index(0, 1), Qt.ItemDataRole.DisplayRole) == "5"
    listed = model.index(1, 0)
    assert model.data(model.index(0, 0, model.index(1, 0, listed)), Qt.ItemDataRole.DisplayRole) == "b"
    assert model.data(model.index(0, 1, model.index(1, 0, listed)), Qt.ItemDataRole.DisplayRole) == "3"
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert model.rowCount() == 2 + 3 * CHUNK

    whole = {"a": 5, "list": [4, {"b": 3}], **more}
    assert not model.take_value({**whole, "new": 1})
    assert not model.take_value({**whole, "list": [4]})
    assert not model.take_value({**whole, "a": {}})
    assert not model.take_value(whole, [Change(("gone",), 1, MISSING)])
    assert not model.take_value(whole, of="another")
    assert not model.take_value(7)


@pytest.mark.parametrize("value", [None, 7, "text", [1, 2], []])
def test_roots_that_are_no_objects_are_shown(qapp, value: object) -> None:
    model = ValueModel(Theme(qapp), lambda: NO_STORE)
    model.show_value(value, [Change((), {"a": 1}, value)])

    assert model.rowCount() == (len(value) if isinstance(value, list) else 1)


def test_signals_carry_no_type_that_qt_would_convert() -> None:
    for file in GUI.glob("**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Signal":
                kinds = [argument.id for argument in node.args if isinstance(argument, ast.Name)]
                assert set(kinds) <= {"object"}, f"{file.name} has Signal({', '.join(kinds)})"
