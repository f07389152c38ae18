"""Fixtures that make and open stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_sqlite import COLUMNS, PLAIN, Make, Open

from esviewer.stores.opening import open_store
from esviewer.stores.store import Store


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a SQLite file: `make(rows, ddl=..., name=..., setup=[...])`."""

    def run(
        rows: Iterable[tuple[Any, ...]] = (), *, ddl: str = PLAIN, name: str = "store.db", setup: Iterable[str] = ()
    ) -> Path:
        folder = tmp_path / "stores"
        folder.mkdir(exist_ok=True)
        path = folder / name
        connection = sqlite3.connect(path)
        for statement in setup:
            connection.execute(statement)
        connection.executescript(ddl)
        connection.executemany(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        return path

    return run


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open stores that are closed after the test."""
    stores: list[Store] = []

    def run(target: object, layout: str | None = None) -> Store:
        stores.append(open_store(str(target), layout))
        return stores[-1]

    yield run
    for store in stores:
        store.close()
