"""Stores that the Python eventsourcing library wrote keep the contract, and its own view of each aggregate is ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import helpers_eventsourcing as library
import pytest
from helpers_contract import ANY, StoreContract, Written, WrittenEvent, WrittenSnapshot
from helpers_postgres import PostgresServer
from helpers_reference import moment_of

from esviewer.errors import AmbiguousLayoutError
from esviewer.model.values import copied, same
from esviewer.replay.fold import fold
from esviewer.replay.rules import parse_rules
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store


def written_event(recording: Any, *, dashes: bool) -> WrittenEvent:
    """What the library says that it recorded."""
    domain_event = recording.domain_event
    fields = dict(vars(domain_event))
    aggregate_id = fields.pop("originator_id")
    version = fields.pop("originator_version")
    timestamp = fields.pop("timestamp")
    fields.pop("originator_topic", None)
    aggregate, _, name = type(domain_event).__qualname__.rpartition(".")
    return WrittenEvent(
        aggregate_id=str(aggregate_id) if dashes else aggregate_id.hex,
        aggregate_type=aggregate,
        version=version,
        type=f"{aggregate}.{name}",
        data=fields,
        timestamp=moment_of(timestamp),
        position=recording.notification.id,
        schema_version=getattr(type(domain_event), "class_version", 1),
        metadata=ANY,
    )


def written_by(application: Any, recordings: list[Any], ids: list[str], *, dashes: bool, **more: Any) -> Written:
    """The whole store, as the library knows it; events carry their recordings' notification ids."""
    snapshots = []
    if application.snapshots is not None:
        for aggregate_id in dict.fromkeys(recording.domain_event.originator_id for recording in recordings):
            for snapshot in application.snapshots.get(aggregate_id):
                snapshots.append(
                    WrittenSnapshot(
                        str(aggregate_id) if dashes else aggregate_id.hex,
                        snapshot.originator_version,
                        public(application.repository.get(aggregate_id, version=snapshot.originator_version)),
                    )
                )
    return Written(
        layout="eventsourcing",
        events=[written_event(recording, dashes=dashes) for recording in recordings],
        ids=ids,
        snapshots=snapshots,
        **more,
    )


def public(aggregate: Any) -> dict[str, Any]:
    """An aggregate's own attributes, as its class set them."""
    return {key: value for key, value in vars(aggregate).items() if not key.startswith("_")}


def writes(events: str) -> tuple[str, ...]:
    """Statements that would change the store."""
    return (
        f"INSERT INTO {events} (originator_id, originator_version, topic, state) "
        "VALUES ('00000000000000000000000000000000', 1, 'x:Y.Z', '{}')",
        f"UPDATE {events} SET topic = 'forged'",
        f"DELETE FROM {events}",
        f"DROP TABLE {events}",
        f"CREATE INDEX forged ON {events} (topic)",
    )


