"""Sealing and verifying in the window: the same outcome as on the command line, and a click goes to what differs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import helpers_planted
import pytest
from helpers_planted import clean, name_of
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app import activity
from esviewer.gui.seals.sealing import SealDialog
from esviewer.gui.seals.verifying import VerifyDialog

_ROW = Qt.ItemDataRole.DisplayRole


def command(*arguments: object) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", *map(str, arguments), "--json"], capture_output=True, env=os.environ
    )
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def store(driver, tmp_path: Path) -> Path:
    """A store that is open in the window."""
    target, reducers = helpers_planted.write(clean(), tmp_path)
    driver.open(target, reducers=reducers)
    return Path(target)


def menu(driver, text: str) -> None:
    next(each for each in driver.window.store_menu.actions() if each.text() == text).trigger()


def sealing(driver) -> SealDialog:
    menu(driver, "&Seal …")
    assert driver.window.rooms.seals.sealing is not None
    return driver.window.rooms.seals.sealing


def verifying(driver) -> VerifyDialog:
    menu(driver, "&Verify …")
    assert driver.window.rooms.seals.verifying is not None
    return driver.window.rooms.seals.verifying


def seal(driver, qtbot: QtBot, file: Path) -> str:
    dialog = sealing(driver)
    dialog.file.show_file(file)
    qtbot.mouseClick(dialog.seal, Qt.MouseButton.LeftButton)
    driver.until(lambda: not dialog.outcome.isHidden())
    return dialog.outcome.toPlainText()


def verify(driver, qtbot: QtBot, file: Path) -> VerifyDialog:
    dialog = verifying(driver)
    dialog.file.show_file(file)
    qtbot.mouseClick(dialog.verify, Qt.MouseButton.LeftButton)
    driver.until(lambda: dialog.bar.isHidden())
    return dialog


def change(store: Path, *statements: str) -> None:
    with sqlite3.connect(store) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_seal_is_written_and_verifies(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "store.seal"
    said = seal(driver, qtbot, file)
    checked = command("verify", store, file)
    assert checked["verified"] is True
    assert checked["seal"]["root"] in said
    assert said.startswith("300 events sealed in ")
    assert "Unsigned." in said
    assert [each["what"] for each in activity.entries()].count("seal") == 1
    dialog = verify(driver, qtbot, file)
    assert dialog.outcome.text().startswith("✓ Verified: all 300 events")
    assert dialog.table.isHidden()
    assert "before the seal was made, the seal can't show" in dialog.more.toPlainText()
    assert "whoever can write the file can have made it" in dialog.more.toPlainText()


def test_what_differs_is_listed_as_on_the_command_line_and_a_click_goes_there(
    driver, store: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "store.seal"
    seal(driver, qtbot, file)
    driver.window.rooms.seals.sealing.reject()
    change(
        store,
        "UPDATE events SET event_data = '{\"amount\": 5000}' WHERE id = 100",
        "DELETE FROM events WHERE id = 200",
    )
    dialog = verify(driver, qtbot, file)
    expected = command("verify", store, file)["differences"]
    assert [each["kind"] for each in expected] == ["changed", "removed"]
    model = dialog.model
    shown = [[model.data(model.index(row, column), _ROW) for column in range(5)] for row in range(model.rowCount())]
    assert shown == [
        [each["kind"], str(each["position"]), each["aggregate_id"], str(each["version"]), each["message"]]
        for each in expected
    ]
    assert dialog.outcome.text().startswith("✕ Not verified: 2 differences")
    spot = dialog.table.visualRect(model.index(0, 0)).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    driver.shows(expected[0]["aggregate_id"], expected[0]["version"])
    assert expected[0]["aggregate_id"] == name_of(9)


def test_an_insertion_with_renumbering_is_two_rows(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "store.seal"
    seal(driver, qtbot, file)
    driver.window.rooms.seals.sealing.reject()
    change(
        store,
        "UPDATE events SET id = -id WHERE id >= 100",
        "UPDATE events SET id = 1 - id WHERE id < 0",
        "INSERT INTO events SELECT 100, 'new', 'account-new', aggregate_type, event_type, event_data, metadata, 1, 1,"
        " timestamp FROM events WHERE id = 99",
    )
    dialog = verify(driver, qtbot, file)
    model = dialog.model
    shown = [[model.data(model.index(row, column), _ROW) for column in (0, 1, 2)] for row in range(model.rowCount())]
    assert shown == [["inserted", "100", "account-new"], ["reordered", "101", name_of(9)]]
    assert model.data(model.index(1, 4), _ROW).endswith("An event was inserted before them, at position 100.")
    assert dialog.outcome.text().startswith("✕ Not verified: 202 differences")


def test_seals_are_signed_and_chained(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    first, second = tmp_path / "first.seal", tmp_path / "second.seal"
    seal(driver, qtbot, first)
    change(
        store,
        "INSERT INTO events SELECT 301, 'new', aggregate_id, aggregate_type, event_type, event_data, metadata, 1, 11,"
        " '2025-03-02T00:00:00+00:00' FROM events WHERE id = 271",
    )
    dialog = sealing(driver)
    dialog.key.show_file(key)
    dialog.after.show_file(first)
    said = seal(driver, qtbot, second)
    assert "301 events sealed" in said
    assert "The 300 events of the seal before are still there, unchanged." in said
    assert "Signed with the key" in said
    other = verifying(driver)
    other.key.show_file(public)
    verify(driver, qtbot, second)
    assert other.outcome.text().startswith("✓ Verified")
    assert "signed with the key that was given" in other.more.toPlainText()
    verify(driver, qtbot, first)
    assert other.outcome.text().startswith("✕ Not verified, for its signature does not hold")
    other.key.line.clear()
    verify(driver, qtbot, first)
    assert "1 new event came after it" in other.more.toPlainText()
    assert "only grew" in other.more.toPlainText()


def test_reports_and_proofs_are_verified(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    report, proof, file = tmp_path / "report.html", tmp_path / "proof.json", tmp_path / "store.seal"
    seal(driver, qtbot, file)
    for arguments in (
        ("report", store, name_of(4), "--output", report, "--evidence"),
        ("prove", store, file, name_of(4), "3", "--output", proof),
    ):
        subprocess.run([sys.executable, "-m", "esviewer", *map(str, arguments)], check=True, capture_output=True)
    dialog = verify(driver, qtbot, report)
    assert dialog.outcome.text() == "✓ Verified."
    assert "The store still has all of them, unchanged." in dialog.more.toPlainText()
    verify(driver, qtbot, proof)
    assert f"Version 3 of {name_of(4)}" in dialog.more.toPlainText()
    assert "The store has the event, unchanged." in dialog.more.toPlainText()
    report.write_text(report.read_text().replace("Deposited", "Withdrawn", 1))
    verify(driver, qtbot, report)
    assert dialog.outcome.text() == "✕ Not verified."


def test_what_can_not_be_is_told_in_place(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = sealing(driver)
    dialog.file.show_file(store)
    qtbot.mouseClick(dialog.seal, Qt.MouseButton.LeftButton)
    assert "is there already" in dialog.problem.text()
    qtbot.mouseClick(dialog.seal, Qt.MouseButton.LeftButton)
    driver.until(lambda: "belongs to the store itself" in dialog.problem.text())
    dialog.file.show_file(tmp_path / "nowhere" / "store.seal")
    qtbot.mouseClick(dialog.seal, Qt.MouseButton.LeftButton)
    driver.until(lambda: "can't be written" in dialog.problem.text())
    other = verifying(driver)
    qtbot.mouseClick(other.verify, Qt.MouseButton.LeftButton)
    assert "Name a seal" in other.problem.text()
    notes = tmp_path / "notes.txt"
    notes.write_text("Dear diary")
    verify(driver, qtbot, notes)
    assert "neither a seal nor a proof" in other.problem.text()


def test_sealing_is_cancelled_and_leaves_no_file(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "store.seal"
    dialog = sealing(driver)
    dialog.file.show_file(file)
    qtbot.mouseClick(dialog.seal, Qt.MouseButton.LeftButton)
    assert not dialog.bar.isHidden()
    qtbot.mouseClick(dialog.bar.stop, Qt.MouseButton.LeftButton)
    driver.until(lambda: not dialog.aside.tasks.busy)
    assert "Cancelled" in dialog.problem.text()
    assert dialog.seal.isEnabled()
    assert not file.exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_store_that_is_gone_is_told(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "store.seal"
    seal(driver, qtbot, file)
    away = store.rename(tmp_path / "away.db")
    dialog = verify(driver, qtbot, file)
    assert store.name in dialog.problem.text()
    assert dialog.outcome.isHidden()
    away.rename(store)
    verify(driver, qtbot, file)
    assert dialog.outcome.text().startswith("✓")


def test_dialogs_close_with_the_store(driver, store: Path, qtbot: QtBot) -> None:
    sealing(driver)
    verifying(driver)
    driver.window.close_store()
    assert driver.window.rooms is None
