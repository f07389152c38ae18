"""Who wrote each value, beside the state."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.gui.copying import Form
from esviewer.gui.value_tree import BEFORE, WRITTEN_ACTOR, WRITTEN_AT, WRITTEN_BY, WRITTEN_EVENT
from esviewer.questions.blame import blame


def cells(driver, index) -> list[str]:
    """What the columns of who wrote a value say in a row."""
    model = driver.page.state.tree.shown
    return [
        model.data(index.siblingAtColumn(column), Qt.ItemDataRole.DisplayRole)
        for column in (WRITTEN_BY, WRITTEN_EVENT, WRITTEN_AT, WRITTEN_ACTOR)
    ]


def written(driver, path: tuple) -> str:
    """What they say of a path."""
    found = [text or "" for text in cells(driver, driver.page.state.tree.shown.index_of(path))]
    return " · ".join(["v" + found[0], *found[1:]]) if any(found) else ""


def at(driver, aggregate_id: str, version: int) -> None:
    driver.choose(aggregate_id)
    driver.page.playhead.move(driver.page.view.index_of(version))
    driver.shows(aggregate_id, version)


def test_each_value_names_its_writer(at_demo) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    at_demo.until(lambda: written(at_demo, ("status",)))

    assert written(at_demo, ("status",)).startswith("v11 · OrderCancelled · 2026-08-02 18:08 · ")
    assert written(at_demo, ("number",)).startswith("v1 · OrderPlaced · 2026-08-02 09:00")
    assert written(at_demo, ("history", 1)).startswith("v8 · PaymentAuthorized")
    assert written(at_demo, ("history",)) == ""
    event = at_demo.page.session.store.event(PUZZLING_ORDER, 11)
    actor = next(value for key, value in event.metadata.items() if key in ("user", "actor", "user_id"))
    assert written(at_demo, ("status",)).endswith(str(actor))


def test_writers_follow_the_playhead(at_demo) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    at_demo.until(lambda: written(at_demo, ("status",)))
    at_demo.page.playhead.move(8)
    at_demo.shows(PUZZLING_ORDER, 9)
    assert written(at_demo, ("status",)) == "" or written(at_demo, ("status",)).startswith("v9 ")
    at_demo.until(lambda: written(at_demo, ("status",)).startswith("v9 · PaymentCaptured"))


def test_only_rows_in_sight_are_asked_for(at_demo, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[tuple]] = []

    def noted(history, count, paths, *, work):
        asked.append(list(paths))
        return blame(history, count, paths, work=work)

    monkeypatch.setattr("esviewer.gui.writers.blame", noted)
    at(at_demo, PUZZLING_ORDER, 12)
    tree = at_demo.page.state.tree
    at_demo.until(lambda: written(at_demo, ("customer",)))
    # The window has its final sizes now: what is in sight when it is asked for is so afterwards.
    asked.clear()
    at_demo.page.playhead.move(10)
    at_demo.until(lambda: asked)
    in_sight = {tree.shown.path_of(index) for index in tree.indexes_in_sight()}
    assert set(asked[-1]) <= in_sight
    tree.collapseAll()
    at_demo.until(lambda: written(at_demo, ("customer",)))
    known = len(asked)
    tree.verticalScrollBar().setValue(tree.verticalScrollBar().maximum())
    at_demo.qtbot.wait(150)
    assert all(("status",) not in paths for paths in asked[known:])


@pytest.mark.parametrize("how", ["click", "double-click", "enter", "menu"])
def test_going_to_the_writer(at_demo, qtbot: QtBot, how: str) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    tree = at_demo.page.state.tree
    at_demo.page.playhead.move(12)
    at_demo.shows(PUZZLING_ORDER, 13)
    index = tree.shown.index_of(("discount",)).siblingAtColumn(WRITTEN_BY)
    tree.scrollTo(index)
    tree.setCurrentIndex(index)
    place = tree.visualRect(index).center()
    if how == "click":
        qtbot.mouseMove(tree.viewport(), place)
        at_demo.until(lambda: tree.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor)
        qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    elif how == "double-click":
        # Of a double click, the first has gone there, and the second must lead no further.
        qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    elif how == "enter":
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    else:
        tree.menu(index).actions()[0].trigger()
    at_demo.shows(PUZZLING_ORDER, 7)


def test_what_a_step_removed_names_the_step(at_demo) -> None:
    at(at_demo, "user-00001", 1)
    view = at_demo.page.view
    removals = [
        version for version in view.versions.tolist() if any(change.op == "remove" for change in view.changes(version))
    ]
    if not removals:
        at(at_demo, PUZZLING_ORDER, 1)
        view = at_demo.page.view
        removals = [v for v in view.versions.tolist() if any(c.op == "remove" for c in view.changes(v))]
    assert removals
    at_demo.page.playhead.move(view.index_of(removals[0]))
    at_demo.shows(view.summary.aggregate_id, removals[0])
    tree = at_demo.page.state.tree
    gone = [
        index
        for index in tree.indexes_in_sight()
        if tree.shown.row_of(index).removed
    ]
    assert gone
    at_demo.until(lambda: cells(at_demo, gone[0])[0] == str(removals[0]))


def test_columns_come_and_go(at_demo) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    tree = at_demo.page.state.tree
    assert tree.width() < 640
    assert tree.isColumnHidden(BEFORE)
    assert not tree.isColumnHidden(WRITTEN_BY)
    tree.written_by.setChecked(False)
    assert tree.isColumnHidden(WRITTEN_BY)
    assert not tree.isColumnHidden(BEFORE)
    tree.written_by.setChecked(True)
    tree.before.trigger()
    tree.before.trigger()
    assert not tree.isColumnHidden(BEFORE)


@pytest.mark.parametrize("wide", [1280, 960])
def test_who_wrote_a_value_can_be_read(at_demo, wide: int) -> None:
    at_demo.window.resize(wide, 800)
    at(at_demo, PUZZLING_ORDER, 11)
    tree = at_demo.page.state.tree
    at_demo.until(lambda: written(at_demo, ("status",)))
    index = tree.shown.index_of(("status",))
    columns = WRITTEN_BY, WRITTEN_EVENT, WRITTEN_AT, WRITTEN_ACTOR
    shown = [column for column in columns if not tree.isColumnHidden(column)]
    assert (WRITTEN_AT in shown) == (wide == 1280)
    assert at_demo.page.events.horizontalScrollBar().maximum() == 0
    for column in ((0, 1, *shown) if wide == 1280 else shown):
        cell = index.siblingAtColumn(column)
        metrics = QFontMetrics(tree.shown.data(cell, Qt.ItemDataRole.FontRole))
        text = tree.shown.data(cell, Qt.ItemDataRole.DisplayRole)
        assert text
        assert metrics.horizontalAdvance(text) + 4 <= tree.visualRect(cell).width(), (column, text)
        assert tree.visualRect(cell).right() <= tree.viewport().width()
    tip = tree.shown.data(index.siblingAtColumn(WRITTEN_BY), Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("Version 11: OrderCancelled\n2026-08-02T18:08:35")


def test_value_and_path_are_copied(at_demo) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    tree = at_demo.page.state.tree
    index = tree.shown.index_of(("status",))
    tree.setCurrentIndex(index)
    tree.copies()[Form.POINTER]()
    assert QGuiApplication.clipboard().text() == "/status"
    tree.copies()[Form.VALUE]()
    assert QGuiApplication.clipboard().text() == "cancelled"
    index = tree.shown.index_of(("history",))
    tree.setCurrentIndex(index)
    tree.copies()[Form.VALUE]()
    at_demo.until(lambda: QGuiApplication.clipboard().text().startswith("["))
    assert '"placed"' in QGuiApplication.clipboard().text()


def test_a_long_history_is_asked_off_the_window_s_thread(at_demo) -> None:
    at(at_demo, LONG_ACCOUNT, 20_000)
    tree = at_demo.page.state.tree
    for row in (10, 15_000, 3):
        at_demo.page.playhead.move(row)
    at_demo.shows(LONG_ACCOUNT, 4)
    at_demo.until(lambda: written(at_demo, ("balance",)).startswith("v"))
    state = at_demo.page.current.state
    found = {
        tree.shown.path_of(index): cells(at_demo, index)[0] for index in tree.indexes_in_sight()
    }
    expected = {leaf.path: leaf.index for leaf in blame(at_demo.page.view.history, 4)}
    assert state["balance"] is not None
    assert {
        path: "–" if index is None else str(index + 1) for path, index in expected.items() if path in found
    } == {path: found[path] for path in expected if path in found}


def test_the_context_menu_opens_on_a_row(at_demo, qtbot: QtBot) -> None:
    at(at_demo, PUZZLING_ORDER, 11)
    tree = at_demo.page.state.tree
    place = tree.visualRect(tree.shown.index_of(("status",))).center()
    assert tree.indexAt(QPoint(place.x(), place.y())).isValid()
    wanted: list[tuple] = []
    tree.follow_wanted.connect(wanted.append)
    index = tree.indexAt(place)
    tree.setCurrentIndex(index)
    next(action for action in tree.menu(index).actions() if action.text() == "Follow this field").trigger()
    assert wanted == [("status",)]
