"""The window on a server that halts, is killed or cut off: it says since when, is cancelled at once, and goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from helpers_served import OF_EACH, Served, served
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.gui import live, tasks


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def store(request: pytest.FixtureRequest) -> Iterator[Served]:
    with served(request.getfixturevalue(f"{request.param}_server")) as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("SOON", 0.02), ("LATE", 0.04), ("LATEST", 0.08)):
        monkeypatch.setattr(live, name, seconds)
    monkeypatch.setattr(tasks, "SINCE_AFTER", 0.4)


def at_version_five(driver, store: Served) -> None:
    driver.open(store.url)
    driver.choose("order-03")
    driver.page.playhead.move(4)
    driver.shows("order-03", 5)


def test_a_halted_server_is_told_of_and_left_at_once(driver, store: Served, qtbot: QtBot) -> None:
    at_version_five(driver, store)
    window, page = driver.window, driver.page
    window.page.machine.live.toggle()  # looking for new events, which would fail as well
    with store.server.frozen():
        page.show_aggregate("order-04")
        driver.until(window.progress_stop.isVisible)
        assert window.progress_label.text().startswith("Reading the store · since ")
        begun = time.monotonic()
        qtbot.mouseClick(window.progress_stop, Qt.MouseButton.LeftButton)
        driver.message("It was stopped before the store had answered.")
        assert time.monotonic() - begun < 1
        assert not window.progress_stop.isVisible()
        assert window.progress_label.text() == ""
    page.messages._choices.itemAt(0).widget().click()
    driver.shows("order-04", OF_EACH)
    assert page.messages.text == ""
    page.visit("order-03", 5)
    driver.shows("order-03", 5)


def test_a_store_is_closed_though_its_server_is_halted(driver, store: Served) -> None:
    at_version_five(driver, store)
    with store.server.frozen():
        driver.page.show_aggregate("order-04")
        driver.until(driver.window.progress_bar.isVisible)
        begun = time.monotonic()
        driver.window.close_store()
        # Three workers, for each of which it waits a moment.
        assert time.monotonic() - begun < 4 * tasks.PATIENCE
        assert driver.window.page is None


@pytest.mark.parametrize("what", ["killed", "reset", "silent"])
def test_the_place_is_kept_and_reading_goes_on(what: str, driver, store: Served) -> None:
    at_version_five(driver, store)
    page, badge = driver.page, driver.window.live
    if what == "killed":
        store.server.kill()
        driver.until(lambda: badge.text().startswith("⚠ No answer since "))
        assert "can't be reached" in driver.window.rooms.live_bar.label.text()
        assert page.current.version == 5
        store.server.start()
        driver.window.rooms.live_bar.try_now.click()
    elif what == "reset":
        store.network.reset()
    else:
        with store.network.silent():
            driver.qtbot.wait(300)
    driver.until(lambda: badge.text().startswith("● Live"))
    page.show_aggregate("order-09", 7)
    driver.shows("order-09", 7)
    page.visit("order-03", 5)
    driver.shows("order-03", 5)
    assert page.messages.text == ""


def test_what_can_not_be_opened_yet_is_tried_again(driver, store: Served) -> None:
    store.network.hold()
    driver.window.open_target(store.url)
    driver.until(driver.window.progress_stop.isVisible)
    driver.window.progress_stop.click()
    driver.message("It was stopped before the store had answered.")
    store.network.flow()
    driver.window.start.messages._choices.itemAt(0).widget().click()
    driver.until(lambda: driver.window.page is not None and driver.page.aggregates.model.rowCount() > 0)
