"""How fast the events of one aggregate become its state.

    python tests/benchmarks/bench_replay.py [--events 1000000] [--repeat 5] [--folder DIR]

Writes events of about 120 bytes into a reference store and replays them with rules. The reference in the same run is
the floor: fetching the same rows with sqlite3 and parsing each payload with orjson, nothing else. A second store is
written by the eventsourcing library, 50,000 events, and replayed by both. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from measuring import alone, peak_memory

from esviewer.replay.fold import fold
from esviewer.replay.history import build_history
from esviewer.replay.rules import parse_rules
from esviewer.stores.opening import open_store

ACCOUNT = "account-1"
LIBRARY_EVENTS = 50_000
PAGE = 2000

RULES = """
name = "account"
initial = { balance = 0 }

[[on]]
event = "Deposited"
when = "data.amount >= 0"
increment = { balance = "data.amount" }
set = { channel = "data.channel", last = "data.ref" }

[[on]]
event = "Withdrawn"
increment = { balance = "-data.amount" }
set = { last = "data.ref" }
"""

LIBRARY_RULES = """
name = "account"

[[on]]
event = "*Account.Opened"
set = { balance = "0" }

[[on]]
event = "*Account.Deposited"
increment = { balance = "data.amount" }
set = { last = "data.ref" }
"""


def write_reference(path: Path, events: int) -> None:
    """A reference store with one aggregate."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=off")
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, event_data TEXT NOT NULL, "
        "version INTEGER NOT NULL, timestamp TEXT NOT NULL)"
    )
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.executemany(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
        (
            (
                ACCOUNT,
                "Deposited" if number % 3 else "Withdrawn",
                f'{{"amount":{number * 7919 % 9973},"currency":"EUR","note":"payment for invoice {number:07}",'
                f'"channel":"{("card", "bank", "cash")[number % 3]}","ref":"abc-{number:08}"}}',
                number,
                f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            )
            for number in range(1, events + 1)
        ),
    )
    connection.commit()
    connection.close()


def floor(path: Path, columns: str) -> None:
    """Fetch and parse, nothing else; the payload is the first column."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    cursor = connection.execute(
        f"SELECT {columns} FROM events WHERE aggregate_id = ? ORDER BY version",  # constants of this file
        (ACCOUNT,),
    )
    while rows := cursor.fetchmany(PAGE):
        for row in rows:
            orjson.loads(row[0])
    connection.close()


def replay(path: Path) -> dict[str, Any]:
    """Open the store and rebuild the newest state with rules."""
    store = open_store(str(path))
    reducer = parse_rules(RULES, "benchmark")
    folded = fold(reducer, store.batches(ACCOUNT, keys=reducer.data_keys, timed=False), reducer.initial())
    store.close()
    if folded.skipped:
        raise RuntimeError(folded.skipped[0].reason)
    state: dict[str, Any] = folded.state
    return state


def history(path: Path) -> Any:
    """Open the store and make every version's state answerable."""
    store = open_store(str(path))
    made = build_history(parse_rules(RULES, "benchmark"), store.batches(ACCOUNT))
    store.close()
    return made


