"""MySQL and MariaDB databases read through PyMySQL: read-only sessions and transactions, with a time limit."""

from __future__ import annotations

import os
import re
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy import URL, Connection, CursorResult, event, text
from sqlalchemy.exc import SQLAlchemyError

from esviewer.errors import StoreError
from esviewer.stores.databases.database import Reader
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.databases.server import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    LOCK_SECONDS,
    SECRET_KEYS,
    ServerDatabase,
    url_of,
)

READ_ONLY = "SET SESSION TRANSACTION READ ONLY"
BEGIN = "START TRANSACTION READ ONLY"

_UNKNOWN_VARIABLE = 1193
_LOGIN = (1045, 1698, 1251, 2059)
_GAVE_UP = (1317, 1969, 3024)
_NO_RIGHT = (1044, 1142, 1143, 1227, 1370)
_UNREACHABLE = (2002, 2003, 2005, 2006, 2012, 2013, 2026, 1129, 1130, 3159)
_LOST = 2013
_NOT_REACHED = 2003
_FULL = (1040, 1203, 1226)


class MySqlDatabase(ServerDatabase):
    """One MySQL or MariaDB server's database, or all of its databases when the URL names none; raises StoreError."""

    kind = "mysql"
    driver_errors = (pymysql.err.Error,)

    def __init__(self, target: str, options: ConnectionOptions | None = None) -> None:
        options = options or ConnectionOptions()
        url = url_of(target, "mysql+pymysql", "MySQL")
        if options.schema:
            url = url.set(database=options.schema)
        arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "charset": "utf8mb4", **_tls(options)}
        password = options.password or url.password or url.query.get("password") or os.environ.get("MYSQL_PWD")
        if password is not None:
            arguments["password"] = str(password)
        elif "read_default_file" not in url.query:
            own = Path("~/.my.cnf").expanduser()
            if own.is_file():
                arguments["read_default_file"] = str(own)
        self._tunnelled: tuple[str, int] | None = None
        super().__init__(
            url.set(password=None).difference_update_query([*SECRET_KEYS, "charset"]),
            target,
            options,
            scheme="mysql",
            default_port=3306,
            connect_args=arguments,
        )

    def through(self, url: URL, port: int) -> URL:
        """See ServerDatabase; the socket leads to the tunnel while the certificate is checked against the host."""
        self._tunnelled = ("127.0.0.1", port)
        return url.set(host=url.host or "localhost")

    def settle(self, driver: Any) -> None:
        """See ServerDatabase."""
        with driver.cursor() as cursor:
            cursor.execute(READ_ONLY)
            cursor.execute("SET SESSION time_zone = '+00:00'")
            cursor.execute(f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}")
            cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}")
            try:
                cursor.execute(f"SET SESSION max_statement_time = {self.statement_seconds}")
            except pymysql.err.OperationalError as error:
                if error.args[0] != _UNKNOWN_VARIABLE:
                    raise
                # MySQL's own, in milliseconds.
                cursor.execute(f"SET SESSION max_execution_time = {self.statement_seconds * 1000}")

    def server_version(self, reader: Reader) -> str:
        """See ServerDatabase."""
        found = str(reader.value(text("SELECT VERSION()")))
        return f"{'MariaDB' if 'mariadb' in found.lower() else 'MySQL'} {found.partition('-')[0]}"

    def listen(self, engine: Any) -> None:
        """See ServerDatabase; every transaction says by itself that it only reads."""

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql(BEGIN)

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, positional: Any, named: dict[str, Any]) -> Any:
            # The driver's time limit for connecting ends where the server has yet to say its first word.
            made: Any = pymysql.connect(*positional, **named, read_timeout=CONNECT_SECONDS, defer_connect=True)
            there = self._tunnelled
            try:
                made.connect(None if there is None else socket.create_connection(there, CONNECT_SECONDS))
            except pymysql.err.OperationalError as error:
                if not _timed_out(error):
                    raise
                raise pymysql.err.OperationalError(
                    _NOT_REACHED, f"the server has not answered for {CONNECT_SECONDS} seconds"
                ) from None
            made._read_timeout = self.statement_seconds + ANSWER_SECONDS
            return made

    def cancel(self, driver: Any) -> None:
        """See ServerDatabase; by KILL QUERY on a connection of its own."""
        with suppress(pymysql.err.Error):  # a connection that is gone has nothing left to cancel
            other: Any = self._engine.raw_connection()
            try:
                with other.cursor() as cursor:
                    cursor.execute(f"KILL QUERY {int(driver.thread_id())}")
            finally:
                other.close()

    def cut(self, driver: Any) -> None:
        """See ServerDatabase."""
        if driver._sock is not None:
            with suppress(OSError):
                driver._sock.shutdown(socket.SHUT_RDWR)

    def abandon(self, connection: Connection, result: CursorResult[Any]) -> None:
        """See ServerDatabase; the server stops first, since the driver reads to the end what it has asked for."""
        self.cancel(connection.connection.driver_connection)
        with suppress(pymysql.err.Error, SQLAlchemyError):
            result.close()
        connection.invalidate()

    def explained(self, cause: Any, message: str) -> StoreError:
        """See ServerDatabase; error numbers: https://mariadb.com/kb/en/mariadb-error-code-reference/."""
        code = cause.args[0] if isinstance(cause, pymysql.err.Error) and cause.args else None
        found = re.fullmatch(r"\(\d+, [\"'](.*)[\"']\)", message)
        reason = (found[1] if found else message).rstrip(". ")
        if _timed_out(cause):
            return self.silent()
        if code in _LOGIN:
            return self.login_refused(reason)
        if code == 1049:
            return self.no_database(reason)
        if code in _NO_RIGHT:
            return self.may_not(reason, _grant(reason))
        if code in _GAVE_UP:
            return self.gave_up()
        if code in (1205, 1099):
            return self.locked()
        if code in _FULL:
            return StoreError(f"{self.label} has no connection free: {reason}.", "Try again in a moment.")
        if code in _UNREACHABLE:
            return self.unreachable(reason)
        return self.unreadable(reason)


def _timed_out(error: Any) -> bool:
    return error.args[:1] == (_LOST,) and str(error.args[-1]).endswith("(timed out)")


def _grant(reason: str) -> str | None:
    user = re.search(r"user '([^']*)'@'([^']*)'", reason)
    whom = f"'{user[1]}'@'{user[2]}'" if user else None
    table = re.search(r"for table (?:`([^`]+)`\.)?[`']([^`']+)[`']", reason)
    database = re.search(r"to database '([^']+)'", reason)
    if whom is None:
        return None
    if table is not None:
        return f"GRANT SELECT ON {f'`{table[1]}`.' if table[1] else ''}`{table[2]}` TO {whom};"
    return f"GRANT SELECT ON `{database[1]}`.* TO {whom};" if database is not None else None


def _tls(options: ConnectionOptions) -> dict[str, Any]:
    """PyMySQL's arguments; without any it takes TLS where the server offers it and checks nothing."""
    if options.tls == "off":
        return {"ssl_disabled": True}
    if options.tls == "default" and not (options.ca_file or options.client_cert):
        return {}
    try:
        context = ssl.create_default_context(cafile=options.ca_file and str(options.ca_file))
        if options.client_cert is not None:
            context.load_cert_chain(options.client_cert, options.client_key)
    except (OSError, ssl.SSLError) as error:
        raise StoreError(
            f"The TLS files can't be read: {getattr(error, 'strerror', None) or error}.",
            "Check the paths of CA file, client certificate and key, and that they are PEM files.",
        ) from None
    context.check_hostname = options.tls in ("verify-full", "default")
    if options.tls == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}
