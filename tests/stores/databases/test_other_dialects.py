"""Any other SQLAlchemy dialect: what is missing is named, and one that is there is read."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers_sqlite import Make, Open, row
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.databases.connection import connect
from esviewer.work import Work

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("oracle://me:{secret}@host/x", "Install the package oracledb "),
        ("oracle+cx_oracle://me:{secret}@host/x", "Install the package oracledb "),
        ("snowflake://me:{secret}@account/x", "snowflake-sqlalchemy"),
        ("bigquery://project", "sqlalchemy-bigquery"),
        ("clickhouse://me:{secret}@host/x", "clickhouse-sqlalchemy"),
        ("redshift+psycopg2://me:{secret}@host/x", "sqlalchemy-redshift"),
        ("nonsense://me:{secret}@host/x", "Check the URL's first word"),
    ],
)
def test_what_is_missing_is_named(url: str, package: str) -> None:
    with pytest.raises(StoreError, match=r"can't read \w+ databases as it is installed") as raised:
        connect(url.format(secret=SECRET))
    assert package in raised.value.hint
    assert SECRET not in f"{raised.value!r}"


def test_a_url_that_is_none() -> None:
    with pytest.raises(StoreError, match="This URL can't be read") as raised:
        connect(f"firebird://me:{SECRET}@host:port/x")
    assert SECRET not in f"{raised.value!r}"


@pytest.mark.parametrize("scheme", ["cockroachdb", "yugabytedb"])
def test_relatives_of_postgresql_need_no_dialect_of_their_own(scheme: str) -> None:
    with pytest.raises(StoreError, match=r"^postgresql://me@127\.0\.0\.1:1/x can't be reached"):
        connect(f"{scheme}://me@127.0.0.1:1/x")


class Homemade(SQLiteDialect_pysqlite):
    """A dialect that the program knows nothing of, over a real database."""

    name = "homemade"
    supports_statement_cache = True


@pytest.fixture
def homemade() -> Iterator[str]:
    registry.register("homemade", __name__, "Homemade")
    registry.impls["homemade"] = lambda: Homemade
    yield "homemade:///"
    del registry.impls["homemade"]


def test_a_dialect_that_is_installed_is_read(homemade: str, make: Make, opened: Open) -> None:
    path = make([row("a", 1), row("a", 2), row("b", 1)])
    store = opened(f"{homemade}{path}")
    assert store.info().events == 3
    assert [event.version for event in store.events("a")] == [1, 2]
    assert store.info().database.startswith("homemade 3.")
    assert store.label.startswith("homemade:///")


def test_nothing_is_ever_committed(homemade: str, make: Make) -> None:
    path = make([row("a", 1)])
    database = connect(f"{homemade}{path}")
    try:
        with pytest.raises(StoreError, match="only reads stores"):
            database.read(lambda reader: reader.rows(text("DELETE FROM events")))
        # Past the guard, which this database has nothing more to set against: what was done is rolled back.
        database.read(lambda reader: reader.connection.connection.dbapi_connection.execute("DELETE FROM events"))  # type: ignore[union-attr]
    finally:
        database.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)


def test_errors_in_words(homemade: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be reached: unable to open database file"):
        connect(f"{homemade}{tmp_path}/none/file.db")
    (tmp_path / "file.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="can't be read: file is not a database"):
        connect(f"{homemade}{tmp_path}/file.db").read(lambda reader: reader.rows(text("SELECT * FROM sqlite_master")))


def test_cancel_by_the_drivers_own_name_for_it(homemade: str, make: Make) -> None:
    database = connect(f"{homemade}{make()}")
    work = Work()
    timer = threading.Timer(0.2, work.cancel)
    timer.start()
    slow = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    start = time.monotonic()
    try:
        with pytest.raises(CancelledError):
            database.read(lambda reader: reader.value(slow), work)
        assert time.monotonic() - start < 10
    finally:
        timer.cancel()
        database.close()
