"""A tour of the real window on a store that tests/benchmarks/make_large.py made: what a person does in it, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers_watchdog import Watchdog, resident
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esviewer.gui.audit.room import AuditRoom
from esviewer.gui.flow.room import FlowRoom
from esviewer.gui.lanes.room import LanesRoom
from esviewer.gui.log.room import EventsRoom
from esviewer.gui.machine import ToLanes
from esviewer.gui.main_window import MainWindow
from esviewer.gui.projections.room import ProjectionsRoom
from esviewer.gui.store_page import StorePage
from esviewer.gui.trace.room import TraceRoom

LONGEST = "ledger-0000001"
FRAME = 1 / 60


@dataclass
class Step:
    """A step that was done."""

    name: str
    seconds: float
    memory: int
    """Resident megabytes after it."""


class Tour:
    """Drives a window; the watchdog is told each step."""

    def __init__(
        self, application: QApplication, window: MainWindow, dog: Watchdog, patience: float = 900.0, every: int = 1
    ) -> None:
        """`patience`: seconds for which anything is waited for; `every`: of the frames of a motion, the nth alone."""
        self.application = application
        self.window = window
        self.dog = dog
        self.steps: list[Step] = []
        self._patience = patience
        self._every = every

    @property
    def page(self) -> StorePage:
        """The open store's."""
        assert self.window.page is not None
        return self.window.page

    def until(self, condition: Callable[[], object], seconds: float | None = None) -> bool:
        """Run the event loop until something holds; with `seconds` that need not happen."""
        ends = time.monotonic() + (self._patience if seconds is None else seconds)
        while not condition():
            self.application.processEvents()
            time.sleep(0.001)
            if time.monotonic() > ends:
                if seconds is None:
                    raise TimeoutError(f"{self.dog.step}: the window did not get there")
                return False
        self.application.processEvents()
        return True

    def frames(self, rows: list[int], move: Callable[[int], object]) -> None:
        """Move something frame by frame, as a hand does."""
        for row in rows[:: self._every]:
            due = time.monotonic() + FRAME
            move(row)
            self.application.processEvents()
            while time.monotonic() < due:
                self.application.processEvents()
                time.sleep(0.001)

    def walk(self, target: Path | str, reducers: Sequence[str] = ()) -> Iterator[Step]:
        """All steps, each when it is done; `reducers` where none lie beside the store."""
        for name, step in (
            ("open", lambda: self._open(str(target), reducers)),
            ("scroll the first rows", self._scroll_first),
            ("load all ids", self._load_all),
            ("scroll through all", self._scroll_all),
            ("jump to the end", self._jump_to_end),
            ("count", self._count),
            ("filter by type", self._filter),
            ("search an id", self._search),
            ("open an aggregate", self._open_one),
            ("open the longest", self._open_longest),
            ("drag while it is read", self._drag_early),
            ("read it whole", self._read_whole),
            ("drag", self._drag),
            ("true time", self._true_time),
            ("find", self._find),
            ("fields", self._fields),
            ("as of a date", self._as_of),
            ("quick open", self._quick_open),
            ("audit room", self._audit),
            ("schema room", self._schema),
            ("events room", self._events),
            ("process map", self._flow),
            ("cause and effect", self._trace),
            ("swim lanes", self._lanes),
            ("projections room", self._projections),
            ("back to the list", self._back),
            ("close", self._close),
        ):
            self.dog.begin(name)
            begun = time.monotonic()
            step()
            self.application.processEvents()
            done = Step(name, time.monotonic() - begun, resident())
            self.dog.begin("between")
            self.steps.append(done)
            yield done

    # The steps

    def _open(self, target: str, reducers: Sequence[str]) -> None:
        self.window.open_target(target, reducers=reducers)
        self.until(lambda: self.window.page is not None and self.page.aggregates.model.rowCount() > 0)

    def _scroll_first(self) -> None:
        bar = self.page.aggregates.view.verticalScrollBar()
        self.frames(list(range(0, 180, 3)), bar.setValue)

    def _load_all(self) -> None:
        self.until(lambda: "loading" not in self.page.aggregates.count.text())

    def _scroll_all(self) -> None:
        bar = self.page.aggregates.view.verticalScrollBar()
        self.frames([bar.maximum() * at // 120 for at in range(121)], bar.setValue)

    def _jump_to_end(self) -> None:
        panel = self.page.aggregates
        for there in (panel.view.scrollToTop, panel.view.scrollToBottom):
            there()
            last = panel.model.index(panel.model.rowCount() - 1 if there == panel.view.scrollToBottom else 0, 2)
            self.until(lambda last=last: last.data() != "…")

    def _count(self) -> None:
        self.until(lambda: self.page.aggregates.types.count() > 1)

    def _filter(self) -> None:
        panel = self.page.aggregates
        panel.types.setCurrentText("order")
        self.until(lambda: panel.model.rowCount() > 0 and panel.model.ref(0).aggregate_type == "order")
        self.until(lambda: "loading" not in panel.count.text())
        panel.types.setCurrentIndex(0)
        self.until(lambda: panel.model.rowCount() > 0 and "loading" not in panel.count.text())

    def _search(self) -> None:
        panel = self.page.aggregates
        sought = panel.model.ref(panel.model.rowCount() * 2 // 3).aggregate_id
        for length in (1, 2, 3, len(sought)):
            panel.search.setText(sought[-length:] if length < 4 else sought)
            self.until(lambda: False, 0.05)
        self.until(lambda: panel.model.rowCount() == 1 and panel.model.ref(0).aggregate_id == sought)

    def _open_one(self) -> None:
        panel = self.page.aggregates
        panel.view.selectRow(0)
        self.until(lambda: self.page.current is not None and not self.page.tasks.busy)
        self.frames(list(range(len(self.page.view or ()))), self.page.playhead.slider.setValue)
        panel.search.clear()
        self.until(lambda: panel.model.rowCount() > 1 and "loading" not in panel.count.text())

    def _open_longest(self) -> None:
        self.page.show_aggregate(LONGEST)
        self.until(lambda: self.page.current is not None and self.page.current.aggregate_id == LONGEST)

    def _drag_early(self) -> None:
        slider = self.page.playhead.slider
        most = slider.maximum()
        self.frames([most * at // 90 for at in range(91)], slider.setValue)

    def _read_whole(self) -> None:
        self.until(lambda: self.page.view is not None and self.page.view.complete and not self.page.tasks.busy)

    def _drag(self) -> None:
        slider = self.page.playhead.slider
        rows = [slider.maximum() * at // 200 for at in range(201)]
        self.frames([*rows, *rows[::-1]], slider.setValue)
        self.until(lambda: not self.page.tasks.busy)

    def _true_time(self) -> None:
        self.page.by_time.setChecked(True)
        slider = self.page.playhead.slider
        self.frames([slider.maximum() * at // 60 for at in range(61)], slider.setValue)
        self.page.by_time.setChecked(False)
        self.until(lambda: not self.page.tasks.busy)

    def _find(self) -> None:
        bar = self.page.find_bar
        bar.open_bar()
        bar.edit.setText("state.balance > 100000")
        bar.look()
        self.until(lambda: bar.stretches is not None and bar.stretches.complete and not self.page.tasks.busy)
        for _ in range(5):
            bar.go_on()
            self.until(lambda: not self.page.tasks.busy)
        bar.close_bar()

    def _fields(self) -> None:
        page = self.page
        page.fields.follow(("balance",))
        page.state.tabs.setCurrentWidget(page.fields)
        self.until(lambda: not page.tasks.busy)
        self.until(lambda: False, 1.0)
        slider = page.playhead.slider
        self.frames([slider.maximum() * at // 60 for at in range(61)], slider.setValue)
        self.until(lambda: not page.tasks.busy)
        page.fields.unfollow(("balance",))
        page.state.tabs.setCurrentWidget(page.state.tree)

    def _as_of(self) -> None:
        page = self.page
        page.show_as_of("2024-06-01")
        self.until(lambda: not page.tasks.busy)
        bar = page.aggregates.view.verticalScrollBar()
        self.frames([bar.maximum() * at // 30 for at in range(31)], bar.setValue)
        self.until(lambda: not page.tasks.busy)
        page.clear_as_of()
        self.until(lambda: not page.tasks.busy)

    def _quick_open(self) -> None:
        self.window.show_quick_open()
        dialog = self.window.quick.dialog
        assert dialog is not None
        for text in ("o", "or", "order-", "order-00", f"{LONGEST}@1000"):
            dialog.field.setText(text)
            self.until(lambda: False, 0.1)
        self.until(lambda: dialog.current is not None and LONGEST in dialog.current.text)
        dialog.field.returnPressed.emit()
        self.until(lambda: self.page.current is not None and self.page.current.version == 1000)

    def _audit(self) -> None:
        self.window.enter("audit")
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, AuditRoom)
        self.until(lambda: not room.model.tasks.busy)
        room.begin()
        self.until(lambda: not room.running.going, 5.0)
        room.cancel()
        self.until(lambda: not room.running.going)

    def _schema(self) -> None:
        self.window.enter("schema")
        self.until(lambda: False, 1.0)

    def _events(self) -> None:
        self.window.enter("events")
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, EventsRoom)
        self.until(lambda: room.model.rowCount() > 0)
        bar = room.table.verticalScrollBar()
        self.frames([bar.maximum() * at // 60 for at in range(61)], bar.setValue)
        room.filters.types.setText("Order*")
        room.filters.search.click()
        self.until(lambda: room.model.rowCount() > 0)
        # The overview is refined meanwhile.
        self.until(lambda: False, 3.0)
        room.halt()

    def _flow(self) -> None:
        self.window.enter("flow")
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, FlowRoom)
        room.begin()
        self.until(lambda: room.flows is not None, 5.0)
        room.cancel()
        self.until(lambda: not room.aside.tasks.busy)

    def _trace(self) -> None:
        self.page.machine.trace_wanted.emit((LONGEST, 1000))
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, TraceRoom)
        self.until(lambda: not room.aside.tasks.busy, 5.0)
        room.cancel()
        self.until(lambda: not room.aside.tasks.busy)

    def _lanes(self) -> None:
        model = self.page.aggregates.model
        others = [model.ref(row).aggregate_id for row in range(0, model.rowCount(), model.rowCount() // 5)]
        self.page.machine.lanes_wanted.emit(ToLanes((LONGEST, *others)))
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, LanesRoom)
        self.until(lambda: not room.aside.tasks.busy)
        picture = room.picture
        for key in [Qt.Key.Key_Plus] * 40 + [Qt.Key.Key_Right] * 40 + [Qt.Key.Key_Minus] * 40:
            self.frames([0], lambda _, key=key: QTest.keyClick(picture, key))
        self.until(lambda: not room.aside.tasks.busy)

    def _projections(self) -> None:
        self.window.enter("projections")
        room = None if self.window.rooms is None else self.window.rooms.room
        assert isinstance(room, ProjectionsRoom)
        self.until(lambda: not room.aside.tasks.busy, 10.0)
        room.begin()
        self.until(lambda: False, 5.0)
        room.cancel()
        self.until(lambda: not room.aside.tasks.busy)

    def _back(self) -> None:
        self.window.enter("history")
        self.page.aggregates.view.scrollToTop()
        self.until(lambda: not self.page.tasks.busy)

    def _close(self) -> None:
        self.window.close_store()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.until(lambda: False, 0.5)
