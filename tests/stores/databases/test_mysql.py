"""A real MariaDB: exact values, every kind of id, errors in words, TLS, cancelling, time limits, restarts."""

import logging
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from helpers_mariadb import PASSWORD, USER, Database, MariaServer
from helpers_sqlite import Open
from helpers_tls import Files, certificate
from sqlalchemy import text

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.databases.catalog import keys, tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.options import ConnectionOptions, SshTunnel
from esviewer.stores.opening import open_store
from esviewer.work import Work

COLUMNS = (
    "id bigint PRIMARY KEY AUTO_INCREMENT, aggregate_id {id} NOT NULL, event_type varchar(100),"
    " event_data {data}, version integer NOT NULL, timestamp {time}, UNIQUE (aggregate_id, version)"
)
SECRET = "s3cr3t%2Fwith%40odd"


@pytest.fixture
def database(mariadb_server: MariaServer) -> Iterator[Database]:
    made = mariadb_server.create_database("stores")
    yield made
    mariadb_server.drop_database(made)


def table(database: Database, *, of: str = "varchar(100)", data: str = "longtext", when: str = "timestamp(6)") -> None:
    database.execute(f"CREATE TABLE events ({COLUMNS.format(id=of, data=data, time=when)})")


def fill(database: Database, *rows: tuple[object, ...]) -> None:
    for row in rows:
        database.rows(
            "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp)"
            " VALUES (%s, 'Changed', %s, %s, %s)",
            *row,
        )


def over_tcp(database: Database, user: str = USER, password: str | None = None, name: str | None = None) -> str:
    login = user if password is None else f"{user}:{password}"
    return f"mysql://{login}@127.0.0.1:{database.server.port}/{name or database.name}"


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "mysql", "mariadb", "mysql+mysqldb", "MySQL"])
def test_urls(database: Database, opened: Open, scheme: str) -> None:
    table(database)
    store = opened(database.url.replace("mysql+pymysql", scheme))
    assert store.info().database.startswith("MariaDB 1")
    assert store.name == database.name


def test_numbers_and_times_are_exact(database: Database, opened: Open) -> None:
    table(database)
    data = '{"n": 9007199254740993, "d": 1.10, "big": 1180591620717411303424}'
    fill(database, ("a", data, 1, "2026-03-01 12:00:00.123456"))
    (event,) = opened(database.url).events("a")
    assert event.data == {"n": 9007199254740993, "d": Decimal("1.10"), "big": 2**70}
    assert event.timestamp is not None
    # The server's zone is +09:00; a timestamp column holds an instant.
    assert event.timestamp.isoformat() == "2026-03-01T03:00:00.123456Z"


def test_naive_times_have_no_zone(database: Database, opened: Open) -> None:
    table(database, when="datetime(6)")
    fill(database, ("a", "{}", 1, "2026-03-01 12:00:00.5"))
    (event,) = opened(database.url).events("a")
    assert event.timestamp is not None
    assert event.timestamp.isoformat() == "2026-03-01T12:00:00.500"


@pytest.mark.parametrize(
    ("kind", "ids", "shown"),
    [
        ("varchar(100)", ["a-1", "ü/%_'\"\\"], ["a-1", "ü/%_'\"\\"]),
        ("bigint", [-5, 7, 9007199254740993], ["-5", "7", "9007199254740993"]),
        ("uuid", ["0190a0b0-0000-7000-8000-000000000001"], ["0190a0b0-0000-7000-8000-000000000001"]),
        ("binary(16)", [bytes(range(16))], None),
        ("decimal(30,0)", [Decimal(10**28 + 1)], [str(10**28 + 1)]),
    ],
)
def test_ids_of_every_type(
    database: Database, opened: Open, kind: str, ids: list[object], shown: list[str] | None
) -> None:
    table(database, of=kind)
    for ident in ids:
        fill(database, (ident, "{}", 1, "2026-03-01"), (ident, "{}", 2, "2026-03-02"))
    store = opened(database.url)
    found = [ref.aggregate_id for ref in store.aggregate_ids()]
    assert len(found) == len(ids)
    if shown is not None:
        assert sorted(found) == sorted(shown)
    for ident in found:
        assert [event.version for event in store.events(ident)] == [1, 2]
        assert store.summary(ident).events == 2


