"""How long it takes until a store's rows are on the screen, and how much memory that takes, beside another program.

    python tests/benchmarks/bench_peer.py [--store FILE] [--runs 3]

The other program is DB Browser for SQLite (Debian's sqlitebrowser), the usual one for looking into a SQLite file. Both
run under Xvfb with the same file (by default one of 10,000,000 events that make_large.py makes), read-only. Pictures of
the screen are taken all the time; rows are there when the last picture came that differs from the one before in more
than a hundredth of its bytes, within `PATIENCE` seconds after which nothing such happened. Needs xvfb, x11-apps and
sqlitebrowser. Both lines are of the same file, one after the other, so that it is in memory for both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from make_large import make

PATIENCE = 4.0
MOST = 120.0
ROOT = Path(__file__).parents[2]


def resident(pid: int) -> int:
    """Resident megabytes of a process and all that it started."""
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        try:
            status = Path(f"/proc/{each}/status").read_text(encoding="ascii")
            waiting += map(int, Path(f"/proc/{each}/task/{each}/children").read_text(encoding="ascii").split())
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return total // 1024


def picture(environment: dict[str, str]) -> np.ndarray:
    """The screen as bytes."""
    taken = subprocess.run(["xwd", "-root", "-silent"], env=environment, capture_output=True, check=True).stdout
    return np.frombuffer(taken, np.uint8)


def shown(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Seconds until the screen settled, and resident megabytes then."""
    before = picture(environment)
    begun = last = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        changed = False
        while time.monotonic() - begun < MOST and not (changed and time.monotonic() - last > PATIENCE):
            now = picture(environment)
            if len(now) == len(before) and np.count_nonzero(now != before) > len(now) / 100:
                last, changed = time.monotonic(), True
            before = now
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended by itself")
            time.sleep(0.02)
        return last - begun, resident(process.pid)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--store", type=Path, help="a file that make_large.py made")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for needed in ("Xvfb", "xwd", "sqlitebrowser"):
        if shutil.which(needed) is None:
            raise SystemExit(f"There is no {needed}: install xvfb, x11-apps and sqlitebrowser.")
    with tempfile.TemporaryDirectory() as folder:
        file = options.store or Path(folder) / "large.db"
        if options.store is None:
            make(file, 10_000_000, 100_000, 1_000_000)
        ours, theirs = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x800x24"], pass_fds=[theirs],
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        display = os.read(ours, 20).decode().strip()
        environment = {
            **os.environ, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb", "HOME": folder,
            "ESVIEWER_CONFIG_DIR": str(Path(folder) / "configuration"), "PYTHONPATH": str(ROOT),
        }
        try:
            for name, command in (
                ("esviewer", [sys.executable, "-m", "esviewer", "open", str(file)]),
                ("sqlitebrowser", ["sqlitebrowser", "-R", "-t", "events", str(file)]),
            ):
                taken = [shown(command, environment) for _ in range(options.runs)]
                seconds = ", ".join(f"{each:.1f}" for each, _ in taken)
                most = max(memory for _, memory in taken)
                print(f"{name:14} rows on the screen after {seconds} s; {most} MB resident")
        finally:
            screen.terminate()
            screen.wait()


if __name__ == "__main__":
    main()
