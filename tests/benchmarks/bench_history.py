"""How fast any version of a long aggregate is there, and how much memory that takes.

    python tests/benchmarks/bench_history.py [--events 1000000] [--folder DIR] [--shape small|wide|deep ...]

Three aggregates: a small state (10 keys), a wide one (100,000 keys) and a deep, large one (1 MB in nested objects and
lists). For each: building the history as a ratio to folding the same events without one, seeks to random versions and
steps to neighbours against one frame of a 60 Hz screen (16 ms), a jump in the midst of a drag, and the peak memory of
a process of its own, with the usual budget and with a sixteenth of it.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import alone, peak_memory

from esviewer.model.exactjson import dumps
from esviewer.replay.fold import fold
from esviewer.replay.history import BUDGET, History
from esviewer.replay.rules import parse_rules
from esviewer.stores.opening import open_store

AGGREGATE = "aggregate-1"
SEEKS = 1000

RULES = """
name = "benchmark"
initial = { counters = {}, sections = {} }

[[on]]
event = "Set"
set = { "[data.key]" = "data.value" }

[[on]]
event = "Filled"
set = { "sections[data.section].rows[data.row]" = "data.cells" }

[[on]]
event = "Cell"
set = { "sections[data.section].rows[data.row][data.cell]" = "data.value" }

[[on]]
event = "Noted"
append = { "sections[data.section].notes" = "data.note" }

[[on]]
event = "Forgot"
remove = ["sections[data.section].notes[0]"]
"""


def small(events: int) -> Iterator[tuple[str, Any]]:
    """Ten keys, each written again and again."""
    for number in range(events):
        yield "Set", {"key": f"k{number % 10}", "value": number, "note": f"payment for invoice {number:07}"}


def wide(events: int) -> Iterator[tuple[str, Any]]:
    """A hundred thousand keys, written at random."""
    chance = random.Random(3)
    for number in range(events):
        key = number if number < 100_000 else chance.randrange(100_000)
        yield "Set", {"key": f"key-{key:06}", "value": number, "note": f"payment for invoice {number:07}"}


def deep(events: int) -> Iterator[tuple[str, Any]]:
    """Forty sections of fifty rows with cells, in all 1 MB, and lists that grow and shrink at their head."""
    chance = random.Random(4)
    noted = dict.fromkeys(range(40), 0)
    for number in range(events):
        section = number % 40
        if number < 2000:
            cells = {f"cell-{cell:02}": f"text of a cell {chance.randrange(10**9):09}" for cell in range(12)}
            yield "Filled", {"section": f"s{section:02}", "row": f"r{number // 40:02}", "cells": cells}
        elif number % 4 == 1 and noted[section] < 30:
            noted[section] += 1
            yield "Noted", {"section": f"s{section:02}", "note": {"at": number, "text": f"a note {number:09}"}}
        elif number % 4 == 2 and noted[section]:
            noted[section] -= 1
            yield "Forgot", {"section": f"s{section:02}"}
        else:
            row, cell = chance.randrange(50), chance.randrange(12)
            yield (
                "Cell",
                {
                    "section": f"s{section:02}",
                    "row": f"r{row:02}",
                    "cell": f"cell-{cell:02}",
                    "value": f"other text {number:09}",
                },
            )


SHAPES: dict[str, Callable[[int], Iterator[tuple[str, Any]]]] = {"small": small, "wide": wide, "deep": deep}


def write(path: Path, story: Iterator[tuple[str, Any]]) -> None:
    """A reference store with one aggregate."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=off")
    connection.execute(
        "CREATE TABLE events (aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, event_data TEXT NOT NULL, "
        "version INTEGER NOT NULL, timestamp TEXT NOT NULL)"
    )
    connection.execute("CREATE UNIQUE INDEX by_version ON events (aggregate_id, version)")
    connection.executemany(
        "INSERT INTO events VALUES (?, ?, ?, ?, '2026-01-01T00:00:00Z')",
        ((AGGREGATE, kind, json.dumps(data), number) for number, (kind, data) in enumerate(story, 1)),
    )
    connection.commit()
    connection.close()


