"""The manual opens at the right page, and leads on."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

import esviewer.gui
from esviewer.app import manual
from esviewer.gui.help.asked import PAGES, topic_of
from esviewer.gui.help.window import HelpWindow
from esviewer.gui.main_window import MainWindow
from esviewer.gui.theme import Theme


@pytest.fixture
def manual_window(qapp, qtbot: QtBot) -> HelpWindow:
    window = HelpWindow(Theme(qapp))
    qtbot.addWidget(window)
    return window


def test_it_opens_at_what_is_looked_at(at_demo, qtbot: QtBot) -> None:
    window: MainWindow = at_demo.window
    window.activateWindow()
    at_demo.until(window.isActiveWindow)
    for name, topic in (("audit", "audit"), ("projections", "projections"), ("flow", "causes")):
        room = window.rooms.enter(name)
        assert topic_of(room) == topic
    window.rooms.tabs.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.manual.topic == "getting-started"
    window.rooms.enter("history")
    window.page.state.setFocus()
    assert topic_of(window.page.state.compare) == "time-machine"
    window.help.show_keys()
    at_demo.until(window.help.keys.isActiveWindow)
    qtbot.keyClick(window.help.keys, Qt.Key.Key_F1)
    assert window.help.manual.topic == "window"
    opened = window.help.manual
    window.close()
    assert not opened.isVisible()


def test_every_dialog_has_a_page() -> None:
    without = set()
    for found in pkgutil.walk_packages(esviewer.gui.__path__, "esviewer.gui."):
        module = importlib.import_module(found.name)
        dialogs = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, QDialog)]
        if any(each.__module__ == found.name for each in dialogs):
            place = found.name.removeprefix("esviewer.gui.").partition(".")[0]
            without |= set() if place in PAGES else {found.name}
    assert not without


def test_links_and_the_way_back(manual_window: HelpWindow) -> None:
    manual_window.show_topic("getting-started")
    assert not manual_window.back.isEnabled()
    manual_window.browser.anchorClicked.emit(QUrl("stores.md"))
    assert manual_window.topic == "stores"
    assert manual_window.topics.currentItem().text() == manual.page("stores").title
    manual_window.topics.setCurrentRow(manual.TOPICS.index("audit"))
    assert manual_window.topic == "audit"
    manual_window.go_back()
    manual_window.go_back()
    assert manual_window.topic == "getting-started"
    assert not manual_window.back.isEnabled()


def test_search(manual_window: HelpWindow) -> None:
    manual_window.show_topic("window")
    manual_window.field.setText("merkle")
    assert [manual_window.topics.item(row).text() for row in range(manual_window.topics.count())] == [
        manual.page("evidence").title
    ]
    manual_window.topics.setCurrentRow(0)
    assert manual_window.browser.textCursor().selectedText().casefold() == "merkle"
    manual_window.field.setText("no such words anywhere")
    assert manual_window.nothing.isVisible()
    assert manual_window.topics.count() == 0
    manual_window.field.clear()
    assert manual_window.topics.count() == len(manual.TOPICS)


@pytest.mark.parametrize("topic", manual.TOPICS)
def test_pages_are_laid_out(manual_window: HelpWindow, topic: str) -> None:
    manual_window.resize(960, 640)
    manual_window.show_topic(topic)
    text = manual_window.browser.toPlainText()
    assert "```" not in text
    assert "\\|" not in text
    assert "](" not in text
    assert manual_window.browser.horizontalScrollBar().maximum() == 0
    cursor = manual_window.browser.textCursor()
    assert cursor.position() == 0
    cursor.movePosition(QTextCursor.MoveOperation.End)
    assert cursor.position() > 300
