"""How fast projections of a whole store are made, what a second process gains, and how much memory that takes.

    python tests/benchmarks/bench_projection.py [--events 1000000 10000000] [--aggregates 10000] [--folder DIR]

The store is that of bench_audit.py: events of about 120 bytes, interleaved as systems write them. The reference in the
same run is the floor: fetching the same rows with sqlite3 and parsing each payload with orjson, in processor time. Each
projection runs as `esviewer projection` in a process of its own, whose processor time (its helpers included), peak
memory (the largest process) and elapsed time are told; events a second and core are those of the processor time. The
question of the event projection is also put to DuckDB in SQL over the same JSON in Parquet, which takes no rules, no
order and no account of what can't be read.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from bench_audit import write
from measuring import esviewer, floor

STATE = """
[[projection]]
name = "accounts"
where = "state.balance > 0"
[projection.columns]
balance = "state.balance"
last = "state.last"
"""
EVENT = """
[[projection]]
name = "deposits"
kind = "event"
key = "data.channel"
initial = { sum = 0 }
[[projection.on]]
event = "Deposited"
increment = { sum = "data.amount" }
[projection.columns]
sum = "state.sum"
"""
LOG = """
[[projection]]
name = "large"
kind = "log"
event = "Withdrawn"
where = "data.amount > 900"
[projection.columns]
amount = "data.amount"
ref = "data.ref"
"""
FILES = {"state": STATE, "event": EVENT, "log": LOG, "all three": STATE + EVENT + LOG}
QUESTION = """
SELECT data->>'channel', sum(CAST(data->>'amount' AS BIGINT)) FROM '{}' WHERE type = 'Deposited'
GROUP BY ALL ORDER BY ALL
"""


def projected(file: Path, store: Path, output: Path, processes: int) -> tuple[float, float, int]:
    """Elapsed seconds, processor seconds and peak megabytes of a run; raises RuntimeError when it fails."""
    ran = esviewer(
        "projection", file, store, "--output", output, "--processes", processes, "--no-mask", "--full"
    )
    return ran.seconds, ran.processor, ran.peak


def parquet_of(store: Path, file: Path) -> None:
    """The store's types and payloads as they are."""
    schema = pa.schema([("type", pa.string()), ("data", pa.string())])
    with sqlite3.connect(store) as connection, pq.ParquetWriter(file, schema) as writer:
        cursor = connection.execute("SELECT event_type, event_data FROM events")
        while rows := cursor.fetchmany(100_000):
            columns = [pa.array(each) for each in zip(*rows, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--aggregates", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        for events in arguments.events:
            store = folder / f"store-{events}.db"
            write(store, events, arguments.aggregates)
            least = min(floor(store)[1] for _ in range(2))
            print(f"{events:,} events of {arguments.aggregates:,} aggregates: floor {least / events * 1e6:.2f} µs each")
            for kind, text in FILES.items():
                file = folder / "p.toml"
                file.write_text(text)
                output = folder / f"{kind}.duckdb"
                alone, used, peak = projected(file, store, output, 1)
                both, used_by_two, _ = projected(file, store, output, 2)
                print(
                    f"  {kind}: {used / least:.1f} x the floor, {events / used:,.0f} events a second and core,"
                    f" peak {peak} MB; two processes {alone / both:.2f} x as fast as one,"
                    f" for {used_by_two / used:.2f} x the processor time"
                )
                if kind == "event":
                    source = folder / "events.parquet"
                    parquet_of(store, source)
                    start = time.process_time()
                    by_hand = duckdb.connect().execute(QUESTION.format(source)).fetchall()
                    in_sql = time.process_time() - start
                    with duckdb.connect(str(output), read_only=True) as connection:
                        ours = connection.execute('SELECT key, sum FROM "deposits" ORDER BY ALL').fetchall()
                    if ours != by_hand:
                        raise RuntimeError(f"{ours} are not {by_hand}")
                    print(f"  the same in DuckDB SQL over the JSON: {used / in_sql:.0f} times less processor time")
            store.unlink()


if __name__ == "__main__":
    main()
