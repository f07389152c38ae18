"""“Copy as”: each form where it makes sense, by menu and key, from where the focus is; masked values stay masked."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import helpers_log
import helpers_planted
import pytest
from helpers_log import Row, many
from helpers_planted import clean
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from esviewer.gui.copying import Form
from esviewer.gui.masked import reveal_menu

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def entries(menu: QMenu) -> dict[str, QAction]:
    """The forms that a menu offers."""
    inner = next(each.menu() for each in menu.actions() if each.text() == "Copy as")
    return {each.text().replace("&", ""): each for each in inner.actions()}


class Copying:
    """Copies, and reads what came of it."""

    def __init__(self, driver, qtbot: QtBot) -> None:
        self.driver = driver
        self._qtbot = qtbot

    def by(self, act: Callable[[], object]) -> str:
        QGuiApplication.clipboard().setText("nothing")
        act()
        self.driver.until(lambda: QGuiApplication.clipboard().text() != "nothing")
        return QGuiApplication.clipboard().text()

    def at(self, widget: QWidget, form: Form) -> str:
        """By the window's menu, with the focus on a widget."""
        widget.setFocus()
        assert self.driver.window.focusWidget() is widget
        action = next(each for each in self.driver.window.edit.actions() if each.data() == form.name)
        return self.by(action.trigger)

    def key(self, widget: QWidget, key: Qt.Key) -> str:
        widget.setFocus()
        return self.by(lambda: self._qtbot.keyClick(widget, key, CTRL_SHIFT))


@pytest.fixture
def copying(driver, qtbot: QtBot) -> Copying:
    return Copying(driver, qtbot)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = many(40)
    rows[3] = Row(4, "order-00000", 4, "Named", 180, {"email": "ada@example.org", "to": ["x", {"y": 1}]}, None)
    return helpers_log.write_sqlite(tmp_path / "store.db", rows)


