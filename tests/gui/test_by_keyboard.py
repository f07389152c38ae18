"""Every page is walked by keys alone: those of menus lead to it, Tab to all in it, and nothing holds Tab back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui.main_window import MainWindow
from esviewer.gui.store_rooms import titles

MOST = 200
"""Widgets of a page that take the focus, at most: beyond that the walk goes round somewhere."""


def name_of(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName() or widget.property('text')}"


def operable(window: QWidget) -> set[QWidget]:
    """What is in sight and takes the focus when somebody tabs to it."""
    return {
        each
        for each in window.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None and each.window() is window
    }  # fmt: skip


def walked(window: QWidget, key: Qt.Key) -> list[QWidget]:
    """What a key leads to, one after the other, until it is where it began."""
    found: list[QWidget] = []
    here = window.focusWidget()
    while here is not None and here not in found:
        found.append(here)
        assert len(found) < MOST
        QTest.keyClick(here, key, Qt.KeyboardModifier.ShiftModifier if key == Qt.Key.Key_Backtab else Qt.NoModifier)
        after = window.focusWidget()
        assert after is not here, f"{name_of(here)} holds the focus"
        here = after
    return found


def press(window: QWidget, keys: str) -> None:
    combination = QKeySequence(keys)[0]
    QTest.keyClick(window.focusWidget() or window, combination.key(), combination.keyboardModifiers())


def all_is_reached(window: QWidget) -> None:
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        missed = operable(window) - set(walked(window, key))
        assert sorted(map(name_of, missed)) == [], key


def test_the_start_page(window: MainWindow, qapp: QApplication) -> None:
    window.activateWindow()
    window.start.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    all_is_reached(window)


@pytest.mark.parametrize("number", range(1, len(titles()) + 1))
def test_a_page_of_a_store(driver, demo: Path, number: int, qtbot: QtBot, qapp: QApplication) -> None:
    driver.open(demo)
    driver.choose(PUZZLING_ORDER)
    window = driver.window
    window.activateWindow()
    press(window, f"Ctrl+{number % len(titles()) + 1}")  # from another page to this one
    press(window, f"Ctrl+{number}")
    assert window.rooms.current == list(titles())[number - 1]
    qtbot.waitUntil(lambda: not driver.page.tasks.busy and not driver.page.aside.tasks.busy)
    if window.focusWidget() is None:
        QTest.keyClick(window, Qt.Key.Key_Tab)
    all_is_reached(window)
