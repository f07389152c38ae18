"""How fast a store's events are exported, and in how much memory.

    python tests/benchmarks/bench_export.py [--events 1000000] [--folder DIR]

Writes stores of 100,000 and of so many events of about 120 bytes, ten to an aggregate, and exports them in each form,
not masked, in a process of its own. The floor in the same run: fetching the same rows with sqlite3, orjson.loads and
orjson.dumps of each payload. Processor time, so that other programs don't count; memory is the process's peak.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMS = ("jsonl", "cloudevents", "csv", "parquet", "folder", "jsonl masked")
SMALL = 100_000
PAGE = 2000


def write(path: Path, events: int) -> None:
    """A reference store whose aggregates take turns."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=off")
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, "
        "event_data TEXT NOT NULL, version INTEGER NOT NULL, timestamp TEXT NOT NULL, UNIQUE (aggregate_id, version))"
    )
    aggregates = events // 10
    connection.executemany(
        "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) VALUES (?, ?, ?, ?, ?)",
        (
            (
                f"account-{number % aggregates:07}",
                "Deposited",
                f'{{"amount":{number * 7919 % 9973},"currency":"EUR","note":"payment for invoice {number:07}",'
                f'"channel":"card","ref":"abc-{number:08}"}}',
                number // aggregates + 1,
                f"2026-01-{1 + number // 86400 % 28:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:"
                f"{number % 60:02}Z",
            )
            for number in range(events)
        ),
    )
    connection.commit()
    connection.close()


def floor(path: Path) -> None:
    """Fetch, parse and write each payload, nothing else."""
    import orjson

    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    cursor = connection.execute("SELECT * FROM events ORDER BY id")
    with Path("/dev/null").open("wb") as out:
        while rows := cursor.fetchmany(PAGE):
            for row in rows:
                out.write(orjson.dumps(orjson.loads(row[3])))


def run(path: Path, form: str) -> None:
    """One export, or the floor."""
    from esviewer.app.exporting.run import Asked, export
    from esviewer.app.masking import OFF, in_force
    from esviewer.app.session import open_session

    session = open_session(str(path))
    rules = in_force(str(path)) if form.endswith("masked") else OFF
    name = "parquet" if form == "folder" else form.split()[0]
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        asked = Asked(Path(folder) / "out", name, partition_by="aggregate" if form == "folder" else None)
        export(session, asked, rules)
    session.close()


def measured(path: Path, form: str) -> tuple[float, float]:
    """Processor seconds and peak megabytes of one form in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--one", form, str(path)], capture_output=True, check=True)
    found: tuple[float, float] = tuple(json.loads(done.stdout))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        form, path = asked.one
        begun = time.process_time()
        floor(Path(path)) if form == "floor" else run(Path(path), form)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([time.process_time() - begun, memory]))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        small, large = Path(folder) / "small.db", Path(folder) / "large.db"
        write(small, SMALL)
        write(large, asked.events)
        least, _ = measured(large, "floor")
        print(f"floor, {asked.events:,} events: {least:.1f} s")
        for form in FORMS:
            seconds, memory = measured(large, form)
            _, before = measured(small, form)
            print(
                f"{form}: {seconds / least:.1f} times the floor, {asked.events / seconds:,.0f} events/s;"
                f" {before:.0f} MB with {SMALL:,} events, {memory:.0f} MB with {asked.events:,}"
            )


if __name__ == "__main__":
    main()
