"""PostgreSQL databases read through psycopg 3: read-only transactions, one for each page, with a time limit.

Engines that speak its protocol (CockroachDB, YugabyteDB, Citus) need nothing special: a setting that a server does
not know is left out, but for the one that makes the session read-only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql, waiting
from psycopg.abc import PQGen
from sqlalchemy import URL, Engine, event, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from esviewer.errors import StoreError
from esviewer.stores.databases.database import Reader
from esviewer.stores.databases.notices import Notices
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.databases.server import (
    ANSWER_SECONDS,
    CANCEL_SECONDS,
    CONNECT_SECONDS,
    LOCK_SECONDS,
    ServerDatabase,
    url_of,
)

T = TypeVar("T")

_READ_ONLY = "SET default_transaction_read_only = on"
_LOOK: Final = 0.1
"""Seconds after which a wait looks whether it is to go on."""
_TLS_WORDS = {"off": "disable", "require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full"}


class PostgresDialect(PGDialect_psycopg):
    """SQLAlchemy's dialect for servers that call themselves something else than PostgreSQL, as CockroachDB does."""

    supports_statement_cache = True

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        """The version of PostgreSQL that the server says to be compatible with."""
        return tuple(map(int, re.findall(r"\d+", str(connection.exec_driver_sql("SHOW server_version").scalar()))[:2]))


registry.register("postgresql.esviewer", __name__, "PostgresDialect")


class Silent(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


class PatientConnection(psycopg.Connection[Any]):
    """Waits for its server for so long and no longer, and not at all once it was cut: libpq itself waits for ever."""

    patience = float("inf")
    """Seconds for which one answer is waited for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._cut = False

    def cut(self) -> None:
        """Have whoever waits, on whatever thread, wait no longer; the connection is closed then."""
        self._cut = True

    def wait(self, gen: PQGen[T], interval: float = _LOOK, timeout: float | None = None) -> T:
        """See psycopg; an interruption leaves a server that does not stop at once."""
        try:
            return waiting.wait(self._watched(gen), self.pgconn.socket, interval=interval, timeout=timeout)
        except KeyboardInterrupt:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                with suppress(psycopg.Error):
                    self.cancel_safe(timeout=CANCEL_SECONDS)
                self.pgconn.finish()
            raise

    def _watched(self, gen: PQGen[T]) -> PQGen[T]:
        ends = time.monotonic() + self.patience
        try:
            state = next(gen)
            while True:
                ready = yield state
                if self._cut or time.monotonic() > ends:
                    self.pgconn.finish()
                    raise Silent("the server does not answer")
                state = gen.send(ready)
        except StopIteration as end:
            found: T = end.value
            return found


class PostgresDatabase(ServerDatabase):
    """One PostgreSQL database; raises StoreError without any password when it can't be reached."""

    kind = "postgresql"
    driver_errors = (psycopg.Error,)

    def __init__(self, target: str, options: ConnectionOptions | None = None) -> None:
        options = options or ConnectionOptions()
        url = url_of(target, "postgresql+esviewer", "PostgreSQL")
        super().__init__(
            url,
            target,
            options,
            scheme="postgresql",
            default_port=5432,
            # Asking for hstore's type takes a savepoint, and a catalogue that compatible engines may lack.
            use_native_hstore=False,
            connect_args={
                "application_name": "esviewer",
                "connect_timeout": CONNECT_SECONDS,
                "client_encoding": "utf8",
                # Prepared statements don't survive poolers that hand out another server connection.
                "prepare_threshold": None,
                **_tls(options),
            },
            execution_options={"postgresql_readonly": True},
        )

    def listen(self, engine: Engine) -> None:
        """See ServerDatabase."""

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, positional: Any, named: dict[str, Any]) -> Any:
            made = PatientConnection.connect(*positional, **named)
            made.patience = self.statement_seconds + ANSWER_SECONDS
            return made

    def through(self, url: URL, port: int) -> URL:
        """See ServerDatabase; libpq checks the certificate against `host` and connects to `hostaddr`."""
        return url.set(port=port).update_query_dict({"hostaddr": "127.0.0.1"})

    def settle(self, driver: Any) -> None:
        """See ServerDatabase; each setting by itself, for servers that lack one."""
        driver.autocommit = True
        try:
            with driver.cursor() as cursor:
                cursor.execute(_READ_ONLY)
                cursor.execute("SHOW default_transaction_read_only")
                if cursor.fetchone() != ("on",):
                    raise StoreError(f"{self.label} offers no read-only session.", "esviewer does not go on without.")
                for setting in (
                    f"SET statement_timeout = '{self.statement_seconds}s'",
                    f"SET lock_timeout = '{LOCK_SECONDS}s'",
                    "SET TimeZone = 'UTC'",
                    "SET DateStyle = 'ISO'",
                    "SET extra_float_digits = 1",
                ):
                    try:
                        cursor.execute(setting)
                    except (psycopg.errors.UndefinedObject, psycopg.errors.FeatureNotSupported):
                        continue  # an engine without this setting has its own way, which does no harm
                if self.options.schema:
                    names = [sql.Identifier(name.strip()) for name in self.options.schema.split(",")]
                    cursor.execute(sql.SQL("SET search_path = {}").format(sql.SQL(", ").join(names)))
        finally:
            driver.autocommit = False

    def server_version(self, reader: Reader) -> str:
        """See ServerDatabase."""
        return f"PostgreSQL {str(reader.value(text('SHOW server_version'))).split(' ')[0]}"

    def notices(self, channels: Sequence[str]) -> Notices | None:
        """See Database; LISTEN writes nothing, and a session that only reads may do it.

        Engines that have no LISTEN tell nothing, nor do poolers that hand out another connection for each transaction.
        """
        try:
            pooled = self._engine.raw_connection()
            driver: Any = pooled.driver_connection
            pooled.detach()
            driver.autocommit = True
            try:
                for channel in channels:
                    driver.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            except (psycopg.errors.FeatureNotSupported, psycopg.errors.SyntaxError):
                driver.close()
                return None
        except self._errors as error:
            raise self._in_words(error, None) from None
        return PostgresNotices(driver, lambda error: self._in_words(error, None))

    def cancel(self, driver: Any) -> None:
        """See ServerDatabase."""
        with suppress(psycopg.Error):  # a connection that is gone has nothing left to cancel
            driver.cancel_safe(timeout=CANCEL_SECONDS)

    def cut(self, driver: Any) -> None:
        """See ServerDatabase."""
        driver.cut()

    def explained(self, cause: Any, message: str) -> StoreError:
        """See ServerDatabase."""
        state = getattr(cause, "sqlstate", None) or ""
        low = message.lower()
        reason = _reason(message)
        if isinstance(cause, Silent):
            return self.silent()
        if isinstance(cause, psycopg.errors.QueryCanceled):
            return self.gave_up()
        if isinstance(cause, psycopg.errors.LockNotAvailable):
            return self.locked()
        if state == "42501" or "permission denied for" in low:
            return self.may_not(reason, self._grant(low))
        if state.startswith("28") or "password authentication failed" in low or "no password supplied" in low:
            return self.login_refused(reason)
        if state == "3D000" or ("database" in low and "does not exist" in low):
            return self.no_database(reason)
        if state == "53300" or "too many" in low:
            return StoreError(f"{self.label} has no connection free: {reason}.", "Try again in a moment.")
        if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
            return self.unreachable(reason)
        return self.unreadable(reason)

    def _grant(self, message: str) -> str | None:
        found = re.search(r"permission denied for (table|view|relation|schema|database) (\S+)", message)
        if found is None:
            return None
        what, name = found[1], found[2].strip('"')
        role = f'"{self.user}"'
        if what == "schema":
            return f'GRANT USAGE ON SCHEMA "{name}" TO {role};'
        if what == "database":
            return f'GRANT CONNECT ON DATABASE "{name}" TO {role};'
        return f'GRANT SELECT ON "{name}" TO {role};'


