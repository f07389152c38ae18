"""Charts are looked at from nearer, and whole again, by the wheel, dragging, a double click, and keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView

from esviewer.app.demo import LONG_ACCOUNT
from esviewer.gui.projections.charts import ResultChart
from esviewer.gui.zooming import keys_text

KEY = Qt.Key


def turn(view: QGraphicsView, steps: int) -> None:
    """Turn the wheel over the middle of a chart."""
    middle = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        middle, view.viewport().mapToGlobal(middle), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)
    QApplication.processEvents()


def drag(view: QGraphicsView, by: int) -> None:
    """Drag a chart to the side."""
    begin = view.viewport().rect().center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=begin)
    for step in range(1, 6):
        QTest.mouseMove(view.viewport(), begin + QPoint(by * step // 5, 0))
        QApplication.processEvents()
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=begin + QPoint(by, 0))


def is_zoomed(view: QGraphicsView, span: Callable[[], tuple[float, float]]) -> None:
    """Look nearer, move, and show all again, in every way."""
    whole = span()
    wide = whole[1] - whole[0]
    assert wide > 0
    for near, again in (
        (lambda: turn(view, 3), lambda: QTest.keyClick(view, KEY.Key_Home)),
        (lambda: QTest.keyClick(view, KEY.Key_Plus), lambda: QTest.mouseDClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.viewport().rect().center())),
        (lambda: [QTest.keyClick(view, KEY.Key_Equal), QTest.keyClick(view, KEY.Key_Equal)],
         lambda: [QTest.keyClick(view, KEY.Key_Minus) for _ in range(4)]),
    ):  # fmt: skip
        near()
        nearer = span()
        assert nearer[1] - nearer[0] < 0.9 * wide
        assert whole[0] <= nearer[0] < nearer[1] <= whole[1]
        again()
        assert span() == pytest.approx(whole)
    for _ in range(3):
        QTest.keyClick(view, KEY.Key_Plus)
    before = span()
    QTest.keyClick(view, KEY.Key_Right)
    moved = span()
    assert moved[0] > before[0]
    assert moved[1] - moved[0] == pytest.approx(before[1] - before[0])
    for _ in range(99):
        QTest.keyClick(view, KEY.Key_Right)
    assert span()[1] == pytest.approx(whole[1])  # no further than there is anything
    assert span()[1] - span()[0] == pytest.approx(before[1] - before[0])
    QTest.keyClick(view, KEY.Key_Left)
    QTest.keyClick(view, KEY.Key_Left)
    before = span()
    drag(view, 80)
    assert span()[0] < before[0]
    QTest.keyClick(view, KEY.Key_Home)
    assert span() == pytest.approx(whole)


def test_the_chart_of_fields(at_demo) -> None:
    at_demo.choose(LONG_ACCOUNT)
    page = at_demo.page
    page.state.tabs.setCurrentWidget(page.fields)
    page.fields.follow_pointers(("/balance",))
    chart = page.fields.chart
    at_demo.until(lambda: chart.isVisible() and chart.strips and not page.tasks.busy)
    assert keys_text() in chart.toolTip()
    at_demo.window.activateWindow()
    at_demo.until(at_demo.window.isActiveWindow)
    chart.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    at_demo.until(chart.canvas.hasFocus)
    version = page.current.version
    is_zoomed(chart.canvas, lambda: chart.span)
    at_demo.until(lambda: not page.tasks.busy)
    # Its keys were its own: a click alone moves the playhead, and those of versions go on elsewhere.
    QTest.keyClick(chart.canvas, KEY.Key_Left)
    at_demo.until(lambda: not page.tasks.busy)
    moved = page.current.version
    page.events.setFocus()
    QTest.keyClick(page.events, KEY.Key_Home)
    at_demo.shows(LONG_ACCOUNT, 1)
    assert (version, moved) != (1, 1)


def test_the_chart_of_types(at_demo) -> None:
    room = at_demo.window.rooms.enter("schema")
    room.start.click()
    at_demo.until(lambda: room.overview is not None and not room.aside.tasks.busy)
    assert keys_text() in room.chart.toolTip()
    assert room.chart.accessibleDescription() == keys_text()
    box = room.chart.getPlotItem().getViewBox()
    is_zoomed(room.chart, lambda: tuple(box.viewRange()[0]))
    QTest.keyClick(room.chart, KEY.Key_Plus)
    near = box.viewRange()[0]
    room.chart.choose(room.overview.types[0])
    assert box.viewRange()[0] == pytest.approx(near)  # another type is looked at as near as the last
    room.chart.show_overview(room.overview)
    assert box.viewRange()[0] != pytest.approx(near)


def test_the_charts_of_results(window) -> None:
    chart = ResultChart(window.theme, "Chart", window)
    chart.resize(400, 200)
    chart.show()
    box = chart.getPlotItem().getViewBox()
    for show in (
        lambda: chart.show_line([(row, row / 2, row + 1.0) for row in range(50)]),
        lambda: chart.show_histogram([0.0, 1.0, 2.0, 3.0], [3, 8, 1]),
        lambda: chart.show_bars(["a", "b"], [7.0, 3.0]),
    ):
        show()
        is_zoomed(chart, lambda: tuple(box.viewRange()[0]))
    QTest.keyClick(chart, KEY.Key_Plus)
    chart.show_histogram([0.0, 100.0, 200.0], [3, 8])
    assert box.viewRange()[0][1] > 190  # what is new is shown whole
    chart.clear_all()
    before = box.viewRange()[0]
    QTest.keyClick(chart, KEY.Key_Plus)
    assert box.viewRange()[0] == before
