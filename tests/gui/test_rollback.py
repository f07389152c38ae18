"""The rollback analysis in its dialog: the same document as the command line's, and never written to the store."""

import json
import sqlite3
from pathlib import Path

import pytest
from helpers_demo import own_demo
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from esviewer.app.asking import ask_rollback, whole_view
from esviewer.app.demo import LONG_ACCOUNT, LONG_ACCOUNT_EVENTS, PUZZLING_ORDER
from esviewer.app.rollback_forms import document
from esviewer.app.session import open_session
from esviewer.gui.rollback_dialog import _LINES_SHOWN, UndoneModel, _beginning
from esviewer.gui.theme import Theme
from esviewer.gui.times import shown_time
from esviewer.model.instant import parse
from esviewer.questions.rollback import NOT_WRITTEN, Rollback, Undone


def expected(demo: Path, aggregate_id: str, version: int) -> Rollback:
    session = open_session(str(demo))
    try:
        return ask_rollback(session, whole_view(session, aggregate_id), version)
    finally:
        session.close()


@pytest.fixture
def rolling(at_demo):
    """The dialog for version 11 of the puzzling order, filled; the driver is `rolling.driver`."""
    page = at_demo.page
    page.show_aggregate(PUZZLING_ORDER, 11)
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.window._roll_back()
    dialog = page.questions.rollback
    dialog.driver = at_demo
    filled(dialog)
    return dialog


def filled(dialog) -> None:
    dialog.driver.until(
        lambda: dialog.found is not None and dialog.text.toPlainText() and not dialog._aside.tasks.busy
    )


def test_it_says_what_the_questions_say(rolling, demo: Path) -> None:
    found = expected(demo, PUZZLING_ORDER, 11)
    assert rolling.found.as_json() == found.as_json()
    assert rolling.model.rowCount() == len(found.undone) > 0
    for row, event in enumerate(found.undone):
        cells = [rolling.model.data(rolling.model.index(row, column), 0) for column in range(4)]
        time = shown_time(parse(event.timestamp))
        assert cells == [f"{'* ' if event.concerns else ''}{event.version}", event.type, time, event.actor]
    assert f"changes: {len(found.changes)}, events undone: {len(found.undone)}" in rolling.headline.text()
    assert NOT_WRITTEN in rolling.text.toPlainText()
    for form in ("text", "markdown", "json", "patch"):
        rolling.form.setCurrentIndex(rolling.form.findData(form))
        rolling.driver.until(lambda form=form: rolling.text.toPlainText() == document(found, form).rstrip("\n"))
    assert json.loads(rolling.text.toPlainText()) == found.patch()


def test_another_version_is_typed(rolling, demo: Path) -> None:
    rolling.driver.page.machine.reveal()
    filled(rolling)
    rolling.version.setText("3")
    rolling.driver.qtbot.keyClick(rolling.version, Qt.Key.Key_Return)
    filled(rolling)
    assert rolling.found.as_json() == expected(demo, PUZZLING_ORDER, 3).as_json()
    for typed, said in (("x", "whole number"), ("999", "no version 999"), ("9" * 30, "whole number")):
        rolling.version.setText(typed)
        rolling.driver.qtbot.keyClick(rolling.version, Qt.Key.Key_Return)
        rolling.driver.until(lambda said=said: said in rolling.messages.text)
    rolling.version.setText("16")
    rolling.ask()
    filled(rolling)
    assert rolling.model.rowCount() == 0
    assert "nothing to undo" in rolling.undone.text()


def test_the_document_is_copied_and_saved_but_never_into_the_store(rolling, tmp_path: Path, demo: Path) -> None:
    found = expected(demo, PUZZLING_ORDER, 11)
    QGuiApplication.clipboard().clear()
    rolling.copy()
    rolling.driver.until(lambda: QGuiApplication.clipboard().text())
    assert QGuiApplication.clipboard().text() == found.text()
    proposals = []
    file = tmp_path / "rollback.md"

    def ask(proposal: str) -> str:
        proposals.append(proposal)
        return str(file)

    rolling.ask_file = ask
    rolling.form.setCurrentIndex(rolling.form.findData("markdown"))
    rolling.save()
    rolling.driver.until(lambda: "Written to" in rolling.messages.text)
    assert proposals == [f"rollback-{PUZZLING_ORDER}-to-11.md"]
    assert file.read_text(encoding="utf-8") == found.markdown()
    before = demo.read_bytes()
    rolling.ask_file = lambda _: str(demo)
    rolling.save()
    rolling.driver.until(lambda: "never written" in rolling.messages.text)
    assert demo.read_bytes() == before
    rolling.ask_file = lambda _: str(tmp_path)
    rolling.save()
    rolling.driver.until(lambda: "can't be written" in rolling.messages.text)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["rollback.md"]