def run(file: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def test_values_of_an_event(driver, copying: Copying, file: Path) -> None:
    driver.open(file)
    driver.choose("order-00000")
    page = driver.page
    page.playhead.move(3)
    driver.until(lambda: page.details.title.full.startswith("4 ") and not page.tasks.busy)
    tree = page.details.data
    tree.expandAll()
    rows = {tree.shown.path_of(index): index for index in walk(tree)}
    tree.setCurrentIndex(rows["to",])
    assert json.loads(copying.at(tree, Form.VALUE)) == ["x", {"y": 1}]
    assert json.loads(copying.key(tree, Qt.Key.Key_J)) == ["x", {"y": 1}]
    tree.setCurrentIndex(rows["to", 1, "y"])
    assert copying.key(tree, Qt.Key.Key_A) == "/to/1/y"
    tree.setCurrentIndex(rows["to", 0])
    assert copying.at(tree, Form.VALUE) == "x"
    assert copying.at(tree, Form.JSON) == '"x"'
    sql = copying.key(tree, Qt.Key.Key_Q)
    assert len(run(file, sql)) == 1
    assert '"email": "ada@example.org"' in str(run(file, sql)[0])
    tree.setCurrentIndex(rows["email",])
    for form in (Form.VALUE, Form.JSON):
        assert "‹masked" in copying.at(tree, form)
    menu = tree.menu(tree.currentIndex())
    assert list(entries(menu)) == ["Value", "JSON", "JSON Pointer", "SQL of this read"]
    menu.close()


def walk(tree):
    def below(parent):
        for row in range(tree.model().rowCount(parent)):
            index = tree.model().index(row, 0, parent)
            yield index
            yield from below(index)

    return list(below(tree.rootIndex()))


def test_events_of_an_aggregate(driver, copying: Copying, file: Path) -> None:
    driver.open(file)
    driver.choose("order-00000")
    page = driver.page
    page.playhead.move(3)
    driver.shows("order-00000", 4)
    event = json.loads(copying.at(page.events, Form.JSON))
    assert (event["position"], event["type"], event["data"]["to"]) == (4, "Named", ["x", {"y": 1}])
    assert "‹masked" in event["data"]["email"]
    head, row = csv.reader(io.StringIO(copying.at(page.events, Form.CSV)))
    assert dict(zip(head, row, strict=True))["Event"] == "Named"
    assert copying.at(page.events, Form.VALUE).split("\t")[:2] == ["4", "Named"]
    assert len(run(file, copying.at(page.events, Form.SQL))) == 1
    assert json.loads(copying.at(page.timeline, Form.JSON))["to"] == ["x", {"y": 1}]
    # What the focus is on has no such form.
    page.timeline.setFocus()
    next(each for each in driver.window.edit.actions() if each.data() == "CSV").trigger()
    assert "nothing here that can be copied in this form" in page.messages.text


def test_aggregates_of_the_list(driver, copying: Copying, file: Path) -> None:
    driver.open(file)
    driver.choose("user-00001")
    view = driver.page.aggregates.view
    assert copying.at(view, Form.VALUE) == "user-00001"
    summary = json.loads(copying.at(view, Form.JSON))
    assert (summary["aggregate_id"], summary["version"], summary["events"]) == ("user-00001", 10, 10)
    assert len(run(file, copying.at(view, Form.SQL))) == 10


def test_chosen_events_of_the_log(driver, copying: Copying, file: Path) -> None:
    driver.open(file)
    driver.window.enter("events")
    room = driver.window.rooms.room
    driver.until(lambda: room.model.rowCount() == 40 and not room._searching)
    chosen = room.table.selectionModel()
    flag = chosen.SelectionFlag
    # What keys were pressed last is of no matter to that.
    chosen.setCurrentIndex(room.model.index(1, 0), flag.ClearAndSelect | flag.Rows)
    chosen.select(room.model.index(36, 0), flag.Select | flag.Rows)
    assert len(chosen.selectedRows()) == 2
    events = [json.loads(line) for line in copying.at(room.table, Form.JSON).splitlines()]
    assert [event["position"] for event in events] == [39, 4]
    assert "‹masked" in events[1]["data"]["email"]
    assert "Copied" in room.messages.text
    head, *rows = csv.reader(io.StringIO(copying.at(room.table, Form.CSV)))
    assert [dict(zip(head, row, strict=True))["Position"] for row in rows] == ["39", "4"]
    assert run(file, copying.at(room.table, Form.SQL))[0][0] == 9


def test_what_a_spreadsheet_would_run_is_text(driver, copying: Copying, tmp_path: Path) -> None:
    rows = [Row(1, "order-1", 1, "=HYPERLINK(1)", 0, {}, None)]
    driver.open(helpers_log.write_sqlite(tmp_path / "odd.db", rows))
    driver.choose("order-1")
    assert "'=HYPERLINK(1)" in copying.at(driver.page.events, Form.CSV)


def test_sql_that_would_tell_a_masked_id_is_not_copied(driver, copying: Copying, tmp_path: Path) -> None:
    rows = [Row(1, "ada@example.org", 1, "Came", 0, {"n": 1}, None)]
    driver.open(helpers_log.write_sqlite(tmp_path / "masked.db", rows))
    page = driver.page
    page.aggregates.view.selectRow(0)
    driver.shows("ada@example.org", 1)
    page.events.setFocus()
    QGuiApplication.clipboard().setText("nothing")
    next(each for each in driver.window.edit.actions() if each.data() == "SQL").trigger()
    driver.message("masked", "reveal it first")
    assert QGuiApplication.clipboard().text() == "nothing"
    assert "ada@" not in copying.at(page.events, Form.JSON)
    assert "ada@" not in copying.at(page.aggregates.view, Form.VALUE)
    page.machine.reveal_id("ada@example.org")
    sql = copying.at(page.events, Form.SQL)
    assert run(tmp_path / "masked.db", sql)[0][0] == 1


def test_differences(driver, copying: Copying, file: Path) -> None:
    driver.open(file)
    driver.choose("order-00000")
    page = driver.page
    page.pin()
    page.playhead.move(0)
    driver.shows("order-00000", 1)
    panel = page.state.compare
    page.state.tabs.setCurrentWidget(panel)
    driver.until(lambda: panel.model.rowCount() > 0 and not page.tasks.busy)
    menu = panel.menu(panel.model.index(0, 0))
    offered = entries(menu)
    assert list(offered) == ["Value", "JSON", "JSON Pointer"]
    change = json.loads(copying.by(offered["JSON"].trigger))
    assert change["path"] == copying.by(offered["JSON Pointer"].trigger)
    assert change["op"] in ("add", "remove", "replace")
    menu.close()
    panel.table.selectRow(0)
    assert json.loads(copying.at(panel.table, Form.JSON)) == change


def test_rows_of_the_other_rooms(driver, copying: Copying, tmp_path: Path, qtbot: QtBot) -> None:
    store = clean()
    helpers_planted.version_gap(store, 2)
    target, reducers = helpers_planted.write(store, tmp_path)
    driver.open(target, reducers=reducers)

    driver.window.enter("audit")
    audit = driver.window.rooms.room
    driver.until(lambda: not audit.model.tasks.busy)
    qtbot.mouseClick(audit.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: not audit.running.going and audit.model.rowCount() > 0)
    audit.table.selectAll()
    audit.table.setCurrentIndex(audit.model.index(0, 0))
    audit.table.selectAll()
    lines = [json.loads(line) for line in copying.at(audit.table, Form.JSON).splitlines()]
    assert [line["check"] for line in lines] == ["version-gap"] * audit.model.rowCount()
    shown = list(csv.reader(io.StringIO(copying.at(audit.table, Form.CSV))))
    assert shown[0][:3] == ["Severity", "Check", "Aggregate"]
    assert shown[1][1:3] == ["version-gap", lines[0]["aggregate_id"]]
    menu = reveal_menu(audit.table, QPoint(5, 5))
    assert list(entries(menu)) == ["Value", "JSON", "CSV"]
    menu.close()
    audit.side.setCurrentWidget(audit.checks)
    audit.checks.table.selectRow(1)
    assert "version-gap" not in copying.at(audit.checks.table, Form.VALUE)

    driver.window.enter("schema")
    schema = driver.window.rooms.room
    qtbot.mouseClick(schema.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: schema.overview is not None and not schema.aside.tasks.busy)
    schema.table.selectRow(0)
    driver.until(lambda: schema.fields.rowCount() > 0 and not schema.aside.tasks.busy)
    kind = schema.types.index(0, 0).data()
    assert list(csv.reader(io.StringIO(copying.at(schema.table, Form.CSV))))[1][0] == kind
    schema.tree.setCurrentIndex(schema.fields.index(0, 0))
    assert copying.at(schema.tree, Form.VALUE).startswith(schema.fields.index(0, 0).data() + "\t")

    driver.window.enter("flow")
    flow = driver.window.rooms.room
    qtbot.mouseClick(flow.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: flow.flows is not None and not flow.aside.tasks.busy)
    assert list(entries(flow.menu())) == ["Value", "CSV"]
    table = list(csv.reader(io.StringIO(copying.at(flow.table, Form.CSV))))
    assert len(table) == 1 + flow.paths.rowCount()
    flow.table.selectRow(0)
    driver.until(lambda: flow.takers.rowCount() > 0)
    flow.taker_table.selectRow(0)
    assert copying.at(flow.taker_table, Form.VALUE).split("\t")[0] == flow.takers.index(0, 0).data()
