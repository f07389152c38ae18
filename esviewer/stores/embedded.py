"""The embedded store: writes the reference layout into one SQLite file, for the demo, imports and tests.

It is never used on a store that somebody opened to look at: it makes files of its own, marked by SQLite's
application id, and refuses any other.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from esviewer.errors import ConcurrencyError, StoreError, UsageError
from esviewer.model import instant
from esviewer.model.event import Event, Snapshot
from esviewer.model.exactjson import dumps, loads
from esviewer.model.instant import Instant
from esviewer.model.values import Value

APPLICATION_ID = 0x65737631
"""SQLite's application_id of files made here: `esv1`."""

_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    aggregate_id TEXT NOT NULL,
    aggregate_type TEXT,
    event_type TEXT NOT NULL,
    event_data TEXT NOT NULL,
    metadata TEXT,
    schema_version INTEGER NOT NULL,
    version INTEGER NOT NULL,
    timestamp TEXT NOT NULL,
    UNIQUE (aggregate_id, version)
);
CREATE TABLE snapshots (
    aggregate_id TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    timestamp TEXT NOT NULL,
    PRIMARY KEY (aggregate_id, version)
);
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be appended; what is left out is filled in (the next version, a random id, the present moment)."""

    aggregate_id: str
    event_type: str
    event_data: Value
    version: int | None = None
    aggregate_type: str | None = None
    metadata: Value = None
    schema_version: int = 1
    timestamp: Instant | None = None
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class EmbeddedStore:
    """A writable event store in one durable SQLite file; each thread and process uses one of its own."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open a store made here before, or make a new one when there is no file and `create` allows it."""
        self.path = path
        if not path.exists() and not create:
            raise StoreError(f"There is no file {path}.", "Check the path.")
        if not path.exists() or path.stat().st_size == 0:
            # Empty is also what another process is just making: it holds the lock that is waited for there.
            self._make()
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            found = self._connection.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.DatabaseError:
            found = None
        if found != APPLICATION_ID:
            self._connection.close()
            raise StoreError(
                f"{path} is not a store that esviewer made, so it is not written to.", "Choose another file name."
            )
        self._connection.execute("PRAGMA synchronous = FULL")

    def _make(self) -> None:
        try:
            connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path} can't be made: {error}.", "Check the folder and its rights.") from None
        try:
            # One writer makes the tables; others that come at the same moment wait here and find them made.
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA application_id").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} can't be made: {error}.", "Check the folder and its rights.") from None
        finally:
            connection.close()

    def close(self) -> None:
        """Close the file; doing it twice is fine."""
        self._connection.close()

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that holds the write lock from its start, so that what it read stays true until it ends."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path} can't be written: {error}.", "Close the program that holds it.") from None
        try:
            yield
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise StoreError(
                f"{self.path} can't be written: {error}.", "Make some room on its disk, and look at its rights."
            ) from None
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # A full disk has ended the transaction already.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def append_event(
        self,
        aggregate_id: str,
        event_type: str,
        event_data: Value,
        *,
        version: int | None = None,
        aggregate_type: str | None = None,
        metadata: Value = None,
        schema_version: int = 1,
        timestamp: Instant | None = None,
        event_id: str | None = None,
    ) -> int:
        """Append one event and return its version.

        `version` is the version the writer expects it to get; when another writer was there first, ConcurrencyError is
        raised and nothing is stored. Without it the event simply comes next.
        """
        event = NewEvent(
            aggregate_id,
            event_type,
            event_data,
            version,
            aggregate_type,
            metadata,
            schema_version,
            timestamp,
            event_id or str(uuid.uuid4()),
        )
        with self._writing():
            return self._append(event, self._newest(aggregate_id))

    def append_events(self, events: Iterable[NewEvent]) -> int:
        """Append many events in one transaction, all or none, and return how many; raises ConcurrencyError."""
        newest: dict[str, int] = {}
        count = 0
        with self._writing():
            for event in events:
                known = newest.get(event.aggregate_id)
                newest[event.aggregate_id] = self._append(
                    event, self._newest(event.aggregate_id) if known is None else known
                )
                count += 1
        return count

    def _newest(self, aggregate_id: str) -> int:
        row = self._connection.execute(
            "SELECT max(version) FROM events WHERE aggregate_id = ?", (aggregate_id,)
        ).fetchone()
        return int(row[0] or 0)

    def _append(self, event: NewEvent, newest: int) -> int:
        version = newest + 1 if event.version is None else event.version
        if version <= newest:
            raise ConcurrencyError(
                f"{event.aggregate_id} already has an event with version {version}; its newest is {newest}.",
                "Read its events again and decide anew.",
            )
        if version != newest + 1:
            raise UsageError(f"{event.aggregate_id} is at version {newest}, so {version} can't come next.")
        moment = event.timestamp or instant.now()
        try:
            self._connection.execute(
                "INSERT INTO events (event_id, aggregate_id, aggregate_type, event_type, event_data, metadata,"
                " schema_version, version, timestamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    event.event_id,
                    event.aggregate_id,
                    event.aggregate_type,
                    event.event_type,
                    dumps(event.event_data),
                    None if event.metadata is None else dumps(event.metadata),
                    event.schema_version,
                    version,
                    moment.isoformat(),
                ),
            )
        except sqlite3.IntegrityError:
            raise ConcurrencyError(
                f"An event with the id {event.event_id} is already stored.", "Give each event an id of its own."
            ) from None
        return version

    def get_events(self, aggregate_id: str, from_version: int | None = None) -> list[Event]:
        """An aggregate's events in order, from a version on (included) when given."""
        rows = self._connection.execute(
            "SELECT id, aggregate_type, version, event_id, event_type, schema_version, timestamp, event_data, metadata"
            " FROM events WHERE aggregate_id = ? AND version >= ? ORDER BY version",
            (aggregate_id, -(1 << 63) if from_version is None else from_version),
        )
        return [
            Event(
                row[0],
                aggregate_id,
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                instant.parse(row[6]),
                loads(row[7]),
                None if row[8] is None else loads(row[8]),
            )
            for row in rows
        ]

    def save_snapshot(
        self, aggregate_id: str, state: Value, version: int, *, timestamp: Instant | None = None
    ) -> None:
        """Store the state after the event with `version`; raises UsageError when there is no such event."""
        with self._writing():
            self._save(aggregate_id, state, version, timestamp)

    def save_snapshots(self, snapshots: Iterable[Snapshot]) -> int:
        """Store many snapshots in one transaction and return how many."""
        count = 0
        with self._writing():
            for snapshot in snapshots:
                self._save(snapshot.aggregate_id, snapshot.state, snapshot.version, snapshot.timestamp)
                count += 1
        return count

    def _save(self, aggregate_id: str, state: Value, version: int, timestamp: Instant | None) -> None:
        event = self._connection.execute(
            "SELECT 1 FROM events WHERE aggregate_id = ? AND version = ?", (aggregate_id, version)
        ).fetchone()
        if event is None:
            raise UsageError(f"{aggregate_id} has no event with version {version} to take a snapshot of.")
        self._connection.execute(
            "INSERT OR REPLACE INTO snapshots (aggregate_id, state, version, timestamp) VALUES (?, ?, ?, ?)",
            (aggregate_id, dumps(state), version, (timestamp or instant.now()).isoformat()),
        )

    def latest_snapshot(self, aggregate_id: str, at_or_before: int | None = None) -> Snapshot | None:
        """The newest snapshot, or the newest at or before a version; None when there is none."""
        row = self._connection.execute(
            "SELECT version, timestamp, state FROM snapshots WHERE aggregate_id = ? AND version <= ?"
            " ORDER BY version DESC LIMIT 1",
            (aggregate_id, (1 << 63) - 1 if at_or_before is None else at_or_before),
        ).fetchone()
        return None if row is None else Snapshot(aggregate_id, row[0], instant.parse(row[1]), loads(row[2]))
