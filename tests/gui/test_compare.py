"""The Compare tab, against what the command line's comparison finds."""

import hashlib
import json
import sqlite3
import threading
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from helpers_eventsourcing import account_with_limits
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar

from esviewer.app.asking import compared_states
from esviewer.app.comparison import Comparison
from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER
from esviewer.app.ignored_paths import IgnoredPaths, pattern_of
from esviewer.app.session import open_session
from esviewer.diff.ignoring import Ignored
from esviewer.gui.compare_forms import AROUND, CHANGES, FORMS, LINES, WHOLE, folded
from esviewer.gui.text import visible_lines
from esviewer.model.change import pointer
from esviewer.stores.embedded import EmbeddedStore

SCHEMA = """
    CREATE TABLE events (
        aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,
        PRIMARY KEY (aggregate_id, version)
    )
"""


def store_of(path: Path, lives: dict[str, list[tuple[object, str]]]) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(SCHEMA)
        connection.executemany(
            "INSERT INTO events VALUES (?, 'Changed', ?, ?, ?)",
            [
                (name, json.dumps(data), version, time)
                for name, events in lives.items()
                for version, (data, time) in enumerate(events, 1)
            ],
        )
    connection.close()
    return path


def truth(store: Path, first: tuple[str, str], second: tuple[str, str], ignored: tuple[str, ...] = ()) -> Comparison:
    session = open_session(str(store))
    try:
        return compared_states(session, first, second, ignored=ignored, use_snapshots=False)
    finally:
        session.close()


def type_in(panel, first=None, second=None) -> None:
    """Fill the sides in and press Enter in the last field."""
    for row, side in ((panel.first, first), (panel.second, second)):
        if side is not None:
            row.place.setText(side[0])
            row.aggregate.setText(side[1])
    panel.driver.qtbot.keyClick(panel.first.place, Qt.Key.Key_Return)


def said(panel, *parts: str) -> None:
    panel.driver.until(
        lambda: all(part in panel.summary.text() for part in parts)
        and not panel.driver.page.tasks.busy
        and not panel.busy
    )


def listed(panel) -> list[tuple[str, object, object]]:
    changes = [panel.model.change(row) for row in range(panel.model.rowCount())]
    return [(pointer(change.path), change.old, change.new) for change in changes]


def expected(found: Comparison) -> list[tuple[str, object, object]]:
    return [(pointer(change.path), change.old, change.new) for change in found.changes]


def choose(panel, form: str) -> None:
    panel.form.setCurrentIndex(panel.form.findData(form))
    panel.driver.until(lambda: panel._found is not None and panel._found.made.form == form)


ALWAYS = ("Add this difference to the case", "Copy as")
"""What can be done about any difference."""


