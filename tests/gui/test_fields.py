"""Fields that are followed: changes, chart, dimmed events; and what was removed."""

import csv
import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from helpers_replay import batches, one_rule
from helpers_stories import DATA, EVERYTHING, KINDS
from hypothesis import given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QKeyCombination, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.field_csv import cell
from esviewer.app.masking import OFF
from esviewer.app.screen import Screen
from esviewer.gui.axes import axis_font
from esviewer.gui.event_table import shown_time
from esviewer.gui.field_chart import BLOCK, Drawing, in_sight, make_line, row_at
from esviewer.gui.field_log import FieldLog, Reader, glimpse, typed_path
from esviewer.gui.fields_panel import MOST, FieldsPanel
from esviewer.model.change import pointer
from esviewer.model.values import MISSING, Number
from esviewer.questions.field_history import field_history
from esviewer.questions.removed import removed
from esviewer.replay.history import build_history
from esviewer.work import Work

PLAIN = Screen(OFF)
STEP = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A few things of one type whose fields come, change and go."""
    path = tmp_path / "things.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
        " metadata TEXT, PRIMARY KEY (aggregate_id, version))"
    )
    lives = {
        "a": [
            ("Set", '{"path": "n", "value": 1}'),
            ("Set", '{"path": "n", "value": 18446744073709551617}'),
            ("Set", '{"path": "m", "value": 0.10}'),
            ("Drop", '{"path": "n"}'),
            ("Set", '{"path": "n", "value": "<b>=1+1</b>"}'),
            ("Set", '{"path": "x", "value": 5}'),
            ("Set", '{"path": "n", "value": -3}'),
            ("Drop", '{"path": "x"}'),
        ],
        "b": [("Set", '{"path": "n", "value": 7}')],
    }
    for ident, life in lives.items():
        for version, (kind, data) in enumerate(life, 1):
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (ident, kind, data, version, f"2026-01-0{version}T00:00:00Z", '{"user": "anna"}'),
            )
    connection.commit()
    connection.close()
    rules = tmp_path / "things.db.reducers"
    rules.mkdir()
    (rules / "things.toml").write_text(
        'name = "things"\n[[on]]\nevent = "Set"\nset = { "f[data.path]" = "data.value" }\n'
        '[[on]]\nevent = "Drop"\nremove = ["f[data.path]"]\n'
    )
    return path


def opened(driver, store: Path, aggregate_id: str = "a") -> FieldsPanel:
    page = driver.open(store)
    page.show_aggregate(aggregate_id)
    driver.shows(aggregate_id)
    page.state.tabs.setCurrentWidget(page.fields)
    return page.fields


def type_path(driver, qtbot: QtBot, text: str) -> None:
    panel = driver.page.fields
    panel.field.setText(text)
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    done(driver)


def done(driver) -> None:
    panel = driver.page.fields
    driver.until(lambda: panel.collector.complete and not driver.page.tasks.busy)


def table(panel: FieldsPanel) -> list[tuple[str, ...]]:
    """Version, field, op, old, new of all rows."""
    model = panel.changes.shown
    return [
        tuple(model.data(model.index(row, column), STEP) for column in range(5)) for row in range(model.rowCount())
    ]


def test_every_change_is_listed_exactly(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    type_path(driver, qtbot, "f.m")

    assert table(panel) == [
        ("1", "/f/n", "add", "–", "1"),
        ("2", "/f/n", "replace", "1", "18446744073709551617"),
        ("3", "/f/m", "add", "–", "0.10"),
        ("4", "/f/n", "remove", "18446744073709551617", "–"),
        ("5", "/f/n", "add", "–", '"<b>=1+1</b>"'),
        ("7", "/f/n", "replace", '"<b>=1+1</b>"', "-3"),
    ]
    assert "<b>" not in panel.changes.shown.data(panel.changes.shown.index(4, 4), Qt.ItemDataRole.ToolTipRole)
    assert panel.line.full == "6 changes by 6 of 8 events"
    assert [label.full for label in panel.pins.values] == ["-3", "0.10"]


def test_numbers_are_drawn_with_gaps_where_there_are_none(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    driver.until(panel.chart.isVisible)
    line = panel.chart._drawing.lines[0]

    assert line.x.tolist() == [1, 2, 4, 5, 7, 8]
    assert np.array_equal(line.y, [1, float(2**64 + 1), np.nan, np.nan, -3, -3], equal_nan=True)
    driver.page.playhead.move(2)
    driver.shows("a", 3)
    assert panel.chart.strips[0].playhead.value() == 3
    assert panel.pins.values[0].full == "18446744073709551617"
    panel.by_time.setChecked(True)
    driver.until(lambda: panel.chart._drawing.by_time)
    assert panel.chart._drawing.lines[0].x[0] == driver.page.view.instant(0).seconds


def test_text_only_is_no_chart(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    page.state.tabs.setCurrentWidget(page.fields)
    type_path(at_demo, qtbot, "status")
    assert page.fields.changes.shown.rowCount() == 6
    assert not page.fields.chart.isVisible()
    type_path(at_demo, qtbot, "/discount")
    at_demo.until(page.fields.chart.isVisible)


def test_a_click_goes_to_the_event(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    place = panel.changes.visualRect(panel.changes.shown.index(3, 2)).center()  # the fourth change, by version 5
    qtbot.mouseClick(panel.changes.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.shows("a", 5)
    driver.page.playhead.move(6)
    driver.shows("a", 7)
    assert panel.changes.currentIndex().row() == 4
    driver.page.playhead.move(5)
    driver.shows("a", 6)
    assert not panel.changes.selectionModel().hasSelection()


def test_a_click_in_the_chart_goes_to_the_version(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    driver.until(panel.chart.isVisible)
    qtbot.wait(50)
    box, canvas = panel.chart.strips[0].box, panel.chart.canvas
    middle = sum(box.viewRange()[1]) / 2
    place = canvas.mapFromScene(box.mapViewToScene(QPointF(3.4, middle)))
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.shows("a", 3)


def test_each_field_has_an_axis_of_its_own(driver, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "sizes.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER,"
            " timestamp TEXT, PRIMARY KEY (aggregate_id, version))"
        )
        for version in range(1, 13):
            data = {"tiny": version % 3 / 1e6, "word": "x", "huge": version * 1e9, "same": 7}
            row = ("a", "Set", json.dumps(data), version, f"2026-{version:02}-01T00:00:00Z")
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    panel = opened(driver, path)
    for count, name in enumerate(("tiny", "word", "huge", "same"), 1):
        type_path(driver, qtbot, f"/{name}")
        driver.until(lambda count=count: panel.chart._drawing and len(panel.chart._drawing.lines) == count)
    qtbot.wait(60)
    strips = panel.chart.strips
    assert [strip.name.toPlainText() for strip in strips] == ["/tiny", "/huge", "/same"]
    for strip, (least, greatest) in zip(strips, ((0, 2e-6), (1e9, 12e9), (7, 7)), strict=True):
        low, high = strip.box.viewRange()[1]
        assert low < least
        assert greatest < high
        assert high - low < 2 * (greatest - least) or least == greatest
        assert strip.box.viewRange()[0] == strips[0].box.viewRange()[0]
        assert strip.box.height() >= 20
    left = {strip.box.mapToScene(strip.box.rect().topLeft()).x() for strip in strips}
    assert len(left) == 1
    driver.page.playhead.move(5)
    driver.shows("a", 6)
    assert [strip.playhead.value() for strip in strips] == [6, 6, 6]
    for path_ in [*panel.paths]:
        panel.unfollow(path_)
    assert panel.chart.strips == []


def test_labels_below_a_chart_are_whole(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    driver.until(panel.chart.isVisible)
    panel.by_time.setChecked(True)
    driver.until(lambda: panel.chart._drawing.by_time)
    qtbot.wait(60)
    axis = panel.chart.strips[-1].plot.getAxis("bottom")
    assert axis.height() >= QFontMetrics(axis_font()).height() + 6
    bottom = axis.mapToScene(axis.boundingRect().bottomLeft()).y()
    assert bottom <= panel.chart.canvas.viewport().height()


def test_other_events_are_dimmed(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    events = driver.page.events.shown

    def dimmed() -> list[int]:
        colours = [events.data(events.index(row, 2), Qt.ItemDataRole.ForegroundRole) for row in range(8)]
        return [row + 1 for row, colour in enumerate(colours) if colour is not None and colour.alpha() < 255]

    assert dimmed() == []
    type_path(driver, qtbot, "/f/n")
    assert dimmed() == [3, 6, 8]
    view = driver.page.view
    assert {change.index + 1 for change in field_history(view.history, [("f", "n")])} == {1, 2, 4, 5, 7}
    panel.dim.setChecked(False)
    assert dimmed() == []
    panel.dim.setChecked(True)
    assert dimmed() == [3, 6, 8]
    qtbot.mouseClick(panel.pins.buttons[0], Qt.MouseButton.LeftButton)
    done(driver)
    assert dimmed() == []
    assert panel.paths == []


def test_marks_of_other_events_are_dimmed(driver, store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = opened(driver, store)
    timeline = driver.page.timeline

    def faint() -> list[int]:
        return sorted(round(each.pos().x()) for each in timeline._marks.points() if each.brush().color().alpha() < 255)

    assert faint() == []
    type_path(driver, qtbot, "/f/n")
    driver.until(lambda: faint() == [3, 6, 8])

    def steady() -> bool:
        seen = timeline._picture
        qtbot.wait(200)
        return seen is not None and timeline._picture is seen

    driver.until(steady)
    drawn = timeline._picture
    driver.page.playhead.move(1)
    driver.shows("a", 2)
    assert timeline._picture is drawn  # a step paints no more than the playhead
    panel.dim.setChecked(False)
    driver.until(lambda: faint() == [])

    monkeypatch.setattr("esviewer.gui.timeline.SINGLE_MARKS", 0)
    view = driver.page.view
    timeline.show_touched(np.zeros(len(view), np.bool_))
    assert timeline._marks_between(view, -5000, 5000)[3].tolist() == [False] * len(view.types)
    for row in range(len(view)):
        timeline.show_touched(np.arange(len(view)) == row)
        _, lanes, _, bright = timeline._marks_between(view, -5000, 5000)  # all of a type are in one mark
        assert lanes[bright].tolist() == [view.type_codes[row]]
    timeline.show_touched(np.zeros(1, np.bool_))  # what is not known yet is not dimmed
    assert timeline._marks_between(view, 0, 9000)[3].any()


def test_events_are_dimmed_though_the_tab_is_hidden(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    driver.page.state.tabs.setCurrentIndex(0)
    driver.page.state.tree.follow_wanted.emit(("f", "m"))
    done(driver)
    assert panel.collector.log.touched.tolist() == [False, False, True, False, False, False, False, False]
    assert panel.changes.shown.rowCount() == 0
    driver.page.state.tabs.setCurrentWidget(panel)
    assert [row[0] for row in table(panel)] == ["3"]


def test_what_is_followed_is_remembered_for_the_type(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    page.state.tabs.setCurrentWidget(page.fields)
    type_path(at_demo, qtbot, "status")
    at_demo.choose("account-00001")
    assert page.fields.paths == []
    at_demo.choose("order-00001")
    done(at_demo)
    assert page.fields.paths == [("status",)]
    assert page.fields.changes.shown.rowCount() > 0


def test_what_is_followed_can_be_undone(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    fields = at_demo.page.fields
    at_demo.page.state.tabs.setCurrentWidget(fields)
    fields.follow(("status",))
    fields.follow(("total",))
    fields.unfollow(("status",))
    fields.field.clear()
    fields.dim.setFocus()
    undo, redo = (QKeySequence(key)[0] for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo))

    def press(keys: QKeyCombination) -> None:
        qtbot.keyClick(fields.dim, keys.key(), keys.keyboardModifiers())

    press(undo)
    assert fields.paths == [("status",), ("total",)]
    press(undo)
    assert fields.paths == [("status",)]
    press(redo)
    press(redo)
    assert fields.paths == [("total",)]


def test_bad_paths_are_refused_in_words(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    for text, answer in (("a..b", "is no path"), ("", "Type a path"), ("/f/n", "")):
        type_path(driver, qtbot, text)
        driver.message(*([answer] if answer else []))
    type_path(driver, qtbot, "/f/n")
    driver.message("/f/n is followed already")
    for number in range(MOST):
        type_path(driver, qtbot, f"/other/{number}")
    assert len(panel.paths) == MOST
    driver.message("let one go first")


def test_a_path_that_is_not_there_now_is_taken_from_the_newest_state(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    driver.page.playhead.move(0)
    driver.shows("a", 1)
    type_path(driver, qtbot, "f.x")
    assert [(row[0], row[2]) for row in table(panel)] == [("6", "add"), ("8", "remove")]
    assert panel.pins.values[0].full == "not there"


def test_changes_are_saved_as_csv(driver, store: Path, qtbot: QtBot, tmp_path: Path) -> None:
    panel = opened(driver, store)
    assert not panel.save.isEnabled()
    type_path(driver, qtbot, "/f/n")
    panel.save_csv(tmp_path / "out.csv")
    driver.message("5 changes written to", "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["new"] == "18446744073709551617"
    assert rows[0]["timestamp"] == "2026-01-01T00:00:00Z"
    assert rows[3] == {
        "version": "5",
        "timestamp": "2026-01-05T00:00:00Z",
        "event_type": "Set",
        "path": "/f/n",
        "op": "add",
        "old": "",
        "new": '"<b>=1+1</b>"',
    }
    assert rows[4]["new"] == "-3"
    panel.save_csv(tmp_path / "missing" / "out.csv")
    driver.message("can't be written")


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=1+1", "'=1+1"), ("-3", "-3"), ("-3.5e7", "-3.5e7"), ("-3+cmd", "'-3+cmd"), ("@x", "'@x"), ("+inf", "'+inf")],
)
def test_no_cell_is_a_formula(text: str, safe: str) -> None:
    assert cell(text) == safe


def test_the_log_grows_with_the_view(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "/f/n")
    connection = sqlite3.connect(store)
    connection.execute(
        "INSERT INTO events VALUES ('a', 'Set', '{\"path\": \"n\", \"value\": 99}', 9, '2026-01-09T00:00:00Z', NULL)"
    )
    connection.commit()
    connection.close()
    driver.until(lambda: len(driver.page.view) == 9)
    driver.until(lambda: table(panel)[-1] == ("9", "/f/n", "replace", "-3", "99"))
    driver.until(lambda: panel.chart._drawing.lines[0].y[-1] == 99)


def test_what_is_drawn_rounded_is_said(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    type_path(driver, qtbot, "f.m")
    assert not panel.undrawn.isVisible()
    type_path(driver, qtbot, "f.n")  # 18446744073709551617 among others
    assert panel.undrawn.text() == "Drawn rounded or not at all, exact in the list: /f/n"
    assert panel.undrawn.isVisible()


@pytest.mark.parametrize(
    ("value", "loses"),
    [
        (2**53, False),
        (-(2**53) - 1, True),
        (True, False),
        (Number("1.10"), False),
        (Number("9007199254740993.5"), True),
        (Number("1e400"), True),
        (Number("1e190"), False),
        (Decimal("-0.1234567890123456"), True),
        (0.1, False),
        ("9007199254740993", False),
        (Decimal("NaN"), False),
    ],
)
def test_which_numbers_a_drawing_has_no_digits_for(value: object, loses: bool) -> None:
    history = build_history(one_rule('set = { n = "data.n" }'), batches(("A", {"n": value})))
    assert (0 in _chunk(history).rounded) is loses


def _chunk(history):
    (chunk,) = Reader(history, [("n",)], PLAIN, "a").read(0, 9, True, Work())
    return chunk


def test_the_list_follows_the_playhead_and_a_new_field_is_in_sight(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page
    page.state.tabs.setCurrentWidget(page.fields)
    changes, log = page.fields.changes, None
    for path in ("balance", "movements", "by_channel/atm", "interest_rate"):
        type_path(at_demo, qtbot, path)
        log = page.fields.collector.log

    def in_sight() -> list[int]:
        high = changes.viewport().height()
        return [int(log.rows[row]) for row in range(changes.rowAt(0), max(0, changes.rowAt(high - 1)) + 1)]

    last = int(log.rows[-1])
    at_demo.until(lambda: len(page.fields.chart.strips) == 3 and not page.tasks.busy)  # the list has become lower
    assert last in in_sight()  # the playhead is at the end
    quiet = next(row for row in range(9000, 10_000) if row not in set(log.rows.tolist()))
    page.playhead.move(quiet)
    at_demo.shows(LONG_ACCOUNT, int(page.view.versions[quiet]))
    assert max(row for row in log.rows.tolist() if row < quiet) in in_sight()
    assert not changes.selectionModel().hasSelection()
    pins = page.fields.pins
    bottom = pins.values[-1].mapTo(pins.viewport(), pins.values[-1].rect().bottomLeft()).y()
    assert 0 < bottom <= pins.viewport().height()


def test_the_playheads_change_stays_in_sight_below_a_chart(at_demo, qtbot: QtBot) -> None:
    at_demo.choose("account-00031")
    page = at_demo.page
    page.playhead.move(11)
    at_demo.shows("account-00031", 12)
    page.state.tabs.setCurrentWidget(page.fields)
    type_path(at_demo, qtbot, "balance")
    at_demo.until(lambda: not page.fields.chart.isHidden() and not page.tasks.busy)
    changes = page.fields.changes
    place = changes.shown.place_of(11)
    assert changes.currentIndex().row() == place
    at_demo.until(lambda: changes.viewport().height() < 9 * 22)  # as high as the list was, it would be in sight anyway
    seen = changes.visualRect(changes.shown.index(place, 0))
    assert changes.viewport().rect().contains(seen)


def test_a_long_history_is_read_in_portions(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page
    page.state.tabs.setCurrentWidget(page.fields)
    type_path(at_demo, qtbot, "balance")
    log = page.fields.collector.log
    expected = [change.index for change in field_history(page.view.history, [("balance",)])]
    assert log.rows.tolist() == expected
    page.fields.changes.scrollToTop()
    qtbot.wait(100)
    log.texts.clear()
    page.fields.changes.scrollToBottom()
    last = len(log) - 1
    at_demo.until(lambda: last in log.texts)
    assert log.texts[last][1] == str(page.view.state_at(int(page.view.versions[log.rows[last]])).state["balance"])
    assert len(log.texts) < 100


# What was removed


def test_what_was_removed_is_listed(driver, store: Path, qtbot: QtBot) -> None:
    panel = opened(driver, store)
    page = driver.page
    assert page.removed.model.rowCount() == 0
    page.state.tabs.setCurrentWidget(page.removed)
    model = page.removed.model
    driver.until(lambda: model.rowCount() == 1)
    driver.until(lambda: model.data(model.index(0, 5), STEP) == "anna")
    cells = [model.data(model.index(0, column), STEP) for column in range(5)]
    assert cells == ["/f/x", "5", "8", "Drop", shown_time(page.view.instant(7))]
    page.playhead.move(3)
    driver.shows("a", 4)
    driver.until(lambda: model.rowCount() == 1 and model.data(model.index(0, 0), STEP) == "/f/n")
    page.playhead.move(4)
    driver.shows("a", 5)
    driver.until(lambda: model.rowCount() == 0)
    assert "Nothing" in page.removed.line.full
    assert panel.paths == []
    page.playhead.to_last()
    driver.until(lambda: model.rowCount() == 1)
    page.playhead.move(7)
    qtbot.mouseClick(
        page.removed.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=page.removed.table.visualRect(model.index(0, 0)).center(),
    )
    driver.shows("a", 8)


def test_removals_beyond_the_limit_are_counted(driver, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esviewer.gui.removed_panel.LISTED", 0)
    opened(driver, store)
    page = driver.page
    page.state.tabs.setCurrentWidget(page.removed)
    driver.until(lambda: page.removed.more.isVisible())
    assert page.removed.more.text() == "… and 1 more"
    assert page.removed.line.full.startswith("1 removed by version 8")


def test_nothing_is_looked_for_while_the_tab_is_hidden(driver, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def noted(history, count, *, work):
        asked.append(count)
        return removed(history, count, work=work)

    monkeypatch.setattr("esviewer.gui.removed_panel.removed", noted)
    opened(driver, store)
    page = driver.page
    page.playhead.move(2)
    driver.shows("a", 3)
    driver.qtbot.wait(150)
    assert asked == []
    page.state.tabs.setCurrentWidget(page.removed)
    driver.until(lambda: asked == [3])


# The parts


@given(some.lists(some.tuples(some.sampled_from(KINDS), DATA), max_size=12), some.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_portions_make_the_same_log_as_one_pass(story: list, size: int) -> None:
    history = build_history(EVERYTHING, batches(*story))
    paths = [("n",), ("o",), ("l", 0), ("p", "q")]
    reader = Reader(history, paths, PLAIN, "a")
    reader._size = size
    log = FieldLog(paths)
    while log.seen < len(history):
        for chunk in reader.read(log.seen, 0.0, True, Work()):
            log.add(chunk)
    whole = list(field_history(history, paths))

    assert [(int(row), log.paths[code]) for row, code in zip(log.rows, log.codes, strict=True)] == [
        (change.index, change.path) for change in whole
    ]
    assert set(np.flatnonzero(log.touched).tolist()) == {change.index for change in whole}
    assert [log.texts[place] for place in range(len(log))] == [
        (glimpse(PLAIN, change.old, (), None), glimpse(PLAIN, change.new, (), None)) for change in whole
    ]
    assert reader.texts(log, range(len(log)), Work()) == log.texts


def test_an_initial_number_is_drawn_from_the_first_event_on() -> None:
    history = build_history(one_rule('set = { x = "data" }', initial="{ n = 5 }"), batches(("A", 1), ("B", 2)))
    assert Reader(history, [("n",), ("x",)], PLAIN, "a").initial()[0] == 5


_VALUES = some.one_of(some.floats(-1e6, 1e6), some.just(float("nan")))


@given(
    some.lists(_VALUES, min_size=1, max_size=9 * BLOCK),
    some.integers(1, 5),
    some.floats(-10, 700),
    some.floats(0.5, 700),
)
@settings(max_examples=120, deadline=None)
def test_what_is_drawn_has_the_extremes_of_what_is_in_sight(
    values: list[float], pixels: int, low: float, wide: float
) -> None:
    y = np.array(values)
    x = np.arange(len(y), dtype=float)
    drawn_x, drawn_y = in_sight(make_line(x, y), low, low + wide, pixels)
    inside = y[(x >= low) & (x <= low + wide)]
    finite, drawn = inside[np.isfinite(inside)], drawn_y[np.isfinite(drawn_y)]

    assert len(drawn_x) == len(drawn_y) <= 4 * pixels + 2
    assert set(drawn) <= set(y)
    if len(finite):
        assert drawn.min() <= finite.min()
        assert drawn.max() >= finite.max()
    assert (np.diff(drawn_x) >= 0).all()


def test_a_million_points_come_down_to_the_pixels() -> None:
    rng = np.random.default_rng(1)
    x, y = np.arange(1_000_000.0), rng.normal(size=1_000_000).cumsum()
    line = make_line(x, y)
    for low, high in ((0, 1e6), (0, 5e5), (123_456, 200_000), (500, 600)):
        drawn_x, drawn_y = in_sight(line, low, high, 800)
        assert len(drawn_x) <= 4 * 800
        assert drawn_y.max() == pytest.approx(y[int(low) : int(high) + 1].max(), rel=0.02, abs=5)


def test_a_place_means_the_change_near_it_or_the_event_before() -> None:
    places = np.array([1.0, 2, 3, 4, 10])
    drawing = Drawing([make_line(np.array([3.0]), np.array([1.0]))], places, False, 0)
    assert row_at(drawing, 2.9, 0.2) == 2
    assert row_at(drawing, 2.9, 0.05) == 1
    assert row_at(drawing, 9.0, 0.1) == 3
    assert row_at(drawing, -5.0, 0.1) == 0


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/items/0/price", ("items", 0, "price")),
        ("items[0].price", ("items", 0, "price")),
        ("items.0.price", ("items", 0, "price")),
        ("a.b", ("a.b",)),
        ("a['x y'].k", ("a", "x y", "k")),
        ('a["x y"]', ("a", "x y")),
        ("nothing.here", ("nothing", "here")),
        ("/", ("",)),
        ("/a~1b", ("a/b",)),
    ],
)
def test_typed_paths(text: str, path: tuple) -> None:
    state = {"items": [{"price": Decimal("1")}], "a.b": 1, "a": {"x y": {"k": 2}}}
    assert typed_path(state, text) == path


@given(some.text(max_size=12))
@settings(max_examples=150, deadline=None)
def test_anything_may_be_typed(text: str) -> None:
    try:
        path = typed_path({"a": [1]}, text)
    except ValueError:
        return
    assert path
    assert typed_path({"a": [1]}, pointer(path)) == path


def test_large_containers_are_not_written_out() -> None:
    assert glimpse(PLAIN, {str(number): number for number in range(1000)}, (), None) == "{1,000}"
    assert glimpse(PLAIN, [{"a": list(range(100))}], (), None) == "[1]"
    assert glimpse(PLAIN, {"a": [1]}, (), None) in ('{"a":[1]}', '{"a": [1]}')
    assert glimpse(PLAIN, MISSING, (), None) == "–"
