"""Reports out of the window: forms, masking, evidence, and what the activity log says of them."""

import errno
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esviewer.app import activity
from esviewer.app.cases.pinning import Verdict
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.evidence import check_report
from esviewer.app.session import open_session
from esviewer.errors import elsewhere
from esviewer.gui.case.asking import event_to_pin, history_to_pin, state_to_pin
from esviewer.gui.case.dialog import Wanted
from esviewer.gui.file_field import file_name
from esviewer.report.evidence import evidence_file
from esviewer.report.write import FORMS

USER = "user-00001"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)], check=True, capture_output=True)
    return file


def reports() -> list[dict[str, Any]]:
    return [entry for entry in activity.entries() if entry["what"] == "report"]


@pytest.fixture
def session(demo: Path):
    """A session of the test's own: the window's belongs to its worker."""
    found = open_session(str(demo))
    yield found
    found.close()


@pytest.fixture
def email(session) -> str:
    return session.state(USER).state["email"]


@pytest.fixture
def at_user(at_demo):
    at_demo.page.show_aggregate(USER)
    at_demo.shows(USER)
    return at_demo


@pytest.fixture
def at_case(at_user, tmp_path: Path):
    """A case with three pins, opened; `at_case.case` is its room."""
    at_user.window.enter("case")
    room = at_user.window.rooms.room
    room._answered(None, Wanted(tmp_path / "my.case.json", True, "What, why & <b>how</b>", "begun here"))
    at_user.until(lambda: room.desk.case is not None)
    for to_pin in (
        state_to_pin(USER, 1),
        event_to_pin(PUZZLING_ORDER, 4),
        history_to_pin("account-00031", ["/balance"], 20, chart=True),
    ):
        room.pin(to_pin)
    at_user.until(lambda: len(room.desk.case.pins) == 3 and not room.desk.busy)
    at_user.case = room
    return at_user


def write(driver, dialog, file: Path) -> None:
    rooms = driver.window.rooms
    (rooms.room or rooms.page).messages.clear()
    dialog.file.show_file(file)
    QTest.mouseClick(dialog.write, Qt.MouseButton.LeftButton)
    # Sealing the whole store takes a while where other tests run beside.
    driver.qtbot.waitUntil(lambda: bool((rooms.room or rooms.page).messages.text), timeout=60_000)
    assert f"Report written to {file}" in (rooms.room or rooms.page).messages.text


def test_an_aggregate_masked_and_readable(at_user, email: str, tmp_path: Path) -> None:
    for masked in (True, False):
        at_user.window.export_report()
        dialog = at_user.window.report_dialog
        assert dialog.masked.isChecked()
        assert dialog.file.file.name == f"{USER}.html"
        dialog.masked.setChecked(masked)
        assert dialog.unmasked.isHidden() is masked
        assert dialog.rules.isEnabled() is masked
        file = tmp_path / f"{masked}.md"
        write(at_user, dialog, file)
        assert at_user.window.report_dialog is None
        assert (email in file.read_text(encoding="utf-8")) is not masked
    found = reports()
    assert [Path(entry["file"]).name for entry in found] == ["True.md", "False.md"]
    assert found[0]["masked"] > 0
    assert found[1]["masked"] is None
    assert {entry["aggregate_id"] for entry in found} == {USER}