def labels(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


@pytest.fixture
def panel(at_demo):
    """The Compare tab, in sight, of the puzzling order at its newest version."""
    at_demo.choose(PUZZLING_ORDER)
    at_demo.page.state.tabs.setCurrentWidget(at_demo.page.state.compare)
    found = at_demo.page.state.compare
    found.driver = at_demo
    return found


def test_two_playheads_are_nothing_to_compare(panel) -> None:
    assert panel.stack.currentWidget() is panel.nothing
    assert "Both sides are the playhead" in panel.nothing.text()
    assert not panel.copy_button.isEnabled()
    assert not panel.save_button.isEnabled()
    assert panel.first.place.placeholderText() == "playhead"


@pytest.mark.parametrize(
    ("first", "second", "same_as"),
    [
        (("11", ""), ("", ""), (("11"), ("16"))),
        (("", ""), ("3", ""), ("16", "3")),
        (("2026-08-03T00:00:00+09:00", ""), ("14", ""), ("11", "14")),
        (("2026/8/3 0:00 Asia/Tokyo", ""), ("2026-08-04 00:00 +09:00", ""), ("11", "11")),
        (("4", PUZZLING_ORDER), ("", PUZZLING_ORDER), ("4", "16")),
    ],
)
def test_each_kind_of_side(panel, demo: Path, first, second, same_as) -> None:
    type_in(panel, first, second)
    said(panel, f"A: version {same_as[0]}, ", f"B: version {same_as[1]}, ")
    found = truth(demo, (PUZZLING_ORDER, same_as[0]), (PUZZLING_ORDER, same_as[1]))
    assert listed(panel) == expected(found)
    count = len(found.changes)
    assert panel.summary.text().endswith(f"; {count} changes" if count else "; no difference")
    assert not panel.problem.isVisible()
    assert not panel.warning.isVisible()


def test_the_playhead_is_followed(panel, demo: Path) -> None:
    type_in(panel, ("2", ""))
    said(panel, "B: version 16")
    for version in (9, 5, 2):
        panel.driver.page.playhead.move(version - 1)
        said(panel, f"B: version {version},")
        assert listed(panel) == expected(truth(demo, (PUZZLING_ORDER, "2"), (PUZZLING_ORDER, str(version))))
    assert panel.nothing.text() == "No difference."
    assert panel.stack.currentWidget() is panel.nothing


def test_out_of_sight_nothing_is_compared(panel) -> None:
    type_in(panel, ("2", ""))
    said(panel, "B: version 16")
    panel.driver.page.state.tabs.setCurrentIndex(0)
    panel.driver.page.playhead.move(4)
    panel.driver.shows(PUZZLING_ORDER, 5)
    assert not panel._timer.isActive()
    assert "B: version 16" in panel.summary.text()
    panel.driver.page.state.tabs.setCurrentWidget(panel)
    said(panel, "B: version 5,")


def test_another_aggregate(panel, demo: Path) -> None:
    type_in(panel, ("3", ""), ("", "account-00001"))
    assert panel.second.place.placeholderText() == "newest version"
    said(panel, "A: version 3,", "B: account-00001, version 37,")
    assert listed(panel) == expected(truth(demo, (PUZZLING_ORDER, "3"), ("account-00001", "37")))
    type_in(panel, None, ("2026-01-01", " account-00001 "))
    said(panel, "B: account-00001, version 37,")
    assert "(this machine's zone)" in panel.summary.text()
    type_in(panel, None, ("5", "account-00001"))
    said(panel, "B: account-00001, version 5,")
    assert listed(panel) == expected(truth(demo, (PUZZLING_ORDER, "3"), ("account-00001", "5")))


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        (("", "order-nobody"), "There is no aggregate order-nobody."),
        (("", "x" * 5000), "There is no aggregate xxx"),
        (("99", ""), f"{PUZZLING_ORDER} has no version 99. Its newest version is 16."),
        (("99", "account-00001"), "account-00001 has no version 99. Its newest version is 37."),
        (("1066-10-14T00:00Z", ""), "has no event at or before 1066-10-14T00:00:00Z. Its first is at 2026-08-02"),
        (("tomorrow", ""), "'tomorrow' is neither a version nor a time."),
        (("2026-02-30", ""), "'2026-02-30' is no date: day is out of range for month."),
        (("2025-10-26 02:30 Europe/Berlin", ""), "was shown twice there, as clocks were put back"),
        (("--3", ""), "'--3' is neither a version nor a time."),
        (("9" * 5000, ""), "is neither a version nor a time."),
        (("9" * 30, "account-00001"), f"account-00001 has no version {'9' * 30}."),
        (("12 \u202e", ""), "neither a version nor a time"),
    ],
)
def test_what_can_not_be_is_said_in_the_panel(panel, side, sentence: str) -> None:
    type_in(panel, ("3", ""))
    said(panel, "B: version 16")
    type_in(panel, None, side)
    panel.driver.until(lambda: panel.problem.isVisible())
    assert panel.problem.text().startswith("B: ")
    assert sentence in panel.problem.text()
    assert panel.problem.text().isprintable()
    assert len(panel.problem.text()) <= 400
    assert panel.stack.currentWidget() is panel.nothing
    assert not panel.save_button.isEnabled()
    assert panel.driver.page.messages.text == ""
    type_in(panel, None, ("4", ""))
    said(panel, "B: version 4,")
    assert not panel.problem.isVisible()


def test_swap_turns_the_changes_around(panel, demo: Path) -> None:
    type_in(panel, ("3", ""), ("7", "account-00001"))
    said(panel, "A: version 3", "B: account-00001, version 7")
    panel.driver.qtbot.mouseClick(panel.swap, Qt.MouseButton.LeftButton)
    said(panel, "A: account-00001, version 7", "B: version 3")
    assert listed(panel) == expected(truth(demo, ("account-00001", "7"), (PUZZLING_ORDER, "3")))


