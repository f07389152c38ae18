"""Runs of events of one type in the table: folded, unfolded, marked, grown, and never over what was skipped."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

RULES = """
[[on]]
event = "A"
increment = { a = "1" }
[[on]]
event = "B"
set = { b = "data.n + 0" }
"""


def store_of(file: Path, *types: str) -> Path:
    connection = sqlite3.connect(file)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT,"
        " aggregate_type TEXT, event_type TEXT, event_data TEXT, metadata TEXT, version INTEGER, timestamp TEXT,"
        " schema_version INTEGER)"
    )
    before = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    connection.executemany(
        "INSERT INTO events (event_id, aggregate_id, aggregate_type, event_type, event_data, metadata, version,"
        " timestamp, schema_version) VALUES (?, 'x-1', 'x', ?, ?, '{}', ?, ?, 1)",
        [
            (f"e{at}", kind[0], '{"n": "no number"}' if kind == "B!" else '{"n": 1}', at, f"2026-01-01T00:{at:02}:00Z")
            for at, kind in enumerate(types, before + 1)
        ],
    )
    connection.commit()
    connection.close()
    folder = file.with_name(file.name + ".reducers")
    folder.mkdir(exist_ok=True)
    (folder / "x.toml").write_text(RULES, encoding="utf-8")
    return file


@pytest.fixture
def at_store(driver, tmp_path: Path):
    """A window at a store of these events of one aggregate, runs folded."""

    def begin(*types: str):
        driver.window.fold_action.setChecked(True)
        driver.open(store_of(tmp_path / "x.db", *types))
        driver.choose("x-1")
        return driver.page.events

    return begin


def rows(table) -> list[tuple[str, str]]:
    model = table.shown
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


def test_a_run_is_one_row_that_enter_unfolds_and_folds(driver, at_store, qtbot: QtBot) -> None:
    table = at_store("B", *"AAAAAA", "B", *"AAAA")
    folded = [("1", "B"), ("2–7", "▸ 6 × A"), ("8", "B"), ("9", "A"), ("10", "A"), ("11", "A"), ("12", "A")]
    assert rows(table) == folded
    assert table.currentIndex().row() == 6

    driver.page.playhead.move(4)
    driver.shows("x-1", 5)
    assert table.currentIndex().row() == 1, "the run is marked in which the playhead is"
    tip = table.shown.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("A × 6 (versions 2–7)\n2026-01-01 00:02:00Z – 2026-01-01 00:07:00Z")
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert rows(table)[:4] == [("1", "B"), ("2", "▾ A"), ("3", "A"), ("4", "A")]
    assert table.shown.rowCount() == 12
    assert table.currentIndex().row() == 4
    assert driver.page.playhead.row == 4
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert rows(table) == folded
    assert table.currentIndex().row() == 1


def test_keys_go_over_a_folded_run_and_a_click_unfolds_it(driver, at_store, qtbot: QtBot) -> None:
    table = at_store("B", *"AAAAAA", "B")
    assert [row[0] for row in rows(table)] == ["1", "2–7", "8"]
    for key, expected in ((Qt.Key.Key_Up, 6), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 7)):
        qtbot.keyClick(table, key)
        assert driver.page.playhead.row == expected
    place = table.visualRect(table.shown.index(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert table.shown.rowCount() == 8
    assert driver.page.playhead.row == 1
    menu = table.menu(table.shown.index(3, 1))
    assert menu.actions()[0].text() == "Fold this run"
    menu.actions()[0].trigger()
    menu.close()
    assert table.shown.rowCount() == 3
    menu = table.menu(table.shown.index(1, 1))
    assert menu.actions()[0].text() == "Unfold this run"
    assert "Add this event to the case" not in [action.text() for action in menu.actions()]
    menu.close()


def test_what_was_skipped_is_seen(driver, at_store) -> None:
    table = at_store(*["B"] * 6, "B!", *["B"] * 5)
    assert [row[0] for row in rows(table)] == ["1–6", "7", "8–12"]
    assert table.shown.cells(1, [0])[0].background is not None


def test_a_run_grows_with_the_aggregate(driver, at_store, tmp_path: Path) -> None:
    table = at_store("B", *"AAAA")
    assert len(rows(table)) == 5
    store_of(tmp_path / "x.db", "A", "A")
    driver.page.pulse.look_now()
    driver.until(lambda: rows(table) == [("1", "B"), ("2–7", "▸ 6 × A")])


def test_it_is_off_at_first_and_remembered(driver, tmp_path: Path) -> None:
    driver.open(store_of(tmp_path / "x.db", *"AAAAAA"))
    driver.choose("x-1")
    assert driver.page.events.shown.rowCount() == 6
    driver.window.fold_action.setChecked(True)
    assert driver.page.events.shown.rowCount() == 1
    assert driver.window.settings.get("fold_runs") is True
    assert driver.page.events.currentIndex().row() == 0
    driver.window.fold_action.setChecked(False)
    assert driver.page.events.shown.rowCount() == 6
    assert driver.page.events.currentIndex().row() == 5
