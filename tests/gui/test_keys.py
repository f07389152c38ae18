"""The sheet of keys says what there is, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from esviewer.gui.keys_sheet import Key, keys_of
from esviewer.gui.keys_within import keys_within
from esviewer.gui.main_window import MainWindow


def entries(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = action.menu()
        found += entries(inner) if isinstance(inner, QMenu) else [action]
    return found


def test_every_key_of_the_window_is_on_the_sheet(at_demo, qtbot: QtBot) -> None:
    window: MainWindow = at_demo.window
    window.activateWindow()
    at_demo.until(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Question, Qt.KeyboardModifier.ControlModifier)
    sheet = window.help.keys
    assert sheet is not None
    told = {}
    for number in range(sheet.tree.topLevelItemCount()):
        top = sheet.tree.topLevelItem(number)
        for row in range(top.childCount()):
            # Parts of rooms have keys of their own, which are told last.
            told.setdefault(top.child(row).text(1), top.child(row).text(0))
    keys = {key for text in told for key in text.split("  ")}
    menus = [action.menu() for action in window.menuBar().actions()]
    for action in (each for menu in menus for each in entries(menu)):
        assert {each.toString() for each in action.shortcuts()} <= keys, action.text()
    for shortcut in window.findChildren(QShortcut):
        assert shortcut.key().toString() in keys, shortcut.key().toString()
    assert told["Ctrl+K"] == "Quick open …"
    assert told["Ctrl+Shift+C"] == "Copy link"
    assert told["Alt+Left"] == "Back"
    assert told["Ctrl+?"] == "Keys"
    assert told["Left"] == "One version back"
    assert "" not in told

    sheet.field.setText("copy link")
    rows = [
        top.child(row).text(1)
        for top in map(sheet.tree.topLevelItem, range(sheet.tree.topLevelItemCount()))
        for row in range(top.childCount())
        if not top.isHidden() and not top.child(row).isHidden()
    ]
    assert rows == ["Ctrl+Shift+C"]
    sheet.reject()
    assert window.help.keys is None


def test_no_two_entries_have_the_same_key(at_demo) -> None:
    within = {Key(*each) for each in keys_within()}
    found = keys_of(at_demo.window)
    assert within <= set(found)
    keys = [key for each in found if each not in within for key in each.keys.split("  ")]
    assert len(keys) == len(set(keys)), sorted(keys)


def test_there_is_a_sheet_without_a_store(window: MainWindow) -> None:
    window.help.show_keys()
    assert "Ctrl+O" in [each.keys for each in keys_of(window)]
    window.close()
    assert window.help.keys is None
