"""eventsourcing on SQLAlchemy: stores that eventsourcing-sqlalchemy 1.0.1 from PyPI wrote."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from helpers_layouts import aggregates, events, opened
from helpers_venv import python_with

WRITER = """
import os, sys
os.environ["PERSISTENCE_MODULE"] = "eventsourcing_sqlalchemy"
os.environ["SQLALCHEMY_URL"] = sys.argv[1]
from uuid import UUID
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

class Account(Aggregate):
    @event("Opened")
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0

    @event("Deposited")
    def deposit(self, amount):
        self.balance += amount

class Bank(Application[UUID]):
    is_snapshotting_enabled = True

bank = Bank()
for owner in ("Zoë", "Bo"):
    account = Account(owner)
    account.deposit(9007199254740993)
    bank.save(account)
    bank.take_snapshot(account.id)
    print(account.id)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, list[str]]:
    """A store that the library wrote, and its accounts' ids."""
    python = python_with(
        "eventsourcing-sqlalchemy-1.0.1", "eventsourcing-sqlalchemy==1.0.1", "SQLAlchemy==2.0.58",
        "psycopg[binary]==3.3.9",
    )  # fmt: skip
    if request.param == "sqlite":
        target = str(tmp_path / "store.db")
        url = f"sqlite:///{target}"
    else:
        target = url = request.getfixturevalue("postgres_server").create_database().url
    done = subprocess.run([python, "-c", WRITER, url], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return target, done.stdout.split()


def test_it_is_read_as_the_library_itself(written: tuple[str, list[str]]) -> None:
    target, ids = written
    with opened(target) as store:
        assert store.layout.name == "eventsourcing"
        assert {kind for _, kind in aggregates(store)} == {"Account"}
        assert {UUID(ident) for ident, _ in aggregates(store)} == {UUID(ident) for ident in ids}
        assert [event.position for event in events(store)] == [1, 2, 3, 4]
        second: Any = events(store, ids[0])[1]
        assert (second.version, second.type) == (2, "Account.Deposited")
        assert second.data == {"amount": 9007199254740993}
        assert second.timestamp is not None
        snapshot = store.snapshot(ids[0])
        assert snapshot is not None
        assert (snapshot.version, snapshot.state["owner"]) == (2, "Zoë")


@pytest.mark.parametrize("written", ["sqlite"], indirect=True)
def test_trap_ids_are_bytes_on_sqlite(written: tuple[str, list[str]]) -> None:
    """UUIDs lie in BINARY(16) where the database has no type for them."""
    target, ids = written
    stored = {row[0] for row in sqlite3.connect(target).execute("SELECT originator_id FROM bank_events")}
    assert stored == {UUID(ident).bytes for ident in ids}
