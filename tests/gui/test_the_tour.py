"""The tour of the window: every step is about something that is on show."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from pytestqt.qtbot import QtBot

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.gui.main_window import MainWindow


def test_it_leads_through_the_demo_store_once(window: MainWindow, demo, qtbot: QtBot) -> None:
    window.opening.open_demo_store(str(demo))
    qtbot.waitUntil(lambda: window.help.tour is not None)
    tour = window.help.tour
    qtbot.waitUntil(lambda: window.page.view is not None)
    assert window.page.view.summary.aggregate_id == PUZZLING_ORDER
    said = set()
    for number in range(len(tour.steps)):
        assert tour.number == number
        about = tour.steps[number].about()
        qtbot.waitUntil(about.isVisible)
        qtbot.waitUntil(tour.frame.isVisible)
        around = QRect(about.mapTo(window, about.rect().topLeft()), about.size())
        qtbot.waitUntil(lambda around=around: tour.frame.geometry().contains(around.center()))
        said.add(tour.text.text())
        assert tour.back.isEnabled() == (number > 0)
        tour.next.setFocus()
        qtbot.keyClick(tour.next, Qt.Key.Key_Space)
    assert len(said) == len(tour.steps)
    assert window.help.tour is None
    assert window.rooms.current == "history"
    assert window.page.find_bar.isHidden()

    window.opening.open_demo_store(str(demo))
    qtbot.waitUntil(lambda: window.page is not None and window.page.aggregates.model.rowCount() > 0)
    assert window.help.tour is None, "it was shown"
    window.help.tour_action.trigger()
    assert window.help.tour is not None
    window.help.tour.go(3)
    window.help.tour.go(2)
    assert window.help.tour.number == 2
    window.close_store()
    assert window.help.tour is None


def test_it_takes_no_clicks_away(window: MainWindow, demo, qtbot: QtBot) -> None:
    window.opening.open_demo_store(str(demo))
    qtbot.waitUntil(lambda: window.help.tour is not None and window.help.tour.frame.isVisible())
    inside = window.help.tour.frame.geometry().center()
    assert window.childAt(inside) is not window.help.tour.frame
    assert window.childAt(inside) is not None
