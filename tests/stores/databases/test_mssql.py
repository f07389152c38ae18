"""SQL Server, as far as it can be tried without one: there is no server here to connect to.

What runs is the real driver against ports that are closed or that hang up, the URL and the options it is given, the
words for the errors that the server documents, the SQL that SQLAlchemy writes, and what is said without the driver.
"""

import socket
import sys
import threading
from typing import Any

import pymssql
import pytest
import sqlalchemy

from esviewer.errors import StoreError
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.guard import only_reads
from esviewer.stores.databases.options import ConnectionOptions

SECRET = "s3cr3t"


@pytest.mark.parametrize("scheme", ["mssql", "mssql+pymssql", "sqlserver", "mssql+pyodbc"])
def test_a_closed_port(scheme: str) -> None:
    with pytest.raises(StoreError, match=r"can't be reached: the connection was refused") as raised:
        connect(f"{scheme}://sa:{SECRET}@127.0.0.1:1/db")
    assert SECRET not in f"{raised.value!r}"
    assert raised.value.message.startswith("mssql://sa@127.0.0.1:1/db")


def test_an_unknown_host() -> None:
    with pytest.raises(StoreError, match="the host is unknown"):
        connect("mssql://sa@no-such-host.invalid/db", ConnectionOptions(password=SECRET))


def test_a_server_that_is_something_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(StoreError, match="can't be reached"):
            connect(f"mssql://sa:{SECRET}@127.0.0.1:{listening.getsockname()[1]}/db")
        listening.shutdown(socket.SHUT_RDWR)


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymssql", None)
    with pytest.raises(StoreError, match="needs the package pymssql") as raised:
        connect(f"mssql://sa:{SECRET}@localhost/db")
    assert raised.value.hint == "Install esviewer[mssql]."


class Driver:
    """Notes what pymssql.connect is given, and refuses as it does."""

    def __init__(self, number: int, words: bytes) -> None:
        self.given: dict[str, Any] = {}
        self.error = pymssql.OperationalError((number, words))

    def __call__(self, **given: Any) -> None:
        self.given = given
        raise self.error


REFUSED = b"Login failed for user 'sa'.DB-Lib error message 20018, severity 14:\nGeneral SQL Server error\n"


def test_what_the_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(18456, REFUSED)
    monkeypatch.setattr(pymssql, "connect", driver)
    with pytest.raises(StoreError, match=r"refused the login: Login failed for user 'sa'\."):
        connect("mssql://sa@host:1444/db", ConnectionOptions(password=SECRET, tls="require", statement_seconds=7))
    assert driver.given["read_only"] is True
    assert driver.given["encryption"] == "require"
    assert driver.given["timeout"] == 7
    assert driver.given["password"] == SECRET
    assert (driver.given["host"], driver.given["user"], driver.given["database"]) == ("host:1444", "sa", "db")


@pytest.mark.parametrize("tls", ["verify-ca", "verify-full"])
def test_checking_certificates_is_left_to_freetds(tls: Any) -> None:
    with pytest.raises(StoreError, match="as FreeTDS is set up") as raised:
        connect("mssql://sa@host/db", ConnectionOptions(tls=tls))
    assert "freetds.conf" in raised.value.hint


@pytest.mark.parametrize(
    ("number", "words", "message", "hint"),
    [
        (18456, REFUSED, "refused the login: Login failed for user 'sa'", "password"),
        (4060, b'Cannot open database "db" requested by the login.', "Cannot open database", "database's name"),
        (
            229,
            b"The SELECT permission was denied on the object 'events', database 'db', schema 'dbo'.",
            "sa may not read this",
            "GRANT SELECT ON [dbo].[events] TO [sa];",
        ),
        (1222, b"Lock request time out period exceeded.", "locked by another session", "Try again"),
        (20003, b"DB-Lib error message 20003, severity 6:\nconnection timed out\n", "gave up", "narrow"),
        (208, b"Invalid object name 'x'.", "can't be read: Invalid object name 'x'", ""),
    ],
)
def test_errors_in_words(
    monkeypatch: pytest.MonkeyPatch, number: int, words: bytes, message: str, hint: str
) -> None:
    monkeypatch.setattr(pymssql, "connect", Driver(number, words))
    with pytest.raises(StoreError) as raised:
        connect("mssql://sa@localhost/db")
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_what_is_asked_of_the_catalogue_only_reads() -> None:
    """SQLAlchemy's own questions, as it writes them for this dialect, pass the guard."""
    asked: list[str] = []

    def note(statement: Any, *_: Any, **__: Any) -> None:
        asked.append(str(statement.compile(dialect=engine.dialect)))

    engine = sqlalchemy.create_mock_engine("mssql+pymssql://", note)
    metadata = sqlalchemy.dialects.mssql.information_schema
    for table in (metadata.tables, metadata.views, metadata.columns, metadata.key_constraints):
        engine.execute(sqlalchemy.select(table).limit(5))
    assert len(asked) == 4
    assert all(map(only_reads, asked))
