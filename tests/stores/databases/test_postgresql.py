"""PostgreSQL: URLs, rights, secrets, types, partitions, cancelling, and a server that goes away."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_postgres import Database, PostgresServer
from helpers_sqlite import Open

from esviewer.errors import AmbiguousLayoutError, CancelledError, StoreError, UnknownLayoutError
from esviewer.model.instant import parse
from esviewer.stores.opening import open_store
from esviewer.stores.store import Store
from esviewer.work import Work

SECRET = "s3cr3t-p%40ss"
EVENTS = (
    "CREATE TABLE {schema}.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, aggregate_id {id} NOT NULL, "
    "aggregate_type text, event_type text NOT NULL, event_data {data}, metadata jsonb, version bigint NOT NULL, "
    "timestamp {time} NOT NULL, UNIQUE (aggregate_id, version))"
)


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    fresh = postgres_server.create_database("stores")
    yield fresh
    postgres_server.drop_database(fresh)


def table(
    database: Database, schema: str = "public", ident: str = "text", data: str = "jsonb", stamp: str = "timestamptz"
) -> None:
    database.execute(
        f"CREATE SCHEMA IF NOT EXISTS {schema}", EVENTS.format(schema=schema, id=ident, data=data, time=stamp)
    )


def fill(database: Database, *rows: tuple[Any, ...], schema: str = "public") -> None:
    with database.connect() as connection:
        for each in rows:
            connection.execute(
                f"INSERT INTO {schema}.events (aggregate_id, aggregate_type, event_type, event_data, version, "
                "timestamp) VALUES (%s, 'thing', 'Changed', %s, %s, %s)",
                each,
            )


NOON = "2026-01-01 12:00:00.123456+00"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_urls(database: Database, opened: Open, scheme: str) -> None:
    table(database)
    fill(database, ("a", "{}", 1, NOON))
    store = opened(database.url.replace("postgresql+psycopg", scheme))
    assert store.summary("a").events == 1
    assert store.database.startswith("PostgreSQL ")
    assert store.name == database.name
    assert store.label.startswith("postgresql://")


def test_numbers_and_times_are_exact(database: Database, opened: Open) -> None:
    table(database)
    text = '{"n": 9007199254740993, "p": 1.10, "big": 1e30}'
    fill(database, ("a", text, 1, "2026-01-01 21:00:00.123456+09"), ("a", None, 2, "infinity"), ("a", "5", 3, NOON))
    one, two, three = opened(database.url).events()
    assert one.data["n"] == 9007199254740993
    assert str(one.data["p"]) == "1.10"
    assert str(one.timestamp) == "2026-01-01T12:00:00.123456Z"
    assert (two.data, two.timestamp) == (None, None)
    assert three.data == 5
    store = opened(database.url)
    assert [e.version for e in store.events(since=parse("2026-01-01T12:00:00.123456Z"))] == [1, 3]
    assert [e.version for e in store.events(until=parse("2026-01-01T12:00:00.123455999Z"))] == []
    assert [e.version for e in store.events(type_glob="Changed", limit=2)] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("uuid", ["00000000-0000-0000-0000-00000000000a", "fedcba98-0000-0000-0000-000000000000"]),
        ("bigint", ["-3", "7", "12"]),
        ("bytea", ["00ff", "12" * 16]),
        ("varchar(40)", ["", "a'b", "ä", "注文"]),
        ("numeric", ["1", "2.5"]),
    ],
)
def test_ids_of_every_type(database: Database, opened: Open, kind: str, ids: list[str]) -> None:
    table(database, ident=kind)
    stored = [bytes.fromhex(each) if kind == "bytea" else each for each in ids]
    fill(database, *[(each, "{}", version, NOON) for each in stored for version in (1, 2, 3)])
    store = opened(database.url)
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ids
    assert [ref.aggregate_id for ref in store.aggregate_ids(after=ids[0])] == ids[1:]
    assert [(s.aggregate_id, s.events, s.version) for s in store.summaries(ids)] == [(each, 3, 3) for each in ids]
    assert store.summaries(["no such id", "\0"]) == []
    for each in ids:
        assert [e.version for e in store.events(each)] == [1, 2, 3]
        assert store.event(each, 2).aggregate_id == each
    assert store.info().aggregates == len(ids)


@pytest.mark.parametrize("data", ["json", "jsonb", "text", "bytea"])
def test_payload_columns(database: Database, opened: Open, data: str) -> None:
    table(database, data=data)
    text = '{"s": "日本語 🦄", "n": 1.10}'
    fill(database, ("a", text.encode() if data == "bytea" else text, 1, NOON))
    event = opened(database.url).event("a", 1)
    assert event.data["s"] == "日本語 🦄"
    assert str(event.data["n"]) == "1.10"
    assert event.raw


def test_naive_times_have_no_zone(database: Database, opened: Open) -> None:
    table(database, stamp="timestamp")
    fill(database, ("a", "{}", 1, "2026-01-01 12:00:00"))
    store = opened(database.url)
    assert [str(event.timestamp) for event in store.events()] == ["2026-01-01T12:00:00"]
    assert any("no zone" in warning for warning in store.warnings)


def test_partitions_are_one_table(database: Database, opened: Open) -> None:
    database.execute(
        "CREATE TABLE events (aggregate_id text, event_type text, event_data jsonb, version int, "
        "timestamp timestamptz, position bigint, PRIMARY KEY (aggregate_id, version)) PARTITION BY HASH (aggregate_id)",
        *[f"CREATE TABLE events_{i} PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER {i})" for i in range(3)],
        "INSERT INTO events SELECT 'a-' || i % 10, 'E', '{}', i / 10, now(), i FROM generate_series(0, 99) i",
        "ANALYZE",
    )
    store = opened(database.url)
    assert store.fit.tables == {"events": "public.events"}
    assert len(store.aggregate_ids()) == 10
    assert [event.position for event in store.events()] == list(range(100))
    assert store.info(exact=False).events == 100


def test_stores_in_several_schemas(database: Database, opened: Open) -> None:
    for schema in ("one", "two"):
        table(database, schema)
        fill(database, (schema, "{}", 1, NOON), schema=schema)
    with pytest.raises(AmbiguousLayoutError) as raised:
        open_store(database.url)
    assert raised.value.choices == ("reference:one.events", "reference:two.events")
    store = opened(database.url, "reference:two.events")
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ["two"]
    with pytest.raises(AmbiguousLayoutError):
        open_store(database.url, "reference:events")


def test_an_empty_database(database: Database) -> None:
    with pytest.raises(UnknownLayoutError, match="has no tables"):
        open_store(database.url)


def test_no_rights_to_the_table(database: Database) -> None:
    table(database)
    database.execute("CREATE ROLE reader_without_rights LOGIN", "GRANT USAGE ON SCHEMA public TO reader_without_rights")
    try:
        with pytest.raises(StoreError, match="reader_without_rights may not read this: permission denied") as raised:
            open_store(database.url.replace("postgres@", "reader_without_rights@"))
        assert "SELECT rights" in raised.value.hint
        assert raised.value.exit_code == 3
    finally:
        database.execute("REVOKE USAGE ON SCHEMA public FROM reader_without_rights", "DROP ROLE reader_without_rights")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda url: url.replace("/stores", "/no_such"), r"database \"no_such_\d+\" does not exist"),
        (lambda url: url.replace("postgres@", f"nobody:{SECRET}@"), r"role \"nobody\" does not exist"),
        (lambda url: url.replace("host=", "host=/nowhere"), r"can't be reached"),
        (lambda _: f"postgresql://me:{SECRET}@localhost:1/x", r"can't be reached"),
        (lambda _: f"postgresql://me:{SECRET}@localhost:one/x", r"can't be read"),
        (lambda _: f"postgresql://localhost:1/x?password={SECRET}&user=me", r"can't be reached"),
    ],
)
def test_what_cannot_be_reached_says_why_without_secrets(
    database: Database, caplog: pytest.LogCaptureFixture, change: Any, message: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StoreError, match=message) as raised:
        open_store(change(database.url))
    assert raised.value.hint
    assert raised.value.__cause__ is None
    shown = f"{raised.value} {raised.value!r} {caplog.text}"
    assert "s3cr3t" not in shown
    assert "\n" not in str(raised.value)


def test_label_and_logs_hold_no_password(database: Database, opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    table(database)
    caplog.set_level(logging.DEBUG)
    store = opened(database.url.replace("postgres@", f"postgres:{SECRET}@"))
    store.info()
    for text in (
        store.label,
        store.name,
        store.database,
        store.info().as_json()["store"],
        caplog.text,
        repr(vars(store)),
    ):
        assert "s3cr3t" not in text
    assert "postgres" in store.label


def again_and_again(store: Store, work: Work) -> None:
    for _ in range(50):
        store.info(work=work)


def test_cancel_interrupts_the_server(database: Database, opened: Open) -> None:
    table(database)
    database.execute(
        "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) "
        "SELECT 'a-' || i % 1000, 'E' || i, '{}', i, now() FROM generate_series(1, 200000) i"
    )
    store = opened(database.url)
    work = Work()
    threading.Timer(0.03, work.cancel).start()
    start = time.monotonic()
    with pytest.raises(CancelledError):
        again_and_again(store, work)
    assert time.monotonic() - start < 5
    assert store.summary("a-1").events == 200


def test_reading_goes_on_after_a_restart(database: Database, opened: Open, postgres_server: PostgresServer) -> None:
    table(database)
    fill(database, ("a", "{}", 1, NOON))
    store = opened(database.url)
    with postgres_server.stopped():
        with pytest.raises(StoreError, match="can't be reached") as raised:
            store.summary("a")
        assert raised.value.hint
    assert store.summary("a").events == 1


def test_connections_are_read_only_and_named(database: Database, opened: Open) -> None:
    table(database)
    opened(database.url)
    rows = database.rows(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'esviewer' AND datname = %s", database.name
    )
    assert rows == [("idle",)]


def test_a_page_goes_on_where_the_last_one_ended(
    database: Database, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esviewer.stores.reading.FIRST_PAGE", 7)
    monkeypatch.setattr("esviewer.stores.reading.LARGEST_PAGE", 7)
    database.execute(
        "CREATE TABLE events (aggregate_id text, event_type text, event_data text, version int, timestamp timestamptz)",
        "INSERT INTO events SELECT 'a-' || i % 3, 'E', '{}', i / 6, now() + i * interval '1 second' "
        "FROM generate_series(0, 99) i",
    )
    store = opened(database.url)
    assert len(list(store.events())) == 100
    assert [event.version for event in store.events("a-1")] == sorted(i // 6 for i in range(100) if i % 3 == 1)
    assert {summary.events for summary in store.summaries(["a-0", "a-1", "a-2"])} == {33, 34}
    assert any("No index starts with aggregate_id" in warning for warning in store.warnings)
