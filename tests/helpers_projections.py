"""Stores and projection files for tests, and results as plain rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from helpers_mariadb import Database as MariaDatabase
from helpers_postgres import Database as PostgresDatabase

from esviewer.app.projecting import Projected, Wanted, project
from esviewer.app.session import open_session
from esviewer.projections.file import load_projections
from esviewer.work import Work

SHOP = """
[[projection]]
name = "carts"
reducer = "cart.toml"
aggregate_type = "cart*"
where = "state.status != 'Cancelled'"
[projection.columns]
client = "state.clientId"
status = "state.status"
lines = "len(state.items)"
items = "state.items"
total = "state.total"

[[projection]]
name = "sales"
kind = "event"
key = "data.productId"
initial = { sold = 0, carts = [] }
[[projection.on]]
event = "ProductItemAdded"
increment = { sold = "data.quantity" }
append = { carts = "event.aggregate_id" }
set = { last = "data.quantity" }
[[projection.on]]
event = "ProductItemRemoved"
increment = { sold = "-data.quantity" }
[projection.columns]
sold = "state.sold"
carts = "state.carts"
last = "state.last"
same = "key"

[[projection]]
name = "additions"
kind = "log"
event = "ProductItem*"
where = "data.quantity > 1"
[projection.columns]
product = "data.productId"
quantity = "data.quantity"
actor = "meta.actor"
kind = "event.type"
"""
CART = """
name = "cart"
initial = { items = {}, total = 0 }
[[on]]
event = "ShoppingCartOpened"
set = { clientId = "data.clientId", status = "'Opened'" }
[[on]]
event = "ProductItemAdded"
increment = { "items[data.productId]" = "data.quantity", total = "data.quantity" }
[[on]]
event = "ProductItemRemoved"
increment = { "items[data.productId]" = "-data.quantity", total = "-data.quantity" }
[[on]]
event = "ShoppingCartCancelled"
set = { status = "'Cancelled'" }
"""

Row = tuple[str, str, str, Any, str | None]
"""Aggregate id, event type, time, data (JSON text as it is, or a value), metadata's actor; versions count from 1."""


def shop_files(folder: Path) -> Path:
    """The projection file and its reducer."""
    (folder / "cart.toml").write_text(CART)
    file = folder / "shop.toml"
    file.write_text(SHOP)
    return file


def write_store(path: Path, rows: Sequence[Row], versions: dict[str, int] | None = None) -> dict[str, int]:
    """Append events to a SQLite store; gives the newest versions, from which a later call goes on."""
    newest = dict(versions or {})
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL,"
            " aggregate_type TEXT, event_type TEXT NOT NULL,"
            " event_data TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL,"
            " timestamp TEXT, UNIQUE (aggregate_id, version))"
        )
        for aggregate_id, kind, time, data, actor in rows:
            newest[aggregate_id] = newest.get(aggregate_id, 0) + 1
            connection.execute(
                "INSERT INTO events (aggregate_id, aggregate_type, event_type, event_data, metadata, version,"
                " timestamp) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    aggregate_id,
                    aggregate_id.split("-")[0],
                    kind,
                    data if isinstance(data, str) else json.dumps(data),
                    None if actor is None else json.dumps({"actor": actor}),
                    newest[aggregate_id],
                    time,
                ),
            )
        connection.commit()
    return newest


def shop_rows(carts: int = 12) -> list[Row]:
    """What happens in a shop: carts side by side, one product sold in several."""
    rows: list[Row] = []
    second = 0

    def add(cart: int, kind: str, data: Any) -> None:
        nonlocal second
        second += 1
        time = f"2026-03-01T00:{second // 60:02}:{second % 60:02}Z"
        rows.append((f"cart-{cart:03}", kind, time, data, None if second % 3 else f"actor {second % 5}"))

    for cart in range(carts):
        add(cart, "ShoppingCartOpened", {"clientId": f"client {cart % 4}"})
    for step in range(5):
        for cart in range(carts):
            if (cart + step) % 3 == 0:
                continue
            product = f"P-{(cart * 7 + step) % 5}"
            add(cart, "ProductItemAdded", {"productId": product, "quantity": 1 + (cart + step) % 4})
            if (cart + step) % 5 == 0:
                add(cart, "ProductItemRemoved", {"productId": product, "quantity": 1})
    for cart in range(0, carts, 4):
        add(cart, "ShoppingCartCancelled", {})
    return rows


def copied_to_postgres(database: PostgresDatabase, store: Path) -> None:
    """The events of a SQLite store on PostgreSQL."""
    database.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id BIGINT PRIMARY KEY, aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type TEXT"
        " NOT NULL, event_data TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL, timestamp TEXT,"
        " UNIQUE (aggregate_id, version))",
    )
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", _events(store))


def copied_to_mariadb(database: MariaDatabase, store: Path, time: str = "VARCHAR(64)") -> None:
    """The same on MariaDB; texts are not told apart by case there but where the column says so."""
    database.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id BIGINT PRIMARY KEY, aggregate_id VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,"
        " aggregate_type VARCHAR(64), event_type VARCHAR(64) NOT NULL, event_data LONGTEXT NOT NULL,"
        f" metadata LONGTEXT, version INTEGER NOT NULL, timestamp {time}, UNIQUE (aggregate_id, version))"
        " CHARACTER SET utf8mb4",
    )
    rows = _events(store)
    if time != "VARCHAR(64)":
        rows = [(*row[:-1], row[-1].removesuffix("Z").replace("T", " ")) for row in rows]
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)


def _events(store: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute("SELECT * FROM events").fetchall()


def run(file: Path, store: Path | str, output: Path, *, work: Work | None = None, **wanted: Any) -> Projected:
    """Run a projection, in one process unless another number is wanted."""
    session = open_session(str(store))
    try:
        return project(session, load_projections(file), output, Wanted(**{"processes": 1, **wanted}), work=work)
    finally:
        session.close()


def tables(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All tables of a result but the one of facts, with their heads and types as the first row."""
    with closing(duckdb.connect(str(output), read_only=True)) as connection:
        names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        found = {}
        for name in names:
            if name != "esviewer":
                heads = connection.execute(f'DESCRIBE "{name}"').fetchall()
                rows = connection.execute(f'FROM "{name}"').fetchall()
                found[name] = [tuple(f"{head[0]} {head[1]}" for head in heads), *rows]
        return found
