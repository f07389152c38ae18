"""What shows of an aggregate whose reducer may not run, can't be loaded, or fails on the way: all but the states."""

import sys
from pathlib import Path

import pytest
from helpers_foreign import script_file
from PySide6.QtCore import Qt

from esviewer.app import consent
from esviewer.gui.machine import Assignment
from esviewer.stores.embedded import EmbeddedStore

COUNT = "serve(lambda state, event: {'n': event['version']})\n"
AT_THE_SEVENTH = """
def on_event(state, event):
    if event["version"] == 7:
        {fault}
    return {{"n": event["version"]}}
serve(on_event)
"""
CRASH = AT_THE_SEVENTH.format(fault='print("out of luck", file=sys.stderr); os._exit(7)')
HANG = AT_THE_SEVENTH.format(fault="time.sleep(3600)")
GARBAGE = AT_THE_SEVENTH.format(fault='print("<<< no JSON >>>", flush=True)')
GROWS = AT_THE_SEVENTH.format(
    fault="import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); x = bytearray(1 << 30)"
)


@pytest.fixture
def counter(driver, tmp_path: Path):
    """A window on an aggregate of twelve events and two snapshots, rebuilt without rules."""
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for number in range(1, 13):
            store.append_event(
                "a-1", "Added", {"by": number * 100}, aggregate_type="counter", metadata={"actor": "ada"}
            )
        for version in (5, 10):
            store.save_snapshot("a-1", {"n": version, "stored": True}, version)
    page = driver.open(file)
    page.show_aggregate("a-1")
    driver.shows("a-1", 12)
    driver.code = tmp_path / "code"
    driver.code.mkdir()
    return driver


def assign(driver, script: str, *, keys: str = "", trusted: bool = True) -> Path:
    file = script_file(driver.code, script, keys=keys)
    if trusted:
        consent.trust(file)
    driver.page.machine.assign_wanted.emit(Assignment("counter", file))
    return file


def click(driver, name: str) -> None:
    driver.qtbot.mouseClick(driver.page.state.lost.buttons()[name], Qt.MouseButton.LeftButton)


def refused(driver, *parts: str) -> None:
    """Wait until the state's place says why there is none, and all events are there."""
    page = driver.page
    driver.until(lambda: all(part in page.state.lost.text for part in parts))
    driver.until(lambda: page.view is not None and page.view.complete and not page.tasks.busy)
    assert len(page.view) == 12
    assert page.current is None


def shows_events(driver) -> None:
    """The table, the timeline, the payload, the metadata and the snapshots of a version are there."""
    page = driver.page
    assert page.events.shown.rowCount() == 12
    assert page.playhead.count == 12
    for row in (0, 11, 7):
        page.events.selectRow(row)
        driver.until(lambda row=row: page.playhead.row == row and not page.tasks.busy)
        driver.until(lambda row=row: page.details.title.full.startswith(f"{row + 1} Added"))
        data = page.details.data.shown
        assert data.index(0, 1).data() == str((row + 1) * 100)
        assert page.details.metadata.shown.index(0, 1).data().strip('"') == "ada"
    page.timeline.picked.emit(2)
    driver.until(lambda: page.details.title.full.startswith("3 Added"))
    page.state.tabs.setCurrentWidget(page.snapshots)
    driver.until(lambda: page.snapshots.model.rowCount() == 2 and not page.tasks.busy)


def mends(driver) -> None:
    """Without rules there are states again."""
    click(driver, "Use no rules")
    driver.until(lambda: driver.page.current is not None and driver.page.current.rebuilt.inferred)
    assert driver.page.state.lost.text == ""
    assert driver.page.machine.current is not None


