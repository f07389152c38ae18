"""SQLite files opened so that neither the file nor anything beside it changes.

SQLite's mode=ro alone is not enough: on a file in WAL mode it makes or updates the -shm file, and needs one to read.
Which way a file is opened depends on what lies beside it (https://www.sqlite.org/wal.html, "Read-Only Databases";
SQLite's source: pager.c, wal.c, os_unix.c):

- rollback journal: `mode=ro`.
- WAL mode, no -wal: `immutable=1`, all content is in the file itself.
- WAL mode, -wal and -shm: `readonly_shm=1`, which reads the wal-index without marking it.
- WAL mode, -wal without -shm: no writer is there, so the locking-free VFS with the wal-index in memory
  (`locking_mode=EXCLUSIVE`); being read-only it can neither checkpoint nor delete the -wal when it closes.

The second and the last don't notice writers, so the files are looked at before and after each read, which is done
again when they changed.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Executable, create_engine, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from esviewer.errors import CancelledError, DamagedError, StoreError
from esviewer.stores.databases.database import Database, GaveWay, Reader, Row
from esviewer.stores.databases.guard import guard
from esviewer.work import Work

T = TypeVar("T")

BUSY_SECONDS: Final = 3.0
"""How long a read waits for a writer that locks the whole file."""

_MAGIC = b"SQLite format 3\0"
_TRIES = 8
_OPCODES_BETWEEN_LOOKS = 200_000
_SORTED_KB = 20_000
"""Memory for sorting, beyond which SQLite uses temporary files."""
_Mode = Literal["rollback", "immutable", "shared", "alone"]


def library_version() -> str:
    """Of the SQLite that Python was built with."""
    return sqlite3.sqlite_version


class _Compiler(SQLiteCompiler):
    """Writes LIMIT without the OFFSET 0 that SQLAlchemy adds for SQLite: pages go on by key, never by counting.

    Hints such as NOT INDEXED, of which SQLAlchemy knows none for SQLite, are written after their tables.
    """

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        del table
        return text

    def limit_clause(self, select: Any, **kw: Any) -> str:
        return "" if select._limit_clause is None else f"\n LIMIT {self.process(select._limit_clause, **kw)}"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What shows that a store's files changed."""

    inode: tuple[int, int]
    size: int
    modified: int
    header: bytes
    wal: tuple[int, int] | None
    shm: bool

    @property
    def mode(self) -> _Mode:
        if self.header[18:20] != b"\x02\x02":
            return "rollback"
        if self.wal is not None and self.shm:
            return "shared"
        if self.wal is not None and self.wal[0] > 0:
            return "alone"
        return "immutable"


