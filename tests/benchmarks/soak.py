"""What the window holds after hours of work: memory, threads, files and objects, which must not grow.

    python tests/benchmarks/soak.py [--minutes 60] [--tabs 1000] [--every 100] [--store FILE] [--trace]

Makes the demo store (in a temporary folder, which goes afterwards) unless `--store` names one, and works in the window
(offscreen unless QT_QPA_PLATFORM says otherwise) as tests/helpers_soak.py says: tabs are opened, looked at and closed,
rooms entered, audits and process maps run, the store closed and opened again. After every so many tabs a line with
what is held. Without `--minutes` it ends after `--tabs` tabs, with it after so many minutes. At the end it says by how
much each grew from the first third's end to the last; `--trace` says which lines of Python hold most of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers_soak import Held, Soak
from PySide6.QtWidgets import QApplication

from esviewer.app.demo import make_demo
from esviewer.app.settings import Settings
from esviewer.gui.application import make_window


def main() -> None:
    """Work, print, and say what grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--tabs", type=int, default=1000)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--trace", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ESVIEWER_CONFIG_DIR"] = folder
        store = asked.store or Path(folder) / "demo.db"
        if asked.store is None:
            make_demo(store)
        application = QApplication([])
        window = make_window(application, Settings(Path(folder) / "settings.json"))
        window.show()
        found = soaked(Soak(application, window, store), asked)
        window.close()
    told_growth(found)


def soaked(soak: Soak, asked: argparse.Namespace) -> list[Held]:
    """What was held every so many tabs."""
    begun = time.monotonic()
    found: list[Held] = []
    before: tracemalloc.Snapshot | None = None
    for held in soak.rounds():
        passed = (time.monotonic() - begun) / 60
        over = passed > asked.minutes if asked.minutes else held.tabs >= asked.tabs
        if held.tabs % asked.every == 0 or (over and not asked.minutes):
            found.append(held)
            print(f"{passed:6.1f} min {held}", flush=True)
            if asked.trace and len(found) == 3:
                tracemalloc.start(12)
            elif asked.trace and len(found) == 5:
                before = tracemalloc.take_snapshot()
        if over:
            break
    if before is not None:
        for line in tracemalloc.take_snapshot().compare_to(before, "lineno")[:25]:
            print(line)
    return found


def told_growth(found: list[Held]) -> None:
    """Print by how much each figure grew after the first third, in which caches fill."""
    first, last = found[len(found) // 3], found[-1]
    if last.tabs == first.tabs:
        return
    hundreds = (last.tabs - first.tabs) / 100
    print(f"per 100 tabs, from {first.tabs} to {last.tabs}:")
    for name in ("pss", "heap", "threads", "files", "qt", "wrapped", "blocks"):
        grown = getattr(last, name) - getattr(first, name)
        print(f"  {name}: {grown / hundreds:+.2f}{' KB' if name in ('pss', 'heap') else ''} ({grown:+} in all)")


if __name__ == "__main__":
    main()
