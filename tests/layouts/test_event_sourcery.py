"""Event Sourcery: stores that python-event-sourcery 0.6.1 from PyPI wrote to SQLite and PostgreSQL.

Django's tables are made from the columns that its models have.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from helpers_event_sourcery import ACCOUNT, AUDIT, write
from helpers_layouts import aggregates, events, opened


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that the library wrote."""
    if request.param == "sqlite":
        write(f"sqlite:///{tmp_path / 'store.db'}")
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_server").create_database().url
    write(url)
    return url


def shown(target: str, ident: str) -> str:
    """An id as the database at hand shows it."""
    return str(UUID(ident)) if "://" in target else ident


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.layout.name == "event-sourcery"
        assert store.has_snapshots


def test_trap_null_versions(target: str) -> None:
    """Streams without versioning have no versions: their events keep the order in which they were written."""
    with opened(target) as store:
        audit = events(store, shown(target, AUDIT))
        assert [(each.version, each.data) for each in audit] == [(4, {"owner": "log"}), (5, {"owner": "log2"})]
        assert isinstance(audit[0].metadata, dict)
        assert audit[0].metadata["name"] == "audit"


def test_trap_tenants_share_ids(target: str) -> None:
    """The same stream in two tenants is two aggregates (the default one has no name); one may be read by itself."""
    account = shown(target, ACCOUNT)
    with opened(target) as store:
        ids = dict(aggregates(store))
        assert ids == {shown(target, AUDIT): None, f"/{account}": "account", f"acme/{account}": "account"}
        assert [each.data for each in events(store, f"acme/{account}")] == [{"owner": "acme"}]
        assert len(events(store)) == 6
    with opened(target, tenant="acme") as store:
        assert aggregates(store) == [(account, "account")]


def test_every_part_of_an_event(target: str) -> None:
    with opened(target, tenant="") as store:
        second = events(store, shown(target, ACCOUNT))[1]
        assert (second.version, second.position, second.type) == (2, 2, "__main__.Deposited")
        assert second.data == {"amount": 9007199254740993}
        assert second.event_id is not None
        assert len(second.event_id.replace("-", "")) == 32
        assert second.timestamp is not None
        assert second.timestamp.offset == 0


def test_a_snapshot_is_the_state_after_its_version(target: str) -> None:
    with opened(target, tenant="") as store:
        snapshot = store.snapshot(shown(target, ACCOUNT))
        assert snapshot is not None
        assert (snapshot.version, snapshot.state) == (2, {"balance": 9007199254740993})


def test_djangos_tables(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    for old, new in (("streams", "stream"), ("events", "event"), ("snapshots", "snapshot")):
        connection.execute(f"ALTER TABLE event_sourcery_{old} RENAME TO event_sourcery_django_{new}")
    for table in ("event", "snapshot"):
        connection.execute(f"ALTER TABLE event_sourcery_django_{table} RENAME COLUMN db_stream_id TO stream_id")
    connection.commit()
    connection.close()
    with opened(str(path)) as store:
        assert store.layout.name == "event-sourcery-django"
        assert len(events(store)) == 6
        assert store.snapshot(f"/{ACCOUNT}") is not None
