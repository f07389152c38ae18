"""The case room in real windows: what is pinned comes back, the file is the command line's, and nothing is lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers_demo import own_demo, tamper
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from esviewer.app.cases.case import Case, read_case, write_case
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui.case.room import CaseRoom

ACCOUNT = "account-00031"
KINDS = ["state", "event", "diff", "history"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A store of this test's own, with the demo's reducers."""
    return own_demo(tmp_path / "shop.db")


def activate(driver, window) -> None:
    """Make a window the one that keys go to."""
    window.activateWindow()
    driver.until(window.isActiveWindow)


def room_of(driver) -> CaseRoom:
    room = driver.window.rooms._rooms["case"]
    assert isinstance(room, CaseRoom)
    return room


def settled(driver) -> None:
    room = room_of(driver)
    driver.until(lambda: not room.desk.busy and not room.desk.unsaved and not room.details.busy)


def pins(driver) -> int:
    case = room_of(driver).desk.case
    return 0 if case is None else len(case.pins)


@pytest.fixture
def at_shop(driver, shop: Path):
    driver.open(shop)
    return driver


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wrong.case.json"


def pin(driver, note: str = "") -> None:
    """Press Ctrl+D, as the menu has it, and wait for the pin."""
    room = driver.window.rooms._rooms.get("case")
    before = pins(driver) if room is not None else 0
    driver.window._pin_to_case()
    driver.until(lambda: pins(driver) == before + 1)


def begin(driver, file: Path, note: str = "why") -> None:
    """Pin the state on show to a new case, as somebody does who has none open."""
    driver.page.aggregates.view.setFocus()
    driver.window._pin_to_case()
    room = room_of(driver)
    assert room.dialog is not None
    room.dialog.file.setText(str(file))
    room.dialog.title.setText("Wrong total 🧾")
    room.dialog.note.setPlainText(note)
    QTest.mouseClick(room.dialog.ok, Qt.MouseButton.LeftButton)
    driver.until(lambda: pins(driver) == 1)


@pytest.fixture
def full(at_shop, file: Path):
    """A window with a case that has a pin of every kind that the time machine makes."""
    page = at_shop.page
    page.show_aggregate(PUZZLING_ORDER, 11)
    at_shop.shows(PUZZLING_ORDER, 11)
    begin(at_shop, file)
    page.playhead.move(8)
    at_shop.shows(PUZZLING_ORDER, 9)
    page.events.setFocus()
    pin(at_shop)
    page.state.tabs.setCurrentWidget(page.state.compare)
    page.state.compare.show_sides((PUZZLING_ORDER, 3), (PUZZLING_ORDER, 11))
    page.state.compare.ignore_only(["/history"])
    at_shop.until(lambda: page.state.compare._found is not None and not page.state.compare.busy)
    page.state.compare.form.setFocus()
    pin(at_shop)
    page.show_aggregate(ACCOUNT, 20)
    at_shop.shows(ACCOUNT, 20)
    page.state.tabs.setCurrentWidget(page.fields)
    page.fields.follow(("balance",))
    at_shop.until(lambda: page.fields.collector.complete and not page.fields.chart.isHidden())
    page.fields.field.setFocus()
    pin(at_shop)
    settled(at_shop)
    return at_shop


def told(driver, *parts: str) -> None:
    rooms = driver.window.rooms
    driver.until(lambda: all(part in (rooms.room or rooms.page).messages.text for part in parts))


