"""What all database servers share: a pooled engine, short reads, streams, cancelling, a tunnel, errors in words."""

from __future__ import annotations

import re
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.databases.database import Database, Reader, Row
from esviewer.stores.databases.guard import guard
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.work import Work

T = TypeVar("T")

CONNECT_SECONDS: Final = 10
STATEMENT_SECONDS: Final = 120
"""After this long the server gives up on one statement, if the options don't say otherwise."""
LOCK_SECONDS: Final = 5
"""How long a statement waits for another session's lock."""
ANSWER_SECONDS: Final = 10
"""How much longer than a statement may take its answer is waited for: a server that hangs can't give up by itself."""
CANCEL_SECONDS: Final = 1.5
"""How long a server that is told to stop may take for it; then its connection is left."""

SECRET_KEYS: Final = ("password", "sslpassword", "passfile", "passwd", "ssl_key_password")
_LONGEST: Final = 300
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*://")


class Tunnel(Protocol):
    """A port of this machine that leads to the server."""

    local_port: int

    def close(self) -> None:
        """End it."""


def url_of(target: str, driver: str, words: str) -> URL:
    """A target as a URL for one driver; raises StoreError that calls the database by `words`."""
    try:
        target.encode()  # or whatever writes it down again would fail
        return make_url(_SCHEME.sub(f"{driver}://", target, count=1))
    except (ArgumentError, ValueError):
        # The text may hold a password, so it is not repeated.
        raise StoreError(
            f"This {words} URL can't be read.",
            f"Write {driver.partition('+')[0]}://user@host:port/database; quote odd signs as %XX.",
        ) from None


def seconds(options: ConnectionOptions) -> int:
    """How long one statement may take."""
    return options.statement_seconds or STATEMENT_SECONDS


def shown(url: URL, scheme: str) -> str:
    """A URL without anything secret."""
    plain = url.difference_update_query(SECRET_KEYS)
    made = URL.create(scheme, plain.username, None, plain.host, plain.port, plain.database, plain.query)
    return made.render_as_string()


