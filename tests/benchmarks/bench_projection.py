"""How fast projections of a whole store are made, what a second process gains, and how much memory that takes.

    python tests/benchmarks/bench_projection.py [--events 1000000 10000000] [--aggregates 10000] [--folder DIR]

The store is that of bench_audit.py: events of about 120 bytes, interleaved as systems write them. The reference in the
same run is the floor: fetching the same rows with sqlite3 and parsing each payload with orjson, in processor time. Each
projection runs as `esviewer projection` in a process of its own, whose processor time (its helpers included), peak
memory (the largest process) and elapsed time are told; events a second and core are those of the processor time.

What a second process gains is told twice: by elapsed times, which other work on the machine disturbs, and by processor
times, as if both cores were free: one process's against the first's own and half of what the two helpers take.

Each question is also put to DuckDB in SQL over the same JSON in Parquet, which takes no rules and no account of what
can't be read; its answer has to be the same.
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
from measuring import Ran, esviewer, floor

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
COUNT = """
[[projection]]
name = "hours"
kind = "event"
key = ["hour(event.timestamp)", "event.type"]
[[projection.on]]
event = "*"
increment = { n = "1" }
[projection.columns]
n = "state.n"
"""
ALL = "all four"
FILES = {"state": STATE, "event": EVENT, "log": LOG, "count": COUNT, ALL: STATE + EVENT + LOG + COUNT}
AMOUNT = "CAST(data->>'amount' AS BIGINT)"
BY_HAND = {
    "state": f"""
        SELECT * FROM (
            SELECT aggregate_id, sum(CASE type WHEN 'Deposited' THEN {AMOUNT} ELSE -{AMOUNT} END) AS balance,
                   arg_max(data->>'ref', version) FILTER (type = 'Deposited') AS last FROM '{{}}' GROUP BY ALL)
        WHERE balance > 0 ORDER BY ALL""",
    "event": f"""
        SELECT data->>'channel', sum({AMOUNT}) FROM '{{}}' WHERE type = 'Deposited' GROUP BY ALL ORDER BY ALL""",
    "log": f"""
        SELECT aggregate_id, version, {AMOUNT}, data->>'ref' FROM '{{}}' WHERE type = 'Withdrawn' AND {AMOUNT} > 900
        ORDER BY ALL""",
    "count": """
        SELECT substr(timestamp, 1, 13), type, count(*) FROM '{}' GROUP BY ALL ORDER BY ALL""",
}
OURS = {
    "state": 'SELECT aggregate_id, balance, last FROM "accounts" ORDER BY ALL',
    "event": 'SELECT key, sum FROM "deposits" ORDER BY ALL',
    "log": 'SELECT aggregate_id, version, amount, ref FROM "large" ORDER BY ALL',
    "count": 'SELECT key_1, key_2, n FROM "hours" ORDER BY ALL',
}


def projected(file: Path, store: Path, output: Path, processes: int) -> Ran:
    """A run; raises RuntimeError when it fails."""
    return esviewer(
        "projection", file, store, "--output", output, "--processes", processes, "--no-mask", "--full"
    )


def parquet_of(store: Path, file: Path) -> None:
    """The store's events as they are."""
    names = ("aggregate_id", "version", "timestamp", "type", "data")
    schema = pa.schema([(name, pa.int64() if name == "version" else pa.string()) for name in names])
    with sqlite3.connect(store) as connection, pq.ParquetWriter(file, schema) as writer:
        cursor = connection.execute("SELECT aggregate_id, version, timestamp, event_type, event_data FROM events")
        while rows := cursor.fetchmany(100_000):
            columns = [pa.array(each) for each in zip(*rows, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def asked(source: Path, output: Path, kind: str) -> float:
    """Processor seconds of the question by hand; raises RuntimeError where the answers differ."""
    start = time.process_time()
    by_hand = duckdb.connect().execute(BY_HAND[kind].format(source)).fetchall()
    taken = time.process_time() - start
    with duckdb.connect(str(output), read_only=True) as connection:
        ours = connection.execute(OURS[kind]).fetchall()
    if ours != by_hand:
        raise RuntimeError(f"{ours[:5]} are not {by_hand[:5]}")
    return taken


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
            source = folder / "events.parquet"
            parquet_of(store, source)
            for kind, text in FILES.items():
                file = folder / "p.toml"
                file.write_text(text)
                output = folder / f"{kind}.duckdb"
                one = projected(file, store, output, 1)
                two = projected(file, store, output, 2)
                free = one.processor / (two.own + (two.processor - two.own) / 2)
                print(
                    f"  {kind}: {one.processor / least:.1f} x the floor, {events / one.processor:,.0f} events a second"
                    f" and core, peak {one.peak} MB; two processes {one.seconds / two.seconds:.2f} x as fast as one"
                    f" ({free:.2f} x by processor time), for {two.processor / one.processor:.2f} x the processor time",
                    flush=True,
                )
                if kind in BY_HAND:
                    in_sql = asked(source, output, kind)
                    print(f"    DuckDB's SQL over the JSON takes {one.processor / in_sql:.1f} times less", flush=True)
                output.unlink()
            source.unlink()
            store.unlink()


if __name__ == "__main__":
    main()