class PostgresNotices(Notices):
    """What NOTIFY says on channels that a connection listens to."""

    def __init__(self, driver: psycopg.Connection[Any], in_words: Callable[[Exception], Exception]) -> None:
        """`in_words` makes of a driver's error what is raised."""
        self._driver = driver
        self._in_words = in_words

    def wait(self, seconds: float) -> bool:
        """See Notices; what has come meanwhile counts as one."""
        try:
            told = any(True for _ in self._driver.notifies(timeout=seconds, stop_after=1))
            if told:
                for _ in self._driver.notifies(timeout=0):
                    pass
        except psycopg.Error as error:
            raise self._in_words(error) from None
        return told

    def close(self) -> None:
        """See Notices."""
        self._driver.close()


def _tls(options: ConnectionOptions) -> dict[str, str]:
    """libpq's own TLS parameters (https://www.postgresql.org/docs/current/libpq-ssl.html)."""
    named = {
        "sslmode": _TLS_WORDS.get(options.tls),
        "sslrootcert": options.ca_file,
        "sslcert": options.client_cert,
        "sslkey": options.client_key,
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _reason(message: str) -> str:
    """The last part of libpq's `connection failed: connection to server at …: FATAL: …`, without its prefixes."""
    found = re.search(
        r"(?:FATAL|ERROR):\s*(.*?)(?:\s+connection to server|\s+(?:Multiple|DETAIL|HINT|CONTEXT)\b|$)", message
    )
    said = found[1] if found else re.sub(r".*\bport \d+ failed: ", "", message)
    return said.rstrip(". ")