class ServerDatabase(Database):
    """One database of a server; subclasses say how the driver is set up, cancelled and understood."""

    driver_errors: tuple[type[Exception], ...] = ()
    """The driver's own errors, which SQLAlchemy lets through where it did not send the statement itself."""

    def __init__(
        self,
        url: URL,
        target: str,
        options: ConnectionOptions,
        *,
        scheme: str,
        default_port: int,
        **engine: Any,
    ) -> None:
        """`scheme` is what the label begins with; `engine` goes to SQLAlchemy's create_engine."""
        self.options = options
        self._secrets = sorted({each for each in _secrets(url, target, options) if each}, key=len, reverse=True)
        self.label = shown(url, scheme)
        self.name = url.database or url.username or scheme
        self._user_name = url.username or ""
        self.statement_seconds = seconds(options)
        self._closed = False
        if options.password is not None:
            url = url.set(password=options.password)
        self._tunnel = self._opened_tunnel(url, default_port)
        try:
            if self._tunnel is not None:
                url = self.through(url, self._tunnel.local_port)
            self._engine: Engine = create_engine(
                url,
                poolclass=QueuePool,
                pool_size=1,
                max_overflow=2,
                pool_reset_on_return="rollback",
                hide_parameters=True,
                **engine,
            )
            event.listen(self._engine, "connect", lambda driver, _record: self.settle(driver))
            self.listen(self._engine)
            guard(self._engine)
            self.version = self.read(self.server_version)
        except BaseException as error:
            self._closed = True
            if hasattr(self, "_engine"):
                self._engine.dispose()
            self._end_tunnel()
            if isinstance(error, (ValueError, TypeError, OverflowError, ImportError, OSError, SQLAlchemyError)):
                # What no driver means by its errors: a part of the URL that none can make anything of.
                reason = self._scrubbed(" ".join(str(error).split()))[:_LONGEST]
                raise StoreError(
                    f"{self.label[:_LONGEST]} can't be opened: {reason.rstrip('. ')}.", "Check what the URL says."
                ) from None
            raise

    def _opened_tunnel(self, url: URL, default_port: int) -> Tunnel | None:
        if self.options.tunnel is None:
            return None
        from esviewer.stores.databases.tunnel import open_tunnel

        made: Tunnel = open_tunnel(self.options.tunnel, url.host or "localhost", url.port or default_port)
        return made

    def _end_tunnel(self) -> None:
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is not None:
            tunnel.close()

    def through(self, url: URL, port: int) -> URL:
        """The URL that leads through a tunnel's local port; TLS still checks the server's own name where it can."""
        return url.set(host="127.0.0.1", port=port)

    @abstractmethod
    def settle(self, driver: Any) -> None:
        """Make a new driver connection read-only and exact; raises what the driver raises."""

    def listen(self, engine: Engine) -> None:
        """Add what else the engine is to do on its events."""

    @abstractmethod
    def server_version(self, reader: Reader) -> str:
        """Such as `PostgreSQL 16.2`."""

    @abstractmethod
    def cancel(self, driver: Any) -> None:
        """Have the server end what a driver connection is waiting for; on a thread of its own, and it may take long."""

    def cut(self, driver: Any) -> None:
        """End a driver connection that another thread waits on, whatever the server does; at once."""

    @abstractmethod
    def explained(self, cause: Any, message: str) -> StoreError:
        """A driver's error in words; `message` is its text without secrets."""

    @property
    def _errors(self) -> tuple[type[Exception], ...]:
        return (SQLAlchemyError, *self.driver_errors)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The store {self.label} is closed.", "Open it again.")

    def read(self, action: Callable[[Reader], T], work: Work | None = None) -> T:
        """See Database; a connection that broke since the last read is made anew, once."""
        self._check_open()
        for last in (False, True):
            try:
                with self._engine.connect() as connection, self._interruptible(connection, work):
                    found = action(Reader(connection))
                    if work is not None:
                        # A statement that is cancelled may end with a wrong result in place of an error.
                        work.check()
                    return found
            except self._errors as error:
                broken = isinstance(error, DBAPIError) and error.connection_invalidated
                if broken and not last and not (work is not None and work.cancelled):
                    self._engine.dispose()
                    continue
                raise self._in_words(error, work) from None
        raise AssertionError

    def stream(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """See Database; through a server-side cursor."""
        self._check_open()
        try:
            with self._engine.connect() as connection, self._interruptible(connection, work):
                streaming = connection.execution_options(stream_results=True, max_row_buffer=rows)
                # Not the driver's cursor: SQLAlchemy has already taken rows from it into its buffer.
                result = streaming.execute(statement)
                try:
                    while part := [tuple(row) for row in result.fetchmany(rows)]:
                        yield part
                        if work is not None:
                            work.check()
                except BaseException:
                    self.abandon(connection, result)
                    raise
        except self._errors as error:
            raise self._in_words(error, work) from None

    def abandon(self, connection: Connection, result: CursorResult[Any]) -> None:
        """Leave off a stream before its end; the connection is not used again."""
        result.close()
        connection.invalidate()

    @contextmanager
    def _interruptible(self, connection: Connection, work: Work | None) -> Iterator[None]:
        if work is None:
            yield
            return
        driver = connection.connection.driver_connection
        stopping = _Stopping(partial(self.cancel, driver), partial(self.cut, driver))
        with work.interrupted_by(stopping.begin):
            try:
                yield
            finally:
                if not stopping.over():
                    # What the server is still told might hit the next statement of the same connection.
                    connection.invalidate()

    def _in_words(self, error: Exception, work: Work | None) -> Exception:
        if work is not None and work.cancelled:
            return CancelledError()
        cause: Any = getattr(error, "orig", None) or error
        return self.explained(cause, self._scrubbed(" ".join(str(cause).split())))

    def _scrubbed(self, message: str) -> str:
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return message

    # What can be wrong, in words

    @property
    def user(self) -> str:
        """The user's name for messages."""
        return self._user_name or "in use"

    def silent(self) -> StoreError:
        """The server did not even say that it took too long."""
        return StoreError(
            f"{self.label} has not answered for {self.statement_seconds + ANSWER_SECONDS} seconds.",
            "Check that the server is not halted and the network is there, then try again.",
        )

    def gave_up(self) -> StoreError:
        """The statement took too long."""
        return StoreError(
            f"The server gave up after {self.statement_seconds} seconds.", "Try again, or narrow what you ask for."
        )

    def locked(self) -> StoreError:
        """Another session holds a lock."""
        return StoreError("A table is locked by another session.", "Try again when it is done.")

    def may_not(self, reason: str, grant: str | None) -> StoreError:
        """A right is missing; `grant` is the statement that gives it."""
        hint = "" if grant is None else f" An administrator gives them with: {grant}"
        return StoreError(
            f"The user {self.user} may not read this: {reason}.", f"Ask for SELECT rights on the tables.{hint}"
        )

    def login_refused(self, reason: str) -> StoreError:
        """User name or password is wrong."""
        return StoreError(f"{self.label} refused the login: {reason}.", "Check user name and password.")

    def no_database(self, reason: str) -> StoreError:
        """The server has no such database."""
        return StoreError(f"{self.label}: {reason}.", "Check the database's name in the URL.")

    def unreachable(self, reason: str) -> StoreError:
        """No connection came about: host unknown, refused, TLS not trusted, or another reason."""
        low = reason.lower()
        if any(words in low for words in _UNKNOWN_HOST):
            return StoreError(f"{self.label}: the host is unknown.", "Check the host's name in the URL.")
        if any(words in low for words in _TLS_NAME):
            return StoreError(
                f"{self.label}: the server's TLS certificate is for another name ({reason}).",
                "Use the name that the certificate has, or check that this is the right server.",
            )
        if any(words in low for words in _TLS) and "unexpected eof" not in low:
            return StoreError(
                f"{self.label}: TLS is not trusted or not to be had ({reason}).",
                "Name the file of the authority (CA) that signed the server's certificate, or change the TLS mode.",
            )
        if "refused" in low:
            return StoreError(
                f"{self.label} can't be reached: the connection was refused.",
                "Check that the server runs and that host and port are right.",
            )
        return StoreError(f"{self.label} can't be reached: {reason}.", "Check that the server runs, then try again.")

    def unreadable(self, reason: str) -> StoreError:
        """Any other error."""
        return StoreError(f"{self.label} can't be read: {reason}.")

    def close(self) -> None:
        """See Database."""
        self._closed = True
        self._engine.dispose()
        self._end_tunnel()


class _Stopping:
    """Has a server stop, which is asked first and left alone where it does not; `begin` never waits for it."""

    def __init__(self, ask: Callable[[], None], cut: Callable[[], None]) -> None:
        self._ask = threading.Thread(target=ask, name="esviewer-cancel", daemon=True)
        self._cut = threading.Timer(CANCEL_SECONDS, cut)
        self._cut.daemon = True
        self._begun = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Ask the server to stop, unless it has been asked."""
        with self._lock:
            if not self._begun:
                self._begun = True
                self._ask.start()
                self._cut.start()

    def over(self) -> bool:
        """Whether nothing more is told to the server; called once nobody waits for it."""
        with self._lock:
            if not self._begun:
                return True
        self._cut.cancel()
        self._ask.join(CANCEL_SECONDS)
        return not self._ask.is_alive()


_UNKNOWN_HOST = (
    "name or service not known", "could not translate host name", "failed to resolve host", "no address associated",
    "getaddrinfo failed", "nodename nor servname", "temporary failure in name resolution", "unknown host",
)  # fmt: skip
_TLS_NAME = ("hostname mismatch", "ip address mismatch", "does not match host name", "doesn't match")
_TLS = ("certificate", "ssl", "tls")


def _secrets(url: URL, target: str, options: ConnectionOptions) -> Iterable[str]:
    yield target
    if url.password:
        yield str(url.password)
    if options.password:
        yield options.password
    if options.tunnel is not None and options.tunnel.password:
        yield options.tunnel.password
    raw = re.match(r"[^:]+://[^:@/]*:(.*)@", target)
    if raw:
        yield raw[1]
    for key in SECRET_KEYS:
        value = url.query.get(key)
        if value is not None:
            yield from [value] if isinstance(value, str) else value
