"""New events while the window is open: shown when asked for, followed at the end, paused, and over a gone server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import helpers_eventsourcing as library
import helpers_log
import pytest
from helpers_log import Row, many
from helpers_postgres import Database, PostgresServer
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from esviewer.gui import live
from esviewer.gui.log.model import POSITION
from esviewer.gui.log.room import EventsRoom

COLUMNS = "id, aggregate_id, aggregate_type, event_type, event_data, metadata, version, timestamp"
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("SOON", 0.02), ("LATE", 0.04), ("LATEST", 0.08)):
        monkeypatch.setattr(live, name, seconds)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def at_log(driver, file: Path) -> Callable[[list[Row]], EventsRoom]:
    """Opens a store of some events in its events room."""

    def enter(rows: list[Row]) -> EventsRoom:
        driver.open(helpers_log.write_sqlite(file, rows))
        return entered(driver)

    return enter


def entered(driver) -> EventsRoom:
    driver.window.enter("events")
    room = driver.window.rooms.room
    assert isinstance(room, EventsRoom)
    settled(driver, room)
    return room


def settled(driver, room: EventsRoom) -> None:
    driver.until(lambda: not room._searching and room._search is not None and room._picture is not None)


def add(file: Path, rows: list[Row]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for row in rows:
            connection.execute(
                f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, 'order', ?, '{{}}', NULL, ?, '2026-02-01T00:00:00Z')",
                (row.position, row.aggregate, row.kind, row.version),
            )
        connection.commit()


def came(*positions: int, aggregate: str = "order-new", kind: str = "Placed") -> list[Row]:
    return [Row(each, aggregate, each, kind, None, {}, None) for each in positions]


def positions(room: EventsRoom) -> list[int]:
    return [int(room.model.text(row, POSITION)) for row in range(room.model.rowCount())]


def test_what_arrives_moves_nothing_until_it_is_asked_for(driver, at_log, file: Path, qtbot: QtBot) -> None:
    room = at_log(many(300))
    room.table.selectRow(140)
    room.table.verticalScrollBar().setValue(130)
    before = positions(room)
    add(file, came(302, 303))
    driver.until(room.new.isVisible)
    assert room.new.text() == "Show 2 new events"
    # A writer that took its position earlier commits later.
    add(file, came(301))
    driver.until(lambda: room.new.text() == "Show 3 new events")
    assert positions(room) == before
    assert room.table.verticalScrollBar().value() == 130
    qtbot.keyClick(driver.window, Qt.Key.Key_N, CTRL_SHIFT)
    assert positions(room) == [303, 302, 301, *before]
    assert room.table.verticalScrollBar().value() == 0
    # The event that was looked at is still the chosen one.
    assert room.table.currentIndex().row() == 143
    assert room.model.line(143).position == 160
    assert not room.new.isVisible()
    assert room.state.full == "All searched: 300 found · 3 arrived since"
    driver.until(lambda: "303 events" in room.legend.about.text())
    assert room.histogram.picture.counts.sum() == 303


def test_an_event_that_the_search_finds_as_well_is_shown_once(driver, at_log, file: Path) -> None:
    room = at_log([row for row in many(1_300) if row.position != 40])
    assert not room.searched.complete
    add(file, came(40, 1_301))
    driver.until(lambda: room.new.text() == "Show 2 new events")
    room.show_new()
    assert positions(room)[0] == 1_301
    while room.go_on.isVisible():
        room.go_on.click()
        settled(driver, room)
    assert positions(room) == list(range(1_301, 0, -1))


def test_only_what_fits_the_filter_is_told_and_a_search_takes_the_rest(driver, at_log, file: Path) -> None:
    room = at_log(many(100))
    room.filters.types.setText("Placed")
    room.search()
    settled(driver, room)
    add(file, [*came(101, 102), *came(103, kind="Paid")])
    driver.until(lambda: room.new.text() == "Show 2 new events")
    room.filters.types.setText("Paid")
    room.search()
    settled(driver, room)
    assert not room.new.isVisible()
    assert positions(room)[0] == 103
    room.filters.order.setCurrentIndex(1)
    room.search()
    settled(driver, room)
    add(file, came(104, kind="Paid"))
    driver.until(lambda: room.new.text() == "Show 1 new event")
    room.new.click()
    assert positions(room)[-2:] == [103, 104]


def test_too_many_are_searched_anew(driver, at_log, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esviewer.gui.log.room.KEPT", 5)
    room = at_log(many(30))
    add(file, came(*range(31, 51)))
    driver.until(lambda: room.new.text() == "Show 20 new events")
    room.new.click()
    settled(driver, room)
    assert positions(room) == list(range(50, 0, -1))
    assert not room.new.isVisible()


def test_what_is_masked_is_masked_in_what_arrived(driver, at_log, file: Path) -> None:
    room = at_log(many(10))
    driver.page.machine.reveal()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            f"INSERT INTO events ({COLUMNS}) VALUES (11, 'user-00001', 'user', 'Named', "
            "'{\"email\": \"ada@example.org\"}', NULL, 99, NULL)"
        )
        connection.commit()
    driver.until(room.new.isVisible)
    driver.page.machine.hide()
    room.new.click()
    texts = [room.model.text(0, column) for column in range(7)]
    assert not any("ada@example.org" in text for text in texts)
    driver.until(lambda: "masked" in room.model.text(0, 6))


def test_pause_and_go_on(driver, at_log, file: Path, qtbot: QtBot) -> None:
    room = at_log(many(20))
    badge = driver.window.live
    assert badge.text().startswith("● Live since ")
    qtbot.keyClick(driver.window, Qt.Key.Key_P, CTRL_SHIFT)
    driver.until(lambda: not room._looking)
    assert badge.text().startswith("❚❚ Paused since ")
    add(file, came(21))
    qtbot.wait(150)
    assert not room.new.isVisible()
    room.show_new()
    assert "paused" in room.messages.text
    badge.click()
    driver.until(lambda: room.new.text() == "Show 1 new event")
    assert badge.text().startswith("● Live since ")


def test_the_aggregate_on_show_extends_and_the_playhead_stays_or_follows(driver, file: Path) -> None:
    driver.open(helpers_log.write_sqlite(file, many(20)))
    driver.choose("order-00000")
    page = driver.page
    page.fields.follow(("amount",))
    assert page.playhead.at_end
    add(file, came(21, aggregate="order-00000"))
    driver.shows("order-00000", 21)
    page.playhead.move(4)
    driver.shows("order-00000", 5)
    add(file, came(22, 23, aggregate="order-00000"))
    driver.until(lambda: page.playhead.count == 13 and not page.tasks.busy)
    assert page.playhead.row == 4
    assert page.events.shown.rowCount() == 13
    assert "13 events" in page.title.full
    assert page.current.version == 5


def test_the_list_and_the_counts_follow_and_nothing_moves(driver, file: Path, qtbot: QtBot) -> None:
    driver.open(helpers_log.write_sqlite(file, many(40)))
    page = driver.page
    panel = page.aggregates
    label = driver.window.count_label
    driver.until(lambda: label.text().startswith("40 events · 4 aggregates") and panel.model.rowCount() == 4)
    driver.until(lambda: panel.model.index(0, 2).data() == "10")
    panel.view.selectRow(1)
    driver.shows("order-00002")
    add(file, came(41, 42, aggregate="order-00000"))
    driver.until(lambda: panel.model.index(0, 2).data() == "12")
    driver.until(lambda: label.text().startswith("≈ 42 events"))
    assert panel.new.isHidden()

    add(file, [*came(43, aggregate="order-newer"), *came(44, 45, aggregate="order-newest")])
    driver.until(panel.new.isVisible)
    driver.until(lambda: panel.new.text() == "Show 2 new aggregates")
    assert panel.model.rowCount() == 4
    assert page.aggregate_id == "order-00002"
    qtbot.mouseClick(panel.new, Qt.MouseButton.LeftButton)
    driver.until(lambda: panel.model.rowCount() == 6 and panel.new.isHidden())
    assert panel.view.currentIndex().data() == "order-00002"
    driver.window.page.machine.live.toggle()
    driver.until(lambda: not page.count.tasks.busy)
    add(file, came(46, aggregate="order-none"))
    driver.qtbot.wait(200)
    assert panel.new.isHidden()
    driver.window.page.machine.live.toggle()
    driver.until(panel.new.isVisible)
    assert label.text().startswith("≈ 46 events")


def test_what_a_server_tells_of_is_there_at_once(
    driver, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = postgres_server.create_database("told")
    with closing(library.Bank(env=library.postgres_environment(database))) as bank:
        account = library.BankAccount(holder="Ada", currency="EUR", branch=uuid4(), opened_at=datetime.now(UTC))
        bank.save(account)
        driver.open(database.url)
        for name in ("SOON", "LATE"):
            monkeypatch.setattr(live, name, 600.0)
        driver.choose(str(account.id))
        page = driver.page
        driver.until(lambda: page.count.hearing.listens and page.view.complete and not page.count.tasks.busy)
        for version in (2, 3):
            account.deposit(amount=Decimal(1), reference={})
            bank.save(account)
            driver.shows(str(account.id), version)
        driver.until(lambda: driver.window.count_label.text().startswith("≈ 3 events"))
        # Who listens is thrown out: nothing is said, and looking now and then goes on.
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        driver.until(lambda: not page.count.hearing.listens)
        assert page.machine.live.trouble is None


def test_a_server_that_goes_away_keeps_the_place_and_loses_nothing(driver, postgres: Database) -> None:
    url = helpers_log.write_postgres(postgres, many(40))
    insert = (
        "INSERT INTO events (id, aggregate_id, event_type, event_data, version) "
        "VALUES (%s, 'order-00000', 'Came', '{}', %s)"
    )
    driver.open(url)
    driver.choose("order-00000")
    page = driver.page
    page.playhead.move(3)
    driver.shows("order-00000", 4)
    room = entered(driver)
    with postgres.server.stopped():
        driver.until(lambda: driver.window.live.text().startswith("⚠ No answer since "))
        bar = driver.window.rooms.live_bar
        assert bar.isVisible()
        assert "the store can't be read" in bar.label.text()
        assert "the next try is at" in bar.label.text()
        assert len(positions(room)) == 40
    with postgres.connect() as connection:
        connection.execute(insert, (41, 11))
    bar.try_now.click()
    driver.until(lambda: room.new.text() == "Show 1 new event")
    driver.until(lambda: not bar.isVisible() and driver.window.live.text().startswith("● Live"))
    driver.window.enter("history")
    driver.until(lambda: page.playhead.count == 11 and not page.tasks.busy)
    assert page.playhead.row == 3
    assert page.view.has(11)
    assert page.current.version == 4


def test_a_store_without_an_order_says_that_it_has_no_new_ones(driver, tmp_path: Path) -> None:
    made = tmp_path / "unordered.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, "
            "timestamp TEXT, PRIMARY KEY (aggregate_id, version)) WITHOUT ROWID"
        )
        connection.execute("INSERT INTO events VALUES ('a', 'Happened', '{}', 0, '2026-01-02T03:04:05Z')")
        connection.commit()
    driver.open(made)
    room = entered(driver)
    room.show_new()
    assert "F5 reads all of them anew" in room.messages.text
