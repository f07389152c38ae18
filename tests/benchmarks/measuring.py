"""What the benchmarks measure with: processes of their own, and the floor that all reading is held against."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import orjson

_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
_PROGRAM = """
import resource, sys
from esviewer.__main__ import main
from measuring import peak_memory
try:
    main()
finally:
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    own = resource.getrusage(resource.RUSAGE_SELF)
    print('PEAK', max(peak_memory(), helpers), own.ru_utime + own.ru_stime, file=sys.stderr)
"""


class Ran(NamedTuple):
    """What a run of the program took."""

    seconds: float
    processor: float
    """Seconds of the processors, helping processes included."""
    peak: int
    """Resident megabytes of the largest of its processes, or of those of an earlier run."""
    output: str
    own: float
    """Seconds of the processors that the program's first process took."""


def esviewer(*arguments: object) -> Ran:
    """Run the program in a process of its own; raises RuntimeError when it fails."""
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
        env={**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join([_ENVIRONMENT["PYTHONPATH"], str(Path(__file__).parent)])},
        capture_output=True,
        text=True,
    )
    taken = time.perf_counter() - start
    # What it left behind ends by itself, and counts only when somebody has waited for it.
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stdout[:2000] + done.stderr[-2000:])
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak, own = done.stderr.rpartition("PEAK ")[2].split()
    return Ran(taken, used, max(int(peak), after.ru_maxrss // 1024), done.stdout, float(own))


def _adopt_orphans() -> None:
    """Have all processes that the program starts become this one's children when their own parents end."""
    set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def alone(script: str, *arguments: object) -> str:
    """What a benchmark prints that is run with `--alone` and these arguments, in a process of its own."""
    done = subprocess.run(
        [sys.executable, script, "--alone", *map(str, arguments)],
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def peak_memory() -> int:
    """Peak resident MB of this process."""
    # Not getrusage: its peak counts what the process was before it became this program.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def floor(path: Path) -> tuple[float, float]:
    """Seconds and processor seconds for fetching and parsing every event of a reference store."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    start, used = time.perf_counter(), time.process_time()
    cursor = connection.execute("SELECT aggregate_id, version, event_type, timestamp, event_data FROM events")
    parse = orjson.loads
    while rows := cursor.fetchmany(2000):
        for row in rows:
            parse(row[4])
    taken = time.perf_counter() - start, time.process_time() - used
    connection.close()
    return taken
