"""How long the GUI thread is busy at a time while the audit room holds many findings.

    python tests/benchmarks/bench_findings.py [--findings 100000]

Opens the window (offscreen unless QT_QPA_PLATFORM says otherwise) on a small store, has an audit make so many findings,
then sorts, filters, selects and accepts them, and closes the store. Each event that Qt delivers is a turn of the GUI
thread, given in the thread's own processor time; of each step the longest is printed. The reference is 50 ms, which no
turn may take.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

import helpers_planted
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from esviewer.app.auditing import Audit
from esviewer.app.settings import Settings
from esviewer.audit.finding import Finding, Severity
from esviewer.gui.application import make_window
from esviewer.gui.audit.arranging import Order
from esviewer.gui.audit.room import AuditRoom
from esviewer.gui.main_window import MainWindow

MOST = 0.05


class Timed(QApplication):
    """Notes how long the longest event took."""

    depth = 0
    longest = 0.0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        begun = time.thread_time()
        self.depth += 1
        try:
            return super().notify(receiver, event)
        finally:
            self.depth -= 1
            if not self.depth:
                self.longest = max(self.longest, time.thread_time() - begun)


def made(count: int) -> Iterator[Finding]:
    """So many findings, in no order."""
    chance = random.Random(7)
    for number in range(count):
        yield Finding(
            chance.choice(("version-gap", "time-future", "snapshot-drift")),
            chance.choice(list(Severity)),
            f"Version {number} is missing.",
            f"account-{chance.randrange(5_000):06}",
            "account",
            number % 977,
            number,
            evidence={"timestamp": "2025-03-01T08:00:00Z", "number": number},
        )


def measure(application: Timed, window: MainWindow, room: AuditRoom) -> None:
    """Print the longest turn of each step; the last one closes the store."""

    def step(name: str, act: Callable[[], object]) -> None:
        application.longest = 0.0
        QTimer.singleShot(0, act)
        ends = time.monotonic() + 1
        while time.monotonic() < ends or (window.page and (room.running.going or room.model.tasks.busy)):
            application.processEvents()
            time.sleep(0.002)
        longest = application.longest
        print(f"    {name:28}{longest * 1000:7.1f} ms  {longest / MOST:5.2f} of the most allowed")

    step("arriving", room.begin)
    step("choosing the 1,000th", lambda: room.table.choose(999))
    for column in range(7):
        step(f"sorting by column {column}", lambda column=column: room.model.sort_by(Order(column, column % 2 == 0)))
    step("unsorted", lambda: room.model.sort_by(Order()))
    step("one severity less", room.filters.severities[Severity.WARNING].click)
    step("one severity more", room.filters.severities[Severity.WARNING].click)
    step("aggregates by name", lambda: room.filters.text.setText("0042"))
    step("all aggregates", room.filters.text.clear)
    step("choosing the first", lambda: room.table.choose(0))
    step("selecting all", room.table.selectAll)
    step("accepting all", room.finding.accept.click)
    step("showing accepted ones", room.filters.accepted.click)
    step("another audit", room.begin)
    step("closing the store", window.close_store)


def main() -> None:
    """Open a window on a store, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, default=100_000)
    count = parser.parse_args().findings

    def run(self: Audit, *_: object, **__: object) -> Iterator[Finding]:
        for finding in made(count):
            self.summary.by_check[finding.check] += 1
            self.summary.by_severity[finding.severity] += 1
            yield finding

    Audit.run = run  # type: ignore[method-assign]
    application = Timed(["esviewer"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ESVIEWER_CONFIG_DIR"] = str(folder / "configuration")
        AuditRoom.ask_baseline = lambda self: str(folder / "known.jsonl")  # type: ignore[method-assign]
        target, reducers = helpers_planted.write(helpers_planted.clean(), folder)
        window = make_window(application, Settings(folder / "settings.json"))
        window.resize(1280, 800)
        window.show()
        window.open_target(str(target), reducers=reducers)
        while window.page is None or not window.page.aggregates.model.rowCount():
            application.processEvents()
        room = window.enter("audit") or window.rooms.room
        assert isinstance(room, AuditRoom)
        print(f"{count:,} findings; the longest turn of the GUI thread")
        measure(application, window, room)
        window.close()


if __name__ == "__main__":
    main()