def test_all_forms_say_the_same(panel, demo: Path) -> None:
    panel.driver.page.machine.reveal()
    found = truth(demo, (PUZZLING_ORDER, "3"), (PUZZLING_ORDER, "12"))
    type_in(panel, ("3", ""), ("12", ""))
    said(panel, "A: version 3", "B: version 12")
    assert listed(panel) == expected(found)
    signs = [panel.model.data(panel.model.index(row, 0), Qt.ItemDataRole.DisplayRole)[:2] for row in range(3)]
    assert signs == [{"add": "+ ", "remove": "- ", "replace": "~ "}[change.op] for change in found.changes[:3]]
    shades = [panel.model.data(panel.model.index(row, 0), Qt.ItemDataRole.BackgroundRole) for row in range(3)]
    assert all(shade is not None for shade in shades)

    choose(panel, "patch")
    assert json.loads(panel.patch.toPlainText()) == found.patch()
    choose(panel, "inline")
    assert panel.text.toPlainText() == visible_lines(found.text()).rstrip("\n")
    choose(panel, "sides")
    rows = found.rows()
    assert [panel.sides.row(row) for row in range(panel.sides.rowCount())] == rows
    widest = max(max(len(left), len(right)) for left, _, right in rows)
    assert [" ".join(line.split()) for line in found.columns(4 * widest)] == [
        " ".join(" ".join(row).split()) for row in rows
    ]
    differing = [row for row, (_, sign, _) in enumerate(rows) if sign != " "]
    assert {panel.sides.data(panel.sides.index(row, 1), Qt.ItemDataRole.DisplayRole) for row in differing} <= set("|<>")
    for row, (_, sign, _) in enumerate(rows):
        shade = panel.sides.data(panel.sides.index(row, 2 if sign == ">" else 0), Qt.ItemDataRole.BackgroundRole)
        assert (shade is None) == (sign == " ")
    choose(panel, "tree")
    assert panel.tree.shown.marks.changes == found.changes
    choose(panel, "changes")
    assert listed(panel) == expected(found)


def test_pinning_and_moving_on_to_another_aggregate(panel, demo: Path) -> None:
    page = panel.driver.page
    page.state.tabs.setCurrentIndex(0)
    page.playhead.move(10)
    panel.driver.shows(PUZZLING_ORDER, 11)
    panel.driver.qtbot.mouseClick(page.state.pin, Qt.MouseButton.LeftButton)
    assert page.state.tabs.currentWidget() is panel
    assert page.state.pin.text() == "Unpin 11"
    assert (panel.first.side.place, panel.first.side.aggregate_id) == ("11", PUZZLING_ORDER)
    page.show_aggregate("order-00043")
    panel.driver.shows("order-00043")
    newest = page.current.version
    said(panel, f"A: {PUZZLING_ORDER}, version 11,", f"B: version {newest},")
    assert listed(panel) == expected(truth(demo, (PUZZLING_ORDER, "11"), ("order-00043", str(newest))))
    panel.driver.qtbot.keyClick(page.events, Qt.Key.Key_P)
    assert page.state.pin.text() == "Pin to compare"
    assert panel.first.side.follows
    assert "Both sides" in panel.nothing.text()


def test_a_changed_side_is_no_longer_the_pinned_one(panel) -> None:
    page = panel.driver.page
    page.pin()
    assert panel.pinned == 16
    panel.driver.qtbot.keyClick(panel.first.place, Qt.Key.Key_Delete)
    assert panel.pinned is None
    assert page.state.pin.text() == "Pin to compare"
    said(panel, "A: version 6,")  # after a while, without Enter