class SqliteDatabase(Database):
    """One SQLite file; raises StoreError, which says exactly why, when it can't be read."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.name = path.name
        self.label = str(path)
        self.version = f"SQLite {sqlite3.sqlite_version}"
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._mark: _Mark | None = None
        self._lenient = False
        self._closed = False
        # Kept open until the end: closing any descriptor of a file drops all locks of this process on it.
        self._file = self._open_file()
        try:
            header = os.pread(self._file, 100, 0) if hasattr(os, "pread") else self._header_by_seek()
            self._check_header(header)
        except BaseException:
            os.close(self._file)
            raise

    def _open_file(self) -> int:
        path = self.path
        try:
            found = path.stat()
            if path.is_dir():
                raise StoreError(f"{self.label} is a folder, not a database file.", "Name the file inside it.")
            if not path.is_file():
                raise StoreError(f"{self.label} is not a regular file.", "Name a database file.")
            if found.st_size == 0:
                raise StoreError(f"{self.label} is an empty file, not a database.", "Check the path.")
            if not os.access(path, os.R_OK):
                raise PermissionError
            return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except (FileNotFoundError, NotADirectoryError):
            raise StoreError(f"There is no file {self.label}.", "Check the path.") from None
        except PermissionError:
            raise StoreError(
                f"You have no permission to read {self.label}.", "Ask its owner, or open a copy that you may read."
            ) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(f"{self.label} can't be opened: {reason}.", "Check the path.") from None

    def _header_by_seek(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        return os.read(self._file, 100)

    def _check_header(self, header: bytes) -> None:
        if header[:16] == _MAGIC and len(header) == 100:
            return
        if header[:16] == _MAGIC:
            raise StoreError(f"{self.label} is cut off: it ends within SQLite's header.", "Copy the file again.")
        hint = "Check the path; esviewer reads SQLite and DuckDB files, event files and the URLs of servers."
        if header[:8].lower() == b"sqlite f":
            hint = "It may be of SQLite 2, or damaged."
        if _looks_encrypted(self._file):
            raise StoreError(
                f"{self.label} is encrypted, as SQLCipher does it (or is not an SQLite database).",
                "esviewer has no key to it. Open a decrypted copy: SQLCipher's sqlcipher_export() makes one.",
            )
        raise StoreError(f"{self.label} is not an SQLite database.", hint)

    def _look(self) -> _Mark:
        if self._closed:
            raise StoreError(f"The store {self.label} is closed.", "Open it again.")
        try:
            found = self.path.stat()
            header = os.pread(self._file, 100, 0) if hasattr(os, "pread") else self._header_by_seek()
        except FileNotFoundError:
            raise StoreError(
                f"The store {self.label} is gone: the file was moved or deleted.", "Put it back and try again."
            ) from None
        except OSError as error:
            raise StoreError(f"The store {self.label} can't be read: {error.strerror}.", "Try again.") from None
        mark = _Mark(
            (found.st_dev, found.st_ino),
            found.st_size,
            found.st_mtime_ns,
            header,
            _size_and_time(f"{self.path}-wal"),
            os.path.exists(f"{self.path}-shm"),  # noqa: PTH110 - asked before and after every page
        )
        kept = os.fstat(self._file)
        if (kept.st_dev, kept.st_ino) != mark.inode:
            raise StoreError(f"The store {self.label} was replaced by another file.", "Open it again.")
        return mark

    def _uri(self, mode: _Mode) -> str:
        options = {
            # readonly_shm holds even if a writer turns the file to WAL mode between the look and the read.
            "rollback": "mode=ro&readonly_shm=1",
            "immutable": "mode=ro&immutable=1",
            "shared": "mode=ro&readonly_shm=1",
            "alone": f"mode=ro&vfs={'win32-none' if sys.platform == 'win32' else 'unix-none'}",
        }[mode]
        path = self.path.as_posix()
        return f"file:{quote(path if path.startswith('/') else '/' + path)}?{options}"

    def _driver_connection(self, mode: _Mode) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._uri(mode), uri=True, check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS
        )
        if mode == "alone":
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA query_only=ON")
        # A hostile file's schema may hold functions in generated columns and indexes; only harmless ones may run.
        connection.execute("PRAGMA trusted_schema=OFF")
        if self._lenient:
            connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        return connection

    def _engine_for(self, mode: _Mode) -> Engine:
        engine = create_engine(
            "sqlite://", creator=lambda: self._driver_connection(mode), poolclass=NullPool, hide_parameters=True
        )
        engine.dialect.statement_compiler = _Compiler
        guard(engine)
        return engine

    def _drop(self) -> None:
        engine = self._engine
        self._engine = self._mark = None
        self._disconnect()
        if engine is not None:
            engine.dispose()

    def _disconnect(self) -> None:
        """Close the connection; the engine, which takes longer to make, stays for the next one in the same mode."""
        connection = self._connection
        self._connection = None
        if connection is not None:
            connection.close()

    def _ready(self, mark: _Mark) -> Connection:
        current = self._mark
        stale = (
            current is None or current.mode != mark.mode or (mark.mode in ("immutable", "alone") and current != mark)
        )
        if stale:
            self._drop()
        if self._engine is None:
            self._engine = self._engine_for(mark.mode)
        if self._connection is None:
            self._connection = self._engine.connect()
        self._mark = mark
        return self._connection

    def read(self, action: Callable[[Reader], T], work: Work | None = None) -> T:
        """See Database; a read is done again when an unlocked file changed under it."""
        for attempt in range(_TRIES):
            mark = self._look()
            try:
                connection = self._ready(mark)
                # What ends the transaction is not interrupted any more.
                with _transaction(connection), _interruptible(connection, work):
                    result = action(Reader(connection))
            except (DBAPIError, sqlite3.Error) as error:
                self._drop()
                if self._again(error, mark):
                    time.sleep(0.01 * attempt)
                    continue
                raise self._explained(error, work) from None
            except BaseException:
                self._drop()
                raise
            if mark.mode in ("immutable", "alone") and self._look() != mark:
                time.sleep(0.01 * attempt)
                continue
            if mark.mode == "shared":
                # An open connection would keep the last writer from tidying its -wal away.
                self._disconnect()
            return result
        raise StoreError(f"The store {self.label} changes faster than it can be read.", "Try again in a moment.")

    def _again(self, error: Exception, mark: _Mark) -> bool:
        if "Could not decode to UTF-8" in str(error) and not self._lenient:
            self._lenient = True
            return True
        return self._look() != mark and mark.mode != "rollback"

    def stream(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """See Database; raises StoreError when an unlocked file changes under it."""
        mark = self._look()
        try:
            with self._beside(mark, work) as connection, _cursor(connection, statement) as cursor:
                while part := cursor.fetchmany(rows):
                    if self._look() != mark and mark.mode in ("immutable", "alone"):
                        raise StoreError(f"The store {self.label} was written to while it was read.", "Try again.")
                    yield part
                    if work is not None:
                        work.check()
        except (DBAPIError, sqlite3.Error) as error:
            raise self._explained(error, work) from None

    def sorted(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """See Database; gives way to a writer, who could not commit while such a long read is under way."""
        mark = self._look()
        journal = _size_and_time(f"{self.path}-journal")

        def waited_for() -> bool:
            return mark.mode == "rollback" and _size_and_time(f"{self.path}-journal") != journal

        try:
            with self._beside(mark, work, waited_for) as connection:
                _driver(connection).execute(f"PRAGMA cache_size=-{_SORTED_KB}")
                with _cursor(connection, statement) as cursor:
                    while part := cursor.fetchmany(rows):
                        if waited_for() or (mark.mode in ("immutable", "alone") and self._look() != mark):
                            raise GaveWay
                        yield part
                        if work is not None:
                            work.check()
        except (DBAPIError, sqlite3.Error):
            if work is not None:
                work.check()
            # Pages read as far as can be read, and say what can't.
            raise GaveWay from None

    @contextmanager
    def _beside(
        self, mark: _Mark, work: Work | None, unwanted: Callable[[], bool] | None = None
    ) -> Iterator[Connection]:
        """A connection of its own, in a transaction, whose statements end as `_interruptible` says."""
        engine = self._engine_for(mark.mode)
        try:
            with engine.connect() as connection, _transaction(connection), _interruptible(connection, work, unwanted):
                yield connection
        finally:
            engine.dispose()

    def _explained(self, error: Exception, work: Work | None) -> Exception:
        cause = getattr(error, "orig", None) or error
        message = str(cause)
        code = getattr(cause, "sqlite_errorname", "") or ""
        if work is not None and work.cancelled:
            return CancelledError()
        if code == "SQLITE_INTERRUPT" and work is not None:
            try:
                work.check()
            except (CancelledError, StoreError) as reason:
                return reason
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StoreError(
                f"The store {self.label} is locked by a program that is writing to it.", "Try again when it is done."
            )
        if code == "SQLITE_READONLY_ROLLBACK" or (code.startswith("SQLITE_CANTOPEN") and self._has_journal()):
            return StoreError(
                f"The store {self.label} has a half-finished transaction in {self.name}-journal, left by a program "
                "that stopped in the middle; undoing it would write to the store.",
                "Copy both files elsewhere, open the copy once with the sqlite3 program, then open it here.",
            )
        if code.startswith("SQLITE_NOTADB"):
            return StoreError(f"{self.label} is not an SQLite database, or it is encrypted.", "Check the path.")
        if code.startswith("SQLITE_CORRUPT") or "malformed" in message:
            return DamagedError(
                f"The store {self.label} is damaged ({message}).",
                "Copy it again, with its -wal file if it has one; sqlite3's .recover saves what is readable.",
            )
        if code.startswith("SQLITE_IOERR"):
            return StoreError(f"The disk could not read {self.label} ({message}; {code}).", "Try again, or copy it.")
        if code.startswith("SQLITE_CANTOPEN"):
            return StoreError(f"SQLite can't open {self.label} or its -wal file ({code}).", "Check the files' rights.")
        return StoreError(f"The store {self.label} can't be read: {message}.")

    def _has_journal(self) -> bool:
        return _size_and_time(f"{self.path}-journal") is not None

    def close(self) -> None:
        """See Database."""
        if self._closed:
            return
        self._closed = True
        self._drop()
        os.close(self._file)


def _looks_encrypted(file: int) -> bool:
    """Whether a file is whole pages of what looks like noise; compressed files begin with words of their own."""
    size = os.fstat(file).st_size
    os.lseek(file, 0, os.SEEK_SET)
    start = os.read(file, 4096)
    return size % 512 == 0 and len(start) >= 512 and len(set(start)) > 255 * (1 - 0.5 ** (len(start) / 256))


def _size_and_time(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked before and after every page
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.execute(text("BEGIN"))
    try:
        yield
    except BaseException:
        # It is not used again. A statement that was interrupted half-way would keep its transaction from ending.
        connection.invalidate()
        raise
    connection.rollback()
    driver = _driver(connection)
    if driver.in_transaction:
        driver.rollback()


@contextmanager
def _cursor(connection: Connection, statement: Executable) -> Iterator[Any]:
    """The driver's cursor of a statement; left open, one that was interrupted would keep a transaction from ending."""
    cursor: Any = connection.execute(statement).cursor
    try:
        yield cursor
    finally:
        cursor.close()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    return driver


