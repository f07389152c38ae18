"""How much the GUI thread does in each frame while the playhead is dragged through a long aggregate, in a real window.

    python tests/benchmarks/bench_drag.py [--events 1000000] [--folder DIR] [--shape small|wide|deep ...]

Opens the window (offscreen unless QT_QPA_PLATFORM says otherwise), chooses the aggregate, drags the playhead while
the history is still being built, and then through its whole length and back, sixty frames a second; then it zooms into
the timeline, along it and out. A frame's work is
all that the GUI thread does in it: moving the slider, delivering results, filling the panels, painting. It is given in
wall time, which includes waiting for the interpreter while the worker has it, and in the thread's own processor time.
The reference is one frame of a 60 Hz screen. Shared processors run at changing speeds: after each frame a fixed loop is
timed, and a third line gives each frame's processor time as it would be at the fastest that this loop ran.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench_history import AGGREGATE, RULES, SHAPES, write
from PySide6.QtWidgets import QApplication

from esviewer.app.settings import Settings
from esviewer.gui.application import make_window
from esviewer.gui.timeline import Timeline

FRAME = 1 / 60


def distribution(name: str, taken: list[float]) -> None:
    """Print milliseconds as percentiles."""
    ordered = sorted(taken)
    parts = [f"{label} {ordered[min(len(ordered) - 1, int(len(ordered) * share))]:6.2f}" for label, share in (
        ("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("most", 1.0))]
    over = sum(value > 1000 * FRAME for value in ordered)
    print(f"    {name:36}{'  '.join(parts)} ms; over 16.7 ms: {over} of {len(ordered)} frames")


def loop() -> float:
    """Processor milliseconds of a fixed loop."""
    begun, total = time.thread_time(), 0
    for number in range(20_000):
        total += number
    return (time.thread_time() - begun) * 1000


def frames(
    application: QApplication, move: Callable[[int], object], places: Sequence[int]
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of work in each frame by the wall and by the processor, and those of the loop after it."""
    wall, processor, loops = [], [], []
    for place in places:
        start, begun = time.perf_counter(), time.thread_time()
        move(place)
        application.processEvents()
        busy = time.perf_counter() - start
        used = time.thread_time() - begun
        while (left := FRAME - (time.perf_counter() - start)) > 0:
            # What arrives during the rest of the frame belongs to its work as well.
            time.sleep(min(0.002, left))
            begun_again, used_again = time.perf_counter(), time.thread_time()
            application.processEvents()
            busy += time.perf_counter() - begun_again
            used += time.thread_time() - used_again
        wall.append(busy * 1000)
        processor.append(used * 1000)
        loops.append(loop())
    return wall, processor, loops


def told(name: str, taken: tuple[list[float], list[float], list[float]]) -> None:
    """Print a drag."""
    wall, processor, loops = taken
    fastest = min(loops)
    distribution(f"{name}, wall", wall)
    distribution("… processor", processor)
    share = [used * fastest / each for used, each in zip(processor, loops, strict=True)]
    distribution("… at its fastest", share)
    slow = sorted(each / fastest for each in loops)
    middle, high = slow[len(slow) // 2], slow[len(slow) * 9 // 10]
    print(f"    {'… the loop against its fastest':36}median {middle:.2f}  p90 {high:.2f}")


def pause(application: QApplication) -> float:
    """Processor seconds of the longest turn in a second after a drag, when what was put off is done."""
    longest, ends = 0.0, time.monotonic() + 1
    while time.monotonic() < ends:
        used = time.thread_time()
        application.processEvents()
        longest = max(longest, time.thread_time() - used)
        time.sleep(0.002)
    return longest


def travel(timeline: Timeline, frame: int) -> None:
    """One frame of a journey over the timeline: nearer, along, and out again."""
    box = timeline.getPlotItem().getViewBox()
    low, high = box.viewRange()[0]
    middle = (low + high) / 2
    if frame < 120 or frame >= 240:
        box.scaleBy((0.93, 1) if frame < 120 else (1 / 0.93, 1), center=(middle, 0))
    else:
        box.translateBy(((high - low) / 60, 0))


def measure(folder: Path, shape: str, events: int) -> None:
    """One shape, printed."""
    path = folder / f"{shape}.db"
    write(path, SHAPES[shape](events))
    rules = folder / f"{shape}.toml"
    rules.write_text(RULES, encoding="utf-8")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    window = make_window(application, Settings(folder / "settings.json"))
    window.resize(1280, 800)
    window.show()
    window.open_target(str(path), reducers=[str(rules)])

    def until(done: object) -> None:
        ends = time.monotonic() + 600
        while not done():  # type: ignore[operator]
            application.processEvents()
            time.sleep(0.002)
            if time.monotonic() > ends:
                raise SystemExit("the window did not get ready")

    until(lambda: window.page is not None)
    page = window.page
    assert page is not None
    start = time.perf_counter()
    page.show_aggregate(AGGREGATE)
    until(lambda: page.current is not None)
    first = time.perf_counter() - start
    print(f"{shape}: {events:,} events; usable after {first:.2f} s with {len(page.view):,} of them")
    slide = page.playhead.slider.setValue
    rows = [page.playhead.slider.maximum() * at // 120 for at in range(1, 121)]
    told("dragged from the first second", frames(application, slide, rows))
    until(lambda: page.view.complete and not page.tasks.busy)
    print(f"    complete after {time.perf_counter() - start:.1f} s")
    rows = [events * at // 300 for at in range(300)]
    told("dragged through all", frames(application, slide, rows + rows[::-1]))
    print(f"    {'longest turn of the pause after it':36}{1000 * pause(application):6.2f} ms of the processor")
    middle = events // 2
    told("stepped", frames(application, slide, [middle + step for step in range(200)]))
    told("timeline zoomed and panned", frames(application, partial(travel, page.timeline), range(360)))
    window.close()
    window.deleteLater()
    application.processEvents()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the stores are written (default: a temporary folder)")
    parser.add_argument("--shape", choices=list(SHAPES), nargs="*", default=list(SHAPES))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for shape in arguments.shape:
            measure(Path(folder), shape, arguments.events)


if __name__ == "__main__":
    main()