def test_ignored_paths_are_left_out_counted_and_remembered(panel, demo: Path, settings, new_window) -> None:
    type_in(panel, ("3", ""), ("12", ""))
    said(panel, "B: version 12")
    before = truth(demo, (PUZZLING_ORDER, "3"), (PUZZLING_ORDER, "12"))
    panel.ignore.click()
    assert panel.patterns.isVisible()
    panel.patterns.setPlainText("/history/**\n/st*")
    found = truth(demo, (PUZZLING_ORDER, "3"), (PUZZLING_ORDER, "12"), ("/history/**", "/st*"))
    ignored = sum(Ignored(("/history/**", "/st*")).matches(change.path) for change in before.changes)
    assert ignored > 1
    said(panel, f"; {len(found.changes)} changes ({ignored} ignored)")
    assert listed(panel) == expected(found)
    assert panel.ignore.text() == "Ignore (2)"

    panel.ignore.click()
    assert panel.table.isVisible()
    row = next(row for row, each in enumerate(listed(panel)) if each[0] == "/payment")
    menu = panel.menu(panel.model.index(row, 0))
    assert labels(menu) == ["Go to the event that wrote this last", "Ignore this path", *ALWAYS]
    menu.actions()[3].menu().actions()[-1].trigger()  # JSON Pointer
    assert QGuiApplication.clipboard().text() == "/payment"
    menu.actions()[1].trigger()
    assert panel.patterns.toPlainText() == "/history/**\n/st*\n/payment"
    panel.table.setFocus()
    keys = QKeySequence(QKeySequence.StandardKey.Undo)[0]
    QTest.keyClick(panel.table, keys.key(), keys.keyboardModifiers())
    assert panel.patterns.toPlainText() == "/history/**\n/st*"
    menu.actions()[1].trigger()
    assert panel.patterns.toPlainText() == "/history/**\n/st*\n/payment"
    said(panel, f"({ignored + 1} ignored)")
    assert "/payment" not in [each[0] for each in listed(panel)]
    for form in ("inline", "patch"):
        choose(panel, form)
        shown = panel.text if form == "inline" else panel.patch
        assert "payment" not in shown.toPlainText()

    panel.patterns.setPlainText("/history/**\n/st*\n/payment\nnot a path")
    panel.driver.until(lambda: panel.problem.isVisible())
    assert "'not a path' is no pattern of paths" in panel.problem.text()
    panel.patterns.setPlainText("/history/**\n/st*\n/payment\n/a~")
    panel.driver.until(lambda: "'/a~' is no pattern of paths; in a name ~ is" in panel.problem.text())
    type_in(panel, ("4", ""))
    said(panel, "A: version 4", f"({ignored + 1} ignored)")
    assert "'/a~' is no pattern" in panel.problem.text()  # as long as it stands there
    panel.patterns.setPlainText("/payment")
    panel.driver.window.close_store()  # at once: what was typed last counts

    again = panel.driver.open(demo)
    other = again.state.compare
    panel.driver.until(lambda: other.patterns.toPlainText() == "/payment")
    assert other.ignore.text() == "Ignore (1)"


def test_the_menu_ignores_an_element_or_all_of_them(driver, tmp_path: Path) -> None:
    life = [({"items": [{"id": n, "at": n} for n in (1, 2)]}, "2026-01-01T00:00:00Z")]
    life.append(({"items": [{"id": n, "at": n + 5} for n in (1, 2)]}, "2026-01-02T00:00:00Z"))
    driver.open(store_of(tmp_path / "s.db", {"a": life}))
    driver.choose("a")
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.state.tabs.setCurrentWidget(panel)
    type_in(panel, ("1", ""), ("2", ""))
    said(panel, "; 2 changes")
    menu = panel.menu(panel.model.index(0, 0))
    assert labels(menu)[2] == "Ignore this path in all elements"
    menu.actions()[2].trigger()
    said(panel, "; no difference (2 ignored)")
    assert panel.patterns.toPlainText() == "/items/*/at"
    assert panel.nothing.text() == "Nothing differs but what is ignored."


def comparing(driver, store: Path, name: str):
    """The Compare tab, in sight, of an aggregate of a store."""
    driver.open(store)
    driver.choose(name)
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.state.tabs.setCurrentWidget(panel)
    return panel


def test_elements_that_come_or_go_are_ignored_all_or_not_at_all(driver, tmp_path: Path) -> None:
    states = ({"items": [{"id": 1}, {"id": 2}], "n": 1}, {"items": [{"id": 2}, {"id": 3}], "n": 2})
    panel = comparing(driver, store_of(tmp_path / "s.db", {"a": [(state, None) for state in states]}), "a")
    type_in(panel, ("1", ""))
    said(panel, "; 3 changes")
    for menu in (panel.menu(panel.model.index(0, 0)), panel.menu(panel.model.index(1, 0))):
        assert "Ignore this path" not in labels(menu)
    choose(panel, "tree")
    tree = panel.tree.shown
    items = tree.index_of(("items",))
    for menu in (panel.tree_menu(tree.index(row, 0, items)) for row in range(tree.rowCount(items))):
        assert "Ignore this path in all elements" in labels(menu)
    assert labels(panel.tree_menu(items)) == ["Ignore this path", *ALWAYS]
    menu = panel.tree_menu(tree.index(tree.rowCount(items) - 1, 0, items))
    menu.actions()[labels(menu).index("Ignore this path in all elements")].trigger()
    said(panel, "; 1 change (2 ignored)")
    assert panel.patterns.toPlainText() == "/items/*"


