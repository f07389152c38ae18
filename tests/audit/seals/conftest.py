"""A small sealed store that a test may change as it likes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers_postgres import Database
from helpers_seals import CREATE, OnPostgres, Subject, rows

from esviewer.app.sealing import seal_store
from esviewer.app.session import open_session


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Subject]]:
    """Makes a store, opens and seals it."""
    opened: list[Subject] = []

    def make(
        content: list[tuple[object, ...]] | None = None, position: str = "id INTEGER PRIMARY KEY", **options: object
    ) -> Subject:
        path = tmp_path / f"store-{len(opened)}.db"
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous=off")
        connection.execute(CREATE.format(position=position))
        subject = Subject(connection, None, tmp_path / f"seal-{len(opened)}", rows() if content is None else content)  # type: ignore[arg-type]
        subject.restore()
        subject.session = open_session(str(path), layout="reference")
        opened.append(subject)
        seal_store(subject.session, subject.seal, **options)  # type: ignore[arg-type]
        return subject

    yield make
    for each in opened:
        each.session.close()
        each.connection.close()


@pytest.fixture
def subject(made: Callable[..., Subject]) -> Subject:
    """A sealed store of 100 events with stored positions."""
    return made()


@pytest.fixture
def on_postgresql(postgres: Database, tmp_path: Path) -> Iterator[OnPostgres]:
    """The same store in PostgreSQL."""
    connection = postgres.connect()
    connection.autocommit = True
    connection.execute(CREATE.format(position="id bigint PRIMARY KEY"))
    subject = OnPostgres(connection, None, tmp_path / "seal", rows())  # type: ignore[arg-type]
    subject.add(*subject.rows)
    subject.session = open_session(postgres.url, layout="reference")
    connection.execute("CREATE TABLE kept AS SELECT * FROM events")
    seal_store(subject.session, subject.seal)
    yield subject
    subject.session.close()
    connection.close()
