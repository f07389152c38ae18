"""The rules editor: a text tried out while it is written, its mistakes, saving it, and using it for a type."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from esviewer.app.assignments import Assignments, store_key
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.rules_editor import RulesEditor

GOOD = 'name = "mine"\n\n[[on]]\nevent = "*"\nset = { seen = "1" }\n'
SKIPS = 'name = "skips"\n\n[[on]]\nevent = "*"\nset = { seen = "1" }\nincrement = { sum = "data.customer" }\n'
WRONG = 'name = "wrong"\n\n[[on]]\nevent = "*"\nset = { seen = "1 +" }\n'


@pytest.fixture
def own_demo(tmp_path: Path, demo: Path) -> Path:
    """A demo store of this test alone, with its rules beside it."""
    path = tmp_path / "own.db"
    shutil.copy(demo, path)
    shutil.copytree(demo.with_name(demo.name + ".reducers"), path.with_name(path.name + ".reducers"))
    return path


@pytest.fixture
def editor(driver, own_demo: Path) -> Iterator[RulesEditor]:
    """The editor of a window that shows one order of the demo store, with that type's rules loaded and tried."""
    page = driver.open(own_demo)
    page.show_aggregate(PUZZLING_ORDER)
    driver.until(lambda: page.view is not None and page.view.complete)
    driver.shows(PUZZLING_ORDER)
    driver.window.edit_rules()
    editor = driver.window.rules
    assert editor is not None
    driver.until(lambda: editor.file is not None)
    settle(driver, editor)
    yield editor
    editor.text.document().setModified(False)  # or closing the window would ask


def settle(driver, editor: RulesEditor) -> None:
    """Wait until the text has been tried out."""
    driver.until(
        lambda: not editor._pause.isActive()
        and not editor.tasks.busy
        and (editor.preview.trial is None or (editor.preview.trial.complete and not editor.preview._waiting))
        and not driver.page.tasks.busy
    )


def write(driver, editor: RulesEditor, text: str) -> None:
    """Replace the text as if it were typed, and wait until it has been tried out."""
    cursor = QTextCursor(editor.text.document())
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.insertText(text)
    settle(driver, editor)


def test_the_rules_in_use_are_shown_and_change_nothing(driver, editor: RulesEditor, own_demo: Path) -> None:
    assert editor.file is not None
    assert editor.file.parent == own_demo.with_name("own.db.reducers")
    assert editor.text.toPlainText() == editor.file.read_text(encoding="utf-8")
    assert not editor.modified
    assert "the same as by" in editor.preview.title.text()
    assert "No event is skipped" in editor.preview.skipped.text()
    assert "of" in editor.preview.snapshots.text()


def test_what_a_text_would_change_is_shown_while_it_is_written(driver, editor: RulesEditor) -> None:
    before = driver.page.current.state
    write(driver, editor, GOOD)
    assert editor.preview._tried.state == {"seen": 1}
    assert "differences from" in editor.preview.title.text()
    assert editor.modified
    assert "*" in editor.title.text()
    assert driver.page.current.state == before, "what is in use stays in use"


def test_skipped_events_are_counted_with_their_reason(driver, editor: RulesEditor) -> None:
    write(driver, editor, SKIPS)
    preview = editor.preview
    assert preview.kinds.isVisible()
    kind = preview.trial.skipped[0]
    row = preview.kinds.topLevelItem(0)
    assert row.text(0) == kind.reason
    assert row.text(2) == str(kind.first)
    count = sum(each.count for each in preview.trial.skipped)
    assert f"{count:,} of {len(driver.page.view):,} events are skipped" in preview.skipped.text()
    preview.kinds.itemActivated.emit(row, 0)
    driver.shows(PUZZLING_ORDER, kind.first)