def test_a_difference_that_is_hidden_is_never_called_none(driver, tmp_path: Path) -> None:
    states = ({"items": [{"id": 1, "n": 5}]}, {"items": [{"id": 2, "n": 5}]})
    panel = comparing(driver, store_of(tmp_path / "s.db", {"a": [(state, None) for state in states]}), "a")
    panel.patterns.setPlainText("/items/*/id")  # what the elements are told apart by
    type_in(panel, ("1", ""))
    said(panel, "; no difference (2 ignored)")
    assert panel.nothing.text() == "Nothing differs but what is ignored."


def test_enter_goes_to_the_event_that_wrote_it(panel) -> None:
    type_in(panel, ("3", ""), ("12", ""))
    said(panel, "B: version 12")
    for path, version in (("/discount", 7), ("/cancel_reason", 11), ("/status", 12)):
        row = next(row for row, each in enumerate(listed(panel)) if each[0] == path)
        panel.table.setCurrentIndex(panel.model.index(row, 0))
        panel.driver.qtbot.keyClick(panel.table, Qt.Key.Key_Return)
        panel.driver.shows(PUZZLING_ORDER, version)
    type_in(panel, None, ("", "account-00001"))
    said(panel, "B: account-00001")
    assert labels(panel.menu(panel.model.index(0, 0))) == ["Ignore this path", *ALWAYS]
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    panel.driver.qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    panel.driver.message("The sides are of two aggregates")


def test_a_version_that_looks_like_a_day_is_pinned_as_it_is(driver, tmp_path: Path) -> None:
    store = store_of(tmp_path / "s.db", {"a": [({"n": n}, f"2026-01-0{n}T00:00:00Z") for n in (1, 2, 3)]})
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE events SET version = version + 20260100")
    connection.close()
    panel = comparing(driver, store, "a")
    driver.page.playhead.move(1)
    driver.shows("a", 20260102)
    driver.page.pin()
    driver.page.playhead.to_last()
    said(panel, "A: version 20260102,", "B: version 20260103,", "; 1 change")
    assert panel.pinned == 20260102
    type_in(panel, ("20260102T120000Z", ""))
    said(panel, "A: version 20260102,")
    assert not panel.problem.isVisible()


def test_the_playhead_does_not_wait_for_a_comparison(panel) -> None:
    type_in(panel, ("3", ""), ("12", ""))
    said(panel, "B: version 12")
    go_on = threading.Event()
    panel._shaping.run(lambda _: go_on.wait(20))
    try:
        type_in(panel, None, ("5", ""))
        panel.driver.page.playhead.move(6)
        panel.driver.shows(PUZZLING_ORDER, 7)
        assert "B: version 12" in panel.summary.text()
        type_in(panel, None, ("12", ""))  # what is asked for again is on show: the other is not wanted any longer
    finally:
        go_on.set()
    said(panel, "A: version 3", "B: version 12")
    type_in(panel, None, ("5", ""))
    said(panel, "B: version 5")


def test_patterns_stand_for_the_path_they_were_made_of() -> None:
    for path in (("a*b", "c?"), ("[x]", 3), ("a/b", "~1", ""), ("", " lead"), ("é\u202e", "*")):
        pattern = pattern_of(path)
        assert Ignored([pattern]).matches(path)
        assert not Ignored([pattern]).matches((*path[:-1], "other"))
    assert not Ignored([pattern_of(("a*",))]).matches(("ab",))
    assert pattern_of(("a\nb",)) == "/a?b"


def test_a_damaged_file_of_ignored_paths_is_said_and_left(at_demo, demo: Path) -> None:
    memory = IgnoredPaths()
    at_demo.window.close_store()
    memory.file.write_text("{")
    at_demo.open(demo)
    at_demo.message("The file of ignored paths is damaged.")
    assert memory.file.read_text() == "{"


