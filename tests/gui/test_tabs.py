"""Tabs of the time machine in a real window, by menu, key and mouse."""

from __future__ import annotations

from pathlib import Path

from helpers_demo import own_demo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.keys_sheet import Key, keys_of
from esviewer.gui.keys_within import keys_within

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
OTHER = "order-00001"


def names(driver) -> list[str]:
    strip = driver.window.tabs.strip
    return [strip.tabText(index) for index in range(strip.count())]


def front(driver) -> int:
    return driver.window.tabs.strip.currentIndex()


def active(driver) -> None:
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)


def place_of(driver, aggregate_id: str) -> QPoint:
    panel = driver.page.aggregates
    panel.search.setText("")
    driver.until(lambda: panel.model.row_of(aggregate_id) is not None)
    index = panel.model.index(panel.model.row_of(aggregate_id), 0)
    panel.view.scrollTo(index)
    return panel.view.visualRect(index).center()


def middle_of(driver, index: int) -> QPoint:
    return driver.window.tabs.strip.tabRect(index).center()


def open_two(driver) -> None:
    """The order at version 11 with its comparison at the front, and the account in a tab of its own."""
    driver.choose(PUZZLING_ORDER)
    driver.page.machine.go_to(11)
    driver.shows(PUZZLING_ORDER, 11)
    driver.page.state.tabs.setCurrentWidget(driver.page.state.compare)
    driver.window.tabs.open(LONG_ACCOUNT)
    driver.shows(LONG_ACCOUNT)


def test_with_one_aggregate_there_is_no_strip(at_demo) -> None:
    window = at_demo.window
    tabs = window.tabs
    assert not tabs.strip.isVisible()
    assert not tabs.new.isEnabled()
    for aggregate in (PUZZLING_ORDER, LONG_ACCOUNT):
        at_demo.choose(aggregate)
        assert not tabs.strip.isVisible()
        assert names(at_demo) == [aggregate]
    assert tabs.new.isEnabled()
    assert not any(each.isEnabled() for each in (tabs.close, tabs.next, tabs.previous, tabs.again))
    assert window.close_action.shortcut().toString() == "Ctrl+W"


def test_a_new_tab_takes_the_next_choice_and_the_other_comes_back_as_it_was(at_demo, qtbot: QtBot) -> None:
    page, tabs = at_demo.page, at_demo.window.tabs
    at_demo.choose(PUZZLING_ORDER)
    page.machine.go_to(11)
    at_demo.shows(PUZZLING_ORDER, 11)
    page.state.tabs.setCurrentWidget(page.state.compare)
    active(at_demo)
    qtbot.keyClick(at_demo.window, Qt.Key.Key_N, CONTROL)
    assert names(at_demo) == [PUZZLING_ORDER, PUZZLING_ORDER]
    assert front(at_demo) == 1
    assert tabs.strip.isVisible()
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.choose(LONG_ACCOUNT)
    assert names(at_demo) == [PUZZLING_ORDER, LONG_ACCOUNT]
    page.machine.go_to(12_345)
    at_demo.shows(LONG_ACCOUNT, 12_345)
    page.state.tabs.setCurrentWidget(page.state.tree)

    qtbot.mouseClick(tabs.strip, Qt.MouseButton.LeftButton, pos=middle_of(at_demo, 0))
    at_demo.shows(PUZZLING_ORDER, 11)
    assert page.state.tabs.currentWidget() is page.state.compare
    assert page.aggregates.model.row_of(PUZZLING_ORDER) is None  # the list stays as it was searched
    for key, modifiers, aggregate, version in (
        (Qt.Key.Key_Tab, CONTROL, LONG_ACCOUNT, 12_345),
        (Qt.Key.Key_Tab, CONTROL, PUZZLING_ORDER, 11),
        (Qt.Key.Key_Backtab, CONTROL | SHIFT, LONG_ACCOUNT, 12_345),
        (Qt.Key.Key_PageUp, CONTROL, PUZZLING_ORDER, 11),
        (Qt.Key.Key_PageDown, CONTROL, LONG_ACCOUNT, 12_345),
    ):
        qtbot.keyClick(page.events, key, modifiers)
        at_demo.shows(aggregate, version)
    assert page.state.tabs.currentWidget() is page.state.tree