def test_a_mistake_is_said_and_the_last_good_text_stays_tried(driver, editor: RulesEditor) -> None:
    write(driver, editor, GOOD)
    write(driver, editor, WRONG)
    assert editor.problem.isVisible()
    assert "1 +" in editor.problem.text()
    assert editor.preview._tried.state == {"seen": 1}
    assert "before the mistake" in editor.preview.hint.text()
    write(driver, editor, WRONG.replace("1 +", "'a"))
    assert "unterminated string" in editor.problem.text()
    assert "line 1" not in editor.problem.text()
    write(driver, editor, GOOD)
    assert not editor.problem.isVisible()
    assert editor.text.wrong_line is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (WRONG, 5),
        ('name = "x"\n\n[[on]]\nevent = = "A"\n', 4),
        ('name = "x"\n\n\n[[on]]\nevent = "A"\nsett = { a = "1" }\n', 6),
        ('name = "x"\n[[on]]\nevent = "A"\nset = { "a..b" = "1" }\n', 4),
        ('name = """\nx', 2),
    ],
)
def test_a_mistake_is_marked_at_its_line(driver, editor: RulesEditor, qtbot: QtBot, text: str, line: int) -> None:
    write(driver, editor, text)
    assert editor.text.wrong_line == line
    background = editor.text.extraSelections()[0]
    assert background.cursor.blockNumber() + 1 == line
    assert editor.to_line.isVisible()
    qtbot.mouseClick(editor.to_line, Qt.MouseButton.LeftButton)
    assert editor.text.textCursor().blockNumber() + 1 == line
    write(driver, editor, GOOD)
    assert not editor.to_line.isVisible()
    assert not editor.text.extraSelections()


def test_the_preview_follows_the_playhead(driver, editor: RulesEditor) -> None:
    write(driver, editor, 'name = "counts"\n[[on]]\nevent = "*"\nincrement = { n = "1" }\n')
    last = len(driver.page.view)
    assert editor.preview._tried.state == {"n": last}
    driver.page.playhead.move(2)
    driver.until(lambda: editor.preview._tried.state == {"n": 3})
    assert "Version 3" in editor.preview.title.text()


def test_snapshots_are_witnesses_for_the_text(driver, editor: RulesEditor) -> None:
    driver.page.show_aggregate(LONG_ACCOUNT)
    driver.until(lambda: driver.page.view is not None and driver.page.view.complete)
    driver.shows(LONG_ACCOUNT)
    driver.until(lambda: editor.file is not None and editor.file.name.startswith("account"))
    settle(driver, editor)
    assert "agree" in editor.preview.snapshots.text()
    assert not editor.preview.to_divergence.isVisible()
    write(driver, editor, GOOD)
    first = editor.preview.trial.snapshots.first_divergence
    assert first is not None
    assert str(first) in editor.preview.snapshots.full
    assert editor.preview.to_divergence.text() == f"Go to version {first}"
    editor.preview.to_divergence.click()
    driver.shows(LONG_ACCOUNT, first)


