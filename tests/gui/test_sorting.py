"""The list of aggregates in other orders than that of their ids."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app.sorted_aggregates import SortBy
from esviewer.errors import StoreError
from esviewer.gui import sorting
from esviewer.model.instant import parse


def listed(panel, most: int = 3) -> list[str]:
    return [panel.model.ref(row).aggregate_id for row in range(min(most, panel.model.rowCount()))]


def click(panel, qtbot: QtBot, section: int) -> None:
    header = panel.view.horizontalHeader()
    place = header.viewport().rect().center()
    place.setX(header.sectionViewportPosition(section) + header.sectionSize(section) // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def heading(panel, section: int) -> str:
    return panel.model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)


def counted(store: Path, order: str) -> list[str]:
    with sqlite3.connect(store) as connection:
        rows = connection.execute(
            f"SELECT aggregate_id FROM events GROUP BY aggregate_id ORDER BY {order}, aggregate_id LIMIT 3"
        ).fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(at_demo, demo: Path, qtbot: QtBot) -> None:
    panel = at_demo.page.aggregates
    shown = at_demo.page.aggregate_id
    total = 2000
    at_demo.until(lambda: panel.model.rowCount() == total)
    for order in ("COUNT(*) DESC", "COUNT(*)"):
        click(panel, qtbot, 2)
        at_demo.until(lambda order=order: listed(panel) == counted(demo, order))
        assert panel.model.rowCount() == total
        assert panel.bar.isHidden()
        assert heading(panel, 2) == ("Events ▾" if "DESC" in order else "Events ▴")
    if shown is not None:
        assert panel.model.ref(panel.view.currentIndex().row()).aggregate_id == shown
    panel.search.setText("user")
    at_demo.until(lambda: 0 < panel.model.rowCount() < total and panel.bar.isHidden())
    assert all(each.startswith("user") for each in listed(panel, 1000))
    panel.search.clear()
    at_demo.until(lambda: panel.model.rowCount() == total)
    click(panel, qtbot, 0)
    at_demo.until(lambda: listed(panel) == counted(demo, "aggregate_id"))
    click(panel, qtbot, 0)
    at_demo.until(lambda: listed(panel) == counted(demo, "aggregate_id DESC"))
    click(panel, qtbot, 0)
    at_demo.until(lambda: listed(panel) == counted(demo, "aggregate_id") and panel.model.rowCount() == total)
    assert heading(panel, 0) == "Aggregate"


def test_the_menu_has_what_no_column_shows(at_demo, demo: Path) -> None:
    panel = at_demo.page.aggregates
    menu = panel.menu(panel.model.index(0, 0))
    inner = next(action.menu() for action in menu.actions() if action.menu() and action.text() == "Sort aggregates")
    chosen = next(action for action in inner.actions() if action.text() == "Last changed first")
    chosen.trigger()
    at_demo.until(lambda: listed(panel) == counted(demo, "MAX(timestamp) DESC"))
    assert {heading(panel, section) for section in range(3)} == {"Aggregate", "Type", "Events"}
    assert [action.text() for action in panel.sorting.menu(panel).actions() if action.isChecked()] == [chosen.text()]


def test_versions_as_of_a_moment(at_demo, qtbot: QtBot) -> None:
    panel = at_demo.page.aggregates
    panel.sorting.take(SortBy.VERSION, True)
    at_demo.until(lambda: listed(panel, 1) == ["account-00007"])
    panel.show_as_of(parse("2025-01-10T00:00:00Z"), "#000000")
    at_demo.until(panel.bar.isVisible)
    at_demo.until(panel.bar.isHidden)
    at_demo.until(lambda: panel.model.place(0) is not None)
    assert heading(panel, 2) == "Version ▾"


def test_it_is_given_up_and_answers_are_not_sorted(at_demo, qtbot: QtBot) -> None:
    panel = at_demo.page.aggregates
    panel.sorting.take(SortBy.LAST, True)
    assert panel.bar.isVisible()
    panel.bar.stop.click()
    assert panel.sorting.is_usual
    at_demo.until(lambda: panel.bar.isHidden() and listed(panel, 1) == ["account-00001"])
    panel.sorting.take(SortBy.EVENTS, True)
    panel.search.setText("?state.status == 'open'")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.sorting.is_usual
    assert not panel.view.horizontalHeader().sectionsClickable()
    panel.search.clear()
    at_demo.until(lambda: panel.model.rowCount() == 2000)
    assert panel.view.horizontalHeader().sectionsClickable()


def test_an_order_that_cannot_be_found_out_is_not_claimed(at_demo, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StoreError("The server is gone.", "Try again later.")

    panel = at_demo.page.aggregates
    at_demo.until(lambda: panel.model.rowCount() == 2000)
    monkeypatch.setattr(sorting, "sorted_aggregates", gone)
    panel.sorting.take(SortBy.EVENTS, True)
    assert heading(panel, 2) == "Events ▾"
    at_demo.until(lambda: "The server is gone." in at_demo.page.messages.text)
    assert heading(panel, 2) == "Events"
    assert panel.bar.isHidden()
    assert panel.model.rowCount() == 2000
    assert listed(panel, 1) == ["account-00001"]
