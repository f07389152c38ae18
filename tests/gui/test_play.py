"""Playing moves the playhead at the chosen rate, one frame after the other, and stops where it should."""

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.errors import StoreError
from esviewer.gui.play import SPEEDS, Play
from esviewer.stores.embedded import EmbeddedStore


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def still(driver, aggregate_id: str) -> tuple[Play, Clock]:
    """The page's own player with a clock of ours, ticking only when it is told to."""
    driver.choose(aggregate_id)
    play, clock = driver.page.play, Clock()
    play._clock = clock
    play._timer.setInterval(10_000_000)
    return play, clock


def choose_speed(driver, name: str) -> None:
    driver.page.playhead.speed.setCurrentText(name)
    assert driver.page.playhead.speed.currentText() == name


def test_all_speeds_are_offered(at_demo) -> None:
    box = at_demo.page.playhead.speed
    names = [box.itemText(index) for index in range(box.count())]

    assert names[:7] == ["1/s", "2/s", "5/s", "10/s", "25/s", "100/s", "1,000/s"]
    assert [box.itemData(index) for index in range(box.count())] == list(SPEEDS)


def test_it_plays_from_the_first_version_to_the_last(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    choose_speed(at_demo, "25/s")
    seen: list[int] = []
    page.machine.shown.connect(lambda shown: seen.append(shown.row))
    qtbot.mouseClick(page.playhead.play, Qt.MouseButton.LeftButton)

    assert page.play.playing
    assert page.playhead.play.text() == "❚❚"
    at_demo.until(lambda: not page.play.playing)
    at_demo.shows(PUZZLING_ORDER, 16)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 15
    assert page.playhead.play.text() == "▶"


def test_backward_ends_at_the_first_version(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    page = at_demo.page
    choose_speed(at_demo, "100/s")
    page.events.setFocus()
    qtbot.keyClick(page.events, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)

    assert page.play.direction == -1
    at_demo.until(lambda: not page.play.playing)
    at_demo.shows(PUZZLING_ORDER, 1)


def test_rows_are_skipped_to_keep_the_rate(at_demo) -> None:
    play, clock = still(at_demo, LONG_ACCOUNT)
    choose_speed(at_demo, "1,000/s")
    play.start(1)
    at_demo.shows(LONG_ACCOUNT)
    clock.now = 0.033
    play.tick()
    assert at_demo.page.playhead.row == 33
    at_demo.until(lambda: play._waiting is None)
    clock.now = 4.5
    play.tick()

    assert at_demo.page.playhead.row == 4500


def test_a_frame_waits_until_the_last_one_has_been_shown(at_demo) -> None:
    play, clock = still(at_demo, LONG_ACCOUNT)
    choose_speed(at_demo, "10/s")
    play.start(1)
    at_demo.shows(LONG_ACCOUNT)
    clock.now = 0.1
    play.tick()
    assert at_demo.page.playhead.row == 1
    waiting = len(at_demo.page.tasks._tasks)
    for _ in range(20):
        clock.now += 0.1
        play.tick()

    assert at_demo.page.playhead.row == 1, "nothing has been shown meanwhile: no event loop ran"
    assert len(at_demo.page.tasks._tasks) == waiting
    at_demo.until(lambda: play._waiting is None)
    play.tick()
    assert at_demo.page.playhead.row == 21


def test_space_toggles_and_presses_the_button_that_has_the_focus(at_demo, qtbot: QtBot) -> None:
    play, _ = still(at_demo, PUZZLING_ORDER)
    page = at_demo.page
    page.events.setFocus()
    qtbot.keyClick(page.events, Qt.Key.Key_Space)
    assert play.direction == 1
    qtbot.keyClick(page.events, Qt.Key.Key_Space)
    assert not play.playing
    page.by_time.setFocus()
    qtbot.keyClick(page.by_time, Qt.Key.Key_Space)

    assert page.by_time.isChecked()
    assert not play.playing
    page.aggregates.search.setFocus()
    qtbot.keyClicks(page.aggregates.search, " ")
    assert page.aggregates.search.text().endswith(" ")
    assert not play.playing


def test_it_stops_when_the_playhead_is_moved(at_demo, qtbot: QtBot) -> None:
    play, _ = still(at_demo, PUZZLING_ORDER)
    play.start(1)
    at_demo.page.events.setFocus()
    qtbot.keyClick(at_demo.page.events, Qt.Key.Key_Right)

    assert not play.playing
    assert at_demo.page.playhead.row == 1


def test_it_stops_when_another_aggregate_is_chosen_and_when_the_store_fails(at_demo) -> None:
    play, _ = still(at_demo, PUZZLING_ORDER)
    play.start(1)
    at_demo.page.show_aggregate(LONG_ACCOUNT)
    assert not play.playing
    at_demo.shows(LONG_ACCOUNT)
    play.start(1)
    assert play.playing

    def lost(work: object) -> None:
        raise StoreError("The store is gone.")

    at_demo.page.tasks.run(lost)
    at_demo.until(lambda: not play.playing)
    at_demo.message("The store is gone.")
    play.start(1)
    at_demo.window.close_store()
    assert not play.playing


def test_true_time_follows_the_events_clock(at_demo) -> None:
    play, clock = still(at_demo, PUZZLING_ORDER)
    choose_speed(at_demo, "1 hour/s")
    view = at_demo.page.view
    times = [view.instant(row).ns for row in range(len(view))]
    play.start(1)
    at_demo.shows(PUZZLING_ORDER, 1)
    for row in range(1, len(times)):
        clock.now = (times[row] - times[0]) / 3600 / 1e9 + 1e-6
        play.tick()
        assert at_demo.page.playhead.row == row
        at_demo.shows(PUZZLING_ORDER, row + 1)

    assert not play.playing
    play.start(-1)
    at_demo.shows(PUZZLING_ORDER, len(times))
    clock.now += (times[-1] - times[-2]) / 3600 / 1e9 + 1e-6
    play.tick()
    assert at_demo.page.playhead.row == len(times) - 2


def test_nothing_plays_without_an_aggregate(at_demo) -> None:
    at_demo.page.play.toggle(1)

    assert not at_demo.page.play.playing


def test_one_event_is_not_played(driver, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "small.db") as store:
        for name, events in (("one", 1), ("two", 2)):
            for number in range(events):
                store.append_event(name, "Added", {"n": number})
    page = driver.open(tmp_path / "small.db")
    for name, plays in (("one", False), ("two", True), ("one", False)):
        page.show_aggregate(name)
        driver.shows(name)
        assert page.playhead.isEnabled()
        assert [each.isEnabled() for each in (page.playhead.play, page.playhead.play_back)] == [plays, plays]


def test_a_notch_of_the_wheel_is_one_version(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    slider = at_demo.page.playhead.slider

    def turn(eighths: int) -> None:
        middle = QPointF(slider.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(slider.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, eighths),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(slider, event)

    turn(-120)
    at_demo.shows(PUZZLING_ORDER, 15)
    turn(-240)
    at_demo.shows(PUZZLING_ORDER, 13)
    for _ in range(4):
        turn(30)  # as fine wheels and touchpads tell it
    at_demo.shows(PUZZLING_ORDER, 14)


def test_the_playhead_is_dragged_along_the_timeline(at_demo, qtbot: QtBot) -> None:
    at_demo.choose(PUZZLING_ORDER)
    timeline = at_demo.page.timeline
    viewport = timeline.viewport()
    box = timeline.getPlotItem().getViewBox()
    before = box.viewRange()[0]

    def place(version: float) -> QPoint:
        scene = box.mapViewToScene(QPointF(version, 0))
        return QPoint(timeline.mapFromScene(scene).x(), viewport.height() // 3)

    qtbot.mouseMove(viewport, place(16))
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place(16))
    for version in (14, 9.2, 4.4):
        qtbot.mouseMove(viewport, place(version))
        assert at_demo.page.playhead.row == round(version) - 1
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place(4.4))
    at_demo.shows(PUZZLING_ORDER, 4)
    qtbot.mouseMove(viewport, place(10))
    assert at_demo.page.playhead.row == 3
    assert box.viewRange()[0] == before


def test_the_slider_stays_where_it_is_while_versions_get_longer(at_demo) -> None:
    at_demo.choose(PUZZLING_ORDER)
    playhead = at_demo.page.playhead
    playhead.move(8)
    at_demo.shows(PUZZLING_ORDER, 9)
    QApplication.processEvents()
    before = playhead.slider.geometry()
    playhead.move(9)
    at_demo.shows(PUZZLING_ORDER, 10)
    QApplication.processEvents()
    assert playhead.place.text() == "version 10"
    assert playhead.slider.geometry() == before