def run(*arguments: object) -> tuple[int, str]:
    """The command line: its exit code and what it prints."""
    command = [sys.executable, "-m", "esviewer", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    return done.returncode, done.stdout


def test_each_kind_is_what_the_command_line_pins(full, shop: Path, file: Path, tmp_path: Path) -> None:
    told(full, "Added to “Wrong total 🧾” as 4", "/balance")
    kept = read_case(file)
    assert [each.kind for each in kept.pins] == KINDS
    assert kept.pins[0].note == "why"
    other = tmp_path / "other.json"
    assert run("case", "create", other, shop)[0] == 0
    for options in (
        ("--state", f"{PUZZLING_ORDER}@11"),
        ("--event", f"{PUZZLING_ORDER}@9"),
        ("--history", f"{ACCOUNT}@20", "--field", "/balance", "--chart"),
    ):
        assert run("case", "pin", other, shop, *options)[0] == 0
    mine, theirs = list(kept.pins), list(read_case(other).pins)
    assert mine.pop(2).asked["ignore"] == ["/history"]
    assert [(pin.asked, pin.digest, pin.stands_on) for pin in mine] == [
        (pin.asked, pin.digest, pin.stands_on) for pin in theirs
    ]
    code, out = run("case", "check", file, shop, "--json")
    assert code == 0
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["same"] * 4
    assert json.loads(run("case", "show", file, "--json")[1]) == json.loads(file.read_text())


def test_places_come_back_in_another_window(full, shop: Path, file: Path, new_window, qtbot) -> None:
    full.window.close()
    driver = type(full)(new_window(), qtbot)
    driver.open(shop)
    driver.window.enter("case")
    room = room_of(driver)
    assert [room.recent.item(row).text() for row in range(room.recent.count())] == [str(file)]
    room.recent.itemActivated.emit(room.recent.item(0))
    driver.until(lambda: pins(driver) == 4)
    driver.until(lambda: "4 pins checked: 4 the same." in room.summary.full)
    page = driver.page
    for number, place in ((1, 11), (2, 9), (3, 11), (4, 20)):
        driver.window.enter("case")
        room.pick(number)
        settled(driver)
        QTest.mouseClick(room.go_button, Qt.MouseButton.LeftButton)
        assert driver.window.rooms.current == "history"
        driver.shows(ACCOUNT if number == 4 else PUZZLING_ORDER, place)
    driver.until(lambda: page.fields.paths == [("balance",)])
    assert page.state.tabs.currentWidget() is page.fields
    driver.window.enter("case")
    room.pick(3)
    room.go_there()
    driver.until(lambda: page.state.tabs.currentWidget() is page.state.compare)
    sides = page.state.compare.first.side, page.state.compare.second.side
    assert [(each.place, each.aggregate_id) for each in sides] == [("3", PUZZLING_ORDER), ("11", PUZZLING_ORDER)]
    driver.until(lambda: page.state.compare._found is not None and not page.state.compare.busy)
    shown = [page.state.compare.model.change(row).as_json() for row in range(page.state.compare.model.rowCount())]
    assert shown == read_case(file).pins[2].content["changes"]


def test_ignored_paths_of_a_difference_are_offered(full, file: Path) -> None:
    compare = full.page.state.compare
    compare.ignore_only([])
    full.window.enter("case")
    room_of(full).pick(3)
    room_of(full).go_there()
    told(full, "other paths were ignored: /history")
    full.window.rooms.page.messages._choices.itemAt(0).widget().click()
    assert compare.ignored == ("/history",)


def test_details_show_each_form(full) -> None:
    full.window.enter("case")
    room = room_of(full)
    details = room.details
    room.pick(1)
    settled(full)
    assert details.tree.shown.index_of(("status",)).isValid()
    assert "1. State" in details.title.full
    room.pick(2)
    settled(full)
    assert details.tree.shown.index_of(("data", "amount")).isValid()
    room.pick(3)
    settled(full)
    assert details.stack.currentWidget() is details.changes_table
    assert details.changes.rowCount() == len(room.desk.case.pin(3).content["changes"])
    room.pick(4)
    settled(full)
    lines = room.desk.case.pin(4).content
    assert details.lines.rowCount() == len(lines) > 0
    assert details.lines.line(3).new == lines[3]["new"]
    assert not details.chart.isHidden()
    drawn = details.chart._drawing.lines[0]
    assert drawn.y[:-1].tolist() == [float(line["new"]) for line in lines]
    assert "sha256:" in details.proof.toPlainText()


def test_what_is_sensitive_is_masked_until_it_is_revealed(at_shop, file: Path) -> None:
    page = at_shop.page
    page.show_aggregate("user-00001", 1)
    at_shop.shows("user-00001", 1)
    begin(at_shop, file)
    at_shop.window.enter("case")
    settled(at_shop)
    details = room_of(at_shop).details
    true = read_case(file).pins[0].content["state"]["email"]

    def email() -> object:
        return details.tree.shown.value_of(details.tree.shown.index_of(("email",)))

    at_shop.until(lambda: "‹masked" in str(email()))
    page.machine.reveal()
    at_shop.until(lambda: email() == true)
    page.machine.hide()
    at_shop.until(lambda: "‹masked" in str(email()))


def verdicts(driver) -> list[str]:
    room = room_of(driver)
    return [room.desk.results[pin.id].verdict.value for pin in room.desk.case.pins]


def test_opening_says_what_has_changed_since(full, shop: Path, file: Path) -> None:
    room = room_of(full)
    full.window.enter("case")
    room.desk.close_case()
    settled(full)
    assert room.stack.currentWidget() is room.empty
    tamper(
        shop,
        f"UPDATE events SET timestamp = '2020-01-01' WHERE aggregate_id = '{PUZZLING_ORDER}' AND version = 2",
        f"DELETE FROM events WHERE aggregate_id = '{PUZZLING_ORDER}' AND version = 9",
    )
    for each in shop.with_name(shop.name + ".reducers").glob("account*.toml"):
        each.write_text(each.read_text().replace("data.amount", "data.amount * 2"))
    full.window.close_store()
    full.until(lambda: full.window.page is None)
    full.open(shop)
    full.window.enter("case")
    room = room_of(full)
    room.desk.open(file)
    full.until(lambda: room.desk.case is not None and not room.desk.busy)
    assert verdicts(full) == ["events-differ", "gone", "events-differ", "answer-differs"]
    assert room.summary.full == "4 pins checked: 2 on changed events, 1 with another reducer, 1 gone."
    assert [room.model.data(room.model.index(row, 3)) for row in range(4)] == [
        "events changed", "gone", "events changed", "another reducer",
    ]  # fmt: skip
    room.pick(1)
    settled(full)
    assert "are not those of that time" in room.details.reason.text()
    assert room.details.tabs.isTabVisible(1)
    assert room.details.since.rowCount() == len(room.desk.results[1].changes) > 0
    room.pick(2)
    room.go_there()
    full.message("no version 9")


def test_a_check_is_stopped_and_begun_again(full) -> None:
    room = room_of(full)
    full.window.enter("case")
    QTest.mouseClick(room.check_button, Qt.MouseButton.LeftButton)
    assert room.desk.checking
    assert not room.stop_button.isHidden()
    assert "Checking pin 1 of 4" in room.summary.full
    QTest.mouseClick(room.stop_button, Qt.MouseButton.LeftButton)
    assert not room.desk.checking
    full.until(lambda: not room.desk.busy)
    assert len(room.desk.results) < 4
    assert "Not checked yet" in room.summary.full
    activate(full, full.window)
    room.table.setFocus()
    QTest.keyClick(room.table, Qt.Key.Key_F5)
    full.until(lambda: len(room.desk.results) == 4 and not room.desk.checking)
    assert room.stop_button.isHidden()


def ids(case: Case) -> list[int]:
    return [each.id for each in case.pins]


def test_order_notes_and_removal_are_saved_and_undone(full, file: Path) -> None:
    room = room_of(full)
    full.window.enter("case")
    room.pick(4)
    activate(full, full.window)
    room.table.setFocus()
    QTest.keyClick(room.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    settled(full)
    assert ids(read_case(file)) == [1, 2, 4, 3]
    assert room.picked.id == 4
    room.details.note.setFocus()
    room.details.note.setPlainText("half")
    room.details.note.take()
    room.details.note.setPlainText("half of it <b>")
    room.pick(2)  # what was typed counts when one goes elsewhere
    room.table.setFocus()
    QTest.keyClick(room.table, Qt.Key.Key_Delete)
    room.title.setText("Right total")
    room.title.editingFinished.emit()
    room.note.setPlainText("long story")
    room.note.take()
    settled(full)
    kept = read_case(file)
    assert ids(kept) == [1, 4, 3]
    assert (kept.pin(4).note, kept.title, kept.note) == ("half of it <b>", "Right total", "long story")
    assert room.undo_button.toolTip() == "Undo note (Ctrl+Z)"
    for _ in range(3):
        room.undo_button.click()
    settled(full)
    kept = read_case(file)
    assert (ids(kept), kept.title, kept.note) == ([1, 2, 4, 3], "Wrong total 🧾", "")
    room.undo_button.click()
    settled(full)
    assert read_case(file).pin(4).note == ""  # both steps of typing are one
    room.undo_button.click()
    settled(full)
    assert ids(read_case(file)) == [1, 2, 3, 4]
    while room.desk.undo.canRedo():
        room.redo_button.click()
    settled(full)
    assert read_case(file).as_json() == room.desk.case.as_json()
    assert ids(read_case(file)) == [1, 4, 3]


def test_what_is_typed_last_is_saved_when_the_window_closes(full, file: Path) -> None:
    room = room_of(full)
    full.window.enter("case")
    room.pick(2)
    room.details.note.setPlainText("typed at the very last")
    full.window.close()
    assert read_case(file).pin(2).note == "typed at the very last"


def test_a_file_that_others_changed_is_kept(full, file: Path) -> None:
    room = room_of(full)
    full.window.enter("case")
    settled(full)
    theirs = read_case(file).with_note(1, "theirs").without(2)
    theirs = theirs.with_pin(read_case(file).pin(2))
    write_case(theirs, file)
    before = file.read_bytes()
    room.pick(1)
    room.details.note.setPlainText("mine")
    room.details.note.take()
    told(full, "was changed by somebody else", "wrong (2).case.json")
    settled(full)
    assert file.read_bytes() == before
    mine = file.with_name("wrong (2).case.json")
    assert read_case(mine).pin(1).note == "mine"
    assert ids(read_case(mine)) == [1, 2, 3, 4]
    assert str(mine) in room.where.full
    assert room.messages._choices.count() == 2


def test_what_the_command_line_adds_is_shown(full, shop: Path, file: Path) -> None:
    room = room_of(full)
    assert run("case", "pin", file, shop, "--state", f"{ACCOUNT}@3", "--note", "by hand")[0] == 0
    full.window.enter("case")
    full.until(lambda: pins(full) == 5)
    told(full, "changed by somebody else")
    settled(full)
    assert room.desk.case.pin(5).note == "by hand"
    room.pick(5)
    room.remove()
    settled(full)
    assert ids(read_case(file)) == [1, 2, 3, 4]


def test_a_case_that_cannot_be_written_is_not_lost(full, file: Path, own_configuration: Path) -> None:
    room = room_of(full)
    full.window.enter("case")
    settled(full)
    kept = file.read_bytes()
    file.unlink()
    file.mkdir()  # nothing can be written there now
    room.pick(2)
    room.remove()
    told(full, "can't be", "Nothing is lost")
    assert room.desk.unsaved
    full.window.close_store()
    rescued = own_configuration / "data" / "cases" / file.name
    assert ids(read_case(rescued)) == [1, 3, 4]
    file.rmdir()
    file.write_bytes(kept)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("no JSON", "is no case."),
        ('{"form": "esviewer.case", "form_version": 99}', "form version 99"),
        ('{"form": "esviewer.case", "form_version": 1, "title": "x"}', "is a damaged case"),
        (None, "can't be read"),
    ],
)
def test_files_that_are_no_cases(at_shop, file: Path, content: str | None, complaint: str) -> None:
    if content is not None:
        file.write_text(content)
    at_shop.window.enter("case")
    room = room_of(at_shop)
    room.desk.open(file)
    told(at_shop, complaint, file.name)
    assert room.desk.case is None
    assert room.desk.recent == []