def test_saving_and_using_a_text_for_the_type(driver, editor: RulesEditor, own_demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    write(driver, editor, GOOD)
    editor.ask_save = lambda proposal: str(file)
    editor.save_as()
    driver.until(lambda: not editor.modified)
    assert file.read_text(encoding="utf-8") == GOOD
    assert driver.page.current.state != {"seen": 1}
    editor.use_button.click()
    driver.until(lambda: driver.page.current.state == {"seen": 1})
    assert Assignments().of(store_key(str(own_demo))) == {"order": file}


def test_using_an_unsaved_text_saves_it_first(driver, editor: RulesEditor, own_demo: Path) -> None:
    write(driver, editor, GOOD)
    editor.use_button.click()
    driver.until(lambda: driver.page.current.state == {"seen": 1})
    assert editor.file.read_text(encoding="utf-8") == GOOD
    assert not editor.modified


def test_ctrl_s_saves_and_what_is_in_use_is_rebuilt(driver, editor: RulesEditor, qtbot: QtBot) -> None:
    write(driver, editor, GOOD)
    qtbot.keyClick(editor.text, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: not editor.modified and not editor.tasks.busy)
    assert editor.file.read_text(encoding="utf-8") == GOOD
    driver.until(lambda: driver.page.current.state == {"seen": 1})


def test_what_cannot_be_saved_is_said(driver, editor: RulesEditor, tmp_path: Path) -> None:
    write(driver, editor, GOOD)
    (tmp_path / "folder.toml").mkdir()
    for name in (tmp_path / "folder.toml", tmp_path / "own.db", tmp_path / "own.db" / "mine.toml"):
        editor._write(name, None)
        driver.until(lambda: editor.problem.isVisible() and not editor.tasks.busy)
        assert editor.modified
        assert name.name in editor.problem.text()
        editor._say("")


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard])
def test_text_is_not_lost_unasked(driver, editor: RulesEditor, tmp_path: Path, answer) -> None:
    other = tmp_path / "other.toml"
    other.write_text(WRONG, encoding="utf-8")
    editor.ask_open = lambda: str(other)
    asked = []

    def ask() -> QMessageBox.StandardButton:
        asked.append(answer)
        return answer

    editor.ask_unsaved = ask
    write(driver, editor, GOOD)
    editor.open_file()
    settle(driver, editor)
    stays = answer == QMessageBox.StandardButton.Cancel
    assert editor.text.toPlainText() == (GOOD if stays else WRONG)
    write(driver, editor, GOOD + "# more\n")
    assert driver.window.close() is not stays
    assert driver.window.isVisible() is stays
    assert len(asked) == 2


def test_text_is_saved_when_that_is_the_answer(driver, editor: RulesEditor) -> None:
    file = editor.file
    editor.ask_unsaved = lambda: QMessageBox.StandardButton.Save
    write(driver, editor, GOOD)
    editor.close()
    assert not editor.isVisible()
    assert file.read_text(encoding="utf-8") == GOOD


def test_another_aggregate_of_another_type_brings_its_rules_unless_a_text_is_unsaved(
    driver, editor: RulesEditor
) -> None:
    write(driver, editor, GOOD)
    driver.page.show_aggregate(LONG_ACCOUNT)
    driver.until(lambda: driver.page.view is not None and driver.page.view.complete)
    driver.shows(LONG_ACCOUNT)
    settle(driver, editor)
    assert editor.text.toPlainText() == GOOD
    assert editor.preview.trial.view.summary.aggregate_id == LONG_ACCOUNT
    assert "account" in editor.use_button.text()