def test_events_show_when_the_program_is_not_allowed_to_run(counter) -> None:
    page = counter.page
    assign(counter, COUNT, trusted=False)
    counter.until(lambda: page.reducers.asking is not None)
    page.reducers.asking.reject()
    refused(counter, "“scripted”", "not allowed to run")
    assert {page.events.shown.index(row, 3).data() for row in range(12)} == {"not rebuilt"}
    shows_events(counter)
    assert [page.snapshots.model.index(row, 1).data() for row in range(2)] == ["not compared"] * 2
    assert "2 not compared" in page.snapshots.headline.full
    page.snapshots.table.selectRow(1)
    counter.until(lambda: "snapshot at 10" in page.snapshots.compared.full)
    held = {page.snapshots.differences.topLevelItem(row).text(0) for row in range(2)}
    assert held == {"/n", "/stored"}, "what is stored can be seen"
    assert page.reducers.asking is None, "the answer was no"
    page.rebuild()
    refused(counter, "not allowed to run")
    assert page.reducers.asking is None, "nobody is asked twice"
    click(counter, "Allow …")
    counter.until(lambda: page.reducers.asking is not None)
    counter.qtbot.mouseClick(page.reducers.asking.yes, Qt.MouseButton.LeftButton)
    counter.until(lambda: page.current is not None and page.current.rebuilt.reducer == "scripted")
    assert page.state.lost.text == ""


def test_the_stored_snapshot_can_be_the_state_where_no_program_may_run(counter) -> None:
    page = counter.page
    assign(counter, COUNT, trusted=False)
    counter.until(lambda: page.reducers.asking is not None)
    page.reducers.asking.reject()
    refused(counter, "not allowed to run")
    page.state.from_snapshot.setChecked(True)
    page.machine.go_to(10)
    counter.until(lambda: page.current is not None and page.current.state == {"n": 10, "stored": True})
    assert page.state.lost.text == ""
    assert page.machine.current is None, "of a stored state nobody knows who wrote it"
    page.machine.go_to(11)
    counter.until(lambda: "not allowed to run" in page.state.lost.text)


@pytest.mark.parametrize("case", ["gone", "mistake", "no program", "not executable", "protocol", "exit", "no file"])
def test_events_show_when_the_reducer_can_not_be_used(counter, case: str, tmp_path: Path) -> None:
    words = {
        "gone": ("reducer.toml",),
        "mistake": ("reducer.toml", "line 1"),
        "no program": ("no-such-program", "not there"),
        "not executable": ("tool", "can't be run"),
        "protocol": ("speaks protocol 2",),
        "exit": ("exit code 3", "at its start"),
        "no file": ("exit code",),
    }[case]
    if case == "protocol":
        file = script_file(counter.code, 'hear(); say({"protocol": 2}); hear()\n')
    elif case == "exit":
        file = script_file(counter.code, "print('no luck today', file=sys.stderr); sys.exit(3)\n")
    else:
        file = script_file(counter.code, COUNT)
    text = file.read_text(encoding="utf-8")
    if case == "no program":
        file.write_text(text.replace(f'"{sys.executable}"', '"no-such-program"'), encoding="utf-8")
    elif case == "not executable":
        (counter.code / "tool").write_text("#!/bin/sh\n", encoding="utf-8")
        file.write_text(text.replace(f'"{sys.executable}"', '"./tool"'), encoding="utf-8")
    elif case == "no file":
        file.write_text(text.replace('"script.py"', '"none.py"'), encoding="utf-8")
    consent.trust(file)
    if case in ("gone", "mistake"):
        counter.page.machine.assign_wanted.emit(Assignment("counter", file))
        counter.until(lambda: counter.page.current is not None and counter.page.current.rebuilt.reducer == "scripted")
        if case == "gone":
            file.unlink()
        else:
            file.write_text("kind = = 3\n", encoding="utf-8")
        counter.page.rebuild()
    else:
        counter.page.machine.assign_wanted.emit(Assignment("counter", file))
    refused(counter, *words)
    shows_events(counter)
    assert "Try again" in counter.page.state.lost.buttons()
    mends(counter)


