"""The process map in the window: as the command counts it, the picture, rare paths, who took them, files."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from esviewer.gui.flow.layers import arranged
from esviewer.gui.flow.room import FlowRoom
from esviewer.gui.flow.tables import AGGREGATES, COUNT, FROM, MEDIAN, TO

_ROW = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def room(driver, demo: Path, qtbot: QtBot) -> FlowRoom:
    """The demo store's process map, counted."""
    driver.open(demo)
    driver.window.enter("flow")
    found = driver.window.rooms.room
    assert isinstance(found, FlowRoom)
    assert "Nothing was counted yet" in found.nothing.text()
    qtbot.mouseClick(found.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: found.flows is not None and not found.aside.tasks.busy)
    return found


def cells(room: FlowRoom, *columns: int) -> list[tuple[str, ...]]:
    model = room.paths
    return [tuple(model.data(model.index(row, each), _ROW) for each in columns) for row in range(model.rowCount())]


def choose(driver, room: FlowRoom, *key: str | None) -> None:
    row = room.paths.row_of(key)  # type: ignore[arg-type]
    assert row is not None
    room.table.selectRow(row)


def test_it_is_what_the_command_prints(driver, room: FlowRoom, demo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", "flow", str(demo), "--json"], capture_output=True, env=os.environ, check=True
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    kinds = list(dict.fromkeys(line["aggregate_type"] for line in lines))
    assert [room.kind.itemText(each).partition(" ")[0] for each in range(room.kind.count())] == kinds
    for number, kind in enumerate(kinds):
        room.kind.setCurrentIndex(number)
        assert sorted(cells(room, FROM, TO, COUNT)) == sorted(
            (line["from"] or "(begins)", line["to"] or "(ends)", f"{line['count']:,}")
            for line in lines
            if line["aggregate_type"] == kind
        )
        assert set(room.picture.drawn) <= {(line["from"], line["to"]) for line in lines}


def test_sorting_keeps_the_path_that_is_chosen(driver, room: FlowRoom) -> None:
    choose(driver, room, "OrderCancelled", "OrderShipped")
    room.table.sortByColumn(MEDIAN, Qt.SortOrder.AscendingOrder)
    times = [path.median_us for path in room.paths.rows]
    assert times == sorted(times, key=lambda time: (time is not None, time or 0))
    assert room.path is not None
    assert (room.path.source, room.path.target) == ("OrderCancelled", "OrderShipped")
    assert room.table.currentIndex().row() == room.paths.row_of(("OrderCancelled", "OrderShipped"))


def test_a_rare_path_leads_to_who_took_it(driver, room: FlowRoom, qtbot: QtBot) -> None:
    key = ("OrderCancelled", "OrderShipped")
    assert key in room.picture.rare
    assert ("OrderPlaced", "ItemAdded") not in room.picture.rare
    room.picture.chosen.emit(key)
    assert room.detail.full == "OrderCancelled → OrderShipped · 1 × · 1 aggregate · median 1 d 7 h"
    assert [room.takers.data(room.takers.index(0, each), _ROW) for each in range(2)] == ["order-00042", "12"]
    assert not room.more.isEnabled()
    assert ("OrderCancelled", "OrderShipped", "! 1") in cells(room, FROM, TO, AGGREGATES)
    room.taker_table.selectRow(0)
    qtbot.keyClick(room.taker_table, Qt.Key.Key_Return)
    driver.shows("order-00042", 12)


def test_more_aggregates_come_when_they_are_asked_for(driver, room: FlowRoom, qtbot: QtBot) -> None:
    choose(driver, room, "PaymentAuthorized", "PaymentCaptured")
    path = room.path
    assert path is not None
    seen = len(room.takers.places)
    assert seen == 100 < path.aggregates
    while room.more.isEnabled():
        qtbot.mouseClick(room.more, Qt.MouseButton.LeftButton)
        driver.until(lambda: not room.aside.tasks.busy)
    found = [ident for ident, _ in room.takers.places]
    assert len(found) == path.aggregates
    assert found == sorted(set(found))


def test_the_slider_says_what_is_rare(driver, room: FlowRoom) -> None:
    room.rare.setValue(0)
    few = set(room.picture.rare)
    room.rare.setValue(room.rare.maximum())
    many = set(room.picture.rare)
    assert few < many
    flow = room.flow
    assert flow is not None
    assert many == {(path.source, path.target) for path in flow.paths if path.aggregates <= 0.2 * flow.aggregates}
    assert f"({len(many)} paths)" in room.rare_label.text()
    room.which.setCurrentIndex(1)
    assert len(room.picture.drawn) < len(flow.paths)
    room.which.setCurrentIndex(2)
    assert many <= set(room.picture.drawn)


def test_the_picture_is_walked_by_keys(driver, room: FlowRoom, qtbot: QtBot) -> None:
    choose(driver, room, *room.picture.drawn[0])
    room.picture.setFocus()
    for number in range(1, 4):
        qtbot.keyClick(room.picture, Qt.Key.Key_Down)
        assert room.path is not None
        assert (room.path.source, room.path.target) == room.picture.drawn[number]
    qtbot.keyClick(room.picture, Qt.Key.Key_Up)
    assert (room.path.source, room.path.target) == room.picture.drawn[2]


def test_a_click_on_an_arrow_chooses_it(driver, room: FlowRoom, qtbot: QtBot) -> None:
    arrow = room.picture._arrows["OrderCancelled", "OrderShipped"]
    place = room.picture.mapFromScene(arrow.path().pointAtPercent(0.5))
    qtbot.mouseClick(room.picture.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert room.path is not None
    assert (room.path.source, room.path.target) == ("OrderCancelled", "OrderShipped")


def test_the_table_goes_into_clipboard_and_file(driver, room: FlowRoom, tmp_path: Path) -> None:
    room.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == room.paths.rowCount() + 1
    room.export_report(tmp_path / "map.csv")
    driver.until(lambda: "Written" in room.messages.text)
    with (tmp_path / "map.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [(row["from"], row["to"], int(row["count"])) for row in read] == [
        (path.source or "(begins)", path.target or "(ends)", path.count) for path in room.paths.rows
    ]
    room.export_report(tmp_path / "map.pdf")
    driver.until(lambda: "no ending that a process map" in room.messages.text)


def test_types_that_look_sensitive_are_masked(driver, tmp_path: Path, qtbot: QtBot) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data TEXT,"
        " version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
    )
    for version in (1, 2):
        row = (version, "ada@example.org", "Mailed bob@example.org", "{}", version, "2026-03-01T00:00:00Z")
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
    driver.open(tmp_path / "store.db")
    room: Any = driver.window.rooms.enter("flow")
    room.begin()
    driver.until(lambda: room.flows is not None and not room.aside.tasks.busy)
    room.table.selectRow(0)
    for text in (str(cells(room, FROM, TO)), room.paths.as_csv(), room.paths.as_text(), room.detail.full):
        assert "@example" not in text
        assert "masked" in text
    assert "masked" in room.takers.data(room.takers.index(0, 0), _ROW)
    assert not any("@example" in item.toolTip() for item in room.picture.scene().items())
    driver.page.machine.reveal()
    assert "bob@example.org" in str(cells(room, FROM, TO))


@pytest.mark.parametrize("seed", range(6))
def test_boxes_never_cover_each_other_and_frequent_ways_go_down(seed: int) -> None:
    random = Random(seed)
    names = ["begins", *(f"t{each}" for each in range(random.randrange(2, 25))), "ends"]
    inner = names[1:-1]
    edges = {("begins", inner[0]): 100.0, (inner[-1], "ends"): 100.0}
    for one, other in pairwise(inner):
        edges[one, other] = random.randrange(50, 100)
    for _ in range(len(inner) * 4):
        edges.setdefault((random.choice(inner), random.choice(inner)), random.randrange(1, 40))
    widths = {name: 40.0 + 10 * len(name) for name in names}
    placed = arranged(widths, edges, first="begins", last="ends", height=90, gap=20)

    for one, other in combinations(names, 2):
        (x1, y1), (x2, y2) = placed.nodes[one], placed.nodes[other]
        assert y1 != y2 or abs(x1 - x2) >= (widths[one] + widths[other]) / 2 + 19.9
    for one, other in pairwise(names):
        assert placed.layers[one] < placed.layers[other]
    for (source, target), way in placed.ways.items():
        assert (way[0], way[-1]) == (placed.nodes[source], placed.nodes[target])
        steps = {round(b[1] - a[1]) for a, b in pairwise(way)}
        assert steps in ({90}, {-90}, {0})