@contextmanager
def _interruptible(
    connection: Connection, work: Work | None, unwanted: Callable[[], bool] | None = None
) -> Iterator[None]:
    """Statements within the block end with an error when the work is cancelled, or once they are `unwanted`."""
    if work is None and unwanted is None:
        yield
        return
    driver = _driver(connection)

    def look() -> int:
        try:
            if work is not None:
                work.check()
        except (CancelledError, StoreError):
            return 1
        return int(unwanted is not None and unwanted())

    driver.set_progress_handler(look, _OPCODES_BETWEEN_LOOKS)
    try:
        with nullcontext() if work is None else work.interrupted_by(driver.interrupt):
            yield
    finally:
        with suppress(sqlite3.Error):
            driver.set_progress_handler(None, 0)


_URL_PATH = re.compile(r"sqlite(?:\+pysqlite)?:///(.*)", re.DOTALL)


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    if not path.is_file():
        return False  # opening a pipe would wait for who writes to it
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def path_of_url(url: str) -> Path:
    """The file that a `sqlite:///` URL names; raises StoreError."""
    match = _URL_PATH.fullmatch(url)
    if match is None or match[1] in ("", ":memory:"):
        raise StoreError(
            "A store needs a file; this URL names none.", "Write sqlite:///relative or sqlite:////absolute."
        )
    path = Path(match[1]).expanduser()
    return path if path.exists() else Path(match[1].partition("?")[0]).expanduser()
