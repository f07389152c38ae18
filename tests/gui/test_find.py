"""The find bar: stretches in which a condition held, shaded, counted and gone through."""

import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.shading import merged


def ask(driver, qtbot: QtBot, text: str, mode: str = "Condition") -> None:
    """Open the bar, type and press Enter; wait until it has looked."""
    bar = driver.page.find_bar
    bar.open_bar()
    bar.mode.setCurrentText(mode)
    bar.edit.setText(text)
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    driver.until(lambda: bar._running is None and not bar._timer.isActive())


def versions(driver) -> list[tuple[int, int]]:
    found = driver.page.find_bar.stretches
    rows = driver.page.view.versions
    return [(int(rows[first]), int(rows[last])) for first, last in zip(found.firsts, found.lasts, strict=True)]


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """An account whose balance dips below zero three times."""
    path = tmp_path / "accounts.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
        " PRIMARY KEY (aggregate_id, version))"
    )
    for version, balance in enumerate([5, -1, -2, 7, -3, 4, 4, -9], 1):
        put(connection, "a", version, balance)
    put(connection, "b", 1, -5)
    connection.commit()
    connection.close()
    return path


def put(connection: sqlite3.Connection, ident: str, version: int, balance: int) -> None:
    data = f'{{"balance": {balance}, "note": "Nr. {version}"}}'
    row = (ident, "Booked", data, version, f"2026-01-0{version}T00:00:00Z")
    connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)


def test_stretches_are_counted_shaded_and_gone_through(driver, account: Path, qtbot: QtBot) -> None:
    page = driver.open(account)
    page.show_aggregate("a")
    driver.shows("a", 8)
    ask(driver, qtbot, "state.balance < 0")
    bar = page.find_bar

    assert versions(driver) == [(2, 3), (5, 5), (8, 8)]
    assert bar.result.full == "held in 3 stretches, 4 versions; now: in stretch 3"
    assert not bar.forward.isEnabled()
    edges = [edge for band in page.timeline.held.bands for edge in band]
    assert edges == pytest.approx([1.5, 3.5, 4.5, 5.5, 7.5, 8.5], abs=0.1)
    page.playhead.to_first()
    driver.shows("a", 1)
    assert bar.result.full.endswith("now: before stretch 1")
    assert not bar.back.isEnabled()
    for version in (2, 5, 8):
        page.events.setFocus()
        qtbot.keyClick(page.events, Qt.Key.Key_F3)
        driver.shows("a", version)
    for version in (5, 3):
        qtbot.keyClick(page.events, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        driver.shows("a", version)
    page.playhead.step_forward()
    driver.shows("a", 4)

    assert bar.result.full.endswith("now: after stretch 1")
    qtbot.mouseClick(bar.forward, Qt.MouseButton.LeftButton)
    driver.shows("a", 5)
    page.by_time.setChecked(True)
    seconds = [page.view.instant(row).seconds for row in range(8)]
    first, second, _ = page.timeline.held.bands
    day = 86_400
    assert first == pytest.approx((seconds[1], seconds[3]), abs=day / 20)
    assert second == pytest.approx((seconds[4], seconds[5]), abs=day / 20)


def test_conditions_on_events_and_texts(driver, account: Path, qtbot: QtBot) -> None:
    page = driver.open(account)
    page.show_aggregate("a")
    driver.shows("a", 8)
    ask(driver, qtbot, "data.balance > 4")
    assert versions(driver) == [(1, 1), (4, 4)]
    ask(driver, qtbot, "data.balance > 4 and event.version > 1")
    assert versions(driver) == [(4, 4)]
    ask(driver, qtbot, "data.balance == state.balance")
    assert versions(driver) == [(1, 8)]
    ask(driver, qtbot, "nr. 6", "Text")
    assert versions(driver) == [(6, 6)]
    assert page.find_bar.result.full.startswith("held in 1 stretch, 1 version; now: after stretch 1")
    ask(driver, qtbot, "no such text", "Text")
    assert page.find_bar.result.full == "never held"
    assert page.timeline.held.bands == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("state.balance <", "can't be used"),
        ("foo > 1", "foo"),
        ("state.__class__", "can't be used"),
        ("x" * 10_000, "can't be used"),
        ("<b>bold</b>", "can't be used"),
    ],
)
def test_what_is_wrong_is_said_in_the_bar(driver, account: Path, qtbot: QtBot, text: str, reason: str) -> None:
    page = driver.open(account)
    page.show_aggregate("a")
    driver.shows("a", 8)
    ask(driver, qtbot, text)
    bar = page.find_bar

    assert bar.error.isVisible()
    assert reason in bar.error.text()
    assert bar.error.textFormat() == Qt.TextFormat.PlainText
    assert bar.stretches is None
    ask(driver, qtbot, "state.balance < 0")
    assert bar.error.isHidden()
    assert len(versions(driver)) == 3


