"""reSolve: on PostgreSQL written by its own npm adapter, on SQLite and MariaDB its documented tables.

@resolve-js/eventstore-postgresql 0.34.3 makes the tables and saves events, secrets and snapshots. Facts of the other
two: reimagined/resolve 511778a. The snapshots' keys and contents are as the framework's documentation has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import aggregates, events, make_server, make_sqlite, opened, short, time_of
from helpers_npm import packages, run
from helpers_postgres import Database

from esviewer.stores.store import Store

LATER = 4102444800000
"""Times of events: the adapter takes the later of this and the clock."""
EVENTS: list[tuple[str, int, str, Any, int]] = [
    ("user-1", 1, "USER_CREATED", {"name": "zoë", "price": 1.5}, LATER + 1),
    ("list-2", 1, "LIST_CREATED", {}, LATER + 2),
    ("user-1", 2, "USER_NAMED", {"name": "U2FsdGVkX1+secret"}, LATER + 3),
    ("list-2", 2, "LIST_CLOSED", None, LATER + 4),
]
THREADS = [(200, 0), (3, 0), (7, 0), (3, 1)]
STATE = {"state": json.dumps({"name": "zoë"}), "version": 2, "minimalTimestamp": LATER + 3, "cursor": None}
SNAPSHOTS = {"AG;a1b2;user-1": json.dumps(STATE), "VM;c3d4;list": json.dumps({"state": "{}"})}

_SCRIPT = """
const create = require('@resolve-js/eventstore-postgresql').default
const [host, database, events, snapshots] = process.argv.slice(1)
const main = async () => {
  const store = create({ host, port: 5432, user: 'postgres', password: '', database, databaseName: 'public' })
  await store.init()
  for (const [aggregateId, aggregateVersion, type, payload, timestamp] of JSON.parse(events))
    await store.saveEvent({ aggregateId, aggregateVersion, type, payload, timestamp })
  for (const [key, content] of Object.entries(JSON.parse(snapshots)))
    for (let time = 0; time < 100; time++) await store.saveSnapshot(key, content)
  const secrets = await store.getSecretsManager()
  await secrets.setSecret('user-1', 'key of user-1')
  await secrets.deleteSecret('user-1')
  await store.dispose()
}
main().catch((error) => { console.error(error); process.exit(1) })
"""


def written(database: Database) -> str:
    folder = packages("resolve-postgresql-0.34.3", "@resolve-js/eventstore-postgresql@0.34.3")
    run(folder, _SCRIPT, str(database.server.folder), database.name, json.dumps(EVENTS), json.dumps(SNAPSHOTS))
    return str(database.url)


def ddl(quote: str, key: str, key_type: str, content: str, content_type: str) -> list[str]:
    def q(*names: str) -> str:
        return " ".join(f"{quote}{name}{quote}" for name in names)

    return [
        f"CREATE TABLE events ({q('threadId')} bigint NOT NULL, {q('threadCounter')} bigint NOT NULL,"
        f" {q('timestamp')} bigint NOT NULL, {q('aggregateId')} varchar(190) NOT NULL,"
        f" {q('aggregateVersion')} bigint NOT NULL, {q('type')} varchar(190) NOT NULL, {q('payload')} JSON,"
        f" PRIMARY KEY ({q('threadId')}, {q('threadCounter')}),"
        f" UNIQUE ({q('aggregateId')}, {q('aggregateVersion')}))",
        f"CREATE TABLE snapshots ({q(key)} {key_type}, {q(content)} {content_type})",
        f"CREATE TABLE secrets (idx bigint, id varchar(190) PRIMARY KEY, {q('secret')} text)",
    ]


def rows(key: str, content: str, *, binary: bool) -> dict[str, list[dict[str, Any]]]:
    def stored(text: str) -> Any:
        return text.encode() if binary else text

    names = ("threadId", "threadCounter", "timestamp", "aggregateId", "aggregateVersion", "type", "payload")
    listed = [
        dict(zip(names, (thread, counter, time, ident, version, kind, json.dumps(payload)), strict=True))
        for (ident, version, kind, payload, time), (thread, counter) in zip(EVENTS, THREADS, strict=True)
    ]
    return {
        "events": listed[::-1],
        "snapshots": [{key: stored(name), content: stored(text)} for name, text in SNAPSHOTS.items()],
        "secrets": [{"idx": 1, "id": "user-1", "secret": None}],
    }


@pytest.fixture(scope="module", params=["postgres", "sqlite", "mariadb"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgres":
        return written(request.getfixturevalue("postgres"))
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("resolve") / "store.db"
        return make_sqlite(
            path, ddl('"', "snapshotKey", "text", "content", "text"), rows("snapshotKey", "content", binary=False)
        )
    made = ddl("`", "SnapshotKey", "mediumblob", "SnapshotContent", "longblob")
    return make_server(request.getfixturevalue("mariadb"), made, rows("SnapshotKey", "SnapshotContent", binary=True))


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with opened(target) as store:
        yield store


def ours(store: Store) -> list[Any]:
    """All events but those that the adapter itself writes about secrets."""
    return [event for event in events(store) if event.aggregate_id in ("user-1", "list-2")]


def test_it_is_recognised(store: Store) -> None:
    assert store.layout.name == "resolve"
    assert store.fit.tables["events"].rpartition(".")[2] == "events"
    assert "threadId" in store.fit.reasons[0]


def test_every_part_of_an_event(store: Store) -> None:
    found = ours(store)
    assert [short(event) for event in found] == [event[:4] for event in EVENTS]
    assert [time_of(event) for event in found] == [f"2100-01-01T00:00:00.00{number}Z" for number in (1, 2, 3, 4)]
    assert [event.schema_version for event in found] == [None] * 4
    assert short(store.event("user-1", 2)) == EVENTS[2][:4]


def test_trap_aggregates_have_no_type(store: Store) -> None:
    """The name of an aggregate is nowhere stored, only its id."""
    assert [each for each in sorted(aggregates(store)) if each[0] in ("user-1", "list-2")] == [
        ("list-2", None),
        ("user-1", None),
    ]


def test_trap_256_threads_count_for_themselves(store: Store) -> None:
    """Each of 256 threads counts from 0, so no number orders all events: their time does, then counter and thread."""
    found = ours(store)
    assert [event.position for event in found] == [None] * 4
    assert [event.type for event in found] == [event[2] for event in EVENTS]
    for event in found:
        assert isinstance(event.metadata, dict)
        assert 0 <= event.metadata["threadId"] < 256


def test_trap_forgotten_secrets_leave_ciphertext(store: Store) -> None:
    """Forgetting a person sets the secret to null: the encrypted texts stay in the payload and are shown as stored."""
    assert store.event("user-1", 2).data == {"name": "U2FsdGVkX1+secret"}
    assert "secrets" not in store.fit.tables.values()


def test_trap_snapshots_of_view_models_are_none(store: Store) -> None:
    """One table keeps states by keys: AG keys are of aggregates, VM keys of view models, which have no version."""
    found = store.snapshot("user-1")
    assert found is not None
    assert (found.version, found.state, found.error) == (2, {"name": "zoë"}, None)
    assert store.snapshot("list") is None
    assert store.snapshot("list-2") is None


def test_trap_secrets_write_events_of_their_own(target: str, store: Store) -> None:
    """The adapter tells of a secret that was set or forgotten by events of its own; the secret is in none of them."""
    found = [event for event in events(store) if event.aggregate_id not in ("user-1", "list-2")]
    written = ["RESOLVE_SET_SECRET", "RESOLVE_DELETE_SECRET"] if target.startswith("postgresql") else []
    assert [event.type for event in found] == written
    assert [event.data for event in found] == [{"id": "user-1"}] * len(written)
