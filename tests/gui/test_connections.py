"""Saved connections in the window: made, tested, opened, framed, asked for; as a person does it."""

import socket
from pathlib import Path
from typing import ClassVar

import pytest
from helpers_postgres import Database
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.settings import RecentStore
from esviewer.gui.connections.colours import PAINTS
from esviewer.gui.connections.dialog import ConnectionsDialog

SECRET = "s3cret-pass"


class Chest(KeyringBackend):
    """A keyring as systems have, in memory; each of its objects sees the same."""

    priority = 5
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.delenv("ESVIEWER_PASSWORD", raising=False)
    monkeypatch.setattr("keyring.get_keyring", NoKeyring)


def shown(driver) -> ConnectionsDialog:
    driver.window.start.connections.click()
    dialog = driver.window.connections
    driver.until(lambda: dialog.isVisible() and not dialog.tasks.busy)
    return dialog


def typed(driver, field, text: str) -> None:
    field.clear()
    driver.qtbot.keyClicks(field, text)


def picked(box, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def said(driver, dialog: ConnectionsDialog, text: str) -> None:
    driver.until(lambda: text in dialog.messages.text)


def test_a_connection_is_made_tested_opened_and_frames_the_window(driver, demo: Path) -> None:
    dialog = shown(driver)
    typed(driver, dialog.form.name, "Shop, live")
    typed(driver, dialog.form.group, "production")
    picked(dialog.form.colour, "red")
    typed(driver, dialog.form.target.edit, str(demo))
    dialog.test.click()
    said(driver, dialog, "It works: ")
    dialog.save.click()
    driver.until(lambda: dialog.open_button.isEnabled())
    assert [(each.name, each.group, each.colour) for each in Connections().all()] == [
        ("Shop, live", "production", "red")
    ]
    dialog.open_button.click()
    driver.until(lambda: driver.window.page is not None)

    window = driver.window
    assert not dialog.isVisible()
    assert window.windowTitle() == "Shop, live – esviewer"
    assert window.badge.text() == "Shop, live"
    picture = window.grab().toImage()
    for x, y in ((1, 300), (window.width() - 2, 300), (400, 1), (400, window.height() - 2)):
        assert picture.pixelColor(x, y).name() == PAINTS["red"]

    window.close_store()
    assert not window.badge.isVisible()
    assert window.grab().toImage().pixelColor(1, 300).name() != PAINTS["red"]


def test_a_recent_store_opens_by_its_connection(driver, demo: Path) -> None:
    Connections().add(SavedConnection("named", str(demo), colour="blue"))
    driver.open("named")
    driver.window.close_store()

    item = driver.window.start.recent.item(0)
    assert "not there" not in item.text()
    driver.window.start.recent.itemActivated.emit(item)
    driver.until(lambda: driver.window.page is not None)
    assert driver.window.badge.text() == "named"


def test_what_is_wrong_is_said_in_words(driver) -> None:
    dialog = shown(driver)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        typed(driver, dialog.form.name, "refused")
        typed(driver, dialog.form.target.edit, f"postgresql://ann@127.0.0.1:{taken.getsockname()[1]}/d")
        dialog.test.click()
        driver.until(lambda: not dialog.tasks.busy)

    assert "127.0.0.1" in dialog.messages.text
    assert "fault of esviewer" not in dialog.messages.text
    assert dialog.test.isEnabled()


def test_a_missing_database_is_said(driver, postgres: Database) -> None:
    dialog = shown(driver)
    typed(driver, dialog.form.name, "missing")
    typed(driver, dialog.form.target.edit, postgres.url.replace(f"/{postgres.name}?", "/no_such_database?"))
    dialog.test.click()
    said(driver, dialog, "no_such_database")


def test_a_typed_password_is_not_kept_in_clear_and_asked_for(driver, postgres: Database) -> None:
    postgres.execute(
        "CREATE TABLE events (aggregate_id text, event_type text, event_data text, version int, timestamp text)"
    )
    dialog = shown(driver)
    typed(driver, dialog.form.name, "live")
    typed(driver, dialog.form.target.edit, postgres.url.replace("postgres@", f"postgres:{SECRET}@"))
    dialog.save.click()
    said(driver, dialog, "asked for each time")
    driver.until(lambda: dialog.open_button.isEnabled())

    assert SECRET not in Connections().file.read_text()
    assert SECRET not in dialog.form.target.edit.text()
    dialog.open_button.click()
    driver.until(lambda: driver.window.opening.password is not None)
    asking = driver.window.opening.password
    assert asking.field.echoMode() == asking.field.EchoMode.Password
    driver.qtbot.keyClicks(asking.field, SECRET)
    driver.qtbot.keyClick(asking.field, Qt.Key.Key_Return)
    driver.until(lambda: driver.window.page is not None)

    assert driver.window.badge.text() == "live"
    assert SECRET not in driver.window.store_label.full
    assert SECRET not in driver.window.settings.file.read_text()


def test_changes_are_not_lost_by_choosing_another(driver, demo: Path) -> None:
    for name in ("a", "b"):
        Connections().add(SavedConnection(name, str(demo)))
    dialog = shown(driver)
    typed(driver, dialog.form.group, "mine")
    dialog.tree.setCurrentItem(dialog.tree.topLevelItem(1))

    assert "not saved" in dialog.messages.text
    assert dialog.form.name.text() == "a"
    assert dialog.form.group.text() == "mine"


def test_a_connection_is_forgotten_after_a_question(driver, demo: Path) -> None:
    Connections().add(SavedConnection("a", str(demo)))
    dialog = shown(driver)
    dialog.remove.click()
    assert "Forget" in dialog.messages.text
    assert len(Connections().all()) == 1
    dialog.forget()
    driver.until(lambda: not dialog.tasks.busy)

    assert Connections().all() == []
    assert "The connection a is forgotten." in dialog.messages.text


def test_a_forgotten_connection_comes_back_with_its_password(driver, demo: Path, monkeypatch) -> None:
    monkeypatch.setattr("keyring.get_keyring", Chest)
    url = "postgresql://audit@127.0.0.1:1/shop"
    before = Connections().add(SavedConnection("a", url, keeping="keyring", group="mine"))
    Connections().add(SavedConnection("b", str(demo)))
    assert Connections().keep_passwords(before, SECRET, None)
    dialog = shown(driver)
    dialog.tree.setCurrentItem(dialog.tree.topLevelItem(1).child(0))
    assert dialog.form.name.text() == "a"
    dialog.forget()
    driver.until(lambda: not dialog.tasks.busy)
    assert [each.name for each in Connections().all()] == ["b"]
    assert Connections().keyring.get("a") is None

    undo = next(button for button in dialog.messages.findChildren(QPushButton) if button.text() == "Undo")
    undo.click()
    driver.until(lambda: not dialog.tasks.busy)
    assert Connections().get("a") == before
    assert Connections().keyring.get("a") == SECRET
    assert dialog.form.name.text() == "a"


def test_a_store_that_was_removed_from_the_list_comes_back_to_its_place(driver, demo: Path) -> None:
    start, settings = driver.window.start, driver.window.settings
    for name in ("one", "two", "three"):
        settings.add_recent(RecentStore(f"/{name}.db", name, "reference"))
    start.refresh()
    start.recent.setCurrentRow(1)
    start.forget.click()
    assert [each.name for each in settings.recent()] == ["three", "one"]
    assert start.messages.text == "two was removed from the list; the store itself is untouched."

    next(button for button in start.messages.findChildren(QPushButton) if button.text() == "Undo").click()
    assert [each.name for each in settings.recent()] == ["three", "two", "one"]
    assert start.recent.count() == 3


def test_every_field_has_a_name_for_screen_readers_and_the_keyboard(driver) -> None:
    form = shown(driver).form
    for name, field in vars(form).items():
        if hasattr(field, "setAccessibleName") and not name.startswith("_"):
            line = getattr(field, "edit", field)
            assert line.accessibleName() or getattr(line, "text", str)(), name
            assert line.focusPolicy() & Qt.FocusPolicy.TabFocus, name
