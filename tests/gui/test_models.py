"""Models under Qt's own model tester, and rules that keep values whole on their way through Qt."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui import text
from esviewer.gui.masked import NO_STORE
from esviewer.gui.theme import Theme
from esviewer.gui.value_tree import CHUNK, ValueModel
from esviewer.model.change import Change
from esviewer.model.values import MISSING, Number

GUI = Path(text.__file__).parent


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
