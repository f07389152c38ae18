"""The what-if window: what is imagined, beside what happened."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from helpers_foreign import script_file
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from esviewer.app import consent
from esviewer.app.asking import whole_view
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.imagined import Imagined, imagine
from esviewer.app.session import open_session
from esviewer.errors import UsageError
from esviewer.gui.what_if_steps import inserting, moving, place_above, place_below, skipping
from esviewer.gui.what_if_timelines import Sign, Timelines
from esviewer.model.batch import batch_of
from esviewer.model.event import Event
from esviewer.questions.what_if import Edit, Edits, Insert, Move, Skip, edited_events, what_if
from esviewer.replay.history import build_history
from esviewer.replay.merge import MergeReducer
from esviewer.work import Progress

BIG = 2**70


@pytest.fixture
def imagining(at_demo):
    """The what-if window on the puzzling order, with its timelines there; the driver is `imagining.driver`."""
    at_demo.choose(PUZZLING_ORDER)
    at_demo.window._what_if()
    (window,) = at_demo.page.questions.what_ifs
    window.driver = at_demo
    at_demo.until(lambda: window.idle)
    return window


def pick(window, version: int) -> None:
    """Pick the row of a version, the imagined one first."""
    window.table.selectRow(window.timelines.row_of(version))
    window.driver.until(lambda: window.idle)


def press(window, button: QPushButton) -> None:
    window.driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def settled(window) -> None:
    window.driver.until(lambda: window.idle)


def signs(window) -> dict[int | None, Sign]:
    lines = window.timelines
    return {lines.version_at(row): Sign(int(sign)) for row, sign in enumerate(lines.signs) if sign}


def expected(demo: Path, *steps: object):
    session = open_session(str(demo))
    try:
        return imagine(session, whole_view(session, PUZZLING_ORDER), Edits(steps)).as_json()
    finally:
        session.close()


def answered(window) -> dict:
    return window.timelines.answer.as_json()


def test_it_is_marked_as_hypothetical(imagining) -> None:
    assert imagining.windowTitle().startswith("WHAT IF – not what happened")
    assert "WHAT IF – not what happened" in imagining.banner.text()
    assert "the store is not written" in imagining.banner.text()
    assert "background" in imagining.banner.styleSheet()
    assert not imagining.isModal()
    headers = [imagining.model.headerData(column, Qt.Orientation.Horizontal) for column in range(7)]
    assert "WHAT IF event" in headers


def test_keys_work_on_the_timelines_at_once_and_escape_closes(imagining) -> None:
    assert imagining.focusWidget() is imagining.table
    imagining.activateWindow()
    imagining.driver.until(imagining.isActiveWindow)
    imagining.driver.qtbot.keyClick(imagining.table, Qt.Key.Key_Delete)
    settled(imagining)
    assert [type(step) for step in imagining.steps] == [Skip]
    imagining.driver.qtbot.keyClick(imagining.table, Qt.Key.Key_Escape)
    assert imagining.driver.page.questions.what_ifs == []


def test_what_is_read_for_a_row_leaves_the_verdict(imagining) -> None:
    pick(imagining, 4)
    press(imagining, imagining.skip_button)
    settled(imagining)
    verdict = imagining.headline.text()
    assert "The timelines part at" in verdict
    imagining._aside.tasks.progressed.emit(Progress("Reading the store", 3, 9))
    assert imagining.headline.text() == verdict
    assert not imagining.bar.isHidden()
    imagining._aside.tasks.progressed.emit(None)
    assert imagining.headline.text() == verdict
    assert imagining.bar.isHidden()


def test_skip_undo_redo_and_back(imagining, demo: Path) -> None:
    pick(imagining, 4)
    press(imagining, imagining.skip_button)
    settled(imagining)
    assert imagining.steps == (Skip(4),)
    assert signs(imagining) == {4: Sign.SKIPPED}
    assert answered(imagining) == expected(demo, Skip(4))
    assert f"version {answered(imagining)['parts_at']['version']};" in imagining.headline.text()
    assert imagining.edits.data(imagining.edits.index(0, 0)).startswith("✕ skip 4 · ")
    assert imagining.skip_button.text() == "Unskip"
    press(imagining, imagining.undo_button)
    settled(imagining)
    assert imagining.steps == ()
    assert signs(imagining) == {}
    press(imagining, imagining.redo_button)
    settled(imagining)
    assert imagining.steps == (Skip(4),)
    pick(imagining, 4)
    press(imagining, imagining.skip_button)
    settled(imagining)
    assert imagining.steps == ()


def test_edit_keeps_numbers_exact_and_tells_the_line_of_a_mistake(imagining, demo: Path) -> None:
    pick(imagining, 6)
    press(imagining, imagining.edit_button)
    imagining.driver.until(lambda: imagining.editor is not None)
    editor = imagining.editor
    assert json.loads(editor.code.toPlainText())
    assert editor.kind.text() == imagining.timelines.imagined_type(imagining.timelines.row_of(6))
    editor.code.setPlainText('{\n  "sku": "SKU-1007",\n  "quantity": }')
    imagining.driver.until(lambda: editor.code.wrong_line == 3)
    assert editor.problem.text().startswith("Line 3: not JSON")
    assert not editor.ok.isEnabled()
    editor.code.setPlainText(f'{{"sku": "SKU-1007", "quantity": {BIG}, "price": 1.10}}')
    imagining.driver.until(editor.ok.isEnabled)
    press(imagining, editor.ok)
    settled(imagining)
    (step,) = imagining.steps
    assert step.version == 6
    assert step.type is None
    assert step.data["quantity"] == BIG
    assert str(step.data["price"]) == "1.10"
    assert signs(imagining) == {6: Sign.EDITED}
    assert answered(imagining) == expected(demo, step)

    press(imagining, imagining.edit_button)  # the same edit is changed, and no other is added
    imagining.driver.until(lambda: imagining.editor is not None)
    assert f'"quantity": {BIG}' in imagining.editor.code.toPlainText()
    assert '"price": 1.10' in imagining.editor.code.toPlainText()
    imagining.editor.kind.setText("NoSuchEvent")
    press(imagining, imagining.editor.ok)
    settled(imagining)
    assert [each.type for each in imagining.steps] == ["NoSuchEvent"]
    row = imagining.timelines.row_of(6)
    assert "NoSuchEvent" in imagining.timelines.skip_reason(row, real=False)
    assert "that the reducer skips: 1." in imagining.headline.text()


def test_insert_before_and_after(imagining, demo: Path) -> None:
    pick(imagining, 3)
    press(imagining, imagining.after_button)
    imagining.editor.kind.setText("NoteAdded")
    imagining.editor.code.setPlainText('{"note": "first"}')
    press(imagining, imagining.editor.ok)
    settled(imagining)
    assert imagining.steps == (Insert(3, "NoteAdded", {"note": "first"}),)
    inserted = imagining.table.currentIndex().row()
    assert Sign(int(imagining.timelines.signs[inserted])) is Sign.INSERTED
    assert imagining.timelines.real_at(inserted) is None
    # Behind one that was inserted itself.
    press(imagining, imagining.after_button)
    imagining.editor.code.setPlainText('{"note": "second"}')
    press(imagining, imagining.editor.ok)
    settled(imagining)
    assert imagining.table.currentIndex().row() == inserted + 1
    pick(imagining, 1)
    press(imagining, imagining.before_button)
    imagining.editor.code.setPlainText("{}")
    press(imagining, imagining.editor.ok)
    settled(imagining)
    assert imagining.table.currentIndex().row() == 0
    assert answered(imagining) == expected(demo, *imagining.steps)
    press(imagining, imagining.skip_button)  # an inserted one just goes
    settled(imagining)
    assert len(imagining.steps) == 2


def test_move_up_down_and_to(imagining, demo: Path) -> None:
    pick(imagining, 7)
    press(imagining, imagining.up_button)
    settled(imagining)
    assert imagining.steps == (Move(7, 5),)
    assert Sign.MOVED_AWAY in [Sign(int(sign)) for sign in imagining.timelines.signs]
    lines, row = imagining.timelines, imagining.table.currentIndex().row()
    assert Sign(int(lines.signs[row])) is Sign.MOVED_HERE
    assert lines.imagined_at(row) == 5
    press(imagining, imagining.down_button)
    settled(imagining)
    press(imagining, imagining.down_button)
    settled(imagining)
    assert imagining.steps == (Move(7, 8),)
    press(imagining, imagining.to_button)
    imagining.asking.textValueSelected.emit("2")
    imagining.asking.close()
    settled(imagining)
    assert imagining.steps == (Move(7, 2),)
    assert answered(imagining) == expected(demo, Move(7, 2))
    pick(imagining, 1)
    press(imagining, imagining.up_button)
    assert "first event already" in imagining.messages.text


def test_both_states_of_a_row(imagining) -> None:
    pick(imagining, 4)
    press(imagining, imagining.skip_button)
    settled(imagining)
    pick(imagining, 6)
    imagining.driver.until(lambda: "differences" in imagining.imagined_label.text())
    real, imagined = imagining.timelines.states(imagining.timelines.row_of(6))
    assert real != imagined
    assert imagining.real_tree.shown.marks.changes
    assert imagining.imagined_tree.shown.marks.changes
    assert imagining.imagined_tree.shown.headerData(2, Qt.Orientation.Horizontal) == "Really"
    assert imagining.imagined_tree.shown.rowCount() >= len(imagined)
    pick(imagining, 3)
    imagining.driver.until(lambda: imagining.imagined_label.text().endswith("no difference"))


def test_events_left_out_at_the_end(imagining, demo: Path) -> None:
    newest = int(imagining.timelines.view.versions[-1])
    imagining._take((Skip(newest),))
    settled(imagining)
    assert answered(imagining)["parts_at"]["version"] == newest
    assert imagining.timelines.version_at(imagining.timelines.parting) == newest
    assert f"part at version {newest};" in imagining.headline.text()
    imagining._take(tuple(Skip(int(version)) for version in imagining.timelines.view.versions))
    settled(imagining)
    assert imagining.timelines.parting == 0
    assert answered(imagining)["events"] == 0
    assert "part at version 1;" in imagining.headline.text()
    assert "The timelines part at version 1." in imagining.timelines.answer.text()


def test_edits_come_back_with_the_window(imagining) -> None:
    driver = imagining.driver
    imagining._take((Skip(4),))
    settled(imagining)
    imagining.close_button.click()
    assert driver.page.questions.what_ifs == []
    driver.window._what_if()
    (again,) = driver.page.questions.what_ifs
    driver.until(lambda: again.idle)
    assert again.steps == (Skip(4),)
    assert again.timelines.answer is not None


def test_what_was_stopped_is_not_kept_and_undo_stays(imagining) -> None:
    for steps in ((Skip(4),), (Skip(4), Skip(5))):
        imagining._take(steps)
        settled(imagining)
    imagining.undo()
    imagining.stop()
    assert imagining.steps == (Skip(4), Skip(5))
    settled(imagining)
    imagining.undo()
    settled(imagining)
    imagining.undo()
    settled(imagining)
    assert imagining.steps == ()


def test_edits_that_cannot_be_are_not_kept(imagining) -> None:
    imagining._take((Skip(4),))
    settled(imagining)
    imagining._take((Skip(4), Skip(4)))
    imagining.driver.until(lambda: "an earlier edit skips it" in imagining.messages.text)
    assert imagining.steps == (Skip(4),)
    assert imagining.idle
    imagining.undo()
    settled(imagining)
    assert imagining.steps == ()


def test_a_file_of_edits_goes_to_the_command_line_and_back(imagining, tmp_path: Path, demo: Path) -> None:
    file = tmp_path / "edits.json"
    steps = (Skip(4), Edit(6, {"quantity": BIG}), Insert(None, "NoteAdded", {"note": "⏎"}), Move(9, 5))
    imagining._take(steps)
    settled(imagining)
    imagining.ask_save_file = lambda: str(file)
    press(imagining, imagining.save_button)
    imagining.driver.until(lambda: "written" in imagining.messages.text)
    assert Edits.from_json(json.loads(file.read_text(encoding="utf-8"))).steps == steps
    imagining._take(())
    settled(imagining)
    imagining.ask_load_file = lambda: str(file)
    press(imagining, imagining.load_button)
    imagining.driver.until(lambda: imagining.steps == steps)
    settled(imagining)
    assert answered(imagining) == expected(demo, *steps)
    file.write_text("[{]")
    press(imagining, imagining.load_button)
    imagining.driver.until(lambda: "can't be read: not JSON" in imagining.messages.text)
    assert imagining.steps == steps
    before = demo.read_bytes()
    imagining.ask_save_file = lambda: str(demo)
    press(imagining, imagining.save_button)
    imagining.driver.until(lambda: "never written" in imagining.messages.text)
    assert demo.read_bytes() == before


def test_copies_are_marked_and_reports_refused(imagining) -> None:
    press(imagining, imagining.export_button)
    assert "Nothing is imagined yet" in imagining.messages.text
    imagining._take((Skip(4),))
    settled(imagining)
    QGuiApplication.clipboard().clear()
    press(imagining, imagining.copy_button)
    imagining.driver.until(lambda: QGuiApplication.clipboard().text())
    assert QGuiApplication.clipboard().text().startswith("HYPOTHETICAL: ")
    press(imagining, imagining.export_button)
    imagining.driver.until(lambda: "no report can be made of it" in imagining.messages.text)


def test_it_stays_with_its_aggregate(imagining) -> None:
    driver = imagining.driver
    imagining._take((Skip(4),))
    settled(imagining)
    before = answered(imagining)
    driver.choose(LONG_ACCOUNT)
    assert LONG_ACCOUNT in imagining.about.text()
    assert f"stays with {PUZZLING_ORDER}" in imagining.about.text()
    assert answered(imagining) == before
    driver.window._what_if()
    assert len(driver.page.questions.what_ifs) == 2
    driver.window._what_if()
    assert len(driver.page.questions.what_ifs) == 2
    driver.until(lambda: all(each.idle for each in driver.page.questions.what_ifs))
    imagining.close()
    assert imagining not in driver.page.questions.what_ifs
    driver.window.close_store()
    driver.until(lambda: driver.window.page is None)


def test_it_says_that_the_aggregate_has_grown(driver, tmp_path: Path) -> None:
    path = tmp_path / "growing.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
        " PRIMARY KEY (aggregate_id, version))"
    )

    def put(version: int) -> None:
        row = ("a", "Booked", f'{{"n": {version}}}', version, f"2026-01-0{version}T00:00:00Z")
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()

    put(1)
    put(2)
    page = driver.open(path)
    page.show_aggregate("a")
    driver.shows("a")
    driver.until(lambda: page.view.complete)
    driver.window._what_if()
    (window,) = page.questions.what_ifs
    driver.until(lambda: window.idle)
    window._take((Skip(1),))
    driver.until(lambda: window.idle)
    put(3)
    connection.close()
    driver.until(lambda: "not in here yet: 1." in window.messages.text)
    assert len(window.timelines.view) == 2
    (again,) = [each for each in window.messages.findChildren(QPushButton) if each.text() == "Read anew"]
    again.click()
    driver.until(lambda: window.idle)
    assert len(window.timelines.view) == 3
    assert window.steps == (Skip(1),)


COUNT = "serve(lambda state, event: (state or 0) + 1)\n"
CRASH = """
def on_event(state, event):
    if event["type"] == "Bad":
        os._exit(7)
    return (state or 0) + 1
