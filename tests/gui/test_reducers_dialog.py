"""Which reducer rebuilds which type: seen, changed and taken back in the window."""

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app.assignments import Assignments, store_key
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui.reducers_dialog import ReducersDialog

MINE = 'name = "mine"\n[[on]]\nevent = "*"\nset = { seen = "1" }\n'


@pytest.fixture
def store(tmp_path: Path, demo: Path) -> Path:
    """A demo store of this test alone, with rules beside it for orders and users only."""
    path = tmp_path / "own.db"
    shutil.copy(demo, path)
    beside = path.with_name(path.name + ".reducers")
    shutil.copytree(demo.with_name(demo.name + ".reducers"), beside)
    (beside / "accounts.toml").unlink()
    return path


@pytest.fixture
def dialog(driver, store: Path) -> ReducersDialog:
    """The dialog over a window that shows one order."""
    page = driver.open(store)
    page.show_aggregate(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    driver.window.show_reducers()
    dialog = driver.window.reducers
    driver.until(lambda: len(rows(dialog)) == 3)
    return dialog


def rows(dialog: ReducersDialog) -> dict[str, tuple[str, str, str]]:
    """Of each type: the reducer, its kind, and why it is this one."""
    items = [dialog.table.topLevelItem(index) for index in range(dialog.table.topLevelItemCount())]
    return {item.text(0): (item.text(1), item.text(2), item.text(3)) for item in items}


def test_every_type_is_listed_with_its_reducer_and_why(dialog: ReducersDialog) -> None:
    assert rows(dialog) == {
        "account": ("merge (inferred)", "merge", "no rules"),
        "order": ("orders", "rules", "beside the store"),
        "user": ("users", "rules", "beside the store"),
    }
    assert dialog.picked == "order", "the type on show"
    assert dialog.edit_button.isEnabled()
    assert not dialog.back_button.isEnabled()
    dialog.pick("account")
    assert not dialog.edit_button.isEnabled()
    assert not dialog.reset_button.isEnabled()


def test_a_file_given_at_the_start_is_said_to_be(driver, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    driver.open(store, reducers=[str(file)])
    driver.window.show_reducers()
    dialog = driver.window.reducers
    driver.until(lambda: len(rows(dialog)) == 3)
    assert set(rows(dialog).values()) == {("mine", "rules", "given at the start")}


def test_another_file_is_used_remembered_and_taken_back(
    driver, dialog: ReducersDialog, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    dialog.ask_file = lambda: str(file)
    qtbot.mouseClick(dialog.change_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: rows(dialog).get("order") == ("mine", "rules", "chosen for this type"))
    driver.until(lambda: driver.page.current is not None and driver.page.current.state == {"seen": 1})
    assert Assignments().of(store_key(str(store))) == {"order": file}
    assert dialog.picked == "order"
    driver.window.close_store()
    driver.open(store)
    driver.page.show_aggregate(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    assert driver.page.current.state == {"seen": 1}
    driver.window.show_reducers()
    dialog = driver.window.reducers
    driver.until(lambda: rows(dialog).get("order", ("",))[0] == "mine")
    qtbot.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: rows(dialog).get("order") == ("orders", "rules", "beside the store"))
    driver.until(lambda: driver.page.current is not None and driver.page.current.rebuilt.reducer == "orders")
    assert not Assignments().of(store_key(str(store)))


def test_choices_are_undone_one_by_one(
    driver, dialog: ReducersDialog, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    assert not dialog.undo_button.isEnabled()
    file = tmp_path / "mine.toml"
    file.write_text("on = 3\n", encoding="utf-8")
    dialog.ask_file = lambda: str(file)
    dialog.change()
    driver.until(lambda: dialog.message.isVisible())
    assert not dialog.undo_button.isEnabled(), "a refused file changes nothing"
    file.write_text(MINE, encoding="utf-8")
    dialog.change()
    driver.until(lambda: rows(dialog).get("order") == ("mine", "rules", "chosen for this type"))
    dialog.pick("user")
    dialog.reset()
    driver.until(lambda: rows(dialog).get("user") == ("merge (inferred)", "merge", "chosen for this type"))

    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: rows(dialog).get("user") == ("users", "rules", "beside the store"))
    assert rows(dialog)["order"] == ("mine", "rules", "chosen for this type")
    dialog.undo_button.click()
    driver.until(lambda: rows(dialog).get("order") == ("orders", "rules", "beside the store"))
    assert not Assignments().of(store_key(str(store)))
    assert not dialog.undo_button.isEnabled()


def test_no_rules_can_be_chosen(driver, dialog: ReducersDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: rows(dialog).get("order") == ("merge (inferred)", "merge", "chosen for this type"))
    driver.until(lambda: driver.page.current is not None and driver.page.current.rebuilt.inferred)


def test_a_bad_file_is_refused_with_its_mistake_and_changes_nothing(
    driver, dialog: ReducersDialog, tmp_path: Path
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("on = 3\n", encoding="utf-8")
    for name in (file, tmp_path / "missing.toml", tmp_path):
        dialog.message.hide()
        dialog.ask_file = lambda name=name: str(name)
        dialog.change()
        driver.until(lambda: dialog.message.isVisible())
        assert name.name in dialog.message.text()
        assert rows(dialog)["order"][0] == "orders"
    assert driver.page.current.rebuilt.reducer == "orders"


def test_the_file_of_any_type_is_edited(driver, dialog: ReducersDialog, store: Path) -> None:
    dialog.pick("user")
    dialog.edit_button.click()
    file = store.with_name("own.db.reducers") / "users.toml"
    driver.until(lambda: driver.window.rules.file == file)
    assert driver.window.rules.text.toPlainText() == file.read_text(encoding="utf-8")


def test_a_program_is_asked_about_before_it_rebuilds(driver, dialog: ReducersDialog, tmp_path: Path) -> None:
    file = tmp_path / "program.toml"
    text = f'kind = "foreign"\nname = "program"\ncommand = ["{sys.executable}", "none.py"]\n'
    file.write_text(text, encoding="utf-8")
    dialog.ask_file = lambda: str(file)
    dialog.change()
    driver.until(lambda: driver.page.reducers.asking is not None)
    driver.until(lambda: rows(dialog)["order"] == ("program", "foreign", "chosen for this type"))
    driver.page.reducers.asking.reject()
    driver.until(lambda: driver.page.reducers.asking is None)
    driver.until(lambda: "program" in driver.page.state.lost.text)
    assert "not allowed to run" in driver.page.state.lost.text
    dialog.take_back()
    driver.until(lambda: driver.page.current is not None and driver.page.current.rebuilt.reducer == "orders")


def test_the_dialog_goes_with_its_store(driver, dialog: ReducersDialog) -> None:
    driver.window.close_store()
    assert driver.window.reducers is None
    assert not driver.window.reducers_action.isEnabled()


def test_a_chosen_file_that_is_for_another_type_is_said_to_be(driver, dialog: ReducersDialog, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('aggregate_type = "invoice*"\n' + MINE, encoding="utf-8")
    dialog.ask_file = lambda: str(file)
    dialog.change()
    driver.until(lambda: rows(dialog).get("order") == ("mine", "rules", "chosen for this type"))
    assert dialog.unfit.isVisible()
    assert "“invoice*”" in dialog.unfit.text()
    assert "“order”" in dialog.unfit.text()
    dialog.pick("account")
    assert not dialog.unfit.isVisible()


def test_a_file_that_is_for_no_type_of_the_store_is_named(driver, store: Path) -> None:
    beside = store.with_name("own.db.reducers")
    (beside / "invoices.toml").write_text('aggregate_type = "invoice*"\n' + MINE, encoding="utf-8")
    driver.open(store)
    driver.window.show_reducers()
    dialog = driver.window.reducers
    driver.until(lambda: len(rows(dialog)) == 3)
    assert rows(dialog)["account"][0] == "merge (inferred)"
    assert "invoices.toml is not in use" in dialog.unfit.text()
    assert "“invoice*”" in dialog.unfit.text()


@pytest.mark.parametrize("case", ["assigned", "beside"])
def test_a_reducer_that_can_not_be_read_when_the_store_opens(driver, store: Path, tmp_path: Path, case: str) -> None:
    orders = store.with_name("own.db.reducers") / "orders.toml"
    if case == "assigned":
        file = tmp_path / "gone.toml"
        Assignments().put(store_key(str(store)), "order", file)
    else:
        file = orders
        orders.write_text("on = = 3\n", encoding="utf-8")
    page = driver.open(store)
    page.show_aggregate(PUZZLING_ORDER)
    driver.until(lambda: file.name in page.state.lost.text)
    assert page.events.shown.rowCount() == 16
    driver.window.show_reducers()
    dialog = driver.window.reducers
    driver.until(lambda: "order" in rows(dialog))
    assert "can't be used" in rows(dialog)["order"][0]
    dialog.pick("order")
    assert file.name in dialog.unfit.text()
    assert dialog.edit_button.isEnabled()
    file.write_text(MINE, encoding="utf-8")
    page.state.lost.buttons()["Try again"].click()
    driver.until(lambda: page.current is not None and page.current.state == {"seen": 1})
