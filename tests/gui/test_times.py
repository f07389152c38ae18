"""In which zone times are shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pyqtgraph as pg
import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.app.settings import Settings
from esviewer.gui.language import speak
from esviewer.gui.main_window import MainWindow
from esviewer.gui.times import TimeAxis, full_time, show_in, shown_time, zone_now, zone_title
from esviewer.model.instant import Instant, parse

SUMMER = parse("2026-07-01T12:00:00.250+09:00")
WINTER = parse("2026-01-01T12:00:00Z")


@pytest.fixture(autouse=True)
def berlin(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    show_in("stored")
    monkeypatch.undo()
    time.tzset()


def test_as_stored_is_the_default() -> None:
    assert zone_now() == "stored"
    assert shown_time(SUMMER) == "2026-07-01 12:00:00 +09:00"
    assert full_time(SUMMER) == "2026-07-01T12:00:00.250+09:00"
    show_in("nowhere")
    assert zone_now() == "stored"


def test_this_machines_zone_has_its_seasons() -> None:
    show_in("local")
    assert shown_time(SUMMER) == "2026-07-01 05:00:00 +02:00"
    assert shown_time(WINTER) == "2026-01-01 13:00:00 +01:00"
    assert full_time(SUMMER) == "2026-07-01T05:00:00.250+02:00"


def test_utc() -> None:
    show_in("utc")
    assert shown_time(SUMMER) == "2026-07-01 03:00:00Z"
    assert zone_title("utc") == "UTC"


@pytest.mark.parametrize("zone", ["stored", "local", "utc"])
def test_a_time_without_a_zone_stays(zone: str) -> None:
    show_in(zone)
    assert shown_time(Instant(SUMMER.ns, None)) == "2026-07-01 03:00:00"
    assert shown_time(None) == "–"


@pytest.mark.parametrize("ns", [-(2**63), 2**63, 10**30])
def test_times_that_no_clock_shows(ns: int) -> None:
    show_in("local")
    assert shown_time(Instant(ns))


def test_axes_are_in_the_zone_that_holds_where_they_look(qtbot: QtBot) -> None:
    axis = TimeAxis()
    plot = pg.PlotWidget(axisItems={"bottom": axis})
    qtbot.addWidget(plot)
    plot.resize(800, 200)
    plot.show()

    def told(instant: Instant) -> set[tuple[float, str]]:
        """The hours that the axis tells around a moment, each with the one that it stands at."""
        start = instant.seconds
        plot.setXRange(start - 20_000, start + 20_000, padding=0)
        plot.grab()
        found = set()
        for level, values in axis.tickValues(start - 20_000, start + 20_000, 700):
            for value, text in zip(values, axis.tickStrings(values, 1.0, level), strict=True):
                if ":" in text:
                    found.add((value % 86_400 / 3600, text[:2]))
        assert len(found) > 2
        return found

    assert all(hour == int(text) for hour, text in told(WINTER))
    show_in("local")
    assert all((hour + 1) % 24 == int(text) for hour, text in told(WINTER))
    assert all((hour + 2) % 24 == int(text) for hour, text in told(SUMMER))


@pytest.mark.parametrize(
    ("language", "months", "month_and_days", "days"),
    [("en", "Feb", "05", "Thu 01"), ("ja", "2月", "5日", "1日(木)")],
)
def test_axes_tell_days_and_months_in_the_windows_language(
    qapp: QApplication, qtbot: QtBot, language: str, months: str, month_and_days: str, days: str
) -> None:
    speak(qapp, language)
    axis = TimeAxis()
    plot = pg.PlotWidget(axisItems={"bottom": axis})
    qtbot.addWidget(plot)
    plot.resize(800, 200)
    plot.show()

    def told(span: float) -> set[str]:
        start = WINTER.seconds - 86_400
        plot.setXRange(start, start + span, padding=0)
        plot.grab()
        levels = axis.tickValues(start, start + span, 700)
        return {text for level, values in levels for text in axis.tickStrings(values, 1.0, level)}

    assert months in told(86_400 * 300)
    assert month_and_days in told(86_400 * 12)
    assert days in told(86_400 * 2)
    speak(qapp, "en")


def test_the_window_changes_at_once_and_remembers(driver, demo: Path, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    driver.open(demo)
    driver.choose("order-00001")
    window: MainWindow = driver.window
    instant = driver.page.view.instant(0)

    def cell() -> str:
        model = driver.page.events.model()
        return " ".join(str(model.index(0, column).data()) for column in range(model.columnCount()))

    assert shown_time(instant) in cell()
    before = cell()
    assert window.zone.text() == "Zones as stored"
    window.zones.by_name["utc"].trigger()
    assert window.zone.text() == "UTC"
    assert cell() != before
    assert shown_time(instant).endswith("Z")
    assert shown_time(instant) in cell()
    driver.until(lambda: shown_time(instant) in driver.page.details.title.text() or driver.page.playhead.row != 0)
    assert settings.get("zone") == "utc"


def test_an_axis_that_went_with_its_window_is_passed_over(qapp: QApplication) -> None:
    axis = TimeAxis()
    shiboken6.delete(axis)
    show_in("utc")
    assert zone_now() == "utc"