@pytest.mark.parametrize(
    ("script", "word"),
    [(CRASH, "exit code 7"), (HANG, "no answer within 1 seconds"), (GARBAGE, "JSON"), (GROWS, "exit code 1")],
    ids=["crash", "hang", "garbage", "memory"],
)
def test_states_end_at_the_event_that_a_program_fails_at(counter, script: str, word: str) -> None:
    page = counter.page
    assign(counter, script, keys="timeout = 1")
    refused(counter, "no state at version 12", "failed at version 7", word, "a-1 version 7 (Added)")
    counter.message("a-1 version 7 (Added)", word)
    shows_events(counter)
    said = [page.events.shown.index(row, 3).data() for row in range(12)]
    assert said[5] != "not rebuilt"
    assert said[6].startswith("failed here: ")
    assert said[7:] == ["not rebuilt"] * 5
    (band,) = page.timeline.lost.bands
    assert band[0] == pytest.approx(6.5)
    page.machine.go_to(12)
    counter.until(lambda: page.state.lost.text and page.playhead.row == 11 and not page.tasks.busy)
    click(counter, "Go to version 7")
    counter.until(lambda: page.playhead.row == 6 and "from this event on" in page.state.lost.text)
    assert "Go to version 7" not in page.state.lost.buttons()
    counter.until(lambda: page.details.title.full.startswith("7 Added"))
    page.machine.go_to(6)
    counter.shows("a-1", 6)
    assert page.current.state == {"n": 6}
    assert page.state.lost.text == ""
    page.machine.go_to(9)
    counter.until(lambda: "no state at version 9" in page.state.lost.text)
    assert page.machine.current is None
    assert page.state.tree.shown.rowCount() == 0, "nothing of another version is left"
    # A mended program is tried again where the playhead is.
    file = script_file(counter.code, COUNT)
    consent.trust(file)
    click(counter, "Try again")
    counter.until(lambda: page.current is not None and page.current.state == {"n": 9})
    assert not page.timeline.lost.bands


def test_new_events_are_followed_after_a_failure(counter, tmp_path: Path) -> None:
    page = counter.page
    assign(counter, CRASH)
    refused(counter, "failed at version 7")
    with EmbeddedStore(tmp_path / "counters.db", create=False) as store:
        store.append_event("a-1", "Added", {"by": 1}, aggregate_type="counter")
    counter.until(lambda: page.events.shown.rowCount() == 13)
    assert page.events.shown.index(12, 3).data() == "not rebuilt"


def test_questions_know_where_states_end(counter) -> None:
    page = counter.page
    assign(counter, CRASH)
    refused(counter, "failed at version 7")
    page.find_bar.open_bar()
    asked = ("state.n > 2", [(2, 5)], "6 versions without a state"), ("data.by > 900", [(9, 11)], "")
    for text, stretches, word in asked:
        page.find_bar.edit.setText(text)
        page.find_bar.look()
        counter.until(lambda: page.find_bar.stretches is not None and not page.tasks.busy)
        found = page.find_bar.stretches
        assert [*zip(found.firsts.tolist(), found.lasts.tolist(), strict=True)] == stretches
        assert word in page.find_bar.result.full
    page.state.tabs.setCurrentWidget(page.fields)
    page.fields.follow(("n",))
    counter.until(lambda: page.fields.collector.complete and not page.tasks.busy)
    assert page.fields.collector.log.seen == 6
    page.state.tabs.setCurrentWidget(page.state.compare)
    page.machine.go_to(2)
    counter.shows("a-1", 2)
    page.machine.go_to(8)
    counter.until(lambda: "no state at version 8" in page.state.lost.text)
    assert "no state at the playhead" in page.state.compare.nothing.text()
    for row, version in ((page.state.compare.first, "2"), (page.state.compare.second, "5")):
        row.place.setText(version)
    page.state.compare.first.entered.emit()
    counter.until(lambda: not page.state.compare.busy and not page.tasks.busy)
    assert [(change.old, change.new) for change in page.state.compare.model._changes] == [(2, 5)]
    page.questions.roll_back()
    counter.message("no state at this version")


def test_changed_code_is_said_to_have_changed(counter) -> None:
    page = counter.page
    assign(counter, COUNT)
    counter.until(lambda: page.current is not None and page.current.rebuilt.reducer == "scripted")
    script = counter.code / "script.py"
    script.write_text(script.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    page.rebuild()
    counter.until(lambda: page.reducers.asking is not None)
    dialog = page.reducers.asking
    assert "Changed: script.py" in dialog.changed.text()
    assert [dialog.files.item(row).text() for row in range(2)] == ["reducer.toml", "script.py (changed)"]
    assert dialog.files.currentRow() == 1
    counter.until(lambda: dialog.code.toPlainText().rstrip().endswith("# more"))
    first, second = (dialog.files.visualItemRect(dialog.files.item(row)) for row in range(2))
    assert first.top() >= 0
    assert first.height() == second.height() >= dialog.files.fontMetrics().height(), "the first row is not cut off"
    dialog.reject()
    counter.until(lambda: "has changed since it was allowed" in page.state.lost.text)
