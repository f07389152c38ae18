"""SQL Server databases read through pymssql, which the extra `mssql` installs.

SQL Server has no read-only session. What keeps a store unchanged are the guard, transactions that are only ever
rolled back, and the login's own rights: one that is in db_datareader alone can't write. The connection also declares
that it intends to read only, so that an availability group may hand it to a readable replica.
"""

from __future__ import annotations

import re
import socket
from typing import Any

from sqlalchemy import text

from esviewer.errors import StoreError
from esviewer.stores.databases.database import Reader
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.databases.server import CONNECT_SECONDS, LOCK_SECONDS, SECRET_KEYS, ServerDatabase, seconds, url_of

_LOGIN = (18456, 18452, 18486, 18487, 18488)
_NO_DATABASE = (4060, 911)
_NO_RIGHT = (229, 230, 916, 297, 300)


class MssqlDatabase(ServerDatabase):
    """One SQL Server database; raises StoreError when it can't be reached or pymssql is not installed.

    Cancelling takes effect when the server answers: the driver has no way to interrupt it. The statement limit holds.
    """

    kind = "mssql"

    def __init__(self, target: str, options: ConnectionOptions | None = None) -> None:
        options = options or ConnectionOptions()
        try:
            import pymssql
        except ImportError:
            raise StoreError(
                "Reading SQL Server needs the package pymssql, which is not installed.", "Install esviewer[mssql]."
            ) from None
        self.driver_errors = (pymssql.Error,)
        url = url_of(target, "mssql+pymssql", "SQL Server")
        password = options.password or url.password
        arguments: dict[str, Any] = {
            "login_timeout": CONNECT_SECONDS,
            "timeout": seconds(options),
            "appname": "esviewer",
            "charset": "UTF-8",
            "tds_version": "7.4",
            "read_only": True,
            **_tls(options),
        }
        if password is not None:
            arguments["password"] = str(password)
        super().__init__(
            url.set(password=None).difference_update_query(SECRET_KEYS),
            target,
            options,
            scheme="mssql",
            default_port=1433,
            connect_args=arguments,
        )

    def settle(self, driver: Any) -> None:
        """See ServerDatabase."""
        with driver.cursor() as cursor:
            for setting in (
                f"SET LOCK_TIMEOUT {LOCK_SECONDS * 1000}",
                "SET TEXTSIZE 2147483647",
                "SET DATEFORMAT ymd",
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            ):
                cursor.execute(setting)
        driver.rollback()

    def server_version(self, reader: Reader) -> str:
        """See ServerDatabase."""
        found = reader.value(text("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(40))"))
        return f"SQL Server {found}"

    def cancel(self, driver: Any) -> None:
        """Nothing: see the class."""

    def explained(self, cause: Any, message: str) -> StoreError:
        """See ServerDatabase; error numbers are the server's own (sys.messages)."""
        code, reason = _code_and_reason(cause, message)
        if code in _LOGIN:
            return self.login_refused(reason)
        if code in _NO_DATABASE:
            return self.no_database(reason)
        if code in _NO_RIGHT:
            return self.may_not(reason, self._grant(reason))
        if code == 1222:
            return self.locked()
        if code == 20003:
            return self.gave_up()
        if code is not None and 20000 <= code < 20100:
            return self.unreachable(reason if self._known_host() else "unknown host")
        return self.unreadable(reason)

    def _known_host(self) -> bool:
        """Whether the server's name leads anywhere, which the driver does not say."""
        try:
            socket.getaddrinfo(self._engine.url.host or "localhost", None)
        except socket.gaierror:
            return False
        return True

    def _grant(self, reason: str) -> str | None:
        found = re.search(r"object '([^']+)', database '[^']*', schema '([^']+)'", reason)
        return None if found is None else f"GRANT SELECT ON [{found[2]}].[{found[1]}] TO [{self.user}];"


def _code_and_reason(cause: Any, message: str) -> tuple[int | None, str]:
    """pymssql's errors are (number, bytes), at times in another pair of brackets."""
    arguments = cause.args
    while len(arguments) == 1 and isinstance(arguments[0], tuple):
        arguments = arguments[0]
    if len(arguments) < 2 or not isinstance(arguments[0], int):
        return None, message.rstrip(". ")
    said = arguments[1].decode("utf-8", "replace") if isinstance(arguments[1], bytes) else str(arguments[1])
    # The server's words come first, DB-Lib's after them, and perhaps what the network said.
    parts = re.split(r"DB-Lib error message \d+, severity \d+:", said)
    words = next((part for part in parts if part.strip()), "").partition("Net-Lib error")[0]
    network = re.search(r"Net-Lib error during (.+?) \(-?\d+\)", said)
    reason = " ".join(words.split()).rstrip(". ") + (f" ({network[1]})" if network is not None else "")
    return arguments[0], reason


def _tls(options: ConnectionOptions) -> dict[str, Any]:
    if options.tls in ("verify-ca", "verify-full") or options.ca_file or options.client_cert:
        raise StoreError(
            "SQL Server's driver checks certificates only as FreeTDS is set up to.",
            "Choose TLS `require`, and name the CA file in freetds.conf (`ca file`, `check certificate hostname`).",
        )
    return {"default": {}, "off": {"encryption": "off"}, "require": {"encryption": "require"}}[options.tls]
