"""An embedded store made of events from elsewhere, as they were: versions, positions, zones, and what was unreadable.

It is a file of the reference layout, as `embedded` makes them, with columns for what that lacks:

    id                the event's position, where all events have one of their own that is a whole number; else there
                      are `row`, which counts events in their order, and `position`, which may be null or be shared
    esviewer_kinds    {path: type} of values whose type JSON lacks (see `model.kinds`)
    esviewer_error    why a payload was unreadable; `event_data` then holds its bytes

Event ids and times may be missing. Aggregate and version are unique where they are so among the events.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from esviewer.errors import EsviewerError
from esviewer.model.event import Event
from esviewer.model.exported import sound
from esviewer.model.fastjson import compact
from esviewer.model.kinds import kinds_of
from esviewer.stores.embedded import APPLICATION_ID

_BATCH: Final = 2_000
_LONG: Final = 1 << 63
_COLUMNS: Final = (
    "event_id TEXT",
    "aggregate_id TEXT NOT NULL",
    "aggregate_type TEXT",
    "event_type TEXT NOT NULL",
    "event_data NOT NULL",
    "metadata TEXT",
    "schema_version",  # without a type: SQLite would make a number of the text "1"
    "version INTEGER NOT NULL",
    "timestamp TEXT",
    "esviewer_kinds TEXT",
    "esviewer_error TEXT",
)


@dataclass(slots=True)
class Imported:
    """What was written."""

    events: int = 0
    unreadable: int = 0
    """Events that are kept as unreadable."""
    first_unreadable: tuple[str, int] | None = None
    """The aggregate and version of the first of them."""
    repeated: int = 0
    """Events of an aggregate and version that another event has too."""
    positioned: bool = True
    """Whether each has its own position."""


class _PositionsError(Exception):
    """Some events have no position of their own."""


def write_imported(path: Path, events: Callable[[], Iterable[Event]], told: Callable[[int], None]) -> Imported:
    """Write events to a new file in their order; `events` begins anew when it is called again.

    `told` is called with how many are written. Raises OSError, and EsviewerError for what SQLite can't hold.
    """
    try:
        return _write(path, events(), told, positioned=True)
    except _PositionsError:
        path.unlink()
        return _write(path, events(), told, positioned=False)


def _write(path: Path, events: Iterable[Event], told: Callable[[int], None], *, positioned: bool) -> Imported:
    done = Imported(positioned=positioned)
    with path.open("xb"):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # What is half written is thrown away; only an index that turns out not to be unique is taken back.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        key = ("id INTEGER PRIMARY KEY",) if positioned else ("row INTEGER PRIMARY KEY", "position INTEGER")
        names = [each.split()[0] for each in (*key, *_COLUMNS)]
        connection.execute(f"CREATE TABLE events ({', '.join((*key, *_COLUMNS))})")
        insert = f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        rows = _rows(events, done, positioned=positioned)
        try:
            while part := list(islice(rows, _BATCH)):
                connection.executemany(insert, part)
                told(done.events)
            _index(connection, done)
            connection.execute(
                "CREATE TABLE snapshots (aggregate_id TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,"
                " timestamp TEXT NOT NULL, PRIMARY KEY (aggregate_id, version))"
            )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.IntegrityError:
            raise _PositionsError from None
        except sqlite3.OperationalError as error:
            raise OSError(None, str(error)) from None
    return done


def _index(connection: sqlite3.Connection, done: Imported) -> None:
    connection.execute("PRAGMA temp_store = FILE")
    try:
        connection.execute("CREATE UNIQUE INDEX events_by_version ON events (aggregate_id, version)")
    except sqlite3.IntegrityError:
        connection.execute("CREATE INDEX events_by_version ON events (aggregate_id, version)")
        done.repeated = connection.execute(
            "SELECT sum(n) FROM (SELECT count(*) AS n FROM events GROUP BY aggregate_id, version HAVING n > 1)"
        ).fetchone()[0]
    if not done.positioned:
        connection.execute("CREATE INDEX events_by_position ON events (position)")


def _rows(events: Iterable[Event], done: Imported, *, positioned: bool) -> Iterator[tuple[Any, ...]]:
    for number, event in enumerate(events, 1):
        position = event.position if type(event.position) is int and -_LONG <= event.position < _LONG else None
        if positioned and position is None:
            raise _PositionsError
        if not -_LONG <= event.version < _LONG:
            raise EsviewerError(f"{event.aggregate_id} has the version {event.version}, which is more than 64 bits.")
        kinds = kinds_of(event.data, event.metadata)
        if event.error is not None:
            done.unreadable += 1
            done.first_unreadable = done.first_unreadable or (event.aggregate_id, event.version)
        done.events = number
        yield (
            *((position,) if positioned else (number, position)),
            None if event.event_id is None else sound(event.event_id),
            sound(event.aggregate_id),
            None if event.aggregate_type is None else sound(event.aggregate_type),
            sound(event.type),
            compact(event.data).decode() if event.error is None else event.raw or b"",
            None if event.metadata is None else compact(event.metadata).decode(),
            sound(event.schema_version) if isinstance(event.schema_version, str) else event.schema_version,
            event.version,
            None if event.timestamp is None else event.timestamp.isoformat(),
            compact(kinds).decode() if kinds else None,
            event.error,
        )
