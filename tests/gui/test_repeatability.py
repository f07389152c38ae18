"""A program that does not make the same states again is told of, with the event; one that does is not."""

import shutil
from pathlib import Path

import pytest
from helpers_foreign import script_file

from esviewer.app import consent
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.machine import Assignment

AT_THE_FIFTH = """
def on_event(state, event):
    state = {**(state or {}), "n": event["version"]}
    if event["version"] == 5:
        %s
    return state
serve(on_event)
"""
OTHERWISE = AT_THE_FIFTH % 'state["by"] = {"pid": os.getpid()}'
SOUND = AT_THE_FIFTH % 'state["by"] = "five"'
ONCE = AT_THE_FIFTH % (
    'here = os.path.join(os.path.dirname(os.path.abspath("script.py")), "..", "ran"); '
    'os._exit(3) if os.path.exists(here) else open(here, "w").close()'
)


@pytest.fixture
def assigned(driver, demo: Path, tmp_path: Path):
    """Shows an order of a store without rules beside it, rebuilt by a script."""
    page = driver.open(Path(shutil.copyfile(demo, tmp_path / "shop.db")))
    page.show_aggregate(PUZZLING_ORDER)
    driver.until(lambda: page.view is not None and page.view.complete)

    def assign(script: str) -> None:
        folder = tmp_path / "code"
        folder.mkdir()
        file = script_file(folder, script)
        consent.trust(file)
        page.machine.assign_wanted.emit(Assignment("order", file))
        driver.until(lambda: page.view.complete and page.view.history.reducer.name == "scripted")

    driver.assign = assign
    return driver


def test_other_states_in_another_run_are_told_with_the_event(assigned) -> None:
    assigned.assign(OTHERWISE)
    assigned.message("scripted", PUZZLING_ORDER, "at version 5 (CouponApplied)", "/by", "can't be relied on")
    assigned.shows(PUZZLING_ORDER, 16)
    assigned.page.show_aggregate(LONG_ACCOUNT)
    assigned.shows(LONG_ACCOUNT)
    assert assigned.page.messages.text == ""


def test_a_sound_program_is_not_spoken_of(assigned) -> None:
    assigned.assign(SOUND)
    aside = assigned.page.repeatability._aside.tasks
    assigned.until(lambda: not aside.busy and not assigned.page.tasks.busy)
    assert assigned.page.repeatability._looked_at is assigned.page.view
    assert assigned.page.messages.text == ""


def test_a_program_that_fails_the_second_time_is_told_of(assigned) -> None:
    assigned.assign(ONCE)
    assigned.message("once more", "scripted", "version 5")
    assigned.shows(PUZZLING_ORDER, 16)
