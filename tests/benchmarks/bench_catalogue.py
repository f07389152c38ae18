"""How fast a whole store is described, and how much memory that takes.

    python tests/benchmarks/bench_catalogue.py [--events 1000000] [--aggregates 10000] [--folder DIR]

Writes the store of bench_audit. The reference in the same run is the floor: fetching the same rows with sqlite3 and
parsing each payload with orjson, nothing else. The catalogue is measured by itself, over payloads that are parsed
already, flat ones and nested ones, and as `esviewer schema` in a process of its own whose peak memory is told.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from bench_audit import write
from measuring import esviewer, floor

from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.span import Place

BATCH = 2_000
SECOND = 1_000_000


def flat(number: int) -> str:
    """About 120 bytes, as the benchmark of audits has them."""
    return (
        f'{{"amount":{number * 31 % 997},"currency":"EUR","note":"payment for invoice {number:07}",'
        f'"channel":"{("card", "bank", "cash")[number % 3]}","ref":"abc-{number:08}"}}'
    )


def nested(number: int) -> str:
    """An order with lines, a time and an optional field."""
    note = ',"note":"gift"' if number % 7 == 0 else ""
    return (
        f'{{"id":"{number:08x}-0000-4000-8000-000000000000","at":"2026-01-01T00:00:{number % 60:02}Z"{note},'
        f'"to":{{"name":"x","city":"y"}},"lines":[{{"sku":"a","n":1}},{{"sku":"b","n":{number % 9}}}]}}'
    )


def described(texts: list[str]) -> tuple[float, float]:
    """Seconds for parsing texts, and for describing them."""
    start = time.perf_counter()
    data: list[Any] = list(map(orjson.loads, texts))
    parsed = time.perf_counter() - start
    catalogue = Catalogue()
    moments = np.arange(len(data), dtype=np.int64) * 10 * SECOND + 1_700_000_000 * SECOND
    start = time.perf_counter()
    for first in range(0, len(data), BATCH):
        part = data[first : first + BATCH]
        catalogue.add(
            ["Paid"] * len(part), None, part, moments[first : first + BATCH], lambda at: Place("a", None, at, at, None)
        )
    return parsed, time.perf_counter() - start


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--aggregates", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    arguments = parser.parse_args()
    for name, make in (("flat", flat), ("nested", nested)):
        texts = list(map(make, range(200_000)))
        parsed, took = min((described(texts) for _ in range(2)), key=lambda found: found[1])
        print(
            f"{name} payloads: parsing {parsed / len(texts) * 1e6:.2f} µs an event, "
            f"describing {took / len(texts) * 1e6:.2f} µs (goal for flat ones: about 1)"
        )
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for events in arguments.events:
            path = Path(folder) / f"store-{events}.db"
            write(path, events, arguments.aggregates)
            floors = [floor(path) for _ in range(2)]
            least, least_used = (min(each) for each in zip(*floors, strict=True))
            taken, worked, peak, _ = esviewer("schema", path, "--json")
            print(
                f"{events:,} events: floor {least / events * 1e6:.2f} µs an event, "
                f"esviewer schema {taken / least:.1f} x the floor (goal: at most 3), "
                f"{worked / least_used:.1f} x in processor time, peak memory {peak} MB"
            )
            path.unlink()


if __name__ == "__main__":
    main()