def test_a_content_that_was_altered_by_hand(full, file: Path) -> None:
    room = room_of(full)
    room.desk.close_case()
    settled(full)
    kept = json.loads(file.read_text())
    kept["pins"][0]["content"]["state"]["status"] = "paid"
    file.write_text(json.dumps(kept))
    full.window.enter("case")
    room.desk.open(file)
    told(full, "the content of pin 1 is not what was pinned")


def test_a_case_about_another_store(full, demo: Path, file: Path) -> None:
    before = file.read_bytes()
    full.window.close_store()
    full.open(demo)
    full.window.enter("case")
    room = room_of(full)
    assert room.desk.recent == []
    room.desk.open(file)
    full.until(lambda: room.desk.case is not None)
    settled(full)
    assert not room.foreign.isHidden()
    assert "This case is about another store" in room.foreign_text.text()
    assert str(demo) in room.foreign_text.text()
    assert room.desk.results == {}
    assert not room.check_button.isEnabled()
    QTest.mouseClick(room.accept_button, Qt.MouseButton.LeftButton)
    full.until(lambda: len(room.desk.results) == 4 and not room.desk.busy)
    assert verdicts(full) == ["same"] * 4
    assert file.read_bytes() == before
    # What this store says is not pinned to a case about another one.
    full.page.show_aggregate(ACCOUNT, 3)
    full.shows(ACCOUNT, 3)
    full.window.enter("history")
    full.window._pin_to_case()
    assert room.dialog is not None
    assert room.dialog.new.isChecked()
    room.dialog.reject()
    assert room.dialog is None
    QTest.mouseClick(room.adopt_button, Qt.MouseButton.LeftButton)
    settled(full)
    assert room.foreign.isHidden()
    assert read_case(file).store["label"] == str(demo)
    full.window._pin_to_case()
    full.until(lambda: pins(full) == 5)
    settled(full)
    room.desk.undo.undo()
    room.desk.undo.undo()
    settled(full)
    assert file.read_bytes() == before


