"""Mapping tables by hand, as a person does it: look, correct, save, open."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.app.mapping import user_file
from esviewer.gui.language import speak
from esviewer.gui.mapping.dialog import MappingDialog
from esviewer.stores.layouts.layout import load_layout


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A home-made store that no layout fits."""
    path = tmp_path / "odd.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE happenings (nr INTEGER PRIMARY KEY, who TEXT, step INTEGER, what TEXT, body TEXT, at INTEGER)"
        )
        connection.executemany(
            "INSERT INTO happenings (who, step, what, body, at) VALUES (?, ?, ?, ?, ?)",
            [
                (f"w{a}", s, ("Begun", "Moved")[s > 0], json.dumps({"s": s}), 1_750_000_000_000 + s * 1000)
                for s in range(6)
                for a in range(4)
            ],
        )
    connection.close()
    return path


@pytest.fixture
def dialog(driver, odd: Path) -> MappingDialog:
    """The dialog that opens because no layout fits, with its proposal read."""
    driver.window.open_target(str(odd))
    driver.until(lambda: driver.window.opening.mapping is not None)
    found = driver.window.opening.mapping
    driver.until(lambda: found.trial is not None and not found.tasks.busy)
    return found


def choose(box, value: str) -> None:
    """Pick an item as a person does."""
    place = next(index for index in range(box.count()) if box.itemData(index) == value)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def read_again(driver, dialog: MappingDialog, condition: Callable[[], object]) -> None:
    driver.until(lambda: condition() and not dialog.tasks.busy)


def test_the_dialog_opens_with_a_proposal_and_ten_events(dialog: MappingDialog) -> None:
    form = dialog.form

    assert form.full_name == "happenings"
    assert [box.currentData() for box in (form.aggregate_id, form.version, form.type, form.data)] == [
        "who",
        "step",
        "what",
        "body",
    ]
    assert form.form.currentData() == "ms"
    assert dialog.events.rowCount() == 10
    assert dialog.events.item(0, 3).text() == '{"s":0}'
    assert dialog.checks.rowCount() == 8
    assert not dialog.failed_checks()
    assert dialog.open_button.isEnabled()
    dialog.reasons_button.click()
    assert "step is the version" in dialog.messages.text


def test_sentences_of_checks_have_the_lines_that_they_need(driver, dialog: MappingDialog) -> None:
    table = dialog.checks
    for wide in (1300, 860, 1000, 860):
        dialog.resize(wide, dialog.height())
        driver.until(
            lambda: all(table.rowHeight(row) >= table.sizeHintForRow(row) for row in range(table.rowCount()))
        )
    assert max(table.rowHeight(row) for row in range(table.rowCount())) > table.rowHeight(2), "none is wrapped"


def test_save_and_open_by_keyboard_alone(driver, qtbot: QtBot, dialog: MappingDialog) -> None:
    dialog.name.setFocus()
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, "my facts")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    driver.until(lambda: driver.window.page is not None)
    driver.until(lambda: driver.page.aggregates.model.rowCount() == 4)

    assert driver.window.opening.mapping is None
    assert driver.page.session.store.layout.name == "my-facts"
    assert load_layout(user_file("my facts")).events.part("version").columns == ("step",)


def test_a_wrong_column_fails_a_check_at_once(driver, dialog: MappingDialog) -> None:
    choose(dialog.form.aggregate_id, "what")
    read_again(driver, dialog, dialog.failed_checks)

    assert {check.name for check in dialog.failed_checks()} >= {"unique"}
    assert dialog.events.item(0, 0).text() in ("Begun", "Moved")

    choose(dialog.form.aggregate_id, "who")
    read_again(driver, dialog, lambda: not dialog.failed_checks())


def test_what_can_not_be_read_is_said(driver, dialog: MappingDialog) -> None:
    choose(dialog.form.data, "what")
    read_again(driver, dialog, dialog.failed_checks)

    assert "payloads" in {check.name for check in dialog.failed_checks()}
    assert dialog.checks.item(0, 1).text() == "payloads"
    assert "JSON" in dialog.events.item(0, 3).text()


def test_what_is_missing_is_said(driver, dialog: MappingDialog) -> None:
    choose(dialog.form.data, "")
    driver.until(lambda: "the data" in dialog.state.text())

    assert not dialog.open_button.isEnabled()


def test_a_key_inside_the_data_can_be_typed(driver, qtbot: QtBot, dialog: MappingDialog) -> None:
    line = dialog.form.type.lineEdit()
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "$.s")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    read_again(driver, dialog, lambda: dialog.events.item(0, 2).text() == "0")

    assert dialog.form.draft("x").parts["type"] == "$.s"


