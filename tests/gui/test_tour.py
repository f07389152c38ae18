"""The main job, by mouse and keyboard, in a real window."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.session import open_session
from esviewer.app.settings import Settings
from esviewer.gui import motion, state_tree
from esviewer.gui.main_window import MainWindow


def test_the_demo_opens_from_the_start_page(driver, qtbot: QtBot) -> None:
    qtbot.mouseClick(driver.window.start.demo, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.window.page is not None)
    driver.until(lambda: driver.page.aggregates.model.rowCount() == 2000)

    assert driver.page.session.store.name == "demo.db"
    driver.until(lambda: "54,413 events" in driver.window.count_label.text())
    assert "read-only" in driver.window.store_label.full


def test_search_and_type_filter(at_demo) -> None:
    panel = at_demo.page.aggregates
    at_demo.until(lambda: panel.types.count() == 4)
    panel.search.setText("0004")
    at_demo.until(lambda: panel.model.rowCount() == 33)
    panel.types.setCurrentText("order")
    at_demo.until(lambda: panel.model.rowCount() == 11)

    assert {panel.model.ref(row).aggregate_type for row in range(11)} == {"order"}
    panel.search.setText("no such thing")
    at_demo.until(lambda: panel.model.rowCount() == 0)


def test_a_click_chooses_the_first_row_though_the_keyboard_is_there(driver, demo: Path, qtbot: QtBot) -> None:
    page = driver.open(demo)
    view = page.aggregates.view
    page.aggregates.search.setFocus()
    view.setFocus()
    assert view.currentIndex().row() == 0
    assert page.aggregate_id is None, "nobody has chosen it"
    place = view.visualRect(page.aggregates.model.index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.shows(page.aggregates.model.ref(0).aggregate_id)


def test_stepping_with_keys_buttons_slider_and_table(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    last = int(page.view.versions[-1])
    at_demo.shows(PUZZLING_ORDER, last)

    page.aggregates.view.setFocus()
    qtbot.keyClick(page.aggregates.view, Qt.Key.Key_Left)
    at_demo.shows(PUZZLING_ORDER, last - 1)
    qtbot.keyClick(page.aggregates.view, Qt.Key.Key_Home)
    at_demo.shows(PUZZLING_ORDER, 1)
    qtbot.keyClick(page.aggregates.view, Qt.Key.Key_Right)
    at_demo.shows(PUZZLING_ORDER, 2)
    qtbot.keyClick(page.aggregates.view, Qt.Key.Key_End)
    at_demo.shows(PUZZLING_ORDER, last)
    qtbot.mouseClick(page.playhead.back, Qt.MouseButton.LeftButton)
    at_demo.shows(PUZZLING_ORDER, last - 1)
    page.playhead.slider.setValue(4)
    at_demo.shows(PUZZLING_ORDER, 5)
    page.events.selectRow(8)
    at_demo.shows(PUZZLING_ORDER, 9)

    assert page.playhead.place.text() == "version 9"
    # After events that followed each other fast, the last one.
    at_demo.until(lambda: "PaymentCaptured" in page.details.title.full)


def test_while_the_playhead_moves_events_in_full_and_their_changes_come_now_and_then(at_demo, monkeypatch) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page
    at_demo.until(lambda: page.view.complete and not page.tasks.busy)
    asked: list[float] = []
    real = page.tasks.run

    def run(*work: object, slot: str = "", **others: object) -> None:
        if slot == "event":
            asked.append(time.monotonic())
        real(*work, slot=slot, **others)

    monkeypatch.setattr(page.tasks, "run", run)
    rows = [1000 + 40 * step for step in range(60)]
    begun = time.monotonic()
    for row in rows:
        page.playhead.move(row)
        page.events.viewport().repaint()
    tenths = (time.monotonic() - begun) * 10
    last = int(page.view.versions[rows[-1]])
    at_demo.until(lambda: page.details.title.full.startswith(f"{last} "))
    assert 0 < len(asked) <= tenths + 3
    shown = page.events.shown
    assert shown.index(rows[-1], 3).data() != "…"
    at_demo.until(lambda: not page.events._resting.isActive())
    assert not shown._unsaid


def test_every_version_is_the_state_that_the_store_gives(at_demo, demo: Path) -> None:
    at_demo.choose(PUZZLING_ORDER)
    session = open_session(str(demo))
    for row in range(len(at_demo.page.view)):
        at_demo.page.playhead.move(row)
        at_demo.shows(PUZZLING_ORDER, row + 1)

        assert at_demo.page.current.state == session.state(PUZZLING_ORDER, version=row + 1).state
    session.close()


def test_a_click_on_the_timeline_moves_the_playhead(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    timeline = at_demo.page.timeline
    box = timeline.getPlotItem().getViewBox()
    lane = int(at_demo.page.view.type_codes[6])
    place = timeline.mapFromScene(box.mapViewToScene(QPointF(7.0, float(lane))))
    qtbot.mouseMove(timeline.viewport(), place + QPoint(3, 3))
    qtbot.mouseClick(timeline.viewport(), Qt.MouseButton.LeftButton, pos=place)

    at_demo.shows(PUZZLING_ORDER, 7)


def test_true_time_keeps_every_event(at_demo) -> None:
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.by_time.setChecked(True)
    timeline = at_demo.page.timeline

    assert timeline.by_time
    xs, _ = timeline._marks.getData()
    assert len(xs) == len(at_demo.page.view)
    assert xs[0] == pytest.approx(at_demo.page.view.instant(0).seconds)


def test_the_step_s_changes_are_marked(at_demo) -> None:
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.playhead.move(10)
    at_demo.shows(PUZZLING_ORDER, 11)
    model = at_demo.page.state.tree.shown
    status = model.index_of(("status",))
    reason = model.index_of(("cancel_reason",))

    assert model.data(status, Qt.ItemDataRole.DisplayRole) == "~ status"
    assert model.data(status.siblingAtColumn(1), Qt.ItemDataRole.DisplayRole) == '"cancelled"'
    assert model.data(status.siblingAtColumn(2), Qt.ItemDataRole.DisplayRole) == '"paid"'
    assert model.data(reason, Qt.ItemDataRole.DisplayRole) == "+ cancel_reason"
    assert model.data(status, Qt.ItemDataRole.BackgroundRole) is not None
    assert model.data(model.index_of(("number",)), Qt.ItemDataRole.BackgroundRole) is None


def test_pinning_compares_as_tree_and_text(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    page.playhead.move(10)
    at_demo.shows(PUZZLING_ORDER, 11)
    qtbot.mouseClick(page.state.pin, Qt.MouseButton.LeftButton)
    page.playhead.to_last()
    at_demo.shows(PUZZLING_ORDER, 16)

    compare = page.state.compare
    at_demo.until(lambda: "version 16" in compare.summary.text() and not page.tasks.busy)
    assert compare.summary.text().endswith("; 8 changes")
    compare.form.setCurrentIndex(compare.form.findData("tree"))
    tree = compare.tree.shown
    at_demo.until(lambda: tree.data(tree.index_of(("shipment",)), Qt.ItemDataRole.DisplayRole) == "+ shipment")
    compare.form.setCurrentIndex(compare.form.findData("inline"))
    at_demo.until(lambda: '+  "shipment": {' in compare.text.toPlainText())
    assert '-  "status": "cancelled"' in compare.text.toPlainText()
    qtbot.mouseClick(page.state.pin, Qt.MouseButton.LeftButton)
    assert page.state.pin.text() == "Pin to compare"


def test_the_line_says_how_the_state_came_to_be(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    line = page.state.rebuilt.full

    assert "Version 16 of 16" in line
    assert "16 events replayed from nothing" in line
    assert "reducer “orders”" in line
    assert "stored snapshot at 10 agrees" in line
    assert "sha256:" in page.state.rebuilt.toolTip()
    page.state.from_snapshot.setChecked(True)
    at_demo.until(lambda: "6 events replayed from the snapshot at 10" in page.state.rebuilt.full)


def test_a_date_moves_the_playhead(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    page.playhead.field.setText("2026-08-04T00:00:00+09:00")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)
    at_demo.shows(PUZZLING_ORDER, 11)
    at_demo.message("before it version 11, OrderCancelled", "after it version 12, OrderShipped")
    page.playhead.field.setText("3")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)
    at_demo.shows(PUZZLING_ORDER, 3)
    page.playhead.field.setText("99")
    qtbot.keyClick(page.playhead.field, Qt.Key.Key_Return)
    at_demo.message("no version 99")


def test_the_long_account_is_stepped_through(at_demo) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page

    assert len(page.view) == 20_000
    marks, _ = page.timeline._marks.getData()
    assert 100 < len(marks) < 5_000
    for row in (19_999, 19_998, 10_000, 0, 12_345):
        page.playhead.move(row)
        at_demo.shows(LONG_ACCOUNT, row + 1)
    assert len(page.view.snapshots) == 40
    assert set(page.view.snapshot_agrees.values()) == {True}


def test_a_report_is_exported(at_demo, tmp_path: Path, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    for name in ("report.html", "report.json"):
        file = tmp_path / name
        qtbot.mouseClick(at_demo.window.export_button, Qt.MouseButton.LeftButton)
        at_demo.window.report_dialog.file.show_file(file)
        qtbot.mouseClick(at_demo.window.report_dialog.write, Qt.MouseButton.LeftButton)
        at_demo.message("Report written", name)
    assert PUZZLING_ORDER in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["state"]["status"] == "delivered"


def test_the_raw_payload_and_metadata_are_shown(at_demo) -> None:
    at_demo.choose("user-00001")
    page = at_demo.page
    page.playhead.to_first()
    at_demo.shows("user-00001", 1)

    page.details.tabs.setCurrentWidget(page.details.raw)
    at_demo.until(lambda: '"newsletter"' in page.details.raw.toPlainText())
    model = page.details.metadata.shown
    assert model.index_of(("correlation_id",)).isValid()


def test_layout_theme_and_recent_stores_are_remembered(
    new_window: Callable[[], MainWindow], settings: Settings, demo: Path, qtbot: QtBot
) -> None:
    first = new_window()
    first.choose_theme("dark")
    first.open_target(str(demo))
    qtbot.waitUntil(lambda: first.page is not None, timeout=20_000)
    first.page.whole.setSizes([260, first.page.whole.width() - 260])
    sizes = first.page.whole.sizes()
    first.resize(760, 610)
    first.close()

    assert settings.get("theme") == "dark"
    second = new_window()
    assert second.theme.colours.dark
    assert second.size().height() == 610
    assert second.start.recent.item(0).text().startswith("demo.db — reference")
    second.start.recent.itemActivated.emit(second.start.recent.item(0))
    qtbot.waitUntil(lambda: second.page is not None, timeout=20_000)
    qtbot.waitUntil(lambda: second.page.whole.sizes()[0] == pytest.approx(sizes[0], abs=60), timeout=5_000)
    second.choose_theme("light")


def test_a_dropped_file_opens(driver, demo: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(demo))])
    driver.window.dropEvent(
        QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    driver.until(lambda: driver.window.page is not None)

    assert driver.page.session.store.name == "demo.db"


def test_the_store_is_left_as_it_was(driver, demo: Path) -> None:
    beside = sorted(path.name for path in demo.parent.iterdir())
    digest = hashlib.sha256(demo.read_bytes()).hexdigest()
    driver.open(demo)
    driver.choose(LONG_ACCOUNT)
    driver.page.playhead.to_first()
    driver.shows(LONG_ACCOUNT, 1)
    driver.page.pin()
    driver.page.playhead.to_last()
    driver.shows(LONG_ACCOUNT, 20_000)
    driver.window.close_store()

    assert hashlib.sha256(demo.read_bytes()).hexdigest() == digest
    assert sorted(path.name for path in demo.parent.iterdir()) == beside


def test_rows_stay_where_they_are_while_the_playhead_is_on_its_way(at_demo, monkeypatch) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page, tree = at_demo.page, at_demo.page.state.tree
    changed, path = next(
        (row, each.path[:1])
        for row in range(1, len(page.view))
        for each in page.view.changes(row + 1)
        if len(each.path) > 1 and each.op == "replace"
    )
    page.playhead.move(changed - 1)
    at_demo.shows(PUZZLING_ORDER, changed)
    tree.collapseAll()
    tree._timer.setInterval(3_600_000)  # the playhead comes to no rest
    monkeypatch.setattr(state_tree, "on_the_way", lambda: True)
    page.playhead.move(changed)
    at_demo.shows(PUZZLING_ORDER, changed + 1)
    assert not tree.isExpanded(tree.shown.index_of(path))

    tree._timer.setInterval(1)
    tree._restart()
    at_demo.until(lambda: tree.isExpanded(tree.shown.index_of(path)))


def test_a_single_step_is_no_way(monkeypatch) -> None:
    now = [1000.0]
    for known in ("_before", "_moved"):
        monkeypatch.setattr(motion, known, 0.0)
    monkeypatch.setattr(motion, "time", SimpleNamespace(monotonic=lambda: now[0]))
    motion.moving()
    assert not motion.on_the_way()
    now[0] += 0.1
    motion.moving()
    assert motion.on_the_way()
    now[0] += 2 * motion.STILL
    assert motion.at_rest()
    assert not motion.on_the_way()
    motion.moving()
    assert not motion.on_the_way()
