"""The whole window as of a moment: the list, the aggregate that is opened, what comes after, and the doubts."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.model.instant import Instant, parse

MOMENT = "2026-08-04T00:00:00+09:00"


def enter(driver, qtbot: QtBot, text: str) -> None:
    """Go to the field with Ctrl+T, type a date, press Enter."""
    driver.window.activateWindow()
    driver.page.ask_as_of()
    driver.page.as_of_field.setText(text)
    qtbot.keyClick(driver.page.as_of_field, Qt.Key.Key_Return)


def column(driver, number: int) -> list[str]:
    model = driver.page.aggregates.model
    return [model.data(model.index(row, number), Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]


def placed(driver) -> None:
    """Wait until every row in sight has its version as of the moment."""
    driver.until(lambda: "…" not in column(driver, 2)[:20])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A few aggregates: in order, out of order, without zones, without times, later than all others."""
    path = tmp_path / "moments.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
        " PRIMARY KEY (aggregate_id, version))"
    )
    lives = {
        "a-ordered": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"],
        "b-disordered": ["2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-02T00:00:00Z"],
        "c-zoneless": ["2026-01-01T00:00:00", "2026-01-03T00:00:00"],
        "d-undated": ["2026-01-01T00:00:00Z", None, "2026-01-04T00:00:00Z"],
        "e-later": ["2027-01-01T00:00:00Z"],
    }
    for ident, times in lives.items():
        for version, time in enumerate(times, 1):
            connection.execute(
                "INSERT INTO events VALUES (?, 'Changed', ?, ?, ?)", (ident, f'{{"n": {version}}}', version, time)
            )
    connection.commit()
    connection.close()
    return path