def built(path: Path, budget: int) -> tuple[History, float]:
    """A history of the store's aggregate, and the seconds it took."""
    store = open_store(str(path))

    def read_again(first: int, last: int) -> Any:
        return store.batches(AGGREGATE, from_version=first, to_version=last)

    history = History(parse_rules(RULES, "benchmark"), source=read_again, budget=budget)
    start = time.perf_counter()
    history.extend(store.batches(AGGREGATE))
    return history, time.perf_counter() - start


def folded(path: Path) -> tuple[Any, float]:
    """The newest state by folding alone, and the seconds it took."""
    store = open_store(str(path))
    reducer = parse_rules(RULES, "benchmark")
    start = time.perf_counter()
    found = fold(reducer, store.batches(AGGREGATE), reducer.initial())
    taken = time.perf_counter() - start
    store.close()
    if found.skipped:
        raise RuntimeError(found.skipped[0].reason)
    return found.state, taken


def timed(history: History, counts: list[int]) -> list[tuple[float, float]]:
    """Milliseconds that each of these states takes, and those of the processor alone.

    As in the window, Python's cyclic collector doesn't run on its own but between the states, on young objects only
    (see esviewer/gui/garbage.py; bench_drag.py counts those moments too).
    """
    taken = []
    for count in counts:
        start, used = time.perf_counter(), time.thread_time()
        history.state_after(count)
        taken.append(((time.perf_counter() - start) * 1000, (time.thread_time() - used) * 1000))
        gc.collect(1)
    return taken


def asked(history: History, events: int, seeks: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of random seeks, steps both ways, and the jumps of a drag over the whole length and back."""
    chance = random.Random(1)
    jumps, steps = [], []
    for _ in range(seeks):
        count = chance.randrange(2, events - 1)
        jumps += timed(history, [count])
        steps += timed(history, [count + chance.choice([-1, 1])])
    drag = [events * at // 300 for at in range(1, 300)]
    return {
        "seek to a random version": jumps,
        "step": steps,
        "jump of a drag": timed(history, drag + drag[::-1]),
    }


def figures(taken: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def all_of(path: Path, events: int, budget: int, seeks: int) -> dict[str, Any]:
    """What is measured in a process of its own."""
    history, seconds = built(path, budget)
    gc.disable()
    times = asked(history, events, seeks)
    return {
        "seconds": seconds,
        "times": {name: [figures(column) for column in zip(*taken, strict=True)] for name, taken in times.items()},
        "peak": peak_memory(),
        "kept": history.memory >> 20,
    }


def measured(path: Path, events: int, budget: int, seeks: int) -> dict[str, Any]:
    """`all_of` another process."""
    found: dict[str, Any] = json.loads(alone(__file__, path, events, budget, seeks))
    return found


def measure(folder: Path, shape: str, events: int) -> None:
    """One shape, printed."""
    path = folder / f"{shape}.db"
    write(path, SHAPES[shape](events))
    state, seconds = folded(path)
    print(f"{shape}: {events:,} events, newest state {len(dumps(state)):,} bytes")
    for name, budget, seeks in (("usual budget", BUDGET, SEEKS), ("a sixteenth of it", BUDGET // 16, SEEKS // 10)):
        found = measured(path, events, budget, seeks)
        print(f"  {name}: {budget >> 20} MB")
        print(f"    {'building / folding alone':38}{found['seconds'] / seconds:8.2f}")
        for what, ((median, late), (_, worked)) in found["times"].items():
            most = 16 if what.startswith("seek") else 2 if what == "step" else None
            goal = "" if most is None else f" (goal: p99 at most {most})"
            told = f"{median:8.2f} ms median {late:8.2f} ms p99, of the processor {worked:.2f}"
            print(f"    {what:38}{told}{goal if name == 'usual budget' else ''}")
        print(f"    {'peak memory of the process':38}{found['peak']:8d} MB, of which the history {found['kept']} MB")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    parser.add_argument("--shape", choices=list(SHAPES), nargs="*", default=list(SHAPES))
    parser.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        file, *numbers = arguments.alone
        print(json.dumps(all_of(Path(file), *map(int, numbers))))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for shape in arguments.shape:
            measure(Path(folder), shape, arguments.events)


if __name__ == "__main__":
    main()