def test_escape_closes_and_shades_nothing(driver, account: Path, qtbot: QtBot) -> None:
    page = driver.open(account)
    page.show_aggregate("a")
    driver.shows("a", 8)
    page.events.setFocus()
    qtbot.keyClick(page.events, Qt.Key.Key_Slash)
    bar = page.find_bar
    assert bar.isVisible()
    assert bar.edit.hasFocus()
    ask(driver, qtbot, "state.balance < 0")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)

    assert bar.isHidden()
    assert page.timeline.held.bands == []
    page.show_aggregate("b")
    driver.shows("b", 1)
    assert bar.stretches is None


def test_another_aggregate_and_new_events_are_looked_at_again(driver, account: Path, qtbot: QtBot) -> None:
    page = driver.open(account)
    page.show_aggregate("a")
    driver.shows("a", 8)
    ask(driver, qtbot, "state.balance < 0")
    page.show_aggregate("b")
    driver.shows("b", 1)
    driver.until(lambda: page.find_bar.stretches is not None and page.find_bar.stretches.view is page.view)
    assert versions(driver) == [(1, 1)]
    connection = sqlite3.connect(account)
    put(connection, "b", 2, 3)
    put(connection, "b", 3, -3)
    connection.commit()
    connection.close()
    page._look_again()

    driver.until(lambda: versions(driver) == [(1, 1), (3, 3)])
    before = page.view
    page.rebuild()
    driver.until(lambda: page.view is not before and page.find_bar.stretches is not None)
    driver.until(lambda: page.find_bar.stretches.view is page.view)
    assert versions(driver) == [(1, 1), (3, 3)]


def test_what_was_looked_for_is_remembered(driver, account: Path, qtbot: QtBot, new_window) -> None:
    driver.open(account)
    driver.page.show_aggregate("a")
    driver.shows("a", 8)
    for text in ("state.balance < 0", "state.balance < -5", "state.balance < 0"):
        ask(driver, qtbot, text)
    ask(driver, qtbot, "nr. 6", "Text")
    box = driver.page.find_bar.field
    assert [box.itemText(index) for index in range(box.count())] == ["nr. 6"]
    driver.window.close_store()
    page = driver.open(account)
    box = page.find_bar.field

    assert [box.itemText(index) for index in range(box.count())] == ["state.balance < 0", "state.balance < -5"]
    page.show_aggregate("a")
    driver.shows("a", 8)
    page.find_bar.open_bar()
    box.setCurrentIndex(1)
    box.activated.emit(1)
    driver.until(lambda: page.find_bar.stretches is not None)
    assert versions(driver) == [(8, 8)]


def test_damaged_memory_of_searches_is_left_out(driver, account: Path) -> None:
    driver.window.settings.put("find", [["condition", 5], "x", ["other", "y"], ["condition", "true"], None])
    page = driver.open(account)
    box = page.find_bar.field

    assert [box.itemText(index) for index in range(box.count())] == ["true"]


def test_nothing_is_looked_for_without_an_aggregate_or_text(driver, account: Path, qtbot: QtBot) -> None:
    page = driver.open(account)
    ask(driver, qtbot, "state.balance < 0")
    assert page.find_bar.stretches is None
    page.show_aggregate("a")
    driver.shows("a", 8)
    driver.until(lambda: page.find_bar.stretches is not None)
    ask(driver, qtbot, "")

    assert page.find_bar.stretches is None
    assert page.find_bar.result.full == ""


