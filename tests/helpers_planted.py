"""A clean store as plain rows, defects planted into it, and both written with plain sqlite3 or psycopg."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from helpers_postgres import Database

from esviewer.app import consent
from esviewer.app.auditing import Audit
from esviewer.app.session import open_session
from esviewer.audit.finding import Finding
from esviewer.audit.settings import AuditSettings

AGGREGATES = 30
VERSIONS = 10
SNAPSHOT = 6
"""Each aggregate has a snapshot of this version."""
START = datetime(2025, 3, 1, 8, tzinfo=UTC)
RULES = """
name = "account"
initial = { balance = 0, closed = false }
[[on]]
event = "Deposited"
increment = { balance = "data.amount" }
[[on]]
event = "Withdrawn"
increment = { balance = "-data.amount" }
[[on]]
event = "Closed"
delete = true
"""
Where = tuple[str, str | None, int | None]
"""A finding's check, aggregate and version."""
UNENFORCED: Where = ("unique-constraint-missing", None, None)
"""What is told of a table that doesn't keep versions unique."""


def name_of(number: int) -> str:
    """An aggregate's id."""
    return f"account-{number:02}"


def ident(text: str) -> str:
    """An event id."""
    return str(uuid5(NAMESPACE_URL, text))


@dataclass
class Row:
    """One event; `time` and `data` are texts as they are stored, or None."""

    position: int
    aggregate_id: str
    version: int
    type: str
    data: str
    metadata: dict[str, Any]
    event_id: str
    time: str | None
    moment: datetime


@dataclass
class Planted:
    """The rows of a store, to be altered before they are written."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    """What was written at first, by aggregate and version."""
    appended: list[Row] = field(default_factory=list)
    """What came after all that."""
    end: int = 0
    """The position of the newest event."""
    snapshots: list[tuple[str, int, str]] = field(default_factory=list)
    unique_versions: bool = True
    unique_ids: bool = True
    program: str | None = None
    """A reducer's script that takes the place of the rules."""

    @property
    def events(self) -> list[Row]:
        """All rows in store order."""
        return [*self.rows.values(), *self.appended]

    def at(self, number: int, version: int) -> Row:
        """One event."""
        return self.rows[name_of(number), version]

    def delete(self, number: int, version: int) -> None:
        """Take one event away; its position stays empty."""
        del self.rows[name_of(number), version]

    def append(self, number: int, version: int, kind: str = "Deposited", **more: Any) -> Row:
        """Add an event after all others, caused by its aggregate's newest."""
        self.end += 1
        before = next((each for each in reversed(self.appended) if each.aggregate_id == name_of(number)), None)
        if before is None:
            before = self.at(number, VERSIONS)
        row = _row(self.end, number, version, kind, before.event_id)
        for key, value in more.items():
            setattr(row, key, value)
        self.appended.append(row)
        return row


def _row(position: int, number: int, version: int, kind: str, cause: str | None) -> Row:
    moment = START + timedelta(seconds=20 * position)
    event_id = ident(f"{number}/{version}/{position}")
    metadata = {"actor": "ada" if position % 3 else "bob", "correlationId": ident(f"correlation {number}")}
    if cause is not None:
        metadata["causationId"] = cause
    data = "{}" if kind == "Closed" else json.dumps({"amount": 10 + number, "channel": "web"})
    return Row(position, name_of(number), version, kind, data, metadata, event_id, moment.isoformat(), moment)


def clean_rows(aggregates: int, turns: int, only: Collection[int] | None = None) -> Iterator[Row]:
    """Versions 1 to 10 of so many accounts: `turns` of them one after the other in turns, then the next ones.

    The last is closed. With `only`, the rows of these alone.
    """
    position = 0
    for start in range(0, aggregates, turns):
        newest: dict[int, str] = {}
        for version in range(1, VERSIONS + 1):
            for number in range(start, min(start + turns, aggregates)):
                position += 1
                if only is not None and number not in only:
                    continue
                kind = "Withdrawn" if version % 4 == 0 else "Deposited"
                if (number, version) == (aggregates - 1, VERSIONS):
                    kind = "Closed"
                row = _row(position, number, version, kind, newest.get(number))
                newest[number] = row.event_id
                yield row


def clean_snapshots(aggregates: int) -> list[tuple[str, int, str]]:
    """A snapshot of each."""
    signs = [-1 if version % 4 == 0 else 1 for version in range(1, SNAPSHOT + 1)]
    balances = [sum(signs) * (10 + number) for number in range(aggregates)]
    states = [json.dumps({"balance": balance, "closed": False}) for balance in balances]
    return [(name_of(number), SNAPSHOT, state) for number, state in enumerate(states)]


