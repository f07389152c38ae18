"""Where reports may be written: never over the store or what they are made of, and known before the work is done."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EVENTS = 'aggregate_id,event_type,event_data,version,timestamp\na,T,"{}",1,2026-01-01T00:00:00Z\n'


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An event file, whose ending is one of a report too."""
    file = tmp_path / "events-1.csv"
    file.write_text(EVENTS)
    return file


def test_a_report_never_takes_the_place_of_the_store(run: Callable[..., Any], store: Path, tmp_path: Path):
    case = tmp_path / "case.json"
    assert run("case", "create", case, store).code == 0
    for words in (
        ("audit", store, "--report", store),
        ("audit", tmp_path / "events-*.csv", "--report", store),
        ("audit", tmp_path / "events-*.csv", "--report", tmp_path / "events-2.csv"),
        ("report", store, "a", "--output", store),
        ("case", "report", case, "--output", store),
        ("case", "report", case, "--store", store, "--output", store),
    ):
        done = run(*words)
        assert done.code == 2, words
        assert "the store itself, which is never written." in done.err
        assert store.read_text() == EVENTS
    assert not (tmp_path / "events-2.csv").exists()


def test_a_case_is_not_replaced_by_its_report(run: Callable[..., Any], store: Path, tmp_path: Path):
    case = tmp_path / "case.json"
    run("case", "create", case, store)
    before = case.read_bytes()
    done = run("case", "report", case, "--output", case)
    assert done.code == 2
    assert "is what the report is made of." in done.err
    assert case.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_before_the_audit(run: Callable[..., Any], store: Path, tmp_path: Path):
    done = run("audit", store, "--report", tmp_path / "nowhere" / "audit.html")
    assert done.code == 3
    assert "there is no such folder. Choose a folder that exists" in done.err
    assert "checked" not in done.err


def test_a_disk_that_is_full_leaves_the_old_report(store: Path, tmp_path: Path, own_configuration: Path):
    """A limit for the size of files does what a full disk does."""
    report = tmp_path / "audit.html"
    report.write_text("old")
    words = [sys.executable, "-m", "esviewer", "audit", str(store), "--report", str(report)]
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 8; exec {shlex.join(words)}"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 3, done.stderr
    assert "can't be written to" in done.stderr
    assert report.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["audit.html", "events-1.csv"]


@pytest.mark.parametrize("position", ["-1", "9223372036854775808", "1.5", "x"])
def test_positions_that_are_none(run: Callable[..., Any], store: Path, position: str):
    done = run("audit", store, "--since", position)
    assert done.code == 2
    assert "--since takes a position" in done.err


def test_what_is_new_in_an_event_file(run: Callable[..., Any], tmp_path: Path):
    """DuckDB reads it; the numbers of its lines are positions."""
    file = tmp_path / "events.jsonl"
    names = [(version, name) for version in range(1, 6) for name in "abc" if (version, name) != (4, "b")]
    file.write_text(
        "".join(
            f'{{"aggregate_id": "{name}", "version": {version}, "type": "T", "data": {{"n": 1}}, '
            f'"timestamp": "2026-01-01T00:00:0{version}Z"}}\n'
            for version, name in names
        )
    )
    place = names.index((5, "b"))
    for since, expected in ((place - 1, [("version-gap", "b", 5)]), (place, [])):
        done = run("audit", file, "--json", "--since", since)
        assert [(line["check"], line["aggregate_id"], line["version"]) for line in done.lines] == expected
        assert f"{len(names) - 1 - since} event" in done.err
