"""Positions and ids of stores that eventsourcing 9.5 from PyPI wrote itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import helpers_eventsourcing as library
from eventsourcing.persistence import Mapper
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore
from helpers_layouts import events, opened
from helpers_postgres import PostgresServer


def dogs(application: library.Kennel, count: int = 2) -> list[UUID]:
    """So many dogs with one event each, saved one after the other."""
    animals = [library.Dog(name=f"Rex {number}", breed="Shiba") for number in range(count)]
    for animal in animals:
        application.save(animal)
    return [animal.id for animal in animals]


def test_trap_the_position_is_only_the_rowid_on_sqlite(tmp_path: Path) -> None:
    """No column of the table holds the notification id: it is SQLite's rowid, which leaves a hole where a row went."""
    path = tmp_path / "kennel.db"
    with closing(library.Kennel(env=library.sqlite_environment(path))) as application:
        first, second, third = dogs(application, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        assert "notification_id" not in {row[1] for row in connection.execute("PRAGMA table_info(stored_events)")}
        connection.execute("DELETE FROM stored_events WHERE originator_id = ?", [second.hex])
    with opened(str(path)) as store:
        assert [(each.aggregate_id, each.position) for each in events(store)] == [(first.hex, 1), (third.hex, 3)]


def test_trap_the_table_of_a_recorder_without_notifications_has_no_rowid(tmp_path: Path) -> None:
    """An aggregate recorder alone makes its table WITHOUT ROWID: no order across aggregates, and no position."""
    path = tmp_path / "alone.db"
    with closing(library.Kennel()) as application:
        mapper: Mapper[UUID] = application.mapper
        animal = library.Dog(name="Rex", breed="Shiba")
        animal.add_trick(trick="sit")
        stored = [mapper.to_stored_event(each) for each in animal.collect_events()]
    with closing(SQLiteDatastore(str(path))) as datastore:
        recorder = SQLiteAggregateRecorder(datastore)
        recorder.create_table()
        recorder.insert_events(stored)
    with opened(str(path)) as store:
        assert store.layout.name == "eventsourcing"
        found = events(store, animal.id.hex)
        assert [(each.version, each.type, each.position) for each in found] == [
            (1, "Dog.Registered", None),
            (2, "Dog.TrickAdded", None),
        ]


def test_trap_ids_have_no_dashes_on_sqlite(tmp_path: Path) -> None:
    """The library writes a UUID as 32 digits; an aggregate is found by these and in the form with dashes."""
    path = tmp_path / "kennel.db"
    with closing(library.Kennel(env=library.sqlite_environment(path))) as application:
        first, second = dogs(application)
    with opened(str(path)) as store:
        for written in (first.hex, str(first)):
            assert store.summary(written).version == 1
            assert [each.data["name"] for each in events(store, written)] == ["Rex 0"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE stored_events SET originator_id = ? WHERE rowid = 2", [str(second)])
    with opened(str(path)) as store:
        assert [each.aggregate_id for each in events(store)] == [first.hex, str(second)]
        assert [each.data["name"] for each in events(store, str(second))] == ["Rex 1"]


def test_trap_rolled_back_writes_leave_holes_on_postgresql(postgres_server: PostgresServer) -> None:
    """The sequence of notification ids moves on even if a transaction fails; the hole is no missing event."""
    database = postgres_server.create_database()
    with closing(library.Kennel(env=library.postgres_environment(database))) as application:
        dogs(application, 1)
        database.execute("SELECT nextval(pg_get_serial_sequence('kennel_events', 'notification_id'))")
        application.save(library.Dog(name="Late", breed="Shiba"))
    with opened(str(database.url)) as store:
        assert [each.position for each in events(store)] == [1, 3]
        assert store.info().as_json()["events"] == 2
    postgres_server.drop_database(database)
