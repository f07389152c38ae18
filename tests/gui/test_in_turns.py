"""What is done a piece a turn: in order, one thing at a time, undone when it is given up."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from esviewer.gui.in_turns import InTurns, Pieces
from esviewer.gui.main_window import MainWindow


@pytest.fixture
def turns(qapp) -> InTurns:
    return InTurns(qapp)


def pieces(done: list[str], name: str = "", many: int = 3) -> Pieces:
    try:
        for number in range(many):
            done.append(f"{name}{number}")
            yield
    except GeneratorExit:
        done.append(f"{name} undone")
        raise
    done.append(f"{name} end")


def test_each_piece_has_a_turn(turns: InTurns, qtbot: QtBot, qapp) -> None:
    done: list[str] = []
    turns.begin(pieces(done))
    assert done == ["0"]
    qapp.processEvents()
    assert len(done) < 3, "all of it in one turn"
    qtbot.waitUntil(lambda: not turns.busy)
    assert done == ["0", "1", "2", " end"]


def test_what_is_asked_for_last_counts(turns: InTurns, qtbot: QtBot) -> None:
    done: list[str] = []
    turns.begin(pieces(done, "a", 10_000))
    qtbot.waitUntil(lambda: bool(done))
    turns.begin(pieces(done, "b"))
    qtbot.waitUntil(lambda: not turns.busy)
    assert "a undone" in done
    assert "a end" not in done
    assert done[-4:] == ["b0", "b1", "b2", "b end"]


def test_a_store_that_is_given_up_half_way_is_closed(window: MainWindow, demo, qtbot: QtBot, monkeypatch) -> None:
    window.open_target(str(demo))
    qtbot.waitUntil(lambda: window.page is not None)
    before = window.page
    closed: list[object] = []
    opened = QSignalSpy(window.opening.opened)
    window.open_target(str(demo))
    qtbot.waitUntil(lambda: opened.count() > 0)
    found = opened.at(0)[0]
    for session in (found.session, found.counting):
        close = session.close
        monkeypatch.setattr(session, "close", lambda close=close, session=session: (closed.append(session), close()))
    assert window._making.busy
    assert window.page is before, "what is open stays until the other is whole"
    window._making.stop()
    qtbot.waitUntil(lambda: len(closed) == 2)
    assert window.page is before
    assert window.stack.count() == 2
    assert window.stack.currentWidget() is window.rooms
