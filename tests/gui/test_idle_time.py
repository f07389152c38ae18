"""Idle time on the timeline: short, marked, told with its true length, and nothing else is any different."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui.keys_sheet import keys_of

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NIGHT = timedelta(days=3, hours=4)
"""How long nothing happens after the first twenty events, which are a minute apart as all others are."""
HALF = 20


def moments() -> list[datetime]:
    first = [BEGIN + timedelta(minutes=at) for at in range(HALF)]
    return [*first, *(first[-1] + NIGHT + timedelta(minutes=at) for at in range(HALF))]


def write(file: Path, times: list[datetime]) -> Path:
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT,"
            " aggregate_type TEXT, event_type TEXT, event_data TEXT, metadata TEXT, version INTEGER, timestamp TEXT,"
            " schema_version INTEGER)"
        )
        before = connection.execute("SELECT count(*) FROM events").fetchone()[0]
        connection.executemany(
            "INSERT INTO events (event_id, aggregate_id, aggregate_type, event_type, event_data, metadata, version,"
            " timestamp, schema_version) VALUES (?, 'x-1', 'x', 'Moved', '{\"n\": 1}', '{}', ?, ?, 1)",
            [(f"e{at}", at, each.isoformat()) for at, each in enumerate(times, before + 1)],
        )
    connection.close()
    return file


@pytest.fixture
def collapsed(driver, tmp_path: Path):
    """A window whose timeline collapses idle time."""
    driver.open(write(tmp_path / "x.db", moments()))
    driver.choose("x-1")
    driver.window.idle_action.trigger()
    driver.page.by_time.setChecked(True)
    driver.until(lambda: driver.page.timeline._marks.getData()[0].size == 2 * HALF)
    return driver


def box(driver):
    return driver.page.timeline.getPlotItem().getViewBox()


def spot(driver, x: float, lane: float = 0.0) -> QPoint:
    timeline = driver.page.timeline
    return timeline.mapFromScene(box(driver).mapViewToScene(QPointF(x, lane)))


def ticks(driver) -> list[tuple[float, str]]:
    """Each tick's place in sight and what it says."""
    axis = driver.page.timeline.getPlotItem().getAxis("bottom")
    driver.page.timeline.grab()  # which measures letters
    low, high = box(driver).viewRange()[0]
    return [
        (place, text)
        for spacing, places in axis.tickValues(low, high, axis.width())
        for place, text in zip(places, axis.tickStrings(places, 1.0, spacing), strict=True)
    ]


def test_an_empty_timeline_has_no_axes(at_demo) -> None:
    axes = [at_demo.page.timeline.getPlotItem().getAxis(side) for side in ("left", "bottom")]
    assert not any(axis.isVisible() for axis in axes)
    at_demo.choose(PUZZLING_ORDER)
    assert all(axis.isVisible() for axis in axes)


def test_the_long_gap_is_short_and_all_else_as_it_was(collapsed) -> None:
    timeline = collapsed.page.timeline
    xs = timeline._marks.getData()[0]
    gaps = np.diff(np.sort(xs))
    assert 0 < gaps[HALF - 1] < 60
    assert np.delete(gaps, HALF - 1) == pytest.approx(60)
    assert xs.min() == pytest.approx(BEGIN.timestamp())
    collapsed.window.idle_action.trigger()
    assert np.diff(timeline._x).max() == pytest.approx(NIGHT.total_seconds())
    assert not timeline._idle.breaks


def test_ticks_are_true_and_none_is_in_a_break(collapsed) -> None:
    timeline = collapsed.page.timeline
    (found,) = timeline._idle.breaks
    begin, end = found.place / 1e9, (found.place + found.width) / 1e9
    for low, high in (box(collapsed).viewRange()[0], (begin - 240, end + 240)):
        timeline.getPlotItem().setXRange(low, high, padding=0)
        seen = ticks(collapsed)
        after = moments()[HALF]
        assert (pytest.approx(end), f"{after:%Y-%m-%d %H:%M}") in seen
        for place, text in seen:
            assert not begin < place < end
            true = datetime.fromtimestamp(timeline._idle.time(place), UTC) + timedelta(milliseconds=1)
            assert text in {f"{true:{each}}" for each in ("%H:%M", "%H:%M:%S", "%a %d", "%Y-%m-%d %H:%M")}
        assert any(place <= begin for place, _ in seen)


def test_a_break_says_how_long_it_was(collapsed, qtbot: QtBot) -> None:
    timeline = collapsed.page.timeline
    (found,) = timeline._idle.breaks
    middle = (found.place + found.width / 2) / 1e9
    timeline._hover(box(collapsed).mapViewToScene(QPointF(middle, 0.0)))
    collapsed.until(QToolTip.isVisible)
    said = QToolTip.text()
    assert "3 d 4 h" in said
    assert "2026-01-05T08:19:00Z" in said
    assert "2026-01-08T12:19:00Z" in said
    assert "3 d 4 h" in timeline.accessibleDescription()
    QToolTip.hideText()
    collapsed.window.idle_action.trigger()
    assert not timeline.accessibleDescription()


def test_a_break_is_seen(collapsed) -> None:
    timeline = collapsed.page.timeline
    (found,) = timeline._idle.breaks

    def inks(x: float) -> int:
        image = timeline.grab().toImage()
        ratio, ground = image.devicePixelRatio(), QColor(timeline._theme.colours.base).rgb()
        column = round(spot(collapsed, x).x() * ratio)
        top, bottom = (round(spot(collapsed, x, lane).y() * ratio) for lane in (-1.1, -0.3))
        return sum(image.pixel(column, row) != ground for row in range(top, bottom))

    middle = (found.place + found.width / 2) / 1e9
    assert inks(middle) > 1
    collapsed.window.idle_action.trigger()
    assert inks(middle) == 0


