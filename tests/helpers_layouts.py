"""Stores made from a framework's documented tables, and short forms of what is read back from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers_whole import check_whole

from esviewer.model.event import Event
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table; a table's name as it has to be written in SQL for the database at hand, columns likewise."""

CHECKS: list[Callable[[Store], None]] = [check_whole]
"""What every store has to pass that is opened: read as a whole it is what it is piece by piece."""


def make_sqlite(path: Path, ddl: Sequence[str], rows: Rows) -> str:
    """A SQLite file with these tables and rows; its path as a store's target."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in ddl:
            connection.execute(statement)
        for table, listed in rows.items():
            for row in listed:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    connection.close()
    return str(path)


def make_server(database: Any, ddl: Sequence[str], rows: Rows) -> str:
    """The same in a new database of the same server as `database` (fixtures `postgres`, `mariadb`); its URL."""
    database = database.server.create_database()
    database.execute(*ddl)
    connection = database.connect()
    try:
        cursor = connection.cursor()
        for table, listed in rows.items():
            for row in listed:
                marks = ", ".join(["%s"] * len(row))
                cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        connection.commit()
    finally:
        connection.close()
    return str(database.url)


@contextmanager
def opened(target: str, layout: str | None = None, **options: Any) -> Iterator[Store]:
    """An open store, closed at the end of the block, that has passed all `CHECKS`."""
    store = open_store(target, layout, **options)
    try:
        for check in CHECKS:
            check(store)
        yield store
    finally:
        store.close()


def aggregates(store: Store) -> list[tuple[str, str | None]]:
    """Every aggregate's id and type, by id."""
    return [(each.aggregate_id, each.aggregate_type) for each in store.aggregate_ids(limit=10_000)]


def events(store: Store, aggregate_id: str | None = None) -> list[Event]:
    """All events in store order, or one aggregate's."""
    return list(store.events(aggregate_id))


def short(event: Event) -> tuple[Any, ...]:
    """An event as (aggregate id, version, type, data)."""
    return (event.aggregate_id, event.version, event.type, event.data)


def time_of(event: Event) -> str | None:
    """An event's timestamp as text, without a zone where the store names none."""
    return None if event.timestamp is None else event.timestamp.isoformat()