def clean(aggregates: int = AGGREGATES, turns: int = AGGREGATES) -> Planted:
    """A store with nothing wrong."""
    rows = {(row.aggregate_id, row.version): row for row in clean_rows(aggregates, turns)}
    return Planted(rows, end=len(rows), snapshots=clean_snapshots(aggregates))


def spoilt(aggregates: int, turns: int, seed: int, defects: int) -> tuple[Planted, list[Where], Iterable[Row]]:
    """A store with so many defects of all kinds in as many accounts, what is to be told, and all its rows.

    The rows of accounts without a defect are made only as they are asked for.
    """
    chosen = random.Random(seed)
    # The last account is closed, so that little can be planted there.
    numbers = chosen.sample(range(aggregates - 1), defects)
    spoiled = {name_of(number) for number in numbers}
    rows = {(row.aggregate_id, row.version): row for row in clean_rows(aggregates, turns, set(numbers))}
    store = Planted(rows, end=aggregates * VERSIONS, snapshots=clean_snapshots(aggregates))
    store.unique_versions = store.unique_ids = False
    possible = [each for each in DEFECTS if not each.alone]
    expected: list[Where] = [UNENFORCED]
    for index, number in enumerate(numbers):
        # Each kind once and then any of them.
        defect = possible[index] if index < len(possible) else chosen.choice(possible)
        expected.append(defect.plant(store, number))

    return store, ordered(expected), AllRows(store, aggregates, turns, spoiled)


@dataclass(frozen=True)
class AllRows:
    """The rows of a large store in order, of which only the `spoiled` accounts' are kept."""

    store: Planted
    aggregates: int
    turns: int
    spoiled: set[str]

    def __iter__(self) -> Iterator[Row]:
        for row in clean_rows(self.aggregates, self.turns):
            mine = self.store.rows.get((row.aggregate_id, row.version)) if row.aggregate_id in self.spoiled else row
            if mine is not None:
                yield mine
        yield from self.store.appended


def write(
    store: Planted, folder: Path, database: Database | None = None, rows: Iterable[Row] | None = None
) -> tuple[str, list[str]]:
    """Write it as a SQLite file in the folder, or into a PostgreSQL database; what to open it by, and its reducers.

    `rows` are all its rows, where the store itself has only some of them.
    """
    number = "bigint" if database is not None else "INTEGER"
    keys = ", UNIQUE (aggregate_id, version)" if store.unique_versions else ""
    statements = [
        f"CREATE TABLE events (id {number} PRIMARY KEY, event_id text{' UNIQUE' if store.unique_ids else ''}, "
        "aggregate_id text NOT NULL, aggregate_type text, event_type text NOT NULL, event_data text, metadata text, "
        f"schema_version integer, version {number} NOT NULL, timestamp text{keys})",
        f"CREATE TABLE snapshots (aggregate_id text NOT NULL, state text NOT NULL, version {number} NOT NULL, "
        "timestamp text NOT NULL, PRIMARY KEY (aggregate_id, version))",
    ]
    if not store.unique_versions:
        statements.append("CREATE INDEX by_version ON events (aggregate_id, version)")
    events = (
        (
            each.position, each.event_id, each.aggregate_id, "account", each.type, each.data,
            json.dumps(each.metadata), 1, each.version, each.time,
        )
        for each in (store.events if rows is None else rows)
    )  # fmt: skip
    snapshots = [(owner, state, version, START.isoformat()) for owner, version, state in store.snapshots]
    into_events, into_snapshots = f"({', '.join('?' * 10)})", "(?, ?, ?, ?)"
    if database is None:
        path = folder / "store.db"
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.executemany(f"INSERT INTO events VALUES {into_events}", events)
        connection.executemany(f"INSERT INTO snapshots VALUES {into_snapshots}", snapshots)
        connection.commit()
        connection.close()
        target = str(path)
    else:
        database.execute("DROP TABLE IF EXISTS events", "DROP TABLE IF EXISTS snapshots", *statements)
        with database.connect() as connection, connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO events VALUES {into_events.replace('?', '%s')}", events)
            cursor.executemany(f"INSERT INTO snapshots VALUES {into_snapshots.replace('?', '%s')}", snapshots)
        target = database.url
    return target, [str(_reducer(store, folder))]


