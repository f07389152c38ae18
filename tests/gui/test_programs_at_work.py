"""An aggregate whose reducer is a program that is slow or hangs: events are there at once, states as they come."""

import time
from pathlib import Path

import pytest
from helpers_foreign import running, script_file
from PySide6.QtCore import Qt

from esviewer.app import consent
from esviewer.gui.machine import Assignment
from esviewer.stores.embedded import EmbeddedStore

UNTIL_TOLD = """
def until_told(name):
    open(f"at-{name}", "w").close()
    while not os.path.exists(f"go-{name}"):
        time.sleep(0.01)
"""
"""Waits until the test lets it go on: no test waits for a clock."""
STEPS = (
    UNTIL_TOLD
    + """
def on_event(state, event):
    if event["version"] in (4, 9):
        until_told(event["version"])
    return {"n": event["version"]}
serve(on_event)
"""
)
STARTS = UNTIL_TOLD + "until_told('start')\nserve(lambda state, event: {'n': event['version']})\n"
LIMITS = "timeout = 3600\nstart_timeout = 3600"


@pytest.fixture
def counter(driver, tmp_path: Path):
    """A window on an aggregate of twelve events with a snapshot, rebuilt without rules, and one beside it."""
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for number in range(1, 13):
            store.append_event("a-1", "Added", {"by": number * 100}, aggregate_type="counter")
        store.save_snapshot("a-1", {"n": 10}, 10)
        store.append_event("b-1", "Opened", {"x": 1}, aggregate_type="other")
    page = driver.open(file)
    page.show_aggregate("a-1")
    driver.shows("a-1", 12)
    driver.code = tmp_path / "code"
    driver.code.mkdir()
    return driver


def assign(driver, script: str, keys: str = LIMITS) -> None:
    file = script_file(driver.code, script, keys=keys)
    consent.trust(file)
    driver.page.machine.assign_wanted.emit(Assignment("counter", file))


def pid(driver) -> int | None:
    return driver.page.session.reducers._assigned["counter"].reducer.pid


def at(driver, name: object) -> None:
    """Wait until the program waits there."""
    driver.until((driver.code / f"at-{name}").exists)
    driver.until(lambda: driver.page.view is not None and driver.page.view.at_work is not None)


def let_go(driver, name: object) -> None:
    (driver.code / f"go-{name}").touch()


def says(driver, *parts: str) -> None:
    driver.until(lambda: all(part in driver.page.state.lost.text for part in parts))


def has_state(driver, version: int) -> None:
    """Wait until the state at a version is on show, whatever the program does meanwhile."""
    driver.until(lambda: driver.page.current is not None and driver.page.current.version == version)
    assert driver.page.current.state == {"n": version}
    assert driver.page.state.lost.text == ""


def click(driver, name: str) -> None:
    driver.qtbot.mouseClick(driver.page.state.lost.buttons()[name], Qt.MouseButton.LeftButton)


def shows_events(driver) -> None:
    """Table, timeline and payloads are there, while the program is at work."""
    page = driver.page
    assert page.events.shown.rowCount() == 12
    assert page.playhead.count == 12
    assert "12 events" in page.title.full
    for row in (0, 11):
        page.events.selectRow(row)
        driver.until(lambda row=row: page.details.title.full.startswith(f"{row + 1} Added"))
        assert page.details.data.shown.index(0, 1).data() == str((row + 1) * 100)
    assert page.view.at_work is not None


def test_events_are_there_while_the_program_starts(counter) -> None:
    page = counter.page
    assign(counter, STARTS)
    at(counter, "start")
    begun = time.monotonic()
    shows_events(counter)
    says(counter, "No state yet", "“scripted”", "has been starting for")
    assert time.monotonic() - begun < 10, "the program's limit is an hour"
    assert {page.events.shown.index(row, 3).data() for row in range(12)} == {"not yet"}
    assert page.current is None
    assert page.state.tree.shown.rowCount() == 0
    assert "Go to the newest state" not in page.state.lost.buttons()
    let_go(counter, "start")
    has_state(counter, 12)
    counter.until(lambda: page.view.complete and not page.tasks.busy)
    assert page.view.snapshot_agrees == {10: True}


