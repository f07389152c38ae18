"""Makes a large SQLite store: by default 10,000,000 events of 100,000 aggregates, one of which has a million.

    python tests/benchmarks/make_large.py [FILE] [--events 10000000] [--aggregates 100000] [--longest 1000000]

A tenth of the aggregates live at a time, so that ids follow each other in the store roughly as they were given; the
longest one, `ledger-0000001`, has an event all through. Orders, accounts, invoices and users have types of their own
and payloads of some 100 bytes; rules for them lie beside the file, and the longest one has snapshots that agree.
Without FILE it is `large.db` in a temporary folder, which stays. Some 250 bytes of disk an event.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

LONGEST = "ledger-0000001"
KINDS = ("order", "account", "invoice", "user")
COHORT = 1000
"""Aggregates that live at a time."""
BEGINS = 1_672_531_200
"""2023-01-01 in seconds since 1970."""
SPAN = 3 * 365 * 86_400
SNAPSHOT_EVERY = 10_000

RULES = {
    "ledger": """
name = "ledgers"
aggregate_type = "ledger"
initial = { balance = 0, entries = 0, cost_centres = {} }

[[on]]
event = "EntryPosted"
increment = { balance = "data.amount", entries = "1", "cost_centres[data.cost_centre]" = "data.amount" }
set = { last = "data.reference" }
""",
    "order": """
name = "orders"
aggregate_type = "order"
initial = { items = {}, status = "new" }

[[on]]
event = "OrderItemAdded"
increment = { "items[data.sku].quantity" = "data.quantity" }
set = { "items[data.sku].price" = "data.price" }

[[on]]
event = "Order*"
merge = "data"
""",
}


def seconds_of(number: int, events: int) -> int:
    """When the event with this number happened: denser by day than by night, with a quiet month each year."""
    place = number / events
    return BEGINS + int(place * SPAN) // 60 * 60 + (number * 7919) % 60


def ledger_event(version: int) -> tuple[str, dict[str, object]]:
    """An entry of the longest aggregate."""
    amount = (version * 7919) % 20_001 - 10_000
    return "EntryPosted", {
        "amount": amount,
        "cost_centre": f"c{version % 40:02}",
        "reference": f"2026-{version:07}",
    }


def other_event(kind: str, number: int, version: int, last: int) -> tuple[str, dict[str, object]]:
    """An event of any other aggregate."""
    amount = (number * 31 + version * 17) % 10_000
    if version == 1:
        made: dict[str, object] = {"number": f"{kind}-{number}", "status": "open", "owner": f"u{number % 997}"}
        return f"{kind.capitalize()}Created", made
    if version == last:
        return f"{kind.capitalize()}Closed", {"status": "closed", "reason": "done", "total": amount}
    if kind == "order":
        return "OrderItemAdded", {"sku": f"S-{amount % 211:04}", "quantity": 1 + amount % 5, "price": amount / 100}
    if kind == "user":
        return "UserRenamed", {"name": f"Person {amount}", "city": f"City {amount % 89}"}
    if version % 11 == 0:
        return f"{kind.capitalize()}Corrected", {"amount": -amount, "note": "as agreed by telephone"}
    return f"{kind.capitalize()}Booked", {"amount": amount, "currency": "EUR", "note": f"payment {number}-{version}"}


def rows(events: int, aggregates: int, longest: int) -> Iterator[tuple[object, ...]]:
    """All events in store order."""
    others = aggregates - 1
    each = (events - longest) // others if others else 0
    in_cohorts = others * each
    total = in_cohorts + longest
    every = total // longest if longest else total + 1
    number = long_version = 0
    dumps = json.dumps
    stamps: dict[int, str] = {}

    def made(aggregate: str, kind: str, version: int, event: tuple[str, dict[str, object]]) -> tuple[object, ...]:
        nonlocal number
        number += 1
        second = seconds_of(number, total)
        minute = second // 60
        stamp = stamps.get(minute)
        if stamp is None:
            if len(stamps) > 10:
                stamps.clear()
            stamp = stamps[minute] = time.strftime("%Y-%m-%dT%H:%M:", time.gmtime(second))
        return (
            number, f"e{number:09}", aggregate, kind, event[0], dumps(event[1]), f'{{"actor":"u{number % 997}"}}', 1,
            version, f"{stamp}{second % 60:02}Z",
        )  # fmt: skip

    for begin in range(0, others, COHORT):
        size = min(COHORT, others - begin)
        names = [(f"{KINDS[n % 4]}-{n:07}", KINDS[n % 4], n) for n in range(begin + 1, begin + size + 1)]
        for version in range(1, each + 1):
            for name, kind, own in names:
                if long_version < longest and number % every == 0:
                    long_version += 1
                    yield made(LONGEST, "ledger", long_version, ledger_event(long_version))
                yield made(name, kind, version, other_event(kind, own, version, each))
    while long_version < longest:
        long_version += 1
        yield made(LONGEST, "ledger", long_version, ledger_event(long_version))


def snapshots(longest: int) -> Iterator[tuple[str, str, int, str]]:
    """Snapshots of the longest aggregate, which its rules agree with."""
    balance, centres = 0, {}
    for version in range(1, longest + 1):
        data = ledger_event(version)[1]
        amount, centre = int(str(data["amount"])), str(data["cost_centre"])
        balance += amount
        centres[centre] = centres.get(centre, 0) + amount
        if version % SNAPSHOT_EVERY == 0:
            state = {"balance": balance, "entries": version, "cost_centres": centres, "last": data["reference"]}
            yield LONGEST, json.dumps(state), version, "2026-01-01T00:00:00Z"


def make(path: Path, events: int = 10_000_000, aggregates: int = 100_000, longest: int = 1_000_000) -> None:
    """Write the store and, beside it, its rules; a file that is there is replaced."""
    path.unlink(missing_ok=True)
    beside = path.with_name(path.name + ".reducers")
    beside.mkdir(exist_ok=True)
    for name, text in RULES.items():
        (beside / f"{name}.toml").write_text(text)
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-200000;"
        "CREATE TABLE events (id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, aggregate_id TEXT NOT NULL, "
        "aggregate_type TEXT, event_type TEXT NOT NULL, event_data TEXT NOT NULL, metadata TEXT, "
        "schema_version INTEGER, version INTEGER NOT NULL, timestamp TEXT NOT NULL);"
        "CREATE TABLE snapshots (aggregate_id TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, "
        "timestamp TEXT NOT NULL, PRIMARY KEY (aggregate_id, version));"
    )
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO events VALUES ({','.join('?' * 10)})", rows(events, aggregates, longest))
    connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?)", snapshots(longest))
    connection.commit()
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.commit()
    connection.close()


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--aggregates", type=int, default=100_000)
    parser.add_argument("--longest", type=int, default=1_000_000)
    options = parser.parse_args()
    file = options.file or Path(tempfile.mkdtemp()) / "large.db"
    start = time.perf_counter()
    make(file, options.events, options.aggregates, options.longest)
    print(f"{file}: {file.stat().st_size / 1e9:.2f} GB in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