@pytest.mark.parametrize("data", ["json", "longblob", "mediumtext", "varbinary(500)", "longtext CHARACTER SET latin1"])
def test_payload_columns(database: Database, opened: Open, data: str) -> None:
    table(database, data=data)
    fill(database, ("a", '{"x": 1.10, "t": "é"}', 1, "2026-03-01"))
    (event,) = opened(database.url).events()
    assert event.data == {"x": Decimal("1.10"), "t": "é"}


def test_indexes_that_order_are_told_from_those_that_do_not(database: Database) -> None:
    database.execute(
        "CREATE TABLE many (a varchar(50), b int, c longtext, UNIQUE KEY u (a, b), KEY part (c(10)), KEY plain (b),"
        " FULLTEXT KEY words (c))"
    )
    opened = connect(database.url)
    try:
        (found,) = opened.read(tables)
        known = opened.read(lambda reader: keys(reader, found))
    finally:
        opened.close()
    assert {(index.columns, index.unique) for index in known.indexes} == {(("a", "b"), True), (("b",), False)}


def test_views_are_listed_as_such(database: Database) -> None:
    table(database)
    database.execute("CREATE VIEW seen AS SELECT aggregate_id, version FROM events")
    opened = connect(database.url)
    try:
        assert {(found.name, found.view) for found in opened.read(tables)} == {("events", False), ("seen", True)}
    finally:
        opened.close()


def test_without_a_database_in_the_url_all_are_looked_at(database: Database) -> None:
    table(database)
    opened = connect(database.url.replace(f"/{database.name}?", "/?"))
    try:
        found = opened.read(tables)
    finally:
        opened.close()
    assert f"{database.name}.events" in {each.full_name for each in found}
    assert not {each.schema for each in found} & {"mysql", "information_schema", "performance_schema", "sys"}
    store = open_store(database.url.replace(f"/{database.name}?", "/?"), f"reference:{database.name}.events")
    assert store.info().events == 0
    store.close()


def test_the_schema_option_is_the_database(database: Database) -> None:
    table(database)
    opened = connect(database.url.replace(f"/{database.name}?", "/mysql?"), ConnectionOptions(schema=database.name))
    try:
        assert [found.full_name for found in opened.read(tables)] == ["events"]
    finally:
        opened.close()


# Errors in words


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (lambda url: url.replace("/stores", "/no_such"), "Unknown database 'no_such", "database's name"),
        (lambda url: url.replace(f"{USER}@", f"{USER}:{SECRET}@"), "refused the login: Access denied", "password"),
        (lambda _: f"mysql://me:{SECRET}@127.0.0.1:1/x", "the connection was refused", "server runs"),
        (lambda _: f"mysql://me:{SECRET}@no-such-host.invalid/x", "the host is unknown", "host's name"),
        (lambda _: f"mysql://me:{SECRET}@localhost:one/x", "can't be read", "mysql://user@host"),
        (lambda _: f"mysql://me@127.0.0.1:1/x?password={SECRET}", "the connection was refused", "server runs"),
    ],
)
def test_what_cannot_be_reached_says_why_without_secrets(
    database: Database, caplog: pytest.LogCaptureFixture, change: object, message: str, hint: str
) -> None:
    caplog.set_level(logging.DEBUG)
    options = ConnectionOptions(password=PASSWORD)
    target = change(over_tcp(database))  # type: ignore[operator]
    with pytest.raises(StoreError, match=message) as raised:
        connect(target, None if SECRET in target else options)
    assert hint in raised.value.hint
    assert raised.value.__cause__ is None
    shown = f"{raised.value} {raised.value!r} {caplog.text}"
    assert "s3cr3t" not in shown
    assert "a secret" not in shown


def test_no_right_to_a_table_names_the_grant(database: Database) -> None:
    table(database)
    database.execute(
        "CREATE TABLE other (id int)",
        "CREATE USER 'few'@'%' IDENTIFIED BY 'x'",
        f"GRANT SELECT ON `{database.name}`.other TO 'few'@'%'",
    )
    try:
        opened = connect(over_tcp(database, "few", "x"))
        try:
            with pytest.raises(StoreError, match="few may not read this: SELECT command denied") as raised:
                opened.read(lambda reader: reader.rows(text("SELECT * FROM events")))
        finally:
            opened.close()
        # The statement is the very one that gives the right.
        statement = raised.value.hint.partition("with: ")[2].rstrip(";")
        assert statement.startswith(f"GRANT SELECT ON `{database.name}`.`events` TO 'few'@")
        host = statement.rpartition("@")[2]
        database.execute(statement.replace(f"@{host}", "@'%'"))
        store = open_store(over_tcp(database, "few", "x"), "reference")
        assert store.info().events == 0
        store.close()
        with pytest.raises(StoreError, match="Access denied") as raised:
            connect(over_tcp(database, "few", "x", "mysql"))
        assert "GRANT SELECT ON `mysql`.* TO 'few'@" in raised.value.hint
    finally:
        database.execute("DROP USER 'few'@'%'")