def test_pinning_to_an_existing_case(full, file: Path) -> None:
    room = room_of(full)
    room.desk.close_case()
    settled(full)
    full.page.aggregates.view.setFocus()
    full.window._pin_to_case()
    dialog = room.dialog
    assert dialog.existing.isChecked()
    assert dialog.open_file.currentText() == str(file)
    dialog.open_file.setEditText(str(file.with_name("nothing.json")))
    dialog.accept()
    assert "There is no file" in dialog.message.text()
    dialog.new.setChecked(True)
    dialog.file.setText(str(file))
    dialog.accept()
    assert "is there already" in dialog.message.text()
    dialog.existing.setChecked(True)
    dialog.open_file.setEditText(str(file))
    dialog.note.setPlainText("once more")
    dialog.accept()
    full.until(lambda: pins(full) == 5)
    settled(full)
    assert (read_case(file).pin(5).kind, read_case(file).pin(5).note) == ("state", "once more")
    told(full, "as 5")


def test_a_pin_is_undone_or_given_a_note_from_the_message(full, file: Path) -> None:
    room = room_of(full)
    full.page.aggregates.view.setFocus()
    pin(full)
    told(full, "as 5")
    full.page.messages._choices.itemAt(1).widget().click()
    settled(full)
    assert ids(read_case(file)) == [1, 2, 3, 4]
    pin(full)
    told(full, "as 5")
    full.page.messages._choices.itemAt(0).widget().click()
    assert full.window.rooms.current == "case"
    assert room.picked.id == 5


