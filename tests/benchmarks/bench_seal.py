"""How fast a store is sealed and verified by its seal, and how much memory that takes.

    python tests/benchmarks/bench_seal.py [--events 1000000] [--aggregates 20000] [--repeat 3] [--folder DIR]

Writes events of about 120 bytes, spread over aggregates at random, into a reference store. The reference in the same
run is the floor: fetching the same rows with sqlite3 and parsing each payload with orjson, nothing else. Memory is the
peak of a process of its own.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from measuring import alone, peak_memory

from esviewer.app.sealing import seal_store, verify_store
from esviewer.app.session import open_session

PAGE = 2000
START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = "event_data, id, event_id, aggregate_id, aggregate_type, event_type, metadata, version, timestamp"


def write_store(path: Path, events: int, aggregates: int) -> None:
    """A reference store with its events in a mixed order."""
    chance = random.Random(1)
    versions = [0] * aggregates
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=off")
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT NOT NULL, aggregate_type TEXT, "
        "event_type TEXT NOT NULL, event_data TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL, "
        "timestamp TEXT NOT NULL)"
    )

    def rows() -> object:
        for number in range(1, events + 1):
            aggregate = chance.randrange(aggregates)
            versions[aggregate] += 1
            yield (
                number,
                f"{number * 2654435761 % 2**32:08x}-{number:012x}",
                f"account-{aggregate:06}",
                "account",
                "Deposited" if number % 3 else "Withdrawn",
                f'{{"amount":{number * 7919 % 9973},"currency":"EUR","note":"payment for invoice {number:07}",'
                f'"channel":"{("card", "bank", "cash")[number % 3]}","ref":"abc-{number:08}"}}',
                '{"actor":"ann"}',
                versions[aggregate],
                (START + timedelta(seconds=number)).isoformat(),
            )

    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())  # type: ignore[arg-type]
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.commit()
    connection.close()


def floor(path: Path) -> None:
    """Fetch and parse, nothing else."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    cursor = connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY id")  # constants of this file
    while rows := cursor.fetchmany(PAGE):
        for row in rows:
            orjson.loads(row[0])
    connection.close()


def seal(path: Path) -> None:
    """Open the store and seal it."""
    session = open_session(str(path))
    seal_store(session, path.with_suffix(".seal"))
    session.close()


def verify(path: Path) -> None:
    """Open the store and verify it."""
    session = open_session(str(path))
    verdict = verify_store(session, path.with_suffix(".seal"))
    session.close()
    if not verdict.verified:
        raise RuntimeError(verdict.differences)


WORKS: dict[str, Callable[[Path], None]] = {"floor": floor, "seal": seal, "verify": verify}


def measure(folder: Path, events: int, aggregates: int, repeat: int) -> None:
    """All of it, printed."""
    path = folder / "events.db"
    write_store(path, events, aggregates)
    taken: dict[str, list[float]] = {name: [] for name in WORKS}
    for _ in range(repeat):
        for name, work in WORKS.items():
            start = time.perf_counter()
            work(path)
            taken[name].append(time.perf_counter() - start)
    times = {name: min(each) for name, each in taken.items()}
    print(f"{events:,} events of {aggregates:,} aggregates, least of {repeat} runs")
    for name, seconds in times.items():
        print(f"{name:24}{seconds / events * 1e6:8.2f} µs per event{seconds / times['floor']:8.2f} × the floor")
    for name in WORKS:
        print(f"{'peak memory, ' + name:24}{int(alone(__file__, name, path)):8d} MB")
    size = path.with_suffix(".seal").stat().st_size
    print(f"{'size of the seal':24}{size / events:8.1f} bytes per event, {size / path.stat().st_size:.1%} of the store")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--aggregates", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the store is written (default: a temporary folder)")
    parser.add_argument("--alone", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        WORKS[arguments.alone[0]](Path(arguments.alone[1]))
        print(peak_memory())
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(Path(folder), arguments.events, arguments.aggregates, arguments.repeat)


if __name__ == "__main__":
    main()
