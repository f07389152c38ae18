"""PostgreSQL's sessions and catalogue: options, rights and TLS in words, and servers that lack some of it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from helpers_postgres import Database, PostgresServer
from helpers_tls import Files, certificate
from sqlalchemy import text

from esviewer.errors import StoreError
from esviewer.stores.databases.catalog import Index, keys, tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.databases.postgresql import PostgresDatabase

COLUMNS = "aggregate_id text, event_type text, event_data text, version int, timestamp timestamptz"


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    made = postgres_server.create_database("stores")
    yield made
    postgres_server.drop_database(made)


def asked(database: Database, statement: str, options: ConnectionOptions | None = None) -> Any:
    opened = connect(database.url, options)
    try:
        return opened.read(lambda reader: reader.value(text(statement)))
    finally:
        opened.close()


def test_tables_views_and_kinds(database: Database) -> None:
    database.execute(
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE DOMAIN stream_name AS varchar(50)",
        "CREATE SCHEMA other",
        "CREATE TABLE other.kinds (a int8 NOT NULL, b numeric, c varchar(3), d bytea, e jsonb, f uuid, g timestamptz,"
        " h timestamp, i oid, j text[], k mood, l stream_name, m boolean, dropped int)",
        "ALTER TABLE other.kinds DROP COLUMN dropped",
        "CREATE VIEW seen AS SELECT a FROM other.kinds",
        "CREATE MATERIALIZED VIEW kept AS SELECT a FROM other.kinds",
        "CREATE TABLE parted (x int) PARTITION BY RANGE (x)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (9)",
        "CREATE TABLE child (y int) INHERITS (other.kinds)",
    )
    opened = connect(database.url)
    try:
        found = {each.full_name: each for each in opened.read(tables)}
    finally:
        opened.close()
    assert {name: each.view for name, each in found.items()} == {
        "other.kinds": False, "public.seen": True, "public.kept": True, "public.parted": False,
    }  # fmt: skip
    columns = found["other.kinds"].columns
    assert [column.kind for column in columns] == [
        "integer", "number", "text", "bytes", "json", "uuid", "zoned", "time", "oid", "other", "text", "text", "other",
    ]  # fmt: skip
    assert [column.nullable for column in columns][:2] == [False, True]


def test_indexes_that_order_are_told_from_those_that_do_not(database: Database) -> None:
    database.execute(
        'CREATE TABLE "Odd" (a text, "B b" int, c int, d jsonb, PRIMARY KEY ("B b", a))',
        'CREATE UNIQUE INDEX ON "Odd" (a) INCLUDE (c)',
        'CREATE INDEX ON "Odd" (c) WHERE c > 0',
        'CREATE INDEX ON "Odd" (lower(a))',
        'CREATE INDEX ON "Odd" USING gin (d)',
        'CREATE INDEX ON "Odd" USING hash (c)',
    )
    opened = connect(database.url)
    try:
        (found,) = opened.read(tables)
        known = opened.read(lambda reader: keys(reader, found))
    finally:
        opened.close()
    assert set(known.indexes) == {Index(("B b", "a"), True), Index(("a",), True)}


def test_the_schema_option_is_the_search_path(database: Database) -> None:
    database.execute('CREATE SCHEMA "Odd one"', 'CREATE TABLE "Odd one".only_here (x int)')
    options = ConnectionOptions(schema="Odd one, public")
    assert asked(database, "SELECT count(*) FROM only_here", options) == 0
    assert asked(database, "SHOW search_path", options) == '"Odd one", public'


def test_the_statement_limit_holds(database: Database) -> None:
    with pytest.raises(StoreError, match="gave up after 1 seconds"):
        asked(database, "SELECT pg_sleep(20)", ConnectionOptions(statement_seconds=1))


@pytest.mark.parametrize(
    ("grants", "hint"),
    [
        (['GRANT USAGE ON SCHEMA mine TO "few"'], 'GRANT SELECT ON "events" TO "few";'),
        ([], 'GRANT USAGE ON SCHEMA "mine" TO "few";'),
    ],
)
def test_a_missing_right_names_the_grant(database: Database, grants: list[str], hint: str) -> None:
    database.execute("CREATE SCHEMA mine", f"CREATE TABLE mine.events ({COLUMNS})", 'CREATE ROLE "few" LOGIN', *grants)
    try:
        opened = connect(database.url.replace("postgres@", "few@"))
        try:
            with pytest.raises(StoreError, match="few may not read this: permission denied") as raised:
                opened.read(lambda reader: reader.rows(text("SELECT * FROM mine.events")))
        finally:
            opened.close()
        assert raised.value.hint.endswith(f"with: {hint}")
        database.execute(f"SET search_path = mine; {hint}")
    finally:
        database.execute('DROP OWNED BY "few"', 'DROP ROLE "few"')


# Servers that lack some of it


class Lacking:
    """A real connection whose server does not know some settings."""

    def __init__(self, connection: Any, unknown: str, answer: str | None = None) -> None:
        self.connection = connection
        self.unknown = unknown
        self.answer = answer
        self.sent: list[str] = []

    @property
    def autocommit(self) -> bool:
        return bool(self.connection.autocommit)

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self.connection.autocommit = value

    def cursor(self) -> "Lacking":
        return self

    def __enter__(self) -> "Lacking":
        self._cursor = self.connection.cursor()
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def execute(self, statement: Any) -> None:
        if self.unknown in str(statement):
            raise psycopg.errors.UndefinedObject(f'unrecognized configuration parameter "{self.unknown}"')
        self.sent.append(str(statement))
        self._cursor.execute(statement)

    def fetchone(self) -> Any:
        return self._cursor.fetchone() if self.answer is None else (self.answer,)


@pytest.mark.parametrize("unknown", ["lock_timeout", "extra_float_digits", "DateStyle", "statement_timeout"])
def test_a_setting_that_a_server_lacks_is_left_out(database: Database, unknown: str) -> None:
    opened = connect(database.url)
    assert isinstance(opened, PostgresDatabase)
    try:
        with database.connect() as connection:
            lacking = Lacking(connection, unknown)
            opened.settle(lacking)
            assert len(lacking.sent) == 6
            assert connection.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
    finally:
        opened.close()


def test_a_server_without_read_only_sessions_is_refused(database: Database) -> None:
    opened = connect(database.url)
    assert isinstance(opened, PostgresDatabase)
    try:
        with database.connect() as connection:
            with pytest.raises(StoreError, match="offers no read-only session"):
                opened.settle(Lacking(connection, "nothing", answer="off"))
            with pytest.raises(psycopg.errors.UndefinedObject):
                opened.settle(Lacking(connection, "default_transaction_read_only"))
    finally:
        opened.close()


# TLS: the test server has none, so one that ends a TLS handshake stands in for it


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secured(tls: Files) -> Iterator[int]:
    """The port of a server that takes PostgreSQL's request for TLS and hangs up after the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(8)
                    connection.sendall(b"S")
                    try:
                        context.wrap_socket(connection, server_side=True).close()
                    except OSError:
                        continue  # the client did not trust us

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_tls_that_is_not_trusted(secured: int, tls: Files, tmp_path: Path) -> None:
    other = certificate(tmp_path)
    with pytest.raises(StoreError, match="TLS is not trusted") as raised:
        connect(f"postgresql://me@localhost:{secured}/x", ConnectionOptions(tls="verify-full", ca_file=other.ca))
    assert "authority (CA)" in raised.value.hint
    with pytest.raises(StoreError, match="certificate is for another name"):
        connect(f"postgresql://me@127.0.0.1:{secured}/x", ConnectionOptions(tls="verify-full", ca_file=tls.ca))
    # Trusted: the handshake is done, and what follows is the server's hanging up.
    with pytest.raises(StoreError, match=r"can't be reached: .*(closed|eof)"):
        connect(f"postgresql://me@localhost:{secured}/x", ConnectionOptions(tls="verify-full", ca_file=tls.ca))


def test_tls_that_the_server_lacks(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(8)
                connection.sendall(b"N")
                connection.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(StoreError, match="TLS is not trusted or not to be had"):
            connect(f"postgresql://me@127.0.0.1:{listening.getsockname()[1]}/x", ConnectionOptions(tls="require"))
        thread.join(5)


def test_the_label_shows_no_client_key_password(database: Database) -> None:
    opened = connect(f"{database.url}&sslpassword=s3cr3t", ConnectionOptions(client_key=Path("/k.pem")))
    try:
        assert "s3cr3t" not in opened.label
    finally:
        opened.close()