def best(runs: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """The least time of each, in seconds, taken in turns so that a busy moment hits all of them."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            start = time.perf_counter()
            result = run()
            taken[name].append(time.perf_counter() - start)
            del result
    return {name: min(times) for name, times in taken.items()}


def seeks(path: Path, events: int) -> dict[str, float]:
    """Milliseconds, p99, of states at random versions and at neighbours of one."""
    made = history(path)
    chance = random.Random(1)
    jumps, steps = [], []
    for _ in range(500):
        version = chance.randrange(2, events)
        for asked, taken in ((version, jumps), (version + 1, steps)):
            start = time.perf_counter()
            made.state_at(asked)
            taken.append((time.perf_counter() - start) * 1000)
    return {"seek": sorted(jumps)[494], "step": sorted(steps)[494]}


def library(folder: Path, repeat: int) -> None:
    """The same work by the eventsourcing library's repository and here, on a store that it wrote."""
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Account(Aggregate):
        @event("Opened")
        def __init__(self) -> None:
            self.balance = 0
            self.last = ""

        @event("Deposited")
        def deposit(self, amount: int, currency: str, note: str, channel: str, ref: str) -> None:
            self.balance += amount
            self.last = ref

    path = folder / "library.db"
    application: Application[Any] = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path), "SQLITE_JOURNAL_MODE": "DELETE"}
    )
    account = Account()
    for number in range(1, LIBRARY_EVENTS):
        account.deposit(number * 7919 % 9973, "EUR", f"payment for invoice {number:07}", "card", f"abc-{number:08}")
    application.save(account)

    def repository() -> tuple[int, str]:
        found: Any = application.repository.get(account.id)
        return found.balance, found.last

    def ours() -> tuple[int, str]:
        store = open_store(str(path))
        reducer = parse_rules(LIBRARY_RULES, "benchmark")
        events = store.batches(account.id.hex, keys=reducer.data_keys, timed=False)
        state = fold(reducer, events, reducer.initial()).state
        store.close()
        return state["balance"], state["last"]

    def rows() -> None:
        connection = sqlite3.connect(path)
        query = "SELECT state, topic, originator_version FROM stored_events ORDER BY originator_version"
        for state, _, _ in connection.execute(query):
            orjson.loads(state)
        connection.close()

    if repository() != ours():
        raise RuntimeError(f"{repository()} is not {ours()}")
    times = best({"repository": repository, "ours": ours, "rows": rows}, repeat)
    application.close()
    for name, label in (
        ("repository", "eventsourcing repository.get()"),
        ("ours", "esviewer, same store"),
        ("rows", "floor: sqlite3 + orjson, same store"),
    ):
        print(f"{label:44}{times[name] / LIBRARY_EVENTS * 1e6:8.2f} µs per event")
    print(f"{'eventsourcing / esviewer':44}{times['repository'] / times['ours']:8.1f} (goal: at least 10)")
    print(f"{'eventsourcing / floor':44}{times['repository'] / times['rows']:8.1f}")


def measure(folder: Path, events: int, repeat: int) -> None:
    """All of it, printed."""
    path = folder / "events.db"
    write_reference(path, events)
    runs: dict[str, Callable[[], object]] = {
        "floor": lambda: floor(path, "event_data, event_type, version, timestamp, aggregate_id"),
        "narrow": lambda: floor(path, "event_data, event_type, version"),
        "replay": lambda: replay(path),
        "history": lambda: history(path),
    }
    times = best(runs, repeat)
    print(f"{events:,} events, least of {repeat} runs")
    for name, label in (
        ("floor", "floor: sqlite3 + orjson, whole rows"),
        ("narrow", "floor: payload, type and version only"),
        ("replay", "replay with rules, store opened"),
        ("history", "history of all versions, store opened"),
    ):
        print(f"{label:44}{times[name] / events * 1e6:8.2f} µs per event")
    print(f"{'replay / floor of whole rows':44}{times['replay'] / times['floor']:8.2f} (goal: at most 2)")
    print(f"{'replay / floor of three columns':44}{times['replay'] / times['narrow']:8.2f}")
    for name, value in seeks(path, events).items():
        print(f"{name + ', p99':44}{value:8.2f} ms (goal: at most {16 if name == 'seek' else 2})")
    for what in ("floor", "replay", "history"):
        print(f"{'peak memory, ' + what:44}{int(alone(__file__, what, path)):8d} MB")
    library(folder, repeat)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    parser.add_argument("--alone", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        what, file = arguments.alone
        path = Path(file)
        works = {
            "floor": lambda: floor(path, "event_data"),
            "replay": lambda: replay(path),
            "history": lambda: history(path),
        }
        result = works[what]()
        print(peak_memory())
        del result
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(Path(folder), arguments.events, arguments.repeat)


if __name__ == "__main__":
    main()
