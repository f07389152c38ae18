"""The search box of the list as a question to all aggregates, as of the moment that the window looks at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from helpers_projections import shop_rows, write_store
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.app.session import open_session
from esviewer.errors import NotFoundError
from esviewer.model import instant
from esviewer.model.instant import Instant

_CLIENT_1 = "?state.clientId == 'client 1'"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    store = tmp_path / "shop.db"
    rows = [*shop_rows(), ("other-1", "Opened", "2026-03-02T00:00:00Z", {"name": "none"}, None)]
    write_store(store, rows)
    return store


def ask(driver, qtbot: QtBot, text: str) -> None:
    panel = driver.page.aggregates
    panel.search.setText(text)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    driver.until(lambda: not panel.asking.going and not panel.asking.aside.tasks.busy)


def listed(driver) -> list[str]:
    model = driver.page.aggregates.model
    return [model.ref(row).aggregate_id for row in range(model.rowCount())]


def by_repository(store: Path, as_of: Instant | None = None) -> list[str]:
    """The same question, each aggregate's state asked for by itself."""
    found = []
    session = open_session(str(store))
    for each in session.store.aggregate_ids():
        try:
            state = session.state(each.aggregate_id, as_of=as_of).state
        except NotFoundError:
            continue
        if state.get("clientId") == "client 1":
            found.append(each.aggregate_id)
    session.close()
    return found


def test_those_that_satisfy_are_listed_and_the_rest_is_counted(driver, shop: Path, qtbot: QtBot) -> None:
    panel = driver.open(shop).aggregates
    everything = listed(driver)
    ask(driver, qtbot, _CLIENT_1)
    wanted = by_repository(shop)
    assert listed(driver) == wanted
    assert 0 < len(wanted) < len(everything)
    assert f"{len(wanted)} of 13 aggregates satisfy it" in panel.count.text()
    panel.view.selectRow(0)
    driver.shows(wanted[0])
    panel.search.setText("")
    driver.until(lambda: listed(driver) == everything)
    assert "satisfy" not in panel.count.text()


def test_it_is_answered_as_of_the_windows_moment(driver, shop: Path, qtbot: QtBot) -> None:
    page = driver.open(shop)
    panel = page.aggregates
    ask(driver, qtbot, "?version >= 3")
    before = listed(driver)
    page.show_as_of("2026-03-01T00:00:25Z")
    driver.until(lambda: "as of 2026-03-01T00:00:25Z" in panel.count.text() and not panel.asking.going)
    session = open_session(str(shop))
    moment = instant.parse("2026-03-01T00:00:25Z")
    versions = session.store.versions_as_of([each.aggregate_id for each in session.store.aggregate_ids()], moment)
    session.close()
    assert listed(driver) == [each.aggregate_id for each in versions if (each.version or 0) >= 3]
    assert len(listed(driver)) < len(before)
    page.clear_as_of()
    driver.until(lambda: not panel.asking.going and listed(driver) == before)


def test_what_can_not_be_told_is_counted_and_mistakes_are_said(driver, shop: Path, qtbot: QtBot) -> None:
    panel = driver.open(shop).aggregates
    everything = listed(driver)
    ask(driver, qtbot, "?state.clientId + 1 > 2")
    assert "of 13 it can't be told" in panel.count.text()
    assert "where: " in panel.count.toolTip()
    assert listed(driver) == []
    panel.search.setText("")
    driver.until(lambda: listed(driver) == everything)
    ask(driver, qtbot, "?state.clientId ==")
    assert "not an expression" in panel.count.text()
    assert listed(driver) == everything
    ask(driver, qtbot, _CLIENT_1)
    assert listed(driver)
    ask(driver, qtbot, "?state.clientId ==")
    assert "not an expression" in panel.count.text()
    assert listed(driver) == []
    panel.search.setText("")
    driver.until(lambda: listed(driver) == everything)
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert panel.search.text() == "?"
    assert "Enter asks" in panel.count.text()


def test_damaged_events_are_told(driver, shop: Path, qtbot: QtBot) -> None:
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("UPDATE events SET event_data = '{\"x' WHERE aggregate_id = 'cart-001' AND version = 2")
        connection.commit()
    panel = driver.open(shop).aggregates
    ask(driver, qtbot, _CLIENT_1)
    assert listed(driver) == ["cart-001", "cart-005", "cart-009"]
    assert "1 of them were rebuilt with gaps" in panel.count.text()


def test_a_question_is_cancelled(driver, demo: Path, qtbot: QtBot) -> None:
    panel = driver.open(demo).aggregates
    panel.search.setText("?version > 0")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    driver.until(lambda: panel.bar.isVisible() and panel.model.rowCount() > 0)
    assert panel.asking.going
    qtbot.mouseClick(panel.bar.stop, Qt.MouseButton.LeftButton)
    assert not panel.asking.going
    assert "not all" in panel.count.text()
    driver.until(lambda: not panel.asking.aside.tasks.busy)
    count = panel.model.rowCount()
    assert 0 < count < 2000
    assert not panel.bar.isVisible()


def test_the_order_of_the_parts_changes_nothing(driver, shop: Path, qtbot: QtBot) -> None:
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute(
            "UPDATE events SET event_data = '{\"clientId\": 7}' WHERE aggregate_id = 'cart-003' AND version = 1"
        )
        connection.commit()
    panel = driver.open(shop).aggregates
    told = []
    for text in (
        "?state.clientId < 'client 1' and aggregate_type == 'cart'",
        "?aggregate_type == 'cart' and state.clientId < 'client 1'",
    ):
        ask(driver, qtbot, text)
        told.append((listed(driver), panel.count.text(), panel.count.toolTip()))
    assert told[0] == told[1]
    assert told[0][0] == ["cart-000", "cart-004", "cart-008"]
    # The aggregate of another type has no client, and need not have one.
    assert "of 1 it can't be told" in told[0][1]
    assert "cart-003" in told[0][2]