def test_another_table_brings_its_own_proposal(driver, odd: Path) -> None:
    with sqlite3.connect(odd) as connection:
        connection.execute("CREATE TABLE other (stream TEXT, version INTEGER, type TEXT, data TEXT)")
        connection.executemany("INSERT INTO other VALUES ('o1', ?, 'Made', '{}')", [(n,) for n in range(3)])
    connection.close()
    driver.window.open_target(str(odd))
    driver.until(lambda: driver.window.opening.mapping is not None and driver.window.opening.mapping.trial is not None)
    dialog = driver.window.opening.mapping
    assert (dialog.form.full_name, dialog.events.item(0, 0).text()) == ("other", "o1")

    choose(dialog.form.table, "happenings")
    read_again(driver, dialog, lambda: dialog.events.rowCount() == 10)

    assert dialog.form.aggregate_id.currentData() == "who"
    assert dialog.events.item(0, 0).text() == "w0"


def test_a_layout_of_that_name_is_not_replaced(driver, dialog: MappingDialog) -> None:
    dialog.name.setText("reference")
    dialog.save_and_open()
    driver.until(lambda: "reference" in dialog.messages.text)

    assert driver.window.opening.mapping is dialog


def test_saved_to_a_file_it_can_be_shared(driver, dialog: MappingDialog, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "shared.toml"
    monkeypatch.setattr(dialog, "ask_file", lambda proposal: str(file))
    dialog.save_to_file()
    driver.until(lambda: "shared.toml" in dialog.messages.text)

    assert load_layout(file).events.required == ("who", "step", "nr", "what", "at", "body")


def test_a_recognised_store_can_be_mapped_too(at_demo) -> None:
    window = at_demo.window
    assert window.map_action.isEnabled()
    window.map_action.trigger()
    at_demo.until(lambda: window.opening.mapping is not None and window.opening.mapping.trial is not None)

    assert window.opening.mapping.form.full_name == "events"
    assert window.opening.mapping.form.snapshots.currentData() == "snapshots"
    assert not window.opening.mapping.failed_checks()
    window.opening.mapping.reject()
    at_demo.until(lambda: window.opening.mapping is None)
    assert window.page is not None


def test_several_that_fit_are_shown_with_their_reasons(driver, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "two.db"
    columns = "(aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT)"
    with sqlite3.connect(path) as connection:
        for name in ("bank_events", "shop_events"):
            connection.execute(f"CREATE TABLE {name} {columns}")
            connection.execute(f"INSERT INTO {name} VALUES ('of {name}', 'Made', '{{}}', 1, '2026-01-01T00:00:00Z')")
    connection.close()
    window = driver.window
    window.open_target(str(path))
    driver.until(lambda: window.opening.choice is not None and len(window.opening.choice.fits) == 2)
    choice = window.opening.choice
    assert "bank_events has the columns" in choice.reasons.text()

    qtbot.keyClick(choice.list, Qt.Key.Key_Down)
    assert "shop_events has the columns" in choice.reasons.text()
    qtbot.keyClick(choice.list, Qt.Key.Key_Return)
    driver.until(lambda: window.page is not None)

    assert window.opening.choice is None
    assert driver.page.session.store.fit.events.name == "shop_events"


def test_none_of_those_that_fit_may_be_right(driver, tmp_path: Path) -> None:
    path = tmp_path / "two.db"
    with sqlite3.connect(path) as connection:
        for name in ("bank_events", "shop_events"):
            connection.execute(
                f"CREATE TABLE {name} (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER,"
                " timestamp TEXT)"
            )
    connection.close()
    window = driver.window
    window.open_target(str(path))
    driver.until(lambda: window.opening.choice is not None)
    window.opening.choice._by_hand()

    driver.until(lambda: window.opening.mapping is not None and window.opening.mapping.trial is not None)
    assert window.opening.choice is None


def test_what_checks_found_is_said_in_the_windows_language(qapp: QApplication, driver, odd: Path) -> None:
    speak(qapp, "ja")
    try:
        driver.window.open_target(str(odd))
        driver.until(lambda: driver.window.opening.mapping is not None)
        found = driver.window.opening.mapping
        driver.until(lambda: found.trial is not None and not found.tasks.busy)
        assert "すべての行に集約の ID とバージョンがあります。" in {
            found.checks.item(row, 2).text() for row in range(found.checks.rowCount())
        }
    finally:
        speak(qapp, "en")
