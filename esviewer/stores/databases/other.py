"""Databases that only a dialect of SQLAlchemy's knows: tried as they are, and what is missing is named.

How far such a database keeps to reading depends on its own: the guard lets reads through only, transactions are never
committed, and where the server understands it each one is declared to be read-only.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from esviewer.errors import StoreError
from esviewer.stores.databases.database import Reader
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.databases.server import ServerDatabase

PACKAGES: Final = {
    "access": "sqlalchemy-access",
    "athena": "PyAthena[SQLAlchemy]",
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "crate": "sqlalchemy-cratedb",
    "databricks": "databricks-sqlalchemy",
    "db2": "ibm-db-sa",
    "exa": "sqlalchemy-exasol",
    "firebird": "sqlalchemy-firebird",
    "hana": "sqlalchemy-hana",
    "ibm_db_sa": "ibm-db-sa",
    "iris": "sqlalchemy-iris",
    "monetdb": "sqlalchemy-monetdb",
    "oracle": "oracledb",
    "presto": "PyHive[presto]",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "sybase": "sqlalchemy-sybase",
    "teradatasql": "teradatasqlalchemy",
    "trino": "trino[sqlalchemy]",
    "vertica": "vertica-python",
}
"""The PyPI package that brings the dialect, or the driver where SQLAlchemy has the dialect."""


class OtherDatabase(ServerDatabase):
    """One database of any other SQLAlchemy dialect; raises StoreError that says which package is missing."""

    kind = "other"

    def __init__(self, target: str, options: ConnectionOptions | None = None) -> None:
        options = options or ConnectionOptions()
        url = _url(target)
        self._scheme = url.drivername.partition("+")[0]
        if url.drivername == "oracle":
            url = url.set(drivername="oracle+oracledb")
        try:
            driver = url.get_dialect().import_dbapi()
            self.driver_errors = (driver.Error,)
            super().__init__(url, target, options, scheme=self._scheme, default_port=0)
        except (NoSuchModuleError, ImportError) as error:
            raise self._lacks(error) from None

    def _lacks(self, error: Exception) -> StoreError:
        package = PACKAGES.get(self._scheme)
        if package is None and isinstance(error, ImportError) and error.name:
            package = error.name
        hint = "Check the URL's first word, or install a package with an SQLAlchemy dialect of that name."
        if package is not None:
            hint = f"Install the package {package} beside esviewer."
        return StoreError(f"esviewer can't read {self._scheme} databases as it is installed.", hint)

    def settle(self, driver: Any) -> None:
        """Nothing that every database knows."""

    def listen(self, engine: Any) -> None:
        """See ServerDatabase; Oracle takes a transaction's read-only declaration as its first statement."""
        if self._scheme == "oracle":
            from sqlalchemy import event

            event.listen(engine, "begin", lambda connection: _declare(connection.connection.dbapi_connection))

    def server_version(self, reader: Reader) -> str:
        """See ServerDatabase."""
        found = reader.connection.dialect.server_version_info
        return " ".join([self._scheme, *([".".join(map(str, found))] if found else [])])

    def cancel(self, driver: Any) -> None:
        """See ServerDatabase; by whichever name the driver has for it, and not at all where it has none."""
        for name in ("cancel", "interrupt"):
            if callable(method := getattr(driver, name, None)):
                method()
                return

    def explained(self, cause: Any, message: str) -> StoreError:  # noqa: ARG002
        """See ServerDatabase; by the words that most databases use."""
        low = message.lower()
        reason = message.rstrip(". ")
        if re.search(r"permission|privilege|not authorized|access denied for table", low):
            return self.may_not(reason, None)
        if re.search(r"password|authenticat|log ?in|logon|access denied", low):
            return self.login_refused(reason)
        if re.search(r"connect|resolve|refused|unreachable|unable to open|certificate|getaddrinfo|not known", low):
            return self.unreachable(reason)
        return self.unreadable(reason)


def _declare(driver: Any) -> None:
    with driver.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def _url(target: str) -> URL:
    try:
        target.encode()  # or whatever writes it down again would fail
        return make_url(target)
    except (ArgumentError, ValueError):
        raise StoreError(
            "This URL can't be read.", "Write dialect://user@host:port/database; quote odd signs as %XX."
        ) from None
