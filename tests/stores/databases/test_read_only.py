"""No store is ever written: sessions are read-only by the database's own means, and all that is sent are reads.

There is no SQL Server here to prove it against; what can be said of it without one is in test_mssql.py.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import helpers_mariadb
import helpers_postgres
import psycopg
import pymysql
import pytest
from sqlalchemy import Engine, event, text

from esviewer.errors import StoreError
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.database import Database
from esviewer.stores.databases.guard import only_reads
from esviewer.stores.opening import open_store

TABLES = (
    "CREATE TABLE events (id {number} PRIMARY KEY, aggregate_id varchar(50) NOT NULL, event_type varchar(50),"
    " event_data {text}, version integer NOT NULL, timestamp varchar(40), UNIQUE (aggregate_id, version))",
    "CREATE TABLE snapshots (aggregate_id varchar(50), state {text}, version integer, timestamp varchar(40))",
    "INSERT INTO events VALUES (1, 'a', 'Opened', '{{\"x\": 1}}', 1, '2026-01-01T00:00:00Z'),"
    " (2, 'a', 'Changed', '{{\"x\": 2}}', 2, '2026-01-02T00:00:00Z'),"
    " (3, 'b', 'Opened', '{{\"x\": 3}}', 1, '2026-01-03T00:00:00Z')",
    "INSERT INTO snapshots VALUES ('a', '{{\"x\": 1}}', 1, '2026-01-01T00:00:00Z')",
)
WRITES = (
    "INSERT INTO events VALUES (9, 'z', 'E', '{}', 1, '2026-01-01T00:00:00Z')",
    "UPDATE events SET event_type = 'E'",
    "DELETE FROM events",
    "DROP TABLE events",
    "CREATE TABLE mine (id integer)",
)
SETTINGS = re.compile(
    r"SET (?:SESSION TRANSACTION READ ONLY|SESSION (?:time_zone|lock_wait_timeout|innodb_lock_wait_timeout|"
    r"max_statement_time) = .*|default_transaction_read_only = on|(?:statement_timeout|lock_timeout|TimeZone|DateStyle|"
    r"extra_float_digits)\b.*|AUTOCOMMIT = 0|NAMES .*)",
    re.IGNORECASE,
)
"""What a session says of itself, none of which touches a table."""


def statements(number: str, long_text: str) -> list[str]:
    return [each.format(number=number, text=long_text) for each in TABLES]


def tour(target: str) -> None:
    """Everything that the program does with a store."""
    store = open_store(target)
    try:
        store.info()
        store.info(exact=False)
        refs = store.aggregate_ids()
        assert [ref.aggregate_id for ref in refs] == ["a", "b"]
        store.summaries([ref.aggregate_id for ref in refs])
        assert len(list(store.events())) == 3
        assert len(list(store.events("a"))) == 2
        assert sum(map(len, store.batches("a"))) == 2
        store.event("a", 1)
        assert store.snapshot("a") is not None
        store.snapshot_versions("a")
    finally:
        store.close()


def raw(database: Database, statement: str) -> None:
    """Run a statement on the driver's own connection, past the guard."""

    def run(reader: Any) -> None:
        driver = reader.connection.connection.dbapi_connection
        driver = getattr(driver, "driver_connection", driver)
        driver.cursor().execute(statement)

    database.read(run)


