"""How long it takes until the first aggregates of a large SQLite store show.

    python tests/benchmarks/bench_open.py [--events 1000000] [--grown 10000000] [--folder DIR]

Opens the store, lists the first 200 aggregates and sums them up, as the window does. The reference in the same run is
what a SELECT DISTINCT over the same file takes. With --grown, a second and larger store shows whether time grows.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from esviewer.stores.opening import open_store

SHOWN = 200
EVENTS_EACH = 20
PAYLOAD = '{"amount": 12345, "currency": "EUR", "reference": "2026-000123", "note": "as agreed by telephone"}'


def make(path: Path, events: int) -> None:
    """Write a reference store with 20 events for each aggregate, aggregates mixed."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode=off; PRAGMA synchronous=off;"
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type TEXT "
        "NOT NULL, event_data TEXT NOT NULL, version INTEGER NOT NULL, timestamp TEXT NOT NULL)"
    )
    aggregates = events // EVENTS_EACH
    connection.execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
        INSERT INTO events SELECT i + 1, printf('account-%08d', i % ?), 'account', 'Deposited', ?, i / ? + 1,
            strftime('%Y-%m-%dT%H:%M:%SZ', 1767225600 + i, 'unixepoch') FROM n
        """,
        (events, aggregates, PAYLOAD, aggregates),
    )
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.commit()
    connection.close()


def first_aggregates(path: Path) -> None:
    """What the window does before it shows a list."""
    store = open_store(str(path))
    refs = store.aggregate_ids(limit=SHOWN)
    summaries = store.summaries([ref.aggregate_id for ref in refs], exact=False)
    store.close()
    if len(summaries) != SHOWN:
        raise RuntimeError(f"{len(summaries)} of {SHOWN} summaries")


def distinct(path: Path) -> None:
    """The reference: the ids of all aggregates by SELECT DISTINCT."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.execute("SELECT DISTINCT aggregate_id FROM events").fetchall()
    connection.close()


def seconds(run: Callable[[Path], None], path: Path, times: int) -> float:
    """The median of several runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run(path)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--grown", type=int, help="also measure a store with so many events, such as 10000000")
    parser.add_argument("--folder", type=Path, help="where the stores are made (a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        taken = {}
        for events in filter(None, (options.events, options.grown)):
            path = Path(folder) / f"{events}.db"
            make(path, events)
            first_aggregates(path)
            opening, scan = seconds(first_aggregates, path, 9), seconds(distinct, path, 3)
            taken[events] = opening
            print(
                f"{events:>12,} events: first {SHOWN} aggregates {opening * 1000:8.1f} ms, "
                f"SELECT DISTINCT {scan * 1000:8.1f} ms, {scan / opening:6.1f} times as long"
            )
        if options.grown:
            growth = taken[options.grown] / taken[options.events]
            print(f"growth from {options.events:,} to {options.grown:,}: {growth:.2f}")


if __name__ == "__main__":
    main()
