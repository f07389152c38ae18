"""A real MariaDB for tests, from Debian's mariadb-server.

The server keeps its data in a temporary folder of its own and listens on a Unix socket in it and on a free port of
127.0.0.1, so that any number of test runs can go side by side. The system's own service is not touched.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers_ci import missing
from helpers_halting import Supervised

USER = "tester"
PASSWORD = "a secret/with@odd:signs"

_SUPERVISOR = """
"$@" &
server=$!
if read -r order; then
    kill -TERM "$server"
    wait "$server"
else
    kill -TERM "$server"
    wait "$server"
    rm -rf "$FOLDER"
fi
"""
"""Ends the server when it is told to, and when the test run that holds the other end of its input is gone."""


def _program(*names: str) -> str | None:
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/libexec"])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


@dataclass(frozen=True)
class Database:
    """One database of the test server."""

    name: str
    server: MariaServer

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL, by the Unix socket and as the superuser without a password."""
        return f"mysql+pymysql://root@localhost/{self.name}?unix_socket={self.server.socket}"

    def url_at(self, port: int) -> str:
        """The same by a port of this machine, which something passes on to the server's socket."""
        return f"mysql://root@127.0.0.1:{port}/{self.name}"

    def connect(self, **options: Any) -> Any:
        """A PyMySQL connection in autocommit mode, as the superuser."""
        import pymysql

        settings = {"user": "root", "database": self.name, "unix_socket": str(self.server.socket), **options}
        return pymysql.connect(charset="utf8mb4", autocommit=True, **settings)

    def execute(self, *statements: str) -> None:
        """Run statements, each in its own transaction."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return list(cursor.fetchall())
        finally:
            connection.close()


class MariaServer(Supervised):
    """One running server; `stop`, `start` and `stopped()` may be called within a test."""

    def __init__(self, install: str, daemon: str) -> None:
        place = tempfile.gettempdir()
        self.folder = Path(tempfile.mkdtemp(prefix="esv-my-", dir=place if len(place) < 60 else "/tmp"))
        self.socket = self.folder / "s"
        self.port = _free_port()
        self._daemon = daemon
        self._count = 0
        self._more: list[str] = []
        self._as_root = ["--user=root"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [
                install, "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-test-db",
                "--auth-root-authentication-method=normal", *self._as_root,
            ],
            capture_output=True, text=True, cwd="/", check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed: {done.stdout}{done.stderr}")
        self.start()
        self.database("mysql").execute(
            f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'", f"GRANT ALL ON *.* TO '{USER}'@'%'"
        )

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "log"

    def start(self) -> None:
        """Start the server and wait until it answers; nothing happens when it runs."""
        if self._process is not None:
            return
        for last in (False, False, True):
            self._launch()
            if self._came_up():
                return
            self.stop()
            # Meanwhile somebody else may have taken the port that was free before.
            self.port = _free_port()
            if last:
                raise RuntimeError(f"MariaDB did not start: {self.log.read_text(errors='replace')}")

    def _launch(self) -> None:
        options = [
            "--no-defaults", f"--datadir={self.folder / 'data'}", f"--socket={self.socket}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--pid-file={self.folder / 'pid'}", "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--character-set-server=utf8mb4",
            # Not UTC, so that a reader which takes the session's zone for the event's is found out.
            "--default-time-zone=+09:00", *self._as_root, *self._more,
        ]  # fmt: skip
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", _SUPERVISOR, "sh", self._daemon, *options],
                stdin=subprocess.PIPE, stdout=output, stderr=output, cwd="/", start_new_session=True,
                env={**os.environ, "FOLDER": str(self.folder)},
            )  # fmt: skip

    def _came_up(self) -> bool:
        end = time.monotonic() + 60
        while not self._answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def _answers(self) -> bool:
        import pymysql

        try:
            self.database("mysql").connect().close()
        except pymysql.err.OperationalError:
            return False
        return True

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is stopped within the block and runs again after it."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def started_with(self, *options: str) -> Iterator[None]:
        """The server is started anew with further options for the block."""
        self.stop()
        before, self._more = self._more, list(options)
        try:
            self.start()
            yield
        finally:
            self.stop()
            self._more = before
            self.start()

    def database(self, name: str) -> Database:
        """A database that is there already."""
        return Database(name, self)

    def create_database(self, stem: str = "test") -> Database:
        """A new, empty database with a name of its own."""
        self._count += 1
        name = f"{stem}_{self._count}"
        self.database("mysql").execute(f"CREATE DATABASE `{name}`")
        return self.database(name)

    def drop_database(self, database: Database) -> None:
        """Remove a database."""
        self.database("mysql").execute(f"DROP DATABASE IF EXISTS `{database.name}`")

    def remove(self) -> None:
        """Stop the server and delete all its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaServer]:
    """A running MariaDB that this test run has to itself."""
    install, daemon = _program("mariadb-install-db", "mysql_install_db"), _program("mariadbd", "mysqld")
    if install is None or daemon is None:
        missing("MariaDB: Debian's mariadb-server is not installed")
    server = MariaServer(install, daemon)
    yield server
    server.remove()


@pytest.fixture(scope="module")
def mariadb(mariadb_server: MariaServer) -> Iterator[Database]:
    """A fresh database for each test module."""
    database = mariadb_server.create_database()
    yield database
    mariadb_server.drop_database(database)
