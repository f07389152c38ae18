"""The dialog of plug-ins: what is installed, what is wrong with it, and its switches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers_plugins import changed, forgotten, ledger
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app import audit_apart
from esviewer.gui.help.asked import topic_of
from esviewer.gui.plugins_dialog import PluginsDialog


@pytest.fixture
def installed(plugin_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example is installed, with a codec that is made for a later interface."""
    site = changed(plugin_site, tmp_path / "site", "form", "esviewer_plugin = 1", "esviewer_plugin = 2")
    monkeypatch.syspath_prepend(str(site))
    forgotten()
    yield site
    forgotten()


def _dialog(driver) -> PluginsDialog:
    driver.window.help.show_plugins()
    dialog = driver.window.help.plugins
    driver.until(lambda: not dialog.busy)
    return dialog


def _rows(dialog: PluginsDialog) -> list[tuple[str, ...]]:
    items = [dialog.tree.topLevelItem(row) for row in range(dialog.tree.topLevelItemCount())]
    return [tuple(item.text(column) for column in range(4)) for item in items]


def test_it_lists_and_switches(driver, installed: Path, own_configuration: Path, qtbot: QtBot) -> None:
    dialog = _dialog(driver)
    example = "esviewer-example 1.0"
    assert _rows(dialog) == [
        ("round-amount", "Check", example, "on"),
        ("reversed", "Codec", example, "on"),
        ("ledger", "Layout", example, "on"),
        ("threads", "Projection engine", example, "on"),
        ("txt", "Report form", example, "skipped"),
    ]
    assert topic_of(dialog.tree) == "plugins"
    assert "run with your rights" in dialog.about.text()
    dialog.tree.setFocus()
    qtbot.keyClick(dialog.tree, Qt.Key.Key_End)
    assert dialog.why.text().endswith("it is made for interface 2, and this release has 1.")
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Home)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    driver.until(lambda: _rows(dialog)[0][3] == "off")
    kept = json.loads((own_configuration / "plugins.json").read_text())
    assert kept == {"off": ["esviewer-example:check/round-amount"]}
    assert dialog.why.text() == "round-amount (esviewer-example 1.0) is switched off; nothing of it is loaded."
    assert dialog.tree.currentItem().text(0) == "round-amount"
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    driver.until(lambda: _rows(dialog)[0][3] == "on")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    driver.until(lambda: driver.window.help.plugins is None)


def test_where_none_is_installed_it_says_so(driver) -> None:
    forgotten()
    dialog = _dialog(driver)
    assert _rows(dialog) == []
    assert dialog.why.text().startswith("No plug-in is installed.")


def test_switches_that_can_not_be_kept_are_told(driver, installed: Path, own_configuration: Path, qtbot: QtBot) -> None:
    (own_configuration / "plugins.json").write_text("[")
    dialog = _dialog(driver)
    assert {row[3] for row in _rows(dialog)} == {"off"}
    assert "plugins.json can't be read" in dialog.why.text()
    dialog.tree.setFocus()
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    driver.until(lambda: not dialog.busy)
    assert {row[3] for row in _rows(dialog)} == {"off"}
    assert "plugins.json can't be read" in dialog.why.text()


def test_none_can_be_switched_where_none_is_wanted(
    driver, installed: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("ESVIEWER_NO_PLUGINS", "1")
    dialog = _dialog(driver)
    dialog.tree.setFocus()
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    assert not dialog.busy
    assert dialog.why.text() == "All are off, by --no-plugins or ESVIEWER_NO_PLUGINS."


@pytest.mark.parametrize("apart", [False, True])
def test_an_audit_in_the_window_has_the_check(
    driver, installed: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    monkeypatch.setattr(audit_apart, "WORTH_A_PROCESS", 1 if apart else 10_000)
    driver.open(ledger(tmp_path / "ledger.db"))
    driver.window.enter("audit")
    room = driver.window.rooms.room
    driver.until(lambda: not room.model.tasks.busy)
    names = [check.name for check in room.checks.model.checks]
    assert "round-amount" in names
    room.checks.table.selectRow(names.index("round-amount"))
    assert "Amounts that are multiples" in room.checks.about.toPlainText()
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.running.going)
    assert room._summary.by_check["round-amount"] == 1
    dialog = _dialog(driver)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Home)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    driver.until(lambda: _rows(dialog)[0][3] == "off")
    dialog.reject()
    room.entered()
    assert "round-amount" not in [check.name for check in room.checks.model.checks]
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.running.going)
    assert "round-amount" not in room._summary.by_check
    assert room._summary.events == 12