def test_rules_of_ones_own(at_user, email: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('usual = false\nnames = ["locale"]\n')
    at_user.window.export_report()
    at_user.window.report_dialog.rules.show_file(rules)
    file = tmp_path / "report.json"
    write(at_user, at_user.window.report_dialog, file)
    state = json.loads(file.read_text(encoding="utf-8"))["state"]
    assert state["email"] == email
    assert state["locale"].startswith("‹masked")
    rules.write_text("names = 3")
    at_user.window.export_report()
    at_user.window.report_dialog.rules.show_file(rules)
    at_user.window.report_dialog.file.show_file(tmp_path / "never.json")
    at_user.window.report_dialog.accept()
    at_user.message("`names` must be a list of texts")
    assert not (tmp_path / "never.json").exists()


def test_with_evidence_and_a_signature(at_user, session, tmp_path: Path, key: Path) -> None:
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    assert not dialog.key.isEnabled()
    dialog.evidence.setChecked(True)
    dialog.key.show_file(key)
    file = tmp_path / "proven.html"
    write(at_user, dialog, file)
    checked = check_report(file, session=session)
    assert checked.verified
    assert json.loads(evidence_file(file).read_text())["signature"] is not None
    assert len(checked.evidence.quoted) == len(at_user.page.view)


def test_what_is_asked_for_is_looked_at_first(at_user, tmp_path: Path, demo: Path) -> None:
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    for name, complaint in (("", "Name the file"), (str(tmp_path / "report.doc"), "ends in '.doc'")):
        dialog.file.line.setText(name)
        dialog.accept()
        assert complaint in dialog.problem.text()
    dialog.reject()
    assert at_user.window.report_dialog is None
    before = demo.read_bytes()
    link = tmp_path / "report.json"
    link.symlink_to(demo)
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    dialog.file.show_file(link)
    dialog.accept()
    dialog.accept()
    at_user.message("belongs to the store itself")
    assert demo.read_bytes() == before


def test_a_report_that_is_there_is_replaced_only_when_asked_for(at_user, tmp_path: Path) -> None:
    file, other = tmp_path / "report.md", tmp_path / "other.md"
    for each in (file, other):
        each.write_text("mine")
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    dialog.file.show_file(file)
    dialog.accept()
    assert (dialog.problem.text(), dialog.write.text()) == (f"{file} is there already.", "Replace it")
    dialog.file.show_file(other)
    assert (dialog.problem.isHidden(), dialog.write.text()) == (True, "Write report")
    dialog.accept()
    assert (file.read_text(), other.read_text()) == ("mine", "mine")
    write(at_user, dialog, other)
    assert "# " in other.read_text(encoding="utf-8")
    assert file.read_text() == "mine"
    # The dialog for picking files has asked already.
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    dialog.file.ask = lambda: str(file)
    dialog.file.pick.click()
    write(at_user, dialog, file)
    assert file.read_text() != "mine"


def test_where_no_report_can_be_is_said_in_the_dialog(at_user, tmp_path: Path) -> None:
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    (tmp_path / "folder.md").mkdir()
    for file, complaint in (
        (tmp_path / "no" / "report.md", "there is no such folder"),
        (tmp_path / "folder.md", "that is a folder"),
    ):
        dialog.file.show_file(file)
        dialog.accept()
        assert complaint in dialog.problem.text()
        assert at_user.window.report_dialog is dialog


def test_a_long_complaint_takes_no_room_from_the_fields(at_user, tmp_path: Path) -> None:
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    dialog.masked.setChecked(False)
    dialog.file.show_file(tmp_path / ("long-name-" * 20) / "report.md")
    dialog.accept()
    at_user.until(lambda: dialog.problem.height() >= dialog.problem.heightForWidth(dialog.problem.width()))
    for field in (dialog.file, dialog.rules, dialog.seal, dialog.key):
        assert field.height() >= field.sizeHint().height()


@pytest.mark.parametrize("text", ['a/b\\c:d*e?f"g<h>i|j\n', "口座-42 (2).html"])
def test_a_proposed_name_is_one_that_every_system_takes(text: str) -> None:
    found = file_name(text)
    assert len(found) == len(text)
    assert not set(found) & set('/\\:*?"<>|\n')
    assert (found == text) is ("口座" in text)


def test_what_can_not_be_used_now_looks_like_it(at_user) -> None:
    at_user.window.export_report()
    dialog = at_user.window.report_dialog
    for box, field in ((dialog.masked, dialog.rules), (dialog.evidence, dialog.seal), (dialog.evidence, dialog.key)):
        for checked in (True, False):
            box.setChecked(checked)
            assert field.isEnabled() is checked
            assert dialog._form.labelForField(field).isEnabled() is checked


def test_a_full_disk_is_told_of_with_what_to_do() -> None:
    assert elsewhere(OSError(errno.ENOSPC, "No space left on device")).startswith("Make some room there")
    assert elsewhere(PermissionError(errno.EACCES, "Permission denied")).startswith("Choose a folder")


@pytest.mark.parametrize("ending", [each for each in FORMS if each != ".htm"])
def test_a_case_in_every_form(at_case, email: str, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report{ending}"
    at_case.window.export_report()
    write(at_case, at_case.case.report_dialog, file)
    assert file.stat().st_size > 1000
    content = file.read_bytes()
    assert email.encode() not in content
    if ending in (".md", ".json", ".html", ".csv"):
        text = content.decode("utf-8")
        assert "begun here" in text
        assert "/balance" in text
    (entry,) = reports()
    assert (entry["case"], entry["masked"], entry["file"]) == ("What, why & <b>how</b>", True, str(file))


def test_a_case_says_what_is_different_today(at_case, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    at_case.case.export_report(file)
    at_case.until(lambda: "Report written" in at_case.case.messages.text)
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert "Unchanged" in json.dumps(figures)
    assert at_case.case.desk.results == {} or set(at_case.case.desk.results.values()) == {Verdict.SAME}


def test_a_case_with_evidence(at_case, session, tmp_path: Path, key: Path) -> None:
    QTest.mouseClick(at_case.case.report_button, Qt.MouseButton.LeftButton)
    dialog = at_case.case.report_dialog
    dialog.evidence.setChecked(True)
    dialog.key.show_file(key)
    file = tmp_path / "proven.md"
    write(at_case, dialog, file)
    assert check_report(file, session=session).verified


def test_a_case_about_another_store_has_no_evidence(at_case, tmp_path: Path, demo: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(demo, other)
    kept = at_case.case.desk.file
    at_case.window.close_store()
    at_case.open(other)
    at_case.window.enter("case")
    room = at_case.window.rooms.room
    room.desk.open(kept)
    at_case.until(lambda: room.desk.case is not None)
    file = tmp_path / "report.md"
    room.ask_report()
    room.report_dialog.evidence.setChecked(True)
    room.report_dialog.file.show_file(file)
    room.report_dialog.accept()
    at_case.until(lambda: "about another store" in room.messages.text)
    assert not file.exists()
    room.export_report(file)
    at_case.until(lambda: "Report written" in room.messages.text)
    assert "The store still says the same" not in file.read_text(encoding="utf-8")


def test_without_a_case_there_is_nothing_to_report(at_demo) -> None:
    at_demo.window.enter("case")
    at_demo.window.export_report()
    assert "nothing to report" in at_demo.window.rooms.room.messages.text