def test_what_is_pinned_fits_the_panel(full) -> None:
    page, room = full.page, room_of(full)
    actions = page.events.menu(page.events.shown.index(2, 0)).actions()
    for action, kind in zip(actions, ("event", "state"), strict=False):
        before = pins(full)
        action.trigger()
        full.until(lambda before=before: pins(full) == before + 1)
        assert (room.desk.case.pins[-1].kind, room.desk.case.pins[-1].asked["version"]) == (kind, 3)
    page.state.tabs.setCurrentWidget(page.state.tree)
    tree = page.state.tree
    index = tree.shown.index_of(("balance",))
    tree.setCurrentIndex(index)
    texts = {action.text(): action for action in tree.menu(index).actions()}
    before = pins(full)
    texts["Add this field’s history to the case"].trigger()
    full.until(lambda: pins(full) == before + 1)
    assert room.desk.case.pins[-1].asked["pointers"] == ["/balance"]
    QTest.mouseClick(page.details.to_case, Qt.MouseButton.LeftButton)
    full.until(lambda: pins(full) == before + 2)
    assert room.desk.case.pins[-1].kind == "event"
    QTest.mouseClick(page.state.to_case, Qt.MouseButton.LeftButton)
    full.until(lambda: pins(full) == before + 3)
    assert room.desk.case.pins[-1].kind == "state"
    settled(full)


