"""Quick open, by the keyboard alone, in a real window."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.quick_open import Kind
from esviewer.errors import StoreError
from esviewer.gui.quick_open.dialog import QuickOpen


class Quick:
    """Opens it, types and chooses."""

    def __init__(self, driver, qtbot: QtBot) -> None:
        self.driver = driver
        self.qtbot = qtbot

    @property
    def dialog(self) -> QuickOpen:
        dialog = self.driver.window.quick.dialog
        assert dialog is not None
        return dialog

    def open(self) -> QuickOpen:
        # What a window manager does when a dialog is closed.
        self.driver.window.activateWindow()
        self.driver.until(self.driver.window.isActiveWindow)
        self.qtbot.keyClick(self.driver.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        self.driver.until(lambda: self.driver.window.quick.dialog is not None)
        assert self.dialog.focusWidget() is self.dialog.field
        return self.dialog

    def type(self, text: str) -> None:
        self.dialog.field.clear()
        if text.isascii():
            self.qtbot.keyClicks(self.dialog.field, text)
        else:
            self.dialog.field.insert(text)  # as an input method does

    def key(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.dialog.field, key)

    def settled(self) -> None:
        self.driver.until(lambda: "…" not in self.dialog.said.text())

    @property
    def texts(self) -> list[str]:
        return [offer.text for offer in self.dialog.model.offers]

    def line(self, row: int) -> list[str]:
        model = self.dialog.model
        return [model.index(row, column).data() for column in range(model.columnCount())]

    def go(self, text: str) -> None:
        """Type, and choose what is first once all is there."""
        self.open()
        self.type(text)
        self.settled()
        self.key(Qt.Key.Key_Return)
        self.driver.until(lambda: self.driver.window.quick.dialog is None)


@pytest.fixture
def quick(driver, qtbot: QtBot) -> Quick:
    return Quick(driver, qtbot)


def test_an_aggregate_at_a_version(at_demo, quick: Quick) -> None:
    at_demo.window.enter("schema")
    quick.go(f"{PUZZLING_ORDER}@11")
    at_demo.shows(PUZZLING_ORDER, 11)
    assert at_demo.window.rooms.current == "history"
    quick.go(PUZZLING_ORDER)
    at_demo.shows(PUZZLING_ORDER, int(at_demo.page.view.versions[-1]))
    quick.go(f"{PUZZLING_ORDER}@9999")
    at_demo.message("no version 9999")


def test_enter_waits_for_what_is_looked_for(at_demo, quick: Quick) -> None:
    gate = threading.Event()
    at_demo.until(lambda: not at_demo.page.tasks.busy)
    at_demo.page.tasks.run(lambda _: gate.wait(20))
    dialog = quick.open()
    quick.type(PUZZLING_ORDER)
    assert dialog.said.text().startswith("Looking for aggregates …")
    quick.key(Qt.Key.Key_Return)
    assert quick.dialog is dialog
    gate.set()
    at_demo.shows(PUZZLING_ORDER)
    assert at_demo.window.quick.dialog is None


def test_parts_of_ids_are_found_after_those_that_begin_so(at_demo, quick: Quick) -> None:
    quick.open()
    quick.type("0004")
    quick.settled()
    kinds = [offer.kind for offer in quick.dialog.model.offers]
    assert kinds.count(Kind.AGGREGATE) == 33
    assert quick.line(0)[2] == "Aggregate"
    quick.type("order")
    quick.settled()
    assert "type more of the id" in quick.dialog.said.text()
    assert quick.texts[0] == "order-00001"
    assert quick.line(0)[:3] == ["order-00001", "order", "Aggregate"]


def test_the_latest_typed_wins(at_demo, quick: Quick) -> None:
    quick.open()
    for text in ("account-0", "order-00", "customer", PUZZLING_ORDER):
        quick.type(text)
    quick.settled()
    found = [offer.text for offer in quick.dialog.model.offers if offer.kind is Kind.AGGREGATE]
    assert found == [PUZZLING_ORDER]


def test_commands_say_their_key_and_whether_they_are_there(driver, quick: Quick) -> None:
    quick.open()
    quick.type("export rep")
    assert quick.line(0) == ["Export report …", "File · not available now", "Command", "Ctrl+E"]
    model = quick.dialog.model
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "not available now" in model.spoken(0)
    quick.key(Qt.Key.Key_Return)
    assert quick.dialog.isVisible()
    quick.type("edit rules")
    assert quick.line(0) == ["Edit rules …", "Reducers", "Command", "Ctrl+R"]
    quick.key(Qt.Key.Key_Return)
    driver.until(lambda: driver.window.rules is not None and driver.window.rules.isVisible())
    assert driver.window.quick.dialog is None


def test_commands_of_menus_in_menus(driver, quick: Quick, settings) -> None:
    quick.go("日本語")
    driver.until(lambda: settings.get("language") == "ja")


def test_rooms(at_demo, quick: Quick) -> None:
    quick.open()
    quick.type("audit")
    assert quick.line(0) == ["Audit", "Store", "Room", "Ctrl+5"]
    quick.key(Qt.Key.Key_Return)
    at_demo.until(lambda: at_demo.window.rooms.current == "audit")


def test_a_date_is_gone_to_or_looked_at_as_of(at_demo, quick: Quick) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    instant = page.view.instant(4)
    quick.open()
    quick.type(instant.isoformat())
    assert quick.texts[:2] == [f"Go to {instant}", f"Everything as of {instant}"]
    quick.key(Qt.Key.Key_Return)
    at_demo.shows(PUZZLING_ORDER, int(page.view.versions[4]))
    assert page.as_of is None
    quick.open()
    quick.type(instant.isoformat())
    quick.key(Qt.Key.Key_Down)
    quick.key(Qt.Key.Key_Return)
    at_demo.until(lambda: page.as_of == instant)
    quick.open()
    quick.type("2026-01-02")
    assert quick.line(0)[1] == "this machine's zone"


def test_a_date_without_a_store_is_nothing_to_go_to(driver, quick: Quick) -> None:
    quick.open()
    quick.type("2026-01-02")
    quick.settled()
    assert quick.texts == []
    assert quick.dialog.said.text() == "Nothing fits what is typed."
    quick.key(Qt.Key.Key_Return)
    assert quick.dialog.isVisible()


def test_the_next_event_of_a_type(at_demo, quick: Quick) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    kind = page.view.type_at(0)
    quick.go(kind)
    at_demo.shows(PUZZLING_ORDER, int(page.view.versions[0]))
    assert "this is the first" in page.messages.text
    last = page.view.type_at(len(page.view) - 1)
    row = page.view.next_of_type(last, 0)
    quick.go(last)
    at_demo.shows(PUZZLING_ORDER, int(page.view.versions[row]))


def test_stores_opened_before_and_saved_ones(driver, quick: Quick, demo: Path) -> None:
    Connections().add(SavedConnection("Shop, test", str(demo), group="test"))
    driver.open(demo)
    driver.window.close_store()
    quick.open()
    quick.type(demo.name)
    quick.settled()
    assert quick.line(0)[2] == "Recent store"
    quick.type("shop")
    quick.settled()
    assert quick.line(0)[:3] == ["Shop, test", f"test · {demo}", "Connection"]
    quick.key(Qt.Key.Key_Return)
    driver.until(lambda: driver.window.page is not None)
    assert driver.window.badge.text() == "Shop, test"
    quick.open()
    quick.type("shop, test")
    quick.settled()
    assert quick.texts.count("Shop, test") == 1


def test_connections_that_cannot_be_read_are_said(driver, quick: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Connections) -> list[SavedConnection]:
        raise StoreError("The saved connections can't be read: no permission.")

    monkeypatch.setattr(Connections, "all", broken)
    quick.open()
    driver.until(lambda: "no permission" in quick.dialog.said.text())


def test_keys(at_demo, quick: Quick) -> None:
    dialog = quick.open()
    quick.settled()
    quick.type("e")
    quick.settled()
    enabled = [row for row, offer in enumerate(dialog.model.offers) if offer.enabled]

    def row() -> int:
        return dialog.view.currentIndex().row()

    assert row() == enabled[0]
    quick.key(Qt.Key.Key_Down)
    assert row() == enabled[1]
    assert dialog.field.accessibleDescription() == dialog.model.spoken(enabled[1])
    quick.key(Qt.Key.Key_Up)
    quick.key(Qt.Key.Key_Up)
    assert row() == enabled[-1]
    quick.key(Qt.Key.Key_PageUp)
    assert row() == enabled[-11]
    quick.key(Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.field
    quick.key(Qt.Key.Key_Escape)
    assert at_demo.window.quick.dialog is None


def test_the_key_works_where_text_is_typed(at_demo, quick: Quick, qtbot: QtBot) -> None:
    field: QLineEdit = at_demo.page.aggregates.search
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    at_demo.until(lambda: at_demo.window.quick.dialog is not None)


def test_names_for_screen_readers(driver, quick: Quick) -> None:
    dialog = quick.open()
    assert dialog.windowTitle() == "Quick open"
    assert (dialog.field.accessibleName(), dialog.view.accessibleName()) == ("Where to go", "What fits")
    index = dialog.model.index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == dialog.model.spoken(0)


def test_it_is_closed_with_the_store(at_demo, quick: Quick) -> None:
    quick.open()
    quick.type("order")
    at_demo.window.close_store()
    assert at_demo.window.quick.dialog is None