def test_states_show_as_they_come(counter) -> None:
    page = counter.page
    assign(counter, STEPS)
    at(counter, 4)
    says(counter, "has been working for", "at 3 of 12 events")
    shows_events(counter)
    says(counter, "has been at version 4 (Added) for", "after 3 of 12")
    click(counter, "Go to the newest state")
    has_state(counter, 3)
    page.machine.go_to(6)
    says(counter, "3 of 12")
    assert page.machine.current is None
    let_go(counter, 4)
    has_state(counter, 6)
    counter.until(lambda: page.events.shown.index(7, 3).data() == "n: 8")
    assert page.events.shown.index(8, 3).data() == "not yet"
    let_go(counter, 9)
    counter.until(lambda: page.view.complete)
    assert page.events.shown.index(11, 3).data() == "n: 12"


def test_new_events_are_followed_while_the_program_hangs(counter, tmp_path: Path) -> None:
    page = counter.page
    assign(counter, STEPS)
    at(counter, 4)
    says(counter, "3 of 12")
    with EmbeddedStore(tmp_path / "counters.db", create=False) as store:
        for number in (13, 14):
            store.append_event("a-1", "Added", {"by": number * 100}, aggregate_type="counter")
    counter.until(lambda: page.events.shown.rowCount() == 14)
    assert page.playhead.count == 14
    assert page.events.shown.index(13, 3).data() == "not yet"
    says(counter, "3 of 14")
    with EmbeddedStore(tmp_path / "counters.db", create=False) as store:
        store.append_event("a-1", "Added", {"by": 1500}, aggregate_type="counter")
    counter.until(lambda: page.events.shown.rowCount() == 15)
    let_go(counter, 4)
    let_go(counter, 9)
    counter.until(lambda: page.view.complete and page.events.shown.index(14, 3).data() == "n: 15")
    has_state(counter, 15)


def test_the_program_can_be_stopped(counter) -> None:
    page = counter.page
    assign(counter, STEPS)
    at(counter, 4)
    hung = pid(counter)
    says(counter, "3 of 12")
    click(counter, "Stop the program")
    says(counter, "no state at version 12", "was stopped before it had answered, at a-1 version 4 (Added)")
    counter.until(lambda: not running(hung))
    said = [page.events.shown.index(row, 3).data()[:11] for row in (2, 3, 4)]
    assert said == ["n: 3", "failed here", "not rebuilt"]
    page.machine.go_to(3)
    has_state(counter, 3)
    page.machine.go_to(5)
    says(counter, "no state at version 5")
    let_go(counter, 4)
    let_go(counter, 9)
    click(counter, "Try again")
    has_state(counter, 5)


def test_a_program_that_starts_can_be_stopped(counter) -> None:
    assign(counter, STARTS)
    at(counter, "start")
    hung = pid(counter)
    says(counter, "has been starting for")
    click(counter, "Stop the program")
    says(counter, "was stopped before it had answered, at its start")
    counter.until(lambda: not running(hung))


@pytest.mark.parametrize("script", [STARTS, STEPS], ids=["start", "events"])
def test_leaving_the_aggregate_ends_the_program(counter, script: str) -> None:
    page = counter.page
    assign(counter, script)
    at(counter, "start" if script is STARTS else 4)
    hung = pid(counter)
    page.show_aggregate("b-1")
    counter.shows("b-1", 1)
    assert not running(hung)
    assert page.state.lost.text == ""


def test_the_stored_snapshot_is_not_asked_for_while_the_program_is_at_work(counter) -> None:
    """Two questions at a time would each restart the program for the other."""
    page = counter.page
    assign(counter, STEPS)
    at(counter, 4)
    hung = pid(counter)
    page.state.from_snapshot.setChecked(True)
    page.machine.go_to(11)
    says(counter, "3 of 12")
    assert pid(counter) == hung
    let_go(counter, 4)
    let_go(counter, 9)
    counter.until(lambda: page.current is not None and page.current.rebuilt.snapshot_version == 10)


def test_the_limit_ends_the_wait(counter) -> None:
    page = counter.page
    assign(counter, STEPS, "timeout = 1")
    at(counter, 4)
    shows_events(counter)
    says(counter, "no state at version", "gave no answer within 1 seconds, at a-1 version 4 (Added)")
    assert page.view.not_rebuilt.version == 4