def _reducer(store: Planted, folder: Path) -> Path:
    if store.program is None:
        file = folder / "account.toml"
        file.write_text(RULES)
        return file
    from helpers_foreign import script_file

    file = script_file(folder, store.program, keys='aggregate_type = "account"')
    consent.trust(file)
    return file


def untrusted(folder: Path) -> tuple[str, Path]:
    """A store with three defects, two of snapshots, and a program for it that nobody has agreed to."""
    from helpers_foreign import script_file

    store = clean(aggregates=3, turns=3)
    version_gap(store, 1)
    store.snapshots[0] = (name_of(0), SNAPSHOT, "{")
    store.snapshots.append((name_of(2), VERSIONS + 2, "{}"))
    target, _ = write(store, folder)
    (folder / "code").mkdir()
    return target, script_file(folder / "code", "sys.exit(3)\n", keys='aggregate_type = "account"')


def audited(
    target: str, reducers: list[str], settings: AuditSettings | None = None, since: int | None = None
) -> tuple[list[Finding], Audit]:
    """What an audit finds."""
    session = open_session(target, reducers=reducers)
    try:
        audit = Audit(session, settings or AuditSettings(), since)
        return list(audit.run()), audit
    finally:
        session.close()


def places(findings: list[Finding]) -> list[Where]:
    """Where findings are, in order."""
    return ordered((each.check, each.aggregate_id, each.version) for each in findings)


def ordered(found: Iterable[Where]) -> list[Where]:
    """Places in an order of their own."""
    return sorted(found, key=lambda each: (each[0], each[1] or "", each[2] or 0))


@dataclass(frozen=True)
class Defect:
    """One way to spoil a store; `plant` spoils an aggregate and says where that is to be told."""

    check: str
    plant: Callable[[Planted, int], Where]
    unenforced: bool = False
    """Whether it takes a table without unique indexes, which is told too."""
    alone: bool = False
    """Whether it is about the store, so that it can be planted once."""


def version_gap(store: Planted, number: int) -> Where:
    store.delete(number, 4)
    return "version-gap", name_of(number), 5


def version_duplicate(store: Planted, number: int) -> Where:
    store.append(number, VERSIONS)
    return "version-duplicate", name_of(number), VERSIONS


def version_start(store: Planted, number: int) -> Where:
    store.delete(number, 1)
    return "version-start", name_of(number), 2


def time_backwards(store: Planted, number: int) -> Where:
    row = store.at(number, 5)
    row.time = (row.moment - timedelta(hours=3)).isoformat()
    return "time-backwards", name_of(number), 5


def time_future(store: Planted, number: int) -> Where:
    store.at(number, 7).time = "2999-01-01T00:00:00Z"
    return "time-future", name_of(number), 7


def time_missing(store: Planted, number: int) -> Where:
    store.at(number, 3).time = "soon"
    return "time-missing", name_of(number), 3


def payload_undecodable(store: Planted, number: int) -> Where:
    store.at(number, 8).data = '{"amount": 1'
    return "payload-undecodable", name_of(number), 8


def payload_not_object(store: Planted, number: int) -> Where:
    store.at(number, 7).data = "[17]"
    return "payload-not-object", name_of(number), 7


def event_id_duplicate(store: Planted, number: int) -> Where:
    store.at(number, VERSIONS).event_id = store.at(number, 2).event_id
    return "event-id-duplicate", name_of(number), VERSIONS


def event_type_unknown(store: Planted, number: int) -> Where:
    store.at(number, 9).type = f"Renamed{number}"
    return "event-type-unknown", name_of(number), 9


def schema_drift(store: Planted, number: int) -> Where:
    since = store.at(number, 9).position
    first: Row | None = None
    for row in store.events:
        if row.position >= since and row.type == "Deposited":
            first = first or row
            row.data = json.dumps({**json.loads(row.data), "fee": "none"})
    assert first is not None
    return "schema-drift", first.aggregate_id, first.version


def snapshot_drift(store: Planted, number: int) -> Where:
    index = next(at for at, each in enumerate(store.snapshots) if each[:2] == (name_of(number), SNAPSHOT))
    store.snapshots[index] = (name_of(number), SNAPSHOT, '{"balance": 7, "closed": false}')
    return "snapshot-drift", name_of(number), SNAPSHOT


def snapshot_undecodable(store: Planted, number: int) -> Where:
    index = next(at for at, each in enumerate(store.snapshots) if each[:2] == (name_of(number), SNAPSHOT))
    store.snapshots[index] = (name_of(number), SNAPSHOT, '{"balance": ')
    return "snapshot-undecodable", name_of(number), SNAPSHOT


