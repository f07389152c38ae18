"""Bookmarks are made, followed, found by quick open, removed and taken back in a real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from esviewer.app.bookmarks import Bookmarks
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.quick_open import Kind


def names(driver) -> list[str]:
    return [mark.name for mark in driver.window.bookmarks.marks]


def test_a_place_is_kept_followed_removed_and_put_back(at_demo, demo: Path, qtbot: QtBot) -> None:
    window = at_demo.window
    marks = window.bookmarks
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.machine.go_to(11)
    at_demo.shows(PUZZLING_ORDER, 11)
    window.activateWindow()
    at_demo.until(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert marks.dialog.name.text() == f"{PUZZLING_ORDER} @11"
    marks.dialog.name.setText("  cancelled & shipped ")
    marks.dialog.keep.click()
    at_demo.until(lambda: names(at_demo) == ["cancelled & shipped"])
    assert marks.dialog is None
    window.enter("audit")
    marks.ask()
    assert marks.dialog.name.text() == f"Audit · {PUZZLING_ORDER} @11"
    marks.dialog.name.clear()
    assert not marks.dialog.keep.isEnabled()
    marks.dialog.name.setText("second")
    marks.dialog.keep.click()
    at_demo.until(lambda: names(at_demo) == ["cancelled & shipped", "second"])

    window.close_store()
    assert marks.marks == []
    assert not marks.add.isEnabled()
    at_demo.open(demo)
    at_demo.until(lambda: len(marks.marks) == 2)
    at_demo.choose(LONG_ACCOUNT)
    window.show_quick_open()
    dialog = window.quick.dialog
    dialog.field.setText("cancelled")
    assert (dialog.current.kind, dialog.current.text) == (Kind.BOOKMARK, "cancelled & shipped")
    dialog.field.returnPressed.emit()
    at_demo.shows(PUZZLING_ORDER, 11)
    window.going.go_back()
    at_demo.shows(LONG_ACCOUNT)

    removal = marks.removing.actions()[0]
    assert removal.text() == "cancelled && shipped"
    removal.trigger()
    at_demo.until(lambda: names(at_demo) == ["second"])
    assert [mark.name for mark in Bookmarks().of(at_demo.page.session.key)] == ["second"]
    undo = next(each for each in at_demo.page.messages.findChildren(QPushButton) if each.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    at_demo.until(lambda: names(at_demo) == ["cancelled & shipped", "second"])