def test_the_editor_outlives_its_store(driver, editor: RulesEditor, demo: Path) -> None:
    write(driver, editor, GOOD)
    driver.window.close_store()
    assert editor.text.toPlainText() == GOOD
    assert not editor.use_button.isEnabled()
    assert editor.preview.trial is None
    page = driver.open(demo)
    page.show_aggregate(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    driver.until(lambda: editor.preview._tried is not None and editor.preview._tried.state == {"seen": 1})


def test_a_file_that_names_a_program_is_not_run_while_it_is_written(
    driver, editor: RulesEditor, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    write(driver, editor, f'kind = "foreign"\nname = "mine"\ncommand = ["touch", "{ran}"]\n')
    assert "not run while you type" in editor.problem.text()
    assert editor.preview.trial is None
    assert not ran.exists()


def test_a_file_that_another_program_changed_is_not_overwritten_unasked(driver, editor: RulesEditor) -> None:
    write(driver, editor, GOOD)
    editor.file.write_text(SKIPS, encoding="utf-8")
    editor.save()
    driver.until(lambda: editor.problem.isVisible())
    assert "changed by another program" in editor.problem.text()
    assert editor.file.read_text(encoding="utf-8") == SKIPS
    editor.ask_save = lambda proposal: proposal
    editor.save_as()
    driver.until(lambda: not editor.modified)
    assert editor.file.read_text(encoding="utf-8") == GOOD


def test_spaces_that_do_not_break_and_forced_lines_are_saved_as_they_count(
    driver, editor: RulesEditor, qtbot: QtBot
) -> None:
    write(driver, editor, 'name = "a\u00a0b"')
    qtbot.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(editor.text, "# end")
    editor.save()
    driver.until(lambda: not editor.modified)
    assert editor.file.read_text(encoding="utf-8") == 'name = "a\u00a0b"\n# end'
    assert editor.text.blockCount() == 2


def test_a_file_that_was_opened_stays_when_another_type_is_chosen(
    driver, editor: RulesEditor, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(GOOD, encoding="utf-8")
    editor.ask_open = lambda: str(other)
    editor.open_file()
    driver.until(lambda: editor.file == other)
    driver.page.show_aggregate(LONG_ACCOUNT)
    driver.shows(LONG_ACCOUNT)
    settle(driver, editor)
    assert editor.file == other
    driver.window.edit_rules()
    driver.until(lambda: editor.file.name == "accounts.toml")


def found(driver, editor: RulesEditor) -> None:
    """Wait until a search has come to its end."""
    driver.until(lambda: not editor.search.running)
    settle(driver, editor)


def test_proposed_rules_are_new_text_to_save(driver, editor: RulesEditor, qtbot: QtBot) -> None:
    former = editor.file
    qtbot.mouseClick(editor.propose_button, Qt.MouseButton.LeftButton)
    found(driver, editor)
    assert editor.file is None
    assert editor.modified
    assert "proposed" in editor.title.text()
    assert "OrderPlaced" in editor.text.toPlainText()
    assert "AccountOpened" not in editor.text.toPlainText()
    assert editor.preview.trial is not None, "what is proposed can be tried"
    assert former.exists()


def test_a_type_without_rules_gets_a_proposal_unasked(driver, demo: Path, tmp_path: Path) -> None:
    page = driver.open(shutil.copyfile(demo, tmp_path / "bare.db"))
    page.show_aggregate(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    driver.window.edit_rules()
    editor = driver.window.rules
    driver.until(lambda: "OrderPlaced" in editor.text.toPlainText())
    settle(driver, editor)
    assert not editor.modified, "nobody wrote it, so nobody is asked whether it may go"
    assert editor.preview.trial is not None


def test_inferred_rules_come_with_their_score(driver, editor: RulesEditor, qtbot: QtBot) -> None:
    qtbot.mouseClick(editor.infer_button, Qt.MouseButton.LeftButton)
    assert editor.search.isVisible()
    found(driver, editor)
    assert editor.modified
    assert "inferred" in editor.title.text()
    assert "agree" in editor.score.text()
    assert editor.score.isVisible()
    assert "unseen snapshots" in editor.score.text()
    assert editor.preview.trial is not None
    editor.text.document().setModified(False)
    driver.window.edit_rules()
    driver.until(lambda: editor.file is not None)
    assert not editor.score.isVisible()


def test_a_search_can_be_stopped(driver, editor: RulesEditor, qtbot: QtBot) -> None:
    text = editor.text.toPlainText()
    editor.infer()
    qtbot.mouseClick(editor.search.stop_button, Qt.MouseButton.LeftButton)
    assert not editor.search.running
    driver.until(lambda: not driver.page.aside.tasks.busy)
    assert editor.text.toPlainText() == text


def test_unsaved_text_is_asked_about_before_and_after_a_search(driver, editor: RulesEditor) -> None:
    answers = [QMessageBox.StandardButton.Cancel]
    editor.ask_unsaved = lambda: answers.pop()
    write(driver, editor, GOOD)
    editor.infer()
    assert not editor.search.running
    answers.append(QMessageBox.StandardButton.Discard)
    editor.infer()
    answers.append(QMessageBox.StandardButton.Cancel)
    write(driver, editor, SKIPS)
    found(driver, editor)
    assert not answers
    assert editor.text.toPlainText() == SKIPS, "what was written while it searched stays"


def test_closing_the_store_ends_a_search(driver, editor: RulesEditor) -> None:
    editor.infer()
    driver.window.close_store()
    assert not editor.search.running
    assert not editor.infer_button.isEnabled()