def test_the_shortcut_is_in_the_menu_and_free(at_shop) -> None:
    keys = QKeySequence("Ctrl+D")
    actions = [each for each in at_shop.window.history.actions() if each.shortcut() == keys]
    assert [each.text().replace("&", "") for each in actions] == ["Add to the case"]
    at_shop.window._pin_to_case()
    at_shop.message("Choose an aggregate first")
    assert at_shop.window.rooms._rooms.get("case") is None


def test_what_is_hypothetical_is_refused(at_shop) -> None:
    at_shop.page.show_aggregate(PUZZLING_ORDER, 11)
    at_shop.shows(PUZZLING_ORDER, 11)
    at_shop.window._what_if()
    (window,) = at_shop.page.questions.what_ifs
    activate(at_shop, window)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "hypothetical" in window.messages.text
    assert at_shop.window.rooms._rooms.get("case") is None


def test_a_new_case_and_another_file(at_shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_shop.window.enter("case")
    room = room_of(at_shop)
    QTest.mouseClick(room.new_button, Qt.MouseButton.LeftButton)
    room.dialog.file.setText(str(file))
    room.dialog.note.setPlainText("what it is about")
    room.dialog.accept()
    at_shop.until(lambda: room.desk.case is not None)
    settled(at_shop)
    assert read_case(file).note == "what it is about"
    assert room.summary.full == "Nothing is pinned yet."
    other = file.with_name("other.json")
    monkeypatch.setattr("esviewer.gui.case.room.ask_new_file", lambda *_: str(other))
    room.ask_save_as()
    at_shop.until(lambda: room.desk.file == other)
    room.desk.set_title("Elsewhere")
    settled(at_shop)
    assert (read_case(other).title, read_case(file).title) == ("Elsewhere", "Case about shop.db")
    monkeypatch.setattr("esviewer.gui.case.room.ask_case_file", lambda *_: str(file))
    room.ask_open()
    at_shop.until(lambda: room.desk.file == file)
    assert room.desk.case.title == "Case about shop.db"
    assert not room.desk.undo.canUndo()


def test_nothing_is_written_to_the_store(full, shop: Path, demo: Path, new_window: Callable) -> None:
    room = room_of(full)
    full.window.enter("case")
    room.desk.check()
    full.until(lambda: not room.desk.busy)
    full.window.close_store()
    assert shop.read_bytes() == demo.read_bytes()
