"""Swim lanes in a real window: ways there, keys alone, the mouse, links, what is masked, and what goes wrong."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.links import Link, parse_link
from esviewer.gui.lanes.looks import colour_of
from esviewer.gui.lanes.picture import crowds
from esviewer.gui.lanes.room import LanesRoom
from esviewer.gui.machine import ToLanes
from esviewer.gui.times import LOCAL, STORED, show_in
from esviewer.model.exactjson import loads

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
KEY = Qt.Key
IDS = ("order-00001", LONG_ACCOUNT, "account-00031")


def settled(driver, room: LanesRoom) -> None:
    driver.until(
        lambda: not room.aside.tasks.busy
        and not room.picture._timer.isActive()
        and (not room.lane_ids or tuple(each.aggregate_id for each in room.picture.lanes) == room.lane_ids)
    )


def show(driver, *ids: str) -> LanesRoom:
    driver.page.machine.lanes_wanted.emit(ToLanes(ids))
    room = driver.window.rooms.room
    assert isinstance(room, LanesRoom)
    driver.until(lambda: room.picture.sight is not None and room.picture.sight.complete)
    settled(driver, room)
    return room


def active(driver) -> None:
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)


def press(driver, room: LanesRoom, *keys: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QTest.keyClick(room.picture, key, modifier)
        settled(driver, room)


def place_of(room: LanesRoom, number: int, x: float) -> QPoint:
    box = room.picture.getPlotItem().getViewBox()
    return room.picture.mapFromScene(box.mapViewToScene(QPointF(x, -number)))


def action(menu: QMenu, text: str):
    return next(each for each in menu.actions() if each.text() == text)


# Ways there


def test_rows_chosen_by_keys_alone_become_lanes(at_demo, qtbot: QtBot) -> None:
    active(at_demo)
    panel = at_demo.page.aggregates
    panel.view.setFocus()
    ids = [panel.model.ref(row).aggregate_id for row in range(4)]
    qtbot.keyClick(panel.view, KEY.Key_Home, CONTROL)
    qtbot.keyClick(panel.view, KEY.Key_Space, CONTROL)
    if panel.chosen_ids != (ids[0],):
        qtbot.keyClick(panel.view, KEY.Key_Space, CONTROL)
    qtbot.keyClick(panel.view, KEY.Key_Down, SHIFT)
    for _ in range(2):
        qtbot.keyClick(panel.view, KEY.Key_Down, CONTROL)
    qtbot.keyClick(panel.view, KEY.Key_Space, CONTROL)
    assert panel.chosen_ids == (ids[0], ids[1], ids[3])
    assert at_demo.page.aggregate_id is None  # none of these was read for that
    qtbot.keyClick(at_demo.window, KEY.Key_L, CONTROL | SHIFT)
    room = at_demo.window.rooms.room
    assert isinstance(room, LanesRoom)
    assert room.lane_ids == (ids[0], ids[1], ids[3])
    at_demo.until(lambda: room.picture.sight is not None and room.picture.sight.complete)
    settled(at_demo, room)
    assert room.picture.hasFocus()
    press(at_demo, room, KEY.Key_Home)
    first = room.picture.spot
    assert first is not None
    assert (first.aggregate_id, first.version) == (ids[0], room.picture.lanes[0].spots[0].version)
    press(at_demo, room, KEY.Key_Right, KEY.Key_Right, KEY.Key_Left)
    assert room.picture.spot == room.picture.lanes[0].spots[1]
    press(at_demo, room, KEY.Key_Down)
    assert room.picture.spot is not None
    assert room.picture.spot.aggregate_id == ids[1]
    press(at_demo, room, KEY.Key_End)
    chosen = room.picture.spot
    assert chosen is not None
    told = room.about.full
    assert ids[1] in told
    assert f"version {chosen.version}" in told
    assert "by " in told
    assert told in room.picture.accessibleDescription()
    press(at_demo, room, KEY.Key_Return)
    at_demo.shows(ids[1], chosen.version)
    assert at_demo.window.rooms.current == "history"


def test_menus_of_the_list_and_of_a_trace(at_demo) -> None:
    panel = at_demo.page.aggregates
    at_demo.choose(PUZZLING_ORDER)
    action(panel.menu(panel.model.index(0, 0)), "Show as swim lanes").trigger()
    room = at_demo.window.rooms.room
    assert isinstance(room, LanesRoom)
    assert room.lane_ids == (PUZZLING_ORDER,)
    at_demo.window.enter("history")
    at_demo.choose(LONG_ACCOUNT)
    action(panel.menu(panel.model.index(0, 0)), "Add to the swim lanes").trigger()
    assert room.lane_ids == (PUZZLING_ORDER, LONG_ACCOUNT)
    settled(at_demo, room)
    trace = at_demo.window.rooms.enter("trace")
    trace.show_event(PUZZLING_ORDER, 3)
    at_demo.until(lambda: trace.trace is not None and trace.trace.ended and not trace.aside.tasks.busy)
    assert PUZZLING_ORDER in trace.aggregates
    trace.to_lanes.click()
    assert at_demo.window.rooms.current == "lanes"
    assert room.lane_ids == trace.aggregates
    settled(at_demo, room)


def test_without_lanes_it_says_how_to_get_some_and_a_typed_id_is_one(at_demo, qtbot: QtBot) -> None:
    room = at_demo.window.rooms.enter("lanes")
    assert "Show as swim lanes" in room.nothing.text()
    assert room.stack.currentWidget() is room.nothing
    active(at_demo)
    at_demo.until(room.field.hasFocus)
    qtbot.keyClicks(room.field, "nobody")
    qtbot.keyClick(room.field, KEY.Key_Return)
    at_demo.until(lambda: "There is no aggregate nobody." in room.messages.text)
    assert room.lane_ids == ()
    room.field.setText(PUZZLING_ORDER)
    qtbot.keyClick(room.field, KEY.Key_Return)
    at_demo.until(lambda: room.lane_ids == (PUZZLING_ORDER,) and not room.field.text())
    settled(at_demo, room)
    assert room.stack.currentWidget() is not room.nothing
    assert room.summary.full.startswith("1 aggregate · 16 events · 2026-")


# What is drawn


def test_many_events_are_counted_and_few_are_marks(at_demo) -> None:
    room = show(at_demo, *IDS)
    order, long, account = room.picture.lanes
    assert long.in_sight == long.counts.sum() > 10_000
    assert not long.spots
    assert len(order.spots) == order.in_sight
    assert len(account.spots) == 41
    picture = room.picture
    place = place_of(room, 1, sum(picture.places) / 2)
    QTest.mouseClick(picture.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settled(at_demo, room)
    assert at_demo.window.rooms.current == "lanes"  # it looked closer
    low, high = picture.places
    assert high - low < 0.2 * (long.last.seconds - long.first.seconds)
    for _ in range(30):
        press(at_demo, room, KEY.Key_Plus)
        if picture.lanes[1].spots:
            break
    inside = [each for each in picture.lanes[1].spots if picture.places[0] < each.place < picture.places[1]]
    assert inside
    assert f"{picture.lanes[1].in_sight:,} of them in sight" in room.summary.full
    wanted = inside[len(inside) // 2]
    QTest.mouseClick(picture.viewport(), Qt.MouseButton.LeftButton, pos=place_of(room, 1, wanted.place))
    at_demo.shows(LONG_ACCOUNT)
    assert at_demo.window.rooms.current == "history"
    shown = at_demo.page.current.version
    assert any(each.version == shown and abs(each.place - wanted.place) < (high - low) for each in inside)


def test_marks_have_the_colours_and_signs_of_the_time_machine(at_demo) -> None:
    room = show(at_demo, PUZZLING_ORDER)
    at_demo.choose(PUZZLING_ORDER)
    view = at_demo.page.view
    words, colours = view.history.reducer.words, at_demo.window.theme.colours
    sight = room.picture.sight
    for number, kind in enumerate(sight.kinds):
        about = words.of(kind.name)
        assert kind.sign == about.sign
        code = view.types.index(kind.name)
        place = (code if about.colour is None else about.colour) % len(colours.types)
        assert colour_of(kind, number, colours) == colours.types[place]
    assert [each.version for each in room.picture.lanes[0].spots] == view.versions.tolist()


def test_a_column_and_a_mark_say_what_they_are(at_demo, monkeypatch: pytest.MonkeyPatch) -> None:
    room = show(at_demo, *IDS)
    said: list[str] = []
    monkeypatch.setattr(room.picture, "say", lambda _, text: said.append(text))
    picture = room.picture
    picture._hover(picture.mapToScene(place_of(room, 1, sum(picture.places) / 2)))
    assert said[-1].startswith(f"{LONG_ACCOUNT}: ")
    assert "MoneyDeposited: " in said[-1]
    assert said[-1].endswith("A click looks closer")
    spot = picture.lanes[2].spots[-2]
    picture._hover(picture.mapToScene(place_of(room, 2, spot.place)))
    at_demo.until(lambda: said[-1].startswith("account-00031\nversion"))
    lines = said[-1].split("\n")
    assert lines[1:3] == [f"version {spot.version}", f"→ {picture.kind_name(spot.kind)}"]
    assert any(line.startswith("by ") for line in lines)
    picture._hover(QPointF(20, picture.mapToScene(place_of(room, 2, spot.place)).y()))
    assert said[-1].startswith("account-00031 · 41 events · 2025-")


def test_times_are_in_the_windows_zone(at_demo, monkeypatch: pytest.MonkeyPatch) -> None:
    room = show(at_demo, "account-00002")
    press(at_demo, room, KEY.Key_Home)
    assert "2025-07-17 14:16:26" in room.about.full
    monkeypatch.setenv("TZ", "Asia/Tokyo")


    time.tzset()
    try:
        show_in(LOCAL)
        at_demo.page.machine.screen_changed.emit()
        settled(at_demo, room)
        assert "2025-07-17 23:16:26 +09:00" in room.about.full
        assert "23:16:26 +09:00" in room.summary.full
    finally:
        show_in(STORED)
        monkeypatch.undo()
        time.tzset()


def test_idle_time_is_short_when_that_is_wanted(at_demo) -> None:
    room = show(at_demo, PUZZLING_ORDER, "account-00031")
    low, high = room.picture.places
    assert room.idle.text() == "Collapse idle time"
    room.idle.click()
    settled(at_demo, room)
    assert at_demo.window.idle_action.isChecked()
    assert len(room.picture.sight.idle.breaks) > 0
    assert room.picture.places[1] - room.picture.places[0] < high - low
    place = room.picture.sight.idle.breaks[0]
    assert room.picture.sight.idle.break_at((place.place + 1) / 1e9) is place
    room.idle.click()
    settled(at_demo, room)
    assert not room.picture.sight.idle.breaks


def test_all_is_in_sight_again_by_key_button_and_double_click(at_demo, qtbot: QtBot) -> None:
    room = show(at_demo, *IDS)
    picture, whole = room.picture, room.picture.places
    press(at_demo, room, KEY.Key_Plus, KEY.Key_Plus)
    assert picture.places[1] - picture.places[0] < 0.6 * (whole[1] - whole[0])
    press(at_demo, room, KEY.Key_0)
    assert picture.places == pytest.approx(whole)
    press(at_demo, room, KEY.Key_Plus, KEY.Key_PageDown)
    assert picture.places[0] > whole[0]
    room.fit.click()
    settled(at_demo, room)
    assert picture.places == pytest.approx(whole)
    room.nearer.click()
    settled(at_demo, room)
    assert picture.places != pytest.approx(whole)
    QTest.mouseDClick(picture.viewport(), Qt.MouseButton.LeftButton, pos=place_of(room, 2, sum(picture.places) / 2))
    settled(at_demo, room)
    assert picture.places == pytest.approx(whole)


# Which lanes


def test_lanes_are_moved_removed_and_put_back_by_keys(at_demo, qtbot: QtBot) -> None:
    room = show(at_demo, *IDS)
    active(at_demo)
    room.picture.setFocus()
    press(at_demo, room, KEY.Key_Down)
    assert room.picture.lane == 1
    press(at_demo, room, KEY.Key_Up, modifier=ALT)
    assert room.lane_ids == (IDS[1], IDS[0], IDS[2])
    assert room.picture.lane == 0
    assert not room.up.isEnabled()
    assert room.down.isEnabled()
    press(at_demo, room, KEY.Key_Delete)
    assert room.lane_ids == (IDS[0], IDS[2])
    qtbot.keyClick(room.picture, KEY.Key_Z, CONTROL)
    settled(at_demo, room)
    assert room.lane_ids == (IDS[1], IDS[0], IDS[2])
    at_demo.until(lambda: room.picture.sight.complete and not room.aside.tasks.busy)
    assert room.picture.lanes[0].read > 10_000
    qtbot.keyClick(room.picture, KEY.Key_Z, CONTROL)
    assert room.lane_ids == IDS
    QTest.keySequence(room.picture, QKeySequence.StandardKey.Redo)
    assert room.lane_ids == (IDS[1], IDS[0], IDS[2])
    settled(at_demo, room)


def test_a_lane_is_dragged_by_its_name(at_demo) -> None:
    room = show(at_demo, *IDS)
    picture = room.picture
    ends = [QPoint(40, place_of(room, number, picture.places[0]).y()) for number in (0, 2)]
    QTest.mousePress(picture.viewport(), Qt.MouseButton.LeftButton, pos=ends[0])
    QTest.mouseMove(picture.viewport(), ends[1])
    QTest.mouseRelease(picture.viewport(), Qt.MouseButton.LeftButton, pos=ends[1])
    assert room.lane_ids == (IDS[1], IDS[2], IDS[0])
    settled(at_demo, room)
    QTest.mouseDClick(picture.viewport(), Qt.MouseButton.LeftButton, pos=ends[1])
    at_demo.shows(IDS[0])


def test_more_lanes_than_there_is_room_for_scroll_and_too_many_are_refused(at_demo) -> None:
    ids = [f"order-{number:05}" for number in range(1, 60)]
    room = show(at_demo, *ids)
    assert room.lane_ids == tuple(ids[:40])
    assert "There can be 40 lanes at most" in room.messages.text
    assert room.scroll_bar.isVisible()
    assert room.picture.top == 0
    for _ in range(39):
        QTest.keyClick(room.picture, KEY.Key_Down)
    settled(at_demo, room)
    assert room.picture.lane == 39
    assert room.picture.top == 40 - room.picture.high_enough == room.scroll_bar.value()
    room.scroll_bar.setValue(0)
    assert room.picture.top == 0
    seen = room.picture.getPlotItem().getViewBox().viewRange()[1]
    assert seen == pytest.approx([0.5 - room.picture.high_enough, 0.5])


# Links, back and forward


def test_a_link_leads_to_the_same_lanes_and_back_to_those_before(at_demo, demo: Path) -> None:
    room = show(at_demo, *IDS)
    action(at_demo.window.history, "Copy &link").trigger()
    text = QGuiApplication.clipboard().text()
    assert parse_link(text) == Link(str(demo.resolve()), room="lanes", lanes=IDS)
    room.show_lanes([PUZZLING_ORDER])
    settled(at_demo, room)
    at_demo.window.enter("audit")
    at_demo.window.open_target(text)
    at_demo.until(lambda: at_demo.window.rooms.current == "lanes" and room.lane_ids == IDS)
    settled(at_demo, room)
    at_demo.window.going.go_back()
    at_demo.window.going.go_back()
    at_demo.until(lambda: room.lane_ids == (PUZZLING_ORDER,))
    assert at_demo.window.rooms.current == "lanes"
    at_demo.window.going.go_back()
    at_demo.until(lambda: room.lane_ids == IDS)
    at_demo.window.close_store()
    at_demo.window.open_target(text)
    at_demo.until(lambda: at_demo.window.rooms is not None and at_demo.window.rooms.current == "lanes")
    room = at_demo.window.rooms.room
    at_demo.until(lambda: room.lane_ids == IDS and room.picture.sight is not None and room.picture.sight.complete)
    settled(at_demo, room)


def test_a_link_leads_to_what_was_in_sight(at_demo, demo: Path) -> None:
    room = show(at_demo, *IDS)
    low, high = room.picture.places
    middle, quarter = (low + high) / 2, (high - low) / 4
    room.picture.show_span(middle - quarter, middle + quarter)
    settled(at_demo, room)
    action(at_demo.window.history, "Copy &link").trigger()
    text = QGuiApplication.clipboard().text()
    span = parse_link(text).span
    assert span is not None
    assert [each.seconds for each in span] == pytest.approx([middle - quarter, middle + quarter], abs=1e-3)
    room.picture.show_whole()
    settled(at_demo, room)
    at_demo.window.open_target(text)
    at_demo.until(lambda: room.picture.span is not None)
    assert room.picture.places == pytest.approx((middle - quarter, middle + quarter), abs=1e-3)
    at_demo.window.close_store()
    at_demo.window.open_target(text)
    at_demo.until(lambda: at_demo.window.rooms is not None and at_demo.window.rooms.current == "lanes")
    room = at_demo.window.rooms.room
    at_demo.until(lambda: room.picture.span is not None)
    settled(at_demo, room)
    assert room.picture.places == pytest.approx((middle - quarter, middle + quarter), abs=1e-3)
    assert room.picture.sight is not None
    assert room.picture.sight.complete


# What can be copied


def test_the_events_in_sight_are_copied(at_demo) -> None:
    room = show(at_demo, PUZZLING_ORDER, "account-00031")
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    room.copies()[next(each for each in room.copies() if each.name == "CSV")]()
    at_demo.until(lambda: clipboard.text().startswith("aggregate_id,"))
    rows = list(csv.DictReader(io.StringIO(clipboard.text())))
    assert len(rows) == 16 + 41
    times = [each["timestamp"] for each in rows]
    assert sum(each["aggregate_id"] == PUZZLING_ORDER for each in rows) == 16
    assert times[0].startswith("2025-02-19")
    assert all(each["actor"] for each in rows)
    room.copy_in_sight(next(each for each in room.copies() if each.name == "JSON"))
    at_demo.until(lambda: clipboard.text().startswith("{"))
    told = [loads(line) for line in clipboard.text().splitlines()]
    assert [(each["aggregate_id"], str(each["version"])) for each in told] == [
        (each["aggregate_id"], each["version"]) for each in rows
    ]
    room.add_lanes([LONG_ACCOUNT])
    at_demo.until(lambda: room.picture.sight.complete and len(room.picture.lanes) == 3)
    settled(at_demo, room)
    clipboard.setText("before")
    action(room.menu(None), "Copy the events in sight as CSV").trigger()
    at_demo.until(lambda: "can be copied at most: zoom in first" in room.messages.text)
    assert clipboard.text() == "before"


# What is masked, and what goes wrong


def mails(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT, aggregate_type TEXT,"
        " event_type TEXT, event_data TEXT, metadata TEXT, version INTEGER, timestamp TEXT,"
        " UNIQUE (aggregate_id, version))"
    )
    for number, ident in enumerate(("mail-ada@example.org", "order-1", "order-1"), 1):
        version = 2 if number == 3 else 1
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, 'Sent', '{}', '{\"user_id\": \"bob@example.org\"}', ?, ?)",
            (number, f"e{number}", ident, ident.partition("-")[0], version, f"2026-03-01T00:00:0{number}Z"),
        )
    connection.commit()
    connection.close()
    return path


def test_what_is_masked_stays_so(driver, tmp_path: Path) -> None:
    driver.open(mails(tmp_path / "mails.db"))
    room = show(driver, "mail-ada@example.org", "order-1")
    press(driver, room, KEY.Key_Home)
    texts = [*room.picture._lane_axis.names, room.about.full, room.picture.accessibleDescription()]
    assert not any("ada@" in each or "bob@" in each for each in texts)
    assert any("masked" in each for each in texts)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    action(driver.window.history, "Copy &link").trigger()
    assert not clipboard.text()
    assert "The id is masked" in room.messages.text
    room.copy_in_sight(next(each for each in room.copies() if each.name == "CSV"))
    driver.until(lambda: clipboard.text())
    assert "ada@" not in clipboard.text()
    assert "bob@" not in clipboard.text()
    driver.page.machine.reveal()
    driver.until(lambda: "bob@example.org" in room.about.full)
    assert "mail-ada@example.org" in room.picture._lane_axis.names[0]


def test_an_aggregate_that_is_not_there_has_a_lane_that_says_so(at_demo) -> None:
    room = show(at_demo, PUZZLING_ORDER, "gone")
    assert room.picture.about_lane(1) == "gone · There is no such aggregate"
    press(at_demo, room, KEY.Key_Down, KEY.Key_Home, KEY.Key_Right)
    assert room.picture.spot is None
    assert "There is no such aggregate" in room.picture.accessibleDescription()


def test_new_events_come_into_their_lane(driver, tmp_path: Path) -> None:
    path = mails(tmp_path / "mails.db")
    driver.open(path)
    room = show(driver, "order-1")
    assert len(room.picture.lanes[0].spots) == 2
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO events VALUES (4, 'e4', 'order-1', 'order', 'Sent', '{}', NULL, 3, '2026-03-01T00:01:00Z')"
    )
    connection.commit()
    connection.close()
    driver.until(lambda: len(room.picture.lanes[0].spots) == 3)
    assert room.picture.places[1] > room.picture.lanes[0].spots[2].place
    settled(driver, room)


def test_a_store_that_can_not_be_read_is_said_and_tried_again(driver, tmp_path: Path) -> None:
    path = mails(tmp_path / "mails.db")
    driver.open(path)
    room = show(driver, "order-1")
    hidden = path.rename(path.with_name("hidden.db"))
    path.write_bytes(b"no database")
    room.aside.close()
    room.aside = driver.page.machine.aside.twin(room)
    room.read_anew()
    driver.until(lambda: bool(room.messages.text))
    assert room.go_on.isVisible()
    assert room.bar.isHidden()
    path.unlink()
    hidden.rename(path)
    room.go_on.click()
    driver.until(lambda: not room.go_on.isVisible() and not room.aside.tasks.busy)
    assert len(room.picture.lanes[0].spots) == 2


def test_reading_can_be_stopped_and_gone_on_with(at_demo) -> None:
    at_demo.page.machine.lanes_wanted.emit(ToLanes(IDS))
    room = at_demo.window.rooms.room
    room.bar.stop.click()
    assert room.bar.isHidden()
    assert room.go_on.isVisible()
    assert not room._busy
    room.go_on.click()
    at_demo.until(lambda: room.picture.sight is not None and room.picture.sight.complete)
    settled(at_demo, room)
    assert not room.go_on.isVisible()


def test_the_moment_that_the_window_looks_at_is_marked(at_demo) -> None:
    room = show(at_demo, "account-00031")
    assert room.picture.later.bands == []
    at_demo.page.show_as_of("2025-06-01T00:00:00Z")
    at_demo.window.enter("history")
    at_demo.window.enter("lanes")
    settled(at_demo, room)
    [(begin, end)] = room.picture.later.bands
    assert begin == 1_748_736_000
    assert end == room.picture.places[1]
    assert "shaded: after 2025-06-01 00:00:00" in room.summary.full


def test_the_chosen_event_is_pinned_to_the_case(at_demo, qtbot: QtBot) -> None:
    room = show(at_demo, PUZZLING_ORDER)
    at_demo.window.rooms.pin_to_case()
    assert room.messages.text == "Choose an event first."
    press(at_demo, room, KEY.Key_Home)
    with qtbot.waitSignal(at_demo.page.machine.pin_wanted) as pinned:
        at_demo.window.rooms.pin_to_case()
    assert pinned.args[0].what == f"event of {PUZZLING_ORDER} at version 1"


def test_marks_on_each_other_are_numbered() -> None:
    assert crowds([]) == []
    assert crowds([1.0, 3.0]) == []
    assert crowds([1.0, 3.0, 5.0, 40.0, 90.0, 91.0, 92.0, 93.0]) == [(5.0, 3, 35.0), (93.0, 4, float("inf"))]


def test_events_of_one_moment_and_of_odd_ones_are_drawn(driver, tmp_path: Path) -> None:
    path = mails(tmp_path / "mails.db")
    connection = sqlite3.connect(path)
    for version, when in enumerate(("2026-03-01T00:00:05Z",) * 3, 1):
        connection.execute(
            "INSERT INTO events VALUES (?, ?, 'same-1', 'same', 'Sent', '{}', NULL, ?, ?)",
            (10 + version, f"s{version}", version, when),
        )
    for version, when in enumerate(("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", None), 1):
        connection.execute(
            "INSERT INTO events VALUES (?, ?, 'odd-1', 'odd', 'Sent', '{}', NULL, ?, ?)",
            (20 + version, f"o{version}", version, when),
        )
    connection.commit()
    connection.close()
    driver.open(path)
    room = show(driver, "same-1")
    low, high = room.picture.places
    assert low < room.picture.lanes[0].spots[0].place < high
    press(driver, room, KEY.Key_Home, KEY.Key_Right, KEY.Key_Right, KEY.Key_Right)
    assert room.picture.spot.version == 3
    for _ in range(90):
        QTest.keyClick(room.picture, KEY.Key_Plus)
    press(driver, room, KEY.Key_PageDown, KEY.Key_0)
    room.picture.grab()
    room.add_lanes(["odd-1"])
    driver.until(lambda: len(room.picture.lanes) == 2 and room.picture.sight.complete)
    settled(driver, room)
    room.picture.grab()
    # The years that nanoseconds in 64 bits can't hold are as if there was no time, and it is said.
    assert room.picture.about_lane(1).endswith("Its events have no time")
    assert not room.messages.isVisible()


def test_all_of_a_long_list_is_chosen_without_a_wait_and_refused(driver, tmp_path: Path) -> None:
    path = mails(tmp_path / "mails.db")
    connection = sqlite3.connect(path)
    connection.executemany(
        "INSERT INTO events VALUES (?, ?, ?, 'many', 'Sent', '{}', NULL, 1, '2026-03-01T00:01:00Z')",
        ((number, f"m{number}", f"many-{number:06}") for number in range(100, 60_100)),
    )
    connection.commit()
    connection.close()
    driver.open(path)
    panel = driver.page.aggregates
    driver.until(lambda: panel.model.rowCount() == 60_002 and not driver.page.tasks.busy)
    panel.view.selectAll()
    before = time.process_time()
    assert len(panel.chosen_ids) == 100
    assert time.process_time() - before < 0.05
    driver.window.rooms.lanes_of_chosen()
    room = driver.window.rooms.room
    assert len(room.lane_ids) == 40
    assert "There can be 40 lanes at most" in room.messages.text
    settled(driver, room)
