"""Cause and effect in the window: the tree, the lanes, orphans, ways there and away, and what is masked."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from esviewer.gui.trace.room import TraceRoom
from esviewer.gui.trace.tree import AGGREGATE, EVENT, LATENCY, REMARK, VERSION
from esviewer.model.exactjson import loads

_ROW = Qt.ItemDataRole.DisplayRole


def written(path: Path) -> Path:
    """An order that is paid from an account, two effects of one cause, one of them lost its own cause."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT, aggregate_type TEXT,"
        " event_type TEXT, event_data TEXT, metadata TEXT, version INTEGER, timestamp TEXT,"
        " UNIQUE (aggregate_id, version))"
    )
    events = [
        ("e1", "order-1", 1, "Placed", None, 0),
        ("e2", "account-1", 1, "Charged", "e1", 2),
        ("e3", "order-1", 2, "Paid", "e2", 5),
        ("e4", "parcel-1", 1, "Packed", "e3", 65),
        ("e5", "mail-ada@example.org", 1, "Sent", "e3", 6),
        ("e6", "parcel-1", 2, "Returned", "gone", 70),
    ]
    for number, (event_id, aggregate, version, kind, cause, second) in enumerate(events, 1):
        metadata = {"correlationId": "C-1", "causationId": cause} if cause else {"correlationId": "C-1"}
        kept = (number, event_id, aggregate, aggregate.partition("-")[0], kind, "{}", json.dumps(metadata), version)
        time = f"2026-03-01T00:{second // 60:02}:{second % 60:02}Z"
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*kept, time))
    alone = (7, "e7", "order-2", "order", "Placed", "{}", None, 1, "2026-03-01T00:02:00Z")
    connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", alone)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def room(driver, tmp_path: Path) -> TraceRoom:
    """A store in its room for cause and effect."""
    driver.open(written(tmp_path / "store.db"))
    driver.window.enter("trace")
    found = driver.window.rooms.room
    assert isinstance(found, TraceRoom)
    return found


def ended(driver, room: TraceRoom) -> None:
    driver.until(lambda: room.trace is not None and room.trace.ended and not room.aside.tasks.busy)
    driver.until(lambda: not room._drawing.isActive())


def rows(room: TraceRoom, *columns: int) -> list[tuple[int, ...]]:
    """All rows of the tree from above: how deep, and the columns."""
    model, found = room.model, []

    def below(parent: QModelIndex, depth: int) -> None:
        for row in range(model.rowCount(parent)):
            cells = [model.data(model.index(row, column, parent), _ROW) for column in columns]
            found.append((depth, *cells))
            below(model.index(row, 0, parent), depth + 1)

    below(QModelIndex(), 0)
    return found


def test_an_event_by_its_id_shows_all_that_belongs_to_it(driver, room: TraceRoom, qtbot: QtBot) -> None:
    assert "Name an event above" in room.nothing.text()
    qtbot.keyClicks(room.field, "e4")
    qtbot.keyClick(room.field, Qt.Key.Key_Return)
    ended(driver, room)

    assert rows(room, EVENT, AGGREGATE, VERSION, LATENCY)[:4] == [
        (0, "Placed", "order-1", "1", ""),
        (1, "Charged", "account-1", "1", "2 s"),
        (2, "Paid", "order-1", "2", "3 s"),
        (3, "Packed", "parcel-1", "1", "1 min"),
    ]
    assert rows(room, EVENT, REMARK)[-1] == (0, "? Returned", "Its cause is no event of the store: gone")
    assert room.summary.full == "6 events · 4 aggregates · 1 min 10 s · 1 orphan · correlation C-1"
    assert room.model.node(room.tree.currentIndex()).event.event_id == "e4"

    room.arrangement.setCurrentIndex(1)
    assert [depth for depth, *_ in rows(room, EVENT)] == [0] * 6
    assert [name for _, name in rows(room, EVENT)] == ["Placed", "Charged", "Paid", "Packed", "Sent", "? Returned"]
    assert room.model.node(room.tree.currentIndex()).event.event_id == "e4"