def test_escape_takes_back_what_was_typed(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    field = at_demo.page.as_of_field
    at_demo.window.activateWindow()
    at_demo.until(at_demo.window.isActiveWindow)
    enter(at_demo, qtbot, "soon-ish")
    at_demo.message("soon-ish")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    enter(at_demo, qtbot, MOMENT)
    at_demo.until(lambda: at_demo.page.as_of == parse(MOMENT))
    field.setText("soon-ish")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == MOMENT
    assert at_demo.page.as_of == parse(MOMENT)


def test_the_list_shows_versions_as_of_then(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    driver.until(lambda: column(driver, 2) == ["3", "3", "2", "3", "1"])
    enter(driver, qtbot, "2026-01-02T12:00:00Z")
    placed(driver)
    model = page.aggregates.model

    assert column(driver, 2) == ["2", "3 ⚠", "1", "1", "not yet"]
    assert model.headerData(2, Qt.Orientation.Horizontal) == "Version"
    colours = [model.data(model.index(row, 0), Qt.ItemDataRole.ForegroundRole) for row in range(5)]
    assert colours[:4] == [None] * 4
    assert colours[4].name() == page.machine.theme.colours.dim
    tips = [model.data(model.index(row, 2), Qt.ItemDataRole.ToolTipRole) for row in range(5)]
    assert "Version 2 as of 2026-01-02T12:00:00Z" in tips[0]
    assert "disagree" in tips[1]
    assert "without a time: 1" in tips[3]
    assert "did not exist yet" in tips[4]


def test_the_banner_says_so_until_it_is_cleared(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    assert page.as_of_banner.isHidden()
    enter(driver, qtbot, "2026-01-02T12:00:00+09:00")

    assert page.as_of_banner.isVisible()
    assert page.as_of_banner.label.text() == "Everything as of 2026-01-02T12:00:00+09:00"
    placed(driver)
    qtbot.mouseClick(page.as_of_banner.close_button, Qt.MouseButton.LeftButton)

    assert page.as_of_banner.isHidden()
    assert page.as_of is None
    assert page.as_of_field.text() == ""
    driver.until(lambda: column(driver, 2) == ["3", "3", "2", "3", "1"])


def test_every_way_to_clear(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2026-01-02")
    assert page.as_of is not None
    enter(driver, qtbot, "  ")
    assert page.as_of is None
    enter(driver, qtbot, "2026-01-02")
    page.as_of_field.clear_action.trigger()
    assert page.as_of is None


def test_a_date_without_a_zone_is_this_machine_s_and_says_so(driver, store: Path, qtbot: QtBot) -> None:
    driver.open(store)
    enter(driver, qtbot, "2026-01-02 12:00")

    assert driver.page.as_of_banner.label.text().endswith("(this machine's zone)")


def test_what_is_no_date_is_said_and_changes_nothing(driver, store: Path, qtbot: QtBot) -> None:
    driver.open(store)
    enter(driver, qtbot, "2026-01-02T12:00:00Z")
    enter(driver, qtbot, "next <b>week</b>")

    driver.message("next <b>week</b>", "is not a date")
    assert driver.page.as_of == parse("2026-01-02T12:00:00Z")
    enter(driver, qtbot, "2026-02-30")
    driver.message("As of", "2026-02-30")
    assert driver.page.as_of == parse("2026-01-02T12:00:00Z")


def test_opening_an_aggregate_puts_the_playhead_there(at_demo, qtbot: QtBot) -> None:
    enter(at_demo, qtbot, MOMENT)
    at_demo.page.show_aggregate(PUZZLING_ORDER)
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.message("before it version 11, OrderCancelled", "after it version 12, OrderShipped")
    page = at_demo.page
    model = page.events.shown

    dim = page.machine.theme.colours.dim
    for row in range(len(page.view)):
        colour = model.data(model.index(row, 2), Qt.ItemDataRole.ForegroundRole)
        assert (colour is not None and colour.name() == dim) == (row > 10)
    ((begin, end),) = page.timeline.later.bands
    assert begin == 11.5
    assert end > 16
    page.by_time.setChecked(True)
    ((begin, _),) = page.timeline.later.bands
    assert begin == parse(MOMENT).seconds


def test_an_open_aggregate_goes_along(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    at_demo.shows(PUZZLING_ORDER, 16)
    enter(at_demo, qtbot, MOMENT)
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.page.playhead.step_forward()
    at_demo.shows(PUZZLING_ORDER, 12)
    at_demo.page.clear_as_of()
    at_demo.shows(PUZZLING_ORDER, 12)

    assert at_demo.page.timeline.later.bands == []


def nothing_there(driver) -> None:
    """Wait until the playhead is before the first event, and look that nothing passes for a state of then."""
    page = driver.page
    driver.until(lambda: page.absent.isVisible() and not page.tasks.busy)
    assert page.current is None
    assert page.machine.current is None
    assert page.playhead.place.text() == "none yet"
    assert page.state.tree.shown.rowCount() == 0
    assert page.details.data.shown.rowCount() == 0
    assert not page.events.selectionModel().hasSelection()


def test_an_aggregate_that_did_not_exist_yet(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2026-01-02T12:00:00Z")
    page.show_aggregate("e-later")
    nothing_there(driver)

    assert page.messages.text == ""
    assert page.absent.label.text() == (
        "e-later did not exist yet at 2026-01-02T12:00:00Z: there is no version and no state as of then. "
        "Its first event after that: version 1, Changed, 2027-01-01T00:00:00Z."
    )
    assert page.state.rebuilt.full == "No version yet as of 2026-01-02T12:00:00Z"
    qtbot.mouseClick(page.absent.go, Qt.MouseButton.LeftButton)
    driver.shows("e-later", 1)
    assert not page.absent.isVisible()
    assert page.state.rebuilt.full.startswith("later than the moment that is looked at · ")
    page.playhead.step_back()
    nothing_there(driver)


def test_a_typed_date_before_the_first_event(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    page.show_aggregate("a-ordered")
    driver.shows("a-ordered", 3)
    page.playhead.field.setText("2020-01-01")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)
    nothing_there(driver)
    text = page.absent.label.text()
    assert "(this machine's zone)" in text
    assert "Its first event after that: version 1, Changed, 2026-01-01T00:00:00Z." in text

    page.playhead.step_forward()
    driver.shows("a-ordered", 1)
    page.playhead.field.setText("2026-01-02T00:00:00Z")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)
    driver.shows("a-ordered", 2)
    page.playhead.to_first()
    page.playhead.step_back()
    driver.shows("a-ordered", 1)


def test_nothing_can_be_done_with_what_is_not_there(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2025-01-01T00:00:00Z")
    page.show_aggregate("a-ordered")
    nothing_there(driver)

    assert not page.state.pin.isEnabled()
    assert not page.state.to_case.isEnabled()
    page._pin_state()
    driver.message("The playhead is before the first event: there is nothing to pin.")
    page.questions.roll_back()
    driver.message("there is nothing to go back to")
    assert page.questions.rollback is None
    for tab in (page.fields, page.removed, page.state.compare, page.snapshots):
        page.state.tabs.setCurrentWidget(tab)
        driver.until(lambda: not page.tasks.busy)
        assert page.absent.isVisible()
    assert page.removed.model.rowCount() == 0
    page.state.tabs.setCurrentWidget(page.state.compare)
    page.state.compare.first.place.setText("1")
    page.state.compare.first.entered.emit()
    assert page.state.compare.nothing.text() == (
        "The playhead is before the first event, where there is no state to compare. "
        "Give both sides a version or a date."
    )
    page.clear_as_of()
    driver.shows("a-ordered", 1)
    assert page.state.to_case.isEnabled()


def test_what_does_not_follow_the_playhead_is_compared_before_the_first_event_too(
    driver, store: Path, qtbot: QtBot
) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2025-01-01T00:00:00Z")
    page.show_aggregate("a-ordered")
    nothing_there(driver)
    compare = page.state.compare
    page.state.tabs.setCurrentWidget(compare)

    def between(first: tuple[str, str], second: tuple[str, str]) -> None:
        for row, side in ((compare.first, first), (compare.second, second)):
            row.place.setText(side[0])
            row.aggregate.setText(side[1])
        compare.first.entered.emit()
        driver.until(lambda: not compare.busy and not page.tasks.busy)

    between(("1", ""), ("2026-01-02T00:00:00Z", ""))
    assert compare.summary.text().startswith("A: version 1, ")
    assert "B: version 2, " in compare.summary.text()
    assert [(change.path, change.old, change.new) for change in compare.model._changes] == [(("n",), 1, 2)]

    between(("1", "c-zoneless"), ("3", "b-disordered"))
    assert [(change.old, change.new) for change in compare.model._changes] == [(1, 3)]

    between(("1", ""), ("2025-06-01T00:00:00Z", ""))
    assert compare.problem.text() == (
        "B: a-ordered has no event at or before 2025-06-01T00:00:00Z. "
        "Its first is at 2026-01-01T00:00:00Z: it did not exist yet."
    )

    between(("1", ""), ("", ""))
    assert "The playhead is before the first event" in compare.nothing.text()
    assert compare.problem.text() == ""


def test_playing_from_before_the_first_event(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2025-01-01T00:00:00Z")
    page.show_aggregate("a-ordered")
    nothing_there(driver)
    page.play.start(-1)
    assert page.playhead.row == 2
    page.play.stop()
    page._go_before(page._before)
    page.play.start(1)
    assert page.playhead.row == 0
    page.play.stop()


def test_events_without_any_time_are_at_no_moment(driver, store: Path, qtbot: QtBot) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE events SET timestamp = NULL WHERE aggregate_id = 'd-undated'")
    connection.close()
    page = driver.open(store)
    enter(driver, qtbot, "2026-01-02T12:00:00Z")
    page.show_aggregate("d-undated")
    nothing_there(driver)

    text = "No event of d-undated has a time: which version held at 2026-01-02T12:00:00Z can't be told."
    assert page.absent.label.text() == text
    assert not page.absent.go.isVisible()


def test_the_events_around_a_moment_can_be_gone_to(at_demo, qtbot: QtBot) -> None:
    enter(at_demo, qtbot, MOMENT)
    at_demo.choose(PUZZLING_ORDER)
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.message("after it version 12")
    buttons = {each.text(): each for each in at_demo.page.messages.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Version 12"], Qt.MouseButton.LeftButton)
    at_demo.shows(PUZZLING_ORDER, 12)


@pytest.mark.parametrize(
    ("ident", "version", "warning"),
    [
        ("b-disordered", 3, "Versions and times disagree here"),
        ("c-zoneless", 1, "name no zone"),
        ("d-undated", 1, "Events without a time, which no moment can place: 1"),
    ],
)
def test_doubts_are_said(driver, store: Path, qtbot: QtBot, ident: str, version: int, warning: str) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2026-01-02T12:00:00Z")
    page.show_aggregate(ident)
    driver.shows(ident, version)
    driver.message(warning)
    page.clear_as_of()
    page.playhead.to_last()
    page.playhead.field.setText("2026-01-02T12:00:00Z")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)

    driver.shows(ident, version)
    driver.message(warning)


def test_new_events_don_t_move_it_away_from_its_moment(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    enter(driver, qtbot, "2026-06-01T00:00:00Z")
    page.show_aggregate("a-ordered")
    driver.shows("a-ordered", 3)
    connection = sqlite3.connect(store)
    connection.execute("INSERT INTO events VALUES ('a-ordered', 'Changed', '{}', 4, '2026-07-01T00:00:00Z')")
    connection.commit()
    connection.close()
    page._look_again()
    driver.until(lambda: len(page.view) == 4)
    driver.until(lambda: not page.tasks.busy)

    assert page.playhead.row == 2


def test_moments_far_away(driver, store: Path, qtbot: QtBot) -> None:
    page = driver.open(store)
    page.show_aggregate("a-ordered")
    driver.shows("a-ordered", 3)
    for instant, versions in (
        (Instant(1 << 70, 0), ["3", "3", "2", "3", "1"]),
        (Instant(-(1 << 70), 0), ["not yet"] * 5),
    ):
        page._set_as_of(instant)
        placed(driver)
        assert column(driver, 2) == versions


def test_the_axis_and_the_shade_go_along_with_the_plot(at_demo, qtbot: QtBot) -> None:
    enter(at_demo, qtbot, MOMENT)
    at_demo.page.show_aggregate(PUZZLING_ORDER)
    at_demo.shows(PUZZLING_ORDER, 11)
    timeline = at_demo.page.timeline
    box = timeline.getPlotItem().getViewBox()
    for by_time in (False, True, False):
        timeline.show_by_time(by_time)
        timeline.grow()
        axis = timeline.getPlotItem().getAxis("bottom")

        assert list(axis.range) == pytest.approx(box.viewRange()[0])
        assert timeline.later.boundingRect() == box.viewRect()
