"""What goes wrong is said in place, in one sentence, and the window goes on."""

import os
import shutil
import sqlite3
from pathlib import Path
from tempfile import mkdtemp

from helpers_postgres import PostgresServer
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app.demo import PUZZLING_ORDER


def _events(path: Path, statements: tuple[str, ...]) -> Path:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def test_what_is_no_database_is_refused(driver, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 200)
    driver.window.open_target(str(file))
    driver.message("notes.txt", "not")

    assert driver.window.page is None


def test_an_empty_database_has_no_tables(driver, tmp_path: Path) -> None:
    file = _events(tmp_path / "empty.db", ("CREATE TABLE x (a)", "DROP TABLE x"))
    driver.window.open_target(str(file))
    driver.message("no tables")


def test_an_unknown_layout_names_the_tables(driver, tmp_path: Path) -> None:
    file = _events(tmp_path / "other.db", ("CREATE TABLE invoices (number, total)",))
    driver.window.open_target(str(file))
    driver.message("invoices")


def test_a_missing_file_and_a_folder_are_said(driver, tmp_path: Path) -> None:
    driver.window.open_target(str(tmp_path / "nowhere.db"))
    driver.message("nowhere.db")
    driver.window.open_target(str(tmp_path))
    driver.message(tmp_path.name, "folder")


def test_a_file_without_rights_is_said(driver, demo: Path) -> None:
    folder = Path(mkdtemp(prefix="esviewer-rights-"))
    folder.chmod(0o755)
    file = folder / "locked.db"
    shutil.copyfile(demo, file)
    file.chmod(0)
    import duckdb  # whoever nobody is may not read modules either

    assert duckdb
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root may read every file; nobody may not
    try:
        driver.window.open_target(str(file))
        driver.message("locked.db", "right")
    finally:
        if root:
            os.seteuid(0)
        file.chmod(0o600)
        shutil.rmtree(folder)


def test_several_stores_in_one_database_are_offered(driver, tmp_path: Path) -> None:
    columns = "(originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
    key = "PRIMARY KEY (originator_id, originator_version))"
    file = _events(
        tmp_path / "two.db",
        (f"CREATE TABLE bank_events {columns}{key}", f"CREATE TABLE shop_events {columns}{key}"),
    )
    driver.window.open_target(str(file))
    driver.message("bank_events", "shop_events")
    bar = driver.window.start.messages
    buttons = [bar._choices.itemAt(index).widget() for index in range(bar._choices.count())]
    assert [button.text() for button in buttons] == ["eventsourcing:bank_events", "eventsourcing:shop_events"]
    buttons[1].click()
    driver.until(lambda: driver.window.page is not None)

    assert driver.page.session.store.fit.events.name == "shop_events"


def test_a_file_that_goes_while_open_is_said_and_comes_back(driver, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    shutil.copyfile(demo, file)
    driver.open(file)
    driver.choose(PUZZLING_ORDER)
    away = file.rename(tmp_path / "away.db")
    driver.page.show_aggregate("order-00001")
    driver.message("store.db", "gone")
    away.rename(file)
    driver.page.show_aggregate("order-00001")
    driver.shows("order-00001")


def test_postgresql_that_stops_while_open_is_said_and_comes_back(
    driver, postgres, postgres_server: PostgresServer
) -> None:
    postgres.execute(
        "CREATE TABLE events (aggregate_id text, event_type text, event_data text, version int, timestamp text,"
        " PRIMARY KEY (aggregate_id, version))",
        "INSERT INTO events SELECT 'a-' || n, 'Made', '{\"n\": 1}', 1, '2026-01-01T00:00:00Z'"
        " FROM generate_series(1, 50) AS n",
    )
    driver.open(postgres.url)
    driver.choose("a-7")
    with postgres_server.stopped():
        driver.page.show_aggregate("a-8")
        driver.until(lambda: driver.page.messages.text != "")
        text = driver.page.messages.text
    assert "a-8" not in text or "PostgreSQL" in text or "server" in text
    assert "password" not in text.lower() or "postgres:" not in text
    driver.page.show_aggregate("a-8")
    driver.shows("a-8")


def test_results_that_come_after_closing_do_nothing(driver, demo: Path) -> None:
    driver.open(demo)
    driver.page.show_aggregate("account-00007")
    driver.window.close_store()
    driver.qtbot.wait(200)

    assert driver.window.page is None
    assert driver.window.stack.currentWidget() is driver.window.start


def test_unreadable_events_stay_visible(driver, tmp_path: Path) -> None:
    file = _events(
        tmp_path / "store.db",
        (
            "CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp,"
            " UNIQUE (aggregate_id, version))",
            "INSERT INTO events VALUES ('a', 'Made', '{\"n\": 1}', 1, '2026-01-01T00:00:00Z')",
            "INSERT INTO events VALUES ('a', 'Broken', x'00ff17', 2, '2026-01-01T00:00:00Z')",
            "INSERT INTO events VALUES ('a', '<b>Bold</b>', '{\"<script>\": \"\u202e<i>x</i>\"}', 3, 'not a time')",
        ),
    )
    driver.open(file)
    driver.choose("a")
    page = driver.page
    assert "1 event skipped" in page.state.rebuilt.full
    model = page.state.tree.shown
    shown = [model.data(model.index(row, 1), Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]
    assert '"\\u202e<i>x</i>"' in shown
    page.playhead.move(1)
    driver.shows("a", 2)
    page.details.tabs.setCurrentWidget(page.details.raw)
    driver.until(lambda: "masked as a whole" in page.details.raw.toPlainText())
    assert "00 ff 17" not in page.details.raw.toPlainText()
    page.machine.reveal()
    driver.until(lambda: "00 ff 17" in page.details.raw.toPlainText())
    assert model.rowCount() == 1


def test_a_bad_url_never_shows_its_password(driver, qtbot: QtBot) -> None:
    driver.window.start.url.setText("postgresql://me:sesame@127.0.0.1:1/none")
    qtbot.mouseClick(driver.window.start.open_url, Qt.MouseButton.LeftButton)
    driver.until(lambda: "127.0.0.1" in driver.window.start.messages.text)

    assert "sesame" not in driver.window.start.messages.text
    assert all("sesame" not in str(entry) for entry in driver.window.settings.recent())