def test_clicks_playhead_and_drag_hit_the_event_that_is_there(collapsed, qtbot: QtBot) -> None:
    timeline = collapsed.page.timeline
    viewport = timeline.viewport()
    for row in (HALF - 1, HALF, 2 * HALF - 2):
        place = spot(collapsed, float(timeline._x[row]))
        qtbot.mouseMove(viewport, place + QPoint(1, 1))
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        collapsed.shows("x-1", row + 1)
        assert abs(timeline._playhead().center().x() - place.x()) <= 2
    (found,) = timeline._idle.breaks
    grip = spot(collapsed, float(timeline._x[2 * HALF - 2]), -0.5)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=grip)
    for share, row in ((0.25, HALF - 1), (0.75, HALF)):
        qtbot.mouseMove(viewport, spot(collapsed, (found.place + share * found.width) / 1e9, -0.5))
        assert collapsed.page.playhead.row == row
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=grip)


def test_nothing_is_laid_out_anew_at_a_step_of_the_playhead(collapsed) -> None:
    timeline = collapsed.page.timeline
    idle, places = timeline._idle, timeline._x
    collapsed.page.playhead.move(3)
    collapsed.shows("x-1", 4)
    assert timeline._idle is idle
    assert timeline._x is places


def test_what_is_in_sight_stays_in_sight(collapsed) -> None:
    timeline = collapsed.page.timeline
    low, high = timeline._x[HALF + 2], timeline._x[HALF + 6]
    timeline.getPlotItem().setXRange(low, high, padding=0)
    begin = moments()[HALF + 2].timestamp()
    collapsed.window.idle_action.trigger()
    assert box(collapsed).viewRange()[0] == pytest.approx([begin, begin + 240], abs=0.01)
    collapsed.window.idle_action.trigger()
    assert box(collapsed).viewRange()[0] == pytest.approx([low, high], abs=0.01)


def test_new_events_after_another_night_make_another_break(collapsed, tmp_path: Path) -> None:
    timeline = collapsed.page.timeline
    collapsed.page.playhead.move(HALF + 3)  # at the newest version it would follow
    collapsed.shows("x-1", HALF + 4)
    low, high = timeline._x[HALF + 2], timeline._x[HALF + 6]
    timeline.getPlotItem().setXRange(low, high, padding=0)
    last = moments()[-1]
    write(tmp_path / "x.db", [last + NIGHT + timedelta(minutes=at) for at in range(HALF)])
    collapsed.page.pulse.look_now()
    collapsed.until(lambda: len(timeline._x) == 3 * HALF)
    assert [each.length for each in timeline._idle.breaks] == [int(NIGHT.total_seconds()) * 10**9] * 2
    # The breaks are wider now that there is more beside them; the same events are in sight.
    expected = [timeline._x[HALF + 2], timeline._x[HALF + 6]]
    assert box(collapsed).viewRange()[0] == pytest.approx(expected, abs=0.01)


def test_a_moment_within_a_break_lies_within_it(collapsed) -> None:
    timeline = collapsed.page.timeline
    collapsed.page.as_of_field.setText("2026-01-07T00:00:00Z")
    collapsed.page.as_of_field.returnPressed.emit()
    collapsed.until(lambda: timeline.later.bands)
    (found,) = timeline._idle.breaks
    begin = timeline.later.bands[0][0]
    assert found.place / 1e9 < begin < (found.place + found.width) / 1e9


def test_versions_have_no_idle_time(collapsed) -> None:
    collapsed.page.by_time.setChecked(False)
    timeline = collapsed.page.timeline
    assert timeline._x.tolist() == [float(version) for version in range(1, 2 * HALF + 1)]
    assert not timeline._idle.breaks
    assert not collapsed.page.idle.isVisible()


def test_it_is_offered_in_the_menu_beside_true_time_and_by_keys(driver, tmp_path: Path, qtbot: QtBot) -> None:
    driver.open(write(tmp_path / "x.db", moments()))
    driver.choose("x-1")
    page, action = driver.page, driver.window.idle_action
    assert not action.isChecked()
    assert not page.idle.isVisible()
    page.by_time.setChecked(True)
    assert page.idle.isVisible()
    assert page.idle.text() == "Collapse idle time"
    qtbot.mouseClick(page.idle, Qt.MouseButton.LeftButton)
    assert action.isChecked()
    assert page.timeline._idle.breaks
    page.idle.setFocus()
    qtbot.keyClick(page.idle, Qt.Key.Key_Space)
    assert not action.isChecked()
    assert not page.timeline._idle.breaks
    assert action.shortcut() == QKeySequence("Ctrl+Shift+I")
    assert ("Collapse idle time", "Ctrl+Shift+I") in [(key.what, key.keys) for key in keys_of(driver.window)]


def test_it_is_remembered(new_window, settings, qtbot: QtBot, tmp_path: Path) -> None:
    window = new_window()
    window.idle_action.trigger()
    assert settings.get("collapse_idle") is True
    again = new_window()
    assert again.idle_action.isChecked()
    again.open_target(str(write(tmp_path / "x.db", moments())))
    qtbot.waitUntil(lambda: again.page is not None and again.page.aggregates.model.rowCount() > 0, timeout=20_000)
    again.page.aggregates.view.selectRow(0)
    qtbot.waitUntil(lambda: len(again.page.timeline._x) == 2 * HALF, timeout=20_000)
    again.page.by_time.setChecked(True)
    assert len(again.page.timeline._idle.breaks) == 1