def test_two_versions_of_one_aggregate_are_switched_without_reading_it_again(at_demo) -> None:
    tabs = at_demo.window.tabs
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.machine.go_to(3)
    at_demo.shows(PUZZLING_ORDER, 3)
    view = at_demo.page.view
    tabs.new.trigger()
    at_demo.page.machine.go_to(11)
    at_demo.shows(PUZZLING_ORDER, 11)
    tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 3)
    tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 11)
    assert at_demo.page.view is view


def test_the_list_opens_tabs_by_menu_mouse_and_key(at_demo, qtbot: QtBot) -> None:
    page = at_demo.page
    view = page.aggregates.view
    place = place_of(at_demo, OTHER)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CONTROL, place)
    at_demo.shows(OTHER)
    assert names(at_demo) == [OTHER]  # where there is no tab yet, it is the first
    place = place_of(at_demo, "order-00002")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CONTROL, place)
    at_demo.shows("order-00002")
    assert names(at_demo) == [OTHER, "order-00002"]
    assert view.currentIndex().row() == page.aggregates.model.row_of("order-00002")
    place = place_of(at_demo, "order-00003")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.MiddleButton, pos=place)
    at_demo.shows("order-00003")
    menu = page.aggregates.menu(page.aggregates.model.index(page.aggregates.model.row_of("order-00004"), 0))
    next(each for each in menu.actions() if each.text() == "Open in a new tab").trigger()
    menu.close()
    at_demo.shows("order-00004")
    assert names(at_demo) == [OTHER, "order-00002", "order-00003", "order-00004"]
    qtbot.keyClick(view, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    at_demo.shows("order-00005")
    assert names(at_demo) == [OTHER, "order-00002", "order-00003", "order-00004", "order-00005"]


def test_closing_and_reopening(at_demo, qtbot: QtBot) -> None:
    window, tabs, page = at_demo.window, at_demo.window.tabs, at_demo.page
    open_two(at_demo)
    tabs.open(OTHER)
    at_demo.shows(OTHER)
    active(at_demo)
    qtbot.mouseClick(tabs.strip, Qt.MouseButton.MiddleButton, pos=middle_of(at_demo, 0))
    assert names(at_demo) == [LONG_ACCOUNT, OTHER]
    at_demo.shows(OTHER)
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    at_demo.shows(LONG_ACCOUNT)
    assert names(at_demo) == [LONG_ACCOUNT]
    assert not tabs.strip.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL | SHIFT)
    at_demo.shows(OTHER)
    assert names(at_demo) == [LONG_ACCOUNT, OTHER]
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL | SHIFT)
    at_demo.shows(PUZZLING_ORDER, 11)
    assert names(at_demo) == [PUZZLING_ORDER, LONG_ACCOUNT, OTHER]
    assert page.state.tabs.currentWidget() is page.state.compare
    assert not tabs.again.isEnabled()
    button = tabs.strip.tabButton(1, QTabBar.ButtonPosition.RightSide)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert names(at_demo) == [PUZZLING_ORDER, OTHER]
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    at_demo.shows(OTHER)
    assert window.page is page
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)  # with one aggregate open it closes the store, as ever
    assert window.page is None
    assert not any(each.isEnabled() for each in (tabs.new, tabs.close, tabs.again, tabs.next, tabs.previous))


def test_tabs_are_dragged_to_another_place(at_demo) -> None:
    strip = at_demo.window.tabs.strip
    open_two(at_demo)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=middle_of(at_demo, 1))
    end = middle_of(at_demo, 0) - QPoint(strip.tabRect(0).width() // 3, 0)
    for step in range(1, 11):
        QTest.mouseMove(strip, middle_of(at_demo, 1) + (end - middle_of(at_demo, 1)) * (step / 10))
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=end)
    assert names(at_demo) == [LONG_ACCOUNT, PUZZLING_ORDER]
    at_demo.shows(LONG_ACCOUNT)
    at_demo.window.tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 11)


