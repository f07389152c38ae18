"""The reference layout in all its shapes keeps the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from helpers_contract import StoreContract, Written, WrittenSnapshot
from helpers_postgres import Database, PostgresServer
from helpers_reference import Shape, sample, snapshots_of, write_postgres, write_sqlite

from esviewer.stores.embedded import EmbeddedStore
from esviewer.stores.store import Store


class OnSqlite(StoreContract):
    """A SQLite file in one shape."""

    shape = Shape()

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, tmp_path_factory: pytest.TempPathFactory) -> Written:
        return write_sqlite(tmp_path_factory.mktemp("store") / "events.db", cls.shape)


class TestMinimal(OnSqlite):
    """The five columns and nothing else, versions from 0."""


class TestFromOne(OnSqlite):
    """Versions from 1, with gaps."""

    shape = Shape(base=1, gaps=True)


class TestEverything(OnSqlite):
    """All extra columns, snapshots, times in several zones and out of order, a broken payload, an empty id."""

    shape = Shape(base=1, types=True, extras=True, mixed_zones=True, broken=True, empty_id=True, snapshots=True)


class TestWithoutRowid(OnSqlite):
    """No position at all: the order is reconstructed, and says so."""

    shape = Shape(base=1, types=True, rowid=False, snapshots=True)

    def test_says_that_the_order_is_reconstructed(self, store: Store) -> None:
        assert any("reconstructed" in warning for warning in store.warnings)


class TestWithoutIndex(OnSqlite):
    """No key on aggregate and version: everything still right, with a warning that it will be slow."""

    shape = Shape(base=1, key=False)

    def test_says_that_an_index_is_missing(self, store: Store) -> None:
        assert any("index" in warning for warning in store.warnings)


class TestBlobs(OnSqlite):
    """JSON as bytes."""

    shape = Shape(base=0, types=True, blob=True, broken=True)


class TestWithoutZone(OnSqlite):
    """Times without a zone stay without one, and the store says so."""

    shape = Shape(base=1, zone=False)

    def test_says_that_times_have_no_zone(self, store: Store) -> None:
        assert any("zone" in warning for warning in store.warnings)


class TestEmbedded(StoreContract):
    """What esviewer's own writer wrote."""

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, tmp_path_factory: pytest.TempPathFactory) -> Written:
        path = tmp_path_factory.mktemp("store") / "embedded.db"
        shape = Shape(base=1, types=True, extras=True, snapshots=True, step=timedelta(milliseconds=1))
        expected = write_sqlite(path.with_name("twin.db"), shape)
        rows = expected.events
        with EmbeddedStore(path) as store:
            for row in rows:
                version = store.append_event(
                    row.aggregate_id,
                    row.type,
                    row.data,
                    version=row.version,
                    aggregate_type=row.aggregate_type,
                    event_id=row.event_id,
                    metadata=row.metadata,
                    schema_version=row.schema_version,
                    timestamp=row.timestamp,
                )
                assert version == row.version
            for snapshot in snapshots_of(sample(shape), shape):
                store.save_snapshot(snapshot.aggregate_id, snapshot.state, snapshot.version)
        path.with_name("twin.db").unlink()
        return replace(
            expected,
            target=str(path),
            file=path,
            snapshots=[WrittenSnapshot(s.aggregate_id, s.version, s.state) for s in expected.snapshots],
        )


class OnPostgres(StoreContract):
    """A PostgreSQL database in one shape."""

    shape = Shape()
    position = True

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, postgres_server: PostgresServer) -> Written:
        database: Database = postgres_server.create_database("reference")
        return write_postgres(database, cls.shape, position=cls.position)


class TestPostgres(OnPostgres):
    """jsonb, json, uuid and timestamptz."""

    shape = Shape(base=1, types=True, extras=True, empty_id=True, snapshots=True)


class TestPostgresMinimal(OnPostgres):
    """Five columns, no position, times without a zone."""

    shape = Shape(base=0, zone=False)
    position = False


def test_fixture_files_are_what_they_say(tmp_path: Path) -> None:
    """The suite would prove little if its stores were all alike."""
    written = write_sqlite(tmp_path / "a.db", Shape(base=1, gaps=True, broken=True))
    first = [event.version for event in written.of("order-0001")]
    assert first[0] == 1
    assert first != list(range(1, len(first) + 1))
    assert sum(event.error for event in written.events) == 1
    assert len(written.ids) == len(set(written.ids)) > 15
    assert len(written.of(written.longest)) >= 6
