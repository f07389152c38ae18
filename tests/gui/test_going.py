"""Back and forward in a real window, by menu, key, button and mouse."""

from __future__ import annotations

from pathlib import Path

from helpers_demo import own_demo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.links import Link, parse_link
from esviewer.model.instant import parse

ALT = Qt.KeyboardModifier.AltModifier


def test_back_and_forward_over_aggregates_rooms_and_jumps(at_demo, qtbot: QtBot) -> None:
    window, page = at_demo.window, at_demo.page
    going = window.going
    assert not going.back.isEnabled()
    at_demo.choose(PUZZLING_ORDER)
    assert not going.back.isEnabled()  # a store in which nothing was chosen is no place to come back to
    page.playhead.step_back()
    at_demo.shows(PUZZLING_ORDER, 15)
    assert not going.back.isEnabled()  # neither is each step
    page.machine.go_to(3)
    at_demo.shows(PUZZLING_ORDER, 3)
    window.enter("audit")
    qtbot.wait(10)
    window.rooms.show_aggregate((LONG_ACCOUNT, 12_345))
    at_demo.shows(LONG_ACCOUNT, 12_345)
    assert going.here.room is None

    window.activateWindow()
    at_demo.until(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Left, ALT)
    at_demo.until(lambda: window.rooms.current == "audit")
    going.go_back()
    at_demo.until(lambda: window.rooms.current == "history")
    at_demo.shows(PUZZLING_ORDER, 3)
    going.go_back()
    at_demo.shows(PUZZLING_ORDER, 15)
    assert not going.back.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Right, ALT)
    at_demo.shows(PUZZLING_ORDER, 3)
    going.go_forward()
    going.go_forward()
    at_demo.shows(LONG_ACCOUNT, 12_345)
    assert not going.forward.isEnabled()


def test_the_arrow_keys_with_alt_are_not_those_of_a_tree(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.machine.go_to(3)
    at_demo.shows(PUZZLING_ORDER, 3)
    at_demo.window.activateWindow()
    tree = at_demo.page.state.tree
    tree.setFocus()
    at_demo.until(tree.hasFocus)
    qtbot.keyClick(tree, Qt.Key.Key_Left, ALT)
    at_demo.shows(PUZZLING_ORDER, 16)


def test_buttons_and_the_mouse(at_demo, qtbot: QtBot) -> None:
    window = at_demo.window
    back, forward = [each for each in window.rooms.findChildren(QToolButton) if each.text() in ("←", "→")]
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.machine.go_to(3)
    at_demo.shows(PUZZLING_ORDER, 3)
    assert (back.isEnabled(), forward.isEnabled()) == (True, False)
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    at_demo.shows(PUZZLING_ORDER, 16)
    assert (back.isEnabled(), forward.isEnabled()) == (False, True)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.ForwardButton, pos=QPoint(300, 300))
    at_demo.shows(PUZZLING_ORDER, 3)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.BackButton, pos=QPoint(300, 300))
    at_demo.shows(PUZZLING_ORDER, 16)


def test_moments_and_followed_fields_come_back(at_demo, qtbot: QtBot) -> None:
    page, going = at_demo.page, at_demo.window.going
    at_demo.choose(PUZZLING_ORDER)
    page.fields.follow(("status",))
    page.state.tabs.setCurrentWidget(page.fields)
    page.show_as_of("2026-08-04T00:00:00+09:00")
    at_demo.shows(PUZZLING_ORDER, 11)
    there = going.here
    assert there == Link(there.store, PUZZLING_ORDER, 11, None, ("/status",), parse("2026-08-04T00:00:00+09:00"))
    assert parse_link(there.text()) == there
    page.clear_as_of()
    qtbot.wait(10)
    page.state.tabs.setCurrentWidget(page.state.tree)
    page.show_aggregate(LONG_ACCOUNT, 5)
    at_demo.shows(LONG_ACCOUNT, 5)
    page.fields.unfollow(("status",))
    going.go_back()
    going.go_back()
    at_demo.until(lambda: going.here == there)
    assert page.as_of == there.as_of
    at_demo.window.open_target(Link(there.store, LONG_ACCOUNT, 7).text())
    at_demo.shows(LONG_ACCOUNT, 7)
    assert page.as_of is None
    assert page.state.tabs.currentWidget() is page.state.tree
    at_demo.window.open_target(there.text())
    at_demo.until(lambda: going.here == there)
    going.go_back()
    at_demo.shows(LONG_ACCOUNT, 7)


def test_back_into_another_store_and_from_the_start_page(driver, demo: Path, tmp_path: Path) -> None:
    other = own_demo(tmp_path / "other.db")
    driver.open(demo)
    driver.choose(PUZZLING_ORDER)
    driver.open(other)
    driver.until(lambda: driver.page.session.store.label == str(other))
    driver.choose(LONG_ACCOUNT)
    window = driver.window
    window.going.go_back()
    driver.until(lambda: window.page is not None and window.page.session.store.label == str(demo))
    driver.shows(PUZZLING_ORDER, 16)
    window.going.go_forward()
    driver.until(lambda: window.page is not None and window.page.session.store.label == str(other))
    driver.shows(LONG_ACCOUNT)
    window.close_store()
    assert window.going.here is None
    assert not window.going.forward.isEnabled()
    window.going.go_back()
    driver.until(lambda: window.page is not None)
    driver.shows(LONG_ACCOUNT)
    assert not window.going.forward.isEnabled()


def test_a_version_of_what_is_on_show_is_gone_to_without_reading_it_again(at_demo) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page, view = at_demo.page, at_demo.page.view
    at_demo.window.rooms.show_aggregate((PUZZLING_ORDER, 3))
    at_demo.shows(PUZZLING_ORDER, 3)
    assert page.view is view
    assert at_demo.window.going.back.isEnabled()
    at_demo.window.rooms.show_aggregate((PUZZLING_ORDER, 999))
    at_demo.message("no version 999")
    page.rebuild()
    at_demo.until(lambda: page.view is not view)
    at_demo.shows(PUZZLING_ORDER)


def test_the_list_marks_what_is_shown_also_when_it_is_loaded_later(driver, demo: Path) -> None:
    page = driver.open(demo, aggregate="account-00031", at=7)
    driver.shows("account-00031", 7)
    panel = page.aggregates

    def marked() -> str | None:
        row = panel.view.currentIndex().row()
        return None if row < 0 else panel.model.ref(row).aggregate_id

    driver.until(lambda: marked() == "account-00031")
    panel.search.setText("account-0003")
    driver.until(lambda: panel.model.rowCount() == 10 and marked() == "account-00031")
    assert [index.row() for index in panel.view.selectionModel().selectedRows()] == [1]
    assert page.current.version == 7