def test_copy_and_save_take_all_but_never_into_the_store(panel, demo: Path, tmp_path: Path, monkeypatch) -> None:
    panel.driver.page.machine.reveal()
    found = truth(demo, (PUZZLING_ORDER, "3"), (PUZZLING_ORDER, "12"))
    type_in(panel, ("3", ""), ("12", ""))
    said(panel, "B: version 12")
    choose(panel, "inline")
    panel.copy()
    panel.driver.message("Copied")
    assert QGuiApplication.clipboard().text() == found.text()
    choose(panel, "patch")
    proposals = []
    target = tmp_path / "out.json"
    monkeypatch.setattr(panel, "ask_file", lambda proposal: (proposals.append(proposal), str(target))[1])
    panel.save()
    panel.driver.message(f"Written to {target}.")
    assert proposals == [f"{PUZZLING_ORDER}-3-to-12.json"]
    assert json.loads(target.read_text()) == found.patch()
    digest = hashlib.sha256(demo.read_bytes()).hexdigest()
    for name, sentence in ((str(demo), "belongs to the store itself"), ("/proc/nothing/x.json", "can't be written")):
        monkeypatch.setattr(panel, "ask_file", lambda _, name=name: name)
        panel.save()
        panel.driver.message(sentence)
    assert hashlib.sha256(demo.read_bytes()).hexdigest() == digest
    for form in ("sides", "changes"):
        choose(panel, form)
        monkeypatch.setattr(panel, "ask_file", lambda _, form=form: str(tmp_path / form))
        panel.save()
        panel.driver.until(lambda form=form: (tmp_path / form).exists() and not panel.busy)
    assert len((tmp_path / "sides").read_text().splitlines()) == len(found.rows())
    assert len((tmp_path / "changes").read_text().splitlines()) == len(found.changes)


def test_long_values_are_saved_whole(driver, tmp_path: Path, monkeypatch) -> None:
    lines = ["x" * 3000 + end for end in ("left", "right")]
    panel = comparing(driver, store_of(tmp_path / "s.db", {"a": [({"日": 1, "n": each}, None) for each in lines]}), "a")
    type_in(panel, ("1", ""))
    said(panel, "; 1 change")
    target = tmp_path / "out"
    monkeypatch.setattr(panel, "ask_file", lambda _: str(target))
    for form in FORMS:
        choose(panel, form)
        target.unlink(missing_ok=True)
        panel.save()
        driver.until(lambda: target.exists() and not panel.busy)
        assert lines[1] in target.read_text()
        assert (lines[0] in target.read_text()) == (form != "patch")
        if form == "sides":
            line = '  "日": 1'  # 9 cells wide
            assert target.read_text().splitlines()[-2] == f"{line}{' ' * (198 - 9)}   {line}"


def test_clocks_that_disagree_with_versions_are_said(driver, tmp_path: Path) -> None:
    times = ("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-02T00:00:00Z")
    driver.open(store_of(tmp_path / "s.db", {"a": [({"n": n}, time) for n, time in enumerate(times)]}))
    driver.choose("a")
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.state.tabs.setCurrentWidget(panel)
    type_in(panel, ("1", ""), ("2026-01-03T00:00:00Z", ""))
    said(panel, "A: version 1,", "B: version 3,")
    assert panel.warning.text() == (
        "B: Versions and times disagree here; the highest version not after the moment is taken."
    )


def test_the_events_around_a_moment_are_named_and_can_be_gone_to(panel) -> None:
    panel.driver.window.resize(1280, 900)
    type_in(panel, ("2026-08-03", ""), ("2026-01-01T00:00:00Z", "account-00001"))
    said(panel, "A: version 11,", "as of 2026-08-03T00:00:00Z (this machine's zone)", "as of 2026-01-01T00:00:00Z;")
    assert panel.moments.isVisible()
    lines = [line.full for line in panel.moments.lines]
    assert lines[0] == "A, before it: 11 OrderCancelled, 2026-08-02 18:08:35 +09:00"
    assert lines[1] == "A, after it: 12 OrderShipped, 2026-08-04 01:34:54 +09:00"
    assert "18:08:35.751436+09:00" in panel.moments.lines[0].toolTip()
    assert lines[2].startswith("B, before it: 37 ")
    assert lines[3] == "B, after it: no event"
    assert all(line in panel.summary.toolTip() for line in lines)
    assert len(panel.moments.buttons) == 2  # the other aggregate is not on show
    panel.driver.qtbot.mouseClick(panel.moments.buttons[1], Qt.MouseButton.LeftButton)
    panel.driver.shows(PUZZLING_ORDER, 12)
    type_in(panel, ("3", ""), ("5", ""))
    said(panel, "B: version 5,")
    assert not panel.moments.isVisible()
    assert panel.moments.lines == []