def test_back_leads_to_the_tab_of_the_place(at_demo) -> None:
    going = at_demo.window.going
    open_two(at_demo)
    going.go_back()
    at_demo.shows(PUZZLING_ORDER, 11)
    assert (names(at_demo), front(at_demo)) == ([PUZZLING_ORDER, LONG_ACCOUNT], 0)
    going.go_forward()
    at_demo.shows(LONG_ACCOUNT)
    assert (names(at_demo), front(at_demo)) == ([PUZZLING_ORDER, LONG_ACCOUNT], 1)
    at_demo.window.rooms.show_aggregate((OTHER, None))
    at_demo.shows(OTHER)
    assert names(at_demo) == [PUZZLING_ORDER, OTHER]
    going.go_back()  # no tab is left for it
    at_demo.shows(LONG_ACCOUNT)
    assert names(at_demo) == [PUZZLING_ORDER, LONG_ACCOUNT]


def test_followed_fields_and_the_moment(at_demo) -> None:
    page, tabs = at_demo.page, at_demo.window.tabs
    at_demo.choose(PUZZLING_ORDER)
    page.fields.follow(("status",))
    page.state.tabs.setCurrentWidget(page.fields)
    at_demo.until(lambda: page.follows_fields)
    tabs.open(LONG_ACCOUNT, 5)
    at_demo.shows(LONG_ACCOUNT, 5)
    page.fields.unfollow(("status",))
    page.state.tabs.setCurrentWidget(page.state.tree)
    tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 16)
    at_demo.until(lambda: page.fields.paths == [("status",)])
    assert page.follows_fields
    # The moment is the whole window's, and so holds for the other tabs too.
    page.show_as_of("2026-08-04T00:00:00+09:00")
    at_demo.shows(PUZZLING_ORDER, 11)
    tabs.next.trigger()
    at_demo.until(lambda: page.aggregate_id == LONG_ACCOUNT and page.current is not None and not page.tasks.busy)
    assert page.current.version == page.view.as_of(page.as_of).version != 5
    tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 11)


def test_only_what_is_in_sight_is_closed(at_demo) -> None:
    window, tabs = at_demo.window, at_demo.window.tabs
    open_two(at_demo)
    assert (tabs.close.shortcut().toString(), window.close_action.shortcut().toString()) == ("Ctrl+W", "Ctrl+Shift+W")
    keys = {each.what: each.keys for each in keys_of(window)}
    assert keys["Next tab"] == "Ctrl+Tab  Ctrl+PgDown"
    within = {Key(*each) for each in keys_within()}
    told = [key for each in keys_of(window) if each not in within for key in each.keys.split("  ")]
    assert len(told) == len(set(told))
    window.enter("audit")
    assert not any(each.isEnabled() for each in (tabs.new, tabs.close, tabs.next, tabs.previous))
    assert window.close_action.shortcut().toString() == "Ctrl+W"
    window.enter("history")
    assert tabs.close.isEnabled()


def test_another_store_begins_without_tabs(driver, demo: Path, tmp_path: Path) -> None:
    driver.open(demo)
    open_two(driver)
    other = own_demo(tmp_path / "other.db")
    driver.open(other)
    driver.until(lambda: driver.page.session.store.label == str(other))
    assert names(driver) == []
    driver.choose(OTHER)
    assert names(driver) == [OTHER]
    assert not driver.window.tabs.again.isEnabled()


def test_names_are_told_in_whole(at_demo) -> None:
    tabs = at_demo.window.tabs
    strip = tabs.strip
    open_two(at_demo)
    long = "order-" + "of-many-parts-" * 12 + "R&D"
    tabs.open(long)
    at_demo.until(lambda: not at_demo.page.tasks.busy)
    assert strip.tabRect(2).width() < strip.fontMetrics().horizontalAdvance(long) / 2
    assert strip.tabToolTip(2) == long
    assert strip.tabText(2).endswith("R&&D")  # one of them shows
    told = QAccessible.queryAccessibleInterface(strip)
    assert strip.accessibleName() == "Open aggregates"
    assert long in {told.child(index).text(QAccessible.Text.Name) for index in range(told.childCount())}
    tabs.next.trigger()
    at_demo.shows(PUZZLING_ORDER, 11)
    assert at_demo.page.title.full.startswith(PUZZLING_ORDER)