serve(on_event)
"""


@pytest.mark.parametrize("script", [COUNT, CRASH])
def test_a_reducer_that_is_a_program(driver, demo: Path, tmp_path: Path, script: str) -> None:
    store = Path(shutil.copyfile(demo, tmp_path / "shop.db"))
    code = tmp_path / "code"
    code.mkdir()
    file = script_file(code, script)
    consent.trust(file)
    page = driver.open(store, reducers=(str(file),))
    page.show_aggregate(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    driver.window._what_if()
    (window,) = page.questions.what_ifs
    driver.until(lambda: window.idle)
    window._take((Skip(4),))
    driver.until(lambda: window.idle)
    assert window.timelines.answer.as_json()["state"] == len(window.timelines.view) - 1
    bad = (Skip(4), Insert(6, "Bad", {}))
    window._take(bad)
    if script is COUNT:
        driver.until(lambda: window.idle)
        assert window.steps == bad
    else:
        driver.until(lambda: "scripted" in window.messages.text)
        assert window.steps == (Skip(4),)
        driver.until(lambda: window.idle)


# What clicks mean, against the replay of the edits


def events(count: int) -> list[Event]:
    return [
        Event(at, "a", "t", at, None, f"E{at}", None, None, {f"k{at % 3}": at}, None, error=None, raw=None)
        for at in range(1, count + 1)
    ]


actions = some.lists(
    some.tuples(some.sampled_from(["skip", "up", "down", "before", "after"]), some.integers(0, 30)), max_size=8
)


@profile(max_examples=60, deadline=None)
@given(some.integers(1, 6), actions)
def test_clicks_do_what_they_say(count: int, wanted: list[tuple[str, int]]) -> None:
    originals = events(count)
    steps: tuple = ()
    serial = 0
    for action, at in wanted:
        _, rows = edited_events(originals, Edits(steps))
        if not rows:
            return
        place = at % len(rows)
        names = [row.original if row.original is not None else steps[row.inserted_by].type for row in rows]
        former = steps
        if action == "skip":
            steps = skipping(steps, rows[place])
            expected_names = names[:place] + names[place + 1 :]
        elif action in ("before", "after"):
            serial += 1
            behind = place + (action == "after")
            steps, number = inserting(steps, rows[behind - 1] if behind else None, f"N{serial}", {})
            assert steps[number].type == f"N{serial}"
            expected_names = [*names[:behind], f"N{serial}", *names[behind:]]
        else:
            try:
                target = place_above(rows, place) if action == "up" else place_below(rows, place)
                steps = moving(steps, rows[place], target)
            except UsageError:
                continue
            expected_names = None
        try:
            _, rows = edited_events(originals, Edits(steps))
        except UsageError:
            # What another edit needs can be taken away; the window then goes back to the former edits.
            steps = former
            continue
        got = [row.original if row.original is not None else steps[row.inserted_by].type for row in rows]
        if expected_names is None:
            assert sorted(map(str, got)) == sorted(map(str, names))
        elif action == "skip" or not any(isinstance(step, Move) for step in former):
            assert got == expected_names


@profile(max_examples=60, deadline=None)
@given(some.integers(1, 6), actions)
def test_all_events_stand_in_the_rows_in_order(count: int, wanted: list[tuple[str, int]]) -> None:
    originals = events(count)
    reducer = MergeReducer()
    real = build_history(reducer, [batch_of(originals)])
    steps: tuple = ()
    for action, at in wanted:
        version = at % count + 1
        step = {
            "skip": Skip(version),
            "up": Move(version, None),
            "down": Move(version, count if version != count else None),
            "before": Insert(None, "N", {"n": at}),
            "after": Insert(version, "N", {"n": at}),
        }[action]
        try:
            edited_events(originals, Edits((*steps, step)))
        except UsageError:
            continue
        steps = (*steps, step)
    made = what_if(real, [batch_of(originals)], reducer, Edits(steps))
    parting = made.parting()
    lines = Timelines(_View(real), Imagined(_View(real), made, parting, ()))
    assert [row for row in lines.real if row >= 0] == list(range(count))
    assert [row for row in lines.imagined if row >= 0] == list(range(len(made.rows)))
    for row in range(len(lines)):
        index = lines.imagined_at(row)
        if index is not None:
            assert lines.counts(row) == (made.real_count(index + 1), index + 1)
        else:
            assert lines.version_at(row) is not None
    assert (lines.parting is None) == (parting is None)


class _View:
    """As much of a view as timelines without types need."""

    def __init__(self, history) -> None:
        self.history = history
        self.versions = history.versions
