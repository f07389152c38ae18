"""The Snapshots tab and the check of all aggregates lead to what differs."""

from pathlib import Path

from PySide6.QtCore import Qt

from esviewer.stores.embedded import EmbeddedStore

RULES = """
name = "counters"
aggregate_type = "counter"
initial = { total = 0 }
[[on]]
event = "Added"
increment = { total = "data.n" }
"""


def test_what_differs_is_gone_to(driver, tmp_path: Path) -> None:
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for name in ("right", "wrong"):
            for _ in range(6):
                store.append_event(name, "Added", {"n": 1}, aggregate_type="counter")
            for version in range(1, 6):
                wrong = name == "wrong" and version in (3, 4)
                store.save_snapshot(name, {"total": 1000 if wrong else version}, version)
    rules = tmp_path / "counters.db.reducers"
    rules.mkdir()
    (rules / "counters.toml").write_text(RULES)
    page = driver.open(file)
    panel = page.snapshots
    page.state.tabs.setCurrentWidget(panel)
    driver.choose("right")
    driver.until(lambda: panel.headline.full == "5 of 5 agree")
    assert not panel.first.isVisible()

    driver.choose("wrong")
    driver.until(lambda: panel.first.isVisible() and panel.model.rowCount() == 5)
    for _ in range(2):  # also after going elsewhere
        driver.qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
        driver.shows("wrong", 3)
        assert panel.table.currentIndex().row() == 2
        driver.until(lambda: panel.compared.full == "The snapshot at 3 differs in 1 path.")
        page.playhead.to_last()
        driver.shows("wrong", 6)

    page.show_aggregate("right")
    driver.shows("right")
    panel.check_all()
    check = panel.check
    driver.until(lambda: not check.running and check.model.rowCount() == 2)
    assert check.headline.text() == "8 of 10 snapshots of 2 aggregates agree; 1 aggregate diverges"
    assert not check.go_button.isEnabled()
    check.table.selectRow(1)
    driver.qtbot.mouseClick(check.go_button, Qt.MouseButton.LeftButton)
    driver.shows("wrong", 3)
