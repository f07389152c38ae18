"""The activity log and the operator in the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from esviewer.app import activity, operator
from esviewer.app.activity_rows import COLUMNS, row_of
from esviewer.app.settings import Settings
from esviewer.gui.activity_window import ActivityWindow


def shown(window: ActivityWindow) -> list[tuple[str, ...]]:
    return [window.model.row(row) for row in range(window.model.rowCount())]


@pytest.fixture
def log(own_configuration: Path) -> Path:
    """A log of some lines."""
    activity.note("open", store="/stores/a.db", layout="reference")
    activity.note("report", store="/stores/a.db", aggregate_id="order-1\u202e")
    activity.note("reveal", store="/stores/b.db", path="/email", why="asked by the customer")
    activity.note("seal", store="/stores/b.db", events=12)
    return activity.folder() / activity.NAME


@pytest.fixture
def window_of_log(driver, log: Path):
    driver.window.help.show_activity()
    found = driver.window.help.activity
    driver.until(lambda: found.model.rowCount() > 0 and not found.busy)
    return found


def test_it_lists_what_the_command_line_lists(window_of_log) -> None:
    assert shown(window_of_log) == [row_of(entry) for entry in activity.entries()][::-1]
    assert "Unbroken" in window_of_log.chain.text()
    assert "4 lines" in window_of_log.chain.text()
    cell = window_of_log.model.data(window_of_log.model.index(2, COLUMNS.index("more")))
    assert "\\u202e" in cell
    assert "\u202e" not in cell


def test_filters(driver, window_of_log) -> None:
    what, store = COLUMNS.index("what"), COLUMNS.index("store")
    window_of_log.what.setCurrentText("reveal")
    driver.until(lambda: [row[what] for row in shown(window_of_log)] == ["reveal"])
    window_of_log.what.setCurrentIndex(0)
    window_of_log.store.setCurrentText("/stores/a.db")
    driver.until(lambda: [row[what] for row in shown(window_of_log)] == ["report", "open"])
    window_of_log.text.setText("ORDER-1")
    driver.until(lambda: [row[what] for row in shown(window_of_log)] == ["report"])
    window_of_log.store.setCurrentIndex(0)
    window_of_log.text.setText("customer")
    driver.until(lambda: [row[store] for row in shown(window_of_log)] == ["/stores/b.db"])
    assert "1 of 4 lines" in window_of_log.count.full
    QTest.mouseClick(window_of_log.copy_button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == list(COLUMNS)
    assert len(lines) == 2
    assert "why=asked by the customer" in lines[1]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda lines: [lines[0], lines[1].replace(b"report", b"export"), *lines[2:]], "line 3: The line before"),
        (lambda lines: [lines[0], *lines[2:]], "line 2: The line before"),
        (lambda lines: lines[:-1], "line 3: Lines after this one are gone"),
    ],
)
def test_it_says_where_the_log_is_broken(driver, window_of_log, log: Path, change, complaint: str) -> None:
    log.write_bytes(b"\n".join([*change(log.read_bytes().splitlines()), b""]))
    QTest.mouseClick(window_of_log.reload_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: complaint in window_of_log.chain.text())
    assert "does not hold together" in window_of_log.chain.text()
    assert window_of_log.chain.objectName() == "problem"
    assert complaint.split(":")[0].removeprefix("line ") in [str(each.line) for each in activity.check()]


def test_it_is_read_again_and_closed_while_it_reads(driver, window_of_log) -> None:
    activity.note("open", store="/stores/c.db")
    window_of_log.reload()
    driver.until(lambda: window_of_log.model.rowCount() == 5)
    assert window_of_log.store.findData("/stores/c.db") > 0
    window_of_log.reload()
    window_of_log.reject()
    assert driver.window.help.activity is None


def test_without_a_log_nothing_is_broken(driver, own_configuration: Path) -> None:
    driver.window.help.show_activity()
    driver.until(lambda: "0 lines" in driver.window.help.activity.chain.text() and not driver.window.help.activity.busy)
    assert not driver.window.help.activity.copy_button.isEnabled()


def test_what_the_window_does_is_logged(at_demo, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_demo.page.show_aggregate("user-00001", 1)
    at_demo.shows("user-00001", 1)
    at_demo.page.machine.reveal(("email",), "a test", "user-00001")
    entries = [entry for entry in activity.entries() if entry["what"] == "reveal"]
    assert [(entry["store"], entry["path"], entry["why"]) for entry in entries] == [(str(demo), "/email", "a test")]
    # Opening is logged once in a process, which may have been for another test's log.
    monkeypatch.setattr(activity, "_OPENED", set())
    before = len(list(activity.entries()))
    at_demo.window.close_store()
    at_demo.open(demo)
    opened = [entry for entry in list(activity.entries())[before:] if entry["what"] == "open"]
    assert [(entry["store"], entry["layout"]) for entry in opened] == [(str(demo), "reference")]


@pytest.fixture
def shared(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The window's settings are those of the whole program, as they are outside tests."""
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(settings.file.parent))
    monkeypatch.delenv(operator.VARIABLE, raising=False)
    return settings


def test_the_operator_is_set(driver, shared: Settings) -> None:
    driver.window.show_operator()
    dialog = driver.window.operator
    assert "no name is given" in dialog.used.text()
    assert dialog.name.text() == ""
    dialog.name.setText("  Ada   Lovelace ")
    dialog.accept()
    assert driver.window.operator is None
    assert operator.asker().operator == "Ada Lovelace"
    activity.note("open", store="x")
    assert next(activity.entries())["operator"] == "Ada Lovelace"
    driver.window.show_operator()
    assert driver.window.operator.used.text() == "Ada Lovelace: from these settings"
    assert driver.window.operator.hint.isHidden()
    driver.window.operator.name.clear()
    driver.window.operator.accept()
    assert operator.asker().operator is None


def test_why_another_name_counts_more(driver, shared: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.set_operator(shared, "Settings")
    monkeypatch.setenv(operator.VARIABLE, "Variable")
    driver.window.show_operator()
    assert driver.window.operator.used.text() == "Variable: from the environment variable ESVIEWER_OPERATOR"
    assert driver.window.operator.name.text() == "Settings"
    assert not driver.window.operator.hint.isHidden()
    operator.give("Option")
    try:
        driver.window.show_operator()
        assert "Option: given on the command line" in driver.window.operator.used.text()
        driver.window.operator.reject()
        assert operator.in_use(shared).kept == "Settings"
    finally:
        operator.give(None)


def test_a_log_that_cannot_be_written_is_said(driver) -> None:
    driver.window.not_logged.emit("Warning: the activity log can't be written.")
    driver.message("can't be written")
