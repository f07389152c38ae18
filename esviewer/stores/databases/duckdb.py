"""DuckDB files, opened read-only, and what SQLAlchemy needs to speak to DuckDB.

DuckDB speaks PostgreSQL's SQL, so its dialect is SQLAlchemy's PostgreSQL one without what asks a server. No extension
is downloaded, and nothing outside of the file is read: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb
from sqlalchemy import Engine, Executable, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from esviewer.errors import CancelledError, DamagedError, StoreError
from esviewer.stores.databases.database import Database, Reader, Row
from esviewer.stores.databases.guard import guard
from esviewer.work import Work

T = TypeVar("T")

MEMORY: Final = "1GB"
"""What DuckDB may hold in memory; what needs more goes through temporary files."""
_MAGIC = b"DUCK"
_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
_URL_PATH = re.compile(r"duckdb:///(.*)", re.DOTALL)


class DuckDbDialect(PGDialect):
    """SQLAlchemy's PostgreSQL dialect as DuckDB understands it."""

    name = "duckdb"
    driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_server_side_cursors = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver's module."""
        return duckdb

    def initialize(self, connection: Any) -> None:  # noqa: ARG002
        """Ask nothing: there is no server."""
        self.server_version_info = (15, 0)
        self.default_schema_name = "main"

    def on_connect(self) -> None:
        """Nothing to do on a new connection."""
        return

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing: each statement is a transaction of its own, and nothing writes."""

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:  # noqa: ARG002
        """Files don't hang up."""
        return False


registry.register("duckdb", __name__, "DuckDbDialect")


class _Cursor:
    """One connection's only result, as a DB-API cursor; DuckDB's own cursors are connections that can't be interrupted
    through this one."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @property
    def description(self) -> Any:
        return self._connection.description

    def execute(self, statement: str, parameters: Any = ()) -> None:
        self._connection.execute(statement, list(parameters))

    def fetchone(self) -> Any:
        return self._connection.fetchone()

    def fetchmany(self, size: int = 1) -> Any:
        return self._connection.fetchmany(size)

    def fetchall(self) -> Any:
        return self._connection.fetchall()

    def close(self) -> None:
        return


class _Connection:
    """A DuckDB connection as SQLAlchemy wants it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()


def settings() -> dict[str, Any]:
    """What holds for every DuckDB we start: no extensions from elsewhere, bounded memory, temporary files aside."""
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": MEMORY,
        # Not beside the file, where DuckDB would put them.
        "temp_directory": str(Path(tempfile.gettempdir()) / f"esviewer-duckdb-{os.getpid()}"),
    }