class EventsourcingContract(StoreContract):
    """What only a store of this library can be asked; a fixture `environment` has the settings to open it once more."""

    application: type[Any] = library.Bank
    settings: Mapping[str, str] = {}

    @pytest.fixture(scope="class")
    @classmethod
    def truth(cls, written: Written, environment: dict[str, str]) -> dict[tuple[str, int], dict[str, Any]]:
        """(aggregate id, version) -> attributes, out of the library's own repository, for every version there is."""
        result = {}
        with closing(cls.application(env=environment)) as application:
            for event in written.events:
                aggregate = application.repository.get(UUID(event.aggregate_id), version=event.version)
                assert aggregate.version == event.version
                result[event.aggregate_id, event.version] = copied(public(aggregate))
        return result

    @pytest.mark.parametrize(("kind", "rules"), [("BankAccount", library.BANK_RULES), ("Dog", library.DOG_RULES)])
    def test_states_are_those_of_the_library(
        self, store: Store, written: Written, truth: dict[tuple[str, int], dict[str, Any]], kind: str, rules: str
    ) -> None:
        """At every version of every aggregate: replay from nothing, and from the newest snapshot below."""
        reducer = parse_rules(rules, "rules of the test")
        compared = from_snapshot = 0
        for aggregate_id in (i for i in written.ids if written.types[i] == kind):
            for event in written.of(aggregate_id):
                folded = fold(reducer, store.batches(aggregate_id, to_version=event.version), reducer.initial())
                assert folded.skipped == ()
                assert folded.version == event.version
                expected = truth[aggregate_id, event.version]
                assert same(folded.state, expected), (aggregate_id, event.version, folded.state, expected)
                compared += 1
                snapshot = store.snapshot(aggregate_id, event.version)
                if snapshot is not None:
                    start = {key: snapshot.state[key] for key in expected}
                    rest = store.batches(aggregate_id, from_version=snapshot.version + 1, to_version=event.version)
                    assert same(fold(reducer, rest, start).state, folded.state), (aggregate_id, event.version)
                    from_snapshot += 1
        assert compared > 10
        assert (from_snapshot > 10) is (bool(written.snapshots) and kind == "BankAccount")

    def test_the_topic_is_kept(self, store: Store, written: Written) -> None:
        for event in store.events():
            assert event.metadata["topic"] == f"helpers_eventsourcing:{event.type}"

    def test_numbers_dates_and_ids_keep_their_types(self, store: Store, written: Written) -> None:
        opened = next(store.events(type_glob="*Opened"))
        assert type(opened.data["branch"]) is UUID
        assert opened.data["opened_at"].isoformat() == "2026-02-03T04:05:06.789012+00:00"
        amounts = [event.data["amount"] for event in store.events(type_glob="*Deposited")]
        assert {type(amount) for amount in amounts} == {Decimal}
        assert "9007199254740993.10" in map(str, amounts)