def snapshot_beyond_head(store: Planted, number: int) -> Where:
    store.snapshots.append((name_of(number), 12, '{"balance": 1, "closed": false}'))
    return "snapshot-beyond-head", name_of(number), 12


def snapshot_orphan(store: Planted, number: int) -> Where:
    store.snapshots.append((f"ghost-{number:02}", 3, '{"balance": 1, "closed": false}'))
    return "snapshot-orphan", f"ghost-{number:02}", 3


def snapshot_advice(store: Planted, number: int) -> Where:
    for version in range(VERSIONS + 1, 1_100):
        store.append(number, version)
    return "snapshot-advice", name_of(number), 1_099


def position_gap(store: Planted, number: int) -> Where:
    """The newest event of an aggregate, whose versions don't show that it was there."""
    store.delete(number, VERSIONS)
    return "position-gap", None, None


def position_time_order(store: Planted, number: int) -> Where:
    """An aggregate's first event, which has none before it to be compared with."""
    row = store.at(number, 1)
    row.time = (row.moment - timedelta(days=3)).isoformat()
    return "position-time-order", name_of(number), 1


def actor_missing(store: Planted, number: int) -> Where:
    del store.at(number, 9).metadata["actor"]
    return "actor-missing", name_of(number), 9


def correlation_broken(store: Planted, number: int) -> Where:
    store.at(number, 8).metadata["causationId"] = ident(f"nowhere {number}")
    return "correlation-broken", name_of(number), 8


def unique_constraint_missing(store: Planted, number: int) -> Where:
    store.unique_versions = False
    return "unique-constraint-missing", None, None


def after_deletion(store: Planted, number: int) -> Where:
    store.append(number, VERSIONS + 1, "Closed", data="{}")
    store.append(number, VERSIONS + 2)
    return "after-deletion", name_of(number), VERSIONS + 2


def reducer_failed(store: Planted, number: int) -> Where:
    store.at(number, 7).data = '{"amount": "much", "channel": "web"}'
    return "reducer-failed", name_of(number), 7


def reducer_nondeterministic(store: Planted, number: int) -> Where:
    store.snapshots = []
    store.program = """
def on_event(state, event):
    state = {**(state or {}), "n": event["version"]}
    if event["version"] == 5:
        state["by"] = os.getpid()
    return state
serve(on_event)
"""
    return "reducer-nondeterministic", name_of(0), 5


def invariant(store: Planted, number: int) -> Where:
    store.at(number, VERSIONS).type = "Withdrawn"
    store.at(number, VERSIONS).data = '{"amount": 1000000000, "channel": "web"}'
    return "invariant", name_of(number), VERSIONS


def schema_violation(store: Planted, number: int) -> Where:
    store.at(number, 9).data = '{"amount": 3.5, "channel": "web"}'
    return "schema-violation", name_of(number), 9


DEFECTS = [
    Defect("version-gap", version_gap),
    Defect("version-duplicate", version_duplicate, unenforced=True),
    Defect("version-start", version_start),
    Defect("time-backwards", time_backwards),
    Defect("time-future", time_future),
    Defect("time-missing", time_missing),
    Defect("payload-undecodable", payload_undecodable),
    Defect("payload-not-object", payload_not_object),
    Defect("event-id-duplicate", event_id_duplicate, unenforced=True),
    Defect("event-type-unknown", event_type_unknown),
    Defect("schema-drift", schema_drift, alone=True),
    Defect("schema-violation", schema_violation),
    Defect("snapshot-drift", snapshot_drift),
    Defect("snapshot-undecodable", snapshot_undecodable),
    Defect("snapshot-beyond-head", snapshot_beyond_head),
    Defect("snapshot-orphan", snapshot_orphan),
    Defect("snapshot-advice", snapshot_advice),
    Defect("position-gap", position_gap),
    Defect("position-time-order", position_time_order),
    Defect("actor-missing", actor_missing),
    Defect("correlation-broken", correlation_broken),
    Defect("unique-constraint-missing", unique_constraint_missing, alone=True),
    Defect("after-deletion", after_deletion),
    Defect("reducer-failed", reducer_failed),
    Defect("reducer-nondeterministic", reducer_nondeterministic, alone=True),
    Defect("invariant", invariant),
]
"""One for each check; `head-mismatch` takes tables of another layout, as in test_heads.py."""
