"""Events in words: in the table, over the event in full, at the lanes and in the Events room, masked, and by type."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from esviewer.gui import motion, words_in_sight
from esviewer.gui.log.model import TYPE
from esviewer.gui.theme import DARK, LIGHT
from esviewer.replay.event_words import COLOURS

ACCOUNT = "account-00031"


@pytest.fixture
def worded(driver, demo: Path, tmp_path: Path):
    """A window with a demo store whose accounts' rules have words of this test."""

    def begin(words: str):
        store = tmp_path / "demo.db"
        shutil.copyfile(demo, store)
        folder = tmp_path / "demo.db.reducers"
        shutil.copytree(demo.with_name(demo.name + ".reducers"), folder)
        rules = folder / "accounts.toml"
        rules.write_text(rules.read_text(encoding="utf-8").partition("# What the window")[0] + words, encoding="utf-8")
        driver.open(store)
        driver.page.show_aggregate(ACCOUNT, 2)
        driver.shows(ACCOUNT, 2)
        return driver.page.events

    return begin


def texts(table) -> list[str]:
    model = table.shown
    return [model.index(row, 1).data() for row in range(min(5, model.rowCount()))]


def test_themes_have_a_colour_for_each_name() -> None:
    assert len(COLOURS) == len(LIGHT.types) == len(DARK.types)


def test_what_is_in_sight_is_called_by_its_wording(driver, worded) -> None:
    table = worded(
        '[event_type.MoneyDeposited]\nwording = "Deposit of {data.amount}"\nsign = "+"\ncolour = "red"\n'
        '[event_type.AccountOpened]\nwording = "Opened"\n'
    )
    data = driver.window.page.session.store.event(ACCOUNT, 2).data
    driver.until(lambda: texts(table)[1] == f"+ Deposit of {data['amount']}")
    assert texts(table)[0] == "Opened"
    assert texts(table)[3] == "MoneyWithdrawn"
    assert table.shown.cells(1, [1])[0].colour == QColor(driver.window.theme.colours.types[9])
    tip = table.shown.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.split("\n") == [f"+ Deposit of {data['amount']}", "MoneyDeposited"]
    assert driver.page.details.title.full.startswith(f"2 + MoneyDeposited · Deposit of {data['amount']} · ")
    ticks = dict(driver.page.timeline.getPlotItem().getAxis("left")._tickLevels[0])
    assert ticks[1] == "+ MoneyDeposited"

    driver.window.types_action.setChecked(True)
    assert texts(table)[:2] == ["AccountOpened", "+ MoneyDeposited"]
    assert driver.window.settings.get("event_types") is True
    driver.window.types_action.setChecked(False)
    driver.until(lambda: texts(table)[1] == f"+ Deposit of {data['amount']}")


def test_words_are_masked_until_the_value_is_revealed(driver, worded) -> None:
    table = worded('[event_type.AccountOpened]\nwording = "Of {data.iban} and {data.iban + data.owner}"\n')
    iban = driver.window.page.session.store.event(ACCOUNT, 1).data["iban"]
    driver.until(lambda: texts(table)[0].startswith("Of ‹masked "))
    assert iban not in texts(table)[0]
    driver.page.machine.reveal(("iban",), "", ACCOUNT)
    assert texts(table)[0] == "AccountOpened", "what was made before is not shown"
    driver.until(lambda: texts(table)[0].startswith(f"Of {iban} and {iban}"))
    driver.page.machine.hide()
    assert iban not in texts(table)[0]


def test_control_characters_are_made_visible(driver, worded) -> None:
    table = worded("""[event_type.AccountOpened]\nwording = "{'a\\\\n\\\\u202eb'}"\n""")
    driver.until(lambda: texts(table)[0] == "a⏎\\u202eb")


def test_no_words_are_made_while_the_playhead_moves(driver, worded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_in_sight, "at_rest", lambda: False)
    table = worded('[event_type.AccountOpened]\nwording = "No {data.iban}"\n')
    asked: list[str] = []
    run = driver.page.tasks.run
    monkeypatch.setattr(driver.page.tasks, "run", lambda *a, **kw: (asked.append(kw.get("slot", "")), run(*a, **kw)))
    table.viewport().update()
    driver.qtbot.wait(150)
    assert texts(table)[0] == "AccountOpened"
    assert "words" not in asked
    monkeypatch.setattr(words_in_sight, "at_rest", motion.at_rest)
    driver.until(lambda: texts(table)[0].startswith("No ‹masked "))


def test_the_events_room_calls_events_by_their_words(driver, worded) -> None:
    worded('[event_type.AccountOpened]\nwording = "Opened for {data.owner}"\nsign = "★"\n')
    driver.window.enter("events")
    room = driver.window.rooms._rooms["events"]
    room.filters.types.setText("AccountOpened")
    room.search()
    driver.until(lambda: room.model.rowCount() > 0)
    assert room.model.text(0, TYPE).startswith("★ Opened for ")
    assert room.model.index(0, TYPE).data(Qt.ItemDataRole.ToolTipRole).endswith("\nAccountOpened")
    driver.window.types_action.setChecked(True)
    assert room.model.text(0, TYPE) == "★ AccountOpened"


def test_a_type_has_its_colour_in_what_if_and_cause_and_effect_too(driver, worded) -> None:
    table = worded('[event_type.AccountOpened]\ncolour = "red"\n')
    red = QColor(driver.window.theme.colours.types[COLOURS.index("red")])
    driver.window._what_if()
    (what_if,) = driver.page.questions.what_ifs
    driver.until(lambda: what_if.idle)
    role = Qt.ItemDataRole.ForegroundRole
    assert what_if.table.model().index(0, 1).data(role) == red
    aggregate = driver.page.current.aggregate_id
    room = driver.window.rooms.enter("trace")
    room.show_event(aggregate, 1)
    driver.until(lambda: room.trace is not None and room.trace.ended and not room.aside.tasks.busy)
    model = room.tree.model()
    assert model.index(0, 0).data(role) == red
    assert table is not None
