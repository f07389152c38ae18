"""Two reducers compared in the dialog, against what the command line finds."""

import json
from pathlib import Path

import pytest
from helpers_foreign import script_file
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.folding import compared_folds
from esviewer.app.session import open_session

RULES = """
name = "only totals"
aggregate_type = "order"
initial = { seen = 0 }

[[on]]
event = "*"
increment = { seen = "1" }
"""

COUNT = """
serve(lambda state, message: {"seen": (state or {}).get("seen", 0) + 1}, {})
"""


@pytest.fixture
def comparing(at_demo):
    """The dialog on the puzzling order; the driver is `comparing.driver`."""
    at_demo.choose(PUZZLING_ORDER)
    at_demo.until(lambda: "order" in at_demo.page.known_types)
    at_demo.window._compare_reducers()
    dialog = at_demo.page.questions.folds
    dialog.driver = at_demo
    return dialog


def done(dialog) -> None:
    dialog.driver.until(lambda: not dialog.running and not dialog._aside.tasks.busy)


def expected(demo: Path, *arguments: object, **options: object) -> list[dict]:
    session = open_session(str(demo))
    try:
        return [each.as_json() for each in compared_folds(session, *arguments, **options)]
    finally:
        session.close()


def compare(dialog) -> list[dict]:
    dialog.driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    done(dialog)
    return [each.as_json() for each in dialog.found]


def test_this_aggregate_in_use_against_merge(comparing, demo: Path) -> None:
    found = compare(comparing)
    assert found == expected(demo, "merge", PUZZLING_ORDER)
    (one,) = found
    first = one["changes"][0]
    cells = [comparing.model.data(comparing.model.index(0, column), 0) for column in range(8)]
    assert cells[0] == PUZZLING_ORDER
    assert cells[2] == "✕ differ"
    assert cells[3] == str(one["first_diverging_version"])
    assert cells[5].startswith(first["path"])
    assert f"Parts at version {one['first_diverging_version']}" in comparing.about.text()
    assert comparing.text.toPlainText().count("\n") + 1 == len(one["changes"])
    assert comparing.headline.text() == "Aggregates compared: 1; different: 1."
    comparing.go_to_button.click()
    comparing.driver.shows(PUZZLING_ORDER, one["first_diverging_version"])


def test_enter_on_a_row_goes_there_and_compares_nothing_anew(comparing) -> None:
    (found,) = compare(comparing)
    first = comparing.found
    comparing.table.setFocus()
    comparing.driver.qtbot.keyClick(comparing.table, Qt.Key.Key_Return)
    comparing.driver.shows(PUZZLING_ORDER, found["first_diverging_version"])
    assert not comparing.running
    assert comparing.found is first
    comparing.over.setCurrentIndex(1)
    comparing.sample.setFocus()
    comparing.driver.qtbot.keyClick(comparing.sample, Qt.Key.Key_Return)
    assert comparing.running
    done(comparing)


def test_what_is_wrong_stays_when_enter_was_pressed(comparing) -> None:
    comparing.over.setCurrentIndex(1)
    comparing.sides[0].setCurrentIndex(comparing.sides[1].currentIndex())
    comparing.sample.setFocus()
    comparing.driver.qtbot.keyClick(comparing.sample, Qt.Key.Key_Return)
    assert "these are the same" in comparing.messages.text


