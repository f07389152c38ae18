"""How fast a whole store is audited, and how much memory that takes.

    python tests/benchmarks/bench_audit.py [--events 1000000 10000000] [--aggregates 100000] [--folder DIR]

Writes events of about 120 bytes, interleaved as systems write them, with rules beside the store and a snapshot every
fifty events. The reference in the same run is the floor: fetching the same rows with sqlite3 and parsing each payload
with orjson, nothing else. The audit runs all checks of `esviewer audit` with one invariant over all states, in a
process of its own, which starts others; the peak memory of the largest is told. Its findings must be none. Both ratios
are told: of seconds, and of processor time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from pathlib import Path

from measuring import esviewer, floor

RULES = """
name = "account"
initial = { balance = 0 }

[[on]]
event = "Deposited"
increment = { balance = "data.amount" }
set = { last = "data.ref" }

[[on]]
event = "Withdrawn"
increment = { balance = "-data.amount" }
"""
SETTINGS = """
[[invariant]]
name = "no overdraft"
expression = "state.balance >= 0"
"""
SNAPSHOT_EVERY = 50


def write(path: Path, events: int, aggregates: int) -> None:
    """A reference store of many aggregates."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=off")
    connection.execute("PRAGMA synchronous=off")
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, event_data TEXT NOT NULL, "
        "version INTEGER NOT NULL, timestamp TEXT NOT NULL)"
    )
    connection.execute(
        "CREATE TABLE snapshots (aggregate_id TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL)"
    )
    balances = [0] * aggregates
    last = [""] * aggregates

    def rows() -> object:
        for number in range(events):
            # A large stride, so that neighbours in the store are of other aggregates.
            which = number * 7919 % aggregates
            version = number // aggregates + 1
            amount = number * 31 % 997
            if version % 3 and version % SNAPSHOT_EVERY:
                kind = "Deposited"
                balances[which] += amount
                last[which] = f"abc-{number:08}"
            else:
                kind, amount = "Withdrawn", min(amount, balances[which])
                balances[which] -= amount
            day, second = divmod(number // 20, 86_400)
            clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            time_ = f"2025-{day // 28 + 1:02}-{day % 28 + 1:02}T{clock}Z"
            data = (
                f'{{"amount":{amount},"currency":"EUR","note":"payment for invoice {number:07}",'
                f'"channel":"{("card", "bank", "cash")[number % 3]}","ref":"abc-{number:08}"}}'
            )
            if version % SNAPSHOT_EVERY == 0:
                state = f'{{"balance":{balances[which]},"last":"{last[which]}"}}'
                snapshots.append((f"account-{which:07}", state, version))
            yield f"account-{which:07}", kind, data, version, time_

    snapshots: list[tuple[str, str, int]] = []
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows())  # type: ignore[arg-type]
    connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?)", snapshots)
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.execute("CREATE UNIQUE INDEX snapshot_by_version ON snapshots (aggregate_id, version)")
    connection.commit()
    connection.close()
    folder = path.with_name(path.name + ".reducers")
    folder.mkdir(exist_ok=True)
    (folder / "account.toml").write_text(RULES)
    path.with_name(path.name + ".audit.toml").write_text(SETTINGS)


def audited(path: Path) -> tuple[float, float, int]:
    """Seconds, processor seconds and peak megabytes of `esviewer audit`; raises RuntimeError at findings."""
    ran = esviewer("audit", path, "--json")
    if ran.output:
        raise RuntimeError(ran.output[:2000])
    return ran.seconds, ran.processor, ran.peak


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--aggregates", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for events in arguments.events:
            path = Path(folder) / f"store-{events}.db"
            write(path, events, arguments.aggregates)
            floors = [floor(path) for _ in range(2)]
            least, least_used = (min(each) for each in zip(*floors, strict=True))
            taken, used, peak = audited(path)
            print(
                f"{events:,} events of {arguments.aggregates:,} aggregates: floor {least / events * 1e6:.2f} µs each, "
                f"audit {taken / least:.1f} x the floor (goal: at most 3), {used / least_used:.1f} x its processor "
                f"time, peak memory {peak} MB"
            )
            path.unlink()


if __name__ == "__main__":
    main()
