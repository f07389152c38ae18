"""The events room: histogram, filters, the list of events, how far a search has come, and saved filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import helpers_log
import pytest
from helpers_log import Row, many
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from esviewer.app.links import parse_link
from esviewer.app.log_filter import LogFilter
from esviewer.app.saved_filters import SavedFilters
from esviewer.gui.log import room as log_room
from esviewer.gui.log.histogram import COLOURS
from esviewer.gui.log.model import ACTOR, AGGREGATE, DATA, POSITION, TYPE, VERSION
from esviewer.gui.log.room import PAGE, EventsRoom
from esviewer.gui.machine import Assignment
from esviewer.replay.event_words import COLOURS as COLOUR_NAMES


@pytest.fixture
def at_log(driver, tmp_path: Path) -> Callable[[list[Row]], EventsRoom]:
    """Opens a store of some events in its events room."""

    def enter(rows: list[Row]) -> EventsRoom:
        driver.open(helpers_log.write_sqlite(tmp_path / "store.db", rows))
        driver.window.enter("events")
        room = driver.window.rooms.room
        assert isinstance(room, EventsRoom)
        settled(driver, room)
        return room

    return enter


def settled(driver, room: EventsRoom) -> None:
    driver.until(lambda: not room._searching and not room.aside.tasks.busy)


def cells(room: EventsRoom, column: int) -> list[str]:
    return [room.model.text(row, column) for row in range(room.model.rowCount())]


def positions(room: EventsRoom) -> list[int]:
    return [int(text) for text in cells(room, POSITION)]


def ask(driver, room: EventsRoom, **fields: str) -> None:
    for name, text in fields.items():
        getattr(room.filters, name).setText(text)
    room.filters.search.click()
    settled(driver, room)


def test_all_events_are_listed_newest_first_and_further_ones_when_scrolled_to(driver, at_log) -> None:
    room = at_log(many(1_300))
    assert positions(room) == list(range(1300, 1300 - room.model.rowCount(), -1))
    shown = room.model.rowCount()
    assert PAGE <= shown < 1_300
    assert "Searched back to" in room.state.full
    assert f"{shown:,} found" in room.state.full
    room.table.scrollToBottom()
    driver.until(lambda: room.model.rowCount() > shown)
    settled(driver, room)
    while room.go_on.isVisible():
        room.go_on.click()
        settled(driver, room)
    assert positions(room) == list(range(1300, 0, -1))
    assert room.state.full == "All searched: 1,300 found"
    room.filters.order.setCurrentIndex(1)
    ask(driver, room)
    assert positions(room)[:3] == [1, 2, 3]


def test_the_overview_is_exact_in_the_end_and_its_legend_asks_for_a_type(driver, at_log, qtbot: QtBot) -> None:
    room = at_log(many(800))
    picture = room.histogram.picture
    assert picture.exact
    assert picture.counts.sum() == 800
    assert [each.text() for each in room.legend.buttons] == list(picture.by_type)
    assert [colour.name() for _, colour, _ in room.histogram.layers()] == list(COLOURS[:4])
    assert "800 events" in room.legend.about.text()
    qtbot.mouseClick(room.legend.buttons[0], Qt.MouseButton.LeftButton)
    settled(driver, room)
    assert set(cells(room, TYPE)) == {next(iter(picture.by_type))}
    assert room.model.rowCount() == 200


def test_types_have_the_colours_that_a_reducers_file_chose(driver, at_log, tmp_path: Path) -> None:
    room = at_log(many(800))
    kinds = list(room.histogram.picture.by_type)
    file = tmp_path / "words.toml"
    file.write_text(f'name = "words"\n[event_type."{kinds[1]}"]\ncolour = "red"\n', encoding="utf-8")
    driver.window.page.machine.assign_wanted.emit(Assignment("order", file))
    red = driver.window.theme.colours.types[COLOUR_NAMES.index("red")]
    wanted = [COLOURS[0], red, *COLOURS[1:3]]
    driver.until(lambda: [colour.name() for _, colour, _ in room.histogram.layers()] == wanted)
    driver.until(lambda: room.legend.buttons[1].icon().pixmap(10, 10).toImage().pixelColor(5, 5).name() == red)


def test_dragging_over_bars_asks_for_their_time(driver, at_log, qtbot: QtBot) -> None:
    rows = many(3_000)
    room = at_log(rows)
    chart = room.histogram
    high = chart.viewport().height() // 2
    left, right = chart.viewport().width() // 2, chart.viewport().width() // 2 + 60
    qtbot.mousePress(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left, high))
    qtbot.mouseMove(chart.viewport(), QPoint(right, high))
    QTest.mouseMove(chart.viewport(), QPoint(right, high))
    qtbot.mouseRelease(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(right, high))
    settled(driver, room)
    asked = room.filters.filter()
    assert asked.since is not None
    assert asked.until is not None
    assert 0 < room.model.rowCount() < 3_000
    wanted = [
        row.position
        for row in rows
        if asked.since.ns <= int(row.when.timestamp()) * 1_000_000_000 <= asked.until.ns
    ]
    assert positions(room) == wanted[::-1][: room.model.rowCount()]
    qtbot.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left, high))
    settled(driver, room)
    assert room.filters.filter() == LogFilter()


def test_a_span_is_chosen_by_keys_alone(driver, at_log, qtbot: QtBot) -> None:
    room = at_log(many(2_000))
    chart = room.histogram
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    for _ in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert "events" in chart.accessibleDescription()
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    settled(driver, room)
    found = positions(room)
    assert found == list(range(len(found), 0, -1))
    assert len(found) == pytest.approx(int(chart.picture.counts[:4].sum()), abs=1)
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    settled(driver, room)
    assert not room.filters.given


def test_each_field_narrows(driver, at_log) -> None:
    room = at_log(many(900))
    ask(driver, room, types="P*, Shipped", actor="ada", text="LINE 10")
    wanted = [
        row.position
        for row in many(900)
        if row.kind in ("Placed", "Paid", "Shipped") and row.metadata["user"] == "ada" and "line 10" in row.data["note"]
    ]
    assert positions(room) == wanted[::-1]
    room.filters.clear_button.click()
    ask(driver, room, correlation="c-7")
    assert positions(room) == [40, 39, 38, 37, 36]
    room.filters.clear_button.click()
    ask(driver, room, where="data.amount < 3")
    assert positions(room) == [3, 2, 1]
    room.filters.clear_button.click()
    ask(driver, room, aggregate="user-00003")
    assert cells(room, VERSION) == [str(each) for each in range(10, 0, -1)]
    room.filters.clear_button.click()
    ask(driver, room, since="2026-01-01T00:10:00Z", until="2026-01-01T00:12:00Z")
    assert positions(room) == [13, 12, 11]


def test_what_cannot_be_asked_is_told_and_nothing_found_too(driver, at_log) -> None:
    room = at_log(many(50))
    ask(driver, room, since="whenever")
    assert "From: 'whenever' is not a date" in room.messages.text
    room.filters.clear_button.click()
    ask(driver, room, where="data.amount >")
    assert "can't be used" in room.messages.text
    room.filters.clear_button.click()
    ask(driver, room, aggregate="nobody")
    assert "There is no aggregate nobody" in room.messages.text
    room.filters.clear_button.click()
    ask(driver, room, types="None*")
    assert room.list.currentWidget() is room.nothing
    assert room.nothing.text() == "No event fits the filter."
    assert room.state.full == "All searched: 0 found"


def test_an_event_is_looked_at_opened_copied_and_pinned(driver, at_log, qtbot: QtBot) -> None:
    room = at_log(many(100))
    room.table.setFocus()
    room.table.selectRow(4)
    driver.until(lambda: room.details.title.full.startswith("6 ") and not driver.page.tasks.busy)
    qtbot.keyClick(room.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().split("\t")
    assert [copied[POSITION], copied[AGGREGATE], copied[VERSION]] == ["96", "user-00009", "6"]
    menu = room.menu(room.table.currentIndex())
    texts = [action.text() for action in menu.actions()]
    assert "Only events of this aggregate" in texts
    assert "Copy link" in texts
    menu.close()
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    driver.shows("user-00009", 6)


def test_what_looks_sensitive_is_masked_until_it_is_revealed(driver, at_log, qtbot: QtBot) -> None:
    rows = many(20)
    rows[19] = Row(20, "user-00001", 10, "Named", 1140, {"email": "ada@example.org"}, {"user": "bob@example.org"})
    room = at_log(rows)
    assert "masked" in room.model.text(0, DATA)
    assert "masked" in room.model.text(0, ACTOR)
    room.table.selectRow(0)
    room.copy()
    assert "example.org" not in QGuiApplication.clipboard().text()
    menu = room.menu(room.table.currentIndex())
    assert "Only events by this actor" not in [action.text() for action in menu.actions()]
    menu.close()
    driver.page.machine.reveal()
    driver.until(lambda: "ada@example.org" in room.model.text(0, DATA))
    assert room.model.text(0, ACTOR) == "bob@example.org"
    driver.page.machine.hide()
    assert "example.org" not in room.model.text(0, DATA) + room.model.text(0, ACTOR)
    driver.until(lambda: "masked" in room.model.text(0, DATA))


def test_a_search_is_stopped_and_goes_on(driver, at_log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_room, "_SLICE", 0.001)
    room = at_log(many(20_000))
    room.filters.text.setText("line 1 ")
    room.search()
    driver.until(lambda: room.searched is not None or not room._searching)
    room.halt()
    settled(driver, room)
    assert not room.searched.complete
    assert room.go_on.isVisible()
    while not room.searched.complete:
        room.go_on.click()
        settled(driver, room)
    assert room.model.rowCount() == 0
    assert room.state.full == "All searched: 0 found"


def test_filters_are_saved_chosen_deleted_and_brought_back(driver, at_log, monkeypatch: pytest.MonkeyPatch) -> None:
    room = at_log(many(60))
    ask(driver, room, types="Paid", actor="bob")
    monkeypatch.setattr(room.saved, "name_typed", lambda: "Bob pays")
    room.saved.ask_name()
    key = driver.page.session.key
    assert SavedFilters().of(key) == {"Bob pays": LogFilter(types=("Paid",), actor="bob")}
    found = positions(room)
    room.filters.clear_button.click()
    settled(driver, room)
    room.saved.fill()
    room.saved.menu.actions()[0].trigger()
    settled(driver, room)
    assert positions(room) == found
    room.saved.delete("Bob pays")
    assert SavedFilters().of(key) == {}
    assert "The filter Bob pays was deleted." in room.messages.text
    room.saved.undo.undo()
    assert list(SavedFilters().of(key)) == ["Bob pays"]
    room.saved.undo.redo()
    assert SavedFilters().of(key) == {}


def test_a_damaged_file_of_filters_is_told_and_left(driver, at_log) -> None:
    room = at_log(many(5))
    file = SavedFilters().file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"stores": 4}')
    room.saved.save("x")
    assert "damaged" in room.messages.text
    assert file.read_text() == '{"stores": 4}'


def test_an_empty_store_says_so(driver, tmp_path: Path) -> None:
    driver.window.open_target(str(helpers_log.write_sqlite(tmp_path / "empty.db", [])))
    driver.until(lambda: driver.window.page is not None)
    driver.window.enter("events")
    room = driver.window.rooms.room
    settled(driver, room)
    assert room.nothing.text() == "There are no events."


def test_keys_reach_all_of_it(driver, at_log, qtbot: QtBot) -> None:
    room = at_log(many(30))
    room.histogram.setFocus()
    seen = []
    for _ in range(30):
        focused = room.window().focusWidget()
        if focused in seen:
            break
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    filters = room.filters
    for widget in (*filters.fields, filters.order, filters.search, filters.clear_button, room.table):
        assert widget in seen
        assert widget.accessibleName() or widget.text()


# Aggregate types, and what was asked as a place


def test_the_type_of_aggregates_is_asked_for_and_offered(driver, at_log, qtbot: QtBot) -> None:
    room = at_log(many(60))
    kinds = {room.model.line(row).aggregate_type for row in range(room.model.rowCount())}
    assert len(kinds) > 1
    completer = room.filters.aggregate_type.completer()
    driver.until(lambda: completer.model().stringList() == sorted(kinds))
    ask(driver, room, aggregate_type="ord*")
    found = positions(room)
    assert 0 < len(found) < 60
    assert {room.model.line(row).aggregate_type for row in range(room.model.rowCount())} == {"order"}
    room.filters.clear_button.click()
    settled(driver, room)
    assert room.model.rowCount() == 60
    row = next(row for row in range(60) if room.model.line(row).aggregate_type == "order")
    menu = room.menu(room.model.index(row, 0))
    next(each for each in menu.actions() if each.text() == "Only events of this aggregate type").trigger()
    settled(driver, room)
    assert room.filters.aggregate_type.text() == "order"
    assert positions(room) == found
    assert parse_filter(room) == {"aggregate_type": "order"}


def parse_filter(room: EventsRoom) -> dict[str, object]:
    assert room.log_filter is not None
    return room.log_filter.as_json()


def test_a_link_brings_back_what_was_asked_and_so_do_back_and_forward(driver, at_log) -> None:
    room = at_log(many(60))
    window = driver.window
    ask(driver, room, aggregate_type="order", types="P*, Shipped", where="data.amount > 1")
    asked = room.filters.filter()
    assert asked.aggregate_type == "order"
    next(each for each in window.history.actions() if each.text() == "Copy &link").trigger()
    link = QGuiApplication.clipboard().text()
    assert parse_link(link).log_filter == asked
    found = positions(room)
    room.filters.clear_button.click()
    settled(driver, room)
    window.going.go_back()
    driver.until(lambda: room.log_filter == asked)
    settled(driver, room)
    assert positions(room) == found
    window.going.go_forward()
    driver.until(lambda: room.log_filter is None)
    settled(driver, room)
    assert room.model.rowCount() == 60
    window.enter("audit")
    window.open_target(link)
    driver.until(lambda: window.rooms.current == "events" and room.log_filter == asked)
    settled(driver, room)
    assert positions(room) == found
    window.close_store()
    window.open_target(link)
    driver.until(lambda: window.rooms is not None and window.rooms.current == "events")
    room = window.rooms.room
    settled(driver, room)
    assert room.filters.filter() == asked
    assert positions(room) == found


def test_what_is_masked_in_a_filter_is_in_no_link(driver, at_log) -> None:
    room = at_log(many(60))
    ask(driver, room, actor="ada@example.org")
    QGuiApplication.clipboard().clear()
    next(each for each in driver.window.history.actions() if each.text() == "Copy &link").trigger()
    assert not QGuiApplication.clipboard().text()