class OnSqlite(EventsourcingContract):
    """An application on a SQLite file."""

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, tmp_path_factory: pytest.TempPathFactory) -> Written:
        path = tmp_path_factory.mktemp("store") / "bank.db"
        with closing(cls.application(env=library.sqlite_environment(path, **cls.settings))) as application:
            recordings = library.fill(application)
            with closing(sqlite3.connect(path)) as connection:
                ids = [r[0] for r in connection.execute("SELECT DISTINCT originator_id FROM stored_events ORDER BY 1")]
            return written_by(
                application, recordings, ids, dashes=False, target=str(path), file=path, writes=writes("stored_events")
            )

    @pytest.fixture(scope="class")
    @classmethod
    def environment(cls, written: Written, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
        # A copy: the library opens files for writing, and the original must not change.
        assert written.file
        copy = tmp_path_factory.mktemp("copy") / "bank.db"
        copy.write_bytes(written.file.read_bytes())
        return library.sqlite_environment(copy, **cls.settings)


class TestSqlite(OnSqlite):
    """The library as it comes, with snapshots."""

    def test_the_file_is_in_wal_mode(self, written: Written) -> None:
        """The library leaves its files so: opening one must not leave -wal or -shm beside it."""
        assert written.file
        assert written.file.read_bytes()[18:20] == b"\x02\x02"
        assert [path.name for path in written.file.parent.iterdir()] == [written.file.name]


class TestSqliteCompressed(OnSqlite):
    """The library's own zlib compressor."""

    settings: Mapping[str, str] = {"COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor"}

    def test_the_payloads_are_compressed(self, store: Store, written: Written) -> None:
        event = written.events[0]
        assert (store.event(event.aggregate_id, event.version).raw or b"")[:1] == b"\x78"


class TestSqliteWithoutSnapshots(OnSqlite):
    """No table of snapshots at all."""

    application = library.Kennel


class OnPostgres(EventsourcingContract):
    """An application in a PostgreSQL database."""

    schema = "public"

    @pytest.fixture(scope="class")
    @classmethod
    def environment(cls, postgres_server: PostgresServer) -> dict[str, str]:
        database = postgres_server.create_database("bank")
        database.execute(f"CREATE SCHEMA IF NOT EXISTS {cls.schema}")
        return library.postgres_environment(database, POSTGRES_SCHEMA=cls.schema, **cls.settings)

    @pytest.fixture(scope="class")
    @classmethod
    def written(cls, environment: dict[str, str], postgres_server: PostgresServer) -> Written:
        database = postgres_server.database(environment["POSTGRES_DBNAME"])
        with closing(cls.application(env=environment)) as application:
            recordings = library.fill(application)
            events = f"{cls.schema}.{application.name.lower()}_events"
            ids = [str(r[0]) for r in database.rows(f"SELECT originator_id FROM {events} GROUP BY 1 ORDER BY 1")]
            return written_by(application, recordings, ids, dashes=True, target=database.url, writes=writes(events))


class TestPostgres(OnPostgres):
    """Tables named after the application, uuid and bytea, with snapshots."""


class TestPostgresCompressed(OnPostgres):
    """The library's own zlib compressor."""

    settings: Mapping[str, str] = {"COMPRESSOR_TOPIC": "eventsourcing.compressor:ZlibCompressor"}


class TestPostgresInSchema(OnPostgres):
    """A schema of its own, not on the search path."""

    schema = "ledger"


def test_two_applications_in_one_database(postgres_server: PostgresServer) -> None:
    """Neither is opened silently; each opens by name and has only its own events."""
    database = postgres_server.create_database("two")
    counts = {}
    for kind, numbers in ((library.Bank, (3, 4, 0)), (library.Kennel, (0, 3, 2))):
        application = kind(env=library.postgres_environment(database))
        counts[f"eventsourcing:{kind.__name__.lower()}_events"] = len(library.fill(application, *numbers))
        application.close()
    with pytest.raises(AmbiguousLayoutError) as raised:
        open_store(database.url)
    assert raised.value.exit_code == 3
    assert sorted(choice.replace(":public.", ":") for choice in raised.value.choices) == sorted(counts)
    for choice in (*raised.value.choices, *counts):
        with closing(open_store(database.url, choice)) as store:
            count = counts[choice.replace(":public.", ":")]
            assert store.layout.name == "eventsourcing"
            assert store.info().as_json()["events"] == count
            assert len(list(store.events())) == count
            assert store.has_snapshots is ("bank" in choice)
    for choice in raised.value.choices:
        assert choice in raised.value.hint


def test_encrypted_payloads_are_said_to_be_unreadable(tmp_path: Path) -> None:
    """Every event is listed with its error and its bytes; nothing is guessed and nothing fails."""
    from eventsourcing.cryptography import AESCipher

    path = tmp_path / "secret.db"
    settings = {
        "CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher",
        "CIPHER_KEY": AESCipher.create_key(32),
    }
    application = library.Kennel(env=library.sqlite_environment(path, **settings))
    recordings = library.fill(application, accounts=0, dogs=2)
    application.close()
    with closing(open_store(str(path))) as store:
        events = list(store.events())
        assert [(event.version, event.position) for event in events] == [
            (recording.domain_event.originator_version, recording.notification.id) for recording in recordings
        ]
        assert all(event.error and event.raw and event.data is None for event in events)
        assert {event.type for event in events} == {"Dog.Registered", "Dog.TrickAdded"}
        assert store.info().as_json()["events"] == len(recordings)


def test_a_file_that_its_application_is_writing(tmp_path: Path) -> None:
    """Reader and writer don't disturb each other, and what is committed shows, whether in the file or its -wal."""
    path = tmp_path / "live.db"
    application = library.Bank(env=library.sqlite_environment(path))
    count = len(library.fill(application, accounts=3, steps=4, dogs=0))
    names = sorted(entry.name for entry in tmp_path.iterdir())
    assert "live.db-wal" in names
    with closing(open_store(str(path))) as store:
        assert len(list(store.events())) == count
        reading = store.events()
        next(reading)
        rex = library.Dog(name="Rex", breed="Shiba")
        application.save(rex)
        assert store.summary(rex.id.hex).version == 1
        rest = list(reading)
        assert [event.position for event in rest][: count - 1] == list(range(2, count + 1))
        rex.add_trick(trick="sit")
        application.save(rex)
        assert store.summary(rex.id.hex).version == 2
        assert sorted(entry.name for entry in tmp_path.iterdir()) == names
    application.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["live.db"]
