"""A reducer that is a program, in the window: what it does wrong is said with its event, and the window goes on."""

import shutil
from pathlib import Path

import pytest
from helpers_foreign import running, script_file
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app import consent
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.machine import Assignment

COUNT = "serve(lambda state, event: (state or 0) + 1)\n"
AT_THE_FIFTH = """
def on_event(state, event):
    if event["version"] == 5:
        {fault}
    return (state or 0) + 1
serve(on_event)
"""
CRASH = AT_THE_FIFTH.format(fault='print("out of luck", file=sys.stderr); os._exit(7)')
HANG = AT_THE_FIFTH.format(fault="time.sleep(3600)")
GARBAGE = AT_THE_FIFTH.format(fault='print("<<< no JSON >>>", flush=True)')


@pytest.fixture
def orders(driver, demo: Path, tmp_path: Path):
    """A window that shows an order of a store without rules beside it."""
    store = Path(shutil.copyfile(demo, tmp_path / "shop.db"))
    page = driver.open(store)
    page.show_aggregate(PUZZLING_ORDER)
    driver.until(lambda: page.view is not None and page.view.complete)
    driver.shows(PUZZLING_ORDER)
    return driver


def assign(driver, folder: Path, script: str, *, keys: str = "", trusted: bool = True) -> Path:
    """Choose a program for orders in the window."""
    file = script_file(folder, script, keys=keys)
    if trusted:
        consent.trust(file)
    driver.page.machine.assign_wanted.emit(Assignment("order", file))
    return file


def pid(driver) -> int | None:
    """The process that rebuilds orders."""
    loaded = driver.page.session.reducers._assigned.get("order")
    return None if loaded is None else loaded.reducer.pid


def goes_on(driver) -> None:
    """The window can be used: another aggregate comes up, and a better reducer mends this one."""
    driver.page.show_aggregate(LONG_ACCOUNT)
    driver.shows(LONG_ACCOUNT)
    driver.page.machine.assign_wanted.emit(Assignment("order"))
    driver.page.show_aggregate(PUZZLING_ORDER)
    driver.until(lambda: driver.page.view is not None and driver.page.view.complete)
    driver.shows(PUZZLING_ORDER, 16)
    assert driver.page.current.rebuilt.inferred


def test_a_program_rebuilds_once_somebody_has_agreed(orders, tmp_path: Path, qtbot: QtBot) -> None:
    assign(orders, tmp_path, COUNT, trusted=False)
    orders.until(lambda: orders.page.reducers.asking is not None)
    dialog = orders.page.reducers.asking
    assert pid(orders) is None
    qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    orders.until(lambda: orders.page.current is not None and orders.page.current.state == 16)
    first = pid(orders)
    assert running(first)
    orders.page.machine.assign_wanted.emit(Assignment("order", taken_back=True))
    orders.until(lambda: orders.page.current is not None and orders.page.current.rebuilt.inferred)
    orders.until(lambda: not running(first))


@pytest.mark.parametrize(
    ("script", "keys", "word"),
    [(CRASH, "", "7"), (HANG, "timeout = 1", "1"), (GARBAGE, "", "JSON")],
    ids=["crash", "hang", "garbage"],
)
def test_what_goes_wrong_is_said_with_its_event(orders, tmp_path: Path, script: str, keys: str, word: str) -> None:
    assign(orders, tmp_path, script, keys=keys)
    orders.message("scripted", "version 5", word)
    orders.until(lambda: orders.page.view.complete and not orders.page.tasks.busy)
    assert len(orders.page.view) == 16, "all events can be looked at"
    assert orders.page.current is None, "the newest version has no state"
    orders.page.machine.go_to(4)
    orders.shows(PUZZLING_ORDER, 4)
    assert orders.page.current.state == 4
    goes_on(orders)


def test_what_a_program_wrote_before_it_crashed_can_be_read(orders, tmp_path: Path) -> None:
    assign(orders, tmp_path, CRASH)
    orders.message("version 5")
    orders.page.reducers.tell()
    assert "out of luck" in orders.page.reducers.telling.informativeText()
    orders.page.reducers.telling.close()


def test_a_program_that_hangs_keeps_no_other_choice_waiting(orders, tmp_path: Path) -> None:
    file = assign(orders, tmp_path, HANG, keys="timeout = 3600")
    orders.until(lambda: pid(orders) is not None)
    hung = pid(orders)
    (tmp_path / "bad.toml").write_text("on = 3\n", encoding="utf-8")
    orders.page.machine.assign_wanted.emit(Assignment("order", tmp_path / "bad.toml"))
    orders.message("bad.toml")
    assert orders.page.session.reducers.choice_for("order").file == file, "a bad choice changes nothing"
    orders.page.machine.assign_wanted.emit(Assignment("order"))
    orders.until(lambda: orders.page.current is not None and orders.page.current.version == 16)
    assert orders.page.current.rebuilt.inferred
    orders.until(lambda: not running(hung))


def test_another_aggregate_does_not_wait_for_a_program_that_hangs(orders, tmp_path: Path) -> None:
    assign(orders, tmp_path, HANG, keys="timeout = 3600")
    orders.until(lambda: pid(orders) is not None)
    goes_on(orders)


def test_the_window_closes_while_a_program_hangs(orders, tmp_path: Path) -> None:
    assign(orders, tmp_path, HANG, keys="timeout = 3600")
    orders.until(lambda: pid(orders) is not None)
    hung = pid(orders)
    assert orders.window.close()
    assert not running(hung)