def refused(target: str, statement: str, error: Callable[[BaseException], bool]) -> None:
    """Both bars hold by themselves: the guard, and the session."""
    database = connect(target)
    try:
        with pytest.raises(StoreError, match="only reads stores"):
            database.read(lambda reader: reader.rows(text(statement)))
        with pytest.raises((StoreError, sqlite3.Error)) as raised:
            raw(database, statement)
        assert error(raised.value), raised.value
    finally:
        database.close()


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """Every statement that any engine sends."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


# PostgreSQL


@pytest.fixture(scope="module")
def postgresql(postgres: helpers_postgres.Database) -> helpers_postgres.Database:
    postgres.execute(
        *statements("bigint", "text"),
        "CREATE ROLE may_write LOGIN SUPERUSER",
        f'GRANT ALL ON SCHEMA public TO "may_write"; GRANT CREATE ON DATABASE "{postgres.name}" TO may_write',
    )
    return postgres


@pytest.mark.parametrize("statement", WRITES)
def test_postgresql_refuses_a_role_that_may_write(postgresql: helpers_postgres.Database, statement: str) -> None:
    target = postgresql.url.replace("postgres@", "may_write@")
    refused(target, statement, lambda error: "read-only transaction" in str(error))
    assert postgresql.rows("SELECT count(*) FROM events WHERE event_type <> 'E'") == [(3,)]
    with psycopg.connect(target.replace("+psycopg", "")) as other:
        other.execute(statement)  # the role itself may
        other.rollback()


def test_postgresql_is_sent_reads_only(
    postgresql: helpers_postgres.Database, postgres_server: helpers_postgres.PostgresServer, sent: list[str]
) -> None:
    postgresql.execute(
        f"ALTER DATABASE \"{postgresql.name}\" SET log_statement = 'all'",
        "ALTER SYSTEM SET log_line_prefix = '<%a>'",
        "SELECT pg_reload_conf()",
    )
    log = postgres_server.folder / "log"
    before = log.stat().st_size
    try:
        tour(postgresql.url)
    finally:
        postgresql.execute("ALTER SYSTEM RESET log_line_prefix", "SELECT pg_reload_conf()")
    lines = log.read_bytes()[before:].decode()
    logged = re.findall(r"<esviewer>LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)", lines)
    assert len(logged) > 10
    assert not [each for each in logged if not only_reads(each) and not SETTINGS.fullmatch(each)]
    assert sent
    assert all(map(only_reads, sent))


# MariaDB


@pytest.fixture(scope="module")
def maria(mariadb: helpers_mariadb.Database) -> helpers_mariadb.Database:
    mariadb.execute(*statements("bigint", "longtext"))
    return mariadb


@pytest.mark.parametrize("statement", WRITES)
def test_mariadb_refuses_a_role_that_may_write(maria: helpers_mariadb.Database, statement: str) -> None:
    refused(maria.url, statement, lambda error: "READ ONLY transaction" in str(error))
    assert maria.rows("SELECT count(*) FROM events WHERE event_type <> 'E'") == [(3,)]


def test_mariadb_is_read_only_outside_of_our_transactions(maria: helpers_mariadb.Database) -> None:
    database = connect(maria.url)

    def write(reader: Any) -> None:
        driver = reader.connection.connection.dbapi_connection
        driver.commit()
        driver.cursor().execute("DELETE FROM events")

    try:
        with pytest.raises(StoreError, match="READ ONLY transaction"):
            database.read(write)
    finally:
        database.close()
    assert maria.rows("SELECT count(*) FROM events") == [(3,)]


def test_mariadb_is_sent_reads_only(maria: helpers_mariadb.Database, sent: list[str]) -> None:
    maria.execute("SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = ON")
    try:
        tour(maria.url)
    finally:
        maria.execute("SET GLOBAL general_log = OFF")
    threads = maria.rows(
        "SELECT DISTINCT thread_id FROM mysql.general_log WHERE CAST(argument AS char) = %s",
        "SET SESSION TRANSACTION READ ONLY",
    )
    assert threads
    logged = [
        row[0]
        for (thread,) in threads
        for row in maria.rows(
            "SELECT CAST(argument AS char) FROM mysql.general_log WHERE thread_id = %s AND command_type <> 'Connect'"
            " AND command_type <> 'Quit' ORDER BY event_time",
            thread,
        )
    ]
    assert len(logged) > 10
    assert not [each for each in logged if not only_reads(each) and not SETTINGS.fullmatch(each)]
    assert sent
    assert all(map(only_reads, sent))


def test_the_mysql_driver_sends_one_statement_at_a_time(maria: helpers_mariadb.Database) -> None:
    database = connect(maria.url)
    try:
        with pytest.raises(StoreError, match="SQL syntax"):
            raw(database, "SELECT 1; DELETE FROM events")
    finally:
        database.close()


# Files


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {"sqlite": tmp_path / "store.db", "duckdb": tmp_path / "store.duckdb"}
    lite = sqlite3.connect(made["sqlite"])
    duck = duckdb.connect(str(made["duckdb"]))
    for statement in statements("bigint", "text"):
        lite.execute(statement)
        duck.execute(statement)
    lite.commit()
    lite.close()
    duck.close()
    return made


@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize(("kind", "words"), [("sqlite", "readonly database"), ("duckdb", "read-only mode")])
def test_files_are_not_written(files: dict[str, Path], kind: str, words: str, statement: str) -> None:
    before = files[kind].read_bytes()
    refused(str(files[kind]), statement, lambda error: words in str(error))
    assert files[kind].read_bytes() == before


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_files_are_sent_reads_only(files: dict[str, Path], kind: str, sent: list[str]) -> None:
    before = (files[kind].read_bytes(), files[kind].stat().st_mtime_ns, sorted(files[kind].parent.iterdir()))
    tour(str(files[kind]))
    assert (files[kind].read_bytes(), files[kind].stat().st_mtime_ns, sorted(files[kind].parent.iterdir())) == before
    assert len(sent) > 10
    assert all(map(only_reads, sent))


@pytest.mark.parametrize("statement", ["SELECT * FROM read_text('/etc/hostname')", "ATTACH '/tmp/other.duckdb' AS o"])
def test_duckdb_reaches_nothing_but_its_file(files: dict[str, Path], statement: str) -> None:
    database = connect(str(files["duckdb"]))
    try:
        with pytest.raises(StoreError, match="disabled by configuration"):
            raw(database, statement)
    finally:
        database.close()


def test_the_server_errors_are_what_they_seem(maria: helpers_mariadb.Database) -> None:
    """A writing session of the same user does write: what is refused above is refused because of the session."""
    connection = maria.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            assert cursor.execute("DELETE FROM events") == 3
            cursor.execute("ROLLBACK")
            cursor.execute("START TRANSACTION READ ONLY")
            with pytest.raises(pymysql.err.OperationalError):
                cursor.execute("DELETE FROM events")
    finally:
        connection.close()
