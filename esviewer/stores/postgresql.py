"""PostgreSQL databases read through psycopg 3: read-only transactions, one for each page, with a time limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import URL, Connection, Executable, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.database import Database, Reader, Row
from esviewer.stores.guard import guard
from esviewer.work import Work

T = TypeVar("T")

CONNECT_SECONDS: Final = 10
STATEMENT_SECONDS: Final = 120
"""After this long the server gives up on one statement."""

_SCHEMES = re.compile(r"postgres(?:ql)?(?:\+\w+)?://")
_SECRET_KEYS = ("password", "sslpassword", "passfile")
_SETTINGS = (
    "SET default_transaction_read_only = on",
    f"SET statement_timeout = '{STATEMENT_SECONDS}s'",
    "SET lock_timeout = '5s'",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO'",
    "SET extra_float_digits = 1",
)


def is_postgresql(target: str) -> bool:
    """Whether a target is a PostgreSQL URL."""
    return _SCHEMES.match(target) is not None


def _url(target: str) -> URL:
    try:
        return make_url(_SCHEMES.sub("postgresql+psycopg://", target, count=1))
    except (ArgumentError, ValueError):
        # The text may hold a password, so it is not repeated.
        raise StoreError(
            "This PostgreSQL URL can't be read.", "Write postgresql://user@host:port/database; quote odd signs as %XX."
        ) from None


class PostgresDatabase(Database):
    """One PostgreSQL database; raises StoreError without any password when it can't be reached."""

    kind = "postgresql"

    def __init__(self, target: str) -> None:
        url = _url(target)
        self._secrets = [secret for secret in _secrets(url, target) if secret]
        shown = url.set(drivername="postgresql").difference_update_query(_SECRET_KEYS)
        shown = URL.create(shown.drivername, shown.username, None, shown.host, shown.port, shown.database, shown.query)
        self.label = shown.render_as_string()
        self.name = url.database or url.username or "postgresql"
        self._closed = False
        self._engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=2,
            pool_reset_on_return="rollback",
            hide_parameters=True,
            connect_args={
                "application_name": "esviewer",
                "connect_timeout": CONNECT_SECONDS,
                "client_encoding": "utf8",
                # Prepared statements don't survive poolers that hand out another server connection.
                "prepare_threshold": None,
            },
            execution_options={"postgresql_readonly": True},
        )
        event.listen(self._engine, "connect", _settle)
        guard(self._engine)
        try:
            self.version = self.read(lambda reader: f"PostgreSQL {_server_version(reader)}")
        except BaseException:
            self._engine.dispose()
            raise

    def read(self, action: Callable[[Reader], T], work: Work | None = None) -> T:
        """See Database; a connection that broke since the last read is made anew, once."""
        if self._closed:
            raise StoreError(f"The store {self.label} is closed.", "Open it again.")
        for last in (False, True):
            try:
                with self._engine.connect() as connection, _interruptible(connection, work):
                    return action(Reader(connection))
            except (SQLAlchemyError, psycopg.Error) as error:
                broken = isinstance(error, DBAPIError) and error.connection_invalidated
                if broken and not last and not (work is not None and work.cancelled):
                    self._engine.dispose()
                    continue
                raise self._explained(error, work) from None
        raise AssertionError

    def stream(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """See Database; through a server-side cursor."""
        if self._closed:
            raise StoreError(f"The store {self.label} is closed.", "Open it again.")
        try:
            with self._engine.connect() as connection, _interruptible(connection, work):
                streaming = connection.execution_options(stream_results=True, max_row_buffer=rows)
                # Not the driver's cursor: SQLAlchemy has already taken rows from it into its buffer.
                result = streaming.execute(statement)
                while part := [tuple(row) for row in result.fetchmany(rows)]:
                    yield part
                    if work is not None:
                        work.check()
        except (SQLAlchemyError, psycopg.Error) as error:
            raise self._explained(error, work) from None

    def _explained(self, error: Exception, work: Work | None) -> Exception:
        if work is not None and work.cancelled:
            return CancelledError()
        cause: Any = getattr(error, "orig", None) or error
        message = self._scrubbed(" ".join(str(cause).split()))
        state = getattr(cause, "sqlstate", None) or ""
        low = message.lower()
        if isinstance(cause, psycopg.errors.QueryCanceled):
            return StoreError(
                f"The server gave up after {STATEMENT_SECONDS} seconds.", "Try again, or narrow what you ask for."
            )
        if isinstance(cause, psycopg.errors.LockNotAvailable):
            return StoreError("A table is locked by another session.", "Try again when it is done.")
        if state == "42501" or "permission denied for" in low:
            return StoreError(
                f"The user {self._user()} may not read this: {_reason(message)}.",
                "Ask for SELECT rights on the tables.",
            )
        if state.startswith("28") or "password authentication failed" in low or "no password supplied" in low:
            return StoreError(f"{self.label} refused the login: {_reason(message)}.", "Check user name and password.")
        if state == "3D000" or ("database" in low and "does not exist" in low):
            return StoreError(f"{self.label}: {_reason(message)}.", "Check the database's name in the URL.")
        if state == "53300" or "too many" in low:
            return StoreError(f"{self.label} has no connection free: {_reason(message)}.", "Try again in a moment.")
        if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
            return StoreError(
                f"{self.label} can't be reached: {_reason(message)}.", "Check that the server runs, then try again."
            )
        return StoreError(f"{self.label} can't be read: {_reason(message)}.")

    def _user(self) -> str:
        return self._engine.url.username or "in use"

    def _scrubbed(self, message: str) -> str:
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return message

    def close(self) -> None:
        """See Database."""
        self._closed = True
        self._engine.dispose()


def _secrets(url: URL, target: str) -> Iterator[str]:
    yield target
    if url.password:
        yield str(url.password)
    raw = re.match(r"[^:]+://[^:@/]*:(.*)@", target)
    if raw:
        yield raw[1]
    for key in _SECRET_KEYS:
        value = url.query.get(key)
        if value is not None:
            yield from [value] if isinstance(value, str) else value


def _reason(message: str) -> str:
    """The last part of libpq's `connection failed: connection to server at …: FATAL: …`, without its prefixes."""
    found = re.search(
        r"(?:FATAL|ERROR):\s*(.*?)(?:\s+connection to server|\s+(?:Multiple|DETAIL|HINT|CONTEXT)\b|$)", message
    )
    return (found[1] if found else message).rstrip(". ")


def _settle(driver: Any, _record: Any) -> None:
    driver.autocommit = True
    try:
        with driver.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(setting)
    finally:
        driver.autocommit = False


def _server_version(reader: Reader) -> str:
    found: Any = reader.value(text("SHOW server_version"))
    return str(found).split(" ")[0]


@contextmanager
def _interruptible(connection: Connection, work: Work | None) -> Iterator[None]:
    if work is None:
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    connection_of_driver = getattr(driver, "driver_connection", driver)

    def interrupt() -> None:
        try:
            if hasattr(connection_of_driver, "cancel_safe"):
                connection_of_driver.cancel_safe(timeout=5)
            else:
                connection_of_driver.cancel()
        except psycopg.Error:
            return  # a connection that is gone has nothing left to cancel

    with work.interrupted_by(interrupt):
        yield