def test_a_file_with_marks_is_said_to_have_some(rolling, tmp_path: Path) -> None:
    rolling.form.setCurrentIndex(rolling.form.findData("patch"))
    rolling.ask_file = lambda _: str(tmp_path / "patch.json")
    rolling.version.setText("9")  # an address was changed since
    rolling.ask()
    filled(rolling)
    rolling.save()
    rolling.driver.until(lambda: "Masked values stand in it as marks" in rolling.messages.text)
    assert "‹masked " in (tmp_path / "patch.json").read_text(encoding="utf-8")
    rolling.driver.page.machine.reveal()
    filled(rolling)
    rolling.save()
    rolling.driver.until(lambda: "Written to" in rolling.messages.text)
    assert "Masked" not in rolling.messages.text
    assert "‹masked " not in (tmp_path / "patch.json").read_text(encoding="utf-8")


def test_new_events_are_told_of(driver, tmp_path: Path) -> None:
    driver.open(own_demo(tmp_path / "own.db"))
    driver.page.show_aggregate(PUZZLING_ORDER, 11)
    driver.shows(PUZZLING_ORDER, 11)
    driver.window._roll_back()
    dialog = driver.page.questions.rollback
    dialog.driver = driver
    filled(dialog)
    with sqlite3.connect(tmp_path / "own.db") as connection:
        connection.execute(
            "INSERT INTO events (event_id, aggregate_id, aggregate_type, event_type, event_data, version, "
            "schema_version, timestamp) VALUES ('new', ?, 'order', 'NoteAdded', ?, 17, 1, '2026-09-01T00:00:00Z')",
            (PUZZLING_ORDER, '{"text": "new"}'),
        )
    connection.close()
    driver.page.pulse.look_now()
    driver.until(lambda: "newest version is 17 now" in dialog.messages.text)
    assert dialog.found.now.version == 16
    dialog.messages.findChildren(QPushButton)[-1].click()
    filled(dialog)
    assert dialog.found.now.version == 17


def test_an_event_is_gone_to(rolling) -> None:
    assert not rolling.go_button.isEnabled()
    rolling.table.selectRow(0)
    rolling.go_button.click()
    rolling.driver.shows(PUZZLING_ORDER, rolling.found.undone[0].version)
    rolling.table.activated.emit(rolling.model.index(1, 0))
    rolling.driver.shows(PUZZLING_ORDER, rolling.found.undone[1].version)
    rolling.reject()
    assert rolling.driver.page.questions.rollback is None


def test_many_events_are_shown_in_part_and_saved_whole(at_demo, tmp_path: Path) -> None:
    page = at_demo.page
    page.show_aggregate(LONG_ACCOUNT, 1)
    at_demo.shows(LONG_ACCOUNT, 1)
    at_demo.window._roll_back()
    dialog = page.questions.rollback
    dialog.driver = at_demo
    filled(dialog)
    assert dialog.model.rowCount() == LONG_ACCOUNT_EVENTS - 1
    assert dialog.text.blockCount() == _LINES_SHOWN + 1
    assert "more lines; Save writes all of them" in dialog.text.toPlainText()
    file = tmp_path / "whole.txt"
    dialog.ask_file = lambda _: str(file)
    dialog.save()
    at_demo.until(lambda: "Written to" in dialog.messages.text)
    assert file.read_text(encoding="utf-8").count("\n* version ") + file.read_text().count("\n  version ") == (
        LONG_ACCOUNT_EVENTS - 1
    )


def test_stopped_or_closed_in_the_midst(at_demo) -> None:
    page = at_demo.page
    page.show_aggregate(LONG_ACCOUNT, 1)
    at_demo.shows(LONG_ACCOUNT, 1)
    at_demo.window._roll_back()
    dialog = page.questions.rollback
    dialog.stop()
    at_demo.until(lambda: not dialog._aside.tasks.busy)
    assert dialog.found is None
    assert dialog.headline.text() == "Stopped."
    dialog.ask()
    at_demo.window.close_store()
    assert at_demo.window.page is None


def test_without_an_aggregate_it_asks_for_one(at_demo) -> None:
    at_demo.window._roll_back()
    at_demo.message("Choose an aggregate first")
    assert at_demo.page.questions.rollback is None
    at_demo.window._what_if()
    assert at_demo.page.questions.what_ifs == []


def test_long_lines_are_cut() -> None:
    shown = _beginning("a" * 10_000 + "\n" + "b\n" * 5_000)
    assert max(map(len, shown.split("\n"))) < 2_100
    assert shown.endswith("… 3,001 more lines; Save writes all of them.")
    assert _beginning("one\ntwo\n") == "one\ntwo"


def test_events_that_were_skipped_say_why(qapp) -> None:
    model = UndoneModel(Theme(qapp), qapp)
    changed = {2: (), 3: (), 4: (("n",),)}
    events = [Undone(version, "Added", None, None, paths, False) for version, paths in changed.items()]
    model.show_events(events, {3: "text can't be added"})
    told = [model.data(model.index(row, 4), Qt.ItemDataRole.DisplayRole) for row in range(3)]
    assert told == ["nothing", "skipped: text can't be added", "/n"]
