"""The audit room: it finds what the command line finds, goes to events, and leaves accepted findings and reports."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helpers_planted
import pytest
from helpers_planted import DEFECTS, Planted, clean, name_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from esviewer.app import activity
from esviewer.app.session import Session
from esviewer.app.starting_settings import starting_settings
from esviewer.audit.finding import Finding, Severity
from esviewer.gui.audit import running
from esviewer.gui.audit.arranging import AGGREGATE, MESSAGE, SEVERITY, VERSION, Order
from esviewer.gui.audit.checks_panel import FINDINGS as FOUND
from esviewer.gui.audit.checks_panel import NAME, REMARK
from esviewer.gui.audit.checks_panel import SEVERITY as HOW_BAD
from esviewer.gui.audit.room import AuditRoom
from esviewer.gui.audit.running import Found
from esviewer.gui.audit.settings_editor import SettingsEditor
from esviewer.gui.audit.since import SinceField
from esviewer.gui.machine import ToPin
from esviewer.work import Work

SETTINGS = """
[[invariant]]
name = "no overdraft"
expression = "state.balance >= 0"
"""
_ROW = Qt.ItemDataRole.DisplayRole


def spoilt() -> Planted:
    """A store with many defects, each at an aggregate of its own."""
    store = clean()
    for number, each in enumerate(DEFECTS):
        if not each.alone and each.check not in ("schema-violation", "position-gap"):
            each.plant(store, number)
    store.unique_versions = store.unique_ids = False
    return store


def command(*arguments: object) -> list[dict[str, Any]]:
    """The lines that the command line prints."""
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", *map(str, arguments), "--json"], capture_output=True, env=os.environ
    )
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def at_audit(driver, tmp_path: Path) -> Callable[..., AuditRoom]:
    """Opens a planted store in its audit room."""

    def enter(store: Planted, settings: str = "") -> AuditRoom:
        target, reducers = helpers_planted.write(store, tmp_path)
        if settings:
            Path(f"{target}.audit.toml").write_text(settings)
        driver.open(target, reducers=reducers)
        driver.reducers = reducers
        driver.window.enter("audit")
        room = driver.window.rooms.room
        assert isinstance(room, AuditRoom)
        driver.until(lambda: not room.model.tasks.busy)
        return room

    return enter


def audit(driver, room: AuditRoom, qtbot: QtBot) -> None:
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.running.going)


def findings(room: AuditRoom) -> list[Finding]:
    """Those on show, as they are on show."""
    return [room.model.finding(room.model.place(row)) for row in range(room.model.rowCount())]


def cell(room: AuditRoom, row: int, column: int) -> str:
    text = room.model.data(room.model.index(row, column), _ROW)
    assert isinstance(text, str)
    return text


def row_of(room: AuditRoom, check: str) -> int:
    return [each.check for each in findings(room)].index(check)


def test_what_is_found_is_what_the_command_line_prints(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt(), SETTINGS)
    assert room.stack.currentWidget() is room.nothing
    assert "Nothing was checked yet" in room.nothing.text()
    assert room.report_name() == ""
    audit(driver, room, qtbot)

    expected = command("audit", driver.page.session.store.label, "--reducer", driver.reducers[0])
    assert len({each["check"] for each in expected}) > 15
    shown = [json.loads(json.dumps(each.as_json())) for each in findings(room)]
    for each in (*shown, *expected):
        each["evidence"].pop("audited", None)  # when it was
    assert sorted(map(str, shown)) == sorted(map(str, expected))
    counted = {severity: sum(each["severity"] == severity.text for each in expected) for severity in Severity}
    assert f"{counted[Severity.ERROR]} errors, {counted[Severity.WARNING]} warnings" in room.summary.text()
    assert room.filters.severities[Severity.ERROR].text().endswith(str(counted[Severity.ERROR]))
    checks = room.checks.model
    for row, check in enumerate(checks.checks):
        many = sum(each["check"] == check.name for each in expected)
        looked = many or not checks.why_not(check)
        assert checks.data(checks.index(row, FOUND), _ROW) == (str(many) if looked else "–")


def test_what_a_program_that_may_not_run_leaves_open_is_told(driver, tmp_path: Path, qtbot: QtBot) -> None:
    target, program = helpers_planted.untrusted(tmp_path)
    driver.open(target, reducers=[str(program)])
    driver.window.enter("audit")
    room = driver.window.rooms.room
    driver.until(lambda: not room.model.tasks.busy)
    audit(driver, room, qtbot)
    assert {each.check for each in findings(room)} >= {"reducer-failed", "version-gap", "snapshot-undecodable"}
    assert "Not checked: after-deletion, event-type-unknown" in room.summary.text()
    assert "because the reducer scripted is a program that is not trusted yet." in room.summary.text()
    row = [check.name for check in room.checks.model.checks].index("snapshot-drift")
    assert room.checks.model.data(room.checks.model.index(row, FOUND), _ROW) == "–"


def test_a_double_click_goes_to_the_event_and_enter_too(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    row = row_of(room, "version-gap")
    place = findings(room)[row]
    room.table.scrollTo(room.model.index(row, 0))
    spot = room.table.visualRect(room.model.index(row, AGGREGATE)).center()
    qtbot.mouseClick(room.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(room.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    driver.shows(place.aggregate_id, place.version)
    assert driver.window.rooms.current == "history"

    driver.window.enter("audit")
    row = row_of(room, "time-backwards")
    room.table.choose(row)
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    driver.shows(findings(room)[row].aggregate_id, findings(room)[row].version)

    driver.window.enter("audit")
    room.table.choose(row_of(room, "unique-constraint-missing"))
    assert not room.finding.go.isEnabled()
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    assert "store as a whole" in room.messages.text


def test_findings_are_marked_on_the_timeline_until_they_are_accepted(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    chosen = next(place for place in range(room.model.kept) if room.model.finding(place).check == "version-gap")
    found = room.model.finding(chosen)
    of_it = [
        each for each in map(room.model.finding, range(room.model.kept))
        if (each.aggregate_id, each.version) == (found.aggregate_id, found.version)
    ]
    room.table.opened.emit(chosen)
    driver.shows(found.aggregate_id, found.version)
    timeline = driver.page.timeline
    assert timeline.findings.texts(found.version)[0].startswith(f"{of_it[0].check}: ")
    assert found.version in timeline.findings.getData()[0]
    assert [text for _, text in timeline.getPlotItem().getAxis("left")._tickLevels[0]][-1] == "findings"

    # Another aggregate has its own, which may be none.
    listed = driver.page.aggregates.model
    refs = map(listed.ref, range(listed.rowCount()))
    clean_one = next(ref.aggregate_id for ref in refs if not room.model.marks_of(ref.aggregate_id))
    driver.page.show_aggregate(clean_one)
    driver.shows(clean_one)
    assert not timeline.findings.some
    driver.page.show_aggregate(found.aggregate_id)
    driver.shows(found.aggregate_id)
    assert timeline.findings.some

    driver.window.enter("audit")
    room.model.mark(list(range(room.model.kept)), True)
    room.machine.findings_changed.emit()
    assert not timeline.findings.some


def test_a_finding_is_shown_with_its_evidence_and_what_to_do(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    row = row_of(room, "version-gap")
    room.table.choose(row)
    driver.until(lambda: "Deposited" in room.finding.where.text())
    assert room.side.currentWidget() is room.finding
    assert name_of(0) in room.finding.where.text()
    assert "version 5" in room.finding.where.text()
    assert room.finding.message.text() == "Version 4 is missing."
    tree = room.finding.evidence.shown
    shown = {tree.data(tree.index(at, 0), _ROW): tree.data(tree.index(at, 1), _ROW) for at in range(tree.rowCount())}
    assert shown == {"missing_from": "4", "missing_to": "4"}
    for part in ("Why it matters", "Look for the missing versions in a backup"):
        assert part in room.finding.about.toPlainText()


def test_findings_are_filtered_and_sorted(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    everything = findings(room)

    def shows(expected: list[Finding]) -> None:
        driver.until(lambda: findings(room) == expected and not room.model.tasks.busy)

    qtbot.mouseClick(room.filters.severities[Severity.WARNING], Qt.MouseButton.LeftButton)
    shows([each for each in everything if each.severity is not Severity.WARNING])
    assert "of" in room.filters.shown.text()
    qtbot.mouseClick(room.filters.severities[Severity.WARNING], Qt.MouseButton.LeftButton)
    room.filters.check.setCurrentIndex(room.filters.check.findData("version-gap"))
    shows([each for each in everything if each.check == "version-gap"])
    room.filters.check.setCurrentIndex(0)
    room.filters.text.setText(name_of(3).upper())
    shows([each for each in everything if each.aggregate_id == name_of(3)])
    room.filters.text.clear()
    shows(everything)
    header = room.table.horizontalHeader()
    header.setSortIndicator(AGGREGATE, Qt.SortOrder.DescendingOrder)
    driver.until(lambda: not room.model.tasks.busy)
    names = [each.aggregate_id or "" for each in findings(room)]
    assert names == sorted(names, reverse=True)
    header.setSortIndicator(SEVERITY, Qt.SortOrder.AscendingOrder)
    driver.until(lambda: not room.model.tasks.busy)
    assert findings(room) == sorted(everything, key=lambda each: -each.severity)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    shows(everything)


def test_only_what_came_after_a_position_is_audited(driver, at_audit, qtbot: QtBot, tmp_path: Path) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    everything = findings(room)
    assert f"Newest position: {room._summary.last_position}." in room.summary.text()
    assert "after position" not in room.summary.text()
    earlier = tmp_path / "earlier.json"
    room.export_report(earlier)
    driver.until(lambda: earlier.name in room.messages.text)
    room.since.line.setText(" 150 ")
    audit(driver, room, qtbot)
    printed = command("audit", driver.page.session.store.label, "--reducer", driver.reducers[0], "--since", 150)
    assert sorted(each.key for each in findings(room)) == sorted(each["key"] for each in printed)
    assert 0 < len(printed) < len(everything)
    assert "checked after position 150:" in room.summary.text()
    later = tmp_path / "later.json"
    room.export_report(later)
    driver.until(lambda: later.name in room.messages.text)
    facts = {each["label"]: each["value"] for each in json.loads(later.read_text())["facts"]}
    assert 150 in facts.values()

    room.since.ask = lambda: str(earlier)
    qtbot.mouseClick(room.since.pick, Qt.MouseButton.LeftButton)
    audit(driver, room, qtbot)
    assert room._summary.since == room._summary.last_position
    assert all(each.position is None for each in findings(room))

    room.since.line.setText("yesterday")
    audit(driver, room, qtbot)
    assert "yesterday is no position" in room.messages.text
    assert room._audit is None
    room.since.line.clear()
    audit(driver, room, qtbot)
    assert [each.key for each in findings(room)] == [each.key for each in everything]


def test_a_store_without_positions_takes_none(qtbot: QtBot) -> None:
    field = SinceField("its events have no positions")
    qtbot.addWidget(field)
    for fixed in (True, False):
        field.set_fixed(fixed)
        assert not field.line.isEnabled()
        assert not field.pick.isEnabled()
    assert "its events have no positions" in field.toolTip()


def test_a_clean_store_says_so_and_by_which_checks(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(clean())
    audit(driver, room, qtbot)
    assert room.stack.currentWidget() is room.nothing
    said = room.nothing.text()
    assert said.startswith("Nothing was found.")
    assert "300 events of 30 aggregates" in said
    looked = {check.name for check in room._audit.checks} - set(room._summary.not_checked)
    assert f"{len(looked)} checks" in said
    assert all(name in said for name in looked)
    assert "Not checked: head-mismatch, because" in said
    assert "300 events of 30 aggregates checked: no findings." in room.summary.text()


def test_checks_are_switched_off_and_judged_otherwise_for_one_audit(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt(), '[check.time-future]\nseverity = "off"\n')
    checks = room.checks.model
    assert "store.db.audit.toml" in room.checks.origin.full
    rows = {check.name: row for row, check in enumerate(checks.checks)}
    state = Qt.ItemDataRole.CheckStateRole
    assert checks.data(checks.index(rows["time-future"], NAME), state) == Qt.CheckState.Unchecked
    assert "switched off" in checks.data(checks.index(rows["time-future"], REMARK), _ROW)
    assert checks.setData(checks.index(rows["version-gap"], NAME), Qt.CheckState.Unchecked.value, state)
    assert checks.setData(checks.index(rows["version-start"], HOW_BAD), "info")
    audit(driver, room, qtbot)
    found = findings(room)
    assert {each.check for each in found}.isdisjoint({"time-future", "version-gap"})
    assert {each.severity for each in found if each.check == "version-start"} == {Severity.INFO}
    assert "no head" in checks.data(checks.index(rows["head-mismatch"], REMARK), _ROW) or room._summary.not_checked

    room.checks.table.selectRow(rows["version-gap"])
    qtbot.mouseClick(room.checks.only, Qt.MouseButton.LeftButton)
    audit(driver, room, qtbot)
    assert {each.check for each in findings(room)} == {"version-gap"}
    assert checks.setData(checks.index(rows["version-start"], NAME), Qt.CheckState.Checked.value, state)
    audit(driver, room, qtbot)
    assert {each.check for each in findings(room)} == {"version-gap", "version-start"}
    qtbot.mouseClick(room.checks.every, Qt.MouseButton.LeftButton)
    assert room.settings.only is None
    assert checks.setData(checks.index(rows["version-gap"], NAME), Qt.CheckState.Unchecked.value, state)
    assert not room.settings.runs("version-gap")
    qtbot.mouseClick(room.checks.again, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.settings.runs("time-future"))
    assert room.settings.runs("version-gap")


def test_bad_settings_are_told(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(clean(), "[check.nothing-like-this]\n")
    assert "nothing-like-this" in room.messages.text


def rewrite(editor: SettingsEditor, text: str) -> None:
    """Write another text in place of the one there is."""
    editor.text.selectAll()
    editor.text.insertPlainText(text)


def settled(driver, room: AuditRoom) -> None:
    driver.until(lambda: not (room.editor._pause.isActive() or room.editor.tasks.busy or room.model.tasks.busy))


def test_settings_are_written_and_saved_beside_the_store(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    beside = Path(f"{driver.page.session.store.label}.audit.toml")
    editor = room.editor
    room.side.setCurrentWidget(editor)
    settled(driver, room)
    assert editor.text.written() == starting_settings()
    assert not editor.modified
    assert beside.name in editor.title.full
    audit(driver, room, qtbot)
    everything = {each.check for each in findings(room)}
    room.side.setCurrentWidget(editor)

    rewrite(editor, '[check.version-gap]\nseverity = "of"\n')
    assert "*" in editor.title.full
    settled(driver, room)
    assert editor.text.wrong_line == 2
    assert "'of' is no severity" in editor.problem.text()
    editor.text.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.mouseClick(editor.to_line, Qt.MouseButton.LeftButton)
    assert editor.text.textCursor().blockNumber() == 1
    qtbot.mouseClick(editor.save_button, Qt.MouseButton.LeftButton)
    settled(driver, room)
    assert not beside.exists(), "what has a mistake is not saved"
    assert editor.modified

    text = f'[check.version-gap]\nseverity = "off"\n{SETTINGS}'
    rewrite(editor, text)
    settled(driver, room)
    assert editor.text.wrong_line is None
    assert not editor.problem.isVisible()
    editor.text.setFocus()
    qtbot.keyClick(editor.text, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    driver.until(beside.exists)
    settled(driver, room)
    assert beside.read_text() == text
    assert not editor.modified
    assert beside.name in room.checks.origin.full
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    editor.text.setFocus()
    driver.until(lambda: not room.running.going)
    assert room.side.currentWidget() is editor, "nobody is taken away from what they write"
    now = {each.check for each in findings(room)}
    assert "version-gap" in everything - now
    assert "invariant" in now - everything
    printed = command("audit", driver.page.session.store.label, "--reducer", driver.reducers[0])
    assert sorted(each["key"] for each in printed) == sorted(each.key for each in findings(room))


def test_settings_that_were_changed_elsewhere_are_not_overwritten(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room = at_audit(spoilt())
    beside = Path(f"{driver.page.session.store.label}.audit.toml")
    editor = room.editor
    settled(driver, room)
    rewrite(editor, "# mine\n")
    beside.write_text("# theirs\n")
    editor.save()
    settled(driver, room)
    assert beside.read_text() == "# theirs\n"
    assert "changed by another program" in editor.problem.text()
    own = tmp_path / "own.toml"
    monkeypatch.setattr(SettingsEditor, "ask_save", lambda self: str(own.with_suffix("")))
    editor.save_as()
    settled(driver, room)
    assert own.read_text() == "# mine\n"
    assert "own.toml" in room.checks.origin.full

    # Accepting a finding has the settings name a file, which shows in the text too.
    monkeypatch.setattr(AuditRoom, "ask_baseline", lambda self: str(tmp_path / "known.jsonl"))
    audit(driver, room, qtbot)
    room.table.choose(0)
    qtbot.mouseClick(room.finding.accept, Qt.MouseButton.LeftButton)
    driver.until(lambda: "known.jsonl" in editor.text.written())
    assert own.read_text() == editor.text.written() == 'baseline = "known.jsonl"\n# mine\n'


def test_settings_with_a_mistake_are_opened_at_it(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room = at_audit(clean(), "# one\nx = 1\n")
    settled(driver, room)
    assert "'x' is unknown" in room.messages.text
    assert room.editor.text.wrong_line == 2
    other = tmp_path / "other.toml"
    other.write_text('[check.time-future]\nseverity = "off"\n')
    monkeypatch.setattr(AuditRoom, "ask_settings", lambda self: str(other))
    room.editor.text.appendPlainText("# more")
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    room.editor.open_button.click()
    settled(driver, room)
    assert "# more" in room.editor.text.written()
    room.editor.open_button.click()
    driver.until(lambda: not room.settings.runs("time-future"))
    settled(driver, room)
    assert room.editor.text.written() == other.read_text()
    assert not answers


def test_settings_that_are_not_saved_are_there_again(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    settled(driver, room)
    rewrite(room.editor, "[check.version-gap]\nseverity = ")
    target = driver.page.session.store.label
    driver.window.close_store()
    driver.open(target)
    driver.window.enter("audit")
    room = driver.window.rooms.room
    settled(driver, room)
    assert room.editor.text.written() == "[check.version-gap]\nseverity = "
    assert room.editor.modified
    assert room.editor.text.wrong_line == 2
    assert room.settings.runs("version-gap")


def test_settings_saved_amid_an_audit_are_those_of_the_next_one(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    settled(driver, room)
    rewrite(room.editor, '[check.version-gap]\nseverity = "off"\n')
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    room.editor.save()
    driver.until(lambda: not room.running.going)
    settled(driver, room)
    assert "version-gap" in {each.check for each in findings(room)}
    assert not room.settings.runs("version-gap")


def test_a_store_without_a_file_is_asked_where_its_settings_go(driver, at_audit, tmp_path: Path, monkeypatch) -> None:
    room = at_audit(clean())
    editor = SettingsEditor(room.machine, None, room)
    monkeypatch.setattr(SettingsEditor, "ask_save", lambda self: str(tmp_path / "nightly.toml"))
    editor.begin()
    driver.until(lambda: editor.text.written() and not editor.tasks.busy)
    assert "asks where" in editor.title.full
    editor.save()
    driver.until((tmp_path / "nightly.toml").exists)
    driver.until(lambda: "nightly.toml" in editor.title.full)
    editor.close_store()


def test_accepted_findings_are_kept_dimmed_and_taken_back(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room = at_audit(spoilt(), SETTINGS)
    baseline = tmp_path / "known.jsonl"
    monkeypatch.setattr(AuditRoom, "ask_baseline", lambda self: str(baseline))
    audit(driver, room, qtbot)
    everything = findings(room)
    label = driver.page.session.store.label
    chosen = findings(room)[row_of(room, "version-gap")]
    at = row_of(room, "version-gap")
    room.table.choose(at)
    qtbot.mouseClick(room.finding.accept, Qt.MouseButton.LeftButton)
    driver.until(lambda: len(findings(room)) == len(everything) - 1)
    assert room.messages.text.startswith("1 finding accepted in ")
    # The cursor goes on to the next one.
    driver.until(lambda: room.table.currentIndex().row() == min(at, len(everything) - 2))
    assert room.finding.accept.isEnabled()
    assert [json.loads(line)["key"] for line in baseline.read_text().splitlines()] == [chosen.key]
    printed = command("audit", label, "--reducer", driver.reducers[0])
    assert {each["key"] for each in printed} == {each.key for each in everything} - {chosen.key}
    assert "invariant" in {each["check"] for each in printed}  # the settings that were there still count
    assert [each["what"] for each in activity.entries()][-2:] == ["accept", "open"]

    audit(driver, room, qtbot)
    assert chosen not in findings(room)
    assert "1 known one was accepted." in room.summary.text()
    qtbot.mouseClick(room.filters.accepted, Qt.MouseButton.LeftButton)
    driver.until(lambda: chosen in findings(room))
    row = findings(room).index(chosen)
    assert cell(room, row, SEVERITY) == "accepted"
    assert room.model.data(room.model.index(row, MESSAGE), Qt.ItemDataRole.ForegroundRole) is not None
    room.table.choose(row)
    assert room.finding.accept.text() == "Take back"
    qtbot.mouseClick(room.finding.accept, Qt.MouseButton.LeftButton)
    driver.until(lambda: cell(room, row, SEVERITY) != "accepted")
    assert baseline.read_text() == ""
    assert len(command("audit", label, "--reducer", driver.reducers[0])) == len(everything)


def test_all_chosen_findings_are_accepted_at_once(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room = at_audit(spoilt())
    baseline = tmp_path / "known.jsonl"
    monkeypatch.setattr(AuditRoom, "ask_baseline", lambda self: str(baseline))
    audit(driver, room, qtbot)
    everything = findings(room)

    def known() -> set[str]:
        return {json.loads(line)["key"] for line in baseline.read_text().splitlines()}

    def press(row: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        room.table.scrollTo(room.model.index(row, 0))
        spot = room.table.visualRect(room.model.index(row, MESSAGE)).center()
        qtbot.mouseClick(room.table.viewport(), Qt.MouseButton.LeftButton, held, spot)

    press(1)
    press(3, Qt.KeyboardModifier.ShiftModifier)
    press(6, Qt.KeyboardModifier.ControlModifier)
    press(2, Qt.KeyboardModifier.ControlModifier)  # which takes it out again
    press(8, Qt.KeyboardModifier.ControlModifier)
    assert sorted(room.table.chosen_places()) == [1, 3, 6, 8]
    qtbot.mouseClick(room.finding.accept, Qt.MouseButton.LeftButton)
    driver.until(lambda: room.model.rowCount() == len(everything) - 4)
    assert known() == {everything[place].key for place in (1, 3, 6, 8)}
    errors = sum(each.severity is Severity.ERROR for each in findings(room))
    assert room.filters.severities[Severity.ERROR].text().endswith(f" {errors}")

    room.filters.accepted.click()
    driver.until(lambda: room.model.rowCount() == len(everything))
    room.table.choose(0)
    room.table.selectAll()
    assert sorted(room.table.chosen_places()) == list(range(len(everything)))
    assert cell(room, room.table.currentIndex().row(), SEVERITY) != "accepted"
    qtbot.mouseClick(room.finding.accept, Qt.MouseButton.LeftButton)
    driver.until(lambda: f"{len(everything) - 4} findings accepted" in room.messages.text)
    assert known() == {each.key for each in everything}
    [each for each in room.messages.findChildren(QPushButton) if each.text() == "Undo"][-1].click()
    driver.until(lambda: len(known()) == 4)


def test_an_audit_is_cancelled_and_another_one_begun(driver, at_audit, qtbot: QtBot) -> None:
    store = spoilt()
    for version in range(11, 3_000):
        store.append(29 if version % 2 else 28, version)
    room = at_audit(store)
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    assert room.bar.isVisible()
    assert not room.start.isEnabled()
    qtbot.mouseClick(room.bar.stop, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.running.going)
    assert room.summary.text().startswith("Cancelled. Told until then: ")
    assert room.report_name() == ""
    assert not room.report.isEnabled()
    audit(driver, room, qtbot)
    assert "checked:" in room.summary.text()
    assert room.report.isEnabled()


def test_a_store_that_goes_away_is_told_with_what_was_found_until_then(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = at_audit(spoilt())
    file = Path(driver.page.session.store.label)
    away = file.with_name("away.db")
    before = running.Audit.run

    def run(self, *arguments, **options):
        for number, finding in enumerate(before(self, *arguments, **options)):
            if number == 1:
                file.rename(away)
            yield finding

    monkeypatch.setattr(running.Audit, "run", run)
    audit(driver, room, qtbot)
    assert file.name in room.messages.text
    assert room.summary.text().startswith("The audit ended early.")
    assert room.model.rowCount() >= 2
    assert room.report_name() == ""
    away.rename(file)
    monkeypatch.setattr(running.Audit, "run", before)
    audit(driver, room, qtbot)
    assert "checked:" in room.summary.text()


def test_reports_are_written_in_every_form_and_masked_unless_told_otherwise(
    driver, at_audit, qtbot: QtBot, tmp_path: Path
) -> None:
    store = clean()
    store.at(4, 7).data = '{"amount": "much", "email": "ada@example.org"}'
    store.at(6, 7).metadata["causationId"] = "ada@example.org"
    room = at_audit(store)
    audit(driver, room, qtbot)
    assert room.model.rowCount() == 2
    for ending in ("html", "pdf", "xlsx", "csv", "json", "md", "sarif", "xml"):
        file = tmp_path / f"report.{ending}"
        room.export_report(file)
        driver.until(lambda file=file: file.name in room.messages.text)
        assert file.stat().st_size > 500
    masked = (tmp_path / "report.json").read_text()
    assert "ada@example.org" not in masked
    assert all(f'"{each.check}"' in masked for each in findings(room))
    room.ask_report()
    dialog = room.report_dialog
    dialog.file.show_file(tmp_path / "report.nothing")
    dialog.accept()
    assert dialog.problem.isVisible()
    file = tmp_path / "proven.html"
    dialog.file.show_file(file)
    dialog.masked.setChecked(False)
    dialog.evidence.setChecked(True)
    qtbot.mouseClick(dialog.write, Qt.MouseButton.LeftButton)
    driver.until(lambda: file.name in room.messages.text)
    assert "ada@example.org" in file.read_text()
    verified = command("verify", driver.page.session.store.label, file)
    assert verified[0]["verified"] is True
    assert verified[0]["quoted"] == 2
    assert [each["what"] for each in activity.entries()].count("report") == 9


def test_a_report_onto_the_store_itself_is_refused(driver, at_audit, qtbot: QtBot, tmp_path: Path) -> None:
    room = at_audit(clean())
    audit(driver, room, qtbot)
    link = tmp_path / "link.html"
    link.symlink_to(driver.page.session.store.label)
    room.export_report(link)
    driver.until(lambda: "belongs to the store itself" in room.messages.text)


@pytest.mark.parametrize("larger", [1, 1.5])
def test_nothing_is_cut_off_in_a_small_window(driver, at_audit, qtbot: QtBot, qapp, larger: float) -> None:
    usual = qapp.font()
    font = qapp.font()
    font.setPointSizeF(usual.pointSizeF() * larger)
    qapp.setFont(font)
    try:
        room = at_audit(spoilt())
        driver.window.resize(960, 640)
        audit(driver, room, qtbot)
        driver.until(lambda: room.summary.text())
        summary = room.summary
        assert summary.height() >= summary.heightForWidth(summary.width())
        digit = room.fontMetrics().horizontalAdvance("0")
        assert room.table.columnWidth(MESSAGE) >= 10 * digit
        assert not room.table.horizontalScrollBar().isVisible()
        header = room.table.horizontalHeader()
        for column in range(MESSAGE):
            if not room.table.isColumnHidden(column):
                name = room.model.headerData(column, Qt.Orientation.Horizontal, _ROW)
                assert header.sectionSize(column) >= header.fontMetrics().horizontalAdvance(name)
        room.side.setCurrentWidget(room.checks)
        driver.until(lambda: room.checks.table.isVisible())
        assert not room.checks.table.horizontalScrollBar().isVisible()
        row = [check.name for check in room.checks.model.checks].index("head-mismatch")
        room.checks.table.selectRow(row)
        assert room.checks.about.toPlainText().startswith("Not checked: the store names no newest version")
        room.side.setCurrentWidget(room.editor)
        driver.until(lambda: room.editor.text.isVisible() and room.editor.text.toPlainText())
        assert not room.editor.text.horizontalScrollBar().isVisible()
    finally:
        qapp.setFont(usual)


def test_what_is_masked_on_screen_is_masked_here(driver, at_audit, qtbot: QtBot) -> None:
    store = clean()
    store.at(6, 7).metadata["causationId"] = "ada@example.org"
    room = at_audit(store)
    audit(driver, room, qtbot)
    room.table.choose(0)
    tree = room.finding.evidence.shown
    assert "masked" in tree.data(tree.index(0, 1), _ROW)
    driver.page.machine.reveal()
    assert tree.data(tree.index(0, 1), _ROW) == '"ada@example.org"'


def test_a_finding_is_pinned(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    room.table.choose(row_of(room, "version-gap"))
    assert room.finding.pin.text() == driver.page.state.to_case.text() == "Add to case"
    with qtbot.waitSignal(driver.page.machine.pin_wanted) as asked:
        qtbot.mouseClick(room.finding.pin, Qt.MouseButton.LeftButton)
    wanted = asked.args[0]
    assert isinstance(wanted, ToPin)
    assert wanted.what == f"finding version-gap of {name_of(0)}"
    pinned = []

    def pin(session: Session, work: Work) -> None:
        pinned.append(wanted.pin(session, "odd", work))

    driver.page.machine.aside.run(pin)
    driver.until(lambda: pinned)
    assert pinned[0].kind == "finding"
    assert pinned[0].note == "odd"
    assert pinned[0].asked["version"] == 5


def test_a_pinned_finding_is_looked_for_again(driver, at_audit, qtbot: QtBot, tmp_path: Path) -> None:
    room = at_audit(spoilt(), SETTINGS)
    audit(driver, room, qtbot)
    driver.window.enter("case")
    case_room = driver.window.rooms.room
    desk = case_room.desk
    desk.begin(tmp_path / "found.case.json", "found", "")
    driver.until(lambda: desk.case is not None)
    checks = ("payload-not-object", "position-time-order", "invariant")
    for number, check in enumerate(checks, start=1):
        driver.window.enter("audit")
        room.table.choose(row_of(room, check))
        room.pin_to_case()
        driver.until(lambda number=number: len(desk.case.pins) == number)

    def told() -> list[str]:
        desk.check()
        driver.until(lambda: not desk.busy)
        return [case_room.model.index(row, 3).data() for row in range(len(checks))]

    assert told() == ["still there"] * 3
    assert case_room.summary.full == "3 pins checked: 3 still there."
    wrong = findings(room)[row_of(room, "payload-not-object")]
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute(
            "UPDATE events SET event_data = '{}' WHERE aggregate_id = ? AND version = ?",
            (wrong.aggregate_id, wrong.version),
        )
    assert told() == ["gone", "still there", "still there"]
    case_room.pick(1)
    assert case_room.details.reason.isVisibleTo(case_room)
    assert "its check finds it no longer" in case_room.details.reason.text()


def test_a_hundred_thousand_findings_come_in_batches_and_are_sorted(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(clean())
    model = room.model
    model.sort_by(Order(VERSION, True))
    batches = []
    model.rowsInserted.connect(lambda parent, first, last: batches.append(last - first + 1))
    made = [
        Finding("version-gap", Severity.ERROR, "Version 4 is missing.", f"account-{number:06}", "account", number % 977)
        for number in range(100_000)
    ]
    for start in range(0, len(made), 4_000):
        model.add([Found(each, False) for each in made[start : start + 4_000]])
    driver.until(lambda: model.rowCount() == len(made) and not model.tasks.busy)
    versions = [model.finding(model.place(row)).version for row in range(0, len(made), 97)]
    assert versions == sorted(versions, reverse=True)
    model.sort_by(Order())
    driver.until(lambda: model.finding(model.place(0)) is made[0])
    model.add([Found(made[0], False)])
    assert batches == [1]
    assert model.place(100_000) == 100_000


def test_more_findings_than_are_kept_are_counted_and_told(
    driver, at_audit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(running, "KEPT", 5)
    room = at_audit(spoilt())
    audit(driver, room, qtbot)
    assert room.model.kept == 5
    total = room._summary.findings
    assert room.running.beyond == total - 5 > 0
    assert "Only the first" in room.summary.text()
    assert sum(room._summary.by_severity.values()) == total
    room.export_report(tmp_path / "report.md")
    driver.until(lambda: "report.md" in room.messages.text)
    assert f"{total - 5} further findings are not listed" in (tmp_path / "report.md").read_text()


def test_an_audit_that_ends_unseen_is_told_where_one_looks(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.window.enter("history")
    driver.message("The audit is over", "errors")
    driver.window.enter("audit")
    assert room.report.isEnabled()


def test_a_store_closed_amid_its_audit_leaves_nothing_behind(driver, at_audit, qtbot: QtBot) -> None:
    room = at_audit(spoilt())
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.window.close_store()
    assert driver.window.page is None
