"""Accepted findings: added once, taken out by key, and named by the store's settings without touching the rest."""

from pathlib import Path

import pytest

from esviewer.app.accepting import accept, name_baseline, take_back
from esviewer.app.auditing import settings_of
from esviewer.audit.baseline import read_baseline
from esviewer.audit.finding import Finding, Severity
from esviewer.errors import UsageError


def finding(version: int) -> Finding:
    return Finding("version-gap", Severity.ERROR, "A line\nof two\udc80.", "a-1", "a", version)


def test_findings_are_added_once_and_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "known.jsonl"
    assert accept([finding(1), finding(2), finding(1)], file, "store.db") == 2
    assert accept([finding(2), finding(3)], file, "store.db") == 1
    assert read_baseline(file) == {finding(each).key for each in (1, 2, 3)}
    assert len(file.read_bytes().splitlines()) == 3
    assert take_back([finding(2).key, "unknown"], file, "store.db") == 1
    assert read_baseline(file) == {finding(each).key for each in (1, 3)}


def test_a_last_line_without_an_end_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "known.jsonl"
    file.write_text('{"key": "abc"}')
    accept([finding(1)], file, "store.db")
    assert read_baseline(file) == {"abc", finding(1).key}


def test_what_is_no_baseline_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary")
    with pytest.raises(UsageError, match=r"notes\.txt, line 1"):
        accept([finding(1)], file, "store.db")
    with pytest.raises(UsageError, match="belongs to the store"):
        accept([finding(1)], file, str(file))
    assert file.read_text() == "Dear diary"


def test_settings_name_the_baseline_and_keep_all_else(tmp_path: Path) -> None:
    settings = tmp_path / "store.db.audit.toml"
    known = tmp_path / "more" / 'what "is" known.jsonl'
    accept([finding(1)], known, "store.db")
    name_baseline(settings, known, "store.db")
    assert Path(settings_of(settings).baseline or "").resolve() == known
    settings.write_text("# mine\n[check.time-future]\nseverity = 'info'\n")
    name_baseline(settings, known, "store.db")
    assert settings.read_text().endswith("# mine\n[check.time-future]\nseverity = 'info'\n")
    found = settings_of(settings)
    assert Path(found.baseline or "").resolve() == known
    assert found.severity("time-future") is Severity.INFO
    before = settings.read_text()
    name_baseline(settings, tmp_path / "other.jsonl", "store.db")
    assert settings.read_text() == before


def test_settings_that_are_no_toml_are_left_alone(tmp_path: Path) -> None:
    settings = tmp_path / "store.db.audit.toml"
    settings.write_text("what = = ever")
    with pytest.raises(UsageError, match="not TOML"):
        name_baseline(settings, tmp_path / "known.jsonl", "store.db")
    assert settings.read_text() == "what = = ever"
