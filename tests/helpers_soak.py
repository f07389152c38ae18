"""Work in the real window without end: tabs, rooms and stores are opened and closed, and what stays is counted."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMessageLogContext, QObject, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from esviewer.gui.audit.room import AuditRoom
from esviewer.gui.flow.room import FlowRoom
from esviewer.gui.main_window import MainWindow
from esviewer.gui.store_page import StorePage
from esviewer.gui.store_rooms import ROOMS

PATIENCE = 120.0
"""Seconds for which anything is waited for."""


@dataclass(frozen=True)
class Held:
    """What the process holds at one moment."""

    tabs: int
    """Tabs that were opened and closed until then."""
    pss: int
    """Kilobytes of memory, shared ones by share."""
    heap: int
    """Kilobytes that libraries in C have taken and not given back, of memory that may well be more."""
    threads: int
    files: int
    """Open file descriptors."""
    qt: int
    """Qt's objects in the window."""
    wrapped: int
    """Qt's objects that Python knows."""
    blocks: int
    """Pieces of memory that Python holds for its objects."""

    def __str__(self) -> str:
        return (
            f"{self.tabs:6} tabs  {self.pss / 1024:7.1f} MB  {self.heap / 1024:7.1f} MB of heap  "
            f"{self.threads:3} threads  {self.files:3} files  "
            f"{self.qt:6} Qt objects  {self.wrapped:6} wrapped  {self.blocks:8} blocks"
        )


class Soak:
    """Drives a window; whoever iterates says when it is enough."""

    def __init__(self, application: QApplication, window: MainWindow, store: Path) -> None:
        self.application = application
        self.window = window
        self.store = store
        self.tabs = 0

    @property
    def page(self) -> StorePage:
        """The open store's."""
        assert self.window.page is not None
        return self.window.page

    def until(self, condition: Callable[[], object]) -> None:
        """Run the event loop until something holds."""
        ends = time.monotonic() + PATIENCE
        while not condition():
            self.application.processEvents()
            time.sleep(0.001)
            if time.monotonic() > ends:
                raise TimeoutError("the window did not get there")
        self.application.processEvents()

    def open(self) -> None:
        """Open the store."""
        self.window.open_target(str(self.store))
        self.until(lambda: self.window.page is not None and self.page.aggregates.model.rowCount() > 0)
        self.until(lambda: "loading" not in self.page.aggregates.count.text())

    def close(self) -> None:
        """Close it, and wait for what goes later."""
        self.window.close_store()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.application.processEvents()

    def ids(self, count: int) -> list[str]:
        """So many aggregates, others each time."""
        model = self.page.aggregates.model
        return [model.ref((self.tabs + at) * 7 % model.rowCount()).aggregate_id for at in range(count)]

    def work_in_tabs(self, count: int) -> None:
        """Open some tabs, look at each one's states, and close them."""
        window, page = self.window, self.page
        window.enter("history")
        for aggregate in self.ids(count):
            window.tabs.open(aggregate)
            self.until(lambda: page.current is not None and not page.tasks.busy)
            last = len(page.view or ()) - 1
            for row in (0, last // 2, last):
                page.playhead.move(row)
            panels = page.state.tabs
            panels.setCurrentIndex(self.tabs % panels.count())
            self.until(lambda: not page.tasks.busy)
            panels.setCurrentIndex(0)
            self.tabs += 1
        while window.tabs.close.isEnabled():
            window.tabs.close.trigger()
        self.until(lambda: not page.tasks.busy)

    def walk_through_rooms(self, *, at_work: bool) -> None:
        """Enter every room; with `at_work` those are begun that read the whole store."""
        for kind in ROOMS:
            room = self.window.rooms and self.window.rooms.enter(kind.name)
            self.until(lambda: not self.page.tasks.busy)
            if at_work and isinstance(room, AuditRoom):
                self.until(lambda room=room: not room.model.tasks.busy)
                room.begin()
                self.until(lambda room=room: not room.running.going)
            elif at_work and isinstance(room, FlowRoom):
                room.begin()
                self.until(lambda room=room: not room.aside.tasks.busy)
        self.window.enter("history")

    def rounds(self, *, tabs: int = 10, rooms: int = 5, stores: int = 10) -> Iterator[Held]:
        """Work for ever; what is held after each round of tabs, some with rooms entered or the store opened anew."""
        self.open()
        number = 0
        while True:
            number += 1
            self.work_in_tabs(tabs)
            if number % rooms == 0:
                self.walk_through_rooms(at_work=number % (4 * rooms) == 0)
            if number % stores == 0:
                self.close()
                self.open()
            yield self.held()

    def held(self) -> Held:
        """What is held now, without what only waits to be collected."""
        for _ in range(3):
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self.application.processEvents()
            gc.collect()
        return Held(
            self.tabs,
            _pss(),
            _heap(),
            threading.active_count(),
            len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - the names alone
            _objects_of(self.window),
            len(Shiboken.getAllValidWrappers()),
            sys.getallocatedblocks(),
        )


def _objects_of(window: QObject) -> int:
    # Counted by Qt: asked for its children, each would get an object of Python that outlives it.
    lines = 0

    def count(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        nonlocal lines
        lines += text.count("\n") + 1

    former = qInstallMessageHandler(count)
    window.dumpObjectTree()
    qInstallMessageHandler(former)
    return lines


class _MallInfo(ctypes.Structure):
    """What glibc tells of its memory (mallinfo2)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


def _heap() -> int:
    try:
        told = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return 0
    told.restype = _MallInfo
    found = told()
    return int(found.uordblks + found.hblkhd) // 1024


def _pss() -> int:
    told = Path("/proc/self/smaps_rollup").read_text()
    return int(told.partition("\nPss:")[2].split()[0])