def test_a_long_life_in_thousands_of_stretches(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page
    ask(at_demo, qtbot, "event.version % 3 == 0")
    found = page.find_bar.stretches

    assert len(found.firsts) == found.versions == 6666
    assert len(page.timeline.held.bands) < page.timeline.width()
    page.playhead.move(10_000)
    at_demo.shows(LONG_ACCOUNT, 10_001)
    page.find_bar.go_on()
    at_demo.shows(LONG_ACCOUNT, 10_002)
    page.find_bar.go_back()
    at_demo.shows(LONG_ACCOUNT, 9_999)


def test_a_search_can_be_stopped(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(LONG_ACCOUNT)
    bar = at_demo.page.find_bar
    bar.open_bar()
    bar.edit.setText("event.version % 3 == 0")
    bar.look()
    assert bar.stop.isVisible()
    assert bar.result.full == "Looking …"
    bar.stop.click()
    at_demo.until(lambda: not at_demo.page.tasks.busy)

    assert bar.stretches is None
    assert bar.stop.isHidden()
    ask(at_demo, qtbot, "event.version == 7")
    assert versions(at_demo) == [(7, 7)]


def test_enter_goes_on_once_it_has_been_found(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.playhead.to_first()
    ask(at_demo, qtbot, "state.status == 'cancelled'")
    assert at_demo.page.playhead.row == 0
    qtbot.keyClick(at_demo.page.find_bar.edit, Qt.Key.Key_Return)

    at_demo.shows(PUZZLING_ORDER, versions(at_demo)[0][0])


@profile(max_examples=200, deadline=None)
@given(
    stretches=some.lists(some.tuples(some.integers(-20, 120), some.integers(0, 30)), max_size=30),
    pixels=some.integers(1, 300),
)
def test_merged_bands_cover_what_they_should_and_little_more(stretches: list[tuple[int, int]], pixels: int) -> None:
    starts = np.array([begin for begin, _ in stretches], dtype=float)
    ends = starts + np.array([length for _, length in stretches], dtype=float)
    low, high = 0.0, 100.0
    bands = merged(np.sort(starts), np.sort(ends), low, high, pixels)
    pixel = (high - low) / pixels

    assert len(bands) <= pixels
    assert all(low <= begin < end <= high for begin, end in bands)
    assert all(before[1] < after[0] for before, after in pairwise(bands))
    for begin, end in zip(starts, ends, strict=True):
        if end >= low and begin <= high:
            inside = max(begin, low), min(end, high)
            assert any(a - 1e-9 <= inside[0] and inside[1] <= b + 1e-9 for a, b in bands) or inside[0] >= high - pixel
    covered = sum(end - begin for begin, end in bands)
    seen = [
        min(end, high) - max(begin, low)
        for begin, end in zip(starts, ends, strict=True)
        if end >= low and begin <= high
    ]
    assert covered <= sum(seen) + 3 * pixel * len(seen) + 1e-6


def test_escape_in_the_field_shades_nothing(at_demo, qtbot: QtBot) -> None:
    page = at_demo.page
    at_demo.choose(PUZZLING_ORDER)
    bar = page.find_bar
    at_demo.window.activateWindow()
    bar.open_bar()
    bar.edit.setText("state.status == 'paid'")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    at_demo.until(lambda: page.timeline.held.bands and not page.tasks.busy)
    bar.edit.setFocus()
    bar.close_bar()
    qtbot.wait(50)
    at_demo.until(lambda: not page.tasks.busy)
    assert bar.stretches is None
    assert page.timeline.held.bands == []


@pytest.mark.parametrize("wide", [1280, 960])
def test_what_was_found_is_not_cut(at_demo, wide: int) -> None:
    page = at_demo.page
    at_demo.window.resize(wide, 800)
    at_demo.choose(PUZZLING_ORDER)
    bar = page.find_bar
    bar.open_bar()
    bar.edit.setText("state.discount / state.nothing > 0 or state.status == 'paid'")
    bar.look()
    at_demo.until(lambda: bar.result.full and not page.tasks.busy and bar.stretches is not None)
    assert "; could not be told at 14" in bar.result.full
    bar.result.show_text(bar.result.full.replace("14", "12,345") + "; in what has been read so far")
    bar._place_result()
    at_demo.qtbot.wait(30)
    shown = bar.below if bar.below.isVisible() else bar.result
    assert shown.fontMetrics().horizontalAdvance(shown.full) <= shown.width()
    assert shown.full == bar.result.full
    assert bar.result.isVisible() != bar.below.isVisible()  # it is not said twice