def test_a_sample_of_a_type_and_files(comparing, demo: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    comparing.driver.page.machine.reveal()
    comparing.take_file(0, str(rules))
    comparing.sides[1].setCurrentIndex(0)
    comparing.over.setCurrentIndex(comparing.over.findText("a sample of order"))
    assert comparing.sample.isEnabled()
    comparing.sample.setValue(7)
    found = compare(comparing)
    assert found == expected(demo, None, first=str(rules), type_glob="order", sample=7)
    assert len(found) == 7
    assert all(each["reducers"][0] == "only totals" for each in found)
    QGuiApplication.clipboard().clear()
    comparing.copy()
    comparing.driver.until(lambda: QGuiApplication.clipboard().text())
    assert [json.loads(line) for line in QGuiApplication.clipboard().text().splitlines()] == found


def test_agreement_is_said_and_can_be_left_out(comparing, tmp_path: Path) -> None:
    comparing.sides[0].setCurrentIndex(2)
    assert compare(comparing) == []
    assert "these are the same" in comparing.messages.text
    rules = tmp_path / "orders.toml"
    here = Path(str(comparing.driver.page.session.store.label) + ".reducers")
    (orders,) = [each for each in here.glob("*.toml") if "order" in each.name]
    rules.write_text(orders.read_text())
    comparing.sides[0].setCurrentIndex(0)
    comparing.take_file(1, str(rules))
    (one,) = compare(comparing)
    assert one["first_diverging_version"] is None
    assert comparing.model.data(comparing.model.index(0, 2), 0) == "✓ agree"
    assert "agree after every event" in comparing.about.text()
    comparing.only.setChecked(True)
    assert comparing.model.rowCount() == 0
    comparing.only.setChecked(False)
    assert comparing.model.rowCount() == 1


def test_a_bad_file_is_told_in_one_sentence(comparing, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("name = [")
    comparing.take_file(1, str(rules))
    assert compare(comparing) == []
    assert "rules.toml" in comparing.messages.text
    assert comparing.headline.text().startswith("Not finished.")


def test_stopped(comparing) -> None:
    comparing.over.setCurrentIndex(comparing.over.count() - 1)
    comparing.sample.setValue(1_000_000)
    comparing.go.click()
    comparing.driver.until(lambda: comparing.found)
    comparing.stop()
    done(comparing)
    known = len(comparing.found)
    assert comparing.headline.text().startswith("Stopped.")
    assert 0 < known == comparing.model.rowCount()
    assert not comparing.stop_button.isEnabled()
    comparing.reject()
    assert comparing.driver.page.questions.folds is None


def test_going_to_another_aggregate(comparing) -> None:
    comparing.over.setCurrentIndex(comparing.over.count() - 1)
    comparing.sample.setValue(7)
    compare(comparing)
    row = [each.aggregate_id for each in comparing.found].index(LONG_ACCOUNT)
    comparing.table.selectRow(row)
    comparing.table.activated.emit(comparing.model.index(row, 0))
    comparing.driver.shows(LONG_ACCOUNT, comparing.found[row].result.first_version)


def test_foreign_code_is_asked_about_first(comparing, tmp_path: Path) -> None:
    file = script_file(tmp_path, COUNT)
    comparing.take_file(1, str(file))
    compare(comparing)
    choice = comparing.driver.page.reducers
    comparing.driver.until(lambda: choice.asking is not None)
    choice.asking.no.click()
    assert comparing.found == []
    assert "not trusted yet" in comparing.messages.text


def test_foreign_code_that_was_agreed_to(comparing, tmp_path: Path) -> None:
    file = script_file(tmp_path, COUNT)
    comparing.take_file(1, str(file))
    compare(comparing)
    choice = comparing.driver.page.reducers
    comparing.driver.until(lambda: choice.asking is not None)
    choice.asking.yes.click()
    comparing.driver.until(lambda: "reducers have changed" in comparing.messages.text)
    (one,) = compare(comparing)
    assert one["reducers"][1] == "scripted"
    assert one["first_diverging_version"] == 1


def test_a_file_for_other_types_is_no_merge(comparing, tmp_path: Path) -> None:
    file = tmp_path / "invoices.toml"
    file.write_text(RULES.replace('"order"', '"invoice"'), encoding="utf-8")
    comparing.take_file(1, str(file))
    assert compare(comparing) == []
    assert "invoices.toml" in comparing.messages.text
    assert "order" in comparing.messages.text