def test_both_sides_rest_on_one_basis_as_in_the_command(driver, tmp_path: Path) -> None:
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for name in ("bare", "right", "wrong"):
            for number in range(1, 9):
                store.append_event(name, "Added", {"n": number}, aggregate_type="counter")
        store.save_snapshot("right", {"n": 4, "m": 0}, 4)
        store.save_snapshot("wrong", {"n": 4, "m": 1000}, 4)
    panel = comparing(driver, file, "wrong")
    type_in(panel, ("2", ""))
    said(panel, "B: version 8")
    assert not panel.basis.isVisible()
    driver.page.state.from_snapshot.click()

    def asked(first: tuple[str, str], second: tuple[str, str], basis: str) -> None:
        type_in(panel, first, second)
        places = [(side[1] or "wrong", side[0] or "8") for side in (first, second)]
        said(panel, f"version {places[0][1]},", f"version {places[1][1]},")
        panel.driver.until(lambda: panel.basis.text().startswith(basis))
        session = open_session(str(file))
        try:
            assert listed(panel) == expected(compared_states(session, *places))
        finally:
            session.close()

    nothing = "Both sides are replayed from nothing, as no snapshot serves them both."
    asked(("2", ""), ("", ""), f"{nothing} The State tab starts from the snapshot at 4.")
    assert listed(panel) == [("/n", 2, 8)]
    asked(("6", ""), ("3", ""), nothing)
    asked(("6", ""), ("5", ""), "Both sides start from the snapshot at 4.")
    asked(("6", ""), ("6", "right"), "A starts from the snapshot at 4, B from that at 4.")
    assert listed(panel) == [("/m", 1000, 0)]
    asked(("6", ""), ("6", "bare"), nothing)
    assert listed(panel) == []


def test_hostile_names_and_values_show_as_they_are(driver, tmp_path: Path) -> None:
    name = "a\u202e<b>"
    events = [({"k\u202e": "<b>x</b>"}, "2026-01-01T00:00:00Z"), ({"k\u202e": "\u2028y"}, "2026-01-02T00:00:00Z")]
    driver.open(store_of(tmp_path / "s.db", {name: events, "z": events[:1]}))
    driver.page.show_aggregate(name)
    driver.shows(name, 2)
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.playhead.to_first()
    driver.shows(name, 1)
    driver.page.pin()
    assert panel.first.aggregate.text() == "a\\u202e<b>"
    assert panel.first.side.aggregate_id == name
    driver.page.show_aggregate("z")
    driver.shows("z", 1)
    said(panel, "A: a\\u202e<b>, version 1,", "no difference")
    type_in(panel, None, ("2", "a\u202e<b>"))
    said(panel, "1 change")
    cells = [panel.model.data(panel.model.index(0, column), Qt.ItemDataRole.DisplayRole) for column in range(3)]
    assert cells == ["~ /k\\u202e", '"<b>x</b>"', '"\\u2028y"']
    for form, shown in (("inline", panel.text), ("patch", panel.patch)):
        choose(panel, form)
        assert "\u202e" not in shown.toPlainText()


def test_states_that_only_print_alike_are_said_to(driver, tmp_path: Path) -> None:
    driver.open(account_with_limits(tmp_path / "bank.db", Decimal("5.10"), "5.10"))
    driver.choose(driver.page.aggregates.model.ref(0).aggregate_id)
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.state.tabs.setCurrentWidget(panel)
    type_in(panel, ("2", ""), ("3", ""))
    said(panel, "; 1 change")
    for form in ("sides", "inline"):
        choose(panel, form)
        assert panel.left_out.text().startswith("The two states print alike")
    choose(panel, "changes")
    assert panel.left_out.text() == ""


