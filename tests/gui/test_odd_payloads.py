"""The window on a store of oddities: every aggregate shows, and nothing that can't be seen is drawn as it is."""

from __future__ import annotations

import re
from pathlib import Path

from helpers_odd import BIDI, SMALL, TIMES, write_large, write_odd
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel

INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def drawn(driver) -> list[str]:
    """What labels, tables and trees show, as far down as they are open."""
    texts = [each.text() for each in driver.window.findChildren(QLabel)]
    for view in driver.page.findChildren(QAbstractItemView):
        model = view.model()
        if model is None or not view.isVisible():
            continue

        def rows(parent: QModelIndex, depth: int, model=model) -> None:
            for row in range(min(model.rowCount(parent), 60)):
                for column in range(model.columnCount(parent)):
                    index = model.index(row, column, parent)
                    texts.append(str(index.data(Qt.ItemDataRole.DisplayRole) or ""))
                    if depth < 3 and not column:
                        rows(index, depth + 1)

        rows(QModelIndex(), 0)
    return texts


def test_every_aggregate_shows(driver, tmp_path: Path) -> None:
    page = driver.open(write_odd(tmp_path / "odd.db"))
    for aggregate in (*SMALL, *TIMES):
        page.show_aggregate(aggregate)
        driver.until(lambda aggregate=aggregate: page.aggregate_id == aggregate and page.view is not None)
        driver.shows(aggregate)
        page.playhead.move(0)
        driver.until(lambda: page.details.settled and not page.tasks.busy)
        for text in drawn(driver):
            assert not INVISIBLE.search(text), (aggregate, text[:200])
        assert "fault of esviewer" not in page.messages.text
    page.show_aggregate("bidi")
    driver.shows("bidi")
    assert any("\\u202eevil" in text for text in drawn(driver))
    assert page.current.state["raw"] == BIDI


def test_a_payload_of_a_hundred_megabytes_shows_too(driver, tmp_path: Path) -> None:
    page = driver.open(write_large(tmp_path / "large.db"))
    page.show_aggregate("large")
    driver.qtbot.waitUntil(
        lambda: page.current is not None and page.details.settled and not page.tasks.busy, timeout=90_000
    )
    assert page.current.version == 1
    page.playhead.move(0)
    driver.qtbot.waitUntil(
        lambda: page.current.version == 0 and page.details.settled and not page.tasks.busy, timeout=90_000
    )
    # What is drawn is the beginning: a text of 100 MB would hold up every frame.
    assert max(map(len, drawn(driver))) < 100_000