# Kept while the store is closed


def closed_and_opened(driver, target: Path, **options: object) -> None:
    driver.window.close_store()
    driver.open(target, **options)
    driver.until(lambda: not driver.window.tabs._to_come)


def test_a_store_is_opened_again_with_the_tabs_it_was_left_with(at_demo, demo: Path, new_window, qtbot: QtBot) -> None:
    open_two(at_demo)
    tabs = at_demo.window.tabs
    tabs.open(OTHER)
    at_demo.shows(OTHER)
    qtbot.mouseClick(tabs.strip, Qt.MouseButton.LeftButton, pos=middle_of(at_demo, 0))
    at_demo.shows(PUZZLING_ORDER, 11)
    expected = names(at_demo)
    closed_and_opened(at_demo, demo)
    at_demo.shows(PUZZLING_ORDER, 11)
    assert names(at_demo) == expected
    assert front(at_demo) == 0
    assert at_demo.page.state.tabs.currentWidget() is at_demo.page.state.compare
    at_demo.window.tabs.next.trigger()
    at_demo.shows(expected[1])
    at_demo.window.tabs.close.trigger()
    at_demo.shows(expected[2])
    at_demo.window.close()

    # In another window, which is another start of the program.
    at_demo.window = new_window()
    at_demo.open(demo)
    at_demo.shows(expected[2])
    assert names(at_demo) == [expected[0], expected[2]]
    assert front(at_demo) == 1


def test_who_follows_a_link_sees_its_place_beside_the_kept_tabs(at_demo, demo: Path) -> None:
    open_two(at_demo)
    closed_and_opened(at_demo, demo, aggregate=OTHER, at=2)
    at_demo.shows(OTHER, 2)
    assert sorted(names(at_demo)) == sorted([OTHER, PUZZLING_ORDER, LONG_ACCOUNT])
    closed_and_opened(at_demo, demo, aggregate=PUZZLING_ORDER, at=3)
    at_demo.shows(PUZZLING_ORDER, 3)
    assert sorted(names(at_demo)) == sorted([OTHER, PUZZLING_ORDER, LONG_ACCOUNT])


def test_tabs_of_aggregates_that_are_gone_are_left_out(driver, tmp_path: Path) -> None:
    store = own_demo(tmp_path / "store.db")
    driver.open(store)
    driver.choose(OTHER)
    driver.window.tabs.open(PUZZLING_ORDER)
    driver.shows(PUZZLING_ORDER)
    driver.window.close_store()
    kept = driver.window.settings.get("tabs")
    [(target, entries)] = kept.items()
    entries.insert(0, {"link": entries[0]["link"].replace(OTHER, "gone-1"), "panel": 2, "front": True})
    entries.append({"link": entries[1]["link"].replace("version=", "version=9"), "panel": 99, "front": False})
    driver.window.settings.put("tabs", {target: [*entries, "nonsense"]})
    driver.open(store)
    driver.shows(PUZZLING_ORDER)
    assert names(driver) == [OTHER, PUZZLING_ORDER, OTHER]
    assert not driver.page.messages.isVisible()


def test_an_id_that_is_masked_is_not_kept(driver, tmp_path: Path) -> None:
    store = own_demo(tmp_path / "store.db")
    store.with_name("store.db.masking.toml").write_text('aggregate_ids = ["order"]\n', encoding="utf-8")
    driver.open(store)
    driver.page.show_aggregate(OTHER)
    driver.shows(OTHER)
    driver.window.tabs.open(LONG_ACCOUNT)
    driver.shows(LONG_ACCOUNT)
    assert names(driver)[1] == LONG_ACCOUNT
    assert OTHER not in names(driver)[0]
    driver.window.close_store()
    kept = driver.window.settings.file.read_text(encoding="utf-8")
    assert LONG_ACCOUNT in kept
    assert OTHER not in kept
    driver.open(store)
    driver.shows(LONG_ACCOUNT)
    assert names(driver) == [LONG_ACCOUNT]
