"""`esviewer activity`, and what commands leave in the log."""

from __future__ import annotations

import hashlib
from pathlib import Path

from esviewer.app.demo import PUZZLING_ORDER


def test_what_was_done_is_printed_and_checked(run, demo: Path, tmp_path: Path, own_configuration: Path) -> None:
    report = tmp_path / "r.json"
    assert run("activity", "--json").lines == []
    assert run("activity", "--check").code == 0
    assert run("report", demo, PUZZLING_ORDER, "--output", report, "--operator", "Ada L.").code == 0
    assert run("export", demo, PUZZLING_ORDER, "--no-mask", "--output", "-", ESVIEWER_OPERATOR="Grace").code == 0

    found = run("activity", "--json")

    assert [entry["what"] for entry in found.lines] == ["open", "report", "open", "export"]
    assert [entry["operator"] for entry in found.lines] == ["Ada L."] * 2 + ["Grace"] * 2
    assert {entry["store"] for entry in found.lines} == {str(demo)}
    assert found.lines[1]["file"] == str(report)
    assert found.lines[1]["sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    assert found.lines[3]["masked"] is None
    assert found.lines[3]["events"] == 16
    assert run("activity", "--since", found.lines[2]["at"], "--json").lines == found.lines[2:]
    text = run("activity").out
    assert "Ada L." in text
    assert text.count("masked=no") == 1
    checked = run("activity", "--check", "--json")
    assert (checked.code, checked.out) == (0, "")

    log = own_configuration / "state" / "activity.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Ada", b"Eve", 1))
    broken = run("activity", "--check", "--json")
    assert broken.code == 1
    assert [each["line"] for each in broken.lines] == [2]
    assert "line 2" in run("activity", "--check").out


def test_a_log_that_can_not_be_written_stops_nothing(run, small: Path, own_configuration: Path) -> None:
    (own_configuration / "state").write_text("in the way")
    found = run("info", small, "--json")
    assert found.code == 0
    assert found.json["events"] == 3
    assert found.err.count("activity log") == 1


def test_no_password_is_in_it(run, own_configuration: Path) -> None:
    run("info", "postgresql://ada:hunter2@localhost:1/none")
    log = own_configuration / "state" / "activity.jsonl"
    assert not log.exists() or b"hunter2" not in log.read_bytes()


def test_a_log_that_can_not_be_read(run, own_configuration: Path) -> None:
    (own_configuration / "state" / "activity.jsonl").mkdir(parents=True)
    found = run("activity")
    assert found.code == 3
    assert "can't be read" in found.err
