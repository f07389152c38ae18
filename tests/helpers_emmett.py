"""Emmett's own event stores, written to by its npm packages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers_npm import packages, run
from helpers_postgres import Database

POSTGRESQL = (
    "@event-driven-io/emmett@0.42.0",
    "@event-driven-io/emmett-postgresql@0.42.0",
    "@event-driven-io/pongo@0.16.11",
    "@event-driven-io/dumbo@0.12.7",
    "uuid@10.0.0",
    "async-retry@1.3.3",
    "pg@8.23.1",
    "ansis@3.17.0",
    "cli-table3@0.6.5",
    "mongodb@6.12.0",
    "commander@12.1.0",
)
SQLITE = (
    "@event-driven-io/emmett@0.42.0",
    "@event-driven-io/emmett-sqlite@0.42.4",
    "uuid@10.0.0",
    "async-retry@1.3.3",
    "commander@12.1.0",
    "sqlite3@5.1.7",
)

# Values that JSON can't hold are marked in what the script is given: a number of 64 bits, and a date.
_WRITE = """
const revive = (key, value) =>
  value && value.$bigint ? BigInt(value.$bigint) : value && value.$date ? new Date(value.$date) : value
const write = async (store, appends) => {
  for (const [stream, events] of appends) await store.appendToStream(stream, events)
  await store.close?.()
}
const [where, given] = process.argv.slice(1)
const appends = JSON.parse(given, revive)
"""
_POSTGRESQL = """
const { getPostgreSQLEventStore } = require('@event-driven-io/emmett-postgresql')
write(getPostgreSQLEventStore(where), appends).catch((error) => { console.error(error); process.exit(1) })
"""
_SQLITE = """
const { getSQLiteEventStore } = require('@event-driven-io/emmett-sqlite')
write(getSQLiteEventStore({ fileName: where }), appends).catch((error) => { console.error(error); process.exit(1) })
"""

Append = tuple[str, Sequence[dict[str, Any]]]
"""A stream's name and messages of `type`, `data` and perhaps `metadata` and `kind` that are appended at once."""


def write_postgresql(database: Database, appends: Sequence[Append]) -> None:
    """Let emmett-postgresql make its tables and append, one transaction for each item."""
    place = f"postgresql://postgres@localhost/{database.name}?host={database.server.folder}"
    run(packages("emmett-postgresql-0.42.0", *POSTGRESQL), _WRITE + _POSTGRESQL, place, json.dumps(appends))


def write_sqlite(path: Path, appends: Sequence[Append]) -> None:
    """Let emmett-sqlite make its tables and append, one transaction for each item.

    The package may send COMMIT before its driver has reset the statement that came before, rarely and only on a busy
    machine; SQLite refuses that. Then everything is written anew, into an empty file.
    """
    folder = packages("emmett-sqlite-0.42.4", *SQLITE, compiled=True)
    for last in (False, False, True):
        try:
            run(folder, _WRITE + _SQLITE, str(path), json.dumps(appends))
        except RuntimeError as error:
            if last or "cannot commit transaction - SQL statements in progress" not in str(error):
                raise
            for leftover in path.parent.glob(f"{path.name}*"):
                leftover.unlink()
        else:
            return
