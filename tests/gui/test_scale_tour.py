"""The tour of a large store, on a small one: every step gets there, and no read runs on the GUI thread."""

from __future__ import annotations

import importlib.util
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers_tour import Tour
from helpers_watchdog import Watchdog
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.app.session import open_session
from esviewer.gui.main_window import MainWindow
from esviewer.stores.databases.sqlite import SqliteDatabase

MAKER = Path(__file__).parents[1] / "benchmarks" / "make_large.py"


@pytest.fixture
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_large", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def large(maker: ModuleType, tmp_path: Path) -> Path:
    """A store like the large one, of 13,000 events."""
    file = tmp_path / "large.db"
    maker.make(file, 13_000, 300, 11_000)
    return file


def test_the_store_is_what_it_is_said_to_be(maker: ModuleType, large: Path) -> None:
    session = open_session(str(large))
    info = session.store.info(exact=True)
    assert (info.aggregates, info.snapshots) == (300, 1)
    assert info.events == 11_000 + 299 * (2_000 // 299)
    assert session.store.summary(maker.LONGEST).events == 11_000
    view = session.view(maker.LONGEST)
    view.compare_snapshots()
    assert view.snapshot_agrees == {maker.SNAPSHOT_EVERY: True}
    session.close()


def test_the_tour(
    window: MainWindow, qapp: QApplication, large: Path, monkeypatch: pytest.MonkeyPatch, watchdog: Watchdog
) -> None:
    here = threading.get_ident()
    read = SqliteDatabase.read
    elsewhere = 0
    on_the_gui_thread: list[str] = []

    def watched(self: SqliteDatabase, *arguments: Any, **options: Any) -> Any:
        nonlocal elsewhere
        if threading.get_ident() == here:
            on_the_gui_thread.append(watchdog.step)
        else:
            elsewhere += 1
        return read(self, *arguments, **options)

    monkeypatch.setattr(SqliteDatabase, "read", watched)
    steps = [step.name for step in Tour(qapp, window, watchdog, patience=60, every=20).walk(large)]
    assert len(steps) == 27
    assert on_the_gui_thread == []
    assert elsewhere > 20
    assert set(steps) <= set(watchdog.longest)


def slow_turn() -> None:
    time.sleep(0.4)


def test_the_watchdog_tells_what_held_the_window_up(window: MainWindow, qtbot: QtBot) -> None:
    with Watchdog() as dog:
        dog.begin("wait")
        QTimer.singleShot(0, slow_turn)
        qtbot.wait(600)
    assert any(
        stall.step == "wait" and stall.seconds > 0.3 and any("slow_turn" in stack for stack in stall.stacks)
        for stall in dog.stalls
    )
    assert "slow_turn" in dog.report()


def test_work_elsewhere_is_no_stall_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    with Watchdog() as dog:
        worker = threading.Thread(target=slow_turn)
        worker.start()
        qtbot.waitUntil(lambda: not worker.is_alive())
    assert not any("slow_turn" in stack for stall in dog.stalls for stack in stall.stacks)