# Passwords


def test_a_password_from_options_environment_and_my_cnf(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    target = over_tcp(database)
    with pytest.raises(StoreError, match="refused the login"):
        connect(target)
    connect(target, ConnectionOptions(password=PASSWORD)).close()
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    connect(target).close()
    monkeypatch.delenv("MYSQL_PWD")
    (tmp_path / ".my.cnf").write_text(f'[client]\npassword="{PASSWORD}"\n')
    connect(target).close()
    # One that is given goes first.
    with pytest.raises(StoreError, match="refused the login"):
        connect(target, ConnectionOptions(password="another"))


def test_nothing_shows_the_password(database: Database, opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    table(database)
    caplog.set_level(logging.DEBUG)
    store = opened(over_tcp(database, USER, "a%20secret%2Fwith%40odd%3Asigns"))
    shown = f"{store.label} {store.name} {store.info().as_json()} {vars(store)!r} {caplog.text}"
    assert "secret" not in shown
    assert USER in store.label
    assert "secret" not in repr(ConnectionOptions(password=PASSWORD))


# TLS


@pytest.fixture(scope="module")
def tls(mariadb_server: MariaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    """The server with a certificate for `localhost`, which it also has to be reached by."""
    files = certificate(tmp_path_factory.mktemp("tls"))
    options = (f"--ssl-ca={files.ca}", f"--ssl-cert={files.certificate}", f"--ssl-key={files.key}")
    with mariadb_server.started_with(*options):
        yield files


def cipher(target: str, options: ConnectionOptions) -> str:
    opened = connect(target, options)
    try:
        return str(opened.read(lambda reader: reader.row(text("SHOW STATUS LIKE 'Ssl_cipher'")))[1])  # type: ignore[index]
    finally:
        opened.close()


def test_tls_as_asked_for(tls: Files, database: Database) -> None:
    by_name = over_tcp(database).replace("127.0.0.1", "localhost")
    by_number = over_tcp(database)
    login = {"password": PASSWORD}
    assert cipher(by_number, ConnectionOptions(tls="off", **login)) == ""
    assert cipher(by_number, ConnectionOptions(tls="require", **login)) != ""
    assert cipher(by_number, ConnectionOptions(tls="verify-ca", ca_file=tls.ca, **login)) != ""
    assert cipher(by_name, ConnectionOptions(tls="verify-full", ca_file=tls.ca, **login)) != ""
    with pytest.raises(StoreError, match="certificate is for another name"):
        cipher(by_number, ConnectionOptions(tls="verify-full", ca_file=tls.ca, **login))
    with pytest.raises(StoreError, match="TLS is not trusted") as raised:
        cipher(by_name, ConnectionOptions(tls="verify-full", **login))
    assert "authority (CA)" in raised.value.hint
    with pytest.raises(StoreError, match="TLS files can't be read"):
        cipher(by_name, ConnectionOptions(tls="verify-full", ca_file=Path("/no/such.pem"), **login))


def test_tls_with_a_client_certificate(tls: Files, database: Database) -> None:
    database.execute("CREATE USER 'with_key'@'%' REQUIRE X509", "GRANT SELECT ON *.* TO 'with_key'@'%'")
    target = over_tcp(database, "with_key").replace("127.0.0.1", "localhost")
    try:
        with pytest.raises(StoreError, match="refused the login"):
            cipher(target, ConnectionOptions(tls="verify-full", ca_file=tls.ca))
        options = ConnectionOptions(
            tls="verify-full", ca_file=tls.ca, client_cert=tls.certificate, client_key=tls.key
        )
        assert cipher(target, options) != ""
    finally:
        database.execute("DROP USER 'with_key'@'%'")


def test_required_tls_that_the_server_lacks(database: Database) -> None:
    with database.server.started_with("--skip-ssl"), pytest.raises(StoreError, match="TLS is not trusted or not to be"):
        connect(over_tcp(database), ConnectionOptions(tls="require", password=PASSWORD))


# Tunnels


class Tunnel:
    """Leads to the test server, whichever host was asked for."""

    def __init__(self, port: int) -> None:
        self.local_port = port
        self.asked: list[object] = []
        self.closed = 0

    def __call__(self, tunnel: SshTunnel, host: str, port: int) -> "Tunnel":
        self.asked.append((tunnel.host, host, port))
        return self

    def close(self) -> None:
        self.closed += 1


def test_through_a_tunnel_the_certificate_is_checked_against_the_server(
    tls: Files, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel(database.server.port)
    monkeypatch.setattr("esviewer.stores.databases.tunnel.open_tunnel", tunnel)
    login = {"password": PASSWORD, "tunnel": SshTunnel("gate"), "ca_file": tls.ca}
    target = over_tcp(database).replace(f"127.0.0.1:{database.server.port}", "localhost")
    assert cipher(target, ConnectionOptions(tls="verify-full", **login)) != ""  # type: ignore[arg-type]
    assert tunnel.asked == [("gate", "localhost", 3306)]
    assert tunnel.closed == 1
    with pytest.raises(StoreError, match="certificate is for another name"):
        cipher(target.replace("localhost", "db.internal"), ConnectionOptions(tls="verify-full", **login))  # type: ignore[arg-type]
    assert tunnel.closed == 2
    plain = ConnectionOptions(password=PASSWORD, tunnel=SshTunnel("gate"))
    opened = connect(target.replace("localhost", "db.internal"), plain)
    assert opened.label == f"mysql://{USER}@db.internal/{database.name}"
    opened.close()


# Sessions


def test_cancel_interrupts_the_server(database: Database) -> None:
    opened = connect(database.url)
    work = Work()
    timer = threading.Timer(0.2, work.cancel)
    timer.start()
    start = time.monotonic()
    try:
        with pytest.raises(CancelledError):
            opened.read(lambda reader: reader.value(text("SELECT BENCHMARK(2000000000, MD5('a'))")), work)
        assert time.monotonic() - start < 10
        assert opened.read(lambda reader: reader.value(text("SELECT 1"))) == 1
        running = database.rows("SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT BENCH%'")
        assert running == [(0,)]
    finally:
        timer.cancel()
        opened.close()


def test_the_statement_limit_holds(database: Database) -> None:
    opened = connect(database.url, ConnectionOptions(statement_seconds=1))
    try:
        with pytest.raises(StoreError, match="gave up after 1 seconds"):
            opened.read(
                lambda reader: reader.rows(text("SELECT sum(a.seq * b.seq) FROM seq_1_to_1000000 a, seq_1_to_999 b"))
            )
    finally:
        opened.close()


def test_rows_stream_and_the_rest_is_not_waited_for(database: Database) -> None:
    opened = connect(database.url)
    try:
        parts = opened.stream(text("SELECT seq, REPEAT('x', 1000) FROM seq_1_to_10000000"), 500)
        start = time.monotonic()
        assert next(parts)[0][0] == 1
        assert len(next(parts)) == 500
        parts.close()  # type: ignore[attr-defined]
        assert time.monotonic() - start < 5
        assert opened.read(lambda reader: reader.value(text("SELECT 1"))) == 1
    finally:
        opened.close()


def test_reading_goes_on_after_a_restart(database: Database, opened: Open, mariadb_server: MariaServer) -> None:
    table(database)
    fill(database, ("a", "{}", 1, "2026-03-01"))
    store = opened(database.url)
    with mariadb_server.stopped():
        with pytest.raises(StoreError, match="can't be reached") as raised:
            store.summary("a")
        assert raised.value.hint
    assert store.summary("a").events == 1


def test_closed_twice_and_used_after(database: Database) -> None:
    opened = connect(database.url)
    opened.close()
    opened.close()
    with pytest.raises(StoreError, match="is closed"):
        opened.read(lambda reader: reader.value(text("SELECT 1")))


def test_a_page_goes_on_where_the_last_one_ended(
    database: Database, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esviewer.stores.reading.FIRST_PAGE", 7)
    monkeypatch.setattr("esviewer.stores.reading.LARGEST_PAGE", 7)
    table(database)
    database.execute(
        "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp)"
        " SELECT CONCAT('a-', seq % 3), 'E', '{}', seq DIV 3, '2026-03-01' FROM seq_0_to_99"
    )
    store = opened(database.url)
    assert len(list(store.events())) == 100
    assert [event.version for event in store.events("a-1")] == list(range(33))
    assert {summary.events for summary in store.summaries(["a-0", "a-1", "a-2"])} == {33, 34}