class DuckDbDatabase(Database):
    """One DuckDB file; raises StoreError, which says why, when it can't be read.

    While it is open DuckDB lets no other program write to it; it is closed between reads for that reason.
    """

    kind = "duckdb"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.name = path.name
        self.label = str(path)
        self.version = f"DuckDB {duckdb.__version__}"
        self._closed = False
        self._engine = self._new_engine()
        self.read(lambda _: None)

    def _new_engine(self) -> Engine:
        engine = create_engine(
            "duckdb://", creator=lambda: _Connection(self.connected()), poolclass=NullPool, hide_parameters=True
        )
        guard(engine)
        return engine

    def connected(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own; raises duckdb.Error and StoreError."""
        self._check_file()
        made = duckdb.connect(str(self.path), read_only=True, config=settings())
        # Where another of our connections has the file open, it has done this for both.
        if made.execute("SELECT current_setting('enable_external_access')").fetchone() != (False,):
            made.execute("SET GLOBAL TimeZone = 'UTC'")
            made.execute("SET enable_external_access = false")
            made.execute("SET lock_configuration = true")
        return made

    def _check_file(self) -> None:
        try:
            with self.path.open("rb") as file:
                header = file.read(4096)
        except OSError as error:
            raise StoreError(f"{self.label} can't be opened: {error.strerror}.", "Check the path.") from None
        if header[8:12] != _MAGIC:
            raise StoreError(f"{self.label} is not a DuckDB database.", "Check the path.")

    def read(self, action: Callable[[Reader], T], work: Work | None = None) -> T:
        """See Database."""
        self._check_open()
        while True:
            try:
                with self._engine.connect() as connection, _interruptible(connection, work):
                    return action(Reader(connection))
            except (SQLAlchemyError, duckdb.Error) as error:
                if not self._may_try_again(_cause(error)):
                    raise self._explained(error, work) from None

    def stream(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """See Database; DuckDB makes the rows as they are asked for."""
        self._check_open()
        begun = False
        while True:
            try:
                with self._engine.connect() as connection, _interruptible(connection, work):
                    cursor: Any = connection.execute(statement).cursor
                    while part := cursor.fetchmany(rows):
                        begun = True
                        yield part
                        if work is not None:
                            work.check()
                return
            except (SQLAlchemyError, duckdb.Error) as error:
                if begun or not self._may_try_again(_cause(error)):
                    raise self._explained(error, work) from None

    def _may_try_again(self, error: BaseException) -> bool:
        """Whether what failed may succeed now."""
        del error
        return False

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The store {self.label} is closed.", "Open it again.")

    def _explained(self, error: Exception, work: Work | None) -> Exception:
        cause = _cause(error)
        message = " ".join(str(cause).split())
        low = message.lower()
        if isinstance(cause, duckdb.InterruptException):
            if work is not None:
                try:
                    work.check()
                except (CancelledError, StoreError) as reason:
                    return reason
            return CancelledError()
        if "lock" in low and isinstance(cause, duckdb.IOException):
            found = re.search(r"\(PID (\d+)\)", message)
            who = f" (process {found[1]})" if found else ""
            return StoreError(
                f"The store {self.label} is locked by a program that has it open for writing{who}.",
                "Close it there, or open a copy of the file.",
            )
        known = _known(low, self.label)
        if known is not None:
            return known
        if isinstance(cause, _DAMAGE):
            return DamagedError(f"The store {self.label} can't be read: {message.rstrip('.')}.", "Copy it again.")
        return StoreError(f"The store {self.label} can't be read: {message.rstrip('.')}.")

    def close(self) -> None:
        """See Database."""
        self._closed = True
        self._engine.dispose()


def _known(low: str, label: str) -> StoreError | None:
    """What is said of some errors of DuckDB, by their message in lower case."""
    if "version number" in low or "storage version" in low or "newer version" in low:
        return StoreError(
            f"The store {label} was written by another version of DuckDB than {duckdb.__version__} can read.",
            "Export it with the DuckDB that wrote it (EXPORT DATABASE … (FORMAT parquet)), or update esviewer.",
        )
    if "encrypt" in low:
        return StoreError(f"The store {label} is encrypted.", "Open a decrypted copy.")
    if "when sniffing file" in low:
        return StoreError(f"{label} can't be read as CSV: where its cells end can't be told.", "Check the file.")
    return None


def _cause(error: Exception) -> BaseException:
    """What the driver raised."""
    found: BaseException | None = getattr(error, "orig", None)
    return found or error


@contextmanager
def _interruptible(connection: Any, work: Work | None) -> Iterator[None]:
    if work is None:
        yield
        return
    driver: _Connection = connection.connection.dbapi_connection
    with work.interrupted_by(driver.interrupt):
        yield


def is_duckdb(path: Path) -> bool:
    """Whether a file begins as DuckDB's do (after an eight-byte checksum)."""
    if not path.is_file():
        return False  # opening a pipe would wait for who writes to it
    try:
        with path.open("rb") as file:
            return file.read(12)[8:] == _MAGIC
    except OSError:
        return False


def path_of_duckdb_url(url: str) -> Path:
    """The file that a `duckdb:///` URL names; raises StoreError."""
    match = _URL_PATH.fullmatch(url)
    if match is None or match[1] in ("", ":memory:"):
        raise StoreError(
            "A store needs a file; this URL names none.", "Write duckdb:///relative or duckdb:////absolute."
        )
    return Path(match[1].partition("?")[0]).expanduser()
