"""The schema room: types, fields and drift as on the command line, a chart, and exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import helpers_planted
import pytest
from helpers_planted import Planted, clean, schema_drift
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from esviewer.app import activity
from esviewer.gui.schema.room import SchemaRoom
from esviewer.gui.schema.tables import DRIFT, EVENTS, FIRST, SCHEMA, TYPE
from esviewer.gui.text import preview
from esviewer.model.exactjson import loads

_ROW = Qt.ItemDataRole.DisplayRole


def command(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", "schema", *map(str, arguments)], capture_output=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.fixture
def at_schema(driver, tmp_path: Path) -> Callable[..., SchemaRoom]:
    """Opens a store in its schema room."""

    def enter(store: Planted | Path) -> SchemaRoom:
        driver.open(helpers_planted.write(store, tmp_path)[0] if isinstance(store, Planted) else store)
        driver.window.enter("schema")
        room = driver.window.rooms.room
        assert isinstance(room, SchemaRoom)
        return room

    return enter


def describe(driver, room: SchemaRoom, qtbot: QtBot) -> None:
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: room.overview is not None and not room.aside.tasks.busy)


def drifting() -> Planted:
    store = clean()
    schema_drift(store, 4)
    return store


def cells(room: SchemaRoom, *columns: int) -> list[tuple[str, ...]]:
    model = room.types
    return [tuple(model.data(model.index(row, each), _ROW) for each in columns) for row in range(model.rowCount())]


def choose(driver, room: SchemaRoom, name: str) -> None:
    room.table.selectRow([each.name for each in room.overview.types].index(name))
    driver.until(lambda: not room.aside.tasks.busy)


def shown_fields(room: SchemaRoom) -> list[list[str]]:
    """All rows of the tree, from above: the place and the columns."""
    model, found = room.fields, []

    def below(parent: QModelIndex) -> None:
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            columns = [model.data(model.index(row, column, parent), _ROW) for column in range(1, 5)]
            found.append([model.fact(index).pattern, *columns])
            below(index)

    below(QModelIndex())
    return found


def test_types_and_fields_are_those_of_the_command_line(driver, at_schema, demo: Path, qtbot: QtBot) -> None:
    room = at_schema(demo)
    assert "Nothing was described yet" in room.nothing.text()
    describe(driver, room, qtbot)
    expected = loads(command(demo, "--json"))
    assert cells(room, TYPE, SCHEMA, EVENTS) == [
        (each["type"], str(each["schema_version"]), f"{each['count']:,}") for each in expected["types"]
    ]
    assert [list(fact.counts) for fact in room.overview.types] == [each["over_time"] for each in expected["types"]]
    first = expected["types"][0]["first"]["timestamp"]
    assert cells(room, FIRST)[0][0] == first.replace("T", " ")[:16]
    for wanted in expected["types"]:
        choose(driver, room, f"{wanted['type']}@{wanted['schema_version']}")
        shown = shown_fields(room)
        inside = [each for each in wanted["fields"] if each["path"] != ""] or wanted["fields"]
        assert [each[0] for each in shown] == [each["path"] for each in inside]
        assert [each[2] == "always" for each in shown] == [bool(each["always"]) for each in inside]
        for row, each in zip(shown, inside, strict=True):
            assert all(kind in row[1] for kind in each["types"])
            masked = sum("masked" in str(example) for example in each["examples"])
            assert row[4].count("masked") == masked  # marks themselves are salted anew each time
            if not masked:
                assert row[4] == ", ".join(preview(example, 60) for example in each["examples"])
    assert "masked" in str(expected["types"])


def test_what_looks_sensitive_is_masked_until_it_is_revealed(driver, at_schema, qtbot: QtBot) -> None:
    store = clean()
    store.at(3, 2).data = '{"amount": 4, "email": "ada@example.org"}'
    room = at_schema(store)
    describe(driver, room, qtbot)
    choose(driver, room, "Deposited@1")
    assert "masked" in str(shown_fields(room))
    assert "ada@" not in str(shown_fields(room))
    driver.page.machine.reveal()
    driver.until(lambda: "ada@example.org" in str(shown_fields(room)))
    assert room.title.full.startswith("Deposited@1")
    driver.page.machine.hide()
    driver.until(lambda: "ada@" not in str(shown_fields(room)) and shown_fields(room))


def test_drift_is_listed_drawn_and_clicked(driver, at_schema, qtbot: QtBot) -> None:
    room = at_schema(drifting())
    describe(driver, room, qtbot)
    wanted = json.loads(command(driver.page.session.store.label, "--json"))
    drifts = {each["type"]: each["drift"] for each in wanted["types"]}
    assert dict(cells(room, TYPE, DRIFT)) == {name: str(len(each) or "") for name, each in drifts.items()}
    choose(driver, room, "Deposited@1")
    (drift,) = drifts["Deposited"]
    model = room.drifts
    assert [model.data(model.index(0, column), _ROW) for column in (0, 1, 3)] == [
        "/fee",
        "+ appears",
        drift["message"],
    ]
    assert room.chart.marks == ["+ /fee"]
    assert room.inside.tabText(1) == "Drift (1)"
    choose(driver, room, "Withdrawn@1")
    assert room.chart.marks == []
    choose(driver, room, "Deposited@1")
    room.inside.setCurrentIndex(1)
    room.drift_table.setFocus()
    room.drift_table.setCurrentIndex(model.index(0, 0))
    qtbot.keyClick(room.drift_table, Qt.Key.Key_Return)
    driver.shows(drift["first"]["aggregate_id"], drift["first"]["version"])


def test_first_and_last_event_are_gone_to(driver, at_schema, qtbot: QtBot) -> None:
    room = at_schema(clean())
    describe(driver, room, qtbot)
    choose(driver, room, "Withdrawn@1")
    qtbot.mouseClick(room.first, Qt.MouseButton.LeftButton)
    driver.shows("account-00", 4)
    driver.window.enter("schema")
    qtbot.mouseClick(room.last, Qt.MouseButton.LeftButton)
    driver.shows("account-29", 8)


def test_a_pattern_leaves_types_out(driver, at_schema, qtbot: QtBot) -> None:
    room = at_schema(clean())
    room.pattern.setText("With*")
    describe(driver, room, qtbot)
    assert cells(room, TYPE, EVENTS) == [("Withdrawn", "60")]
    room.pattern.setText("Nothing*")
    describe(driver, room, qtbot)
    assert room.stack.currentWidget() is room.nothing
    assert "no events of such types" in room.nothing.text()


def test_it_is_written_as_the_command_line_writes_it(driver, at_schema, qtbot: QtBot, tmp_path: Path) -> None:
    room = at_schema(drifting())
    assert room.report_name() == ""
    describe(driver, room, qtbot)
    label = driver.page.session.store.label
    for ending, form in ((".md", "markdown"), (".json", "json"), (".schema.json", "jsonschema"), (".txt", "text")):
        file = tmp_path / f"out{ending}"
        room.export_report(file)
        driver.until(lambda file=file: file.name in room.messages.text and not room.aside.tasks.busy)
        assert file.read_text() == command(label, "--format", form)
    assert [each["what"] for each in activity.entries()].count("schema") == 4
    room.export_report(tmp_path / "out.pdf")
    driver.until(lambda: "no ending that a catalogue is written as" in room.messages.text)
    assert not (tmp_path / "out.pdf").exists()


def test_it_is_cancelled_and_begun_again(driver, at_schema, demo: Path, qtbot: QtBot) -> None:
    room = at_schema(demo)
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    assert not room.bar.isHidden()
    qtbot.mouseClick(room.bar.stop, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.aside.tasks.busy)
    assert room.overview is None
    assert room.start.isEnabled()
    describe(driver, room, qtbot)
    assert room.export.isEnabled()


def test_a_store_that_is_gone_is_told(driver, at_schema, qtbot: QtBot, tmp_path: Path) -> None:
    room = at_schema(clean())
    store = Path(driver.page.session.store.label)
    away = store.rename(tmp_path / "away.db")
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: store.name in room.messages.text)
    away.rename(store)
    describe(driver, room, qtbot)
    assert room.messages.text == ""
