"""Programs that fail at one aggregate, in the windows that go through many: the others go on."""

from pathlib import Path

import pytest
from helpers_foreign import script_file

from esviewer.app import consent
from esviewer.gui.machine import Assignment
from esviewer.stores.embedded import EmbeddedStore

AT_THE_SEVENTH = """
def on_event(state, event):
    if event["aggregate_id"] == "a-2" and event["version"] == 7:
        print("out of luck", file=sys.stderr)
        os._exit(7)
    return {"n": event["version"]}
serve(on_event)
"""


@pytest.fixture
def counters(driver, tmp_path: Path):
    """A window on three aggregates that a program rebuilds, which crashes at the seventh event of the second."""
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for name in ("a-1", "a-2", "a-3"):
            for number in range(1, 11):
                store.append_event(name, "Added", {"n": number}, aggregate_type="counter")
            for version in (5, 10):
                store.save_snapshot(name, {"n": version}, version)
    (tmp_path / "code").mkdir()
    program = script_file(tmp_path / "code", AT_THE_SEVENTH)
    consent.trust(program)
    page = driver.open(file)
    page.show_aggregate("a-1")
    driver.shows("a-1", 10)
    page.machine.assign_wanted.emit(Assignment("counter", program))
    driver.until(lambda: page.current is not None and page.current.rebuilt.reducer == "scripted")
    return driver


def test_a_check_of_snapshots(counters) -> None:
    page = counters.page
    page.snapshots.check_all()
    check = page.snapshots.check
    counters.until(lambda: not check.running)
    assert (check.totals.aggregates, check.totals.agree, check.totals.failed) == (3, 5, 1)
    assert "1 not compared" in check.headline.text()
    assert "the reducer failed at 1 aggregate" in check.headline.text()
    shown = [check.model.index(row, 6).data() for row in range(3)]
    assert shown[0] == shown[2] == ""
    assert "a-2 version 7 (Added)" in shown[1]
    check.only.setChecked(True)
    assert [check.model.index(row, 0).data() for row in range(check.model.rowCount())] == ["a-2"]
    check.table.activated.emit(check.model.index(0, 0))
    counters.until(lambda: page.aggregate_id == "a-2")
    check.close()


def test_two_folds_of_a_sample(counters) -> None:
    counters.window._compare_reducers()
    dialog = counters.page.questions.folds
    dialog.over.setCurrentIndex(dialog.over.count() - 1)
    dialog.compare()
    counters.until(lambda: not dialog.running and not dialog._aside.tasks.busy)
    assert [dialog.model.index(row, 2).data() for row in range(3)] == ["✓ agree", "✕ failed at version 7", "✓ agree"]
    assert "failed at 1 of them" in dialog.headline.text()
    dialog.table.selectRow(1)
    assert "a-2 version 7 (Added)" in dialog.about.text()
    assert "agree up to there" in dialog.about.text()
    dialog.only.setChecked(True)
    assert dialog.model.rowCount() == 1
    dialog.close()


def test_a_what_if_and_a_rollback_name_the_event(counters) -> None:
    page = counters.page
    page.show_aggregate("a-2", 6)
    counters.shows("a-2", 6)
    counters.window._what_if()
    (imagining,) = page.questions.what_ifs
    counters.until(lambda: imagining.messages.text)
    assert imagining.headline.text() == "The states could not be rebuilt."
    assert "a-2 version 7 (Added)" in imagining.messages.text
    imagining.close()
    counters.window._roll_back()
    counters.until(lambda: page.questions.rollback.messages.text)
    assert "a-2 version 7 (Added)" in page.questions.rollback.messages.text