def test_lanes_say_what_the_list_says(driver, room: TraceRoom) -> None:
    room.show_event("order-1", 1)
    ended(driver, room)
    lanes = {"order-1": 0, "account-1": 1, "parcel-1": 2, "mail-ada@example.org": 3}
    expected = [(0, 0), (2, 1), (5, 0), (65, 2), (6, 3), (70, 2)]
    assert len(set(lanes.values())) == 4
    assert room.lanes.places() == expected
    room.by_time.setChecked(False)
    assert room.lanes.places() == [(number + 1, lane) for number, (_, lane) in enumerate(expected)]
    room.lanes.picked.emit(3)
    assert room.model.node(room.tree.currentIndex()).event.event_id == "e4"


def test_a_click_in_the_lanes_chooses_the_event(driver, room: TraceRoom, qtbot: QtBot) -> None:
    room.show_event("order-1", 1)
    ended(driver, room)
    box = room.lanes.getPlotItem().getViewBox()
    from PySide6.QtCore import QPointF

    place = room.lanes.mapFromScene(box.mapViewToScene(QPointF(65, -2)))
    qtbot.mouseClick(room.lanes.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.until(lambda: room.model.node(room.tree.currentIndex()).event.event_id == "e4")


def test_from_an_event_and_back_to_one(driver, tmp_path: Path, qtbot: QtBot) -> None:
    page = driver.open(written(tmp_path / "store.db"))
    driver.choose("order-1")
    driver.until(lambda: page.details.title.full)
    qtbot.mouseClick(page.details.to_trace, Qt.MouseButton.LeftButton)
    room = driver.window.rooms.room
    assert isinstance(room, TraceRoom)
    ended(driver, room)
    assert room.field.text() == "order-1@2"
    room.go_to_next_orphan()
    assert room.model.node(room.tree.currentIndex()).event.event_id == "e6"
    qtbot.keyClick(room.tree, Qt.Key.Key_Return)
    driver.shows("parcel-1", 2)
    assert driver.window.rooms.current == "history"
    menu = page.events.menu(page.events.shown.index(0, 0))
    action = next(each for each in menu.actions() if each.text() == "Show its correlation")
    action.trigger()
    driver.until(lambda: driver.window.rooms.current == "trace" and room.trace is not None)
    ended(driver, room)
    assert room.trace.asked == ("parcel-1", 1)


def test_what_is_masked_stays_so(driver, room: TraceRoom) -> None:
    room.show_event("order-1", 1)
    ended(driver, room)
    shown = [name for _, name in rows(room, AGGREGATE)]
    assert not any("ada@" in name for name in shown)
    assert any("masked" in name for name in shown)
    assert not any("ada@" in name for name in room.lanes._lane_axis.names)
    room.copy()
    assert "ada@" not in QGuiApplication.clipboard().text()
    driver.page.machine.reveal()
    driver.until(lambda: any("ada@" in name for _, name in rows(room, AGGREGATE)))
    assert "mail-ada@example.org" in room.lanes._lane_axis.names


def test_an_event_that_is_not_there(driver, room: TraceRoom, qtbot: QtBot) -> None:
    qtbot.keyClicks(room.field, "nobody")
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: "There is no event nobody." in room.messages.text)
    assert room.start.isEnabled()
    qtbot.keyClicks(room.field, "x")
    room.field.setText("order-2@1")
    room.begin()
    ended(driver, room)
    assert room.summary.full.startswith("1 event · 1 aggregate")


def test_a_search_can_be_stopped_and_what_was_found_stays(driver, demo: Path) -> None:
    page = driver.open(demo)
    room = driver.window.rooms.enter("trace")
    page.machine.trace_wanted.emit(("order-00042", 3))
    driver.until(lambda: room.trace is not None)
    room.cancel()
    assert len(room.trace.causation.nodes) == 16
    assert room.bar.isHidden()
    assert loads(json.dumps(room.trace.causation.as_json(0)))["type"] == "OrderPlaced"
