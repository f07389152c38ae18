"""Work off the GUI thread: what is delivered, and when."""

import gc
import time
import weakref
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.errors import StoreError
from esviewer.gui.tasks import FRAME, Tasks
from esviewer.work import Work


@pytest.fixture
def parent(qapp: QApplication) -> QObject:
    """What owns the tasks."""
    return QObject(qapp)


def test_what_is_paced_comes_once_a_frame(parent: QObject, qtbot: QtBot) -> None:
    tasks = Tasks(parent)
    came: list[tuple[str, float]] = []

    def take(name: str) -> None:
        came.append((name, time.monotonic()))

    for name in "abc":
        tasks.run(lambda _, name=name: name, take, slot=name, paced=True)
    tasks.run(lambda _: "at once", take)
    qtbot.waitUntil(lambda: not tasks.busy)

    assert sorted(name for name, _ in came) == ["a", "at once", "b", "c"]
    times = [at for name, at in came if name != "at once"]
    assert all(later - earlier >= FRAME * 0.9 for earlier, later in pairwise(times))
    tasks.close()


def test_what_waits_for_the_next_frame_can_be_cancelled(parent: QObject, qtbot: QtBot) -> None:
    tasks = Tasks(parent)
    came: list[object] = []
    tasks.run(lambda _: 1, came.append, slot="state", paced=True)
    qtbot.waitUntil(lambda: came == [1])
    tasks.run(lambda _: 2, came.append, slot="state", paced=True)
    time.sleep(0.01)  # so that it is there, and waits
    tasks.run(lambda _: 3, came.append, slot="state", paced=True)
    qtbot.waitUntil(lambda: not tasks.busy)

    assert came == [1, 3]
    tasks.close()


def test_what_a_task_knew_goes_at_once(parent: QObject, qtbot: QtBot) -> None:
    class Known:
        pass

    tasks = Tasks(parent)
    left: list[weakref.ref[Known]] = []

    def run(slot: str) -> None:
        known = Known()
        left.append(weakref.ref(known))

        def work(task: Work, known: Known = known) -> Known:
            task.report("at it", 1)
            if slot == "fails":
                raise StoreError("It failed.")
            return known

        tasks.run(work, lambda _, known=known: None, lambda _, known=known: None, slot=slot)

    gc.collect()
    gc.disable()
    try:
        for slot in ("done", "fails", "cancelled"):
            run(slot)
        tasks.cancel("cancelled")
        qtbot.waitUntil(lambda: not tasks.busy)
        qtbot.waitUntil(lambda: not any(each() for each in left))  # else it waits for a collection of garbage
    finally:
        gc.enable()
        tasks.close()
