"""Links to places are copied and followed in a real window."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.links import ROOMS, Link, parse_link
from esviewer.app.quick_open import Kind
from esviewer.gui.store_rooms import titles


def copied() -> str:
    return QGuiApplication.clipboard().text()


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_links_know_the_rooms() -> None:
    assert list(titles()) == list(ROOMS)


def test_the_place_on_show_is_copied(at_demo, demo: Path, qtbot: QtBot) -> None:
    window = at_demo.window
    window.activateWindow()
    at_demo.until(window.isActiveWindow)
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_C, shift)
    assert parse_link(copied()) == Link(str(demo.resolve()))
    at_demo.page.show_aggregate(PUZZLING_ORDER, 11)
    at_demo.shows(PUZZLING_ORDER, 11)
    qtbot.keyClick(window, Qt.Key.Key_C, shift)
    assert parse_link(copied()) == Link(str(demo.resolve()), PUZZLING_ORDER, 11)
    assert copied() in at_demo.page.messages.text
    choose(window.history, "Copy as co&mmand")
    assert shlex.split(copied()) == [
        "esviewer", "open", str(demo.resolve()), "--aggregate", PUZZLING_ORDER, "--at", "11",
    ]  # fmt: skip
    window.enter("audit")
    choose(window.history, "Copy &link")
    assert parse_link(copied()) == Link(str(demo.resolve()), PUZZLING_ORDER, 11, "audit")


def test_menus_of_aggregates_and_events(at_demo, demo: Path) -> None:
    page = at_demo.page
    at_demo.choose(PUZZLING_ORDER)
    choose(page.aggregates.menu(page.aggregates.model.index(0, 0)), "Copy link")
    assert parse_link(copied()) == Link(str(demo.resolve()), PUZZLING_ORDER)
    choose(page.events.menu(page.events.shown.index(4, 0)), "Copy link")
    assert parse_link(copied()) == Link(str(demo.resolve()), PUZZLING_ORDER, int(page.view.versions[4]))
    choose(page.events.menu(page.events.shown.index(4, 0)), "Copy as command")
    assert shlex.split(copied())[-2:] == ["--at", str(page.view.versions[4])]


@pytest.mark.parametrize("quickly", [True, False])
def test_a_link_leads_to_its_place(driver, demo: Path, quickly: bool) -> None:
    text = Link(str(demo.resolve()), PUZZLING_ORDER, 11, "schema").text()
    for _ in range(2):  # the second time the store is open
        if quickly:
            driver.window.show_quick_open()
            dialog = driver.window.quick.dialog
            dialog.field.setText(text)
            assert [(offer.kind, offer.detail) for offer in dialog.model.offers] == [(Kind.LINK, str(demo.resolve()))]
            dialog.field.returnPressed.emit()
        else:
            driver.window.open_target(text)
        driver.until(lambda: driver.window.rooms is not None)
        before = driver.page
        driver.shows(PUZZLING_ORDER, 11)
        driver.until(lambda: driver.window.rooms.current == "schema")
        driver.window.enter("history")
        driver.page.playhead.to_last()
    assert driver.page is before


def test_a_connection_is_linked_by_its_name(driver, demo: Path) -> None:
    Connections().add(SavedConnection("Shop, live", str(demo)))
    driver.open("Shop, live")
    choose(driver.window.history, "Copy &link")
    assert copied() == "esviewer://open?store=Shop%2C%20live"
    driver.window.close_store()
    driver.window.open_target(copied())
    driver.until(lambda: driver.window.page is not None)
    assert driver.window.badge.text() == "Shop, live"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("esviewer://open?store=postgresql://me:geheim@db/shop", "password"),
        ("esviewer://open?store=postgresql://me@evil.invalid/shop", "not opened here lately"),
        ("esviewer://open?store=/no/such/file.db", "not there"),
        ("esviewer://open?store=nobody", "saved connection"),
        ("esviewer://open?store=/a.db&reducers=x", "none of store"),
        ("esviewer:" + "x" * 1_000_000, "longer than"),
    ],
)
def test_wrong_links_are_said_and_leave_what_is_open(at_demo, text: str, why: str) -> None:
    page = at_demo.page
    at_demo.window.open_target(text)
    at_demo.message(why)
    assert "geheim" not in page.messages.text
    assert at_demo.window.page is page


def test_quick_open_says_what_is_wrong_with_a_link(driver) -> None:
    driver.window.show_quick_open()
    dialog = driver.window.quick.dialog
    for text, why in (("esviewer://open?store=a/b.db", "whole path"), ("esviewer:" + "x" * 1_000_000, "longer than")):
        dialog.field.setText(text)
        driver.until(lambda why=why: why in dialog.said.text())
        assert dialog.model.offers == []
    dialog.reject()


def test_an_aggregate_that_is_not_there(driver, demo: Path) -> None:
    driver.window.open_target(Link(str(demo.resolve()), "nobody", 3).text())
    driver.message("nobody")
