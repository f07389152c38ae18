"""How long the window stands still while it audits a store: in a process of its own, and in the window's.

    python tests/benchmarks/bench_audit_window.py [--events 150000]

Makes a store of three aggregates with payloads of some 2 KB, states of 2,000 keys and thousands of findings, opens the
window on it (offscreen unless QT_QPA_PLATFORM says otherwise), and audits it. A timer of the GUI thread notes how long
each turn comes after the one before; the time in which the thread could run and had no processor, because other
programs had them, is taken off, as Linux tells it. The reference is 50 ms, which no gap may take.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from esviewer.app import audit_apart
from esviewer.app.settings import Settings
from esviewer.gui.application import make_window
from esviewer.gui.audit.room import AuditRoom
from esviewer.gui.main_window import MainWindow

MOST = 0.05
RULES = """
name = "account"
[[on]]
event = "Deposited"
set = { "items[data.key]" = "data.amount", last = "data.list" }
"""


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Events of three aggregates; some name no actor."""
    chance = random.Random(1)
    for number in range(1, count + 1):
        data = {
            "key": f"k{chance.randrange(2_000)}",
            "amount": chance.randrange(100),
            "text": "x" * chance.randrange(3_000),
            "list": [{"a": each, "b": str(each)} for each in range(chance.randrange(40))],
        }
        moment = f"2025-{1 + number // 20_000:02}-{1 + number // 700 % 28:02}T{number // 30 % 24:02}:00:00Z"
        actor = json.dumps({"actor": "ada" if number % 50 else None})
        aggregate = f"agg-{number % 3}"
        yield number, f"e{number}", aggregate, "account", "Deposited", json.dumps(data), actor, 1, number // 3, moment


def make(folder: Path, count: int) -> tuple[Path, Path]:
    """The store, with a snapshot at every hundredth version that is none of its states, and its rules."""
    file, rules = folder / "store.db", folder / "account.toml"
    rules.write_text(RULES)
    connection = sqlite3.connect(file)
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, event_id text UNIQUE, aggregate_id text NOT NULL, "
        "aggregate_type text, event_type text NOT NULL, event_data text, metadata text, schema_version integer, "
        "version integer NOT NULL, timestamp text, UNIQUE (aggregate_id, version))"
    )
    connection.execute(
        "CREATE TABLE snapshots (aggregate_id text NOT NULL, state text NOT NULL, version integer NOT NULL, "
        "timestamp text NOT NULL, PRIMARY KEY (aggregate_id, version))"
    )
    connection.executemany(f"INSERT INTO events VALUES ({','.join('?' * 10)})", rows(count))
    state = json.dumps({"items": {f"k{number}": number for number in range(2_000)}})
    connection.executemany(
        "INSERT INTO snapshots VALUES (?, ?, ?, '2025-01-01T00:00:00Z')",
        [(f"agg-{each}", state, version) for each in range(3) for version in range(100, count // 3, 100)],
    )
    connection.commit()
    connection.close()
    return file, rules


class Gaps:
    """How long each turn of a timer comes after the one before, without waiting for a processor."""

    def __init__(self) -> None:
        file = Path(f"/proc/self/task/{os.getpid()}/schedstat")
        self._file = os.open(file, os.O_RDONLY) if file.exists() else None
        self._timer = QTimer()
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._tick)
        self.begin()
        self._timer.start()

    def begin(self) -> None:
        """Begin anew."""
        self.longest, self.over = 0.0, 0
        self._last = time.monotonic(), self._waited()

    def _waited(self) -> float:
        return 0.0 if self._file is None else int(os.pread(self._file, 100, 0).split()[1]) / 1e9

    def _tick(self) -> None:
        now = time.monotonic(), self._waited()
        gap = now[0] - self._last[0] - (now[1] - self._last[1])
        self._last = now
        self.longest = max(self.longest, gap)
        self.over += gap > MOST


def main() -> None:
    """Open a window on the store, and measure both ways."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=150_000)
    count = parser.parse_args().events
    application = QApplication(["esviewer"])

    def until(done: Callable[[], object]) -> None:
        while not done():
            application.processEvents()
            time.sleep(0.001)

    def measured(window: MainWindow, room: AuditRoom, name: str) -> None:
        gaps.begin()
        begun = time.monotonic()
        room.begin()
        until(lambda: not room.running.going)
        took, found = time.monotonic() - begun, room.model.rowCount()
        ratio = gaps.longest / MOST
        print(f"    {name:30}{gaps.longest * 1000:7.1f} ms  {ratio:5.2f} of the most allowed, {gaps.over} over it;")
        print(f"    {'':30}{found:,} findings in {took:.1f} s")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ESVIEWER_CONFIG_DIR"] = str(folder / "configuration")
        file, rules = make(folder, count)
        window = make_window(application, Settings(folder / "settings.json"))
        window.resize(1280, 800)
        window.show()
        window.open_target(str(file), reducers=[str(rules)])
        until(lambda: window.page is not None and window.page.aggregates.model.rowCount())
        window.enter("audit")
        room = window.rooms.room if window.rooms is not None else None
        assert isinstance(room, AuditRoom)
        until(lambda: not room.model.tasks.busy)
        gaps = Gaps()
        print(f"{count:,} events; the longest time in which the window did nothing")
        audit_apart.WORTH_A_PROCESS = 0
        measured(window, room, "in a process of its own")
        audit_apart.WORTH_A_PROCESS = count * 2
        measured(window, room, "in the window's process")
        window.close()


if __name__ == "__main__":
    main()