def test_a_big_state_is_shown_in_part_and_copied_whole(driver, tmp_path: Path) -> None:
    many = 100_000
    old = {f"k{n:06}": n for n in range(many)}
    one = {f"k{50_000:06}": -1}
    lives = [(old, "2026-01-01T00:00:00Z"), (one, "2026-01-02T00:00:00Z"), (dict.fromkeys(old, 0.5), "2026-01-03")]
    driver.open(store_of(tmp_path / "s.db", {"a": lives}))
    driver.choose("a")
    panel = driver.page.state.compare
    panel.driver = driver
    driver.page.state.tabs.setCurrentWidget(panel)
    type_in(panel, ("1", ""), ("2", ""))
    said(panel, "; 1 change")
    choose(panel, "sides")
    shown = [panel.sides.row(row) for row in range(panel.sides.rowCount())]
    assert [sign for _, sign, _ in shown] == ["…", *" " * AROUND, "|", *" " * AROUND, "…"]
    assert shown[0][0] == "49,998 equal lines"
    assert not panel.left_out.isVisible()

    type_in(panel, None, ("3", ""))
    said(panel, f"; {many:,} changes")
    choose(panel, "changes")
    assert panel.model.rowCount() == CHANGES
    assert panel.left_out.text() == f"{many - CHANGES:,} more changes are not shown; Copy and Save take all."
    choose(panel, "patch")
    assert panel.patch.document().blockCount() == LINES
    assert panel.left_out.text() == f"Only the beginning of {many:,} operations is shown; Copy and Save take all."
    choose(panel, "inline")
    assert panel.text.document().blockCount() == LINES
    assert "more lines are not shown" in panel.left_out.text()
    choose(panel, "sides")
    assert "more rows are not shown" in panel.left_out.text()
    choose(panel, "changes")
    panel.copy()
    panel.driver.message("Copied")
    assert len(QGuiApplication.clipboard().text().splitlines()) == many


def test_equal_rows_are_folded_around_every_difference() -> None:
    rows = [("x", " ", "x")] * 3000
    for place in (0, 100, 105, 2999):
        rows[place] = ("x", "|", "y")
    found = folded(rows)
    assert sum(sign == "|" for _, sign, _ in found) == 4
    hidden = sum(int(left.split()[0].replace(",", "")) for left, sign, _ in found if sign == "…")
    assert hidden + sum(sign != "…" for _, sign, _ in found) == 3000
    assert [sign for _, sign, _ in found].count("…") == 2
    assert folded(rows[:WHOLE]) == rows[:WHOLE]
    assert folded([("x", " ", "x")] * 2000) == [("2,000 equal lines", "…", "2,000 equal lines")]


def test_snapshots_start_both_sides_where_that_is_wished(panel) -> None:
    panel.driver.page.show_aggregate(LONG_ACCOUNT)
    panel.driver.shows(LONG_ACCOUNT)
    type_in(panel, ("19999", ""))
    said(panel, "A: version 19999", "B: version 20000")
    assert "replayed from nothing" in panel.summary.toolTip()
    assert "from the snapshot" not in panel.summary.toolTip()
    panel.driver.page.state.from_snapshot.click()
    panel.driver.until(lambda: panel.summary.toolTip().count("from the snapshot at") == 2)


def test_all_tabs_fit_into_a_small_window(panel) -> None:
    panel.driver.window.resize(960, 540)
    QApplication.processEvents()
    bar = panel.driver.page.state.tabs.tabBar()
    assert isinstance(bar, QTabBar)
    assert bar.sizeHint().width() <= panel.driver.page.state.tabs.width()
    for child in (panel.save_button, panel.swap, panel.second.aggregate):
        right = child.mapTo(panel, QPoint(child.width(), 0)).x()
        assert right <= panel.width()
    type_in(panel, ("3", ""), ("2026-08-04", ""))
    said(panel, "A: version 3")
    stacked = [panel.first, panel.second, panel.form, panel.summary, panel.stack]
    # A text that has just been set makes room for itself in the next round of events.
    panel.driver.until(lambda: all(each.height() >= each.minimumSizeHint().height() for each in stacked[:-1]))
    for above, below in pairwise(stacked):
        assert above.mapTo(panel, QPoint(0, above.height())).y() <= below.mapTo(panel, QPoint(0, 0)).y()
    assert panel.stack.mapTo(panel, QPoint(0, panel.stack.height())).y() <= panel.height()
    assert panel.stack.height() >= 36
