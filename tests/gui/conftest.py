"""Real windows: each test gets one of its own, closed and checked for threads that go on."""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import helpers_ci
import pytest
from helpers_demo import demo_store

try:
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
except ImportError as error:
    helpers_ci.missing(f"Qt's system libraries ({error})")

# The tests read what the window says in English, whatever the machine speaks.
os.environ["LC_ALL"] = "C.UTF-8"

from helpers_watchdog import Watchdog
from pytestqt.qtbot import QtBot

from esviewer.app.settings import Settings
from esviewer.gui.application import make_window
from esviewer.gui.main_window import MainWindow
from esviewer.gui.store_page import StorePage

_PATIENCE = 60_000
"""Milliseconds for which anything is waited for: no measure of anything, only an end."""


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo store, for reading."""
    return demo_store()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of this test alone."""
    return Settings(tmp_path / "configuration" / "settings.json")


@pytest.fixture
def new_window(qapp: QApplication, qtbot: QtBot, settings: Settings) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows that share the test's settings; all are closed at the end, and their threads must have ended."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = make_window(qapp, settings)
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        QTest.keyRelease(window, Qt.Key.Key_F35)  # Qt takes modifiers of a test before for pressed until then
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    windows.clear()
    qapp.processEvents()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    ends = time.monotonic() + 5
    while any(thread.name.startswith("esviewer-store") for thread in threading.enumerate()):
        assert time.monotonic() < ends, "a store's thread outlived its window"
        time.sleep(0.01)


@pytest.fixture
def watchdog(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Watchdog]:
    """Records the turns of the GUI thread that take too long; what it saw is a section of the test's report."""
    with Watchdog() as dog:
        yield dog
    request.node.add_report_section("call", "watchdog", dog.report())


@pytest.fixture
def window(new_window: Callable[[], MainWindow]) -> MainWindow:
    """A window on its start page."""
    return new_window()


class Driver:
    """Does what a person does, and waits for what the window shows."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    @property
    def page(self) -> StorePage:
        assert self.window.page is not None
        return self.window.page

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=_PATIENCE)

    def open(self, target: str | Path, **options: object) -> StorePage:
        self.window.open_target(str(target), **options)
        self.until(lambda: self.window.page is not None)
        self.until(lambda: self.page.aggregates.model.rowCount() > 0)
        return self.page

    def choose(self, aggregate_id: str) -> None:
        """Search for an aggregate and click its row."""
        page = self.page
        page.aggregates.search.setText(aggregate_id)
        self.until(
            lambda: page.aggregates.model.rowCount() == 1
            and page.aggregates.model.ref(0).aggregate_id == aggregate_id
        )
        page.aggregates.view.selectRow(0)
        self.shows(aggregate_id)

    def shows(self, aggregate_id: str, version: int | None = None) -> None:
        """Wait until the state and the event on show are this aggregate's, at this version."""
        self.until(
            lambda: self.page.current is not None
            and self.page.current.aggregate_id == aggregate_id
            and (version is None or self.page.current.version == version)
            and self.page.details.settled
            and not self.page.tasks.busy
        )

    def message(self, *parts: str) -> None:
        """Wait until the message on show has these parts."""

        def shown() -> str:
            page = self.window.page
            return self.window.start.messages.text if page is None else page.messages.text

        self.qtbot.waitUntil(lambda: all(part in shown() for part in parts), timeout=_PATIENCE)


@pytest.fixture
def driver(window: MainWindow, qtbot: QtBot) -> Driver:
    """Drives a window."""
    return Driver(window, qtbot)


@pytest.fixture
def at_demo(driver: Driver, demo: Path) -> Driver:
    """A window with the demo store open."""
    driver.open(demo)
    return driver
