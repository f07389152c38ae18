"""Tabs, rooms and stores opened and closed in a row leave nothing behind; for hours: tests/benchmarks/soak.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers_log import many, write_sqlite
from helpers_soak import Soak
from PySide6.QtWidgets import QApplication

from esviewer.gui.main_window import MainWindow


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is told by Linux's /proc")
def test_work_in_a_row_leaves_nothing_behind(qapp: QApplication, window: MainWindow, tmp_path: Path) -> None:
    store = write_sqlite(tmp_path / "store.db", many(400))
    soak = Soak(qapp, window, store)
    rounds = soak.rounds(tabs=5, rooms=2, stores=4)
    found = [next(rounds) for _ in range(12)]
    # The store was just opened anew each time; what is made once is there after the second.
    first, last = found[7], found[11]
    assert last.tabs == 60
    assert last.threads <= first.threads
    assert last.files <= first.files + 1
    assert last.qt <= first.qt + 5
    assert last.wrapped <= first.wrapped + 10
    # A tab that stayed would have some hundreds: 20 were opened and closed, and a store with all its rooms.
    assert last.blocks - first.blocks < 3_000
