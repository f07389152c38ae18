"""A small sealed store, written with plain sqlite3, that a test may change as it likes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from esviewer.app.sealing import verify_store
from esviewer.app.session import Session
from esviewer.audit.seals.comparing import MOST_WAITING, Compared, Comparison
from esviewer.audit.seals.places import Chunk
from esviewer.audit.seals.sealing import seal_events
from esviewer.audit.seals.statement import Order, Statement
from esviewer.audit.seals.verifying import Verdict
from esviewer.model.event import Event
from esviewer.model.instant import Instant

DIGEST = bytes(32)
START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    "id, event_id, aggregate_id, aggregate_type, event_type, event_data, metadata, schema_version, version, timestamp"
)
CREATE = (
    "CREATE TABLE events ({position}, event_id TEXT, aggregate_id TEXT NOT NULL, aggregate_type TEXT, "
    "event_type TEXT NOT NULL, event_data TEXT, metadata TEXT, schema_version INTEGER, version INTEGER NOT NULL, "
    "timestamp TEXT)"
)


def at(minute: int) -> str:
    """The time some minutes after the first event."""
    return (START + timedelta(minutes=minute)).isoformat()


def row(number: int, aggregate: str, version: int) -> tuple[object, ...]:
    """An event as its table has it; positions leave room between them."""
    data = json.dumps({"amount": number * 7 % 101, "rate": 1.5, "note": f"n{number}"})
    return (number * 10, f"e-{number}", aggregate, "account", "Paid", data, '{"actor": "ann"}', 1, version, at(number))


def rows(count: int = 100, aggregates: int = 7) -> list[tuple[object, ...]]:
    """Events of some aggregates in a mixed order."""
    chance = random.Random(5)
    versions: dict[str, int] = {}
    made = []
    for number in range(1, count + 1):
        aggregate = f"account-{chance.randrange(aggregates)}"
        versions[aggregate] = versions.get(aggregate, 0) + 1
        made.append(row(number, aggregate, versions[aggregate]))
    return made


@dataclass
class Subject:
    """A store on disk, open for writing by the test and for reading by a session, and its seal."""

    connection: Any
    session: Session
    seal: Path
    rows: list[tuple[object, ...]]

    def run(self, statement: str, *values: object) -> None:
        """Change the store."""
        self.connection.execute(statement, values)

    def add(self, *more: tuple[object, ...]) -> None:
        """Insert rows."""
        self.connection.executemany(f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join('?' * 10)})", more)

    def restore(self) -> None:
        """Have the store as it was sealed."""
        self.run("BEGIN")
        self.run("DELETE FROM events")
        self.add(*self.rows)
        self.run("COMMIT")

    def verify(self, **options: object) -> Verdict:
        """Hold the store against its seal."""
        return verify_store(self.session, self.seal, **options)  # type: ignore[arg-type]

    def names(self) -> dict[int, tuple[str, int]]:
        """The aggregate and version at each position, as sealed."""
        return {each[0]: (each[2], each[8]) for each in self.rows}  # type: ignore[misc]


class OnPostgres(Subject):
    """The same in PostgreSQL; a table `kept` has what was sealed."""

    def run(self, statement: str, *values: object) -> None:
        """Change the store."""
        self.connection.execute(statement.replace("?", "%s"), values)

    def add(self, *more: tuple[object, ...]) -> None:
        """Insert rows."""
        with self.connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join(['%s'] * 10)})", more)

    def restore(self) -> None:
        """Have the store as it was sealed."""
        self.connection.execute("TRUNCATE events")
        self.connection.execute("INSERT INTO events SELECT * FROM kept")


def compared_by(
    sealed: list[Event],
    found: list[Event],
    order: Order,
    *,
    heads: bool = True,
    newest: bool = False,
    most_waiting: int = MOST_WAITING,
) -> Compared:
    """Events held against those that were sealed; `newest`: the seal says when the newest of them was."""
    chunks: list[Chunk] = []
    made = seal_events(sealed, chunks.append, positioned=order == "position", now=1 << 62)
    time = None if made.newest_time is None or not newest else Instant(made.newest_time)
    statement = Statement(
        made.tree.root(), len(sealed), {}, order, "2026-01-01T00:00:00Z", "0", None,
        None if made.last is None else made.last.as_json(), time, None, DIGEST, DIGEST, None, (),
    )  # fmt: skip
    known = {each.aggregate_id: each.version for each in made.aggregates} if heads else None
    return Comparison(statement, known, tolerance=0, most_waiting=most_waiting).run(chunks, found)
