"""What the rest of stores/ sees of a database: read actions in short read-only transactions, and streams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

from esviewer.stores.databases.notices import Notices
from esviewer.work import Work

T = TypeVar("T")
Row = tuple[Any, ...]

FIRST_ROWS = 50
CHUNK_ROWS = 1000
"""Rows fetched before the first look at how many bytes a page has, and at most between later ones."""


class GaveWay(Exception):  # noqa: N818 - no error: whoever reads goes on otherwise
    """A read that would have kept a writer waiting, or for which there was no room, ended early."""


class Reader:
    """Runs SELECTs inside one read transaction; rows come as the driver gives them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows; with `parameters` for the places that the statement leaves open."""
        result = self.connection.execute(statement, parameters)
        cursor: Any = result.cursor
        rows: list[Row] = cursor.fetchall()
        result.close()
        return rows

    def row(self, statement: Executable) -> Row | None:
        """The first row, if any."""
        result = self.connection.execute(statement)
        cursor: Any = result.cursor
        row: Row | None = cursor.fetchone()
        result.close()
        return row

    def value(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        row = self.row(statement)
        return None if row is None else row[0]

    def page(self, statement: Executable, payload: int, bytes_limit: int) -> tuple[list[Row], int, bool]:
        """Rows until the payload column (its index) has `bytes_limit` bytes; their bytes, and whether more follow."""
        result = self.connection.execute(statement)
        cursor: Any = result.cursor
        rows: list[Row] = []
        size = 0
        more = True
        wanted = min(FIRST_ROWS, CHUNK_ROWS)
        while size < bytes_limit:
            part = cursor.fetchmany(wanted)
            if not part:
                more = False
                break
            rows += part
            try:
                size += sum(map(len, map(itemgetter(payload), part)))
            except TypeError:
                size += sum([len(row[payload]) if type(row[payload]) in (bytes, str) else 16 for row in part])
            # As many as should fit, so that large payloads don't come by the thousand.
            wanted = max(1, min(CHUNK_ROWS, (bytes_limit - size) * len(rows) // (size + 1) + 1))
        result.close()
        return rows, size, more


class Database(ABC):
    """One open database; used from one thread at a time."""

    kind: str
    """sqlite, postgresql, mysql, mssql, duckdb or other."""
    name: str
    """Short, for titles."""
    label: str
    """File path, or URL without password."""
    version: str
    """Such as `SQLite 3.45.1`."""
    answers_others: bool = True
    """Whether other programs can ask it the same."""

    @abstractmethod
    def read(self, action: Callable[[Reader], T], work: Work | None = None) -> T:
        """Run `action` in a read-only transaction of its own and return its result.

        The action may run again when the store changed meanwhile, so it must do nothing but read. Raises StoreError,
        or CancelledError when `work` was cancelled.
        """

    @abstractmethod
    def stream(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """The rows of one statement in lists of at most `rows`, over a connection of its own."""

    def sorted(self, statement: Executable, rows: int, work: Work | None = None) -> Iterator[list[Row]]:
        """As `stream`, for a statement that sorts very many rows; raises GaveWay where reading them by pages is better.

        That may be at once, or after any number of rows.
        """
        del statement, rows, work
        raise GaveWay

    def notices(self, channels: Sequence[str]) -> Notices | None:
        """What hears of what is told on channels, whose names are the server's; None where there is no such thing."""
        del channels
        return None

    @abstractmethod
    def close(self) -> None:
        """Disconnect; doing it twice is fine."""
